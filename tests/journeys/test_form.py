"""The organiser asks one thing more; somebody answers it, on the phone and without a script."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.harness.chromium import View
from tests.journeys.conftest import LAPTOP, PHONE
from tests.journeys.stage import EVENT, Stage, follow, look, words

MOMENT = "sign-ups"
STOP = "[data-question='q_na_ktorym_przystanku_wsiadziesz']"


@pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])
def test_what_the_organiser_asks_is_answered_by_whom_it_concerns(
    stage: Stage, open_page: Callable[..., Page], script: bool
) -> None:
    stage.begin(MOMENT)
    organiser = open_page(LAPTOP)
    stage.enter(organiser, MOMENT, "organiser")
    organiser.goto(stage.link("/desk/form"))
    ask(organiser, seen=script)

    person = open_page(PHONE, java_script_enabled=script)
    stage.visit(person, MOMENT, f"/{EVENT}/register")
    person.fill("[name=first_name]", "Ewa")
    person.fill("[name=last_name]", "Żółć")
    person.fill("[name=email]", "ewa@example.org")
    person.select_option("[name=category]", "fundacja")
    person.check("[name=clause]")
    follow(person, "main form button[type=submit]")
    assert "Prosimy odpowiedzieć na to pytanie" in words(person, "main")
    assert person.input_value("[name=last_name]") == "Żółć"
    person.check("[name=q_czy_to_pierwszy_raz][value=yes]")
    if script:
        look(person, "register-asked")
    follow(person, "main form button[type=submit]")

    follow(person, person.get_by_role("link", name="Moje dane").first)
    assert person.locator(STOP).is_visible() is not script
    person.check("[name=q_czy_przyjedziesz_autokarem_ktory_oplaca][value=yes]")
    person.fill(f"{STOP} input", "Poraj")
    if script:
        look(person, "my-details")
    follow(person, "main form button[type=submit]")
    assert person.input_value(f"{STOP} input") == "Poraj"


def ask(organiser: Page, *, seen: bool) -> None:
    """Add a question that must be answered, and look at the builder."""
    organiser.click("summary:has-text('Dodaj pytanie')")
    organiser.fill("[name=label_pl]", "Czy to pierwszy raz?")
    organiser.select_option("[name=kind]", "yes-no")
    assert not organiser.locator("[name=choices]").is_visible()
    organiser.check("[name=required]")
    follow(organiser, "form.form button[type=submit]")
    assert "Pytanie dodano." in words(organiser, "[role=status]")
    if seen:
        for name in ("", "/fields", "/categories", "/clause", "/preview"):
            organiser.goto(organiser.url.partition("/desk/form")[0] + f"/desk/form{name}")
            look(organiser, f"form{name.replace('/', '-')}")


def test_a_frozen_correction_is_decided(stage: Stage, open_page: Callable[..., Page]) -> None:
    stage.begin("door")
    person, organiser = open_page(View(360, "light")), open_page(LAPTOP)
    stage.enter(person, "door", "participant")
    person.goto(stage.link("/my/details"))
    person.select_option("[name=diet]", "wegańska")
    follow(person, "main form button[type=submit]")
    assert "Poprawka czeka na decyzję organizatora" in words(person, "main")

    stage.enter(organiser, "door", "organiser")
    organiser.goto(stage.link("/desk/corrections"))
    look(organiser, "corrections")
    follow(organiser, organiser.get_by_role("button", name="Przyjmij poprawkę"))
    person.reload()
    assert person.input_value("[name=diet]") == "wegańska"
