"""What people are told: every letter as it lands in their mailbox."""

import re
from datetime import timedelta
from email.message import EmailMessage

import pytest

from eventapp.programme import commands as programme
from eventapp.registrations import commands as registrations
from eventapp.signups import commands
from tests.factories import at, make_event, make_registration, make_room, make_session
from tests.harness.mailbox import invite_of, text_of

pytestmark = pytest.mark.usefixtures("db_session")


def subjects(mailbox, address):
    return [str(letter["Subject"]) for letter in mailbox.to(address)]


def component(letter: EmailMessage):
    (event,) = invite_of(letter).walk("VEVENT")
    return event


def has_invite(letter: EmailMessage) -> bool:
    return any(part.get_content_type() == "text/calendar" for part in letter.walk())


@pytest.fixture
def event():
    return make_event(title={"pl": "Jurajskie Seminarium", "en": "Jurassic Seminar"})


@pytest.fixture
def session(event):
    room = make_room(event)
    return make_session(event, title="Fundraising", capacity=1, room_id=room.id)


def test_a_seat_is_told_with_a_request(event, session, now, mailbox, run_jobs):
    person = make_registration(event, email="anna@example.org")
    commands.sign_up(session.id, person.id, now)
    run_jobs()

    letter = mailbox.last("anna@example.org")
    assert letter["Subject"] == "Miejsce potwierdzone: Fundraising"
    lines = text_of(letter).splitlines()
    assert lines[:3] == ["Dzień dobry,", "", "miejsce jest potwierdzone: „Fundraising”."]
    assert "Kiedy: środa, 16 czerwca, 9:00–10:30" in lines
    calendar = invite_of(letter)
    assert calendar["METHOD"] == "REQUEST"
    shown = component(letter)
    assert (shown["SEQUENCE"], shown["STATUS"]) == (0, "CONFIRMED")
    assert shown["ATTENDEE"] == "mailto:anna@example.org"
    assert shown["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED"


def test_the_calendar_shows_no_private_address(event, session, now, mailbox, run_jobs):
    person = make_registration(event, email="anna@example.org")
    commands.sign_up(session.id, person.id, now)
    run_jobs()

    letter = mailbox.last("anna@example.org")
    assert "/my/my_" in text_of(letter)
    assert b"/my/" not in invite_of(letter).to_ical()
    assert b"/calendar/" not in invite_of(letter).to_ical()


def test_the_letter_speaks_the_persons_language(event, session, now, mailbox, run_jobs):
    person = make_registration(event, email="anna@example.org", locale="en")
    commands.sign_up(session.id, person.id, now)
    run_jobs()

    letter = mailbox.last("anna@example.org")
    assert letter["Subject"] == "Seat confirmed: Fundraising"
    assert "Jurassic Seminar" in text_of(letter)


def test_waiting_is_told_without_an_invite_and_promotion_with_one(
    event, session, now, mailbox, run_jobs
):
    first = make_registration(event, email="anna@example.org")
    second = make_registration(event, email="ewa@example.org")
    row = commands.sign_up(session.id, first.id, now)
    commands.sign_up(session.id, second.id, now)
    run_jobs()

    queued = mailbox.last("ewa@example.org")
    assert queued["Subject"] == "Lista rezerwowa: Fundraising"
    assert "miejsce na liście rezerwowej: 1" in text_of(queued)
    assert not has_invite(queued)

    commands.leave_and_promote(row.id, now)
    run_jobs()

    promoted = mailbox.last("ewa@example.org")
    assert promoted["Subject"] == "Zwolniło się miejsce: Fundraising"
    assert component(promoted)["SEQUENCE"] == 0


def test_leaving_takes_the_entry_off_without_calling_the_session_off(
    event, session, now, mailbox, run_jobs
):
    person = make_registration(event, email="anna@example.org")
    row = commands.sign_up(session.id, person.id, now)
    run_jobs()
    uid = component(mailbox.last("anna@example.org"))["UID"]
    commands.leave(row.id, now)
    run_jobs()

    letter = mailbox.last("anna@example.org")
    assert letter["Subject"] == "Miejsce zwolnione: Fundraising"
    assert invite_of(letter)["METHOD"] == "CANCEL"
    shown = component(letter)
    assert (shown["UID"], shown["SEQUENCE"]) == (uid, 1)
    assert "STATUS" not in shown


def test_a_cancelled_session_is_called_off_for_all_who_had_a_seat(
    event, session, now, mailbox, run_jobs
):
    seated = make_registration(event, email="anna@example.org")
    waiting = make_registration(event, email="ewa@example.org")
    for person in (seated, waiting):
        commands.sign_up(session.id, person.id, now)
    run_jobs()
    programme.cancel_session(session.id, now)
    run_jobs()

    off, told = mailbox.last("anna@example.org"), mailbox.last("ewa@example.org")
    assert off["Subject"] == told["Subject"] == "Zajęcia odwołane: Fundraising"
    assert component(off)["STATUS"] == "CANCELLED"
    assert not has_invite(told)


def test_edits_within_ten_minutes_give_one_letter(event, session, now, hands, mailbox, run_jobs):
    person = make_registration(event, email="anna@example.org")
    commands.sign_up(session.id, person.id, now)
    run_jobs()
    move(session, "11:00", now)
    hands.move_to(now + timedelta(minutes=5))
    move(session, "12:00", now)
    hands.move_to(now + timedelta(minutes=9, seconds=59))
    run_jobs()
    assert "Zmiana: Fundraising" not in subjects(mailbox, "anna@example.org")

    hands.move_to(now + timedelta(minutes=30))
    run_jobs()

    assert subjects(mailbox, "anna@example.org").count("Zmiana: Fundraising") == 1
    letter = mailbox.last("anna@example.org")
    assert "Poprzednio: środa, 16 czerwca, 9:00–10:30" in text_of(letter)
    assert "Kiedy: środa, 16 czerwca, 12:00–13:30" in text_of(letter)
    shown = component(letter)
    assert shown["SEQUENCE"] == 2
    assert shown["ATTENDEE"].params["PARTSTAT"] == "NEEDS-ACTION"
    assert shown["ATTENDEE"].params["RSVP"] == "TRUE"


def test_an_edit_taken_back_gives_none(event, session, now, hands, mailbox, run_jobs):
    person = make_registration(event, email="anna@example.org")
    commands.sign_up(session.id, person.id, now)
    move(session, "11:00", now)
    move(session, "9:00", now)
    hands.move_to(now + timedelta(minutes=30))
    run_jobs()

    assert "Zmiana: Fundraising" not in subjects(mailbox, "anna@example.org")


def test_another_room_keeps_the_answer(event, session, now, hands, mailbox, run_jobs):
    person = make_registration(event, email="anna@example.org")
    commands.sign_up(session.id, person.id, now)
    room = make_room(event)
    programme.move_session(
        session.id, now, starts_at=session.starts_at, ends_at=session.ends_at, room_id=room.id
    )
    hands.move_to(now + timedelta(minutes=30))
    run_jobs()

    letter = mailbox.last("anna@example.org")
    assert "zmieniło się miejsce zajęć" in text_of(letter)
    assert component(letter)["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED"
    assert room.name["pl"] in component(letter)["LOCATION"]


def test_a_letter_overtaken_by_events_is_not_sent(event, session, now, mailbox, run_jobs):
    person = make_registration(event, email="anna@example.org")
    row = commands.sign_up(session.id, person.id, now)
    commands.leave(row.id, now)
    commands.sign_up(session.id, person.id, now)
    run_jobs()

    assert subjects(mailbox, "anna@example.org")[1:] == ["Miejsce potwierdzone: Fundraising"]
    assert component(mailbox.last("anna@example.org"))["SEQUENCE"] == 2


def test_a_new_address_gets_the_invites_and_the_old_one_loses_them(
    event, session, now, mailbox, run_jobs
):
    person = make_registration(event, email="stary@example.org")
    commands.sign_up(session.id, person.id, now)
    run_jobs()
    registrations.change(person.id, now, email="nowy@example.org")
    run_jobs()

    removed = mailbox.last("stary@example.org")
    assert removed["Subject"] == "Usunięto z kalendarza: Fundraising"
    assert invite_of(removed)["METHOD"] == "CANCEL"
    added = mailbox.last("nowy@example.org")
    assert component(added)["UID"] != component(removed)["UID"]


@pytest.mark.parametrize("name", ["visit evil.example", "https://evil.example/x", "a@evil.example"])
def test_a_name_is_never_a_link(name, event, session, now, mailbox, run_jobs):
    person = make_registration(event, "Anna", name, email="anna@example.org")
    commands.sign_up(session.id, person.id, now)
    run_jobs()

    for letter in mailbox.to("anna@example.org"):
        for part in letter.walk():
            if part.get_content_maintype() == "text":
                content = part.get_payload(decode=True).decode()
                assert "evil.example" not in content
                assert "evil. example" in re.sub(r"\r?\n ", "", content).replace("\\", "")


def test_who_has_no_mailbox_is_written_no_letter(event, session, now, mailbox, run_jobs):
    person = make_registration(event, email=None)
    commands.sign_up(session.id, person.id, now)
    run_jobs()

    assert len(mailbox) == 0


def move(session, clock, now):
    starts_at = at(clock)
    programme.move_session(
        session.id,
        now,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=90),
        room_id=session.room_id,
    )
