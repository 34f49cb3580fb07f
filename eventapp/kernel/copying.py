"""Making one event like another: a registry to which each slice gives its parts.

A part copies the rows of its slice and notes which new row stands for which old one, so that the
parts after it can follow. Moments keep their time on the clocks and move with the days.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from flask import Flask, current_app

from eventapp.kernel import zones

_EXTENSION = "eventapp-copying"


@dataclass(frozen=True)
class Copying:
    """From which event into which, how far its days move, and what was copied so far."""

    source_id: int
    target_id: int
    zone: str
    days: int
    now: datetime
    ids: dict[tuple[str, int], int] = field(default_factory=dict)

    def day(self, at: datetime) -> date:
        """Return the day on which the clocks show a moment of the source, moved along."""
        return at.astimezone(ZoneInfo(self.zone)).date() + timedelta(days=self.days)

    def moment(self, at: datetime) -> datetime:
        """Return the moment at which the clocks show the same time, so many days later.

        A time that comes twice on that night is the earlier one; one that never comes is an hour
        later.
        """
        zone = ZoneInfo(self.zone)
        wall = at.astimezone(zone).replace(tzinfo=None) + timedelta(days=self.days)
        return zones.kept_time(wall, zone)

    def maybe(self, at: datetime | None) -> datetime | None:
        """Return the same of a moment that need not be there."""
        return None if at is None else self.moment(at)

    def stands_for(self, kind: str, old_id: int, new_id: int) -> None:
        """Note that a new row stands for an old one."""
        self.ids[kind, old_id] = new_id

    def new(self, kind: str, old_id: int | None) -> int | None:
        """Return the row that stands for an old one, None where it was not copied."""
        return None if old_id is None else self.ids.get((kind, old_id))


@dataclass(frozen=True)
class Part:
    """What can be copied: its code, its marked name, and what copies it and returns how many."""

    code: str
    name: str
    copy: Callable[[Copying], int]


def install(app: Flask, parts: Sequence[Part]) -> None:
    """Let events be made like others; *parts* in the order in which they are copied."""
    app.extensions[_EXTENSION] = tuple(parts)


def parts() -> Sequence[Part]:
    """List what can be copied, in that order."""
    found: Sequence[Part] = current_app.extensions[_EXTENSION]
    return found


def copy(copying: Copying, codes: Collection[str]) -> Mapping[str, int]:
    """Copy the parts that are named, inside the caller's transaction; return how many of each."""
    return {part.code: part.copy(copying) for part in parts() if part.code in codes}
