"""The page of components, as a reader meets it: accessible, light and dark, without a script."""

from collections.abc import Callable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page

from tests.harness import servers
from tests.harness.chromium import View

NOW = datetime(2027, 5, 20, 10, 0, tzinfo=ZoneInfo("Europe/Warsaw"))
THEME = "document.documentElement.dataset.theme ?? 'auto'"
GROUND = "getComputedStyle(document.documentElement).backgroundColor"
LIGHT, DARK = "rgb(250, 248, 244)", "rgb(17, 22, 28)"


@pytest.fixture(scope="module")
def components(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the page, which reads no database: one server is enough for all tests."""
    folder = tmp_path_factory.mktemp("components")
    url = f"sqlite:///{folder / 'eventapp.sqlite3'}"
    with servers.serving(folder / "server", database_url=url, now=NOW) as server:
        yield f"{server.url}/components"


def test_every_component_is_accessible(components: str, any_page: Page, axe: Callable) -> None:
    any_page.goto(components)

    assert axe(any_page) == []


def test_nothing_hangs_over_the_smallest_phone(
    components: str, open_page: Callable[..., Page], axe: Callable
) -> None:
    page = open_page(View(320))
    page.goto(components)

    assert axe(page) == []


def test_it_speaks_english_too(components: str, open_page: Callable[..., Page]) -> None:
    page = open_page(View(locale="en-GB"))
    page.goto(components)

    assert page.locator("html").get_attribute("lang") == "en"
    assert page.locator("h1").inner_text() == "Components"
    page.get_by_role("button", name="Polski").first.click()
    assert page.locator("h1").inner_text() == "Elementy"
    assert page.url == components


def test_a_chosen_theme_stays(components: str, page: Page) -> None:
    page.goto(components)
    assert page.evaluate(GROUND) == LIGHT

    page.locator("[data-theme-switch] summary").click()
    page.locator("[data-theme-choice=dark]").click()
    assert page.evaluate(GROUND) == DARK
    page.reload()
    assert (page.evaluate(THEME), page.evaluate(GROUND)) == ("dark", DARK)

    page.locator("[data-theme-switch] summary").click()
    page.locator("[data-theme-choice=auto]").click()
    page.reload()
    assert (page.evaluate(THEME), page.evaluate(GROUND)) == ("auto", LIGHT)


def test_a_menu_closes_on_escape_and_gives_the_focus_back(components: str, page: Page) -> None:
    page.goto(components)
    summary = page.locator("[data-theme-switch] summary")
    summary.click()

    page.keyboard.press("Escape")

    assert page.locator("[data-theme-switch] details[open]").count() == 0
    assert summary.evaluate("part => part === document.activeElement")


def test_number_keys_give_points(components: str, page: Page) -> None:
    page.goto(components)
    chosen = page.locator("[name=sample-score]:checked")
    page.locator("[name=sample-score][value='7']").focus()

    page.keyboard.press("4")
    assert chosen.input_value() == "4"
    page.keyboard.type("10")
    assert chosen.input_value() == "10"


def test_it_is_whole_without_scripts(components: str, open_page: Callable[..., Page]) -> None:
    page = open_page(View(), java_script_enabled=False)
    page.goto(components)

    assert page.get_by_role("heading", name="Przyciski").is_visible()
    assert page.locator("[data-theme-switch]").is_hidden()
    page.locator("#buttons .menu summary").click()
    assert page.locator("#buttons .menu__body").is_visible()


def test_each_font_is_fetched_once(components: str, page: Page) -> None:
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))

    page.goto(components, wait_until="networkidle")

    fonts = [url for url in fetched if ".woff2" in url]
    assert len(fonts) == len(set(fonts))
    # Ukrainian stands on this page, so the Cyrillic file comes; others have no letter here.
    names = {url.split("/")[-1].split("?")[0] for url in fonts}
    assert names == {"sans-core.woff2", "serif-core.woff2", "sans-cyrillic.woff2"}
