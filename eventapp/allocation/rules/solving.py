"""The allocation itself: block by block, the cheapest altogether, the worse off weighing more.

All numbers are whole, and whatever decides is ordered by the lottery: the same problem with the
same seed has the same solution on any machine.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from eventapp.allocation.rules import lottery
from eventapp.allocation.rules.assigning import Assignment
from eventapp.allocation.rules.blocks import blocks, long
from eventapp.allocation.rules.problem import Chooser, Offer, Problem

FULL = "full"


class Bar(StrEnum):
    """What keeps a person from a session because of the places given before."""

    OVERLAPS = "overlaps"
    OTHER_SESSION_TAKEN = "other-session-taken"
    PREREQUISITE_MISSING = "prerequisite-missing"
    LIMIT_PER_ORGANISATION = "limit-per-organisation"


@dataclass(frozen=True, kw_only=True)
class Miss:
    """Why a wish did not come true: `why` is a bar's code, or "full" with the figures of the draw.

    Of those who have the `places`, `earlier` had fared worse in earlier blocks, `by_lot` had a
    better number than `number` (`last` is the highest of theirs), and for the `others` it would
    have cost all together more. `wanted` counts whoever wished for it, `first` those who did so
    before all else.
    """

    session: str
    why: str
    wanted: int = 0
    first: int = 0
    places: int = 0
    number: int = 0
    last: int | None = None
    earlier: int = 0
    by_lot: int = 0
    others: int = 0


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What one person got in one block, from 0: a session and its rank among the wishes, or None.

    `rank` is None for a session that was not asked for. `busy` tells that another place of the
    person lies in this time, so that nothing was sought. `misses` are the better wishes.
    """

    person: str
    block: int
    session: str | None
    rank: int | None
    number: int
    busy: bool = False
    misses: Sequence[Miss] = ()


@dataclass(frozen=True, kw_only=True)
class Solution:
    """The outcome of a run, person by person and block by block; numbers of the draws."""

    outcomes: Sequence[Outcome]
    blocks: Sequence[Sequence[str]]


def cost_of(rank: int) -> int:
    """Return what a wish costs: 0 for the first, of rank 0, then 1, 3, 6 and so on."""
    return rank * (rank + 1) // 2


def cost_elsewhere(choices: int) -> int:
    """Return what it costs a flexible person to have a place that was not asked for."""
    return cost_of(choices)


def cost_without(choices: int) -> int:
    """Return what it costs to have no place: four times as much as one that was not asked for."""
    return 4 * cost_elsewhere(choices)


def solve(problem: Problem, seed: str) -> Solution:
    """Give the places; docs/adr/0035 says in which order what decides."""
    return _Solver(problem, seed).run()


@dataclass
class _Person:
    """What is known of a person while blocks are gone through."""

    who: Chooser
    wish: Mapping[str, int]
    given: dict[str, Offer] = field(default_factory=dict)
    weight: int = 1


@dataclass
class _Stage:
    """One draw: who takes part with which wishes, and what came of it."""

    block: int
    offers: Sequence[Offer]
    people: Sequence[_Person] = ()
    numbers: Mapping[str, int] = field(default_factory=dict)
    wishes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    bars: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    got: Mapping[str, str | None] = field(default_factory=dict)
    places: Mapping[str, int | None] = field(default_factory=dict)
    limits: Mapping[tuple[str, str], int] = field(default_factory=dict)
    _numbers: dict[tuple[str, int], Sequence[int]] = field(default_factory=dict)

    @cached_property
    def holders(self) -> Mapping[str, list[_Person]]:
        """Return who has a place in each session."""
        found: dict[str, list[_Person]] = {one.id: [] for one in self.offers}
        for person in self.people:
            session = self.got.get(person.who.id)
            if session is not None:
                found[session].append(person)
        return found

    def numbers_up_to(self, session: str, weight: int) -> Sequence[int]:
        """List the numbers of those in a session who weigh no more than this, in order."""
        key = (session, weight)
        if key not in self._numbers:
            self._numbers[key] = sorted(
                self.numbers[one.who.id] for one in self.holders[session] if one.weight <= weight
            )
        return self._numbers[key]

    @cached_property
    def demand(self) -> Mapping[str, tuple[int, int]]:
        """Return how many wished for each session, and how many before all else."""
        wanted = {one.id: 0 for one in self.offers}
        first = dict(wanted)
        for person in self.people:
            own = [one for one in self.wishes[person.who.id] if one in person.wish]
            for session in own:
                wanted[session] += 1
            if own:
                first[own[0]] += 1
        return {session: (wanted[session], first[session]) for session in wanted}


