"""Whoever does not want reminders says so by one click, by hand or by their mail program."""

from dataclasses import replace
from email.message import EmailMessage
from typing import Any

import pytest
from flask.testing import FlaskClient

from eventapp.events.models import Event
from eventapp.kernel import declined, facts, jobs, outbox
from eventapp.kernel.db import atomic, db
from eventapp.kernel.jobs import Rank
from eventapp.kernel.outbox import Filter, Standing
from eventapp.kernel.post import Letter, letter
from eventapp.registrations import mails
from eventapp.registrations.models import Registration
from tests import factories
from tests.harness.mailbox import Mailbox, text_of


@letter("tests.news", Rank.COURTESY)
def news(registration_id: int) -> Letter | None:
    """Write what nobody needs to have."""
    return mails.received(registration_id)


@letter("tests.plain")
def plain(registration_id: int) -> Letter | None:
    """Write what is not necessary, by a letter that says so itself."""
    written = mails.received(registration_id)
    return written and replace(written, necessary=False)


@pytest.fixture
def event(db_session: Any) -> Event:
    return factories.make_event()


@pytest.fixture
def person(event: Event) -> Registration:
    with jobs.silent():
        return factories.make_registration(event)


def send(row: Registration, which: Any, mailbox: Mailbox) -> EmailMessage:
    """Send one letter and return it."""
    atomic(jobs.enqueue)(which, lane=row.email, event_id=row.event_id, registration_id=row.id)
    jobs.run_all()
    db.session.rollback()
    return mailbox.all()[-1]


def path_in(taken: EmailMessage) -> str:
    """Return the path under which this letter's reader unsubscribes."""
    return str(taken["List-Unsubscribe"]).strip(" <>").removeprefix("http://localhost")


@pytest.mark.parametrize("which", [news, plain])
def test_what_nobody_needs_says_how_to_stop_it(person, mailbox, which):
    taken = send(person, which, mailbox)

    assert path_in(taken) in text_of(taken)
    assert path_in(taken) in taken.get_body(("html",)).get_content()
    assert person.email not in path_in(taken)
    # One click needs TLS (RFC 8058).
    assert taken["List-Unsubscribe-Post"] is None


def test_over_tls_a_mail_program_may_do_it_by_one_click(app, person, mailbox):
    app.config["BASE_URL"] = "https://seminaria.example.org"
    taken = send(person, news, mailbox)

    assert taken["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert (
        str(taken["List-Unsubscribe"])
        .strip()
        .startswith("<https://seminaria.example.org/unsubscribe/")
    )


def test_what_people_need_cannot_be_stopped(person, mailbox):
    taken = send(person, mails.received, mailbox)

    assert taken["List-Unsubscribe"] is None
    assert "/unsubscribe/" not in text_of(taken)


def test_looking_changes_nothing_and_one_click_does(client: FlaskClient, event, person, mailbox):
    path = path_in(send(person, news, mailbox))
    client.set_cookie("visit", "of somebody else")
    assert client.get(path).status_code == 200
    assert not declined.is_declined(person.email, event.id)

    answer = client.post(path, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 303
    db.session.rollback()
    assert declined.is_declined(person.email.upper(), event.id)
    assert not declined.is_declined(person.email, event.id + 1)
    count = len(mailbox)
    send(person, news, mailbox)
    assert len(mailbox) == count
    spared = outbox.entries(event.id, Filter(letter="tests.news"), factories.NOW)[0]
    assert spared.standing is Standing.SPARED

    client.post(path)
    client.post(f"{path}/undo")
    db.session.rollback()
    assert not declined.is_declined(person.email, event.id)
    kinds = [row.kind for row in facts.history(event_id=event.id)][:2]
    assert kinds == ["courtesies-wanted", "courtesies-declined"]


@pytest.mark.parametrize("token", ["u_1-" + "0" * 26, "u_999999-" + "0" * 26, "x", "u_1"])
def test_a_link_that_is_not_ours_opens_nothing(client, person, mailbox, token):
    send(person, news, mailbox)

    assert client.get(f"/unsubscribe/{token}").status_code == 404
    assert client.post(f"/unsubscribe/{token}").status_code == 404
