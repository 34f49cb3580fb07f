"""One-to-one advice: a session cut into appointments, one row of them for each adviser."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

MINUTE = timedelta(minutes=1)


class Advice(Protocol):
    """A session as far as appointments look at it."""

    @property
    def starts_at(self) -> datetime:
        """When the first appointment begins."""

    @property
    def ends_at(self) -> datetime:
        """When the last one has to be over."""

    @property
    def appointment_minutes(self) -> int | None:
        """How long one appointment takes; None: the session has none."""


class Span(Protocol):
    """Anything that lasts."""

    @property
    def starts_at(self) -> datetime:
        """When it begins."""

    @property
    def ends_at(self) -> datetime:
        """When it is over."""


Spanning = TypeVar("Spanning", bound=Span)


@dataclass(frozen=True, kw_only=True)
class Slot:
    """One appointment that can be had: with whom, when, and its number from 0 in that row."""

    adviser_id: int
    number: int
    starts_at: datetime
    ends_at: datetime


def per_adviser(starts_at: datetime, ends_at: datetime, minutes: int) -> int:
    """Return how many whole appointments fit between two moments."""
    return max(0, (ends_at - starts_at) // (minutes * MINUTE))


def count(starts_at: datetime, ends_at: datetime, minutes: int, advisers: int) -> int:
    """Return how many appointments there are in all: the places of the session."""
    return advisers * per_adviser(starts_at, ends_at, minutes)


def slot(session: Advice, adviser_id: int, number: int) -> Slot:
    """Return one appointment of a session that has them."""
    length = (session.appointment_minutes or 0) * MINUTE
    starts_at = session.starts_at + number * length
    return Slot(
        adviser_id=adviser_id, number=number, starts_at=starts_at, ends_at=starts_at + length
    )


def slots(session: Advice, adviser_ids: Sequence[int]) -> list[Slot]:
    """List the appointments of a session by time, at one time in the order of the advisers."""
    if session.appointment_minutes is None:
        return []
    rows = per_adviser(session.starts_at, session.ends_at, session.appointment_minutes)
    return [slot(session, who, number) for number in range(rows) for who in adviser_ids]


def fits(one: Slot, busy: Iterable[Span]) -> bool:
    """Tell whether somebody who is *busy* then could come; touching ends do no harm."""
    return not clashing(one, busy)


def clashing(one: Slot, busy: Iterable[Spanning]) -> list[Spanning]:
    """List what of somebody's duties shares a moment with an appointment."""
    return [row for row in busy if row.starts_at < one.ends_at and row.ends_at > one.starts_at]
