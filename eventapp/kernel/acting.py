"""Who acts at present: written beside every fact and every job."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

SYSTEM = "system"
_actor: ContextVar[str] = ContextVar("actor", default=SYSTEM)


@contextmanager
def acting_as(actor: str) -> Iterator[None]:
    """Write *actor* (``account:7``, ``registration:3``, ``system``) beside every fact."""
    before = _actor.set(actor)
    try:
        yield
    finally:
        _actor.reset(before)


def act_as(actor: str) -> None:
    """Name the actor for the rest of this request or job."""
    _actor.set(actor)


def actor() -> str:
    """Return who acts at present."""
    return _actor.get()
