"""What a release would change for everybody who reads the programme."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from eventapp.programme.rules.planned import (
    CANCELLED,
    DRAFT,
    PLACE,
    SPEAKERS,
    WORDS,
    Planned,
    differing,
    encode,
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


def told(
    one: Difference, rooms: Mapping[int, Mapping[str, str]], names: Mapping[int, str]
) -> dict[str, Any]:
    """Return a difference as it is kept and shown: rooms and speakers by what they are called.

    Of a new or cancelled session it says when, where and by whom it is held.
    """
    whole = one.change in {Change.NEW, Change.CANCELLED}
    columns = [*PLACE, SPEAKERS] if whole else [*one.columns]
    if not {"starts_at", "ends_at"}.isdisjoint(columns):
        columns = list(dict.fromkeys(["starts_at", "ends_at", *columns]))
    return {
        "change": one.change.value,
        "session_id": one.after.id,
        "title": dict(one.after.title),
        "before": _named(one.before, columns, rooms, names) if one.before else None,
        "after": _named(one.after, columns, rooms, names),
    }


def shown(
    session: Planned, rooms: Mapping[int, Mapping[str, str]], names: Mapping[int, str]
) -> dict[str, Any]:
    """Return a session as a release keeps it."""
    columns = ["state", *WORDS, *PLACE, SPEAKERS]
    return {"id": session.id, **_named(session, columns, rooms, names)}


def _named(
    session: Planned,
    columns: Sequence[str],
    rooms: Mapping[int, Mapping[str, str]],
    names: Mapping[int, str],
) -> dict[str, Any]:
    values = encode({name: getattr(session, name) for name in columns})
    if "room_id" in values:
        room_id = values.pop("room_id")
        values["room"] = dict(rooms[room_id]) if room_id is not None else None
    if SPEAKERS in values:
        values["speakers"] = [names[speaker_id] for speaker_id in values.pop(SPEAKERS)]
    return values
