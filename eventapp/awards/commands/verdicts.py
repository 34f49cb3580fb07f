"""The end of a round: closing, counting, breaking ties, publishing."""

from datetime import datetime

from eventapp.awards import queries, rules
from eventapp.awards.commands.acts import (
    CallChanged,
    PublicationRevoked,
    ResultsPublished,
    RoundClosed,
    RoundCounted,
    RoundReopened,
    TieDecided,
    tell,
)
from eventapp.awards.models import Award, Call, ChairDecision, Result, Round
from eventapp.awards.rules.jury import RoundQuorum
from eventapp.awards.rules.refusals import AwardRefusal
from eventapp.awards.rules.states import RoundState
from eventapp.kernel import facts
from eventapp.kernel.db import atomic, db
from eventapp.kernel.refusal import Refused


@atomic
def close_round(round_id: int, now: datetime) -> Round:
    """End the scoring; a card is counted if and only if it was committed before this.

    Refuses without a quorum of the body or of a nomination.
    """
    the_round = _alone(round_id)
    quorum = queries.quorum(the_round, _call_id(the_round))
    if refusal := rules.counting.refuse_close(the_round, quorum):
        present, needed = _short(quorum)
        raise Refused(refusal, present=present, needed=needed)
    return _close(the_round, now, quorum=True)


@atomic
def close_without_quorum(round_id: int, reason: str, now: datetime) -> Round:
    """End the scoring although there is no quorum: what lacks it will not be ranked."""
    the_round = _alone(round_id)
    quorum = queries.quorum(the_round, _call_id(the_round))
    refusal = rules.counting.refuse_close(the_round, quorum)
    if refusal is None:
        raise Refused(AwardRefusal.QUORUM_MET)
    if refusal is not AwardRefusal.QUORUM_MISSING:
        raise Refused(refusal)
    if not reason.strip():
        raise Refused(AwardRefusal.REASON_MISSING)
    the_round.close_reason = reason.strip()
    return _close(the_round, now, quorum=False)


def _close(the_round: Round, now: datetime, *, quorum: bool) -> Round:
    the_round.state = RoundState.CLOSED
    the_round.closed_at = now
    subject = f"round:{the_round.id}"
    tell(RoundClosed(event_id=the_round.event_id, subject=subject, quorum=quorum))
    return the_round


def _short(quorum: RoundQuorum) -> tuple[int, int]:
    """Return the numbers that fall short: of the body, else of the first nomination."""
    if not quorum.body_met:
        return quorum.present, quorum.needed
    weak = next((each for each in quorum.entries.values() if not each.met), None)
    if weak is None:
        return quorum.present, quorum.needed
    few = weak.present < weak.needed
    return (weak.present, weak.needed) if few else (weak.cards, weak.cards_needed)


@atomic
def reopen_round(round_id: int) -> Round:
    """Take scoring up again, as long as nothing was ever counted."""
    the_round = _alone(round_id)
    if the_round.state is not RoundState.CLOSED:
        raise Refused(AwardRefusal.NOT_CLOSED)
    if queries.result(round_id) is not None:
        raise Refused(AwardRefusal.ALREADY_COUNTED)
    the_round.state = RoundState.OPEN
    the_round.closed_at = None
    the_round.close_reason = ""
    tell(RoundReopened(event_id=the_round.event_id, subject=f"round:{round_id}"))
    return the_round


@atomic
def count_round(round_id: int, now: datetime) -> Result:
    """Count a closed round by its frozen rules, and keep every intermediate table."""
    the_round = _alone(round_id)
    if refusal := rules.counting.refuse_count(the_round):
        raise Refused(refusal)
    if not queries.entries(the_round.award_id):
        raise Refused(AwardRefusal.NO_ENTRIES)
    return _count(the_round, now)


@atomic
def finish_round(round_id: int, now: datetime) -> Result:
    """Close a round that is still open, and count it: both or neither."""
    if _alone(round_id).state is RoundState.OPEN:
        close_round(round_id, now)
    return count_round(round_id, now)


