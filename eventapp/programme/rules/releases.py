"""What a release would change for everybody who reads the programme."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from eventapp.programme.rules.planned import (
    BREAK,
    CANCELLED,
    DRAFT,
    PLACE,
    SPEAKERS,
    WORDS,
    Entry,
    Planned,
    PlannedBreak,
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
    """One session or break that the draft says otherwise than the current release.

    `columns` names what differs; for a new one nothing came before.
    """

    change: Change
    before: Planned | PlannedBreak | None
    after: Planned | PlannedBreak
    columns: Sequence[str] = ()


def difference(before: Entry, after: Entry) -> Difference | None:
    """Return how the draft's version of something differs from everybody's, if it does."""
    if before.state == DRAFT:
        return Difference(change=Change.NEW, before=None, after=after) if after.is_held else None
    columns = differing(before, after)
    if not columns:
        return None
    return Difference(change=_change(columns, after), before=before, after=after, columns=columns)


def _change(columns: Sequence[str], after: Planned | PlannedBreak) -> Change:
    if "state" in columns and after.state == CANCELLED:
        return Change.CANCELLED
    return Change.CHANGED if set(PLACE).isdisjoint(columns) else Change.MOVED


def digest(differences: Sequence[Difference]) -> str:
    """Return a short mark of what a reader saw, to find out whether it is still so."""
    said = [[one.change.value, *_number(one.after), values_of(one.after)] for one in differences]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]


def told(
    one: Difference, rooms: Mapping[int, Mapping[str, str]], names: Mapping[int, str]
) -> dict[str, Any]:
    """Return a difference as it is kept and shown: rooms and speakers by what they are called.

    Of what is new or cancelled it says when, where and by whom it is held.
    """
    whole = one.change in {Change.NEW, Change.CANCELLED}
    columns = _told_of(one.after) if whole else [*one.columns]
    session_id, break_id = _number(one.after)
    if not {"starts_at", "ends_at"}.isdisjoint(columns):
        columns = list(dict.fromkeys(["starts_at", "ends_at", *columns]))
    return {
        "change": one.change.value,
        "session_id": session_id,
        "break_id": break_id,
        "title": dict(one.after.title),
        "before": _named(one.before, columns, rooms, names) if one.before else None,
        "after": _named(one.after, columns, rooms, names),
    }


def _number(one: Planned | PlannedBreak) -> tuple[int | None, int | None]:
    """Return the id of a session, or that of a break."""
    return (one.id, None) if isinstance(one, Planned) else (None, one.id)


def _told_of(one: Planned | PlannedBreak) -> list[str]:
    return [*PLACE, SPEAKERS] if isinstance(one, Planned) else [*PLACE]


def shown(
    session: Planned, rooms: Mapping[int, Mapping[str, str]], names: Mapping[int, str]
) -> dict[str, Any]:
    """Return a session as a release keeps it."""
    columns = ["state", *WORDS, *PLACE, SPEAKERS]
    return {"id": session.id, **_named(session, columns, rooms, names)}


def shown_break(one: PlannedBreak, rooms: Mapping[int, Mapping[str, str]]) -> dict[str, Any]:
    """Return a break as a release keeps it among the sessions: by its kind, led by nobody."""
    return {"id": one.id, "kind": "break", "speakers": [], **_named(one, BREAK, rooms, {})}


def _named(
    session: Planned | PlannedBreak,
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
