"""Changes of the directory: people, organisations, and what keeps a person busy."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, delete, exists, select, update

from eventapp.directory import queries, rules
from eventapp.directory.models import (
    TASKS,
    CalendarNote,
    Commitment,
    CommitmentKind,
    Organisation,
    Person,
)
from eventapp.directory.rules import DirectoryRefusal
from eventapp.kernel import clock, text
from eventapp.kernel.db import append, append_all, atomic, columns_naming, db
from eventapp.kernel.facts import Fact, record
from eventapp.kernel.refusal import Refused

NOTICE = timedelta(minutes=30)  # how long before it is due a calendar shows a deadline


@dataclass(frozen=True, kw_only=True)
class FeedRenewed(Fact):
    """The address of a calendar of tasks was replaced; the old one leads nowhere."""

    kind: ClassVar[str] = "feed-renewed"


@atomic
def keep_person(
    host_id: int, *, title: str, first_name: str, last_name: str, email: str | None
) -> Person:
    """Return the person the host knows by this name and e-mail, or note a new one.

    Without an e-mail, or with another one, a namesake is somebody else: two people of one
    name must never share a badge or a history.
    """
    search_key = text.search_key(first_name, last_name)
    found = _known_person(host_id, search_key, email) if email else None
    if found is not None:
        return found
    person = Person(
        host_id=host_id,
        title=title,
        first_name=first_name,
        last_name=last_name,
        email=email,
        sort_key=text.sort_key(last_name, first_name),
        search_key=search_key,
    )
    db.session.add(person)
    db.session.flush()
    return person


@atomic
def keep_member(host_id: int, name: str, email: str) -> Person:
    """Return the person that a member of a team is, by the mailbox or noted anew.

    Where several people share the mailbox, the name decides.
    """
    known = queries.people_of_mailbox(host_id, email)
    if len(known) == 1:
        return known[0]
    first_name, _space, last_name = name.strip().rpartition(" ")
    return keep_person(
        host_id, title="", first_name=first_name or last_name, last_name=last_name, email=email
    )


@atomic
def keep_people(host_id: int, people: Sequence[Mapping[str, Any]]) -> list[int]:
    """Return the ids of many people, known by name and e-mail or noted anew, in their order.

    Each is a mapping of title, first_name, last_name and email; the rule is that of `keep_person`.
    """
    keys = [(one["email"], text.search_key(one["first_name"], one["last_name"])) for one in people]
    known = _known_people(host_id, {email for email, _name in keys if email})
    new: dict[Any, Mapping[str, Any]] = {}
    for place, (one, key) in enumerate(zip(people, keys, strict=True)):
        if key not in known:
            new.setdefault(key if key[0] else place, one)
    rows = [_person_row(host_id, one) for one in new.values()]
    made = dict(zip(new, append_all(Person, rows), strict=True))
    return [
        known[key] if key in known else made[key if key[0] else place]
        for place, key in enumerate(keys)
    ]


def _known_people(host_id: int, emails: set[str]) -> dict[tuple[str | None, str], int]:
    found: dict[tuple[str | None, str], int] = {}
    for some in _cut(sorted(emails)):
        query = select(Person.id, Person.email, Person.search_key)
        query = query.where(Person.host_id == host_id, Person.email.in_(some))
        for number, email, key in db.session.execute(query.order_by(Person.id)):
            found.setdefault((email, key), number)
    return found


def _cut(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Cut a long list into pieces that a statement takes."""
    return (values[start : start + 500] for start in range(0, len(values), 500))


def _person_row(host_id: int, one: Mapping[str, Any]) -> dict[str, Any]:
    first, last = one["first_name"], one["last_name"]
    return {
        "host_id": host_id,
        "title": one["title"],
        "first_name": first,
        "last_name": last,
        "email": one["email"],
        "sort_key": text.sort_key(last, first),
        "search_key": text.search_key(first, last),
    }


@atomic
def forget_unused(person_ids: Collection[int]) -> None:
    """Forget those of these people whom nothing in the house refers to any more."""
    unused = [~exists().where(column == Person.id) for column in columns_naming(Person)]
    for some in _cut(sorted(person_ids)):
        db.session.execute(
            delete(Person).where(Person.id.in_(some), *unused),
            execution_options={"synchronize_session": False},
        )


