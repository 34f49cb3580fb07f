"""Named reads of the directory."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Select, bindparam, func, select

from eventapp.directory.models import (
    TASKS,
    CalendarNote,
    Commitment,
    CommitmentKind,
    Organisation,
    Person,
)
from eventapp.kernel import boundary, i18n, text, tokens
from eventapp.kernel.db import ask, db, table_of

_GENERATIONS = 50  # older addresses of calendars that are still told apart from unknown ones

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


# --- calendars ----------------------------------------------------------------------------

FEED = "tasks"


class FoundFeed(NamedTuple):
    """What the address of a calendar of tasks leads to: a person, nobody, or nobody any more."""

    person: Person | None = None
    locale: str = i18n.DEFAULT
    rotated: bool = False


def feed_url(row: Person, locale: str) -> str:
    """Return the present address of the calendar of a person's tasks, in a language."""
    token = tokens.personal(f"{FEED}-{locale}", row.id, row.feed_generation)
    return f"{boundary.base_url()}/calendar/{token}.ics"


def by_feed(token: str) -> FoundFeed:
    """Return whose calendar of tasks this is, and in which language."""
    for locale in i18n.LOCALES:
        number = tokens.number_in(token, f"{FEED}-{locale}")
        row = person(number) if number is not None else None
        if row is not None:
            return _judged(row, locale, token)
    return FoundFeed()


def _judged(row: Person, locale: str, token: str) -> FoundFeed:
    purpose = f"{FEED}-{locale}"
    if tokens.is_personal(token, purpose, row.id, row.feed_generation):
        return FoundFeed(row, locale)
    older = range(row.feed_generation - 1, max(0, row.feed_generation - 1 - _GENERATIONS), -1)
    rotated = any(tokens.is_personal(token, purpose, row.id, past) for past in older)
    return FoundFeed(rotated=rotated)


def tasks(person_id: int, event_id: int | None = None) -> Sequence[Commitment]:
    """List what a person has to do at the host's events, or at one, in time order."""
    query = select(Commitment).where(Commitment.person_id == person_id, Commitment.kind.in_(TASKS))
    if event_id is not None:
        query = query.where(Commitment.event_id == event_id)
    return db.session.scalars(query.order_by(Commitment.starts_at, Commitment.id)).all()


def notes(person_id: int, since: datetime, event_id: int | None = None) -> Sequence[CalendarNote]:
    """List a person's deadlines, and the tasks that were called off from *since* on."""
    query = select(CalendarNote).where(
        CalendarNote.person_id == person_id,
        CalendarNote.called_off_at.is_(None) | (CalendarNote.called_off_at >= since),
    )
    if event_id is not None:
        query = query.where(CalendarNote.event_id == event_id)
    return db.session.scalars(query.order_by(CalendarNote.starts_at, CalendarNote.id)).all()


def people_of_mailbox(host_id: int, email: str) -> Sequence[Person]:
    """List the people whom a host reaches at one address."""
    query = select(Person).where(
        Person.host_id == host_id, func.lower(Person.email) == email.lower()
    )
    return db.session.scalars(query.order_by(Person.id)).all()


def busy_people(host_ids: Collection[int], email: str) -> Sequence[Person]:
    """List the people of a mailbox, as these hosts know them, who have or had something to do."""
    row = select(Commitment.person_id).where(Commitment.kind.in_(TASKS))
    note = select(CalendarNote.person_id)
    query = select(Person).where(
        Person.host_id.in_(host_ids), func.lower(Person.email) == email.lower()
    )
    query = query.where(Person.id.in_(row) | Person.id.in_(note))
    return db.session.scalars(query.order_by(Person.sort_key, Person.id)).all()


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