class _Solver:
    def __init__(self, problem: Problem, seed: str) -> None:
        self._problem = problem
        self._seed = seed
        self._offers = {one.id: one for one in problem.offers}
        self._blocks = blocks(problem.offers)
        self._left = {one.id: one.places for one in problem.offers}
        self._taken = {
            (one.id, organisation): count
            for one in problem.offers
            for organisation, count in one.taken_by.items()
        }
        self._people = [
            _Person(who, {session: rank for rank, session in enumerate(who.choices)})
            for who in sorted(problem.choosers, key=lambda one: one.id)
        ]
        self._early: dict[tuple[str, int], list[Miss]] = {}

    def run(self) -> Solution:
        spans = long(self._problem.offers)
        for number, held in enumerate(self._blocks):
            if any(one.id in spans for one in held):
                self._place_long(number, held, [one for one in held if one.id in spans])
        outcomes = []
        for number, held in enumerate(self._blocks):
            outcomes += self._place(number, held)
        order = {person.who.id: place for place, person in enumerate(self._people)}
        outcomes.sort(key=lambda one: (order[one.person], one.block))
        return Solution(
            outcomes=outcomes, blocks=[[one.id for one in held] for held in self._blocks]
        )

    # --- the draws ------------------------------------------------------------------------

    def _place_long(self, number: int, held: Sequence[Offer], spans: Sequence[Offer]) -> None:
        """Give places in what lasts through several blocks to whoever wants it before all else."""
        stage = self._stage(number, held)
        names = {one.id for one in spans}
        people = [
            person
            for person in stage.people
            if (own := stage.wishes[person.who.id]) and own[0] in names
        ]
        wishes = {person.who.id: stage.wishes[person.who.id][:1] for person in people}
        stage = self._drawn(
            _Stage(
                block=number, offers=spans, people=people, numbers=stage.numbers,
                wishes=wishes, bars=stage.bars,
            ),
            without=cost_of(1),
        )  # fmt: skip
        for person in people:
            if stage.got[person.who.id] is None:
                self._early[person.who.id, number] = self._misses(stage, person, None)

    def _place(self, number: int, held: Sequence[Offer]) -> list[Outcome]:
        """Give the places of a block, and say for everybody with wishes what came of it."""
        stage = self._stage(number, held)
        self._drawn(stage, without=cost_without(self._problem.choices))
        found = [self._outcome(stage, held, person) for person in stage.people]
        # Only now: whoever is told why is told of the weights with which it was drawn.
        for person, outcome in zip(stage.people, found, strict=True):
            if not outcome.busy:
                self._weigh(stage, person, outcome.session)
        return found

    def _outcome(self, stage: _Stage, held: Sequence[Offer], person: _Person) -> Outcome:
        name = person.who.id
        # Of what lasts through several blocks a place may have been given before.
        mine = next((one.id for one in held if one.id in person.given), None)
        return Outcome(
            person=name,
            block=stage.block,
            session=mine,
            rank=self._rank_in(held, person, mine),
            number=stage.numbers[name],
            busy=mine is None and not stage.wishes[name] and self._is_busy(stage, person),
            misses=self._all_misses(stage, person, mine),
        )

    def _stage(self, number: int, held: Sequence[Offer]) -> _Stage:
        """Put together who takes part in a draw, and what each can still have."""
        names = {one.id for one in held}
        asking = [
            person
            for person in self._people
            if person.who.flexible or not names.isdisjoint(person.wish)
        ]
        numbers = lottery.numbers(self._seed, str(number), [one.who.id for one in asking])
        asking.sort(key=lambda person: numbers[person.who.id])
        stage = _Stage(block=number, offers=held, people=asking, numbers=numbers)
        wishes: dict[str, list[str]] = {}
        bars: dict[str, dict[str, str]] = {}
        for person in asking:
            name = person.who.id
            bars[name] = {
                one.id: bar
                for one in held
                if (person.who.flexible or one.id in person.wish)
                and (bar := self._bar(person, one)) is not None
            }
            wishes[name] = [one for one in self._ordered(person, held) if one not in bars[name]]
        stage.wishes, stage.bars = wishes, bars
        return stage

    def _ordered(self, person: _Person, held: Sequence[Offer]) -> list[str]:
        """List the person's wishes of a block, the best first, as many as may be had."""
        own = sorted((one.id for one in held if one.id in person.wish), key=person.wish.__getitem__)
        return own[: self._problem.choices]

    def _drawn(self, stage: _Stage, *, without: int) -> _Stage:
        """Find the cheapest assignment of a draw, and note what follows for the next ones."""
        position = {one.id: place for place, one in enumerate(stage.offers)}
        scale = self._scale(len(stage.people), without)
        ways, nowhere = [], []
        for person in stage.people:
            unit = person.weight * scale + len(stage.people) + 1 - stage.numbers[person.who.id]
            ways.append(
                [(position[one], unit * cost) for one, cost in self._costs(stage, person, position)]
            )
            nowhere.append(unit * without)
        stage.places = {one.id: self._left[one.id] for one in stage.offers}
        stage.limits = self._limits(stage)
        found = Assignment(
            ways,
            nowhere,
            [stage.places[one.id] for one in stage.offers],
            groups=[person.who.organisation for person in stage.people],
            limits={(position[one], group): left for (one, group), left in stage.limits.items()},
        ).sessions
        got: dict[str, str | None] = {}
        for person, place in zip(stage.people, found, strict=True):
            offer = None if place is None else stage.offers[place]
            got[person.who.id] = None if offer is None else offer.id
            if offer is not None:
                self._give(person, offer)
        stage.got = got
        return stage

    def _costs(
        self, stage: _Stage, person: _Person, position: Mapping[str, int]
    ) -> list[tuple[str, int]]:
        """List what each session would cost a person who has a weight of one."""
        name = person.who.id
        if any(one.id in person.given for one in self._blocks[stage.block]):
            return []
        own = stage.wishes[name]
        costs = [(one, cost_of(rank)) for rank, one in enumerate(own) if one in position]
        if person.who.flexible and stage.offers:
            rest = cost_elsewhere(self._problem.choices)
            barred = stage.bars[name]
            costs += [
                (one.id, rest)
                for one in stage.offers
                if one.id not in own and one.id not in barred and one.id in position
            ]
        return costs

    def _limits(self, stage: _Stage) -> Mapping[tuple[str, str], int]:
        most = self._problem.per_organisation
        if most is None:
            return {}
        groups = sorted({one.who.organisation for one in stage.people if one.who.organisation})
        return {
            (offer.id, group): max(0, most - self._taken.get((offer.id, group), 0))
            for offer in stage.offers
            for group in groups
        }

    @staticmethod
    def _scale(people: int, without: int) -> int:
        """Return what makes one unit of cost outweigh all numbers of the lottery together."""
        return (people + 1) * (people + 1) * (without + 1)

    def _give(self, person: _Person, offer: Offer) -> None:
        person.given[offer.id] = offer
        left = self._left[offer.id]
        if left is not None:
            self._left[offer.id] = left - 1
        if person.who.organisation is not None:
            key = (offer.id, person.who.organisation)
            self._taken[key] = self._taken.get(key, 0) + 1

    def _bar(self, person: _Person, offer: Offer) -> str | None:
        """Return which hard rule keeps a person from a session as things stand."""
        if offer.id in person.who.barred:
            return person.who.barred[offer.id]
        if not person.given and not offer.requires:
            return None
        others = [one for one in person.given.values() if one.id != offer.id]
        if any(one.starts_at < offer.ends_at and offer.starts_at < one.ends_at for one in others):
            return Bar.OVERLAPS
        if any(one.activity == offer.activity for one in others):
            return Bar.OTHER_SESSION_TAKEN
        had = {one.activity for one in others if one.ends_at <= offer.starts_at}
        if not had.union(person.who.has).issuperset(offer.requires):
            return Bar.PREREQUISITE_MISSING
        return None

    def _weigh(self, stage: _Stage, person: _Person, mine: str | None) -> None:
        """Let somebody who got less than the first wish weigh more from now on."""
        own = stage.wishes[person.who.id]
        if mine in own:
            person.weight += cost_of(own.index(mine))
        elif mine is not None:
            person.weight += cost_elsewhere(self._problem.choices) if own else 0
        elif own:
            person.weight += cost_without(self._problem.choices)

    def _rank_in(self, held: Sequence[Offer], person: _Person, session: str | None) -> int | None:
        ranked = self._ordered(person, held)
        return ranked.index(session) + 1 if session in ranked else None

    # --- why ------------------------------------------------------------------------------

    def _is_busy(self, stage: _Stage, person: _Person) -> bool:
        """Tell whether every wish lies in a time that the person has given away already."""
        bars = stage.bars[person.who.id]
        own = [one for one in self._ordered(person, self._blocks[stage.block]) if one in bars]
        return all(bars[one] == Bar.OVERLAPS for one in own)

    def _all_misses(self, stage: _Stage, person: _Person, mine: str | None) -> list[Miss]:
        early = self._early.get((person.who.id, stage.block), [])
        known = {miss.session for miss in early}
        later = self._misses(stage, person, mine)
        found = [*early, *(miss for miss in later if miss.session not in known)]
        return sorted(found, key=lambda miss: person.wish[miss.session])

    def _misses(self, stage: _Stage, person: _Person, mine: str | None) -> list[Miss]:
        """List the person's wishes that are better than what was given, and why each was not."""
        name = person.who.id
        own = self._ordered(person, self._blocks[stage.block])
        better = own[: own.index(mine)] if mine in own else own
        at_home = {one.id for one in stage.offers}
        bars = stage.bars[name]
        return [
            Miss(session=one, why=bars[one]) if one in bars else self._why_full(stage, person, one)
            for one in better
            if one in bars or one in at_home
        ]

    def _why_full(self, stage: _Stage, person: _Person, session: str) -> Miss:
        holders = stage.holders[session]
        places = stage.places[session]
        group = person.who.organisation
        if group is not None and (session, group) in stage.limits:
            ours = sum(1 for one in holders if one.who.organisation == group)
            spare = places is None or len(holders) < places
            if spare and ours >= stage.limits[session, group]:
                return Miss(session=session, why=Bar.LIMIT_PER_ORGANISATION)
        number = stage.numbers[person.who.id]
        same = stage.numbers_up_to(session, person.weight)
        by_lot = bisect_left(same, number)
        wanted, first = stage.demand[session]
        return Miss(
            session=session, why=FULL, wanted=wanted, first=first, places=places or 0,
            number=number, last=same[by_lot - 1] if by_lot else None,
            earlier=len(holders) - len(same), by_lot=by_lot, others=len(same) - by_lot,
        )  # fmt: skip
