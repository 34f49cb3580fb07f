"""Public pages are rendered once, and are right the second something changes."""

import gzip
import random
import time
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from eventapp.events.models import Event
from eventapp.kernel.db import atomic, db
from eventapp.programme import commands as programme
from eventapp.programme.models import Kind, Session, SignUpRule
from eventapp.registrations import queries
from eventapp.signups import commands as signups
from tests import factories
from tests.factories import NOW, at

Recorded = Callable[[], AbstractContextManager[list[str]]]
FIRST_VIEW = 60_000  # bytes over the wire: page, style sheets, scripts, icons, fonts


def planned(app: Flask) -> tuple[Event, Session]:
    with app.app_context():
        event = factories.make_event()
        session = factories.make_session(event, title="Próg rentowności", capacity=2)
        return event, session


def test_a_warm_page_asks_two_statements_whatever_its_size(
    app: Flask, client: FlaskClient, recorded: Recorded
) -> None:
    event, _session = planned(app)
    with app.app_context():
        for hour in range(10, 20):
            factories.make_session(event, starts_at=at(f"{hour}:00", day=2), minutes=50)
    address = f"/{event.slug}/programme"
    client.get(address)

    with recorded() as asked:
        answer = client.get(address)

    assert answer.status_code == 200
    assert len(asked) == 2


def test_a_page_whose_seats_have_changed_asks_two_statements(
    app: Flask, client: FlaskClient, recorded: Recorded
) -> None:
    event, session = planned(app)
    address = f"/{event.slug}/programme"
    client.get(address)
    with app.app_context():
        signups.sign_up(session.id, factories.make_registration(event).id, NOW)

    with recorded() as asked:
        assert "1 miejsce" in client.get(address).text

    assert len(asked) == 2


def test_a_reader_who_has_the_page_gets_304_until_something_changes(
    app: Flask, client: FlaskClient
) -> None:
    event, session = planned(app)
    address = f"/{event.slug}/programme"
    first = client.get(address)
    known = {"If-None-Match": first.headers["ETag"]}
    assert "2 miejsca" in first.text
    assert client.get(address, headers=known).status_code == 304

    with app.app_context():
        signups.sign_up(session.id, factories.make_registration(event).id, NOW)
    second = client.get(address, headers=known)
    assert second.status_code == 200
    assert "1 miejsce" in second.text

    known = {"If-None-Match": second.headers["ETag"]}
    with app.app_context():
        programme.change_session(
            session.id, NOW, activity={"title": {"pl": "Nowy tytuł", "en": "New title"}}
        )
    assert "Nowy tytuł" in client.get(address, headers=known).text
    english = client.get(address, headers=known | {"Accept-Language": "en"})
    assert "New title" in english.text


def test_who_may_do_something_gets_a_page_of_their_own(app: Flask, client: FlaskClient) -> None:
    event, _session = planned(app)
    with app.app_context():
        link = factories.make_registration(event)
        token = queries.link_token(link)
    address = f"/{event.slug}/programme"
    shared = client.get(address)
    client.get(f"/{event.slug}/my/{token}")

    own = client.get(address)

    assert "ETag" not in own.headers
    assert own.headers["Cache-Control"] == "no-store"
    assert "sign-up" in own.text
    assert "sign-up" not in shared.text


def test_a_page_filled_in_is_the_page_rendered_whole(app: Flask) -> None:
    dice = random.Random(7)
    with app.app_context():
        event = factories.make_event()
        lecture = programme.add_activity(event.id, title={"pl": "Wykład"}, kind=Kind.LECTURE).id
        ids = [
            factories.make_session(event, **more).id
            for day in (1, 2)
            for more in (
                {"capacity": 2, "starts_at": at("9:00", day=day), "activity_id": lecture},
                {"capacity": None, "starts_at": at("9:00", day=day)},
                {"sign_up": SignUpRule.NONE, "starts_at": at("9:00", day=day)},
                {"capacity": 30, "starts_at": at("11:00", day=day)},
            )
        ]
    stranger, somebody = app.test_client(), app.test_client()
    with somebody.session_transaction() as visit:
        visit["seen"] = True  # what belongs to one reader is rendered for that reader
    days = [at("9:00", day=day).date() for day in (1, 2)]
    asked = [f"day={day}&kind={kind}" for day in days for kind in ("", "workshop", "lecture", "x")]
    asked += ["", "kind=workshop", "fbclid=1"]

    for _ in range(6):
        with app.app_context():
            for session_id in ids:
                seats = {"confirmed": dice.randint(0, 3), "waiting": dice.choice((0, 0, 5, 12))}
                _let_it_have(session_id, **seats, offered=dice.randint(0, 1))
        for query in asked:
            for language in ("pl", "en"):
                address, spoken = f"/{event.slug}/programme?{query}", {"Accept-Language": language}
                filled, whole = (
                    reader.get(address, headers=spoken) for reader in (stranger, somebody)
                )
                assert ("ETag" in filled.headers, "ETag" in whole.headers) == (True, False)
                assert filled.text == whole.text, query


