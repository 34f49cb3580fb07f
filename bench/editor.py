"""A programme of 400 sessions in its editor and before the public."""

import contextlib
import os
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from bench import drafts, stands
from eventapp.accounts import commands as accounts
from eventapp.app import create_app
from eventapp.events import commands as events
from eventapp.events.access import Role
from eventapp.kernel import clock, jobs, migrations, visits
from eventapp.kernel.db import atomic
from eventapp.programme import commands as programme
from eventapp.programme.models import Kind, SignUpRule

CHROMIUM = os.environ.get("EVENTAPP_TEST_CHROMIUM", "/usr/bin/chromium")
THROTTLE = 4  # times slower than this machine's processor: a phone of the middle
# From the key to the frame in which the move stands, and to the one that shows what it means;
# asking from outside would add to both.
STOPWATCH = """() => {
  window.took = {};
  const board = document.querySelector(".planner"), main = board.closest(".desk-main");
  let begun;
  const since = () => performance.now() - begun;
  const note = (name) => requestAnimationFrame(() => { window.took[name] = since(); });
  addEventListener("keydown", () => { begun = performance.now(); }, { capture: true, once: true });
  new MutationObserver((_all, watch) => {
    if (board.hasAttribute("aria-busy")) return;
    watch.disconnect();
    note("stands");
  }).observe(board, { attributes: true, attributeFilter: ["aria-busy"] });
  new MutationObserver((_all, watch) => {
    if (main.isConnected) return;
    watch.disconnect();
    note("shown");
  }).observe(main.parentNode, { childList: true });
}"""
DRAWN = ".planner:not([aria-busy]) .planner__card"


@dataclass
class Large:
    """A running server with the large programme, and an organiser's cookie."""

    url: str
    rows: str
    slug: str
    cookie: tuple[str, str]

    @property
    def day(self) -> str:
        """Return the address of the first day in the editor."""
        return f"{self.url}/{self.slug}/desk/plan?day={drafts.FIRST.date()}"


@contextlib.contextmanager
def large(kind: str) -> Iterator[Large]:
    """Serve a released programme of 400 sessions in 30 rooms over five days."""
    with tempfile.TemporaryDirectory() as name, stands.database(kind, Path(name)) as url:
        folder = Path(name)
        app = create_app({"DATABASE_URL": url, "DATA_DIR": str(folder), "SECRET_KEY": stands.KEY})
        with app.test_request_context():
            migrations.upgrade()
            with jobs.silent():
                account_id = _fill()
            entered = accounts.enter_for_demonstration(account_id, "bench", clock.now())
            cookie = visits.cookie_name(), entered.token
        with stands.serve(kind, folder, url) as (address, _process):
            yield Large(url=address, rows=url, slug="large", cookie=cookie)


@atomic
def _fill() -> int:
    """Make the event; return the account of its organiser."""
    now = clock.now()
    sessions, frame = drafts.large()
    host = events.keep_host("large", "Large")
    event = events.create_event(
        host.id, now, slug="large", title={"pl": "Duże", "en": "Large"},
        starts_on=frame.days[0], ends_on=frame.days[-1], timezone=frame.zone,
    )  # fmt: skip
    for place, day in enumerate(frame.days):
        events.add_day(event.id, day, {"pl": f"Dzień {place}"})
    venue = events.add_venue(event.id, {"pl": "Dom"}, {"pl": "Dom"})
    rooms = {
        number: events.add_room(venue.id, room.name, room.capacity).id
        for number, room in frame.rooms.items()
    }
    speakers = {
        number: programme.name_speaker(
            event.id, now, title="", first_name="Anna", last_name=name, email=None
        ).id
        for number, name in list(frame.speakers.items())[:200]
    }
    for one in sessions:
        activity = programme.add_activity(event.id, title=one.title, kind=Kind(one.kind))
        programme.add_session(
            activity.id, now, starts_at=one.starts_at, ends_at=one.ends_at,
            room_id=rooms[one.room_id or 0], capacity=one.capacity,
            speaker_ids=[speakers[number] for number in one.speaker_ids],
            sign_up=SignUpRule(one.sign_up), waiting_list=one.waiting_list,
        )  # fmt: skip
    events.publish_event(event.id, now)
    account = accounts.keep_account("planner@example.org", "Anna", now)
    events.join_team(event.id, account.id, Role.ORGANISER, now)
    return account.id


@dataclass
class Edits:
    """How long the editor took to open, a move to stand, its meaning to show; milliseconds."""

    opening: list[float] = field(default_factory=list)
    standing: list[float] = field(default_factory=list)
    showing: list[float] = field(default_factory=list)


def time_editing(stand: Large, rounds: int) -> Edits:
    """Open the editor and move a session in it, *rounds* times."""
    found = Edits()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="pl-PL")
        name, value = stand.cookie
        context.add_cookies([{"name": name, "value": value, "url": stand.url}])
        page = context.new_page()
        page.goto(stand.day)  # what a browser keeps, it keeps from now on
        context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": THROTTLE})
        for _ in range(rounds):
            page.goto("about:blank")
            begun = time.perf_counter()
            page.goto(stand.day, wait_until="commit")
            page.locator(DRAWN).first.wait_for()
            found.opening.append(1000 * (time.perf_counter() - begun))
            stands, shown = _move(page)
            found.standing.append(stands)
            found.showing.append(shown)
        browser.close()
    return found


def _move(page: Page) -> tuple[float, float]:
    """Lift the first card, move it on by keyboard; milliseconds until it stands, and is shown."""
    handle = page.locator(".planner__grip").first
    handle.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    page.evaluate(STOPWATCH)
    page.keyboard.press("Enter")
    while len(took := page.evaluate("window.took")) < 2:
        page.wait_for_timeout(20)
    return float(took["stands"]), float(took["shown"])


def first_bytes(stand: Large, rounds: int) -> tuple[list[float], list[float]]:
    """Read the public programme, whole and not modified; milliseconds to the first byte."""
    address = f"{stand.url}/{stand.slug}/programme"
    with urllib.request.urlopen(address) as answer:  # noqa: S310 - our own server
        tag = str(answer.headers["ETag"])
    whole = [_first_byte(address, {}, 200) for _ in range(rounds)]
    return whole, [_first_byte(address, {"If-None-Match": tag}, 304) for _ in range(rounds)]


def _first_byte(address: str, headers: dict[str, str], wanted: int) -> float:
    request = urllib.request.Request(address, headers=headers)  # noqa: S310 - our own server
    begun = time.perf_counter()
    try:
        with urllib.request.urlopen(request) as answer:  # noqa: S310 - our own server
            answer.read(1)
            status = answer.status
    except urllib.request.HTTPError as answer:
        status = answer.code
    if status != wanted:
        raise AssertionError(f"{address} answered {status}")
    return 1000 * (time.perf_counter() - begun)
