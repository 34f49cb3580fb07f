"""The demonstration as people meet it: `eventapp demo` in a process of its own.

All moments are prepared once for the whole suite; a test begins a moment anew, as the
button above every page does.
"""

import contextlib
import fcntl
import http.client
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from playwright.sync_api import Locator, Page

from eventapp.app import create_app
from eventapp.demo import moments
from eventapp.demo.moments import BY_NAME
from eventapp.demo.serving import COOKIE, STARTED
from tests.harness import chromium
from tests.harness.mailbox import Mailbox
from tests.harness.servers import EVENTAPP, OURS

EVENT = "seminarium-es-2027"
ADDRESS = re.compile(r"The demonstration: (\S+)")
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
PATIENCE = 90.0
# A folder to keep a picture of each page in, for whoever wants to look at them.
PICTURES = os.environ.get("EVENTAPP_TEST_PICTURES")


def prepare(folder: Path) -> None:
    """Prepare every moment in *folder*, once however many processes ask for it."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        moments.prepare(folder, create_app, lambda line: None)


@dataclass
class Stage:
    """A running demonstration; its moments can be begun anew."""

    url: str
    data: Path
    process: "subprocess.Popen[bytes]" = field(repr=False)

    def begin(self, name: str, at: datetime | None = None) -> None:
        """Forget what was done in a moment; its clock starts *at* this time if one is given."""
        self._post(name, f"/demo/{name}/anew")
        if at is not None:
            offset = (at.astimezone(UTC) - datetime.now(UTC)).total_seconds()
            with contextlib.closing(sqlite3.connect(self.database(name))) as database, database:
                database.execute("INSERT INTO setting VALUES (?, ?)", (STARTED, str(offset)))

    def database(self, name: str) -> Path:
        """Return the database in which a moment is played."""
        return moments.working(self.data, BY_NAME[name])

    def rows(self, name: str, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Return what a query finds in a moment's database."""
        with contextlib.closing(sqlite3.connect(self.database(name))) as database:
            return database.execute(query, values).fetchall()

    def mailbox(self, name: str) -> Mailbox:
        """Return the letters sent in a moment."""
        return Mailbox(moments.folder_of(self.data, BY_NAME[name]) / "mail")

    def visit(self, page: Page, name: str, path: str = "/") -> None:
        """Let a visitor without a role open a page of a moment."""
        page.context.add_cookies([{"name": COOKIE, "value": name, "url": self.url}])
        page.goto(self.url + path)

    def enter(self, page: Page, name: str, role: str) -> None:
        """Let somebody with a role open the moment by the link of that role."""
        page.goto(f"{self.url}/demo/{name}/as/{role}")

    def link(self, path: str) -> str:
        """Return the address of one of the event's pages."""
        return f"{self.url}/{EVENT}{path}"

    def _post(self, name: str, path: str) -> None:
        """Post as a visitor of a moment, with the token that its pages carry."""
        host = urlsplit(self.url).netloc
        with contextlib.closing(http.client.HTTPConnection(host, timeout=30)) as connection:
            connection.request("GET", "/", headers={"Cookie": f"{COOKIE}={name}"})
            page = connection.getresponse()
            token = TOKEN.search(page.read().decode())
            visit = (page.headers["Set-Cookie"] or "").partition(";")[0]
            assert token, "no token on the first page"
            connection.request(
                "POST",
                path,
                urlencode({"csrf_token": token[1]}),
                {
                    "Cookie": f"{COOKIE}={name}; {visit}",
                    "Content-Type": "application/x-www-form-urlencoded",
                },
            )
            answer = connection.getresponse()
            assert answer.status == 303, (path, answer.status, answer.read())


@contextlib.contextmanager
def playing(prepared: Path, folder: Path, *arguments: str) -> Iterator[Stage]:
    """Run `eventapp demo` on a copy of the *prepared* moments until the block ends."""
    data = folder / "demo"
    shutil.copytree(prepared, data, ignore=shutil.ignore_patterns("eventapp.sqlite3*", "mail"))
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    log = folder / "demo.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(EVENTAPP), "demo", "--port", "0", *arguments],
            env=inherited | {"EVENTAPP_DATA_DIR": str(folder), "PYTHONWARNINGS": "default"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        yield Stage(_address(process, log), data, process)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _address(process: "subprocess.Popen[bytes]", log: Path) -> str:
    """Wait until the demonstration says where it is; fails with its own words."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        if found := ADDRESS.search(log.read_text()):
            return found[1]
        time.sleep(0.1)
    raise AssertionError(f"the demonstration did not start:\n{log.read_text()}")


@cache
def seminar() -> dict[str, Any]:
    """Return the file of the demonstration's seminar."""
    path = Path(moments.__file__).parent / moments.SEMINAR
    return dict(json.loads(path.read_text(encoding="utf-8")))


# --- walking and looking ------------------------------------------------------------------


def follow(page: Page, button: str | Locator) -> None:
    """Press a button or a link, and wait for the page that it leads to."""
    with page.expect_navigation():
        (page.locator(button).first if isinstance(button, str) else button).click()


def look(page: Page, name: str = "") -> None:
    """Check that a page is accessible and fits its window, in the light and the dark theme.

    A journey is walked at one width and in one theme; the other theme is looked at where
    the reader stands. It changes colours alone, so their contrast alone is measured again.
    """
    page.wait_for_load_state()
    own = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'")
    other = "light" if own == "dark" else "dark"
    found = chromium.axe(page)
    _keep_picture(page, name, own)
    page.emulate_media(color_scheme=other)  # type: ignore[arg-type]
    found += [f"{other}: {fault}" for fault in chromium.axe(page, only=("color-contrast",))]
    _keep_picture(page, name, other)
    page.emulate_media(color_scheme=own)
    assert not found, "\n".join([page.url, *found])


def _keep_picture(page: Page, name: str, scheme: str) -> None:
    if not (PICTURES and name):
        return
    folder = Path(PICTURES)
    folder.mkdir(parents=True, exist_ok=True)
    width = (page.viewport_size or {}).get("width")
    page.screenshot(path=folder / f"{name}-{width}-{scheme}.png", full_page=True)


def words(page: Page | Locator, selector: str) -> str:
    """Return the text of the first such element, with plain blanks."""
    return " ".join(page.locator(selector).first.inner_text().split())
