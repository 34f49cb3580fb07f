"""The scanner page by itself: real Chromium, a film for a camera, a scripted server."""

import contextlib
import hashlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, Playwright

from tests.harness import chromium, door
from tests.harness.chromium import View, eventually
from tests.harness.door import (
    ANNA,
    BADGE,
    CAMERA_ON,
    VERDICT,
    Door,
    Shot,
    always,
    shown,
    usb_scan,
    verdict,
)

OTHER = BADGE.replace("0123", "ZYXW")
PHONE = View(360, "dark")
CLOSED = "document.querySelector('[data-verdict][hidden]')"
NO_CAMERA = "document.querySelector('[data-camera=off][data-reader]')"
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
FIRST = {"at": "2027-06-16T07:02:00Z", "checkpoint": "Wejście boczne", "device": "telefon 2"}


@pytest.fixture
def place() -> Iterator[Door]:
    """A door that admits everybody as Anna Kowalska."""
    with door.standing() as standing:
        yield standing


@pytest.fixture
def show(playwright: Playwright, tmp_path: Path, place: Door) -> Iterator[Callable[..., Page]]:
    """A function that opens the door before a camera that sees *shots*."""
    with contextlib.ExitStack() as stack:

        def open_door(*shots: Shot, size: tuple[int, int] = (640, 480), script: str = "") -> Page:
            film = door.film(tmp_path / "camera.y4m", list(shots), *size)
            running = stack.enter_context(_launched(playwright, *door.camera(film)))
            page = stack.enter_context(chromium.opened(running, PHONE))
            page.add_init_script(script)
            page.goto(place.page())
            eventually(page, CAMERA_ON)
            return page

        yield open_door


