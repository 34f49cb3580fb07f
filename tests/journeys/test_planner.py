"""A coordinator plans by hand: with a mouse, with a finger, with the keyboard alone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, Route

from tests.harness.chromium import View, eventually
from tests.journeys.conftest import LAPTOP, PHONE
from tests.journeys.stage import EVENT, Stage, follow, look, words

DAY = "/desk/plan?day=2027-06-16"
MEDIA = "Media społecznościowe dla małej organizacji"
PRIVACY = "RODO i dostępność w codziennej pracy organizacji"
MINUTE = 1.4  # pixels
STAGED = (
    "SELECT session.staged FROM session JOIN event ON event.id = event_id "
    "WHERE session.ref = ? AND slug = ?"
)


@pytest.fixture
def page(stage: Stage, open_page: Callable[..., Page]) -> Page:
    """The timetable of the first day, on a laptop, while people sign up."""
    stage.begin("sign-ups")
    opened = open_page(LAPTOP)
    stage.enter(opened, "sign-ups", "organiser")
    opened.goto(stage.link(DAY))
    return opened


def card(page: Page, title: str) -> Locator:
    return page.locator(".planner__card", has_text=title)


def times(page: Page, title: str) -> str:
    return words(card(page, title), ".planner__top")


def column(page: Page, room: str) -> Locator:
    return page.locator(".planner__room", has_text=room)


def rooms_of(page: Page, title: str) -> str:
    """Return what the list beside the timetable says of a session's room."""
    return page.locator("tr", has_text=title).locator("[data-label=Sala]").inner_text()


