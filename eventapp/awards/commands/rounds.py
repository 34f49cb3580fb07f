"""Rounds and cards: opening, casting, recusing, voiding, marking who was absent.

Casting takes the round shared, everything that changes who or what is counted takes it
alone: a card is counted if and only if it was committed before the close.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from eventapp.awards import mails, queries, rules, tally
from eventapp.awards.commands.acts import (
    AbsenceLifted,
    AbsenceMarked,
    BallotCast,
    BallotVoided,
    ConflictDismissed,
    CountAnnulled,
    JurorRecused,
    RoundOpened,
    tell,
)
from eventapp.awards.models import (
    Absence,
    Award,
    Ballot,
    Call,
    DismissedConflict,
    Juror,
    Nomination,
    Recusal,
    Round,
)
from eventapp.awards.rules.ballots import Card
from eventapp.awards.rules.refusals import AwardRefusal
from eventapp.awards.rules.states import RoundState
from eventapp.directory.models import Person
from eventapp.kernel import facts, jobs
from eventapp.kernel.db import atomic, db
from eventapp.kernel.refusal import Refused

# --- opening ------------------------------------------------------------------------------


@atomic
def open_round(award_id: int, now: datetime) -> Round:
    """Begin the scoring of an award; its rules are frozen by their hash from here on."""
    award = db.session.get_one(Award, award_id, with_for_update=True)
    call = db.session.get_one(Call, award.call_id, with_for_update=True)
    if queries.round_of(award_id) is not None:
        raise Refused(AwardRefusal.ROUND_EXISTS)
    if not queries.entries(award_id):
        raise Refused(AwardRefusal.NO_ENTRIES)
    rulebook = rules.counting.frozen_rulebook(call.rulebook, award.criteria)
    call.rulebook_sha256 = call.rulebook_sha256 or tally.rulebook_sha256(call.rulebook)
    row = Round(
        event_id=award.event_id,
        award_id=award_id,
        state=RoundState.OPEN,
        rulebook=rulebook,
        rulebook_sha256=tally.rulebook_sha256(rulebook),
        opened_at=now,
    )
    db.session.add(row)
    db.session.flush()
    tell(
        RoundOpened(
            event_id=award.event_id,
            subject=f"round:{row.id}",
            award_id=award_id,
            rulebook_sha256=row.rulebook_sha256 or "",
        )
    )
    return row


@atomic
def open_rounds(call_id: int, now: datetime) -> list[Round]:
    """Begin the scoring of every award that has nominations to judge, and tell the jurors."""
    opened = [
        open_round(award.id, now)
        for award in queries.awards(call_id)
        if queries.round_of(award.id) is None and queries.entries(award.id)
    ]
    if not opened:
        raise Refused(AwardRefusal.NO_ENTRIES)
    for juror in queries.jurors(call_id):
        person = db.session.get_one(Person, juror.person_id)
        if juror.voting and person.email:
            jobs.enqueue(
                mails.scoring_opened,
                lane=person.email,
                event_id=juror.event_id,
                juror_id=juror.id,
            )
    return opened


# --- casting ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cast:
    """What casting did: the saved cards, and the nominations whose newer card it replaced."""

    ballots: Sequence[Ballot]
    overwritten: frozenset[int]


@atomic
def cast_ballot(round_id: int, juror_id: int, cards: Mapping[int, Card], now: datetime) -> Cast:
    """Replace the juror's cards on every nomination named in *cards*; others stay.

    The juror has read the nominations, so the declaration must be signed.
    """
    juror = db.session.get_one(Juror, juror_id)
    if refusal := rules.jury.refuse_entries(juror):
        raise Refused(refusal)
    return _cast(round_id, juror, cards, now)


@atomic
def enter_ballot(round_id: int, juror_id: int, cards: Mapping[int, Card], now: datetime) -> Cast:
    """Take over cards that were given outside the juror's page: on paper, by API, from a file.

    The declaration may be signed on paper too; until it is noted, the minutes say so.
    """
    return _cast(round_id, db.session.get_one(Juror, juror_id), cards, now)


def _cast(round_id: int, juror: Juror, cards: Mapping[int, Card], now: datetime) -> Cast:
    the_round = queries.round_shared(round_id)
    if the_round is None or the_round.event_id != juror.event_id:
        raise Refused(AwardRefusal.NOT_A_JUROR)
    absent = sorted(queries.absent_from(round_id))
    if refusal := rules.ballots.refuse_casting(the_round, juror, absent):
        raise Refused(refusal)
    before = queries.cards_to_change(round_id, juror.id)
    _refuse_cards(the_round, juror, cards, before)
    saved = [
        _save(the_round, juror, nomination_id, card, before.get(nomination_id), now)
        for nomination_id, card in cards.items()
    ]
    overwritten = {
        nomination_id for nomination_id, (_, replaced) in zip(cards, saved, strict=True) if replaced
    }
    return Cast([ballot for ballot, _ in saved], frozenset(overwritten))


def _refuse_cards(
    the_round: Round, juror: Juror, cards: Mapping[int, Card], before: Mapping[int, Ballot]
) -> None:
    award_id, rulebook = the_round.award_id, the_round.rulebook
    entries = [entry.id for entry in queries.entries(award_id)]
    recused = [n for j, n in queries.recused_from(award_id) if j == juror.id]
    for nomination_id, card in cards.items():
        held = before.get(nomination_id)
        if refusal := rules.ballots.refuse_card(nomination_id, entries, recused, held):
            raise Refused(refusal)
        if fault := rules.ballots.refuse_scores(card.scores, rulebook["criteria"]):
            raise Refused(fault[0], **fault[1])
    given = {entry: dict(held.scores) for entry, held in before.items() if not held.voided_at}
    given |= {entry: dict(card.scores) for entry, card in cards.items()}
    if refusal := rules.ballots.refuse_budget(rulebook, given):
        raise Refused(refusal, budget=rulebook["budget"])


def _save(
    the_round: Round,
    juror: Juror,
    nomination_id: int,
    card: Card,
    before: Ballot | None,
    now: datetime,
) -> tuple[Ballot, bool]:
    """Write one card; tell whether it replaced one that its page had not seen."""
    scores, comment = dict(card.scores), card.comment.strip()
    if before is not None and (before.scores, before.comment) == (scores, comment):
        return before, False
    ballot = before or Ballot(
        round_id=the_round.id, juror_id=juror.id, nomination_id=nomination_id, version=0
    )
    replaced = card.version is not None and ballot.version > card.version
    ballot.scores, ballot.comment = scores, comment
    ballot.complete = rules.ballots.is_complete(scores, the_round.rulebook["criteria"])
    ballot.cast_at = now
    ballot.version += 1
    db.session.add(ballot)
    db.session.flush()
    tell(
        BallotCast(
            event_id=the_round.event_id,
            subject=f"ballot:{ballot.id}",
            round_id=the_round.id,
            juror_id=juror.id,
            nomination_id=nomination_id,
            complete=ballot.complete,
        )
    )
    return ballot, replaced


# --- recusals, voided cards, absences -----------------------------------------------------


@atomic
def recuse(juror_id: int, nomination_id: int, reason: str, now: datetime) -> Recusal:
    """Exclude a juror from a nomination; a card cast already is voided with the same reason."""
    juror = db.session.get_one(Juror, juror_id)
    nomination = db.session.get_one(Nomination, nomination_id)
    the_round = _round_alone(nomination.award_id)
    if refusal := rules.jury.refuse_recusal(reason, queries.recusal(juror_id, nomination_id)):
        raise Refused(refusal)
    row = Recusal(
        juror_id=juror_id,
        nomination_id=nomination_id,
        reason=reason.strip(),
        declared_by=facts.actor(),
        declared_at=now,
    )
    db.session.add(row)
    late = _void_on_recusal(the_round, row, now)
    if the_round is not None:
        annul_count(the_round)
    tell(
        JurorRecused(
            event_id=juror.event_id,
            subject=f"juror:{juror_id}",
            nomination_id=nomination_id,
            late=late,
        )
    )
    return row


def _void_on_recusal(the_round: Round | None, recusal: Recusal, now: datetime) -> bool:
    if the_round is None:
        return False
    ballot = queries.card(the_round.id, recusal.juror_id, recusal.nomination_id)
    if ballot is None or ballot.voided_at is not None:
        return False
    _void(ballot, recusal.reason, now, the_round.event_id)
    return True


@atomic
def void_ballot(ballot_id: int, reason: str, now: datetime) -> Ballot:
    """Void a card with a reason; it stays for the minutes and never counts."""
    ballot = db.session.get_one(Ballot, ballot_id)
    the_round = queries.round_alone(ballot.round_id)
    db.session.refresh(ballot)
    if refusal := rules.ballots.refuse_void(ballot, reason):
        raise Refused(refusal)
    if the_round is None:
        raise LookupError(f"no round {ballot.round_id}")
    _void(ballot, reason.strip(), now, the_round.event_id)
    annul_count(the_round)
    return ballot


def _void(ballot: Ballot, reason: str, now: datetime, event_id: int) -> None:
    ballot.voided_at = now
    ballot.void_reason = reason
    ballot.voided_by = facts.actor()
    tell(BallotVoided(event_id=event_id, subject=f"ballot:{ballot.id}"))


@atomic
def dismiss_conflict(juror_id: int, nomination_id: int, reason: str, now: datetime) -> None:
    """Note that a suggested conflict is none, so that it is not suggested again."""
    if not reason.strip():
        raise Refused(AwardRefusal.REASON_MISSING)
    juror = db.session.get_one(Juror, juror_id)
    db.session.add(
        DismissedConflict(
            juror_id=juror_id,
            nomination_id=nomination_id,
            reason=reason.strip(),
            dismissed_by=facts.actor(),
            dismissed_at=now,
        )
    )
    tell(
        ConflictDismissed(
            event_id=juror.event_id, subject=f"juror:{juror_id}", nomination_id=nomination_id
        )
    )


@atomic
def mark_absent(round_id: int, juror_id: int, reason: str, now: datetime) -> Absence:
    """Note that a juror takes no part in a round's vote; such a juror may have no cards in it."""
    the_round = queries.round_alone(round_id)
    juror = db.session.get_one(Juror, juror_id)
    if the_round is None or the_round.event_id != juror.event_id:
        raise Refused(AwardRefusal.NOT_A_JUROR)
    if juror_id in queries.absent_from(round_id):
        raise Refused(AwardRefusal.ABSENT)
    mine = [b for b in queries.ballots(round_id) if b.juror_id == juror_id and not b.voided_at]
    if refusal := rules.jury.refuse_absence(reason, mine):
        raise Refused(refusal)
    row = Absence(
        round_id=round_id,
        juror_id=juror_id,
        reason=reason.strip(),
        marked_by=facts.actor(),
        marked_at=now,
    )
    db.session.add(row)
    annul_count(the_round)
    subject = f"round:{round_id}"
    tell(AbsenceMarked(event_id=the_round.event_id, subject=subject, juror_id=juror_id))
    return row


