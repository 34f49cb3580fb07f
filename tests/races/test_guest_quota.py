"""Inviting guests under a crowd: a quota is given to the last place, and not beyond."""

from collections import Counter

import pytest

from eventapp.events import commands as events
from eventapp.kernel import submissions
from eventapp.registrations import commands, queries
from eventapp.registrations.commands import Details
from tests.factories import NOW, fresh, make_event
from tests.races.crowd import rush

pytestmark = [pytest.mark.race, pytest.mark.usefixtures("db_session")]


def invite(wish):
    organiser_id, number = wish
    guest = Details(first_name="Anna", last_name=f"Nowak {number}")
    return commands.invite_guest(organiser_id, guest, NOW).state.value


def invite_once(wish):
    organiser_id, key = wish
    answer = submissions.once(
        f"guest:{organiser_id}", key, lambda: {"state": invite((organiser_id, 1))}
    )
    return answer["state"]


def shrink_or_invite(wish):
    verb, organiser_id, number = wish
    if verb == "invite":
        return invite((organiser_id, number))
    return events.edit_organiser(organiser_id, NOW, guest_quota=number).guest_quota


def institution(event, quota):
    return events.add_organiser(event.id, {"pl": "Urząd"}, {"pl": "partner"}, guest_quota=quota)


def test_the_last_places_of_a_quota_are_given_once(app):
    event = make_event()
    row = institution(event, 3)

    answers = rush(app, invite, [(row.id, number) for number in range(12)])

    assert Counter(answers) == {"qualified": 3, "quota-used": 9}
    assert (fresh(row).guests, queries.people_count(event.id)) == (3, 3)


def test_two_institutions_share_the_last_places_of_an_event(app):
    event = make_event(capacity=4)
    rows = [institution(event, 9) for _ in "ab"]

    answers = rush(app, invite, [(rows[n % 2].id, n) for n in range(12)])

    assert Counter(answers) == {"qualified": 4, "event-full": 8}
    assert sum(fresh(row).guests for row in rows) == queries.people_count(event.id) == 4


def test_a_form_sent_many_times_invites_one(app):
    event = make_event()
    row = institution(event, 9)

    answers = rush(app, invite_once, [(row.id, "a key")] * 8)

    assert answers == ["qualified"] * 8
    assert (fresh(row).guests, queries.people_count(event.id)) == (1, 1)


def test_a_quota_lowered_meanwhile_holds(app):
    event = make_event()
    row = institution(event, 8)
    wishes = [("invite", row.id, number) for number in range(6)]

    rush(app, shrink_or_invite, [*wishes[:3], ("shrink", row.id, 2), *wishes[3:]])

    found = fresh(row)
    assert found.guests <= found.guest_quota
    assert found.guests == queries.people_count(event.id)
