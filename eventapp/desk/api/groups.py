"""Groups for programs: several people of one organisation, and whoever comes instead."""

from datetime import datetime
from typing import Annotated, Any

from flask import Response, abort, g
from msgspec import Meta, field

from eventapp.desk.api.frame import bp
from eventapp.desk.api.registrations import REGISTRATIONS, ShownRegistration, columns_of
from eventapp.events import queries as frame
from eventapp.events.access import Permission
from eventapp.events.models import Event
from eventapp.kernel import boundary, clock, i18n, rest
from eventapp.kernel.db import look_again
from eventapp.kernel.guard import requires
from eventapp.kernel.openapi import operation
from eventapp.kernel.refusal import N_
from eventapp.kernel.schema import (
    Body,
    EmailText,
    IdText,
    ListCode,
    Name,
    NipText,
    PhoneText,
    Shown,
    Title,
)
from eventapp.registrations import commands, queries
from eventapp.registrations.commands import Details, GroupDetails, Member, OrganisationDetails
from eventapp.registrations.models import HeldPlace, RegistrationGroup, State
from eventapp.registrations.rules import MOST_MEMBERS, RegistrationRefusal
from eventapp.signups import commands as signups
from eventapp.signups import queries as places
from eventapp.signups.rules import SignUpRefusal

Places = Annotated[int, Meta(ge=0, le=MOST_MEMBERS)]


# --- shapes -------------------------------------------------------------------------------


class NewMember(Body):
    """A colleague; without an e-mail letters go to the group's contact."""

    first_name: Name
    last_name: Name
    email: EmailText | None = None


class NewGroup(Body):
    """Several people of one organisation; `unnamed` places are kept for whoever is named later.

    With `together` they become qualified together or wait together.
    """

    contact_name: Name
    contact_email: EmailText
    organisation: Title
    nip: NipText | None = None
    contact_phone: PhoneText | None = None
    category: ListCode | None = None
    members: list[NewMember] = field(default_factory=list)
    unnamed: Places = 0
    together: bool = False


class MoreMembers(Body):
    """People to register besides."""

    members: list[NewMember] = field(default_factory=list)
    unnamed: Places = 0


class ShownPlace(Shown):
    """A place still to be named; whoever opens `url` takes it."""

    id: str
    state: State
    url: str


class ShownGroup(Shown):
    """A group: its contact, its people, the places that are still to be named."""

    id: str
    organisation: str
    contact_name: str
    contact_email: str
    contact_phone: str
    together: bool
    created_at: datetime
    registrations: list[str]
    unnamed: list[ShownPlace]
    manage_url: str


class NewSubstitute(Body):
    """Who comes instead; of the places in sessions those of `sessions` pass on."""

    first_name: Name
    last_name: Name
    email: EmailText | None = None
    phone: PhoneText | None = None
    sessions: list[IdText] = field(default_factory=list)


# --- views --------------------------------------------------------------------------------


@bp.get("/events/<slug:event>/groups")
@requires(Permission.MANAGE_PEOPLE)
@operation(
    N_("List the groups that were registered for their organisations"),
    about=REGISTRATIONS,
    answers={200: list[ShownGroup]},
    lists=True,
)
def groups(event: str) -> Response:
    """List an event's groups in the order in which they came."""
    asked = rest.window()
    rows = queries.groups(g.event.id, after=asked.after_id, limit=asked.limit + 1)
    event_row = g.event
    return rest.listed(rows, asked, lambda row: _shown(row, event_row))


@bp.post("/events/<slug:event>/groups")
@requires(Permission.MANAGE_PEOPLE)
@operation(
    N_("Register several people of one organisation: all of them or nobody"),
    about=REGISTRATIONS,
    body=NewGroup,
    answers={201: ShownGroup},
    refuses=(RegistrationRefusal,),
    repeats=True,
)
def register_group(event: str, body: NewGroup) -> Response:
    """Register a group; no window applies, the organisation's cap and the places do."""
    event_id, now, details = g.event.id, clock.now(), _details(body)
    made = rest.once(lambda: {"id": commands.enter_group(event_id, details, now).id})
    row, of = _found(made["id"])
    return rest.answered(_shown(row, of), 201, location=f"/api/v1/groups/{row.id}")


