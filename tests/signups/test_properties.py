"""Seats and queues against an oracle of plain lists, in any order of happenings."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from hypothesis.stateful import run_state_machine_as_test as run

from eventapp.directory import queries as diary
from eventapp.directory.models import CommitmentKind
from eventapp.invites import queries as invited
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
from tests.factories import NOW, at, make_event, make_registration, make_session

PEOPLE = range(5)
# Sessions 0 and 1 overlap, session 2 stands alone; only 0 and 2 keep a queue.
PLAN = (("9:00", True), ("10:00", False), ("14:00", True))


@dataclass
class Hall:
    """The oracle of one session: ids of people in order, and a few lines of rules."""

    capacity: int
    keeps_queue: bool
    overlapping: tuple[int, ...] = ()
    seated: list[int] = field(default_factory=list)
    queue: list[int] = field(default_factory=list)


class Oracle:
    """All sessions as lists."""

    def __init__(self, capacities: list[int]) -> None:
        self.halls = [
            Hall(capacity, queue, other)
            for capacity, (_, queue), other in zip(capacities, PLAN, ((1,), (0,), ()), strict=True)
        ]

    def take(self, number: int, person: int) -> str:
        hall = self.halls[number]
        if person in hall.seated or person in hall.queue:
            return "already-signed-up"
        if any(person in self.halls[other].seated for other in hall.overlapping):
            return "overlaps"
        if not hall.queue and len(hall.seated) < hall.capacity:
            self.seat(number, person)
            return State.CONFIRMED
        if not hall.keeps_queue:
            return "full-no-queue"
        hall.queue.append(person)
        return State.WAITING

    def seat(self, number: int, person: int) -> None:
        self.halls[number].seated.append(person)
        for other in self.halls[number].overlapping:
            if person in self.halls[other].queue:
                self.halls[other].queue.remove(person)

    def leave(self, number: int, person: int) -> None:
        hall = self.halls[number]
        for places in (hall.seated, hall.queue):
            if person in places:
                places.remove(person)
        self.fill()

    def fill(self) -> None:
        for number, hall in enumerate(self.halls):
            while hall.queue and len(hall.seated) < hall.capacity:
                self.seat(number, hall.queue.pop(0))

    def end(self, person: int) -> None:
        for hall in self.halls:
            for places in (hall.seated, hall.queue):
                if person in places:
                    places.remove(person)
        self.fill()

    def replace(self, old: int, new: int, kept: set[int]) -> None:
        for number, hall in enumerate(self.halls):
            for places in (hall.seated, hall.queue):
                if old not in places:
                    continue
                if number in kept:
                    places[places.index(old)] = new
                else:
                    places.remove(old)
        self.fill()


class Seats(RuleBasedStateMachine):
    """Do the same to the product and to the lists."""

    @initialize(capacities=st.lists(st.integers(0, 3), min_size=3, max_size=3))
    def begin(self, capacities: list[int]) -> None:
        event = make_event()
        self.event_id = event.id
        self.sessions = [
            make_session(event, starts_at=at(when), capacity=capacity, waiting_list=queue).id
            for capacity, (when, queue) in zip(capacities, PLAN, strict=True)
        ]
        self.people = [make_registration(event).id for _ in PEOPLE]
        self.oracle = Oracle(capacities)

    @rule(number=st.sampled_from(range(3)), who=st.sampled_from(PEOPLE))
    def sign_up(self, number: int, who: int) -> None:
        person = self.people[who]
        expected = self.oracle.take(number, person)
        assert answer(commands.sign_up, self.sessions[number], person) == expected

    @rule(number=st.sampled_from(range(3)), who=st.sampled_from(PEOPLE))
    def leave(self, number: int, who: int) -> None:
        person = self.people[who]
        row = queries.of(self.sessions[number], person)
        if row is not None and row.state is not State.CANCELLED:
            self.oracle.leave(number, person)
            commands.leave_and_promote(row.id, NOW)
            commands.fill_seats(self.event_id, NOW)

    @rule(number=st.sampled_from(range(3)), capacity=st.integers(0, 4))
    def change_capacity(self, number: int, capacity: int) -> None:
        hall = self.oracle.halls[number]
        if capacity >= len(hall.seated):
            hall.capacity = capacity
            self.oracle.fill()
            programme.change_session(self.sessions[number], NOW, capacity=capacity)
            commands.fill_seats(self.event_id, NOW)

    @rule(who=st.sampled_from(PEOPLE))
    def cancel(self, who: int) -> None:
        person = self.people[who]
        self.oracle.end(person)
        registrations.cancel(person, NOW)
        commands.fill_seats(self.event_id, NOW)
        self.people[who] = newcomer(self.event_id)

    @rule(who=st.sampled_from(PEOPLE), kept=st.sets(st.sampled_from(range(3))))
    def substitute(self, who: int, kept: set[int]) -> None:
        old = self.people[who]
        named = [self.sessions[number] for number in kept]
        row = registrations.substitute(old, stranger(), NOW, session_ids=named)
        self.oracle.replace(old, row.id, kept)
        commands.fill_seats(self.event_id, NOW)
        self.people[who] = row.id

    @invariant()
    def the_lists_agree(self) -> None:
        if not hasattr(self, "sessions"):
            return
        db.session.rollback()
        for session_id, hall in zip(self.sessions, self.oracle.halls, strict=True):
            seated = {row.registration_id for row in queries.roster(session_id)}
            waiting = [row.registration_id for row in queries.queue(session_id)]
            assert (seated, waiting) == (set(hall.seated), hall.queue)
            invites = {row.registration_id for row in invited.requested(session_id)}
            assert invites == seated
        assert queries.counter_faults(self.event_id) == []
        for person in self.people:
            self.diary_agrees(person)

    def diary_agrees(self, person: int) -> None:
        row = people.registration(person)
        assert row is not None
        busy = {
            entry.source
            for entry in diary.commitments(row.person_id, self.event_id)
            if entry.kind is CommitmentKind.SIGN_UP
        }
        seats = {
            f"session:{session_id}"
            for session_id, hall in zip(self.sessions, self.oracle.halls, strict=True)
            if person in hall.seated
        }
        assert busy == seats


def answer(command: Callable[..., object], session_id: int, person: int) -> str:
    """Return the state that a sign-up got, or the code of its refusal."""
    try:
        return str(getattr(command(session_id, person, NOW), "state", ""))
    except Refused as refused:
        return refused.reason.value


_count = iter(range(10**9))


def stranger() -> Details:
    """Return somebody nobody has met."""
    number = next(_count)
    return Details(first_name="Ewa", last_name=f"Nowa {number}", email=f"ewa{number}@example.org")


def newcomer(event_id: int) -> int:
    """Register somebody in place of one who cancelled."""
    entered = registrations.enter(
        event_id, stranger(), NOW, source=Source.API, state=Standing.QUALIFIED
    )
    return entered.id


MODEST = settings(
    max_examples=12,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
THOROUGH = settings(MODEST, max_examples=400, stateful_step_count=60)


@pytest.mark.parametrize(
    "depth", [MODEST, pytest.param(THOROUGH, marks=pytest.mark.soak)], ids=["modest", "thorough"]
)
def test_seats_and_queues_do_what_plain_lists_do(depth: settings, app: Flask) -> None:
    with app.app_context():
        run(Seats, settings=depth)
