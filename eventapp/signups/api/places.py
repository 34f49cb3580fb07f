"""Seats and places in queues: listed, given, taken back, claimed."""

from datetime import datetime
from typing import Any

from flask import Response, abort

from eventapp.events import queries as frame
from eventapp.events.access import Permission
from eventapp.kernel import clock, i18n, limits, rest
from eventapp.kernel.guard import requires
from eventapp.kernel.openapi import operation
from eventapp.kernel.refusal import N_, Refused
from eventapp.kernel.schema import Body, IdText, Moment, Shown
from eventapp.kernel.text import full_name
from eventapp.programme import queries as programme
from eventapp.programme.rules.appointments import Slot
from eventapp.signups import commands, queries
from eventapp.signups.api.frame import SIGN_UPS, bp
from eventapp.signups.models import SignUp, State
from eventapp.signups.rules import LeaveRefusal, OfferRefusal, SignUpRefusal, Taken


class Picked(Body):
    """One appointment of advice: with whom, and when it begins."""

    adviser: IdText
    starts_at: Moment


class NewSignUp(Body):
    """Who shall have a seat, or a place in the queue; in advice, the `appointment` or the first."""

    registration: IdText
    appointment: Picked | None = None


class ShownPicked(Shown):
    """The appointment that a place in advice is."""

    adviser: str
    starts_at: datetime
    ends_at: datetime


class ShownAppointment(ShownPicked):
    """An appointment of advice, and whether it can be had."""

    adviser_name: str
    free: bool


class SignedUp(Shown):
    """What came of a sign-up; `position` is the place in the queue, from 1."""

    id: str
    state: State
    position: int | None


class ShownSignUp(SignedUp):
    """One person's seat or place in the queue."""

    registration: str
    registration_ref: str | None
    name: str
    signed_up_at: datetime
    appointment: ShownPicked | None
    offered_until: datetime | None


@bp.get("/sessions/<id:session_id>/sign-ups")
@requires(Permission.SEE_PEOPLE, programme.event_of_session)
@operation(
    N_("List who has a seat or waits"),
    about=SIGN_UPS,
    answers={200: list[ShownSignUp]},
    lists=True,
)
def sign_ups(session_id: int) -> Response:
    """List a session's seats and places in the queue."""
    asked = rest.window()
    rows = queries.listed(session_id, after=asked.after_id, limit=asked.limit + 1)
    places = queries.positions_in(session_id)
    until = queries.held_until(session_id, clock.now())
    event = frame.event(programme.event_of_session(session_id) or 0)
    zone = event.timezone if event is not None else None
    return rest.listed(
        rows, asked, lambda row: _shown(row, places.get(row.id), until.get(row.id), zone)
    )


def _shown(
    row: SignUp, position: int | None, until: datetime | None, zone: str | None
) -> ShownSignUp:
    person = row.registration
    return ShownSignUp(
        id=str(row.id),
        state=row.state,
        position=position,
        registration=str(row.registration_id),
        registration_ref=person.ref,
        name=full_name(person.title, person.first_name, person.last_name),
        signed_up_at=i18n.local_time(row.created_at, zone),
        appointment=_picked(queries.slot_of(row), zone),
        offered_until=i18n.moment(until, zone),
    )


def _picked(slot: Slot | None, zone: str | None) -> ShownPicked | None:
    if slot is None:
        return None
    return ShownPicked(
        adviser=str(slot.adviser_id),
        starts_at=i18n.local_time(slot.starts_at, zone),
        ends_at=i18n.local_time(slot.ends_at, zone),
    )


@bp.get("/sessions/<id:session_id>/appointments")
@requires(Permission.READ_EVENT, programme.event_of_session)
@operation(
    N_("List the appointments of one-to-one advice"),
    about=SIGN_UPS,
    answers={200: list[ShownAppointment]},
)
def appointments(session_id: int) -> Response:
    """List the appointments of a session in time order; none where it is no advice."""
    found = programme.session(session_id)
    if found is None:
        abort(404)
    event = frame.event(found.event_id)
    zone = event.timezone if event is not None else None
    names = {row.speaker_id: programme.name_of(row.speaker.person) for row in found.speakers}
    free = queries.free_slots(found)
    shown = [
        ShownAppointment(
            adviser=str(one.adviser_id),
            adviser_name=names[one.adviser_id],
            starts_at=i18n.local_time(one.starts_at, zone),
            ends_at=i18n.local_time(one.ends_at, zone),
            free=one in free,
        )
        for one in queries.slots(found)
    ]
    return rest.answered(shown)


@bp.post("/sessions/<id:session_id>/sign-ups")
@requires(Permission.MANAGE_PEOPLE, programme.event_of_session)
@operation(
    N_("Sign somebody up: a seat, or a place in the queue"),
    about=SIGN_UPS,
    body=NewSignUp,
    answers={201: SignedUp},
    refuses=(SignUpRefusal,),
    repeats=True,
)
def sign_up(session_id: int, body: NewSignUp) -> Response:
    """Sign somebody up for them: no window and no approval, but capacity and overlap hold."""
    limits.hit("sign-ups", f"registration:{body.registration}")
    registration_id, now = int(body.registration), clock.now()
    if body.appointment is None:
        taken = rest.once(lambda: _shown_taken(commands.enter(session_id, registration_id, now)))
        return rest.answered(taken, 201)
    picked = _slot(session_id, body.appointment)
    taken = rest.once(
        lambda: _shown_taken(
            commands.appoint(session_id, registration_id, picked.adviser_id, picked.number, now)
        )
    )
    return rest.answered(taken, 201)


def _slot(session_id: int, picked: Picked) -> Slot:
    """Return the appointment that begins then; refused where there is none."""
    found = programme.session(session_id)
    wished = (int(picked.adviser), picked.starts_at)
    for one in queries.slots(found) if found is not None else []:
        if (one.adviser_id, one.starts_at) == wished:
            return one
    raise Refused(SignUpRefusal.NO_SUCH_APPOINTMENT)


def _shown_taken(taken: Taken) -> dict[str, Any]:
    return {"id": str(taken.id), "state": taken.state.value, "position": taken.position}


@bp.delete("/sign-ups/<id:sign_up_id>")
@requires(Permission.MANAGE_PEOPLE, queries.event_of_sign_up)
@operation(
    N_("Take a place back; the next in the queue has it at once"),
    about=SIGN_UPS,
    answers={204: None},
    refuses=(LeaveRefusal,),
)
def release(sign_up_id: int) -> Response:
    """Take a place from somebody, and promote before this is answered."""
    commands.release_and_promote(sign_up_id, clock.now())
    return rest.nothing()


@bp.post("/sign-ups/<id:sign_up_id>/claim")
@requires(Permission.MANAGE_PEOPLE, queries.event_of_sign_up)
@operation(
    N_("Take the seat that is held for somebody, for them"),
    about=SIGN_UPS,
    answers={200: SignedUp},
    refuses=(OfferRefusal, SignUpRefusal),
    repeats=True,
)
def claim(sign_up_id: int) -> Response:
    """Take a seat on offer for somebody who has said so, on the telephone perhaps."""
    now = clock.now()
    return rest.answered(rest.once(lambda: _shown_seat(commands.claim(sign_up_id, now))))


def _shown_seat(row: SignUp) -> dict[str, Any]:
    return {"id": str(row.id), "state": row.state.value, "position": None}
