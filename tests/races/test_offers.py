"""Offers under a crowd: the last call is answered exactly, and nothing held is given twice."""

from datetime import timedelta

import pytest

from eventapp.programme import commands as programme
from eventapp.signups import commands, queries
from eventapp.signups.models import State
from eventapp.signups.rules import Promotion
from tests.factories import NOW, at, fresh, make_event, make_registration, make_session
from tests.races.crowd import rush

pytestmark = [pytest.mark.race, pytest.mark.usefixtures("db_session")]

NEAR = at("8:30")


def claim_near_the_start(sign_up_id):
    return commands.claim(sign_up_id, NEAR).state.value


def answer(wish):
    verb, sign_up_id, now = wish
    does = {
        "claim": commands.claim,
        "decline": commands.decline_and_promote,
        "leave": commands.leave_and_promote,
        "fill": lambda _id, moment: commands.fill_seats(None, moment),
    }
    does[verb](sign_up_id, now)
    return verb


def waiting(session, event, count):
    people = [make_registration(event) for _ in range(count)]
    return [commands.sign_up(session.id, person.id, NOW) for person in people]


def offering_event():
    event = make_event()
    commands.set_policy(event.id, NOW, promotion=Promotion.OFFER)
    return event


def test_the_last_call_is_answered_by_as_many_as_there_are_seats(app):
    event = offering_event()
    session = make_session(event, capacity=0)
    rows = waiting(session, event, 12)
    programme.change_session(session.id, NOW, capacity=3)

    answers = rush(app, claim_near_the_start, [row.id for row in rows])

    assert answers.count("confirmed") == 3
    assert answers.count("seats-taken") == 9
    row = fresh(session)
    assert (row.confirmed, row.offered, row.waiting) == (3, 0, 9)
    assert queries.counter_faults() == []


@pytest.mark.parametrize("people", [10, pytest.param(120, marks=pytest.mark.soak)])
def test_answers_refusals_and_time_give_no_seat_twice(people, app):
    event = offering_event()
    session = make_session(event, capacity=people // 2)
    rows = waiting(session, event, people)
    for row in rows[: people // 4]:
        commands.leave_and_promote(row.id, NOW)
    late = NOW + timedelta(days=1)
    verbs = ["claim", "decline", "fill", "claim", "leave"]
    wishes = [
        (verbs[number % len(verbs)], row.id, late if number % 3 == 0 else NOW)
        for number, row in enumerate(rows[people // 4 :])
    ]

    rush(app, answer, wishes)
    commands.fill_seats(None, late)

    row = fresh(session)
    assert queries.counter_faults() == []
    assert row.confirmed + row.offered <= people // 2
    assert row.confirmed + row.offered == people // 2 or row.waiting == 0
    held = queries.offers_in(session.id)
    assert len(held) == row.offered == len({one.registration_id for one in held})
    assert {one.state for one in queries.held(session.id)} <= {State.OFFERED}
