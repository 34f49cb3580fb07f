"""Breaks: when everybody drinks coffee or eats. They hold at once, and can be undone."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from eventapp.events import commands as events
from eventapp.kernel import journal
from eventapp.kernel.db import atomic, db
from eventapp.kernel.journal import Keeper
from eventapp.kernel.refusal import Refused
from eventapp.programme import rules
from eventapp.programme.commands import steps
from eventapp.programme.models import Break
from eventapp.programme.rules.planned import decode, encode

COLUMNS = ("title", "starts_at", "ends_at", "room_id")


@atomic
def add_break(
    event_id: int,
    *,
    starts_at: datetime,
    ends_at: datetime,
    title: Mapping[str, str],
    room_id: int | None = None,
    ref: str | None = None,
) -> Break:
    """Plan a break."""
    if refusal := rules.refuse_times(starts_at, ends_at):
        raise Refused(refusal)
    row = Break(
        event_id=event_id,
        day_id=steps.day_of(event_id, starts_at),
        starts_at=starts_at,
        ends_at=ends_at,
        title=dict(title),
        room_id=room_id,
        ref=ref,
    )
    db.session.add(row)
    db.session.flush()
    events.touch(event_id)
    journal.note(event_id, _subject(row), None, _all(row))
    return row


@atomic
def edit_break(break_id: int, now: datetime, **values: Any) -> Break:
    """Give a break another time, room or name; *values* are names of `COLUMNS`."""
    row = _locked(break_id)
    before = _all(row)
    starts_at, ends_at = values.get("starts_at", row.starts_at), values.get("ends_at", row.ends_at)
    if refusal := rules.refuse_times(starts_at, ends_at):
        raise Refused(refusal)
    _set(row, values)
    journal.note(row.event_id, _subject(row), before, _all(row))
    return row


@atomic
def remove_break(break_id: int, now: datetime) -> None:
    """Let a break not happen."""
    row = _locked(break_id)
    journal.note(row.event_id, _subject(row), _all(row), None)
    db.session.delete(row)
    events.touch(row.event_id)


def _locked(break_id: int) -> Break:
    return db.session.get_one(Break, break_id, with_for_update=True, populate_existing=True)


def _set(row: Break, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    row.day_id = steps.day_of(row.event_id, row.starts_at)
    events.touch(row.event_id)


def _subject(row: Break) -> str:
    return f"break:{row.id}"


def _all(row: Break) -> dict[str, Any]:
    values = encode({name: getattr(row, name) for name in COLUMNS})
    return values | {"event_id": row.event_id}


# --- undo -------------------------------------------------------------------------------------


def _values(break_id: int) -> Mapping[str, Any] | None:
    row = db.session.get(Break, break_id, with_for_update=True, populate_existing=True)
    return None if row is None else _all(row)


def _restore(break_id: int, values: Mapping[str, Any] | None, now: datetime) -> None:
    if values is None:
        row = _locked(break_id)
        db.session.delete(row)
        events.touch(row.event_id)
        return
    found = db.session.get(Break, break_id)
    row = found or Break(id=break_id, event_id=values["event_id"])
    db.session.add(row)
    _set(row, {name: value for name, value in decode(values).items() if name in COLUMNS})


KEEPER = Keeper(values=_values, restore=_restore)
