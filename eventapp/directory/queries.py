"""Named reads of the directory."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Select, bindparam, select

from eventapp.directory.models import Commitment, CommitmentKind, Organisation, Person
from eventapp.kernel import text
from eventapp.kernel.db import ask, db, table_of

Kept = TypeVar("Kept", "Busy", Commitment)


def lock_person(person_id: int) -> None:
    """Take the person's row for this transaction: the first lock of every sign-up."""
    db.session.execute(select(Person.id).where(Person.id == person_id).with_for_update())


class Busy(NamedTuple):
    """What keeps a person busy, as a decision sees it; names are those of `Commitment`."""

    kind: CommitmentKind
    source: str
    label: Mapping[str, str]
    starts_at: datetime
    ends_at: datetime
    venue_id: int | None = None
    lapses_at: datetime | None = None


def standing(rows: "Sequence[Kept]", now: datetime) -> "list[Kept]":
    """Return those commitments that still keep the person busy at *now*."""
    return [row for row in rows if row.lapses_at is None or row.lapses_at >= now]


def clashes(
    person_id: int, starts_at: datetime, ends_at: datetime, *, besides: str = ""
) -> Sequence[Busy]:
    """List what keeps the person busy between two moments, apart from the source *besides*."""
    asked = {"person_id": person_id, "starts_at": starts_at, "ends_at": ends_at, "besides": besides}
    return [Busy._make(row) for row in ask(_clashes(), asked)]


@cache  # building it takes longer than asking, and every sign-up asks
def _clashes() -> Select[Any]:
    row = table_of(Commitment).c
    query = select(*(row[name] for name in Busy._fields)).where(
        row.person_id == bindparam("person_id"),
        row.starts_at < bindparam("ends_at"),
        row.ends_at > bindparam("starts_at"),
        row.source != bindparam("besides"),
    )
    return query.order_by(row.starts_at, row.id)


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
