"""Moments and what the clocks on the wall show; pure."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from eventapp.kernel.refusal import N_

EARLIER, LATER = "earlier", "later"
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
