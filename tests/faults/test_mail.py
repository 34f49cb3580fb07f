"""Workers killed without a word while they send letters: none lost, hardly one twice."""

import os
import random
import signal
import subprocess
import time
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from eventapp.kernel import jobs
from eventapp.kernel.db import db
from tests import factories
from tests.conftest import NOW
from tests.harness import servers
from tests.harness.relay import relaying

PATIENCE = 120.0  # seconds for what is left when nobody is killed any more


def worker(folder: Path, **environment: str) -> "subprocess.Popen[bytes]":
    """Start a worker; its words go to a file beside its data."""
    folder.mkdir(exist_ok=True)
    with (folder / "worker.log").open("ab") as log:
        return subprocess.Popen(
            [str(servers.EVENTAPP), "worker"],
            env=environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def kill(process: "subprocess.Popen[bytes]") -> None:
    """Kill a worker as a power cut would."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def wait_for(count: int, taken: list[object], seconds: float) -> bool:
    """Wait until the mail server has taken so many letters."""
    end = time.monotonic() + seconds
    while len(taken) < count and time.monotonic() < end:
        time.sleep(0.005)
    return len(taken) >= count


@pytest.mark.fault
@pytest.mark.parametrize(
    ("letters", "kills"),
    [(40, 3), pytest.param(500, 70, marks=pytest.mark.soak)],
    ids=["short", "long"],
)
def test_killed_workers_lose_no_letter(
    app: Flask, database_url: str, tmp_path: Path, letters: int, kills: int
) -> None:
    with app.app_context():
        event = factories.make_event()
        rows = [factories.make_registration(event).id for _ in range(letters)]
        assert len(rows) == letters
    killed = 0
    with relaying() as relay:
        relay.slow = 0.01
        settings = {"EVENTAPP_MAIL_URL": relay.url}
        given = {"database_url": database_url, "port": 1, "settings": settings}
        now = servers.environment(tmp_path / "w", now=NOW, **given)
        later = NOW + timedelta(hours=2)
        while killed < kills:
            begun = len(relay.envelopes)
            process = worker(tmp_path / "w", **now)
            # Strike while letters are in its hands: some after it has begun to send.
            some = begun + 1 + random.randrange(letters // kills // 2)
            assert wait_for(some, relay.envelopes, 30)
            time.sleep(random.uniform(0, 0.05))
            kill(process)
            killed += 1
        # What the dead hold is let go when their leases end: the clock is moved there.
        process = worker(
            tmp_path / "w", **servers.environment(tmp_path / "w", now=later, **given)
        )  # fmt: skip
        sent = wait_until_sent(app, event.id, letters)
        kill(process)
        times = relay.times()

    assert sent == letters
    assert len(times) == letters
    assert sum(times.values()) - letters <= killed


def wait_until_sent(app: Flask, event_id: int, letters: int) -> int:
    """Wait until every letter stands as sent; return how many do."""
    end = time.monotonic() + PATIENCE
    sent = 0
    while sent < letters and time.monotonic() < end:
        time.sleep(0.2)
        with app.app_context():
            sent = jobs.counts(event_id)[jobs.JobState.DONE]
            db.session.rollback()
    return sent
