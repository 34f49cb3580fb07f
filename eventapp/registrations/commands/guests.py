"""Guests of an institution: invited by it within its quota, corrected and cancelled by it."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from eventapp.events import commands as events
from eventapp.events import queries as frame
from eventapp.events.models import Event
from eventapp.kernel.db import atomic
from eventapp.kernel.facts import record
from eventapp.kernel.refusal import Refused
from eventapp.registrations import rules
from eventapp.registrations.commands.details import Details
from eventapp.registrations.commands.editing import edit
from eventapp.registrations.commands.facts import GuestInvited
from eventapp.registrations.commands.registering import add, places_taken
from eventapp.registrations.commands.standing import strike_off
from eventapp.registrations.commands.steps import behind_locks, event_of, subject_of
from eventapp.registrations.models import Registration, Source, State
from eventapp.registrations.rules import RegistrationRefusal


@atomic
def invite_guest(organiser_id: int, details: Details, now: datetime) -> Registration:
    """Give one of an institution's places to a guest, who is qualified at once.

    Neither window nor approval applies; the quota and the event's places do.
    """
    organiser = frame.organiser(organiser_id)
    if organiser is None:
        raise LookupError(f"no institution {organiser_id}")
    event = event_of(organiser.event_id)
    if refusal := rules.refuse_guest(event, _today(event, now)):
        raise Refused(refusal)
    events.take_guest_place(organiser_id)
    places = rules.places_of(event)
    if places is not None and places_taken(event.id) >= places:
        raise Refused(RegistrationRefusal.EVENT_FULL, places=places)
    row = add(
        event, details, now, source=Source.INVITED, state=State.QUALIFIED, organiser_id=organiser_id
    )
    record(
        GuestInvited(
            event_id=event.id,
            subject=subject_of(row),
            registration_id=row.id,
            organiser_id=organiser_id,
        )
    )
    return row


@atomic
def correct_guest(
    registration_id: int, now: datetime, *, first_name: str, last_name: str, email: str | None
) -> Registration:
    """Correct the name and address of a guest, until the event begins."""
    _check_change(registration_id, now)
    return edit(registration_id, now, first_name=first_name, last_name=last_name, email=email)


@atomic
def cancel_guest(registration_id: int, now: datetime) -> Registration:
    """Take a guest's place back into the quota, until the event begins."""
    _check_change(registration_id, now)
    return strike_off(registration_id, now)


def _check_change(registration_id: int, now: datetime) -> None:
    row = behind_locks(registration_id)
    event = event_of(row.event_id)
    if refusal := rules.refuse_guest_change(row, event, _today(event, now)):
        raise Refused(refusal, state=rules.state_word(row.state))


def _today(event: Event, now: datetime) -> date:
    return now.astimezone(ZoneInfo(event.timezone)).date()
