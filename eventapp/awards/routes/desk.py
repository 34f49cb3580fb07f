"""The secretary's desk: nominations and their formal check."""

from collections.abc import Sequence
from typing import Any

from flask import abort, flash, g, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from eventapp.awards import commands, queries
from eventapp.awards.forms import FormalCheck, Merger, check_form, checklist, questions
from eventapp.awards.models import Nomination
from eventapp.awards.routes.frame import bp, joined, jury_nav, own_recusals, the_nomination, words
from eventapp.awards.rules import nominations as rules
from eventapp.awards.rules.states import FormalResult, NominationState
from eventapp.events.access import Permission
from eventapp.kernel import boundary, clock, i18n
from eventapp.kernel.facts import history
from eventapp.kernel.guard import requires
from eventapp.kernel.pages import flash_refusal, see_other
from eventapp.kernel.refusal import Refused


@bp.get("/<slug:event>/desk/awards")
@requires(Permission.MANAGE_AWARDS)
def nominations(event: str) -> Response | str:
    """List the call's nominations with their states; without a call, set one up."""
    boundary.keep_private()
    call = queries.call_of(g.event.id)
    if call is None:
        return see_other(".set_up", event=event)
    asked = request.args.get("state", "")
    states = {NominationState(asked)} if asked in list(NominationState) else None
    return render_template(
        "awards/nominations.html",
        call=call,
        awards=queries.awards(call.id),
        rows=queries.nominations(call.id, states),
        counts=queries.counts_by_state(call.id),
        asked=asked if states else "",
        desk_nav=jury_nav(),
    )


@bp.get("/<slug:event>/desk/awards/<id:nomination_id>")
@requires(Permission.MANAGE_AWARDS)
def nomination(event: str, nomination_id: int) -> str:
    """Show one nomination with its formal check."""
    return _page(nomination_id, check_form())


def _page(nomination_id: int, form: FormalCheck) -> str:
    row = the_nomination(nomination_id)
    if nomination_id in own_recusals():
        abort(404)
    if not form.is_submitted():
        _fill(form, row)
    alike = queries.alike(row) if row.state in rules.MERGEABLE else []
    return render_template(
        "awards/nomination.html",
        row=row,
        form=form,
        questions=questions(form),
        checklist=rules.CHECKLIST,
        open=row in rules.waiting([row]),
        attachments=queries.attachments(nomination_id),
        **joined(nomination_id),
        alike=alike,
        merger=_merger(alike),
        events=_trail(nomination_id),
        desk_nav=jury_nav(),
    )


def _merger(alike: Sequence[Nomination], **given: Any) -> Merger:
    form = Merger(**given)
    form.into.choices = [(each.id, f"{each.number} · {each.nominee}") for each in alike]
    return form


@bp.post("/<slug:event>/desk/awards/<id:nomination_id>/merger")
@requires(Permission.MANAGE_AWARDS)
def merge(event: str, nomination_id: int) -> Response:
    """Merge a nomination into another one of the same nominee."""
    row = the_nomination(nomination_id)
    if nomination_id in own_recusals():
        abort(404)
    form = _merger(queries.alike(row))
    if not form.validate():
        flash(_("Choose the nomination into which this one is merged."), "stop")
        return see_other(".nomination", event=event, nomination_id=nomination_id)
    try:
        commands.merge_nominations(nomination_id, form.into.data, clock.now())
    except Refused as refused:
        flash_refusal(refused)
        return see_other(".nomination", event=event, nomination_id=nomination_id)
    flash(_("Both are now one candidacy; the nominator is thanked by letter."), "ok")
    return see_other(".nomination", event=event, nomination_id=form.into.data)


def _trail(nomination_id: int) -> list[dict[str, str]]:
    """Return what happened to a nomination, newest first."""
    return [
        {
            "when": i18n.when_short(row.at),
            "at": i18n.iso(row.at),
            "text": words("fact", row.kind),
            "by": "",
        }
        for row in history(subject=f"nomination:{nomination_id}")
    ]


def _fill(form: Any, row: Any) -> None:
    """Show what was answered before; a missing consent is pointed at."""
    for code, answer in row.checklist.items():
        field = form["check_" + code.replace("-", "_")]
        field.data = answer
    if not row.checklist and row.consent in {"asked", "declined"}:
        form.check_consent.data = "no"


@bp.post("/<slug:event>/desk/awards/<id:nomination_id>/check")
@requires(Permission.MANAGE_AWARDS)
def check(event: str, nomination_id: int) -> Response | str:
    """Close the formal check, or call for completion."""
    the_nomination(nomination_id)
    if nomination_id in own_recusals():
        abort(404)
    form = check_form()
    if not form.validate():
        return _page(nomination_id, form)
    result = FormalResult(form.result.data)
    try:
        commands.check_formally(
            nomination_id, result, form.reason.data, clock.now(), checklist=checklist(form)
        )
    except Refused as refused:
        flash_refusal(refused)
    else:
        flash(_("The formal check is recorded, and the nominator is written to."), "ok")
    return see_other(".nomination", event=event, nomination_id=nomination_id)
