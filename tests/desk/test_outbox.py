"""The organiser sees every letter, finds out why one did not arrive, and does something."""

import pytest

from eventapp.desk.routes.letter_words import letter_name
from eventapp.kernel import jobs, outbox, post
from eventapp.kernel.db import db
from eventapp.kernel.outbox import Filter, Standing
from tests.harness import world
from tests.harness.world import Role


@pytest.fixture
def place(app):
    """An event whose letters have not gone yet."""
    return world.build(app, "seminarium")


@pytest.fixture
def desk(app, place):
    """The organiser, who presses buttons: `desk("/retry")`."""
    client = world.visit(app, world.account_cookie(app, place.accounts[Role.ORGANISER]))

    def press(path, **given):
        given["csrf_token"] = world.csrf_token(client)
        return client.post(f"/{place.slug}/desk/mail{path}", data=given)

    press.overview = lambda: client.get(f"/{place.slug}/desk").get_data(as_text=True)
    press.read = lambda path="": client.get(f"/{place.slug}/desk/mail{path}").get_data(as_text=True)
    return press


def standings(app, place):
    """Return how many letters stand how, without those there are none of."""
    with app.app_context():
        db.session.rollback()
        found = outbox.counts(place.event_id, world.NOW)
        return {one: number for one, number in found.items() if number}


def numbers(app, place):
    """List the letters' numbers, newest first."""
    with app.app_context():
        return [one.job.id for one in outbox.entries(place.event_id, Filter(), world.NOW)]


def test_every_letter_has_a_name(app):
    with app.test_request_context():
        named = {one: letter_name(one) for one in post.names() if "tests." not in one}

    assert [one for one in named if named[one] == one] == []


def test_a_letter_that_was_refused_says_why_and_is_tried_again(app, place, desk, tmp_path):
    (tmp_path / "broken").write_text("no folder")
    right = app.config["MAIL_URL"]
    app.config["MAIL_URL"] = f"file://{tmp_path / 'broken'}"
    with app.app_context():
        jobs.run_all()
    assert Standing.RETRYING in standings(app, place)
    page = desk.read("?state=on-the-way")
    assert "w folderze poczty nie można zapisywać" in page

    app.config["MAIL_URL"] = right
    number = numbers(app, place)[-1]
    assert desk(f"/{number}/retry").status_code == 303
    with app.app_context():
        jobs.run_all()

    assert standings(app, place)[Standing.SENT] >= 1
    shown = desk.read(f"/{number}")
    assert "w folderze poczty nie można zapisywać" in shown
    assert "Message-ID" in shown


def test_the_mail_of_an_event_is_paused_with_a_reason(app, place, desk):
    waiting = sum(standings(app, place).values())
    desk("/pause", reason="Zła sala w liście")
    page = desk.read()
    assert "Zła sala w liście" in page
    with app.app_context():
        jobs.run_all()
    assert standings(app, place) == {Standing.HELD: waiting}
    assert "Wysyłka jest wstrzymana, czek" in desk.overview()

    desk("/resume")
    with app.app_context():
        jobs.run_all()
    assert standings(app, place).get(Standing.HELD) is None


def test_letters_are_discarded_released_and_sent_again(app, place, desk):
    first, *_others = numbers(app, place)
    desk(f"/{first}/discard")
    assert standings(app, place)[Standing.DISCARDED] == 1
    desk("/pause")
    desk("/release")
    with app.app_context():
        jobs.run_all()
    assert Standing.HELD not in standings(app, place)
    sent = standings(app, place)[Standing.SENT]

    desk("/resume")
    number = numbers(app, place)[1]
    answer = desk(f"/{number}/repeat")
    assert answer.headers["Location"] != f"/{place.slug}/desk/mail/{number}"
    with app.app_context():
        jobs.run_all()
    assert standings(app, place)[Standing.SENT] == sent + 1


def test_letters_are_found_by_person_and_kind(app, place, desk):
    with app.app_context():
        jobs.run_all()
        entry = outbox.entries(place.event_id, Filter(), world.NOW)[0]
        address, kind = entry.recipient, entry.letter
    page = desk.read(f"?to={address.upper()}&letter={kind}")

    assert address in page
    assert "Nie ma takich wiadomości." in desk.read("?to=nikt@example.org")
    assert "Nie ma takich wiadomości." in desk.read("?to=%25")


def test_a_letter_of_another_event_is_nobodys(app, place, desk):
    elsewhere = world.build(app, "gdzie-indziej")
    number = numbers(app, elsewhere)[0]

    answers = [desk(f"/{number}/{act}").status_code for act in ("retry", "repeat", "discard")]

    assert answers == [404, 404, 404]


def test_an_older_page_follows(app, place, desk, monkeypatch):
    monkeypatch.setattr("eventapp.desk.routes.outbox.PAGE", 1)
    newest, older, *_rest = numbers(app, place)
    page = desk.read()

    assert f"before={newest}" in page
    assert f"/desk/mail/{older}" in desk.read(f"?before={newest}")
