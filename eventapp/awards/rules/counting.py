"""From rows to the document that ``tally`` counts, and from its result back to decisions.

In the documents nominations and jurors go by their ids as texts; names join on the page.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from statistics import pstdev
from typing import TYPE_CHECKING, Any

from eventapp.awards import tally
from eventapp.awards.rules.jury import RoundQuorum
from eventapp.awards.rules.refusals import AwardRefusal
from eventapp.awards.rules.states import JurorRole, RoundState

if TYPE_CHECKING:
    from eventapp.awards.models import Ballot, ChairDecision, Juror, Round

Document = Mapping[str, Any]

OUTLIER = 2  # population standard deviations from the mean at which a card stands out
FEWEST_JURORS, FEWEST_SHARED = 2, 3  # below this, agreement is no figure
SCALE = {"min": 0, "max": 10}
CHOICE = "choice"  # the one answer of methods that ask for no criteria
# Data, as a criterion's name is: it is frozen with the rules, in both languages.
ANSWERS: Mapping[str, Mapping[str, str]] = {
    "approval": {"pl": "Poparcie: 1 – tak, 0 – nie", "en": "Approval: 1 – yes, 0 – no"},
    "points": {"pl": "Punkty z puli", "en": "Points from your budget"},
}


# --- the rulebook -------------------------------------------------------------------------


def normal_criteria(criteria: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return criteria with scale and duty said for each, and no binary fractions."""
    return [
        {
            "id": str(criterion["id"]),
            "name": criterion["name"],
            "weight": exact(criterion["weight"]),
            "min": criterion.get("min", SCALE["min"]),
            "max": criterion.get("max", SCALE["max"]),
            "required": bool(criterion.get("required", True)),
        }
        for criterion in criteria
    ]


