"""The days of an event: one more, another name, one less."""

from flask import abort, g, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from eventapp.events import commands as events
from eventapp.events import queries as frame
from eventapp.events.access import Permission
from eventapp.events.models import Day
from eventapp.kernel import boundary, clock
from eventapp.kernel.guard import requires
from eventapp.kernel.pages import flash_refusal, flash_with_undo, see_other
from eventapp.kernel.refusal import Refused
from eventapp.programme import commands
from eventapp.programme.forms import KeepDay, NameDay
from eventapp.programme.routes.frame import bp


@bp.get("/<slug:event>/desk/days")
@requires(Permission.EDIT_PROGRAMME)
def days(event: str) -> str:
    """List the days, each with its name to change, and add one."""
    return _days_page(KeepDay(formdata=None))


def _days_page(form: KeepDay, wrong: NameDay | None = None, day_id: int | None = None) -> str:
    boundary.keep_private()
    names = {
        day.id: wrong if wrong is not None and day.id == day_id else _shown(day)
        for day in frame.days(g.event.id)
    }
    return render_template(
        "programme/days.html", form=form, days=frame.days(g.event.id), names=names
    )


def _shown(day: Day) -> NameDay:
    return NameDay(
        formdata=None,
        prefix=f"d{day.id}-",
        label_pl=day.label.get("pl", ""),
        label_en=day.label.get("en", ""),
    )


@bp.post("/<slug:event>/desk/days")
@requires(Permission.EDIT_PROGRAMME)
def add_day(event: str) -> Response | str:
    """Let the event last on one more day."""
    form = KeepDay()
    if not form.validate():
        return _days_page(form)
    try:
        row = events.put_day(g.event.id, clock.now(), form.date.data, form.label())
    except Refused as refused:
        flash_refusal(refused)
        return _days_page(form)
    flash_with_undo(_("The day is added."), f"day:{row.id}")
    return see_other(".days", event=event)


@bp.post("/<slug:event>/desk/days/<id:day_id>")
@requires(Permission.EDIT_PROGRAMME)
def name_day(event: str, day_id: int) -> Response | str:
    """Call a day something else."""
    row = _own_day(day_id)
    form = NameDay(prefix=f"d{row.id}-")
    if not form.validate():
        return _days_page(KeepDay(formdata=None), form, row.id)
    events.rename_day(row.id, clock.now(), form.label())
    flash_with_undo(_("The name is saved."), f"day:{row.id}")
    return see_other(".days", event=event)


@bp.post("/<slug:event>/desk/days/<id:day_id>/removal")
@requires(Permission.EDIT_PROGRAMME)
def remove_day(event: str, day_id: int) -> Response:
    """Let the event not last on a day on which nothing is planned."""
    _own_day(day_id)
    try:
        commands.remove_day(day_id, clock.now())
    except Refused as refused:
        flash_refusal(refused)
    else:
        flash_with_undo(_("The day is removed."), f"day:{day_id}")
    return see_other(".days", event=event)


def _own_day(day_id: int) -> Day:
    row = next((row for row in frame.days(g.event.id) if row.id == day_id), None)
    if row is None:
        abort(404)
    return row
