"""Breaks: when everybody drinks coffee or eats."""

from datetime import timedelta
from typing import Any

from flask import abort, g, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from eventapp.events import queries as frame
from eventapp.events.access import Permission
from eventapp.kernel import boundary, clock, i18n
from eventapp.kernel.guard import requires
from eventapp.kernel.pages import flash_refusal, flash_with_undo, see_other
from eventapp.kernel.refusal import Refused
from eventapp.programme import commands, queries
from eventapp.programme.forms import KeepBreak
from eventapp.programme.models import Break
from eventapp.programme.routes.frame import bp, next_span

LENGTH = timedelta(minutes=20)


@bp.get("/<slug:event>/desk/breaks/new")
@requires(Permission.EDIT_PROGRAMME)
def new_break(event: str) -> str:
    """Ask when everybody drinks coffee or eats."""
    return _break_page(_break_form(formdata=None, **next_span(LENGTH)))


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
