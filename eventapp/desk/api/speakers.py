"""Speakers for programs; their e-mail is told to those alone who plan."""

from datetime import datetime
from typing import Annotated, Any

from flask import Response, abort, g
from msgspec import UNSET, Meta, UnsetType

from eventapp.desk.api.frame import bp, part
from eventapp.events import queries as frame
from eventapp.events.access import Permission
from eventapp.kernel import clock, i18n, rest, schema
from eventapp.kernel.db import look_again
from eventapp.kernel.guard import can, requires
from eventapp.kernel.openapi import operation
from eventapp.kernel.refusal import N_
from eventapp.kernel.schema import (
    BadFields,
    Body,
    EmailText,
    Fault,
    Line,
    LocalText,
    Moment,
    Name,
    Shown,
)
from eventapp.programme import commands, queries
from eventapp.programme.models import Speaker
from eventapp.programme.rules import ProgrammeRefusal

SPEAKERS = N_("Speakers")

# --- shapes -------------------------------------------------------------------------------

Degree = Annotated[Line, Meta(max_length=60)]


class ShownSpan(Shown):
    """A span of time."""

    starts_at: datetime
    ends_at: datetime


class Span(Body):
    """A span of time; it ends after it begins."""

    starts_at: Moment
    ends_at: Moment


class ShownPerson(Shown):
    """Who speaks, trains or moderates; an empty `availability` means at any time.

    `email` is left out for whoever may not edit the programme.
    """

    id: str
    ref: str | None
    title: str
    first_name: str
    last_name: str
    bio: dict[str, str]
    availability: list[ShownSpan]
    version: int
    email: str | UnsetType | None = UNSET


Spans = Annotated[list[Span], Meta(max_length=20)]


class NewSpeaker(Body):
    """Somebody who is going to speak; a name is enough."""

    first_name: Name
    last_name: Name
    title: Degree = ""
    email: EmailText | None = None
    bio: LocalText | None = None
    availability: Spans | None = None


class SpeakerEdit(Body):
    """What may be changed of a speaker; what is left out stays."""

    first_name: Name | UnsetType = UNSET
    last_name: Name | UnsetType = UNSET
    title: Degree | UnsetType = UNSET
    email: EmailText | UnsetType | None = UNSET
    bio: LocalText | UnsetType | None = UNSET
    availability: Spans | UnsetType = UNSET


# --- views --------------------------------------------------------------------------------


@bp.get("/events/<slug:event>/speakers")
@requires(Permission.READ_EVENT)
@operation(
    N_("List the speakers of an event"),
    about=SPEAKERS,
    answers={200: list[ShownPerson]},
    lists=True,
)
def speakers(event: str) -> Response:
    """List an event's speakers in the order in which they were named."""
    asked, zone = rest.window(), g.event.timezone
    rows = part(queries.speakers(g.event.id), asked)
    return rest.listed(rows, asked, lambda row: _shown(row, zone))


@bp.post("/events/<slug:event>/speakers")
@requires(Permission.EDIT_PROGRAMME)
@operation(
    N_("Name a speaker"),
    about=SPEAKERS,
    body=NewSpeaker,
    answers={201: ShownPerson},
    refuses=(ProgrammeRefusal,),
    repeats=True,
)
def add_speaker(event: str, body: NewSpeaker) -> Response:
    """Let somebody speak; a person whom the host knows by name and e-mail is that one."""
    event_id, now, columns = g.event.id, clock.now(), _columns(body)
    made = rest.once(lambda: {"id": commands.name_speaker(event_id, now, **columns).id})
    return _answered(made["id"], 201)


@bp.get("/speakers/<id:speaker_id>")
@requires(Permission.READ_EVENT, queries.event_of_speaker)
@operation(N_("Read a speaker"), about=SPEAKERS, answers={200: ShownPerson})
def speaker(speaker_id: int) -> Response:
    """Show one speaker."""
    return _answered(speaker_id)


@bp.patch("/speakers/<id:speaker_id>")
@requires(Permission.EDIT_PROGRAMME, queries.event_of_speaker)
@operation(
    N_("Change a speaker"), about=SPEAKERS, body=SpeakerEdit, answers={200: ShownPerson}, edits=True
)
def change_speaker(speaker_id: int, body: SpeakerEdit) -> Response:
    """Change what the body names."""
    commands.edit_speaker(speaker_id, clock.now(), expected=rest.expected(), **_columns(body))
    return _answered(speaker_id)


@bp.delete("/speakers/<id:speaker_id>")
@requires(Permission.EDIT_PROGRAMME, queries.event_of_speaker)
@operation(
    N_("Remove a speaker who leads nothing"),
    about=SPEAKERS,
    answers={204: None},
    refuses=(ProgrammeRefusal,),
    edits=True,
)
def remove_speaker(speaker_id: int) -> Response:
    """Take somebody off the list who leads no session, not even in the draft."""
    commands.remove_speaker(speaker_id, clock.now(), expected=rest.expected())
    return rest.nothing()


# --- steps --------------------------------------------------------------------------------


def _columns(body: NewSpeaker | SpeakerEdit) -> dict[str, Any]:
    columns = schema.named(body)
    if "bio" in columns:
        columns["bio"] = columns["bio"] or {}
    if "availability" in columns:
        columns["availability"] = _spans(columns["availability"] or [])
    return columns


def _spans(spans: list[Span]) -> list[list[str]]:
    """Return spans as they are kept; refused where one ends before it begins."""
    for place, one in enumerate(spans):
        if one.ends_at <= one.starts_at:
            sentence = N_("This lies before the time of coming.")
            raise BadFields([Fault(f"/availability/{place}/ends_at", "out-of-range", sentence)])
    return [[one.starts_at.isoformat(), one.ends_at.isoformat()] for one in spans]


def _answered(speaker_id: int, status: int = 200) -> Response:
    look_again()
    row = queries.speaker(speaker_id)
    event = frame.event(row.event_id) if row is not None else None
    if row is None or event is None:
        abort(404)
    location = f"/api/v1/speakers/{row.id}" if status == 201 else None
    shown = _shown(row, event.timezone)
    return rest.answered(shown, status, version=row.version, location=location)


def _shown(row: Speaker, zone: str) -> ShownPerson:
    spans = [[datetime.fromisoformat(at) for at in span] for span in row.availability]
    return ShownPerson(
        id=str(row.id),
        ref=row.ref,
        title=row.person.title,
        first_name=row.person.first_name,
        last_name=row.person.last_name,
        bio=dict(row.bio),
        availability=[
            ShownSpan(starts_at=i18n.local_time(begin, zone), ends_at=i18n.local_time(end, zone))
            for begin, end in spans
        ],
        version=row.version,
        email=row.person.email if can(Permission.EDIT_PROGRAMME) else UNSET,
    )
