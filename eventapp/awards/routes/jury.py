"""A juror's own pages: queue, declaration, scoring desk, recusal, summary."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response as FlaskResponse
from flask import abort, flash, g, jsonify, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from eventapp.awards import commands, queries, rules
from eventapp.awards.commands import Card
from eventapp.awards.forms import COMMENT, Declaration, Recusal
from eventapp.awards.models import Ballot, Juror, Nomination, Round
from eventapp.awards.routes.frame import (
    bp,
    card_total,
    joined,
    jury_nav,
    own_juror,
    points,
    the_call,
    the_juror,
    the_nomination,
    total_of,
)
from eventapp.awards.rules.states import NominationState, RoundState
from eventapp.events.access import Permission
from eventapp.kernel import boundary, clock, i18n, text
from eventapp.kernel.guard import can, requires
from eventapp.kernel.pages import flash_refusal, see_other, sentence
from eventapp.kernel.problems import fault_sentence, problem
from eventapp.kernel.refusal import Refused
from eventapp.kernel.strictjson import read_json
from eventapp.kernel.text import BadText
from eventapp.kernel.uploads import as_attachment


@bp.get("/<slug:event>/jury/")
@requires(Permission.VISIT_JURY)
def jury(event: str) -> Response:
    """Lead a juror to the own queue, everybody else of the jury to the coverage."""
    juror = own_juror()
    page = ".queue" if juror is not None and juror.voting else ".coverage"
    return see_other(page, event=event)


# --- the declaration ----------------------------------------------------------------------


def declaration_words() -> list[str]:
    """Return the declaration's paragraphs in the reader's language."""
    return [
        _(
            "I am neither nominee nor nominator in this competition, and no close relation, "
            "employment or joint business ties me to any nominee. Where such a tie exists or "
            "comes to light, I will declare it at once and take no part in judging that "
            "nomination."
        ),
        _(
            "I judge each nomination on its merits, by the criteria of the regulations, and let "
            "nobody influence my scores."
        ),
        _(
            "I keep the nominations, my scores and the course of the meeting confidential, and "
            "I announce no result before the organiser does."
        ),
    ]


@bp.get("/<slug:event>/jury/declaration")
@requires(Permission.SCORE)
def declaration(event: str) -> str:
    """Show the declaration of impartiality and confidentiality, signed or to be signed."""
    return _declaration_page(Declaration())


def _declaration_page(form: Declaration) -> str:
    call = the_call()
    return render_template(
        "awards/declaration.html",
        form=form,
        call=call,
        juror=the_juror(),
        words=declaration_words(),
        awards=queries.awards(call.id),
        desk_nav=jury_nav(),
    )


@bp.post("/<slug:event>/jury/declaration")
@requires(Permission.SCORE)
def sign_declaration(event: str) -> Response | str:
    """Sign the declaration; the words that were signed are kept by their hash."""
    form = Declaration()
    if not form.validate():
        return _declaration_page(form)
    words = "\n".join(declaration_words())
    commands.sign_declaration(the_juror().id, clock.now(), words=words)
    flash(_("The declaration is signed. Here are your nominations."), "ok")
    return see_other(".queue", event=event)


# --- the queue ----------------------------------------------------------------------------


def _desk(juror: Juror) -> dict[str, Any]:
    """Return what the juror's pages look at: rounds, nominations to judge, own cards."""
    rounds = {each.award_id: each for each in queries.rounds(juror.call_id)}
    judged = [
        each
        for each in queries.nominations(juror.call_id, {NominationState.ACCEPTED})
        if each.award_id in rounds
    ]
    recused = {
        row.nomination_id for row in queries.recusals(juror.call_id) if row.juror_id == juror.id
    }
    cards = queries.ballots_of(juror.id)
    return {"rounds": rounds, "judged": judged, "recused": recused, "cards": cards}


def _is_done(nomination: Nomination, desk: Mapping[str, Any]) -> bool:
    card = desk["cards"].get(nomination.id)
    return card is not None and card.complete and card.voided_at is None


