"""Sessions of the draft: planned, changed, moved, taken out."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from flask import abort, flash, g, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from eventapp.events import queries as frame
from eventapp.events.access import Permission
from eventapp.kernel import boundary, clock, i18n
from eventapp.kernel.guard import requires
from eventapp.kernel.pages import flash_refusal, flash_with_undo, see_other
from eventapp.kernel.refusal import Refused
from eventapp.programme import commands, queries
from eventapp.programme.forms import AUDIENCES, OPENINGS, MoveSession, PlanAgain, PlanSession
from eventapp.programme.models import Activity, Session
from eventapp.programme.routes.frame import bp, next_span
from eventapp.programme.rules.planned import Planned, planned

LENGTH = timedelta(minutes=90)


@bp.get("/<slug:event>/desk/plan/new")
@requires(Permission.EDIT_PROGRAMME)
def new_session(event: str) -> str:
    """Ask what is to be planned; a day, a room and an activity may be given already."""
    activity = _asked_activity()
    return _session_page(_form(activity, **_suggested()), activity=activity)


def _suggested() -> dict[str, Any]:
    return {
        "formdata": None,
        "room": request.args.get("room", ""),
        "kind": "workshop",
        "language": "pl",
        "sign_up": "none",
        "counts_for_certificate": True,
        **next_span(LENGTH),
    }


def _asked_activity() -> Activity | None:
    """Return the activity that gets one more session, if the address names one of ours."""
    asked = boundary.read_id(request.args.get("activity", ""))
    if asked is None:
        return None
    found = queries.activity(asked)
    if found is None or found.event_id != g.event.id:
        abort(404)
    return found


def _form(activity: Activity | None = None, **given: Any) -> PlanAgain:
    rooms, people = frame.rooms(g.event.id), queries.speaker_names(g.event.id)
    if activity is not None:
        return PlanAgain(rooms, people, **given)
    return PlanSession(rooms, people, queries.known_topics(g.event.id), **given)


def _session_page(
    form: PlanAgain, row: Session | None = None, activity: Activity | None = None
) -> str:
    boundary.keep_private()
    return render_template(
        "programme/session.html",
        form=form,
        row=row,
        shown=planned(row) if row is not None else None,
        change=queries.change_of(row) if row is not None else None,
        activity=activity,
        siblings=_siblings(row),
        materials=queries.materials(row.activity_id) if row is not None else [],
        audiences=AUDIENCES,
        openings=OPENINGS,
    )


def _siblings(row: Session | None) -> list[Planned]:
    """List the other sessions of the same activity."""
    if row is None:
        return []
    return [
        planned(other)
        for other in queries.plan(g.event.id)
        if other.activity_id == row.activity_id and other.id != row.id
    ]


@bp.post("/<slug:event>/desk/plan/new")
@requires(Permission.EDIT_PROGRAMME)
def add_session(event: str) -> Response | str:
    """Put a session into the draft."""
    activity = _asked_activity()
    form = _form(activity)
    if not form.validate():
        return _session_page(form, activity=activity)
    values, now = form.values(None), clock.now()
    try:
        row = _drafted(activity, values, now)
    except Refused as refused:
        flash_refusal(refused)
        return _session_page(form, activity=activity)
    flash_with_undo(_("The session is in the draft."), f"session:{row.id}")
    return _back_to_plan(event, row)


def _drafted(activity: Activity | None, values: dict[str, Any], now: datetime) -> Session:
    if activity is None:
        return commands.draft_session(g.event.id, now, **values)
    return commands.draft_again(activity.id, now, **values)


@bp.get("/<slug:event>/desk/plan/<id:session_id>")
@requires(Permission.EDIT_PROGRAMME)
def session(event: str, session_id: int) -> str:
    """Show a session of the draft, to be changed."""
    row = _own(session_id)
    form = _form(formdata=None, seen=str(row.plan_version), **PlanSession.shown(planned(row)))
    return _session_page(form, row)


@bp.post("/<slug:event>/desk/plan/<id:session_id>")
@requires(Permission.EDIT_PROGRAMME)
def save_session(event: str, session_id: int) -> Response | str:
    """Let the draft say otherwise about a session."""
    row = _own(session_id)
    form = _form()
    if not form.validate():
        return _session_page(form, row)
    values = form.values(planned(row))
    return _edited(
        event,
        row,
        lambda: commands.edit_draft(row.id, clock.now(), expected=_seen(form), **values),
        again=lambda: _session_page(form, _own(session_id)),
    )


def _seen(form: PlanAgain | MoveSession) -> int | None:
    return boundary.read_id(form.seen.data)


def _edited(
    event: str, row: Session, edit: Callable[[], Session], again: Callable[[], Response | str]
) -> Response | str:
    try:
        edit()
    except Refused as refused:
        flash_refusal(refused)
        return again()  # what was read before is gone with the transaction
    flash_with_undo(_("The draft is saved. Nobody else sees it yet."), f"session:{row.id}")
    return _back_to_plan(event, row)


def _back_to_plan(event: str, row: Session) -> Response:
    day = i18n.day_of(planned(row).starts_at)
    return see_other("desk.plan", event=event, day=day.isoformat(), _anchor=f"s-{row.id}")


@bp.get("/<slug:event>/desk/plan/<id:session_id>/move")
@requires(Permission.EDIT_PROGRAMME)
def move(event: str, session_id: int) -> str:
    """Ask for another time and room: what dragging does, for keyboards."""
    row = _own(session_id)
    shown = planned(row)
    form = MoveSession(
        frame.rooms(g.event.id),
        formdata=None,
        seen=str(row.plan_version),
        starts_at=shown.starts_at,
        minutes=int((shown.ends_at - shown.starts_at).total_seconds() // 60),
        room=str(shown.room_id or ""),
    )
    return _move_page(form, row)


def _move_page(form: MoveSession, row: Session) -> str:
    boundary.keep_private()
    return render_template("programme/move.html", form=form, shown=planned(row))


@bp.post("/<slug:event>/desk/plan/<id:session_id>/move")
@requires(Permission.EDIT_PROGRAMME)
def move_session(event: str, session_id: int) -> Response | str:
    """Put a session at another time or room of the draft, or let it take longer."""
    row = _own(session_id)
    form = MoveSession(frame.rooms(g.event.id))
    if not form.validate():
        return _move_page(form, row)
    return _edited(
        event,
        row,
        lambda: commands.shift_draft(
            row.id,
            clock.now(),
            expected=_seen(form),
            starts_at=form.starts_at.data,
            room_id=boundary.read_id(form.room.data),
            minutes=form.minutes.data,
        ),
        again=lambda: _move_page(form, _own(session_id)),
    )


@bp.post("/<slug:event>/desk/plan/<id:session_id>/drop")
@requires(Permission.EDIT_PROGRAMME)
def drop_session(event: str, session_id: int) -> Response | str:
    """Take a session out of the draft."""
    row = _own(session_id)
    return _edited(
        event,
        row,
        lambda: commands.drop_session(row.id, clock.now()),
        again=lambda: see_other(".session", event=event, session_id=session_id),
    )


@bp.post("/<slug:event>/desk/plan/<id:session_id>/bring-back")
@requires(Permission.EDIT_PROGRAMME)
def bring_back(event: str, session_id: int) -> Response | str:
    """Let the draft hold a session again that it was going to call off."""
    row = _own(session_id)
    return _edited(
        event,
        row,
        lambda: commands.bring_back(row.id, clock.now()),
        again=lambda: see_other(".session", event=event, session_id=session_id),
    )


@bp.post("/<slug:event>/desk/plan/discard")
@requires(Permission.EDIT_PROGRAMME)
def discard(event: str) -> Response:
    """Let the draft say again what was released last."""
    count = commands.discard_draft(g.event.id, clock.now())
    flash(
        _("The draft says again what everybody sees; sessions set back: %(num)s.", num=count), "ok"
    )
    return see_other("desk.plan", event=event)


def _own(session_id: int) -> Session:
    row = queries.any_session(session_id)
    if row is None or row.event_id != g.event.id:
        abort(404)
    return row
