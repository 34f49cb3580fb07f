"""Somebody new: from an empty installation to a public programme that people can register for."""

import re
from collections.abc import Callable

from playwright.sync_api import Page

from tests.harness.chromium import View
from tests.harness.servers import Server
from tests.journeys.stage import follow, look, words

EVENT = "dni-es"


def press(page: Page, name: str) -> None:
    follow(page, page.get_by_role("button", name=re.compile(name)))


def go(page: Page, name: str) -> None:
    """Follow a link of the desk's navigation, behind its menu on a phone."""
    menu = page.locator(".side-phone > summary")
    if menu.is_visible():
        menu.click()
    links = page.get_by_role("link", name=name, exact=True)
    follow(page, links.filter(visible=True).first)


def test_from_nothing_to_a_public_programme(
    serve: Callable[..., Server], open_page: Callable[..., Page], device: View
) -> None:
    server = serve()
    link = server.run("admin", "anna@example.org").stdout.split()[-1]
    page = open_page(device)

    page.goto(link)
    follow(page, page.locator("main form button").first)
    follow(page, page.get_by_role("link", name="Nowe wydarzenie"))
    look(page, "new-event")
    assert not page.get_by_text("Z tamtego wydarzenia przejmij").is_visible()
    for field, value in {
        "title_pl": "Dni ekonomii społecznej", "host": "Ośrodek wsparcia", "slug": EVENT,
        "starts_on": "2027-09-14", "ends_on": "2027-09-15",
    }.items():  # fmt: skip
        page.fill(f"#{field}", value)
    page.select_option("#begin", "template:three-day-seminar")
    press(page, "Utwórz")
    look(page, "new-overview")
    assert "zmian planu, których nikt inny jeszcze nie widzi" in words(page, ".tasks")

    go(page, "Sale")
    page.fill("#name_pl", "Centrum")
    press(page, "Dodaj miejsce")
    for name in ("Aula", "Sala A"):
        follow(page, page.get_by_role("link", name=re.compile("Dodaj salę")))
        page.fill("#name_pl", name)
        page.fill("#capacity", "40")
        press(page, "Zapisz salę")
    go(page, "Kto może wziąć udział")
    look(page, "categories-none")
    press(page, "Przejmij typowe")
    look(page, "categories")
    go(page, "Stanowiska")
    page.fill("#name_pl", "Wejście główne")
    press(page, "Dodaj stanowisko")
    look(page, "checkpoints")
    go(page, "Dni")
    look(page, "days")

    for day in ("2027-09-14", "2027-09-15"):
        page.goto(f"{server.url}/{EVENT}/desk/plan?day={day}")
        if page.locator("[data-plan-view=list]").is_visible():
            page.click("[data-plan-view=list]")
        for box in page.locator("tbody [data-pick]").all():
            box.check()
        page.select_option("#many-room", label="Aula")
        press(page, "Przenieś tam")
    # What runs side by side with something else goes to the other room.
    for day, titles in {
        "2027-09-14": ("Warsztat B",),
        "2027-09-15": ("Wykład 1", "Wykład 2"),
    }.items():
        page.goto(f"{server.url}/{EVENT}/desk/plan?day={day}")
        for title in titles:
            page.locator("tr", has_text=title).get_by_role("checkbox").check()
        page.select_option("#many-room", label="Sala A")
        press(page, "Przenieś tam")
    page.goto(f"{server.url}/{EVENT}/desk/plan/release")
    press(page, "Opublikuj")

    visitor = open_page(device)
    visitor.goto(f"{server.url}/{EVENT}/programme")
    look(visitor, "new-programme")
    assert "Inauguracja" in words(visitor, "main")
    visitor.goto(f"{server.url}/{EVENT}/register")
    options = visitor.locator("#category option").all_inner_texts()
    assert "spółdzielnia socjalna" in options
    page.goto(f"{server.url}/{EVENT}/door")
    assert "Wejście główne" in words(page, "main")
