"""An organiser works through the day: what waits, people, seats, mail, history, figures."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.harness.chromium import View
from tests.journeys.conftest import LAPTOP, PHONE
from tests.journeys.stage import EVENT, Stage, follow, look, seminar, words

FUNDS = "Pozyskiwanie funduszy na realizację projektów: od pomysłu do wniosku"


def test_through_the_desk(stage: Stage, open_page: Callable[..., Page], device: View) -> None:
    stage.begin("sign-ups")
    page = open_page(device)
    stage.enter(page, "sign-ups", "organiser")
    assert page.url == stage.link("/desk")
    look(page, "desk-overview")

    find_a_person(page, stage, device)
    give_a_seat_to_the_next(page, stage)
    read_what_was_sent(page, stage)

    page.goto(stage.link("/desk/history"))
    look(page, "desk-history")
    assert page.locator(".timeline li").count() == 50
    for path in ("/desk/team", "/desk/devices", "/jury/coverage", "/desk/nominations", "/door"):
        if page.goto(stage.link(path)).status == 200:  # type: ignore[union-attr]
            look(page, "organiser" + path.replace("/", "-"))


def find_a_person(page: Page, stage: Stage, device: View) -> None:
    """Find somebody without Polish letters, and change the decision."""
    open_menu(page, device)
    follow(page, f"a[href='/{EVENT}/desk/people'] >> visible=true")
    look(page, "desk-people")
    page.fill("[name=q]", "zaneta notatka")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator("tbody tr").count() == 1
    follow(page, "tbody a")
    look(page, "desk-person")
    follow(page, "button[name=state][value=waiting]")
    query = "SELECT state FROM registration WHERE last_name = 'Notatka' AND event_id = 2"
    assert stage.rows("sign-ups", query) == [("waiting",)]


def open_menu(page: Page, device: View) -> None:
    """Unfold the navigation where it hides behind a button."""
    if device.width < 960:
        page.click(".side-phone summary")


def give_a_seat_to_the_next(page: Page, stage: Stage) -> None:
    """Take a place back; the first of the queue has it at once."""
    page.goto(stage.link("/desk/sessions"))
    look(page, "desk-sessions")
    follow(page, page.get_by_role("link", name=FUNDS))
    look(page, "desk-roster")
    taken = page.locator("section:has(#roster) tbody tr").count()
    first = words(page, ".queue li a")
    waiting = page.locator(".queue li").count()
    row = page.locator("section:has(#roster) tbody tr").first
    row.locator("summary").click()
    follow(page, row.locator("form[action$='/release'] button"))

    names = page.locator("section:has(#roster) tbody th").all_inner_texts()
    assert len(names) == taken
    assert first in names
    assert page.locator(".queue li").count() == waiting - 1


def read_what_was_sent(page: Page, stage: Stage) -> None:
    """Wait until every letter about what was just done is sent and stands in the list."""
    page.goto(stage.link("/desk/mail"))
    for _ in range(100):
        if 1 < page.locator("tbody tr").count() == len(stage.mailbox("sign-ups")):
            break
        page.wait_for_timeout(100)
        page.reload()
    look(page, "desk-mail")
    subjects = sorted(" ".join(one.split()) for one in page.locator("tbody th").all_inner_texts())
    sent = sorted(str(letter["Subject"]) for letter in stage.mailbox("sign-ups").all())
    assert subjects == [" ".join(subject.split()) for subject in sent]


def test_the_figures_are_the_oracles(
    stage: Stage, open_page: Callable[..., Page], tmp_path: Path
) -> None:
    stage.begin("after")
    page = open_page(LAPTOP)
    stage.enter(page, "after", "organiser")
    look(page, "desk-overview-after")
    page.goto(stage.link("/desk/evidence"))
    look(page, "desk-evidence")
    with page.expect_download() as download:
        page.click("a[href*='format=json']")
    download.value.save_as(tmp_path / "evidence.json")

    found = json.loads((tmp_path / "evidence.json").read_text())
    assert {key: found[key] for key in seminar()["expected"]} == seminar()["expected"]
    page.goto(stage.link("/desk/badges"))
    look(page, "badges")
    page.goto(stage.link("/desk/badges/sheet?backs=1"))
    look(page, "badges-to-print")
    assert page.locator(".badge-card__code").count() == seminar()["expected"]["qualified"]


@pytest.mark.parametrize(
    "path", ["/desk", "/desk/people", "/desk/sessions", "/desk/mail", "/desk/evidence"]
)
def test_the_desk_in_english(stage: Stage, open_page: Callable[..., Page], path: str) -> None:
    page = open_page(View(360, "light", "en-GB"))
    stage.enter(page, "after", "organiser")
    page.click(".side-phone summary")
    follow(page, "button[lang=en] >> visible=true")
    page.goto(stage.link(path))
    assert page.locator("html").get_attribute("lang") == "en"
    look(page, "english" + path.replace("/", "-"))


@pytest.mark.parametrize("path", ["/desk", "/desk/people", "/desk/evidence", "/jury/coverage"])
def test_a_visitor_sees_nothing_of_it(
    stage: Stage, open_page: Callable[..., Page], path: str
) -> None:
    page = open_page(PHONE)
    stage.visit(page, "sign-ups")
    page.goto(stage.link(path))

    assert "/sign-in" in page.url
    look(page, "sign-in")
