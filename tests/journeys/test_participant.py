"""Somebody reads the programme, registers, signs up, gets the mail, and gives a place back."""

import hashlib
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import icalendar
import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page

from tests.harness.chromium import View
from tests.harness.mailbox import Mailbox, invite_of, text_of
from tests.journeys.conftest import LAPTOP, PHONE
from tests.journeys.stage import EVENT, Stage, follow, look, words

MOMENT = "sign-ups"
EMAIL = "ewa.zolc@example.org"
# Both at 9:00 on the second day; two seats are left in the first, none in the second.
FUNDRAISING = "Fundraising: darczyńcy, 1,5% podatku i zbiórki"
BREAK_EVEN = "Analiza progu rentowności w przedsiębiorstwie społecznym"
COSTS = "Rozliczanie kosztów i przychodów: projekt a działalność gospodarcza"
FILM = "Opowiedz o swojej organizacji: zdjęcie, tekst, minutowy film"
SECOND_DAY = f"/{EVENT}/programme?day=2027-06-17"


@pytest.fixture
def begun(stage: Stage) -> Stage:
    """The demonstration on 20 May, when sign-ups are open."""
    stage.begin(MOMENT)
    return stage


# Waits until the phone keeps so many pages of its owner.
KEPT_HERE = """async (number) => {
  for (const end = Date.now() + 20_000; Date.now() < end; ) {
    const kept = await (await caches.open("own-programme")).keys();
    const own = kept.filter((one) => /\\/my(\\/badge)?$/.test(new URL(one.url).pathname));
    if (own.length === number) return;
    await new Promise((done) => setTimeout(done, 30));
  }
  throw new Error(`not ${number} pages`);
}"""

# Pages are on their way into the store while the device is asked to forget them.
KEEP_WHILE_FORGETTING = """(form) => {
  const keep = ["", "/badge"].map((page) => form.action.replace("/forget", page));
  const worker = navigator.serviceWorker.controller;
  for (let round = 0; round < 10; round += 1) worker.postMessage({ keep });
  form.requestSubmit();
}"""


# --- steps --------------------------------------------------------------------------------


def register(page: Page) -> None:
    """Fill in the form in full and send it."""
    page.fill("[name=first_name]", "Ewa")
    page.fill("[name=last_name]", "Żółć")
    page.fill("[name=email]", EMAIL)
    page.select_option("[name=category]", "fundacja")
    page.fill("[name=organisation]", "Fundacja Próbna")
    page.check("[name=clause]")
    follow(page, "main form button[type=submit]")


def approve(stage: Stage, organiser: Page, name: str = "Żółć") -> None:
    """Let an organiser accept the registration."""
    stage.enter(organiser, MOMENT, "organiser")
    organiser.goto(stage.link(f"/desk/people?q={name}"))
    follow(organiser, "tbody a")
    follow(organiser, "button[name=state][value=qualified]")


def card(page: Page, title: str) -> Any:
    """Return the card of a session."""
    return page.locator(".session", has=page.get_by_role("link", name=title, exact=True))


def press(page: Page, title: str, act: str) -> None:
    """Press the button of a session's card that does *act*."""
    follow(page, card(page, title).locator(f"form[action$='/{act}'] button"))


def letter_about(
    letters: Mailbox, subject: str, page: Page, *, to: str = EMAIL, invites: bool = False
) -> Any:
    """Wait for a letter with these words in its subject, and with a calendar if it *invites*."""
    for _ in range(200):
        for letter in letters.to(to):
            fits = subject in " ".join(str(letter["Subject"]).split())
            if fits and (not invites or "text/calendar" in str(letter)):
                return letter
        page.wait_for_timeout(100)
    raise AssertionError(f"no such letter: {[str(one['Subject']) for one in letters.all()]}")


def invited(letters: Mailbox, title: str, page: Page) -> Any:
    """Wait for the invitation to a session and return its only event."""
    calendar = invite_of(letter_about(letters, title, page, invites=True))
    assert calendar["METHOD"] == "REQUEST"
    [entry] = calendar.walk("VEVENT")
    return entry


