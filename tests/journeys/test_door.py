"""A steward at the door: by camera, by USB scanner, by name, and somebody nobody expected."""

import contextlib
import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, Playwright

from tests.harness import chromium, door
from tests.harness.chromium import View, eventually
from tests.harness.door import CAMERA_ON, VERDICT, shown, usb_scan
from tests.journeys.conftest import LAPTOP, PHONE
from tests.journeys.stage import Stage, follow, look, words

MOMENT = "door"
WELCOME = "Rejestracja uczestników i kawa powitalna"
# Nobody is in yet. Jacek has a place in another session at that time.
MEDIA = "Media społecznościowe dla małej organizacji"
READY = "document.querySelector('[data-camera=off]')"
ZANETA = "Żaneta Notatka"


@pytest.fixture
def begun(stage: Stage) -> Stage:
    """The demonstration on 16 June at 8:50, the queue at the door."""
    stage.begin(MOMENT)
    return stage


def stand_at(stage: Stage, page: Page, title: str, role: str = "door") -> None:
    """Let somebody with a role open the scanner of a session."""
    stage.enter(page, MOMENT, role)
    page.goto(stage.link("/door"))
    follow(page, page.get_by_role("link", name=title, exact=True))
    eventually(page, f"{READY} || {CAMERA_ON}")


def badge_on_second_screen(stage: Stage, page: Page) -> tuple[str, str]:
    """Read the first test badge off a screen: what its QR code says, and its name."""
    stage.visit(page, MOMENT, f"/demo/{MOMENT}/badges")
    look(page, "test-badges")
    picture = Image.open(io.BytesIO(page.locator(".qr").first.screenshot()))
    [found] = zxingcpp.read_barcodes(picture)
    return found.text, words(page, ".qr__name")


def word(page: Page, key: str) -> str:
    """Return what the page calls a verdict in its language."""
    find = "key => document.querySelector('[data-words]').content.querySelector(key).textContent"
    return str(page.evaluate(find, f"[data-key='word-{key}']"))


def steward(stage: Stage) -> str:
    """Return the name of the steward that the demonstration's link signs in."""
    query = """SELECT account.name FROM account JOIN team_member
        ON team_member.account_id = account.id
        WHERE team_member.event_id = 2 AND role = 'door' ORDER BY team_member.id"""
    return str(stage.rows(MOMENT, query)[0][0])


def scans(stage: Stage, status: str = "ok") -> list[str]:
    """List the last names of those whose scans of today have this status."""
    query = """SELECT last_name FROM scan JOIN registration ON registration.id = registration_id
        WHERE scan.event_id = 2 AND status = ? ORDER BY scan.id"""
    return [str(row[0]) for row in stage.rows(MOMENT, query, status)]


# --- the camera ---------------------------------------------------------------------------


def test_a_badge_before_the_camera_of_a_phone(
    begun: Stage, open_page: Callable[..., Page], playwright: Playwright, tmp_path: Path
) -> None:
    other = open_page(LAPTOP)
    code, name = badge_on_second_screen(begun, other)
    film = door.film(tmp_path / "badge.y4m", [door.centred(code, 6)])
    camera = contextlib.closing(chromium.launch(playwright, *door.camera(film)))
    with camera as browser, chromium.opened(browser, PHONE) as phone:
        begun.enter(phone, MOMENT, "door")
        look(phone, "door")
        follow(phone, phone.get_by_role("link", name=WELCOME, exact=True))

        said = shown(phone)

        assert (said["tone"], said["word"], said["name"]) == ("ok", "Wejście", name)
        assert scans(begun) == [name.split()[-1]]
        eventually(phone, "document.querySelector('[data-inside]').textContent === '1'")

    stand_at(begun, other, WELCOME, role="organiser")
    again = usb_scan(other, code)
    assert (again["tone"], again["name"]) == ("stop", name)
    assert re.fullmatch(word(other, "already-in-at").replace("{time}", r"8:5\d"), again["word"])
    assert WELCOME in again["lines"]
    assert steward(begun) in again["lines"]
    assert scans(begun) == [name.split()[-1]]


# --- without a camera ---------------------------------------------------------------------


def test_a_name_without_polish_letters(
    begun: Stage, open_page: Callable[..., Page], device: View
) -> None:
    page = open_page(device)
    stand_at(begun, page, WELCOME)
    look(page, "scanner")
    if device.width < 960:
        page.click("[data-tab=search]")
    page.fill("[data-search-input]", "zaneta notatka")
    eventually(page, "document.querySelectorAll('[data-people] li').length === 1")
    look(page, "scanner-search")
    page.click("[data-people] li button")

    said = shown(page)

    assert (said["tone"], said["name"]) == ("ok", ZANETA)
    assert scans(begun) == ["Notatka"]


def test_somebody_without_a_place(begun: Stage, open_page: Callable[..., Page]) -> None:
    other, page = open_page(LAPTOP), open_page(PHONE)
    code, name = badge_on_second_screen(begun, other)
    stand_at(begun, page, MEDIA)

    said = usb_scan(page, code)

    assert (said["tone"], said["word"], said["name"]) == (
        "stop",
        word(page, "session-full"),
        name,
    )
    assert page.locator("[data-verdict-admit]").is_hidden()
    said = usb_scan(page, code[:-26] + "0" * 26)
    assert (said["tone"], said["word"], said["name"]) == ("stop", word(page, "invalid-code"), "")
    assert scans(begun) == []


def test_the_person_in_charge_lets_somebody_in(
    begun: Stage, open_page: Callable[..., Page]
) -> None:
    page = open_page(LAPTOP)
    code, name = badge_on_second_screen(begun, page)
    stand_at(begun, page, MEDIA, role="organiser")
    assert usb_scan(page, code)["tone"] == "stop"

    page.click("[data-verdict-admit]")
    page.fill("[data-admit-reason]", "Zgoda organizatora")
    look(page, "admit-anyway")
    page.click("[data-admit-form] button[type=submit]")

    eventually(page, f"{VERDICT} && {VERDICT}.dataset.tone === 'ok'")
    assert scans(begun) == [name.split()[-1]]


def test_somebody_nobody_expected(
    begun: Stage, open_page: Callable[..., Page], device: View
) -> None:
    page = open_page(device)
    stand_at(begun, page, WELCOME)
    if device.width < 960:
        page.click("[data-tab=search]")
    follow(page, "a[href$='/walk-in']")
    look(page, "walk-in")
    page.fill("[name=first_name]", "Nina")
    page.fill("[name=last_name]", "Niespodziana")
    page.select_option("[name=category]", "fundacja")
    page.check("[name=clause]")
    follow(page, "main form button[type=submit]")

    assert "Niespodziana" in words(page, ".badge-card__name")
    look(page, "walk-in-badge")
    assert scans(begun) == ["Niespodziana"]
    follow(page, ".sheet-tools a")
    assert words(page, "[data-inside]") == "1"


def test_the_door_in_english(begun: Stage, open_page: Callable[..., Page]) -> None:
    page = open_page(View(360, "light", "en-GB"))
    begun.enter(page, MOMENT, "door")
    follow(page, "button[lang=en]")
    look(page, "english-door")
    follow(page, ".rows a")
    eventually(page, READY)
    look(page, "english-scanner")

    assert usb_scan(page, "0" * 26)["word"] == "Unknown code"
