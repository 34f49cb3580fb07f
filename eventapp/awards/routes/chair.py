"""The pages of the chair and the secretary: coverage, conflicts, counting, ties, minutes."""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from flask import abort, flash, render_template
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from eventapp.awards import commands, queries, rules
from eventapp.awards.forms import Absent, ChairRecusal, Embargo, Reason, Tie
from eventapp.awards.models import Award, Juror, Nomination, Round
from eventapp.awards.queries import Verdict
from eventapp.awards.routes.frame import (
    bp,
    juror_name,
    jury_nav,
    own_juror,
    own_recusals,
    the_ballot,
    the_call,
    the_round,
)
from eventapp.awards.rules.states import NominationState, RoundState
from eventapp.awards.tally import verify
from eventapp.events.access import Permission
from eventapp.kernel import boundary, clock, i18n
from eventapp.kernel.guard import requires
from eventapp.kernel.pages import flash_refusal, see_other
from eventapp.kernel.refusal import Refused


def _tried(act: Callable[[], Any], told: str) -> None:
    """Do a command and show how it went on the next page."""
    try:
        act()
    except Refused as refused:
        flash_refusal(refused)
    else:
        flash(told, "ok")


# --- coverage and quorum ------------------------------------------------------------------


@bp.get("/<slug:event>/jury/coverage")
@requires(Permission.SEE_JURY)
def coverage(event: str) -> str:
    """Show which juror has scored which nomination, the quorum, and who owes cards."""
    boundary.keep_private()
    call = the_call()
    rounds = {each.award_id: each for each in queries.rounds(call.id)}
    matrix = queries.coverage(call.id)
    quorums = {each.award_id: queries.quorum(each, call.id) for each in rounds.values()}
    return render_template(
        "awards/coverage.html",
        call=call,
        awards=queries.awards(call.id),
        matrix=matrix,
        rounds=rounds,
        quorums=quorums,
        groups=_by_award(matrix.nominations),
        absent=_absent_names(call.id, matrix.jurors),
        debtors=queries.debtors(call.id),
        suggested=len(queries.suggested_conflicts(call.id)),
        absence_form=_absence_form(call.id),
        desk_nav=jury_nav(),
    )


def _by_award(nominations: Sequence[Nomination]) -> dict[int, list[Nomination]]:
    found: dict[int, list[Nomination]] = {}
    for each in nominations:
        found.setdefault(each.award_id, []).append(each)
    return found


def _absent_names(call_id: int, jurors: Sequence[Juror]) -> dict[int, list[tuple[int, str, str]]]:
    """Return, for each round, the absent jurors: id, name, reason."""
    names = {each.id: juror_name(each) for each in jurors}
    found: dict[int, list[tuple[int, str, str]]] = {}
    for row in queries.absences(call_id):
        entry = (row.juror_id, names.get(row.juror_id, ""), row.reason)
        found.setdefault(row.round_id, []).append(entry)
    return found


def _absence_form(call_id: int) -> Absent:
    form = Absent()
    form.round.choices = [
        (each.id, i18n.local(each.award.name))
        for each in queries.rounds(call_id)
        if each.state in {RoundState.OPEN, RoundState.CLOSED}
    ]
    form.juror.choices = [(j.id, juror_name(j)) for j in queries.jurors(call_id) if j.voting]
    return form


@bp.post("/<slug:event>/jury/open")
@requires(Permission.KEEP_MINUTES)
def open_scoring(event: str) -> Response:
    """Open the scoring of every award: the rules are frozen, the jurors are told."""
    call = the_call()
    _tried(
        lambda: commands.open_rounds(call.id, clock.now()),
        _("Scoring is open, the rules are frozen, and the jurors have been written to."),
    )
    return see_other(".coverage", event=event)


@bp.post("/<slug:event>/jury/reminders")
@requires(Permission.KEEP_MINUTES)
def remind(event: str) -> Response:
    """Write to every juror who owes cards."""
    written = commands.remind_jurors(the_call().id, clock.now())
    told = ngettext(
        "A reminder goes to %(num)d person.", "Reminders go to %(num)d people.", written
    )
    flash(told if written else _("Nobody owes a card."), "ok")
    return see_other(".coverage", event=event)


@bp.post("/<slug:event>/jury/absences")
@requires(Permission.KEEP_MINUTES)
def mark_absent(event: str) -> Response:
    """Note that a juror takes no part in a vote."""
    form = _absence_form(the_call().id)
    if not form.validate():
        flash(_("Choose the juror and give the reason."), "stop")
        return see_other(".coverage", event=event)
    _tried(
        lambda: commands.mark_absent(
            form.round.data, form.juror.data, form.reason.data, clock.now()
        ),
        _("The absence is noted."),
    )
    return see_other(".coverage", event=event)


