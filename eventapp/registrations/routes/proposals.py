"""Corrections that came after the data were frozen: the organiser takes them over, or not."""

from typing import Any

from flask import abort, flash, g, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from eventapp.events.access import Permission
from eventapp.kernel import boundary, clock, i18n, text
from eventapp.kernel.guard import requires
from eventapp.kernel.pages import flash_refusal, see_other
from eventapp.kernel.refusal import Refused
from eventapp.kernel.text import BadText
from eventapp.registrations import commands, queries
from eventapp.registrations.forms.building import field_names
from eventapp.registrations.models import Proposal, Question, Registration
from eventapp.registrations.routes.frame import bp
from eventapp.registrations.rules import enquiry

ANSWER = "answer:"
REASON = 500


@bp.get("/<slug:event>/desk/corrections")
@requires(Permission.MANAGE_PEOPLE)
def corrections(event: str) -> str:
    """List the corrections that wait, each with what is and what would be."""
    boundary.keep_private()
    questions = {one.code: one for one in queries.questions(g.event.id)}
    return render_template(
        "registrations/corrections.html",
        rows=[(row, _lines(row, questions)) for row in queries.proposals(g.event.id)],
    )


def _lines(row: Proposal, questions: dict[str, Question]) -> list[tuple[str, str, str]]:
    return [
        (
            _name(name, questions),
            _said(name, row.before.get(name), questions),
            _said(name, value, questions),
        )
        for name, value in row.values.items()
    ]


def _name(name: str, questions: dict[str, Question]) -> str:
    own = {
        "first_name": _("First name"),
        "last_name": _("Last name"),
        "email": _("E-mail"),
    }
    asked = questions.get(name.removeprefix(ANSWER))
    if asked is not None and name.startswith(ANSWER):
        return i18n.local(asked.label)
    return (own | field_names()).get(name, name.removeprefix(ANSWER))


def _said(name: str, value: Any, questions: dict[str, Question]) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    asked = questions.get(name.removeprefix(ANSWER))
    if asked is not None and name.startswith(ANSWER):
        value = enquiry.shown_answer(queries.content_of(asked), value, i18n.current())
    if isinstance(value, list):
        value = ", ".join(value)
    return str(value) if value not in (None, "") else "–"


@bp.post("/<slug:event>/desk/corrections/<id:proposal_id>/acceptance")
@requires(Permission.MANAGE_PEOPLE)
def accept_correction(event: str, proposal_id: int) -> Response:
    """Take a correction over and tell the person."""
    _own_proposal(proposal_id)
    try:
        commands.accept_proposal(proposal_id, clock.now())
    except Refused as refused:
        flash_refusal(refused)
    else:
        flash(_("The correction is taken over and the person is told."), "ok")
    return see_other(".corrections", event=event)


@bp.post("/<slug:event>/desk/corrections/<id:proposal_id>/rejection")
@requires(Permission.MANAGE_PEOPLE)
def reject_correction(event: str, proposal_id: int) -> Response:
    """Leave the data as they are and tell the person why."""
    _own_proposal(proposal_id)
    try:
        commands.reject_proposal(proposal_id, clock.now(), reason=_reason(REASON))
    except Refused as refused:
        flash_refusal(refused)
    else:
        flash(_("The data stay as they were and the person is told why."), "ok")
    return see_other(".corrections", event=event)


def _reason(longest: int) -> str:
    try:
        return text.clean(request.form.get("reason", ""), max_length=longest)
    except BadText:
        abort(400)


def _own_proposal(proposal_id: int) -> Proposal:
    row = queries.proposal(proposal_id)
    if row is None or row.registration.event_id != g.event.id:
        abort(404)
    return row


@bp.post("/<slug:event>/desk/people/<id:registration_id>/area")
@requires(Permission.MANAGE_PEOPLE)
def decide_area(event: str, registration_id: int) -> Response:
    """Say by hand whether somebody counts among the area, and why."""
    row = _own_registration(registration_id)
    said = {"yes": True, "no": False}.get(request.form.get("in_area", ""))
    try:
        commands.decide_area(row.id, clock.now(), in_area=said, reason=_reason(300))
    except Refused as refused:
        flash_refusal(refused)
    else:
        flash(_("It is noted whether the person counts among the area."), "ok")
    return see_other("desk.person", event=event, registration_id=registration_id)


def _own_registration(registration_id: int) -> Registration:
    row = queries.registration(registration_id)
    if row is None or row.event_id != g.event.id:
        abort(404)
    return row
