"""Addresses from which letters come back: counted, and spared what they need not have."""

from datetime import datetime

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, mapped_column

from eventapp.kernel.db import Model, atomic, db

MOST_SOFT = 3  # letters in a row that a full mailbox may send back before it counts as gone


class Unreachable(Model):
    """An address from which letters came back.

    `hard`: it will not take the next one either. `settled_at`: somebody looked into it, and
    letters go there again.
    """

    __tablename__ = "unreachable"

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(String(320), unique=True)
    hard: Mapped[bool]
    status: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(500))
    bounces: Mapped[int] = mapped_column(default=0)
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[str | None] = mapped_column(String(64))


def note(address: str, now: datetime, *, hard: bool, status: str, reason: str) -> Unreachable:
    """Count one letter that came back; belongs in `atomic`."""
    address = address.lower()
    row = of(address)
    if row is None or row.settled_at is not None:
        row = row or Unreachable(address=address)
        row.bounces, row.hard, row.first_at = 0, False, now
        row.settled_at = row.settled_by = None
        db.session.add(row)
    row.bounces += 1
    row.hard = row.hard or hard or row.bounces >= MOST_SOFT
    row.status, row.reason, row.last_at = status[:20], reason[:500], now
    db.session.flush()
    return row


@atomic
def settle(number: int, actor: str, now: datetime) -> Unreachable:
    """Let letters go to an address again."""
    row = db.session.get_one(Unreachable, number, with_for_update=True, populate_existing=True)
    if row.settled_at is None:
        row.settled_at, row.settled_by = now, actor
    return row


def of(address: str) -> Unreachable | None:
    """Return what is known against an address."""
    query = select(Unreachable).where(Unreachable.address == address.lower())
    return db.session.scalars(query).first()


def is_gone(address: str) -> bool:
    """Tell whether letters surely come back from an address, as far as is known."""
    row = of(address)
    return row is not None and row.hard and row.settled_at is None