def personal_link(letter: Any) -> str:
    """Return the personal link of a letter."""
    found = re.search(rf"https?://\S+/{EVENT}/my/\S+", text_of(letter))
    assert found, text_of(letter)
    return found[0]


# --- the whole way ------------------------------------------------------------------------


def test_from_the_programme_to_a_seat_and_back(
    begun: Stage, open_page: Callable[..., Page], device: View
) -> None:
    page = open_page(device)
    letters = begun.mailbox(MOMENT)
    read_about_it(page, begun)
    register_with_one_error(page)
    approve(begun, open_page(LAPTOP))

    page.goto(begun.url + SECOND_DAY)
    assert "2" in words(page, f".session:has-text('{FUNDRAISING}') .seats")
    press(page, FUNDRAISING, "sign-up")
    look(page, "programme-with-a-seat")
    assert card(page, FUNDRAISING).locator("form[action$='/leave']").count() == 1
    assert FUNDRAISING in card(page, BREAK_EVEN).inner_text()  # the clash is named
    assert card(page, BREAK_EVEN).locator("form").count() == 0
    press(page, COSTS, "sign-up")
    assert "4" in words(page, f".session:has-text('{COSTS}') .session__foot")

    entry = invited(letters, FUNDRAISING, page)
    assert (entry["SEQUENCE"], str(entry["ATTENDEE"])) == (0, f"mailto:{EMAIL}")
    assert entry["DTSTART"].params["TZID"] == "Europe/Warsaw"
    assert entry["DTSTART"].dt.isoformat() == "2027-06-17T09:00:00+02:00"
    assert str(entry["UID"])

    other = open_page(device)
    other.goto(personal_link(letter_about(letters, FUNDRAISING, page)))
    assert urlsplit(other.url).path == f"/{EVENT}/my"
    look(other, "my-programme")
    assert card(other, FUNDRAISING).is_visible()
    press(other, FUNDRAISING, "leave")
    assert card(other, FUNDRAISING).count() == 0


def read_about_it(page: Page, stage: Stage) -> None:
    """Go from the list of events to the programme's second day."""
    stage.visit(page, MOMENT)
    look(page, "index")
    follow(page, f"main a[href='/{EVENT}/']")
    look(page, "home")
    follow(page, f"main a[href='/{EVENT}/programme']")
    assert page.locator(".day-tabs a").count() == 3
    follow(page, ".day-tabs a[href*='2027-06-17']")
    assert card(page, FUNDRAISING).is_visible()
    look(page, "programme-second-day")
    follow(page, page.get_by_role("link", name=FUNDRAISING).first)
    look(page, "session")


def register_with_one_error(page: Page) -> None:
    """Forget the clause first, then register."""
    follow(page, f"main a[href='/{EVENT}/register']")
    look(page, "register")
    page.eval_on_selector("main form", "form => { form.noValidate = true; }")
    page.fill("[name=first_name]", "Ewa")
    follow(page, "main form button[type=submit]")
    look(page, "register-with-errors")
    assert page.evaluate("document.activeElement.hasAttribute('data-errors')")
    assert page.input_value("[name=first_name]") == "Ewa"
    page.click("[data-errors] a[href='#clause']")
    register(page)
    assert urlsplit(page.url).path == f"/{EVENT}/my"
    look(page, "my-programme-pending")


# --- queues -------------------------------------------------------------------------------


def test_who_gives_a_place_up_lets_the_next_one_in(
    begun: Stage, open_page: Callable[..., Page]
) -> None:
    ewa, jacek = open_page(PHONE), open_page(PHONE)
    letters = begun.mailbox(MOMENT)
    begun.visit(ewa, MOMENT, f"/{EVENT}/register")
    register(ewa)
    approve(begun, open_page(LAPTOP))
    ewa.goto(begun.link("/programme?day=2027-06-18"))
    press(ewa, FILM, "sign-up")
    assert letter_about(letters, FILM, ewa)
    assert "lista rezerwowa: miejsce 1" in words(ewa, f".session:has-text('{FILM}') .label")

    begun.enter(jacek, MOMENT, "participant")
    press(jacek, FILM, "leave")

    entry = invited(letters, FILM, ewa)
    assert (entry["SEQUENCE"], str(entry["ATTENDEE"])) == (0, f"mailto:{EMAIL}")
    ewa.reload()
    assert places(begun, FILM, "Żółć") == ["confirmed"]
    assert places(begun, FILM, "Umownicki") == ["cancelled"]