def _free(desk: Mapping[str, Any]) -> list[Nomination]:
    return [each for each in desk["judged"] if each.id not in desk["recused"]]


@bp.get("/<slug:event>/jury/queue")
@requires(Permission.SCORE)
def queue(event: str) -> Response | str:
    """Show the juror's nominations by award, with what is done and what is left."""
    juror, call = the_juror(), the_call()
    if rules.jury.refuse_entries(juror):
        return see_other(".declaration", event=event)
    desk = _desk(juror)
    free = _free(desk)
    left = [each for each in free if not _is_done(each, desk)]
    return render_template(
        "awards/queue.html",
        call=call,
        juror=juror,
        awards=queries.awards(call.id),
        **desk,
        done=len(free) - len(left),
        total=len(free),
        next_up=left[0] if left else None,
        is_done=lambda nomination: _is_done(nomination, desk),
        total_of=lambda nomination: card_total(
            desk["cards"].get(nomination.id), desk["rounds"][nomination.award_id]
        ),
        desk_nav=jury_nav(),
    )


# --- the scoring desk ---------------------------------------------------------------------


def _judged_entry(juror: Juror, nomination_id: int) -> tuple[Nomination, Round]:
    """Return a nomination the juror may judge; the recused see what strangers see: 404."""
    nomination = the_nomination(nomination_id)
    the_round = queries.round_of(nomination.award_id)
    judged = nomination.state is NominationState.ACCEPTED and the_round is not None
    if not judged or queries.recusal(juror.id, nomination_id) is not None:
        abort(404)
    assert the_round is not None  # noqa: S101 - for the type checker, judged says so
    return nomination, the_round


@bp.get("/<slug:event>/jury/nominations/<id:nomination_id>")
@requires(Permission.SCORE)
def scoring(event: str, nomination_id: int) -> Response | str:
    """Show one nomination with its card."""
    juror = the_juror()
    if rules.jury.refuse_entries(juror):
        return see_other(".declaration", event=event)
    nomination, the_round = _judged_entry(juror, nomination_id)
    return _scoring_page(juror, nomination, the_round)


def _scoring_page(
    juror: Juror,
    nomination: Nomination,
    the_round: Round,
    given: Card | None = None,
    errors: Mapping[str, str] | None = None,
) -> str:
    desk = _desk(juror)
    held = desk["cards"].get(nomination.id)
    card = given or Card(held.scores if held else {}, held.comment if held else "")
    return render_template(
        "awards/scoring.html",
        juror=juror,
        nomination=nomination,
        award=nomination.award,
        round=the_round,
        attachments=queries.attachments(nomination.id),
        **joined(nomination.id),
        card=card,
        held=held,
        version=held.version if held else 0,
        errors=errors or {},
        criteria=the_round.rulebook["criteria"],
        weighed=the_round.rulebook.get("method") not in rules.counting.ANSWERS,
        spent=_spent(nomination, the_round, desk),
        total=total_of(card.scores, the_round),
        writable=the_round.state is RoundState.OPEN and not (held and held.voided_at),
        entries=_dots(nomination, desk),
        **_neighbours(nomination, desk),
    )


def _spent(current: Nomination, the_round: Round, desk: Mapping[str, Any]) -> int | None:
    """Return how many points of the budget went to the other nominations; None without one."""
    if the_round.rulebook.get("method") != "points":
        return None
    others = [
        desk["cards"][each.id].scores.get(rules.counting.CHOICE, 0)
        for each in _free(desk)
        if each.award_id == current.award_id and each.id != current.id and each.id in desk["cards"]
    ]
    return sum(others)


def _dots(current: Nomination, desk: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "text": f"{each.nominee} – {i18n.local(each.award.name)}",
            "url": url_for(".scoring", event=g.event.slug, nomination_id=each.id),
            "done": _is_done(each, desk),
            "current": each.id == current.id,
        }
        for each in _free(desk)
    ]


