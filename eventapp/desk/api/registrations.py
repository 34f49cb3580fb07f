"""Registrations for programs: who takes part, and where they stand."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from flask import Response, abort, g
from msgspec import UNSET, Meta, UnsetType

from eventapp.desk.api.frame import bp
from eventapp.events import queries as frame
from eventapp.events.access import Permission
from eventapp.events.models import Event
from eventapp.kernel import boundary, clock, i18n, rest, schema
from eventapp.kernel.db import look_again
from eventapp.kernel.guard import requires
from eventapp.kernel.openapi import operation
from eventapp.kernel.refusal import N_
from eventapp.kernel.schema import (
    Body,
    EmailText,
    KrsText,
    Line,
    ListCode,
    Name,
    NipText,
    PhoneText,
    PostcodeText,
    RegonText,
    Shown,
    Title,
)
from eventapp.registrations import commands, queries
from eventapp.registrations.commands import Details, OrganisationDetails
from eventapp.registrations.models import Registration, Source, State
from eventapp.registrations.rules import RegistrationRefusal
from eventapp.signups import commands as signups

REGISTRATIONS = N_("Registrations")

Locale = Literal["pl", "en"]
Degree = Annotated[Line, Meta(max_length=60)]
# An answer to one of the event's own questions: a text, a choice's code or a list of them, a
# number, a truth, a day; null for none.
Value = bool | int | float | str | list[str] | None


# --- shapes -------------------------------------------------------------------------------


class ShownRegistration(Shown):
    """One person's taking part; `number` is what the person reads out on the telephone.

    `organiser` is the id of the institution whose guest the person is.
    """

    id: str
    ref: str | None
    number: str
    state: State
    source: Source
    title: str
    first_name: str
    last_name: str
    email: str | None
    phone: str
    postcode: str
    gmina: str
    in_area: bool | None
    locale: str
    category: str | None
    organisation: str | None
    organiser: str | None
    registered_at: datetime
    decided_at: datetime | None
    cancelled_at: datetime | None
    replaces: str | None
    answers: dict[str, Value]
    version: int


class Registered(ShownRegistration):
    """A new registration, with what opens the door and what opens *My programme*.

    Both are shown here and nowhere else; the person gets the link by mail.
    """

    badge_code: str
    manage_url: str


class NewRegistration(Body):
    """Somebody to register. Without `state`: pending where approval is required, else qualified."""

    first_name: Name
    last_name: Name
    email: EmailText | None = None
    category: ListCode | None = None
    organisation: Title | None = None
    state: Literal["pending", "qualified", "waiting", "rejected"] | None = None
    title: Degree = ""
    phone: PhoneText | None = None
    locale: Locale = "pl"
    nip: NipText | None = None
    krs: KrsText | None = None
    regon: RegonText | None = None
    gmina: Line = ""
    postcode: PostcodeText | None = None
    answers: dict[str, Value] | None = None


class RegistrationEdit(Body):
    """What may be changed of a registration; what is left out stays.

    Another e-mail address gets a new personal link. `cancelled` is for good.
    """

    first_name: Name | UnsetType = UNSET
    last_name: Name | UnsetType = UNSET
    email: EmailText | UnsetType | None = UNSET
    category: ListCode | UnsetType = UNSET
    organisation: Title | UnsetType | None = UNSET
    state: Literal["pending", "qualified", "waiting", "rejected", "cancelled"] | UnsetType = UNSET
    title: Degree | UnsetType = UNSET
    phone: PhoneText | UnsetType | None = UNSET
    locale: Locale | UnsetType = UNSET
    gmina: Line | UnsetType = UNSET
    postcode: PostcodeText | UnsetType | None = UNSET
    answers: dict[str, Value] | UnsetType = UNSET


# --- views --------------------------------------------------------------------------------


@bp.get("/events/<slug:event>/registrations")
@requires(Permission.SEE_PEOPLE)
@operation(
    N_("List the registrations of an event"),
    about=REGISTRATIONS,
    answers={200: list[ShownRegistration]},
    lists=True,
)
def registrations(event: str) -> Response:
    """List an event's registrations in the order in which they came."""
    asked, zone = rest.window(), g.event.timezone
    rows = queries.listed(g.event.id, after=asked.after_id, limit=asked.limit + 1)
    answers = queries.answers_of([row.id for row in rows])
    return rest.listed(
        rows,
        asked,
        lambda row: ShownRegistration(**columns_of(row, zone, answers.get(row.id, {}))),
    )


