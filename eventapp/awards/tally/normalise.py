"""Bringing strict and generous jurors onto one scale.

Normalisation changes winners, so it is a rule of the rulebook. Each way here takes the totals of
the cards and gives the value of each entry, with the tables by which it can be followed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext
from fractions import Fraction

from eventapp.awards.tally import aggregate
from eventapp.awards.tally.cards import Totals
from eventapp.awards.tally.errors import TallyError
from eventapp.awards.tally.linear import least_squares
from eventapp.awards.tally.numbers import Exact
from eventapp.awards.tally.ranked import borda_points, compares
from eventapp.awards.tally.rulebook import NormaliseFloor

Values = dict[str, Exact]
Tables = dict[str, object]

_FIFTY_DIGITS = Context(prec=50, rounding=ROUND_HALF_EVEN)
_NANO = Decimal("1e-9")
# Equal z-scores may differ in their last digits by the order of operations; stretched onto the
# scale of the means, such dust would become a verdict.
_DUST = Decimal("1e-30")


def zscore_fit(totals: Totals, floor: NormaliseFloor) -> tuple[Values, Tables]:
    """Give each entry its mean z-score, stretched so that the means' two ends stay in place.

    Population standard deviation; a juror with one card, or with all cards alike, tells nothing
    apart and has z = 0. Values are decimals with nine places.
    """
    jurors = by_juror(totals)
    if not jurors:
        return {}, {}
    _refuse_below_floor(jurors, floor)
    means = {entry: aggregate.mean(list(held.values())) for entry, held in totals.items() if held}
    with localcontext(_FIFTY_DIGITS):
        zscores = {juror: _standardised(cards) for juror, cards in jurors.items()}
        mean_z = {e: _mean([zscores[juror][e] for juror in totals[e]]) for e in means}
        values: Values = {e: _nano(_stretched(z, mean_z, means)) for e, z in mean_z.items()}
        shown = {e: {juror: _nano(zscores[juror][e]) for juror in totals[e]} for e in means}
    return values, {"means": means, "zscores": shown}


def additive(totals: Totals) -> tuple[Values, Tables]:
    """Explain each total as entry + juror by least squares; the jurors' effects sum to 0.

    Exact. Refused where the cards fall apart into groups with no juror in common, because
    nothing then says how the groups compare.
    """
    jurors = by_juror(totals)
    _refuse_disconnected(totals, jurors)
    fitted, effects = least_squares({entry: held for entry, held in totals.items() if held})
    values: Values = dict(fitted)
    return values, {"juror_effects": effects}


def rank(totals: Totals) -> tuple[Values, Tables]:
    """Give each entry the mean of the Borda points that each juror's order of cards gives it.

    Points are scaled to the full field, so that a juror who was recused from some entries weighs
    as much as any other. A juror with a single card compares nothing.
    """
    points = {
        juror: borda_points(cards, len(totals))
        for juror, cards in by_juror(totals).items()
        if compares(cards, len(totals))
    }
    shown = {
        entry: {juror: points[juror][entry] for juror in held if juror in points}
        for entry, held in totals.items()
    }
    values: Values = {
        entry: aggregate.mean(list(held.values())) for entry, held in shown.items() if held
    }
    return values, {"points": shown}


def by_juror(totals: Totals) -> dict[str, dict[str, Fraction]]:
    """Turn entry → juror → total into juror → entry → total, jurors by id."""
    turned: dict[str, dict[str, Fraction]] = {}
    for entry, held in totals.items():
        for juror, total in held.items():
            turned.setdefault(juror, {})[entry] = total
    return dict(sorted(turned.items()))


def _standardised(cards: Mapping[str, Fraction]) -> dict[str, Decimal]:
    """Give the z-scores of one juror's cards."""
    middle = aggregate.mean(list(cards.values()))
    variance = aggregate.mean([(total - middle) ** 2 for total in cards.values()])
    if not variance:
        return dict.fromkeys(cards, Decimal(0))
    deviation = _decimal(variance).sqrt()
    return {entry: _decimal(total - middle) / deviation for entry, total in cards.items()}


def _mean(zscores: Sequence[Decimal]) -> Decimal:
    return (sum(zscores, Decimal(0)) / len(zscores)).quantize(_DUST)


def _stretched(z: Decimal, all_z: Mapping[str, Decimal], means: Mapping[str, Fraction]) -> Decimal:
    """Carry a mean z onto the scale of the means; where all are equal, to its middle."""
    low, high = min(means.values()), max(means.values())
    bottom, top = min(all_z.values()), max(all_z.values())
    if bottom == top:
        return _decimal((low + high) / 2)
    return _decimal(low) + _decimal(high - low) * (z - bottom) / (top - bottom)


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)


def _nano(value: Decimal) -> Decimal:
    """Quantise to nine places; the sum turns -0 into 0."""
    return value.quantize(_NANO) + Decimal("0e-9")


def _refuse_below_floor(
    jurors: Mapping[str, Mapping[str, Fraction]], floor: NormaliseFloor
) -> None:
    """Refuse to fit z-scores on too little."""
    if len(jurors) < floor.jurors:
        raise TallyError(
            f"Z-scores need at least {floor.jurors} jurors with cards, and here are {len(jurors)}."
        )
    for juror, cards in jurors.items():
        if len(cards) < floor.cards:
            raise TallyError(
                f"Z-scores need at least {floor.cards} cards of each juror, "
                f"and {juror} has {len(cards)}."
            )


def _refuse_disconnected(totals: Totals, jurors: Mapping[str, Mapping[str, Fraction]]) -> None:
    """Refuse cards that fall apart into groups without a common juror, naming the groups."""
    groups = _components(totals, jurors)
    if len(groups) > 1:
        told = "; ".join(f"{', '.join(group)} by {_judges(group, totals)}" for group in groups)
        raise TallyError(f"No juror connects these groups, so they cannot be compared: {told}.")


def _judges(group: Sequence[str], totals: Totals) -> str:
    return ", ".join(sorted({juror for entry in group for juror in totals[entry]}))


def _components(
    totals: Totals, jurors: Mapping[str, Mapping[str, Fraction]]
) -> list[tuple[str, ...]]:
    """Group the judged entries that jurors connect."""
    left = {entry for entry, held in totals.items() if held}
    groups = []
    while left:
        reached, frontier = set(), {min(left)}
        while frontier:
            reached |= frontier
            near = {other for e in frontier for juror in totals[e] for other in jurors[juror]}
            frontier = near - reached
        groups.append(tuple(sorted(reached)))
        left -= reached
    return groups
