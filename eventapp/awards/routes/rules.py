"""The frozen rules: what they say, and how two persons change them."""

from flask import abort, flash, g, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from eventapp.awards import commands, queries
from eventapp.awards.forms import OtherRules, read_rules
from eventapp.awards.models import RuleChange
from eventapp.awards.routes.frame import bp, jury_nav, rule_lines, the_call
from eventapp.awards.rules.states import CardsFate
from eventapp.events.access import Permission
from eventapp.kernel import boundary, clock, facts
from eventapp.kernel.guard import requires
from eventapp.kernel.pages import flash_refusal, see_other
from eventapp.kernel.refusal import Refused


@bp.get("/<slug:event>/jury/rules")
@requires(Permission.SEE_JURY)
def rules(event: str) -> str:
    """Show the rules in words, their hash, and every change made or waiting."""
    return _page(None)


def _page(form: OtherRules | None) -> str:
    boundary.keep_private()
    call = the_call()
    changes = queries.rule_changes(call.id)
    return render_template(
        "awards/rules.html",
        call=call,
        lines=rule_lines(call.rulebook),
        changes=changes,
        proposed={each.id: rule_lines(each.rulebook) for each in changes},
        waiting=next((each for each in changes if each.is_waiting), None),
        me=facts.actor(),
        form=form or OtherRules(formdata=None, **read_rules(call.rulebook)),
        desk_nav=jury_nav(),
    )


@bp.post("/<slug:event>/jury/rules")
@requires(Permission.KEEP_MINUTES)
def propose_rules(event: str) -> Response | str:
    """Propose other rules; they wait for somebody else."""
    form = OtherRules()
    if not form.validate():
        return _page(form)
    cards = CardsFate(form.fate.data)
    try:
        commands.propose_rules(the_call().id, form.rulebook(), form.reason.data, cards, clock.now())
    except Refused as refused:
        flash_refusal(refused)
        return _page(form)
    flash(_("The change is proposed. Somebody else must confirm it before it holds."), "ok")
    return see_other(".rules", event=event)


def _change(change_id: int) -> RuleChange:
    found = queries.rule_change(change_id)
    if found is None or found.event_id != g.event.id:
        abort(404)
    return found


@bp.post("/<slug:event>/jury/rules/<id:change_id>/confirmation")
@requires(Permission.SEE_JURY)
def confirm_rules(event: str, change_id: int) -> Response:
    """Put proposed rules into force as the second person."""
    _change(change_id)
    try:
        commands.confirm_rules(change_id, clock.now())
    except Refused as refused:
        flash_refusal(refused)
    else:
        flash(_("The new rules hold. The jurors are written to."), "ok")
    return see_other(".rules", event=event)


@bp.post("/<slug:event>/jury/rules/<id:change_id>/drop")
@requires(Permission.SEE_JURY)
def drop_rules(event: str, change_id: int) -> Response:
    """Let a proposed change fall."""
    _change(change_id)
    try:
        commands.drop_rules(change_id, clock.now())
    except Refused as refused:
        flash_refusal(refused)
    else:
        flash(_("The rules stay as they are."), "ok")
    return see_other(".rules", event=event)
