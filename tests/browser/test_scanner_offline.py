"""The door without a network, in a real browser against the real server: killed, and back."""

import contextlib
import os
import signal
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, Playwright

from eventapp.checkin import commands as checkin
from eventapp.events import queries as frame
from eventapp.kernel import clock, tokens
from eventapp.registrations import commands as registrations
from eventapp.registrations import queries as people
from eventapp.registrations.rules import BadgeReason
from tests import factories
from tests.harness import chromium, databases, door, servers
from tests.harness.chromium import View, eventually
from tests.harness.door import usb_scan
from tests.harness.servers import Server

PHONE = View(360, "dark")
READY = "document.querySelector('[data-door][data-ready][data-camera]')"
KEPT = "document.querySelector('[data-door][data-kept][data-listed]')"
EMPTY_QUEUE = "document.querySelector('[data-queue][data-counted][hidden]')"
OFFLINE = "document.querySelector('[data-link=offline]')"
EVIL = "<img src=x onerror=document.title='broken'>"


@dataclass
class Venue:
    """An event with a door, people and a server that can be killed and started again."""

    url: str
    slug: str
    door_id: int
    database: Path
    environment: dict[str, str]
    codes: dict[str, str]
    pairing: str = ""
    device_id: int = 0
    process: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)

    @property
    def page(self) -> str:
        return f"{self.url}/{self.slug}/door/{self.door_id}"

    def start(self) -> None:
        port = self.url.rpartition(":")[2]
        command = [str(servers.EVENTAPP), "serve", "--port", port]
        log = (self.database.parent / "server.log").open("ab")
        self.process = subprocess.Popen(
            command, env=self.environment, stdout=log, stderr=log, start_new_session=True
        )
        log.close()
        servers.wait_until_healthy(
            Server(self.url, self.database.parent, self.environment, self.process)
        )

    def kill(self) -> None:
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with contextlib.closing(sqlite3.connect(self.database)) as connection:
            found = connection.execute(query, values).fetchall()
            connection.commit()
            return found


@pytest.fixture
def venue(make_app: Callable[..., Flask], sqlite_template: Path, tmp_path: Path) -> Iterator[Venue]:
    database_url = databases.sqlite_copy(sqlite_template, tmp_path)
    app = make_app(DATABASE_URL=database_url)
    with app.app_context():
        event = factories.make_event(slug="drzwi", signs_badges=True)
        point = checkin.add_checkpoint(event.id, {"pl": "Wejście", "en": "Entrance"})
        rows = [
            factories.make_registration(event, name, last)
            for name, last in (("Anna", "Kowalska"), ("Łukasz", "Źdźbło"), (EVIL, "Nowak"))
        ]
        codes = {
            row.first_name: tokens.badge_url("http://localhost", people.badge_code(row))
            for row in rows
        }
        now = datetime.now(UTC)
        device, pairing = checkin.announce_device(event.id, "telefon", [point.id], now)
    databases.dispose(app)
    url = f"http://127.0.0.1:{servers.free_port()}"
    environment = servers.environment(
        tmp_path, database_url=database_url, port=int(url.rpartition(":")[2]), now=None, settings={}
    )
    path = Path(database_url.removeprefix("sqlite:///"))
    venue = Venue(url, "drzwi", point.id, path, environment, codes, pairing, device.id)
    venue.start()
    yield venue
    venue.kill()


@contextlib.contextmanager
def phone(playwright: Playwright, profile: Path, *arguments: str) -> Iterator[Page]:
    """Open the browser of a phone; what it keeps lies in *profile*."""
    context = playwright.chromium.launch_persistent_context(
        profile,
        executable_path=chromium.EXECUTABLE,
        args=[*chromium.ARGUMENTS, *arguments],
        viewport={"width": PHONE.width, "height": 740},
        locale=PHONE.locale,
        timezone_id="Europe/Warsaw",
    )
    context.set_default_timeout(chromium.PATIENCE * 1000)
    try:
        yield context.new_page()
    finally:
        context.close()


def pair(page: Page, venue: Venue) -> None:
    """Open the code of the pairing, and the door behind it."""
    page.goto(f"{venue.url}/{venue.slug}/pair/{venue.pairing}")
    with page.expect_navigation():
        page.click("main form button")
    eventually(page, "document.querySelector('[data-paired][data-kept]')")
    with page.expect_navigation():
        page.click("main a.button")
    eventually(page, KEPT, 20)


