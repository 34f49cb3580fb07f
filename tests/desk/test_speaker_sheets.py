"""Speakers as a spreadsheet, by the pages: away, back, faults, all or nothing."""

import io
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
from tests.desk.test_sheets import form_of
from tests.factories import NOW
from tests.harness import markup, world

SPAN = [["2027-06-16T10:00:00+00:00", "2027-06-16T16:00:00+00:00"]]
TABLE = "Imię i nazwisko;E-mail;Biogram;Język\ndr Łucja Źrebię;lucja@example.org;Uczy;en\n"


class Desk:
    """An organiser's browser, and the event whose speakers are listed."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with app.app_context():
            event = factories.make_event()
            self.event_id, self.slug = event.id, event.slug
            self.celina_id = programme.name_speaker(
                event.id, NOW, title="dr", first_name="Celina", last_name="Żak",
                email="celina@example.org", bio={"pl": "=opis", "en": "Economist"},
                availability=SPAN, locale="en",
            ).id  # fmt: skip
            programme.name_speaker(
                event.id, NOW, title="", first_name="Jan", last_name="Cichy", email=None
            )
        self.client: FlaskClient = world.member(app, self.event_id, Role.ORGANISER)
        self.token = world.csrf_token(self.client)

    def get(self, path: str, locale: str = "pl") -> TestResponse:
        self.client.set_cookie("language", locale)
        return self.client.get(f"/{self.slug}/desk/speakers{path}")

    def post(self, path: str, locale: str = "pl", **data: Any) -> TestResponse:
        self.client.set_cookie("language", locale)
        path = f"/{self.slug}/desk/speakers{path}"
        return self.client.post(path, data={"csrf_token": self.token, **data})

    def upload(self, content: bytes, locale: str = "pl") -> str:
        answer = self.post("/import", locale, file=(io.BytesIO(content), "plik"))
        assert answer.status_code == 200
        return answer.text

    def names(self) -> list[str]:
        with self.app.app_context():
            return list(queries.speaker_names(self.event_id).values())


@pytest.fixture
def desk(app: Flask) -> Desk:
    return Desk(app)


@pytest.mark.parametrize("locale", ["pl", "en"])
@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_what_is_taken_away_comes_back_and_changes_nothing(
    desk: Desk, form: str, locale: str
) -> None:
    answer = desk.get(f"/export?format={form}", locale)

    assert answer.headers["Content-Disposition"] == (
        f'attachment; filename="{desk.slug}-speakers.{form}"'
    )
    assert answer.headers["Cache-Control"] == "no-store"
    page = desk.upload(answer.data, locale)
    told = {"pl": "W tym arkuszu nie ma nic nowego.", "en": "Nothing in this table is new."}
    assert told[locale] in markup.words_of(page)
    head = tables.read_table(answer.data).head
    assert [form_of(page)[f"column-{place}"] for place in range(len(head))] == [
        "id", "title", "first-name", "last-name", "email", "bio-pl", "bio-en", "comes", "goes",
        "language",
    ]  # fmt: skip


def test_an_edited_export_changes_people_and_adds_some(desk: Desk) -> None:
    book = load_workbook(io.BytesIO(desk.get("/export").data))
    sheet = book.active
    for row in sheet.iter_rows(min_row=2):
        if row[3].value == "Żak":
            row[3].value, row[4].value = "Żak-Nowak", "nowa@example.org"
    sheet.append([None, "prof.", "Zażółć", "Gęśl", "gesl@example.org"])
    file = io.BytesIO()
    book.save(file)

    page = desk.upload(file.getvalue())

    words = markup.words_of(page)
    assert "1 nowa osoba 1 osoba ze zmianami bez zmian: 1" in words
    assert "dr Celina Żak-Nowak nowa@example.org zmienione nazwisko, e-mail" in words
    assert "prof. Zażółć Gęśl gesl@example.org nowa osoba" in words
    assert "nie cofnie się ich jednym krokiem" in words
    assert desk.names() == ["Jan Cichy", "dr Celina Żak"], "nothing has changed yet"
    done = desk.post("/import/run", **form_of(page))
    assert done.headers["Location"] == f"/{desk.slug}/desk/speakers"
    assert "Prowadzący z arkusza: 1 nowa osoba, 1 osoba ze zmianami." in markup.words_of(
        desk.get("").text
    )
    assert desk.names() == ["Jan Cichy", "prof. Zażółć Gęśl", "dr Celina Żak-Nowak"]
    with desk.app.app_context():
        celina = queries.speaker(desk.celina_id)
        assert celina is not None
        assert (celina.bio, celina.availability) == ({"pl": "=opis", "en": "Economist"}, SPAN)

    again = desk.post("/import/run", **form_of(page))

    assert again.status_code == 303, "a double click takes nothing over twice"
    assert len(desk.names()) == 3


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1250", "utf-16"])
def test_a_csv_comes_as_polish_offices_write_it(desk: Desk, encoding: str) -> None:
    page = desk.upload(TABLE.encode(encoding))
    desk.post("/import/run", **form_of(page))

    assert "dr Łucja Źrebię" in desk.names()
    assert "lucja@example.org po angielsku" in markup.words_of(desk.get("").text)


def test_a_namesake_with_another_address_is_told_of(desk: Desk) -> None:
    page = desk.upload("Imię i nazwisko;E-mail\nCelina Żak;inna@example.org\n".encode())

    told = "Celina Żak inna@example.org nowa osoba ktoś tak się już nazywa"
    assert told in markup.words_of(page)


def test_faults_are_said_by_line_and_nothing_goes_in(desk: Desk) -> None:
    page = desk.upload(
        b"Imie i nazwisko;E-mail;Jezyk\nEwa Nowa;ewa@example.org;pl\nNikt;nikt@;suahili\n"
    )

    words = markup.words_of(page)
    assert "3 błędy" in words
    assert "3 E-mail" in words
    assert "Przenieś na listę" not in words
    assert desk.post("/import/run", **form_of(page)).status_code == 200
    assert desk.names() == ["Jan Cichy", "dr Celina Żak"]


def test_a_column_may_be_left_out_or_mean_something_else(desk: Desk) -> None:
    page = desk.upload(b"Osoba;Kontakt;Biogram\nEwa Nowa;ewa@example.org;Uczy\n")
    chosen = form_of(page) | {"column-1": "email", "column-2": ""}

    again = desk.post("/import", **chosen).text

    assert "Ewa Nowa ewa@example.org nowa osoba" in markup.words_of(again)
    desk.post("/import/run", **form_of(again))
    with desk.app.app_context():
        (ewa,) = (row for row in queries.speakers(desk.event_id) if row.person.first_name == "Ewa")
        assert (ewa.person.email, ewa.bio) == ("ewa@example.org", {})


def test_what_the_preview_carries_may_be_as_large_as_a_file(desk: Desk) -> None:
    plan = f"/{desk.slug}/desk/plan/import/run"
    for path in (plan, f"/{desk.slug}/desk/speakers/import/run"):
        large = {"csrf_token": desk.token, "sheet": "A" * (2 * tables.MOST_BYTES // 5)}
        assert desk.client.post(path, data=large).status_code == 200, path


@pytest.mark.parametrize("sheet", ["", "x", "AAAA"])
def test_a_damaged_form_asks_for_the_file_again(desk: Desk, sheet: str) -> None:
    for path in ("/import", "/import/run"):
        page = desk.post(path, sheet=sheet)
        assert page.status_code == 200
        assert 'type="file"' in page.text
    assert len(desk.names()) == 2


def test_the_number_of_another_events_speaker_is_unknown(desk: Desk) -> None:
    with desk.app.app_context():
        other = factories.make_event(slug="inne")
        theirs = programme.name_speaker(
            other.id, NOW, title="", first_name="Obca", last_name="Osoba", email=None
        ).id

    page = desk.upload(f"nr osoby;Nazwisko\n{theirs};Zmieniona\n".encode())

    assert "nie ma osoby prowadzącej o tym numerze" in markup.words_of(page)
    desk.post("/import/run", **form_of(page))
    with desk.app.app_context():
        assert list(queries.speaker_names(other.id).values()) == ["Obca Osoba"]


@pytest.mark.parametrize("path", ["/export", "/import"])
def test_a_reader_of_the_desk_does_not_see_addresses(desk: Desk, path: str) -> None:
    reader = world.member(desk.app, desk.event_id, Role.READER)

    assert reader.get(f"/{desk.slug}/desk/speakers{path}").status_code == 403
