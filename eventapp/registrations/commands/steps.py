"""Steps that several commands take."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from eventapp.directory import commands as directory
from eventapp.directory import queries as known
from eventapp.directory.models import Organisation
from eventapp.events import commands as events
from eventapp.events import queries as frame
from eventapp.events.models import Category, Event
from eventapp.kernel import jobs, text, tokens
from eventapp.kernel.db import db
from eventapp.kernel.refusal import Refused
from eventapp.registrations import queries, rules
from eventapp.registrations.commands.details import OrganisationDetails
from eventapp.registrations.models import (
    Consent,
    ConsentKind,
    HeldPlace,
    Registration,
    RetiredBadge,
    State,
)
from eventapp.registrations.rules import RegistrationRefusal
from eventapp.registrations.rules.enquiry import AreaBasis


def behind_locks(registration_id: int) -> Registration:
    """Return a registration behind its locks."""
    row = queries.locked(registration_id)
    if row is None:
        raise LookupError(f"no registration {registration_id}")
    return row


def event_of(event_id: int) -> Event:
    """Return the event of this id."""
    return db.session.get_one(Event, event_id)


def touch(row: Registration) -> None:
    """Write the registration down, one version later."""
    row.version += 1
    db.session.flush()


def subject_of(row: Registration) -> str:
    """Return what facts about a registration are about."""
    return f"registration:{row.id}"


def subject_of_group(group_id: int) -> str:
    """Return what facts about a group are about."""
    return f"registration-group:{group_id}"


def held_behind_lock(held_id: int) -> HeldPlace:
    """Return a held place behind its lock; raises `Refused` when it is held no more."""
    row = queries.locked_place(held_id)
    if row is None or row.state not in rules.OPEN:
        raise Refused(RegistrationRefusal.PLACE_TAKEN)
    return row


def tell(row: Registration, letter: Any, **args: Any) -> None:
    """Write a letter to the person, if there is a mailbox."""
    if row.email:
        jobs.enqueue(letter, lane=row.email, event_id=row.event_id, registration_id=row.id, **args)


def check_move(row: Registration, state: State) -> None:
    """Raise `Refused` unless a registration may come to stand at *state*."""
    if refusal := rules.refuse_move(row, state):
        raise Refused(refusal, state=rules.state_word(row.state))


def follow_quota(row: Registration, old: State, new: State) -> None:
    """Let a guest's place in the institution's quota follow the way from *old* to *new*.

    Raises `Refused` where somebody shall come back and no place is left.
    """
    if row.organiser_id is None or (old in rules.OPEN) == (new in rules.OPEN):
        return
    if new in rules.OPEN:
        events.take_guest_place(row.organiser_id)
    else:
        events.return_guest_place(row.organiser_id)


def retire_badge(row: Registration, now: datetime) -> None:
    """Let the present badge open nothing any more, and remember that it did once."""
    if row.badge_hash is not None:
        db.session.add(
            RetiredBadge(badge_hash=row.badge_hash, registration_id=row.id, retired_at=now)
        )


def consent_row(
    registration_id: int, kind: ConsentKind, now: datetime, *, given: bool, clause_version: str
) -> Consent:
    """Return a new answer to one consent question."""
    return Consent(
        registration_id=registration_id,
        kind=kind,
        given=given,
        clause_version=clause_version,
        at=now,
    )


def category_of(event: Event, code: str) -> Category:
    """Return the event's category of this code; raises `Refused`."""
    found = frame.category(event.id, code)
    if found is None:
        raise Refused(RegistrationRefusal.UNKNOWN_CATEGORY, category=code)
    return found


def organisation_said(
    event: Event, said: OrganisationDetails, category: Category | None
) -> Organisation:
    """Return the organisation somebody names; what is known of it is not overwritten.

    Numbers of registers that nobody has given yet are learnt.
    """
    found = (
        known.organisation_by_nip(event.host_id, said.nip)
        if said.nip
        else known.organisation_by_name(event.host_id, said.name)
    )
    if found is not None:
        found.krs, found.regon = found.krs or said.krs, found.regon or said.regon
        return found
    if not said.name:
        raise Refused(RegistrationRefusal.UNKNOWN_ORGANISATION)
    columns = asdict(said)
    runner, runner_nip = columns.pop("run_by"), columns.pop("run_by_nip")
    code = category.code if category else ""
    made = directory.keep_organisation(event.host_id, category=code, **columns)
    if runner:
        body = OrganisationDetails(name=runner, nip=runner_nip)
        made.run_by_id = organisation_said(event, body, None).id
    return made


def organisation_row(organisation_id: int | None) -> Organisation | None:
    """Return the organisation of this id, if there is one."""
    return known.organisation(organisation_id) if organisation_id is not None else None


def locate(row: Registration, event: Event) -> None:
    """Fill in what the commune's name or code tells: code, county, in the area or not.

    What staff have decided by hand stays. Where the seat counts, the organisation's place decides.
    """
    units = frame.area_units(event.id) if row.gmina or row.teryt else []
    unit = rules.unit_called(units, row.gmina) if not row.teryt else None
    if unit is not None:
        row.teryt, row.county = unit.teryt6, unit.county
    if row.area_reason:
        return
    if queries.form_of(event.id).area_basis is AreaBasis.SEAT:
        row.in_area = _seat_in_area(row, event)
    else:
        row.in_area = rules.is_in_area(
            event.area_county_codes, units, teryt=row.teryt, gmina=row.gmina
        )


def _seat_in_area(row: Registration, event: Event) -> bool | None:
    seat = organisation_row(row.organisation_id) if row.organisation_id else row.organisation
    if seat is None:
        return None
    return rules.is_in_area(
        event.area_county_codes, frame.area_units(event.id), teryt=seat.teryt, gmina=seat.gmina
    )


def index(row: Registration, organisation: Organisation | None) -> None:
    """Set what sorting and searching go by."""
    row.sort_key = text.sort_key(row.last_name, row.first_name)
    row.search_key = text.search_key(
        row.first_name, row.last_name, organisation.name if organisation else "", row.email or ""
    )


def identity_key(row: Registration) -> str | None:
    """Return the key that two registrations of one person share, or None without an e-mail."""
    if not row.email:
        return None
    return tokens.hashed(f"{row.email}\n{text.search_key(row.first_name, row.last_name)}")


def refuse_duplicate(row: Registration) -> None:
    """Raise `Refused` if somebody of this name and e-mail is registered already."""
    if row.identity_key is None:
        return
    other = queries.open_identity(row.event_id, row.identity_key)
    if other is not None and other is not row:
        raise Refused(RegistrationRefusal.ALREADY_REGISTERED)
