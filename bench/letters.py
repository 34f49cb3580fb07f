"""Letters by the thousand: queued, written with their invites, handed to a mail server."""

import contextlib
import os
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from aiosmtpd.controller import Controller
from flask import current_app

from bench import stands
from bench.people import Office
from eventapp.events import commands as events
from eventapp.events.models import Event
from eventapp.invites import commands as invites
from eventapp.invites import mails
from eventapp.invites import rules as shapes
from eventapp.invites.models import Invite
from eventapp.kernel import jobs, post
from eventapp.kernel.db import atomic, db
from eventapp.kernel.jobs import Job, JobState
from eventapp.programme import commands as programme
from eventapp.programme.models import Kind, Session, SignUpRule
from eventapp.registrations import commands as registrations
from eventapp.registrations.commands import Details
from eventapp.registrations.models import Source, State

NOW = datetime(2027, 5, 20, 8, 0, tzinfo=UTC)


@atomic
def invite(event_id: int, number: int) -> str:
    """Invite so many people to one session, which has moved since; return how it was before."""
    day = db.session.get_one(Event, event_id).starts_on
    events.add_day(event_id, day, {"pl": "Dzień", "en": "Day"})
    begins = datetime(day.year, day.month, day.day, 6, 0, tzinfo=UTC)
    activity = programme.add_activity(
        event_id, title={"pl": "Zażółć gęślą jaźń", "en": "Workshop"}, kind=Kind.WORKSHOP
    )
    session = programme.add_session(
        activity.id,
        NOW,
        starts_at=begins,
        ends_at=begins + timedelta(minutes=45),
        sign_up=SignUpRule.REQUIRED,
    )
    for place in range(number):
        given = Details(
            first_name="Łucja", last_name=f"Żółć {place}", email=f"osoba{place}@example.org"
        )
        row = registrations.enter(event_id, given, NOW, source=Source.API, state=State.QUALIFIED)
        invites.request(session, row, NOW)
    was = str(shapes.shape(session, None))
    moved = db.session.get_one(Session, session.id)
    moved.starts_at += timedelta(hours=1)
    moved.ends_at += timedelta(hours=1)
    return was


@atomic
def queue(was: str) -> None:
    """Ask for one letter to each who is invited."""
    for row in db.session.query(Invite):
        jobs.enqueue(
            mails.moved,
            lane=row.email,
            event_id=row.event_id,
            invite_id=row.id,
            sequence=row.sequence,
            was=was,
        )


def write_all() -> int:
    """Write every letter that waits, with its invite, as the worker would; send none."""
    written = 0
    sort = post._sorts["invites.moved"]
    for job_id, args in list(db.session.query(Job.id, Job.args).order_by(Job.id)):
        jobs._current.id = job_id
        found = sort.function(**args)
        if found is None:
            raise AssertionError("a letter that nobody needs")
        made, html = post._written("invites.moved", sort, found, sort.rank)
        post._composed(made, html).as_bytes()
        written += 1
        if written % 500 == 0:
            db.session.rollback()
    return written


class Sink:
    """A mail server that takes everything and keeps nothing."""

    def __init__(self) -> None:
        self.taken = 0

    async def handle_DATA(self, *_given: Any) -> str:  # noqa: N802
        self.taken += 1
        return "250 2.0.0 taken"


@contextlib.contextmanager
def sinking() -> Iterator[tuple[Sink, str]]:
    """Run such a server."""
    sink = Sink()
    controller = Controller(sink, hostname="127.0.0.1", port=stands._free_port())
    controller.start()
    try:
        yield sink, f"smtp://127.0.0.1:{controller.port}"
    finally:
        controller.stop()


def delivered(stand: Office, workers: int) -> float:
    """Return how many letters a second so many workers hand over, all of those that wait."""
    waiting = (Job.state == JobState.QUEUED, Job.name == "mail:invites.moved")
    number = db.session.query(Job).filter(*waiting).count()
    db.session.rollback()
    with sinking() as (sink, url):
        environment = {
            **os.environ,
            "EVENTAPP_DATABASE_URL": stand.url,
            "EVENTAPP_DATA_DIR": str(current_app.config["DATA_DIR"]),
            "EVENTAPP_SECRET_KEY": stands.KEY,
            "EVENTAPP_MAIL_URL": url,
        }
        command = [str(stands.BIN / "eventapp"), "worker"]
        running = [
            subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
            for _ in range(workers)
        ]
        try:
            while sink.taken < 20:  # they have started
                time.sleep(0.01)
            begun, first = time.perf_counter(), sink.taken
            while sink.taken < number:
                time.sleep(0.01)
            return (number - first) / (time.perf_counter() - begun)
        finally:
            for process in running:
                process.terminate()
            for process in running:
                process.wait()
