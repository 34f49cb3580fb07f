"""A worker on a real Redis: it does the rows' jobs, also when a message is lost."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
import redis
from flask import Flask

from eventapp.accounts import commands as accounts
from eventapp.kernel import broker, clock, jobs
from tests.harness import databases, servers

REDIS = os.environ.get("EVENTAPP_TEST_REDIS_URL", "redis://127.0.0.1:6379/0")
PATIENCE = 60.0


@pytest.fixture
def redis_url() -> Iterator[str]:
    """A numbered database of Redis for this test process alone."""
    number = 8 + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 7
    url = urlunsplit(urlsplit(REDIS)._replace(path=f"/{number}"))
    store = redis.Redis.from_url(url)
    store.flushdb()
    yield url
    store.flushdb()
    store.close()


@pytest.fixture
def standing(
    make_app: Callable[..., Flask],
    request: pytest.FixtureRequest,
    redis_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[tuple[Flask, "subprocess.Popen[bytes]"]]:
    """An application that announces its jobs, and a worker in a process of its own."""
    monkeypatch.undo()  # the worker's clock runs, so ours has to
    url = request.getfixturevalue("_postgres")
    databases.empty_postgres(url)
    app = make_app(DATABASE_URL=url, REDIS_URL=redis_url)
    environment = servers.environment(
        tmp_path, database_url=url, port=80, now=None, settings={"EVENTAPP_REDIS_URL": redis_url}
    )
    log = (tmp_path / "worker.log").open("wb")
    process = subprocess.Popen(
        [str(servers.EVENTAPP), "worker", "--concurrency", "2"],
        env=environment | {"EVENTAPP_MAIL_URL": app.config["MAIL_URL"]},
        stdout=log,
        stderr=log,
    )
    yield app, process
    process.kill()
    process.wait()
    log.close()


def letters(app: Flask) -> int:
    return len(list(Path(app.config["MAIL_URL"].removeprefix("file://")).glob("*.eml")))


def wait_for_letters(app: Flask, wanted: int) -> None:
    until = time.monotonic() + PATIENCE
    while letters(app) < wanted and time.monotonic() < until:
        time.sleep(0.1)
    assert letters(app) == wanted


def ask_for_links(app: Flask, *names: str) -> None:
    with app.app_context():
        for name in names:
            address = f"{name}@example.org"
            accounts.keep_account(address, name, clock.now())
            accounts.send_link(address, clock.now())


@pytest.mark.postgres
def test_a_worker_does_what_is_announced_and_what_is_not(
    standing: tuple[Flask, "subprocess.Popen[bytes]"], redis_url: str
) -> None:
    app, process = standing
    broker.ring(app)
    ask_for_links(app, "anna", "bartek")
    wait_for_letters(app, 2)

    # Nobody hears of these: their messages are lost, their rows are not.
    app.extensions.pop("eventapp-bell")
    ask_for_links(app, "celina", "dorota")
    redis.Redis.from_url(redis_url).flushdb()
    wait_for_letters(app, 4)

    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=30) == 0


@pytest.mark.postgres
def test_a_dead_redis_holds_nobody_up(
    make_app: Callable[..., Flask], request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue("_postgres")
    databases.empty_postgres(url)
    app = make_app(DATABASE_URL=url, REDIS_URL="redis://127.0.0.1:1/0")
    broker.ring(app)

    begun = time.monotonic()
    ask_for_links(app, "ewa")

    assert time.monotonic() - begun < 10
    with app.app_context():
        assert jobs.run_all() == 1
    assert letters(app) == 1
