"""The frame of an event: days, venues, rooms, categories, institutions; every edit can be undone.

What is held in a room or on a day the slices above know: `remove_room` and `remove_day` are called
by who has asked them. *expected* are versions read before: an edit raises `Stale` when the row has
another one by now.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar, TypeVar

from sqlalchemy import Column, func, select

from eventapp.events import queries, rules
from eventapp.events.commands.events import touch
from eventapp.events.models import Category, Day, Event, Organiser, Room, Venue
from eventapp.events.rules import MOST_DAYS, USUAL_CATEGORIES, EventRefusal
from eventapp.kernel import journal, text
from eventapp.kernel.db import atomic, db
from eventapp.kernel.facts import Fact, record
from eventapp.kernel.journal import Keeper, UndoRefusal
from eventapp.kernel.refusal import Refused, refuse_stale

Row = TypeVar("Row", Venue, Room, Day, Category, Organiser)
Versioned = TypeVar("Versioned", Venue, Room, Category)
FrameRow = Venue | Room | Day | Category | Organiser

VENUE = (
    "event_id", "ref", "name", "short", "street", "postcode", "city", "teryt", "accessibility",
    "position",
)  # fmt: skip
ROOM = (
    "event_id", "ref", "venue_id", "name", "capacity", "floor", "features", "wheelchair",
    "parallel", "position",
)  # fmt: skip
DAY = ("event_id", "ref", "date", "label")
CATEGORY = ("event_id", "code", "name", "group", "position")
ORGANISER = ("event_id", "ref", "name", "role", "position", "guest_quota")
COLUMNS: Mapping[type[FrameRow], Sequence[str]] = {
    Venue: VENUE, Room: ROOM, Day: DAY, Category: CATEGORY, Organiser: ORGANISER,
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class PlaceRenamed(Fact):
    """A room or a building is called otherwise, or the building's address is another one."""

    kind: ClassVar[str] = "place-renamed"
    room_ids: Sequence[int]


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
def edit_venue(
    venue_id: int, now: datetime, *, expected: Collection[int] | None = None, **columns: Any
) -> Venue:
    """Replace what is known of a building."""
    return _edited(_as_read(Venue, venue_id, expected), columns)


@atomic
def edit_room(
    room_id: int, now: datetime, *, expected: Collection[int] | None = None, **columns: Any
) -> Room:
    """Replace what is known of a room."""
    return _edited(_as_read(Room, room_id, expected), columns)


@atomic
def remove_venue(venue_id: int, now: datetime, *, expected: Collection[int] | None = None) -> None:
    """Remove a building that has no rooms."""
    row = _as_read(Venue, venue_id, expected)
    rooms = select(func.count()).select_from(Room).where(Room.venue_id == venue_id)
    if db.session.scalar(rooms):
        raise Refused(EventRefusal.VENUE_HAS_ROOMS)
    _removed(row)


@atomic
def remove_room(room_id: int, now: datetime, *, expected: Collection[int] | None = None) -> None:
    """Remove a room in which nothing is held."""
    _removed(_as_read(Room, room_id, expected))


@atomic
def put_day(event_id: int, now: datetime, on: date, label: Mapping[str, str]) -> Day:
    """Let an event last on one more day; its first and last day follow."""
    days = [day.date for day in queries.days(event_id)]
    if on in days:
        raise Refused(EventRefusal.DAY_THERE)
    if (max([on, *days]) - min([on, *days])).days >= MOST_DAYS:
        raise Refused(EventRefusal.TOO_LONG, days=MOST_DAYS)
    return _added(Day(event_id=event_id, date=on, label=dict(label)))


@atomic
def rename_day(day_id: int, now: datetime, label: Mapping[str, str]) -> Day:
    """Call a day something else."""
    return _edited(_locked(Day, day_id), {"label": dict(label)})


@atomic
def remove_day(day_id: int, now: datetime) -> None:
    """Let an event not last on a day on which nothing is planned; one day stays."""
    row = _locked(Day, day_id)
    if len(queries.days(row.event_id)) == 1:
        raise Refused(EventRefusal.LAST_DAY)
    if _is_used(row):
        raise Refused(EventRefusal.DAY_IN_USE)
    _removed(row)


