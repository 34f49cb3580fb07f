"""The pages of attendance, as the organiser, the lead of the door and a trainer walk them."""

import io
import re
from typing import Any

import pytest
import zxingcpp
from flask import Flask
from flask.testing import FlaskClient
from pypdfium2 import PdfDocument

from eventapp.accounts import commands as accounts
from eventapp.attendance import commands, queries
from eventapp.events import commands as events
from eventapp.events.models import Role
from eventapp.kernel.db import db
from eventapp.programme import commands as programme
from eventapp.programme import queries as plan
from tests.attendance.hall import Hall, make_hall
from tests.conftest import Clock
from tests.factories import NOW, at
from tests.harness import markup, world

PDF = b"%PDF-1.4\n%%EOF\n"


@pytest.fixture
def hall(app: Flask, hands: Clock) -> Hall:
    hands.move_to(at("9:40"))
    with app.app_context():
        made = make_hall(capacity=3)
        for name, clock in (("Adamska", "9:00"), ("Żak", None), ("Brzęk", None)):
            row = made.person(name)
            if clock:
                made.scan(row, clock)
        made.scan(made.person("Czeka"), "8:55")
        db.session.refresh(made.event)
        db.session.refresh(made.session)
        return made


def member(app: Flask, hall: Hall, role: Role) -> FlaskClient:
    with app.app_context():
        account = accounts.keep_account(f"{role}@example.org", role.title(), NOW)
        events.join_team(hall.event.id, account.id, role, NOW)
        account_id = account.id
    return world.visit(app, world.account_cookie(app, account_id, at("9:40")))


@pytest.fixture
def organiser(app: Flask, hall: Hall) -> FlaskClient:
    return member(app, hall, Role.ORGANISER)


def words(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status)
    assert markup.read(answer.text).inline == []
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


def post(client: FlaskClient, path: str, **said: Any) -> Any:
    return client.post(path, data={"csrf_token": world.csrf_token(client), **said})


def followed(client: FlaskClient, path: str, **said: Any) -> str:
    answer = post(client, path, **said)
    assert answer.status_code == 303, (path, answer.status)
    return words(client, answer.headers["Location"])


def person_id(app: Flask, hall: Hall, name: str) -> int:
    with app.app_context():
        found = {row.last_name: row.id for row in queries.to_print(hall.session)}
        return found[name]


def test_presence_is_shown_corrected_and_taken_back(
    app: Flask, hall: Hall, organiser: FlaskClient
) -> None:
    base = f"/{hall.event.slug}/desk/presence"
    here = f"{base}/sessions/{hall.session.id}"
    someone = f"{here}/people/{person_id(app, hall, 'Żak')}"
    assert "Obecność" in words(organiser, base)
    before = words(organiser, here)
    assert "Adamska Anna" in before
    assert "9:00–11:00" in before

    wrong = post(organiser, someone, change="interval", reason="")
    assert "Podaj powód" in wrong.text
    said = followed(
        organiser, someone, change="interval", came_at="2027-06-16T09:00",
        left_at="2027-06-16T10:30", reason="czytnik stał",
    )  # fmt: skip
    assert "czytnik stał" in said
    assert "90 z 120" in said
    with app.app_context():
        (row,) = queries.corrections_of(hall.session.id)
    refused = followed(organiser, f"{base}/corrections/{row.id}/undo", **{"undo-reason": " "})
    assert "Podaj powód" in refused
    back = followed(organiser, f"{base}/corrections/{row.id}/undo", **{"undo-reason": "pomyłka"})
    assert "Nie było tej osoby." in back
    hours = words(organiser, f"{base}/people/{person_id(app, hall, 'Adamska')}")
    assert "2 godziny" in hours.replace("\xa0", " ")


def test_a_list_goes_all_the_way(app: Flask, hall: Hall, organiser: FlaskClient) -> None:
    lists = f"/{hall.event.slug}/desk/lists"
    paper = post(organiser, f"{lists}/sessions/{hall.session.id}").headers["Location"]
    printed = words(organiser, paper)
    assert "Lista obecności nr 1" in printed
    assert "10:00–11:00" in printed
    with app.app_context():
        (standing,) = queries.attendance_lists(hall.event.id)
    own = f"{lists}/{standing.sheet.id}"
    assert own in organiser.get(paper).text

    missing = post(organiser, f"{own}/scans")
    assert "Wybierz plik." in missing.text
    wrong = post(organiser, f"{own}/scans", file=(io.BytesIO(b"MZ"), "lista.exe"))
    assert "nie jest przyjmowany" in wrong.text
    followed(organiser, f"{own}/scans", file=(io.BytesIO(PDF), "lista 1.pdf"))
    with app.app_context():
        (scan,) = queries.scans_of(standing.sheet.id)
    sent = organiser.get(f"{lists}/scans/{scan.id}")
    assert (sent.data, sent.headers["Content-Disposition"][:10]) == (PDF, "attachment")

    signed = [str(person_id(app, hall, name)) for name in ("Żak", "Brzęk")]
    shown = followed(organiser, f"{own}/signatures", signed=signed)
    assert "podpis jest, wejścia nie odnotowano (2)" in shown
    assert "wejście odnotowano, podpisu nie ma (1)" in shown
    nobody = post(organiser, f"{own}/settlement", change="minutes", reason="podpis")
    assert "Zaznacz osoby" in nobody.text
    followed(organiser, f"{own}/settlement", id=signed, change="minutes", reason="podpis na liście")
    still = followed(organiser, f"{own}/reconciled")
    assert "Do wyjaśnienia zostały różnice: 1." in still
    adamska = str(person_id(app, hall, "Adamska"))
    followed(organiser, f"{own}/settlement", id=adamska, change="as-it-is", reason="zapomniała")
    assert "Lista jest uzgodniona." in followed(organiser, f"{own}/reconciled")
    overview = words(organiser, lists)
    assert "uzgodniona" in overview
    with app.app_context():
        minutes = {one.registration_id: one.minutes for one in queries.presence(hall.event.id)}
    assert sorted(minutes.values()) == [120, 120, 120]


