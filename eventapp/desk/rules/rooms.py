"""What is on in each room at a moment of a day, and what comes next there; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, kw_only=True)
class InRoom:
    """One room at one moment: what runs, and what begins there next; `room_id` None is anywhere."""

    room_id: int | None
    running: Sequence[Any]
    following: Any | None


def in_rooms(
    sessions: Sequence[Any], room_ids: Sequence[int | None], now: datetime
) -> list[InRoom]:
    """List the rooms of a day in which something runs or is still to come, in the rooms' order.

    *sessions* are those of one day, with `starts_at`, `ends_at`, `room_id` and `cancelled`; what
    is called off is in no room. A session runs from its start up to its end, not at it.
    """
    ordered = sorted(
        (one for one in sessions if not one.cancelled and one.ends_at > now),
        key=lambda one: (one.starts_at, one.ends_at),
    )
    found = []
    for room_id in room_ids:
        here = [one for one in ordered if one.room_id == room_id]
        if here:
            running = [one for one in here if one.starts_at <= now]
            following = next((one for one in here if one.starts_at > now), None)
            found.append(InRoom(room_id=room_id, running=running, following=following))
    return found