@bp.get("/groups/<id:group_id>")
@requires(Permission.MANAGE_PEOPLE, queries.event_of_group)
@operation(N_("Read a group"), about=REGISTRATIONS, answers={200: ShownGroup})
def group(group_id: int) -> Response:
    """Show one group."""
    return rest.answered(_shown(*_found(group_id)))


@bp.post("/groups/<id:group_id>/members")
@requires(Permission.MANAGE_PEOPLE, queries.event_of_group)
@operation(
    N_("Register more people of the same organisation"),
    about=REGISTRATIONS,
    body=MoreMembers,
    answers={200: ShownGroup},
    refuses=(RegistrationRefusal,),
    repeats=True,
)
def add_members(group_id: int, body: MoreMembers) -> Response:
    """Register more people of a group."""
    now, members = clock.now(), _members(body.members)

    def act() -> dict[str, Any]:
        commands.enter_into_group(group_id, now, members=members, unnamed=body.unnamed)
        return {"id": group_id}

    rest.once(act)
    return rest.answered(_shown(*_found(group_id)))


@bp.post("/registrations/<id:registration_id>/substitute")
@requires(Permission.MANAGE_PEOPLE, queries.event_of_registration)
@operation(
    N_("Let somebody else take part instead; freed seats go to the queues at once"),
    about=REGISTRATIONS,
    body=NewSubstitute,
    answers={201: ShownRegistration},
    refuses=(RegistrationRefusal, SignUpRefusal),
    repeats=True,
)
def substitute(registration_id: int, body: NewSubstitute) -> Response:
    """Pass a person's place on; nothing of their data does."""
    replaced, now = queries.registration(registration_id), clock.now()
    if replaced is None:
        abort(404)
    details = Details(
        first_name=body.first_name,
        last_name=body.last_name,
        email=body.email,
        phone=body.phone or "",
        locale=replaced.locale,
    )
    state, own = replaced.state, {held.session_id for held in places.own(registration_id)}
    session_ids = sorted(own & {int(one) for one in body.sessions})
    made = rest.once(
        lambda: {
            "id": commands.substitute(
                registration_id, details, now, session_ids=session_ids, state=state
            ).id
        }
    )
    signups.fill_seats(queries.event_of_registration(registration_id), now)
    look_again()
    row = queries.registration(made["id"])
    event = frame.event(row.event_id) if row is not None else None
    if row is None or event is None:
        abort(404)
    shown = ShownRegistration(**columns_of(row, event.timezone, queries.answers(row.id)))
    location = f"/api/v1/registrations/{row.id}"
    return rest.answered(shown, 201, version=row.version, location=location)


# --- steps --------------------------------------------------------------------------------


def _details(body: NewGroup) -> GroupDetails:
    return GroupDetails(
        contact_name=body.contact_name,
        contact_email=body.contact_email,
        contact_phone=body.contact_phone or "",
        organisation=OrganisationDetails(name=body.organisation, nip=body.nip),
        category=body.category,
        members=_members(body.members),
        unnamed=body.unnamed,
        together=body.together,
    )


def _members(given: list[NewMember]) -> list[Member]:
    return [
        Member(first_name=one.first_name, last_name=one.last_name, email=one.email) for one in given
    ]


def _found(group_id: int) -> tuple[RegistrationGroup, Event]:
    look_again()
    row = queries.group(group_id)
    event = frame.event(row.event_id) if row is not None else None
    if row is None or event is None:
        abort(404)
    return row, event


def _shown(row: RegistrationGroup, event: Event) -> ShownGroup:
    return ShownGroup(
        id=str(row.id),
        organisation=row.organisation.name,
        contact_name=row.contact_name,
        contact_email=row.contact_email,
        contact_phone=row.contact_phone,
        together=row.together,
        created_at=i18n.local_time(row.created_at, event.timezone),
        registrations=[str(one.id) for one in queries.members(row.id)],
        unnamed=[_place(held, event) for held in queries.unnamed(row.id)],
        manage_url=boundary.absolute(
            "desk.group", event=event.slug, token=queries.group_token(row)
        ),
    )


def _place(held: HeldPlace, event: Event) -> ShownPlace:
    url = boundary.absolute(
        "registrations.place", event=event.slug, token=queries.place_token(held)
    )
    return ShownPlace(id=str(held.id), state=held.state, url=url)
