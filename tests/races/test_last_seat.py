"""Seats under a crowd: exact, in order, and nobody in two places; and proof that it bites."""

import time
from functools import partial

import pytest
from sqlalchemy import select, update

from eventapp.kernel.db import db
from eventapp.programme import commands as programme
from eventapp.programme.models import Session
from eventapp.signups import commands, queries
from eventapp.signups.commands import taking
from eventapp.signups.models import SignUp, State
from tests.factories import NOW, at, fresh, make_event, make_registration, make_session
from tests.races.crowd import rush

pytestmark = [pytest.mark.race, pytest.mark.usefixtures("db_session")]

SHORT = pytest.param(24, 3, 8, id="short")
LONG = pytest.param(400, 30, 16, id="long", marks=pytest.mark.soak)


# --- what each process does; by name, so that a new process can find it --------------------


def sign_up(wish):
    session_id, registration_id = wish
    row = commands.sign_up(session_id, registration_id, NOW)
    return row.state.value, row.ticket


def leave_or_sign_up(wish):
    verb, *ids = wish
    if verb == "leave":
        commands.leave_and_promote(ids[0], NOW)
        return "left"
    return sign_up(ids)


def change_capacity(wish):
    verb, *ids = wish
    if verb == "capacity":
        programme.change_session(ids[0], NOW, capacity=ids[1])
        return [row.id for row in commands.fill_seats(None, NOW)]
    return sign_up(ids)


# --- the promise ---------------------------------------------------------------------------


@pytest.mark.parametrize(("clients", "seats", "processes"), [SHORT, LONG])
def test_the_last_seats_are_given_once_and_the_queue_has_no_gap(clients, seats, processes, app):
    event = make_event()
    session = make_session(event, capacity=seats)
    wishes = [(session.id, make_registration(event).id) for _ in range(clients)]

    answers = rush(app, sign_up, wishes, processes=processes)

    assert sum(state == State.CONFIRMED for state, _ in answers) == seats
    assert sorted(ticket for _, ticket in answers) == list(range(1, clients + 1))
    by_ticket = sorted((ticket, state) for state, ticket in answers)
    assert [state for _, state in by_ticket] == (
        [State.CONFIRMED] * seats + [State.WAITING] * (clients - seats)
    )
    row = fresh(session)
    assert (row.confirmed, row.waiting, row.tickets) == (seats, clients - seats, clients)
    places = queries.positions_in(session.id)
    assert sorted(places.values()) == list(range(1, clients - seats + 1))
    assert queries.counter_faults() == []


def test_one_person_at_many_browsers_has_one_place(app):
    event = make_event()
    session = make_session(event, capacity=5)
    person = make_registration(event)

    answers = rush(app, sign_up, [(session.id, person.id)] * 12)

    assert answers.count("already-signed-up") == 11
    assert (fresh(session).confirmed, queries.counter_faults()) == (1, [])


@pytest.mark.parametrize("people_", [12, pytest.param(400, marks=pytest.mark.soak)])
def test_nobody_is_in_two_workshops_at_once(people_, app):
    event = make_event()
    parallel = [make_session(event, starts_at=at(when)) for when in ("9:00", "10:00")]
    persons = [make_registration(event) for _ in range(people_)]
    wishes = [(session.id, person.id) for person in persons for session in parallel]

    rush(app, sign_up, wishes)

    assert double_booked(parallel) == 0
    assert sum(fresh(session).confirmed for session in parallel) == people_


def test_leaving_and_coming_leave_no_seat_empty_beside_a_queue(app):
    event = make_event()
    session = make_session(event, capacity=4)
    seated = [commands.sign_up(session.id, make_registration(event).id, NOW) for _ in range(4)]
    newcomers = [("sign-up", session.id, make_registration(event).id) for _ in range(16)]
    wishes = [*[("leave", row.id) for row in seated], *newcomers]
    mixed = [wishes[(number * 7) % len(wishes)] for number in range(len(wishes))]

    answers = rush(app, leave_or_sign_up, mixed)

    assert answers.count("left") == 4
    row = fresh(session)
    assert (row.confirmed, row.waiting) == (4, 12)
    assert (queries.counter_faults(), list(queries.needing_seats())) == ([], [])


def test_raising_the_capacity_under_a_crowd_fills_exactly(app):
    event = make_event()
    session = make_session(event, capacity=1)
    wishes = [("sign-up", session.id, make_registration(event).id) for _ in range(15)]
    wishes[7:7] = [("capacity", session.id, 6)]

    rush(app, change_capacity, wishes)

    row = fresh(session)
    assert (row.confirmed, row.waiting) == (6, 9)
    seated = db.session.scalars(select(SignUp.ticket).where(SignUp.state == State.CONFIRMED))
    assert sorted(seated) == [1, 2, 3, 4, 5, 6]
    assert queries.counter_faults() == []


# --- the negative control ------------------------------------------------------------------


def forget_the_guard():
    """Decide by what was read before: count, then write."""
    taking._draw = read_then_write


def forget_the_person():
    """Let go of the person between the judgement and the seat; everything else stays."""
    taking._take = partial(take_later, taking._take)


def take_later(take, asked):
    """Take the place that was judged, but only after the locks are gone."""
    db.session.commit()
    time.sleep(0.02)
    return take(asked)


def read_then_write(asked):
    """Take a seat the way that is measured to oversell."""
    session = db.session.get_one(Session, asked.session.id)
    free = session.waiting == 0 and session.confirmed < session.capacity
    db.session.commit()  # the lock ends here, and the others read what was read here
    time.sleep(0.1)  # longer than SQLite lets a waiting process sleep
    values = {
        "tickets": Session.tickets + 1,
        "confirmed": Session.confirmed + (1 if free else 0),
        "waiting": Session.waiting + (0 if free else 1),
    }
    statement = update(Session).where(Session.id == session.id).values(values)
    ticket = db.session.execute(statement.returning(Session.tickets)).scalar_one()
    return (State.CONFIRMED, ticket, None) if free else (State.WAITING, ticket, session.waiting + 1)


def test_without_the_guard_the_same_crowd_oversells(app):
    event = make_event()
    session = make_session(event, capacity=3)
    wishes = [(session.id, make_registration(event).id) for _ in range(48)]

    rush(app, sign_up, wishes, tamper=forget_the_guard)

    seated = select(SignUp.id).where(SignUp.state == State.CONFIRMED)
    assert len(db.session.scalars(seated).all()) > 3


def test_without_the_persons_lock_people_are_in_two_places(app):
    event = make_event()
    parallel = [make_session(event, starts_at=at(when)) for when in ("9:00", "10:00")]
    persons = [make_registration(event) for _ in range(24)]
    # Both wishes of one person lie in different processes and come at the same time.
    wishes = [(session.id, person.id) for person in persons for session in parallel]

    rush(app, sign_up, wishes, processes=2, tamper=forget_the_person)

    assert double_booked(parallel) > 0


def double_booked(sessions):
    """Count the people with a seat in more than one of *sessions*."""
    db.session.rollback()
    ids = [session.id for session in sessions]
    query = select(SignUp.registration_id).where(
        SignUp.session_id.in_(ids), SignUp.state == State.CONFIRMED
    )
    seated = db.session.scalars(query).all()
    return len(seated) - len(set(seated))
