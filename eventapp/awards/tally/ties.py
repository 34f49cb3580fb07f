"""The tie chain: named steps in the rulebook's order, each logged with what it looked at.

A step splits the tied into tiers, or leaves them as they are. Whoever is still tied goes on to
the next step; nothing is ever decided by id, alphabet, time or chance.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from eventapp.awards.tally.rulebook import Step

Tier = tuple[str, ...]
Tiers = tuple[Tier, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """What one step made of the tied, best first, and what it looked at."""

    tiers: Tiers
    inputs: Mapping[str, object]


# Gives None where the step has nothing to look at.
Breaker = Callable[[Tier], Finding | None]
Breakers = Mapping[str, Breaker]


@dataclass(frozen=True, slots=True)
class TieStep:
    """One line of the log: who was tied, what was asked, who is left in front."""

    tied: Tier
    step: str
    left: Tier
    tiers: Tiers
    inputs: Mapping[str, object] | None


@dataclass(frozen=True, slots=True)
class Broken:
    """Tiers after the chain, its log, and the tiers that share their place by rule."""

    tiers: Tiers
    log: tuple[TieStep, ...]
    shared: frozenset[Tier]


@dataclass
class Chain:
    """The rulebook's tie chain, with what the method and the acts can say at each step."""

    steps: Sequence[str]
    breakers: Breakers
    log: list[TieStep] = field(default_factory=list)
    shared: set[Tier] = field(default_factory=set)

    def break_ties(self, tiers: Tiers) -> Broken:
        """Send every tie through the chain."""
        broken = tuple(part for tier in tiers for part in self._split(tier, self.steps))
        return Broken(broken, tuple(self.log), frozenset(self.shared))

    def _split(self, tied: Tier, steps: Sequence[str]) -> Tiers:
        """Ask the next step, then send those still tied on to the steps after it."""
        if len(tied) == 1 or not steps:
            return (tied,)
        step, after = steps[0], steps[1:]
        if step == Step.EX_AEQUO:
            self._note(tied, step, None)
            self.shared.add(tied)
            return (tied,)
        breaker = self.breakers.get(step)
        finding = breaker(tied) if breaker else None
        self._note(tied, step, finding)
        tiers = finding.tiers if finding else (tied,)
        return tuple(part for tier in tiers for part in self._split(tier, after))

    def _note(self, tied: Tier, step: str, finding: Finding | None) -> None:
        tiers = finding.tiers if finding else (tied,)
        self.log.append(TieStep(tied, step, tiers[0], tiers, finding.inputs if finding else None))


def highest_first(keys: Mapping[str, Any]) -> Tiers:
    """Put entries with equal keys into one tier, the highest key first."""
    levels = sorted(set(keys.values()), reverse=True)
    return tuple(tuple(sorted(e for e in keys if keys[e] == level)) for level in levels)


def by_highest(keys: Mapping[str, Any]) -> Finding:
    """Let the highest key win, and say what the keys were."""
    return Finding(highest_first(keys), keys)
