"""Named reads of the directory."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache

from sqlalchemy import Select, bindparam, select

from eventapp.directory.models import Commitment, Organisation, Person
from eventapp.kernel import text
from eventapp.kernel.db import db


def lock_person(person_id: int) -> None:
    """Take the person's row for this transaction: the first lock of every sign-up."""
    db.session.execute(select(Person.id).where(Person.id == person_id).with_for_update())


def clashes(
    person_id: int, starts_at: datetime, ends_at: datetime, *, besides: str = ""
) -> Sequence[Commitment]:
    """List what keeps the person busy between two moments, apart from the source *besides*."""
    asked = {"person_id": person_id, "starts_at": starts_at, "ends_at": ends_at, "besides": besides}
    return db.session.scalars(_clashes(), asked).all()


@cache  # building it takes longer than asking, and every sign-up asks
def _clashes() -> Select[Commitment]:
    query = select(Commitment).where(
        Commitment.person_id == bindparam("person_id"),
        Commitment.starts_at < bindparam("ends_at"),
        Commitment.ends_at > bindparam("starts_at"),
        Commitment.source != bindparam("besides"),
    )
    return query.order_by(Commitment.starts_at, Commitment.id)


def commitments(person_id: int, event_id: int) -> Sequence[Commitment]:
    """List everything that keeps a person busy at an event, in time order."""
    query = select(Commitment).where(
        Commitment.person_id == person_id, Commitment.event_id == event_id
    )
    return db.session.scalars(query.order_by(Commitment.starts_at, Commitment.id)).all()


def person(person_id: int) -> Person | None:
    """Return one person."""
    return db.session.get(Person, person_id)


def organisation(organisation_id: int) -> Organisation | None:
    """Return one organisation."""
    return db.session.get(Organisation, organisation_id)


def organisation_by_nip(host_id: int, nip: str) -> Organisation | None:
    """Return the host's organisation with this NIP (digits only)."""
    query = select(Organisation).where(Organisation.host_id == host_id, Organisation.nip == nip)
    return db.session.scalars(query).first()


def organisation_by_name(host_id: int, name: str) -> Organisation | None:
    """Return the host's organisation of this name, as sorting reads names."""
    query = select(Organisation).where(
        Organisation.host_id == host_id, Organisation.sort_key == text.sort_key(name)
    )
    return db.session.scalars(query.order_by(Organisation.id)).first()


def organisations(host_id: int) -> Sequence[Organisation]:
    """List the host's organisations in Polish alphabetical order."""
    query = select(Organisation).where(Organisation.host_id == host_id)
    return db.session.scalars(query.order_by(Organisation.sort_key, Organisation.id)).all()
