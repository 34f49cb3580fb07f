"""Letters on their way to a real mail server that refuses, forgets, hangs up or is away."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from eventapp.accounts import commands as accounts
from eventapp.events import commands as events
from eventapp.events.models import Event
from eventapp.kernel import jobs, outbox, post, smtp, unreachable
from eventapp.kernel.db import atomic, db
from eventapp.kernel.jobs import LADDER, LEASE, Hold, JobState, Rank
from eventapp.kernel.outbox import Entry, Filter, OutboxRefusal, Standing
from eventapp.kernel.post import Letter
from eventapp.kernel.refusal import Refused
from eventapp.registrations import mails
from eventapp.registrations.models import Registration
from tests import factories
from tests.conftest import NOW, Clock
from tests.harness.relay import DROP, Relay, relaying


@pytest.fixture
def relay() -> Iterator[Relay]:
    """A mail server that takes everything unless told otherwise."""
    with relaying() as running:
        yield running


@pytest.fixture
def app(make_app: Callable[..., Flask], database_url: str, relay: Relay) -> Flask:
    """The application whose letters go to the mail server."""
    return make_app(DATABASE_URL=database_url, MAIL_URL=relay.url)


@pytest.fixture
def event(db_session: Any) -> Event:
    """An event whose letters are looked at."""
    return factories.make_event()


def write(row: Registration, *, letter: Any = mails.received, **planned: Any) -> None:
    """Ask for a letter to somebody."""
    enqueue = atomic(jobs.enqueue)
    enqueue(
        letter, lane=row.email, event_id=row.event_id, registration_id=row.id, **planned
    )  # fmt: skip


def somebody(event: Event) -> Registration:
    """Register somebody without a word."""
    with jobs.silent():
        return factories.make_registration(event)


@pytest.fixture
def person(event: Event) -> Registration:
    """Somebody to whom one letter is on its way."""
    row = somebody(event)
    write(row)
    return row


@post.letter("tests.reminded", Rank.COURTESY)
def reminded(registration_id: int) -> Letter | None:
    """Write what nobody needs to have."""
    return mails.received(registration_id)


def work() -> int:
    """Do what is due; later reads see what became of it."""
    done = jobs.run_all()
    db.session.rollback()
    return done


def only(event: Event, now: Clock) -> Entry:
    """Return the one letter there is, as it stands."""
    db.session.rollback()
    (entry,) = outbox.entries(event.id, Filter(), now())
    return entry


def test_a_letter_is_there_before_it_is_tried(event, person, hands):
    entry = only(event, hands)

    assert (entry.standing, entry.recipient) == (Standing.WAITING, person.email)
    assert (entry.letter, entry.mail) == ("registrations.received", None)


def test_what_was_sent_is_kept_without_what_opens_something(event, person, relay, hands):
    work()
    entry = only(event, hands)
    (taken,) = relay.letters()
    kept = outbox.content(entry.job.id)

    assert (entry.standing, entry.mail.message_id) == (Standing.SENT, taken["Message-ID"])
    assert [one.words for one in outbox.tries(entry.job.id)] == ["250 2.0.0 taken"]
    written = taken.get_body(("plain",)).get_content()
    assert re.search(r"_[0-9]+-[0-9A-Z]{26}", written)
    assert "…" in kept.words
    assert re.search(r"[0-9A-Z]{26}", kept.words) is None


def test_after_ninety_days_the_words_are_forgotten_and_the_line_stays(event, person, hands):
    work()
    number = only(event, hands).job.id
    hands.move_to(NOW + timedelta(days=89))
    post.forget()
    assert outbox.content(number) is not None

    hands.move_to(NOW + timedelta(days=91))
    post.forget()

    assert (outbox.content(number), list(outbox.tries(number))) == (None, [])
    assert only(event, hands).standing is Standing.SENT


# --- whose fault it is ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("step", "answer", "standing", "gone"),
    [
        ("rcpt", "550 5.1.1 no such user", Standing.UNDELIVERABLE, True),
        ("rcpt", "450 4.2.0 greylisted", Standing.RETRYING, False),
        ("rcpt", "554 5.7.1 relay access denied", Standing.RETRYING, False),
        ("rcpt", "530 5.7.0 sign in first", Standing.RETRYING, False),
        ("mail", "550 5.7.60 not your address", Standing.RETRYING, False),
        ("mail", "452 4.3.1 full", Standing.RETRYING, False),
        ("mail", "552 5.3.4 too large", Standing.UNDELIVERABLE, False),
        ("data", "554 5.7.1 spam", Standing.UNDELIVERABLE, False),
        ("data", "451 4.3.0 later", Standing.RETRYING, False),
        ("mail", DROP, Standing.RETRYING, False),
        ("rcpt", DROP, Standing.RETRYING, False),
        ("data", DROP, Standing.RETRYING, False),
    ],
)
def test_an_address_is_given_up_only_for_its_own_fault(
    event, person, relay, hands, step, answer, standing, gone
):
    relay.answers[step] = [answer]
    work()
    entry = only(event, hands)

    assert entry.standing is standing
    assert unreachable.is_gone(person.email) is gone
    assert answer == DROP or answer in entry.why
    if standing is Standing.RETRYING:
        hands.move_to(entry.job.run_at)
        work()
        assert only(event, hands).standing is Standing.SENT
        assert sum(relay.times().values()) == 1


def test_a_day_of_trying_ends_and_somebody_may_try_again(event, person, relay, hands):
    relay.answers["rcpt"] = ["450 4.2.0 later"] * 60
    tries = 0
    while work():
        tries += 1
        entry = only(event, hands)
        if entry.standing is Standing.RETRYING:
            hands.move_to(entry.job.run_at)
    given_up = only(event, hands)
    assert (given_up.standing, given_up.job.state) == (Standing.GIVEN_UP, JobState.FAILED)
    assert hands() - given_up.job.tried_at > timedelta(hours=24)
    assert tries == len(LADDER) + 48

    relay.answers.clear()
    assert outbox.retry_given_up(event.id, hands()) == 1
    work()

    assert only(event, hands).standing is Standing.SENT


def test_a_server_that_is_away_for_an_hour_gets_all_letters_afterwards(event, relay, hands, app):
    rows = [somebody(event) for _ in range(5)]
    app.config["MAIL_URL"] = "smtp://127.0.0.1:1"
    for row in rows:
        write(row)
    end = NOW + timedelta(hours=1)
    while hands() < end:
        work()
        hands.move_to(min(hands() + timedelta(minutes=5), end))
    counted = outbox.counts(event.id, hands())
    assert (counted[Standing.RETRYING], counted[Standing.SENT]) == (5, 0)
    smtp.hang_up()

    app.config["MAIL_URL"] = relay.url
    hands.move_to(end + timedelta(minutes=31))
    work()

    assert sorted(relay.recipients()) == sorted(row.email for row in rows)
    assert set(relay.times().values()) == {1}


# --- one line for many letters ----------------------------------------------------------------


def test_letters_go_over_one_line_and_a_refusal_does_not_end_it(event, relay):
    for _ in range(6):
        write(somebody(event))
    relay.answers["rcpt"] = ["250 ok", "550 5.1.1 no such user", "250 ok"]
    work()

    assert (len(relay.envelopes), relay.lines) == (5, 1)


def test_a_line_that_was_closed_meanwhile_costs_no_try(event, relay, hands):
    write(somebody(event))
    work()
    write(somebody(event))
    relay.answers["mail"] = [DROP]
    work()

    entries = outbox.entries(event.id, Filter(), hands())
    assert [(one.standing, one.job.attempts) for one in entries] == [(Standing.SENT, 1)] * 2
    assert relay.lines == 2


# --- what is done first, and what waits for what ----------------------------------------------


def test_who_wants_to_sign_in_overtakes_a_thousand_letters(event, relay, hands):
    for _ in range(3):
        write(somebody(event))
    accounts.keep_account("nowa@example.org", "Nowa", hands())
    accounts.send_link("nowa@example.org", hands())
    work()

    assert relay.recipients()[0] == "nowa@example.org"


def test_letters_to_one_person_keep_their_order_but_nothing_waits_for_next_week(
    event, relay, hands
):
    row = somebody(event)
    write(row, run_at=NOW + timedelta(days=7))
    write(row, letter=mails.own_link)
    write(row)
    relay.answers["rcpt"] = ["450 4.2.0 later"]
    work()

    # The first is planned, the second tried and failed, and the third waits for the second.
    standings = [one.standing for one in outbox.entries(event.id, Filter(), hands())]
    assert standings == [Standing.WAITING, Standing.RETRYING, Standing.SCHEDULED]
    hands.move_to(NOW + timedelta(seconds=LADDER[0]))
    work()
    asked = outbox.entries(event.id, Filter(standings=frozenset({Standing.SENT})), hands())
    assert [one.letter for one in asked] == ["registrations.received", "registrations.own-link"]
    assert len(relay.envelopes) == 2


def test_a_worker_that_died_after_sending_sends_under_the_same_message_id(event, person, hands):
    claimed = jobs.claim("one", hands())
    assert only(event, hands).standing is Standing.WAITING
    hands.move_to(NOW + LEASE + timedelta(seconds=1))
    work()

    entry = only(event, hands)
    assert (entry.standing, entry.job.attempts) == (Standing.SENT, 2)
    # The one that was given up for dead wakes up, and changes nothing.
    jobs.postpone(claimed, "one", OSError("late"), hands())
    assert only(event, hands).standing is Standing.SENT


# --- pauses, nights, and enough ---------------------------------------------------------------


def test_a_pause_holds_what_waits_and_what_comes(event, person, relay, hands):
    events.pause_mail(event.id, "Pomyłka w sali", hands())
    write(somebody(event))
    work()

    assert outbox.counts(event.id, hands())[Standing.HELD] == 2
    assert relay.envelopes == []

    events.resume_mail(event.id, hands())
    work()
    assert outbox.counts(event.id, hands())[Standing.SENT] == 2


def test_one_letter_may_be_let_go_during_a_pause(event, person, hands):
    events.pause_mail(event.id, "", hands())
    outbox.try_now(only(event, hands).job.id, hands())
    work()

    assert only(event, hands).standing is Standing.SENT


def test_at_night_only_what_nobody_needs_waits(event, relay, hands):
    hands.move_to(NOW.replace(hour=23))
    events.edit_settings(event.id, hands(), mail_quiet_from="22:00", mail_quiet_until="07:00")
    row = somebody(event)
    write(row)
    write(row, letter=reminded)
    work()

    held, sent = outbox.entries(event.id, Filter(), hands())
    assert (sent.standing, held.standing, held.job.held) == (
        Standing.SENT,
        Standing.HELD,
        Hold.QUIET,
    )
    assert held.job.run_at == NOW.replace(day=NOW.day + 1, hour=7)
    assert held.job.attempts == 0

    events.edit_settings(event.id, hands(), mail_quiet_from=None, mail_quiet_until=None)
    work()
    assert outbox.counts(event.id, hands())[Standing.SENT] == 2


def test_one_address_gets_sixty_letters_an_hour(event, relay, hands):
    row = somebody(event)
    for _ in range(61):
        write(row)
    work()
    counted = outbox.counts(event.id, hands())
    assert (counted[Standing.SENT], counted[Standing.HELD]) == (60, 1)

    hands.move_to(NOW + timedelta(hours=1, seconds=1))
    work()
    assert len(relay.envelopes) == 61


# --- what the team does -----------------------------------------------------------------------


def test_a_letter_sent_again_has_a_message_id_of_its_own(event, person, relay, hands):
    work()
    first = only(event, hands)
    with pytest.raises(Refused) as refused:
        outbox.try_now(first.job.id, hands())
    assert refused.value.reason is OutboxRefusal.HANDED_OVER

    again = outbox.repeat(first.job.id, hands())
    work()

    assert outbox.entry(again, hands()).job.again_of == first.job.id
    assert [one.id for one in outbox.repeats(first.job.id)] == [again]
    assert sorted(relay.times().values()) == [1, 1]


def test_what_is_discarded_does_not_go_unless_somebody_thinks_better_of_it(
    event, person, relay, hands
):
    number = only(event, hands).job.id
    outbox.discard(number, hands())
    work()
    assert (only(event, hands).standing, relay.envelopes) == (Standing.DISCARDED, [])
    with pytest.raises(Refused) as refused:
        outbox.repeat(number, hands())
    assert refused.value.reason is OutboxRefusal.NOT_SENT

    outbox.try_now(number, hands())
    work()
    assert only(event, hands).standing is Standing.SENT


def test_a_letter_in_a_workers_hands_is_left_alone(event, person, hands):
    claimed = jobs.claim("one", hands())

    for act in (outbox.try_now, outbox.repeat, outbox.discard):
        with pytest.raises(Refused) as refused:
            act(claimed.id, hands())
        assert refused.value.reason is OutboxRefusal.ON_ITS_WAY
