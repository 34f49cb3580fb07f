"""A list that was signed, noted by keyboard and settled; the board of the door on a phone."""

import re
from collections.abc import Callable
from datetime import datetime

from playwright.sync_api import Page

from tests.factories import WARSAW
from tests.harness.chromium import View
from tests.journeys.conftest import LAPTOP, PHONE
from tests.journeys.stage import Stage, follow, look, words

AFTER, DOOR = "after", "door"


def test_a_signed_list_by_keyboard(stage: Stage, open_page: Callable[..., Page]) -> None:
    stage.begin(AFTER)
    page = open_page(LAPTOP)
    stage.enter(page, AFTER, "organiser")
    page.goto(stage.link("/desk/presence"))
    look(page, "presence")
    follow(page, page.get_by_role("link", name="Media społecznościowe dla małej organizacji"))
    look(page, "presence-session")
    follow(page, page.get_by_role("button", name="Drukuj listę obecności"))
    look(page, "attendance-list")
    sheet = page.url.removesuffix("/paper")
    page.goto(sheet)
    look(page, "attendance-list-reading")

    boxes = page.locator("[data-signatures] [data-row]")
    second = boxes.nth(1)
    was = second.is_checked()
    boxes.first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    assert second.is_checked() is not was
    page.keyboard.press("3")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.dataset.row") == "3"
    follow(page, page.get_by_role("button", name="Zapisz podpisy"))
    look(page, "attendance-list-differences")

    page.locator("[name=id]").check()
    page.get_by_label("Dane z wejścia są poprawne").check()
    page.get_by_label("Powód").fill("podpis nieczytelny")
    follow(page, page.get_by_role("button", name="Wyjaśnij zaznaczone"))
    follow(page, page.get_by_role("button", name="Zamknij jako uzgodnioną"))
    assert "uzgodniona" in words(page, "main")
    kept = stage.rows(AFTER, "SELECT change, method, reason, list_id IS NOT NULL FROM correction")
    assert kept == [("as-it-is", "paper", "podpis nieczytelny", 1)]


def test_the_board_of_the_door(stage: Stage, open_page: Callable[..., Page], device: View) -> None:
    stage.begin(DOOR)
    page = open_page(device)
    stage.enter(page, DOOR, "organiser")
    for path in ("/door/board", "/door/places", "/door/evacuation"):
        page.goto(stage.link(path))
        look(page, path.removeprefix("/door/"))


def test_a_trainer_taps_who_is_here(stage: Stage, open_page: Callable[..., Page]) -> None:
    stage.begin(DOOR, at=datetime(2027, 6, 16, 14, 30, tzinfo=WARSAW))
    page, trainer = open_page(LAPTOP), open_page(PHONE)
    stage.enter(page, DOOR, "organiser")
    page.goto(stage.link("/desk/speakers"))
    follow(page, page.get_by_role("link", name="Ludmiła Zasięgowska"))
    link = page.locator(".code a").inner_text()

    stage.visit(trainer, DOOR, link.partition("/speaking/")[2].join(("/speaking/", "")))
    follow(trainer, trainer.get_by_role("link", name="Kto jest").first)
    look(trainer, "who-is-here")
    assert "Obecne osoby: 0 z" in words(trainer, "main")
    follow(trainer, trainer.get_by_role("button", name=re.compile("^Jest ")).first)
    assert "Obecne osoby: 1 z" in words(trainer, "main")
    look(trainer, "who-is-here-one")
    follow(trainer, trainer.get_by_role("button", name=re.compile("^Cofnij")).first)
    assert "Obecne osoby: 0 z" in words(trainer, "main")
    follow(trainer, trainer.get_by_role("button", name="Wszyscy są"))
    assert "Obecne osoby: 0 z" not in words(trainer, "main")