@bp.post("/<slug:event>/jury/rounds/<id:round_id>/absences/<id:juror_id>/lift")
@requires(Permission.KEEP_MINUTES)
def lift_absence(event: str, round_id: int, juror_id: int) -> Response:
    """Take an absence back."""
    the_round(round_id)
    _tried(lambda: commands.lift_absence(round_id, juror_id), _("The absence is taken back."))
    return see_other(".coverage", event=event)


@bp.get("/<slug:event>/jury/ballots/<id:ballot_id>/void")
@requires(Permission.KEEP_MINUTES)
def void(event: str, ballot_id: int) -> str:
    """Ask for the reason for which a card becomes void."""
    return _void_page(ballot_id, Reason())


def _void_page(ballot_id: int, form: Reason) -> str:
    ballot, found = the_ballot(ballot_id)
    juror = queries.juror(ballot.juror_id)
    nomination = queries.nomination(ballot.nomination_id)
    return render_template(
        "awards/void.html",
        form=form,
        ballot=ballot,
        round=found,
        juror=juror,
        nomination=nomination,
        desk_nav=jury_nav(),
    )


@bp.post("/<slug:event>/jury/ballots/<id:ballot_id>/void")
@requires(Permission.KEEP_MINUTES)
def void_ballot(event: str, ballot_id: int) -> Response | str:
    """Void a card; the reason stands in the minutes."""
    ballot, _found = the_ballot(ballot_id)
    form = Reason()
    if not form.validate():
        return _void_page(ballot_id, form)
    _tried(
        lambda: commands.void_ballot(ballot.id, form.reason.data, clock.now()),
        _("The card is void; it stays in the minutes and is not counted."),
    )
    return see_other(".coverage", event=event)


# --- conflicts ----------------------------------------------------------------------------


@bp.get("/<slug:event>/jury/conflicts")
@requires(Permission.SEE_JURY)
def conflicts(event: str) -> str:
    """Show the recusals, and the conflicts that the event's own data suggest."""
    return _conflicts_page(_recusal_form())


def _recusal_form() -> ChairRecusal:
    call = the_call()
    form = ChairRecusal()
    form.juror.choices = [(j.id, juror_name(j)) for j in queries.jurors(call.id) if j.voting]
    form.nomination.choices = [
        (each.id, f"{each.number or each.id} · {each.nominee}")
        for each in queries.nominations(call.id, {NominationState.ACCEPTED})
    ]
    return form


def _conflicts_page(form: ChairRecusal) -> str:
    boundary.keep_private()
    call = the_call()
    return render_template(
        "awards/conflicts.html",
        call=call,
        form=form,
        suggested=queries.suggested_conflicts(call.id),
        recusals=queries.recusals(call.id),
        jurors={each.id: each for each in queries.jurors(call.id)},
        nominations={each.id: each for each in queries.nominations(call.id)},
        desk_nav=jury_nav(),
    )


@bp.post("/<slug:event>/jury/conflicts")
@requires(Permission.KEEP_MINUTES)
def recuse_juror(event: str) -> Response | str:
    """Exclude a juror from a nomination; a card cast already becomes void."""
    form = _recusal_form()
    if not form.validate():
        return _conflicts_page(form)
    _tried(
        lambda: commands.recuse(
            form.juror.data, form.nomination.data, form.reason.data, clock.now()
        ),
        _("The juror is excluded from judging this nomination."),
    )
    return see_other(".conflicts", event=event)


@bp.post("/<slug:event>/jury/conflicts/dismissed")
@requires(Permission.KEEP_MINUTES)
def dismiss_conflict(event: str) -> Response | str:
    """Note that a suggested conflict is none."""
    form = _recusal_form()
    if not form.validate():
        flash(_("Say why this is no conflict."), "stop")
        return see_other(".conflicts", event=event)
    _tried(
        lambda: commands.dismiss_conflict(
            form.juror.data, form.nomination.data, form.reason.data, clock.now()
        ),
        _("Noted: no conflict of interest."),
    )
    return see_other(".conflicts", event=event)


# --- closing and counting -----------------------------------------------------------------


@bp.post("/<slug:event>/jury/rounds/<id:round_id>/close")
@requires(Permission.CHAIR_JURY)
def close_round(event: str, round_id: int) -> Response:
    """End the scoring of an award."""
    the_round(round_id)
    _tried(lambda: commands.close_round(round_id, clock.now()), _("Scoring is closed."))
    return see_other(".verdict", event=event, round_id=round_id)


@bp.post("/<slug:event>/jury/rounds/<id:round_id>/close-without-quorum")
@requires(Permission.CHAIR_JURY)
def close_without_quorum(event: str, round_id: int) -> Response:
    """End the scoring of an award that cannot be decided."""
    the_round(round_id)
    form = Reason()
    if not form.validate():
        flash(_("Please give the reason; it will stand in the minutes."), "stop")
        return see_other(".verdict", event=event, round_id=round_id)
    _tried(
        lambda: commands.close_without_quorum(round_id, form.reason.data, clock.now()),
        _("Scoring is closed without a quorum."),
    )
    return see_other(".verdict", event=event, round_id=round_id)


