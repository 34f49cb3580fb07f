"""What is measured: the product on either database, and the yardstick beside it."""

import contextlib
import os
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

from eventapp.app import create_app
from eventapp.checkin import commands as checkin
from eventapp.events import commands as events
from eventapp.kernel import clock, jobs, migrations
from eventapp.kernel.db import atomic
from eventapp.programme import commands as programme
from eventapp.programme.models import Kind, SignUpRule
from eventapp.registrations import commands as registrations
from eventapp.registrations import queries as people
from eventapp.registrations.commands import Details
from eventapp.registrations.models import Source, State

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
POSTGRES = os.environ.get(
    "EVENTAPP_TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432/postgres"
)
KEY = "a key for measurements and nothing else"
SEATS = 30


@dataclass
class Stand:
    """A running server with an event in it."""

    url: str
    database: str
    rows: str
    pid: int
    token: str
    device: str
    slug: str
    session_id: int
    checkpoint_id: int
    people: list[int]
    codes: list[str]


@contextlib.contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    """Make a fresh database and drop it afterwards."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'bench.sqlite3'}"
        return
    name = f"eventapp_bench_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(POSTGRES, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    url = make_url(POSTGRES).set(database=name)
    try:
        yield url.render_as_string(hide_password=False)
    finally:
        with psycopg.connect(POSTGRES, autocommit=True) as connection:
            drop = sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
            connection.execute(drop)


@contextlib.contextmanager
def stand(kind: str, *, number: int = 1000, sessions: int = 24) -> Iterator[Stand]:
    """Serve the product with an event of *number* people: embedded, or four workers."""
    with tempfile.TemporaryDirectory() as name, database(kind, Path(name)) as url:
        folder = Path(name)
        given = {"DATABASE_URL": url, "DATA_DIR": str(folder), "SECRET_KEY": KEY}
        app = create_app(given)
        with app.app_context():
            migrations.upgrade()
            # Nobody's letters are on their way while something else is measured.
            with jobs.silent():
                made = _fill(number, sessions)
        with serve(kind, folder, url) as (address, process):
            yield Stand(url=address, database=kind, rows=url, pid=process.pid, **made)


@contextlib.contextmanager
def queueing(rows: str) -> Iterator[Callable[[], object]]:
    """Yield what lets one more person wait for the first session, past the server.

    Every page of the programme that is kept is out of date after that.
    """
    one_more = "UPDATE session SET waiting = waiting + 1 WHERE id = (SELECT min(id) FROM session)"
    url = make_url(rows)
    connection: Any
    if url.drivername.startswith("sqlite"):
        connection = sqlite3.connect(str(url.database), isolation_level=None, timeout=15)
        connection.execute("PRAGMA synchronous=OFF")
    else:
        connection = psycopg.connect(
            url.set(drivername="postgresql").render_as_string(hide_password=False), autocommit=True
        )
        connection.execute("SET synchronous_commit=off")
    with contextlib.closing(connection):
        yield lambda: connection.execute(one_more)


@contextlib.contextmanager
def serve(kind: str, folder: Path, url: str) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    """Serve what a database holds; yield the address and the process."""
    port = _free_port()
    with _served(_command(kind, port), folder, url, port) as process:
        yield f"http://127.0.0.1:{port}", process


def _command(kind: str, port: int) -> list[str]:
    if kind == "sqlite":
        return [str(BIN / "eventapp"), "serve", "--port", str(port)]
    bind = f"127.0.0.1:{port}"
    return [str(BIN / "gunicorn"), "wsgi:app", "--bind", bind, "--workers", "4",
            "--worker-class", "gthread", "--threads", "4", "--backlog", "2048",
            "--keep-alive", "30", "--log-level", "warning"]  # fmt: skip


@contextlib.contextmanager
def _served(
    command: list[str], folder: Path, url: str, port: int
) -> Iterator["subprocess.Popen[bytes]"]:
    environment = {
        **os.environ,
        "EVENTAPP_DATABASE_URL": url,
        "EVENTAPP_DATA_DIR": str(folder),
        "EVENTAPP_SECRET_KEY": KEY,
        "EVENTAPP_RATE_LIMITS": "0",
        "EVENTAPP_BASE_URL": f"http://127.0.0.1:{port}",
    }
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=log, stderr=log)
    try:
        wait_for(f"http://127.0.0.1:{port}/healthz")
        yield process
    finally:
        process.terminate()
        process.wait(30)


@contextlib.contextmanager
def waiting(kind: str) -> Iterator[Callable[[], contextlib.AbstractContextManager[str]]]:
    """Prepare an event; what is yielded starts a server for it and yields its first page."""
    with tempfile.TemporaryDirectory() as name, database(kind, Path(name)) as url:
        folder = Path(name)
        app = create_app({"DATABASE_URL": url, "DATA_DIR": str(folder), "SECRET_KEY": KEY})
        with app.app_context():
            migrations.upgrade()
            with jobs.silent():
                made = _fill(1)

        @contextlib.contextmanager
        def start() -> Iterator[str]:
            with serve(kind, folder, url) as (address, _process):
                yield f"{address}/{made['slug']}/programme"

        yield start


@contextlib.contextmanager
def demonstration(folder: Path) -> Iterator[str]:
    """Run `eventapp demo` on what *folder* holds, and yield its first page once it is there."""
    port = _free_port()
    environment = {**os.environ, "EVENTAPP_DATA_DIR": str(folder)}
    command = [str(BIN / "eventapp"), "demo", "--port", str(port)]
    process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        wait_for(f"http://127.0.0.1:{port}/", patience=600)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)


@contextlib.contextmanager
def yardstick(kind: str) -> Iterator[str]:
    """Serve a bare Flask route that inserts one row, the same way; yield its address."""
    with tempfile.TemporaryDirectory() as name, database(kind, Path(name)) as url:
        port = _free_port()
        environment = {**os.environ, "YARDSTICK_DATABASE": url, "YARDSTICK_PORT": str(port)}
        command = [sys.executable, "-m", "bench.yardstick"]
        if kind != "sqlite":
            command = _command(kind, port)
            command[1] = "bench.yardstick:app"
        process = subprocess.Popen(command, env=environment, cwd=ROOT)
        try:
            wait_for(f"http://127.0.0.1:{port}/")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(30)


def wait_for(url: str, patience: float = 60.0) -> float:
    """Wait until *url* answers 200; return the seconds that took."""
    begun = time.perf_counter()
    while time.perf_counter() - begun < patience:
        with (
            contextlib.suppress(OSError),
            urllib.request.urlopen(url, timeout=5),  # noqa: S310 - our own server
        ):
            return time.perf_counter() - begun
        time.sleep(0.02)
    raise TimeoutError(url)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


@atomic
def _fill(number: int, sessions: int = 24) -> dict[str, object]:
    """Make an event with so many *sessions*, a door, and *number* people who take part."""
    now = clock.now()
    day = (now + timedelta(days=30)).date()
    host = events.keep_host("bench", "Bench")
    event = events.create_event(
        host.id, now, slug="bench", title={"pl": "Pomiar", "en": "Bench"}, starts_on=day,
        ends_on=day, timezone="UTC",
    )  # fmt: skip
    events.add_day(event.id, day, {"pl": "Dzień", "en": "Day"})
    venue = events.add_venue(event.id, {"pl": "Dom"}, {"pl": "Dom"})
    begin = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
    session_id = 0
    for place in range(sessions):
        room = events.add_room(venue.id, {"pl": f"Sala {place}"}, 100)
        activity = programme.add_activity(
            event.id, title={"pl": f"Warsztat {place}", "en": f"Workshop {place}"},
            abstract={"pl": "Opis " * 20}, kind=Kind.WORKSHOP,
        )  # fmt: skip
        start = begin + timedelta(minutes=place // 6 * 100)
        session = programme.add_session(
            activity.id, now, starts_at=start, ends_at=start + timedelta(minutes=90),
            room_id=room.id, capacity=SEATS, sign_up=SignUpRule.REQUIRED, waiting_list=True,
        )  # fmt: skip
        session_id = session_id or session.id
    events.publish_event(event.id, now)
    rows = [
        registrations.enter(
            event.id,
            Details(first_name="Anna", last_name=f"Nowak{place}", email=f"p{place}@example.org"),
            now,
            source=Source.IMPORT,
            state=State.QUALIFIED,
        )
        for place in range(number)
    ]
    door = checkin.add_checkpoint(event.id, {"pl": "Wejście"})
    _device, device = checkin.pair_device(door.id, "bench", now)
    _row, token = events.issue_token(event.id, "bench", ["all"], now)
    return {
        "slug": event.slug,
        "session_id": session_id,
        "checkpoint_id": door.id,
        "people": [row.id for row in rows],
        "codes": [people.badge_code(row) for row in rows],
        "token": token,
        "device": device,
    }


def memory_of(pid: int) -> float:
    """Return the largest resident memory of a process and its children, in MB."""
    sizes = []
    for path in Path("/proc").glob("[0-9]*/status"):
        with contextlib.suppress(OSError):
            text = path.read_text()
            parent = int(text.split("PPid:")[1].split()[0])
            own = int(path.parent.name)
            if pid in {own, parent} and "VmRSS:" in text:
                sizes.append(int(text.split("VmRSS:")[1].split()[0]) / 1024)
    return max(sizes, default=0.0)


__all__ = [
    "Stand",
    "database",
    "demonstration",
    "memory_of",
    "queueing",
    "serve",
    "stand",
    "wait_for",
    "waiting",
    "yardstick",
]
