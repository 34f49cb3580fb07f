"""Giving places that nobody came for to those who wait at the door, and giving them back."""

from collections.abc import Collection
from datetime import datetime

from eventapp.attendance import queries
from eventapp.attendance.commands.facts import PlaceGivenAway, PlaceReturned, ReleaseRuleSet
from eventapp.attendance.models import PlaceReleased, ReleaseRule
from eventapp.attendance.queries import DoorList
from eventapp.attendance.rules import ReleaseRefusal
from eventapp.attendance.rules import releasing as rules
from eventapp.attendance.rules.releasing import Unused
from eventapp.kernel import facts
from eventapp.kernel.db import atomic, db
from eventapp.kernel.facts import record
from eventapp.kernel.refusal import Refused
from eventapp.kernel.text import full_name
from eventapp.programme import queries as programme
from eventapp.programme.models import Session
from eventapp.registrations import queries as people
from eventapp.registrations.models import Registration, State
from eventapp.signups import commands as signups


@atomic
def set_release(event_id: int, session_id: int | None, minutes: int | None) -> None:
    """Say when unused places go to the door list: for a session, or for the whole event."""
    if refusal := rules.refuse_minutes(minutes):
        raise Refused(refusal, most=rules.LONGEST)
    row = queries.release_rules(event_id).get(session_id)
    if row is None:
        row = ReleaseRule(event_id=event_id, session_id=session_id)
        db.session.add(row)
    row.minutes = minutes
    subject = f"session:{session_id}" if session_id is not None else f"event:{event_id}"
    record(
        ReleaseRuleSet(event_id=event_id, subject=subject, session_id=session_id, minutes=minutes)
    )


def release_places(session_id: int, now: datetime) -> int:
    """Give unused places of a session to those at its door, in order; return how many.

    A person whom a rule of the sign-up keeps out is passed over. Doing it again does no harm.
    """
    session = _session(session_id)
    if refusal := rules.refuse_release(session, now):
        raise Refused(refusal)
    found = queries.door_list(session)
    if not found.waiting:
        raise Refused(ReleaseRefusal.NOBODY_WAITS)
    if not found.unused:
        raise Refused(ReleaseRefusal.NONE_UNUSED)
    given = 0
    passed_over: dict[int, Refused] = {}
    while (pair := rules.next_pair(found.unused, _waiting(found, passed_over))) is not None:
        place, registration_id = pair
        try:
            _give(session_id, place, registration_id, now)
        except Refused as refused:
            # A place that went meanwhile says nothing about the person.
            if refused.reason is not ReleaseRefusal.NONE_UNUSED:
                passed_over[registration_id] = refused
        else:
            given += 1
        found = queries.door_list(_session(session_id))
    if not given and passed_over:
        raise list(passed_over.values())[-1]
    return given


def _waiting(found: DoorList, passed_over: Collection[int]) -> list[int]:
    ids = [one.registration.id for one in found.waiting]
    return [one for one in ids if one not in passed_over]


@atomic
def seat_at_door(session_id: int, registration_id: int, now: datetime) -> None:
    """Give somebody at a session's door a place, where it is their turn.

    A place that nobody holds goes first, then one whose holder has not come, the one taken last.
    """
    session = _session(session_id)
    found = queries.door_list(session)
    prospect = found.prospect(registration_id)
    if refusal := rules.refuse_seat(session, prospect, now):
        raise Refused(refusal, left=prospect.left)
    if prospect.free is None or prospect.free > 0:
        signups.seat_now(session_id, registration_id, now)
    else:
        last = max(found.unused, key=lambda one: one.ticket)
        _give(session_id, last, registration_id, now)


@atomic
def _give(session_id: int, place: Unused, registration_id: int, now: datetime) -> PlaceReleased:
    session = _session(session_id)
    # Whoever came in while the list was read keeps the place.
    if place.sign_up_id not in {one.sign_up_id for one in queries.door_list(session).unused}:
        raise Refused(ReleaseRefusal.NONE_UNUSED)
    signups.hand_over(place.sign_up_id, registration_id, now)
    row = PlaceReleased(
        event_id=session.event_id,
        session_id=session_id,
        registration_id=place.registration_id,
        given_to_id=registration_id,
        released_at=now,
        actor=facts.actor(),
    )
    db.session.add(row)
    db.session.flush()
    record(
        PlaceGivenAway(
            event_id=session.event_id,
            subject=f"session:{session_id}",
            release_id=row.id,
            session_id=session_id,
            registration_id=place.registration_id,
            given_to_id=registration_id,
        )
    )
    return row


@atomic
def return_place(release_id: int, now: datetime) -> PlaceReleased:
    """Give a place back to whom it was taken from, unless somebody sits on it."""
    row = db.session.get_one(PlaceReleased, release_id, with_for_update=True)
    if row.undone_at is not None:
        raise Refused(ReleaseRefusal.ALREADY_RETURNED)
    holder, taker = people.registration(row.registration_id), people.registration(row.given_to_id)
    if holder is None or holder.state is not State.QUALIFIED:
        raise Refused(ReleaseRefusal.ENDED_FOR_HOLDER, name=_name(holder))
    session = _session(row.session_id)
    place = _place_of(session, row.given_to_id)
    if place is None:
        raise Refused(ReleaseRefusal.TAKEN, name=_name(taker))
    signups.hand_over(place.sign_up_id, row.registration_id, now)
    row.undone_at, row.undone_by = now, facts.actor()
    record(
        PlaceReturned(
            event_id=row.event_id,
            subject=f"session:{row.session_id}",
            release_id=row.id,
            session_id=row.session_id,
            registration_id=row.registration_id,
            given_to_id=row.given_to_id,
        )
    )
    return row


def _place_of(session: Session, registration_id: int) -> Unused | None:
    """Return the place of somebody who was given one and has not come in on it yet."""
    called = queries.door_list(session).called
    return next((one for one in called if one.registration_id == registration_id), None)


def _session(session_id: int) -> Session:
    session = programme.session_anew(session_id)
    if session is None:
        raise LookupError(f"no session {session_id}")
    return session


def _name(row: Registration | None) -> str:
    return full_name(row.title, row.first_name, row.last_name) if row is not None else "–"
