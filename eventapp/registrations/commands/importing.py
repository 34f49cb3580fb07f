"""A table of people: taken over as a whole, and taken back as a whole.

Thousands of lines go in few statements, past the mapper; what becomes of each is what
`registering.add` would make of it.
"""

import secrets
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, delete, exists, func, select, update

from eventapp.directory import commands as directory
from eventapp.directory.models import Organisation
from eventapp.events import queries as frame
from eventapp.events.models import Event
from eventapp.kernel import jobs, journal, text, tokens
from eventapp.kernel.db import append_all, atomic, columns_naming, db, table_of
from eventapp.kernel.facts import record_all
from eventapp.kernel.journal import Keeper, UndoRefusal, Values
from eventapp.kernel.refusal import N_, Refusal, Refused
from eventapp.registrations import mails, queries, rules
from eventapp.registrations.commands.details import OrganisationDetails
from eventapp.registrations.commands.editing import change
from eventapp.registrations.commands.facts import RegistrationSubmitted, RegistrationTakenOut
from eventapp.registrations.commands.steps import event_of, identity_key, organisation_said, touch
from eventapp.registrations.models import (
    Consent,
    ConsentKind,
    FormOfAddress,
    ImportedChange,
    PeopleImport,
    Registration,
    Source,
)
from eventapp.registrations.rules.many import Telling
from eventapp.registrations.rules.sheets import EDITABLE, Line

ANSWERS = {"photo": ConsentKind.PHOTO, "newsletter": ConsentKind.NEWSLETTER}
NOON = time(12)


class ImportRefusal(Refusal):
    """Why a table cannot be taken over, or not be taken back."""

    TOLD = (
        "told",
        N_("These people were written to, so they stay. Cancel the registrations instead."),
    )
    GONE = "gone", N_("The people of this table were removed; put the table in once more.")
    CHANGED = (
        "changed",
        N_("The list of people has changed since the preview. Please look once more."),
    )


@dataclass(frozen=True, kw_only=True)
class Imported:
    """How many an import added and changed; `fact_id` names what can be taken back."""

    added: int
    changed: int
    fact_id: int | None
    import_id: int | None


@atomic
def import_people(
    event_id: int, lines: Sequence[Line], now: datetime, *, telling: Telling = Telling.LATER
) -> Imported:
    """Take over all lines of a table of people, or none; nobody is written to before it is asked.

    Without a state in the line, new people stand as those whom staff enter.
    """
    event = event_of(event_id)
    new = [line for line in lines if line.registration_id is None]
    changed = [line for line in lines if line.registration_id is not None and line.changed]
    if not new and not changed:
        return Imported(added=0, changed=0, fact_id=None, import_id=None)
    told_at = now if telling is Telling.NOW and new else None
    made = PeopleImport(event_id=event_id, at=now, told_at=told_at)
    db.session.add(made)
    db.session.flush()
    work = _Work(event, made.id, now)
    work.add(new, telling)
    work.change(changed, telling)
    fact_id = journal.note(
        event_id,
        f"people-import:{made.id}",
        None,
        {"added": len(new), "changed": len(changed)},
    )
    return Imported(added=len(new), changed=len(changed), fact_id=fact_id, import_id=made.id)


