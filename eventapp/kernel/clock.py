"""The only clock: real time, moved by one offset that all workers share."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta

from flask import current_app, has_app_context

_EXTENSION = "eventapp-clock-offset"
_past: ContextVar[datetime | None] = ContextVar("past", default=None)


def now() -> datetime:
    """Return the present moment of this installation, aware, in UTC."""
    return _past.get() or datetime.now(UTC) + offset()


def real() -> datetime:
    """Return the machine's own time, which certificates and phones go by."""
    return datetime.now(UTC)


@contextmanager
def standing_at(moment: datetime) -> Iterator[None]:
    """Let it be *moment* inside: history is loaded at the moments at which it happened."""
    before = _past.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _past.reset(before)


def offset() -> timedelta:
    """Return how far this installation's clock runs ahead of real time."""
    if not has_app_context():
        return timedelta(0)
    return current_app.extensions.get(_EXTENSION, timedelta(0))


def shift(ahead: timedelta) -> None:
    """Let the current application's clock run *ahead* of real time."""
    current_app.extensions[_EXTENSION] = ahead


def offset_to(moment: datetime) -> timedelta:
    """Return the offset with which the clock would show *moment* now."""
    return moment.astimezone(UTC) - datetime.now(UTC)
