"""Letters to many for programs: list them, draft, approve, let them go out, hold them back."""

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated

import msgspec
from flask import Blueprint, Response, abort, g
from msgspec import Meta

from eventapp.events import queries as frame
from eventapp.events.access import Permission
from eventapp.kernel import clock, i18n, rest, schema
from eventapp.kernel.guard import requires
from eventapp.kernel.openapi import operation
from eventapp.kernel.post import MailState
from eventapp.kernel.refusal import N_
from eventapp.kernel.schema import Body, IdText, Line, LocalLine, LocalText, Moment, Shown
from eventapp.messages import commands, queries
from eventapp.messages.commands import Draft
from eventapp.messages.models import Letter, State, Timing
from eventapp.messages.rules import LetterRefusal, schedule
from eventapp.messages.rules.audience import Attendance, Audience, Contact, Lacking
from eventapp.messages.rules.schedule import Standing
from eventapp.registrations.rules import State as Registered
from eventapp.signups.rules import State as Place

bp = Blueprint("messages_api", __name__, url_prefix="/api/v1")

LETTERS = N_("Letters to many")


class AudienceBody(Body):
    """Conditions that people must all meet; what is left out asks nothing."""

    states: list[Registered] = msgspec.field(default_factory=lambda: [Registered.QUALIFIED])
    categories: Annotated[list[Line], Meta(max_length=100)] = msgspec.field(default_factory=list)
    sessions: Annotated[list[IdText], Meta(max_length=400)] = msgspec.field(default_factory=list)
    places: list[Place] = msgspec.field(default_factory=list)
    attendance: Attendance | None = None
    day: date | None = None
    lacking: Lacking | None = None
    locale: Line | None = None
    contact: Contact | None = None


class NewLetter(Body):
    """A letter to be drafted; `offset_days` and `hour` count before or after the event."""

    subject: LocalLine
    body: LocalText
    audience: AudienceBody = msgspec.field(default_factory=AudienceBody)
    timing: Timing = Timing.MOMENT
    offset_days: Annotated[int, Meta(ge=0, le=schedule.MOST_DAYS)] = 1
    hour: Annotated[int, Meta(ge=schedule.EARLIEST_HOUR, le=schedule.LATEST_HOUR)] = 18
    necessary: bool = False
    late_copies: bool = False


class Approval(Body):
    """The version that was read; another one is refused."""

    version: int | None = None


class Sending(Body):
    """When the letter goes out: left out, at once or at the moments of its timing."""

    send_at: Moment | None = None
    sends_past: bool = False


class ShownMoment(Shown):
    """One moment of a letter."""

    occasion: str
    due_at: datetime
    standing: Standing


class ShownLetter(Shown):
    """A letter, how many people get it now, and how its copies stand."""

    id: str
    subject: dict[str, str]
    state: State
    timing: Timing
    necessary: bool
    late_copies: bool
    version: int
    moments: list[ShownMoment]
    people: int
    spared: int
    copies: dict[MailState, int]


@bp.get("/events/<slug:event>/letters")
@requires(Permission.WRITE_LETTERS)
@operation(
    N_("List the letters to many of an event"),
    about=LETTERS,
    answers={200: list[ShownLetter]},
    lists=True,
)
def letters(event: str) -> Response:
    """List an event's letters, the oldest first."""
    asked = rest.window()
    after = int(asked.after) if str(asked.after).isdecimal() else 0
    rows = [row for row in reversed(queries.letters(g.event.id)) if row.id > after]
    return rest.listed(rows[: asked.limit + 1], asked, _shown)


@bp.post("/events/<slug:event>/letters")
@requires(Permission.WRITE_LETTERS)
@operation(
    N_("Draft a letter to many"),
    about=LETTERS,
    body=NewLetter,
    answers={201: ShownLetter},
    refuses=(LetterRefusal,),
    repeats=True,
)
def begin(event: str, body: NewLetter) -> Response:
    """Draft a letter."""
    event_id, draft, now = g.event.id, _draft(body), clock.now()
    made = rest.once(lambda: {"id": commands.begin(event_id, draft, now).id})
    row = _row(made["id"])
    return rest.answered(_shown(row), 201, location=f"/api/v1/letters/{row.id}")


