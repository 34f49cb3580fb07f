"""Breaks for programs; as with sessions, their changes hold at once."""

from datetime import datetime

from flask import Response, abort, g
from msgspec import UNSET, UnsetType

from eventapp.desk.api.frame import bp, own_room, part
from eventapp.events import queries as frame
from eventapp.events.access import Permission
from eventapp.kernel import clock, i18n, rest, schema
from eventapp.kernel.db import look_again
from eventapp.kernel.guard import requires
from eventapp.kernel.openapi import operation
from eventapp.kernel.refusal import N_
from eventapp.kernel.schema import Body, IdText, LocalLine, Moment, Shown
from eventapp.programme import commands, queries
from eventapp.programme.models import Break
from eventapp.programme.rules import ProgrammeRefusal

BREAKS = N_("Breaks")


class ShownBreak(Shown):
    """When everybody drinks coffee or eats, as the current release has it."""

    id: str
    ref: str | None
    title: dict[str, str]
    starts_at: datetime
    ends_at: datetime
    room: str | None
    version: int


class NewBreak(Body):
    """A break to plan."""

    title: LocalLine
    starts_at: Moment
    ends_at: Moment
    room: IdText | None = None


class BreakEdit(Body):
    """What may be changed of a break; what is left out stays."""

    title: LocalLine | UnsetType = UNSET
    starts_at: Moment | UnsetType = UNSET
    ends_at: Moment | UnsetType = UNSET
    room: IdText | UnsetType | None = UNSET


@bp.get("/events/<slug:event>/breaks")
@requires(Permission.READ_EVENT)
@operation(
    N_("List the breaks of an event"), about=BREAKS, answers={200: list[ShownBreak]}, lists=True
)
def breaks(event: str) -> Response:
    """List an event's breaks in the order in which they were planned."""
    asked, zone = rest.window(), g.event.timezone
    rows = part(queries.breaks(g.event.id), asked)
    return rest.listed(rows, asked, lambda row: _shown(row, zone))


@bp.post("/events/<slug:event>/breaks")
@requires(Permission.EDIT_PROGRAMME)
@operation(
    N_("Plan a break"),
    about=BREAKS,
    body=NewBreak,
    answers={201: ShownBreak},
    refuses=(ProgrammeRefusal,),
    repeats=True,
)
def add_break(event: str, body: NewBreak) -> Response:
    """Plan a break that everybody sees at once."""
    event_id, now, columns = g.event.id, clock.now(), schema.named(body)
    columns["room_id"] = own_room(columns.pop("room"), event_id)
    made = rest.once(lambda: {"id": commands.add_break(event_id, now, **columns).id})
    return _answered(made["id"], 201)


@bp.get("/breaks/<id:break_id>")
@requires(Permission.READ_EVENT, queries.event_of_break)
@operation(N_("Read a break"), about=BREAKS, answers={200: ShownBreak})
def pause(break_id: int) -> Response:
    """Show one break."""
    return _answered(break_id)


@bp.patch("/breaks/<id:break_id>")
@requires(Permission.EDIT_PROGRAMME, queries.event_of_break)
@operation(
    N_("Change a break"),
    about=BREAKS,
    body=BreakEdit,
    answers={200: ShownBreak},
    refuses=(ProgrammeRefusal,),
    edits=True,
)
def change_break(break_id: int, body: BreakEdit) -> Response:
    """Change what the body names."""
    columns = schema.named(body)
    if "room" in columns:
        columns["room_id"] = own_room(columns.pop("room"), queries.event_of_break(break_id) or 0)
    commands.change_break(break_id, clock.now(), expected=rest.expected(), **columns)
    return _answered(break_id)


@bp.delete("/breaks/<id:break_id>")
@requires(Permission.EDIT_PROGRAMME, queries.event_of_break)
@operation(N_("Remove a break"), about=BREAKS, answers={204: None}, edits=True)
def cancel_break(break_id: int) -> Response:
    """Let a break not happen; nobody sees it any more."""
    commands.cancel_break(break_id, clock.now(), expected=rest.expected())
    return rest.nothing()


def _answered(break_id: int, status: int = 200) -> Response:
    look_again()
    row = queries.pause(break_id)
    event = frame.event(row.event_id) if row is not None else None
    if row is None or event is None:
        abort(404)
    location = f"/api/v1/breaks/{row.id}" if status == 201 else None
    shown = _shown(row, event.timezone)
    return rest.answered(shown, status, version=row.version, location=location)


def _shown(row: Break, zone: str) -> ShownBreak:
    return ShownBreak(
        id=str(row.id),
        ref=row.ref,
        title=dict(row.title),
        starts_at=i18n.local_time(row.starts_at, zone),
        ends_at=i18n.local_time(row.ends_at, zone),
        room=str(row.room_id) if row.room_id is not None else None,
        version=row.version,
    )
