"""Sessions by time: a block is what is held at one moment, so that nobody has two of it."""

from collections.abc import Sequence
from typing import Protocol, TypeVar


class Timed(Protocol):
    """Anything with a beginning and an end; of two at one time the id decides the order."""

    @property
    def id(self) -> object: ...  # noqa: D102 - as it says
    @property
    def starts_at(self) -> object: ...  # noqa: D102 - as it says
    @property
    def ends_at(self) -> object: ...  # noqa: D102 - as it says


One = TypeVar("One", bound=Timed)


def blocks(sessions: Sequence[One]) -> list[list[One]]:
    """Group sessions by time, in the order of the day: as few blocks as hold every session.

    A block is all that is going on just before the first session ends that no earlier block
    holds. What lasts through several blocks is in the first of them, see `long`.
    """
    found: list[list[One]] = []
    known: set[object] = set()
    for held in _all_blocks(sessions):
        found.append([one for one in held if one.id not in known])
        known.update(one.id for one in held)
    return found


def long(sessions: Sequence[One]) -> frozenset[object]:
    """Return the ids of the sessions that last through several blocks."""
    every = [one.id for held in _all_blocks(sessions) for one in held]
    return frozenset(one for one in every if every.count(one) > 1)


def _all_blocks(sessions: Sequence[One]) -> list[list[One]]:
    rest = sorted(sessions, key=_by_end)
    found = []
    while rest:
        end = rest[0].ends_at
        held = [one for one in sessions if one.starts_at < end <= one.ends_at]  # type: ignore[operator]
        found.append(sorted(held, key=_by_start))
        rest = [one for one in rest if one.starts_at >= end]  # type: ignore[operator]
    return found


def _by_end(one: Timed) -> tuple[object, object, str]:
    return (one.ends_at, one.starts_at, str(one.id))


def _by_start(one: Timed) -> tuple[object, object, str]:
    return (one.starts_at, one.ends_at, str(one.id))
