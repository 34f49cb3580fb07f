"""When a letter goes out: once at a moment, or at an hour some days before or after the event."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from eventapp.messages.models import Letter

ONCE = "once"
START = "start"
END = "end"
# Thanks are thanks for a month.
LATEST_THANKS = timedelta(days=30)
EARLIEST_HOUR, LATEST_HOUR = 6, 21
MOST_DAYS = 60


class Timing(StrEnum):
    """What the moment of a letter depends on."""

    MOMENT = "moment"
    BEFORE_START = "before-start"
    EACH_DAY = "each-day"
    AFTER_END = "after-end"


class Standing(StrEnum):
    """How one moment of a letter stands."""

    DONE = "done"
    COMING = "coming"
    DUE = "due"
    MISSED = "missed"


@dataclass(frozen=True)
class Occasion:
    """One time that a letter goes out; the same code is never done twice.

    `day` is the day that it is about; from `until` on it would tell nobody anything.
    """

    code: str
    day: date | None
    due_at: datetime
    until: datetime


def local_hour(day: date, hour: int, zone: ZoneInfo) -> datetime:
    """Return when a clock shows *hour* on *day*: the first time it does, or as soon as it can."""
    return datetime.combine(day, time(hour), zone).astimezone(UTC)


def occasions(letter: "Letter", days: Sequence[date], zone: ZoneInfo) -> list[Occasion]:
    """List the moments of a letter to an event that lasts on *days*, in their order."""
    if not days:
        return []
    over = local_hour(days[-1] + timedelta(days=1), 0, zone)
    if letter.timing is Timing.MOMENT:
        if letter.send_at is None:
            return []
        return [Occasion(ONCE, None, letter.send_at, max(over, letter.send_at) + LATEST_THANKS)]
    hour, step = letter.hour, timedelta(days=letter.offset_days)
    if letter.timing is Timing.BEFORE_START:
        due = local_hour(days[0] - step, hour, zone)
        return [Occasion(START, None, due, local_hour(days[0] + timedelta(days=1), 0, zone))]
    if letter.timing is Timing.AFTER_END:
        due = local_hour(days[-1] + step, hour, zone)
        return [Occasion(END, None, due, due + LATEST_THANKS)]
    return [
        Occasion(
            day.isoformat(),
            day,
            local_hour(day - step, hour, zone),
            local_hour(day + timedelta(days=1), 0, zone),
        )
        for day in days
    ]


def standing(
    letter: "Letter", occasion: Occasion, done: Collection[str], now: datetime
) -> Standing:
    """Return how a moment of a letter stands.

    What was past when the letter was switched on stays unsent unless that was asked for.
    """
    if occasion.code in done:
        return Standing.DONE
    if now < occasion.due_at:
        return Standing.COMING
    since = letter.queued_at
    late = since is not None and occasion.due_at < since and not letter.sends_past
    return Standing.MISSED if late or now >= occasion.until else Standing.DUE
