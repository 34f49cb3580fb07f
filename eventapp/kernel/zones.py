"""Moments and what the clocks on the wall show; pure."""

import re
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from eventapp.kernel.refusal import N_

EARLIER, LATER = "earlier", "later"
HOUR = timedelta(hours=1)
# Zones are named for the places they lie in; other names are kept for old programs.
AREAS = frozenset(
    ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian",
     "Pacific")
)  # fmt: skip
_TYPED = re.compile(
    r"(?:(?P<y>\d{4})-(?P<m>\d\d?)-(?P<d>\d\d?)|(?P<d2>\d\d?)\.(?P<m2>\d\d?)\.(?P<y2>\d{4}))"
    r"[T ,]+(?P<hour>\d\d?)[:.](?P<minute>\d\d)(?::00)?",
    re.ASCII,
)


class BadTime(ValueError):
    """A local time that is no moment, or two: a code and a sentence."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


def moment_of(wall: datetime, zone: ZoneInfo, which: str | None = None) -> datetime:
    """Return the UTC moment at which the clocks of *zone* show *wall* (naive).

    When clocks go back a time comes twice: *which* says ``earlier`` or ``later``. When
    they go forward some times never come. Neither is shifted in silence: raises `BadTime`
    with ``ambiguous`` or ``non-existent``.
    """
    first, second = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first.astimezone(zone).replace(tzinfo=None) != wall:
        raise BadTime("non-existent", N_("On that night clocks skip this time."))
    if first == second:
        return first
    if which not in {EARLIER, LATER}:
        raise BadTime("ambiguous", N_("On that night this time comes twice; say which one."))
    return first if which == EARLIER else second


def kept_time(wall: datetime, zone: ZoneInfo) -> datetime:
    """Return the UTC moment for a time on the clocks that somebody else moved here.

    A time that comes twice is the earlier one; one that never comes is an hour later.
    """
    try:
        return moment_of(wall, zone, EARLIER)
    except BadTime:
        return moment_of(wall + HOUR, zone, EARLIER)


@cache
def zone_names(first: str) -> tuple[str, ...]:
    """List the zones that somebody may choose from, *first* before the others."""
    named = {name for name in available_timezones() if name.partition("/")[0] in AREAS}
    return first, *sorted((named | {"UTC"}) - {first})


def comes_twice(moment: datetime, zone: ZoneInfo) -> bool:
    """Tell whether the clocks of *zone* show this time twice."""
    shown = moment.astimezone(zone)
    return shown.replace(fold=0).utcoffset() != shown.replace(fold=1).utcoffset()


def wall_of(typed: str) -> datetime:
    """Return what was typed as a naive time: what the clocks on the wall show."""
    found = _TYPED.fullmatch(typed)
    if found is None:
        raise BadTime("not-a-time", N_("This is not a date and time."))
    part = {
        name.removesuffix("2"): int(value) for name, value in found.groupdict().items() if value
    }
    if not 1900 <= part["y"] <= 2199:
        raise BadTime("out-of-range", N_("This is out of range."))
    try:
        date = datetime(part["y"], part["m"], part["d"], tzinfo=UTC)
        return date.replace(hour=part["hour"], minute=part["minute"], tzinfo=None)
    except ValueError:
        raise BadTime("not-a-time", N_("This is not a date and time.")) from None
