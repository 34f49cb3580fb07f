"""How fair an outcome is, in figures; and what first come, first served would have given."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from eventapp.allocation.rules import lottery
from eventapp.allocation.rules.blocks import blocks
from eventapp.allocation.rules.problem import Chooser, Offer, Problem
from eventapp.allocation.rules.solving import Outcome


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Counts of people in blocks: who got the wish of which rank, another place, or none.

    `asked` are all of them, `people` how many people they are, `worst` what the person who fared
    worst got, in percent of the best that was possible.
    """

    people: int
    asked: int
    by_rank: Sequence[int]
    elsewhere: int
    without: int
    worst: int

    @property
    def first_percent(self) -> int:
        """The share of first choices, rounded down."""
        return 100 * self.by_rank[0] // self.asked if self.asked else 0

    def values(self) -> dict[str, Any]:
        """Return the figures as JSON values."""
        return asdict(self) | {"by_rank": list(self.by_rank)}


def figures(problem: Problem, outcomes: Sequence[Outcome]) -> Figures:
    """Return the figures of an outcome; where a person is busy, nothing was asked for."""
    most = problem.choices + 1
    sought = [one for one in outcomes if not one.busy]
    ranks = Counter(one.rank for one in sought if one.rank is not None)
    points: Counter[str] = Counter()
    best: Counter[str] = Counter()
    for one in sought:
        best[one.person] += most
        points[one.person] += _points(one, most)
    return Figures(
        people=len(best),
        asked=len(sought),
        by_rank=[ranks[rank] for rank in range(1, problem.choices + 1)],
        elsewhere=sum(1 for one in sought if one.session is not None and one.rank is None),
        without=sum(1 for one in sought if one.session is None),
        worst=min((100 * points[name] // best[name] for name in best), default=100),
    )


def _points(one: Outcome, most: int) -> int:
    if one.session is None:
        return 0
    return 1 if one.rank is None else most - one.rank + 1


def first_come(problem: Problem, seed: str) -> list[Outcome]:
    """Return who would get what if places were given to whoever comes first, in a drawn order.

    Whoever comes takes the best wish of each block that still has a place.
    """
    order = lottery.numbers(seed, "first-come", [one.id for one in problem.choosers])
    left = {one.id: one.places for one in problem.offers}
    taken: Counter[tuple[str, str]] = Counter()
    found = []
    held = list(enumerate(blocks(problem.offers)))
    for who in sorted(problem.choosers, key=lambda one: order[one.id]):
        mine: list[Offer] = []
        for number, offers in held:
            wishes = _wishes(problem, who, offers)
            if not wishes:
                continue
            open_ = [one for one in wishes if _can_have(problem, who, one, mine, left, taken)]
            one = open_[0] if open_ else None
            if one is not None and one not in mine:
                mine.append(one)
                left[one.id] = None if (rest := left[one.id]) is None else rest - 1
                taken[one.id, who.organisation or ""] += 1
            rank = wishes.index(one) + 1 if one in wishes else 0
            found.append(
                Outcome(
                    person=who.id, block=number, session=None if one is None else one.id,
                    rank=rank if one is not None and one.id in who.choices else None,
                    number=order[who.id],
                )
            )  # fmt: skip
    return found


def _wishes(problem: Problem, who: Chooser, offers: Sequence[Offer]) -> list[Offer]:
    known = {one.id: one for one in offers}
    own = [known[one] for one in who.choices if one in known][: problem.choices]
    return own + [one for one in offers if one not in own] if who.flexible else own


def _can_have(
    problem: Problem,
    who: Chooser,
    one: Offer,
    mine: Sequence[Offer],
    left: dict[str, int | None],
    taken: Counter[tuple[str, str]],
) -> bool:
    if one in mine:
        return True
    full = left[one.id] is not None and not left[one.id]
    most, group = problem.per_organisation, who.organisation
    crowded = most is not None and group is not None and (
        taken[one.id, group] + one.taken_by.get(group, 0) >= most
    )  # fmt: skip
    had = {other.activity for other in mine if other.ends_at <= one.starts_at}
    return not (
        full
        or crowded
        or one.id in who.barred
        or any(
            other.activity == one.activity
            or (other.starts_at < one.ends_at and one.starts_at < other.ends_at)
            for other in mine
        )
        or not had.union(who.has).issuperset(one.requires)
    )
