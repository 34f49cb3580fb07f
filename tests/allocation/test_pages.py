"""The whole way through the pages, as somebody without a script walks it."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from eventapp.accounts import commands as accounts
from eventapp.allocation import queries
from eventapp.allocation.models import State
from eventapp.events import commands as events
from eventapp.events.models import Role
from eventapp.registrations import queries as people
from eventapp.signups import queries as seats
from tests.allocation.town import AFTER, Town, make_town
from tests.conftest import Clock
from tests.factories import NOW, fresh, make_registration
from tests.harness import markup, world
from tests.harness.mailbox import Mailbox, text_of


@pytest.fixture
def town(app: Flask, hands: Clock) -> Town:
    hands.move_to(NOW)
    with app.app_context():
        return make_town("A1 B5 C5 D5")


@pytest.fixture
def team(app: Flask, town: Town) -> FlaskClient:
    with app.app_context():
        account = accounts.keep_account("plan@example.org", "Anna", NOW)
        events.join_team(town.event.id, account.id, Role.ORGANISER, NOW)
        account_id = account.id
    return world.visit(app, world.account_cookie(app, account_id))


def participant(app: Flask, town: Town, **columns: Any) -> tuple[FlaskClient, int]:
    client = app.test_client()
    with app.app_context():
        row = make_registration(town.event, **columns)
        client.get(f"/{town.event.slug}/my/{people.link_token(row)}")
        return client, row.id


def post(client: FlaskClient, path: str, **said: Any) -> Any:
    return client.post(path, data={"csrf_token": world.csrf_token(client), **said})


def words(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.status
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def test_from_wishes_to_the_reason(
    app: Flask, town: Town, team: FlaskClient, hands: Clock, mailbox: Mailbox,
    run_jobs: Callable[[], int],
) -> None:  # fmt: skip
    slug, desk = town.event.slug, f"/{town.event.slug}/desk/allocations/{town.id}"
    wishes = f"/{slug}/my/wishes/{town.id}"
    a, b, c = (town.sessions[name].id for name in "ABC")
    readers = [participant(app, town) for _ in range(3)]
    for client, _id in readers:
        assert "Wskaż preferencje" in words(client, f"/{slug}/my")
        assert client.get(f"/{slug}/my/wishes").headers["Location"] == wishes
        assert "Nie ma jeszcze zapisanych preferencji." in words(client, wishes)
        answer = post(client, wishes, choice=[str(a), str(b), str(c), ""])
        assert (answer.status_code, answer.headers["Location"]) == (303, wishes)
        assert "Zapisano 10:00" in words(client, wishes)
    assert "zamiast zapisu wskaż swoje preferencje" in words(readers[0][0], f"/{slug}/sessions/{a}")

    assert "osób wskazało preferencje" in words(team, desk)
    assert "Preferencje można wskazywać do" in _flashed(team, desk, post(team, f"{desk}/run"))
    hands.move_to(AFTER)
    assert "Zbieranie preferencji jest zakończone" in words(readers[0][0], wishes)
    said = _flashed(team, desk, post(team, f"{desk}/run", seed="ziarno"))
    assert "Wynik obliczenia nr 1" in said
    assert "Dotychczasowe obliczenia" in _flashed(team, desk, post(team, f"{desk}/run"))
    assert "Miejsca są ogłoszone; każda osoba dostaje wynik w jednej wiadomości" in _flashed(
        team, desk, post(team, f"{desk}/announce")
    )
    assert "Miejsca są ogłoszone." in _flashed(team, desk, post(team, f"{desk}/announce"))
    run_jobs()

    with app.app_context():
        assert fresh(queries.allocation(town.id)).state is State.ANNOUNCED
        lucky = {number for _c, number in readers if a in {s.session_id for s in seats.own(number)}}
        emails = {number: people.registration(number).email for _c, number in readers}
    assert len(lucky) == 1
    for client, number in readers:
        shown = words(client, wishes)
        letters = "\n".join(text_of(one) for one in mailbox.to(emails[number]))
        if number in lucky:
            assert "chętnych" not in shown
            continue
        for text in (shown, letters):
            assert "chętnych: 3 (w tym jako wybór nr 1: 3), miejsc: 1" in text
            assert "ostatni z nich to 1." in text
        file = client.get(f"{wishes}/file")
        assert file.json["seed"] in shown
        assert file.json["input_hash"] in shown
    assert markup.read(readers[0][0].get(wishes).text).inline == []


def _flashed(client: FlaskClient, page: str, answer: Any) -> str:
    assert answer.status_code == 303, answer.status
    return words(client, answer.headers["Location"])


def test_what_is_typed_twice_stays(app: Flask, town: Town) -> None:
    client, _number = participant(app, town)
    a = str(town.sessions["A"].id)

    answer = post(client, f"/{town.event.slug}/my/wishes/{town.id}", choice=[a, a], flexible="1")

    assert "są wskazane dwa razy" in answer.text
    assert answer.text.count(f'<option value="{a}" selected>') == 2
    assert 'name="flexible" value="1" checked' in answer.text


def test_the_set_up_is_made_changed_and_removed(app: Flask, town: Town, team: FlaskClient) -> None:
    base = f"/{town.event.slug}/desk/allocations"
    ids = [str(one.id) for one in town.sessions.values()]
    form = {
        "title_pl": "Drugi przydział", "sessions": ids, "opens_at": "2027-05-21T10:00",
        "closes_at": "2027-05-28T10:00", "choices": "2", "queues": "y",
    }  # fmt: skip

    wrong = post(team, f"{base}/new", **{**form, "sessions": [], "choices": "12"})
    assert "Zaznacz co najmniej jedne zajęcia." in wrong.text
    assert 'value="Drugi przydział"' in wrong.text
    backwards = post(team, f"{base}/new", **{**form, "closes_at": "2027-05-20T10:00"})
    assert "Termin musi być późniejszy niż początek." in backwards.text
    page = post(team, f"{base}/new", **form).headers["Location"]
    changed = post(team, f"{page}/set-up", **{**form, "choices": "3", "per_organisation": "2"})
    assert changed.headers["Location"] == page
    assert "najwięcej z jednej organizacji" in words(team, page)
    assert "objęte innym przydziałem" in _flashed(team, page, post(team, f"{page}/open"))
    assert "Przydział jest usunięty." in _flashed(team, base, post(team, f"{page}/remove"))
    assert team.get(page).status_code == 404


def test_the_deadline_is_moved_and_the_silent_are_listed(
    app: Flask, town: Town, team: FlaskClient, hands: Clock
) -> None:
    desk = f"/{town.event.slug}/desk/allocations/{town.id}"
    with app.app_context():
        silent = make_registration(town.event, last_name="Cicha", phone="+48600100200")
        assert silent.id

    assert "Cicha" in words(team, f"{desk}/silent")
    assert "W drodze jest 1 wiadomość." in _flashed(team, desk, post(team, f"{desk}/remind"))
    assert "zakończone" in _flashed(team, desk, post(team, f"{desk}/close"))
    moved = post(team, f"{desk}/deadline", closes_at="2027-05-29T12:00")
    assert "29 maja 2027 r., 12:00" in _flashed(team, desk, moved)
    assert "Podaj datę i godzinę." in post(team, f"{desk}/deadline", closes_at="").text
    assert "znowu wersją roboczą" in _flashed(team, desk, post(team, f"{desk}/withdraw"))


def test_many_people_are_computed_and_written_by_jobs(
    app: Flask, town: Town, team: FlaskClient, hands: Clock, run_jobs: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("eventapp.allocation.jobs.LARGE", 1)
    desk = f"/{town.event.slug}/desk/allocations/{town.id}"
    with app.app_context():
        numbers = [town.person("A B C").id for _ in range(3)]
    hands.move_to(AFTER)

    assert "Wynik jest obliczany" in _flashed(team, desk, post(team, f"{desk}/run"))
    run_jobs()
    assert "Wynik obliczenia nr 1" in words(team, desk)
    assert "Osoby z zapisanymi miejscami 0 / 3" in _flashed(
        team, desk, post(team, f"{desk}/announce")
    )
    run_jobs()

    assert "Ogłoszony" in words(team, desk)
    with app.app_context():
        assert {len(seats.own(number)) for number in numbers} <= {2, 3}
        assert seats.counter_faults() == []
