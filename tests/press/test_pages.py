"""The media's page, its kit, the drafted news item, and the sheet for the photographer."""

import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from eventapp.accounts import commands as accounts
from eventapp.awards.models import Call
from eventapp.checkin import commands as checkin
from eventapp.checkin import queries as doors
from eventapp.checkin.commands import Hand, ScanItem
from eventapp.directory import commands as directory
from eventapp.events import commands as events
from eventapp.events import queries as frame
from eventapp.events.access import Role
from eventapp.kernel import clock, visits
from eventapp.kernel.db import atomic, db
from eventapp.press import commands, queries
from eventapp.programme import queries as programme
from eventapp.registrations import commands as registrations
from eventapp.registrations.models import ConsentKind
from eventapp.signups import commands as signups
from tests import factories
from tests.awards import seminar
from tests.conftest import Clock
from tests.factories import NOW, at
from tests.harness import markup, world

Recorded = Callable[[], AbstractContextManager[list[str]]]
EMBARGO = datetime.fromisoformat("2027-06-16T16:10:00+02:00")
SECOND = timedelta(seconds=1)
WINNERS = ("Zaczarowana", "Nowa Próba", "Pół Żartem", "Ósmy Kilometr", "Przystanek Pojutrze")
HINTS = (*WINNERS, "Żuraw", "Dotyk", "Laure", "laure", "nagrod", "award", "Zielona Fala")


class Desk:
    """An organiser's browser at an event."""

    def __init__(self, app: Flask, event_id: int, slug: str) -> None:
        with app.app_context():
            self.account_id = accounts.keep_account(f"rzecznik@{slug}.example.org", "R", NOW).id
            events.join_team(event_id, self.account_id, Role.ORGANISER, NOW)
        self.app = app
        self.slug = slug
        self.enter()

    def enter(self) -> None:
        """Sign in at this very moment: a visit of weeks ago has ended."""
        with self.app.test_request_context():
            visit = accounts.enter_for_demonstration(self.account_id, "test", clock.now()).token
            cookie = visits.cookie_name()
        self.client = world.visit(self.app, {cookie: visit})
        self.token = world.csrf_token(self.client)

    def get(self, path: str, locale: str = "pl") -> TestResponse:
        return self.client.get(f"/{self.slug}{path}", headers={"Accept-Language": locale})

    def post(self, path: str, **data: Any) -> TestResponse:
        return self.client.post(f"/{self.slug}{path}", data={"csrf_token": self.token, **data})

    def words(self, path: str, locale: str = "pl") -> str:
        answer = self.get(path, locale)
        assert answer.status_code == 200, path
        return markup.words_of(answer.text)

    def news(self, locale: str = "pl") -> str:
        answer = self.get(f"/desk/press/news/{locale}.txt")
        assert answer.status_code == 200
        return answer.text.replace("\u00a0", " ")


@pytest.fixture
def desk(app: Flask) -> Desk:
    """An organiser of an event about which nothing is known yet."""
    with app.app_context():
        event = factories.make_event()
        return Desk(app, event.id, event.slug)


def png(size: tuple[int, int] = (3, 2)) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, "#17605B").save(buffer, "PNG")
    return buffer.getvalue()


def picture(content: bytes | None = None, name: str = "sala żółta.png") -> dict[str, Any]:
    return {
        "file": (io.BytesIO(png() if content is None else content), name),
        "title_pl": "Sala", "caption_pl": "Pusta sala", "credit": "fot. Biuro",
    }  # fmt: skip


# --- the page -----------------------------------------------------------------------------