def exact(value: Any) -> Any:
    """Return a JSON value in which every float is written as its decimal text."""
    if isinstance(value, float):
        whole = value.is_integer()
        return int(value) if whole else format(Decimal(repr(value)), "f")
    if isinstance(value, Mapping):
        return {key: exact(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [exact(item) for item in value]
    return value


def frozen_rulebook(rulebook: Document, criteria: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the whole rulebook of one award: the call's rules with what a juror answers.

    With weighted scores that are the award's criteria; an approval, or points from a budget,
    is one answer to each nomination, whatever the criteria advise to look at.
    """
    rules = exact(rulebook)
    answer = ANSWERS.get(str(rules.get("method")))
    if answer is None:
        return {**rules, "criteria": normal_criteria(criteria)}
    most = 1 if rules["method"] == "approval" else int(rules.get("budget", 0))
    one = {"id": CHOICE, "name": answer, "weight": 1, "min": 0, "max": most, "required": True}
    return {**rules, "criteria": [one]}


def rulebook_fault(rulebook: Document) -> str | None:
    """Return in one sentence why ballots cannot be counted by *rulebook*, or None."""
    try:
        tally.count(rulebook, ["1", "2"], [], [])
    except tally.TallyError as fault:
        return str(fault)
    return None


# --- closing and counting -----------------------------------------------------------------


def refuse_close(the_round: Round, quorum: RoundQuorum) -> AwardRefusal | None:
    """Return why the round may not be closed with a decision."""
    if the_round.state is RoundState.PREPARED:
        return AwardRefusal.ROUND_NOT_OPEN
    if the_round.state is not RoundState.OPEN:
        return AwardRefusal.CLOSED
    return None if quorum.met else AwardRefusal.QUORUM_MISSING


def refuse_count(the_round: Round) -> AwardRefusal | None:
    """Return why the round may not be counted."""
    if the_round.state is RoundState.COUNTED:
        return AwardRefusal.ALREADY_COUNTED
    return None if the_round.state is RoundState.CLOSED else AwardRefusal.NOT_CLOSED


@dataclass(frozen=True)
class Votes:
    """All that a count rests on; *absent* are jurors' ids, *recused* (juror, nomination)."""

    entries: Sequence[int]
    jurors: Sequence[Juror]
    absent: Collection[int] = ()
    recused: Collection[tuple[int, int]] = ()
    ballots: Sequence[Ballot] = ()
    decisions: Sequence[ChairDecision] = ()


def settle(rulebook: Document, votes: Votes) -> tuple[dict[str, Any], dict[str, Any]]:
    """Count a round, applying the chair's acts one by one; return document and result.

    An act counts only for exactly the tie it was made for: when cards change, an act on
    another tie is void.
    """
    acts: list[ChairDecision] = []
    while True:
        document = tally_document(rulebook, votes, acts)
        result = counted(document)
        tie = set(open_tie(result))
        act = next((a for a in reversed(votes.decisions) if set(a.tied) == tie and tie), None)
        if act is None or act in acts:
            return document, result
        acts.append(act)


def tally_document(
    rulebook: Document, votes: Votes, acts: Sequence[ChairDecision] = ()
) -> dict[str, Any]:
    """Return the document ``tally/1`` of a round: what is counted, and who may recount."""
    entries = set(votes.entries)
    live = [b for b in votes.ballots if b.voided_at is None and b.nomination_id in entries]
    return {
        "format": "tally/1",
        "rulebook": {**rulebook, **_chair_choice(acts)},
        "entries": [str(entry) for entry in votes.entries],
        "jurors": [_juror(juror, votes) for juror in votes.jurors],
        "ballots": _ballots(str(rulebook.get("method")), live),
    }


def _ballots(method: str, live: Sequence[Ballot]) -> list[dict[str, Any]]:
    """Return the cards in the shape that the method counts, in a settled order."""
    said = [b for b in sorted(live, key=lambda b: (b.juror_id, b.nomination_id)) if b.scores]
    if method not in ANSWERS:
        return [
            {"juror": str(b.juror_id), "scores": {str(b.nomination_id): dict(b.scores)}}
            for b in said
        ]
    given: dict[int, dict[str, int]] = {}
    for each in said:
        answer = given.setdefault(each.juror_id, {})
        if each.scores.get(CHOICE):
            answer[str(each.nomination_id)] = each.scores[CHOICE]
    if method == "approval":
        return [{"juror": str(j), "approve": list(answer)} for j, answer in given.items()]
    return [{"juror": str(j), "points": answer} for j, answer in given.items()]


def _juror(juror: Juror, votes: Votes) -> dict[str, Any]:
    role = juror.role if juror.voting or juror.role is JurorRole.SECRETARY else "observer"
    recused = sorted(n for j, n in votes.recused if j == juror.id and n in set(votes.entries))
    return {
        "id": str(juror.id),
        "role": str(role),
        "present": juror.id not in votes.absent,
        "recused": [str(nomination_id) for nomination_id in recused],
    }


def _chair_choice(acts: Sequence[ChairDecision]) -> dict[str, Any]:
    if not acts:
        return {}
    order = dict.fromkeys(str(act.choice) for act in acts)
    reason = " · ".join(dict.fromkeys(act.basis for act in acts))
    return {"chair_choice": {"order": list(order), "reason": reason}}


def counted(document: Document) -> dict[str, Any]:
    """Count a document ``tally/1`` and return the result as plain JSON."""
    found = tally.count(
        document["rulebook"], document["entries"], document["jurors"], document["ballots"]
    )
    return found.document()


# --- what was decided ---------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """One line of the ranking: exact mean, cards, place before ties were broken, spread."""

    nomination_id: int
    mean: Fraction
    ballots: int
    place: int
    lowest: Fraction
    highest: Fraction
    deviation: float
    outliers: tuple[int, ...] = ()

    @property
    def spread(self) -> Fraction:
        """Return how far the highest card is from the lowest."""
        return self.highest - self.lowest


@dataclass(frozen=True)
class Decision:
    """What a count decided: nominations by id.

    `tied` are those who shared the first place before the tie chain, `step` what broke the
    tie, `open_tie` those among whom nobody has decided yet.
    """

    status: str
    winners: tuple[int, ...]
    tied: tuple[int, ...]
    step: str | None
    distinctions: tuple[int, ...]
    open_tie: tuple[int, ...] = ()
    unranked: Mapping[int, str] = field(default_factory=dict)


def decision(document: Document, result: Document) -> Decision:
    """Read the decision out of a counted document and its result."""
    status = result["status"]
    winners = _ids(result["winners"]) if status == "decided" else ()
    tied = _first_tie(result, document["rulebook"]) if status in {"decided", "tied"} else ()
    return Decision(
        status=status,
        winners=winners,
        tied=tied,
        step=_step(result, tied) if status == "decided" else None,
        distinctions=_ids(result.get("distinctions") or ()) if winners else (),
        open_tie=open_tie(result),
        unranked={int(entry): why for entry, why in result["unranked"].items()},
    )


def open_tie(result: Document) -> tuple[int, ...]:
    """Return the nominations among whom the prize, else the last distinction, is undecided."""
    if result["status"] == "tied":
        contenders = set(result["winners"])
        tiers = [tier for tier in result["ranking"] if len(tier) > 1 and set(tier) <= contenders]
        return _ids(tiers[-1])
    return _ids(result.get("distinctions_tied") or ())


def _first_tie(result: Document, rulebook: Document) -> tuple[int, ...]:
    values = {entry: Fraction(value) for entry, value in result["values"].items()}
    best = max(values.values())
    first = [entry for entry in result["values"] if values[entry] == best]
    worthy = best >= Fraction(str(rulebook.get("min_score", best)))
    return _ids(first) if len(first) > 1 and worthy else ()


def _step(result: Document, tied: Sequence[int]) -> str | None:
    asked = [line for line in result["ties"] if set(_ids(line["tied"])) <= set(tied)]
    return asked[-1]["step"] if tied and asked else None


def _ids(entries: Collection[str]) -> tuple[int, ...]:
    return tuple(int(entry) for entry in entries)


def ranking(document: Document) -> list[Row]:
    """Rank the nominations of a counted document by their exact values, 1-2-2-4.

    The quorum and the ties are left out: this is the table the jury looks at before it
    decides, and what the minutes print even where nothing could be decided.
    """
    rulebook = {
        key: value
        for key, value in document["rulebook"].items()
        if key not in {"quorum", "ties", "chair_choice"}
    }
    result = counted({**document, "rulebook": rulebook})
    places, marks = result["places"], _marks(document, result)
    rows = [
        _row(int(entry), Fraction(value), places[entry], marks[entry])
        for entry, value in result["values"].items()
    ]
    return sorted(rows, key=lambda row: (row.place, row.nomination_id))


def _row(entry: int, value: Fraction, place: int, cards: Mapping[str, str]) -> Row:
    totals = {int(juror): Fraction(total) for juror, total in cards.items()}
    middle = sum(totals.values(), Fraction(0)) / len(totals)
    deviation = pstdev(map(float, totals.values()))
    far = [
        juror
        for juror, total in totals.items()
        if deviation and abs(float(total - middle)) > OUTLIER * deviation
    ]
    return Row(
        nomination_id=entry,
        mean=value,
        ballots=len(totals),
        place=place,
        lowest=min(totals.values()),
        highest=max(totals.values()),
        deviation=deviation,
        outliers=tuple(sorted(far)),
    )


def _marks(document: Document, result: Document) -> Mapping[str, Mapping[str, str]]:
    """Return what each juror gave each nomination: a card's total, a yes as 1, or points."""
    if "cards" in result:
        return {entry: dict(cards) for entry, cards in result["cards"].items()}
    recused = {juror["id"]: set(juror["recused"]) for juror in document["jurors"]}
    found: dict[str, dict[str, str]] = {entry: {} for entry in document["entries"]}
    for ballot in document["ballots"]:
        given = ballot.get("points") or dict.fromkeys(ballot.get("approve", ()), 1)
        for entry, cards in found.items():
            if entry not in recused[ballot["juror"]]:
                cards[ballot["juror"]] = str(given.get(entry, 0))
    return found


def card_totals(document: Document, result: Document) -> dict[tuple[int, int], Fraction]:
    """Return the total of each counted card by (juror, nomination)."""
    return {
        (int(juror), int(entry)): Fraction(total)
        for entry, cards in _marks(document, result).items()
        for juror, total in cards.items()
    }


def robustness(document: Document, winners: Collection[int]) -> dict[int, tuple[int, ...]]:
    """Return, for each juror without whom the prize would go elsewhere, to whom.

    The quorum is left aside; an empty tuple means that nobody would win.
    """
    voters = dict.fromkeys(ballot["juror"] for ballot in document["ballots"])
    changed = {}
    for juror in voters:
        others = _winners_without(document, juror)
        if set(others) != set(winners):
            changed[int(juror)] = others
    return changed


def _winners_without(document: Document, juror: str) -> tuple[int, ...]:
    rulebook = {key: value for key, value in document["rulebook"].items() if key != "quorum"}
    result = counted(
        {
            **document,
            "rulebook": rulebook,
            "ballots": [b for b in document["ballots"] if b["juror"] != juror],
        }
    )
    return _ids(result["winners"]) if result["status"] in {"decided", "tied"} else ()


def agreement(rows: Sequence[Row], cards: Mapping[tuple[int, int], Fraction]) -> float | None:
    """Return how alike the jurors order the nominations that all of them judged: 0 to 1.

    Kendall's coefficient of concordance W with the correction for ties; None where fewer than
    two jurors or three nominations can be compared.
    """
    jurors = {juror for juror, _ in cards}
    shared = [r.nomination_id for r in rows if all((j, r.nomination_id) in cards for j in jurors)]
    if len(jurors) < FEWEST_JURORS or len(shared) < FEWEST_SHARED:
        return None
    many, wide = len(jurors), len(shared)
    placed = [_ranks([cards[juror, entry] for entry in shared]) for juror in sorted(jurors)]
    sums = [sum(ranks) for ranks in zip(*placed, strict=True)]
    middle = Fraction(sum(sums), wide)
    spread = sum((each - middle) ** 2 for each in sums)
    ties = sum(ranks.count(rank) ** 2 - 1 for ranks in placed for rank in ranks)
    most = Fraction(many * many * (wide**3 - wide), 12) - Fraction(many * ties, 12)
    return float(spread / most) if most else None


def _ranks(totals: Sequence[Fraction]) -> list[Fraction]:
    """Return the mean place of each total among all, the highest being 1."""
    return [
        1 + sum(other > one for other in totals) + Fraction(totals.count(one) - 1, 2)
        for one in totals
    ]


def refuse_tie_decision(
    document: Document, result: Document, tied: Collection[int], choice: int, basis: str
) -> AwardRefusal | None:
    """Return why the chair's act on a tie cannot be taken."""
    waiting = open_tie(result)
    if not waiting:
        return AwardRefusal.NOT_TIED
    if "chair" not in document["rulebook"].get("ties", ()):
        return AwardRefusal.NOT_BY_CHAIR
    if set(tied) != set(waiting):
        return AwardRefusal.ANOTHER_TIE
    if choice not in waiting:
        return AwardRefusal.CHOICE_NOT_TIED
    return None if basis.strip() else AwardRefusal.REASON_MISSING


def leaders(votes: Votes, tied: Collection[int]) -> list[int]:
    """List the jurors who may break this tie: the chair, else the free deputies who are here."""

    def free(juror: Juror) -> bool:
        recused = any((juror.id, entry) in votes.recused for entry in tied)
        return juror.voting and juror.id not in votes.absent and not recused

    for role in (JurorRole.CHAIR, JurorRole.DEPUTY):
        able = [juror.id for juror in votes.jurors if juror.role is role and free(juror)]
        if able:
            return able
    return []
