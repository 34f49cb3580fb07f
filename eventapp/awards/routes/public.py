"""What everybody sees: the call, the results, and one's own nomination by its link."""

from datetime import datetime
from math import ceil
from typing import Any, BinaryIO, cast

from flask import Response as FlaskResponse
from flask import abort, flash, g, jsonify, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from eventapp.awards import commands, queries, rules, tally
from eventapp.awards.commands import Candidacy
from eventapp.awards.forms import Correction, Nominate, Withdrawal
from eventapp.awards.models import Call, Nomination
from eventapp.awards.queries import NOMINATOR, NOMINEE
from eventapp.awards.routes.frame import bp, rule_lines, the_call
from eventapp.awards.rules.states import NominationState
from eventapp.events import queries as events
from eventapp.kernel import boundary, clock, i18n, limits
from eventapp.kernel.guard import public
from eventapp.kernel.pages import flash_refusal, see_other
from eventapp.kernel.problems import fault_sentence
from eventapp.kernel.refusal import Refused
from eventapp.kernel.text import BadText
from eventapp.kernel.uploads import Upload, as_attachment, check_upload

# The forms around the files take some room too.
MOST_BODY = rules.nominations.MOST_BYTES + 1_000_000


# --- the call and the results -------------------------------------------------------------


@bp.get("/<slug:event>/awards/")
@public
def overview(event: str) -> str:
    """Show the call for nominations: awards, criteria, dates, rules, and the way in."""
    call, now = queries.call_of(g.event.id), clock.now()
    if call is None:
        return render_template("awards/none.html")
    return render_template(
        "awards/overview.html",
        call=call,
        awards=queries.awards(call.id),
        refusal=rules.nominations.refuse_call(call, now),
        is_public=rules.results.is_public(call, now),
        votes=rules.audience.refuse_window(call, now) is None,
        category_names=_category_names(),
        rule_lines=rule_lines(call.rulebook),
        changes=[each for each in queries.rule_changes(call.id) if each.confirmed_at],
    )


@bp.get("/<slug:event>/awards/rules.json")
@public
def rulebook(event: str) -> FlaskResponse:
    """Hand out the rules as the document that counts, with the hash that froze them."""
    call = the_call()
    return jsonify(
        format="rulebook/1",
        rulebook=call.rulebook,
        sha256=tally.rulebook_sha256(call.rulebook),
        frozen=call.rulebook_sha256 is not None,
        awards=[
            {"name": each.name, "criteria": rules.counting.normal_criteria(each.criteria)}
            for each in queries.awards(call.id)
        ],
    )


def _category_names() -> dict[str, Any]:
    return {each.code: each.name for each in events.categories(g.event.id)}


@bp.get("/<slug:event>/awards/results")
@public
def results(event: str) -> FlaskResponse:
    """Show the results from the embargo's second; before it, say when that is."""
    call, now = the_call(), clock.now()
    shown = queries.public_verdicts(call.id, now)
    names = {each.id: each for each in queries.nominations(call.id)} if shown else {}
    page = render_template(
        "awards/results.html",
        call=call,
        verdicts=shown,
        nominations=names,
        audience=_audience(call, now) if shown else None,
        refusal=rules.results.refuse_results(call, now),
        opens_in=_seconds_left(call, now),
    )
    answer = FlaskResponse(page)
    # No cache may hold a page over the embargo's second, in either direction.
    answer.headers["Cache-Control"] = "no-cache"
    return answer


def _seconds_left(call: Call, now: datetime) -> int:
    """Return in how many seconds a released result opens by itself, 0 if it does not."""
    if call.embargo_until is None or call.published_at is None:
        return 0
    return max(0, ceil((call.embargo_until - now).total_seconds()))


def _audience(call: Call, now: datetime) -> Nomination | None:
    voting_over = call.public_vote_closes_at is not None and call.public_vote_closes_at <= now
    return queries.audience_favourite(call.id) if voting_over else None


# --- nominating ---------------------------------------------------------------------------


def _form(call: Call, **given: Any) -> Nominate:
    form = Nominate(**given)
    form.award.choices = [(each.id, i18n.local(each.name)) for each in queries.awards(call.id)]
    eligible = {code for each in queries.awards(call.id) for code in each.eligible_types}
    names = _category_names()
    form.nominee_category.choices = [("", _("I do not know"))] + [
        (code, i18n.local(names.get(code)) or code) for code in sorted(eligible)
    ]
    return form


