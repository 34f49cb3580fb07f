"""The calendars of those who have something to do: speakers, jurors, people at the door."""

import re
from datetime import timedelta

import icalendar
import pytest

from eventapp.awards import commands as awards
from eventapp.awards.rules.states import JurorRole
from eventapp.directory import commands as directory
from eventapp.directory import queries as known
from eventapp.kernel.db import atomic, db
from eventapp.programme import commands as programme
from tests.awards.seminar import seminar
from tests.factories import at, fresh, make_event, make_session
from tests.invites import libical

pytestmark = pytest.mark.usefixtures("db_session")
WITHIN, AFTER = timedelta(days=14), timedelta(days=14, seconds=1)


@pytest.fixture
def event():
    return make_event()


def person(event, first_name="Ewa", email="ewa@example.org"):
    return directory.keep_person(
        event.host_id, title="", first_name=first_name, last_name="Kos", email=email
    )


def get(client, url, **headers):
    db.session.expunge_all()
    return client.get(url.partition("//")[2].partition("/")[2], headers=headers)


def shown(client, who, locale="pl"):
    """List title, STATUS, whether it takes time, and SEQUENCE of all that a calendar shows."""
    answer = get(client, known.feed_url(fresh(who), locale))
    assert answer.status_code == 200
    items = icalendar.Calendar.from_ical(answer.data).walk("VEVENT")
    return [
        (str(one["SUMMARY"]), str(one["STATUS"]), one["TRANSP"] == "OPAQUE", int(one["SEQUENCE"]))
        for one in items
    ]


def call_for(event, **columns):
    name = {"pl": "Nagrody", "en": "Awards"}
    return awards.open_call(
        event.id, name=name, rulebook=seminar()["awards"]["rulebook"], **columns
    )


def test_a_speakers_calendar_follows_the_programme(client, event, hands, now):
    who = person(event)
    speaker = programme.add_speaker(event.id, who.id)
    session = make_session(event, title="Wykład", speaker_ids=[speaker.id])
    before = shown(client, who)

    programme.move_session(
        session.id, now, starts_at=at("14:00"), ends_at=at("15:00"), room_id=None
    )
    moved = shown(client, who)
    programme.cancel_session(session.id, now)
    hands.move_to(now + WITHIN)
    called_off = shown(client, who)
    hands.move_to(now + AFTER)

    assert before == [("Wykład", "CONFIRMED", True, 0)]
    ((title, *_rest, higher),) = moved
    assert (title, higher > 0) == ("Wykład", True)
    ((title, status, is_busy, highest),) = called_off
    assert (title, status, is_busy) == ("ODWOŁANE: Wykład", "CANCELLED", False)
    assert highest > higher
    assert shown(client, who) == []


def test_who_speaks_no_more_is_told_so_and_may_come_back(client, event, now):
    who, other = person(event), person(event, "Jan", "jan@example.org")
    first, second = (programme.add_speaker(event.id, one.id) for one in (who, other))
    session = make_session(event, title="Wykład", speaker_ids=[first.id])

    programme.change_speakers(session.id, [second.id], now)
    gone, came = shown(client, who), shown(client, other)
    programme.change_speakers(session.id, [first.id], now)
    back = shown(client, who)

    assert [row[0] for row in (*gone, *came, *back)] == ["ODWOŁANE: Wykład", "Wykład", "Wykład"]
    assert gone[0][3] < back[0][3]


def test_a_jurors_calendar_has_the_meeting_and_the_deadline(client, event, hands, now):
    who = person(event)
    call = call_for(event, meets_at=at("16:00"), scoring_closes_at=at("12:00"))
    juror = awards.appoint_juror(call.id, who.id, JurorRole.MEMBER)
    in_english = shown(client, who, "en")
    awards.change_call(call.id, meets_at=at("17:00"), scoring_closes_at=None)
    changed = shown(client, who)
    awards.dismiss_juror(juror.id)

    assert in_english == [
        ("Scoring closes: Awards", "CONFIRMED", False, 0),
        ("Meeting of the jury: Awards", "CONFIRMED", True, 0),
    ]
    assert changed == [
        ("ODWOŁANE: Koniec oceniania: Nagrody", "CANCELLED", False, 1),
        ("Posiedzenie kapituły: Nagrody", "CONFIRMED", True, 2),
    ]
    assert [row[:2] for row in shown(client, who)] == [
        ("ODWOŁANE: Koniec oceniania: Nagrody", "CANCELLED"),
        ("ODWOŁANE: Posiedzenie kapituły: Nagrody", "CANCELLED"),
    ]


def test_a_deadline_keeps_nobody_busy(event):
    who = person(event)
    call = call_for(event, scoring_closes_at=at("12:00"))
    awards.appoint_juror(call.id, who.id, JurorRole.MEMBER)

    assert known.clashes(who.id, at("11:00"), at("13:00")) == []


def test_who_has_no_vote_has_no_deadline(client, event):
    who = person(event)
    call = call_for(event, scoring_closes_at=at("12:00"))
    awards.appoint_juror(call.id, who.id, JurorRole.SECRETARY)

    assert shown(client, who) == []


def test_one_calendar_has_the_tasks_of_all_events_each_in_its_zone(client, event):
    abroad = make_event(timezone="America/New_York")
    who = person(event)
    for one, when in ((event, "9:00"), (abroad, "18:00")):
        make_session(
            one, starts_at=at(when), speaker_ids=[programme.add_speaker(one.id, who.id).id]
        )

    content = get(client, known.feed_url(who, "pl")).data
    again = get(client, known.feed_url(fresh(who), "pl")).data

    assert content == again
    assert set(re.findall(rb"TZID=([^:]+):", content)) == {b"America/New_York", b"Europe/Warsaw"}
    assert content.count(b"BEGIN:VTIMEZONE") == 2
    assert libical.judged(content)[0] == []


def test_what_is_only_planned_is_told_to_nobody(client, event, now):
    who = person(event)
    speaker = programme.add_speaker(event.id, who.id)
    session = make_session(event, speaker_ids=[speaker.id])
    atomic(db.session.execute)(db.text("UPDATE session SET state = 'planned'"))

    assert (session.id > 0, shown(client, who)) == (True, [])


def test_an_unchanged_calendar_is_not_sent_again_and_an_old_address_is_gone(client, event):
    who = person(event)
    make_session(event, speaker_ids=[programme.add_speaker(event.id, who.id).id])
    url = known.feed_url(who, "pl")

    tag = get(client, url).headers["ETag"]
    same = get(client, url, **{"If-None-Match": tag})
    directory.renew_feed(who.id)
    statuses = [
        get(client, address).status_code
        for address in (url, known.feed_url(fresh(who), "pl"), "http://x/calendar/tasks-pl_1-a.ics")
    ]

    assert (same.status_code, same.data) == (304, b"")
    assert statuses == [410, 200, 404]
