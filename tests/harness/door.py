"""A stand-in for the door's server, and badges held before a camera that does not exist.

It serves the real template, styles and scripts under the real content security policy, and
answers scans from a script, so that the scanner page is tested by itself.
"""

import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from mimetypes import guess_type
from pathlib import Path
from tempfile import mkdtemp
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

from flask import Flask, g, render_template
from flask_babel import refresh
from playwright.sync_api import Page
from qrcode import QRCode
from qrcode.constants import ERROR_CORRECT_M

from eventapp.app import create_app
from eventapp.checkin.routes import SCANNER_CSP
from eventapp.kernel import boundary
from tests.harness.chromium import eventually

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "static"
TITLE = {"pl": "Seminarium Ekonomii Społecznej", "en": "Social Economy Seminar"}
POLICY = boundary.policy(SCANNER_CSP)
STRICT = boundary.policy({})
BADGE = "HTTPS://SEMINARIUM.EXAMPLE/B/0123456789ABCDEFGHJKMNPQRS"
ANNA = {"name": "Anna Kowalska", "organisation": "Fundacja Jurajska", "flags": ["PJM"]}
LUKASZ = {
    "registration": "r-2",
    "name": "Łukasz Źdźbłowski",
    "organisation": "Spółdzielnia Socjalna Warta",
    "state": "qualified",
    "inside": False,
    "flags": [],
}

Answer = tuple[int, dict[str, Any]]


# --- what the server says ----------------------------------------------------------------


def verdict(code: str = "ok", status: str = "ok", **more: Any) -> dict[str, Any]:
    """Return an answer about Anna Kowalska; *more* replaces its other fields."""
    plain = {
        "status": status,
        "code": code,
        "sentence": "",
        "registration": ANNA,
        "first": None,
        "presence": "present",
        "replayed": False,
        "conflict": False,
    }
    return plain | more


def always(answer: dict[str, Any], status: int = 200) -> Callable[[dict[str, Any]], Answer]:
    """Answer every scan alike."""
    return lambda body: (status, answer)


@dataclass
class Door:
    """The stand-in's memory and its script; tests change both while it runs."""

    url: str = ""
    judge: Callable[[dict[str, Any]], Answer] = field(
        default_factory=lambda: always(verdict(), 201)
    )
    people: list[dict[str, Any]] = field(default_factory=lambda: [LUKASZ])
    counters: dict[str, Any] = field(default_factory=lambda: {"inside": 37, "expected": 120})
    # The list by which a device decides itself; None: it is told of none.
    roll: dict[str, Any] | None = None
    # "up"; "slow" answers the first try of each scan after the device gave up; "down" cuts.
    mood: str = "up"
    scans: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    others: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    queries: list[str] = field(default_factory=list)
    static_policy: str | None = None

    def page(self, **options: str) -> str:
        """Return the page's address; options: lang, lead, device, now."""
        return f"{self.url}/?" + "&".join(f"{key}={value}" for key, value in options.items())


@contextlib.contextmanager
def standing(host: str = "127.0.0.1") -> Iterator[Door]:
    """Serve a door on *host* until the block ends."""
    door = Door()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(door))
    server.daemon_threads = True
    door.url = f"http://{host}:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield door
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(door: Door) -> type[BaseHTTPRequestHandler]:
    """Return a request handler that knows *door*."""
    return type("Handler", (_Handler,), {"door": door})


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    door: Door

    def log_message(self, *args: object) -> None:
        """Keep the test's output quiet."""

    def do_GET(self) -> None:
        """Serve the page, its files, the counters and the search."""
        path = urlsplit(self.path)
        query = {key: values[0] for key, values in parse_qs(path.query).items()}
        if path.path == "/":
            self._send(200, page(query).encode(), "text/html; charset=utf-8", POLICY)
        elif path.path.startswith("/static/"):
            self._file(path.path.removeprefix("/static/"))
        elif self.door.mood == "down":
            self.close_connection = True
        elif path.path == "/counters":
            self._json(200, self.door.counters)
        elif path.path == "/list":
            self._json(200 if self.door.roll else 404, self.door.roll or {})
        else:
            self.door.queries.append(query["q"])
            self._json(200, self.door.people)

    def do_POST(self) -> None:
        """Answer a scan, an undo or an admission as the script says."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.door.mood == "down":
            self.close_connection = True
            return
        if self.path.endswith("/scans"):
            self._scan(body)
            return
        self.door.others.append((self.path, body))
        self._json(*self.door.judge(body))

    def _scan(self, body: dict[str, Any]) -> None:
        door = self.door
        retried = body["scan_id"] in [scan["scan_id"] for scan in door.scans]
        door.scans.append(body)
        door.headers.append({name.lower(): value for name, value in self.headers.items()})
        if door.mood == "slow" and not retried:
            time.sleep(1.9)
        status, answer = door.judge(body)
        own = {"scan_id": body["scan_id"]} if "status" in answer else {}
        self._json(status, answer | own)

    def _file(self, name: str) -> None:
        path = (STATIC / name).resolve()
        if not path.is_relative_to(STATIC) or not path.is_file():
            self._send(404, b"", "text/plain")
            return
        kind = guess_type(path.name)[0] or "application/octet-stream"
        self._send(200, path.read_bytes(), kind, self.door.static_policy)

    def _json(self, status: int, answer: object) -> None:
        self._send(status, json.dumps(answer).encode(), "application/json")

    def _send(self, status: int, body: bytes, kind: str, policy: str | None = None) -> None:
        # A device that stopped waiting has closed its end.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.send_response(HTTPStatus(status))
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            if policy:
                self.send_header("Content-Security-Policy", policy)
            self.end_headers()
            self.wfile.write(body)


# --- the page ----------------------------------------------------------------------------


def page(query: Mapping[str, str]) -> str:
    """Render the scanner's template in the real application, which needs no database for it."""
    app = application()
    language = query.get("lang", "pl")
    with app.test_request_context():
        g.locale = language
        refresh()
        return render_template(
            "checkin/scanner.html",
            event=SimpleNamespace(slug="seminarium-2027", title=TITLE),
            checkpoint=SimpleNamespace(name={"pl": "Wejście główne", "en": "Main entrance"}),
            scans_url="/scans",
            people_url="/people",
            counters_url="/counters",
            list_url="/list",
            worker_url="",
            manifest_url="",
            of_device="device" in query,
            conflicts=0,
            zone="Europe/Warsaw",
            bare='{"event": 1, "policy": "single", "closes_daily": true, "keys": []}',
            now=datetime.fromisoformat(query.get("now", "2027-06-16T08:00:00Z")),
            inside=37,
            expected=120,
            is_lead="lead" in query,
            back_url="/",
            csrf_token=lambda: "a-csrf-token",
        )


