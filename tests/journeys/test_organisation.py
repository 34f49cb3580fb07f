"""C03: an organisation sends somebody else, and a colleague registers several at once."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from playwright.sync_api import Page

from tests.journeys.conftest import LAPTOP, PHONE
from tests.journeys.stage import Stage, follow, look, words

MOMENT = "sign-ups"
# When the two of the seminar's file asked: the day before the first day.
C03 = datetime(2027, 6, 15, 13, 20, tzinfo=ZoneInfo("Europe/Warsaw"))
REPLACED = """
    SELECT state, badge_hash FROM registration WHERE id =
        (SELECT replaces_id FROM registration WHERE email = 'dariusz@example.org')
"""
CANARY = "kanarek-5520"


def test_somebody_else_comes_instead(stage: Stage, open_page: Callable[..., Page]) -> None:
    stage.begin(MOMENT, C03)
    person = open_page(PHONE)
    stage.enter(person, MOMENT, "participant")
    person.goto(stage.link("/my"))
    badge = words(person, ".qr__code")
    person.click("summary:has-text('Zastępstwo')")
    kept = person.locator("details [name=session_id]")
    assert kept.count() > 1
    kept.first.uncheck()
    passed = [one.inner_text() for one in person.locator("label:has(:checked)").all()]
    look(person, "pass-on")
    follow(person, "button:has-text('Utwórz link')")
    link = person.input_value("#pass-on-link")

    other = open_page(PHONE)
    stage.visit(other, MOMENT, link.removeprefix(stage.url))
    assert "Zastępstwo za osobę" in words(other, ".notice")
    look(other, "take-place")
    for name, typed in {
        "first_name": "Dariusz",
        "last_name": "Spinaczewski",
        "email": "dariusz@example.org",
    }.items():
        other.fill(f"[name={name}]", typed)
    other.select_option("[name=category]", index=1)
    other.check("[name=clause]")
    follow(other, "main button:has-text('Zajmij miejsce')")

    assert "Dariusz Spinaczewski" in words(other, ".qr__name")
    assert words(other, ".qr__code") != badge
    mine = words(other, "main")
    for title in passed:
        assert title.split(",")[0] in mine
    person.goto(stage.link("/my"))
    assert "/sign-in" in person.url
    assert stage.rows(MOMENT, REPLACED) == [("replaced", None)]


def test_a_colleague_registers_several(stage: Stage, open_page: Callable[..., Page]) -> None:
    stage.begin(MOMENT)
    page = open_page(LAPTOP)
    stage.visit(page, MOMENT, f"{stage.link('')[len(stage.url) :]}/register-several")
    page.fill("[name=person-1-first_name]", "Anna")
    page.fill("[name=person-1-last_name]", "Żuk")
    follow(page, "button[name=more]")
    assert page.input_value("[name=person-1-last_name]") == "Żuk"
    look(page, "register-several")
    for name, typed in {
        "organisation": "Spółdzielnia Próbna",
        "contact_name": "Ewa Biurowa",
        "contact_email": "biuro@example.org",
        "person-3-first_name": "Jan",
        "person-3-last_name": "Ćma",
        "still_unnamed": "1",
    }.items():
        page.fill(f"[name={name}]", typed)
    page.select_option("[name=category]", index=1)
    page.check("[name=told]")
    follow(page, ".form__actions button")

    assert [one.inner_text() for one in page.locator("tbody th").all()] == ["Ćma Jan", "Żuk Anna"]
    look(page, "our-people")
    group, link = page.url, page.input_value("[id^=link-]")
    other = open_page(PHONE)
    stage.visit(other, MOMENT, link.removeprefix(stage.url))
    other.fill("[name=first_name]", "Ola")
    other.fill("[name=last_name]", "Nowa")
    other.fill("[name=email]", f"{CANARY}@example.org")
    other.check("[name=clause]")
    follow(other, "main button:has-text('Zajmij miejsce')")

    page.goto(group)
    assert "Nowa Ola" in words(page, "tbody")
    assert CANARY not in page.content()
    page.goto(f"{group}/sheet")
    look(page, "our-people-sheet")
    stage.enter(page, MOMENT, "contact")
    follow(page, "tbody a")
    look(page, "colleague")
