"""Venues and rooms for programs."""

from typing import Annotated, Any

from flask import Response, abort, g
from msgspec import UNSET, Meta, UnsetType

from eventapp.desk.api.frame import bp, part
from eventapp.events import commands as events
from eventapp.events import queries
from eventapp.events.access import Permission
from eventapp.events.models import Room, Venue
from eventapp.events.rules import EventRefusal
from eventapp.kernel import clock, rest, schema
from eventapp.kernel.db import look_again
from eventapp.kernel.guard import requires
from eventapp.kernel.openapi import operation
from eventapp.kernel.refusal import N_
from eventapp.kernel.schema import (
    BadFields,
    Body,
    Fault,
    IdText,
    Line,
    LocalLine,
    LocalText,
    Seats,
    Shown,
)
from eventapp.programme import commands
from eventapp.programme.rules import ProgrammeRefusal

PLACES = N_("Venues and rooms")

# --- shapes -------------------------------------------------------------------------------

Street = Annotated[Line, Meta(max_length=200)]
Code = Annotated[Line, Meta(max_length=12)]
Town = Annotated[Line, Meta(max_length=120)]


class Access(Body):
    """How one gets into a building; what is left out, nobody has said."""

    step_free: bool | UnsetType | None = UNSET
    lift: bool | UnsetType | None = UNSET
    accessible_toilet: bool | UnsetType | None = UNSET
    induction_loop: bool | UnsetType | None = UNSET
    quiet_room: bool | UnsetType | None = UNSET
    guide_dog: bool | UnsetType | None = UNSET
    parking_disabled: Annotated[int, Meta(ge=0, le=999)] | UnsetType | None = UNSET
    text: LocalText | UnsetType = UNSET


class ShownVenue(Shown):
    """A building where sessions are held; `short` is its name for narrow places."""

    id: str
    ref: str | None
    name: dict[str, str]
    short: dict[str, str]
    street: str
    postcode: str
    city: str
    accessibility: dict[str, Any]
    version: int


class NewVenue(Body):
    """A building to add; without a `short` name it goes by its whole one."""

    name: LocalLine
    short: LocalLine | None = None
    street: Street = ""
    postcode: Code = ""
    city: Town = ""
    accessibility: Access | None = None


class VenueEdit(Body):
    """What may be changed of a venue; what is left out stays, also within `accessibility`."""

    name: LocalLine | UnsetType = UNSET
    short: LocalLine | UnsetType = UNSET
    street: Street | UnsetType = UNSET
    postcode: Code | UnsetType = UNSET
    city: Town | UnsetType = UNSET
    accessibility: Access | UnsetType = UNSET


class ShownPlace(Shown):
    """A room; `wheelchair` tells whether it is reached without steps, null that nobody has said.

    `parallel` tells that several sessions may be held in it at once.
    """

    id: str
    ref: str | None
    venue: str
    name: dict[str, str]
    capacity: int | None
    floor: dict[str, str]
    features: list[dict[str, str]]
    wheelchair: bool | None
    parallel: bool
    version: int


Features = Annotated[list[LocalLine], Meta(max_length=40)]


class NewRoom(Body):
    """A room to add to a venue of the event."""

    venue: IdText
    name: LocalLine
    capacity: Seats | None = None
    floor: LocalLine | None = None
    features: Features | None = None
    wheelchair: bool | None = None
    parallel: bool = False


class RoomEdit(Body):
    """What may be changed of a room; what is left out stays."""

    name: LocalLine | UnsetType = UNSET
    capacity: Seats | UnsetType | None = UNSET
    floor: LocalLine | UnsetType | None = UNSET
    features: Features | UnsetType = UNSET
    wheelchair: bool | UnsetType | None = UNSET
    parallel: bool | UnsetType = UNSET


# --- venues -------------------------------------------------------------------------------


@bp.get("/events/<slug:event>/venues")
@requires(Permission.READ_EVENT)
@operation(
    N_("List the venues of an event"), about=PLACES, answers={200: list[ShownVenue]}, lists=True
)
def venues(event: str) -> Response:
    """List an event's buildings in the order in which they were added."""
    asked = rest.window()
    return rest.listed(part(queries.venues(g.event.id), asked), asked, _venue)


@bp.post("/events/<slug:event>/venues")
@requires(Permission.EDIT_PROGRAMME)
@operation(N_("Add a venue"), about=PLACES, body=NewVenue, answers={201: ShownVenue}, repeats=True)
def add_venue(event: str, body: NewVenue) -> Response:
    """Add a building."""
    columns, event_id = schema.named(body), g.event.id
    columns["short"] = columns["short"] or columns["name"]
    columns["accessibility"] = _access(body.accessibility, {})
    made = rest.once(lambda: {"id": events.add_venue(event_id, **columns).id})
    return _venue_answered(made["id"], 201)


@bp.get("/venues/<id:venue_id>")
@requires(Permission.READ_EVENT, queries.event_of_venue)
@operation(N_("Read a venue"), about=PLACES, answers={200: ShownVenue})
def venue(venue_id: int) -> Response:
    """Show one building."""
    return _venue_answered(venue_id)


