"""Deciding about people by program: silently or told, announced together; many at once; tables."""

from collections.abc import Collection, Mapping
from typing import Annotated, Any, Literal

from flask import Response, abort, g
from msgspec import Meta

from eventapp.desk import commands as desk
from eventapp.desk.api.frame import bp
from eventapp.desk.api.registrations import REGISTRATIONS
from eventapp.directory import queries as directory
from eventapp.events import queries as frame
from eventapp.events.access import Permission
from eventapp.kernel import clock, i18n, pages, rest
from eventapp.kernel.guard import requires
from eventapp.kernel.openapi import operation
from eventapp.kernel.refusal import N_, Refusal, Refused
from eventapp.kernel.schema import BadFields, Body, Fault, IdText, Line, ListCode, Shown
from eventapp.kernel.tables import MOST_COLUMNS, Row, Table
from eventapp.programme.rules import cells
from eventapp.registrations import commands, queries
from eventapp.registrations.commands.importing import ImportRefusal
from eventapp.registrations.models import Decision, State
from eventapp.registrations.queries import Filter
from eventapp.registrations.rules import RegistrationRefusal, sheets
from eventapp.registrations.rules.many import Act, Ask, ManyRefusal, Telling, Verdict
from eventapp.registrations.rules.sheets import Column, Reading
from eventapp.signups import commands as signups

Wanted = Literal["pending", "qualified", "waiting", "rejected"]
Told = Literal["now", "later"]
Message = Annotated[Line, Meta(max_length=500)]
Note = Annotated[str, Meta(max_length=2000)]
MOST = 5000  # people in one act


# --- shapes -------------------------------------------------------------------------------


class NewDecision(Body):
    """What is decided. Without `told`, as the event's setting says: at once, or later.

    `note` is for the team, `message` a sentence of the letter. A decision told later leaves the
    registration as it is until it is announced.
    """

    state: Wanted
    told: Told | None = None
    note: Note = ""
    message: Message = ""


class ShownDecision(Shown):
    """A decision that is not announced."""

    id: str
    registration: str
    state: State
    note: str
    message: str
    actor: str


class Announcement(Body):
    """Which decisions are announced: those named, or all of the event's."""

    decisions: Annotated[list[IdText], Meta(max_length=MOST)] | None = None


class Announced(Shown):
    """Whom an announcement told; those without an e-mail need a letter on paper."""

    registrations: list[str]
    without_email: list[str]


class ManyAsk(Body):
    """One act on many registrations; a decision with `state`, else what the act needs.

    With `preview` nothing is done: the answer says whom it would reach.
    """

    act: Literal["decide", "cancel", "category", "organisation", "check", "links"]
    registrations: Annotated[list[IdText], Meta(min_length=1, max_length=MOST)]
    preview: bool = False
    state: Wanted | None = None
    told: Told | None = None
    note: Note = ""
    message: Message = ""
    category: ListCode | None = None
    organisation: IdText | None = None


class LeftOut(Shown):
    """Somebody whom an act does not reach, and why."""

    registration: str
    code: str
    detail: str


class ManyDone(Shown):
    """Whom an act reached, or would reach; `edit` names what can be taken back."""

    reached: list[str]
    left_out: list[LeftOut]
    edit: str | None = None


class PeopleTable(Body):
    """A table of people: what its columns mean, and its lines of texts.

    With `preview` nothing is written. With `letters` new people get a confirmation.
    """

    columns: Annotated[list[Column], Meta(min_length=1, max_length=MOST_COLUMNS)]
    rows: Annotated[list[list[Line]], Meta(min_length=1, max_length=MOST)]
    preview: bool = False
    letters: bool = False


class TableRead(Shown):
    """How many lines are new, change somebody who is known, or say nothing new."""

    added: int
    changed: int
    same: int
    edit: str | None = None


# --- decisions ----------------------------------------------------------------------------


