"""The programme as a spreadsheet, by the pages: away, back, faults, many at once."""

import io
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from werkzeug.test import TestResponse

from eventapp.events.access import Role
from eventapp.kernel import tables
from eventapp.programme import commands as programme
from eventapp.programme import queries
from tests import factories
from tests.factories import NOW, at
from tests.harness import markup, world

HEAD = "Data;Od;Do;Tytuł;Sala;Prowadzący;Rodzaj;Miejsca;Zapisy"


class Planner:
    """An organiser's browser, and the event that it plans."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with app.app_context():
            event = factories.make_event()
            room = factories.make_room(event, name={"pl": "Aula", "en": "Hall"})
            self.event_id, self.slug, self.venue_id = event.id, event.slug, room.venue_id
            speaker = programme.name_speaker(
                event.id, NOW, title="dr", first_name="Celina", last_name="Żak", email=None
            )
            one = factories.make_session(event, title="Próg", room_id=room.id, capacity=12)
            programme.edit_draft(one.id, NOW, speaker_ids=[speaker.id], abstract={"pl": "=opis"})
            late = factories.make_session(event, starts_at=at("23:00"), ends_at=at("1:00", day=2))
            programme.release(event.id, NOW)
            programme.add_break(
                event.id, NOW, starts_at=at("13:00"), ends_at=at("14:00"), title={"pl": "Obiad"}
            )
            self.ids = [one.id, late.id]
        self.client: FlaskClient = world.member(app, self.event_id, Role.ORGANISER)
        self.token = world.csrf_token(self.client)

    def get(self, path: str, locale: str = "pl") -> TestResponse:
        self.client.set_cookie("language", locale)
        return self.client.get(f"/{self.slug}{path}")

    def post(self, path: str, locale: str = "pl", **data: Any) -> TestResponse:
        self.client.set_cookie("language", locale)
        return self.client.post(f"/{self.slug}{path}", data={"csrf_token": self.token, **data})

    def upload(self, content: bytes, locale: str = "pl") -> str:
        answer = self.post("/desk/plan/import", locale, file=(io.BytesIO(content), "plik"))
        assert answer.status_code == 200
        return answer.text

    def run(self, page: str, **more: str) -> TestResponse:
        """Send the form of a preview as it stands."""
        return self.post("/desk/plan/import/run", **form_of(page), **more)

    def titles(self) -> list[str]:
        with self.app.app_context():
            return [row.session.title["pl"] for row in queries.draft(self.event_id)
                    if row.session.is_held]  # fmt: skip


def form_of(page: str) -> dict[str, str]:
    """Return what the preview's form would send."""
    carried = re.search(r'name="sheet" value="([^"]*)"', page)
    assert carried is not None
    chosen = {}
    for name, options in re.findall(
        r'<select[^>]*name="(column-\d+)"(.*?)</select>', page, re.DOTALL
    ):
        found = re.search(r'value="([^"]*)" selected', options)
        chosen[name] = found[1] if found else ""
    return {"sheet": carried[1], **chosen}


@pytest.fixture
def planner(app: Flask) -> Planner:
    return Planner(app)


@pytest.mark.parametrize("locale", ["pl", "en"])
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_goes_away_comes_back_as_it_was(planner: Planner, form: str, locale: str) -> None:
    away = planner.get(f"/desk/plan/export?format={form}", locale)

    page = planner.upload(away.data, locale)

    said = markup.words_of(page)
    assert ("W tym arkuszu nie ma nic nowego." if locale == "pl" else "Nothing in this") in said
    assert f'filename="{planner.slug}-program.{form}"' in away.headers["Content-Disposition"]


def test_an_export_is_a_table_that_people_can_read(planner: Planner) -> None:
    table = tables.read_table(planner.get("/desk/plan/export?format=csv").data)

    assert table.head[:6] == (
        "nr sesji", "Data", "od", "do", "Tytuł po polsku", "Tytuł po angielsku",
    )  # fmt: skip
    first, lunch, late = table.rows
    assert first.cells[1:4] == ("2027-06-16", "09:00:00", "10:30:00")
    assert first.cells[6:12] == ("warsztat", "Aula", "dr Celina Żak", "12", "wymagane", "tak")
    assert first.cells[12] == "=opis"
    assert lunch.cells[0] == ""
    assert lunch.cells[4:7] == ("Obiad", "", "przerwa")
    assert late.cells[3] == "2027-06-17 01:00"
    book = load_workbook(io.BytesIO(planner.get("/desk/plan/export").data))
    assert book.active["M2"].data_type == "s"


