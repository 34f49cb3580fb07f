"""Offers, queues, substitutes and a clock that jumps, against an oracle of plain lists."""

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from hypothesis.stateful import run_state_machine_as_test as run

from eventapp.directory import queries as diary
from eventapp.directory.models import CommitmentKind
from eventapp.events import commands as events
from eventapp.kernel import clock
from eventapp.kernel.db import db
from eventapp.kernel.refusal import Refused
from eventapp.programme import commands as programme
from eventapp.registrations import commands as registrations
from eventapp.registrations import queries as people
from eventapp.registrations.commands import Details
from eventapp.registrations.models import Source
from eventapp.registrations.models import State as Standing
from eventapp.signups import commands, queries
from eventapp.signups.models import State
from eventapp.signups.rules import Policy, Promotion, offers
from tests.factories import at, make_event, make_registration, make_session

PEOPLE = range(5)
# Sessions 0 and 1 overlap, session 2 stands alone and is for one category; 1 keeps no queue.
PLAN = (("12:00", True, (1,)), ("13:00", False, (0,)), ("16:00", True, ()))
POLICY = Policy(promotion=Promotion.OFFER)
WARSAW = ZoneInfo("Europe/Warsaw")
BEGIN = at("9:00") - timedelta(days=2)
REFUSED = "refused"


@dataclass
class Hall:
    """The oracle of one session: tickets of people, in order, and until when seats are held."""

    starts_at: datetime
    capacity: int
    keeps_queue: bool
    overlapping: tuple[int, ...]
    tickets: int = 0
    seated: dict[int, int] = field(default_factory=dict)
    queue: dict[int, int] = field(default_factory=dict)
    offered: dict[int, tuple[int, datetime]] = field(default_factory=dict)

    def line(self) -> list[int]:
        return sorted(self.queue, key=lambda person: self.queue[person])

    def is_free(self) -> bool:
        return len(self.seated) + len(self.offered) < self.capacity

    def draw(self) -> int:
        self.tickets += 1
        return self.tickets

    def lapse(self, now: datetime) -> None:
        for person, (_, until) in list(self.offered.items()):
            if now > until:
                del self.offered[person]
                self.queue[person] = self.draw()


class Oracle:
    """All sessions as lists."""

    def __init__(self, capacities: list[int]) -> None:
        self.halls = [
            Hall(at(when), capacity, queue, other)
            for capacity, (when, queue, other) in zip(capacities, PLAN, strict=True)
        ]

    def busy(self, number: int, person: int, now: datetime) -> set[str]:
        found = set()
        for other in self.halls[number].overlapping:
            hall = self.halls[other]
            if person in hall.seated:
                found.add("seat")
            if person in hall.offered and now <= hall.offered[person][1]:
                found.add("offer")
        return found

    def take(self, number: int, person: int, now: datetime, *, fits: bool) -> str:
        before, hall = copy.deepcopy(self.halls[number]), self.halls[number]
        hall.lapse(now)
        said = self._take(number, person, now, fits=fits)
        if said not in {State.CONFIRMED, State.WAITING}:
            self.halls[number] = before  # a refusal undoes everything
        return said

    def _take(self, number: int, person: int, now: datetime, *, fits: bool) -> str:
        hall = self.halls[number]
        if hall.starts_at <= now:
            return "started"
        if number == 2 and not fits:
            return "wrong-category"
        if person in {*hall.seated, *hall.queue, *hall.offered}:
            return "already-signed-up"
        if self.busy(number, person, now):
            return "overlaps"
        if not hall.queue and hall.is_free():
            self.seat(number, person, hall.draw())
            return State.CONFIRMED
        if not hall.keeps_queue:
            return "full-no-queue"
        hall.queue[person] = hall.draw()
        return State.WAITING

    def seat(self, number: int, person: int, ticket: int) -> None:
        self.halls[number].seated[person] = ticket
        for other in self.halls[number].overlapping:
            self.halls[other].queue.pop(person, None)

    def claim(self, number: int, person: int, now: datetime) -> str:
        hall = self.halls[number]
        if hall.starts_at <= now:
            return REFUSED
        called = offers.calls_all(POLICY, hall.starts_at, now)
        if person in hall.queue and called and hall.is_free():
            ticket = hall.queue[person]
        elif person in hall.offered and now <= hall.offered[person][1]:
            ticket = hall.offered[person][0]
        else:
            return REFUSED
        if self.busy(number, person, now):
            return REFUSED
        hall.queue.pop(person, None)
        hall.offered.pop(person, None)
        self.seat(number, person, ticket)
        return State.CONFIRMED

    def decline(self, number: int, person: int, now: datetime) -> str:
        hall = self.halls[number]
        if person not in hall.offered or now > hall.offered[person][1]:
            return REFUSED
        del hall.offered[person]
        self.promote(number, now)
        return State.CANCELLED

    def leave(self, number: int, person: int, now: datetime) -> str:
        hall = self.halls[number]
        if hall.starts_at <= now:
            return REFUSED
        for places in (hall.seated, hall.queue, hall.offered):
            places.pop(person, None)
        self.promote(number, now)
        return State.CANCELLED

    def promote(self, number: int, now: datetime) -> None:
        hall = self.halls[number]
        hall.lapse(now)
        if hall.queue and offers.calls_all(POLICY, hall.starts_at, now):
            return
        while now < hall.starts_at and hall.is_free():
            person = next((p for p in hall.line() if self.busy(number, p, now) != {"offer"}), None)
            if person is None:
                return
            ticket = hall.queue.pop(person)
            if not self.busy(number, person, now):
                until = offers.expires_at(POLICY, hall.starts_at, now, WARSAW)
                hall.offered[person] = (ticket, until)

    def fill(self, now: datetime) -> None:
        wanting = [
            number
            for number, hall in enumerate(self.halls)
            if (hall.queue and hall.is_free()) or any(now > at_ for _, at_ in hall.offered.values())
        ]
        for number in wanting:
            self.promote(number, now)

    def shrink(self, number: int, capacity: int) -> None:
        hall = self.halls[number]
        hall.capacity = capacity
        while len(hall.seated) + len(hall.offered) > capacity:
            person, (ticket, _) = hall.offered.popitem()
            hall.queue[person] = ticket

    def end(self, person: int) -> None:
        for hall in self.halls:
            for places in (hall.seated, hall.queue, hall.offered):
                places.pop(person, None)

    def replace(self, old: int, new: int, kept: set[int]) -> None:
        for number, hall in enumerate(self.halls):
            for name in ("seated", "queue", "offered"):
                places = getattr(hall, name)
                if old in places and number in kept:
                    # Newest offers are taken back first: who comes instead keeps the turn.
                    renamed = {new if one == old else one: what for one, what in places.items()}
                    setattr(hall, name, renamed)
                places = getattr(hall, name)
                places.pop(old, None)


