"""Drive Debian's Chromium, and look at pages as axe and a careful reader do."""

import contextlib
import hashlib
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright, Request

EXECUTABLE = os.environ.get("EVENTAPP_TEST_CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
HEIGHTS = {320: 640, 360: 740, 1280: 900}
VENDOR = Path(__file__).parent.parent / "browser" / "vendor"
PATIENCE = 10.0


@dataclass(frozen=True)
class View:
    """How a reader sees the page: width in CSS pixels, theme, language."""

    width: int = 1280
    theme: str = "light"
    locale: str = "pl-PL"

    def __str__(self) -> str:
        return f"{self.width}-{self.theme}-{self.locale[:2]}"


VIEWS = tuple(View(width, theme) for width in (360, 1280) for theme in ("light", "dark"))


@dataclass
class Watch:
    """What went wrong on a page without anybody seeing it."""

    origin: str | None = None
    faults: list[str] = field(default_factory=list)

    def console(self, message: ConsoleMessage) -> None:
        """Note errors and warnings of the console; a violated CSP is one of them."""
        # The browser reports each 4xx by itself; whether the answer is right, the test knows.
        if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
            self.faults.append(f"console {message.type}: {message.text}")

    def request(self, request: Request) -> None:
        """Note each request that leaves the server under test."""
        parts = urlsplit(request.url)
        if parts.scheme in {"data", "blob", "about"}:
            return
        origin = f"{parts.scheme}://{parts.netloc}"
        self.origin = self.origin or origin
        if origin != self.origin:
            self.faults.append(f"request to another host: {request.url}")


def launch(playwright: Playwright, *arguments: str) -> Browser:
    """Start Chromium; *arguments* come on top, such as those of a fake camera."""
    return playwright.chromium.launch(
        executable_path=EXECUTABLE, args=[*ARGUMENTS, *arguments], timeout=60_000
    )


@contextlib.contextmanager
def opened(browser: Browser, view: View, **options: Any) -> Iterator[Page]:
    """Yield a page of a fresh profile; in the end it must have had no silent fault.

    *options* are those of Playwright's `new_context`. ``page.watch`` holds the faults: a
    test that provokes one on purpose empties the list.
    """
    context = browser.new_context(
        viewport={"width": view.width, "height": HEIGHTS.get(view.width, 900)},
        color_scheme="dark" if view.theme == "dark" else "light",
        locale=view.locale,
        timezone_id="Europe/Warsaw",
        reduced_motion="reduce",
        **options,
    )
    context.set_default_timeout(PATIENCE * 1000)
    page = context.new_page()
    watch = Watch()
    page.on("console", watch.console)
    page.on("request", watch.request)
    page.on("pageerror", lambda error: watch.faults.append(f"script: {error}"))
    page.watch = watch  # type: ignore[attr-defined]
    try:
        yield page
        assert watch.faults == [], f"on {page.url}"
    finally:
        context.close()


def eventually(page: Page, expression: str, patience: float = PATIENCE) -> Any:
    """Return the first true value of a JavaScript *expression*, asked again and again.

    Playwright's own waiting needs eval, which the content security policy forbids.
    """
    end = time.monotonic() + patience
    while True:
        if value := page.evaluate(expression):
            return value
        assert time.monotonic() < end, f"never became true on {page.url}: {expression}"
        page.wait_for_timeout(50)


def axe(page: Page, *, skip: tuple[str, ...] = (), only: tuple[str, ...] = ()) -> list[str]:
    """Return each violation of accessibility rules on the page as a readable paragraph.

    Rules in *skip* are left out; *only* names the few that shall be tried. Nothing wide may
    hang over the edge either: a page that scrolls sideways is listed as a violation.
    """
    if not page.evaluate("typeof window.axe === 'object'"):
        page.evaluate(axe_source())
    rules = {rule: {"enabled": False} for rule in skip}
    options: dict[str, Any] = {"rules": rules, "resultTypes": ["violations"]}
    if only:
        options["runOnly"] = {"type": "rule", "values": list(only)}
    report = page.evaluate("options => axe.run(document, options)", options)
    return [described(violation) for violation in report["violations"]] + overhang(page)


def axe_source() -> str:
    """Return axe-core, if it is the one whose hash is kept."""
    source = (VENDOR / "axe.min.js").read_bytes()
    known = dict(
        reversed(line.split()) for line in (VENDOR / "SHA256SUMS").read_text().splitlines()
    )
    assert hashlib.sha256(source).hexdigest() == known["axe.min.js"]
    return source.decode()


def described(violation: dict[str, Any]) -> str:
    """Return one violation as its rule, its sentence and the places where it occurs."""
    places = [
        f"  {' '.join(map(str, node['target']))}: {node['failureSummary']}"
        for node in violation["nodes"]
    ]
    return "\n".join([f"{violation['id']}: {violation['help']}", *places])


def overhang(page: Page) -> list[str]:
    """Tell whether the page is wider than its window."""
    excess = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return [f"the page hangs over by {excess} px"] if excess > 0 else []
