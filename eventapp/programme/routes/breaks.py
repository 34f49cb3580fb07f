"""Breaks: when everybody drinks coffee or eats."""

from collections.abc import Callable
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
from eventapp.programme.rules.planned import planned_break

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
    return render_template(
        "programme/break.html",
        form=form,
        row=row,
        shown=planned_break(row) if row is not None else None,
        change=queries.change_of(row) if row is not None else None,
    )


@bp.post("/<slug:event>/desk/breaks/new")
@requires(Permission.EDIT_PROGRAMME)
def add_break(event: str) -> Response | str:
    """Put a break into the draft."""
    form = _break_form()
    if not form.validate():
        return _break_page(form)
    try:
        row = commands.draft_break(g.event.id, clock.now(), **form.values())
    except Refused as refused:
        flash_refusal(refused)
        return _break_page(form)
    flash_with_undo(_("The break is in the draft."), f"break:{row.id}")
    return _back_to_plan(event, row)


@bp.get("/<slug:event>/desk/breaks/<id:break_id>")
@requires(Permission.EDIT_PROGRAMME)
def pause(event: str, break_id: int) -> str:
    """Show a break of the draft, to be changed."""
    row = _own_break(break_id)
    shown = KeepBreak.shown(planned_break(row))
    return _break_page(_break_form(formdata=None, seen=str(row.plan_version), **shown), row)


@bp.post("/<slug:event>/desk/breaks/<id:break_id>")
@requires(Permission.EDIT_PROGRAMME)
def save_break(event: str, break_id: int) -> Response | str:
    """Let the draft give a break another time, room or name."""
    row, form = _own_break(break_id), _break_form()
    if not form.validate():
        return _break_page(form, row)
    seen = boundary.read_id(form.seen.data)
    return _edited(
        event,
        row,
        lambda: commands.edit_break(row.id, clock.now(), expected=seen, **form.values()),
        again=lambda: _break_page(form, _own_break(break_id)),
    )


@bp.post("/<slug:event>/desk/breaks/<id:break_id>/removal")
@requires(Permission.EDIT_PROGRAMME)
def remove_break(event: str, break_id: int) -> Response | str:
    """Take a break out of the draft."""
    row = _own_break(break_id)
    return _edited(
        event,
        row,
        lambda: commands.drop_break(row.id, clock.now()),
        again=lambda: see_other(".pause", event=event, break_id=break_id),
    )


@bp.post("/<slug:event>/desk/breaks/<id:break_id>/keep")
@requires(Permission.EDIT_PROGRAMME)
def keep_break(event: str, break_id: int) -> Response | str:
    """Let the draft hold a break again that it was going to take away."""
    row = _own_break(break_id)
    return _edited(
        event,
        row,
        lambda: commands.keep_break(row.id, clock.now()),
        again=lambda: see_other(".pause", event=event, break_id=break_id),
    )


def _edited(
    event: str, row: Break, edit: Callable[[], Break], again: Callable[[], Response | str]
) -> Response | str:
    try:
        edit()
    except Refused as refused:
        flash_refusal(refused)
        return again()  # what was read before is gone with the transaction
    flash_with_undo(_("The draft is saved. Nobody else sees it yet."), f"break:{row.id}")
    return _back_to_plan(event, row)


def _back_to_plan(event: str, row: Break) -> Response:
    day = i18n.day_of(planned_break(row).starts_at)
    return see_other("desk.plan", event=event, day=day.isoformat())


def _own_break(break_id: int) -> Break:
    row = queries.pause(break_id)
    if row is None or row.event_id != g.event.id:
        abort(404)
    return row
