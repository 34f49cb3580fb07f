"""A seat given back fifteen hours before: the first in the queue is asked, then the next."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from playwright.sync_api import Page

from tests.factories import WARSAW
from tests.harness.mailbox import Mailbox, text_of
from tests.journeys.conftest import LAPTOP, PHONE
from tests.journeys.stage import EVENT, Stage, follow, look, words

MOMENT = "sign-ups"
EVENING = datetime(2027, 6, 16, 18, 0, tzinfo=WARSAW)  # sessions begin at 9:00 next day
FULL = """
SELECT session.id FROM session WHERE waiting >= 2 AND starts_at LIKE '2027-06-17 07:00%'
AND appointment_minutes IS NULL ORDER BY session.id
"""


def offered(letters: Mailbox, page: Page, number: int) -> Any:
    """Wait until so many letters offer a seat, and return the newest."""
    for _ in range(200):
        found = [one for one in letters.all() if "Propozycja miejsca:" in str(one["Subject"])]
        if len(found) >= number:
            return found[-1]
        page.wait_for_timeout(100)
    raise AssertionError([str(one["Subject"]) for one in letters.all()])


def link_in(letter: Any) -> str:
    """Return the address at which a letter is answered."""
    found = re.search(rf"https?://\S+(/{EVENT}/offers/\S+)", text_of(letter))
    assert found, text_of(letter)
    return found[1]


def test_the_first_in_the_queue_is_asked_and_then_the_next(
    stage: Stage, open_page: Callable[..., Page]
) -> None:
    stage.begin(MOMENT, EVENING)
    [(session_id,), *_] = stage.rows(MOMENT, FULL)
    organiser = open_page(LAPTOP)
    stage.enter(organiser, MOMENT, "organiser")
    organiser.goto(stage.link("/desk/sign-ups"))
    organiser.check("[name=promotion][value=offer]")
    look(organiser, "sign-up-policy")
    follow(organiser, "main form .form__actions button")
    organiser.goto(stage.link(f"/desk/sessions/{session_id}"))
    organiser.locator("main table summary").first.click()
    follow(organiser, organiser.locator("main table .confirm button").first)
    look(organiser, "roster-with-an-offer")
    assert organiser.locator("#held").is_visible()

    letters, first = stage.mailbox(MOMENT), open_page(PHONE)
    stage.visit(first, MOMENT, link_in(offered(letters, first, 1)))
    look(first, "offer")
    assert "17 czerwca 2027 r., 8:00" in words(first, "main .notice")
    follow(first, "form[action$='/decline'] button")
    assert "nie masz już tu miejsca" in words(first, "main .notice")

    second = open_page(PHONE)
    stage.visit(second, MOMENT, link_in(offered(letters, second, 2)))
    follow(second, "form[action$='/claim'] button")
    look(second, "offer-taken")
    assert "masz miejsce" in words(second, "main .notice")