def places(stage: Stage, title: str, last_name: str) -> list[str]:
    """Return the states of one person's sign-ups for a session, from the database."""
    query = """SELECT sign_up.state FROM sign_up
        JOIN registration ON registration.id = sign_up.registration_id
        JOIN session ON session.id = sign_up.session_id
        JOIN activity ON activity.id = session.activity_id
        WHERE json_extract(activity.title, '$.pl') = ? AND registration.last_name = ?
        AND registration.event_id = session.event_id ORDER BY sign_up.id"""
    return [row[0] for row in stage.rows(MOMENT, query, title, last_name)]


# --- a browser's ways ---------------------------------------------------------------------

# Jacek has seats on the second day from 10:45 on; at 9:00 he is free.
COOPERATIVE = "Spółdzielnia socjalna krok po kroku"
EMPLOYERS = "WTZ, CIS i KIS: jak współpracować z pracodawcami"


@pytest.fixture
def jacek(begun: Stage, open_page: Callable[..., Page]) -> Page:
    """The second day of the programme, as a participant with some seats sees it."""
    page = open_page(LAPTOP)
    begun.enter(page, MOMENT, "participant")
    page.goto(begun.url + SECOND_DAY)
    return page


def test_two_clicks_are_one_sign_up(begun: Stage, jacek: Page) -> None:
    card(jacek, COOPERATIVE).locator("form[action$='/sign-up'] button").dblclick()
    card(jacek, COOPERATIVE).locator("form[action$='/leave']").wait_for()

    jacek.goto(begun.url + SECOND_DAY)
    assert card(jacek, COOPERATIVE).locator("form[action$='/leave']").count() == 1
    assert places(begun, COOPERATIVE, "Umownicki") == ["confirmed"]


def test_the_way_back_does_not_sign_up_twice(begun: Stage, jacek: Page) -> None:
    jacek.goto(begun.link("/programme?day=2027-06-17&kind=lecture"))
    press(jacek, COOPERATIVE, "sign-up")
    jacek.go_back()

    acts = card(jacek, COOPERATIVE).locator("form")
    if "sign-up" in str(acts.get_attribute("action")):
        follow(jacek, acts.locator("button"))
    jacek.goto(begun.url + SECOND_DAY)

    assert card(jacek, COOPERATIVE).locator("form[action$='/leave']").count() == 1
    assert places(begun, COOPERATIVE, "Umownicki") == ["confirmed"]


def test_an_old_window_is_refused_with_the_reason(begun: Stage, jacek: Page) -> None:
    other = jacek.context.new_page()
    other.goto(begun.url + SECOND_DAY)
    press(jacek, EMPLOYERS, "leave")
    press(jacek, FUNDRAISING, "sign-up")

    press(other, COOPERATIVE, "sign-up")

    assert FUNDRAISING in words(other, ".toast")
    look(other, "refused")
    assert places(begun, COOPERATIVE, "Umownicki") == []
    assert places(begun, FUNDRAISING, "Umownicki") == ["confirmed"]


