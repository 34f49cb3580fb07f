"""Taking part: by the public form, by staff, at the door."""

import secrets
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from eventapp.directory import commands as directory
from eventapp.directory import queries as known
from eventapp.directory.models import Organisation, Person
from eventapp.events.models import Category, Event
from eventapp.kernel import tokens
from eventapp.kernel.db import atomic, db
from eventapp.kernel.facts import record
from eventapp.kernel.refusal import Refused
from eventapp.registrations import mails, queries, rules
from eventapp.registrations.commands.answers import check_first_step, keep_answers
from eventapp.registrations.commands.details import Details, Paper
from eventapp.registrations.commands.facts import RegistrationSubmitted
from eventapp.registrations.commands.monitoring import keep_monitoring
from eventapp.registrations.commands.steps import (
    category_of,
    consent_row,
    event_of,
    identity_key,
    index,
    locate,
    organisation_row,
    organisation_said,
    refuse_duplicate,
    subject_of,
    tell,
)
from eventapp.registrations.models import (
    ConsentKind,
    Registration,
    Source,
    State,
)
from eventapp.registrations.rules import RegistrationRefusal
from eventapp.registrations.rules.eligibility import (
    Applicant,
    eligibility_of,
    is_full,
    refuse_applicant,
)


@atomic
def register(event_id: int, details: Details, now: datetime) -> Registration:
    """Take part, by the public form: in its window, once per person, the clause acknowledged."""
    event = event_of(event_id)
    refuse_outside_window(event, now)
    require_clause(details)
    check_first_step(event_id, details.category, details.answers)
    taken = places_taken(event_id)
    state = rules.first_state(event, taken, category_full=_category_full(event, details.category))
    row = add(event, details, now, source=Source.WWW, state=state)
    _check_applicant(row, event, details)
    refuse_over_cap(event, row.organisation_id, 1)
    return row


def refuse_outside_window(event: Event, now: datetime) -> None:
    """Raise `Refused` unless people may register by themselves at *now*."""
    if refusal := rules.refuse_window(event, now):
        raise Refused(
            refusal,
            opens_at=event.registration_opens_at,
            closes_at=event.registration_closes_at,
        )


def _category_full(event: Event, code: str | None) -> bool:
    """Tell whether the category's own places are taken; `places_taken` keeps others from it."""
    asked = eligibility_of(queries.form_of(event.id), code)
    if code is None or asked.places is None:
        return False
    return is_full(asked, queries.category_taken(category_of(event, code).id))


def _check_applicant(row: Registration, event: Event, details: Details) -> None:
    """Raise `Refused` unless somebody may register by themselves as what they say."""
    organisation = row.organisation
    who = Applicant(
        organisation=organisation is not None,
        nip=organisation is not None and organisation.nip is not None,
        run_by=organisation is not None and organisation.run_by_id is not None,
        in_area=row.in_area,
        place_named=bool(row.gmina),
    )
    form = queries.form_of(event.id)
    if refusal := refuse_applicant(form, details.category, who):
        raise Refused(refusal, area=event.area_description or "–", place=row.gmina)


def refuse_over_cap(event: Event, organisation_id: int | None, asked: int) -> None:
    """Raise `Refused` if an organisation has too many places with the *asked* just written.

    The event's row is locked by `places_taken`, so two colleagues are counted one by one.
    """
    terms = queries.terms(event.id)
    if organisation_id is None or terms is None or terms.organisation_cap is None:
        return
    db.session.flush()
    taken = queries.organisation_taken(event.id, organisation_id) - asked
    if rules.over_cap(terms.organisation_cap, taken, asked):
        organisation = known.organisation(organisation_id)
        raise Refused(
            RegistrationRefusal.ORGANISATION_FULL,
            organisation=organisation.name if organisation else "",
            cap=terms.organisation_cap,
            taken=taken,
            asked=asked,
        )


@atomic
def enter(
    event_id: int,
    details: Details,
    now: datetime,
    *,
    source: Source,
    state: State | None = None,
    ref: str | None = None,
    paper: Paper | None = None,
    person_id: int | None = None,
) -> Registration:
    """Register somebody for them: from paper, by telephone, by API; no window applies.

    *person_id* names whom of the host's known people staff recognised; nobody else is merged.
    """
    event = event_of(event_id)
    if ref is not None and queries.by_ref(event_id, ref) is not None:
        raise Refused(RegistrationRefusal.REF_TAKEN, ref=ref)
    state = state or rules.entered_state(event)
    return add(
        event, details, now, source=source, state=state, ref=ref, paper=paper, person_id=person_id
    )


@atomic
def walk_in(event_id: int, details: Details, now: datetime) -> Registration:
    """Register somebody who stands at the door: qualified at once, the clause acknowledged."""
    event = event_of(event_id)
    if not event.walk_ins:
        raise Refused(RegistrationRefusal.NO_WALK_INS)
    require_clause(details)
    return add(event, details, now, source=Source.WALK_IN, state=State.QUALIFIED)