def test_the_page_is_the_organisers_until_it_is_shown(desk: Desk, client: FlaskClient) -> None:
    address = f"/{desk.slug}/press"
    assert client.get(address).status_code == 404
    assert address not in client.get(f"/{desk.slug}/").text
    assert "widzi tylko organizator" in desk.words("/press")
    assert desk.get("/press").headers["Cache-Control"] == "no-store"

    answer = desk.post(
        "/desk/press", seen="0", shown="y", about_pl="Zdanie <b>pierwsze</b>.", about_en="One.",
        contact_name="Anna Żak", contact_phone="600 100 200", contact_email="media@example.org",
        accreditation_pl="Do 14 czerwca.", quotes_pl="„Warto.”\n– Jan Wilk, prezes",
    )  # fmt: skip

    assert answer.status_code == 303
    page = client.get(address)
    said = markup.words_of(page.text)
    assert "Zdanie <b>pierwsze</b>." in said
    assert "16–18 czerwca 2027 r." in said
    assert "Anna Żak" in said
    assert 'href="tel:+48600100200"' in page.text
    assert "Do 14 czerwca." in said
    assert "„Warto.” Jan Wilk, prezes" in said
    assert address in client.get(f"/{desk.slug}/").text
    assert "One." in client.get(address, headers={"Accept-Language": "en"}).text

    desk.post("/desk/press", seen="1", about_pl="Zdanie.")
    assert client.get(address).status_code == 404
    assert address not in client.get(f"/{desk.slug}/").text


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        ({"contact_email": "nie adres"}, "adres"),
        ({"about_pl": "x" * 2001}, "Największa dozwolona liczba znaków: 2000."),
        ({"quotes_en": "x\x01y"}, "znak sterujący"),
        ({"contact_phone": "12"}, "numer"),
    ],
)
def test_what_cannot_be_kept_is_said_and_stays_typed(
    desk: Desk, bad: dict[str, str], told: str
) -> None:
    page = desk.post("/desk/press", seen="0", contact_name="Anna Żak", **bad).text

    assert told in markup.words_of(page).replace("\u00a0", " ")
    assert "Anna Żak" in page
    with desk.client.application.app_context():
        event = frame.by_slug(desk.slug)
        assert event is not None
        assert queries.page(event.id) is None


def test_nul_is_refused_at_the_door(desk: Desk) -> None:
    assert desk.post("/desk/press", seen="0", about_pl="a\x00b").status_code == 400


def test_two_tabs_do_not_overwrite_each_other(desk: Desk) -> None:
    desk.post("/desk/press", seen="0", about_pl="Pierwsza.")

    page = desk.post("/desk/press", seen="0", about_pl="Druga.").text

    assert "Ktoś inny zmienił w tym czasie tę stronę" in page
    assert "Pierwsza." in desk.get("/desk/press").text
    assert desk.post("/desk/press", seen="nonsense", about_pl="Trzecia.").status_code == 303


@pytest.mark.parametrize("role", [Role.READER, Role.DOOR, Role.SECRETARY])
def test_only_organisers_speak_to_the_media(app: Flask, desk: Desk, role: Role) -> None:
    with app.app_context():
        event = frame.by_slug(desk.slug)
        assert event is not None
    other = world.member(app, event.id, role)

    for path in ("/desk/press", "/desk/press/kit", "/desk/press/news", "/desk/press/news/pl"):
        assert other.get(f"/{desk.slug}{path}").status_code == 403, path
    assert other.get(f"/{desk.slug}/press").status_code == 404


# --- the kit ------------------------------------------------------------------------------


def first_file(desk: Desk) -> int:
    with desk.client.application.app_context():
        event = frame.by_slug(desk.slug)
        assert event is not None
        return queries.files(event.id)[0].id


