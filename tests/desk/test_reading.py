"""The programme read by day, room, topic and speaker, and where topics are typed and named."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from eventapp.events.access import Role
from eventapp.kernel.db import db
from eventapp.programme import commands as programme
from eventapp.programme import queries
from eventapp.programme.rules.planned import planned
from tests import factories
from tests.factories import NOW, at
from tests.harness import markup, world

Recorded = Callable[[], AbstractContextManager[list[str]]]
LAW = {"pl": "Prawo pracy", "en": "Labour law"}


class Planned:
    """An event with two sessions, the first in a room and about law, and its organiser."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with app.app_context():
            event = factories.make_event()
            room = factories.make_room(event, name={"pl": "Aula", "en": "Hall"})
            first = factories.make_session(event, title="Umowy", room_id=room.id)
            second = factories.make_session(event, title="Spacer", starts_at=at("9:00", day=2))
            programme.edit_draft(first.id, NOW, topics=(LAW,))
            programme.release(event.id, NOW)
            self.event_id, self.slug = event.id, event.slug
            self.ids = [first.id, second.id]
        self.client = world.member(app, self.event_id, Role.ORGANISER)
        self.token = world.csrf_token(self.client)

    def post(self, path: str, **data: object) -> TestResponse:
        return self.client.post(
            f"/{self.slug}{path}", data={"csrf_token": self.token, **data}, follow_redirects=True
        )

    def typed(self, topics: str) -> str:
        """Type topics into the first session's form; return the words of the page that comes."""
        form = {
            "title_pl": "Umowy", "kind": "workshop", "language": "pl", "sign_up": "required",
            "starts_at": "2027-06-16T09:00", "ends_at": "2027-06-16T10:30", "room": "",
            "topics": topics,
        }  # fmt: skip
        return markup.words_of(self.post(f"/desk/plan/{self.ids[0]}", **form).text)

    def topics(self) -> list[list[str]]:
        with self.app.app_context():
            rows = queries.plan(self.event_id)
            return [[one["pl"] for one in planned(row).topics] for row in rows]


@pytest.fixture
def planning(app: Flask) -> Planned:
    return Planned(app)


def words(client: FlaskClient, address: str, locale: str = "pl") -> str:
    answer = client.get(address, headers={"Accept-Language": locale})
    assert answer.status_code == 200, address
    return markup.words_of(answer.text)


def test_the_programme_is_read_by_room_and_by_topic(planning: Planned, client: FlaskClient) -> None:
    base = f"/{planning.slug}/programme"

    rooms = words(client, f"{base}/rooms")
    assert "Umowy środa, 16 czerwca, 9:00–10:30 Poza salami Spacer czwartek" in rooms
    topics = words(client, f"{base}/topics", "en")
    assert "Labour law Umowy Wednesday, 16 June, 9:00–10:30 · Hall Other sessions Spacer" in topics
    one = words(client, f"{base}/topics/prawo-pracy")
    assert "Prawo pracy środa, 16 czerwca 9:00–10:30" in one
    assert "Spacer" not in one
    session = client.get(f"/{planning.slug}/sessions/{planning.ids[0]}").text
    assert f'href="{base}/topics/prawo-pracy"' in session
    for page in (base, f"{base}/rooms", f"{base}/topics", f"/{planning.slug}/speakers"):
        text = client.get(page).text
        for way in (base, f"{base}/rooms", f"{base}/topics", f"/{planning.slug}/speakers"):
            assert f'class="switch__link" href="{way}"' in text


@pytest.mark.parametrize("topic", ["nie-ma", "Prawo%20pracy", "x" * 900, "%00", "ż" * 50, "1"])
def test_a_topic_that_nobody_talks_about_is_not_found(
    planning: Planned, client: FlaskClient, topic: str
) -> None:
    answer = client.get(f"/{planning.slug}/programme/topics/{topic}")

    assert answer.status_code in {400, 404}


def test_a_topic_of_another_event_or_of_the_draft_alone_is_not_shown(
    planning: Planned, client: FlaskClient
) -> None:
    other = Planned(planning.app)
    planning.typed("Sekret")
    assert planning.topics()[0] == ["Sekret"]

    assert client.get(f"/{planning.slug}/programme/topics/sekret").status_code == 404
    assert "Sekret" not in client.get(f"/{planning.slug}/programme/topics").text
    assert "Sekret" not in client.get(f"/{planning.slug}/sessions/{planning.ids[0]}").text
    assert client.get(f"/{other.slug}/programme/topics/sekret").status_code == 404
    with planning.app.app_context():
        programme.release(planning.event_id, NOW)
    assert "Umowy" in words(client, f"/{planning.slug}/programme/topics/sekret")
    assert client.get(f"/{planning.slug}/programme/topics/prawo-pracy").status_code == 404
    changes = words(client, f"/{planning.slug}/changes")
    assert "Tematy było: Prawo pracy → jest: Sekret" in changes


