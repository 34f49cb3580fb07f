"""The demo, loaded up to a few moments: what a bent copy shares with it is replayed once a run."""

import fcntl
import json
import shutil
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from eventapp.app import create_app
from eventapp.demo.load import load
from tests.conftest import SECRET_KEY
from tests.harness import databases
from tests.reference.count import Json
from tests.reference.until import as_of

MOMENTS = [
    datetime.fromisoformat(moment)
    for moment in (
        "2027-05-20T10:00+02:00",
        "2027-05-24T18:55+02:00",
        "2027-06-09T10:10+02:00",
        "2027-06-14T10:00+02:00",
        "2027-06-16T08:30+02:00",
        "2027-06-16T12:00+02:00",
        "2027-06-17T12:00+02:00",
        "2027-06-18T08:00+02:00",
    )
]


class Prepared:
    """Databases of one seminar at each of MOMENTS, in a folder that test processes share."""

    def __init__(self, folder: Path, seminar: Json, blank: Path) -> None:
        self._folder = folder
        self._seminar = seminar
        self._stood = [as_of(seminar, moment) for moment in MOMENTS]
        folder.mkdir(exist_ok=True)
        with (folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (folder / "done").exists():
                self._prepare(blank)
                (folder / "done").touch()

    def _prepare(self, blank: Path) -> None:
        seminar = self._folder / "seminar.json"
        seminar.write_text(json.dumps(self._seminar, ensure_ascii=False), encoding="utf-8")
        database = self._folder / "growing.sqlite3"
        shutil.copyfile(blank, database)
        for place, moment in enumerate(MOMENTS):
            app = create_app(
                {
                    "DATABASE_URL": f"sqlite:///{database}",
                    "DATA_DIR": str(self._folder),
                    "SECRET_KEY": SECRET_KEY,
                }
            )
            with app.app_context():
                load(seminar, until=moment)
            databases.dispose(app)
            with closing(sqlite3.connect(database)) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            shutil.copyfile(database, self._path(place))

    def _path(self, place: int) -> Path:
        return self._folder / f"{place}.sqlite3"

    def latest_shared(self, bent: Json) -> Path | None:
        """Return the database of the last moment until which *bent* told the same story."""
        for place in reversed(range(len(MOMENTS))):
            if as_of(bent, MOMENTS[place]) == self._stood[place]:
                return self._path(place)
        return None
