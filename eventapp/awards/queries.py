"""Named reads of awards; each loads all that it returns."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager, joinedload, undefer

from eventapp.awards import rules, tally
from eventapp.awards.models import (
    Absence,
    Attachment,
    AudienceRight,
    Award,
    Ballot,
    Call,
    ChairDecision,
    DismissedConflict,
    Juror,
    Nomination,
    Recusal,
    Result,
    Round,
    RuleChange,
)
from eventapp.awards.rules.counting import Decision, Row, Votes
from eventapp.awards.rules.jury import Conflict, RoundQuorum
from eventapp.awards.rules.states import Cell, JurorRole, NominationState, RoundState
from eventapp.checkin import queries as checkin
from eventapp.kernel import facts, tokens
from eventapp.kernel.db import db
from eventapp.kernel.text import search_key
from eventapp.registrations.models import Registration
from eventapp.registrations.models import State as RegistrationState

JUDGED = NominationState.ACCEPTED


# --- the call -----------------------------------------------------------------------------


def call(call_id: int) -> Call | None:
    """Return one call."""
    return db.session.get(Call, call_id)


def call_of(event_id: int) -> Call | None:
    """Return the event's call for nominations: the newest, if it held several."""
    query = select(Call).where(Call.event_id == event_id).order_by(Call.id.desc())
    return db.session.scalars(query.limit(1)).first()


def rule_change(change_id: int) -> RuleChange | None:
    """Return one change of frozen rules."""
    return db.session.get(RuleChange, change_id)


def rule_changes(call_id: int) -> Sequence[RuleChange]:
    """List what was proposed to change in a call's frozen rules, oldest first."""
    query = select(RuleChange).where(RuleChange.call_id == call_id)
    return db.session.scalars(query.order_by(RuleChange.id)).all()


def waiting_change(call_id: int) -> RuleChange | None:
    """Return the change of the rules that waits for its second person."""
    return next((each for each in rule_changes(call_id) if each.is_waiting), None)


def awards(call_id: int) -> Sequence[Award]:
    """List a call's awards in their order."""
    query = select(Award).where(Award.call_id == call_id)
    return db.session.scalars(query.order_by(Award.position, Award.id)).all()


def award(award_id: int) -> Award | None:
    """Return one award with its call."""
    query = select(Award).options(joinedload(Award.call)).where(Award.id == award_id)
    return db.session.scalars(query).first()


def event_of_award(award_id: int) -> int | None:
    """Return the id of the event an award belongs to."""
    return db.session.scalar(select(Award.event_id).where(Award.id == award_id))


def event_of_round(round_id: int) -> int | None:
    """Return the id of the event a round belongs to."""
    return db.session.scalar(select(Round.event_id).where(Round.id == round_id))


def listed(event_id: int, *, after: int = 0, limit: int = 50) -> Sequence[Award]:
    """List an event's awards by id, from the one behind *after*."""
    query = select(Award).where(Award.event_id == event_id, Award.id > after)
    return db.session.scalars(query.order_by(Award.id).limit(limit)).all()


# --- nominations --------------------------------------------------------------------------


def nomination(nomination_id: int) -> Nomination | None:
    """Return one nomination with its award, call and organisation."""
    query = select(Nomination).where(Nomination.id == nomination_id)
    query = query.options(
        joinedload(Nomination.award).joinedload(Award.call), joinedload(Nomination.organisation)
    )
    return db.session.scalars(query).first()


def nominations(
    call_id: int, states: Collection[NominationState] | None = None
) -> Sequence[Nomination]:
    """List a call's nominations with awards and organisations, award by award."""
    query = select(Nomination).join(Nomination.award).where(Award.call_id == call_id)
    query = query.options(contains_eager(Nomination.award), joinedload(Nomination.organisation))
    if states is not None:
        query = query.where(Nomination.state.in_(states))
    return db.session.scalars(query.order_by(Award.position, Award.id, Nomination.id)).all()


def entries(award_id: int) -> Sequence[Nomination]:
    """List the nominations that are judged for an award."""
    query = select(Nomination).where(Nomination.award_id == award_id, Nomination.state == JUDGED)
    return db.session.scalars(query.order_by(Nomination.id)).all()


def merged_into(nomination_id: int) -> Sequence[Nomination]:
    """List the nominations of the same nominee that joined this one."""
    query = select(Nomination).where(Nomination.merged_into_id == nomination_id)
    return db.session.scalars(query.order_by(Nomination.id)).all()


