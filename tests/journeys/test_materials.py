"""A speaker gives slides from a phone, and who has a place fetches them."""

from collections.abc import Callable
from urllib.parse import urlsplit

from playwright.sync_api import Page

from tests.harness import files
from tests.journeys.conftest import LAPTOP, PHONE
from tests.journeys.stage import Stage, follow, look, words

MOMENT = "sign-ups"
LED = "RODO i dostępność w codziennej pracy organizacji"


def personal_link(stage: Stage, page: Page) -> str:
    """Return the path of the page of whoever leads the session, as the organiser reads it."""
    stage.enter(page, MOMENT, "organiser")
    page.goto(stage.link("/desk/speakers"))
    follow(page, page.locator("tbody tr", has_text=LED).locator("th a"))
    return urlsplit(page.locator(".code a").get_attribute("href") or "").path


def test_a_speaker_gives_slides_and_a_participant_fetches_them(
    stage: Stage, open_page: Callable[..., Page]
) -> None:
    stage.begin(MOMENT)
    speaker, participant = open_page(PHONE), open_page(LAPTOP)
    stage.visit(speaker, MOMENT, personal_link(stage, open_page(LAPTOP)))

    follow(speaker, speaker.locator(".card", has_text=LED).locator("a[href$='/materials']"))
    look(speaker, "materials-before")
    sent = {"name": "Slajdy – Żółć.pptx", "buffer": files.office("pptx"), "mimeType": "x/y"}
    speaker.set_input_files("#file", sent)
    speaker.fill("[name=title_pl]", "Slajdy")
    follow(speaker, "main form:has(#file) button")
    look(speaker, "materials")
    assert "Slajdy (PPTX, 1 kB)" in words(speaker, "main")

    stage.enter(participant, MOMENT, "participant")
    link = participant.get_by_role("link", name="Slajdy (PPTX, 1 kB)")
    look(participant, "my-programme-materials")
    with participant.expect_download() as download:
        link.click()
    assert download.value.suggested_filename == "Slajdy – Żółć.pptx"
    assert download.value.path().read_bytes() == files.office("pptx")

    follow(speaker, speaker.locator(".rows__item", has_text="Slajdy").locator("form button"))
    follow(speaker, ".toast button")
    assert "Przywrócono" in words(speaker, ".toast")