def _neighbours(current: Nomination, desk: Mapping[str, Any]) -> dict[str, Nomination | None]:
    free = _free(desk)
    place = next(number for number, each in enumerate(free) if each.id == current.id)
    return {
        "before": free[place - 1] if place else None,
        "after": free[place + 1] if place + 1 < len(free) else None,
    }


@bp.post("/<slug:event>/jury/nominations/<id:nomination_id>/ballot")
@requires(Permission.SCORE)
def cast_ballot(event: str, nomination_id: int) -> Any:
    """Save the juror's card: by the form's button, or as JSON while one goes."""
    juror = the_juror()
    nomination, the_round = _judged_entry(juror, nomination_id)
    if request.is_json:
        return _cast_as_one_goes(juror, nomination, the_round)
    return _cast_by_button(juror, nomination, the_round)


def _cast_by_button(juror: Juror, nomination: Nomination, the_round: Round) -> Response | str:
    try:
        card = _form_card(the_round)
    except BadText as error:
        given = Card(_form_scores(the_round))
        return _scoring_page(
            juror, nomination, the_round, given, {"comment": fault_sentence(error)}
        )
    try:
        cast = commands.cast_ballot(the_round.id, juror.id, {nomination.id: card}, clock.now())
    except Refused as refused:
        flash_refusal(refused)
        return see_other(".scoring", event=g.event.slug, nomination_id=nomination.id)
    flash(_saved(cast.ballots[0]), "ok")
    if cast.overwritten:
        flash(_overwritten(), "warn")
    onwards = request.form.get("onwards", "")
    target = boundary.read_id(onwards) or nomination.id
    return see_other(".scoring", event=g.event.slug, nomination_id=target)


def _form_card(the_round: Round) -> Card:
    comment = text.clean(request.form.get("comment", ""), max_length=COMMENT, multiline=True)
    version = request.form.get("version", "")
    known = int(version) if version.isascii() and version.isdigit() and len(version) < 9 else None
    return Card(_form_scores(the_round), comment, known)


def _form_scores(the_round: Round) -> dict[str, int]:
    found: dict[str, int] = {}
    for criterion in the_round.rulebook["criteria"]:
        typed = request.form.get(f"score-{criterion['id']}", "")
        if typed.isascii() and typed.isdigit() and len(typed) < 4:
            found[criterion["id"]] = int(typed)
    return found


def _cast_as_one_goes(juror: Juror, nomination: Nomination, the_round: Round) -> FlaskResponse:
    try:
        card = _json_card(read_json(request.get_data()))
        cast = commands.cast_ballot(the_round.id, juror.id, {nomination.id: card}, clock.now())
    except BadText as error:
        return problem(422, "invalid-fields", fault_sentence(error))
    except Refused as refused:
        return problem(409, refused.reason.value, sentence(refused))
    ballot = cast.ballots[0]
    return jsonify(
        saved=_saved(ballot),
        version=ballot.version,
        complete=ballot.complete,
        total=points(card_total(ballot, the_round), the_round.rulebook),
        warning=_overwritten() if cast.overwritten else None,
    )


def _json_card(body: Any) -> Card:
    if not isinstance(body, dict) or not isinstance(body.get("scores"), dict):
        abort(400)
    version = body.get("version")
    comment = text.clean(body.get("comment", ""), max_length=COMMENT, multiline=True)
    return Card(body["scores"], comment, version if type(version) is int else None)


def _saved(ballot: Ballot) -> str:
    return _("saved %(time)s", time=i18n.clock_time(ballot.cast_at))


def _overwritten() -> str:
    return _(
        "This card was meanwhile changed in another window; what stands here now has replaced it."
    )


# --- recusal ------------------------------------------------------------------------------