def alike(of: Nomination) -> list[Nomination]:
    """List the nominations for the same award that seem to mean the same nominee."""
    query = select(Nomination).where(
        Nomination.award_id == of.award_id,
        Nomination.id != of.id,
        Nomination.state.in_(rules.nominations.MERGEABLE),
    )
    key = search_key(of.nominee)
    return [
        each
        for each in db.session.scalars(query.order_by(Nomination.id))
        if search_key(each.nominee) == key
        or (of.organisation_id is not None and each.organisation_id == of.organisation_id)
    ]


def cards_for(nomination_id: int) -> int:
    """Count the cards that were ever cast for a nomination."""
    query = select(func.count()).select_from(Ballot).where(Ballot.nomination_id == nomination_id)
    return db.session.scalar(query) or 0


def submitted_by(award_id: int, nominator: str, email: str | None) -> int:
    """Count the live nominations for an award by one nominator: same e-mail or same name."""
    gone = (NominationState.DRAFT, NominationState.WITHDRAWN)
    query = select(Nomination.nominator, Nomination.nominator_email).where(
        Nomination.award_id == award_id, Nomination.state.not_in(gone)
    )
    key = search_key(nominator)
    return sum(
        (email is not None and other_email == email) or search_key(name) == key
        for name, other_email in db.session.execute(query)
    )


def attachments(nomination_id: int) -> Sequence[Attachment]:
    """List a nomination's documents without their bytes."""
    query = select(Attachment).where(Attachment.nomination_id == nomination_id)
    return db.session.scalars(query.order_by(Attachment.id)).all()


def attachment(attachment_id: int) -> Attachment | None:
    """Return one document with its bytes."""
    query = select(Attachment).options(undefer(Attachment.content))
    return db.session.scalars(query.where(Attachment.id == attachment_id)).first()


# --- the jury -----------------------------------------------------------------------------


def juror(juror_id: int) -> Juror | None:
    """Return one juror with the person."""
    query = select(Juror).options(joinedload(Juror.person)).where(Juror.id == juror_id)
    return db.session.scalars(query).first()


def jurors(call_id: int) -> Sequence[Juror]:
    """List a call's jury with the people, in the order of appointment."""
    query = select(Juror).options(joinedload(Juror.person)).where(Juror.call_id == call_id)
    return db.session.scalars(query.order_by(Juror.id)).all()


def juror_person_ids(event_id: int) -> frozenset[int]:
    """Return the ids of the people who sit in an event's jury."""
    return frozenset(db.session.scalars(select(Juror.person_id).where(Juror.event_id == event_id)))


def juror_of(call_id: int, account_id: int) -> Juror | None:
    """Return the juror that an account is in a call, with the person."""
    query = select(Juror).options(joinedload(Juror.person))
    query = query.where(Juror.call_id == call_id, Juror.account_id == account_id)
    return db.session.scalars(query).first()


def recusal(juror_id: int, nomination_id: int) -> Recusal | None:
    """Return the juror's exclusion from a nomination."""
    query = select(Recusal).where(
        Recusal.juror_id == juror_id, Recusal.nomination_id == nomination_id
    )
    return db.session.scalars(query).first()


def recusals_from(nomination_id: int) -> Sequence[Recusal]:
    """List who is excluded from judging a nomination."""
    query = select(Recusal).where(Recusal.nomination_id == nomination_id)
    return db.session.scalars(query.order_by(Recusal.id)).all()


def recusals(call_id: int) -> Sequence[Recusal]:
    """List all exclusions of a call's jury."""
    query = select(Recusal).join(Juror, Juror.id == Recusal.juror_id)
    return db.session.scalars(query.where(Juror.call_id == call_id).order_by(Recusal.id)).all()


def dismissed(call_id: int) -> Sequence[DismissedConflict]:
    """List the suggested conflicts that the chair dismissed."""
    query = select(DismissedConflict).join(Juror, Juror.id == DismissedConflict.juror_id)
    return db.session.scalars(query.where(Juror.call_id == call_id)).all()


def suggested_conflicts(call_id: int) -> list[Conflict]:
    """List the conflicts that the event's own data show and nobody has settled."""
    jury = jurors(call_id)
    settled = {(row.juror_id, row.nomination_id) for row in recusals(call_id)}
    settled |= {(row.juror_id, row.nomination_id) for row in dismissed(call_id)}
    judged = nominations(call_id, {JUDGED})
    ids = {each.id for each in judged}
    merged = nominations(call_id, {NominationState.MERGED})
    told = [*judged, *(each for each in merged if each.merged_into_id in ids)]
    return rules.jury.conflicts(jury, told, _origins(jury), settled)


