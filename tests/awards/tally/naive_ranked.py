"""Second counts of ranked ballots, one ballot at a time, sharing nothing with the product.

An order is a list of entries, the best first; a weak order is a list of lists.
"""

from fractions import Fraction
from itertools import combinations, pairwise, permutations

Order = list[str]


def borda(entries: list[str], orders: list[list[list[str]]]) -> dict[str, Fraction]:
    """Compare each pair on each ballot."""
    points = dict.fromkeys(entries, Fraction(0))
    for tiers in orders:
        full = [*tiers, [e for e in entries if not any(e in tier for tier in tiers)]]
        place = {e: number for number, tier in enumerate(full) for e in tier}
        for one, other in combinations(entries, 2):
            if place[one] == place[other]:
                points[one] += Fraction(1, 2)
                points[other] += Fraction(1, 2)
            else:
                points[min(one, other, key=place.__getitem__)] += 1
    return points


def schulze_winners(entries: list[str], orders: list[list[list[str]]]) -> set[str]:
    """Try every path through the entries, of whatever length."""
    votes = dict.fromkeys(permutations(entries, 2), 0)
    for tiers in orders:
        full = [*tiers, [e for e in entries if not any(e in tier for tier in tiers)]]
        for better, worse in combinations(full, 2):
            for one in better:
                for other in worse:
                    votes[one, other] += 1

    def strength(one: str, other: str) -> int:
        best = 0
        between = [entry for entry in entries if entry not in (one, other)]
        for length in range(len(between) + 1):
            for way in permutations(between, length):
                path = [one, *way, other]
                links = list(pairwise(path))
                if all(votes[a, b] > votes[b, a] for a, b in links):
                    best = max(best, min(votes[link] for link in links))
        return best

    return {
        one
        for one in entries
        if all(strength(one, other) >= strength(other, one) for other in entries if other != one)
    }


def irv_winner(entries: list[str], orders: list[Order]) -> str | None:
    """The winner, or None where a last place is tied."""
    firsts = [next((e for e in order if e in entries), None) for order in orders]
    votes = {entry: firsts.count(entry) for entry in entries}
    if max(votes.values()) * 2 > sum(votes.values()):
        return max(votes, key=votes.__getitem__)
    last = [entry for entry in entries if votes[entry] == min(votes.values())]
    if len(last) > 1:
        return None
    return irv_winner([entry for entry in entries if entry not in last], orders)


Paper = tuple[Order, Fraction, str | None]  # order, value, who holds it


def stv_elected(entries: list[str], orders: list[Order], seats: int) -> set[str] | None:
    """The elected as in Scotland, one paper at a time; None where anything is tied."""
    papers: list[Paper] = [(order, Fraction(1), order[0]) for order in orders if order]
    quota = len(papers) // (seats + 1) + 1
    hopeful, elected, waiting = list(entries), [], []
    while len(elected) < seats < len(elected) + len(hopeful):
        held = {e: sum(value for _, value, at in papers if at == e) for e in entries}
        reached = [entry for entry in hopeful if held[entry] >= quota]
        elected += reached
        waiting += [entry for entry in reached if held[entry] > quota]
        hopeful = [entry for entry in hopeful if entry not in reached]
        if len(elected) == seats or len(elected) + len(hopeful) <= seats:
            break
        pool, extreme = (waiting, max) if waiting else (hopeful, min)
        movers = [e for e in pool if held[e] == extreme(held[other] for other in pool)]
        if len(movers) > 1:
            return None
        pool.remove(movers[0])
        surplus = held[movers[0]] - quota if pool is waiting else None
        papers = moved(papers, movers[0], hopeful, held[movers[0]], surplus)
    return set(elected) if len(elected) == seats else {*elected, *hopeful}


def moved(
    papers: list[Paper], mover: str, hopeful: list[str], held: Fraction, surplus: Fraction | None
) -> list[Paper]:
    """The papers after a transfer; what stays with an elected mover is one paper more."""
    after: list[Paper] = [paper for paper in papers if paper[2] != mover]
    for order, value, at in papers:
        if at == mover:
            share = value if surplus is None else truncated(surplus * value / held)
            after.append((order, share, next((e for e in order if e in hopeful), None)))
    if surplus is not None:
        after.append(([], held - surplus, mover))
    return after


def truncated(value: Fraction) -> Fraction:
    return Fraction(int(value * 100_000), 100_000)
