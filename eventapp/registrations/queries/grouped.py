"""Organisations that register several people, and places held for people to be named."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, case, func, or_, select
from sqlalchemy.orm import joinedload

from eventapp.directory.models import Organisation
from eventapp.kernel.db import db
from eventapp.registrations import rules
from eventapp.registrations.models import (
    Decision,
    GroupTerms,
    HeldPlace,
    Registration,
    RegistrationGroup,
    State,
)
from eventapp.registrations.queries.decided import UNANNOUNCED
from eventapp.registrations.queries.registered import whole


def places_taken(event_id: int) -> int:
    """Count an event's places that are given, held for somebody, or to be announced as given."""
    promised = select(Decision.registration_id).where(
        Decision.state == State.QUALIFIED, *UNANNOUNCED
    )
    query = select(func.count()).select_from(Registration)
    query = query.where(
        Registration.event_id == event_id,
        or_(Registration.state == State.QUALIFIED, Registration.id.in_(promised)),
    )
    return (db.session.scalar(query) or 0) + held_count(event_id)


def terms(event_id: int) -> GroupTerms | None:
    """Return what an event allows organisations; None where nothing was said."""
    return db.session.get(GroupTerms, event_id)


def group(group_id: int) -> RegistrationGroup | None:
    """Return one group with its organisation and category."""
    return db.session.scalars(_groups().where(RegistrationGroup.id == group_id)).first()


def _groups() -> Select[RegistrationGroup]:
    return select(RegistrationGroup).options(
        joinedload(RegistrationGroup.organisation), joinedload(RegistrationGroup.category)
    )


def groups(
    event_id: int, *, organisation_id: int | None = None, after: int = 0, limit: int | None = None
) -> Sequence[RegistrationGroup]:
    """List an event's groups, or those of one organisation, by id from the one behind *after*."""
    query = _groups().where(RegistrationGroup.event_id == event_id, RegistrationGroup.id > after)
    if organisation_id is not None:
        query = query.where(RegistrationGroup.organisation_id == organisation_id)
    return db.session.scalars(query.order_by(RegistrationGroup.id).limit(limit)).all()


def event_of_group(group_id: int) -> int | None:
    """Return the id of the event a group belongs to."""
    query = select(RegistrationGroup.event_id).where(RegistrationGroup.id == group_id)
    return db.session.scalar(query)


def groups_of_contact(event_id: int, email: str) -> Sequence[RegistrationGroup]:
    """List the groups that one mailbox manages, oldest first."""
    query = _groups().where(
        RegistrationGroup.event_id == event_id, RegistrationGroup.contact_email == email
    )
    return db.session.scalars(query.order_by(RegistrationGroup.id)).all()


def group_of_contact(event_id: int, organisation_id: int, email: str) -> RegistrationGroup | None:
    """Return the group of an organisation that one mailbox manages, if there is one."""
    found = groups_of_contact(event_id, email)
    return next((row for row in found if row.organisation_id == organisation_id), None)


def ungrouped(event_id: int, organisation_id: int) -> Sequence[Registration]:
    """List the people of an organisation whom no contact looks after, by name."""
    query = whole().where(
        Registration.event_id == event_id,
        Registration.organisation_id == organisation_id,
        Registration.group_id.is_(None),
        Registration.state.in_(rules.OPEN),
    )
    return db.session.scalars(query.order_by(Registration.sort_key, Registration.id)).all()


def members(group_id: int, *, states: Collection[State] = tuple(State)) -> Sequence[Registration]:
    """List the people of a group in Polish alphabetical order."""
    query = whole().where(Registration.group_id == group_id, Registration.state.in_(states))
    return db.session.scalars(query.order_by(Registration.sort_key, Registration.id)).all()


def held_place(held_id: int) -> HeldPlace | None:
    """Return one held place with its group."""
    return db.session.scalars(_held().where(HeldPlace.id == held_id)).first()


def _held() -> Select[HeldPlace]:
    return select(HeldPlace).options(
        joinedload(HeldPlace.group).joinedload(RegistrationGroup.organisation),
        joinedload(HeldPlace.group).joinedload(RegistrationGroup.category),
    )


