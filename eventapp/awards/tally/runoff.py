"""Instant run-off: the last is excluded and its votes go on, until somebody has a majority."""

from __future__ import annotations

from eventapp.awards.tally.counted import Counted
from eventapp.awards.tally.elimination import Counts, Round, chain_of, lowest, nobody, settled
from eventapp.awards.tally.errors import TallyError
from eventapp.awards.tally.rankings import Rankings
from eventapp.awards.tally.rulebook import Rulebook
from eventapp.awards.tally.ties import Breakers, Tier, Tiers, highest_first


def refuse(rules: Rulebook) -> None:
    """Refuse a rulebook of several seats: a majority belongs to one."""
    if rules.seats > 1:
        raise TallyError("Rulebook: irv fills one seat; for more there is stv.")


def count(
    rankings: Rankings, rules: Rulebook, standing: tuple[str, ...], acts: Breakers
) -> Counted:
    """Exclude the lowest one at a time until one has a majority of the continuing ballots.

    A tie for the last place is broken by the most recent earlier round in which they differ,
    then by the chain; where that ends undecided, all who were left stay tied.
    """
    if not any(ballot.tiers for ballot in rankings):
        return nobody(standing)
    history: list[Counts] = []
    chain = chain_of(history, rules, rankings.slips(), acts)
    rounds: list[Round] = []
    gone: Tiers = ()
    left = standing
    while True:
        counts, exhausted = _first_choices(rankings, left)
        history.append(counts)
        winner = _majority(counts)
        out = () if winner else lowest(counts, chain, _cannot_catch_up)
        rounds.append(Round(counts, exhausted, winner, out))
        if winner or out in ((), left):
            break
        gone = (out, *gone)
        left = tuple(entry for entry in left if entry not in out)
    after = {entry: votes for entry, votes in counts.items() if winner and entry not in winner}
    first = (winner or left, *chain.break_ties(highest_first(after)).tiers)
    return Counted(settled(chain, first, gone), None, {}, {"rounds": rounds})


def _first_choices(rankings: Rankings, left: Tier) -> tuple[dict[str, int], int]:
    """Count each ballot for the first on it who is left, and those on which nobody is."""
    counts, exhausted = dict.fromkeys(left, 0), 0
    for ballot in rankings:
        choice = next((entry for entry in ballot.order if entry in counts), None)
        if choice is None:
            exhausted += ballot.weight
        else:
            counts[choice] += ballot.weight
    return counts, exhausted


def _majority(counts: dict[str, int]) -> Tier:
    """Name the one who has more than half of the continuing ballots."""
    live = sum(counts.values())
    return tuple(entry for entry, votes in counts.items() if 2 * votes > live)


def _cannot_catch_up(last: Tier, counts: Counts) -> bool:
    """Tell that all votes of the last together do not reach the next one.

    In whatever order they go, each of them goes before anybody else does.
    """
    others = [votes for entry, votes in counts.items() if entry not in last]
    return bool(others) and sum(counts[entry] for entry in last) < min(others)
