"""From an order with ties to winners, distinctions and a status."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from eventapp.awards.tally.counted import Counted
from eventapp.awards.tally.numbers import Exact
from eventapp.awards.tally.rulebook import Rulebook
from eventapp.awards.tally.ties import Tier, Tiers


class Status(StrEnum):
    """What a count came to."""

    DECIDED = "decided"
    TIED = "tied"
    NO_AWARD = "no-award"
    NO_QUORUM = "no-quorum"


@dataclass(frozen=True, slots=True)
class Pick:
    """Who holds the places to give, and who is still tied for the last of them."""

    chosen: tuple[str, ...]
    undecided: Tier


@dataclass(frozen=True, slots=True)
class Verdict:
    """Winners and distinctions. While the status is tied, winners are all who may yet win."""

    status: Status
    winners: tuple[str, ...]
    distinctions: tuple[str, ...] | None = None
    distinctions_tied: Tier = ()


def judge(counted: Counted, rules: Rulebook) -> Verdict:
    """Give the prizes to the first places from the lowest value that deserves one."""
    broken, values = counted.broken, counted.values
    open_to_all = tuple(tier for tier in broken.tiers if tier[0] not in counted.barred)
    worthy = _from_value(open_to_all, values, rules.min_score)
    prizes = pick(worthy, rules.seats, broken.shared)
    if prizes.undecided:
        return Verdict(Status.TIED, prizes.chosen + prizes.undecided)
    status = Status.DECIDED if prizes.chosen else Status.NO_AWARD
    if rules.distinctions is None:
        return Verdict(status, prizes.chosen)
    after = tuple(tier for tier in open_to_all if tier[0] not in prizes.chosen)
    deserving = _from_value(after, values, rules.distinctions.min_score)
    second = pick(deserving, rules.distinctions.per_category, broken.shared)
    return Verdict(status, prizes.chosen, second.chosen, second.undecided)


def pick(tiers: Tiers, places: int, shared: frozenset[Tier]) -> Pick:
    """Fill *places* from the top; a tier too large for what is left is shared or undecided."""
    chosen: tuple[str, ...] = ()
    for tier in tiers:
        free = places - len(chosen)
        if free <= 0:
            break
        if len(tier) > free and tier not in shared:
            return Pick(chosen, tier)
        chosen += tier
    return Pick(chosen, ())


def _from_value(tiers: Tiers, values: Mapping[str, Exact] | None, least: Fraction | None) -> Tiers:
    """Keep the tiers whose exact value reaches *least*; reaching it exactly is enough."""
    if least is None or values is None:
        return tiers
    return tuple(tier for tier in tiers if Fraction(values[tier[0]]) >= least)
