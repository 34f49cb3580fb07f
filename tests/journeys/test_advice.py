"""One-to-one advice: a participant picks a time on a phone, the adviser writes the card."""

from collections.abc import Callable

from playwright.sync_api import Page

from tests.journeys.conftest import LAPTOP, PHONE
from tests.journeys.stage import Stage, follow, look, words


def test_a_time_is_picked_changed_and_written_down(
    stage: Stage, open_page: Callable[..., Page]
) -> None:
    stage.begin("sign-ups")
    page = open_page(PHONE)
    stage.enter(page, "sign-ups", "participant")
    # What is in the way at that time is given up first.
    page.goto(stage.link("/my"))
    other = page.locator("article", has_text="Od zagrożenia wykluczeniem")
    follow(page, other.get_by_role("button", name="Zrezygnuj"))
    page.goto(stage.link("/programme?day=2027-06-17"))
    follow(page, page.get_by_role("link", name="Wybierz termin"))
    look(page, "appointments")
    free = page.locator(".slot:has(input)")
    assert free.all_inner_texts() == ["16:30", "16:30"]
    free.first.click()
    follow(page, page.get_by_role("button", name="Zarezerwuj ten termin"))
    assert "Termin jest zarezerwowany: 17 czerwca 2027 r., 16:30" in words(page, ".toasts")
    assert words(page, ".slot--mine") == "16:30"
    page.locator(".slot:has(input)").first.click()
    follow(page, page.get_by_role("button", name="Zmień termin"))
    look(page, "appointment-changed")
    page.goto(stage.link("/my"))
    mine = page.locator("article", has_text="Konsultacje indywidualne")
    assert "16:30–16:50" in mine.inner_text()
    assert "Ludmiła Zasięgowska" in mine.inner_text()

    team = open_page(LAPTOP)
    stage.enter(team, "sign-ups", "organiser")
    advice = "SELECT id FROM session WHERE appointment_minutes IS NOT NULL"
    team.goto(stage.link(f"/desk/sessions/{stage.rows('sign-ups', advice)[0][0]}"))
    follow(team, team.get_by_role("link", name="Karty dnia"))
    look(team, "day-cards")
    assert team.locator("tr", has_text="do wypełnienia").count() == 11
