"""What the team keeps: verdicts on acts, notes, views, people known before."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from eventapp.directory.models import Person
from eventapp.kernel import text
from eventapp.kernel.db import db
from eventapp.registrations import rules
from eventapp.registrations.models import PeopleView, Registration, RegistrationNote
from eventapp.registrations.queries.decided import open_decisions_of
from eventapp.registrations.queries.registered import whole
from eventapp.registrations.rules import many
from eventapp.registrations.rules.many import Ask, Verdict


def judged(event_id: int, registration_ids: Collection[int], ask: Ask) -> list[Verdict]:
    """Tell whom an act on these registrations of an event reaches, by their names."""
    query = whole().where(Registration.event_id == event_id, Registration.id.in_(registration_ids))
    query = query.order_by(Registration.sort_key, Registration.id)
    rows = db.session.scalars(query.execution_options(populate_existing=True)).all()
    return many.judge(rows, ask, open_decisions_of(registration_ids), _taken_twice(event_id, rows))


def _taken_twice(event_id: int, rows: Sequence[Registration]) -> frozenset[int]:
    """Return who is out of the event while somebody of the same name and e-mail is in it."""
    out = {row.id: (row.email, row.person_id) for row in rows if row.state not in rules.OPEN}
    emails = {email for email, _person in out.values() if email}
    query = select(Registration.email, Registration.person_id).where(
        Registration.event_id == event_id, Registration.identity_key.is_not(None),
        Registration.email.in_(emails),
    )  # fmt: skip
    inside = {tuple(pair) for pair in db.session.execute(query)} if emails else set()
    return frozenset(number for number, pair in out.items() if pair in inside)


def notes(registration_id: int) -> Sequence[RegistrationNote]:
    """List the team's notes about a registration, newest first."""
    query = select(RegistrationNote).where(RegistrationNote.registration_id == registration_id)
    return db.session.scalars(query.order_by(RegistrationNote.id.desc())).all()


def views(event_id: int) -> Sequence[PeopleView]:
    """List the kept ways to look at an event's people, by name."""
    query = select(PeopleView).where(PeopleView.event_id == event_id)
    return sorted(db.session.scalars(query), key=lambda one: text.sort_key(one.name))


def view_called(event_id: int, name: str) -> PeopleView | None:
    """Return the kept view of this name."""
    query = select(PeopleView).where(PeopleView.event_id == event_id, PeopleView.name == name)
    return db.session.scalars(query).first()


def namesakes(row: Registration) -> Sequence[Registration]:
    """List who else at the event is called so; two of one name are easily taken for each other."""
    query = whole().where(Registration.event_id == row.event_id, Registration.id != row.id)
    query = query.where(Registration.sort_key == row.sort_key, Registration.state.in_(rules.OPEN))
    return db.session.scalars(query.order_by(Registration.id)).all()


@dataclass(frozen=True)
class Known:
    """Somebody the host knows, and the registration in which they were met last."""

    person: Person
    last: Registration | None


def known_people(host_id: int, *, name: str, email: str | None, phone: str) -> list[Known]:
    """List whom the host knows by a name, an e-mail or a telephone number, best fits first.

    *name* is as `text.search_key` reads it. Nobody is merged: this is what staff may pick from.
    """
    told = [Registration.phone == phone] if phone else []
    told += [Registration.email == email, Person.email == email] if email else []
    query = select(Person, Registration).outerjoin(
        Registration, Registration.person_id == Person.id
    )
    query = query.where(Person.host_id == host_id, or_(Person.search_key == name, *told))
    query = query.options(joinedload(Registration.organisation), joinedload(Registration.category))
    found: dict[int, Known] = {}
    for person, row in db.session.execute(query.order_by(Registration.id.desc())):
        found.setdefault(person.id, Known(person=person, last=row))
    return sorted(found.values(), key=lambda one: (one.person.search_key != name, one.person.id))
