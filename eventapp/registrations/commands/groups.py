"""Several people of one organisation, registered in one go by a colleague of theirs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from eventapp.directory.models import Organisation
from eventapp.events.models import Category, Event
from eventapp.kernel import jobs
from eventapp.kernel.db import atomic, db
from eventapp.kernel.facts import record
from eventapp.kernel.refusal import Refused
from eventapp.registrations import mails, queries, rules
from eventapp.registrations.commands.deciding import decide
from eventapp.registrations.commands.details import Details, OrganisationDetails
from eventapp.registrations.commands.facts import (
    GroupDecided,
    GroupLinkRenewed,
    GroupRegistered,
    GroupTermsChanged,
    PlaceHeld,
)
from eventapp.registrations.commands.registering import (
    add,
    places_taken,
    refuse_outside_window,
    refuse_over_cap,
)
from eventapp.registrations.commands.steps import (
    behind_locks,
    category_of,
    event_of,
    held_behind_lock,
    index,
    organisation_said,
    subject_of_group,
    touch,
)
from eventapp.registrations.models import (
    GroupTerms,
    HeldPlace,
    Registration,
    RegistrationGroup,
    Source,
    State,
)
from eventapp.registrations.rules import RegistrationRefusal


@dataclass(frozen=True, kw_only=True)
class Member:
    """A colleague who is named; without an e-mail of their own the contact's is written to."""

    first_name: str
    last_name: str
    email: str | None = None


@dataclass(frozen=True, kw_only=True)
class GroupDetails:
    """Who registers whom: the contact, the organisation, people named and *unnamed* ones."""

    contact_name: str
    contact_email: str
    organisation: OrganisationDetails
    contact_phone: str = ""
    category: str | None = None
    locale: str = "pl"
    members: Sequence[Member] = ()
    unnamed: int = 0
    together: bool = False


@atomic
def register_group(event_id: int, details: GroupDetails, now: datetime) -> RegistrationGroup:
    """Register several people in one go, in the event's window; all of them or nobody.

    Whoever is named gets an own letter and link; each place still to be named gets a link.
    """
    refuse_outside_window(event_of(event_id), now)
    return enter_group(event_id, details, now)


@atomic
def enter_group(event_id: int, details: GroupDetails, now: datetime) -> RegistrationGroup:
    """Register several people for their organisation, as staff may at any time.

    Approval, the event's places and the organisation's cap hold all the same.
    """
    event = event_of(event_id)
    people = len(details.members) + details.unnamed
    _refuse_number(people)
    category = category_of(event, details.category) if details.category else None
    taken = places_taken(event_id)
    group = RegistrationGroup(
        event_id=event_id,
        organisation_id=organisation_said(event, details.organisation, category).id,
        category_id=category.id if category else None,
        contact_name=details.contact_name,
        contact_email=details.contact_email,
        contact_phone=details.contact_phone,
        locale=details.locale,
        together=details.together,
        link_generation=1,
        created_at=now,
    )
    db.session.add(group)
    db.session.flush()
    states = rules.group_states(event, taken, people, together=details.together)
    _admit(event, group, details.members, states, now)
    refuse_over_cap(event, group.organisation_id, people)
    record(
        GroupRegistered(
            event_id=event_id,
            subject=subject_of_group(group.id),
            group_id=group.id,
            people=len(details.members),
            unnamed=details.unnamed,
        )
    )
    tell_contact(group)
    return group


def _refuse_number(people: int) -> None:
    if not people:
        raise Refused(RegistrationRefusal.GROUP_EMPTY)
    if people > rules.MOST_MEMBERS:
        raise Refused(RegistrationRefusal.GROUP_TOO_LARGE, most=rules.MOST_MEMBERS)


@atomic
def add_to_group(
    group_id: int, now: datetime, *, members: Sequence[Member] = (), unnamed: int = 0
) -> None:
    """Register more people of the same organisation, in the event's window."""
    refuse_outside_window(event_of(_group(group_id).event_id), now)
    enter_into_group(group_id, now, members=members, unnamed=unnamed)


@atomic
def enter_into_group(
    group_id: int, now: datetime, *, members: Sequence[Member] = (), unnamed: int = 0
) -> None:
    """Register more people of the same organisation, as staff may at any time."""
    group = _group(group_id)
    event = event_of(group.event_id)
    more = len(members) + unnamed
    _refuse_number(more)
    states = rules.group_states(event, places_taken(event.id), more, together=group.together)
    _admit(event, group, members, states, now)
    refuse_over_cap(event, group.organisation_id, more)
    record(
        GroupRegistered(
            event_id=event.id,
            subject=subject_of_group(group.id),
            group_id=group.id,
            people=len(members),
            unnamed=unnamed,
        )
    )


def _admit(
    event: Event,
    group: RegistrationGroup,
    members: Sequence[Member],
    states: Sequence[State],
    now: datetime,
) -> None:
    """Write the people down; those still to be named take the states that are left."""
    category = db.session.get(Category, group.category_id) if group.category_id else None
    for member, state in zip(members, states, strict=False):
        _add_member(event, group, member, state, now, category.code if category else None)
    for state in states[len(members) :]:
        hold_place(event.id, now, state=state, group_id=group.id)


def _add_member(
    event: Event,
    group: RegistrationGroup,
    member: Member,
    state: State,
    now: datetime,
    code: str | None,
) -> Registration:
    details = Details(
        first_name=member.first_name,
        last_name=member.last_name,
        email=member.email or group.contact_email,
        locale=group.locale,
        category=code,
        organisation_id=group.organisation_id,
    )
    try:
        return add(event, details, now, source=Source.ORGANISATION, state=state, group_id=group.id)
    except Refused as refused:
        if refused.reason is not RegistrationRefusal.ALREADY_REGISTERED:
            raise
        name = f"{member.first_name} {member.last_name}"
        raise Refused(RegistrationRefusal.MEMBER_REGISTERED, name=name) from None


