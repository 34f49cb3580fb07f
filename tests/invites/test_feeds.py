"""What a person's calendar shows, and what it stops showing."""

from datetime import timedelta

import pytest

from eventapp.directory import commands as directory
from eventapp.directory.models import CommitmentKind
from eventapp.events.models import Event
from eventapp.invites import commands, queries, rules
from eventapp.invites.models import Status
from eventapp.kernel.db import db
from eventapp.programme import commands as programme
from eventapp.registrations import queries as people
from eventapp.signups import commands as signups
from tests.factories import (
    WARSAW,
    at,
    fresh,
    make_event,
    make_registration,
    make_room,
    make_session,
)

pytestmark = pytest.mark.usefixtures("db_session")


def agenda(person, now):
    event = db.session.get_one(Event, person.event_id)
    return queries.agenda(people.registration(person.id), event, now).entries()


def test_a_feed_shows_seats_and_duties_and_no_queues(now):
    event = make_event()
    person = make_registration(event)
    speaker = programme.add_speaker(event.id, person.person_id)
    make_session(event, starts_at=at("14:00"), speaker_ids=[speaker.id], title="Wykład")
    seat = make_session(event, starts_at=at("9:00"), title="Warsztat")
    queue = make_session(event, starts_at=at("11:00"), capacity=0)
    for session in (seat, queue):
        signups.sign_up(session.id, person.id, now)
    directory.commit(
        person.person_id,
        event.id,
        CommitmentKind.JURY,
        "award:1",
        {"pl": "Posiedzenie kapituły"},
        at("16:00"),
        at("17:00"),
    )

    shown = agenda(person, now)

    assert [entry.summary for entry in shown] == ["Warsztat", "Wykład", "Posiedzenie kapituły"]
    assert shown[0].uid == queries.of(seat.id, person.id).uid
    assert len({entry.uid for entry in shown}) == 3


def test_a_seat_given_back_is_gone_and_a_called_off_one_stays_two_weeks(now):
    event = make_event()
    person = make_registration(event)
    left, off = (make_session(event, starts_at=at(when)) for when in ("9:00", "11:00"))
    rows = [signups.sign_up(session.id, person.id, now) for session in (left, off)]
    signups.leave(rows[0].id, now)
    programme.cancel_session(off.id, now)

    (entry,) = agenda(person, now + timedelta(days=14))
    assert (entry.summary[:10], entry.called_off, entry.sequence) == ("ODWOŁANE: ", True, 1)
    assert agenda(person, now + timedelta(days=14, seconds=1)) == []


def test_a_feeds_bytes_change_with_its_rows_alone(now):
    event = make_event()
    person = make_registration(event)
    session = make_session(event, room_id=make_room(event).id)
    signups.sign_up(session.id, person.id, now)
    before = content(person, now)

    assert content(person, now + timedelta(hours=3)) == before
    programme.change_session(session.id, now, activity={"title": {"pl": "Nowy tytuł"}})
    after = content(person, now)

    assert after != before
    assert "Nowy tytuł".encode() in after
    assert b"SEQUENCE:1" in after


def content(person, now):
    return rules.feed_ics(agenda(person, now), "Mój program", WARSAW)


def test_a_feed_asks_the_same_for_one_and_for_many_sessions(now, recorded):
    event = make_event()
    person = make_registration(event)
    speaker = programme.add_speaker(event.id, person.person_id)
    counted = []
    for hours in (["7:00"], ["9:00", "11:00", "13:00"]):
        for when in hours:
            day = make_session(event, starts_at=at(when, day=1))
            signups.sign_up(day.id, person.id, now)
            make_session(event, starts_at=at(when, day=2), speaker_ids=[speaker.id])
        db.session.expunge_all()
        row = people.registration(person.id)
        shown = db.session.get_one(Event, event.id)
        with recorded() as asked:
            queries.agenda(row, shown, now).entries()
        counted.append(len(asked))

    assert counted == [5, 5]


def test_the_programme_of_an_event_is_a_calendar_too(now):
    event = make_event()
    sessions = [make_session(event, starts_at=at(when)) for when in ("11:00", "9:00")]

    entries = queries.programme_entries(fresh(event), "en")

    assert [entry.starts_at for entry in entries] == [at("9:00"), at("11:00")]
    assert {entry.uid for entry in entries} == {f"session-{s.id}@localhost" for s in sessions}


def test_inviting_twice_changes_nothing(now):
    event = make_event()
    session, person = make_session(event), make_registration(event)

    commands.request(session, person, now)
    (first,) = queries.requested(session.id, person.id)
    commands.request(session, person, now + timedelta(minutes=1))
    (again,) = queries.requested(session.id, person.id)

    assert (again.uid, again.sequence, again.changed_at) == (first.uid, 0, now)


def test_withdrawing_where_nobody_is_invited_changes_nothing(now):
    event = make_event()

    assert commands.withdraw(make_session(event).id, make_registration(event).id, now) == []


def test_a_calendar_without_a_mailbox_is_kept_for_the_feed(now):
    event = make_event()
    session, person = make_session(event), make_registration(event, email=None)

    commands.request(session, person, now)
    commands.withdraw(session.id, person.id, now)
    commands.request(session, person, now)
    (back,) = queries.requested(session.id, person.id)

    assert (back.email, back.sequence, back.status) == ("", 2, Status.REQUESTED)


def test_what_was_told_is_read_back():
    shape = rules.Shape(at("9:00"), at("10:30"), None)

    assert rules.Shape.read(str(shape)) == shape
    assert rules.Shape.read(str(rules.Shape(at("9:00"), at("10:30"), 7))).room_id == 7