def test_what_nobody_gave_topics_says_so(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        event = factories.make_event()
        factories.make_session(event, title="Spacer")

    assert "Zajęcia nie mają jeszcze tematów." in words(client, f"/{event.slug}/programme/topics")
    assert "Spacer" not in words(client, f"/{event.slug}/programme/topics")
    with app.app_context():
        bare = factories.make_event()
    assert "Programu jeszcze nie" in words(client, f"/{bare.slug}/programme/rooms")


@pytest.mark.parametrize("page", ["rooms", "topics", "topics/prawo-pracy"])
def test_a_kept_page_asks_two_statements(
    planning: Planned, client: FlaskClient, recorded: Recorded, page: str
) -> None:
    address = f"/{planning.slug}/programme/{page}"
    first = client.get(address)

    with recorded() as asked:
        again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})

    assert again.status_code == 304
    assert len(asked) == 2


def test_a_fresh_page_asks_as_much_for_many_sessions_as_for_two(
    planning: Planned, client: FlaskClient, recorded: Recorded
) -> None:
    counts = []
    for hour in (10, 14):
        with recorded() as asked:
            words(client, f"/{planning.slug}/programme/topics")
            words(client, f"/{planning.slug}/programme/rooms")
        counts.append(len(asked))
        with planning.app.app_context():
            event = db.session.get_one(factories.Event, planning.event_id)
            for step in range(3):
                row = factories.make_session(event, starts_at=at(f"{hour + step}:00", day=3))
                programme.change_session(row.id, NOW, activity={"topics": [{"pl": f"T{step}"}]})
    assert counts[0] == counts[1]


# --- the organiser's side ---------------------------------------------------------------------


def test_topics_are_typed_as_one_line(planning: Planned) -> None:
    form = planning.client.get(f"/{planning.slug}/desk/plan/{planning.ids[0]}").text
    assert 'value="Prawo pracy"' in form

    planning.typed("prawo PRACY, Żywność ,, żywność; Podatki")

    assert planning.topics() == [["Prawo pracy", "Żywność", "Podatki"], []]
    with planning.app.app_context():
        assert queries.known_topics(planning.event_id)["prawo-pracy"] == LAW


@pytest.mark.parametrize(
    "line", [", ".join(f"t{number}" for number in range(13)), "x" * 61, "a\x00b", "y" * 5000]
)
def test_too_many_topics_or_damaged_ones_come_back_to_the_form(
    planning: Planned, line: str
) -> None:
    planning.typed(line)

    assert planning.topics() == [["Prawo pracy"], []]


def test_topics_are_named_merged_and_dropped_on_their_page(planning: Planned) -> None:
    planning.typed("Prawo pracy, Podatki")
    page = "/desk/plan/topics"

    named = planning.post(
        f"{page}/podatki", **{"t-podatki-name_pl": "Podatki i VAT", "t-podatki-name_en": "Taxes"}
    )
    assert "Zmieniono nazwę tematu w wersji roboczej." in markup.words_of(named.text)
    assert planning.topics() == [["Prawo pracy", "Podatki i VAT"], []]
    wrong = planning.post(f"{page}/podatki-i-vat", **{"t-podatki-i-vat-name_pl": "a, b"})
    assert "bez przecinka" in markup.words_of(wrong.text)
    assert "Podatki i VAT" in markup.words_of(wrong.text)
    planning.post(f"{page}/podatki-i-vat", **{"t-podatki-i-vat-name_pl": "prawo pracy"})
    assert planning.topics() == [["prawo pracy"], []]
    planning.post(f"{page}/prawo-pracy/removal")
    assert planning.topics() == [[], []]
    assert planning.post(f"{page}/prawo-pracy/removal").status_code == 404
    empty = markup.words_of(planning.client.get(f"/{planning.slug}{page}").text)
    assert "Zajęcia nie mają jeszcze tematów." in empty
    history = markup.words_of(planning.client.get(f"/{planning.slug}/desk/history").text)
    assert "Zmieniono nazwy tematów lub połączono tematy w wersji roboczej" in history


def test_ticked_sessions_get_a_topic_at_once(planning: Planned) -> None:
    planning.post("/desk/plan/many", id=planning.ids, act="topics", topics="Podatki, prawo pracy")
    assert planning.topics() == [["Prawo pracy", "Podatki"], ["Podatki", "Prawo pracy"]]
    planning.post("/desk/plan/many", id=planning.ids, act="topics", topics=" , ")
    assert planning.topics()[1] == ["Podatki", "Prawo pracy"]


def test_a_sheet_carries_topics_there_and_back(planning: Planned) -> None:
    exported = planning.client.get(f"/{planning.slug}/desk/plan/export?format=csv")
    text = exported.data.decode("utf-8-sig")
    assert text.splitlines()[0].endswith("Tematy")
    assert text.splitlines()[1].endswith("Prawo pracy")