def _origins(jury: Sequence[Juror]) -> dict[int, set[int]]:
    """Return, for each juror's person, the organisations that person registered from."""
    gone = (RegistrationState.CANCELLED, RegistrationState.REJECTED, RegistrationState.REPLACED)
    people = [each.person_id for each in jury]
    query = select(Registration.person_id, Registration.organisation_id).where(
        Registration.person_id.in_(people),
        Registration.organisation_id.is_not(None),
        Registration.state.not_in(gone),
    )
    found: dict[int, set[int]] = {}
    for person_id, organisation_id in db.session.execute(query):
        found.setdefault(person_id, set()).add(organisation_id or 0)
    return found


# --- rounds and ballots -------------------------------------------------------------------


def round_(round_id: int) -> Round | None:
    """Return one round with its award and call."""
    query = select(Round).options(joinedload(Round.award).joinedload(Award.call))
    return db.session.scalars(query.where(Round.id == round_id)).first()


def round_shared(round_id: int) -> Round | None:
    """Take a round for casting: many may hold it so, and closing waits for them."""
    return _taken(round_id, read=True)


def round_alone(round_id: int) -> Round | None:
    """Take a round alone: for closing, counting and whatever changes who may be counted."""
    return _taken(round_id, read=False)


def _taken(round_id: int, *, read: bool) -> Round | None:
    query = select(Round).where(Round.id == round_id).with_for_update(read=read)
    return db.session.scalars(query.execution_options(populate_existing=True)).first()


def rounds(call_id: int) -> Sequence[Round]:
    """List a call's rounds with their awards, in the awards' order."""
    query = select(Round).join(Round.award).options(contains_eager(Round.award))
    query = query.where(Award.call_id == call_id)
    return db.session.scalars(query.order_by(Award.position, Award.id, Round.id)).all()


def round_of(award_id: int) -> Round | None:
    """Return the round of an award, if it has been opened."""
    query = select(Round).where(Round.award_id == award_id).order_by(Round.id.desc())
    return db.session.scalars(query.limit(1)).first()


def ballot(ballot_id: int) -> Ballot | None:
    """Return one card."""
    return db.session.get(Ballot, ballot_id)


def card(round_id: int, juror_id: int, nomination_id: int) -> Ballot | None:
    """Return a juror's card for one nomination."""
    query = select(Ballot).where(
        Ballot.round_id == round_id,
        Ballot.juror_id == juror_id,
        Ballot.nomination_id == nomination_id,
    )
    return db.session.scalars(query).first()


def cards_to_change(round_id: int, juror_id: int) -> dict[int, Ballot]:
    """Return a juror's cards of a round by nomination, locked against the other tab."""
    query = select(Ballot).where(Ballot.round_id == round_id, Ballot.juror_id == juror_id)
    found = db.session.scalars(query.with_for_update()).all()
    return {each.nomination_id: each for each in found}


def ballots(round_id: int) -> Sequence[Ballot]:
    """List all cards of a round, voided ones included."""
    query = select(Ballot).where(Ballot.round_id == round_id)
    return db.session.scalars(query.order_by(Ballot.id)).all()


def ballots_of(juror_id: int) -> dict[int, Ballot]:
    """Return all of a juror's own cards by nomination."""
    query = select(Ballot).where(Ballot.juror_id == juror_id)
    return {each.nomination_id: each for each in db.session.scalars(query)}


def voided(call_id: int) -> Sequence[Ballot]:
    """List a call's voided cards, in the order of their voiding."""
    query = select(Ballot).join(Juror, Juror.id == Ballot.juror_id)
    query = query.where(Juror.call_id == call_id, Ballot.voided_at.is_not(None))
    return db.session.scalars(query.order_by(Ballot.voided_at, Ballot.id)).all()


def absences(call_id: int) -> Sequence[Absence]:
    """List who was marked as absent from which round."""
    query = select(Absence).join(Round, Round.id == Absence.round_id)
    query = query.join(Award, Award.id == Round.award_id).where(Award.call_id == call_id)
    return db.session.scalars(query.order_by(Absence.id)).all()


