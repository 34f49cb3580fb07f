"""The organiser's page: the call, its rules, its awards and its jury."""

from collections.abc import Callable
from typing import Any

from flask import abort, flash, g, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response
from wtforms import SelectChoice

from eventapp.awards import commands, queries
from eventapp.awards.commands import NewJuror
from eventapp.awards.forms import (
    AudienceVote,
    CallFrame,
    CallRules,
    InviteJuror,
    NewAward,
    read_rules,
)
from eventapp.awards.models import Call
from eventapp.awards.routes.frame import bp, jury_nav, rule_lines, the_call, words
from eventapp.awards.rules.states import JurorRole
from eventapp.events import queries as events
from eventapp.events.access import Permission
from eventapp.kernel import boundary, clock, i18n
from eventapp.kernel.fields import spoken
from eventapp.kernel.guard import requires
from eventapp.kernel.pages import flash_refusal, see_other
from eventapp.kernel.refusal import Refused

SCHEDULE = (
    "opens_at",
    "closes_at",
    "scoring_opens_at",
    "scoring_closes_at",
    "meets_at",
    "embargo_until",
)


@bp.get("/<slug:event>/desk/awards/set-up")
@requires(Permission.MANAGE_AWARDS)
def set_up(event: str) -> str:
    """Show the call, its rules, its awards and its jury, each to be changed."""
    return _page()


def _page(**given: Any) -> str:
    boundary.keep_private()
    call = queries.call_of(g.event.id)
    forms = {
        "audience": _audience(call),
        "frame": _frame(call),
        "rules": _rules(call),
        "award": _award(),
        "juror": _juror(),
    }
    return render_template(
        "awards/set_up.html",
        call=call,
        awards=queries.awards(call.id) if call else [],
        jurors=queries.jurors(call.id) if call else [],
        rule_lines=rule_lines(call.rulebook) if call else [],
        desk_nav=jury_nav(),
        **(forms | given),
    )


def _frame(call: Call | None) -> CallFrame:
    if call is None:
        return CallFrame(formdata=None)
    columns = {name: getattr(call, name) for name in (*SCHEDULE, "number_prefix")}
    names = {"name_pl": call.name.get("pl", ""), "name_en": call.name.get("en", "")}
    return CallFrame(formdata=None, **columns, **names)


def _rules(call: Call | None) -> CallRules:
    if call is None:
        return CallRules(formdata=None)
    return CallRules(
        formdata=None,
        **read_rules(call.rulebook),
        regulations_pl=call.regulations.get("pl", ""),
        regulations_en=call.regulations.get("en", ""),
    )


def _audience(call: Call | None) -> AudienceVote:
    if call is None:
        return AudienceVote(formdata=None)
    return AudienceVote(
        formdata=None,
        way=call.public_vote.value,
        vote_opens_at=call.public_vote_opens_at,
        vote_closes_at=call.public_vote_closes_at,
    )


def vote_form(form: AudienceVote) -> str:
    """Show the page again with what is wrong in the form of the audience's vote."""
    return _page(audience=form)


def _award() -> NewAward:
    form = NewAward(formdata=None)
    form.eligible.choices = [
        SelectChoice(each.code, i18n.local(each.name)) for each in events.categories(g.event.id)
    ]
    return form


def _juror() -> InviteJuror:
    form = InviteJuror(formdata=None, role=JurorRole.MEMBER.value)
    form.role.choices = [SelectChoice(role.value, words("juror", role)) for role in JurorRole]
    return form


def back_to_set_up(act: Callable[[], Any], told: str) -> Response:
    """Do a command, and show how it went on the page again."""
    try:
        act()
    except Refused as refused:
        flash_refusal(refused)
    else:
        flash(told, "ok")
    return see_other(".set_up", event=g.event.slug)


@bp.post("/<slug:event>/desk/awards/set-up")
@requires(Permission.MANAGE_AWARDS)
def keep_call(event: str) -> Response | str:
    """Keep the call's name and schedule; the first time, the call begins to exist."""
    form = CallFrame()
    if not form.validate():
        return _page(frame=form)
    call = queries.call_of(g.event.id)
    columns = {name: getattr(form, name).data for name in SCHEDULE}
    columns["name"] = spoken(form.name_pl.data, form.name_en.data)
    columns["number_prefix"] = form.number_prefix.data or ""
    if call is not None:
        call_id = call.id
        return back_to_set_up(
            lambda: commands.change_call(call_id, **columns), _("The call is saved.")
        )
    rulebook = CallRules(formdata=None).rulebook()
    return back_to_set_up(
        lambda: commands.open_call(g.event.id, rulebook=rulebook, **columns),
        _("The call is set up. Add its awards and its jury."),
    )


@bp.post("/<slug:event>/desk/awards/rules")
@requires(Permission.MANAGE_AWARDS)
def keep_rules(event: str) -> Response | str:
    """Keep the rules of counting, as long as scoring has not begun."""
    call = the_call()
    form = CallRules()
    if not form.validate():
        return _page(rules=form)
    regulations = spoken(form.regulations_pl.data, form.regulations_en.data)
    return back_to_set_up(
        lambda: commands.change_call(call.id, rulebook=form.rulebook(), regulations=regulations),
        _("The rules are saved."),
    )


@bp.post("/<slug:event>/desk/awards/awards")
@requires(Permission.MANAGE_AWARDS)
def add_award(event: str) -> Response | str:
    """Add a prize with its criteria."""
    call = the_call()
    form = NewAward()
    form.eligible.choices = _award().eligible.choices
    if not form.validate():
        return _page(award=form)
    return back_to_set_up(
        lambda: commands.add_award(
            call.id,
            name=spoken(form.award_pl.data, form.award_en.data),
            criteria=form.read_criteria(),
            eligible_types=form.eligible.data or (),
        ),
        _("The award is added."),
    )


@bp.post("/<slug:event>/desk/awards/awards/<id:award_id>/removal")
@requires(Permission.MANAGE_AWARDS)
def remove_award(event: str, award_id: int) -> Response:
    """Take back a prize for which nobody has been nominated."""
    found = queries.award(award_id)
    if found is None or found.event_id != g.event.id:
        abort(404)
    return back_to_set_up(lambda: commands.remove_award(award_id), _("The award is removed."))


@bp.post("/<slug:event>/desk/awards/jury")
@requires(Permission.MANAGE_AWARDS)
def invite_juror(event: str) -> Response | str:
    """Appoint somebody to the jury."""
    call = the_call()
    form = InviteJuror()
    form.role.choices = _juror().role.choices
    if not form.validate():
        return _page(juror=form)
    member = NewJuror(
        first_name=form.first_name.data,
        last_name=form.last_name.data,
        email=form.email.data,
        title=form.title.data or "",
    )
    return back_to_set_up(
        lambda: commands.invite_juror(
            call.id,
            member,
            JurorRole(form.role.data),
            clock.now(),
            institution=form.institution.data or "",
        ),
        _("The juror is appointed."),
    )


@bp.post("/<slug:event>/desk/awards/jury/<id:juror_id>/dismissal")
@requires(Permission.MANAGE_AWARDS)
def dismiss_juror(event: str, juror_id: int) -> Response:
    """Take somebody off the jury who has cast no card yet."""
    found = queries.juror(juror_id)
    if found is None or found.event_id != g.event.id:
        abort(404)
    return back_to_set_up(lambda: commands.dismiss_juror(juror_id), _("The juror is removed."))
