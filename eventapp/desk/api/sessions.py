"""Sessions for programs: what is held when and where, and how many seats are left."""

from datetime import datetime
from typing import Annotated, Any

from flask import Response, abort, g
from msgspec import UNSET, Meta, UnsetType

from eventapp.desk.api.frame import bp, own_room
from eventapp.events import queries as frame
from eventapp.events.access import Permission
from eventapp.kernel import clock, i18n, rest, schema
from eventapp.kernel.db import look_again
from eventapp.kernel.guard import requires
from eventapp.kernel.openapi import operation
from eventapp.kernel.refusal import N_
from eventapp.kernel.schema import (
    BadFields,
    Body,
    Fault,
    IdText,
    LocalLine,
    LocalText,
    Moment,
    Seats,
    Shown,
)
from eventapp.kernel.text import full_name
from eventapp.programme import commands, queries, rules
from eventapp.programme.models import Kind, Session, SessionState, SignUpRule
from eventapp.programme.rules import ProgrammeRefusal, topics
from eventapp.signups import commands as signups

SESSIONS = N_("Sessions")

Minutes = Annotated[int, Meta(ge=0, le=24 * 60)]
Appointment = Annotated[int, Meta(ge=5, le=24 * 60)]
TopicName = Annotated[schema.Line, Meta(min_length=1, max_length=topics.LONGEST)]


# --- shapes -------------------------------------------------------------------------------


class ShownSpeaker(Shown):
    """Who speaks, trains or moderates in a session."""

    id: str
    name: str


class ShownSession(Shown):
    """One time and place of an activity, with its seats as they are now.

    `capacity` is the session's own limit, `effective_capacity` that or else the room's; null
    is no limit. While somebody waits no seat is left to take. One-to-one advice is cut into
    appointments of `appointment_minutes`: its capacity is their number.
    """

    id: str
    ref: str | None
    activity: str
    title: dict[str, str]
    abstract: dict[str, str]
    kind: Kind
    topics: list[dict[str, str]]
    state: SessionState
    starts_at: datetime
    ends_at: datetime
    room: str | None
    room_name: dict[str, str] | None
    speakers: list[ShownSpeaker]
    sign_up: SignUpRule
    sign_up_opens_at: datetime | None
    sign_up_closes_at: datetime | None
    waiting_list: bool
    capacity: int | None
    appointment_minutes: int | None
    effective_capacity: int | None
    confirmed: int
    waiting: int
    seats_left: int | None
    break_minutes: int
    support_minutes: int
    version: int


class SpokenTopic(Body):
    """What a session is about; names alike in Polish are one topic. No name holds a comma."""

    pl: TopicName
    en: TopicName | None = None


Topics = Annotated[list[SpokenTopic], Meta(max_length=topics.MOST)]


class NewSession(Body):
    """A session to plan: of something new (`title`), or of an `activity` that is offered."""

    starts_at: Moment
    ends_at: Moment
    title: LocalLine | None = None
    abstract: LocalText | None = None
    kind: Kind = Kind.OTHER
    topics: Topics | None = None
    activity: IdText | None = None
    room: IdText | None = None
    capacity: Seats | None = None
    appointment_minutes: Appointment | None = None
    sign_up: SignUpRule = SignUpRule.NONE
    waiting_list: bool = False
    sign_up_opens_at: Moment | None = None
    sign_up_closes_at: Moment | None = None
    break_minutes: Minutes = 0
    support_minutes: Minutes | None = None


class SessionEdit(Body):
    """What may be changed of a session; what is left out stays. Title and kind are its activity's.

    A change holds at once; letters about it, to those who have a place when time or place changed,
    and to those who lead it, wait ten minutes for more.
    """

    title: LocalLine | UnsetType = UNSET
    abstract: LocalText | UnsetType = UNSET
    kind: Kind | UnsetType = UNSET
    topics: Topics | UnsetType = UNSET
    starts_at: Moment | UnsetType = UNSET
    ends_at: Moment | UnsetType = UNSET
    room: IdText | UnsetType | None = UNSET
    capacity: Seats | UnsetType | None = UNSET
    appointment_minutes: Appointment | UnsetType | None = UNSET
    sign_up: SignUpRule | UnsetType = UNSET
    waiting_list: bool | UnsetType = UNSET
    sign_up_opens_at: Moment | UnsetType | None = UNSET
    sign_up_closes_at: Moment | UnsetType | None = UNSET
    break_minutes: Minutes | UnsetType = UNSET
    support_minutes: Minutes | UnsetType = UNSET


WORDS = ("title", "abstract", "kind", "topics")  # what a session has from its activity


# --- views --------------------------------------------------------------------------------


@bp.get("/events/<slug:event>/sessions")
@requires(Permission.READ_EVENT)
@operation(
    N_("List the sessions of an event"),
    about=SESSIONS,
    answers={200: list[ShownSession]},
    lists=True,
)
def sessions(event: str) -> Response:
    """List an event's sessions in the order in which they were planned."""
    asked, zone = rest.window(), g.event.timezone
    rows = queries.listed(g.event.id, after=asked.after_id, limit=asked.limit + 1)
    return rest.listed(rows, asked, lambda row: _shown(row, zone))


@bp.post("/events/<slug:event>/sessions")
@requires(Permission.EDIT_PROGRAMME)
@operation(
    N_("Plan a session"),
    about=SESSIONS,
    body=NewSession,
    answers={201: ShownSession},
    refuses=(ProgrammeRefusal,),
    repeats=True,
)
def plan(event: str, body: NewSession) -> Response:
    """Plan a session of something new, or one more of what is offered already."""
    event_id, now = g.event.id, clock.now()
    columns = _planned(body, event_id)
    made = rest.once(lambda: {"id": _plan(body, event_id, columns, now).id})
    return _answered(made["id"], 201)


