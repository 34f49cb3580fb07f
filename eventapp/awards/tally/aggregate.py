"""From the totals of an entry's cards to one value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from eventapp.awards.tally import slips
from eventapp.awards.tally.cards import Totals
from eventapp.awards.tally.errors import TallyError
from eventapp.awards.tally.rulebook import Aggregate, Rulebook

# A mean of fewer than three cards is no longer an outlier's cure but a duel.
_FEWEST_AFTER_TRIMMING = 3


def aggregate(totals: Totals, rules: Rulebook) -> dict[str, Fraction]:
    """Give the value of each entry that has cards, by the rulebook's aggregate."""
    judged = {entry: list(held.values()) for entry, held in totals.items() if held}
    if rules.aggregate is Aggregate.SUM:
        _refuse_unequal(judged)
    if rules.aggregate is Aggregate.TRIMMED:
        return {entry: trimmed(cards, rules.trim) for entry, cards in judged.items()}
    return {entry: _PLAIN[rules.aggregate](cards) for entry, cards in judged.items()}


def mean(values: Sequence[Fraction]) -> Fraction:
    """Give the arithmetic mean."""
    return Fraction(sum(values), len(values))


def median(values: Sequence[Fraction]) -> Fraction:
    """Give the middle value, or the mean of the two in the middle."""
    return slips.median(Counter(values))


def trimmed(values: Sequence[Fraction], drop: int) -> Fraction:
    """Give the mean without the *drop* lowest and highest; of all, where fewer than 3 remain."""
    if not is_trimmable(len(values), drop):
        return mean(values)
    return mean(sorted(values)[drop : len(values) - drop])


def is_trimmable(cards: int, drop: int) -> bool:
    """Tell whether enough cards remain after dropping *drop* at each end."""
    return cards - 2 * drop >= _FEWEST_AFTER_TRIMMING


def _total(values: Sequence[Fraction]) -> Fraction:
    return sum(values, Fraction(0))


_PLAIN: Mapping[Aggregate, Callable[[Sequence[Fraction]], Fraction]] = {
    Aggregate.MEAN: mean,
    Aggregate.MEDIAN: median,
    Aggregate.SUM: _total,
}


def _refuse_unequal(judged: Mapping[str, Sequence[Fraction]]) -> None:
    """Refuse sums over different numbers of cards: a recusal would cost points."""
    counts = {entry: len(cards) for entry, cards in judged.items()}
    if len(set(counts.values())) > 1:
        told = ", ".join(f"{entry} {count}" for entry, count in counts.items())
        raise TallyError(f"A sum needs equally many cards for every entry, and here are: {told}.")
