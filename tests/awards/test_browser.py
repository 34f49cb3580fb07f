"""The jury in a real browser: saving as one goes, two windows, keys, and a careful reader."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from eventapp.accounts import commands as accounts
from eventapp.awards import queries
from eventapp.kernel import clock
from tests.awards import seminar
from tests.harness.chromium import VIEWS, View

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)

EVENING = seminar.moment("2027-05-24T20:14:00+02:00")
MEETING = seminar.moment("2027-05-31T18:10:00+02:00")


class Place:
    """A running server with the demo's jury, and tickets to it."""

    def __init__(self, server: Any, app: Any, loaded: seminar.Loaded) -> None:
        self.server, self.app, self.loaded = server, app, loaded

    def address(self, path: str) -> str:
        return f"{self.server.url}/{self.loaded.slug}{path}"

    def enter(self, page: Page, ref: str) -> Page:
        """Give the page's browser the signed-in cookie of somebody of the file."""
        with self.app.app_context():
            account = self.loaded.accounts[ref]
            entry = accounts.enter_for_demonstration(account, "test", clock.now())
        ticket = {"name": "signed-in", "value": entry.token, "url": self.server.url}
        page.context.add_cookies([ticket])
        return page

    def entry(self, ref: str) -> str:
        return self.address(f"/jury/nominations/{self.loaded.nominations[ref]}")

    def card(self, juror: str, ref: str) -> Any:
        with self.app.app_context():
            cards = queries.ballots_of(self.loaded.jurors[juror])
            return cards.get(self.loaded.nominations[ref])


@pytest.fixture
def at_stage(make_app, serve, database_url, hands) -> Callable[..., Place]:
    """A function that loads the jury up to a stage and serves it at a moment."""

    def start(stage: str, now: Any) -> Place:
        hands.move_to(now)
        app = make_app(DATABASE_URL=database_url)
        with app.app_context():
            loaded = seminar.load(seminar.seminar(), until=stage)
        return Place(serve(database_url=database_url, now=now), app, loaded)

    return start


def test_a_card_saves_itself_and_number_keys_fill_it(at_stage, page):
    place = at_stage("opened", EVENING)
    place.enter(page, "J1").goto(place.entry("N02"))

    page.locator("input[name='score-K1-1'][value='0']").focus()
    page.keyboard.press("9")
    page.keyboard.press("8")
    page.keyboard.press("1")
    page.keyboard.press("0")
    page.keyboard.press("7")

    expect(page.locator("[data-saved]")).to_have_text(re.compile(r"zapisano 20:1\d"))
    expect(page.locator("[data-total]")).to_have_text("86,50")
    page.fill("#comment", "Solidny wniosek.")
    expect(page.locator("input[name='version']")).to_have_value("2")
    page.reload()
    expect(page.locator("#comment")).to_have_value("Solidny wniosek.")
    card = place.card("J1", "N02")
    assert (card.scores, card.complete) == ({"K1-1": 9, "K1-2": 8, "K1-3": 10, "K1-4": 7}, True)


def test_next_keeps_what_was_just_chosen(at_stage, page):
    place = at_stage("opened", EVENING)
    place.enter(page, "J1").goto(place.entry("N01"))

    page.locator("label.score__point", has_text=re.compile("^6$")).first.click()
    page.get_by_role("button", name=re.compile("^Następne")).click()

    page.wait_for_url(place.entry("N02"))
    assert place.card("J1", "N01").scores == {"K1-1": 6}


def test_of_two_windows_the_later_is_told(at_stage, page):
    place = at_stage("opened", EVENING)
    place.enter(page, "J1").goto(place.entry("N02"))
    other = page.context.new_page()
    other.goto(place.entry("N02"))

    page.locator("label.score__point", has_text=re.compile("^6$")).first.click()
    expect(page.locator("input[name='version']")).to_have_value("1")
    other.locator("label.score__point", has_text=re.compile("^3$")).first.click()

    expect(other.locator("[data-warning]")).to_contain_text("w innym oknie")
    assert place.card("J1", "N02").scores == {"K1-1": 3}


def test_without_a_script_the_button_saves(at_stage, open_page):
    place = at_stage("opened", EVENING)
    page = open_page(View(), java_script_enabled=False)
    place.enter(page, "J1").goto(place.entry("N02"))

    page.locator("label.score__point", has_text=re.compile("^6$")).first.click()
    page.get_by_role("button", name="Zapisz kartę").click()

    expect(page.locator("[data-saved]")).to_have_text(re.compile("zapisano"))
    assert place.card("J1", "N02").scores == {"K1-1": 6}


JUROR = ["/jury/declaration", "/jury/queue", "/jury/summary"]
CHAIR = ["/jury/coverage", "/jury/conflicts", "/jury/results", "/jury/minutes"]


@pytest.fixture
def read_carefully(open_page, axe) -> Callable[..., None]:
    """A function that looks at pages in every view, as somebody of the file or as a visitor."""

    def read(place: Place, paths: list[str], ref: str | None = None) -> None:
        for view in VIEWS:
            page = open_page(view)
            if ref is not None:
                place.enter(page, ref)
            for path in paths:
                page.goto(place.address(path))
                assert axe(page) == [], (str(view), path)

    return read


def test_a_careful_reader_finds_no_fault_on_a_jurors_pages(at_stage, read_carefully):
    place = at_stage("cast", EVENING)
    entry = f"/jury/nominations/{place.loaded.nominations['N02']}"

    read_carefully(place, [*JUROR, entry, f"{entry}/recusal"], "J1")


def test_a_careful_reader_finds_no_fault_on_the_chairs_pages(at_stage, read_carefully):
    place = at_stage("counted", MEETING)
    rounds = [f"/jury/rounds/{place.loaded.rounds[ref]}" for ref in ("K4", "K1")]

    read_carefully(place, [*CHAIR, *rounds], "J1")


def test_a_careful_reader_finds_no_fault_on_the_public_and_desk_pages(at_stage, read_carefully):
    place = at_stage("published", seminar.moment("2027-06-16T16:10:01+02:00"))

    read_carefully(place, ["/awards/", "/awards/results"])
    entry = f"/desk/awards/{place.loaded.nominations['N11']}"
    read_carefully(place, ["/desk/awards", entry], "U07")


def test_the_curtain_rises_by_itself(at_stage, page):
    place = at_stage("published", seminar.moment("2027-06-16T16:09:56+02:00"))

    page.goto(place.address("/awards/results"))
    assert "Zaczarowana" not in page.content()

    expect(page.get_by_text("Zaczarowana Spiżarnia").first).to_be_visible(timeout=15_000)