def box_of(locator: Locator) -> dict[str, float]:
    locator.scroll_into_view_if_needed()
    box = locator.bounding_box()
    assert box is not None
    return dict(box)


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Drag with a mouse, as hands do: not in one leap."""
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2, steps=4)
    page.mouse.move(*end, steps=4)
    page.mouse.up()


def wait_for(page: Page, title: str, shown: str) -> None:
    """Wait until a card of the timetable that came back shows these times."""
    page.locator(".planner:not([aria-busy]) .planner__card", has_text=title).filter(
        has_text=shown
    ).wait_for()


def staged(stage: Stage, ref: str = "S07") -> str:
    return str(stage.rows("sign-ups", STAGED, ref, EVENT)[0][0])


def test_a_session_is_dragged_to_another_room_and_time(page: Page, stage: Stage) -> None:
    before, room = times(page, MEDIA), rooms_of(page, MEDIA)
    assert (before, room) == ("14:20–15:50", "Sala B")
    box = box_of(card(page, MEDIA))
    target = box_of(column(page, "Foyer"))
    grabbed = (box["x"] + 30, box_of(card(page, MEDIA))["y"] + 40)

    drag(page, grabbed, (target["x"] + 30, grabbed[1] + 60 * MINUTE))

    wait_for(page, MEDIA, "15:20–16:50")
    page.locator(".toast").wait_for()  # the move stands; what it means comes a moment later
    assert rooms_of(page, MEDIA).startswith("Foyer")
    assert "przeniesione" in words(card(page, MEDIA), ".label")
    look(page, "planner-moved")
    page.locator(".toast button").click()
    wait_for(page, MEDIA, before)
    assert rooms_of(page, MEDIA) == room
    page.reload()
    assert times(page, MEDIA) == before


def test_a_session_is_made_shorter_at_its_edge(page: Page) -> None:
    box = box_of(card(page, MEDIA))
    edge = (box["x"] + 60, box["y"] + box["height"] - 3)

    drag(page, edge, (edge[0], edge[1] - 30 * MINUTE))

    wait_for(page, MEDIA, "14:20–15:20")


def test_while_one_drags_the_plan_tells_what_is_in_the_way(page: Page) -> None:
    busy = page.locator("tr[data-people]:not([data-people=''])").first
    title = busy.locator("th a").inner_text()
    box = box_of(card(page, title))
    page.mouse.move(box["x"] + 30, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(box["x"] + 30, box["y"] + 80, steps=3)
    look(page, "planner-dragging")
    page.keyboard.press("Escape")
    page.mouse.up()
    assert page.locator(".planner__card--lifted").count() == 0
    assert page.locator(".planner__away, .planner__card--same").count() == 0
    assert page.locator(".toast").count() == 0


def test_the_whole_plan_can_be_made_by_keyboard(page: Page, stage: Stage) -> None:
    handle = card(page, MEDIA).get_by_role("button")
    handle.focus()
    page.keyboard.press("Enter")
    assert handle.get_attribute("aria-pressed") == "true"
    look(page, "planner-lifted")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("-")
    assert words(page, "[data-planner-says]") == "14:55–16:20, Foyer"
    page.keyboard.press("Escape")
    assert words(page, "[data-planner-says]") == "Przywrócono."
    assert times(page, MEDIA) == "14:20–15:50"
    assert staged(stage) == "None"

    page.keyboard.press("Enter")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")

    eventually(page, "!!document.querySelector('.toast')")
    assert rooms_of(page, MEDIA).startswith("Foyer")
    # The reader is where the hand was, to go on from there.
    assert "Media" in str(page.evaluate("document.activeElement.getAttribute('aria-label')"))


def test_a_session_is_dropped_on_another_day(page: Page) -> None:
    box = box_of(card(page, MEDIA))
    page.mouse.move(box["x"] + 30, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(box["x"] + 40, box["y"] + 40, steps=2)
    tab = page.locator(".plan-tools .tabs__link", has_text="czwartek")
    tab.scroll_into_view_if_needed()
    over = tab.bounding_box()
    assert over is not None
    page.mouse.move(over["x"] + 20, over["y"] + 10, steps=4)
    assert "is-over" in (tab.get_attribute("class") or "")
    page.mouse.up()

    eventually(page, "!!document.querySelector('.toast')")

    assert "day=2027-06-17" in page.url
    assert times(page, MEDIA) == "14:20–15:50"


def test_what_waits_beside_the_plan_is_dragged_in_and_out(page: Page, stage: Stage) -> None:
    follow(page, page.locator(".planner__tray").get_by_role("link", name="Zanotuj"))
    look(page, "unplanned-empty")
    page.fill("#title_pl", "Zażółć gęślą jaźń")
    follow(page, "form button:has-text('Zanotuj')")
    look(page, "unplanned")
    page.goto(stage.link(DAY))
    item = page.locator(".tray__item", has_text="Zażółć")
    box = box_of(item)
    room = box_of(column(page, "Sala A"))

    drag(page, (box["x"] + 40, box["y"] + 15), (room["x"] + 40, room["y"] + 100))

    page.locator(".planner__title", has_text="Zażółć").wait_for()
    assert page.locator(".tray__item").count() == 0
    assert rooms_of(page, "Zażółć").startswith("Sala A")
    look(page, "planner-put-in")

    new = box_of(card(page, "Zażółć"))
    tray = page.locator(".planner__tray").bounding_box()
    assert tray is not None
    drag(page, (new["x"] + 40, new["y"] + 30), (tray["x"] + 100, tray["y"] + 20))
    page.locator(".tray__item", has_text="Zażółć").wait_for()
    assert card(page, "Zażółć").count() == 0


def test_the_later_of_two_tabs_is_told_and_the_card_goes_back(page: Page, stage: Stage) -> None:
    other = page.context.new_page()
    other.goto(stage.link(DAY))
    handle = card(other, MEDIA).get_by_role("button")
    handle.focus()
    other.keyboard.press("Enter")
    other.keyboard.press("ArrowDown")
    other.keyboard.press("Enter")
    wait_for(other, MEDIA, "14:25–15:55")

    box = box_of(card(page, MEDIA))
    drag(page, (box["x"] + 30, box["y"] + 40), (box["x"] + 30, box["y"] + 100))

    eventually(page, "!!document.querySelector('.toast')")
    assert "Ktoś inny zmienił" in words(page, ".toast")
    assert times(page, MEDIA) == "14:20–15:50"
    page.reload()
    assert times(page, MEDIA) == "14:25–15:55"
    other.close()


def test_a_lost_connection_loses_nothing(page: Page, stage: Stage) -> None:
    page.context.set_offline(True)
    box = box_of(card(page, MEDIA))
    drag(page, (box["x"] + 30, box["y"] + 40), (box["x"] + 30, box["y"] + 100))
    eventually(page, "!!document.querySelector('.toast')")
    assert "Nie zapisano" in words(page, ".toast")
    assert times(page, MEDIA) == "14:20–15:50"
    page.context.set_offline(False)
    page.watch.faults.clear()  # type: ignore[attr-defined]

    box = box_of(card(page, MEDIA))
    drag(page, (box["x"] + 30, box["y"] + 40), (box["x"] + 30, box["y"] + 40 + 30 * MINUTE))

    wait_for(page, MEDIA, "14:50–16:20")


PLAN = "**/desk/plan?day=*"


def test_one_goes_on_while_the_page_is_on_its_way(page: Page, stage: Stage) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(PLAN, hold)
    first, second = box_of(card(page, MEDIA)), box_of(card(page, PRIVACY))
    drag(page, (first["x"] + 30, first["y"] + 40), (first["x"] + 30, first["y"] + 40 + 30 * MINUTE))
    wait_for(page, MEDIA, "14:50–16:20")
    assert "14:50" not in words(page, f"tr:has-text('{MEDIA}')"), "the page has come already"

    page.mouse.move(second["x"] + 30, second["y"] + 40)
    page.mouse.down()
    page.mouse.move(second["x"] + 30, second["y"] + 40 + 15 * MINUTE, steps=3)
    with page.expect_response(PLAN):
        held.pop().continue_()
    page.wait_for_timeout(500)
    lifted = page.locator(".planner__card--lifted")
    assert PRIVACY in lifted.inner_text(), "the page that came took the card out of one's hand"
    page.mouse.up()
    wait_for(page, PRIVACY, "14:35–16:05")
    held.pop().continue_()

    page.locator(".toast").wait_for()
    assert words(page, f"tr:has-text('{MEDIA}')").startswith("14:50–16:20")
    assert words(page, f"tr:has-text('{PRIVACY}')").startswith("14:35–16:05")
    assert "12:50" in staged(stage), "UTC"
    assert "12:35" in staged(stage, "S08")


def test_a_card_is_lifted_again_at_once(page: Page) -> None:
    handle = card(page, MEDIA).get_by_role("button")
    handle.focus()
    for key in ("Enter", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    wait_for(page, MEDIA, "14:25–15:55")
    page.keyboard.press("Enter")
    page.locator(".planner__card--lifted").wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    wait_for(page, MEDIA, "14:30–16:00")
    page.locator(".toast").wait_for()
    assert "Ktoś inny" not in words(page, ".toast")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')").endswith(MEDIA)


def test_what_was_saved_stays_saved_when_the_page_does_not_come(page: Page, stage: Stage) -> None:
    page.route(PLAN, lambda route: route.abort())
    box = box_of(card(page, MEDIA))
    drag(page, (box["x"] + 30, box["y"] + 40), (box["x"] + 30, box["y"] + 40 + 30 * MINUTE))

    eventually(page, "!!document.querySelector('.toast')")
    assert words(page, ".toast") == (
        "Zapisano, ale strony nie udało się odświeżyć. Wczytaj ją ponownie."
    )
    page.unroute(PLAN)
    page.reload()
    assert times(page, MEDIA) == "14:50–16:20"


def test_a_finger_drags_by_the_handle_and_scrolls_elsewhere(
    stage: Stage, open_page: Callable[..., Page]
) -> None:
    stage.begin("sign-ups")
    page = open_page(LAPTOP, has_touch=True)
    stage.enter(page, "sign-ups", "organiser")
    page.goto(stage.link(DAY))
    finger = page.context.new_cdp_session(page)

    def touch(x: float, y: float, down: float) -> None:
        for kind, at in (("touchStart", y), ("touchMove", y + down / 2), ("touchMove", y + down)):
            finger.send(
                "Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": at}]}
            )
        finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    box = box_of(card(page, MEDIA))
    touch(box["x"] + 40, box["y"] + 60, 40)
    assert staged(stage) == "None"
    grip = box_of(card(page, MEDIA).get_by_role("button"))
    touch(grip["x"] + 12, grip["y"] + 12, 15 * MINUTE)
    wait_for(page, MEDIA, "14:35–16:05")


def test_a_phone_and_a_page_without_scripts_have_the_list(
    stage: Stage, open_page: Callable[..., Page]
) -> None:
    stage.begin("sign-ups")
    for view, options in ((PHONE, {}), (LAPTOP, {"java_script_enabled": False})):
        page = open_page(view, **options)
        stage.enter(page, "sign-ups", "organiser")
        page.goto(stage.link(DAY))
        assert page.locator(".planner").is_hidden()
        assert page.locator("tr", has_text=MEDIA).get_by_role("link", name="Przenieś").is_visible()


def test_the_chosen_view_is_remembered(page: Page) -> None:
    page.click("[data-plan-view=list]")
    assert page.locator("tr", has_text=MEDIA).first.is_visible()
    page.reload()
    assert page.locator(".planner").is_hidden()
    page.click("[data-plan-view=board]")
    page.reload()
    assert page.locator(".planner").is_visible()


def test_the_timetable_in_english(stage: Stage, open_page: Callable[..., Page]) -> None:
    stage.begin("sign-ups")
    page = open_page(View(1280, "dark", "en-GB"))
    stage.enter(page, "sign-ups", "organiser")
    follow(page, "button[lang=en] >> visible=true")
    page.goto(stage.link(DAY))
    look(page, "planner-english")
    assert "Not in the plan yet" in words(page, ".planner__tray")
