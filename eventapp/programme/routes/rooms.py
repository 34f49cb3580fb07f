"""Venues and rooms: where something can be held, for how many, and who can get there."""

from collections.abc import Callable
from typing import Any

from flask import abort, g, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from eventapp.events import commands as events
from eventapp.events import queries as frame
from eventapp.events.access import Permission
from eventapp.events.models import Room, Venue
from eventapp.kernel import boundary, clock
from eventapp.kernel.guard import requires
from eventapp.kernel.pages import flash_refusal, flash_with_undo, see_other
from eventapp.kernel.refusal import Refused
from eventapp.programme import commands
from eventapp.programme.forms import KeepRoom, KeepVenue
from eventapp.programme.routes.frame import bp


@bp.get("/<slug:event>/desk/venues")
@requires(Permission.EDIT_PROGRAMME)
def venues(event: str) -> str:
    """List the venues with their rooms."""
    return _venues_page(KeepVenue(formdata=None))


def _venues_page(form: KeepVenue) -> str:
    boundary.keep_private()
    rooms = frame.rooms(g.event.id)
    return render_template(
        "programme/venues.html",
        form=form,
        venues=[
            (venue, [room for room in rooms if room.venue_id == venue.id])
            for venue in frame.venues(g.event.id)
        ],
    )


@bp.post("/<slug:event>/desk/venues")
@requires(Permission.EDIT_PROGRAMME)
def add_venue(event: str) -> Response | str:
    """Add a building."""
    form = KeepVenue()
    if not form.validate():
        return _venues_page(form)
    columns = form.values()
    row = events.add_venue(g.event.id, columns.pop("name"), columns.pop("short"), **columns)
    return _kept(event, f"venue:{row.id}", _("The venue is added. Add its rooms next."))


@bp.get("/<slug:event>/desk/venues/<id:venue_id>")
@requires(Permission.EDIT_PROGRAMME)
def venue(event: str, venue_id: int) -> str:
    """Show a building, to be changed."""
    row = _own_venue(venue_id)
    return _venue_page(KeepVenue(formdata=None, **KeepVenue.shown(row)), row)


def _venue_page(form: KeepVenue, row: Venue) -> str:
    boundary.keep_private()
    return render_template("programme/venue.html", form=form, row=row)


@bp.post("/<slug:event>/desk/venues/<id:venue_id>")
@requires(Permission.EDIT_PROGRAMME)
def save_venue(event: str, venue_id: int) -> Response | str:
    """Replace what is known of a building."""
    row, form = _own_venue(venue_id), KeepVenue()
    if not form.validate():
        return _venue_page(form, row)
    events.edit_venue(row.id, clock.now(), **form.values(row.accessibility))
    return _kept(event, f"venue:{row.id}", _("The venue is saved."))


@bp.post("/<slug:event>/desk/venues/<id:venue_id>/removal")
@requires(Permission.EDIT_PROGRAMME)
def remove_venue(event: str, venue_id: int) -> Response:
    """Remove a building without rooms."""
    row = _own_venue(venue_id)
    return _removed(
        event,
        f"venue:{row.id}",
        lambda: events.remove_venue(venue_id, clock.now()),
        _("The venue is removed."),
    )


@bp.get("/<slug:event>/desk/venues/<id:venue_id>/rooms/new")
@requires(Permission.EDIT_PROGRAMME)
def new_room(event: str, venue_id: int) -> str:
    """Ask for a room of a building."""
    return _room_page(KeepRoom(formdata=None), _own_venue(venue_id))


def _room_page(form: KeepRoom, venue: Venue, row: Room | None = None) -> str:
    boundary.keep_private()
    return render_template("programme/room.html", form=form, venue=venue, row=row)


@bp.post("/<slug:event>/desk/venues/<id:venue_id>/rooms/new")
@requires(Permission.EDIT_PROGRAMME)
def add_room(event: str, venue_id: int) -> Response | str:
    """Add a room to a building."""
    venue, form = _own_venue(venue_id), KeepRoom()
    if not form.validate():
        return _room_page(form, venue)
    columns = form.values()
    row = events.add_room(venue.id, columns.pop("name"), columns.pop("capacity"), **columns)
    return _kept(event, f"room:{row.id}", _("The room is added."))


@bp.get("/<slug:event>/desk/rooms/<id:room_id>")
@requires(Permission.EDIT_PROGRAMME)
def room(event: str, room_id: int) -> str:
    """Show a room, to be changed."""
    row = _own_room(room_id)
    return _room_page(KeepRoom(formdata=None, **KeepRoom.shown(row)), _venue_of(row), row)


@bp.post("/<slug:event>/desk/rooms/<id:room_id>")
@requires(Permission.EDIT_PROGRAMME)
def save_room(event: str, room_id: int) -> Response | str:
    """Replace what is known of a room."""
    row, form = _own_room(room_id), KeepRoom()
    if not form.validate():
        return _room_page(form, _venue_of(row), row)
    events.edit_room(row.id, clock.now(), **form.values(row.features))
    return _kept(event, f"room:{row.id}", _("The room is saved."))


@bp.post("/<slug:event>/desk/rooms/<id:room_id>/removal")
@requires(Permission.EDIT_PROGRAMME)
def remove_room(event: str, room_id: int) -> Response:
    """Remove a room in which nothing is held."""
    row = _own_room(room_id)
    return _removed(
        event,
        f"room:{row.id}",
        lambda: commands.remove_room(room_id, clock.now()),
        _("The room is removed."),
    )


def _kept(event: str, subject: str, told: str) -> Response:
    flash_with_undo(told, subject)
    return see_other(".venues", event=event)


def _removed(event: str, subject: str, remove: Callable[[], Any], told: str) -> Response:
    try:
        remove()
    except Refused as refused:
        flash_refusal(refused)
        return see_other(".venues", event=event)
    return _kept(event, subject, told)


def _own_venue(venue_id: int) -> Venue:
    row = frame.venue(venue_id)
    if row is None or row.event_id != g.event.id:
        abort(404)
    return row


def _own_room(room_id: int) -> Room:
    row = frame.room(room_id)
    if row is None or row.event_id != g.event.id:
        abort(404)
    return row


def _venue_of(row: Room) -> Venue:
    return _own_venue(row.venue_id)
