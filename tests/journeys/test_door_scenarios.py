"""The seminar's incidents at the door, one by one, at the hour at which the file has them."""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.harness.chromium import View, eventually
from tests.harness.door import shown, usb_scan
from tests.journeys.conftest import LAPTOP, PHONE
from tests.journeys.stage import Stage, follow, look, seminar, words
from tests.journeys.test_door import READY, WELCOME, steward

DOOR, VISIT = "door", "visit"
DAY_TWO = "Potwierdzenie obecności – dzień 2"
KEPT = "document.querySelector('[data-door][data-kept][data-listed]')"
OFFLINE = "document.querySelector('[data-link=offline]')"
SENT = "document.querySelector('[data-queue][data-counted][hidden]')"


def scenario(ref: str) -> dict[str, Any]:
    """Return an incident of the seminar's file."""
    return next(one for one in seminar()["scenarios"] if one["id"] == ref)


def session(ref: str) -> dict[str, Any]:
    """Return a session of the seminar's file."""
    return next(one for one in seminar()["sessions"] if one["id"] == ref)


def begin(stage: Stage, ref: str, moment: str = DOOR) -> None:
    """Begin a moment anew, at the hour of an incident."""
    stage.begin(moment, at=datetime.fromisoformat(scenario(ref)["at"]))


def stand_at(stage: Stage, page: Page, title: str) -> str:
    """Let the reception open a session's scanner; return the checkpoint's id."""
    stage.enter(page, DOOR, "door")
    page.goto(stage.link("/door"))
    follow(page, page.get_by_role("link", name=title, exact=True))
    eventually(page, READY)
    return page.url.rstrip("/").rpartition("/")[2]


def badges(stage: Stage, page: Page) -> dict[str, str]:
    """Return badges of people as they are read, by name."""
    stage.visit(page, DOOR, f"/demo/{DOOR}/badges")
    names = page.locator(".qr__name").all_inner_texts()
    return dict(zip(names, page.locator(".qr__code").all_inner_texts(), strict=True))


def register(page: Page, first: str, last: str) -> None:
    """Register somebody without a registration, who is let in at once."""
    page.goto(page.url.rstrip("/") + "/walk-in")
    page.fill("[name=first_name]", first)
    page.fill("[name=last_name]", last)
    page.select_option("[name=category]", "fundacja")
    page.check("[name=clause]")
    follow(page, "main form button[type=submit]")


def entries(stage: Stage, checkpoint: str) -> list[tuple[Any, ...]]:
    """List the accepted scans of a checkpoint: surname, who decided, and how they count."""
    query = """SELECT last_name, mode, scan.status, scan.code FROM scan
        JOIN registration ON registration.id = registration_id
        WHERE checkpoint_id = ? AND scan.code IN ('ok', 'already-in') ORDER BY scan.id"""
    return stage.rows(DOOR, query, int(checkpoint))


# --- C04, C06, C07 ------------------------------------------------------------------------


def test_c04_nobody_expected_her_and_she_is_in_within_a_minute(
    stage: Stage, open_page: Callable[..., Page]
) -> None:
    begin(stage, "C04")
    page = open_page(PHONE)
    checkpoint = stand_at(stage, page, WELCOME)
    started = time.monotonic()
    register(page, "Nina", "Niespodziana")

    assert time.monotonic() - started < 60
    assert "Niespodziana" in words(page, ".badge-card__name")
    assert page.get_by_role("button", name="Drukuj").is_visible()
    [(source, state, clause)] = stage.rows(
        DOOR,
        """SELECT source, registration.state, count(consent.id) FROM registration
        JOIN consent ON consent.registration_id = registration.id AND given
        WHERE last_name = 'Niespodziana'""",
    )
    assert (source, state, clause) == ("walk-in", "qualified", 1)
    assert entries(stage, checkpoint) == [("Niespodziana", "online", "ok", "ok")]


def test_c06_a_lost_code_is_found_without_polish_letters(
    stage: Stage, open_page: Callable[..., Page]
) -> None:
    begin(stage, "C06")
    page = open_page(PHONE)
    stand_at(stage, page, WELCOME)
    register(page, "Łukasz", "Źdźbłowski")
    checkpoint = stand_at(stage, page, session("S02")["title"]["pl"])
    page.click("[data-tab=search]")
    page.fill("[data-search-input]", "lukasz zdzblowski")
    eventually(page, "document.querySelectorAll('[data-people] li').length === 1")
    page.click("[data-people] li button")

    said = shown(page)

    assert (said["tone"], said["name"]) == ("ok", "Łukasz Źdźbłowski")
    assert entries(stage, checkpoint) == [("Źdźbłowski", "online", "ok", "ok")]
    # Every pair of the seminar's file finds its person, and that person's surname or name alone.
    for asked, wanted in seminar()["test_vectors"]["search_pairs"]:
        answer = page.request.get(f"{page.url.rstrip('/')}/people", params={"q": asked})
        assert wanted in " ".join(row["name"] for row in answer.json()), asked


def test_c07_two_people_with_one_printed_badge(
    stage: Stage, open_page: Callable[..., Page]
) -> None:
    begin(stage, "C07")
    first, second = open_page(PHONE), open_page(LAPTOP)
    name, code = next(iter(badges(stage, second).items()))
    checkpoint = stand_at(stage, first, WELCOME)
    assert usb_scan(first, code)["tone"] == "ok"
    stand_at(stage, second, WELCOME)

    said = usb_scan(second, code)

    assert (said["tone"], said["name"]) == ("stop", name)
    assert "9:05" in said["word"] + said["lines"]
    assert WELCOME in said["lines"]
    assert steward(stage) in said["lines"]
    look(second, "c07-already-in")
    surname = name.split()[-1]
    assert entries(stage, checkpoint) == [
        (surname, "online", "ok", "ok"),
        (surname, "online", "error", "already-in"),
    ]
    eventually(second, "document.querySelector('[data-inside]').textContent === '1'")


