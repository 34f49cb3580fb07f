"""What the modules of this package share: their blueprint, rooms of an event, parts of lists."""

from collections.abc import Iterable
from typing import Any

from flask import Blueprint

from eventapp.events import queries as frame
from eventapp.kernel.refusal import N_
from eventapp.kernel.rest import Window
from eventapp.kernel.schema import BadFields, Fault

bp = Blueprint("desk_api", __name__, url_prefix="/api/v1")


def own_room(room: str | None, event_id: int) -> int | None:
    """Return a room's id; one of another event is as unknown as one that does not exist."""
    if room is None:
        return None
    found = frame.room(int(room))
    if found is None or found.event_id != event_id:
        raise BadFields([Fault("/room", "not-found", N_("There is no such room."))])
    return found.id


def part(rows: Iterable[Any], asked: Window) -> list[Any]:
    """Return the part of a short list that is asked for, in the order of ids, and one row more."""
    after = asked.after_id
    ordered = sorted((row for row in rows if row.id > after), key=lambda row: row.id)
    return ordered[: asked.limit + 1]
