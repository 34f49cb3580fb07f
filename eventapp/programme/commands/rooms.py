"""Rooms as the programme uses them: one in which something is held stays."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import update

from eventapp.events import commands as events
from eventapp.kernel.db import atomic, db
from eventapp.kernel.journal import Keeper, UndoRefusal
from eventapp.kernel.refusal import Refused
from eventapp.programme import queries
from eventapp.programme.models import Session, SessionState
from eventapp.programme.rules import ProgrammeRefusal


@atomic
def remove_room(room_id: int, now: datetime) -> None:
    """Remove a room in which nothing is held, neither now nor by the draft."""
    if held := queries.held_in(room_id):
        raise Refused(ProgrammeRefusal.ROOM_IN_USE, title=held)
    _forget(room_id)
    events.remove_room(room_id, now)


def _forget(room_id: int) -> None:
    """Let sessions that were taken out of the draft remember the room no longer."""
    removed = update(Session).where(Session.room_id == room_id)
    removed = removed.where(Session.state == SessionState.REMOVED).values(room_id=None)
    db.session.execute(removed, execution_options={"synchronize_session": False})


_KEEPER = events.KEEPERS["room"]


def _restore(room_id: int, values: Mapping[str, Any] | None, now: datetime) -> None:
    if values is None:
        if queries.held_in(room_id):
            raise Refused(UndoRefusal.BUILT_UPON)
        _forget(room_id)
    _KEEPER.restore(room_id, values, now)


KEEPER = Keeper(values=_KEEPER.values, restore=_restore)
