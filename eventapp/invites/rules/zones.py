"""A time zone as calendars read it: one STANDARD and one DAYLIGHT with a yearly rule.

What a library writes out of `zoneinfo` are lists of dates, of which some calendars read the
first only: a summer session in Warsaw would land an hour off. So the rule is found in the
zone's own behaviour, and used only where it says the same as `zoneinfo`.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from operator import itemgetter
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_YEARS_AROUND = 2  # years before and after the event in which a rule must hold
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Change:
    """One change of the clocks: local time before it, and the offsets before and after."""

    at: datetime
    before: timedelta
    after: timedelta
    name: str


@dataclass(frozen=True)
class Yearly:
    """A rule such as "the last Sunday of March, 2:00": `week` is 1…4, or -1 for the last."""

    month: int
    week: int
    weekday: int
    hour: int
    minute: int
    before: timedelta
    after: timedelta
    name: str

    def day(self, year: int) -> date:
        """Return the day on which the clocks change in *year*."""
        if self.week > 0:
            first = date(year, self.month, 1)
            return first + (self.weekday - first.weekday()) % 7 * _DAY + (self.week - 1) * 7 * _DAY
        following = date(year + self.month // 12, self.month % 12 + 1, 1)
        last = following - _DAY
        return last - (last.weekday() - self.weekday) % 7 * _DAY

    def at(self, year: int) -> datetime:
        """Return the wall time, by the offset before, at which the clocks change in *year*."""
        day = self.day(year)
        return datetime(  # noqa: DTZ001 - a wall time has no zone
            day.year, day.month, day.day, self.hour, self.minute
        )


def vtimezone(zone: ZoneInfo, moments: Iterable[datetime]) -> Timezone | None:
    """Return the zone's VTIMEZONE, or None where a yearly rule would tell another time.

    *moments* are the aware times that the calendar names.
    """
    seen = sorted(moments)
    if not seen or zone.key is None:
        return None
    years = range(seen[0].year - _YEARS_AROUND, seen[-1].year + _YEARS_AROUND + 1)
    rules = yearly_rules(zone.key, years.start, years.stop)
    if rules is None or (not rules and not _offset(zone, seen[0])):
        return None  # UTC by any name is best written as UTC
    begun = begins(rules, years.start, years.stop)
    if begun and any(offset_at(begun, moment) != _offset(zone, moment) for moment in seen):
        return None
    return _component(zone, rules, years.start)


def clock_of(key: str, around: date) -> str:
    """Return what a zone's clocks do around a day, to tell a calendar from one by older laws."""
    return repr(yearly_rules(key, around.year - _YEARS_AROUND, around.year + _YEARS_AROUND + 1))


@lru_cache(maxsize=64)
def yearly_rules(key: str, first: int, stop: int) -> tuple[Yearly, ...] | None:
    """Return the two rules (or none) by which a zone's clocks change, if they hold every year."""
    by_year = [changes(ZoneInfo(key), year) for year in range(first, stop)]
    counts = {len(found) for found in by_year}
    if counts == {0}:
        return ()
    if counts != {2}:
        return None
    rules = (_common(column) for column in zip(*by_year, strict=True))
    found = tuple(rule for rule in rules if rule is not None)
    return found if len(found) == 2 else None


def changes(zone: ZoneInfo, year: int) -> list[Change]:
    """List the changes of a zone's offset in one year, to the minute."""
    found = []
    moment = datetime(year, 1, 1, tzinfo=UTC)
    while moment.year == year:
        following = moment + _DAY
        if _offset(zone, moment) != _offset(zone, following):
            found.append(_pin(zone, moment, following))
        moment = following
    return found


def _pin(zone: ZoneInfo, before: datetime, after: datetime) -> Change:
    old = _offset(zone, before)
    while after - before > timedelta(minutes=1):
        middle = before + (after - before) // 2
        middle = middle.replace(second=0, microsecond=0)
        if _offset(zone, middle) == old:
            before = middle
        else:
            after = middle
    name = after.astimezone(zone).tzname() or ""
    return Change((after + old).replace(tzinfo=None), old, _offset(zone, after), name)


def _offset(zone: ZoneInfo, moment: datetime) -> timedelta:
    offset = moment.astimezone(zone).utcoffset()
    return offset if offset is not None else timedelta(0)


def _common(column: tuple[Change, ...]) -> Yearly | None:
    """Return the rule that gives the same change in every year of *column*."""
    model = column[0]
    for week in (-1, (model.at.day - 1) // 7 + 1):
        rule = Yearly(
            model.at.month,
            week,
            model.at.weekday(),
            model.at.hour,
            model.at.minute,
            model.before,
            model.after,
            model.name,
        )
        if all(_follows(rule, change) for change in column):
            return rule
    return None


def _follows(rule: Yearly, change: Change) -> bool:
    same = (rule.before, rule.after, rule.name) == (change.before, change.after, change.name)
    return same and rule.at(change.at.year) == change.at


@lru_cache(maxsize=64)
def begins(rules: tuple[Yearly, ...], first: int, stop: int) -> list[tuple[datetime, timedelta]]:
    """List by time the moments (UTC, without a zone) from which each offset holds."""
    return sorted(
        (rule.at(year) - rule.before, rule.after) for rule in rules for year in range(first, stop)
    )


def offset_at(begun: list[tuple[datetime, timedelta]], moment: datetime) -> timedelta:
    """Return the offset that a calendar would find for *moment*."""
    plain = moment.astimezone(UTC).replace(tzinfo=None)
    return begun[bisect_right(begun, plain, key=itemgetter(0)) - 1][1]


def is_ambiguous(moment: datetime, zone: ZoneInfo) -> bool:
    """Tell whether the clocks of *zone* show this wall time twice, as on a night in October."""
    local = moment.astimezone(zone)
    other = local.replace(fold=1 - local.fold)
    # A wall time that does not exist has two offsets as well, but is never the local time of
    # a moment.
    return local.utcoffset() != other.utcoffset()


def _component(zone: ZoneInfo, rules: tuple[Yearly, ...], year: int) -> Timezone:
    component = Timezone()
    component.add("tzid", zone.key)
    for rule in sorted(rules, key=lambda rule: rule.after):
        component.add_component(_observance(rule, rules, year))
    if not rules:
        component.add_component(_fixed(zone, year))
    return component


def _observance(
    rule: Yearly, rules: tuple[Yearly, ...], year: int
) -> TimezoneStandard | TimezoneDaylight:
    # The larger offset is called DAYLIGHT, whatever the law calls it.
    is_daylight = rule.after == max(each.after for each in rules)
    part = TimezoneDaylight() if is_daylight else TimezoneStandard()
    part.add("dtstart", rule.at(year))
    part.add("tzoffsetfrom", rule.before)
    part.add("tzoffsetto", rule.after)
    part.add("tzname", rule.name)
    day = f"{rule.week}{WEEKDAYS[rule.weekday]}"
    part.add("rrule", {"freq": "yearly", "bymonth": rule.month, "byday": day})
    return part


def _fixed(zone: ZoneInfo, year: int) -> TimezoneStandard:
    start = datetime(year, 1, 1, tzinfo=zone)
    part = TimezoneStandard()
    part.add("dtstart", start.replace(tzinfo=None))
    part.add("tzoffsetfrom", start.utcoffset())
    part.add("tzoffsetto", start.utcoffset())
    part.add("tzname", start.tzname() or "")
    return part