class Offers(RuleBasedStateMachine):
    """Do the same to the product and to the lists."""

    steps = 0

    @initialize(capacities=st.lists(st.integers(0, 2), min_size=3, max_size=3))
    def begin(self, capacities: list[int]) -> None:
        event = make_event()
        commands.set_policy(event.id, BEGIN, promotion=Promotion.OFFER)
        groups = [
            events.add_category(event.id, code, {"pl": code, "en": code}, "PES").id
            for code in ("spoldzielnia", "urzad")
        ]
        self.event_id, self.groups = event.id, groups
        self.sessions = [
            make_session(event, starts_at=at(when), capacity=capacity, waiting_list=queue).id
            for capacity, (when, queue, _) in zip(capacities, PLAN, strict=True)
        ]
        commands.set_terms(self.sessions[2], BEGIN, category_ids=[groups[0]])
        self.people = [make_registration(event, category="spoldzielnia").id for _ in PEOPLE]
        self.fits = dict.fromkeys(self.people, True)
        self.oracle = Oracle(capacities)
        self.set_clock(BEGIN)

    def set_clock(self, now: datetime) -> None:
        self.now = now
        NOW_IS[0] = now

    def finish(self) -> None:
        Offers.steps += 1
        self.oracle.fill(self.now)
        commands.fill_seats(self.event_id, self.now)

    @rule(number=st.sampled_from(range(3)), who=st.sampled_from(PEOPLE))
    def sign_up(self, number: int, who: int) -> None:
        Offers.steps += 1
        person = self.people[who]
        expected = self.oracle.take(number, person, self.now, fits=self.fits[person])
        found = answer(lambda: commands.sign_up(self.sessions[number], person, self.now))
        assert found == expected

    @rule(
        number=st.sampled_from(range(3)),
        who=st.sampled_from(PEOPLE),
        verb=st.sampled_from(["claim", "decline", "leave"]),
    )
    def act(self, number: int, who: int, verb: str) -> None:
        person = self.people[who]
        row = queries.of(self.sessions[number], person)
        if row is None or (verb == "leave" and row.state is State.CANCELLED):
            return
        does: dict[str, Callable[..., object]] = {
            "claim": commands.claim,
            "decline": commands.decline_and_promote,
            "leave": commands.leave_and_promote,
        }
        expected = getattr(self.oracle, verb)(number, person, self.now)
        found = answer(lambda: does[verb](row.id, self.now))
        assert (found if expected != REFUSED else REFUSED) == expected
        assert (found in {State.CONFIRMED, State.CANCELLED}) == (expected != REFUSED)
        self.finish()

    @rule(number=st.sampled_from(range(3)), capacity=st.integers(0, 4))
    def change_capacity(self, number: int, capacity: int) -> None:
        hall = self.oracle.halls[number]
        if capacity >= len(hall.seated) and capacity != hall.capacity:
            self.oracle.shrink(number, capacity)
            programme.change_session(self.sessions[number], self.now, capacity=capacity)
            self.finish()

    @rule(who=st.sampled_from(PEOPLE))
    def cancel(self, who: int) -> None:
        person = self.people[who]
        self.oracle.end(person)
        registrations.cancel(person, BEGIN)
        self.enter(who, newcomer(self.event_id))
        self.finish()

    @rule(who=st.sampled_from(PEOPLE), kept=st.sets(st.sampled_from(range(3))))
    def substitute(self, who: int, kept: set[int]) -> None:
        old = self.people[who]
        named = [self.sessions[number] for number in kept]
        row = registrations.substitute(old, stranger(), BEGIN, session_ids=named)
        self.oracle.replace(old, row.id, kept)
        self.enter(who, row.id)
        self.finish()

    def enter(self, who: int, person: int) -> None:
        self.people[who] = person
        row = people.registration(person)
        assert row is not None
        self.fits[person] = row.category_id == self.groups[0]

    @rule(who=st.sampled_from(PEOPLE), first=st.booleans())
    def change_category(self, who: int, first: bool) -> None:
        person = self.people[who]
        code = "spoldzielnia" if first else "urzad"
        registrations.change(person, self.now, category=code)
        self.fits[person] = first

    @rule(hours=st.sampled_from([-3, -1, 1, 5, 13]))
    def jump(self, hours: int) -> None:
        self.set_clock(self.now + timedelta(hours=hours))

    @rule()
    def sweep(self) -> None:
        self.finish()

    @invariant()
    def the_lists_agree(self) -> None:
        if not hasattr(self, "sessions"):
            return
        db.session.rollback()
        for session_id, hall in zip(self.sessions, self.oracle.halls, strict=True):
            seated = {row.registration_id for row in queries.roster(session_id)}
            held = {row.registration_id: row.expires_at for row in queries.offers_in(session_id)}
            waiting = [row.registration_id for row in queries.queue(session_id)]
            untils = {person: until for person, (_, until) in hall.offered.items()}
            assert (seated, held, waiting) == (set(hall.seated), untils, hall.line())
            assert len(seated) + len(held) <= hall.capacity
        assert queries.counter_faults(self.event_id) == []
        for person in self.people:
            self.diary_agrees(person)

    def diary_agrees(self, person: int) -> None:
        row = people.registration(person)
        assert row is not None
        busy = {
            (entry.kind, entry.source) for entry in diary.commitments(row.person_id, self.event_id)
        }
        kinds = {CommitmentKind.SIGN_UP: "seated", CommitmentKind.OFFER: "offered"}
        assert busy == {
            (kind, f"session:{session_id}")
            for session_id, hall in zip(self.sessions, self.oracle.halls, strict=True)
            for kind, places in kinds.items()
            if person in getattr(hall, places)
        }


def answer(act: Callable[[], object]) -> str:
    """Return the state that something led to, or the code of its refusal."""
    try:
        return str(getattr(act(), "state", ""))
    except Refused as refused:
        return refused.reason.value


NOW_IS = [BEGIN]
_count = iter(range(10**9))


def stranger() -> Details:
    """Return somebody nobody has met."""
    number = next(_count)
    return Details(
        first_name="Ewa",
        last_name=f"Nowa {number}",
        email=f"ewa{number}@example.org",
        category="spoldzielnia",
    )


def newcomer(event_id: int) -> int:
    """Register somebody in place of one who cancelled."""
    entered = registrations.enter(
        event_id, stranger(), BEGIN, source=Source.API, state=Standing.QUALIFIED
    )
    return entered.id


MODEST = settings(
    max_examples=5,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
THOROUGH = settings(MODEST, max_examples=900, stateful_step_count=60)


@pytest.mark.parametrize(
    "depth", [MODEST, pytest.param(THOROUGH, marks=pytest.mark.soak)], ids=["modest", "thorough"]
)
def test_offers_do_what_plain_lists_do(
    depth: settings, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW_IS[0])
    with app.app_context():
        run(Offers, settings=depth)
