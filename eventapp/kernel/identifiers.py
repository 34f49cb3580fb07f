"""Numbers and names that others give out: NIP, REGON, KRS, postcode, time zone."""

import re
from functools import cache
from zoneinfo import available_timezones

from stdnum import exceptions
from stdnum.pl import nip, regon

from eventapp.kernel.refusal import N_
from eventapp.kernel.text import BadText, clean

NIP = 10
REGON = 14
SHORT_REGON = 9
KRS = 10
POSTCODE = 6
ZONE = 64

_DIGITS = re.compile(r"[0-9]+")
_SPACES = re.compile(r"[\s\u2010-\u2015-]")


def normal_nip(value: str) -> str:
    """Return a tax number as ten digits; spaces, dashes and a leading PL are dropped.

    Raises `BadText`, which says whether letters, the length or the check digit are wrong.
    """
    digits = _SPACES.sub("", clean(value, max_length=30)).upper().removeprefix("PL")
    if not _DIGITS.fullmatch(digits):
        raise BadText("bad-nip", N_("A NIP consists of digits."))
    if len(digits) != NIP:
        raise BadText(
            "bad-nip", N_("A NIP has ten digits; this one has %(count)d."), count=len(digits)
        )
    try:
        return str(nip.validate(digits))
    except exceptions.ValidationError:
        raise BadText(
            "bad-nip",
            N_("The NIP has a wrong check digit: check whether two digits changed places."),
        ) from None


def normal_regon(value: str) -> str:
    """Return a statistical number as 9 or 14 digits; raises `BadText`."""
    digits = _SPACES.sub("", clean(value, max_length=30))
    if not _DIGITS.fullmatch(digits):
        raise BadText("bad-regon", N_("A REGON consists of digits."))
    if len(digits) not in {SHORT_REGON, REGON}:
        raise BadText(
            "bad-regon",
            N_("A REGON has 9 or 14 digits; this one has %(count)d."),
            count=len(digits),
        )
    try:
        return str(regon.validate(digits))
    except exceptions.ValidationError:
        raise BadText(
            "bad-regon",
            N_("The REGON has a wrong check digit: check whether two digits changed places."),
        ) from None


def normal_krs(value: str) -> str:
    """Return a court register number as ten digits, which have no check digit."""
    digits = _SPACES.sub("", clean(value, max_length=30)).upper().removeprefix("KRS")
    if not _DIGITS.fullmatch(digits) or not digits.strip("0"):
        raise BadText("bad-krs", N_("A KRS number consists of digits."))
    if len(digits) != KRS:
        raise BadText(
            "bad-krs",
            N_("A KRS number has ten digits, zeros in front among them; this one has %(count)d."),
            count=len(digits),
        )
    return digits


def normal_postcode(value: str) -> str:
    """Return a Polish postcode, ``42-200``; raises `BadText` for any other form."""
    code = clean(value, max_length=20)
    if not re.fullmatch(r"[0-9]{2}-[0-9]{3}", code):
        raise BadText("bad-postcode", N_("A postcode looks like 42-200."))
    return code


def with_dash(value: str) -> str:
    """Return a typed postcode with the dash that people leave out."""
    digits = re.fullmatch(r"\s*([0-9]{2})[\s\u2010-\u2015-]*([0-9]{3})\s*", value)
    return f"{digits[1]}-{digits[2]}" if digits else value


def normal_zone(value: str) -> str:
    """Return the name of a time zone that this machine knows; raises `BadText`."""
    name = clean(value, max_length=ZONE)
    if name not in zones():
        raise BadText("bad-zone", N_("There is no such time zone."))
    return name


@cache
def zones() -> frozenset[str]:
    """Return the names of all time zones, read from disk once."""
    return frozenset(available_timezones())