@atomic
def lift_absence(round_id: int, juror_id: int) -> None:
    """Take back that a juror was absent, as long as nothing is counted."""
    the_round = queries.round_alone(round_id)
    if the_round is None:
        raise Refused(AwardRefusal.NOT_A_JUROR)
    if the_round.state is RoundState.COUNTED:
        raise Refused(AwardRefusal.ALREADY_COUNTED)
    db.session.query(Absence).filter_by(round_id=round_id, juror_id=juror_id).delete()
    tell(AbsenceLifted(event_id=the_round.event_id, subject=f"round:{round_id}"))


# --- what a later change does to a count --------------------------------------------------


def _round_alone(award_id: int) -> Round | None:
    found = queries.round_of(award_id)
    return None if found is None else queries.round_alone(found.id)


def annul_counts(award_id: int) -> None:
    """Take an award's round alone, and back to *closed* if it was counted."""
    the_round = _round_alone(award_id)
    if the_round is not None:
        annul_count(the_round)


def annul_count(the_round: Round) -> None:
    """Bring a counted round back to *closed*: what was counted has changed.

    The old result stays as history. After the publication nothing may change any more.
    """
    award = db.session.get_one(Award, the_round.award_id)
    call = db.session.get_one(Call, award.call_id)
    if call.published_at is not None:
        raise Refused(AwardRefusal.ALREADY_PUBLISHED)
    if the_round.state is RoundState.COUNTED:
        the_round.state = RoundState.CLOSED
        tell(CountAnnulled(event_id=the_round.event_id, subject=f"round:{the_round.id}"))
