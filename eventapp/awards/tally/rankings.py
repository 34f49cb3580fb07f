"""Ranked ballots: ordered tiers, read as they were cast and never repaired."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import chain

from eventapp.awards.tally.ballots import Ballot, Kind, single_ballots
from eventapp.awards.tally.errors import TallyError
from eventapp.awards.tally.panel import Panel
from eventapp.awards.tally.rulebook import Rulebook
from eventapp.awards.tally.shape import listed, names
from eventapp.awards.tally.slips import Slip
from eventapp.awards.tally.ties import Tiers


@cache
def _height(step: int) -> Fraction:
    """Give the mark of a place in an order: the further down, the lower."""
    return Fraction(-step)


@dataclass(frozen=True, slots=True)
class Ranking:
    """One order, the best first, of some of the entries that its voters may compare."""

    weight: int
    tiers: Tiers
    comparable: tuple[str, ...]

    @property
    def order(self) -> tuple[str, ...]:
        """Give the ranked entries one after another."""
        return tuple(chain.from_iterable(self.tiers))

    def heights(self) -> dict[str, Fraction]:
        """Give each comparable entry a height, the higher the better; the unranked stand last."""
        heights = dict.fromkeys(self.comparable, _height(len(self.tiers)))
        for step, tier in enumerate(self.tiers):
            for entry in tier:
                heights[entry] = _height(step)
        return heights


@dataclass(frozen=True, slots=True)
class Rankings:
    """All orders of a count."""

    ballots: tuple[Ranking, ...]

    def __iter__(self) -> Iterator[Ranking]:
        return iter(self.ballots)

    def __len__(self) -> int:
        return len(self.ballots)

    def votes(self) -> dict[str, int]:
        """Count the voters who may compare each entry."""
        counted: Counter[str] = Counter()
        for ballot in self.ballots:
            for entry in ballot.comparable:
                counted[entry] += ballot.weight
        return dict(sorted(counted.items()))

    def among(self, standing: tuple[str, ...]) -> Rankings:
        """Strike out the entries that do not stand, and close the ranks."""
        return Rankings(tuple(_struck(ballot, frozenset(standing)) for ballot in self.ballots))

    def slips(self) -> list[Slip]:
        """Give the orders as marks, for duels and for counting back."""
        return [Slip(ballot.weight, ballot.heights()) for ballot in self.ballots]


def read_rankings(
    ballots: object, rules: Rulebook, entries: tuple[str, ...], panel: Panel
) -> Rankings:
    """Read orders in which entries may share a tier."""
    opened = single_ballots(ballots, Kind.RANKING, panel)
    return Rankings(tuple(_ranking(ballot, rules, entries) for ballot in opened))


def read_orders(
    ballots: object, rules: Rulebook, entries: tuple[str, ...], panel: Panel
) -> Rankings:
    """Read strict orders: a vote that is transferred can go to one entry only."""
    opened = single_ballots(ballots, Kind.RANKING, panel)
    return Rankings(tuple(_strict(ballot, rules, entries) for ballot in opened))


def _ranking(ballot: Ballot, rules: Rulebook, entries: tuple[str, ...]) -> Ranking:
    raw = listed(ballot.content, f"{ballot.name}: ranking")
    tiers = tuple(names(tier, f"{ballot.name}: a tier of the ranking") for tier in raw)
    ranking = Ranking(ballot.count, tiers, ballot.may_judge(entries))
    if not all(tiers):
        raise TallyError(f"{ballot.name}: ranking holds an empty tier.")
    named = names(ranking.order, f"{ballot.name}: ranking")
    if not frozenset(ranking.comparable).issuperset(named):
        for entry in named:
            ballot.refuse_entry(entry, entries)
    if rules.top_k is not None and len(ranking.order) > rules.top_k:
        raise TallyError(f"{ballot.name}: ranking may name {rules.top_k} entries at most.")
    return ranking


def _strict(ballot: Ballot, rules: Rulebook, entries: tuple[str, ...]) -> Ranking:
    ranking = _ranking(ballot, rules, entries)
    for tier in ranking.tiers:
        if len(tier) > 1:
            raise TallyError(f"{ballot.name}: {', '.join(tier)} may not share a place here.")
    return ranking


def _struck(ballot: Ranking, kept: frozenset[str]) -> Ranking:
    tiers = (tuple(entry for entry in tier if entry in kept) for tier in ballot.tiers)
    comparable = tuple(entry for entry in ballot.comparable if entry in kept)
    return Ranking(ballot.weight, tuple(tier for tier in tiers if tier), comparable)
