"""The people of an event, by the desk's pages: list, decisions, many at once, paper, tables."""

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
from eventapp.registrations import commands, queries
from eventapp.registrations.models import ConsentKind, Source, State
from tests import factories
from tests.desk.test_sheets import form_of
from tests.factories import NOW
from tests.harness import markup, world


class Desk:
    """An organiser's browser, and an event with three people."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with app.app_context():
            event = factories.make_event(requires_approval=True)
            self.event_id, self.slug = event.id, event.slug
            self.ids = [
                factories.make_registration(event, first, last, state=State.PENDING, **more).id
                for first, last, more in (
                    ("Łucja", "Żak", {"email": None, "needs": ["pętla"]}),
                    ("Adam", "Cichy", {"phone": "+48600100200", "category": "fundacja"}),
                    ("=Ewa", "Nowak", {"locale": "en"}),
                )
            ]
            self.session_id = factories.make_session(event, capacity=1).id
        self.client: FlaskClient = world.member(app, self.event_id, Role.ORGANISER)
        self.token = world.csrf_token(self.client)

    def get(self, path: str = "", **query: Any) -> TestResponse:
        return self.client.get(f"/{self.slug}/desk/people{path}", query_string=query)

    def words(self, path: str = "", **query: Any) -> str:
        answer = self.get(path, **query)
        assert answer.status_code == 200
        return markup.words_of(answer.text)

    def post(self, path: str, **data: Any) -> TestResponse:
        return self.client.post(
            f"/{self.slug}/desk/people{path}", data={"csrf_token": self.token, **data}
        )

    def state(self, number: int) -> State:
        with self.app.app_context():
            row = queries.registration(self.ids[number])
            assert row is not None
            return row.state


@pytest.fixture
def desk(app: Flask) -> Desk:
    return Desk(app)


def test_the_list_is_narrowed_and_leads_from_a_number_to_its_person(desk: Desk) -> None:
    with desk.app.app_context():
        row = queries.registration(desk.ids[0])
        assert row is not None
        number = f"{row.number[:3].lower()} {row.number[3:].lower()}"

    assert "Cichy Adam" in desk.words(q="cichy adam")
    found = desk.words(needs=1, col=["needs", "contact"])
    assert ("Żak Łucja" in found, "pętla" in found, "Cichy" in found) == (True, True, False)
    assert "Nikogo nie znaleziono" in desk.words(q="nikogo takiego")
    assert desk.get(q=number).headers["Location"].endswith(f"/people/{desk.ids[0]}")
    for nonsense in ({"state": "x", "sort": "y", "size": "9999999"}, {"page": "-1"}):
        assert "Żak Łucja" in desk.words(**nonsense)


def test_decisions_wait_until_they_are_announced(desk: Desk) -> None:
    for number, state in ((0, "qualified"), (1, "rejected")):
        answer = desk.post(f"/{desk.ids[number]}/decide", state=state, telling="later",
                           message="Do zobaczenia!", note="tylko my")  # fmt: skip
        assert answer.status_code == 303
    assert {desk.state(0), desk.state(1)} == {State.PENDING}

    page = desk.words("/decisions")
    assert "Do zobaczenia!" in page
    answer = desk.post("/decisions/announce", all=1, count=3)
    assert desk.state(0) is State.PENDING  # a third decision that this reader has not seen
    answer = desk.post("/decisions/announce", all=1, count=2)
    assert answer.status_code == 303
    assert (desk.state(0), desk.state(1)) == (State.QUALIFIED, State.REJECTED)


def test_who_decides_later_sees_what_happened_in_between(desk: Desk) -> None:
    page = form_of_page(desk.get(f"/{desk.ids[0]}").text)
    desk.post(f"/{desk.ids[0]}/decide", state="qualified", telling="later", **page)
    answer = desk.post(
        f"/{desk.ids[0]}/decide", state="rejected", telling="now", note="moje słowa", **page
    )

    assert answer.status_code == 200
    words = markup.words_of(answer.text)
    assert "Ktoś inny był szybszy" in words
    assert "moje słowa" in answer.text
    assert desk.state(0) is State.PENDING


def form_of_page(page: str) -> dict[str, str]:
    """Return the marks by which the form of a decision knows what was seen."""
    return dict(re.findall(r'name="(version|seen)" value="(\d+)"', page))


@pytest.mark.parametrize(
    ("act", "value", "reached"),
    [("accept", "", 3), ("check", "", 3), ("links", "", 2), ("cancel", "", 3), ("session", "s", 3)],
)
def test_many_are_previewed_then_done(desk: Desk, act: str, value: str, reached: int) -> None:
    given = {"value-session": desk.session_id} if value else {}
    preview = desk.post("/many", act=act, all=1, **given)
    assert preview.status_code == 200
    hidden = dict(re.findall(r'name="(act|value|ids|seen)" value="([^"]*)"', preview.text))
    answer = desk.post("/many/run", **{**hidden, "telling": "later"})

    assert answer.status_code == 303
    assert f"({reached})" in markup.words_of(preview.text)
    told = desk.words()
    assert {"session": "1", "accept": "3"}.get(act, str(reached)) in told
    if act == "accept":
        assert desk.state(0) is State.PENDING
        with desk.app.app_context():
            assert queries.unannounced(desk.event_id) == 3


def test_a_form_on_paper_is_entered_and_who_is_known_is_offered(desk: Desk) -> None:
    given = {
        "first_name": "Jan", "last_name": "Wójcik", "source": "paper-form",
        "received_on": "2027-05-18", "state": "pending", "category": "fundacja", "clause": "y",
    }  # fmt: skip
    answer = desk.post("/new", **given)
    assert "Podaj dzień podpisania" in markup.words_of(answer.text)
    given["clause_on"] = "2027-05-17"
    answer = desk.post("/new", **given, next=1)
    assert answer.status_code == 303
    assert "received_on=2027-05-18" in answer.headers["Location"]
    assert desk.client.get(answer.headers["Location"]).status_code == 200

    again = desk.post("/new", **given)
    assert "Czy to jedna z tych osób" in markup.words_of(again.text)
    with desk.app.app_context():
        rows = [row for row in queries.people(desk.event_id) if row.last_name == "Wójcik"]
    assert len(rows) == 1
    assert (rows[0].source, str(rows[0].received_on)) == (Source.PAPER_FORM, "2027-05-18")
    with desk.app.app_context():
        answers = queries.answered_consents(desk.event_id)[rows[0].id]
        assert answers[ConsentKind.INFORMATION_CLAUSE][1].date().isoformat() == "2027-05-17"

    desk.post("/new", **given, who=rows[0].person_id)
    desk.post("/new", **given, who="new")
    with desk.app.app_context():
        rows = [row for row in queries.people(desk.event_id) if row.last_name == "Wójcik"]
    assert [row.person_id == rows[0].person_id for row in rows] == [True, True, False]


def test_the_form_and_the_letters_are_printed(desk: Desk) -> None:
    blank = desk.words("/paper-form")
    filled = desk.words(f"/{desk.ids[1]}/paper-form")
    assert "Formularz zgłoszeniowy" in blank
    assert ("Cichy" in filled, "+48 600 100 200" in filled) == (True, True)
    with desk.app.app_context():
        commands.decide(desk.ids[0], State.QUALIFIED, NOW)
    assert "Żak" in desk.words("/letters")
    assert "Cichy" in desk.words("/letters", person=desk.ids[1])


def test_notes_views_and_checks_are_kept(desk: Desk) -> None:
    desk.post(f"/{desk.ids[0]}/note", text="Zadzwonić\npo 15.")
    desk.post(f"/{desk.ids[0]}/check")
    desk.post("/views", name="Bez adresu", no_email="1", col=["needs", "state"])

    person = desk.words(f"/{desk.ids[0]}")
    assert ("Zadzwonić po 15." in person, "Dane sprawdzone" in person) == (True, True)
    page = desk.get()
    assert "Bez adresu" in markup.words_of(page.text)
    address = next(
        href for href in re.findall(r'href="([^"]+)"', page.text) if "no_email=1" in href
    )
    assert "Żak Łucja" in markup.words_of(desk.client.get(address.replace("&amp;", "&")).text)


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_what_is_taken_away_comes_back_and_changes_nothing(desk: Desk, form: str) -> None:
    answer = desk.get("/export", format=form)
    table = tables.read_table(answer.data)

    phones = [row.cell(table.head.index("Telefon")) for row in table.rows]
    assert phones == ["+48 600 100 200", "", ""]
    if form == "csv":
        assert "'=Ewa" in answer.data.decode("utf-8-sig")
    else:
        assert load_workbook(io.BytesIO(answer.data)).active["C3"].value == "=Ewa"
    page = upload(desk, answer.data)
    assert "W tym arkuszu nie ma nic nowego." in markup.words_of(page)


def upload(desk: Desk, content: bytes) -> str:
    """Put a file in and return the page that shows it."""
    answer = desk.post("/import", file=(io.BytesIO(content), "plik"))
    assert answer.status_code == 200
    return answer.text


TABLE = """Imię i nazwisko;E-mail;Telefon;Kategoria;Organizacja;NIP;Klauzula;rola
dr Zofia Łąka;zofia@example.org;600100300;fundacja;Fundacja Łąka;5261040828;10.05.2027;admin
Adam Cichy;;600 100 200;;;;;
"""


def test_a_table_is_taken_over_and_taken_back(desk: Desk) -> None:
    page = upload(desk, TABLE.encode("cp1250"))
    assert "1 nowa osoba" in markup.words_of(page)
    answer = desk.post("/import/run", **form_of(page))
    assert answer.status_code == 303
    with desk.app.app_context():
        row = next(row for row in queries.people(desk.event_id) if row.last_name == "Łąka")
        assert row.badge_hash is not None
        assert (row.source, row.state, row.title) == (Source.IMPORT, State.PENDING, "dr")
        assert row.organisation is not None
        assert row.organisation.nip == "5261040828"
    shown = desk.client.get(answer.headers["Location"]).text
    assert "Łąka Zofia" in markup.words_of(shown)
    undo = re.search(r'action="([^"]+/undo/\d+)"', shown)
    assert undo is not None
    desk.client.post(undo[1], data={"csrf_token": desk.token})
    assert "Łąka Zofia" not in desk.words()


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("Jan;zły adres;;;;;;", "2"),
        ("Jan Kos;;;nie ma takiej;;;;", "Wydarzenie nie ma kategorii „nie ma takiej”."),
        ("Jan Kos;;;;Firma;1234567890;;", "NIP"),
        ("Jan Kos;;;;;;30.05.2027;", "Ten dzień jeszcze nie nadszedł."),
        ("Jan Kos;jan@example.org;;;;;;\nJan Kos;jan@example.org;;;;;;", "dwa razy"),
    ],
)
def test_faults_are_named_by_their_lines(desk: Desk, line: str, sentence: str) -> None:
    page = upload(desk, (TABLE.splitlines()[0] + "\n" + line + "\n").encode())
    assert sentence in markup.words_of(page)
    assert desk.post("/import/run", **form_of(page)).status_code == 200
    assert "Kos" not in desk.words()
