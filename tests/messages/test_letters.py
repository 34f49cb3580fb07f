"""Letters to many: to whom, once each, held back in time, moved with the event."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from eventapp.events import commands as events
from eventapp.events import queries as frame
from eventapp.kernel import facts, mail_words
from eventapp.kernel.copying import Copying
from eventapp.kernel.db import atomic, db
from eventapp.kernel.mail_words import Words
from eventapp.kernel.refusal import Refused
from eventapp.messages import commands, queries
from eventapp.messages.commands import Draft, copying
from eventapp.messages.models import LetterCopy, State, Timing
from eventapp.messages.rules import LetterRefusal
from eventapp.messages.rules.audience import Attendance, Audience, Contact, Spared
from eventapp.registrations.rules import State as Registered
from eventapp.signups import commands as signups
from eventapp.signups.rules import State as Place
from tests.factories import NOW, WARSAW, at, make_event, make_registration, make_session
from tests.harness.mailbox import text_of

pytestmark = pytest.mark.usefixtures("db_session")


def draft(**said) -> Draft:
    given = {
        "subject": {"pl": "Ważne: {event.title}"},
        "body": {"pl": "Dzień dobry,\n\n{name}, numer {number}.\n\n{my.link}"},
        "audience": Audience(),
    }
    return Draft(**{**given, **said})


def on_its_way(event, now=NOW, **said):
    row = commands.begin(event.id, draft(**said), now)
    commands.approve(row.id, now)
    return commands.queue(row.id, now)


def got(mailbox, address=""):
    """List the letters to many among the mails to an address, or among all."""
    return [one for one in mailbox.to(address) if one["Subject"].startswith(("Ważne", "Program"))]


def copies(letter_id) -> int:
    query = select(func.count()).select_from(LetterCopy).where(LetterCopy.letter_id == letter_id)
    return db.session.scalar(query)


# --- to whom ------------------------------------------------------------------------------


def test_the_conditions_that_people_must_meet() -> None:
    event = make_event()
    session, other = make_session(event, capacity=1), make_session(event, starts_at=at("14:00"))
    seated, queued = make_registration(event, "Ala"), make_registration(event, "Bea")
    english = make_registration(event, "Carl", locale="en")
    make_registration(event, "Danuta", email=None)
    make_registration(event, "Ewa", state=Registered.WAITING)
    make_registration(event, "Filip", category="fundacja")
    signups.enter(session.id, seated.id, NOW)
    signups.enter(session.id, queued.id, NOW)
    signups.enter(other.id, english.id, NOW)

    def names(**conditions):
        found = queries.reached(event, Audience(**conditions))
        return "".join(sorted(one.first_name[0] for one in found.people)), [
            (one.first_name[0], why) for one, why in found.spared
        ]

    assert names() == ("ABCF", [("D", Spared.NO_ADDRESS)])
    assert names(states=(Registered.WAITING,)) == ("E", [])
    assert names(session_ids=(session.id,)) == ("AB", [])
    assert names(session_ids=(session.id,), places=(Place.WAITING,)) == ("B", [])
    assert names(places=(Place.CONFIRMED,)) == ("AC", [])
    assert names(categories=("fundacja",)) == ("F", [])
    assert names(locale="en") == ("C", [])
    assert names(contact=Contact.EMAIL) == ("ABCF", [])
    assert names(contact=Contact.NO_EMAIL) == ("", [("D", Spared.NO_ADDRESS)])
    assert names(attendance=Attendance.CAME) == ("", [])
    assert names(attendance=Attendance.NOT_CAME, locale="en") == ("C", [])


def test_two_people_with_one_mailbox_get_two_mails_that_name_them(run_jobs, mailbox) -> None:
    event = make_event()
    for name in ("Maria", "Jan"):
        make_registration(event, name, "Wspólny", email="dom@example.org")
    alone = make_registration(event, "Ola", "Sama", email="ola@example.org")

    on_its_way(event)
    run_jobs()

    both = sorted(letter["Subject"] for letter in got(mailbox, "dom@example.org"))
    assert both == [
        "Ważne: Seminarium – dotyczy: Jan Wspólny", "Ważne: Seminarium – dotyczy: Maria Wspólny",
    ]  # fmt: skip
    assert got(mailbox, alone.email)[-1]["Subject"] == "Ważne: Seminarium"


def test_what_people_write_about_themselves_stays_text(run_jobs, mailbox) -> None:
    event = make_event(title={"pl": "{name} {{ 7*7 }} <b>", "en": "x"})
    make_registration(
        event, "{number}", '<a href="http://zly.example">x</a>', email="zly@example.org"
    )

    on_its_way(event)
    run_jobs()

    [sent] = got(mailbox, "zly@example.org")
    html = sent.get_body(("html",)).get_content()
    assert sent["Subject"] == "Ważne: {name} {{ 7*7 }} <b>"
    assert ["{number}" in one for one in (text_of(sent), html)] == [True, True]
    assert "zly.example" not in text_of(sent).replace("zly. example", "")
    assert '<a href="http' not in html.replace('<a href="http://localhost/', "")
    assert "&lt;a href=" in html
    assert [name for name in sent if name.lower() in {"bcc", "cc"}] == []


# --- the way of a letter ------------------------------------------------------------------


def test_a_letter_from_draft_to_sent(run_jobs, mailbox) -> None:
    event = make_event()
    person = make_registration(event)
    row = commands.begin(event.id, draft(), NOW)

    with facts.acting_as("account:7"):
        commands.approve(row.id, NOW, seen=row.version)
    assert queries.letter(row.id).state is State.APPROVED
    commands.queue(row.id, NOW)
    run_jobs()
    db.session.expunge_all()

    row = queries.letter(row.id)
    assert (row.state, row.approved_by) == (State.SENT, "account:7")
    assert f"/{event.slug}/my/" in text_of(got(mailbox, person.email)[0])
    assert {one.state.value for one in queries.copies(row.id)} == {"sent"}
    kinds = [fact.kind for fact in facts.history(subject=f"letter:{row.id}")]
    assert kinds == ["letter-sent", "letter-queued", "letter-approved", "letter-written"]


def test_the_writer_does_not_approve_where_two_are_asked_for() -> None:
    event = make_event()
    make_registration(event)
    commands.ask_for_a_second_person(event.id, NOW, second_person=True)
    with facts.acting_as("account:1"):
        row = commands.begin(event.id, draft(), NOW)
        with pytest.raises(Refused) as refused:
            commands.approve(row.id, NOW)
    assert refused.value.reason is LetterRefusal.SECOND_PERSON

    with facts.acting_as("account:2"):
        assert commands.approve(row.id, NOW).state is State.APPROVED


def test_a_letter_that_changed_since_it_was_read_is_not_approved() -> None:
    event = make_event()
    row = commands.begin(event.id, draft(), NOW)
    commands.rewrite(row.id, draft(subject={"pl": "Inny"}), NOW, seen=1)

    with pytest.raises(Refused) as refused:
        commands.approve(row.id, NOW, seen=1)

    assert refused.value.reason is LetterRefusal.LETTER_CHANGED


def test_a_letter_can_be_held_back_until_its_moment(run_jobs, mailbox, hands) -> None:
    event = make_event()
    make_registration(event)
    row = commands.begin(event.id, draft(), NOW)
    commands.approve(row.id, NOW)
    commands.queue(row.id, NOW, send_at=NOW + timedelta(hours=2))
    run_jobs()

    commands.cancel(row.id, NOW + timedelta(hours=1))
    hands.move_to(NOW + timedelta(hours=3))
    run_jobs()

    assert got(mailbox) == []
    assert queries.letter(row.id).state is State.DRAFT
    with pytest.raises(Refused):
        commands.cancel(row.id, NOW)
    commands.remove(row.id, NOW)
    assert queries.letters(event.id) == []


def test_nobody_to_write_to_is_said_at_once() -> None:
    event = make_event()
    row = commands.begin(event.id, draft(), NOW)
    commands.approve(row.id, NOW)

    with pytest.raises(Refused) as refused:
        commands.queue(row.id, NOW)

    assert refused.value.reason is LetterRefusal.NOBODY


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"subject": {"pl": "{nic}"}}, LetterRefusal.UNKNOWN_PLACE),
        ({"subject": {"pl": "{day}"}}, LetterRefusal.UNKNOWN_PLACE),
        ({"body": {"pl": "Oto {programme}"}}, LetterRefusal.PLACE_ALONE),
        ({"subject": {}}, LetterRefusal.NO_WORDS),
        ({"body": {"pl": "x", "en": "y"}}, LetterRefusal.NO_WORDS),
        ({"audience": Audience(session_ids=(99,))}, LetterRefusal.SESSION_ELSEWHERE),
    ],
)
def test_what_a_letter_may_not_say(said, reason) -> None:
    event = make_event()

    with pytest.raises(Refused) as refused:
        commands.begin(event.id, draft(**said), NOW)

    assert refused.value.reason is reason


def test_a_place_of_a_day_is_known_in_a_letter_before_each_day() -> None:
    event = make_event()

    assert commands.begin(
        event.id, draft(subject={"pl": "{day}"}, timing=Timing.EACH_DAY), NOW
    ).id  # fmt: skip


# --- by the days of the event -------------------------------------------------------------


def test_the_programme_of_a_day_goes_out_on_the_evening_before(run_jobs, mailbox, hands) -> None:
    event = make_event()
    first = make_session(event, title="Pierwszy")
    second = make_session(event, title="Drugi", starts_at=at("9:00", day=2))
    person = make_registration(event)
    for session in (first, second):
        signups.enter(session.id, person.id, NOW)
    row = on_its_way(
        event, timing=Timing.EACH_DAY, subject={"pl": "Program: {day}"},
        body={"pl": "{programme}"},
    )  # fmt: skip
    run_jobs()
    assert got(mailbox) == []

    subjects = []
    for day in (15, 16, 17):
        hands.move_to(datetime(2027, 6, day, 18, 1, tzinfo=WARSAW))
        for _again in range(2):
            commands.send_due(hands.moment)
            run_jobs()
        subjects.append(got(mailbox, person.email)[-1]["Subject"])
    texts = [text_of(letter) for letter in got(mailbox, person.email)]

    assert subjects == [
        "Program: środa, 16 czerwca", "Program: czwartek, 17 czerwca",
        "Program: piątek, 18 czerwca",
    ]  # fmt: skip
    assert ["Pierwszy" in one for one in texts] == [True, False, False]
    assert ["Drugi" in one for one in texts] == [False, True, False]
    db.session.expunge_all()
    assert queries.letter(row.id).state is State.SENT


@pytest.mark.parametrize(
    ("day", "due"),
    [
        ("2026-10-25", "2026-10-24T16:00"),
        ("2026-10-26", "2026-10-25T17:00"),
        ("2027-03-28", "2027-03-27T17:00"),
        ("2027-03-29", "2027-03-28T16:00"),
    ],
)
def test_a_reminder_over_the_night_of_the_clocks_comes_once(day, due, run_jobs, mailbox, hands):
    on = datetime.fromisoformat(day).date()
    moment = datetime.fromisoformat(due).replace(tzinfo=UTC)
    early = moment - timedelta(days=5)
    hands.move_to(early)
    event = _of_one_day(on)
    person = make_registration(event)
    on_its_way(event, early, timing=Timing.EACH_DAY)

    for minutes in (-1, 0, 1, 59, 60, 61, 120, 600):
        hands.move_to(moment + timedelta(minutes=minutes))
        commands.send_due(hands.moment)
        run_jobs()
        expected = 0 if minutes < 0 else 1
        assert len(got(mailbox, person.email)) == expected, minutes


def _of_one_day(on):
    host = events.keep_host("jeden-dzien", "Ośrodek")
    event = events.create_event(
        host.id, NOW, slug=f"dzien-{on.isoformat()}", title={"pl": "Dzień"}, starts_on=on,
        ends_on=on, contact_email="biuro@example.org",
    )  # fmt: skip
    events.add_day(event.id, on, {"pl": "Dzień"})
    events.publish_event(event.id, NOW)
    return event


def test_a_letter_moves_with_the_event_and_is_never_doubled(run_jobs, mailbox, hands) -> None:
    event = make_event()
    person = make_registration(event)
    row = on_its_way(event, timing=Timing.AFTER_END, hour=10)
    later = frame.days(event.id)[-1].date + timedelta(days=1)
    events.put_day(event.id, NOW, later, {"pl": "Dodatkowy"})

    hands.move_to(datetime(2027, 6, 19, 10, 1, tzinfo=WARSAW))
    commands.send_due(hands.moment)
    run_jobs()
    assert len(got(mailbox, person.email)) == 0

    for day in (20, 21):
        hands.move_to(datetime(2027, 6, day, 10, 1, tzinfo=WARSAW))
        commands.send_due(hands.moment)
        run_jobs()
        events.put_day(event.id, NOW, later + timedelta(days=day), {"pl": "Jeszcze"})
    assert (len(got(mailbox, person.email)), copies(row.id)) == (1, 1)


def test_what_was_past_when_it_was_switched_on_stays_unsent(run_jobs, mailbox, hands) -> None:
    event = make_event()
    make_registration(event)
    late = datetime(2027, 6, 16, 20, tzinfo=WARSAW)
    hands.move_to(late)

    on_its_way(event, late, timing=Timing.EACH_DAY)
    run_jobs()
    assert got(mailbox) == []  # the evenings of the 15th and the 16th are past

    hands.move_to(datetime(2027, 6, 17, 18, 1, tzinfo=WARSAW))
    commands.send_due(hands.moment)
    run_jobs()
    assert len(got(mailbox)) == 1


def test_it_is_sent_late_where_that_is_asked_for(run_jobs, mailbox, hands) -> None:
    event = make_event()
    make_registration(event)
    late = datetime(2027, 6, 16, 20, tzinfo=WARSAW)
    hands.move_to(late)
    row = commands.begin(event.id, draft(timing=Timing.EACH_DAY), late)
    commands.approve(row.id, late)

    commands.queue(row.id, late, sends_past=True)
    run_jobs()

    # Of the sixteenth, which lasts until midnight, and of the seventeenth.
    assert copies(row.id) == 2


# --- who comes in later -------------------------------------------------------------------


def test_who_comes_in_later_gets_one_copy_if_the_letter_says_so(run_jobs, mailbox, hands) -> None:
    event = make_event()
    make_registration(event, email="pierwsza@example.org")
    kept, plain = on_its_way(event, late_copies=True), on_its_way(event)
    run_jobs()
    make_registration(event, email="spozniona@example.org")

    hands.move_to(NOW + timedelta(hours=1))
    for _again in range(3):
        commands.send_due(hands.moment)
        run_jobs()

    assert len(got(mailbox, "spozniona@example.org")) == 1
    assert len(got(mailbox, "pierwsza@example.org")) == 2
    assert (copies(kept.id), copies(plain.id)) == (2, 1)


# --- an event like another ----------------------------------------------------------------


def test_words_and_letters_come_along_as_drafts_to_a_later_event() -> None:
    event, later = make_event(), make_event()
    session, new = make_session(event), make_session(later)
    make_registration(event)
    letter = mail_words.letters()["signups/confirmed"]
    words = Words("Raz", "Raz {name}")
    commands.write_words(event.id, letter, letter.variants[0], "pl", words, NOW)
    signups.enter(session.id, make_registration(event).id, NOW)
    on_its_way(event, audience=Audience(session_ids=(session.id,), day=at("9:00").date()))

    like = Copying(event.id, later.id, "Europe/Warsaw", 7, NOW)
    like.stands_for("session", session.id, new.id)
    atomic(lambda: [part.copy(like) for part in copying.PARTS])()

    [row] = queries.letters(later.id)
    kept = Audience.read(row.audience)
    assert (row.state, row.queued_at) == (State.DRAFT, None)
    assert (kept.session_ids, kept.day) == ((new.id,), at("9:00", day=8).date())
    assert mail_words.standing(later.id, "signups/confirmed", "", "pl").subject == "Raz"
