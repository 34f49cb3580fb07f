"""Venues and rooms: added, changed, removed; every edit can be undone.

What is held in a room the slices above know: `remove_room` is called by who has asked them.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import func, select

from eventapp.events.commands.events import touch
from eventapp.events.models import Room, Venue
from eventapp.events.rules import EventRefusal
from eventapp.kernel import journal
from eventapp.kernel.db import atomic, db
from eventapp.kernel.journal import Keeper, UndoRefusal
from eventapp.kernel.refusal import Refused

Row = TypeVar("Row", Venue, Room)

VENUE = ("event_id", "name", "short", "street", "postcode", "city", "accessibility", "position")
ROOM = (
    "event_id", "venue_id", "name", "capacity", "floor", "features", "wheelchair", "parallel",
    "position",
)  # fmt: skip


@atomic
def add_venue(
    event_id: int, name: Mapping[str, str], short: Mapping[str, str], **columns: Any
) -> Venue:
    """Add a building to an event."""
    position = _count(Venue, event_id)
    row = Venue(event_id=event_id, name=dict(name), short=dict(short), position=position, **columns)
    return _added(row)


@atomic
def add_room(venue_id: int, name: Mapping[str, str], capacity: int | None, **columns: Any) -> Room:
    """Add a room to a venue."""
    venue = db.session.get_one(Venue, venue_id)
    return _added(
        Room(
            venue_id=venue_id,
            event_id=venue.event_id,
            name=dict(name),
            capacity=capacity,
            position=_count(Room, venue.event_id),
            **columns,
        )
    )


@atomic
def edit_venue(venue_id: int, now: datetime, **columns: Any) -> Venue:
    """Replace what is known of a building."""
    return _edited(_locked(Venue, venue_id), columns)


@atomic
def edit_room(room_id: int, now: datetime, **columns: Any) -> Room:
    """Replace what is known of a room."""
    return _edited(_locked(Room, room_id), columns)


@atomic
def remove_venue(venue_id: int, now: datetime) -> None:
    """Remove a building that has no rooms."""
    rooms = select(func.count()).select_from(Room).where(Room.venue_id == venue_id)
    if db.session.scalar(rooms):
        raise Refused(EventRefusal.VENUE_HAS_ROOMS)
    _removed(_locked(Venue, venue_id))


@atomic
def remove_room(room_id: int, now: datetime) -> None:
    """Remove a room in which nothing is held."""
    _removed(_locked(Room, room_id))


# --- steps ------------------------------------------------------------------------------------


def _added(row: Row) -> Row:
    db.session.add(row)
    db.session.flush()
    touch(row.event_id)
    journal.note(row.event_id, _subject(row), None, _all(row))
    return row


def _edited(row: Row, columns: Mapping[str, Any]) -> Row:
    before = _all(row)
    _set(row, columns)
    journal.note(row.event_id, _subject(row), before, _all(row))
    return row


def _removed(row: Venue | Room) -> None:
    journal.note(row.event_id, _subject(row), _all(row), None)
    _deleted(row)


def _deleted(row: Venue | Room) -> None:
    db.session.delete(row)
    touch(row.event_id)


def _set(row: Venue | Room, columns: Mapping[str, Any]) -> None:
    for name, value in columns.items():
        setattr(row, name, value)
    touch(row.event_id)


def _locked(model: type[Row], row_id: int) -> Row:
    return db.session.get_one(model, row_id, with_for_update=True, populate_existing=True)


def _all(row: Venue | Room) -> dict[str, Any]:
    return {name: getattr(row, name) for name in (VENUE if isinstance(row, Venue) else ROOM)}


def _subject(row: Venue | Room) -> str:
    return f"{row.__tablename__}:{row.id}"


def _count(model: type[Venue] | type[Room], event_id: int) -> int:
    query = select(func.count()).select_from(model).where(model.event_id == event_id)
    return db.session.scalar(query) or 0


# --- undo -------------------------------------------------------------------------------------


def keeper(model: type[Venue] | type[Room]) -> Keeper:
    """Return how rows of *model* are read and set back."""

    def values(row_id: int) -> Mapping[str, Any] | None:
        row: Any = db.session.get(model, row_id, with_for_update=True, populate_existing=True)
        return None if row is None else _all(row)

    def restore(row_id: int, wanted: Mapping[str, Any] | None, now: datetime) -> None:
        row: Any = db.session.get(model, row_id)
        if wanted is None:
            if row is None or _is_used(row):
                raise Refused(UndoRefusal.BUILT_UPON)
            _deleted(row)
            return
        if row is None:
            row = model(id=row_id, event_id=wanted["event_id"])
            db.session.add(row)
        _set(row, wanted)

    return Keeper(values=values, restore=restore)


def _is_used(row: Venue | Room) -> bool:
    """Tell whether another row of any table names this one."""
    naming = (
        column
        for table in Venue.metadata.sorted_tables
        for column in table.columns
        if any(key.column.table.name == row.__tablename__ for key in column.foreign_keys)
    )
    return any(
        db.session.scalar(select(func.count()).select_from(one.table).where(one == row.id))
        for one in naming
    )


KEEPERS = {"venue": keeper(Venue), "room": keeper(Room)}
