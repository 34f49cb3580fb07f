"""The organiser's pages of planning: sessions of the draft, speakers, breaks."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from flask import Blueprint, Flask, abort, flash, g, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from eventapp.events import queries as frame
from eventapp.events.access import Permission
from eventapp.kernel import boundary, clock, i18n
from eventapp.kernel.fields import moment_of
from eventapp.kernel.guard import requires
from eventapp.kernel.pages import flash_refusal, flash_with_undo, said, see_other
from eventapp.kernel.refusal import Refused
from eventapp.programme import commands, queries
from eventapp.programme.forms import KeepBreak, KeepSpeaker, MoveSession, PlanAgain, PlanSession
from eventapp.programme.models import Activity, Break, Session, Speaker
from eventapp.programme.queries import Judged
from eventapp.programme.rules.diagnostics import SENTENCES
from eventapp.programme.rules.planned import Planned, planned

bp = Blueprint("programme", __name__)

FIRST_HOUR = time(9)
LENGTH = timedelta(minutes=90)


def install(app: Flask) -> None:
    """Let all pages say what a finding of the diagnostics means."""

    def sentence(judged: Judged) -> str:
        return said(SENTENCES[judged.finding.fault], judged.finding.details)

    app.jinja_env.globals["finding_sentence"] = sentence


# --- one session ------------------------------------------------------------------------------


@bp.get("/<slug:event>/desk/plan/new")
@requires(Permission.EDIT_PROGRAMME)
def new_session(event: str) -> str:
    """Ask what is to be planned; a day, a room and an activity may be given already."""
    activity = _asked_activity()
    return _session_page(_form(activity, **_suggested()), activity=activity)


def _suggested() -> dict[str, Any]:
    day = _asked_day([row.date for row in frame.days(g.event.id)])
    starts_at = moment_of(_after_last(day), i18n.zone_of()) if day is not None else None
    return {
        "formdata": None,
        "starts_at": starts_at,
        "ends_at": starts_at + LENGTH if starts_at else None,
        "room": request.args.get("room", ""),
        "kind": "workshop",
        "language": "pl",
        "sign_up": "none",
        "counts_for_certificate": True,
    }


def _after_last(day: date) -> datetime:
    """Return where the day's plan ends, as the clocks show it, or the first hour."""
    ends = [
        i18n.local_time(row.session.ends_at).replace(tzinfo=None)
        for row in queries.draft(g.event.id)
        if i18n.day_of(row.session.starts_at) == day and i18n.day_of(row.session.ends_at) == day
    ]
    return max(ends, default=datetime.combine(day, FIRST_HOUR))


def _asked_activity() -> Activity | None:
    """Return the activity that gets one more session, if the address names one of ours."""
    asked = boundary.read_id(request.args.get("activity", ""))
    if asked is None:
        return None
    found = queries.activity(asked)
    if found is None or found.event_id != g.event.id:
        abort(404)
    return found


def _asked_day(days: list[date]) -> date | None:
    return i18n.asked_day(request.args.get("day", ""), days, clock.now())


def _form(activity: Activity | None = None, **given: Any) -> PlanAgain:
    kind = PlanSession if activity is None else PlanAgain
    return kind(frame.rooms(g.event.id), queries.speaker_names(g.event.id), **given)


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
        again=lambda: _session_page(form, row),
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
        return again()
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
        room=str(shown.room_id or ""),
    )
    return _move_page(form, row)


def _move_page(form: MoveSession, row: Session) -> str:
    boundary.keep_private()
    return render_template("programme/move.html", form=form, shown=planned(row))


@bp.post("/<slug:event>/desk/plan/<id:session_id>/move")
@requires(Permission.EDIT_PROGRAMME)
def move_session(event: str, session_id: int) -> Response | str:
    """Put a session at another time or room of the draft; its length stays."""
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
        ),
        again=lambda: _move_page(form, row),
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
        again=lambda: see_other(".session", event=event, session_id=row.id),
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
        again=lambda: see_other(".session", event=event, session_id=row.id),
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


# --- speakers ---------------------------------------------------------------------------------


@bp.get("/<slug:event>/desk/speakers")
@requires(Permission.EDIT_PROGRAMME)
def speakers(event: str) -> str:
    """List who speaks, trains and moderates, with what each leads."""
    return _speakers_page(KeepSpeaker(formdata=None))


def _speakers_page(form: KeepSpeaker) -> str:
    boundary.keep_private()
    return render_template(
        "programme/speakers.html",
        form=form,
        speakers=queries.speakers(g.event.id),
        led=_led(),
    )


def _led() -> Mapping[int, list[Planned]]:
    led: dict[int, list[Planned]] = {}
    for row in queries.draft(g.event.id):
        for speaker_id in row.session.speaker_ids:
            led.setdefault(speaker_id, []).append(row.session)
    return led


@bp.post("/<slug:event>/desk/speakers")
@requires(Permission.EDIT_PROGRAMME)
def add_speaker(event: str) -> Response | str:
    """Add somebody to the event's speakers."""
    form = KeepSpeaker()
    if not form.validate():
        return _speakers_page(form)
    try:
        commands.name_speaker(g.event.id, clock.now(), **form.values())
    except Refused as refused:
        flash_refusal(refused)
        return _speakers_page(form)
    flash(_("%(name)s is among the speakers now.", name=form.full_name()), "ok")
    return see_other(".speakers", event=event)


