"""From an empty installation to a public programme of two days, by pages alone."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.factories import NOW
from tests.harness import world

EVENT = "dni-otwarte"
SESSION = {
    "title_pl": "Próg rentowności",
    "title_en": "Break-even analysis",
    "kind": "workshop",
    "language": "pl",
    "starts_at": "2027-06-16T09:00",
    "ends_at": "2027-06-16T10:30",
    "room": "",
    "sign_up": "required",
    "capacity": "12",
    "waiting_list": "y",
    "counts_for_certificate": "y",
}


class Organiser:
    """An administrator's browser, which becomes the organiser of what it makes."""

    def __init__(self, app: Flask) -> None:
        account = world.extra_account(app, "administrator", NOW)
        self.client: FlaskClient = world.visit(app, world.account_cookie(app, account))
        self.token = world.csrf_token(self.client)

    def get(self, path: str) -> TestResponse:
        return self.client.get(f"/{EVENT}{path}")

    def post(self, path: str, **data: Any) -> TestResponse:
        return self.client.post(f"/{EVENT}{path}", data={"csrf_token": self.token, **data})

    def found(self, event: str = EVENT) -> TestResponse:
        return self.client.post(
            "/account/new-event",
            data={
                "csrf_token": self.token,
                "title_pl": "Dni otwarte",
                "host": "Ośrodek wsparcia",
                "slug": event,
                "starts_on": "2027-06-16",
                "ends_on": "2027-06-17",
            },
        )


@pytest.fixture
def organiser(app: Flask) -> Organiser:
    made = Organiser(app)
    assert made.found().status_code == 303
    return made


def first_option(page: str, field: str) -> str:
    """Return the first value of a select or of boxes that is not empty."""
    values = re.findall(
        rf'<select[^>]*name="{field}".*?<option[^>]*value="(\d+)"|name="{field}"[^>]*value="(\d+)"',
        page,
        re.DOTALL,
    )
    return next(one or other for one, other in values)


def test_from_nothing_to_a_public_programme(organiser: Organiser, client: FlaskClient) -> None:
    assert organiser.post(
        "/desk/venues", name_pl="Dom Kultury", short_pl="Dom", city="Żarki", features="step_free"
    ).status_code == 303  # fmt: skip
    venue = re.search(r"/desk/venues/(\d+)/rooms/new", organiser.get("/desk/venues").text)
    assert venue is not None
    room = {"name_pl": "Sala A", "capacity": "20", "wheelchair": "yes"}
    assert organiser.post(f"/desk/venues/{venue[1]}/rooms/new", **room).status_code == 303
    organiser.post("/desk/speakers", first_name="Łucja", last_name="Źródło")

    blank = organiser.get("/desk/plan/new?day=2027-06-16").text
    chosen = {"room": first_option(blank, "room"), "speakers": first_option(blank, "speakers")}
    assert organiser.post("/desk/plan/new", **(SESSION | chosen)).status_code == 303
    second = SESSION | {"title_pl": "Debata", "starts_at": "2027-06-17T09:00",
                        "ends_at": "2027-06-17T10:00", "sign_up": "none"}  # fmt: skip
    assert organiser.post("/desk/plan/new", **second).status_code == 303
    assert client.get(f"/{EVENT}/programme").status_code == 404

    outlook = organiser.get("/desk/plan/release")
    assert "Próg rentowności" in outlook.text
    assert "„Debata” nie ma jeszcze sali." in outlook.text
    seen = re.search(r'name="seen"[^>]*value="([0-9a-f]+)"', outlook.text)
    assert seen is not None
    answer = organiser.post("/desk/plan/release", seen=seen[1], note_pl="Pierwszy program.")
    assert answer.status_code == 303

    public = client.get(f"/{EVENT}/programme?day=2027-06-16").text
    assert "Próg rentowności" in public
    assert "Łucja Źródło" in public
    assert "12 miejsc" in public
    assert "Debata" in client.get(f"/{EVENT}/programme?day=2027-06-17").text
    assert "Pierwszy program." in client.get(f"/{EVENT}/changes").text
    feed = client.get(f"/{EVENT}/changes.atom")
    assert feed.mimetype == "application/atom+xml"
    assert "Pierwszy program." in feed.text
    assert "Próg rentowności" in client.get(f"/{EVENT}/programme/1").text
    assert client.get(f"/{EVENT}/programme/2").status_code == 404


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"title_pl": ""}, "Wpisz tytuł."),
        ({"title_pl": "zero\x00szerokość"}, ""),
        ({"starts_at": ""}, "Podaj dzień i godzinę."),
        ({"starts_at": "jutro"}, "To nie jest data"),
        ({"ends_at": "2027-06-16T08:00"}, "Zajęcia muszą się kończyć później"),
        ({"starts_at": "2027-06-20T09:00", "ends_at": "2027-06-20T10:00"}, "nie ma takiego dnia"),
        (
            {"starts_at": "2027-03-28T02:30", "ends_at": "2027-03-28T04:00"},
            "przeskakują tę godzinę",
        ),
        ({"starts_at": "2026-10-25T02:30", "ends_at": "2026-10-25T04:00"}, "dwa razy"),
        ({"capacity": "-1"}, ""),
        ({"capacity": "dużo"}, ""),
        ({"room": "4711"}, ""),
        ({"speakers": "4711"}, ""),
        ({"kind": "rave"}, ""),
    ],
)
def test_a_session_that_cannot_be_is_shown_again_with_the_reason(
    organiser: Organiser, given: dict[str, str], told: str
) -> None:
    answer = organiser.post("/desk/plan/new", **{**SESSION, **given})

    assert answer.status_code in {200, 400}
    if answer.status_code == 200:
        assert told in answer.text
        assert "Break-even analysis" in answer.text
    assert "Próg rentowności" not in organiser.get("/desk/plan").text