def _planned(body: NewSession, event_id: int) -> dict[str, Any]:
    columns = schema.named(body)
    for name in (*WORDS, "activity"):
        columns.pop(name)
    columns["room_id"] = own_room(columns.pop("room"), event_id)
    if body.support_minutes is None:
        plain = Session(
            starts_at=body.starts_at, ends_at=body.ends_at, break_minutes=body.break_minutes
        )
        columns["support_minutes"] = rules.support_minutes(plain)
    return columns


def _plan(body: NewSession, event_id: int, columns: dict[str, Any], now: datetime) -> Session:
    if body.activity is not None:
        return commands.add_session(_activity(body, event_id), now, **columns)
    if body.title is None:
        raise BadFields([Fault("/title", "required", N_("This field is required."))])
    return commands.plan_session(
        event_id,
        now,
        title=schema.spoken(body.title),
        abstract=schema.spoken(body.abstract) if body.abstract else None,
        kind=body.kind,
        topics=_topics(body.topics or []),
        **columns,
    )


def _activity(body: NewSession, event_id: int) -> int:
    activity_id = int(body.activity or 0)
    if any(words is not None for words in (body.title, body.abstract, body.topics)):
        sentence = N_("An activity has its title already.")
        raise BadFields([Fault("/activity", "title-and-activity", sentence)])
    if queries.event_of_activity(activity_id) != event_id:
        raise BadFields([Fault("/activity", "not-found", N_("There is no such activity."))])
    return activity_id


def _topics(named: list[SpokenTopic]) -> list[dict[str, str]]:
    """Return topics as they are kept, each once; refused where one would be read as several."""
    for place, one in enumerate(named):
        if len(topics.read(one.pl, {})) != 1:
            sentence = N_("Enter one topic, without a comma.")
            raise BadFields([Fault(f"/topics/{place}/pl", "not-one-topic", sentence)])
    spoken = [{"pl": one.pl, **({"en": one.en} if one.en else {})} for one in named]
    return [dict(topic) for topic in topics.distinct(spoken)]


@bp.get("/sessions/<id:session_id>")
@requires(Permission.READ_EVENT, queries.event_of_session)
@operation(N_("Read a session with its seats"), about=SESSIONS, answers={200: ShownSession})
def session(session_id: int) -> Response:
    """Show one session."""
    return _answered(session_id)


@bp.patch("/sessions/<id:session_id>")
@requires(Permission.EDIT_PROGRAMME, queries.event_of_session)
@operation(
    N_("Change a session; freed seats go to the queue at once"),
    about=SESSIONS,
    body=SessionEdit,
    answers={200: ShownSession},
    refuses=(ProgrammeRefusal,),
    edits=True,
)
def change_session(session_id: int, body: SessionEdit) -> Response:
    """Change what the body names."""
    columns, now = schema.named(body), clock.now()
    words = {name: columns.pop(name) for name in WORDS if name in columns}
    if "topics" in words:
        words["topics"] = _topics(words["topics"])
    if "room" in columns:
        columns["room_id"] = own_room(
            columns.pop("room"), queries.event_of_session(session_id) or 0
        )
    commands.edit_session(session_id, now, expected=rest.expected(), activity=words, **columns)
    signups.promote(session_id, now)
    return _answered(session_id)


@bp.delete("/sessions/<id:session_id>")
@requires(Permission.EDIT_PROGRAMME, queries.event_of_session)
@operation(
    N_("Call a session off; everybody who had a place is told"),
    about=SESSIONS,
    answers={204: None},
    edits=True,
)
def call_off(session_id: int) -> Response:
    """Call a session off; it stays in the programme as cancelled."""
    commands.cancel_session(session_id, clock.now(), expected=rest.expected())
    return rest.nothing()


# --- steps --------------------------------------------------------------------------------


def _answered(session_id: int, status: int = 200) -> Response:
    look_again()
    found = queries.session(session_id)
    event = frame.event(found.event_id) if found is not None else None
    if found is None or event is None:
        abort(404)
    location = f"/api/v1/sessions/{found.id}" if status == 201 else None
    shown = _shown(found, event.timezone)
    return rest.answered(shown, status, version=found.version, location=location)


def _shown(row: Session, zone: str) -> ShownSession:
    counted = row.sign_up is not SignUpRule.NONE
    return ShownSession(
        id=str(row.id),
        ref=row.ref,
        activity=str(row.activity_id),
        title=dict(row.activity.title),
        abstract=dict(row.activity.abstract),
        kind=row.activity.kind,
        topics=[dict(topic) for topic in row.activity.topics],
        state=row.state,
        starts_at=i18n.local_time(row.starts_at, zone),
        ends_at=i18n.local_time(row.ends_at, zone),
        room=str(row.room_id) if row.room_id is not None else None,
        room_name=dict(row.room.name) if row.room is not None else None,
        speakers=[_speaker(named) for named in row.speakers],
        sign_up=row.sign_up,
        sign_up_opens_at=i18n.moment(row.sign_up_opens_at, zone),
        sign_up_closes_at=i18n.moment(row.sign_up_closes_at, zone),
        waiting_list=row.waiting_list,
        capacity=row.capacity,
        appointment_minutes=row.appointment_minutes,
        effective_capacity=rules.effective_capacity(row),
        confirmed=row.confirmed,
        waiting=row.waiting,
        seats_left=rules.seats_left(row) if counted else None,
        break_minutes=row.break_minutes,
        support_minutes=row.support_minutes,
        version=row.version,
    )


def _speaker(named: Any) -> ShownSpeaker:
    person = named.speaker.person
    name = full_name(person.title, person.first_name, person.last_name)
    return ShownSpeaker(id=str(named.speaker_id), name=name)
