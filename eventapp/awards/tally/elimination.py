"""What instant run-off and the transferable vote share: rounds, and whom a tie excludes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial

from eventapp.awards.tally.counted import Counted
from eventapp.awards.tally.numbers import Exact
from eventapp.awards.tally.rulebook import Rulebook
from eventapp.awards.tally.slips import Slips, breakers
from eventapp.awards.tally.ties import Breakers, Broken, Chain, Finding, Tier, Tiers, highest_first

EARLIER_ROUND = "earlier-round"

Counts = Mapping[str, int | Fraction]


@dataclass(frozen=True, slots=True)
class Round:
    """One round: where the votes lay, and what followed from that."""

    counts: Mapping[str, int | Exact]
    exhausted: int | Exact
    elected: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    transferred: str | None = None


def chain_of(history: Sequence[Counts], rules: Rulebook, slips: Slips, acts: Breakers) -> Chain:
    """Give the tie chain of a count in rounds: the earlier rounds speak first.

    *history* is the list of counts, which grows while the chain is in use.
    """
    earlier = {EARLIER_ROUND: partial(_by_earlier_round, history)}
    return Chain((EARLIER_ROUND, *rules.ties), {**earlier, **breakers(slips), **acts})


def lowest(counts: Counts, chain: Chain, harmless: Callable[[Tier, Counts], bool]) -> Tier:
    """Name whom to exclude: the one with the fewest votes; nobody where that is undecided.

    Several go at once if the rulebook lets the tied share their fate, or if it is *harmless*
    in which order they go.
    """
    fewest = highest_first(counts)[-1]
    last = chain.break_ties((fewest,)).tiers[-1]
    if len(last) == 1 or last in chain.shared or harmless(last, counts):
        return last
    return ()


def settled(chain: Chain, *parts: Tiers) -> Broken:
    """Put the parts of an order together, without asking the chain again."""
    return Broken(
        tuple(tier for part in parts for tier in part), tuple(chain.log), frozenset(chain.shared)
    )


def nobody(standing: tuple[str, ...]) -> Counted:
    """Give the count of a box in which no ballot names anybody."""
    return Counted(Broken((), (), frozenset()), None, dict.fromkeys(standing, "no-ballots"), {})


def _by_earlier_round(history: Sequence[Counts], tied: Tier) -> Finding:
    """Part the tied by the most recent round in which they differ."""
    votes = {entry: tuple(counts[entry] for counts in reversed(history)) for entry in tied}
    return Finding(highest_first(votes), votes)