@bp.get("/<slug:event>/desk/speakers/<id:speaker_id>")
@requires(Permission.EDIT_PROGRAMME)
def speaker(event: str, speaker_id: int) -> str:
    """Show what is known of a speaker, to be changed."""
    row = _own_speaker(speaker_id)
    return _speaker_page(KeepSpeaker(formdata=None, **KeepSpeaker.shown(row)), row)


def _speaker_page(form: KeepSpeaker, row: Speaker) -> str:
    boundary.keep_private()
    return render_template(
        "programme/speaker.html",
        form=form,
        row=row,
        name=queries.name_of(row.person),
        led=_led().get(row.id, []),
    )


@bp.post("/<slug:event>/desk/speakers/<id:speaker_id>")
@requires(Permission.EDIT_PROGRAMME)
def save_speaker(event: str, speaker_id: int) -> Response | str:
    """Replace what is known of a speaker."""
    row = _own_speaker(speaker_id)
    form = KeepSpeaker()
    if not form.validate():
        return _speaker_page(form, row)
    commands.edit_speaker(row.id, clock.now(), **form.values())
    flash(_("What is known of %(name)s is saved.", name=form.full_name()), "ok")
    return see_other(".speakers", event=event)


@bp.post("/<slug:event>/desk/speakers/<id:speaker_id>/removal")
@requires(Permission.EDIT_PROGRAMME)
def remove_speaker(event: str, speaker_id: int) -> Response:
    """Take somebody off the list of speakers."""
    row = _own_speaker(speaker_id)
    name = queries.name_of(row.person)
    try:
        commands.remove_speaker(row.id, clock.now())
    except Refused as refused:
        flash_refusal(refused)
        return see_other(".speaker", event=event, speaker_id=speaker_id)
    flash(_("%(name)s is no longer among the speakers.", name=name), "ok")
    return see_other(".speakers", event=event)


def _own_speaker(speaker_id: int) -> Speaker:
    row = queries.speaker(speaker_id)
    if row is None or row.event_id != g.event.id:
        abort(404)
    return row


# --- breaks -----------------------------------------------------------------------------------


@bp.get("/<slug:event>/desk/breaks/new")
@requires(Permission.EDIT_PROGRAMME)
def new_break(event: str) -> str:
    """Ask when everybody drinks coffee or eats."""
    day = _asked_day([row.date for row in frame.days(g.event.id)])
    starts_at = moment_of(_after_last(day), i18n.zone_of()) if day is not None else None
    ends_at = starts_at + timedelta(minutes=20) if starts_at else None
    return _break_page(_break_form(formdata=None, starts_at=starts_at, ends_at=ends_at))


def _break_form(**given: Any) -> KeepBreak:
    return KeepBreak(frame.rooms(g.event.id), **given)


def _break_page(form: KeepBreak, row: Break | None = None) -> str:
    boundary.keep_private()
    return render_template("programme/break.html", form=form, row=row)


@bp.post("/<slug:event>/desk/breaks/new")
@requires(Permission.EDIT_PROGRAMME)
def add_break(event: str) -> Response | str:
    """Plan a break; everybody sees it at once."""
    form = _break_form()
    if not form.validate():
        return _break_page(form)
    try:
        row = commands.add_break(g.event.id, **form.values())
    except Refused as refused:
        flash_refusal(refused)
        return _break_page(form)
    return _break_kept(event, row, _("The break is planned; everybody sees it."))


@bp.get("/<slug:event>/desk/breaks/<id:break_id>")
@requires(Permission.EDIT_PROGRAMME)
def pause(event: str, break_id: int) -> str:
    """Show a break, to be changed."""
    row = _own_break(break_id)
    return _break_page(_break_form(formdata=None, **KeepBreak.shown(row)), row)


@bp.post("/<slug:event>/desk/breaks/<id:break_id>")
@requires(Permission.EDIT_PROGRAMME)
def save_break(event: str, break_id: int) -> Response | str:
    """Give a break another time, room or name; everybody sees it at once."""
    row, form = _own_break(break_id), _break_form()
    if not form.validate():
        return _break_page(form, row)
    try:
        commands.edit_break(row.id, clock.now(), **form.values())
    except Refused as refused:
        flash_refusal(refused)
        return _break_page(form, row)
    return _break_kept(event, row, _("The break is saved; everybody sees it."))


@bp.post("/<slug:event>/desk/breaks/<id:break_id>/removal")
@requires(Permission.EDIT_PROGRAMME)
def remove_break(event: str, break_id: int) -> Response:
    """Let a break not happen."""
    row = _own_break(break_id)
    commands.remove_break(row.id, clock.now())
    return _break_kept(event, row, _("The break is removed."))


def _break_kept(event: str, row: Break, said: str) -> Response:
    flash_with_undo(said, f"break:{row.id}")
    return see_other("desk.plan", event=event, day=i18n.day_of(row.starts_at).isoformat())


def _own_break(break_id: int) -> Break:
    row = queries.pause(break_id)
    if row is None or row.event_id != g.event.id:
        abort(404)
    return row
