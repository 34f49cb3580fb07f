"""Acts after the vote that may break a tie: a run-off, the chair's choice, the lot.

Each was allowed by the rulebook before, happened after, and is recorded with the input; a step
whose act did not happen says nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import partial

from eventapp.awards.tally import lot
from eventapp.awards.tally.errors import TallyError
from eventapp.awards.tally.panel import Juror, Panel
from eventapp.awards.tally.rulebook import ChairChoice, Rulebook, Step
from eventapp.awards.tally.ties import Breaker, Finding, Tier, by_highest


def recorded(rules: Rulebook, panel: Panel) -> dict[str, Breaker]:
    """Give the tie steps that the recorded acts can answer."""
    breakers: dict[str, Breaker] = {}
    if rules.runoff:
        breakers[Step.RUNOFF] = partial(_runoff, rules.runoff)
    if rules.chair_choice:
        breakers[Step.CHAIR] = partial(_chair, rules.chair_choice, panel)
    if rules.lot_seed:
        breakers[Step.LOT] = partial(_lot, rules.lot_seed)
    return breakers


def _runoff(votes: Mapping[str, Fraction], tied: Tier) -> Finding | None:
    """Let the most votes win, if the run-off was held among all who are tied."""
    if not all(entry in votes for entry in tied):
        return None
    return by_highest({entry: votes[entry] for entry in tied})


def _chair(choice: ChairChoice, panel: Panel, tied: Tier) -> Finding | None:
    """Take the chair's order of the tied; those it does not name come after, still tied."""
    named = tuple(entry for entry in choice.order if entry in tied)
    actor = _actor(choice, panel, tied) if named else None
    if not named or (panel.leaders and actor is None):
        return None
    rest = tuple(entry for entry in tied if entry not in named)
    tiers = (*((entry,) for entry in named), *((rest,) if rest else ()))
    told = {"order": named, "reason": choice.reason}
    return Finding(tiers, told | ({"by": actor} if actor else {}))


def _actor(choice: ChairChoice, panel: Panel, tied: Tier) -> str | None:
    """Name who acted: the chair, or a deputy where the chair is away or recused."""
    able = _able(panel, tied)
    if choice.by is None:
        return able[0].id if able else None
    if choice.by not in [leader.id for leader in able]:
        raise TallyError(
            f"The tie between {', '.join(tied)} may be broken by the chair, or by a deputy "
            f"if the chair is away or recused, so not by {choice.by}."
        )
    return choice.by


def _able(panel: Panel, tied: Tier) -> list[Juror]:
    """List who may act on this tie: the chair if free, or else the free deputies."""
    free = [leader for leader in panel.leaders if all(leader.judges(entry) for entry in tied)]
    return [leader for leader in free if leader.role is free[0].role]


def _lot(key: str, tied: Tier) -> Finding:
    """Draw all the tied, one after another."""
    order = lot.drawn(tied, key)
    return Finding(tuple((entry,) for entry in order), {"key": key, "drawn": order})
