"""Points from orders: Borda, Borda on the top k, and points by position."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import accumulate

from eventapp.awards.tally.counted import Counted
from eventapp.awards.tally.errors import TallyError
from eventapp.awards.tally.rankings import Ranking, Rankings
from eventapp.awards.tally.rulebook import Rulebook, Variant
from eventapp.awards.tally.slips import Slip, breakers, pooled, voters
from eventapp.awards.tally.ties import Breakers, Chain, highest_first


def refuse_borda(rules: Rulebook) -> None:
    """Refuse a rulebook that leaves open how far down a ballot counts."""
    if (rules.variant is Variant.TOP_K) != (rules.k is not None):
        raise TallyError("Rulebook: k belongs to the variant top-k, and neither goes alone.")


def refuse_positional(rules: Rulebook) -> None:
    """Refuse a rulebook without points, or with more points for a lower place."""
    if not rules.points:
        raise TallyError("Rulebook: points must say what each place is worth.")
    if list(rules.points) != sorted(rules.points, reverse=True) or rules.points[-1] < 0:
        raise TallyError("Rulebook: points must not rise from place to place, nor fall below 0.")


def borda(
    rankings: Rankings, rules: Rulebook, standing: tuple[str, ...], acts: Breakers
) -> Counted:
    """Give one point for each entry ranked below and half a point for each ranked alike.

    Points are scaled to the full field, so that a juror who was recused from some entries weighs
    as much as any other; entries left unranked are jointly last. The variant ``top-k`` gives k
    points to the first place, 1 to the k-th and none to the unranked.
    """
    if rules.top_k is not None:
        return _by_position(rankings, rules, standing, acts, _falling(rules.top_k))
    field = len(standing)
    compared = [ballot for ballot in rankings if compares(ballot.comparable, field)]
    slips = [Slip(each.weight, borda_points(each.heights(), field)) for each in compared]
    return points_counted(slips, rules, standing, acts, missing="no-comparison")


def positional(
    rankings: Rankings, rules: Rulebook, standing: tuple[str, ...], acts: Breakers
) -> Counted:
    """Give each place on a ballot its points; entries that share places share their points."""
    return _by_position(rankings, rules, standing, acts, rules.points)


def borda_points(marks: Mapping[str, Fraction], field: int) -> dict[str, Fraction]:
    """Give 1 for each entry marked lower and ½ for each marked alike, scaled to *field* entries."""
    scale = Fraction(field - 1, len(marks) - 1) if len(marks) > 1 else Fraction(0)
    held = Counter(marks.values())
    rising = sorted(held)
    passed = accumulate((held[mark] for mark in rising), initial=0)
    worth = {
        mark: scale * (below + Fraction(held[mark] - 1, 2))
        for mark, below in zip(rising, passed, strict=False)
    }
    return {entry: worth[mark] for entry, mark in marks.items()}


def compares(judged: Sequence[str] | Mapping[str, object], field: int) -> bool:
    """Tell whether somebody who judged these compares anything; one entry alone needs nobody."""
    return len(judged) > 1 or len(judged) == field


def points_counted(
    slips: Sequence[Slip],
    rules: Rulebook,
    standing: tuple[str, ...],
    acts: Breakers,
    *,
    missing: str,
) -> Counted:
    """Pool marks into values, rank them and break ties; *missing* says why one has no value."""
    values = pooled(slips, standing)
    chain = Chain(rules.ties, {**breakers(slips), **acts})
    return Counted(
        broken=chain.break_ties(highest_first(values)),
        values=values,
        unranked={entry: missing for entry in standing if entry not in values},
        tables={"votes": voters(slips)},
    )


def _by_position(
    rankings: Rankings,
    rules: Rulebook,
    standing: tuple[str, ...],
    acts: Breakers,
    points: Sequence[Fraction],
) -> Counted:
    slips = [Slip(ballot.weight, _position_points(ballot, points)) for ballot in rankings]
    return points_counted(slips, rules, standing, acts, missing="no-ballots")


def _position_points(ballot: Ranking, points: Sequence[Fraction]) -> dict[str, Fraction]:
    """Give the points of one ballot; whoever it does not rank has none."""
    given = dict.fromkeys(ballot.comparable, Fraction(0))
    passed = 0
    for tier in ballot.tiers:
        worth = sum(points[passed : passed + len(tier)], Fraction(0)) / len(tier)
        given |= dict.fromkeys(tier, worth)
        passed += len(tier)
    return given


def _falling(k: int) -> tuple[Fraction, ...]:
    return tuple(Fraction(worth) for worth in range(k, 0, -1))
