"""Taking a place in a session and giving it back, as a participant."""

from typing import Any

from flask import Blueprint, Flask, abort, flash, g, redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from eventapp.events import queries as frame
from eventapp.events.access import Permission
from eventapp.kernel import boundary, clock, i18n, limits
from eventapp.kernel.guard import public, requires
from eventapp.kernel.i18n import local
from eventapp.kernel.pages import flash_refusal, flash_with_undo, see_other
from eventapp.kernel.refusal import Refused
from eventapp.programme import queries as programme
from eventapp.programme.models import Session
from eventapp.programme.rules import appointments
from eventapp.programme.rules.appointments import Slot
from eventapp.signups import commands, queries
from eventapp.signups.forms import KeepPolicy, KeepTerms, queue_rule
from eventapp.signups.models import SignUp, State
from eventapp.signups.rules import Taken

bp = Blueprint("signups", __name__)


def install(app: Flask) -> None:
    """Give templates the words for the rules of queues."""
    app.jinja_env.globals["queue_rule"] = queue_rule


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


@bp.post("/<slug:event>/sessions/<id:session_id>/offer/claim")
@requires(Permission.SIGN_UP)
def take_offer(event: str, session_id: int) -> Response:
    """Take the seat that is held, or near the start one that is free."""
    held = _own_place(session_id)
    try:
        commands.claim(held.id, clock.now())
    except Refused as refused:
        flash_refusal(refused)
    else:
        flash(_("You have a place in “%(title)s”.", title=local(held.session.activity.title)), "ok")
    return _back(event)


@bp.post("/<slug:event>/sessions/<id:session_id>/offer/decline")
@requires(Permission.SIGN_UP)
def turn_down(event: str, session_id: int) -> Response:
    """Turn the seat that is held down; the next in the queue is asked at once."""
    held = _own_place(session_id)
    try:
        commands.decline_and_promote(held.id, clock.now())
    except Refused as refused:
        flash_refusal(refused)
    else:
        title = local(held.session.activity.title)
        flash(_("The seat in “%(title)s” goes to the next person.", title=title), "ok")
    return _back(event)


def _own_place(session_id: int) -> SignUp:
    _own_session(session_id)
    held = queries.of(session_id, g.registration.id)
    if held is None:
        abort(404)
    return held


@bp.get("/<slug:event>/offers/<token>")
@public
def offer(event: str, token: str) -> str:
    """Show what a letter's link is about, with the buttons that act; looking changes nothing."""
    boundary.keep_private()
    row, now = _by_token(token), clock.now()
    choice = queries.choice(row.session_id, row.registration, now)
    if choice is None:
        abort(404)
    return render_template(
        "signups/offer.html",
        row=row,
        token=token,
        choice=choice,
        first_name=row.registration.first_name,
    )


@bp.post("/<slug:event>/offers/<token>/claim")
@public
def claim(event: str, token: str) -> Response:
    """Take the seat that the letter speaks of."""
    row = _by_token(token)
    try:
        commands.claim(row.id, clock.now())
    except Refused as refused:
        flash_refusal(refused)
    return see_other(".offer", event=event, token=token)


@bp.post("/<slug:event>/offers/<token>/decline")
@public
def decline(event: str, token: str) -> Response:
    """Turn the seat down that the letter speaks of; the next in the queue is asked at once."""
    row = _by_token(token)
    try:
        commands.decline_and_promote(row.id, clock.now())
    except Refused as refused:
        flash_refusal(refused)
    return see_other(".offer", event=event, token=token)


def _by_token(token: str) -> SignUp:
    row = queries.by_token(token)
    if row is None or row.session.event_id != g.event.id:
        limits.hit("token-probes", limits.address())
        abort(404)
    return row


# --- what the organiser asks --------------------------------------------------------------------


@bp.get("/<slug:event>/desk/sign-ups")
@requires(Permission.MANAGE_EVENT)
def policy(event: str) -> str:
    """Show what the event asks of those who sign up, to be changed."""
    shown = KeepPolicy.shown(queries.policy(g.event.id))
    return _policy_page(KeepPolicy(formdata=None, **shown))


def _policy_page(form: KeepPolicy) -> str:
    boundary.keep_private()
    return render_template("signups/policy.html", form=form)


@bp.post("/<slug:event>/desk/sign-ups")
@requires(Permission.MANAGE_EVENT)
def save_policy(event: str) -> Response | str:
    """Replace what the event asks; seats that are free by now go on."""
    form, now = KeepPolicy(), clock.now()
    if not form.validate():
        return _policy_page(form)
    commands.set_policy(g.event.id, now, **form.values())
    commands.fill_seats(g.event.id, now)
    flash_with_undo(_("The rules of sign-up are saved."), f"sign-up-policy:{g.event.id}")
    return see_other(".policy", event=event)


@bp.get("/<slug:event>/desk/sessions/<id:session_id>/terms")
@requires(Permission.EDIT_PROGRAMME)
def terms(event: str, session_id: int) -> str:
    """Show what a session asks of those who sign up, to be changed."""
    row = _own_session(session_id)
    shown = KeepTerms.shown(queries.terms(session_id), row.overbooking_percent)
    return _terms_page(_terms_form(row, formdata=None, **shown), row)


def _terms_form(row: Session, **given: Any) -> KeepTerms:
    categories = frame.categories(row.event_id)
    others = queries.activities(row.event_id, besides=row.activity_id)
    groups = {
        code: [local(one.name) for one in categories if one.group == code]
        for code in sorted({one.group for one in categories})
    }
    named = {one.id: one.name for one in categories}
    return KeepTerms.of(groups)(named, others, **given)


def _terms_page(form: KeepTerms, row: Session) -> str:
    boundary.keep_private()
    return render_template("signups/terms.html", form=form, session=row)


@bp.post("/<slug:event>/desk/sessions/<id:session_id>/terms")
@requires(Permission.EDIT_PROGRAMME)
def save_terms(event: str, session_id: int) -> Response | str:
    """Replace what a session asks; seats that are free by now go on."""
    row, now = _own_session(session_id), clock.now()
    form = _terms_form(row)
    if not form.validate():
        return _terms_page(form, row)
    percent = form.overbooking_percent.data or 0
    try:
        commands.set_terms(session_id, now, overbooking_percent=percent, **form.values())
    except Refused as refused:
        flash_refusal(refused)
        return _terms_page(form, _own_session(session_id))  # what was read is forgotten with it
    commands.promote(session_id, now)
    flash_with_undo(_("The terms of sign-up are saved."), f"session-terms:{session_id}")
    return see_other(".terms", event=event, session_id=session_id)


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
