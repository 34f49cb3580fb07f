"""Correcting what was given."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from eventapp.kernel.db import atomic, db
from eventapp.kernel.facts import record
from eventapp.kernel.refusal import refuse_stale
from eventapp.registrations import mails, rules
from eventapp.registrations.commands.answers import answered
from eventapp.registrations.commands.deciding import decide
from eventapp.registrations.commands.details import OrganisationDetails
from eventapp.registrations.commands.facts import ConsentAnswered, RegistrationChanged
from eventapp.registrations.commands.keys import renew_link
from eventapp.registrations.commands.standing import strike_off
from eventapp.registrations.commands.steps import (
    behind_locks,
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
    touch,
)
from eventapp.registrations.models import (
    ConsentKind,
    Registration,
    State,
)

CHANGEABLE = {
    "title",
    "first_name",
    "last_name",
    "form_of_address",
    "email",
    "phone",
    "locale",
    "organisation_id",
    "job",
    "postcode",
    "gmina",
    "county",
    "teryt",
    "diet",
    "needs",
    "accommodation",
    "transport",
}


@atomic
def change(
    registration_id: int, now: datetime, *, category: str | None = None, **columns: Any
) -> Registration:
    """Correct what was given; *columns* are those of `CHANGEABLE`, *category* is a code."""
    if unknown := columns.keys() - CHANGEABLE:
        raise ValueError(f"not to be changed here: {sorted(unknown)}")
    row = behind_locks(registration_id)
    event = event_of(row.event_id)
    old_email = row.email
    if "gmina" in columns and "teryt" not in columns:
        row.teryt, row.county = "", ""  # another name is another place; its code is found below
    for column, value in columns.items():
        setattr(row, column, value)
    if category is not None:
        row.category_id = category_of(event, category).id
    if not {"teryt", "gmina"}.isdisjoint(columns):
        locate(row, event)
    index(row, organisation_row(row.organisation_id))
    if row.state in rules.OPEN:
        row.identity_key = identity_key(row)
        refuse_duplicate(row)
    touch(row)
    if row.email != old_email:  # whoever reads the old mailbox must not hold the key any more
        renew_link(registration_id, now)
        tell(row, mails.received)
    changed = sorted({*columns, *(["category"] if category is not None else [])})
    record(
        RegistrationChanged(
            event_id=row.event_id, subject=subject_of(row), registration_id=row.id, columns=changed
        )
    )
    return row


@atomic
def edit(
    registration_id: int,
    now: datetime,
    *,
    expected: Collection[int] | None = None,
    state: State | None = None,
    organisation: OrganisationDetails | None = None,
    answers: Mapping[str, Any] | None = None,
    **columns: Any,
) -> Registration:
    """Correct what was given and decide, in one step; what is the same stays untouched.

    *columns* are those of `change`, *answers* those to the event's own questions; *expected* are
    versions read before: raises `Stale` when it has another one by now.
    """
    row = behind_locks(registration_id)
    refuse_stale(row.version, expected)
    if organisation is not None:
        columns["organisation_id"] = organisation_said(
            event_of(row.event_id), organisation, None
        ).id
    category = columns.pop("category", None)
    own = {name: value for name, value in columns.items() if getattr(row, name) != value}
    if own or category is not None:
        change(registration_id, now, category=category, **own)
    answered(row, now, answers or {})
    if state is State.CANCELLED:
        return strike_off(registration_id, now)
    return decide(registration_id, state, now) if state is not None else row


@atomic
def answer_consent(
    registration_id: int, kind: ConsentKind, now: datetime, *, given: bool, clause_version: str = ""
) -> None:
    """Give or withdraw one consent; every answer is kept."""
    row = behind_locks(registration_id)
    db.session.add(consent_row(row.id, kind, now, given=given, clause_version=clause_version))
    record(
        ConsentAnswered(
            event_id=row.event_id,
            subject=subject_of(row),
            registration_id=row.id,
            consent=kind.value,
            given=given,
        )
    )