def hold_place(event_id: int, now: datetime, *, state: State, **columns: Any) -> HeldPlace:
    """Keep a place for whoever opens its link; *columns* are those of `HeldPlace`."""
    row = HeldPlace(event_id=event_id, state=state, link_generation=1, created_at=now, **columns)
    db.session.add(row)
    db.session.flush()
    return row


@atomic
def gather(
    event_id: int,
    organisation_id: int,
    now: datetime,
    *,
    contact_name: str,
    contact_email: str,
    registration_ids: Sequence[int],
) -> RegistrationGroup:
    """Let a contact look after people of an organisation who are registered already.

    Whoever belongs to another group stays there.
    """
    group = queries.group_of_contact(event_id, organisation_id, contact_email)
    if group is None:
        group = RegistrationGroup(
            event_id=event_id,
            organisation_id=organisation_id,
            contact_name=contact_name,
            contact_email=contact_email,
            link_generation=1,
            created_at=now,
        )
        db.session.add(group)
        db.session.flush()
    for registration_id in sorted(registration_ids):
        row = behind_locks(registration_id)
        if row.group_id is None and row.organisation_id == organisation_id:
            row.group_id = group.id
            touch(row)
    record(
        GroupRegistered(
            event_id=event_id,
            subject=subject_of_group(group.id),
            group_id=group.id,
            people=len(registration_ids),
            unnamed=0,
        )
    )
    return group


@atomic
def give_back_place(held_id: int, now: datetime) -> HeldPlace:
    """Hold a place for nobody any longer: its link ends."""
    row = held_behind_lock(held_id)
    row.state = State.CANCELLED
    record_held(row)
    return row


@atomic
def send_place(held_id: int, email: str, now: datetime) -> HeldPlace:
    """Send the link of a held place to whoever shall take it; the one sent before ends."""
    row = held_behind_lock(held_id)
    if row.email is not None and row.email != email:
        row.link_generation += 1  # whoever had the link before must not take the place
    row.email = email
    db.session.flush()
    record_held(row)
    jobs.enqueue(mails.place_offered, lane=email, event_id=row.event_id, held_id=row.id)
    return row


def record_held(row: HeldPlace) -> None:
    """Record that a place is held by a link, or is no more."""
    subject = f"registration:{row.replaces_id}" if row.replaces_id else f"held-place:{row.id}"
    record(PlaceHeld(event_id=row.event_id, subject=subject, held_id=row.id, state=row.state.value))


@atomic
def decide_group(group_id: int, state: State, now: datetime) -> RegistrationGroup:
    """Let one decision stand for everybody of a group who is not out, named or not."""
    group = _group(group_id)
    for row in queries.members(group_id, states=tuple(rules.OPEN)):
        decide(row.id, state, now)
    follow_decision(group, state)
    return group


def follow_decision(group: RegistrationGroup, state: State) -> None:
    """Let the places that are still to be named stand as the people of the group do."""
    for row in queries.unnamed(group.id):
        row.state = state
    db.session.flush()
    record(
        GroupDecided(
            event_id=group.event_id,
            subject=subject_of_group(group.id),
            group_id=group.id,
            state=state.value,
        )
    )


@atomic
def renew_group_link(group_id: int, now: datetime) -> str:
    """Replace the link of a group's contact and send the new one; return its token."""
    group = _group(group_id)
    group.link_generation += 1
    db.session.flush()
    record(
        GroupLinkRenewed(
            event_id=group.event_id, subject=subject_of_group(group.id), group_id=group.id
        )
    )
    tell_contact(group)
    return queries.group_token(group)


@atomic
def set_terms(
    event_id: int,
    now: datetime,
    *,
    organisation_cap: int | None,
    substitute_until: datetime | None,
    choose_sessions: bool,
) -> GroupTerms:
    """Say what an event allows organisations; who is registered already stays."""
    row = queries.terms(event_id)
    if row is None:
        row = GroupTerms(event_id=event_id)
        db.session.add(row)
    row.organisation_cap, row.substitute_until = organisation_cap, substitute_until
    row.choose_sessions = choose_sessions
    db.session.flush()
    record(
        GroupTermsChanged(
            event_id=event_id, subject=f"event:{event_id}", organisation_cap=organisation_cap
        )
    )
    return row


@atomic
def move_organisation(old_id: int, new_id: int) -> int:
    """Let everybody of one organisation come from another, at all events; return how many."""
    name = db.session.get_one(Organisation, new_id)
    moved = db.session.scalars(
        select(Registration).where(Registration.organisation_id == old_id).order_by(Registration.id)
    ).all()
    for row in moved:
        row.organisation_id, row.organisation = new_id, name
        index(row, name)
    groups = update(RegistrationGroup).where(RegistrationGroup.organisation_id == old_id)
    db.session.execute(groups.values(organisation_id=new_id))
    db.session.flush()
    return len(moved)


def tell_contact(group: RegistrationGroup) -> None:
    """Write the group's contact a letter with the link to everybody."""
    jobs.enqueue(
        mails.group_received,
        lane=group.contact_email,
        event_id=group.event_id,
        group_id=group.id,
        generation=group.link_generation,
    )


def _group(group_id: int) -> RegistrationGroup:
    row = queries.group(group_id)
    if row is None:
        raise LookupError(f"no group {group_id}")
    return row