def test_a_picture_is_shown_and_handed_out_safely(desk: Desk, client: FlaskClient) -> None:
    assert desk.post("/desk/press/kit", **picture()).status_code == 303
    file_id = first_file(desk)
    address = f"/{desk.slug}/press/files/{file_id}"
    assert client.get(address).status_code == 404, "the page is not shown yet"
    assert client.get(f"{address}/picture").status_code == 404
    desk.post("/desk/press", seen="0", shown="y")

    page = client.get(f"/{desk.slug}/press").text
    assert f'src="{address}/picture" alt="Pusta sala"' in page
    assert "fot. Biuro" in page
    handed = client.get(address)
    assert handed.headers["Content-Disposition"].startswith("attachment; ")
    assert "sala%20%C5%BC%C3%B3%C5%82ta.png" in handed.headers["Content-Disposition"]
    shown = client.get(f"{address}/picture")
    for answer in (handed, shown):
        assert answer.data == png()
        assert answer.headers["Content-Type"] == "image/png"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"].startswith("sandbox;")


def test_a_file_of_another_event_is_not_there(app: Flask, desk: Desk) -> None:
    desk.post("/desk/press/kit", **picture())
    file_id = first_file(desk)
    with app.app_context():
        event = factories.make_event()
        commands.edit_page(event.id, NOW, shown=True)
        other = Desk(app, event.id, event.slug)

    assert other.get(f"/press/files/{file_id}").status_code == 404
    assert other.get(f"/press/files/{file_id}/picture").status_code == 404
    assert other.get(f"/desk/press/kit/{file_id}").status_code == 404
    for act in ("/removal", "/up", "/down", ""):
        assert other.post(f"/desk/press/kit/{file_id}{act}", title_pl="x").status_code == 404
    assert "Sala" in desk.words("/desk/press/kit")


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"content": b"<svg/>", "name": "a.svg"}, "Ten rodzaj pliku nie jest przyjmowany."),
        ({"content": b"PK\x03\x04 zip", "name": "a.zip"}, "Ten rodzaj pliku"),
        ({"content": b"", "name": "a.png"}, "Plik jest pusty."),
        ({"content": b"", "name": ""}, "Wybierz plik."),
        ({"title_pl": ""}, "Wpisz tytuł."),
        ({"title_pl": "x" * 201}, "Największa dozwolona liczba znaków: 200."),
        ({"credit": ""}, "Zdjęcie potrzebuje opisu"),
        ({"caption_pl": ""}, "Zdjęcie potrzebuje opisu"),
    ],
)
def test_what_does_not_belong_in_a_kit_is_said(
    desk: Desk, changed: dict[str, Any], told: str
) -> None:
    file = {name: value for name, value in changed.items() if name in {"content", "name"}}
    words = {name: value for name, value in changed.items() if name not in file}

    page = desk.post("/desk/press/kit", **picture(**file) | words)

    assert page.status_code == 200
    assert told in markup.words_of(page.text).replace("\u00a0", " ")
    assert "Nie ma jeszcze nic do pobrania." in desk.words("/desk/press/kit")


def test_a_file_gets_other_words_another_place_and_goes_with_undo(desk: Desk) -> None:
    desk.post("/desk/press/kit", **picture())
    file_id = first_file(desk)
    desk.post("/desk/press/kit", file=(io.BytesIO(b"%PDF-1.4 a"), "nota.pdf"), title_pl="Nota")

    desk.post(f"/desk/press/kit/{file_id}", title_pl="Hala", caption_pl="Pusta", credit="fot. X")
    desk.post(f"/desk/press/kit/{file_id}/down")
    rows = desk.words("/desk/press/kit")
    assert rows.index("Nota") < rows.index("Hala")
    desk.post(f"/desk/press/kit/{file_id}/removal")
    page = desk.get("/desk/press/kit").text
    assert "Plik usunięto z materiałów." in page
    assert "Hala" not in page
    assert "/desk/undo/" in page
    history = desk.words("/desk/history")
    for told in (
        "Usunięto plik z materiałów dla mediów",
        "Zmieniono kolejność plików dla mediów",
        "Zmieniono informacje dla mediów",
        "Dodano plik do materiałów dla mediów",
    ):
        assert told in history


# --- the laureates ------------------------------------------------------------------------


