"""The demonstration's moments: each a database of its own, prepared by loading up to it."""

import hashlib
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from flask import Flask

from eventapp import __version__
from eventapp.demo import asking
from eventapp.demo.load import load
from eventapp.events import commands as events
from eventapp.kernel import bundled, clock, migrations
from eventapp.kernel.db import db
from eventapp.kernel.refusal import N_

SEMINAR = "demo_seminar.json"
EARLIER = "edition_2025.json"


@dataclass(frozen=True)
class Moment:
    """A moment of the seminar: its name in addresses, when it is, and what is going on."""

    name: str
    at: datetime
    title: str


def _moment(name: str, at: str, title: str) -> Moment:
    return Moment(name, datetime.fromisoformat(at), title)


MOMENTS = (
    _moment("nominations", "2027-04-12T10:00+02:00", N_("12 April: nominations are open")),
    _moment("sign-ups", "2027-05-20T10:00+02:00", N_("20 May: sign-ups are open")),
    _moment("scoring", "2027-05-24T18:55+02:00", N_("24 May: the jury scores")),
    _moment("meeting", "2027-05-31T15:55+02:00", N_("31 May: the jury is about to meet")),
    _moment("door", "2027-06-16T08:50+02:00", N_("16 June, 8:50: the queue at the door")),
    _moment("embargo", "2027-06-16T16:09+02:00", N_("16 June, 16:09: a minute before the embargo")),
    _moment("visit", "2027-06-17T10:20+02:00", N_("17 June, 10:20: an unannounced visit")),
    _moment("after", "2027-06-21T09:00+02:00", N_("21 June: the Monday after")),
)
BY_NAME = {moment.name: moment for moment in MOMENTS}
DEFAULT = "sign-ups"

Say = Callable[[str], None]
MakeApp = Callable[[dict[str, Any]], Flask]


def folder_of(data: Path, moment: Moment) -> Path:
    """Return the folder with a moment's database and mail."""
    return data / "moments" / moment.name


def pristine(data: Path, moment: Moment) -> Path:
    """Return the prepared database of a moment, which nobody ever changes."""
    return folder_of(data, moment) / "prepared.sqlite3"


def working(data: Path, moment: Moment) -> Path:
    """Return the database of a moment in which one plays."""
    return folder_of(data, moment) / "eventapp.sqlite3"


def prepare(data: Path, make_app: MakeApp, say: Say) -> None:
    """Prepare every moment's database, unless they are there and of this very program."""
    mark = data / "moments" / "made-from"
    wanted = fingerprint()
    if mark.exists() and mark.read_text() == wanted:
        return
    shutil.rmtree(data / "moments", ignore_errors=True)
    growing = data / "moments" / "growing.sqlite3"
    growing.parent.mkdir(parents=True)
    app = make_app({"DATABASE_URL": f"sqlite:///{growing}", "DATA_DIR": str(data)})
    with app.app_context():
        migrations.upgrade()
        for number, moment in enumerate(MOMENTS, start=1):
            say(f"Preparing {number} of {len(MOMENTS)}: {moment.title}")
            _grow(moment)
            _copy(growing, pristine(data, moment))
        db.session.remove()
        db.engine.dispose()
    growing.unlink()
    mark.write_text(wanted)


def _grow(moment: Moment) -> None:
    with as_file(files("eventapp.demo")) as folder:
        earlier = load(folder / EARLIER)
        if earlier.done:
            _archive(earlier.event_id)
        loaded = load(folder / SEMINAR, until=moment.at)
        asking.furnish(loaded.event_id)
        asking.answer(loaded.event_id)


def _archive(event_id: int) -> None:
    """Close the earlier edition, as its organisers did when the year was over."""
    year_end = datetime.fromisoformat("2025-12-31T12:00+01:00")
    with clock.standing_at(year_end):
        events.archive_event(event_id, year_end)


def _copy(source: Path, target: Path) -> None:
    """Copy a database as it is now, whatever lies in its write-ahead log."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)


def restore(data: Path, moment: Moment) -> None:
    """Begin a moment anew: its prepared database, and no mail."""
    target = working(data, moment)
    for path in target.parent.glob("eventapp.sqlite3*"):
        path.unlink()
    shutil.rmtree(target.parent / "mail", ignore_errors=True)
    shutil.copyfile(pristine(data, moment), target)


def fingerprint() -> str:
    """Return what a prepared database depends on: program, migrations and files."""
    digest = hashlib.sha256(__version__.encode())
    for path in _sources():
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _sources() -> Iterator[Path]:
    with as_file(files("eventapp.demo")) as folder:
        yield from sorted(folder.glob("*.json"))
        yield from (
            folder / name
            for name in ("moments.py", "reading.py", "frame.py", "acts.py", "load.py", "asking.py")
        )
    package = Path(__file__).resolve().parent.parent
    yield from sorted(package.glob("*/models.py"))
    yield from sorted((bundled.folder("migrations") / "versions").glob("*.py"))