@bp.put("/registrations/<id:registration_id>/decision")
@requires(Permission.MANAGE_PEOPLE, queries.event_of_registration)
@operation(
    N_("Decide about a registration, told at once or kept until it is announced"),
    about=REGISTRATIONS,
    body=NewDecision,
    answers={200: ShownDecision, 204: None},
    refuses=(RegistrationRefusal,),
    edits=True,
)
def decide_about(registration_id: int, body: NewDecision) -> Response:
    """Decide; what is not announced is answered, what was told leaves nothing open."""
    now, state = clock.now(), State(body.state)
    how: dict[str, Any] = {
        "note": body.note.strip(), "message": body.message, "expected": rest.expected()
    }  # fmt: skip
    if _telling(registration_id, body.told) is Telling.LATER:
        made = commands.decide_silently(registration_id, state, now, **how)
        return rest.answered(_shown(made)) if made is not None else rest.nothing()
    commands.decide(registration_id, state, now, **how)
    signups.fill_seats(queries.event_of_registration(registration_id), now)
    return rest.nothing()


def _telling(registration_id: int, told: str | None) -> Telling:
    if told is not None:
        return Telling(told)
    event_id = queries.event_of_registration(registration_id)
    event = frame.event(event_id) if event_id is not None else None
    return Telling.NOW if event is None or event.tells_decisions else Telling.LATER


@bp.delete("/registrations/<id:registration_id>/decision")
@requires(Permission.MANAGE_PEOPLE, queries.event_of_registration)
@operation(
    N_("Drop a decision that is not announced"),
    about=REGISTRATIONS,
    answers={204: None},
    edits=True,
)
def drop_decision(registration_id: int) -> Response:
    """Drop what was decided and not told."""
    commands.take_back(registration_id, clock.now(), expected=rest.expected())
    return rest.nothing()


@bp.get("/events/<slug:event>/decisions")
@requires(Permission.SEE_PEOPLE)
@operation(
    N_("List the decisions that are not announced"),
    about=REGISTRATIONS,
    answers={200: list[ShownDecision]},
)
def open_decisions(event: str) -> Response:
    """List what nobody was told yet."""
    return rest.answered([_shown(one) for one in queries.open_decisions(g.event.id)])


@bp.post("/events/<slug:event>/decisions/announcement")
@requires(Permission.MANAGE_PEOPLE)
@operation(
    N_("Announce decisions together; freed seats go to the queues at once"),
    about=REGISTRATIONS,
    body=Announcement,
    answers={200: Announced},
    refuses=(RegistrationRefusal,),
    repeats=True,
)
def announce_decisions(event: str, body: Announcement) -> Response:
    """Tell all these people, or nobody; what is announced already is left out."""
    named = body.decisions
    if named is None:
        wanted = [one.id for one in queries.open_decisions(g.event.id)]
    else:
        wanted = [int(number) for number in named]
    now, event_id = clock.now(), g.event.id

    def announced() -> dict[str, Any]:
        done = desk.announce(event_id, wanted, now)
        return {"told": list(done.told), "without_email": list(done.without_email)}

    made = rest.once(announced)
    signups.fill_seats(event_id, now)
    return rest.answered(
        Announced(
            registrations=[str(number) for number in made["told"]],
            without_email=[str(number) for number in made["without_email"]],
        )
    )


def _shown(row: Decision) -> ShownDecision:
    return ShownDecision(
        id=str(row.id),
        registration=str(row.registration_id),
        state=row.state,
        note=row.note,
        message=row.message,
        actor=row.actor,
    )


# --- many at once -------------------------------------------------------------------------


@bp.post("/events/<slug:event>/registrations/many")
@requires(Permission.MANAGE_PEOPLE)
@operation(
    N_("Do one act to many registrations: to all it can reach, or to none"),
    about=REGISTRATIONS,
    body=ManyAsk,
    answers={200: ManyDone},
    refuses=(RegistrationRefusal, ManyRefusal),
    repeats=True,
)
def act_on_many(event: str, body: ManyAsk) -> Response:
    """Do it, or say whom it would reach."""
    ids = _of_event([int(number) for number in body.registrations])
    ask = _ask(body)
    made = rest.once(lambda: _acted(ids, ask, preview=body.preview))
    if not body.preview:
        signups.fill_seats(g.event.id, clock.now())
    return rest.answered(
        ManyDone(
            reached=made["reached"],
            left_out=[LeftOut(**one) for one in made["left_out"]],
            edit=made["edit"],
        )
    )


