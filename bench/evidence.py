"""Evidence: how long the pack of the demonstration takes, and five hundred certificates."""

import contextlib
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from flask import Flask

from bench import stands
from eventapp.app import create_app
from eventapp.demo.load import load
from eventapp.demo.moments import SEMINAR
from eventapp.documents import commands, queries
from eventapp.documents.models import Purpose
from eventapp.documents.papers import certificates
from eventapp.events import queries as frame
from eventapp.kernel import clock, i18n, jobs, migrations

SLUG = "seminarium-es-2027"


@contextlib.contextmanager
def seminar(kind: str) -> Iterator[tuple[Flask, int]]:
    """Load the whole demonstration, and give the application with the event's id."""
    with tempfile.TemporaryDirectory() as name, stands.database(kind, Path(name)) as url:
        given = {"DATABASE_URL": url, "DATA_DIR": name, "SECRET_KEY": stands.KEY,
                 "RATE_LIMITS": False}  # fmt: skip
        app = create_app(given)
        with app.test_request_context(), i18n.use_locale("pl"):
            migrations.upgrade()
            load(stands.ROOT / "eventapp" / "demo" / SEMINAR)
            event = frame.by_slug(SLUG)
            if event is None:
                raise AssertionError("the demonstration is not there")
            yield app, event.id


def issued(event_id: int) -> float:
    """Issue all certificates that are due; return the seconds that takes."""
    commands.ask_for_certificates(event_id, clock.now(), purpose=Purpose.ISSUE, tells=False)
    begun = time.perf_counter()
    jobs.run_all()
    return time.perf_counter() - begun


def printed(event_id: int, number: int) -> tuple[float, bytes]:
    """Set *number* certificates as one document; return the seconds and the PDF."""
    rows = list(queries.valid(event_id))
    many = (rows * (number // len(rows) + 1))[:number]
    begun = time.perf_counter()
    made = certificates.document(many)
    return time.perf_counter() - begun, made


def packed(event_id: int) -> tuple[float, int]:
    """Make a pack of the whole event; return the seconds and the bytes of its files."""
    pack = commands.ask_for_pack(event_id, clock.now())
    begun = time.perf_counter()
    commands.make_pack(pack.id)
    took = time.perf_counter() - begun
    return took, sum(row.size for row in queries.files(pack.id))
