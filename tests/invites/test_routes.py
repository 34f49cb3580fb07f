"""The addresses of calendars: one's own, everybody's, and those that stopped."""

from datetime import timedelta

import icalendar
import pytest

from eventapp.kernel.db import db
from eventapp.programme import commands as programme
from eventapp.registrations import commands as registrations
from eventapp.registrations import queries as people
from eventapp.signups import commands as signups
from tests.factories import at, fresh, make_event, make_registration, make_room, make_session

pytestmark = pytest.mark.usefixtures("db_session")


@pytest.fixture
def event():
    return make_event()


def get(client, path, **headers):
    db.session.expunge_all()
    return client.get(path, headers=headers)


def titles(answer):
    return [str(one["SUMMARY"]) for one in icalendar.Calendar.from_ical(answer.data).walk("VEVENT")]


def test_ones_own_feed_is_told_apart_by_its_bytes(client, event, now):
    person = make_registration(event)
    signups.sign_up(make_session(event, title="Warsztat").id, person.id, now)
    path = f"/calendar/{people.feed_token(person)}.ics"

    answer = get(client, path)
    again = get(client, path, **{"If-None-Match": answer.headers["ETag"]})
    db.session.expunge_all()
    head = client.head(path)

    assert titles(answer) == ["Warsztat"]
    assert answer.mimetype == "text/calendar"
    assert answer.headers["Cache-Control"] == "private, max-age=900"
    assert not answer.headers["ETag"].startswith("W/")
    assert (again.status_code, again.data) == (304, b"")
    assert (head.data, head.headers["ETag"]) == (b"", answer.headers["ETag"])
    assert int(head.headers["Content-Length"]) == len(answer.data)


def test_an_old_address_is_gone_and_an_invented_one_unknown(client, event, now):
    person = make_registration(event)
    old = people.feed_token(person)
    registrations.renew_feed(person.id, now)
    new = people.feed_token(fresh(person))

    statuses = [
        get(client, f"/calendar/{token}.ics").status_code for token in (old, new, "feed_1_nonsense")
    ]

    assert statuses == [410, 200, 404]


def test_a_room_and_an_event_can_be_followed(client, event):
    rooms = [make_room(event), make_room(event)]
    for room, title in zip(rooms, ("Tu", "Tam"), strict=True):
        make_session(event, room_id=room.id, title=title)
    other = make_room(make_event())

    whole = get(client, f"/{event.slug}/feed.ics")
    here = get(client, f"/{event.slug}/rooms/{rooms[0].id}/feed.ics")

    assert (titles(whole), titles(here)) == (["Tu", "Tam"], ["Tu"])
    assert b"METHOD" not in whole.data
    assert get(client, f"/{event.slug}/rooms/{other.id}/feed.ics").status_code == 404
    path = f"/{event.slug}/feed.ics"
    assert get(client, path, **{"If-None-Match": whole.headers["ETag"]}).status_code == 304


def test_one_session_is_a_file_that_invites_nobody(client, event, now):
    session, secret = make_session(event, title="Warsztat"), make_session(make_event())

    answer = get(client, f"/{event.slug}/sessions/{session.id}/calendar.ics")

    assert titles(answer) == ["Warsztat"]
    assert icalendar.Calendar.from_ical(answer.data)["METHOD"] == "PUBLISH"
    assert b"ATTENDEE" not in answer.data
    assert answer.headers["Content-Disposition"].startswith("attachment")
    missing = get(client, f"/{event.slug}/sessions/{secret.id}/calendar.ics")
    assert missing.status_code == 404


def test_a_session_called_off_says_so_in_the_feed_for_a_fortnight(client, event, hands, now):
    session = make_session(event, title="Warsztat", starts_at=at("14:00"))
    programme.cancel_session(session.id, now + timedelta(hours=1))

    assert titles(get(client, f"/{event.slug}/feed.ics")) == ["ODWOŁANE: Warsztat"]
    hands.move_to(now + timedelta(days=14))
    before = get(client, f"/{event.slug}/feed.ics")
    hands.move_to(now + timedelta(days=14, seconds=1))
    after = get(client, f"/{event.slug}/feed.ics")

    assert (titles(before), titles(after)) == (["ODWOŁANE: Warsztat"], [])
    assert before.headers["ETag"] != after.headers["ETag"]
    assert after.headers["Cache-Control"] == "private, max-age=900"