@cache
def application() -> Flask:
    """Return the real application, on a database that is never opened."""
    folder = Path(mkdtemp(prefix="door-"))
    settings = {
        "DATA_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder / 'none.sqlite3'}",
        "MAIL_URL": f"file://{folder / 'mail'}",
        "SECRET_KEY": "a key for the stand-in of the door and nothing else",
        "BASE_URL": "http://localhost",
    }
    return create_app(settings)


# --- the camera --------------------------------------------------------------------------


def modules(text: str) -> list[list[bool]]:
    """Return the dark and light modules of *text* as a QR code with its quiet zone."""
    code = QRCode(error_correction=ERROR_CORRECT_M, border=4)
    code.add_data(text)
    code.make(fit=True)
    return code.get_matrix()


@dataclass(frozen=True)
class Shot:
    """One take: *badges* (text, left, top in pixels), each module so many pixels wide."""

    badges: tuple[tuple[str, int, int], ...] = ()
    module: int = 6
    frames: int = 10


def film(path: Path, shots: list[Shot], width: int = 640, height: int = 480) -> Path:
    """Write *shots* as an uncompressed film, which Chromium shows as its camera in a loop."""
    with path.open("wb") as file:
        file.write(f"YUV4MPEG2 W{width} H{height} F20:1 Ip A1:1 C420jpeg\n".encode())
        grey = bytes([128]) * (width * height // 2)
        for shot in shots:
            picture = b"FRAME\n" + _luma(shot, width, height) + grey
            file.write(picture * shot.frames)
    return path


def _luma(shot: Shot, width: int, height: int) -> bytes:
    rows = [bytearray([90]) * width for _ in range(height)]
    for text, left, top in shot.badges:
        for line, row in enumerate(modules(text)):
            pixels = b"".join(bytes([25 if dark else 225]) * shot.module for dark in row)
            for y in range(top + line * shot.module, top + (line + 1) * shot.module):
                rows[y][left : left + len(pixels)] = pixels
    return b"".join(rows)


def centred(text: str, module: int, width: int = 640, height: int = 480) -> Shot:
    """Hold one badge into the middle of the picture."""
    side = len(modules(text)) * module
    return Shot(((text, (width - side) // 2, (height - side) // 2),), module)


def camera(path: Path) -> tuple[str, ...]:
    """Return the browser's arguments that make *path* its camera."""
    return (
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={path}",
    )


# --- a steward's hands and eyes ----------------------------------------------------------

VERDICT = "document.querySelector('[data-verdict]:not([hidden])')"
CAMERA_ON = "document.querySelector('[data-camera=on][data-reader]')"

# A scanner that types: as fast as keys can come, ending in Enter.
TYPE_FAST = """text => {
  for (const key of [...text, "Enter"]) {
    const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
    const field = document.activeElement;
    if (field.dispatchEvent(event) && key.length === 1 && "value" in field) field.value += key;
  }
}"""


def shown(page: Page) -> dict[str, str]:
    """Wait for a verdict and return what it says."""
    eventually(page, VERDICT)
    read = """() => Object.fromEntries(["word", "name", "organisation", "flags", "lines"].map(
        (part) => [part, document.querySelector(`[data-verdict-${part}]`).textContent.trim()]))"""
    said = page.evaluate(read)
    return said | {"tone": page.get_attribute("[data-verdict]", "data-tone") or ""}


def usb_scan(page: Page, text: str = BADGE) -> dict[str, str]:
    """Scan *text* with a USB scanner and return the verdict."""
    if page.evaluate(f"Boolean({VERDICT})"):
        page.keyboard.press("Escape")
    page.evaluate(TYPE_FAST, text)
    return shown(page)