@bp.get("/<slug:event>/jury/nominations/<id:nomination_id>/recusal")
@requires(Permission.SCORE)
def recusal(event: str, nomination_id: int) -> Response | str:
    """Ask what ties the juror to the nomination."""
    juror = the_juror()
    if rules.jury.refuse_entries(juror):
        return see_other(".declaration", event=event)
    nomination, _the_round = _judged_entry(juror, nomination_id)
    return _recusal_page(juror, nomination, Recusal())


def _recusal_page(juror: Juror, nomination: Nomination, form: Recusal) -> str:
    return render_template(
        "awards/recusal.html",
        form=form,
        nomination=nomination,
        held=queries.ballots_of(juror.id).get(nomination.id),
        desk_nav=jury_nav(),
    )


@bp.post("/<slug:event>/jury/nominations/<id:nomination_id>/recusal")
@requires(Permission.SCORE)
def recuse(event: str, nomination_id: int) -> Response | str:
    """Exclude oneself from a nomination."""
    juror = the_juror()
    nomination, _the_round = _judged_entry(juror, nomination_id)
    form = Recusal()
    if not form.validate():
        return _recusal_page(juror, nomination, form)
    try:
        commands.recuse(juror.id, nomination_id, form.reason.data, clock.now())
    except Refused as refused:
        flash_refusal(refused)
    else:
        flash(_("You are excluded from judging this nomination. Thank you for telling."), "ok")
    return see_other(".queue", event=event)


# --- documents ----------------------------------------------------------------------------


@bp.get("/<slug:event>/jury/attachments/<id:attachment_id>")
@requires(Permission.VISIT_JURY)
def attachment(event: str, attachment_id: int) -> FlaskResponse:
    """Hand out a nomination's document as a download, to those who may read the nomination."""
    found = queries.attachment(attachment_id)
    if found is None:
        abort(404)
    nomination = the_nomination(found.nomination_id)
    if not _may_read(nomination):
        abort(404)
    return as_attachment(found.content, found.file_name, found.media_type)


def _may_read(nomination: Nomination) -> bool:
    juror = own_juror()
    if juror is None:
        return can(Permission.MANAGE_AWARDS)
    if queries.recusal(juror.id, nomination.id) is not None:
        return False
    if can(Permission.MANAGE_AWARDS):
        return True
    judged = nomination.state is NominationState.ACCEPTED
    if nomination.merged_into_id is not None:
        return _may_read(the_nomination(nomination.merged_into_id))
    return judged and rules.jury.refuse_entries(juror) is None


# --- own cards ----------------------------------------------------------------------------


@bp.get("/<slug:event>/jury/summary")
@requires(Permission.SCORE)
def summary(event: str) -> Response | str:
    """Show the juror's own cards side by side, best first, and what is still missing."""
    juror, call = the_juror(), the_call()
    if rules.jury.refuse_entries(juror):
        return see_other(".declaration", event=event)
    desk = _desk(juror)
    free = _free(desk)
    totals = {
        each.id: card_total(desk["cards"].get(each.id), desk["rounds"][each.award_id])
        for each in free
    }
    left = sum(not _is_done(each, desk) for each in free)
    return render_template(
        "awards/summary.html",
        call=call,
        awards=queries.awards(call.id),
        **desk,
        totals=totals,
        best_first=_best_first(free, totals),
        left=left,
        headline=_headline(left, len(free)),
        desk_nav=jury_nav(),
    )


def _best_first(
    free: Sequence[Nomination], totals: Mapping[int, Any]
) -> dict[int, list[Nomination]]:
    """Return each award's nominations, the highest own total first, unscored ones last."""
    found: dict[int, list[Nomination]] = {}
    for each in free:
        found.setdefault(each.award_id, []).append(each)
    for rows in found.values():
        rows.sort(key=lambda row: (totals[row.id] is None, -(totals[row.id] or 0), row.id))
    return found


def _headline(left: int, total: int) -> str:
    if not total:
        return _("There is nothing for you to judge.")
    if not left:
        return _("All your cards are complete. You can change them until scoring closes.")
    return ngettext("%(num)d card is still missing.", "%(num)d cards are still missing.", left)
