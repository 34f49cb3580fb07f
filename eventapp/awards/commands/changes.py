"""Changing frozen rules: a new version, its reason, two persons, and what becomes of cards."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from eventapp.awards import mails, queries, rules, tally
from eventapp.awards.commands.acts import RulesChanged, RulesKept, RulesProposed, tell
from eventapp.awards.commands.rounds import annul_count
from eventapp.awards.models import Ballot, Call, Round, RuleChange
from eventapp.awards.rules.refusals import AwardRefusal
from eventapp.awards.rules.states import CardsFate, RoundState
from eventapp.directory.models import Person
from eventapp.kernel import facts, jobs
from eventapp.kernel.db import atomic, db
from eventapp.kernel.refusal import Refused


@atomic
def propose_rules(
    call_id: int, rulebook: Mapping[str, Any], reason: str, cards: CardsFate, now: datetime
) -> RuleChange:
    """Propose other rules than the frozen ones; nothing changes until somebody else confirms."""
    call = db.session.get_one(Call, call_id, with_for_update=True)
    document = rules.counting.exact(rulebook)
    sha256 = tally.rulebook_sha256(document)
    waiting = queries.waiting_change(call_id)
    if refusal := rules.regulations.refuse_proposal(call, sha256, reason, waiting):
        raise Refused(refusal)
    _refuse_uncountable(call_id, document)
    row = RuleChange(
        call_id=call_id,
        event_id=call.event_id,
        rulebook=document,
        rulebook_sha256=sha256,
        before_sha256=call.rulebook_sha256,
        reason=reason.strip(),
        cards=CardsFate(cards),
        proposed_by=facts.actor(),
        proposed_at=now,
    )
    db.session.add(row)
    tell(RulesProposed(event_id=call.event_id, subject=f"call:{call_id}", rulebook_sha256=sha256))
    return row


def _refuse_uncountable(call_id: int, document: Mapping[str, Any]) -> None:
    for award in queries.awards(call_id):
        frozen = rules.counting.frozen_rulebook(document, award.criteria)
        if fault := rules.counting.rulebook_fault(frozen):
            raise Refused(AwardRefusal.BAD_RULEBOOK, fault=fault)


@atomic
def confirm_rules(change_id: int, now: datetime) -> RuleChange:
    """Put proposed rules into force as the second person; counts made before are void."""
    row = db.session.get_one(RuleChange, change_id, with_for_update=True)
    call = db.session.get_one(Call, row.call_id, with_for_update=True)
    if refusal := rules.regulations.refuse_confirmation(call, row, facts.actor()):
        raise Refused(refusal)
    call.rulebook, call.rulebook_sha256 = row.rulebook, row.rulebook_sha256
    row.confirmed_by, row.confirmed_at = facts.actor(), now
    row.set_aside = [kept for each in queries.rounds(call.id) for kept in _apply(each.id, row)]
    tell(
        RulesChanged(
            event_id=call.event_id,
            subject=f"call:{call.id}",
            rulebook_sha256=row.rulebook_sha256,
            cards=row.cards,
            set_aside=len(row.set_aside),
        )
    )
    _write_to_jurors(call)
    return row


def _apply(round_id: int, change: RuleChange) -> list[dict[str, Any]]:
    """Give one round the new rules, and return the cards that no longer stand."""
    the_round = queries.round_alone(round_id)
    if the_round is None:
        raise LookupError(f"no round {round_id}")
    annul_count(the_round)
    criteria = the_round.rulebook["criteria"]
    the_round.rulebook = rules.counting.frozen_rulebook(change.rulebook, criteria)
    the_round.rulebook_sha256 = tally.rulebook_sha256(the_round.rulebook)
    kept = _take_cards(the_round) if change.cards is CardsFate.VOID else []
    tell(
        RulesChanged(
            event_id=the_round.event_id,
            subject=f"round:{round_id}",
            rulebook_sha256=the_round.rulebook_sha256,
            cards=change.cards,
            set_aside=len(kept),
        )
    )
    return kept


def _take_cards(the_round: Round) -> list[dict[str, Any]]:
    """Empty a round's box and take scoring up again; cards voided one by one stay void."""
    live = [each for each in queries.ballots(the_round.id) if each.voided_at is None]
    kept = [_as_it_was(each) for each in live]
    for each in live:
        db.session.delete(each)
    the_round.state, the_round.closed_at, the_round.close_reason = RoundState.OPEN, None, ""
    return kept


def _as_it_was(ballot: Ballot) -> dict[str, Any]:
    return {
        "round": ballot.round_id,
        "juror": ballot.juror_id,
        "nomination": ballot.nomination_id,
        "scores": dict(ballot.scores),
        "cast_at": ballot.cast_at.isoformat(),
    }


def _write_to_jurors(call: Call) -> None:
    for juror in queries.jurors(call.id):
        person = db.session.get_one(Person, juror.person_id)
        if juror.voting and person.email:
            jobs.enqueue(
                mails.rules_changed, lane=person.email, event_id=call.event_id, juror_id=juror.id
            )


@atomic
def drop_rules(change_id: int, now: datetime) -> RuleChange:
    """Let a proposed change fall: its author takes it back, or the second person says no."""
    row = db.session.get_one(RuleChange, change_id, with_for_update=True)
    if not row.is_waiting:
        raise Refused(AwardRefusal.NO_CHANGE_WAITS)
    row.dropped_at = now
    tell(RulesKept(event_id=row.event_id, subject=f"call:{row.call_id}"))
    return row
