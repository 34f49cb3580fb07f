"""The plan of the door: who is to stand where, and when."""

from flask import abort, flash, g, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answer

from eventapp.checkin import commands, queries
from eventapp.checkin.forms import PlanShift
from eventapp.checkin.routes.frame import bp, door_of_event
from eventapp.events import queries as frame
from eventapp.events.access import Permission
from eventapp.kernel import boundary, clock
from eventapp.kernel.guard import requires
from eventapp.kernel.pages import flash_refusal, see_other
from eventapp.kernel.refusal import Refused


@bp.get("/<slug:event>/desk/shifts")
@requires(Permission.LEAD_DOOR)
def shifts(event: str) -> str:
    """Show the plan of the door, and plan another shift."""
    return _page(_form(fresh=True))


@bp.post("/<slug:event>/desk/shifts")
@requires(Permission.LEAD_DOOR)
def plan_shift(event: str) -> Answer | str:
    """Plan when a member of the team stands at a checkpoint."""
    form = _form()
    if not form.validate():
        return _page(form)
    door = door_of_event(int(form.checkpoint.data))
    member = {str(account.id): account for _row, account in frame.team(g.event.id)}
    account = member[form.member.data]
    try:
        commands.plan_shift(
            door.id,
            account.name,
            account.email,
            clock.now(),
            starts_at=form.starts_at.data,
            ends_at=form.ends_at.data,
        )
    except Refused as refused:
        flash_refusal(refused)
        return _page(form)
    flash(_("The shift is planned, and in the calendar of %(name)s.", name=account.name), "ok")
    return see_other(".shifts", event=event)


@bp.post("/<slug:event>/desk/shifts/<id:planned_id>/removal")
@requires(Permission.LEAD_DOOR)
def drop_shift(event: str, planned_id: int) -> Answer:
    """Take a planned shift back."""
    row = queries.planned_shift(planned_id)
    if row is None or row.event_id != g.event.id:
        abort(404)
    commands.drop_shift(planned_id, clock.now())
    flash(_("The shift is taken back."), "ok")
    return see_other(".shifts", event=event)


def _form(*, fresh: bool = False) -> PlanShift:
    members = {account.id: account.name for _row, account in frame.team(g.event.id)}
    points = queries.checkpoints(g.event.id)
    return PlanShift(members, points, **({"formdata": None} if fresh else {}))


def _page(form: PlanShift) -> str:
    boundary.keep_private()
    return render_template(
        "checkin/shifts.html", form=form, rows=queries.planned_shifts(g.event.id)
    )