def test_everything_works_without_scripts(begun: Stage, open_page: Callable[..., Page]) -> None:
    page = open_page(PHONE, java_script_enabled=False)
    begun.visit(page, MOMENT, f"/{EVENT}/register")
    register(page)
    assert urlsplit(page.url).path == f"/{EVENT}/my"
    approve(begun, open_page(LAPTOP))

    page.goto(begun.url + SECOND_DAY)
    press(page, FUNDRAISING, "sign-up")
    assert places(begun, FUNDRAISING, "Żółć") == ["confirmed"]
    press(page, FUNDRAISING, "leave")
    assert places(begun, FUNDRAISING, "Żółć") == ["cancelled"]

    page.goto(begun.link("/my"))
    page.click("summary:has-text('Rezygnacja z udziału')")
    page.click("details details:has(form[action$='/my/cancel']) summary")
    follow(page, "form[action$='/my/cancel'] button")
    assert urlsplit(page.url).path != f"/{EVENT}/my"


# --- the badge ----------------------------------------------------------------------------


def test_the_badge_is_read_off_the_screen(
    begun: Stage, open_page: Callable[..., Page], device: View
) -> None:
    page = open_page(device)
    begun.enter(page, MOMENT, "participant")
    follow(page, f"main a[href='/{EVENT}/my/badge']")
    look(page, "badge")
    code = words(page, ".qr__code")

    picture = Image.open(io.BytesIO(page.screenshot()))
    [found] = zxingcpp.read_barcodes(picture)

    assert found.text == f"{begun.url.upper()}/B/{code}"
    assert re.fullmatch("[0-9A-HJKMNP-TV-Z]{26}", code)
    hashed = hashlib.sha256(code.encode()).digest()
    [(kept,)] = begun.rows(
        MOMENT, "SELECT badge_hash FROM registration WHERE last_name = 'Umownicki' AND event_id = 2"
    )
    assert kept in {hashed, hashed.hex()}


def test_programme_and_badge_open_without_network(
    begun: Stage, open_page: Callable[..., Page], device: View
) -> None:
    page = open_page(device)
    begun.enter(page, MOMENT, "participant")
    page.goto(begun.link("/my"))
    name = words(page, ".qr__name")
    page.evaluate(KEPT_HERE, 2)

    page.context.set_offline(True)
    page.goto(begun.link("/my/badge"))
    assert words(page, ".qr__name") == name
    page.locator("[data-offline]").wait_for(state="visible")
    look(page, "badge-without-network")
    page.goto(begun.link("/my"))
    assert words(page, ".qr__name") == name
    page.context.set_offline(False)

    page.goto(begun.link("/my"))
    page.locator("[data-offline]").wait_for(state="hidden")
    with page.expect_navigation():
        page.locator("form[action$='/my/forget']").evaluate(KEEP_WHILE_FORGETTING)
    page.wait_for_timeout(500)
    page.evaluate(KEPT_HERE, 0)


# --- in English, and the letters ----------------------------------------------------------


def test_in_english(begun: Stage, open_page: Callable[..., Page]) -> None:
    page = open_page(View(360, "light", "en-GB"))
    begun.visit(page, MOMENT)
    for path in ("/", f"/{EVENT}/", SECOND_DAY, f"/{EVENT}/register"):
        page.goto(begun.url + path)
        assert page.locator("html").get_attribute("lang") == "en"
        look(page, "english" + path.partition("?")[0].replace("/", "-"))
    register(page)
    assert words(page, "h1") == "My programme"
    look(page, "english-my-programme")

    letter = letter_about(begun.mailbox(MOMENT), "", page)
    assert "seminar" in str(letter["Subject"]).lower()
    follow(page, "a[href='/mailbox/']")
    look(page, "english-letters")
    follow(page, "tbody a")
    look(page, "english-letter")


def test_an_invite_can_be_taken_from_the_letter(begun: Stage, jacek: Page) -> None:
    press(jacek, COOPERATIVE, "sign-up")
    assert letter_about(begun.mailbox(MOMENT), COOPERATIVE, jacek, to="jacek.umownicki@example.org")
    follow(jacek, "a[href='/mailbox/']")
    follow(jacek, "tbody a")
    look(jacek, "letter")
    with jacek.expect_download() as download:
        jacek.locator("a[download]").first.click()

    content = Path(download.value.path()).read_bytes()
    assert icalendar.Calendar.from_ical(content)["METHOD"] == "REQUEST"