def test_a_finding_may_stand_for_a_reason(organiser: Organiser) -> None:
    organiser.post("/desk/plan/new", **SESSION)
    findings = organiser.get("/desk/plan/findings").text
    key = re.search(r'name="key" value="(no-room:[^"]+)"', findings)
    assert key is not None

    assert "Podaj powód." in organiser.post("/desk/plan/findings", key=key[1], reason="").text
    organiser.post("/desk/plan/findings", key=key[1], reason="Szukamy sali do piątku.")

    assert "Szukamy sali do piątku." in organiser.get("/desk/plan/findings").text
    organiser.post("/desk/plan/findings/again", key=key[1])
    assert "Szukamy sali do piątku." not in organiser.get("/desk/plan/findings").text


def test_an_undo_button_leads_back_to_where_it_stood(organiser: Organiser) -> None:
    organiser.post("/desk/plan/new", **SESSION)
    page = organiser.get("/desk/plan?day=2027-06-16").text
    form = re.search(r'action="(/[^"]+/desk/undo/\d+)">(.*?)</form>', page, re.DOTALL)
    assert form is not None
    back = re.search(r'name="next" value="([^"]+)"', form[2])
    assert back is not None

    answer = organiser.client.post(form[1], data={"csrf_token": organiser.token, "next": back[1]})

    assert answer.headers["Location"] == f"/{EVENT}/desk/plan?day=2027-06-16"
    assert "data-plan-session" not in organiser.get("/desk/plan?day=2027-06-16").text
    waiting = organiser.get("/desk/plan/unplanned").text
    assert "Próg rentowności" not in waiting, "what was added by mistake does not wait for a time"
    history = organiser.get("/desk/history").text
    assert "Cofnięto: Dodano zajęcia do wersji roboczej" in history


def test_the_later_of_two_tabs_is_told_and_keeps_what_was_typed(organiser: Organiser) -> None:
    organiser.post("/desk/plan/new", **SESSION)
    path = re.search(r"/desk/plan/\d+(?=\")", organiser.get("/desk/plan").text)
    assert path is not None
    seen = re.search(r'name="seen"[^>]*value="(\d+)"', organiser.get(path[0]).text)
    assert seen is not None
    mine = {**SESSION, "seen": seen[1]}
    assert organiser.post(path[0], **(mine | {"capacity": "17"})).status_code == 303

    later = organiser.post(path[0], **(mine | {"title_pl": "Moja wersja"}))

    assert later.status_code == 200
    assert "Ktoś inny zmienił" in later.text
    assert "Moja wersja" in later.text
    assert "Moja wersja" not in organiser.get("/desk/plan").text


def test_settings_keep_what_was_typed_when_they_cannot_be_kept(organiser: Organiser) -> None:
    typed = {
        "title_pl": "Zażółć",
        "certificate_min_percent": "80",
        "grace_minutes": "15",
        "registration_opens_at": "2027-05-01T10:00",
        "registration_closes_at": "2027-04-01T10:00",
        "contact_email": "biuro@example.org",
    }
    refused = organiser.post("/desk/settings", **typed)
    assert "Zapisy muszą się kończyć później" in refused.text
    assert "Zażółć" in refused.text

    typed["registration_closes_at"] = "2027-06-01T10:00"
    assert organiser.post("/desk/settings", **typed).status_code == 303
    assert "2027-06-01T10:00" in organiser.get("/desk/settings").text


