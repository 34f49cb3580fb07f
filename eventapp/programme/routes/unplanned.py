"""What is to be held some time: noted down, put into the plan, forgotten."""

from datetime import timedelta

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
from eventapp.programme.forms import NoteDown, PutIn
from eventapp.programme.queries import Unplanned
from eventapp.programme.routes.draft import LENGTH
from eventapp.programme.routes.frame import bp, next_span
from eventapp.programme.rules import ProgrammeRefusal


@bp.get("/<slug:event>/desk/plan/unplanned")
@requires(Permission.EDIT_PROGRAMME)
def unplanned(event: str) -> str:
    """List what is to be held but is not in the plan, and note down more."""
    return _unplanned_page(NoteDown(formdata=None, kind="workshop"))


def _unplanned_page(form: NoteDown) -> str:
    boundary.keep_private()
    return render_template(
        "programme/unplanned.html", form=form, activities=queries.unplanned(g.event.id)
    )


@bp.post("/<slug:event>/desk/plan/unplanned")
@requires(Permission.EDIT_PROGRAMME)
def note_down(event: str) -> Response | str:
    """Note something down that is to be held."""
    form = NoteDown()
    if not form.validate():
        return _unplanned_page(form)
    commands.note_down(g.event.id, clock.now(), **form.values())
    flash(_("Noted. Put it into the plan when you know when and where."), "ok")
    return see_other(".unplanned", event=event)


@bp.get("/<slug:event>/desk/plan/unplanned/<id:activity_id>")
@requires(Permission.EDIT_PROGRAMME)
def put_in(event: str, activity_id: int) -> Response | str:
    """Ask when and where something is going to be held."""
    row = _own(activity_id)
    if row is None:
        return _in_the_plan(event)
    length = timedelta(minutes=row.minutes) if row.minutes else LENGTH
    form = PutIn(
        frame.rooms(g.event.id),
        formdata=None,
        starts_at=next_span(length)["starts_at"],
        minutes=length // timedelta(minutes=1),
    )
    return _put_in_page(form, row)


def _put_in_page(form: PutIn, row: Unplanned) -> str:
    boundary.keep_private()
    return render_template("programme/put_in.html", form=form, activity=row)


@bp.post("/<slug:event>/desk/plan/unplanned/<id:activity_id>")
@requires(Permission.EDIT_PROGRAMME)
def put_in_plan(event: str, activity_id: int) -> Response | str:
    """Put it into the draft."""
    row = _own(activity_id)
    if row is None:
        return _in_the_plan(event)
    form = PutIn(frame.rooms(g.event.id))
    if not form.validate():
        return _put_in_page(form, row)
    try:
        made = commands.put_in(
            row.id,
            clock.now(),
            starts_at=form.starts_at.data,
            minutes=form.minutes.data,
            room_id=boundary.read_id(form.room.data),
        )
    except Refused as refused:
        flash_refusal(refused)
        return _put_in_page(form, row)
    flash_with_undo(_("The session is in the draft."), f"session:{made.id}")
    day = i18n.day_of(form.starts_at.data)
    return see_other("desk.plan", event=event, day=day.isoformat(), _anchor=f"s-{made.id}")


def _in_the_plan(event: str) -> Response:
    """Show the plan to whom somebody, or an earlier click, has forestalled."""
    flash_refusal(Refused(ProgrammeRefusal.IN_THE_PLAN))
    return see_other("desk.plan", event=event, day=request.args.get("day"))


@bp.post("/<slug:event>/desk/plan/unplanned/<id:activity_id>/removal")
@requires(Permission.EDIT_PROGRAMME)
def forget(event: str, activity_id: int) -> Response:
    """Forget something that is not going to be held."""
    _own(activity_id)
    try:
        commands.forget(activity_id, clock.now())
    except Refused as refused:
        flash_refusal(refused)
    else:
        flash(_("It is not on the list any more."), "ok")
    return see_other(".unplanned", event=event)


def _own(activity_id: int) -> Unplanned | None:
    """Return what is not in the plan; None where it is, 404 where the event has no such thing."""
    activity = queries.activity(activity_id)
    if activity is None or activity.event_id != g.event.id:
        abort(404)
    return next((row for row in queries.unplanned(g.event.id) if row.id == activity_id), None)
