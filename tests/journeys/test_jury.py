"""The jury scores, meets, counts, breaks the tie and keeps silence until the embargo ends."""

from collections.abc import Callable
from datetime import datetime

import pytest
from playwright.sync_api import Page

from tests.harness.chromium import View, eventually
from tests.journeys.conftest import LAPTOP, PHONE
from tests.journeys.stage import Stage, follow, look, seminar, words

SAVED = "document.querySelector('[data-saved]').textContent.trim()"
JUROR = "Ubiegłoroczna"
COMMENT = "Najlepiej udokumentowany debiut."


# --- the juror ----------------------------------------------------------------------------


@pytest.fixture
def scoring(stage: Stage) -> Stage:
    """The demonstration on 24 May: 82 of 153 cards are in."""
    stage.begin("scoring")
    return stage


def test_a_juror_scores_and_declares_a_conflict(
    scoring: Stage, open_page: Callable[..., Page], device: View
) -> None:
    page = open_page(device)
    scoring.enter(page, "scoring", "juror")
    look(page, "jury-queue")
    before = cards(scoring)

    follow(page, ".page-head a.button--primary")
    look(page, "jury-scoring")
    for score in page.locator("[data-score]").all():
        score.locator("label", has_text="7").first.click()
    page.fill("[name=comment]", COMMENT)
    eventually(page, f"{SAVED} && !{SAVED}.includes('…')")
    page.wait_for_timeout(1500)  # the comment is saved a second after the last key
    eventually(page, f"{SAVED} && !{SAVED}.includes('…')")
    assert words(page, "[data-total]") == "70,00"
    look(page, "jury-scored")

    page.reload()
    assert page.locator("[data-score] input:checked").count() == 4
    assert page.input_value("[name=comment]") == COMMENT
    assert words(page, "[data-total]") == "70,00"
    assert cards(scoring) == before + 1

    follow(page, "[data-onwards] >> nth=-1")
    follow(page, "a[href$='/recusal']")
    look(page, "jury-recusal")
    excluded = page.url
    page.fill("[name=reason]", "Byłam doradczynią tej organizacji.")
    follow(page, "main form button[type=submit]")
    assert page.locator("tbody .label--warn").count() == 2  # one was excluded before
    assert page.goto(excluded).status != 200  # type: ignore[union-attr]
    page.goto(scoring.link("/jury/summary"))
    look(page, "jury-summary")


def cards(stage: Stage) -> int:
    """Count the cards of this juror."""
    query = """SELECT count(*) FROM ballot JOIN juror ON juror.id = juror_id
        JOIN person ON person.id = person_id WHERE last_name = ? AND voided_at IS NULL"""
    return int(stage.rows("scoring", query, JUROR)[0][0])


def test_a_juror_needs_no_script(scoring: Stage, open_page: Callable[..., Page]) -> None:
    page = open_page(PHONE, java_script_enabled=False)
    scoring.enter(page, "scoring", "juror")
    follow(page, ".page-head a.button--primary")
    for score in page.locator("[data-score]").all():
        score.locator("label", has_text="10").first.click()
    follow(page, "[data-save]")

    assert page.locator("[data-score] input[value='10']:checked").count() == 4
    assert words(page, "[data-total]") == "100,00"


def test_two_windows_of_one_juror(scoring: Stage, open_page: Callable[..., Page]) -> None:
    page = open_page(LAPTOP)
    scoring.enter(page, "scoring", "juror")
    follow(page, ".page-head a.button--primary")
    other = page.context.new_page()
    other.goto(page.url)
    page.locator("[data-score]").first.locator("label", has_text="9").first.click()
    eventually(page, f"{SAVED} && !{SAVED}.includes('…')")

    other.locator("[data-score]").first.locator("label", has_text="3").first.click()
    eventually(other, "!document.querySelector('[data-warning]').hidden")

    look(other, "jury-other-window")
    other.reload()
    assert other.locator("[data-score] input:checked").count() == 1


# --- the chair ----------------------------------------------------------------------------


@pytest.fixture
def meeting(stage: Stage) -> Stage:
    """The demonstration on 31 May, five minutes before the jury meets."""
    stage.begin("meeting")
    return stage


def test_the_chair_leads_the_meeting_to_the_results(
    meeting: Stage, open_page: Callable[..., Page]
) -> None:
    page = open_page(LAPTOP)
    meeting.enter(page, "meeting", "chair")
    page.goto(meeting.link("/jury/coverage"))
    look(page, "jury-coverage")
    assert "153 / 153" in words(page, ".progress__text") or "154" in words(page, ".progress__text")
    settle_what_came_up(page, meeting)
    for award in seminar()["awards"]["categories"]:
        count(page, meeting, award["name"]["pl"])
    break_the_tie(page, meeting)

    page.goto(meeting.link("/jury/results"))
    look(page, "jury-verdicts")
    found = winners(page)
    assert {award: name for award, name in laureates().items() if name not in found[award]} == {}
    page.goto(meeting.link("/jury/minutes"))
    look(page, "jury-minutes")
    page.goto(meeting.link("/jury/results"))
    follow(page, "form[action$='/publication'] button")

    visitor = open_page(PHONE)
    meeting.visit(visitor, "meeting")
    visitor.goto(meeting.link("/awards/results"))
    assert silent(visitor)