def test_a_file_from_polish_excel_goes_into_the_draft_and_out_again(planner: Planner) -> None:
    lines = [HEAD, "16.06.2027;18:00;19:00;Żółta łódź;Aula;mgr Łucja Nowa;warsztat;20;tak",
             "17.06.2027;11:00;11:30;Kawa;Aula;;przerwa;;"]  # fmt: skip
    page = planner.upload("\n".join(lines).encode("cp1250"))
    said = markup.words_of(page)
    assert "1 nowa sesja 1 przerwa" in said
    assert "Nowe osoby wśród prowadzących: mgr Łucja Nowa" in said
    assert "Żółta łódź" not in planner.titles(), "nothing changes before one has seen it"

    done = planner.run(page)

    assert done.status_code == 303
    assert done.headers["Location"] == f"/{planner.slug}/desk/plan?day=2027-06-16"
    assert "Żółta łódź" in planner.titles()
    plan = planner.get("/desk/plan?day=2027-06-16").text
    assert "W wersji roboczej z arkusza: 1 nowa sesja, 1 przerwa." in plan
    undo = re.search(r'action="(/[^"]*/desk/undo/\d+)"', plan)
    assert undo is not None
    history = planner.get("/desk/history").text
    assert history.count("<span>Wczytano arkusz do wersji roboczej</span>") == 1
    planner.post(undo[1].removeprefix(f"/{planner.slug}"))
    assert "Żółta łódź" not in planner.titles()
    assert "Cofnięto" in markup.words_of(planner.get("/desk/history").text)


def test_faults_hold_everything_and_are_named(planner: Planner) -> None:
    page = planner.upload(f"{HEAD}\n16.06.2027;25:00;9:00;Źle;Piwnica;;taniec;dużo;może".encode())

    said = markup.words_of(page)
    assert "5 błędów" in said
    assert "2 Sala Wydarzenie nie ma takiej sali: „Piwnica”." in said
    assert "/import/run" not in page.split("5 błędów")[1]
    assert planner.run(page).status_code == 200, "a button that is not there does not act"
    assert "Źle" not in planner.titles()


def test_rooms_that_are_not_there_are_added_where_one_says_so(planner: Planner) -> None:
    page = planner.upload(f"{HEAD}\n16.06.2027;18:00;19:00;Nowe;Piwnica".encode())
    again = planner.post("/desk/plan/import", **form_of(page), venue=str(planner.venue_id)).text
    assert "Nowe sale: Piwnica" in markup.words_of(again)

    planner.run(again, venue=str(planner.venue_id))

    assert "Nowe" in planner.titles()
    assert "Piwnica" in planner.get("/desk/venues").text


def test_a_column_can_mean_something_else_or_nothing(planner: Planner) -> None:
    page = planner.upload("Kiedy;Temat;Uwagi\n16.06.2027 9:00;Nocą;x".encode())
    assert "błąd" in markup.words_of(page) or "błędy" in markup.words_of(page)

    form = form_of(page) | {"column-0": "start", "column-2": "minutes"}
    assert "To nie jest liczba całkowita: „x”." in planner.post("/desk/plan/import", **form).text
    fine = planner.upload("Kiedy;Temat;Uwagi\n16.06.2027 9:00;Nocą;45".encode())
    planner.post(
        "/desk/plan/import/run", **(form_of(fine) | {"column-0": "start", "column-2": "minutes"})
    )

    assert "Nocą" in planner.titles()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "Plik jest pusty."),
        (b"PK\x03\x04 broken", "Plik jest uszkodzony"),
        (b"\xd0\xcf\x11\xe0", "To plik starego Excela"),
        (b'a;b\n1;"2\n', "cudzysłów nie jest zamknięty"),
    ],
)
def test_what_is_no_table_is_told_so(planner: Planner, content: bytes, sentence: str) -> None:
    assert sentence in markup.words_of(planner.upload(content))


def test_a_damaged_form_begins_again(planner: Planner) -> None:
    for path in ("/desk/plan/import", "/desk/plan/import/run"):
        answer = planner.post(path, sheet="broken")
        assert answer.status_code == 200
        assert "Plik jest uszkodzony" in answer.text


def test_ticked_sessions_change_together(planner: Planner) -> None:
    ids = [str(one) for one in planner.ids]

    done = planner.post("/desk/plan/many", id=ids[:1], act="later", later="+15", day="2027-06-16")

    assert done.headers["Location"] == f"/{planner.slug}/desk/plan?day=2027-06-16"
    page = planner.get("/desk/plan?day=2027-06-16").text
    assert "Zmieniono 1 sesję w wersji roboczej." in page
    assert "9:15–10:45" in page
    planner.post("/desk/plan/many", id=ids, act="capacity", capacity="7")
    planner.post("/desk/plan/many", id=ids, act="sign_up", sign_up="optional")
    with planner.app.app_context():
        for row in queries.draft(planner.event_id):
            assert (row.session.capacity, row.session.sign_up) == (7, "optional")
    planner.post("/desk/plan/many", id=ids, act="drop")
    assert planner.titles() == []


@pytest.mark.parametrize(
    "asked",
    [
        {"act": "later", "later": "15"},
        {"id": "1", "act": "later", "later": "soon"},
        {"id": "1", "act": "capacity", "capacity": "-3"},
        {"id": "1", "act": "sign_up", "sign_up": "maybe"},
        {"id": "1", "act": "explode"},
        {"id": "1"},
    ],
)
def test_what_shall_change_has_to_be_said(planner: Planner, asked: dict[str, str]) -> None:
    asked = {**asked, **({"id": str(planner.ids[0])} if "id" in asked else {})}
    planner.post("/desk/plan/many", **asked)

    assert "Zaznacz zajęcia i podaj, co ma się zmienić." in planner.get("/desk/plan").text


def test_sessions_of_elsewhere_are_not_there(planner: Planner) -> None:
    other = Planner(planner.app)

    answer = planner.post("/desk/plan/many", id=str(other.ids[0]), act="capacity", capacity="1")

    assert answer.status_code == 404