def test_lists_of_a_day_are_made_once(app: Flask, hall: Hall, organiser: FlaskClient) -> None:
    path = f"/{hall.event.slug}/desk/lists/days/{hall.session.day_id}"
    assert "Gotowa jest 1 lista." in followed(organiser, path)
    assert "mają już swoją listę" in followed(organiser, path)


def test_a_name_written_by_hand_is_found(app: Flask, hall: Hall, organiser: FlaskClient) -> None:
    with app.app_context():
        late = hall.person("Źdźbłowska", seat=False).id
        sheet = commands.print_list(hall.session.id, NOW).id
    own = f"/{hall.event.slug}/desk/lists/{sheet}"
    assert "Źdźbłowska Anna" in words(organiser, f"{own}?q=zdzblowska")
    assert "Źdźbłowska Anna jest na liście" in followed(organiser, f"{own}/rows/{late}")


def test_the_lists_are_a_pdf(app: Flask, hall: Hall, organiser: FlaskClient) -> None:
    with app.app_context():
        sheet = commands.print_list(hall.session.id, NOW).id
    for path in (f"{sheet}/pdf", "pdf", f"pdf?day={hall.session.day_id}"):
        answer = organiser.get(f"/{hall.event.slug}/desk/lists/{path}")
        assert (answer.status_code, answer.data[:5]) == (200, b"%PDF-")


def test_the_code_of_a_printed_list_leads_to_its_page(
    app: Flask, hall: Hall, organiser: FlaskClient
) -> None:
    with app.app_context():
        sheet = commands.print_list(hall.session.id, NOW).id
    own = f"/{hall.event.slug}/desk/lists/{sheet}"

    (page,) = PdfDocument(organiser.get(f"{own}/pdf").data)

    codes = [found.text for found in zxingcpp.read_barcodes(page.render(scale=3).to_pil())]
    assert [code.partition("/seminarium")[2] for code in codes] == [own.partition("/seminarium")[2]]
    said = page.get_textpage().get_text_bounded()
    assert "Adamska Anna" in said
    assert "10:00–11:00" in said
    assert "@" not in said


def test_the_lead_sees_the_door_and_gives_places(app: Flask, hall: Hall, hands: Clock) -> None:
    lead, places = member(app, hall, Role.LEAD), f"/{hall.event.slug}/door/places"
    board = words(lead, f"/{hall.event.slug}/door/board")
    assert "czeka 1 osoba" in board.replace("\xa0", " ")
    assert "Adamska Anna" in words(lead, f"/{hall.event.slug}/door/evacuation")
    assert "1. Anna Czeka" in words(lead, places)

    given = followed(lead, f"{places}/{hall.session.id}/release")
    assert "Oddano 1 miejsce" in given
    assert "Nikt nie czeka" in followed(lead, f"{places}/{hall.session.id}/release")
    with app.app_context():
        (row,) = queries.releases(hall.event.id, [hall.session.id])
    back = f"/{hall.event.slug}/door/releases/{row.id}/return"
    assert "Miejsce wróciło do osoby" in followed(lead, back)
    assert "już zwrócone" in followed(lead, back)
    assert "od 0 do 180" in post(lead, places, minutes="181").text.replace("\xa0", " ")
    assert "9:10" in followed(lead, f"{places}/{hall.session.id}", minutes="10")
    steward = member(app, hall, Role.DOOR)
    assert steward.get(places).status_code == 403


def test_a_trainer_taps_who_is_here(app: Flask, hall: Hall, hands: Clock) -> None:
    with app.app_context():
        speaker = programme.name_speaker(
            hall.event.id, NOW, title="", first_name="Celina", last_name="Trenerska", email=None
        )
        other = programme.name_speaker(
            hall.event.id, NOW, title="", first_name="Obca", last_name="Osoba", email=None
        )
        programme.edit_draft(hall.session.id, NOW, speaker_ids=[speaker.id])
        programme.release(hall.event.id, NOW)
        token, foreign = plan.link_token(speaker), plan.link_token(other)
    client = app.test_client()
    here = f"/speaking/{token}/sessions/{hall.session.id}/presence"
    zak = person_id(app, hall, "Żak")
    assert "Obecne osoby: 1 z 3" in words(client, here)

    assert "Obecne osoby: 2 z 3" in followed(client, f"{here}/{zak}")
    assert "Obecne osoby: 1 z 3" in followed(client, f"{here}/{zak}/undo")
    assert "Tu można cofnąć" in followed(client, f"{here}/{zak}/undo")
    assert "Obecne osoby: 3 z 3" in followed(client, here)
    assert client.get(here.replace(token, foreign)).status_code == 404
    hands.move_to(at("12:00"))
    assert "do 11:15." in words(client, here), words(client, here)