@bp.get("/<slug:event>/awards/nominate")
@public
def nominate(event: str) -> Response | str:
    """Show an empty nomination."""
    call = the_call()
    if refusal := rules.nominations.refuse_call(call, clock.now()):
        flash(_(refusal.sentence), "stop")
        return see_other(".overview", event=event)
    asked = boundary.read_id(request.args.get("award", ""))
    return _nominate_page(call, _form(call, formdata=None, award=asked))


def _nominate_page(call: Call, form: Nominate, faults: list[str] | None = None) -> str:
    return render_template("awards/nominate.html", call=call, form=form, faults=faults or [])


@bp.post("/<slug:event>/awards/nominate")
@boundary.accepts_upload(MOST_BODY)
@public
def save_draft(event: str) -> Response | str:
    """Keep a draft and send its link; hand it in at once if the other button was pressed."""
    call = the_call()
    limits.hit("uploads", limits.address())
    form = _form(call)
    uploads, faults = _uploads()
    if not form.validate() or faults:
        return _nominate_page(call, form, faults)
    if form.award.data not in {each.id for each in queries.awards(call.id)}:
        abort(404)
    try:
        row = commands.draft_nomination(form.award.data, _candidacy(form), clock.now())
    except Refused as refused:
        flash_refusal(refused)
        return _nominate_page(call, form)
    _attach(row, uploads)
    _submit_if_asked(row)
    return _back(row)


def _candidacy(form: Nominate) -> Candidacy:
    itself = form.is_self.data == "yes"
    return Candidacy(
        nominee=form.nominee.data,
        nominator=form.nominee.data if itself else form.nominator.data,
        justification=form.justification.data or "",
        is_self=itself,
        nominee_category=form.nominee_category.data or "",
        nominee_email=None if itself else form.nominee_email.data,
        nominator_email=form.nominator_email.data,
        locale=i18n.current(),
    )


def _uploads() -> tuple[list[Upload], list[str]]:
    """Read and check the files of this request before any transaction opens."""
    found: list[Upload] = []
    faults: list[str] = []
    for file in request.files.getlist("files"):
        if not file.filename:
            continue
        try:
            found.append(check_upload(cast(BinaryIO, file.stream), file.filename))
        except BadText as error:
            faults.append(f"{file.filename[:100]}: {fault_sentence(error)}")
    return found, faults


def _attach(row: Nomination, uploads: list[Upload]) -> None:
    for upload in uploads:
        try:
            commands.attach(row.id, upload, clock.now())
        except Refused as refused:
            flash_refusal(refused)
            return


def _submit_if_asked(row: Nomination) -> None:
    if request.form.get("act") != "submit":
        flash(_("The draft is saved. We have sent you the link to it."), "ok")
        return
    try:
        sent = commands.submit_draft(row.id, clock.now())
    except Refused as refused:
        flash_refusal(refused)
        return
    told = _("The nomination is submitted under the number %(number)s.", number=sent.number)
    flash(told, "ok")


def _back(row: Nomination) -> Response:
    token = queries.nominator_token(row)
    return see_other(".own_nomination", event=g.event.slug, token=token)


# --- one's own nomination, by its link ----------------------------------------------------


def _own(token: str, purpose: str = NOMINATOR) -> Nomination:
    boundary.keep_private()
    row = queries.by_token(purpose, token)
    if row is None or row.event_id != g.event.id:
        abort(404)
    return row


@bp.get("/<slug:event>/awards/nominations/<token>")
@public
def own_nomination(event: str, token: str) -> str:
    """Show a nominator the nomination: as a form while it may change, then its state."""
    row = _own(token)
    return _own_page(row, token, _filled(row))


def _filled(row: Nomination) -> Nominate:
    return _form(
        row.award.call,
        formdata=None,
        award=row.award_id,
        is_self="yes" if row.is_self else "no",
        nominee=row.nominee,
        nominee_category=row.nominee_category,
        nominee_email=row.nominee_email,
        nominator=row.nominator,
        nominator_email=row.nominator_email,
        justification=row.justification,
    )


def _own_page(row: Nomination, token: str, form: Nominate, faults: list[str] | None = None) -> str:
    now = clock.now()
    return render_template(
        "awards/own_nomination.html",
        row=row,
        token=token,
        form=form,
        faults=faults or [],
        editable=rules.nominations.refuse_edit(row, now) is None,
        withdrawable=rules.nominations.refuse_withdrawal(row.award.call, row) is None,
        missing=rules.nominations.missing(row),
        attachments=queries.attachments(row.id),
        withdrawal=Withdrawal(formdata=None),
    )