@pytest.fixture(scope="module")
def blind(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser whose camera sees a grey wall."""
    film = door.film(tmp_path_factory.mktemp("wall") / "wall.y4m", [Shot()])
    with _launched(playwright, *door.camera(film)) as running:
        yield running


@pytest.fixture
def page(blind: Browser, place: Door) -> Iterator[Page]:
    """The door on a phone, no badge in view."""
    with chromium.opened(blind, PHONE) as opened:
        opened.goto(place.page())
        eventually(opened, CAMERA_ON)
        yield opened


def _launched(playwright: Playwright, *arguments: str) -> Any:
    return contextlib.closing(chromium.launch(playwright, *arguments))


def text(page: Page, selector: str) -> str:
    """Return the text of one element without its outer blanks."""
    return (page.text_content(selector) or "").strip()


# --- decoding ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "module"),
    [
        pytest.param((640, 480), 6, id="vga"),
        pytest.param((1280, 720), 9, id="hd"),
        pytest.param((640, 480), 2, id="vga-printed-small"),
        pytest.param((1280, 720), 2, id="hd-printed-small"),
    ],
)
def test_badge_in_view_gets_its_verdict_within_a_second(
    show: Callable[..., Page], place: Door, size: tuple[int, int], module: int
) -> None:
    page = show(door.centred(BADGE, module, *size), size=size)

    said = shown(page)

    assert (said["tone"], said["word"], said["name"]) == ("ok", "Wejście", "Anna Kowalska")
    assert [scan["code"] for scan in place.scans] == [BADGE]
    marks = "performance.getEntriesByType('mark').map(m => [m.name, m.startTime])"
    at = dict(page.evaluate(marks))
    assert at["door:verdict"] - at["door:camera"] < 1000


def test_badge_that_stays_in_view_is_scanned_once(show: Callable[..., Page], place: Door) -> None:
    page = show(door.centred(BADGE, 5))
    shown(page)

    page.wait_for_timeout(4000)

    assert len(place.scans) == 1
    assert page.evaluate(f"Boolean({CLOSED})")


def test_next_badge_follows_without_a_touch(show: Callable[..., Page], place: Door) -> None:
    page = show(door.centred(BADGE, 5), Shot(frames=10), door.centred(OTHER, 5))

    eventually(page, "document.querySelectorAll('[data-recent] li').length === 2")

    assert {scan["code"] for scan in place.scans} == {BADGE, OTHER}
    assert [scan["seq"] for scan in place.scans] == [1, 2]


def test_of_two_badges_the_one_in_the_middle_is_read(
    show: Callable[..., Page], place: Door
) -> None:
    page = show(Shot(((OTHER, 10, 150), (BADGE, 240, 150)), module=4))

    shown(page)

    assert place.scans[0]["code"] == BADGE


def test_jsqr_reads_where_wasm_is_forbidden(show: Callable[..., Page], place: Door) -> None:
    place.static_policy = door.STRICT
    page = show(door.centred(BADGE, 6))

    assert shown(page)["tone"] == "ok"
    assert page.get_attribute("[data-door]", "data-reader") == "jsqr"
    assert place.scans[0]["code"] == BADGE
    page.watch.faults.clear()  # type: ignore[attr-defined] # the browser says why wasm is shut


NATIVE = """globalThis.BarcodeDetector = class {
  static getSupportedFormats() { return Promise.resolve(["qr_code"]); }
  detect() {
    const box = { x: 0, y: 0, width: 10, height: 10 };
    return %s;
  }
};"""


def test_native_detector_comes_first(blind: Browser, place: Door) -> None:
    with chromium.opened(blind, PHONE) as page:
        page.add_init_script(NATIVE % "Promise.resolve([{ rawValue: 'NATIVE', boundingBox: box }])")
        page.goto(place.page())
        shown(page)

        assert page.get_attribute("[data-door]", "data-reader") == "native"
        assert place.scans[0]["code"] == "NATIVE"


def test_native_detector_that_fails_gives_way(show: Callable[..., Page], place: Door) -> None:
    page = show(door.centred(BADGE, 6), script=NATIVE % "Promise.reject(new Error('no service'))")

    shown(page)

    assert place.scans[0]["code"] == BADGE


# --- vendored decoders -------------------------------------------------------------------


def test_vendored_decoders_are_the_ones_that_were_looked_at() -> None:
    vendor = door.ROOT / "static" / "vendor"
    lines = [line.split() for line in (vendor / "HASHES").read_text().splitlines() if line.strip()]
    kept = {name: digest for digest, name in lines if name.startswith(("zxing/", "jsqr/"))}

    assert set(kept) == {"jsqr/jsQR.js", "zxing/zxing_reader.min.js", "zxing/zxing_reader.wasm"}
    for name, digest in kept.items():
        assert hashlib.sha256((vendor / name).read_bytes()).hexdigest() == digest, name
    # The script and its wasm are one exact pair.
    assert kept["zxing/zxing_reader.wasm"] in (vendor / "zxing/zxing_reader.min.js").read_text()


def test_only_the_decoder_may_run_wasm() -> None:
    client = door.application().test_client()

    def policy(name: str) -> str:
        with client.get(f"/static/js/{name}") as answer:
            return answer.headers["Content-Security-Policy"]

    assert "'wasm-unsafe-eval'" in policy("scanner/decoder.js")
    assert "'wasm-unsafe-eval'" not in policy("scanner.js")


# --- a USB scanner, a typed code, a name ---------------------------------------------------


def test_usb_scanner_needs_no_focus(page: Page, place: Door) -> None:
    assert usb_scan(page)["word"] == "Wejście"

    [scan] = place.scans
    assert scan["code"] == BADGE
    assert UUID.fullmatch(scan["scan_id"])
    assert (scan["direction"], scan["mode"], scan["seq"]) == ("entry", "online", 1)
    assert 0 <= scan["age_ms"] < 1000


def test_usb_scanner_leaves_a_half_typed_name_alone(page: Page, place: Door) -> None:
    page.click("[data-tab=search]")
    page.keyboard.type("Kowal", delay=90)
    page.wait_for_timeout(300)

    usb_scan(page)

    assert page.input_value("[data-search-input]") == "Kowal"
    assert [scan["code"] for scan in place.scans] == [BADGE]
    assert BADGE not in place.queries


def test_typing_and_enter_are_not_a_scanner(page: Page, place: Door) -> None:
    page.click("[data-tab=search]")
    page.keyboard.type("Źdźbłowski", delay=80)
    page.keyboard.press("Enter")

    eventually(page, "document.querySelectorAll('[data-people] li').length === 1")
    assert place.scans == []


def test_usb_scanner_does_not_press_the_focused_button(page: Page, place: Door) -> None:
    page.focus("[data-tab=code]")

    usb_scan(page)

    assert page.get_attribute("[data-door]", "data-view") == "camera"
    assert len(place.scans) == 1


def test_typed_code_is_sent_as_typed(page: Page, place: Door) -> None:
    page.click("[data-tab=code]")
    page.keyboard.type("o123-lI", delay=70)
    page.keyboard.press("Enter")

    assert shown(page)["tone"] == "ok"
    assert place.scans[0]["code"] == "o123-lI"


def test_person_found_by_name_is_scanned_by_registration(page: Page, place: Door) -> None:
    page.click("[data-tab=search]")
    page.keyboard.type("lukasz zdz", delay=70)
    eventually(page, "document.querySelectorAll('[data-people] li').length === 1")

    row = "[data-people] li"
    assert text(page, f"{row} [data-person-name]") == "Łukasz Źdźbłowski"
    assert text(page, "[data-search-note]") == "Znaleziono: 1"
    assert page.get_attribute(f"{row} button", "aria-label") == "Sprawdź: Łukasz Źdźbłowski"
    page.click(f"{row} button")
    shown(page)

    assert place.queries[-1] == "lukasz zdz"
    [scan] = place.scans
    assert (scan["registration"], scan.get("code")) == ("r-2", None)


def test_search_says_that_it_needs_a_connection(page: Page, place: Door) -> None:
    place.mood = "down"
    page.click("[data-tab=search]")
    page.fill("[data-search-input]", "lukasz")

    eventually(page, "document.querySelector('[data-search-note]').textContent")

    note = text(page, "[data-search-note]").replace("\xa0", " ")
    assert note == "Szukanie wymaga połączenia. Zamiast tego zeskanuj identyfikator."
    assert page.get_attribute("[data-link]", "data-link") == "offline"


def test_exit_is_asked_for_and_shown(page: Page, place: Door) -> None:
    place.judge = always(verdict("out", presence="absent"), 201)
    page.click("text=Wyjście")

    assert usb_scan(page)["word"] == "Wyjście"
    assert place.scans[0]["direction"] == "exit"


# --- what the verdict says -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "tone", "word"),
    [
        (verdict("already-in", "error", first=FIRST), "stop", "Już w środku 9:02"),
        (verdict("already-out", "warn"), "warn", "Już po wyjściu"),
        (verdict("out", presence="absent"), "ok", "Wyjście"),
        (verdict("not-eligible", "error"), "stop", "Brak na tej liście"),
        (verdict("invalid-code", "error", registration=None), "stop", "Nieznany kod"),
        (verdict("duplicate-recent", "warn"), "warn", "Przed chwilą"),
        (verdict("brand-new-code", "error"), "stop", "Brak wstępu"),
    ],
    ids=lambda value: value["code"] if isinstance(value, dict) else None,
)
def test_verdict_is_one_tone_and_one_word(
    page: Page, place: Door, answer: dict[str, Any], tone: str, word: str
) -> None:
    place.judge = always(answer, 404 if answer["code"] == "invalid-code" else 200)

    said = usb_scan(page)

    assert (said["tone"], said["word"].replace("\xa0", " ")) == (tone, word)
    assert said["name"] == (ANNA["name"] if answer["registration"] else "")


def test_verdict_tells_where_and_when_the_badge_was_first_used(page: Page, place: Door) -> None:
    place.judge = always(verdict("already-in", "error", first=FIRST, sentence="Już w środku."))

    assert usb_scan(page)["lines"] == "Pierwszy skan: 9:02, Wejście boczne, telefon 2"


def test_sentence_of_a_refusal_is_shown_unless_it_repeats_the_word(page: Page, place: Door) -> None:
    place.judge = always(verdict("waiting", "error", sentence="Trzecia na liście rezerwowej."))
    assert usb_scan(page)["lines"] == "Trzecia na liście rezerwowej."

    place.judge = always(verdict("waiting", "error", sentence="Lista rezerwowa."))
    assert usb_scan(page)["lines"] == ""


def test_hours_are_those_of_the_event_whatever_the_device_says(page: Page, place: Door) -> None:
    usb_scan(page)

    assert text(page, "[data-recent] time") in {"10:00", "10:01"}


def test_first_use_on_another_day_carries_its_date(page: Page, place: Door) -> None:
    page.goto(place.page(now="2027-06-17T08:00:00Z"))
    eventually(page, CAMERA_ON)
    place.judge = always(verdict("already-in", "error", first=FIRST))

    assert usb_scan(page)["word"].replace("\xa0", " ") == "Już w środku 16.06, 9:02"


def test_verdict_is_spoken_counted_and_listed(page: Page, place: Door) -> None:
    place.counters["inside"] = 38
    usb_scan(page)

    eventually(page, "document.querySelector('[data-live]').textContent")
    assert text(page, "[data-live]") == "Wejście. Anna Kowalska. Fundacja Jurajska. PJM"
    assert page.get_attribute("[data-live]", "aria-live") == "assertive"
    eventually(page, "document.querySelector('[data-inside]').textContent === '38'")
    assert text(page, "[data-expected]") == "120"
    assert text(page, "[data-recent] li [data-scan-name]") == "Anna Kowalska"


def test_verdict_leaves_by_itself_or_at_a_touch(page: Page, place: Door) -> None:
    usb_scan(page)
    eventually(page, CLOSED, patience=3)

    usb_scan(page)
    page.click("[data-verdict-close]")
    assert page.evaluate(f"Boolean({CLOSED})")


def test_name_with_markup_stays_text(page: Page, place: Door) -> None:
    name = '<img src=x onerror="alert(1)">'
    place.judge = always(verdict(registration=ANNA | {"name": name}), 201)

    assert usb_scan(page)["name"] == name
    assert page.evaluate("document.querySelectorAll('[data-verdict] img').length") == 0


def test_each_verdict_has_a_sound_and_a_shake_of_its_own(blind: Browser, place: Door) -> None:
    with chromium.opened(blind, PHONE) as page:
        page.add_init_script(
            """globalThis.heard = [];
            navigator.vibrate = (pattern) => globalThis.heard.push(JSON.stringify(pattern));
            const start = OscillatorNode.prototype.start;
            OscillatorNode.prototype.start = function (at) {
              globalThis.heard.push(this.frequency.value);
              return start.call(this, at);
            };"""
        )
        page.goto(place.page())
        eventually(page, CAMERA_ON)
        page.click("[data-tab=camera]")
        eventually(page, "document.querySelector('[data-sound=sound-on]')")
        figures = []
        for code, status in [("ok", "ok"), ("already-out", "warn"), ("blocked", "error")]:
            place.judge = always(verdict(code, status))
            page.evaluate("globalThis.heard.length = 0")
            usb_scan(page)
            figures.append(tuple(page.evaluate("globalThis.heard")))
        assert len(set(figures)) == 3
        assert all(len(figure) >= 3 for figure in figures)

        page.keyboard.press("Escape")
        page.click("[data-sound]")
        page.evaluate("globalThis.heard.length = 0")
        usb_scan(page)
        assert all(isinstance(one, str) for one in page.evaluate("globalThis.heard"))


# --- the network -----------------------------------------------------------------------------


def test_unanswered_scan_is_asked_again_with_the_same_id(page: Page, place: Door) -> None:
    place.mood = "slow"

    assert usb_scan(page)["word"] == "Skan czeka"

    eventually(page, "document.querySelector('[data-recent] li[data-tone=ok]')")
    first, second = ({**scan, "age_ms": 0} for scan in place.scans)
    assert first == second
    assert place.scans[1]["age_ms"] >= 1400


def test_scan_without_network_waits_survives_a_reload_and_is_sent(page: Page, place: Door) -> None:
    place.mood = "down"
    said = usb_scan(page)
    assert (said["tone"], said["word"]) == ("wait", "Skan czeka")
    assert text(page, "[data-queue]").replace("\xa0", " ") == "czeka na wysłanie: 1"
    assert place.scans == []

    page.reload()
    eventually(page, "document.querySelector('[data-recent] li')")
    assert text(page, "[data-recent] li [data-scan-name]") == "Identyfikator …PQRS"

    place.mood = "up"
    page.evaluate("dispatchEvent(new Event('online'))")
    eventually(page, "document.querySelector('[data-queue][hidden]')")
    eventually(page, "document.querySelector('[data-recent] li[data-tone=ok]')")
    assert [scan["code"] for scan in place.scans] == [BADGE]
    assert place.scans[0]["age_ms"] > 100


def test_next_scan_that_goes_through_takes_the_waiting_ones_along(page: Page, place: Door) -> None:
    place.mood = "down"
    usb_scan(page, OTHER)
    place.mood = "up"

    usb_scan(page, BADGE)

    eventually(page, "document.querySelector('[data-queue][hidden]')")
    # Any answer is a sign of life, also that of the counters: either may come first.
    assert sorted((scan["seq"], scan["code"]) for scan in place.scans) == [(1, OTHER), (2, BADGE)]


def test_scan_refused_later_stays_visible_until_it_is_dismissed(page: Page, place: Door) -> None:
    place.mood = "down"
    usb_scan(page)
    place.mood = "up"
    place.judge = always(verdict("revoked", "error"))
    page.evaluate("dispatchEvent(new Event('online'))")
    eventually(page, "document.querySelector('[data-refused]:not([hidden])')")

    page.reload()
    eventually(page, "document.querySelector('[data-recent] li')")
    assert text(page, "[data-refused]").replace("\xa0", " ") == "odrzucone później: 1"
    assert text(page, "[data-recent] li [data-scan-word]") == "Stary identyfikator"
    page.click("[data-tab=recent]")
    page.click("[data-scan-dismiss]")
    eventually(page, "document.querySelector('[data-refused][hidden]')")
    assert page.evaluate("document.querySelectorAll('[data-recent] li').length") == 0


@pytest.mark.parametrize(
    ("status", "code", "word", "tone"),
    [
        (401, "device-revoked", "Urządzenie odłączone", "stop"),
        (401, "unauthorised", "Zaloguj się ponownie", "stop"),
        (403, "forbidden-checkpoint", "Nie to stanowisko", "stop"),
        (409, "idempotency-conflict", "Zeskanuj ponownie", "stop"),
        (429, "rate-limited", "Za szybko", "wait"),
        (503, "busy", "Skan czeka", "wait"),
        (422, "bad-input", "Nie zapisano", "stop"),
    ],
)
def test_answers_that_are_no_verdict_are_said_in_words(
    page: Page, place: Door, status: int, code: str, word: str, tone: str
) -> None:
    place.judge = lambda body: (status, {"title": "Problem", "code": code})

    said = usb_scan(page)

    assert (said["word"].replace("\xa0", " "), said["tone"]) == (word, tone)
    kept = status not in {409, 422}
    assert page.evaluate("!document.querySelector('[data-queue]').hidden") is kept


def test_signed_in_steward_sends_the_csrf_token(page: Page, place: Door) -> None:
    usb_scan(page)

    assert place.headers[0]["x-csrftoken"] == "a-csrf-token"
    assert "authorization" not in place.headers[0]
    assert place.headers[0]["accept-language"] == "pl"


def test_paired_device_sends_its_own_token(page: Page, place: Door) -> None:
    page.evaluate(
        """() => import("/static/js/scanner/device.js").then(
            (device) => device.rememberDevice("seminarium-2027", "dev_abc"))"""
    )
    page.goto(place.page(device="1"))
    eventually(page, CAMERA_ON)

    usb_scan(page)

    assert place.headers[0]["authorization"] == "Bearer dev_abc"
    assert "x-csrftoken" not in place.headers[0]


# --- afterwards --------------------------------------------------------------------------------


def test_undo_takes_the_scan_back(page: Page, place: Door) -> None:
    place.counters["inside"] = 38
    usb_scan(page)
    scan_id = place.scans[0]["scan_id"]
    eventually(page, "document.querySelector('[data-inside]').textContent === '38'")
    place.judge = always({"undone": True, "counters": {"inside": 37, "expected": 120}})
    page.keyboard.press("Escape")
    page.click("[data-tab=recent]")
    assert page.get_attribute("[data-scan-undo]", "aria-label") == "Cofnij: Anna Kowalska"

    page.click("[data-scan-undo]")

    eventually(page, "document.querySelector('[data-scan-word]').textContent === 'Cofnięto'")
    assert place.others == [(f"/scans/{scan_id}/undo", {})]
    assert text(page, "[data-inside]") == "37"
    assert page.is_hidden("[data-scan-undo]")


def test_undo_without_network_follows_its_scan(page: Page, place: Door) -> None:
    place.mood = "down"
    usb_scan(page)
    page.keyboard.press("Escape")
    page.click("[data-tab=recent]")
    page.click("[data-scan-undo]")
    eventually(page, "document.querySelector('[data-scan-word]').textContent.startsWith('Cofni')")
    place.mood = "up"

    page.evaluate("dispatchEvent(new Event('online'))")

    eventually(page, "document.querySelector('[data-queue][hidden]')")
    eventually(page, "document.querySelector('[data-scan-word]').textContent === 'Cofnięto'")
    assert [path.split("/")[-1] for path, _ in place.others] == ["undo"]
    assert len(place.scans) == 1


def test_lead_admits_a_refused_person_with_a_reason(blind: Browser, place: Door) -> None:
    with chromium.opened(blind, PHONE) as page:
        page.goto(place.page(lead="1"))
        eventually(page, CAMERA_ON)
        place.judge = always(verdict("not-eligible", "error"))
        usb_scan(page)

        page.click("[data-verdict-admit]")
        assert text(page, "[data-admit-name]") == "Anna Kowalska"
        place.judge = always(verdict("ok", "ok", scan_id="admission-1"), 201)
        page.keyboard.type("Zgoda organizatora", delay=70)
        page.keyboard.press("Enter")

        eventually(page, f"{VERDICT} && {VERDICT}.dataset.tone === 'ok'")
        path = f"/scans/{place.scans[0]['scan_id']}/admit"
        assert place.others == [(path, {"reason": "Zgoda organizatora"})]
        rows = "[...document.querySelectorAll('[data-recent] li')].map((row) => row.dataset.scan)"
        assert page.evaluate(rows) == ["admission-1", place.scans[0]["scan_id"]]


def test_steward_is_not_offered_to_admit(page: Page, place: Door) -> None:
    place.judge = always(verdict("not-eligible", "error"))
    usb_scan(page)

    assert page.is_hidden("[data-verdict-admit]")
    assert page.is_hidden("[data-scan-admit]")


# --- without a camera ---------------------------------------------------------------------------


@pytest.fixture
def insecure(playwright: Playwright, place: Door) -> Iterator[Page]:
    """The door over plain http on a name, as on a laptop without TLS."""
    arguments = "--host-resolver-rules=MAP door.example 127.0.0.1"
    with _launched(playwright, arguments) as running, chromium.opened(running, PHONE) as page:
        page.goto(place.page().replace("127.0.0.1", "door.example"))
        eventually(page, NO_CAMERA)
        yield page


def test_insecure_address_explains_what_is_missing(insecure: Page) -> None:
    assert insecure.evaluate("isSecureContext") is False
    title = text(insecure, "[data-missing-title]").replace("\xa0", " ")
    assert title == "Pod tym adresem aparat nie działa"
    assert "https" in text(insecure, "[data-missing-help]")
    assert insecure.is_hidden("[data-retry]")


def test_insecure_address_still_reads_photos_and_scanners(
    insecure: Page, place: Door, tmp_path: Path
) -> None:
    matrix = door.modules(BADGE)
    small = Image.new("L", (len(matrix), len(matrix)))
    small.putdata([30 if dark else 230 for row in matrix for dark in row])
    photo = Image.new("L", (4000, 3000), 100)
    photo.paste(small.resize((900, 900), Image.Resampling.NEAREST), (1600, 900))
    photo.save(tmp_path / "photo.jpg", quality=70)

    insecure.set_input_files("[data-photo]", tmp_path / "photo.jpg")
    assert shown(insecure)["tone"] == "ok"
    usb_scan(insecure, OTHER)

    assert [scan["code"] for scan in place.scans] == [BADGE, OTHER]
    assert all(UUID.fullmatch(scan["scan_id"]) for scan in place.scans)


def test_photo_without_a_code_says_so(insecure: Page, place: Door, tmp_path: Path) -> None:
    Image.new("L", (1200, 900), 128).save(tmp_path / "wall.png")

    insecure.set_input_files("[data-photo]", tmp_path / "wall.png")

    eventually(insecure, "document.querySelector('[data-photo-note]').textContent.includes('nie')")
    assert place.scans == []


# --- for everybody -------------------------------------------------------------------------------


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_page_and_verdicts_are_accessible(
    blind: Browser, place: Door, width: int, theme: str
) -> None:
    with chromium.opened(blind, View(width, theme)) as page:
        page.goto(place.page(lead="1"))
        page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
        eventually(page, CAMERA_ON)
        assert chromium.axe(page) == []
        for status in ("ok", "warn", "error"):
            place.judge = always(verdict("already-in", status, first=FIRST))
            usb_scan(page)
            page.focus("[data-verdict-close]")
            assert chromium.axe(page) == [], status
        page.keyboard.press("Escape")
        for tab in ("search", "code", "recent") if width < 960 else ():
            page.click(f"[data-tab={tab}]")
            assert chromium.axe(page) == [], tab


def test_targets_are_large_enough_for_a_thumb(page: Page) -> None:
    small = page.evaluate(
        """() => [...document.querySelectorAll("button, a, input, select, label")]
          .map((one) => one.closest("label") ?? one)
          .filter((one) => one.checkVisibility() && !one.matches(".skip, .visually-hidden"))
          .map((one) => [one.outerHTML.slice(0, 80), one.getBoundingClientRect()])
          .filter(([, box]) => box.width && (box.width < 44 || box.height < 44))
          .map(([name]) => name)"""
    )
    assert small == []


def test_keyboard_alone_finds_a_person_and_closes_the_verdict(page: Page, place: Door) -> None:
    page.focus("[data-tab=search]")
    page.keyboard.press("Enter")
    page.keyboard.type("lukasz", delay=70)
    eventually(page, "document.querySelectorAll('[data-people] li').length === 1")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    shown(page)
    page.keyboard.press("Escape")

    assert page.evaluate(f"Boolean({CLOSED})")
    assert place.scans[0]["registration"] == "r-2"


def test_english_page_speaks_english(blind: Browser, place: Door) -> None:
    with chromium.opened(blind, View(360, "dark", "en-GB")) as page:
        page.goto(place.page(lang="en"))
        eventually(page, CAMERA_ON)
        assert usb_scan(page)["word"] == "Entry"
        assert place.headers[0]["accept-language"] == "en"