class _Work:
    """One import: what its lines share is read once."""

    def __init__(self, event: Event, import_id: int, now: datetime) -> None:
        self.event = event
        self.import_id = import_id
        self.now = now
        self.zone = ZoneInfo(event.timezone)
        self.categories = {row.code: row for row in frame.categories(event.id)}
        self.units = frame.area_units(event.id)
        self.located = cache(self._located)
        self.organisation = cache(self._organisation)
        self.numbers = queries.numbers(event.id)

    # --- new people

    def add(self, lines: Sequence[Line], telling: Telling) -> None:
        """Write new registrations with all that belongs to them."""
        people = directory.keep_people(
            self.event.host_id,
            [
                {
                    "title": line.values.get("title", ""),
                    "first_name": line.values["first_name"],
                    "last_name": line.values["last_name"],
                    "email": line.values.get("email"),
                }
                for line in lines
            ],
        )
        rows = [self._row(line.values, who) for line, who in zip(lines, people, strict=True)]
        self._refuse_taken(rows)
        numbers = append_all(Registration, rows)
        _give_badges(numbers)
        append_all(Consent, [
            one for line, number in zip(lines, numbers, strict=True)
            for one in self._consents(number, line.values)
        ])  # fmt: skip
        record_all([
            RegistrationSubmitted(
                event_id=self.event.id, subject=f"registration:{number}", registration_id=number,
                state=row["state"].value, source=Source.IMPORT.value,
            )
            for number, row in zip(numbers, rows, strict=True)
        ])  # fmt: skip
        if telling is Telling.NOW:
            for number, row in zip(numbers, rows, strict=True):
                if row["email"]:
                    jobs.enqueue(
                        mails.received, lane=row["email"], event_id=self.event.id,
                        registration_id=number,
                    )  # fmt: skip

    def _row(self, said: Mapping[str, Any], person_id: int) -> dict[str, Any]:
        first, last, email = said["first_name"], said["last_name"], said.get("email")
        state = said.get("state") or rules.entered_state(self.event)
        category = self.categories.get(said.get("category", ""))
        organisation = self._organisation_of(said)
        gmina = said.get("gmina", "")
        teryt, county, in_area = self.located(gmina)
        return {
            "event_id": self.event.id, "person_id": person_id, "import_id": self.import_id,
            "organisation_id": organisation.id if organisation is not None else None,
            "category_id": category.id if category is not None else None,
            "number": self._number(), "state": state, "source": Source.IMPORT,
            "title": said.get("title", ""), "first_name": first, "last_name": last,
            "form_of_address": FormOfAddress.NONE, "email": email,
            "phone": said.get("phone", ""), "locale": said.get("locale", "pl"),
            "job": said.get("job", ""), "postcode": said.get("postcode", ""),
            "gmina": gmina, "county": county, "teryt": teryt, "in_area": in_area,
            "diet": said.get("diet", ""), "needs": said.get("needs", []),
            "accommodation": [], "transport": [], "registered_at": self.now,
            "received_on": said.get("received_on"),
            "badge_generation": 1, "link_generation": 1, "feed_generation": 1, "version": 1,
            "sort_key": text.sort_key(last, first),
            "search_key": text.search_key(
                first, last, organisation.name if organisation is not None else "", email or ""
            ),
            "identity_key": _identity(email, first, last) if state in rules.OPEN else None,
        }  # fmt: skip

    def _refuse_taken(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Refuse what a preview would have shown as known: somebody registered meanwhile."""
        ours = {row["identity_key"] for row in rows} - {None}
        taken = select(Registration.identity_key).where(
            Registration.event_id == self.event.id, Registration.identity_key.is_not(None)
        )
        if ours & set(db.session.scalars(taken)):
            raise Refused(ImportRefusal.CHANGED)

    def _number(self) -> str:
        while True:
            letters = (secrets.choice(rules.NUMBER_LETTERS) for _ in range(rules.NUMBER_LENGTH))
            number = "".join(letters)
            if number not in self.numbers:
                self.numbers.add(number)
                return number

    def _located(self, gmina: str) -> tuple[str, str, bool | None]:
        unit = rules.unit_called(self.units, gmina) if gmina else None
        teryt, county = (unit.teryt6, unit.county) if unit is not None else ("", "")
        codes = self.event.area_county_codes
        return teryt, county, rules.is_in_area(codes, self.units, teryt=teryt, gmina=gmina)

    def _organisation_of(self, said: Mapping[str, Any]) -> Organisation | None:
        named = said.get("organisation")
        return self.organisation(*named, said.get("category")) if named else None

    def _organisation(self, name: str, nip: str | None, code: str | None) -> Organisation:
        details = OrganisationDetails(name=name, nip=nip)
        return organisation_said(self.event, details, self.categories.get(code or ""))

    def _consents(self, number: int, said: Mapping[str, Any]) -> list[dict[str, Any]]:
        clause = said.get("clause")
        answers: list[tuple[ConsentKind, bool, datetime]] = []
        if clause is not None:
            signed = isinstance(clause, date)
            at = min(self.now, datetime.combine(clause, NOON, self.zone)) if signed else self.now
            answers.append((ConsentKind.INFORMATION_CLAUSE, bool(clause), at))
        answers += [(kind, said[name], self.now) for name, kind in ANSWERS.items() if name in said]
        return [
            {"registration_id": number, "kind": kind, "given": given, "clause_version": "",
             "at": at}
            for kind, given, at in answers
        ]  # fmt: skip

    # --- people who are known

    def change(self, lines: Sequence[Line], telling: Telling) -> None:
        """Correct what is known of people, and keep what it was for an undo."""
        quietly = nullcontext() if telling is Telling.NOW else jobs.silent()
        with quietly:
            for line in lines:
                if line.registration_id is not None:
                    self._change(line.registration_id, line)

    def _change(self, number: int, line: Line) -> None:
        row = queries.locked(number)
        if row is None or row.event_id != self.event.id:
            raise Refused(ImportRefusal.CHANGED)
        said = {name: line.values[name] for name in line.changed if name in EDITABLE}
        before = snapshot(row)
        columns = {name: value for name, value in said.items() if name not in _NAMED}
        if "organisation" in said:
            columns["organisation_id"] = self._organisation_of(line.values).id  # type: ignore[union-attr]
        change(number, self.now, category=said.get("category"), **columns)
        after = snapshot(row)
        names = [name for name in after if after[name] != before[name]]
        db.session.add(
            ImportedChange(
                import_id=self.import_id, registration_id=number,
                before={name: before[name] for name in names},
                after={name: after[name] for name in names},
            )
        )  # fmt: skip


_NAMED = frozenset({"organisation", "category"})
KEPT = (
    "title", "first_name", "last_name", "email", "phone", "category_id", "organisation_id", "job",
    "postcode", "gmina", "diet", "needs", "locale",
)  # fmt: skip


def snapshot(row: Registration) -> dict[str, Any]:
    """Return what a table may change of a registration."""
    return {name: getattr(row, name) for name in KEPT}


def _identity(email: str | None, first: str, last: str) -> str | None:
    return identity_key(Registration(email=email, first_name=first, last_name=last))


def _give_badges(numbers: Sequence[int]) -> None:
    """Let new registrations have the hash of their first badge."""
    table = table_of(Registration)
    giving = update(table).where(table.c.id == bindparam("row"))
    rows = [
        {"row": number, "badge_hash": tokens.hashed(tokens.badge_code(number, 1))}
        for number in numbers
    ]
    if rows:
        db.session.execute(giving.values(badge_hash=bindparam("badge_hash")), rows)


# --- undo -------------------------------------------------------------------------------------


def _values(import_id: int) -> Values | None:
    made = db.session.get(
        PeopleImport, import_id, with_for_update={"key_share": True}, populate_existing=True
    )
    if made is None or made.undone_at is not None:
        return None
    added = select(func.count()).where(Registration.import_id == import_id)
    changed = select(func.count()).where(ImportedChange.import_id == import_id)
    return {"added": db.session.scalar(added), "changed": db.session.scalar(changed)}


def _restore(import_id: int, values: Values | None, now: datetime) -> None:
    made = db.session.get_one(PeopleImport, import_id)
    if values is not None:
        raise Refused(ImportRefusal.GONE)
    if made.told_at is not None:
        raise Refused(ImportRefusal.TOLD)
    _take_changes_back(made, now)
    _take_out(made)
    made.undone_at = now
    db.session.flush()


def _take_changes_back(made: PeopleImport, now: datetime) -> None:
    query = select(ImportedChange).where(ImportedChange.import_id == made.id)
    for one in db.session.scalars(query.order_by(ImportedChange.id.desc())).all():
        row = queries.locked(one.registration_id)
        if row is None or any(getattr(row, name) != value for name, value in one.after.items()):
            raise Refused(UndoRefusal.CHANGED_SINCE)
        columns = dict(one.before)
        if "category_id" in columns:
            row.category_id = columns.pop("category_id")
        with jobs.silent():
            change(row.id, now, **columns)
        touch(row)


def _take_out(made: PeopleImport) -> None:
    """Remove the people whom a table brought in, if nothing was built upon any of them."""
    ours = select(Registration.id).where(Registration.import_id == made.id)
    changed = select(Registration.id).where(
        Registration.import_id == made.id, Registration.version > 1
    )
    if db.session.scalars(changed.limit(1)).first() is not None:
        raise Refused(UndoRefusal.CHANGED_SINCE)
    own = {table_of(Consent).name}
    upon = [column for column in columns_naming(Registration) if column.table.name not in own]
    for column in upon:
        if db.session.scalar(select(exists().where(column.in_(ours)))):
            raise Refused(UndoRefusal.BUILT_UPON)
    gone = db.session.execute(
        select(Registration.id, Registration.person_id).where(Registration.import_id == made.id)
    ).all()
    plain = {"synchronize_session": False}
    db.session.execute(delete(Consent).where(Consent.registration_id.in_(ours)),
                       execution_options=plain)  # fmt: skip
    db.session.execute(delete(Registration).where(Registration.import_id == made.id),
                       execution_options=plain)  # fmt: skip
    db.session.expire_all()
    directory.forget_unused({person_id for _number, person_id in gone})
    record_all([
        RegistrationTakenOut(
            event_id=made.event_id, subject=f"registration:{number}", registration_id=number
        )
        for number, _person_id in gone
    ])  # fmt: skip


IMPORT_KEEPER = Keeper(values=_values, restore=_restore)