def named(venue: Venue) -> list[tuple[Any, ...]]:
    return venue.rows(
        "SELECT first_name, scan.code, scan.mode, scanned_at, effective_at, received_at FROM scan"
        " JOIN registration ON registration.id = scan.registration_id ORDER BY scan.seq"
    )


def test_killed_reloaded_closed_and_back(
    venue: Venue, playwright: Playwright, tmp_path: Path
) -> None:
    profile = tmp_path / "profile"
    with phone(playwright, profile) as page:
        requests: list[str] = []
        page.context.on("request", lambda request: requests.append(request.url))
        pair(page, venue)
        venue.kill()

        page.reload()
        eventually(page, READY)
        begun = datetime.now(UTC)
        said = [usb_scan(page, code) for code in venue.codes.values()]
        again = usb_scan(page, venue.codes["Anna"])
        stranger = usb_scan(page, "http://localhost/B/" + "0" * 26)

        assert [(one["tone"], one["word"]) for one in said] == [("ok", "Wejście")] * 3
        assert [one["name"] for one in said] == [
            "Anna Kowalska",
            "Łukasz Źdźbło",
            f"{EVIL} Nowak",
        ]
        assert page.evaluate("document.title") != "broken"
        assert (again["tone"], again["name"]) == ("warn", "Anna Kowalska")
        assert (stranger["tone"], stranger["word"]) == ("stop", "Nieznany kod")
        assert page.inner_text("[data-queue]").replace("\xa0", " ") == "czeka na wysłanie: 5"
        assert page.evaluate(OFFLINE + " !== null")
    ended = datetime.now(UTC)
    assert {url.split("/")[2] for url in requests if url.startswith("http")} == {
        venue.url.split("/")[2]
    }

    venue.start()
    with phone(playwright, profile) as page:
        page.goto(venue.page)
        eventually(page, f"{READY} && {EMPTY_QUEUE}")
        assert page.is_hidden("[data-refused]")

    rows = [row for row in named(venue) if row[1] == "ok"]
    assert [(row[0], row[2]) for row in rows] == [
        ("Anna", "offline"),
        ("Łukasz", "offline"),
        (EVIL, "offline"),
    ]
    for row in rows:
        scanned, effective, received = (
            datetime.fromisoformat(text).replace(tzinfo=UTC) for text in row[3:]
        )
        assert begun - timedelta(seconds=1) <= scanned == effective <= ended
        assert received > ended
    assert venue.rows("SELECT count(*) FROM presence WHERE inside") == [(3,)]
    assert venue.rows("SELECT count(*) FROM scan_conflict") == [(0,)]


def test_the_camera_reads_without_the_server(
    venue: Venue, playwright: Playwright, tmp_path: Path
) -> None:
    profile = tmp_path / "profile"
    film = door.film(tmp_path / "badge.y4m", [door.centred(venue.codes["Anna"], 6)])
    with phone(playwright, profile) as page:
        pair(page, venue)
    venue.kill()

    with phone(playwright, profile, *door.camera(film)) as page:
        page.goto(venue.page)
        said = door.shown(page)

        assert (said["tone"], said["name"]) == ("ok", "Anna Kowalska")


def test_a_revoked_device_keeps_its_queue_until_it_is_paired_again(
    venue: Venue, playwright: Playwright, tmp_path: Path, make_app: Callable[..., Flask]
) -> None:
    with phone(playwright, tmp_path / "profile") as page:
        pair(page, venue)
        venue.kill()
        usb_scan(page, venue.codes["Anna"])
        app = make_app(DATABASE_URL=f"sqlite:///{venue.database}")
        with app.app_context():
            checkin.revoke_device(venue.device_id, clock.now())
        venue.start()

        page.evaluate("dispatchEvent(new Event('online'))")
        eventually(page, "document.querySelector('[data-link=revoked]')")
        assert page.inner_text("[data-queue]").replace("\xa0", " ") == "czeka na wysłanie: 1"
        assert named(venue) == []
        page.reload()
        eventually(page, "document.querySelector('[data-link=revoked]')")

        with app.app_context():
            event_id = venue.rows("SELECT event_id FROM device")[0][0]
            now = datetime.now(UTC)
            _device, venue.pairing = checkin.announce_device(
                event_id, "znowu", [venue.door_id], now
            )
        databases.dispose(app)
        pair(page, venue)
        eventually(page, EMPTY_QUEUE)
    assert [(row[0], row[1]) for row in named(venue)] == [("Anna", "ok")]


