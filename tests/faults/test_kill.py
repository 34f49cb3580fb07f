"""Workers killed without a word while people sign up and badges are scanned.

What was acknowledged is there, once; what was not may be there or not, and a retry under the
same key tells which. The server is killed again and again while clients go on asking.
"""

import contextlib
import http.client
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from eventapp.checkin import commands as checkin
from eventapp.checkin.models import Scan
from eventapp.checkin.rules import ScanCode
from eventapp.events import commands as events
from eventapp.kernel import clock
from eventapp.kernel.db import db
from eventapp.registrations import queries as people
from eventapp.signups import queries as places
from eventapp.signups.models import SignUp
from tests import factories
from tests.harness import servers

ROOT = Path(__file__).resolve().parents[2]
SEATS = 7
CLIENTS = 6
ANSWERED_WITHIN = 90.0

Wish = tuple[str, str, dict[str, Any], str]


@dataclass
class Standing:
    """The server under fire: how to start and kill it, and what its clients heard."""

    url: str
    token: str
    device: str
    start: Callable[[], "subprocess.Popen[bytes]"]
    heard: dict[str, dict[str, Any]] = field(default_factory=dict)
    process: "subprocess.Popen[bytes] | None" = None

    def ask(self, wish: Wish) -> None:
        """Ask until there is an answer, always under the same key."""
        path, token, body, key = wish
        until = time.monotonic() + ANSWERED_WITHIN
        while time.monotonic() < until:
            request = urllib.request.Request(
                self.url + path,
                data=json.dumps(body).encode(),
                headers={
                    "Authorization": f"Bearer {token}",
                    "Content-Type": "application/json",
                    "Idempotency-Key": key,
                },
            )
            try:
                with urllib.request.urlopen(request, timeout=20) as answer:
                    self.heard[key] = json.loads(answer.read())
                    return
            except urllib.error.HTTPError as error:
                if error.code != 503:  # busy says nothing yet; everything else is an answer
                    raise
            except (OSError, ValueError, http.client.HTTPException):
                pass  # no answer, or half of one
            time.sleep(0.05)
        raise AssertionError(f"no answer to {wish}")


@pytest.fixture
def standing(
    app: Flask, database_kind: str, database_url: str, tmp_path: Path
) -> Iterator[Standing]:
    port = servers.free_port()
    environment = servers.environment(
        tmp_path / "server",
        database_url=database_url,
        port=port,
        now=None,
        settings={"EVENTAPP_RATE_LIMITS": "0"},
    )
    command = [str(servers.EVENTAPP), "serve", "--port", str(port)]
    if database_kind == "postgres":
        gunicorn = str(Path(sys.executable).with_name("gunicorn"))
        command = [gunicorn, "wsgi:app", "--bind", f"127.0.0.1:{port}", "--workers", "3"]
        command += ["--worker-class", "gthread", "--threads", "4", "--log-level", "error"]
    log = (tmp_path / "server.log").open("wb")

    def start() -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
        )

    under_fire = Standing(f"http://127.0.0.1:{port}", "", "", start)
    under_fire.process = start()
    yield under_fire
    with contextlib.suppress(ProcessLookupError):
        os.killpg(under_fire.process.pid, signal.SIGKILL)
    under_fire.process.wait()
    log.close()


def strike(under_fire: Standing, kind: str) -> None:
    """Kill a worker of gunicorn, which starts another; embedded, the whole server."""
    process = under_fire.process
    assert process is not None
    if kind == "postgres":
        listed = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        if listed:
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(random.choice(listed)), signal.SIGKILL)
        return
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    under_fire.process = under_fire.start()


def under_strikes(under_fire: Standing, kind: str, wishes: list[Wish], strikes: int) -> None:
    """Let the clients share *wishes* while the server is struck *strikes* times."""
    waiting = iter(wishes)
    turn = threading.Lock()
    faults: list[BaseException] = []

    def client() -> None:
        try:
            while True:
                with turn:
                    wish = next(waiting, None)
                if wish is None:
                    return
                under_fire.ask(wish)
        except BaseException as error:
            faults.append(error)

    crowd = [threading.Thread(target=client) for _ in range(CLIENTS)]
    for thread in crowd:
        thread.start()
    for _ in range(strikes):
        time.sleep(random.uniform(0.4, 1.0))
        strike(under_fire, kind)
    for thread in crowd:
        thread.join()
    assert faults == []


@pytest.mark.fault
@pytest.mark.parametrize(
    "strikes", [3, pytest.param(20, marks=pytest.mark.soak)], ids=["short", "long"]
)
def test_what_was_acknowledged_survives_killed_workers(
    standing: Standing, app: Flask, database_kind: str, strikes: int
) -> None:
    crowd = 40 * strikes
    with app.app_context():
        event = factories.make_event()
        session = factories.make_session(event, capacity=SEATS, waiting_list=True)
        rows = [factories.make_registration(event) for _ in range(crowd)]
        door = checkin.add_checkpoint(event.id, {"pl": "Wejście"})
        _device, standing.device = checkin.pair_device(door.id, "telefon", clock.now())
        _token, standing.token = events.issue_token(event.id, "próba", ["all"], clock.now())
        codes = {row.id: people.badge_code(row) for row in rows}
    wishes: list[Wish] = []
    for registration_id, code in codes.items():
        signing = f"/api/v1/sessions/{session.id}/sign-ups"
        body = {"registration": str(registration_id)}
        wishes.append((signing, standing.token, body, f"sign-{registration_id}"))
        scan = {
            "scan_id": str(uuid.uuid4()),
            "code": code,
            "scanned_at": datetime.now(UTC).isoformat(),
            "age_ms": 0,
        }
        scanning = f"/api/v1/checkpoints/{door.id}/scans"
        wishes.append((scanning, standing.device, scan, f"scan-{registration_id}"))

    under_strikes(standing, database_kind, wishes, strikes)

    assert len(standing.heard) == len(wishes)
    with app.app_context():
        signed = {
            row.registration_id: row
            for row in db.session.scalars(select(SignUp).where(SignUp.session_id == session.id))
        }
        entered = Counter(
            db.session.scalars(select(Scan.registration_id).where(Scan.code == ScanCode.OK))
        )
        assert places.counter_faults() == []
    assert sorted(row.ticket for row in signed.values()) == list(range(1, crowd + 1))
    for registration_id in codes:
        answer = standing.heard[f"sign-{registration_id}"]
        assert answer["id"] == str(signed[registration_id].id)
        assert standing.heard[f"scan-{registration_id}"]["code"] == "ok"
        assert entered[registration_id] == 1
    states = Counter(row.state.value for row in signed.values())
    assert states == {"confirmed": SEATS, "waiting": crowd - SEATS}