def _acted(ids: Collection[int], ask: Ask, *, preview: bool) -> dict[str, Any]:
    verdicts = queries.judged(g.event.id, ids, ask)
    edit = None
    if not preview:
        edit = commands.act_on(g.event.id, ids, ask, clock.now()).fact_id
    return {
        "reached": [str(one.row.id) for one in verdicts if one.refusal is None],
        "left_out": [_left_out(one, one.refusal) for one in verdicts if one.refusal is not None],
        "edit": str(edit) if edit is not None else None,
    }


def _of_event(ids: Collection[int]) -> Collection[int]:
    found = queries.people_ids(g.event.id, Filter(only=sorted(set(ids))))
    if len(found) != len(set(ids)):
        abort(404)
    return found


def _ask(body: ManyAsk) -> Ask:
    act = Act(body.act)
    usual = Telling.NOW if g.event.tells_decisions else Telling.LATER
    if act is Act.DECIDE and body.state is None:
        raise BadFields([Fault("/state", "required", N_("This field is required."))])
    return Ask(
        act=act,
        state=State(body.state) if body.state is not None else None,
        telling=Telling(body.told) if body.told is not None else usual,
        note=body.note.strip(),
        message=body.message,
        category_id=_category(body) if act is Act.CATEGORY else None,
        organisation_id=_organisation(body) if act is Act.ORGANISATION else None,
    )


def _category(body: ManyAsk) -> int:
    found = frame.category(g.event.id, body.category) if body.category else None
    if found is None:
        raise Refused(RegistrationRefusal.UNKNOWN_CATEGORY, category=body.category or "")
    return found.id


def _organisation(body: ManyAsk) -> int:
    number = int(body.organisation) if body.organisation else 0
    if number not in {row.id for row in directory.organisations(g.event.host_id)}:
        abort(404)
    return number


def _left_out(one: Verdict, refusal: Refusal) -> dict[str, str]:
    return {
        "registration": str(one.row.id),
        "code": refusal.value,
        "detail": pages.said(refusal.sentence, one.details or {}),
    }


# --- tables -------------------------------------------------------------------------------


@bp.post("/events/<slug:event>/registrations/table")
@requires(Permission.MANAGE_PEOPLE)
@operation(
    N_("Take a table of people over: all lines, or none"),
    about=REGISTRATIONS,
    body=PeopleTable,
    answers={200: TableRead},
    refuses=(RegistrationRefusal, ImportRefusal),
    repeats=True,
)
def take_table_over(event: str, body: PeopleTable) -> Response:
    """Take it over, or say what it would change; what is wrong is named by its line."""
    made = rest.once(lambda: _taken_over(body))
    return rest.answered(TableRead(**made))


def _taken_over(body: PeopleTable) -> dict[str, Any]:
    reading = _reading(body)
    new = sum(line.registration_id is None for line in reading.lines)
    changed = sum(bool(line.registration_id and line.changed) for line in reading.lines)
    edit = None
    if not body.preview:
        telling = Telling.NOW if body.letters else Telling.LATER
        done = commands.import_people(g.event.id, reading.lines, clock.now(), telling=telling)
        edit = done.fact_id
    return {
        "added": new,
        "changed": changed,
        "same": len(reading.lines) - new - changed,
        "edit": str(edit) if edit is not None else None,
    }


def _reading(body: PeopleTable) -> Reading:
    columns = {column: place for place, column in enumerate(body.columns)}
    rows = tuple(Row(place, tuple(cells)) for place, cells in enumerate(body.rows))
    found = sheets.read(
        Table(tuple(body.columns), rows),
        columns,
        queries.frame_of_sheets(g.event.id, {}, i18n.day_of(clock.now())),
    )
    if found.faults:
        raise BadFields(
            [
                Fault(_where(one, columns), "bad-cell", one.sentence, dict(one.details))
                for one in found.faults
            ]
        )
    return found


def _where(fault: cells.Fault, columns: Mapping[Column, int]) -> str:
    """Point at the cell that is wrong, at its row where it has no column or that was not sent."""
    place = columns.get(fault.column) if fault.column else None
    return f"/rows/{fault.number}" + (f"/{place}" if place is not None else "")