def test_a_full_disk_is_said(venue: Venue, playwright: Playwright, tmp_path: Path) -> None:
    full = """() => {
      IDBObjectStore.prototype.put = function () {
        throw new DOMException("full", "QuotaExceededError");
      };
    }"""
    with phone(playwright, tmp_path / "profile") as page:
        pair(page, venue)
        venue.kill()
        page.evaluate(full)
        said = usb_scan(page, venue.codes["Anna"])

        assert (said["tone"], said["name"]) == ("ok", "Anna Kowalska")
        assert usb_scan(page, venue.codes["Anna"])["tone"] == "warn"
        eventually(page, "document.querySelector('[data-unsaved]:not([hidden])')")
        venue.start()
        page.evaluate("dispatchEvent(new Event('online'))")
        eventually(page, EMPTY_QUEUE)
    assert [row[:2] for row in named(venue)] == [("Anna", "ok"), ("Anna", "duplicate-recent")]


NO_ED25519 = """(() => {
  const real = SubtleCrypto.prototype.generateKey;
  SubtleCrypto.prototype.generateKey = function (algorithm, ...rest) {
    if (algorithm === "Ed25519") return Promise.reject(new DOMException("", "NotSupportedError"));
    return real.call(this, algorithm, ...rest);
  };
})()"""


def latecomer(app: Flask, venue: Venue) -> dict[str, str]:
    """Register somebody after the device took its list; return their signed codes, and others'."""
    with app.app_context():
        event = frame.by_slug(venue.slug)
        assert event is not None
        row = factories.make_registration(event, "Zofia", "Późna")
        old = people.printed_code(row, event)
        registrations.reissue_badge(row.id, clock.now(), reason=BadgeReason.LOST)
        fresh = people.registration(row.id)
        assert fresh is not None
        other = factories.make_event(signs_badges=True)
        codes = {
            "old": old,
            "new": people.printed_code(fresh, event),
            "foreign": people.printed_code(factories.make_registration(other), other),
            "short": people.badge_code(fresh),
            "listed": people.printed_code(people.registration(1) or fresh, event),
        }
    databases.dispose(app)
    codes["forged"] = codes["new"][:-1] + ("0" if codes["new"][-1] != "0" else "1")
    return {name: tokens.badge_url("http://localhost", code) for name, code in codes.items()}


def test_a_signed_badge_is_checked_without_the_server_and_its_list(
    venue: Venue, playwright: Playwright, tmp_path: Path, make_app: Callable[..., Flask]
) -> None:
    profile = tmp_path / "profile"
    with phone(playwright, profile) as page:
        pair(page, venue)
        venue.kill()
        codes = latecomer(make_app(DATABASE_URL=f"sqlite:///{venue.database}"), venue)
        said = {
            name: usb_scan(page, codes[name])
            for name in ("listed", "forged", "foreign", "short", "new", "old")
        }

        assert {name: (one["tone"], one["word"]) for name, one in said.items()} == {
            "listed": ("ok", "Wejście"),
            "forged": ("stop", "Nieznany kod"),
            "foreign": ("stop", "Inne wydarzenie"),
            "short": ("stop", "Nieznany kod"),
            "new": ("warn", "Wejście"),
            "old": ("stop", "Stary identyfikator"),
        }
        assert said["listed"]["name"] == "Anna Kowalska"
        assert "Ważny identyfikator." in page.inner_text("[data-recent]")

        page.add_init_script(NO_ED25519)
        page.reload()
        eventually(page, READY)
        unable = usb_scan(page, codes["old"])
        assert (unable["tone"], unable["word"]) == ("stop", "Nieznany kod")

    venue.start()
    with phone(playwright, profile) as page:
        page.goto(venue.page)
        eventually(page, f"{READY} && {EMPTY_QUEUE}")
    let_in = [row[:3] for row in named(venue) if row[1] == "ok"]
    assert let_in == [("Anna", "ok", "offline"), ("Zofia", "ok", "offline")]