@bp.get("/letters/<id:letter_id>")
@requires(Permission.WRITE_LETTERS, queries.event_of_letter)
@operation(N_("Read a letter to many"), about=LETTERS, answers={200: ShownLetter})
def letter(letter_id: int) -> Response:
    """Show one letter."""
    return rest.answered(_shown(_row(letter_id)))


@bp.post("/letters/<id:letter_id>/approval")
@requires(Permission.WRITE_LETTERS, queries.event_of_letter)
@operation(
    N_("Approve a letter to many"),
    about=LETTERS,
    body=Approval,
    answers={200: ShownLetter},
    refuses=(LetterRefusal,),
    repeats=True,
)
def approve(letter_id: int, body: Approval) -> Response:
    """Approve a draft."""
    now = clock.now()
    return _done(letter_id, lambda: commands.approve(letter_id, now, seen=body.version))


@bp.post("/letters/<id:letter_id>/queue")
@requires(Permission.WRITE_LETTERS, queries.event_of_letter)
@operation(
    N_("Let an approved letter to many go out"),
    about=LETTERS,
    body=Sending,
    answers={200: ShownLetter},
    refuses=(LetterRefusal,),
    repeats=True,
)
def queue(letter_id: int, body: Sending) -> Response:
    """Let a letter go out."""
    now = clock.now()
    return _done(
        letter_id,
        lambda: commands.queue(letter_id, now, send_at=body.send_at, sends_past=body.sends_past),
    )


@bp.post("/letters/<id:letter_id>/cancel")
@requires(Permission.WRITE_LETTERS, queries.event_of_letter)
@operation(
    N_("Hold a letter to many back that has not gone out"),
    about=LETTERS,
    answers={200: ShownLetter},
    refuses=(LetterRefusal,),
    repeats=True,
)
def cancel(letter_id: int) -> Response:
    """Hold a letter back."""
    now = clock.now()
    return _done(letter_id, lambda: commands.cancel(letter_id, now))


def _done(letter_id: int, act: Callable[[], object]) -> Response:
    def acted() -> dict[str, bool]:
        act()
        return {"done": True}

    rest.once(acted)
    return rest.answered(_shown(_row(letter_id)))


def _row(letter_id: int) -> Letter:
    row = queries.letter(letter_id)
    if row is None:
        abort(404)
    return row


def _draft(body: NewLetter) -> Draft:
    asked = body.audience
    return Draft(
        subject=schema.spoken(body.subject),
        body=schema.spoken(body.body),
        audience=Audience(
            states=tuple(asked.states),
            categories=tuple(asked.categories),
            session_ids=tuple(int(one) for one in asked.sessions),
            places=tuple(asked.places),
            attendance=asked.attendance,
            day=asked.day,
            lacking=asked.lacking,
            locale=asked.locale or "",
            contact=asked.contact,
        ),
        timing=body.timing,
        offset_days=body.offset_days,
        hour=body.hour,
        necessary=body.necessary,
        late_copies=body.late_copies,
    )


def _shown(row: Letter) -> ShownLetter:
    event = frame.event(row.event_id)
    if event is None:
        abort(404)
    reached = queries.reached(event, Audience.read(row.audience), necessary=row.necessary)
    counts = queries.standing_counts(row.event_id).get(row.id, Counter())
    return ShownLetter(
        id=str(row.id),
        subject=dict(row.subject),
        state=row.state,
        timing=row.timing,
        necessary=row.necessary,
        late_copies=row.late_copies,
        version=row.version,
        moments=[
            ShownMoment(one.code, i18n.local_time(one.due_at, event.timezone), stands)
            for one, stands in queries.moments(row, event, clock.now())
        ],
        people=len(reached.people),
        spared=len(reached.spared),
        copies={state: counts[state] for state in MailState},
    )
