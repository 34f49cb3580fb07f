"""Passing a place on by oneself: it is offered by a link, and whoever opens it takes it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from eventapp.events.models import Event
from eventapp.kernel.db import atomic, db
from eventapp.kernel.refusal import Refused
from eventapp.registrations import queries, rules
from eventapp.registrations.commands.answers import answered, check_first_step
from eventapp.registrations.commands.details import Details
from eventapp.registrations.commands.editing import answer_consent, change
from eventapp.registrations.commands.groups import hold_place, record_held, send_place
from eventapp.registrations.commands.registering import add, require_clause
from eventapp.registrations.commands.standing import substitute
from eventapp.registrations.commands.steps import behind_locks, event_of, held_behind_lock
from eventapp.registrations.models import HeldPlace, Registration, Source, State
from eventapp.registrations.rules import RegistrationRefusal


@atomic
def offer_place(
    registration_id: int,
    now: datetime,
    *,
    session_ids: Sequence[int] = (),
    email: str | None = None,
) -> HeldPlace:
    """Let somebody else take a person's place by a link, until the event's deadline.

    The person keeps it until then. Of the places in sessions those of *session_ids* pass on.
    """
    row = behind_locks(registration_id)
    event = event_of(row.event_id)
    _refuse(row, event, now)
    if queries.offered(registration_id) is not None:
        raise Refused(RegistrationRefusal.ALREADY_OFFERED)
    held = hold_place(
        event.id,
        now,
        state=State.PENDING,
        replaces_id=row.id,
        group_id=row.group_id,
        session_ids=list(session_ids),
    )
    if email:
        return send_place(held.id, email, now)
    record_held(held)
    return held


def _refuse(row: Registration, event: Event, now: datetime) -> None:
    terms = queries.terms(event.id)
    if refusal := rules.refuse_offer(row, event, terms, now):
        until = rules.substitute_deadline(event, terms)
        raise Refused(refusal, until=until, state=rules.state_word(row.state))


@atomic
def take_place(held_id: int, details: Details, now: datetime) -> Registration:
    """Take part in a place that was held, with one's own data and acknowledgements.

    It is either one of a group's, or somebody passes it on. The organisation and, where the
    group has one, the category are those of the place.
    """
    require_clause(details)
    seen = queries.held_place(held_id)
    if seen is None:
        raise LookupError(f"no held place {held_id}")
    if seen.replaces_id is not None:
        behind_locks(seen.replaces_id)  # the person is the first lock
    held = held_behind_lock(held_id)
    event = event_of(held.event_id)
    check_first_step(event.id, details.category, details.answers)
    row = (
        _instead(held, event, details, now)
        if held.replaces_id
        else _named(held, event, details, now)
    )
    held.state, held.registration_id = State.REPLACED, row.id
    db.session.flush()
    return row


def _instead(held: HeldPlace, event: Event, details: Details, now: datetime) -> Registration:
    replaced = behind_locks(held.replaces_id or 0)
    _refuse(replaced, event, now)
    own = replace(details, organisation=None, organisation_id=None)
    return substitute(replaced.id, own, now, session_ids=held.session_ids, state=replaced.state)


def _named(held: HeldPlace, event: Event, details: Details, now: datetime) -> Registration:
    group = queries.group(held.group_id or 0)
    if group is None:
        raise LookupError(f"no group {held.group_id}")
    if refusal := rules.refuse_place(event, now):
        raise Refused(refusal)
    category = group.category.code if group.category else details.category
    own = replace(
        details, organisation=None, organisation_id=group.organisation_id, category=category
    )
    # The held place makes room for the person, so neither cap nor capacity is asked again.
    return add(event, own, now, source=Source.ORGANISATION, state=held.state, group_id=group.id)


OWN = ("first_name", "last_name", "email", "locale")


@atomic
def complete(
    registration_id: int, details: Details, now: datetime, *, asked: Sequence[str] = ()
) -> Registration:
    """Let somebody whom a colleague registered give their own data and acknowledgements.

    Of the columns of *details* those of *asked* were asked, besides name and address.
    """
    require_clause(details)
    row = behind_locks(registration_id)
    check_first_step(row.event_id, details.category, details.answers)
    given = {name: getattr(details, name) for name in (*OWN, *asked)}
    own = {name: value for name, value in given.items() if getattr(row, name) != value}
    change(registration_id, now, category=details.category, **own)
    answered(row, now, details.answers)
    for kind, answer in details.consents.items():
        answer_consent(row.id, kind, now, given=answer, clause_version=details.clause_version)
    return row