# --- C08 ----------------------------------------------------------------------------------


def test_c08_two_stations_without_a_network_merge_what_they_scanned(
    stage: Stage, open_page: Callable[..., Page]
) -> None:
    begin(stage, "C08")
    stations = [open_page(PHONE), open_page(View(360, "light"))]
    people = list(badges(stage, stations[0]).items())[:5]
    for page in stations:
        checkpoint = stand_at(stage, page, DAY_TWO)
        eventually(page, KEPT)
        page.context.set_offline(True)
    one, other = stations
    # The third person comes to both desks; nobody can know.
    for page, shares in ((one, people[:3]), (other, people[2:])):
        for name, code in shares:
            said = usb_scan(page, code)
            assert (said["tone"], said["name"]) == ("ok", name)
        eventually(page, OFFLINE)
    assert entries(stage, checkpoint) == []

    for page in stations:
        page.context.set_offline(False)
        eventually(page, SENT, 60)

    kept = entries(stage, checkpoint)
    assert sorted(row[0] for row in kept) == sorted(
        name.split()[-1] for name, _code in [*people, people[2]]
    )
    assert {row[1] for row in kept} == {"offline"}
    query = "SELECT count(*) FROM presence WHERE checkpoint_id = ? AND inside"
    assert stage.rows(DOOR, query, int(checkpoint)) == [(5,)]
    query = "SELECT kind, count(*) FROM scan_conflict WHERE checkpoint_id = ? GROUP BY kind"
    assert stage.rows(DOOR, query, int(checkpoint)) == [("double-entry", 1)]
    scanned = "SELECT max(effective_at <= received_at), count(DISTINCT scan_id) FROM scan"
    assert stage.rows(DOOR, f"{scanned} WHERE checkpoint_id = ?", int(checkpoint)) == [(1, 6)]


# --- C09, C10 -----------------------------------------------------------------------------


def test_c09_a_list_on_paper_is_entered_after_the_session(
    stage: Stage, open_page: Callable[..., Page]
) -> None:
    begin(stage, "C09")
    page = open_page(LAPTOP)
    stage.enter(page, DOOR, "organiser")
    page.goto(stage.link("/desk/presence"))
    follow(page, page.get_by_role("link", name=session("S15")["title"]["pl"]))
    follow(page, page.get_by_role("button", name="Drukuj listę obecności"))
    page.goto(page.url.removesuffix("/paper"))
    page.set_input_files(
        "#file",
        {"name": "S15.png", "mimeType": "image/png", "buffer": page.screenshot()},
    )
    follow(page, page.get_by_role("button", name="Dołącz"))
    assert "S15.png" in words(page, "main")
    people = page.locator("[data-signatures] [data-row]")
    # Whoever has no place elsewhere at that hour may come: more than signed up.
    assert people.count() >= seminar()["expected"]["sessions"]["S15"]["confirmed"]
    for row in people.all()[:3]:
        row.check()
    follow(page, page.get_by_role("button", name="Zapisz podpisy"))
    for row in page.locator("[name=id]").all():
        row.check()
    page.locator("[name=change][value=minutes]").check()
    page.get_by_label("Powód").fill("podpisy na liście papierowej")
    follow(page, page.get_by_role("button", name="Wyjaśnij zaznaczone"))

    query = "SELECT change, method, minutes, list_id IS NOT NULL FROM correction"
    assert stage.rows(DOOR, query) == [("minutes", "paper", 90, 1)] * 3
    [(kept,)] = stage.rows(DOOR, "SELECT file_name FROM signed_scan")
    assert kept == "S15.png"


def test_c10_a_controller_comes_unannounced(stage: Stage, open_page: Callable[..., Page]) -> None:
    begin(stage, "C10", VISIT)
    page = open_page(LAPTOP)
    stage.enter(page, VISIT, "organiser")
    started = time.monotonic()
    expected = seminar()["expected"]["sessions"]
    speakers = {one["id"]: one for one in seminar()["speakers"]}
    for ref in ("S12", "S13", "S14"):
        of_file = session(ref)
        page.goto(stage.link("/desk/presence"))
        row = page.get_by_role("row", name=of_file["title"]["pl"])
        assert words(row, "td:nth-of-type(2)") == str(expected[ref]["attended"])
        follow(page, row.get_by_role("link").first)
        # Nobody has left: up to now everybody is there, by name.
        assert page.locator("tbody th a").count() == expected[ref]["attended"]
        follow(page, page.get_by_role("button", name="Drukuj listę obecności"))
        printed = words(page, ".signing__head")
        [leads] = [speakers[one] for one in of_file["speakers"]]
        assert f"{leads['first_name']} {leads['last_name']}" in printed
        assert page.locator("img.sheet__signs").first.is_visible()
    assert time.monotonic() - started < 60


@pytest.mark.parametrize("path", ["/desk/presence", "/door/board", "/door/evacuation"])
def test_c10_pages_that_the_controller_is_shown(
    stage: Stage, open_page: Callable[..., Page], path: str
) -> None:
    begin(stage, "C10", VISIT)
    page = open_page(PHONE)
    stage.enter(page, VISIT, "organiser")
    page.goto(stage.link(path))
    look(page, "c10" + path.replace("/", "-"))