@atomic
def put_category(event_id: int, now: datetime, name: Mapping[str, str], group: str) -> Category:
    """Let people of one more kind take part; its code comes from its name."""
    position = _count(Category, event_id)
    codes = {row.code for row in queries.categories(event_id)}
    code = _code(name, codes)
    row = Category(event_id=event_id, code=code, name=dict(name), group=group, position=position)
    return _added(row)


@atomic
def put_usual_categories(event_id: int, now: datetime) -> int:
    """Let everybody take part whom projects of the social economy usually invite."""
    there = {row.code for row in queries.categories(event_id)}
    new = [one for one in USUAL_CATEGORIES if one[0] not in there]
    with journal.together(event_id, USUAL):
        for place, (code, pl, en, group) in enumerate(new, start=len(there)):
            name = {"pl": pl, "en": en}
            _added(Category(event_id=event_id, code=code, name=name, group=group, position=place))
    return len(new)


@atomic
def edit_category(
    category_id: int, now: datetime, *, expected: Collection[int] | None = None, **columns: Any
) -> Category:
    """Call a category something else, or count it in another group."""
    return _edited(_as_read(Category, category_id, expected), columns)


@atomic
def remove_category(
    category_id: int, now: datetime, *, expected: Collection[int] | None = None
) -> None:
    """Remove a category that nobody has chosen."""
    row = _as_read(Category, category_id, expected)
    if _is_used(row):
        raise Refused(EventRefusal.CATEGORY_IN_USE)
    _removed(row)


@atomic
def put_organiser(
    event_id: int,
    now: datetime,
    name: Mapping[str, str],
    role: Mapping[str, str],
    *,
    guest_quota: int | None = None,
) -> Organiser:
    """Name one more institution on the event, after the others."""
    return _added(
        Organiser(
            event_id=event_id,
            name=dict(name),
            role=dict(role),
            guest_quota=guest_quota,
            guests=0,
            position=_count(Organiser, event_id),
        )
    )


@atomic
def edit_organiser(organiser_id: int, now: datetime, **columns: Any) -> Organiser:
    """Replace what the event says of an institution; its guests keep their places."""
    row = _locked(Organiser, organiser_id)
    if refusal := rules.refuse_quota(row.guests, columns.get("guest_quota", row.guest_quota)):
        raise Refused(refusal, guests=row.guests)
    return _edited(row, columns)


@atomic
def move_organiser(organiser_id: int, now: datetime, places: int) -> int | None:
    """Name an institution so many *places* later, or earlier, and return the edit's fact."""
    row = _locked(Organiser, organiser_id)
    others = [one for one in queries.organisers(row.event_id) if one.id != row.id]
    here = sum(1 for one in others if (one.position, one.id) < (row.position, row.id))
    others.insert(max(0, here + places), row)
    with journal.together(row.event_id, ORDER) as act:
        for position, one in enumerate(others):
            _edited(one, {"position": position})
    return act.fact_id


@atomic
def remove_organiser(organiser_id: int, now: datetime) -> None:
    """Name an institution no longer; who works for it, or is its guest, keeps it there."""
    row = _locked(Organiser, organiser_id)
    if _is_used(row):
        raise Refused(EventRefusal.INSTITUTION_IN_USE)
    _removed(row)


USUAL = "categories"
ORDER = "organisers"


def _code(name: Mapping[str, str], taken: Collection[str]) -> str:
    plain = text.search_key(name.get("pl") or name.get("en") or "").replace(" ", "_")[:50]
    code = plain or "kategoria"
    number = 2
    while code in taken:
        code, number = f"{plain or 'kategoria'}_{number}", number + 1
    return code


def _follow_days(event_id: int) -> None:
    """Let an event begin with its first day and end with its last."""
    db.session.flush()
    days = [day.date for day in queries.days(event_id)]
    if days:
        event = db.session.get_one(Event, event_id)
        event.starts_on, event.ends_on = min(days), max(days)