def _count(the_round: Round, now: datetime) -> Result:
    votes = queries.votes(the_round, _call_id(the_round))
    document, found = rules.counting.settle(the_round.rulebook, votes)
    row = Result(
        round_id=the_round.id,
        status=found["status"],
        input=document,
        document=found,
        counted_at=now,
        counted_by=facts.actor(),
    )
    db.session.add(row)
    the_round.state = RoundState.COUNTED
    db.session.flush()
    tell(
        RoundCounted(
            event_id=the_round.event_id,
            subject=f"round:{the_round.id}",
            status=row.status,
            input_sha256=found["input_sha256"],
        )
    )
    return row


@atomic
def decide_tie(
    round_id: int,
    tied: list[int],
    choice: int,
    basis: str,
    now: datetime,
    *,
    juror_id: int | None = None,
) -> Result:
    """Record the chair's act on an open tie with its ground, and count again with it.

    *juror_id* names who acts where that is known: the chair, or a deputy if the chair is
    absent or excluded.
    """
    the_round = _alone(round_id)
    before = queries.result(round_id)
    if before is None or the_round.state is not RoundState.COUNTED:
        raise Refused(AwardRefusal.NOT_COUNTED)
    _refuse_published(_call_id(the_round))
    refusal = rules.counting.refuse_tie_decision(before.input, before.document, tied, choice, basis)
    if refusal is not None:
        raise Refused(refusal)
    _refuse_stranger(the_round, tied, juror_id)
    db.session.add(
        ChairDecision(
            round_id=round_id,
            tied=sorted(tied),
            choice=choice,
            basis=basis.strip(),
            decided_by=facts.actor(),
            decided_at=now,
        )
    )
    db.session.flush()
    subject = f"round:{round_id}"
    tell(TieDecided(event_id=the_round.event_id, subject=subject, tied=sorted(tied), choice=choice))
    return _count(the_round, now)


def _refuse_stranger(the_round: Round, tied: list[int], juror_id: int | None) -> None:
    votes = queries.votes(the_round, _call_id(the_round))
    able = rules.counting.leaders(votes, tied)
    if not able or (juror_id is not None and juror_id not in able):
        raise Refused(AwardRefusal.NOT_YOURS_TO_DECIDE)


@atomic
def publish(call_id: int, now: datetime) -> Call:
    """Release the results: everybody sees them from the embargo's second, nobody earlier."""
    call = db.session.get_one(Call, call_id, with_for_update=True)
    rounds = queries.rounds(call_id)
    found = queries.results(call_id)
    tied = [each for each in rounds if each.id in found and found[each.id].status == "tied"]
    refusal = rules.results.refuse_publication(call, rounds, [each.id for each in tied])
    if refusal is not None:
        raise Refused(refusal, award=tied[0].award.name if tied else "")
    call.published_at = now
    tell(ResultsPublished(event_id=call.event_id, subject=f"call:{call_id}"))
    return call


@atomic
def set_embargo(call_id: int, embargo_until: datetime, now: datetime) -> Call:
    """Set the moment of the announcement, as long as nobody has seen the results."""
    call = db.session.get_one(Call, call_id, with_for_update=True)
    if rules.results.is_public(call, now):
        raise Refused(AwardRefusal.ALREADY_PUBLISHED)
    call.embargo_until = embargo_until
    tell(CallChanged(event_id=call.event_id, subject=f"call:{call_id}"))
    return call


@atomic
def revoke_publication(call_id: int, now: datetime) -> Call:
    """Take a release back while the embargo still holds."""
    call = db.session.get_one(Call, call_id, with_for_update=True)
    if call.published_at is None:
        raise Refused(AwardRefusal.NOT_PUBLISHED)
    if rules.results.is_public(call, now):
        raise Refused(AwardRefusal.ALREADY_PUBLISHED)
    call.published_at = None
    tell(PublicationRevoked(event_id=call.event_id, subject=f"call:{call_id}"))
    return call


def _refuse_published(call_id: int) -> None:
    if db.session.get_one(Call, call_id).published_at is not None:
        raise Refused(AwardRefusal.ALREADY_PUBLISHED)


def _alone(round_id: int) -> Round:
    found = queries.round_alone(round_id)
    if found is None:
        raise LookupError(f"no round {round_id}")
    return found


def _call_id(the_round: Round) -> int:
    return db.session.get_one(Award, the_round.award_id).call_id