@pytest.fixture
def judged(app: Flask) -> Desk:
    """An organiser of the demo's event, its results released and under embargo."""
    with app.app_context():
        loaded = seminar.load(seminar.seminar())
        _vote_until(loaded.call_id, EMBARGO + timedelta(days=1))
        commands.edit_page(loaded.event_id, NOW, shown=True)
        return Desk(app, loaded.event_id, loaded.slug)


@atomic
def _vote_until(call_id: int, end: datetime) -> None:
    db.session.get_one(Call, call_id).public_vote_closes_at = end


def test_no_laureate_and_no_hint_before_the_second(
    judged: Desk, client: FlaskClient, hands: Clock
) -> None:
    hands.move_to(EMBARGO - SECOND)
    judged.enter()
    told = [client.get(f"/{judged.slug}/press", headers={"Accept-Language": one}).text
            for one in ("pl", "en")]  # fmt: skip
    told += [judged.news("pl"), judged.news("en")]
    told = [page.split("<main")[-1].split("<footer")[0] for page in told]
    assert [(hint, page) for page in told for hint in HINTS if hint in page] == []
    assert client.get(f"/{judged.slug}/press").headers["Cache-Control"] == "no-cache"

    hands.move_to(EMBARGO)
    for page in (client.get(f"/{judged.slug}/press").text, judged.news()):
        assert [name for name in WINNERS if name not in page] == []
        assert "Zielona Fala" not in page, "the audience's vote is not over"


def test_awards_that_were_released_before_the_embargo_stay_hidden_from_a_preview(
    judged: Desk, hands: Clock
) -> None:
    hands.move_to(EMBARGO - SECOND)
    judged.enter()

    assert "Zaczarowana" not in judged.words("/press")
    assert "pojawią się, gdy wyniki będą jawne" in judged.words("/desk/press/news")


def test_after_the_event_the_laureates_stand_by_category(judged: Desk, hands: Clock) -> None:
    hands.move_to(at("9:00", day=6))
    judged.enter()

    news = judged.news()

    assert (
        "\n\nSpółdzielnia Socjalna Roku – nagroda: Spółdzielnia Socjalna „Zaczarowana Spiżarnia”"
        in news
    )
    assert "Wyróżnienie: Spółdzielnia Socjalna „Żuraw i Łopata”" in news
    assert "\n\nNagroda publiczności: Klub Integracji Społecznej „Zielona Fala”" in news
    assert "Social Co-operative of the Year – laureate: " in judged.news("en")


# --- the news item ------------------------------------------------------------------------


def test_what_is_not_known_is_left_out_and_named(desk: Desk) -> None:
    assert desk.news() == (
        "Zaproszenie: Seminarium\n\n"
        "Seminarium odbędzie się 16–18 czerwca 2027 r.\n\n"
        f"Zapisy trwają: http://localhost/{desk.slug}/\n"
    )
    page = desk.words("/desk/press/news")
    assert (
        "O czym to jest, w trzech zdaniach Kto odpowiada mediom Miejsca wydarzenia Kto organizuje "
        "Opublikowany program Zdanie o dofinansowaniu" in page
    )


@pytest.fixture
def told(app: Flask, desk: Desk) -> Desk:
    """The same organiser, once everything is known."""
    with app.app_context():
        event = frame.by_slug(desk.slug)
        assert event is not None
        room = factories.make_room(event, name={"pl": "Sala A", "en": "Room A"})
        factories.make_session(event, title="Próg rentowności", room_id=room.id)
        factories.make_session(event, starts_at=at("9:00", day=2), minutes=60)
        events.add_organiser(event.id, {"pl": "Ośrodek"}, {"pl": "organizator", "en": "organiser"})
        events.change_event(
            event.id,
            subtitle={"pl": "Podsumowanie projektu", "en": "Closing of the project"},
            project={
                "title": "Ośrodek wsparcia", "title_en": "Support centre", "number": "RP/1",
                "funding_line": {"pl": "Ze środków EFS", "en": "Funded by the ESF"},
            },
            registration_closes_at=at("23:59") - timedelta(days=2),
        )  # fmt: skip
        commands.edit_page(
            event.id, NOW, shown=True, about={"pl": "Trzy dni.", "en": "Three days."},
            contact_name="Anna Żak", contact_phone="+48600100200",
            accreditation={"pl": "Prosimy o wiadomość."}, quotes={"pl": "Warto.\n– Jan Wilk"},
        )  # fmt: skip
    return desk


