"""What the draft says beside the columns of a session or a break: the steps both have in common.

Of a row that was released only what the draft says otherwise is kept, in `staged`. A row that was
never released has no readers: its columns are the draft.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from eventapp.events import queries as frame
from eventapp.kernel.db import db
from eventapp.kernel.refusal import Refused
from eventapp.programme.commands import steps
from eventapp.programme.models import Activity, Break, Kind, Session, SessionState, SignUpRule
from eventapp.programme.rules import ProgrammeRefusal
from eventapp.programme.rules.planned import OWN, REMOVED, WORDS, encode

ROOM = "room_id"
NOT_HELD = (SessionState.REMOVED, SessionState.CANCELLED)


def refuse_place(row: Session | Break, values: Mapping[str, Any]) -> None:
    """Refuse a time outside the event and a room of another one; out of the plan both may be."""
    if values.get("state") == REMOVED:
        return
    if "starts_at" in values:
        steps.day_of(row.event_id, values["starts_at"])
    room_id = values.get(ROOM)
    if room_id is not None and not has_room(row, room_id):
        raise Refused(ProgrammeRefusal.UNKNOWN_ROOM)


def has_room(row: Session | Break, room_id: int) -> bool:
    """Tell whether the row's event has this room."""
    room = frame.room(room_id)
    return room is not None and room.event_id == row.event_id


def write_draft(row: Session | Break, values: Mapping[str, Any]) -> None:
    """Write what the draft says into the columns of a row that nobody else reads yet."""
    write(row, _with_room(row, values))
    _follow_day(row)


def _with_room(row: Session | Break, own: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what is written into a row's columns; `staged` remembers a room that is gone."""
    others = {name: kept for name, kept in (row.staged or {}).items() if name != ROOM}
    wanted = own.get(ROOM, (row.staged or {}).get(ROOM, row.room_id))
    if wanted is None or has_room(row, wanted):
        row.staged = others or None
        return {**own, ROOM: wanted}
    gone = own.get("state", row.state) == REMOVED
    row.staged = ({**others, ROOM: wanted} if gone else others) or None
    return {**own, ROOM: None}


def _follow_day(row: Session | Break) -> None:
    """Let a row lie on the day of its start; out of the plan that may be one that is gone."""
    try:
        row.day_id = steps.day_of(row.event_id, row.starts_at)
    except Refused:
        if row.state is not SessionState.REMOVED:
            raise


def write(row: Session | Break | Activity, values: Mapping[str, Any]) -> None:
    """Write values, enums by their codes, into the columns of these names."""
    kinds = {"state": SessionState, "sign_up": SignUpRule, "kind": Kind, "topics": list}
    for name, value in values.items():
        setattr(row, name, kinds[name](value) if name in kinds else value)


def staged(row: Session | Break | Activity, values: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return what stands beside the row's columns: only what they do not say themselves."""
    wanted = {**(row.staged or {}), **encode(values)}
    said = encode({name: getattr(row, name) for name in (*OWN, *WORDS) if hasattr(row, name)})
    return {name: value for name, value in wanted.items() if said.get(name) != value} or None


def forget_room(room_id: int) -> None:
    """Let what is not held name a room no longer, but let it remember the room."""
    removed, off = SessionState.REMOVED, Break.state.in_(NOT_HELD)
    sessions = select(Session).where(Session.room_id == room_id, Session.state == removed)
    pauses = select(Break).where(Break.room_id == room_id, off)
    rows: list[Session | Break] = [
        *db.session.scalars(sessions.with_for_update()),
        *db.session.scalars(pauses.with_for_update()),
    ]
    for row in rows:
        row.staged = {**(row.staged or {}), ROOM: room_id}
        row.room_id = None
    db.session.flush()
