"""Rooms as the programme uses them: one in which something is held stays."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from eventapp.events import commands as events
from eventapp.kernel.db import atomic
from eventapp.kernel.journal import Keeper, UndoRefusal
from eventapp.kernel.refusal import Refused
from eventapp.programme import queries
from eventapp.programme.commands.staging import forget_room
from eventapp.programme.rules import ProgrammeRefusal


@atomic
def remove_room(room_id: int, now: datetime, *, expected: Collection[int] | None = None) -> None:
    """Remove a room in which nothing is held, neither now nor by the draft.

    *expected* are versions read before: raises `Stale` when it has another one by now.
    """
    if held := queries.held_in(room_id):
        raise Refused(ProgrammeRefusal.ROOM_IN_USE, title=held)
    forget_room(room_id)
    events.remove_room(room_id, now, expected=expected)


_KEEPER = events.KEEPERS["room"]


def _restore(room_id: int, values: Mapping[str, Any] | None, now: datetime) -> None:
    if values is None:
        if queries.held_in(room_id):
            raise Refused(UndoRefusal.BUILT_UPON)
        forget_room(room_id)
    _KEEPER.restore(room_id, values, now)


KEEPER = Keeper(values=_KEEPER.values, restore=_restore)
