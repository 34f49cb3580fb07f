"""Thousands of people: a table put in, the list taken away, one act on many."""

import contextlib
import csv
import io
import re
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from flask import Flask
from flask.testing import FlaskClient

from bench import stands
from eventapp.accounts import commands as accounts
from eventapp.app import create_app
from eventapp.events import commands as events
from eventapp.events.access import Role
from eventapp.kernel import clock, jobs, migrations, tables, visits
from eventapp.kernel.db import atomic
from eventapp.registrations import commands as registrations
from eventapp.registrations import queries as people
from eventapp.registrations.models import State
from eventapp.registrations.rules.many import Act, Ask, Telling

HEAD = (
    "Imię", "Nazwisko", "E-mail", "Telefon", "Kategoria", "Organizacja", "Gmina", "Dieta",
    "Potrzeby", "Klauzula",
)  # fmt: skip


@dataclass
class Office:
    """An event in a fresh database, and an organiser's browser in this process."""

    app: Flask
    client: FlaskClient
    event_id: int
    slug: str
    url: str
    token: str

    def post(self, path: str, **data: Any) -> str:
        """Send a form of the list of people and return the page that answers."""
        answer = self.client.post(
            f"/{self.slug}/desk/people{path}", data={"csrf_token": self.token, **data}
        )
        if answer.status_code not in {200, 303}:
            raise AssertionError(f"{path}: {answer.status}")
        return answer.text


@contextlib.contextmanager
def office(kind: str) -> Iterator[Office]:
    """Make an event without people, and sign its organiser in."""
    with tempfile.TemporaryDirectory() as name, stands.database(kind, Path(name)) as url:
        given = {"DATABASE_URL": url, "DATA_DIR": name, "SECRET_KEY": stands.KEY,
                 "RATE_LIMITS": False}  # fmt: skip
        app = create_app(given)
        with app.test_request_context():
            migrations.upgrade()
            with jobs.silent():
                event_id, slug, account_id = _found()
            entered = accounts.enter_for_demonstration(account_id, "bench", clock.now())
            cookie = visits.cookie_name(), entered.token
        client = app.test_client()
        client.set_cookie(*cookie)
        page = client.get(f"/{slug}/desk/people").text
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)
        if token is None:
            raise AssertionError("the organiser is not signed in")
        yield Office(app, client, event_id, slug, url, token[1])


@atomic
def _found() -> tuple[int, str, int]:
    now = clock.now()
    host = events.keep_host("bench", "Bench")
    event = events.create_event(
        host.id, now, slug="crowd", title={"pl": "Tłum", "en": "Crowd"},
        starts_on=now.date(), ends_on=now.date(),
    )  # fmt: skip
    events.add_category(event.id, "fundacja", {"pl": "fundacja", "en": "foundation"}, "PES")
    account = accounts.keep_account("bench@example.org", "Bench", now)
    events.join_team(event.id, account.id, Role.ORGANISER, now)
    events.publish_event(event.id, now)
    return event.id, event.slug, account.id


def rows(number: int) -> list[tuple[str, ...]]:
    """Return the lines of a table of so many people."""
    return [
        (
            f"Łucja {place % 97}", f"Żółć-{place:05d}", f"osoba{place}@example.org",
            f"600 {place // 1000:03d} {place % 1000:03d}", "fundacja", f"Fundacja {place % 400}",
            ("Kłobuck", "Częstochowa", "Myszków")[place % 3], "wegetariańska",
            "pętla indukcyjna" if place % 10 == 0 else "", "tak",
        )
        for place in range(number)
    ]  # fmt: skip


def seconds(work: Callable[[], Any]) -> float:
    """Return how long a piece of work takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def put_in(stand: Office, number: int) -> tuple[float, float]:
    """Put a table of new people in; return the seconds until its preview, and until it stands."""
    content = tables.as_csv(HEAD, rows(number))
    page = ""

    def preview() -> None:
        nonlocal page
        page = stand.post("/import", file=(io.BytesIO(content), "people.csv"))

    seen = seconds(preview)
    taken = seconds(lambda: stand.post("/import/run", **_sent(page)))
    with stand.app.app_context():
        if people.people_count(stand.event_id) != number:
            raise AssertionError("not everybody is there")
    return seen, taken


def _sent(page: str) -> dict[str, str]:
    sheet = re.search(r'name="sheet" value="([^"]*)"', page)
    if sheet is None:
        raise AssertionError("the preview carries no table")
    chosen = {}
    for name, options in re.findall(
        r'<select[^>]*name="(column-\d+)"(.*?)</select>', page, re.DOTALL
    ):
        found = re.search(r'value="([^"]*)" selected', options)
        chosen[name] = found[1] if found else ""
    return {"sheet": sheet[1], **chosen}


def taken_away(stand: Office, form: str) -> float:
    """Return the seconds in which the whole list comes as a file."""
    return seconds(lambda: stand.client.get(f"/{stand.slug}/desk/people/export?format={form}").data)


def decided(stand: Office, number: int) -> float:
    """Return the seconds in which so many people are decided about, to be announced later."""
    with stand.app.app_context():
        ids = people.people_ids(stand.event_id)[:number]
        ask = Ask(act=Act.DECIDE, state=State.WAITING, telling=Telling.LATER)
        return seconds(lambda: registrations.act_on(stand.event_id, ids, ask, clock.now()))


def announced(stand: Office) -> float:
    """Return the seconds in which all that is decided is announced."""
    with stand.app.app_context():
        ids = [one.id for one in people.open_decisions(stand.event_id)]
        return seconds(lambda: registrations.announce(stand.event_id, ids, clock.now()))


def bare(kind: str, number: int) -> float:
    """Return the yardstick: the same lines read and inserted into a bare table, unchecked."""
    content = tables.as_csv(HEAD, rows(number)).decode("utf-8-sig")
    with tempfile.TemporaryDirectory() as name, stands.database(kind, Path(name)) as url:
        return seconds(lambda: _inserted(url, content))


def _inserted(url: str, content: str) -> None:
    lines = list(csv.reader(io.StringIO(content, newline=""), delimiter=";"))[1:]
    columns = ", ".join(f"c{place} TEXT" for place in range(len(HEAD)))
    if url.startswith("sqlite"):
        connection: Any = sqlite3.connect(url.removeprefix("sqlite:///"))
        marks = ", ".join("?" * len(HEAD))
    else:
        connection = psycopg.connect(url.replace("+psycopg", ""))
        marks = ", ".join(["%s"] * len(HEAD))
    with contextlib.closing(connection):
        cursor = connection.cursor()
        cursor.execute(f"CREATE TABLE bare ({columns})")
        cursor.executemany(f"INSERT INTO bare VALUES ({marks})", lines)  # noqa: S608 - our own marks
        connection.commit()
