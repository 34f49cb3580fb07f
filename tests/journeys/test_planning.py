"""A coordinator changes the plan: in a draft, warned of clashes, then for everybody at once."""

import re
from collections.abc import Callable
from datetime import datetime

from playwright.sync_api import Page

from tests.harness.chromium import View
from tests.journeys.conftest import LAPTOP, PHONE
from tests.journeys.stage import EVENT, Stage, follow, look, seminar, words

FUNDS = "Pozyskiwanie funduszy na realizację projektów: od pomysłu do wniosku"
MEDIA = "Media społecznościowe dla małej organizacji"
PRIVACY = "RODO i dostępność w codziennej pracy organizacji"
NOON = datetime.fromisoformat("2027-06-16T12:10:00+02:00")


def session_id(stage: Stage, moment: str, ref: str) -> int:
    query = (
        "SELECT session.id FROM session JOIN event ON event.id = event_id "
        "WHERE session.ref = ? AND slug = ?"
    )
    return int(stage.rows(moment, query, ref, EVENT)[0][0])


def see_the_list(page: Page) -> None:
    """Choose the list where the window is wide enough for the timetable; the browser keeps it."""
    if page.locator("[data-plan-view=list]").is_visible():
        page.click("[data-plan-view=list]")


def choose_room(page: Page, name: str) -> None:
    """Choose the room whose name begins so."""
    value = page.locator("#room option", has_text=re.compile(f"^{name}")).get_attribute("value")
    page.select_option("#room", value)


def test_a_room_fails_at_noon(stage: Stage, open_page: Callable[..., Page], device: View) -> None:
    """C01: the monitor in room B is dead; one way out is blocked, the other is not."""
    stage.begin("door", NOON)
    page = open_page(device)
    stage.enter(page, "door", "organiser")
    page.goto(stage.link("/desk/plan?day=2027-06-16"))
    look(page, "plan")
    see_the_list(page)
    look(page, "plan-list")

    follow(page, page.locator("tr", has_text=FUNDS).get_by_role("link", name="Przenieś"))
    look(page, "plan-move")
    choose_room(page, "Sala inauguracyjna")
    follow(page, "form button:has-text('Przenieś w wersji roboczej')")
    finding = words(page, ".findings li")
    assert FUNDS in finding
    assert PRIVACY in finding
    look(page, "plan-with-an-error")
    page.goto(stage.link("/desk/plan/release"))
    assert page.locator("form button:has-text('Opublikuj')").count() == 0
    look(page, "release-held-up")

    page.goto(stage.link("/desk/history"))
    page.goto(stage.link("/desk/plan?day=2027-06-16"))
    follow(page, page.locator("tr", has_text=FUNDS).get_by_role("link", name="Przenieś"))
    choose_room(page, "Sala A")
    follow(page, "form button:has-text('Przenieś w wersji roboczej')")
    assert page.locator(".findings--error, .finding--error").count() == 0

    follow(page, page.locator("tr", has_text=MEDIA).get_by_role("link", name="Przenieś"))
    choose_room(page, "Foyer")
    follow(page, "form button:has-text('Przenieś w wersji roboczej')")
    assert "przeniesione" in words(page, f"tr:has-text('{MEDIA}')")
    follow(page, page.get_by_role("link", name="Opublikuj 1 zmianę"))
    look(page, "release")
    assert "Sala B" in words(page, ".told")
    assert "Foyer" in words(page, ".told")
    follow(page, "form button:has-text('Opublikuj i powiadom')")
    look(page, "plan-released")

    media = session_id(stage, "door", "S07")
    assert stage.rows("door", "SELECT DISTINCT sequence FROM invite WHERE session_id = ? AND "
                      "status = 'requested'", media) == [(1,)]  # fmt: skip
    announced = "SELECT count(*) FROM job WHERE name = 'invites.announce' AND state = 'queued'"
    assert stage.rows("door", announced) == [(1,)]
    stage.visit(page, "door", f"/seminarium-es-2027/sessions/{media}")
    assert "Foyer" in words(page, ".lead")
    page.goto(stage.link("/changes"))
    assert "Foyer" in words(page, ".changes")
    look(page, "changes")
    follow(page, page.get_by_role("link", name="Program z tamtej chwili"))
    look(page, "earlier-release")


def test_an_edit_is_taken_back_from_its_toast(stage: Stage, open_page: Callable[..., Page]) -> None:
    stage.begin("sign-ups")
    page = open_page(LAPTOP)
    stage.enter(page, "sign-ups", "organiser")
    page.goto(stage.link(f"/desk/plan/{session_id(stage, 'sign-ups', 'S07')}"))
    look(page, "plan-session")
    page.fill("#title_pl", "Zażółć gęślą jaźń")
    follow(page, "form button:has-text('Zapisz w wersji roboczej')")
    assert page.locator("th a", has_text="Zażółć gęślą jaźń").count() == 1

    follow(page, ".toast button")

    assert page.locator("th a", has_text="Zażółć gęślą jaźń").count() == 0
    assert page.locator("th a", has_text=MEDIA).count() == 1
    follow(page, ".toast button")
    assert page.locator("th a", has_text="Zażółć gęślą jaźń").count() == 1