@atomic
def rename_person(person_id: int, **columns: Any) -> Person:
    """Replace a person's title, names or e-mail as the host knows them."""
    person = db.session.get_one(Person, person_id)
    for column, value in columns.items():
        setattr(person, column, value)
    person.sort_key = text.sort_key(person.last_name, person.first_name)
    person.search_key = text.search_key(person.first_name, person.last_name)
    return person


def _known_person(host_id: int, search_key: str, email: str) -> Person | None:
    query = select(Person).where(
        Person.host_id == host_id, Person.email == email, Person.search_key == search_key
    )
    return db.session.scalars(query.order_by(Person.id)).first()


@atomic
def keep_organisation(
    host_id: int, *, name: str, category: str, nip: str | None = None, **columns: Any
) -> Organisation:
    """Return the organisation the host knows by its NIP (else its name), or note a new one.

    What *columns* says replaces what was known.
    """
    found = _known_organisation(host_id, name, nip)
    if found is None:
        found = Organisation(host_id=host_id, nip=nip)
        db.session.add(found)
    found.name = name
    found.category = category
    found.sort_key = text.sort_key(name)
    found.search_key = text.search_key(name, nip or "", columns.get("city", found.city or ""))
    for column, value in columns.items():
        setattr(found, column, value)
    db.session.flush()
    return found


def _known_organisation(host_id: int, name: str, nip: str | None) -> Organisation | None:
    query = select(Organisation).where(Organisation.host_id == host_id)
    if nip:
        return db.session.scalars(query.where(Organisation.nip == nip)).first()
    by_name = query.where(Organisation.nip.is_(None), Organisation.sort_key == text.sort_key(name))
    return db.session.scalars(by_name.order_by(Organisation.id)).first()


@atomic
def correct_numbers(
    organisation_id: int, now: datetime, *, nip: str | None, krs: str | None, regon: str | None
) -> Organisation:
    """Correct an organisation's numbers; two organisations of a host never have one NIP."""
    row = db.session.get_one(Organisation, organisation_id)
    other = queries.organisation_by_nip(row.host_id, nip) if nip else None
    if other is not None and other is not row:
        raise Refused(DirectoryRefusal.NIP_TAKEN, organisation=other.name)
    row.nip, row.krs, row.regon = nip, krs, regon
    row.search_key = text.search_key(row.name, nip or "", row.city or "")
    db.session.flush()
    return row


@atomic
def absorb_organisation(kept_id: int, other_id: int, now: datetime) -> Organisation:
    """Let *kept_id* have what is known of the other and not of it, and forget the other.

    Whatever names the other must have been told before.
    """
    kept = db.session.get_one(Organisation, kept_id, with_for_update=True)
    other = db.session.get_one(Organisation, other_id, with_for_update=True)
    if refusal := rules.refuse_merging(kept.id, other.id, kept.nip, other.nip):
        raise Refused(refusal)
    learnt = {name: getattr(other, name) for name in LEARNT if not getattr(kept, name)}
    run = update(Organisation).where(Organisation.run_by_id == other_id)
    db.session.execute(run.values(run_by_id=kept_id))
    db.session.delete(other)
    db.session.flush()
    for name, value in learnt.items():
        setattr(kept, name, value)
    if kept.run_by_id == kept.id:
        kept.run_by_id = None
    kept.search_key = text.search_key(kept.name, kept.nip or "", kept.city or "")
    db.session.flush()
    return kept


LEARNT = (
    "nip",
    "regon",
    "krs",
    "street",
    "postcode",
    "city",
    "gmina",
    "county",
    "teryt",
    "email",
    "category",
)


@atomic
def commit(
    person_id: int,
    event_id: int,
    kind: CommitmentKind,
    source: str,
    label: Mapping[str, str],
    starts_at: datetime,
    ends_at: datetime,
    *,
    venue_id: int | None = None,
    lapses_at: datetime | None = None,
) -> None:
    """Note that *source* (``session:12``) keeps the person busy, not after *lapses_at* if given."""
    append(
        Commitment,
        person_id=person_id,
        event_id=event_id,
        kind=kind,
        source=source,
        label=dict(label),
        starts_at=starts_at,
        ends_at=ends_at,
        venue_id=venue_id,
        lapses_at=lapses_at,
        sequence=_above_note(person_id, kind, source) if kind in TASKS else 0,
    )