@bp.post("/events/<slug:event>/registrations")
@requires(Permission.MANAGE_PEOPLE)
@operation(
    N_("Register somebody"),
    about=REGISTRATIONS,
    body=NewRegistration,
    answers={201: Registered},
    refuses=(RegistrationRefusal,),
    repeats=True,
)
def register(event: str, body: NewRegistration) -> Response:
    """Register somebody for them; no window applies."""
    event_id, now, details = g.event.id, clock.now(), _details(body)
    state = State(body.state) if body.state else None
    made = rest.once(
        lambda: {"id": commands.enter(event_id, details, now, source=Source.API, state=state).id}
    )
    row, of = _found(made["id"])
    shown = Registered(
        **columns_of(row, of.timezone, queries.answers(row.id)),
        badge_code=queries.badge_code(row),
        manage_url=boundary.absolute(
            "registrations.enter", event=of.slug, token=queries.link_token(row)
        ),
    )
    location = f"/api/v1/registrations/{row.id}"
    return rest.answered(shown, 201, version=row.version, location=location)


def _details(body: NewRegistration) -> Details:
    named = body.organisation
    return Details(
        first_name=body.first_name,
        last_name=body.last_name,
        email=body.email,
        phone=body.phone or "",
        title=body.title,
        locale=body.locale,
        category=body.category,
        gmina=body.gmina,
        postcode=body.postcode or "",
        organisation=OrganisationDetails(
            name=named or "", nip=body.nip, krs=body.krs, regon=body.regon
        )
        if named or body.nip
        else None,
        answers=dict(body.answers or {}),
    )


@bp.get("/registrations/<id:registration_id>")
@requires(Permission.SEE_PEOPLE, queries.event_of_registration)
@operation(N_("Read a registration"), about=REGISTRATIONS, answers={200: ShownRegistration})
def registration(registration_id: int) -> Response:
    """Show one registration."""
    return _answered(registration_id)


@bp.patch("/registrations/<id:registration_id>")
@requires(Permission.MANAGE_PEOPLE, queries.event_of_registration)
@operation(
    N_("Change a registration, or decide about it; freed seats go to the queues at once"),
    about=REGISTRATIONS,
    body=RegistrationEdit,
    answers={200: ShownRegistration},
    refuses=(RegistrationRefusal,),
    edits=True,
)
def change_registration(registration_id: int, body: RegistrationEdit) -> Response:
    """Change what the body names."""
    columns, now = schema.named(body), clock.now()
    state = columns.pop("state", None)
    for name in ("phone", "postcode"):
        if columns.get(name, "") is None:
            columns[name] = ""
    commands.edit(
        registration_id,
        now,
        expected=rest.expected(),
        state=State(state) if state else None,
        **_with_organisation(columns),
    )
    _fill_seats(registration_id, now)
    return _answered(registration_id)


def _with_organisation(columns: dict[str, Any]) -> dict[str, Any]:
    """Return the columns with the organisation that is named, or without any for null."""
    if "organisation" in columns:
        named = columns.pop("organisation")
        more = {"organisation": OrganisationDetails(name=named)} if named else _NO_ORGANISATION
        return {**columns, **more}
    return columns


_NO_ORGANISATION = {"organisation_id": None}


@bp.delete("/registrations/<id:registration_id>")
@requires(Permission.MANAGE_PEOPLE, queries.event_of_registration)
@operation(
    N_("Cancel a registration; freed seats go to the queues at once"),
    about=REGISTRATIONS,
    answers={204: None},
    refuses=(RegistrationRefusal,),
    edits=True,
)
def cancel(registration_id: int) -> Response:
    """Take a registration out for the person."""
    now = clock.now()
    commands.edit(registration_id, now, state=State.CANCELLED, expected=rest.expected())
    _fill_seats(registration_id, now)
    return rest.nothing()


# --- steps --------------------------------------------------------------------------------


def _fill_seats(registration_id: int, now: datetime) -> None:
    signups.fill_seats(queries.event_of_registration(registration_id), now)


def _answered(registration_id: int) -> Response:
    row, event = _found(registration_id)
    shown = ShownRegistration(**columns_of(row, event.timezone, queries.answers(row.id)))
    return rest.answered(shown, version=row.version)


def _found(registration_id: int) -> tuple[Registration, Event]:
    look_again()
    row = queries.registration(registration_id)
    event = frame.event(row.event_id) if row is not None else None
    if row is None or event is None:
        abort(404)
    return row, event


PLAIN = (
    "postcode",
    "gmina",
    "in_area",
    "ref",
    "number",
    "state",
    "source",
    "title",
    "first_name",
    "last_name",
    "email",
    "phone",
    "locale",
    "version",
)


def columns_of(row: Registration, zone: str, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is shown of a registration, and what was answered to the event's questions."""
    return {
        **{name: getattr(row, name) for name in PLAIN},
        "id": str(row.id),
        "category": row.category.code if row.category is not None else None,
        "organisation": row.organisation.name if row.organisation is not None else None,
        "organiser": str(row.organiser_id) if row.organiser_id is not None else None,
        "registered_at": i18n.local_time(row.registered_at, zone),
        "decided_at": i18n.moment(row.decided_at, zone),
        "cancelled_at": i18n.moment(row.cancelled_at, zone),
        "answers": dict(answers),
        "replaces": str(row.replaces_id) if row.replaces_id is not None else None,
    }
