"""Organisations under a crowd: no more places than the cap, and one place to one person."""

from collections import Counter

import pytest

from eventapp.registrations import commands, queries
from eventapp.registrations.commands import Details, GroupDetails, Member, OrganisationDetails
from eventapp.registrations.models import ConsentKind
from tests.factories import NOW, make_event
from tests.races.crowd import rush

pytestmark = [pytest.mark.race, pytest.mark.usefixtures("db_session")]


def group_of(number):
    return GroupDetails(
        contact_name="Ewa Biurowa",
        contact_email="biuro@example.org",
        organisation=OrganisationDetails(name="Spółdzielnia"),
        members=[Member(first_name="Anna", last_name=f"Nowak {number}")],
        unnamed=1,
    )


def own(number):
    return Details(
        first_name="Ola",
        last_name=f"Nowa {number}",
        email=f"ola{number}@example.org",
        organisation=OrganisationDetails(name="Spółdzielnia"),
        consents={ConsentKind.INFORMATION_CLAUSE: True},
    )


def come(wish):
    event_id, number = wish
    if number % 2:
        return commands.register(event_id, own(number), NOW).state.value
    commands.register_group(event_id, group_of(number), NOW)
    return "pair"


def take(wish):
    held_id, number = wish
    return commands.take_place(held_id, own(number), NOW).state.value


def test_an_organisation_never_has_a_place_more_than_its_cap(app):
    event = make_event()
    commands.set_terms(
        event.id, NOW, organisation_cap=5, substitute_until=None, choose_sessions=True
    )

    answers = Counter(rush(app, come, [(event.id, number) for number in range(10)]))

    row = queries.represented(event.id)[0]
    assert row.taken == answers["qualified"] + 2 * answers["pair"] == 5
    assert set(answers) == {"qualified", "pair", "organisation-full"}


def test_one_held_place_goes_to_one_person(app):
    event = make_event()
    group = commands.register_group(event.id, group_of(0), NOW)
    held = queries.unnamed(group.id)[0]

    answers = rush(app, take, [(held.id, number) for number in range(6)])

    assert Counter(answers) == {"qualified": 1, "place-taken": 5}
    assert queries.places_taken(event.id) == 2
