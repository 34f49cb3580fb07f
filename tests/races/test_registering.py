"""Registering under a crowd: nobody twice, and the last place once."""

from collections import Counter

import pytest

from eventapp.registrations import commands, queries
from eventapp.registrations.commands import Details
from eventapp.registrations.models import ConsentKind, State
from tests.factories import NOW, make_event
from tests.races.crowd import rush

pytestmark = [pytest.mark.race, pytest.mark.usefixtures("db_session")]


def register(wish):
    event_id, number = wish
    details = Details(
        first_name="Anna",
        last_name="Nowak",
        email=f"anna{number}@example.org",
        category="fundacja",
        consents={ConsentKind.INFORMATION_CLAUSE: True},
    )
    return commands.register(event_id, details, NOW).state.value


def test_a_form_sent_many_times_registers_once(app):
    event = make_event()

    answers = rush(app, register, [(event.id, 1)] * 8)

    assert Counter(answers) == {"qualified": 1, "already-registered": 7}
    assert queries.people_count(event.id) == 1


def test_the_last_places_of_an_event_are_given_once(app):
    event = make_event(capacity=3)

    answers = rush(app, register, [(event.id, number) for number in range(12)])

    assert Counter(answers) == {"qualified": 3, "waiting": 9}
    counted = queries.counts(event.id)
    assert (counted[State.QUALIFIED], counted[State.WAITING]) == (3, 9)


def test_the_last_places_of_a_category_are_given_once(app):
    event = make_event()
    commands.set_eligibility(event.id, NOW, "fundacja", {"places": 3})

    answers = rush(app, register, [(event.id, number) for number in range(12)])

    assert Counter(answers) == {"qualified": 3, "waiting": 9}