def locked_place(held_id: int) -> HeldPlace | None:
    """Take a held place for this transaction, and return it as it is now."""
    db.session.flush()  # reading anew must not undo what was changed here
    query = select(HeldPlace).where(HeldPlace.id == held_id)
    query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    return db.session.scalars(query).first()


def unnamed(group_id: int) -> Sequence[HeldPlace]:
    """List the places of a group that are still to be named, oldest first."""
    query = _held().where(HeldPlace.group_id == group_id, HeldPlace.replaces_id.is_(None))
    query = query.where(HeldPlace.state.in_(rules.OPEN))
    return db.session.scalars(query.order_by(HeldPlace.id)).all()


def offered(registration_id: int) -> HeldPlace | None:
    """Return the link by which somebody may take this registration's place, if there is one."""
    query = _held().where(HeldPlace.replaces_id == registration_id, HeldPlace.state.in_(rules.OPEN))
    return db.session.scalars(query.order_by(HeldPlace.id.desc())).first()


def offers(registration_ids: Collection[int]) -> Mapping[int, HeldPlace]:
    """Return the links by which somebody may take the place of one of these, by whose it is."""
    query = select(HeldPlace).where(
        HeldPlace.replaces_id.in_(registration_ids), HeldPlace.state.in_(rules.OPEN)
    )
    return {row.replaces_id or 0: row for row in db.session.scalars(query)}


def held_count(event_id: int) -> int:
    """Count the qualified places of an event that are still to be named."""
    query = select(func.count()).select_from(HeldPlace)
    query = query.where(HeldPlace.event_id == event_id, HeldPlace.state == State.QUALIFIED)
    return db.session.scalar(query.where(HeldPlace.replaces_id.is_(None))) or 0


@dataclass(frozen=True)
class Represented:
    """How many people of one organisation an event has: named, and still to be named."""

    organisation: Organisation
    named: int
    qualified: int
    unnamed: int

    @property
    def taken(self) -> int:
        """The places that count against the cap."""
        return self.named + self.unnamed


def represented(event_id: int, organisation_id: int | None = None) -> Sequence[Represented]:
    """List the organisations of an event, or one, with the places they hold, by name."""
    qualified = func.sum(case((Registration.state == State.QUALIFIED, 1), else_=0))
    people = select(Registration.organisation_id, func.count(), qualified).where(
        Registration.event_id == event_id,
        Registration.state.in_(rules.OPEN),
        Registration.organisation_id.is_not(None),
    )
    places = (
        select(RegistrationGroup.organisation_id, func.count())
        .join(HeldPlace, HeldPlace.group_id == RegistrationGroup.id)
        .where(
            HeldPlace.event_id == event_id,
            HeldPlace.replaces_id.is_(None),
            HeldPlace.state.in_(rules.OPEN),
        )
    )
    if organisation_id is not None:
        people = people.where(Registration.organisation_id == organisation_id)
        places = places.where(RegistrationGroup.organisation_id == organisation_id)
    named = {
        row[0]: (row[1], int(row[2]))
        for row in db.session.execute(people.group_by(Registration.organisation_id))
    }
    unnamed = {
        row[0]: row[1]
        for row in db.session.execute(places.group_by(RegistrationGroup.organisation_id))
    }
    query = select(Organisation).where(Organisation.id.in_({*named, *unnamed}))
    return [
        Represented(row, *named.get(row.id, (0, 0)), unnamed.get(row.id, 0))
        for row in db.session.scalars(query.order_by(Organisation.sort_key, Organisation.id))
    ]


def is_represented(event_id: int, organisation_id: int) -> bool:
    """Tell whether anybody of an organisation is or was registered for an event."""
    person = select(Registration.id).where(
        Registration.event_id == event_id, Registration.organisation_id == organisation_id
    )
    if db.session.scalar(person.limit(1)) is not None:
        return True
    return bool(groups(event_id, organisation_id=organisation_id, limit=1))


def organisation_taken(event_id: int, organisation_id: int) -> int:
    """Count the places of an event that an organisation holds, also those still to be named."""
    return sum(row.taken for row in represented(event_id, organisation_id))
