"""Schulze: whoever is beaten by nobody along the strongest paths.

Markus Schulze, "A new monotonic, clone-independent, reversal symmetric, and condorcet-consistent
single-winner election method", Social Choice and Welfare 36 (2011).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

from eventapp.awards.tally.counted import Counted
from eventapp.awards.tally.rankings import Rankings
from eventapp.awards.tally.rulebook import Nota, Rulebook, Strength
from eventapp.awards.tally.slips import breakers
from eventapp.awards.tally.ties import Breakers, Chain, Tiers

Number = int | Fraction
Matrix = dict[str, dict[str, int]]
Strengths = dict[str, dict[str, Number]]


def count(
    rankings: Rankings, rules: Rulebook, standing: tuple[str, ...], acts: Breakers
) -> Counted:
    """Compare every pair, take the strongest paths, and rank by repeated tiers."""
    wins, met = pairwise(rankings, standing)
    dropped = _dropped(wins, rules.nota) if rules.nota else {}
    kept = tuple(entry for entry in standing if entry not in dropped) if len(rankings) else ()
    strength = rules.strength or _fitting(rankings, standing)
    paths = strongest_paths(wins, met, kept, strength)
    chain = Chain(rules.ties, {**breakers(rankings.slips()), **acts})
    idle = {} if len(rankings) else dict.fromkeys(standing, "no-ballots")
    return Counted(
        broken=chain.break_ties(tiers_of(paths)),
        values=None,
        unranked={**idle, **dropped},
        tables={"pairwise": wins, "strength": strength, "paths": paths},
        barred=frozenset({rules.nota.id} if rules.nota else ()),
    )


def pairwise(rankings: Rankings, standing: tuple[str, ...]) -> tuple[Matrix, Matrix]:
    """Count for each pair who prefers the one to the other, and who may compare the two.

    All counters of one entry stand side by side in one whole number, so that a ballot adds to
    each of its entries once and not to each of its pairs: with a hundred entries that is the
    difference between a minute and a second.
    """
    wide = sum(ballot.weight for ballot in rankings).bit_length()
    place = {entry: 1 << (wide * number) for number, entry in enumerate(standing)}
    wins, met = dict.fromkeys(standing, 0), dict.fromkeys(standing, 0)
    for ballot in rankings:
        known = sum(place[entry] for entry in ballot.comparable) * ballot.weight
        for entry in ballot.comparable:
            met[entry] += known
        below = known
        for tier in ballot.tiers:
            below -= sum(place[entry] for entry in tier) * ballot.weight
            for entry in tier:
                wins[entry] += below
    return _unpacked(wins, wide), _unpacked(met, wide)


def _unpacked(packed: Mapping[str, int], wide: int) -> Matrix:
    """Give each entry its counters against every other one."""
    full = (1 << wide) - 1
    return {
        one: {
            other: (counters >> (wide * number)) & full
            for number, other in enumerate(packed)
            if other != one
        }
        for one, counters in packed.items()
    }


def strongest_paths(
    wins: Matrix, met: Matrix, kept: tuple[str, ...], strength: Strength
) -> Strengths:
    """Give the strength of the strongest path between every two: that of its weakest link."""
    measure = _MEASURES[strength]
    paths: Strengths = {
        one: {
            other: measure(wins[one][other], wins[other][one], met[one][other])
            for other in kept
            if other != one
        }
        for one in kept
    }
    for middle in kept:
        onwards = paths[middle]
        for one in kept:
            if one != middle:
                _detour(paths[one], paths[one][middle], onwards, one)
    return paths


def _detour(
    row: dict[str, Number], to_middle: Number, onwards: Mapping[str, Number], one: str
) -> None:
    """Take the way through the middle wherever it is stronger than the one known."""
    for other, link in onwards.items():
        if other != one and row[other] < to_middle and row[other] < link:
            row[other] = min(to_middle, link)


def tiers_of(paths: Strengths) -> Tiers:
    """Rank by repeated tiers: those whom nobody left beats, then the same among the rest.

    The first tier are all a with p[a,b] ≥ p[b,a] for every b; it may hold more than one.
    """
    left = sorted(paths)
    tiers = []
    while left:
        tier = tuple(
            one for one in left if all(paths[one][o] >= paths[o][one] for o in left if o != one)
        )
        tiers.append(tier)
        left = [entry for entry in left if entry not in tier]
    return tuple(tiers)


def _fitting(rankings: Rankings, standing: tuple[str, ...]) -> Strength:
    """Choose the strength where the rulebook is silent.

    Where a juror was recused, pairs were compared by different numbers of jurors, and only the
    margin relative to those who compared them is fair.
    """
    whole = all(len(ballot.comparable) == len(standing) for ballot in rankings)
    return Strength.WINNING_VOTES if whole else Strength.RELATIVE_MARGIN


def _dropped(wins: Matrix, nota: Nota) -> dict[str, str]:
    """Name those who do not stand against none-of-the-above, and why.

    As in Debian's constitution: enough voters must put an entry above it (quorum), and more
    than put it below, by the ratio asked for (majority).
    """
    dropped = {}
    for entry, row in wins.items():
        if entry == nota.id:
            continue
        above, below = row[nota.id], wins[nota.id][entry]
        if above < nota.quorum:
            dropped[entry] = "below-nota-quorum"
        elif above <= below or above < nota.majority * below:
            dropped[entry] = "below-nota-majority"
    return dropped


def _winning_votes(won: int, lost: int, _met: int) -> Number:
    return won if won > lost else 0


def _margin(won: int, lost: int, _met: int) -> Number:
    return max(won - lost, 0)


def _relative_margin(won: int, lost: int, met: int) -> Number:
    return Fraction(max(won - lost, 0), met) if met else Fraction(0)


_MEASURES: Mapping[Strength, Callable[[int, int, int], Number]] = {
    Strength.WINNING_VOTES: _winning_votes,
    Strength.MARGINS: _margin,
    Strength.RELATIVE_MARGIN: _relative_margin,
}
