"""Two people rank on a phone, the organiser runs and announces, one of them reads why."""

from collections.abc import Callable
from pathlib import Path

from flask import Flask
from playwright.sync_api import Page

from eventapp.accounts import commands as accounts
from eventapp.events import commands as events
from eventapp.events.models import Role
from eventapp.registrations import queries as people
from tests.allocation.town import Town, make_town
from tests.factories import NOW, at, make_registration, make_session
from tests.harness import databases
from tests.harness.servers import Server
from tests.journeys.conftest import LAPTOP, PHONE
from tests.journeys.stage import follow, look, words


def prepared(app: Flask) -> tuple[Town, str, list[str]]:
    """Make an event in which people can rank; return the organiser's visit and two links."""
    with app.test_request_context():
        town = make_town("A1 B5 C5 D5")
        account = accounts.keep_account("plan@example.org", "Anna", NOW)
        events.join_team(town.event.id, account.id, Role.ORGANISER, NOW)
        visit = accounts.enter_for_demonstration(account.id, "test", NOW).token
        for title in ("Radio", "Teatr"):
            make_session(town.event, title=title, starts_at=at("14:00"))
        links = [people.link_token(make_registration(town.event)) for _ in range(2)]
        return town, visit, [f"/{town.event.slug}/my/{link}" for link in links]


def test_from_wishes_to_the_reason(
    make_app: Callable[..., Flask],
    sqlite_template: Path,
    tmp_path: Path,
    serve: Callable[..., Server],
    open_page: Callable[..., Page],
) -> None:
    url = databases.sqlite_copy(sqlite_template, tmp_path)
    town, visit, links = prepared(make_app(DATABASE_URL=url))
    server = serve(database_url=url)
    readers = [open_page(PHONE) for _ in links]
    for page, link in zip(readers, links, strict=True):
        page.goto(server.url + link)
        follow(page, page.get_by_role("link", name="Wskaż preferencje"))
        rows = page.get_by_label("Wybór nr 1"), page.get_by_label("Wybór nr 2")
        rows[0].first.select_option(label="Warsztat A")
        taken = rows[1].first.locator("option", has_text="Warsztat A")
        assert taken.is_disabled()
        rows[1].first.select_option(label="Warsztat B")
        follow(page, page.get_by_role("button", name="Zapisz moje preferencje"))
    look(readers[0], "ranking")

    desk = open_page(LAPTOP)
    desk.context.add_cookies([{"name": "signed-in", "value": visit, "url": server.url}])
    desk.goto(f"{server.url}/{town.event.slug}/desk/allocations")
    follow(desk, desk.get_by_role("link", name="Warsztaty", exact=True))
    look(desk, "allocation-open")
    desk.locator("summary", has_text="Zakończ zbieranie teraz").click()
    follow(desk, desk.get_by_role("button", name="Tak, zakończ"))
    follow(desk, desk.get_by_role("button", name="Oblicz", exact=True))
    look(desk, "allocation-run")
    assert "50%" in words(desk, "[aria-labelledby=outcome] .figures")
    desk.locator("summary", has_text="Ogłoś").click()
    follow(desk, desk.get_by_role("button", name="Tak, ogłoś"))
    assert "Miejsca są ogłoszone" in words(desk, ".toasts")

    for page in readers:
        page.reload()
    shown = [words(page, "main") for page in readers]
    (late,) = [page for page, text in zip(readers, shown, strict=True) if "chętnych" in text]
    assert "chętnych: 2 (w tym jako wybór nr 1: 2), miejsc: 1. Twój numer w losowaniu: 2." in words(
        late, "main"
    )
    look(late, "allocation-reason")

    # A part of the programme is enough for another one.
    desk.goto(f"{server.url}/{town.event.slug}/desk/allocations/new")
    desk.get_by_label("Nazwa po polsku").fill("Popołudnie")
    for title in ("Radio", "Teatr"):
        desk.locator(".choice", has_text=title).click()
    follow(desk, desk.get_by_role("button", name="Zapisz ustawienia"))
    assert "Popołudnie" in words(desk, "h1")
    look(desk, "allocation-new")