INVITATION = """Zaproszenie: Seminarium

Seminarium odbędzie się 16–18 czerwca 2027 r. Miejsce: Częstochowa. Podsumowanie projektu.

Trzy dni.

W programie są 2 sesje. Wśród nich są 2 warsztaty. Program: http://localhost/{slug}/programme

„Warto.” – Jan Wilk

{venue}, ul. Focha 19/21, 42-200 Częstochowa

Zapisy trwają do 14 czerwca 2027 r., 23:59: http://localhost/{slug}/

Organizator: Ośrodek

Projekt: „Ośrodek wsparcia”, nr RP/1. Ze środków EFS.

Dla mediów: Prosimy o wiadomość.

Kontakt dla mediów: Anna Żak, +48 600 100 200
"""


def test_before_the_event_the_item_invites(app: Flask, told: Desk) -> None:
    with app.app_context():
        event = frame.by_slug(told.slug)
        assert event is not None
        venue = frame.venues(event.id)[0].name["pl"]

    assert told.news() == INVITATION.format(slug=told.slug, venue=venue)
    english = told.news("en")
    assert "Seminar takes place on 16–18 June 2027. Where: Częstochowa. Closing of" in english
    assert "Project: “Support centre”, no. RP/1. Funded by the ESF." in english
    page = told.words("/desk/press/news")
    assert "Tekst pomija" not in page


def came(app: Flask, slug: str) -> None:
    """Let three people of two organisations and two counties come to the first session."""
    with app.app_context():
        event = frame.by_slug(slug)
        assert event is not None
        one, other = (
            directory.keep_organisation(event.host_id, name=name, category="fundacja")
            for name in ("Fundacja Jeden", "Fundacja Dwa")
        )
        people = [
            factories.make_registration(
                event, "Tajna", f"Osoba{number}", organisation_id=who.id, county=county
            )
            for number, (who, county) in enumerate(
                [(one, "Kłobuck"), (one, "Myszków"), (other, "Kłobuck")]
            )
        ]
        point = checkin.add_checkpoint(event.id, {"pl": "Drzwi"}, session_id=_first(event.id))
        door = doors.door(point.id)
        assert door is not None
        for person in people:
            scan = ScanItem(scan_id=str(uuid4()), scanned_at=at("9:00"), registration_id=person.id)
            signups.enter(_first(event.id), person.id, NOW)
            checkin.record_scan(door, scan, at("9:00"), Hand(actor="test", station="x"))


def _first(event_id: int) -> int:
    return programme.programme(event_id)[0].id


def test_during_the_event_the_item_counts(app: Flask, told: Desk, hands: Clock) -> None:
    hands.move_to(at("9:30"))
    came(app, told.slug)
    told.enter()

    news = told.news()

    assert news.startswith("Trwa: Seminarium\n\nSeminarium potrwa do 18 czerwca 2027 r. Miejsce")
    assert "Dotąd wzięły udział 3 osoby. Uczestniczki i uczestnicy: z 2 organizacji i" in news
    assert "z 2 powiatów." in news
    assert "Dziś odbywa się 1 sesja." in news
    assert "Zapisy" not in news