@bp.post("/<slug:event>/jury/rounds/<id:round_id>/reopen")
@requires(Permission.CHAIR_JURY)
def reopen_round(event: str, round_id: int) -> Response:
    """Take the scoring of an award up again before anything is counted."""
    the_round(round_id)
    _tried(lambda: commands.reopen_round(round_id), _("Scoring is open again."))
    return see_other(".verdict", event=event, round_id=round_id)


@bp.post("/<slug:event>/jury/rounds/<id:round_id>/count")
@requires(Permission.CHAIR_JURY)
def count_round(event: str, round_id: int) -> Response:
    """Count a closed round."""
    the_round(round_id)
    _tried(lambda: commands.count_round(round_id, clock.now()), _("The cards are counted."))
    return see_other(".verdict", event=event, round_id=round_id)


@bp.get("/<slug:event>/jury/results")
@requires(Permission.SEE_JURY)
def verdicts(event: str) -> str:
    """Show where each award stands, and what was decided; publish from here."""
    return _verdicts_page(None)


def _verdicts_page(form: Embargo | None) -> str:
    boundary.keep_private()
    call = the_call()
    found = {each.award.id: each for each in queries.verdicts(call.id)}
    rounds = {each.award_id: each for each in queries.rounds(call.id)}
    return render_template(
        "awards/verdicts.html",
        call=call,
        awards=queries.awards(call.id),
        rounds=rounds,
        verdicts=found,
        nominations=_names(call.id),
        is_public=rules.results.is_public(call, clock.now()),
        ready=_ready(rounds, found),
        form=form or Embargo(formdata=None, embargo_until=call.embargo_until),
        audience=queries.audience_favourite(call.id),
        desk_nav=jury_nav(),
    )


def _ready(rounds: Mapping[int, Round], found: Mapping[int, Verdict]) -> bool:
    counted = all(each.state is RoundState.COUNTED for each in rounds.values())
    return bool(rounds) and counted and all(v.result.status != "tied" for v in found.values())


def _names(call_id: int) -> dict[int, Nomination]:
    return {each.id: each for each in queries.nominations(call_id)}


@bp.get("/<slug:event>/jury/rounds/<id:round_id>")
@requires(Permission.SEE_JURY)
def verdict(event: str, round_id: int) -> str:
    """Show one award's round: quorum before the count, the ranked table after it."""
    found = the_round(round_id)
    call = found.award.call
    jury = queries.jurors(call.id)
    result = queries.result(round_id) if found.state is RoundState.COUNTED else None
    decided = queries.verdict(found, result) if result is not None else None
    return render_template(
        "awards/verdict.html",
        call=call,
        round=found,
        award=found.award,
        quorum=queries.quorum(found, call.id),
        missing=_missing(call.id, found.award),
        verdict=decided,
        nominations=_names(call.id),
        jurors={each.id: each for each in jury},
        cards=_cards(decided),
        agreement=_agreement(decided),
        swings=_swings(decided),
        hidden=own_recusals(),
        decisions=queries.decisions(round_id),
        desk_nav=jury_nav(),
    )


def _cards(decided: Verdict | None) -> dict[tuple[int, int], Fraction]:
    if decided is None:
        return {}
    return rules.counting.card_totals(decided.result.input, decided.result.document)


def _agreement(decided: Verdict | None) -> float | None:
    return None if decided is None else rules.counting.agreement(decided.ranking, _cards(decided))


def _missing(call_id: int, award: Award) -> list[tuple[str, int]]:
    """Return who owes cards for an award, with how many."""
    matrix = queries.coverage(call_id)
    owed = {"missing", "started"}
    judged = [each for each in matrix.nominations if each.award_id == award.id]
    counts = [
        (juror_name(each), sum(matrix.cells[each.id, n.id] in owed for n in judged))
        for each in matrix.jurors
    ]
    return [(name, count) for name, count in counts if count]


def _swings(decided: Verdict | None) -> dict[int, tuple[int, ...]] | None:
    if decided is None or not decided.decision.winners:
        return None
    return rules.counting.robustness(decided.result.input, decided.decision.winners)


# --- ties ---------------------------------------------------------------------------------


def _tied_round(round_id: int) -> tuple[Round, Verdict]:
    found = the_round(round_id)
    result = queries.result(round_id) if found.state is RoundState.COUNTED else None
    if result is None:
        abort(404)
    decided = queries.verdict(found, result)
    if not decided.decision.open_tie:
        abort(404)
    return found, decided