def test_the_later_of_two_tabs_is_told(stage: Stage, open_page: Callable[..., Page]) -> None:
    stage.begin("sign-ups")
    first = open_page(LAPTOP)
    stage.enter(first, "sign-ups", "organiser")
    address = stage.link(f"/desk/plan/{session_id(stage, 'sign-ups', 'S07')}")
    first.goto(address)
    second = first.context.new_page()
    second.goto(address)
    second.fill("#capacity", "17")
    follow(second, "form button:has-text('Zapisz w wersji roboczej')")

    first.fill("#title_pl", "Moja wersja")
    follow(first, "form button:has-text('Zapisz w wersji roboczej')")

    assert "zmienił" in words(first, ".toast")
    assert first.input_value("#title_pl") == "Moja wersja"
    second.close()


def test_a_trainer_falls_ill(stage: Stage, open_page: Callable[..., Page]) -> None:
    """C02: somebody else leads the workshop; whoever is busy then is found out."""
    stage.begin("door")
    page = open_page(PHONE)
    stage.enter(page, "door", "organiser")
    number = session_id(stage, "door", "S13")
    ill, stands_in = (
        next(one for one in seminar()["speakers"] if one["id"] == ref) for ref in ("SP07", "SP13")
    )
    page.goto(stage.link(f"/desk/plan/{number}"))
    page.get_by_label(f"{ill['first_name']} {ill['last_name']}").uncheck()
    page.get_by_label(f"{stands_in['first_name']} {stands_in['last_name']}").check()
    follow(page, "form button:has-text('Zapisz w wersji roboczej')")
    page.goto(stage.link("/desk/plan/release"))
    assert stands_in["last_name"] in words(page, ".told")
    follow(page, "form button:has-text('Opublikuj i powiadom')")

    page.goto(stage.link(f"/sessions/{number}"))
    assert stands_in["last_name"] in words(page, "section:has(#who)")
    assert ill["last_name"] not in words(page, "section:has(#who)")


def test_too_few_signed_up(stage: Stage, open_page: Callable[..., Page]) -> None:
    """C14: a session is called off; everybody who had a place is told, once."""
    stage.begin("sign-ups")
    page = open_page(LAPTOP)
    stage.enter(page, "sign-ups", "organiser")
    number = session_id(stage, "sign-ups", "S07")
    held = stage.rows(
        "sign-ups",
        "SELECT count(*) FROM sign_up JOIN registration ON registration.id = registration_id "
        "WHERE session_id = ? AND sign_up.state IN ('confirmed', 'waiting') AND email IS NOT NULL",
        number,
    )[0][0]
    page.goto(stage.link(f"/desk/plan/{number}"))
    page.locator("summary:has-text('Odwołaj zajęcia')").click()
    look(page, "plan-call-off")
    follow(page, "form button:has-text('Tak, odwołaj')")
    page.goto(stage.link("/desk/plan/release"))
    follow(page, "form button:has-text('Opublikuj i powiadom')")

    assert stage.rows("sign-ups", "SELECT state FROM session WHERE id = ?", number) == [
        ("cancelled",)
    ]
    told = "SELECT count(*) FROM job WHERE name = 'mail:signups.left'"
    assert stage.rows("sign-ups", told)[0][0] == held
    page.goto(stage.link("/programme?day=2027-06-16"))
    assert "odwołane" in words(page, f".session:has-text('{MEDIA}')")


def test_a_new_session_speaker_and_break_in_english(
    stage: Stage, open_page: Callable[..., Page], device: View
) -> None:
    stage.begin("sign-ups")
    page = open_page(View(device.width, device.theme, "en-GB"))
    stage.enter(page, "sign-ups", "organiser")
    if device.width < 960:
        page.click(".side-phone summary")
    follow(page, "button[lang=en] >> visible=true")
    page.goto(stage.link("/desk/speakers"))
    page.locator("summary:has-text('Add a speaker')").click()
    look(page, "speakers")
    page.fill("#first_name", "Zdzisława")
    page.fill("#last_name", "O'Żółć-Brzęczyszczykiewicz")
    follow(page, "form button:has-text('Add to the speakers')")
    follow(page, page.get_by_role("link", name=re.compile("O'Żółć")))
    look(page, "speaker")

    page.goto(stage.link("/desk/plan/new?day=2027-06-17"))
    look(page, "plan-new-session")
    page.fill("#title_pl", "Zajęcia dodatkowe")
    page.fill("#ends_at", "2027-06-17T08:00")
    follow(page, "form button:has-text('Save in the draft')")
    assert page.locator(".errors").count() == 1
    assert page.input_value("#title_pl") == "Zajęcia dodatkowe"
    look(page, "plan-new-session-errors")
    page.fill("#ends_at", "2027-06-17T23:30")
    page.get_by_label("O'Żółć").check()
    follow(page, "form button:has-text('Save in the draft')")
    assert "new" in words(page, "tr:has-text('Zajęcia dodatkowe')")

    page.goto(stage.link("/desk/breaks/new?day=2027-06-17"))
    page.fill("#title_pl", "Herbata")
    page.fill("#starts_at", "2027-06-17T14:00")
    page.fill("#ends_at", "2027-06-17T13:00")
    follow(page, "form button:has-text('Save in the draft')")
    look(page, "break-errors")
    page.fill("#ends_at", "2027-06-17T14:20")
    follow(page, "form button:has-text('Save in the draft')")
    assert page.locator("th a", has_text="Herbata").count() == 1
    page.goto(stage.link("/desk/plan/findings"))
    look(page, "findings")