def test_after_the_event_the_item_sums_up_and_names_nobody(
    app: Flask, told: Desk, hands: Clock
) -> None:
    hands.move_to(at("9:30"))
    came(app, told.slug)
    hands.move_to(at("9:00", day=5))
    told.enter()

    news = told.news()

    assert news.startswith(
        "Podsumowanie: Seminarium\n\nZa nami Seminarium (16–18 czerwca 2027 r.). Miejsce"
    )
    assert "\n\nWzięły udział 3 osoby. Uczestniczki i uczestnicy: z 2 organizacji i" in news
    assert "Odbyły się 2 sesje. Wśród nich były 2 warsztaty. Razem to 2 godziny 30 minut." in news
    assert "Prosimy o wiadomość" not in news
    for text in (news, told.news("en"), told.words("/desk/press/news")):
        assert "Tajna" not in text
        assert "Osoba1" not in text


def test_the_item_is_taken_away_and_printed(told: Desk) -> None:
    answer = told.get("/desk/press/news/en.txt")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{told.slug}-en.txt"'
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    paper = told.get("/desk/press/news/pl").text
    assert "<h1>Zaproszenie: Seminarium</h1>" in paper
    assert 'lang="pl"><p>Seminarium odbędzie się' in paper
    assert told.get("/desk/press/news/de").status_code == 404
    assert told.get("/desk/press/news/de.txt").status_code == 404


def test_the_pages_ask_as_often_however_much_there_is(
    app: Flask, told: Desk, client: FlaskClient, recorded: Recorded
) -> None:
    def asked(path: str, browser: FlaskClient) -> int:
        with recorded() as statements:
            assert browser.get(f"/{told.slug}{path}").status_code == 200
        return len(statements)

    own = ("/desk/press/news", "/desk/press/kit", "/desk/press/photographs")
    paths = [("/press", client), *((path, told.client) for path in own)]
    for path, browser in paths:
        asked(path, browser)
    before = [asked(*one) for one in paths]
    with app.app_context():
        event = frame.by_slug(told.slug)
        assert event is not None
        for hour in range(10, 16):
            session = factories.make_session(event, starts_at=at(f"{hour}:00", day=3), minutes=30)
            signups.enter(session.id, factories.make_registration(event).id, NOW)
    for number in range(4):
        told.post("/desk/press/kit", **picture(png((9, 2 + number))))

    assert [asked(*one) for one in paths] == before


# --- who is not photographed --------------------------------------------------------------


@pytest.fixture
def people(app: Flask, told: Desk) -> Desk:
    """Somebody who agreed, who refused, who took it back, and who was never asked."""
    with app.app_context():
        event = frame.by_slug(told.slug)
        assert event is not None
        answers = {"Agata": [True], "Łucja": [False], "Ćwiek": [True, False], "Żuk": []}
        for name, given in answers.items():
            row = factories.make_registration(event, "Ala", name)
            signups.enter(_first(event.id), row.id, NOW)
            for answer in given:
                registrations.answer_consent(row.id, ConsentKind.PHOTO, NOW, given=answer)
    return told


def test_the_sheet_lists_who_has_not_agreed_in_polish_order(people: Desk) -> None:
    page = people.words("/desk/press/photographs?day=2027-06-16")

    names = [name for name in page.split() if name in {"Agata", "Ćwiek", "Łucja", "Żuk"}]
    assert names == ["Ćwiek", "Łucja", "Żuk"]
    assert page.count("bez pytania o zgodę") == 1
    assert page.count("9:00–10:30 Próg rentowności (Sala A)") == 3
    other = people.words("/desk/press/photographs?day=2027-06-17")
    assert "3 osoby nie wyraziły zgody" in other
    assert "Próg" not in other


def test_the_sheet_is_for_those_who_see_people(app: Flask, people: Desk) -> None:
    address = f"/{people.slug}/desk/press/photographs"
    with app.app_context():
        event = frame.by_slug(people.slug)
        assert event is not None
    assert world.member(app, event.id, Role.READER).get(address).status_code == 200
    assert world.member(app, event.id, Role.DOOR).get(address).status_code == 403
    assert people.get("/desk/press/photographs").headers["Cache-Control"] == "no-store"