def absent_from(round_id: int) -> set[int]:
    """Return the ids of the jurors marked as absent from a round."""
    return set(db.session.scalars(select(Absence.juror_id).where(Absence.round_id == round_id)))


def recused_from(award_id: int) -> set[tuple[int, int]]:
    """Return the (juror, nomination) pairs excluded among an award's nominations."""
    query = select(Recusal.juror_id, Recusal.nomination_id).join(
        Nomination, Nomination.id == Recusal.nomination_id
    )
    query = query.where(Nomination.award_id == award_id)
    return {(row[0], row[1]) for row in db.session.execute(query)}


def decisions(round_id: int) -> Sequence[ChairDecision]:
    """List the chair's acts on ties of a round, oldest first."""
    query = select(ChairDecision).where(ChairDecision.round_id == round_id)
    return db.session.scalars(query.order_by(ChairDecision.id)).all()


def result(round_id: int) -> Result | None:
    """Return the valid result of a round: its newest."""
    query = select(Result).where(Result.round_id == round_id).order_by(Result.id.desc())
    return db.session.scalars(query.limit(1)).first()


def results(call_id: int) -> dict[int, Result]:
    """Return the newest result of each counted round by the round's id.

    A round that was counted and then changed has none until it is counted again.
    """
    query = select(Result).join(Round, Round.id == Result.round_id)
    query = query.join(Award, Award.id == Round.award_id)
    query = query.where(Award.call_id == call_id, Round.state == RoundState.COUNTED)
    return {each.round_id: each for each in db.session.scalars(query.order_by(Result.id))}


def votes(the_round: Round, call_id: int) -> Votes:
    """Return all that a count of the round rests on."""
    return Votes(
        entries=[each.id for each in entries(the_round.award_id)],
        jurors=jurors(call_id),
        absent=absent_from(the_round.id),
        recused=recused_from(the_round.award_id),
        ballots=ballots(the_round.id),
        decisions=decisions(the_round.id),
    )


def quorum(the_round: Round, call_id: int) -> RoundQuorum:
    """Judge the quorum of a round as it stands."""
    return quorum_of(the_round.rulebook, votes(the_round, call_id))


def quorum_of(rulebook: Mapping[str, Any], found: Votes) -> RoundQuorum:
    """Judge the quorum on votes that were read already."""
    live = [b for b in found.ballots if b.complete and b.voided_at is None]
    cards = {entry: sum(b.nomination_id == entry for b in live) for entry in found.entries}
    return rules.jury.round_quorum(rulebook, found.jurors, found.absent, found.recused, cards)


# --- coverage -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Coverage:
    """Which juror has judged which nomination: cells by (juror, nomination), never scores."""

    jurors: Sequence[Juror]
    nominations: Sequence[Nomination]
    cells: Mapping[tuple[int, int], Cell]
    ballots: Mapping[tuple[int, int], int]

    def missing(self, juror_id: int) -> int:
        """Count the cards that a juror still owes."""
        owed = {Cell.MISSING, Cell.STARTED}
        return sum(self.cells[juror_id, n.id] in owed for n in self.nominations)

    def cast(self, nomination_id: int) -> int:
        """Count the complete cards of a nomination."""
        return sum(self.cells[j.id, nomination_id] is Cell.CAST for j in self.jurors)

    def due(self) -> int:
        """Count the cards that are cast or owed."""
        wanted = {Cell.MISSING, Cell.STARTED, Cell.CAST}
        return sum(cell in wanted for cell in self.cells.values())

    def done(self) -> int:
        """Count the complete cards."""
        return sum(cell is Cell.CAST for cell in self.cells.values())


def coverage(call_id: int) -> Coverage:
    """Return the coverage matrix of a call: its voting jurors × judged nominations."""
    jury = [each for each in jurors(call_id) if each.voting]
    judged = nominations(call_id, {JUDGED})
    award_of_round = {each.id: each.award_id for each in rounds(call_id)}
    cards = _all_cards(call_id)
    held = {(row.juror_id, row.nomination_id): row for row in recusals(call_id)}
    away = {(row.juror_id, award_of_round[row.round_id]): row for row in absences(call_id)}
    cells = {
        (each.id, entry.id): rules.jury.cell_state(
            cards.get((each.id, entry.id)),
            held.get((each.id, entry.id)),
            away.get((each.id, entry.award_id)),
        )
        for each in jury
        for entry in judged
    }
    return Coverage(jury, judged, cells, {pair: row.id for pair, row in cards.items()})


