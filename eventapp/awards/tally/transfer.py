"""The single transferable vote, as councils in Scotland are elected by it.

Weighted inclusive Gregory: the Scottish Local Government Elections Order 2007, rules 45 to 52.
Votes are held in hundred-thousandths, so that truncating a transfer value to five decimals is a
division of integers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction

from eventapp.awards.tally.counted import Counted
from eventapp.awards.tally.elimination import Counts, Round, chain_of, lowest, nobody, settled
from eventapp.awards.tally.errors import TallyError
from eventapp.awards.tally.rankings import Rankings
from eventapp.awards.tally.rulebook import Rulebook, Variant
from eventapp.awards.tally.ties import Breakers, Chain, Tier, Tiers, highest_first

_VOTE = 10**5


@dataclass(frozen=True, slots=True)
class Paper:
    """Ballots alike, with the value at which each of them was credited last."""

    weight: int
    order: tuple[str, ...]
    value: int = _VOTE


@dataclass(slots=True)
class Table:
    """The counting table: who holds which papers, who is elected, who is still in."""

    seats: int
    quota: int
    piles: dict[str, list[Paper]]
    hopeful: Tier
    elected: Tiers = ()
    gone: Tiers = ()
    kept: dict[str, int] = field(default_factory=dict)

    @property
    def vacancies(self) -> int:
        """Count the seats not filled yet."""
        return self.seats - sum(len(tier) for tier in self.elected)

    @property
    def open(self) -> bool:
        """Tell whether a seat is left to fill, and somebody to fill it."""
        return self.vacancies > 0 and bool(self.hopeful)

    def counts(self) -> dict[str, int]:
        """Count the votes that lie with each, in hundred-thousandths."""
        return {entry: self._held(entry) for entry in self.piles}

    def elect(self, entries: Iterable[str]) -> Tier:
        """Elect some of the hopeful, those with more votes first."""
        tiers = highest_first({entry: self._held(entry) for entry in entries})
        chosen = tuple(entry for tier in tiers for entry in tier)
        self.elected += tiers
        self.hopeful = tuple(entry for entry in self.hopeful if entry not in chosen)
        return chosen

    def elect_unopposed(self) -> Tier:
        """Elect all the hopeful where they are no more than the vacancies."""
        return self.elect(self.hopeful) if len(self.hopeful) <= self.vacancies else ()

    def exclude(self, out: Tier) -> None:
        """Take somebody out of the running; their papers stay where they are until transferred."""
        self.gone = (out, *self.gone)
        self.hopeful = tuple(entry for entry in self.hopeful if entry not in out)

    def surpluses(self) -> dict[str, int]:
        """Name the elected whose surplus has not moved yet, with their votes."""
        over = {e: self._held(e) for tier in self.elected for e in tier if e not in self.kept}
        return {entry: held for entry, held in over.items() if held > self.quota}

    def move(self, elected: str | None, out: Tier) -> None:
        """Pass on the surplus of one *elected*, or all papers of those who are *out*.

        A surplus goes by every paper at a fraction of its value, truncated to five decimals.
        """
        if elected is not None:
            held = self._held(elected)
            self._pass_on(self.piles[elected], held - self.quota, held)
            self.kept[elected] = self.quota
        for entry in out:
            self._pass_on(self.piles[entry], 1, 1)
            self.kept[entry] = 0

    def _held(self, entry: str) -> int:
        if entry in self.kept:
            return self.kept[entry]
        return sum(paper.weight * paper.value for paper in self.piles[entry])

    def _pass_on(self, papers: list[Paper], share: int, of: int) -> None:
        for paper in papers:
            heir = next((entry for entry in paper.order if entry in self.hopeful), None)
            if heir is not None:
                self.piles[heir].append(replace(paper, value=paper.value * share // of))


def refuse(rules: Rulebook) -> None:
    """Refuse a variant that nobody has written down."""
    if rules.variant not in (None, Variant.SCOTTISH):
        raise TallyError(f"Rulebook: stv has no variant {rules.variant}, only scottish.")


def count(
    rankings: Rankings, rules: Rulebook, standing: tuple[str, ...], acts: Breakers
) -> Counted:
    """Elect whoever reaches the quota, move surpluses, exclude the lowest, till seats are filled.

    The quota is ⌊votes ÷ (seats + 1)⌋ + 1. Ties, for a surplus as for an exclusion, are broken
    by the most recent earlier round in which they differ, then by the chain; where that ends
    undecided, the elected stay elected and all the hopeful stay tied.
    """
    papers = [Paper(ballot.weight, ballot.order) for ballot in rankings if ballot.tiers]
    if not papers:
        return nobody(standing)
    history: list[Counts] = []
    chain = chain_of(history, rules, rankings.slips(), acts)
    table = _laid_out(papers, rules.seats, standing)
    rounds = _rounds(table, chain, history)
    if table.open:
        rest: Tiers = (table.hopeful,)
    else:
        rest = chain.break_ties(highest_first(_of(table.hopeful, history[-1]))).tiers
    return Counted(
        broken=settled(chain, table.elected, rest, table.gone),
        values=None,
        unranked={},
        tables={
            "quota": table.quota // _VOTE,
            "elected": [entry for tier in table.elected for entry in tier],
            "rounds": rounds,
        },
    )


def _laid_out(papers: list[Paper], seats: int, standing: tuple[str, ...]) -> Table:
    """Lay the papers out by their first choices."""
    votes = sum(paper.weight for paper in papers)
    piles: dict[str, list[Paper]] = {entry: [] for entry in standing}
    for paper in papers:
        piles[paper.order[0]].append(paper)
    return Table(seats, (votes // (seats + 1) + 1) * _VOTE, piles, standing)


def _rounds(table: Table, chain: Chain, history: list[Counts]) -> list[Round]:
    """Play the rounds to the end, or to a tie that nothing breaks."""
    votes = sum(table.counts().values())
    rounds: list[Round] = []
    stuck = False
    while table.open and not stuck:
        counts = table.counts()
        history.append({entry: Fraction(held, _VOTE) for entry, held in counts.items()})
        elected = table.elect(e for e in table.hopeful if counts[e] >= table.quota)
        elected += table.elect_unopposed()
        moved, out = _step(table, chain) if table.open else (None, ())
        elected += table.elect_unopposed()
        stuck = table.open and not moved and not out
        if table.open:
            table.move(moved, out)
        shown = {entry: _decimal(held) for entry, held in counts.items()}
        exhausted = _decimal(votes - sum(counts.values()))
        rounds.append(Round(shown, exhausted, elected, out, moved))
    return rounds


def _step(table: Table, chain: Chain) -> tuple[str | None, Tier]:
    """Choose whose surplus moves, the largest first; where there is none, who is excluded."""
    if over := table.surpluses():
        (first, *_) = chain.break_ties(highest_first(over)[:1]).tiers
        return (first[0], ()) if len(first) == 1 else (None, ())
    out = lowest(_of(table.hopeful, table.counts()), chain, _have_no_votes)
    if not out or len(table.hopeful) - len(out) < table.vacancies:
        return None, ()
    table.exclude(out)
    return None, out


def _have_no_votes(last: Tier, counts: Counts) -> bool:
    """Tell that it is harmless in which order the last go: they pass nothing on."""
    return not any(counts[entry] for entry in last)


def _of(entries: Tier, counts: Counts) -> Counts:
    return {entry: counts[entry] for entry in entries}


def _decimal(held: int) -> Decimal:
    """Write hundred-thousandths as votes."""
    return Decimal(f"{held // _VOTE}.{held % _VOTE:05d}")
