"""The door without a network: the list that devices load, its changes, and a batch of scans."""

import json
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from playwright.sync_api import Page, sync_playwright

from bench.editor import CHROMIUM
from bench.stands import Stand

BATCH = 200
# Longer than a worker takes a list for up to date.
FORGOTTEN = 4.5


@dataclass(frozen=True)
class Answer:
    """What came back: its bytes, its tag, and the milliseconds it took."""

    body: bytes
    tag: str
    status: int
    took: float

    @property
    def said(self) -> Any:
        """Return the JSON."""
        return json.loads(self.body)


def ask(stand: Stand, path: str, body: object = None, tag: str = "") -> Answer:
    """Ask the door of *stand* something as its device."""
    request = urllib.request.Request(  # noqa: S310 - our own server
        f"{stand.url}/api/v1/checkpoints/{stand.checkpoint_id}/{path}",
        data=json.dumps(body).encode() if body is not None else None,
        headers={
            "Authorization": f"Bearer {stand.device}",
            "Content-Type": "application/json",
            **({"If-None-Match": tag} if tag else {}),
        },
    )
    begun = time.perf_counter()
    try:
        with urllib.request.urlopen(request) as answer:  # noqa: S310 - our own server
            content, status = answer.read(), answer.status
            headers = answer.headers
    except urllib.error.HTTPError as error:
        content, status, headers = b"", error.code, error.headers
    return Answer(content, headers["ETag"] or "", status, 1000 * (time.perf_counter() - begun))


def batches(stand: Stand, number: int) -> Iterator[float]:
    """Hand in *number* batches of 200 scans that a device decided; yield the milliseconds."""
    for place in range(number):
        codes = stand.codes[place * BATCH : (place + 1) * BATCH]
        answer = ask(stand, "scans:batch", {"scans": [_scan(code) for code in codes]})
        codes_heard = {verdict["code"] for verdict in answer.said["verdicts"]}
        if codes_heard != {"ok"}:
            raise AssertionError(f"a batch heard {codes_heard}")
        yield answer.took


def _scan(code: str) -> dict[str, Any]:
    return {
        "scan_id": str(uuid.uuid4()),
        "code": code,
        "scanned_at": datetime.now(UTC).isoformat(),
        "age_ms": 60_000,
        "mode": "offline",
        "said": "ok",
    }


def delta(stand: Stand, code: str) -> Answer:
    """Change one badge, and ask for what has changed."""
    ask(stand, "snapshot")
    time.sleep(FORGOTTEN)
    revision = ask(stand, "snapshot").said["revision"]
    next(batches(Stand(**{**vars(stand), "codes": [code]}), 1))
    time.sleep(FORGOTTEN)
    changed = ask(stand, f"snapshot?since={revision}")
    if len(changed.said["badges"]) != 1:
        raise AssertionError("more than one badge has changed")
    return changed


def unchanged(stand: Stand) -> float:
    """Ask for news where there is none; return the milliseconds."""
    time.sleep(FORGOTTEN)
    revision = ask(stand, "snapshot").said["revision"]
    tag = ask(stand, f"snapshot?since={revision}").tag
    time.sleep(FORGOTTEN)
    answer = ask(stand, f"snapshot?since={revision}", tag=tag)
    if answer.status != 304:
        raise AssertionError(f"unchanged answered {answer.status}")
    return answer.took


def loaded(stand: Stand, rounds: int) -> Sequence[float]:
    """Load the list into the storage of a browser; return the seconds of each time."""
    with _phone(stand) as page:
        took = []
        for _ in range(rounds):
            page.goto(f"{stand.url}/{stand.slug}/door/{stand.checkpoint_id}")
            page.evaluate("""() => new Promise((resolve) => {
                const asked = indexedDB.deleteDatabase("eventapp-door");
                asked.onsuccess = asked.onblocked = resolve;
            })""")
            begun = time.perf_counter()
            page.goto(f"{stand.url}/{stand.slug}/door/{stand.checkpoint_id}")
            page.wait_for_selector("[data-door][data-listed]", state="attached", timeout=30_000)
            took.append(time.perf_counter() - begun)
        return took


@contextmanager
def _phone(stand: Stand) -> Iterator[Page]:
    keep = f"""localStorage.setItem("eventapp.door.tokens",
        JSON.stringify({{ {json.dumps(stand.slug)}: {json.dumps(stand.device)} }}))"""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = browser.new_context()
        cookie = {"name": "door", "value": stand.device, "url": stand.url}
        context.add_cookies([cookie])  # type: ignore[list-item]
        page = context.new_page()
        page.add_init_script(keep)
        yield page
        browser.close()
