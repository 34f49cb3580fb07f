"""My details: what somebody has said, to complete, correct, take along; consents to withdraw."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Response as Answer
from flask import abort, flash, g, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from eventapp.events.access import Permission
from eventapp.kernel import boundary, clock, i18n
from eventapp.kernel.guard import requires
from eventapp.kernel.pages import flash_refusal, see_other
from eventapp.kernel.refusal import Refused
from eventapp.registrations import commands, queries, rules
from eventapp.registrations.commands import OrganisationDetails
from eventapp.registrations.forms import OwnData, own_data
from eventapp.registrations.forms.asked import (
    CONSENTS,
    Asking,
    asked_consents,
    conditions,
)
from eventapp.registrations.models import ConsentKind
from eventapp.registrations.routes.frame import asking_of_event, bp
from eventapp.registrations.routes.public import organisation_in, place_refusal, remember
from eventapp.registrations.rules import RegistrationRefusal, enquiry
from eventapp.registrations.rules.enquiry import Standing


@bp.get("/<slug:event>/my/details")
@requires(Permission.SIGN_UP)
def details(event: str) -> str:
    """Show what somebody has said of themselves, to be completed and corrected."""
    asked, answers = asking_of_event(), dict(queries.answers(g.registration.id))
    return _page(own_data(asked, g.registration, answers, typed=False), answers)


def _page(form: OwnData, answers: Mapping[str, Any], extra: list[str] | None = None) -> str:
    boundary.keep_private()
    given = queries.consents(g.registration.id)
    until = form.asked.form.edits_until
    return render_template(
        "registrations/details.html",
        registration=g.registration,
        form=form,
        extra=extra or [],
        conditions=conditions,
        progress=_progress(form.asked, answers),
        frozen=rules.is_frozen(until, clock.now()),
        until=until,
        proposal=queries.last_proposal(g.registration.id),
        consents=[
            (kind, CONSENTS[kind], given.get(kind, False))
            for kind in CONSENTS
            if kind in given or kind in asked_consents(form.asked.form)
        ],
        monitored=bool(form.asked.form.monitoring),
    )


def _progress(asked: Asking, answers: Mapping[str, Any]) -> tuple[int, int]:
    row = g.registration
    at = Standing(row.category.code if row.category else None, answers)
    return enquiry.progress(asked.form, asked.questions, row, at)


@bp.post("/<slug:event>/my/details")
@requires(Permission.SIGN_UP)
def save_details(event: str) -> Response | str:
    """Correct one's own data at once, or propose it once the data are frozen."""
    asked, answers = asking_of_event(), dict(queries.answers(g.registration.id))
    form = own_data(asked, g.registration, answers, typed=True)
    if not form.validate():
        return _page(form, answers)
    try:
        said = _save(form)
    except Refused as refused:
        if refused.reason is RegistrationRefusal.NOTHING_CHANGED:
            flash_refusal(refused)
            return see_other(".details", event=event)
        return _page(form, answers, place_refusal(form, refused))
    flash(said, "ok")
    return see_other(".details", event=event)


def _save(form: OwnData) -> str:
    now, row = clock.now(), g.registration
    values: dict[str, Any] = {
        "first_name": form.first_name.data,
        "last_name": form.last_name.data,
        "email": form.email.data or None,
        **form.columns(),
    }
    values |= {"answers": form.answers(), "organisation": _organisation(form)}
    try:
        commands.correct_own(row.id, now, **values)
    except Refused as refused:
        if refused.reason is not RegistrationRefusal.EDITS_FROZEN:
            raise
        commands.propose(row.id, now, **values)
        return _("Your correction waits for the organiser; the answer comes by mail.")
    # Another address has got a new personal link; this browser goes on with it.
    remember(row)
    return _("Your details are saved. Thank you.")


def _organisation(form: OwnData) -> OrganisationDetails | None:
    """Return the organisation that is named; a new name goes before the NIP of the old one."""
    said, known = organisation_in(form), g.registration.organisation
    if said and known and said.nip == known.nip and said.name not in {"", known.name}:
        return replace(said, nip=None)
    return said


@bp.post("/<slug:event>/my/consents/<kind>")
@requires(Permission.SIGN_UP)
def answer_consent(event: str, kind: str) -> Response:
    """Give or withdraw a consent; every answer is kept with its moment."""
    if kind not in set(ConsentKind) - {ConsentKind.INFORMATION_CLAUSE}:
        abort(404)
    now, given = clock.now(), request.form.get("given") == "yes"
    if queries.consents(g.registration.id).get(ConsentKind(kind), False) is not given:
        number = queries.clause_number(g.event.id, now)
        commands.answer_consent(
            g.registration.id, ConsentKind(kind), now, given=given, clause_version=number
        )
    flash(_("The consent is given.") if given else _("The consent is withdrawn."), "ok")
    return see_other(".details", event=event, _anchor="consents")


@bp.get("/<slug:event>/my/data.json")
@requires(Permission.SIGN_UP)
def own_json(event: str) -> Answer:
    """Give somebody all that is kept about them, for another program to read (GDPR art. 20)."""
    boundary.keep_private()
    answer = Answer(
        json.dumps(_everything(), ensure_ascii=False, indent=2), mimetype="application/json"
    )
    answer.headers["Content-Disposition"] = f'attachment; filename="{event}.json"'
    return answer


def _everything() -> dict[str, Any]:
    row = g.registration
    kept = {name: getattr(row, name) for name in _KEPT}
    return kept | {
        "event": i18n.local(g.event.title),
        "state": row.state.value,
        "category": i18n.local(row.category.name) if row.category else None,
        "organisation": row.organisation.name if row.organisation else None,
        "form_of_address": row.form_of_address.value,
        "registered_at": i18n.local_time(row.registered_at).isoformat(),
        "consents": {kind.value: given for kind, given in queries.consents(row.id).items()},
        "answers": [
            {
                "question": i18n.local(one.content["label"]),
                "answer": enquiry.shown_answer(one.content, one.value, i18n.current()),
            }
            for one in queries.given(row.id)
        ],
    }


_KEPT = (
    "number", "title", "first_name", "last_name", "email", "phone", "job", "postcode", "gmina",
    "county", "in_area", "diet", "needs", "transport", "accommodation", "locale",
)  # fmt: skip
