"""Seats and queues for programs."""

from datetime import datetime
from typing import Any

from flask import Blueprint, Response

from eventapp.events import queries as frame
from eventapp.events.access import Permission
from eventapp.kernel import clock, i18n, limits, rest
from eventapp.kernel.guard import requires
from eventapp.kernel.openapi import operation
from eventapp.kernel.refusal import N_
from eventapp.kernel.schema import Body, IdText, Shown
from eventapp.kernel.text import full_name
from eventapp.programme import queries as programme
from eventapp.signups import commands, queries
from eventapp.signups.models import SignUp, State
from eventapp.signups.rules import LeaveRefusal, SignUpRefusal, Taken

bp = Blueprint("signups_api", __name__, url_prefix="/api/v1")

SIGN_UPS = N_("Sign-ups")


class NewSignUp(Body):
    """Who shall have a seat, or a place in the queue."""

    registration: IdText


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
    event = frame.event(programme.event_of_session(session_id) or 0)
    zone = event.timezone if event is not None else None
    return rest.listed(rows, asked, lambda row: _shown(row, places.get(row.id), zone))


def _shown(row: SignUp, position: int | None, zone: str | None) -> ShownSignUp:
    person = row.registration
    return ShownSignUp(
        id=str(row.id),
        state=row.state,
        position=position,
        registration=str(row.registration_id),
        registration_ref=person.ref,
        name=full_name(person.title, person.first_name, person.last_name),
        signed_up_at=i18n.local_time(row.created_at, zone),
    )


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
    taken = rest.once(lambda: _shown_taken(commands.enter(session_id, registration_id, now)))
    return rest.answered(taken, 201)


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