def _all_cards(call_id: int) -> dict[tuple[int, int], Ballot]:
    query = select(Ballot).join(Juror, Juror.id == Ballot.juror_id)
    found = db.session.scalars(query.where(Juror.call_id == call_id))
    return {(row.juror_id, row.nomination_id): row for row in found}


# --- results ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Verdict:
    """One award with what was decided: the ranking's rows and the decision."""

    award: Award
    round: Round
    result: Result
    ranking: Sequence[Row]
    decision: Decision

    def row(self, nomination_id: int) -> Row | None:
        """Return a nomination's line of the ranking."""
        return next((row for row in self.ranking if row.nomination_id == nomination_id), None)


def verdict(the_round: Round, found: Result) -> Verdict:
    """Read a counted round's result; the round comes with its award."""
    return Verdict(
        award=the_round.award,
        round=the_round,
        result=found,
        ranking=rules.counting.ranking(found.input),
        decision=rules.counting.decision(found.input, found.document),
    )


def verdicts(call_id: int) -> list[Verdict]:
    """List what was decided for each counted award, in the awards' order."""
    found = results(call_id)
    return [verdict(each, found[each.id]) for each in rounds(call_id) if each.id in found]


def public_verdicts(call_id: int, now: datetime) -> list[Verdict]:
    """List what was decided, and nothing before everybody may know it."""
    the_call = db.session.get_one(Call, call_id)
    return verdicts(call_id) if rules.results.is_public(the_call, now) else []


def came(registration_id: int) -> bool:
    """Tell whether the bearer of a badge was let in at all."""
    return registration_id in checkin.came([registration_id])


def organisations_here(event_id: int) -> set[int]:
    """Return the organisations of which somebody was let in at the door."""
    query = select(Registration.id, Registration.organisation_id).where(
        Registration.event_id == event_id, Registration.organisation_id.is_not(None)
    )
    sent = {row[0]: row[1] for row in db.session.execute(query)}
    return {sent[registration_id] or 0 for registration_id in checkin.came(sent)}


def has_voted(call_id: int, key: str) -> bool:
    """Tell whether a right stands on the roll of those that were used."""
    return db.session.get(AudienceRight, (call_id, key)) is not None


def votes_given(call_id: int) -> int:
    """Count the rights that were used."""
    query = select(func.count()).select_from(AudienceRight)
    return db.session.scalar(query.where(AudienceRight.call_id == call_id)) or 0


def audience_favourite(call_id: int) -> Nomination | None:
    """Return the nomination with most public votes; None where two share them."""
    voted = [each for each in nominations(call_id, {JUDGED}) if each.public_votes]
    most = max((each.public_votes or 0 for each in voted), default=0)
    best = [each for each in voted if each.public_votes == most]
    return best[0] if len(best) == 1 else None


def evidence(event_id: int) -> dict[str, Any]:
    """Return the awards' part of the evidence: ranking, decisions and the audience's choice."""
    the_call = call_of(event_id)
    if the_call is None:
        return {"awards_ranking": {}, "awards_decisions": [], "audience_award": None}
    refs = {each.id: _code(each.ref, each.id) for each in nominations(the_call.id)}
    found = {each.award.id: each for each in verdicts(the_call.id)}
    listed = awards(the_call.id) if found else []
    best = audience_favourite(the_call.id)
    return {
        "awards_ranking": {_code(a.ref, a.id): _ranked(found.get(a.id), refs) for a in listed},
        "awards_decisions": [_decided(a, found.get(a.id), refs) for a in listed],
        "audience_award": None if best is None else refs[best.id],
    }


def _ranked(found: Verdict | None, refs: Mapping[int, str]) -> list[dict[str, Any]]:
    return [
        {
            "nomination": refs[row.nomination_id],
            "ballots": row.ballots,
            "mean": shown_mean(row.mean),
            "place_before_tiebreak": row.place,
        }
        for row in sorted(
            found.ranking if found else (),
            key=lambda row: (row.place, _in_order(refs[row.nomination_id])),
        )
    ]


def _in_order(ref: str) -> tuple[int, str]:
    """Return the key that sorts refs as they are numbered: N2 before N10."""
    return len(ref), ref


def shown_mean(mean: Fraction) -> float:
    """Return a mean rounded half up to 0.01, as it is printed."""
    return float(tally.display(mean))