@bp.patch("/venues/<id:venue_id>")
@requires(Permission.EDIT_PROGRAMME, queries.event_of_venue)
@operation(
    N_("Change a venue"), about=PLACES, body=VenueEdit, answers={200: ShownVenue}, edits=True
)
def change_venue(venue_id: int, body: VenueEdit) -> Response:
    """Change what the body names."""
    columns, before = schema.named(body), queries.venue(venue_id)
    if before is None:
        abort(404)
    if body.accessibility is not UNSET:
        columns["accessibility"] = _access(body.accessibility, before.accessibility)
    events.edit_venue(venue_id, clock.now(), expected=rest.expected(), **columns)
    return _venue_answered(venue_id)


@bp.delete("/venues/<id:venue_id>")
@requires(Permission.EDIT_PROGRAMME, queries.event_of_venue)
@operation(
    N_("Remove a venue without rooms"),
    about=PLACES,
    answers={204: None},
    refuses=(EventRefusal,),
    edits=True,
)
def remove_venue(venue_id: int) -> Response:
    """Remove a building that has no rooms."""
    events.remove_venue(venue_id, clock.now(), expected=rest.expected())
    return rest.nothing()


def _access(told: Access | None, before: dict[str, Any]) -> dict[str, Any]:
    return {**before, **(schema.named(told) if told is not None else {})}


def _venue_answered(venue_id: int, status: int = 200) -> Response:
    look_again()
    row = queries.venue(venue_id)
    if row is None:
        abort(404)
    location = f"/api/v1/venues/{row.id}" if status == 201 else None
    return rest.answered(_venue(row), status, version=row.version, location=location)


def _venue(row: Venue) -> ShownVenue:
    return ShownVenue(
        id=str(row.id),
        ref=row.ref,
        name=dict(row.name),
        short=dict(row.short),
        street=row.street,
        postcode=row.postcode,
        city=row.city,
        accessibility=dict(row.accessibility),
        version=row.version,
    )


# --- rooms --------------------------------------------------------------------------------


@bp.get("/events/<slug:event>/rooms")
@requires(Permission.READ_EVENT)
@operation(
    N_("List the rooms of an event"), about=PLACES, answers={200: list[ShownPlace]}, lists=True
)
def rooms(event: str) -> Response:
    """List an event's rooms in the order in which they were added."""
    asked = rest.window()
    return rest.listed(part(queries.rooms(g.event.id), asked), asked, _room)


@bp.post("/events/<slug:event>/rooms")
@requires(Permission.EDIT_PROGRAMME)
@operation(N_("Add a room"), about=PLACES, body=NewRoom, answers={201: ShownPlace}, repeats=True)
def add_room(event: str, body: NewRoom) -> Response:
    """Add a room to a building of the event."""
    columns = _columns(body)
    venue_id = _own_venue(columns.pop("venue"), g.event.id)
    made = rest.once(lambda: {"id": events.add_room(venue_id, **columns).id})
    return _room_answered(made["id"], 201)


@bp.get("/rooms/<id:room_id>")
@requires(Permission.READ_EVENT, queries.event_of_room)
@operation(N_("Read a room"), about=PLACES, answers={200: ShownPlace})
def room(room_id: int) -> Response:
    """Show one room."""
    return _room_answered(room_id)


@bp.patch("/rooms/<id:room_id>")
@requires(Permission.EDIT_PROGRAMME, queries.event_of_room)
@operation(N_("Change a room"), about=PLACES, body=RoomEdit, answers={200: ShownPlace}, edits=True)
def change_room(room_id: int, body: RoomEdit) -> Response:
    """Change what the body names."""
    events.edit_room(room_id, clock.now(), expected=rest.expected(), **_columns(body))
    return _room_answered(room_id)


@bp.delete("/rooms/<id:room_id>")
@requires(Permission.EDIT_PROGRAMME, queries.event_of_room)
@operation(
    N_("Remove a room in which nothing is held"),
    about=PLACES,
    answers={204: None},
    refuses=(ProgrammeRefusal,),
    edits=True,
)
def remove_room(room_id: int) -> Response:
    """Remove a room in which nothing is held, neither now nor by the draft."""
    commands.remove_room(room_id, clock.now(), expected=rest.expected())
    return rest.nothing()


def _columns(body: NewRoom | RoomEdit) -> dict[str, Any]:
    columns = schema.named(body)
    if "floor" in columns:
        columns["floor"] = columns["floor"] or {}
    if "features" in columns:
        columns["features"] = [schema.spoken(one) for one in columns["features"] or ()]
    return columns


def _own_venue(venue: str, event_id: int) -> int:
    found = queries.venue(int(venue))
    if found is None or found.event_id != event_id:
        raise BadFields([Fault("/venue", "not-found", N_("There is no such venue."))])
    return found.id


def _room_answered(room_id: int, status: int = 200) -> Response:
    look_again()
    row = queries.room(room_id)
    if row is None:
        abort(404)
    location = f"/api/v1/rooms/{row.id}" if status == 201 else None
    return rest.answered(_room(row), status, version=row.version, location=location)


def _room(row: Room) -> ShownPlace:
    return ShownPlace(
        id=str(row.id),
        ref=row.ref,
        venue=str(row.venue_id),
        name=dict(row.name),
        capacity=row.capacity,
        floor=dict(row.floor),
        features=[one if isinstance(one, dict) else {"pl": one} for one in row.features],
        wheelchair=row.wheelchair,
        parallel=row.parallel,
        version=row.version,
    )
