"""Before and between: a rehearsal, a device that checks itself, a shift, a coach."""

import contextlib
import io
from collections.abc import Callable
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, Playwright

from tests.harness import chromium, door
from tests.harness.chromium import View, eventually
from tests.harness.door import usb_scan
from tests.journeys.conftest import LAPTOP, PHONE
from tests.journeys.stage import Stage, follow, look, words
from tests.journeys.test_door import MOMENT, WELCOME, scans, steward


@pytest.fixture
def begun(stage: Stage) -> Stage:
    stage.begin(MOMENT)
    return stage


def choose(stage: Stage, page: Page, act: str, role: str = "door") -> None:
    """Let somebody with a role open what the menu of the welcome's checkpoint offers."""
    stage.enter(page, MOMENT, role)
    page.goto(stage.link("/door"))
    row = page.locator(".rows__item", has=page.get_by_role("link", name=WELCOME, exact=True))
    row.locator("summary").click()
    follow(page, row.get_by_role("link", name=act, exact=True))


def inside(stage: Stage) -> int:
    """Count who is in at the checkpoints of the event."""
    query = """SELECT count(*) FROM presence JOIN checkpoint ON checkpoint.id = checkpoint_id
        WHERE event_id = 2 AND inside"""
    return int(stage.rows(MOMENT, query)[0][0])


def test_a_rehearsal_shows_every_verdict_and_counts_nothing(
    begun: Stage, open_page: Callable[..., Page], device: View
) -> None:
    page, screen = open_page(device), open_page(LAPTOP)
    choose(begun, page, "Próba")
    eventually(page, "document.querySelector('[data-ready]')")
    look(page, "practice")
    assert "próba – nie liczy się" in words(page, ".door__practice")
    rows = begun.rows(MOMENT, "SELECT count(*) FROM scan")

    begun.enter(screen, MOMENT, "door")
    screen.goto(f"{page.url}/badges")
    look(screen, "practice-badges")
    codes = screen.locator(".trial .sheet__hash").all_text_contents()
    picture = Image.open(io.BytesIO(screen.locator(".trial svg").first.screenshot()))
    assert [found.text for found in zxingcpp.read_barcodes(picture)] == ["PRACTICE-OK"]

    said = [usb_scan(page, code) for code in codes]
    assert {one["tone"] for one in said} == {"ok", "warn", "stop"}
    assert len({one["word"] for one in said}) == len(codes)
    assert said[0]["name"] == "Łucja Próbna"
    assert page.is_visible(".door__practice")
    look(page, "practice-verdict")

    screen.goto(f"{begun.url}/demo/{MOMENT}/badges")
    real = words(screen, ".qr__code")
    counted = usb_scan(page, real)
    assert counted["tone"] == "warn"
    assert "nie liczy się" in counted["lines"]
    assert begun.rows(MOMENT, "SELECT count(*) FROM scan") == rows
    assert inside(begun) == 0

    page.keyboard.press("Escape")
    follow(page, page.get_by_role("link", name="Zakończ próbę"))
    assert page.locator(".door__practice").count() == 0


def test_a_device_checks_itself_and_the_lead_sees_it(
    begun: Stage, open_page: Callable[..., Page], playwright: Playwright, tmp_path: Path
) -> None:
    film = door.film(tmp_path / "nothing.y4m", [door.Shot()])
    camera = contextlib.closing(chromium.launch(playwright, *door.camera(film)))
    with camera as browser, chromium.opened(browser, PHONE) as phone:
        choose(begun, phone, "Sprawdź to urządzenie")
        look(phone, "readiness")
        phone.get_by_role("button", name="Sprawdź teraz").click()
        phone.get_by_role("button", name="Tak", exact=True).click()
        eventually(phone, "document.querySelector('[data-overall]')")
        look(phone, "readiness-result")
        found = phone.evaluate(
            "Object.fromEntries([...document.querySelectorAll('[data-checks] li')].map("
            "(row) => [row.querySelector('[data-name]').textContent, row.dataset.found]))"
        )
        assert len(found) == 10
        good = ("Bezpieczny adres", "Aparat", "Dźwięk", "Zegar", "Skany czekające na wysłanie")
        assert [found[name] for name in good] == ["ok"] * 5
        # The scanner was never opened here.
        assert found["Lista identyfikatorów"] == "bad"
        assert phone.evaluate("indexedDB.databases().then((all) => all.length)") == 0

    lead = open_page(LAPTOP)
    begun.enter(lead, MOMENT, "organiser")
    lead.goto(begun.link("/desk/phones"))
    look(lead, "phones")
    row = lead.get_by_role("row", name=steward(begun)).text_content() or ""
    assert "niegotowe" in row
    assert "Lista identyfikatorów" in row


def test_a_shift_is_handed_over_with_what_is_left_to_do(
    begun: Stage, open_page: Callable[..., Page], device: View
) -> None:
    page = open_page(device)
    choose(begun, page, "Zmiana na stanowisku")
    assert page.input_value("#name") == steward(begun)
    follow(page, page.get_by_role("button", name="Przekaż zmianę"))
    page.fill("#note", "Pani Kowalska czeka na nowy identyfikator.")
    page.fill("#name", "Bartek")
    follow(page, page.get_by_role("button", name="Przekaż zmianę"))

    look(page, "shift")
    assert "Na stanowisku: Bartek" in words(page, ".lead")
    assert "Pani Kowalska" in words(page, "[aria-labelledby=notes]")
    follow(page, page.get_by_role("button", name="Załatwione"))
    assert "Pani Kowalska" not in words(page, "main")


def test_a_coach_is_let_in_with_one_tap_and_back(
    begun: Stage, open_page: Callable[..., Page], device: View
) -> None:
    page = open_page(device)
    choose(begun, page, "Wpuść grupę")
    [(house,)] = begun.rows(
        MOMENT,
        """SELECT organisation.name FROM registration
        JOIN organisation ON organisation.id = organisation_id
        JOIN sign_up ON sign_up.registration_id = registration.id AND sign_up.state = 'confirmed'
        WHERE registration.event_id = 2 AND registration.state = 'qualified'
        GROUP BY organisation.name ORDER BY count(DISTINCT registration.id) DESC LIMIT 1""",
    )
    page.fill("#q", house)
    follow(page, page.get_by_role("button", name="Znajdź"))
    look(page, "group")
    people = page.locator("input[name=who]:checked").count()
    assert people >= 2
    follow(page, page.get_by_role("button", name="Wpuść wszystkich zaznaczonych"))

    look(page, "group-in")
    assert len(scans(begun)) == people
    follow(page, page.get_by_role("button", name="Cofnij wszystko"))
    assert inside(begun) == 0


def test_the_card_fits_one_page(begun: Stage, open_page: Callable[..., Page]) -> None:
    page = open_page(LAPTOP)
    choose(begun, page, "Karta dla wolontariuszy")
    look(page, "card")
    printed = page.pdf(format="A4", margin=dict.fromkeys(("top", "bottom", "left", "right"), "1cm"))

    assert printed.count(b"/Type /Page\n") == 1
    picture = Image.open(io.BytesIO(page.locator(".door-card__code svg").screenshot()))
    [found] = zxingcpp.read_barcodes(picture)
    assert found.text == words(page, ".door-card__code .sheet__hash")
    assert "/door/" in found.text