def settle_what_came_up(page: Page, stage: Stage) -> None:
    """Record the conflict and the absence that came up at the meeting."""
    given = seminar()["awards"]
    [late] = given["voided_ballots"]
    page.goto(stage.link("/jury/conflicts"))
    look(page, "jury-conflicts")
    form = page.locator("section:has(#record) form")
    form.locator("[name=juror]").select_option(label=juror(stage, late["juror"]))
    form.locator("[name=nomination]").select_option(
        str(id_of(stage, "nomination", late["nomination"]))
    )
    form.locator("[name=reason]").fill(late["reason"])
    follow(page, form.locator("button[type=submit]"))
    page.goto(stage.link("/jury/coverage"))
    for absence in given["absences"]:
        page.click("details:has(form[action$='/absences']) summary")
        form = page.locator("form[action$='/jury/absences']")
        form.locator("[name=round]").select_option(label=name_of(absence["category"]))
        form.locator("[name=juror]").select_option(label=juror(stage, absence["juror"]))
        form.locator("[name=reason]").fill(absence["reason"])
        follow(page, form.locator("button[type=submit]"))


def count(page: Page, stage: Stage, award: str) -> None:
    """Close the scoring of an award and count its cards."""
    page.goto(stage.link("/jury/results"))
    follow(page, page.get_by_role("link", name=award, exact=True))
    page.click("details:has(form[action$='/close']) summary")
    follow(page, "form[action$='/close'] button")
    follow(page, "form[action$='/count'] button")


def break_the_tie(page: Page, stage: Stage) -> None:
    """Decide the one tie as the chair did, with the ground."""
    [decision] = seminar()["awards"]["chair_decisions"]
    page.goto(stage.link("/jury/results"))
    follow(page, page.get_by_role("link", name=name_of(decision["category"]), exact=True))
    look(page, "jury-tie")
    follow(page, "a[href$='/tie']")
    look(page, "jury-decide")
    page.check(f"[name=choice][value='{id_of(stage, 'nomination', decision['choice'])}']")
    page.fill("[name=basis]", decision["basis"])
    follow(page, "main form button[type=submit]")


def winners(page: Page) -> dict[str, str]:
    """Return what the page says of each award: its decision, by the award's name."""
    return {words(row, "th"): words(row, "td >> nth=1") for row in page.locator("tbody tr").all()}


def laureates() -> dict[str, str]:
    """Return the oracle's winners by the name of their award."""
    given = seminar()
    names = {each["id"]: each["organisation_name"] for each in given["awards"]["nominations"]}
    decisions = given["expected"]["awards_decisions"]
    return {name_of(each["category"]): names[each["winner"]] for each in decisions}


def name_of(award: str) -> str:
    """Return an award's Polish name."""
    names = {each["id"]: each["name"]["pl"] for each in seminar()["awards"]["categories"]}
    return str(names[award])


def juror(stage: Stage, ref: str) -> str:
    """Return a juror's full name as the forms show it."""
    query = """SELECT trim(title || ' ' || first_name || ' ' || last_name) FROM juror
        JOIN person ON person.id = person_id WHERE juror.ref = ? AND juror.event_id = 2"""
    return str(stage.rows("meeting", query, ref)[0][0])


def id_of(stage: Stage, table: str, ref: str) -> int:
    """Return the id of a loaded row of this year's event."""
    query = f"SELECT id FROM {table} WHERE ref = ? AND event_id = 2"
    return int(stage.rows("meeting", query, ref)[0][0])


# --- the embargo --------------------------------------------------------------------------


def silent(page: Page) -> bool:
    """Tell whether a page names none of the laureates."""
    content = page.content()
    return not any(name in content for name in laureates().values())


def test_the_results_open_at_the_second(stage: Stage, open_page: Callable[..., Page]) -> None:
    stage.begin("embargo", at=datetime.fromisoformat("2027-06-16T16:09:45+02:00"))
    page = open_page(PHONE)
    stage.visit(page, "embargo")
    page.goto(stage.link("/awards/results"))
    assert silent(page)
    look(page, "results-closed")
    for path in ("/", "/programme", "/awards/"):
        page.goto(stage.link(path))
        assert silent(page)

    page.goto(stage.link("/awards/results"))
    for _ in range(40):
        if page.locator(".laurels").count():
            break
        page.wait_for_timeout(500)
        page.reload()

    shown = {" ".join(name.split()) for name in page.locator(".laurels__name").all_inner_texts()}
    assert shown == set(laureates().values())


@pytest.mark.parametrize("view", [LAPTOP, PHONE, View(360, "light", "en-GB")], ids=str)
def test_what_everybody_reads_of_the_awards(
    stage: Stage, open_page: Callable[..., Page], view: View
) -> None:
    stage.begin("after")
    page = open_page(view)
    stage.visit(page, "after")
    for path in ("/awards/", "/awards/results", "/practical", "/privacy", "/accessibility"):
        page.goto(stage.link(path))
        assert page.locator("html").get_attribute("lang") == view.locale[:2]
        look(page, f"{view.locale[:2]}{path.replace('/', '-')}")
