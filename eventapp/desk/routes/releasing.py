"""What is wrong with a draft, what a release changes and whom that hits, what changed so far."""

from datetime import date, datetime
from itertools import groupby
from typing import Any

from flask import abort, flash, g, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from eventapp.desk import queries
from eventapp.desk.forms import Reason, Release
from eventapp.desk.routes.frame import bp
from eventapp.desk.routes.words import told_lines
from eventapp.events.access import Permission
from eventapp.kernel import boundary, cached, clock, i18n
from eventapp.kernel.guard import public, requires
from eventapp.kernel.pages import flash_refusal, see_other
from eventapp.kernel.refusal import Refused
from eventapp.programme import commands
from eventapp.programme import queries as programme
from eventapp.programme.models import Release as ReleaseRow
from eventapp.signups import commands as signups


@bp.get("/<slug:event>/desk/plan/findings")
@requires(Permission.EDIT_PROGRAMME)
def findings(event: str) -> str:
    """List what is wrong with the draft; each can be mended, or let stand for a reason."""
    return _findings_page(Reason(formdata=None))


def _findings_page(form: Reason) -> str:
    boundary.keep_private()
    return render_template("desk/findings.html", form=form, judged=queries.findings(g.event))


@bp.post("/<slug:event>/desk/plan/findings")
@requires(Permission.EDIT_PROGRAMME)
def acknowledge(event: str) -> Response | str:
    """Let a finding stand for a reason."""
    form = Reason()
    if not form.validate():
        return _findings_page(form)
    for one in queries.findings(g.event):
        if one.finding.key == form.key.data:
            commands.acknowledge(g.event.id, one.finding, form.reason.data, clock.now())
            flash(_("Noted: this may stand."), "ok")
            return see_other(".findings", event=event)
    flash(_("This is not wrong any more."), "info")
    return see_other(".findings", event=event)


@bp.post("/<slug:event>/desk/plan/findings/again")
@requires(Permission.EDIT_PROGRAMME)
def take_up_again(event: str) -> Response:
    """Let a finding count again that somebody let stand."""
    commands.take_up_again(g.event.id, request.form.get("key", "")[:200])
    flash(_("This counts again."), "ok")
    return see_other(".findings", event=event)


@bp.get("/<slug:event>/desk/plan/release")
@requires(Permission.EDIT_PROGRAMME)
def outlook(event: str) -> str:
    """Show what a release would change, and whom it would hit, before it happens."""
    return _outlook_page(Release(formdata=None))


def _outlook_page(form: Release) -> str:
    boundary.keep_private()
    found = queries.outlook(g.event)
    form.seen.data = found.digest
    return render_template("desk/outlook.html", form=form, found=found, lines=told_lines)


@bp.post("/<slug:event>/desk/plan/release")
@requires(Permission.EDIT_PROGRAMME)
def publish(event: str) -> Response | str:
    """Show the draft to everybody; freed seats go to the queues at once."""
    form = Release()
    if not form.validate():
        return _outlook_page(form)
    try:
        made = commands.release(
            g.event.id, clock.now(), seen=form.seen.data or "", note=form.note()
        )
    except Refused as refused:
        flash_refusal(refused)
        return see_other(".outlook", event=event)
    signups.fill_seats(g.event.id, clock.now())
    flash(_("Release %(number)s is public.", number=made.number), "ok")
    return see_other(".plan", event=event)


# --- what everybody can read afterwards -------------------------------------------------------


@bp.get("/<slug:event>/changes")
@public
def changes(event: str) -> str:
    """Tell everybody what has changed in the programme, newest first."""
    return render_template(
        "desk/changes.html", releases=programme.releases(g.event.id), lines=told_lines
    )


@bp.get("/<slug:event>/changes.atom")
@public
def changes_feed(event: str) -> Any:
    """Tell feed readers the same."""
    rows = programme.releases(g.event.id)
    newest = rows[0].number if rows else 0
    key = ("changes", g.event.id, g.event.revision, newest, i18n.current())
    return cached.page(
        key,
        lambda: render_template(
            "desk/changes.atom", releases=rows, lines=told_lines, base=boundary.base_url()
        ),
        mimetype="application/atom+xml",
    )


@bp.get("/<slug:event>/programme/<id:number>")
@public
def earlier(event: str, number: int) -> str:
    """Show the programme as an earlier release had it."""
    row = programme.release(g.event.id, number)
    if row is None:
        abort(404)
    newest = programme.releases(g.event.id)[0].number
    return render_template("desk/earlier.html", release=row, newest=newest, days=_by_day(row))


def _by_day(row: ReleaseRow) -> list[tuple[date, list[Any]]]:
    held = sorted(row.content, key=lambda one: (one["starts_at"], one["ends_at"], one["id"]))
    days = groupby(held, key=lambda one: i18n.day_of(datetime.fromisoformat(one["starts_at"])))
    return [(day, list(sessions)) for day, sessions in days]
