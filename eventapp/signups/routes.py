"""Taking a place in a session and giving it back, as a participant."""

from flask import Blueprint, abort, flash, g, redirect, request
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from eventapp.events.access import Permission
from eventapp.kernel import boundary, clock, i18n, limits
from eventapp.kernel.guard import requires
from eventapp.kernel.i18n import local
from eventapp.kernel.pages import flash_refusal, see_other
from eventapp.kernel.refusal import Refused
from eventapp.programme import queries as programme
from eventapp.programme.models import Session
from eventapp.programme.rules import appointments
from eventapp.programme.rules.appointments import Slot
from eventapp.signups import commands, queries
from eventapp.signups.models import State
from eventapp.signups.rules import Taken

bp = Blueprint("signups", __name__)


@bp.post("/<slug:event>/sessions/<id:session_id>/sign-up")
@requires(Permission.SIGN_UP)
def sign_up(event: str, session_id: int) -> Response:
    """Take a seat, or a place in the queue."""
    session = _own_session(session_id)
    title = local(session.activity.title)
    limits.hit("sign-ups", f"registration:{g.registration.id}")
    try:
        taken = commands.sign_up(session_id, g.registration.id, clock.now())
    except Refused as refused:
        flash_refusal(refused)
    else:
        _flash_taken(taken, title)
    return _back(event)


@bp.post("/<slug:event>/sessions/<id:session_id>/appointment")
@requires(Permission.SIGN_UP)
def appoint(event: str, session_id: int) -> Response:
    """Take the appointment that was picked, or have it instead of the one held so far."""
    session = _own_session(session_id)
    limits.hit("sign-ups", f"registration:{g.registration.id}")
    adviser, _colon, number = request.form.get("appointment", "").partition(":")
    adviser_id, place = boundary.read_id(adviser), boundary.read_id(number)
    if adviser_id is None or place is None:
        flash(_("Please pick a time first."), "warn")
        return _back(event)
    try:
        own = _appointed(session_id, adviser_id, place - 1)
    except Refused as refused:
        flash_refusal(refused)
    else:
        title, when = local(session.activity.title), i18n.when(own.starts_at)
        flash(_("You have an appointment: %(when)s, “%(title)s”.", when=when, title=title), "ok")
    return _back(event)


def _appointed(session_id: int, adviser_id: int, number: int) -> Slot:
    held = queries.of(session_id, g.registration.id)
    now = clock.now()
    if held is not None and held.state is State.CONFIRMED:
        commands.rebook(held.id, adviser_id, number, now)
    else:
        commands.book(session_id, g.registration.id, adviser_id, number, now)
    session = _own_session(session_id)
    return appointments.slot(session, adviser_id, number)


@bp.post("/<slug:event>/sessions/<id:session_id>/leave")
@requires(Permission.SIGN_UP)
def leave(event: str, session_id: int) -> Response:
    """Give a seat or a place in the queue back; the next in the queue moves up at once."""
    title = local(_own_session(session_id).activity.title)
    held = queries.of(session_id, g.registration.id)
    if held is None:
        abort(404)
    try:
        commands.leave_and_promote(held.id, clock.now())
    except Refused as refused:
        flash_refusal(refused)
    else:
        flash(_("Your place in “%(title)s” is given back.", title=title), "ok")
    return _back(event)


def _own_session(session_id: int) -> Session:
    session = programme.session(session_id)
    if session is None or session.event_id != g.event.id:
        abort(404)
    return session


def _flash_taken(taken: Taken, title: str) -> None:
    if taken.state is State.CONFIRMED:
        flash(_("You have a place in “%(title)s”.", title=title), "ok")
        return
    place = taken.position or 1
    flash(
        ngettext(
            "“%(title)s” is full. You are first on the waiting list.",
            "“%(title)s” is full. You are number %(num)s on the waiting list.",
            place,
            title=title,
        ),
        "warn",
    )


def _back(event: str) -> Response:
    """Go back to the page that the button stood on."""
    goal = boundary.safe_next(request.form.get("next"), "")
    if goal:
        return redirect(goal, code=303)
    return see_other("desk.mine", event=event)