def add(
    event: Event,
    details: Details,
    now: datetime,
    *,
    source: Source,
    state: State,
    ref: str | None = None,
    replaces: Registration | None = None,
    organiser_id: int | None = None,
    group_id: int | None = None,
    paper: Paper | None = None,
    person_id: int | None = None,
) -> Registration:
    """Write one registration with all that belongs to it, and tell the person."""
    category = category_of(event, details.category) if details.category else None
    organisation = _organisation(event, details, category, replaces)
    person = _recognised(event, person_id) if person_id is not None else _met(event, details)
    row = _new_row(event, person, details, now)
    row.received_on = paper.received_on if paper is not None else None
    row.organisation, row.category = organisation, category
    row.source, row.state, row.ref = source, state, ref
    row.replaces_id = replaces.id if replaces else None
    row.organiser_id = replaces.organiser_id if replaces else organiser_id
    row.group_id = replaces.group_id if replaces else group_id
    locate(row, event)
    index(row, organisation)
    row.identity_key = identity_key(row) if state in rules.OPEN else None
    refuse_duplicate(row)
    db.session.add(row)
    db.session.flush()
    row.badge_hash = tokens.hashed(queries.badge_code(row))
    _keep_answers(row, details, now, paper)
    record(
        RegistrationSubmitted(
            event_id=event.id,
            subject=subject_of(row),
            registration_id=row.id,
            state=state.value,
            source=source.value,
        )
    )
    tell(row, mails.received)
    return row


def places_taken(event_id: int) -> int:
    """Count the places of an event that are given, and let nobody else count them meanwhile."""
    # The event's row keeps two people from taking its last place at once.
    db.session.execute(select(Event.id).where(Event.id == event_id).with_for_update(key_share=True))
    return queries.places_taken(event_id)


def _met(event: Event, details: Details) -> Person:
    return directory.keep_person(
        event.host_id,
        title=details.title,
        first_name=details.first_name,
        last_name=details.last_name,
        email=details.email,
    )


def _recognised(event: Event, person_id: int) -> Person:
    person = known.person(person_id)
    if person is None or person.host_id != event.host_id:
        raise LookupError(f"no person {person_id} of this host")
    return person


def _new_row(event: Event, person: Person, details: Details, now: datetime) -> Registration:
    return Registration(
        event_id=event.id,
        person_id=person.id,
        person=person,
        number=_new_number(),
        registered_at=now,
        badge_generation=1,
        link_generation=1,
        feed_generation=1,
        version=1,
        area_reason="",
        **_own_columns(details),
    )


def _own_columns(details: Details) -> dict[str, Any]:
    return {
        "title": details.title,
        "first_name": details.first_name,
        "last_name": details.last_name,
        "form_of_address": details.form_of_address,
        "email": details.email,
        "phone": details.phone,
        "locale": details.locale,
        "job": details.job,
        "postcode": details.postcode,
        "gmina": details.gmina,
        "county": details.county,
        "teryt": details.teryt,
        "diet": details.diet,
        "needs": list(details.needs),
        "accommodation": list(details.accommodation),
        "transport": list(details.transport),
    }


def _organisation(
    event: Event, details: Details, category: Category | None, replaces: Registration | None
) -> Organisation | None:
    if details.organisation_id is not None:
        return known.organisation(details.organisation_id)
    if details.organisation is not None:
        return organisation_said(event, details.organisation, category)
    return organisation_row(replaces.organisation_id) if replaces else None


def _keep_answers(row: Registration, details: Details, now: datetime, paper: Paper | None) -> None:
    version = details.clause_version
    if details.consents and not version:  # read out at the door, or on paper: the present one
        version = queries.clause_number(row.event_id, now)
    for kind, given in details.consents.items():
        at = _signed_at(row, paper, now) if kind is ConsentKind.INFORMATION_CLAUSE else now
        db.session.add(consent_row(row.id, kind, at, given=given, clause_version=version))
    keep_answers(row.id, row.event_id, details.answers, now)
    if details.monitoring is not None:
        keep_monitoring(row.id, details.monitoring, now)
    db.session.flush()


def _signed_at(row: Registration, paper: Paper | None, now: datetime) -> datetime:
    """Return when the clause was acknowledged: on paper, the day by which it was signed."""
    if paper is None or paper.clause_on is None:
        return now
    zone = ZoneInfo(event_of(row.event_id).timezone)
    return min(now, datetime.combine(paper.clause_on, time(12), zone))


def _new_number() -> str:
    letters = (secrets.choice(rules.NUMBER_LETTERS) for _ in range(rules.NUMBER_LENGTH))
    return "".join(letters)


def require_clause(details: Details) -> None:
    """Raise `Refused` unless the information on personal data was acknowledged."""
    if not details.consents.get(ConsentKind.INFORMATION_CLAUSE):
        raise Refused(RegistrationRefusal.CLAUSE_REQUIRED)