# --- steps ------------------------------------------------------------------------------------


def _added(row: Row) -> Row:
    db.session.add(row)
    db.session.flush()
    _follow(row)
    journal.note(row.event_id, _subject(row), None, _all(row))
    return row


def _edited(row: Row, columns: Mapping[str, Any]) -> Row:
    before = _all(row)
    _set(row, columns)
    journal.note(row.event_id, _subject(row), before, _all(row))
    return row


def _removed(row: FrameRow) -> None:
    journal.note(row.event_id, _subject(row), _all(row), None)
    _deleted(row)


def _deleted(row: FrameRow) -> None:
    db.session.delete(row)
    _follow(row)


def _set(row: FrameRow, columns: Mapping[str, Any]) -> None:
    before = _address(row)
    for name, value in columns.items():
        setattr(row, name, date.fromisoformat(value) if name == "date" else value)
    if isinstance(row, Venue | Room | Category):
        row.version = (row.version or 0) + 1  # a row that comes back has none yet
    _follow(row)
    if any(before) and _address(row) != before:
        record(PlaceRenamed(event_id=row.event_id, subject=_subject(row), room_ids=_rooms_at(row)))


def _address(row: FrameRow) -> tuple[Any, ...]:
    """Return what calendars say of a place; () for what is none."""
    if isinstance(row, Room):
        return (row.name,)
    return (row.name, row.street, row.postcode, row.city) if isinstance(row, Venue) else ()


def _rooms_at(row: FrameRow) -> list[int]:
    if isinstance(row, Room):
        return [row.id]
    return list(
        db.session.scalars(select(Room.id).where(Room.venue_id == row.id).order_by(Room.id))
    )


def _follow(row: FrameRow) -> None:
    """Let what depends on the frame follow: the event's span, and pages that show it."""
    if isinstance(row, Day):
        _follow_days(row.event_id)
    touch(row.event_id)


def _locked(model: type[Row], row_id: int) -> Row:
    return db.session.get_one(model, row_id, with_for_update=True, populate_existing=True)


def _as_read(model: type[Versioned], row_id: int, expected: Collection[int] | None) -> Versioned:
    """Take a row for this transaction, unless it is not the one that was read."""
    row: Versioned = _locked(model, row_id)
    refuse_stale(row.version, expected)
    return row


def _all(row: FrameRow) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in COLUMNS[type(row)]}
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in values.items()
    }


def _subject(row: FrameRow) -> str:
    return f"{row.__tablename__}:{row.id}"


def _count(model: type[FrameRow], event_id: int) -> int:
    query = select(func.count()).select_from(model).where(model.event_id == event_id)
    return db.session.scalar(query) or 0


# --- undo -------------------------------------------------------------------------------------


def keeper(model: type[FrameRow]) -> Keeper:
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
        _refuse_smaller(row, wanted)
        _set(row, wanted)

    return Keeper(values=values, restore=restore)


def _is_used(row: FrameRow) -> bool:
    """Tell whether another row of any table names this one."""
    naming = (
        column
        for table in Venue.metadata.sorted_tables
        for column in table.columns
        if any(_names(key.column, row) for key in column.foreign_keys)
    )
    return any(
        db.session.scalar(select(func.count()).select_from(one.table).where(one == row.id))
        for one in naming
    )


def _refuse_smaller(row: FrameRow, wanted: Mapping[str, Any]) -> None:
    """Raise `Refused` where guests hold the places that setting a quota back would take."""
    if not isinstance(row, Organiser) or "guest_quota" not in wanted:
        return
    if rules.refuse_quota(row.guests or 0, wanted["guest_quota"]):
        raise Refused(UndoRefusal.BUILT_UPON)


def _names(column: Column[Any], row: FrameRow) -> bool:
    """Tell whether a reference to *column* names a row of this table, and not its event."""
    return column.table.name == row.__tablename__ and column.primary_key


KEEPERS = {
    "venue": keeper(Venue),
    "room": keeper(Room),
    "day": keeper(Day),
    "category": keeper(Category),
    "organiser": keeper(Organiser),
}
