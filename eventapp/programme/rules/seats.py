"""Capacity and times of one session."""

from datetime import datetime
from typing import TYPE_CHECKING

from eventapp.programme.rules.refusals import ProgrammeRefusal

if TYPE_CHECKING:
    from eventapp.programme.models import Session


def effective_capacity(session: "Session") -> int | None:
    """Return how many may sign up: the session's own limit, else the room's, else no limit.

    Where some are expected to stay away, so many percent more.
    """
    limit = own_capacity(session)
    return None if limit is None else overbooked(limit, session.overbooking_percent or 0)


def own_capacity(session: "Session") -> int | None:
    """Return how many seats there are, whoever stays away."""
    if session.capacity is not None:
        return session.capacity
    return session.room.capacity if session.room is not None else None


def overbooked(limit: int, percent: int) -> int:
    """Return how many may have a seat where so many percent more are let in."""
    return limit * (100 + percent) // 100


def seats_left(session: "Session") -> int | None:
    """Return how many seats are free to take now: none while somebody waits; None: no limit."""
    taken = session.confirmed + (session.offered or 0)
    return places_left(effective_capacity(session), taken, session.waiting)


def places_left(capacity: int | None, confirmed: int, waiting: int) -> int | None:
    """Return the same from the figures alone."""
    if capacity is None:
        return None
    return 0 if waiting else max(0, capacity - confirmed)


def expected(confirmed: int, held: int, came: int) -> int | None:
    """Return how many of those with a seat will come, if they come as others did; None: unknown."""
    return round(confirmed * came / held) if held else None


def support_minutes(session: "Session") -> int:
    """Return the minutes of a session without its breaks."""
    length = session.ends_at - session.starts_at
    return max(0, int(length.total_seconds() // 60) - (session.break_minutes or 0))


def refuse_times(starts_at: datetime, ends_at: datetime) -> ProgrammeRefusal | None:
    """Return why a session may not last from *starts_at* to *ends_at*."""
    return ProgrammeRefusal.ENDS_BEFORE_START if ends_at <= starts_at else None


def overlaps(one: "Session", other: "Session") -> bool:
    """Tell whether two sessions share a moment; touching ends do not overlap."""
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at