@bp.post("/<slug:event>/awards/nominations/<token>")
@boundary.accepts_upload(MOST_BODY)
@public
def change_nomination(event: str, token: str) -> Response | str:
    """Save a draft again, add files, and hand it in or complete it if that was pressed."""
    row = _own(token)
    form = _form(row.award.call)
    uploads, faults = _uploads()
    if not form.validate() or faults:
        return _own_page(row, token, form, faults)
    try:
        commands.change_draft(row.id, _candidacy(form), clock.now())
    except Refused as refused:
        flash_refusal(refused)
        return _back(row)
    _attach(row, uploads)
    if row.state is NominationState.TO_COMPLETE:
        _complete_if_asked(row)
    else:
        _submit_if_asked(row)
    return _back(row)


def _complete_if_asked(row: Nomination) -> None:
    if request.form.get("act") != "submit":
        flash(_("Your changes are saved. Send them in before the deadline."), "ok")
        return
    try:
        commands.complete_nomination(row.id, clock.now())
    except Refused as refused:
        flash_refusal(refused)
    else:
        flash(_("The completed nomination is back with the secretary."), "ok")


@bp.post("/<slug:event>/awards/nominations/<token>/withdrawal")
@public
def withdraw(event: str, token: str) -> Response:
    """Take one's nomination back."""
    row = _own(token)
    form = Withdrawal()
    reason = (form.reason.data or "") if form.validate() else ""
    try:
        commands.withdraw_nomination(row.id, clock.now(), reason=reason)
    except Refused as refused:
        flash_refusal(refused)
    else:
        flash(_("The nomination is withdrawn."), "ok")
    return _back(row)


@bp.get("/<slug:event>/awards/nominations/<token>/attachments/<id:attachment_id>")
@public
def own_attachment(event: str, token: str, attachment_id: int) -> FlaskResponse:
    """Hand a nominator one of the own documents back."""
    row = _own(token)
    found = queries.attachment(attachment_id)
    if found is None or found.nomination_id != row.id:
        abort(404)
    return as_attachment(found.content, found.file_name, found.media_type)


@bp.post("/<slug:event>/awards/nominations/<token>/attachments/<id:attachment_id>/removal")
@public
def detach(event: str, token: str, attachment_id: int) -> Response:
    """Take a document from a draft."""
    row = _own(token)
    found = queries.attachment(attachment_id)
    if found is None or found.nomination_id != row.id:
        abort(404)
    try:
        commands.detach(attachment_id, clock.now())
    except Refused as refused:
        flash_refusal(refused)
    else:
        flash(_("The attachment is removed."), "ok")
    return _back(row)


# --- the nominee's consent ----------------------------------------------------------------


@bp.get("/<slug:event>/awards/consent/<token>")
@public
def consent(event: str, token: str) -> str:
    """Ask the nominee whether they agree to be nominated."""
    row = _own(token, NOMINEE)
    form = Correction(formdata=None, nominee=row.nominee, statement=row.statement)
    return _consent_page(row, token, form)


def _consent_page(row: Nomination, token: str, form: Correction) -> str:
    refusal = rules.nominations.refuse_correction(row.award.call, row)
    return render_template(
        "awards/consent.html", row=row, token=token, form=form, correctable=refusal is None
    )


@bp.post("/<slug:event>/awards/consent/<token>/correction")
@public
def correct_nomination(event: str, token: str) -> Response | str:
    """Keep what the nominee put right or added."""
    row = _own(token, NOMINEE)
    form = Correction()
    if not form.validate():
        return _consent_page(row, token, form)
    try:
        commands.correct_nomination(
            row.id, form.nominee.data, form.statement.data or "", clock.now()
        )
    except Refused as refused:
        flash_refusal(refused)
    else:
        flash(_("Thank you. This is what the jury will read."), "ok")
    return see_other(".consent", event=event, token=token)


@bp.post("/<slug:event>/awards/consent/<token>")
@public
def answer_consent(event: str, token: str) -> Response:
    """Note the nominee's answer."""
    row = _own(token, NOMINEE)
    agree = request.form.get("answer") == "yes"
    act = commands.give_consent if agree else commands.decline_consent
    try:
        act(row.id, clock.now())
    except Refused as refused:
        flash_refusal(refused)
    else:
        told = _("Thank you. Your consent is noted.") if agree else _("Your refusal is noted.")
        flash(told, "ok")
    return see_other(".consent", event=event, token=token)