def noted(organiser: Organiser, title: str = "Warsztat bez daty") -> str:
    """Note something down, and return the address of putting it into the plan."""
    answer = organiser.post("/desk/plan/unplanned", title_pl=title, kind="workshop")
    assert answer.status_code == 303
    page = organiser.get("/desk/plan/unplanned").text
    assert title in page
    found = re.findall(r"/desk/plan/unplanned/\d+(?=\")", page)
    return str(found[0])


def test_what_is_noted_down_is_put_in_later(organiser: Organiser) -> None:
    path = noted(organiser)
    assert 'value="90"' in organiser.get(path).text
    place = {"starts_at": "2027-06-17T11:00", "minutes": "45", "room": ""}

    answer = organiser.post(path, **place)

    assert answer.status_code == 303
    assert "day=2027-06-17" in answer.headers["Location"]
    day = organiser.get("/desk/plan?day=2027-06-17").text
    assert "Warsztat bez daty" in day
    assert "11:00–11:45" in day
    # The second click of a hurried hand makes no second session.
    assert organiser.post(path, **place).status_code == 303
    assert "Te zajęcia są już w planie." in organiser.get("/desk/plan?day=2027-06-17").text
    assert organiser.get(path).status_code == 303
    assert organiser.get("/desk/plan?day=2027-06-17").text.count("data-plan-session") == 1


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"minutes": ""}, "Wpisz liczbę."),
        ({"minutes": "0"}, ""),
        ({"minutes": "100000"}, ""),
        ({"starts_at": "2027-06-20T09:00"}, "nie ma takiego dnia"),
        ({"starts_at": "kiedyś"}, "To nie jest data"),
        ({"room": "4711"}, ""),
    ],
)
def test_a_place_that_cannot_be_is_asked_for_again(
    organiser: Organiser, given: dict[str, str], told: str
) -> None:
    path = noted(organiser)

    answer = organiser.post(
        path, **{"starts_at": "2027-06-17T11:00", "minutes": "45", "room": "", **given}
    )

    assert answer.status_code == 200
    assert told in answer.text
    assert "Warsztat bez daty" in organiser.get("/desk/plan/unplanned").text


def test_what_is_not_going_to_be_held_is_forgotten(organiser: Organiser) -> None:
    path = noted(organiser)

    assert organiser.post(f"{path}/removal").status_code == 303

    assert "Pozycji nie ma już na liście." in organiser.get("/desk/plan/unplanned").text
    assert organiser.post(f"{path}/removal").status_code == 404
    assert organiser.get(path).status_code == 404
    history = organiser.get("/desk/history").text
    assert "Warsztat bez daty" in history


def test_something_without_a_title_is_not_noted_down(organiser: Organiser) -> None:
    answer = organiser.post("/desk/plan/unplanned", title_pl=" ", kind="workshop")

    assert answer.status_code == 200
    assert "Wpisz tytuł." in answer.text


def test_a_session_is_moved_and_made_shorter_at_once(organiser: Organiser) -> None:
    organiser.post("/desk/plan/new", **SESSION)
    path = re.search(r"/desk/plan/\d+/move(?=\")", organiser.get("/desk/plan").text)
    assert path is not None
    form = organiser.get(path[0]).text
    assert 'value="90"' in form
    seen = re.search(r'name="seen"[^>]*value="(\d+)"', form)
    assert seen is not None

    organiser.post(path[0], seen=seen[1], starts_at="2027-06-16T13:00", minutes="20", room="")

    assert "13:00–13:20" in organiser.get("/desk/plan?day=2027-06-16").text


def test_where_nothing_changed_there_is_nothing_to_undo(organiser: Organiser) -> None:
    organiser.post("/desk/settings", **SETTINGS)
    assert "/desk/undo/" in toast(organiser.get("/desk/settings").text)

    organiser.post("/desk/settings", **SETTINGS)

    said = toast(organiser.get("/desk/settings").text)
    assert "Zapisano" in said or "zapisane" in said
    assert "/desk/undo/" not in said


SETTINGS = {"title_pl": "Dni otwarte 2", "certificate_min_percent": "80", "grace_minutes": "15"}


def toast(page: str) -> str:
    """Return the message that a page begins with."""
    found = re.search(r'<div class="toast">.*?</div>', page, re.DOTALL)
    assert found is not None
    return found[0]
