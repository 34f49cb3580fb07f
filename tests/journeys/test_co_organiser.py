"""A co-organiser invites a guest from the phone, and meets the end of the quota."""

from collections.abc import Callable

from playwright.sync_api import Page

from tests.journeys.conftest import LAPTOP, PHONE
from tests.journeys.stage import Stage, follow, look, words

MOMENT = "sign-ups"
OTHERS = "umownicki"  # one of the 120 whom the co-organiser must not see


def test_a_guest_of_the_city_hall(stage: Stage, open_page: Callable[..., Page]) -> None:
    stage.begin(MOMENT)
    set_quota(stage, open_page(LAPTOP), 1)
    page = open_page(PHONE)
    stage.enter(page, MOMENT, "co-organiser")
    look(page, "co-organiser")
    assert "0 z 1 miejsca" in words(page, ".progress")
    assert OTHERS not in page.content().casefold()

    follow(page, page.get_by_role("link", name="Zaproś gościa"))
    look(page, "co-organiser-guest")
    invite(page, "Grażyna", "Żółcińska")

    assert "Grażyna Żółcińska ma miejsce" in words(page, ".toast")
    assert "1 z 1 miejsca" in words(page, ".progress")
    assert page.get_by_role("link", name="Zaproś gościa").count() == 0
    look(page, "co-organiser-full")

    page.go_back()
    invite(page, "Łukasz", "Ćma")
    assert "Pula miejsc (1) jest wykorzystana." in words(page, ".toast")
    assert page.input_value("[name=last_name]") == "Ćma"
    look(page, "co-organiser-refused")

    page.goto(stage.link("/co-organiser/sheet"))
    look(page, "co-organiser-sheet")
    assert words(page, "tbody th:has-text('Żółcińska')") == "Żółcińska Grażyna"


def set_quota(stage: Stage, organiser: Page, quota: int) -> None:
    """Let the organiser give the city hall so many places."""
    stage.enter(organiser, MOMENT, "organiser")
    organiser.goto(stage.link("/desk/organisers"))
    look(organiser, "institutions")
    follow(organiser, "tbody a:has-text('Urząd Miasta')")
    organiser.fill("[name=guest_quota]", str(quota))
    look(organiser, "institution")
    follow(organiser, "main form.form button[type=submit]")
    assert f"0 z {quota}" in words(organiser, "tr:has-text('Urząd Miasta')")


def invite(page: Page, first_name: str, last_name: str) -> None:
    """Fill the form in and send it."""
    page.fill("[name=first_name]", first_name)
    page.fill("[name=last_name]", last_name)
    page.fill("[name=email]", "biuro@example.org")
    page.select_option("[name=category]", label="partner społeczny")
    follow(page, "main form.form button[type=submit]")
