"""Who was in which session for how long, and what was corrected."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import abort, flash, g, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from eventapp.attendance import commands, queries
from eventapp.attendance.forms import Because, Correct
from eventapp.attendance.models import Change, Correction
from eventapp.attendance.queries.lists import Standing
from eventapp.attendance.routes.frame import bp, own_person, own_session
from eventapp.attendance.rules import Attended
from eventapp.attendance.rules.presence import standing
from eventapp.events.access import Permission
from eventapp.kernel import boundary, clock, i18n
from eventapp.kernel.guard import requires
from eventapp.kernel.pages import flash_refusal, see_other
from eventapp.kernel.refusal import Refused
from eventapp.programme import queries as programme
from eventapp.programme.models import Session, SessionState
from eventapp.registrations.models import Registration


@dataclass(frozen=True, kw_only=True)
class SessionCount:
    """A session in numbers: how many were there, the minutes together, its lists."""

    session: Session
    present: int
    minutes: int
    corrected: int
    lists: Sequence[Standing]


@bp.get("/<slug:event>/desk/presence")
@requires(Permission.SEE_PRESENCE)
def overview(event: str) -> str:
    """Show each session with who came, and which lists are still owed."""
    boundary.keep_private()
    sheets: dict[int, list[Standing]] = defaultdict(list)
    for one in queries.attendance_lists(g.event.id):
        sheets[one.sheet.session_id].append(one)
    found: dict[int, list[Attended]] = defaultdict(list)
    for row in queries.presence(g.event.id):
        found[row.session_id].append(row)
    now = clock.now()
    counts = [
        SessionCount(
            session=session,
            present=len(found[session.id]),
            minutes=sum(row.minutes for row in found[session.id]),
            corrected=sum(row.correction is not None for row in found[session.id]),
            lists=sheets[session.id],
        )
        for session in programme.programme(g.event.id)
        if session.state is SessionState.SCHEDULED
    ]
    return render_template(
        "attendance/overview.html",
        days=_by_day(counts),
        people=len({row.registration_id for rows in found.values() for row in rows}),
        minutes=sum(row.minutes for rows in found.values() for row in rows),
        owed=queries.open_lists(g.event.id, now),
        unlisted=[
            one for one in counts if one.session.ends_at < now and one.present and not one.lists
        ],
    )


def _by_day(counts: Sequence[SessionCount]) -> list[tuple[date, list[SessionCount]]]:
    days: dict[date, list[SessionCount]] = defaultdict(list)
    for one in counts:
        days[i18n.day_of(one.session.starts_at)].append(one)
    return sorted(days.items())


@bp.get("/<slug:event>/desk/presence/sessions/<id:session_id>")
@requires(Permission.SEE_PRESENCE)
def session(event: str, session_id: int) -> str:
    """Show who was in a session, from when to when, the minutes, and how it is known."""
    boundary.keep_private()
    row = own_session(session_id)
    known = queries.in_session(row)
    expected = {one.id: one for one in queries.to_print(row)} if row.sign_up != "none" else {}
    rows = [(person, known[person.id]) for person in queries.people_of(known)]
    return render_template(
        "attendance/session.html",
        session=row,
        rows=rows,
        absent=[one for one in expected.values() if one.id not in known],
        lists=queries.attendance_lists(g.event.id, row.id),
        taken_back=_taken_back(queries.corrections_of(row.id)),
        begun=row.starts_at <= clock.now(),
    )


def _taken_back(corrections: Sequence[Correction]) -> int:
    return sum(one.change is Change.UNDONE for one in corrections)


@bp.get("/<slug:event>/desk/presence/people/<id:registration_id>")
@requires(Permission.SEE_PRESENCE)
def person(event: str, registration_id: int) -> str:
    """Show the hours of one person, session by session."""
    boundary.keep_private()
    row = own_person(registration_id)
    known = queries.of_person(g.event.id, row.id)
    places = queries.places_of(row.id)
    rows = [
        (session, known.get(session.id), session.id in places)
        for session in programme.programme(g.event.id)
        if session.id in known or session.id in places
    ]
    return render_template(
        "attendance/person.html",
        person=row,
        rows=rows,
        minutes=sum(one.minutes for one in known.values()),
    )


@bp.get("/<slug:event>/desk/presence/sessions/<id:session_id>/people/<id:registration_id>")
@requires(Permission.SEE_PRESENCE)
def correction(event: str, session_id: int, registration_id: int) -> str:
    """Show what is known of one person in one session, and correct it."""
    row, who = own_session(session_id), own_person(registration_id)
    known = queries.of_person(g.event.id, who.id).get(row.id)
    form = Correct(
        formdata=None,
        came_at=(known.came_at if known else None) or row.starts_at,
        left_at=(known.left_at if known else None) or row.ends_at,
        minutes=known.minutes if known else row.support_minutes,
    )
    return _correction_page(row, who, form)


def _correction_page(row: Session, who: Registration, form: Correct) -> str:
    boundary.keep_private()
    history = queries.corrections_of(row.id, who.id)
    return render_template(
        "attendance/correction.html",
        session=row,
        person=who,
        known=queries.of_person(g.event.id, who.id).get(row.id),
        scans=queries.scans_in(row.id, who.id),
        history=history,
        last=standing(history),
        form=form,
        because=Because(formdata=None, prefix="undo-"),
        parsed=i18n.parsed,
    )


@bp.post("/<slug:event>/desk/presence/sessions/<id:session_id>/people/<id:registration_id>")
@requires(Permission.MANAGE_PEOPLE)
def correct(event: str, session_id: int, registration_id: int) -> Response | str:
    """Correct somebody's presence in a session, with a reason."""
    row, who = own_session(session_id), own_person(registration_id)
    form = Correct()
    if not form.validate():
        return _correction_page(row, who, form)
    try:
        commands.correct(row.id, who.id, clock.now(), **form.values())
    except Refused as refused:
        flash_refusal(refused)
        return _correction_page(own_session(session_id), own_person(registration_id), form)
    flash(_("The correction is kept; what stood before stays beside it."), "ok")
    return see_other(
        ".correction", event=event, session_id=session_id, registration_id=registration_id
    )


@bp.post("/<slug:event>/desk/presence/corrections/<id:correction_id>/undo")
@requires(Permission.MANAGE_PEOPLE)
def undo_correction(event: str, correction_id: int) -> Response:
    """Take a correction back by another row."""
    row = queries.correction(correction_id)
    if row is None or row.event_id != g.event.id:
        abort(404)
    form = Because(prefix="undo-")
    session_id, registration_id = row.session_id, row.registration_id
    try:
        commands.undo(correction_id, clock.now(), reason=form.reason.data or "")
    except Refused as refused:
        flash_refusal(refused)
    else:
        flash(_("The correction is taken back; what stood before counts again."), "ok")
    return see_other(
        ".correction", event=event, session_id=session_id, registration_id=registration_id
    )
