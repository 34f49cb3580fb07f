"""Places that nobody came for: from when they go to those who wait at the door, and to whom."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from eventapp.kernel.refusal import N_, Refusal

if TYPE_CHECKING:
    from eventapp.programme.models import Session

# People come to the door before a session; whoever was turned away earlier is not waiting there.
DOOR_OPENS = timedelta(minutes=60)
LONGEST = 180  # minutes


class ReleaseRefusal(Refusal):
    """Why a place is not given to somebody at the door, or not given back."""

    NOT_BEGUN = (
        "session-not-begun",
        N_("The session has not begun; those with a place may still come."),
    )
    IS_OVER = "session-over", N_("The session is over.")
    CALLED_OFF = "session-called-off", N_("The session is called off.")
    NO_LIST = (
        "session-without-places",
        N_("Whoever comes may enter this session; there are no places to give."),
    )
    NOBODY_WAITS = "nobody-waits", N_("Nobody waits at this door.")
    NONE_UNUSED = "no-place-unused", N_("Everybody who has a place has come.")
    ALREADY_RETURNED = "place-returned", N_("This place was given back already.")
    TAKEN = (
        "place-taken",
        N_("Another person has come in on this place, %(name)s; it cannot be given back."),
    )
    ENDED_FOR_HOLDER = (
        "holder-gone",
        N_("The holder of the place, %(name)s, takes no part any more."),
    )
    NOT_AT_DOOR = "not-at-door", N_("This person has not been turned away at this door today.")
    NONE_LEFT = "no-place-left", N_("Every place is taken, and its holder has come.")
    OTHERS_FIRST = (
        "others-first",
        N_("There are places for %(left)d of those at the door; others came before."),
    )
    TOO_LONG = "release-too-long", N_("Enter a number of minutes from 0 to %(most)d, or nothing.")


@dataclass(frozen=True)
class Turned:
    """Somebody turned away at the door of a session, at the moment of the first attempt."""

    registration_id: int
    at: datetime
    seq: int


@dataclass(frozen=True)
class Unused:
    """A place whose holder has not come; `ticket` is when it was taken."""

    registration_id: int
    sign_up_id: int
    ticket: int


@dataclass(frozen=True, kw_only=True)
class Prospect:
    """How somebody at a door stands: the how manieth of how many, and the places left for them.

    `position` counts from 1, 0 is nobody who waits. `free` are places that nobody holds (None: no
    limit), `unused` those whose holders have not come.
    """

    position: int
    waiting: int
    free: int | None
    unused: int

    @property
    def left(self) -> int:
        """Return how many of those at the door can be given a place."""
        return self.waiting if self.free is None else self.free + self.unused


def refuse_seat(session: "Session", prospect: Prospect, now: datetime) -> ReleaseRefusal | None:
    """Return why somebody at the door of a session is given no place at *now*."""
    if refusal := refuse_release(session, now):
        return refusal
    if prospect.position == 0:
        return ReleaseRefusal.NOT_AT_DOOR
    if prospect.left == 0:
        return ReleaseRefusal.NONE_LEFT
    return ReleaseRefusal.OTHERS_FIRST if prospect.position > prospect.left else None


def waiting(turned: Iterable[Turned], inside: Iterable[int], starts_at: datetime) -> list[Turned]:
    """List who waits at a door: whoever came first stands first; who came in waits no more."""
    came = set(inside)
    first: dict[int, Turned] = {}
    for one in sorted(turned, key=lambda one: (one.at, one.seq)):
        if one.registration_id not in came and one.at >= starts_at - DOOR_OPENS:
            first.setdefault(one.registration_id, one)
    return list(first.values())


def next_pair(unused: Iterable[Unused], waits: Iterable[int]) -> tuple[Unused, int] | None:
    """Return which place goes next, the one taken last, and to whom of those who wait."""
    place = max(unused, key=lambda one: one.ticket, default=None)
    first = next(iter(waits), None)
    return (place, first) if place is not None and first is not None else None


def due_at(
    starts_at: datetime, own: int | None, *, has_own: bool, event: int | None
) -> datetime | None:
    """Return when places are released by themselves: the session's own word before the event's."""
    minutes = own if has_own else event
    return None if minutes is None else starts_at + timedelta(minutes=minutes)


def refuse_release(session: "Session", now: datetime) -> ReleaseRefusal | None:
    """Return why no place of a session may be released at *now*."""
    if session.state == "cancelled":
        return ReleaseRefusal.CALLED_OFF
    if session.sign_up != "required" or session.appointment_minutes is not None:
        return ReleaseRefusal.NO_LIST
    if now < session.starts_at:
        return ReleaseRefusal.NOT_BEGUN
    return ReleaseRefusal.IS_OVER if now >= session.ends_at else None


def refuse_minutes(minutes: int | None) -> ReleaseRefusal | None:
    """Return why places may not be released so long after the start."""
    return None if minutes is None or 0 <= minutes <= LONGEST else ReleaseRefusal.TOO_LONG


def quarter(moment: datetime) -> datetime:
    """Return when the quarter of an hour of a moment began."""
    return moment.replace(minute=moment.minute - moment.minute % 15, second=0, microsecond=0)
