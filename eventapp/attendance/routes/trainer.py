"""Who is here, for those who lead a session, behind their personal link."""

from flask import abort, flash, g, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from eventapp.attendance import commands, queries
from eventapp.attendance.routes.frame import bp
from eventapp.attendance.rules import taking
from eventapp.checkin.commands import Hand
from eventapp.checkin.rules import Method
from eventapp.events import queries as frame
from eventapp.kernel import boundary, clock, facts, i18n, limits
from eventapp.kernel.guard import public
from eventapp.kernel.pages import flash_refusal, see_other
from eventapp.kernel.refusal import Refused
from eventapp.programme import queries as programme
from eventapp.programme.models import Session, SessionState, Speaker


def _led(token: str, session_id: int) -> tuple[Speaker, Session]:
    """Return whose link this is and the session, which must be one that they lead."""
    row, found = programme.speaker_by_link(token), programme.session(session_id)
    if row is None:
        limits.hit("token-probes", limits.address())
        abort(404)
    if found is None or row.id not in {named.speaker_id for named in found.speakers}:
        abort(404)
    g.event = frame.event(row.event_id)
    boundary.keep_private()
    i18n.prefer(row.locale)
    facts.act_as(f"speaker:{row.id}")
    return row, found


def _hand(row: Speaker) -> Hand:
    return Hand(actor=f"speaker:{row.id}", station=programme.name_of(row.person)[:120])


@bp.get("/speaking/<token>/sessions/<id:session_id>/presence")
@public
def here(token: str, session_id: int) -> str:
    """Show who is here, to be noted by one tap each, during the session."""
    row, session = _led(token, session_id)
    now = clock.now()
    span, grace = queries.span_of(session), queries.grace_of(session.event_id)
    refusal = taking.refuse_tap(span, grace, now, is_held=session.state is SessionState.SCHEDULED)
    known = queries.in_session(session)
    own = queries.tapped_by(session.id, f"speaker:{row.id}")
    named = {one.id: one for one in queries.may_come(session)}
    extra = [one for one in queries.people_of(known) if one.id not in named]
    return render_template(
        "attendance/here.html",
        token=token,
        session=session,
        people=[*named.values(), *extra],
        known=known,
        own=own,
        refusal=refusal,
        opens_at=taking.opens_at(span, grace),
        closes_at=taking.closes_at(span, grace),
        late=now > session.starts_at + grace,
        trainer=Method.TRAINER,
        back={"text": _("My sessions"), "url": url_for("programme.speaking", token=token)},
    )


def _back(token: str, session_id: int) -> Response:
    return see_other(".here", token=token, session_id=session_id)


@bp.post("/speaking/<token>/sessions/<id:session_id>/presence/<id:registration_id>")
@public
def tap(token: str, session_id: int, registration_id: int) -> Response:
    """Note that one person is here."""
    row, session = _led(token, session_id)
    _own(session, registration_id)
    just_now = request.form.get("just_now") == "1"
    try:
        commands.tap(session.id, registration_id, clock.now(), _hand(row), just_now=just_now)
    except Refused as refused:
        flash_refusal(refused)
    return _back(token, session_id)


def _own(session: Session, registration_id: int) -> None:
    """Stop where the person is not of the event: such an id says nothing about anybody."""
    rows = queries.people_of([registration_id])
    if not rows or rows[0].event_id != session.event_id:
        abort(404)


@bp.post("/speaking/<token>/sessions/<id:session_id>/presence/<id:registration_id>/undo")
@public
def untap(token: str, session_id: int, registration_id: int) -> Response:
    """Take one tap back."""
    row, session = _led(token, session_id)
    _own(session, registration_id)
    try:
        commands.untap(session.id, registration_id, clock.now(), _hand(row))
    except Refused as refused:
        flash_refusal(refused)
    return _back(token, session_id)


@bp.post("/speaking/<token>/sessions/<id:session_id>/presence")
@public
def tap_everybody(token: str, session_id: int) -> Response:
    """Note that everybody who is expected is here."""
    row, session = _led(token, session_id)
    expected = [one.id for one in queries.may_come(session)]
    try:
        count = commands.tap_all(session.id, expected, clock.now(), _hand(row))
    except Refused as refused:
        flash_refusal(refused)
    else:
        said = ngettext("%(num)d person is noted.", "%(num)d people are noted.", count)
        flash(said if count else _("Everybody was noted already."), "ok")
    return _back(token, session_id)
