"""The yardstick: a bare Flask route with one SQL statement and no checks at all."""

import os
import sqlite3
import threading

from flask import Flask

URL = os.environ["YARDSTICK_DATABASE"]
INSERT = "INSERT INTO mark (note) VALUES ('x')"

app = Flask("yardstick")
local = threading.local()
writers = threading.Lock()


def connection() -> object:
    """Return this thread's connection, opened on first use."""
    if not hasattr(local, "connection"):
        local.connection = _opened()
    return local.connection


def _opened() -> object:
    if URL.startswith("sqlite"):
        opened = sqlite3.connect(URL.removeprefix("sqlite:///"), isolation_level=None, timeout=15)
        opened.execute("PRAGMA journal_mode=WAL")
        opened.execute("PRAGMA synchronous=FULL")
        opened.execute("CREATE TABLE IF NOT EXISTS mark (id INTEGER PRIMARY KEY, note TEXT)")
        return opened
    import psycopg  # noqa: PLC0415 - SQLite needs none

    opened = psycopg.connect(URL, autocommit=True)
    opened.execute("SELECT pg_advisory_lock(1)")
    opened.execute("CREATE TABLE IF NOT EXISTS mark (id SERIAL PRIMARY KEY, note TEXT)")
    opened.execute("SELECT pg_advisory_unlock(1)")
    return opened


@app.get("/")
def alive() -> str:
    """Say that the yardstick is there."""
    return "yes"


@app.post("/")
def mark() -> tuple[str, int]:
    """Insert one row."""
    if URL.startswith("sqlite"):
        with writers:
            connection().execute(INSERT)  # type: ignore[attr-defined]
    else:
        connection().execute(INSERT)  # type: ignore[attr-defined]
    return "ok", 201


if __name__ == "__main__":
    from eventapp.kernel.server import serve_app

    serve_app(app, host="127.0.0.1", port=int(os.environ["YARDSTICK_PORT"]), threads=8, workers=[])