def _decided(of: Award, found: Verdict | None, refs: Mapping[int, str]) -> dict[str, Any]:
    decided = found.decision if found else Decision("no-award", (), (), None, ())
    return {
        "category": _code(of.ref, of.id),
        "winner": refs[decided.winners[0]] if decided.winners else None,
        "tiebreak": decided.step,
        "tied": sorted((refs[entry] for entry in decided.tied), key=_in_order),
        "distinctions": [refs[entry] for entry in decided.distinctions],
    }


def _code(ref: str | None, row_id: int) -> str:
    return ref or str(row_id)


# --- so that others can count again -------------------------------------------------------

SHOWN_IN_LOG = frozenset(
    {
        "round-opened",
        "rules-changed",
        "absence-marked",
        "absence-lifted",
        "round-closed",
        "round-reopened",
        "round-counted",
        "count-annulled",
        "tie-decided",
    }
)


def bundle(call_id: int) -> dict[str, bytes]:
    """Return the verification bundle of a call's counted awards: its files by name."""
    named = {each.id: each for each in nominations(call_id)}
    return rules.bundles.bundle(
        [_provable(place, each, named) for place, each in enumerate(verdicts(call_id), start=1)]
    )


def _provable(place: int, found: Verdict, named: Mapping[int, Nomination]) -> rules.bundles.Counted:
    entries = {entry: named[int(entry)] for entry in found.result.input["entries"]}
    return rules.bundles.Counted(
        folder=f"awards/{place:02d}",
        document=found.result.input,
        rulebook_sha256=found.round.rulebook_sha256 or "",
        names={
            entry: {"number": row.number or "", "nominee": row.nominee}
            for entry, row in entries.items()
        },
        log=[
            {"at": row.at.isoformat(), "what": row.kind}
            for row in reversed(facts.history(subject=f"round:{found.round.id}"))
            if row.kind in SHOWN_IN_LOG
        ],
    )


# --- who may be told ----------------------------------------------------------------------


def debtors(call_id: int) -> list[tuple[Juror, int]]:
    """List the jurors who owe cards in open rounds, with how many."""
    open_awards = {r.award_id for r in rounds(call_id) if r.state is RoundState.OPEN}
    matrix = coverage(call_id)
    owed = {Cell.MISSING, Cell.STARTED}
    judged = [each for each in matrix.nominations if each.award_id in open_awards]
    counts = [
        (each, sum(matrix.cells[each.id, entry.id] in owed for entry in judged))
        for each in matrix.jurors
    ]
    return [(each, count) for each, count in counts if count]


def chair_of(call_id: int) -> Juror | None:
    """Return the chair of the jury with the person."""
    query = select(Juror).options(joinedload(Juror.person))
    query = query.where(Juror.call_id == call_id, Juror.role == JurorRole.CHAIR)
    return db.session.scalars(query).first()


def counts_by_state(call_id: int) -> dict[NominationState, int]:
    """Count a call's nominations in each state."""
    query = select(Nomination.state, func.count()).join(Award, Award.id == Nomination.award_id)
    query = query.where(Award.call_id == call_id).group_by(Nomination.state)
    found = dict(db.session.execute(query).all())
    return {state: found.get(state, 0) for state in NominationState}


# --- personal links -----------------------------------------------------------------------

NOMINATOR, NOMINEE = "nomination", "nomination-consent"
AUDIENCE = "audience-right"


def audience_right(call_id: int, holder: int | str) -> str:
    """Return the entry of a badge or a browser on the roll: nobody reads either off it."""
    kind = type(holder).__name__
    return tokens.derive(AUDIENCE, call_id, kind, holder).hex()


def holder_voted(call_id: int, holder: int | str) -> bool:
    """Tell whether the holder of a badge, or a browser, has voted."""
    return has_voted(call_id, audience_right(call_id, holder))


def nominator_token(of: Nomination) -> str:
    """Return the token under which its nominator finds the nomination again."""
    return tokens.sign(NOMINATOR, [of.id, of.link_generation])


def nominee_token(of: Nomination) -> str:
    """Return the token under which the nominee answers whether they consent."""
    return tokens.sign(NOMINEE, [of.id, of.link_generation])


def by_token(purpose: str, token: str) -> Nomination | None:
    """Return the nomination a personal link opens, or None if the link is not (any more) ours."""
    value = tokens.unsign(purpose, token)
    if not isinstance(value, list) or len(value) != 2:
        return None
    found = nomination(value[0])
    return found if found is not None and found.link_generation == value[1] else None
