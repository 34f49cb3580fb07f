"""Weighted scores: jurors mark each entry by criteria, and the cards become one value."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from eventapp.awards.tally.aggregate import aggregate, is_trimmable, mean
from eventapp.awards.tally.cards import Cards, Totals
from eventapp.awards.tally.counted import Counted
from eventapp.awards.tally.errors import TallyError
from eventapp.awards.tally.normalise import Tables, Values, additive, by_juror, rank, zscore_fit
from eventapp.awards.tally.rulebook import Aggregate, Normalise, Rulebook, Step
from eventapp.awards.tally.slips import Slip, breakers
from eventapp.awards.tally.ties import (
    Breaker,
    Breakers,
    Chain,
    Finding,
    Tier,
    by_highest,
    highest_first,
)


def refuse(rules: Rulebook) -> None:
    """Refuse a rulebook that leaves open how cards become a value."""
    if not rules.criteria:
        raise TallyError("Rulebook: criteria must name at least one criterion.")
    if rules.optional is None and not all(criterion.required for criterion in rules.criteria):
        raise TallyError(
            "Rulebook: optional must say renormalise or incomplete, "
            "because a criterion is not required."
        )
    if rules.normalise is not Normalise.NONE and rules.aggregate is not Aggregate.MEAN:
        raise TallyError(
            f"Rulebook: {rules.normalise} makes its own mean, so aggregate cannot be "
            f"{rules.aggregate}."
        )


def count(cards: Cards, rules: Rulebook, _standing: tuple[str, ...], acts: Breakers) -> Counted:
    """Total the cards, bring them onto one scale, aggregate, and rank on unrounded values."""
    totals = cards.totals(rules)
    values, tables = _values(totals, rules)
    tiers = highest_first({entry: Fraction(value) for entry, value in values.items()})
    return Counted(
        broken=Chain(rules.ties, {**_breakers(cards, rules, totals), **acts}).break_ties(tiers),
        values=values,
        unranked={
            entry: "no-comparison" if held else "no-cards"
            for entry, held in totals.items()
            if entry not in values
        },
        tables={"cards": totals, **_told(cards, rules, totals), **tables},
    )


def _values(totals: Totals, rules: Rulebook) -> tuple[Values, Tables]:
    """Bring the totals onto one scale and make one value of each entry's."""
    if rules.normalise is Normalise.ZSCORE_FIT:
        return zscore_fit(totals, rules.normalise_floor)
    if rules.normalise is Normalise.ADDITIVE:
        return additive(totals)
    if rules.normalise is Normalise.RANK:
        return rank(totals)
    return {**aggregate(totals, rules)}, {}


def _breakers(cards: Cards, rules: Rulebook, totals: Totals) -> dict[str, Breaker]:
    """Give the tie steps that cards can answer: by their totals, or by one criterion."""
    found = breakers([Slip(1, held) for held in by_juror(totals).values()])
    for criterion in rules.criteria:
        found[f"{Step.CRITERION}:{criterion.id}"] = _CriterionMeans(criterion.id, cards)
    return found


@dataclass(frozen=True, slots=True)
class _CriterionMeans:
    """Let the entry win with the higher mean mark on one criterion."""

    criterion: str
    cards: Cards

    def __call__(self, tied: Tier) -> Finding | None:
        """Compare the tied, where each has at least one mark on the criterion."""
        marks = {entry: self._marks(entry) for entry in tied}
        if not all(marks.values()):
            return None
        return by_highest({entry: mean(given) for entry, given in marks.items()})

    def _marks(self, entry: str) -> list[Fraction]:
        held = self.cards.complete[entry].values()
        return [marks[self.criterion] for marks in held if self.criterion in marks]


def _told(cards: Cards, rules: Rulebook, totals: Totals) -> dict[str, object]:
    """Say what the count left out: incomplete cards, and trimming where too few remained."""
    told: dict[str, object] = {}
    if cards.incomplete:
        told["incomplete"] = cards.incomplete
    if rules.aggregate is Aggregate.TRIMMED:
        few = [e for e, held in totals.items() if held and not is_trimmable(len(held), rules.trim)]
        told["untrimmed"] = few
    return told