def _tie_page(round_id: int, form: Tie) -> str:
    found, decided = _tied_round(round_id)
    return render_template(
        "awards/tie.html",
        round=found,
        award=found.award,
        verdict=decided,
        nominations=_names(found.award.call_id),
        form=_with_choices(form, found, decided),
        desk_nav=jury_nav(),
    )


def _with_choices(form: Tie, found: Round, decided: Verdict) -> Tie:
    names = _names(found.award.call_id)
    form.choice.choices = [(entry, names[entry].nominee) for entry in decided.decision.open_tie]
    return form


@bp.get("/<slug:event>/jury/rounds/<id:round_id>/tie")
@requires(Permission.CHAIR_JURY)
def tie(event: str, round_id: int) -> str:
    """Ask the chair whom to choose, and on what ground."""
    return _tie_page(round_id, Tie())


@bp.post("/<slug:event>/jury/rounds/<id:round_id>/tie")
@requires(Permission.CHAIR_JURY)
def decide_tie(event: str, round_id: int) -> Response | str:
    """Record the chair's act on the tie, and count again with it."""
    found, decided = _tied_round(round_id)
    form = _with_choices(Tie(), found, decided)
    if not form.validate():
        return _tie_page(round_id, form)
    juror = own_juror()
    if juror is None:
        abort(403)
    _tried(
        lambda: commands.decide_tie(
            round_id,
            list(decided.decision.open_tie),
            form.choice.data,
            form.basis.data,
            clock.now(),
            juror_id=juror.id,
        ),
        _("The tie is decided and the act is recorded."),
    )
    return see_other(".verdict", event=event, round_id=round_id)


# --- publishing ---------------------------------------------------------------------------


@bp.post("/<slug:event>/jury/embargo")
@requires(Permission.CHAIR_JURY)
def set_embargo(event: str) -> Response | str:
    """Set the moment from which everybody may know the results."""
    call = the_call()
    form = Embargo()
    moment = form.embargo_until.data
    if not form.validate() or moment is None:
        return _verdicts_page(form)
    _tried(
        lambda: commands.set_embargo(call.id, moment, clock.now()),
        _("The announcement is set to %(when)s.", when=i18n.when(moment)),
    )
    return see_other(".verdicts", event=event)


@bp.post("/<slug:event>/jury/publication")
@requires(Permission.CHAIR_JURY)
def publish(event: str) -> Response:
    """Release the results; they show from the embargo's second."""
    call = the_call()
    _tried(lambda: commands.publish(call.id, clock.now()), _("The results are released."))
    return see_other(".verdicts", event=event)


@bp.post("/<slug:event>/jury/publication/revoke")
@requires(Permission.CHAIR_JURY)
def revoke_publication(event: str) -> Response:
    """Take the release back while the embargo holds."""
    call = the_call()
    _tried(
        lambda: commands.revoke_publication(call.id, clock.now()),
        _("The release is taken back."),
    )
    return see_other(".verdicts", event=event)


# --- minutes ------------------------------------------------------------------------------


@bp.get("/<slug:event>/jury/minutes")
@requires(Permission.KEEP_MINUTES)
def minutes(event: str) -> str:
    """Draft the minutes of the jury's meeting, ready to print and sign."""
    boundary.keep_private()
    call = the_call()
    rounds = queries.rounds(call.id)
    return render_template(
        "awards/minutes.html",
        call=call,
        rounds=rounds,
        jurors=queries.jurors(call.id),
        counts=queries.counts_by_state(call.id),
        nominations=_names(call.id),
        recusals=queries.recusals(call.id),
        voided=queries.voided(call.id),
        absent=_absent_names(call.id, queries.jurors(call.id)),
        quorums={each.id: queries.quorum(each, call.id) for each in rounds},
        verdicts={each.round.id: each for each in queries.verdicts(call.id)},
        decisions={each.id: queries.decisions(each.id) for each in rounds},
        received=len([n for n in queries.nominations(call.id) if n.submitted_at]),
        names={each.id: juror_name(each) for each in queries.jurors(call.id)},
        late=_late(queries.recusals(call.id), queries.voided(call.id)),
        fingerprint=_fingerprint(call.id, rounds),
    )


def _fingerprint(call_id: int, rounds: Sequence[Round]) -> str | None:
    """Return the number that stands for the verification bundle, once all is counted."""
    if not rounds or any(each.state is not RoundState.COUNTED for each in rounds):
        return None
    return verify.fingerprint(queries.bundle(call_id))


def _late(recusals: Sequence[Any], voided: Sequence[Any]) -> set[tuple[int, int]]:
    """Return the (juror, nomination) pairs whose recusal came after the card."""
    cards = {(each.juror_id, each.nomination_id) for each in voided}
    return {(r.juror_id, r.nomination_id) for r in recusals} & cards