def test_nobodys_address_is_shown_to_another_reader(app: Flask) -> None:
    event, _session = planned(app)
    for page in (f"/{event.slug}/programme", f"/{event.slug}/"):
        first = app.test_client().get(f"{page}?from=anna@example.org&kind=x")
        then = app.test_client().get(page)

        assert first.text == then.text
        assert first.headers["ETag"] == then.headers["ETag"]


@atomic
def _let_it_have(session_id: int, **counters: int) -> None:
    db.session.execute(update(Session).where(Session.id == session_id).values(**counters))


def test_the_programme_is_light(app: Flask, client: FlaskClient) -> None:
    event, _session = planned(app)
    page = client.get(f"/{event.slug}/programme", headers={"Accept-Encoding": "gzip"})
    text = gzip.decompress(page.data).decode()
    parts = {
        part.split('"')[0]
        for part in text.split('"')
        if part.startswith("/static/") and "#" not in part and "favicon" not in part
    }
    parts |= {"/static/icons.svg"}
    shown_at_first = {part for part in parts if "touch-icon" not in part and "brand/" not in part}

    weight = len(page.data)
    for part in shown_at_first:
        weight += len(client.get(part, headers={"Accept-Encoding": "gzip"}).data)

    assert weight < FIRST_VIEW, (weight, sorted(shown_at_first))


def test_for_a_moment_a_page_is_handed_out_again_without_asking(
    make_app: Callable[..., Flask],
    database_url: str,
    recorded: Recorded,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = make_app(DATABASE_URL=database_url, KEEP_SECONDS=3600.0)
    event, session = planned(app)
    address, polish = f"/{event.slug}/programme", {"Accept-Language": "pl"}
    with app.app_context():
        registration = factories.make_registration(event)
        registration_id, link = registration.id, queries.link_token(registration)
    reader = app.test_client()
    first = reader.get(address, headers=polish)
    known = {"If-None-Match": first.headers["ETag"], **polish}
    with app.app_context():
        signups.sign_up(session.id, registration_id, NOW)

    with recorded() as asked:
        again = reader.get(address, headers=polish)
        unchanged = reader.get(address, headers=known)

    assert asked == []
    english = {"Accept-Language": "en"}
    tag = {"If-None-Match": reader.get(address, headers=english).headers["ETag"], **english}
    assert [reader.get(address, headers=tag).status_code for _ in range(2)] == [304, 304]
    assert (again.data, again.headers["ETag"]) == (first.data, first.headers["ETag"])
    assert dict(again.headers) == dict(first.headers)
    assert (unchanged.status_code, unchanged.data) == (304, b"")
    # Another language, and whoever is somebody, ask for themselves.
    assert "1 place" in reader.get(address, headers={"Accept-Language": "en"}).text
    person = app.test_client()
    person.get(f"/{event.slug}/my/{link}")
    assert "miejsce potwierdzone" in person.get(address, headers=polish).text
    later = time.monotonic() + 3601
    monkeypatch.setattr(time, "monotonic", lambda: later)
    assert "1 miejsce" in reader.get(address, headers=polish).text


def test_a_page_that_is_not_everybodys_is_never_handed_out_again(
    make_app: Callable[..., Flask], database_url: str
) -> None:
    app = make_app(DATABASE_URL=database_url, KEEP_SECONDS=60.0)
    event, _session = planned(app)

    for path in (f"/{event.slug}/register", f"/{event.slug}/nie-ma", "/sign-in"):
        pages = [app.test_client().get(path) for _ in range(2)]
        assert pages[0].status_code == pages[1].status_code
        if pages[0].status_code == 200:
            assert pages[0].text != pages[1].text, path  # each has a token of its own


def test_readers_who_all_have_the_page_are_told_so_without_asking(
    make_app: Callable[..., Flask], database_url: str, recorded: Recorded
) -> None:
    app = make_app(DATABASE_URL=database_url, KEEP_SECONDS=2.0)
    event, _session = planned(app)
    address = f"/{event.slug}/programme"
    reader = app.test_client()
    known = {"If-None-Match": reader.get(address).headers["ETag"]}
    time.sleep(2.1)
    assert reader.get(address, headers=known).status_code == 304

    with recorded() as asked:
        assert reader.get(address, headers=known).status_code == 304
    assert asked == []
    assert reader.get(address).status_code == 200
