"""Cards: who may cast one now, what it must say, what it amounts to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from eventapp.awards.rules.refusals import AwardRefusal
from eventapp.awards.rules.states import RoundState

if TYPE_CHECKING:
    from eventapp.awards.models import Ballot, Juror, Round

Criteria = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Card:
    """What a juror says of one nomination.

    `version` is the number the card had when its page was made; None where nobody looked.
    """

    scores: Mapping[str, int] = field(default_factory=dict)
    comment: str = ""
    version: int | None = None


def refuse_casting(the_round: Round, juror: Juror, absent: Sequence[int]) -> AwardRefusal | None:
    """Return why *juror* may cast nothing in this round; *absent* are jurors' ids."""
    if not juror.voting:
        return AwardRefusal.NO_VOTE
    if the_round.state is RoundState.PREPARED:
        return AwardRefusal.ROUND_NOT_OPEN
    if the_round.state is not RoundState.OPEN:
        return AwardRefusal.CLOSED
    if juror.id in absent:
        return AwardRefusal.ABSENT
    return None


def refuse_card(
    nomination_id: int, entries: Sequence[int], recused: Sequence[int], before: Ballot | None
) -> AwardRefusal | None:
    """Return why this one card may not be cast; *entries* and *recused* are nominations' ids."""
    if nomination_id not in entries:
        return AwardRefusal.UNKNOWN_NOMINATION
    if nomination_id in recused:
        return AwardRefusal.RECUSED
    if before is not None and before.voided_at is not None:
        return AwardRefusal.VOIDED
    return None


def refuse_scores(
    scores: Mapping[str, object], criteria: Criteria
) -> tuple[AwardRefusal, dict[str, object]] | None:
    """Return what is wrong with a card's scores, and the details of the sentence."""
    known = {criterion["id"]: criterion for criterion in criteria}
    for name, points in scores.items():
        if name not in known:
            return AwardRefusal.UNKNOWN_CRITERION, {"criterion": name[:40]}
        low, high = known[name]["min"], known[name]["max"]
        if type(points) is not int or not low <= points <= high:
            return AwardRefusal.OUT_OF_RANGE, {"low": low, "high": high}
    return None


def refuse_budget(
    rulebook: Mapping[str, Any], given: Mapping[int, Mapping[str, object]]
) -> AwardRefusal | None:
    """Return why a juror's cards give too much; *given* holds all of them in this round."""
    if "budget" not in rulebook or rulebook.get("method") != "points":
        return None
    spent = sum(Fraction(str(points)) for scores in given.values() for points in scores.values())
    return AwardRefusal.OVER_BUDGET if spent > Fraction(str(rulebook["budget"])) else None


def is_complete(scores: Mapping[str, int], criteria: Criteria) -> bool:
    """Tell whether every required criterion has its score."""
    return bool(scores) and all(
        criterion["id"] in scores for criterion in criteria if criterion.get("required", True)
    )


def card_total(scores: Mapping[str, int], criteria: Criteria) -> Fraction | None:
    """Return a complete card's weighted total on 0–100, or None while it is incomplete."""
    if not is_complete(scores, criteria):
        return None
    given = [criterion for criterion in criteria if criterion["id"] in scores]
    weighed = sum(
        Fraction(str(c["weight"])) * 100 * (scores[c["id"]] - c["min"]) / (c["max"] - c["min"])
        for c in given
    )
    return weighed / sum(Fraction(str(c["weight"])) for c in given)


def refuse_void(ballot: Ballot, reason: str) -> AwardRefusal | None:
    """Return why a card may not be voided."""
    if ballot.voided_at is not None:
        return AwardRefusal.ALREADY_VOIDED
    return None if reason.strip() else AwardRefusal.REASON_MISSING
