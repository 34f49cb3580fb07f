"""When an invite changes, and what the change means to the person's own answer."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol, Self

from eventapp.programme.rules.appointments import Slot

CALLED_OFF_SHOWN = timedelta(days=14)
# Edits within this time give one letter; an edit that is taken back gives none.
SETTLING = timedelta(minutes=10)
# So shortly before it begins a change is told with the first letter there is.
PRESSING = timedelta(hours=1)


class Status(StrEnum):
    """What the last message said: come, perhaps, or do not."""

    REQUESTED = "requested"
    TENTATIVE = "tentative"
    CANCELLED = "cancelled"


class PartStat(StrEnum):
    """What the invite takes the person's answer to be."""

    ACCEPTED = "accepted"
    TENTATIVE = "tentative"
    DECLINED = "declined"
    NEEDS_ACTION = "needs-action"


@dataclass(frozen=True)
class Shape:
    """What a calendar shows of a session: its time, its room, and whose advice it is, if any."""

    starts_at: datetime
    ends_at: datetime
    room_id: int | None
    adviser_id: int | None = None

    def __str__(self) -> str:
        """Return the shape as an invite keeps what its person was told last."""
        room = "" if self.room_id is None else str(self.room_id)
        adviser = "" if self.adviser_id is None else f"/{self.adviser_id}"
        return f"{self.starts_at.isoformat()}/{self.ends_at.isoformat()}/{room}{adviser}"

    @classmethod
    def read(cls, kept: str) -> Self:
        """Return the shape that was kept as text."""
        starts_at, ends_at, room, *adviser = kept.split("/")
        return cls(
            datetime.fromisoformat(starts_at),
            datetime.fromisoformat(ends_at),
            int(room) if room else None,
            int(adviser[0]) if adviser else None,
        )

    def same_time(self, other: "Shape") -> bool:
        """Tell whether nobody has to be there at another time."""
        return (self.starts_at, self.ends_at) == (other.starts_at, other.ends_at)


class Timed(Protocol):
    """A session, or what a decision has read of one, as far as an invite looks at it."""

    @property
    def id(self) -> int:
        """Its number."""

    @property
    def event_id(self) -> int:
        """The event it belongs to."""

    @property
    def starts_at(self) -> datetime:
        """When it begins."""

    @property
    def ends_at(self) -> datetime:
        """When it ends."""

    @property
    def room_id(self) -> int | None:
        """Where it is held."""


def shape(session: Timed, own: Slot | None = None) -> Shape:
    """Return what a calendar shows of *session* now; of advice, one's *own* appointment."""
    if own is None:
        return Shape(session.starts_at, session.ends_at, session.room_id)
    return Shape(own.starts_at, own.ends_at, session.room_id, own.adviser_id)


def partstat_after(present: PartStat, told: Shape, now: Shape) -> PartStat:
    """Return what an answer is worth after a change: another time asks anew, another room not."""
    return present if told.same_time(now) else PartStat.NEEDS_ACTION


def has_settled(changed_at: datetime, starts_at: datetime, now: datetime) -> bool:
    """Tell whether a change is to be told now, or a newer one's letter will tell both."""
    return now - changed_at >= SETTLING or starts_at - now <= PRESSING


def still_shown(called_off_at: datetime, now: datetime) -> bool:
    """Tell whether a feed still shows a session that was called off."""
    return now - called_off_at <= CALLED_OFF_SHOWN
