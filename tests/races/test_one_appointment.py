"""Appointments under a crowd: each is one person's, and all of them are given."""

from collections import Counter

import pytest

from eventapp.programme import commands as programme
from eventapp.signups import commands, queries
from tests.factories import NOW, at, fresh, make_event, make_registration, make_session
from tests.races.crowd import rush

pytestmark = [pytest.mark.race, pytest.mark.usefixtures("db_session")]

ADVISERS, ROWS = 2, 4  # an afternoon of 80 minutes


def advice():
    event = make_event()
    advisers = [
        programme.name_speaker(
            event.id, NOW, title="", first_name="Radca", last_name=str(number), email=None
        ).id
        for number in range(ADVISERS)
    ]
    session = make_session(
        event, starts_at=at("15:30"), minutes=80, appointment_minutes=20, speaker_ids=advisers
    )
    return event, session, advisers


def taken(session):
    return Counter(
        (row.adviser_id, row.slot) for row in queries.standing(session.id) if row.slot is not None
    )


def book(wish):
    session_id, registration_id, adviser_id, number = wish
    return commands.book(session_id, registration_id, adviser_id, number, NOW).state.value


def ask(wish):
    session_id, registration_id = wish
    return commands.sign_up(session_id, registration_id, NOW).state.value


def test_of_many_who_pick_one_appointment_one_has_it(app):
    event, session, advisers = advice()
    crowd = [make_registration(event).id for _ in range(12)]

    answers = rush(app, book, [(session.id, who, advisers[0], 2) for who in crowd])

    assert Counter(answers) == {"confirmed": 1, "appointment-taken": 11}
    assert taken(session) == {(advisers[0], 2): 1}
    assert fresh(session).confirmed == 1


def test_a_crowd_that_picks_nothing_fills_every_appointment_once(app):
    event, session, advisers = advice()
    crowd = [make_registration(event).id for _ in range(12)]

    answers = rush(app, ask, [(session.id, who) for who in crowd])

    assert Counter(answers) == {"confirmed": ADVISERS * ROWS, "waiting": 4}
    assert taken(session) == {(who, number): 1 for who in advisers for number in range(ROWS)}
    assert queries.counter_faults() == []


def test_two_who_change_for_the_same_appointment_keep_one_each(app):
    event, session, advisers = advice()
    rows = [
        commands.book(session.id, make_registration(event).id, advisers[0], number, NOW).id
        for number in range(3)
    ]

    answers = rush(app, change, [(row, advisers[1], 0) for row in rows])

    assert Counter(answers) == {"confirmed": 1, "appointment-taken": 2}
    assert sum(taken(session).values()) == 3
    assert max(taken(session).values()) == 1


def change(wish):
    sign_up_id, adviser_id, number = wish
    return commands.rebook(sign_up_id, adviser_id, number, NOW).state.value
