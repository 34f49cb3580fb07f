"""What a release would change for everybody who reads the programme."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from eventapp.programme.rules.planned import (
    CANCELLED,
    DRAFT,
    PLACE,
    Planned,
    differing,
    values_of,
)


class Change(StrEnum):
    """How a session differs from the release before; the first that fits."""

    NEW = "new"
    CANCELLED = "cancelled"
    MOVED = "moved"
    CHANGED = "changed"


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One session that the draft says otherwise than the current release.

    `columns` names what differs; for a new session nothing came before.
    """

    change: Change
    before: Planned | None
    after: Planned
    columns: Sequence[str] = ()


def difference(before: Planned, after: Planned) -> Difference | None:
    """Return how the draft's version of a session differs from everybody's, if it does."""
    if before.state == DRAFT:
        return Difference(change=Change.NEW, before=None, after=after) if after.is_held else None
    columns = differing(before, after)
    if not columns:
        return None
    return Difference(change=_change(columns, after), before=before, after=after, columns=columns)


def _change(columns: Sequence[str], after: Planned) -> Change:
    if "state" in columns and after.state == CANCELLED:
        return Change.CANCELLED
    return Change.CHANGED if set(PLACE).isdisjoint(columns) else Change.MOVED


def digest(differences: Sequence[Difference]) -> str:
    """Return a short mark of what a reader saw, to find out whether it is still so."""
    said = [[one.change.value, one.after.id, values_of(one.after)] for one in differences]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]