@atomic
def free(person_id: int, kind: CommitmentKind, source: str) -> None:
    """Let *source* keep the person busy no longer."""
    _end(
        Commitment.person_id == person_id, Commitment.kind == kind, Commitment.source == source,
        tasks=kind in TASKS,
    )  # fmt: skip


@atomic
def free_all(source: str) -> None:
    """Let *source* keep nobody busy any longer."""
    _end(Commitment.source == source, tasks=True)


@atomic
def shift(source: str, starts_at: datetime, ends_at: datetime, venue_id: int | None) -> None:
    """Move what *source* keeps people busy with to another time or venue."""
    moved = {"starts_at": starts_at, "ends_at": ends_at, "venue_id": venue_id}
    higher = Commitment.sequence + 1
    db.session.execute(
        update(Commitment).where(Commitment.source == source).values(sequence=higher, **moved)
    )


@atomic
def free_all_of_kind(source: str, kind: CommitmentKind) -> None:
    """Let *source* keep nobody busy any longer in this capacity."""
    _end(Commitment.source == source, Commitment.kind == kind, tasks=kind in TASKS)


def _end(*which: ColumnElement[bool], tasks: bool) -> None:
    """Delete commitments; of *tasks*, calendars are to say so for a while."""
    if tasks:
        now = clock.now()
        ended = select(Commitment).where(*which, Commitment.kind.in_(TASKS))
        rows = db.session.scalars(ended.order_by(Commitment.id)).all()
        append_all(CalendarNote, [_called_off(row, now) for row in rows])
    db.session.execute(delete(Commitment).where(*which))


def _called_off(row: Commitment, now: datetime) -> dict[str, Any]:
    kept = ("person_id", "event_id", "kind", "source", "label", "starts_at", "ends_at")
    told = {name: getattr(row, name) for name in kept}
    return {**told, "sequence": row.sequence + 1, "changed_at": now, "called_off_at": now}


def _above_note(person_id: int, kind: CommitmentKind, source: str) -> int:
    """Take back that a task was called off; return the SEQUENCE with which it comes back."""
    row = _note(person_id, kind, source)
    if row is None:
        return 0
    db.session.delete(row)
    db.session.flush()
    return row.sequence + 1


# --- calendars ----------------------------------------------------------------------------


@atomic
def remind(
    person_id: int,
    event_id: int,
    kind: CommitmentKind,
    source: str,
    label: Mapping[str, str],
    due_at: datetime,
) -> None:
    """Let a person's calendar show a deadline of *source*, instead of the one it had."""
    row = _note(person_id, kind, source)
    if row is None:
        row = CalendarNote(
            person_id=person_id, event_id=event_id, kind=kind, source=source, sequence=-1
        )
        db.session.add(row)
    row.label, row.called_off_at = dict(label), None
    row.starts_at, row.ends_at = due_at - NOTICE, due_at
    row.sequence += 1
    row.changed_at = clock.now()
    db.session.flush()


@atomic
def forget(person_id: int, kind: CommitmentKind, source: str) -> None:
    """Take a deadline off a person's calendar; it says so for a while."""
    row = _note(person_id, kind, source)
    if row is not None and row.called_off_at is None:
        row.called_off_at = row.changed_at = clock.now()
        row.sequence += 1
        db.session.flush()


@atomic
def renew_feed(person_id: int) -> None:
    """Replace the address of the calendar of a person's tasks; the old one leads nowhere."""
    row = db.session.get_one(Person, person_id, with_for_update=True, populate_existing=True)
    row.feed_generation += 1
    record(FeedRenewed(event_id=None, subject=f"person:{row.id}"))


def _note(person_id: int, kind: CommitmentKind, source: str) -> CalendarNote | None:
    found = select(CalendarNote).where(
        CalendarNote.person_id == person_id,
        CalendarNote.kind == kind,
        CalendarNote.source == source,
    )
    return db.session.scalars(found).first()
