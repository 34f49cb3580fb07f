"""Whether this process lives, whether it can serve, and its figures if they are wanted."""

import logging
import os
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from flask import Blueprint, Response, abort, current_app, jsonify
from sqlalchemy import text

from eventapp import __version__
from eventapp.kernel import jobs, migrations
from eventapp.kernel.db import db
from eventapp.kernel.guard import public

log = logging.getLogger(__name__)
bp = Blueprint("health", __name__)

REDIS_TIMEOUT = 1.0  # seconds


@bp.get("/healthz")
@public
def healthz() -> Response:
    """Say that the process answers; restart it when it does not."""
    return _uncached(Response("ok\n", mimetype="text/plain"))


@bp.get("/readyz")
@public
def readyz() -> Response:
    """Say whether requests can be served: 200, or 503 with what is missing.

    A Redis that is down is told but does not count: only what may be lost lives there.
    """
    found = {name: ask(check) for name, check in checks().items()}
    missing = [name for name, answer in found.items() if answer != "ok" and name != "redis"]
    answer = jsonify({"status": "not ready" if missing else "ok", "checks": found})
    answer.status_code = 503 if missing else 200
    return _uncached(answer)


@bp.get("/metrics")
@public
def metrics() -> Response:
    """Return figures in Prometheus' text format, if the settings ask for them."""
    if not current_app.config["METRICS"]:
        abort(404)
    answer = Response("\n".join([*_figures(), ""]), mimetype="text/plain; version=0.0.4")
    return _uncached(answer)


def checks() -> dict[str, Callable[[], Any]]:
    """Return what must be in order before requests are let in, by name."""
    asked: dict[str, Callable[[], Any]] = {
        "database": lambda: db.session.execute(text("SELECT 1")),
        "migrations": _check_migrations,
    }
    if current_app.config["REDIS_URL"]:
        asked["redis"] = _check_redis
    if urlsplit(current_app.config["MAIL_URL"]).scheme == "file":
        asked["mail"] = check_mail_folder
    return asked


def ask(check: Callable[[], Any]) -> str:
    """Return "ok", or in a few words what is missing."""
    try:
        check()
    except _NotReady as reason:
        return str(reason)
    except Exception as error:
        # The kind of the fault only: its text may name hosts, users and paths.
        log.warning("not ready: %s", error)
        db.session.rollback()
        return type(error).__name__
    return "ok"


class _NotReady(Exception):
    """A check that found something missing, in a few words."""


def _check_migrations() -> None:
    revision = db.session.scalar(text("SELECT version_num FROM alembic_version"))
    if revision != _newest():
        raise _NotReady("behind")


@cache
def _newest() -> str | None:
    # Loads alembic once per process; the files do not change while it runs.
    return migrations.newest()


def _check_redis() -> None:
    from redis import Redis  # noqa: PLC0415 - belongs to the extra `scale`

    patience = {"socket_timeout": REDIS_TIMEOUT, "socket_connect_timeout": REDIS_TIMEOUT}
    with Redis.from_url(current_app.config["REDIS_URL"], **patience) as redis:
        redis.ping()


def check_mail_folder() -> None:
    """Find out whether the folder for letters can be written."""
    folder = Path(unquote(urlsplit(current_app.config["MAIL_URL"]).path))
    # It is made by the first letter, so the nearest folder that exists must be writable.
    while not folder.exists():
        folder = folder.parent
    if not os.access(folder, os.W_OK | os.X_OK):
        raise _NotReady("not writable")


def _figures() -> Iterator[str]:
    yield from _figure("eventapp_info", "gauge", "Version of the program.")
    yield f'eventapp_info{{version="{__version__}"}} 1'
    yield from _figure("eventapp_jobs", "gauge", "Jobs by state.")
    for state, count in jobs.counts().items():
        yield f'eventapp_jobs{{state="{state.value}"}} {count}'


def _figure(name: str, kind: str, about: str) -> Iterator[str]:
    yield f"# HELP {name} {about}"
    yield f"# TYPE {name} {kind}"


def _uncached(answer: Response) -> Response:
    answer.headers["Cache-Control"] = "no-store"
    return answer
