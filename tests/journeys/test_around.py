"""Finding one's way on the day: what is on, rooms, speakers, signs; and the programme elsewhere."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Page

from tests.harness.chromium import View, eventually
from tests.journeys.conftest import LAPTOP, PHONE
from tests.journeys.stage import EVENT, Stage, follow, look, words

MORNING = datetime.fromisoformat("2027-06-17T09:20:00+02:00")


def test_where_to_go_now(stage: Stage, open_page: Callable[..., Page], device: View) -> None:
    stage.begin("door", MORNING)
    page = open_page(device)
    stage.visit(page, "door", f"/{EVENT}/programme")

    follow(page, page.get_by_role("link", name="Teraz i za chwilę"))
    look(page, "now")
    here = words(page, ".on:has-text('Sala komputerowa')")
    assert here == (
        "Sala komputerowa teraz do 12:00 Analiza progu rentowności w przedsiębiorstwie społecznym "
        "Wiesław Progowicz 13:15 Kampania w mediach społecznościowych: plan na 30 dni"
    )
    follow(page, page.get_by_role("link", name="Sala komputerowa"))
    look(page, "room")
    follow(page, page.get_by_role("link", name="Analiza progu rentowności"))
    follow(page, page.get_by_role("link", name="Wiesław Progowicz"))
    look(page, "speakers")
    assert page.evaluate("document.querySelector(':target').textContent").count("Progowicz") == 1
    page.goto(stage.link("/programme/paper"))
    look(page, "programme-paper")


def test_an_open_page_goes_on_by_itself_and_says_when_it_cannot(
    stage: Stage, open_page: Callable[..., Page]
) -> None:
    stage.begin("door", MORNING)
    page = open_page(PHONE)
    stage.visit(page, "door", f"/{EVENT}/now")
    page.evaluate("document.querySelector('[data-live]').dataset.old = 'yes'")

    page.context.set_offline(True)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    eventually(page, "!document.querySelector('[data-live-lost]').hidden")
    assert "brak połączenia" in words(page, "[role=status]")
    page.context.set_offline(False)
    eventually(page, "!document.querySelector('[data-live]').dataset.old")
    assert "brak połączenia" not in words(page, "[role=status]")


def test_the_foyer_and_the_doors(stage: Stage, open_page: Callable[..., Page]) -> None:
    stage.begin("door", MORNING)
    page = open_page(LAPTOP)
    stage.enter(page, "door", "organiser")
    follow(page, page.get_by_role("link", name="Ekran w holu"))
    look(page, "board")
    assert "9:2" in words(page, ".board__time")
    page.goto(stage.link("/desk"))
    follow(page, page.get_by_role("link", name="Tabliczki na drzwi"))
    look(page, "door-signs")
    assert page.locator(".sheet--sign h1").all_inner_texts() == [
        "Sala konferencyjna",
        "Sala warsztatowa",
        "Sala komputerowa",
        "Mobilny punkt wsparcia",
    ]


def test_a_trainer_opens_the_own_sessions(
    stage: Stage, open_page: Callable[..., Page], device: View
) -> None:
    stage.begin("sign-ups")
    page = open_page(device)
    stage.enter(page, "sign-ups", "organiser")
    page.goto(stage.link("/desk/speakers"))
    follow(page, page.get_by_role("link", name="Ludmiła Zasięgowska"))
    look(page, "speaker")
    link = page.locator(".code a").inner_text()

    trainer = open_page(device)
    stage.visit(trainer, "sign-ups", link.partition("/speaking/")[2].join(("/speaking/", "")))
    look(trainer, "speaking")
    assert "Kampania w mediach społecznościowych" in words(trainer, "main")
    trainer.get_by_role("link", name="Lista osób").first.click()
    look(trainer, "speaking-list")
    assert "miejsce" in words(trainer, "article")


# --- on somebody else's page ------------------------------------------------------------------

FOREIGN = """<!doctype html><html lang="{lang}"><meta charset="utf-8"><title>Fundacja</title>
<main><h1>Zapraszamy</h1><script type="module" src="{url}/static/js/embed.js"></script>
<eventapp-programme src="{url}/{event}/programme.json"><a href="{url}/{event}/programme">Program</a>
</eventapp-programme></main></html>"""
SHADOW = "document.querySelector('eventapp-programme').shadowRoot"


@contextlib.contextmanager
def foreign_site(body: str) -> Iterator[str]:
    """Serve one page from another origin."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.mark.parametrize(
    ("lang", "day", "more"),
    [
        ("pl", "czwartek, 17 czerwca", "Cały program i zapisy"),
        ("en", "Thursday 17 June", "Whole programme and sign-up"),
    ],
)
def test_the_programme_on_somebody_elses_page(
    stage: Stage, open_page: Callable[..., Page], lang: str, day: str, more: str
) -> None:
    stage.begin("sign-ups")
    page = open_page(PHONE)
    stage.visit(page, "sign-ups")
    with foreign_site(FOREIGN.format(url=stage.url, event=EVENT, lang=lang)) as address:
        page.goto(address)
        page.get_by_role("tab", name=day.partition(",")[0]).click()
        shown = page.locator("[role=tabpanel]:not([hidden])")
        assert "9:00–12:00" in shown.inner_text().replace("\u202f", "")
        assert "Progowicz" in shown.inner_text()
        page.keyboard.press("ArrowRight")
        assert page.evaluate(f"{SHADOW}.querySelector('[aria-selected=true]').id") == "tab-2"
        assert page.evaluate(f"{SHADOW}.activeElement.id") == "tab-2"
        assert page.get_by_role("link", name=more).is_visible()
        look(page)
    page.watch.faults = [  # type: ignore[attr-defined]
        fault
        for fault in page.watch.faults  # type: ignore[attr-defined]
        if not fault.startswith("request to another host: http://127.0.0.1:")
    ]


def test_without_scripts_the_link_stands_there(
    stage: Stage, open_page: Callable[..., Page]
) -> None:
    page = open_page(PHONE, java_script_enabled=False)
    with foreign_site(FOREIGN.format(url=stage.url, event=EVENT, lang="pl")) as address:
        page.goto(address)
        assert page.get_by_role("link", name="Program").is_visible()


def test_the_programme_by_topic_on_a_phone(stage: Stage, open_page: Callable[..., Page]) -> None:
    stage.begin("sign-ups")
    page = open_page(PHONE)
    stage.visit(page, "sign-ups", f"/{EVENT}/programme")

    follow(page, page.get_by_role("link", name="Tematy"))
    look(page, "programme-topics")
    follow(page, page.get_by_role("link", name="promocja", exact=True))
    look(page, "programme-topic")
    follow(page, page.get_by_role("link", name="Kampania w mediach społecznościowych"))
    follow(page, page.get_by_role("link", name="media społecznościowe", exact=True))
    assert page.locator("article.session").count() == 2
    page.goto(stage.link("/programme/rooms"))
    look(page, "programme-rooms")
