"""Load a seminar file: replay what people did through the same commands that the pages use.

`docs/seminar-file.md` is the rule book. What was decided beforehand (programme, rooms, jury)
is laid down first; what people did is a list of acts in order of time. How many of them are
done is kept in the transaction that does them, so a file can be loaded up to a moment, taken
up again later, and loaded twice without an effect.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from eventapp.demo import frame
from eventapp.demo.acts import Act, Story, all_acts
from eventapp.demo.reading import BadSeminar, Ids, Json, at, moment, read
from eventapp.events import queries as events
from eventapp.kernel import clock, facts, jobs, settings
from eventapp.kernel.db import atomic
from eventapp.kernel.refusal import N_, Refusal, Refused

BATCH = 40  # acts a transaction: each is a disk sync on a laptop
LOADER = "loader"

Progress = Callable[[int, int], None]


class LoadRefusal(Refusal):
    """Why a file is not loaded."""

    OTHER_FILE = (
        "other-file",
        N_("The event “%(slug)s” is there already and does not come from this file."),
    )


@dataclass
class Loaded:
    """What a load did: which event, how many acts now, how many in all, and what it noted."""

    slug: str
    event_id: int
    done: int
    total: int
    notes: list[str] = field(default_factory=list)


def load(path: Path, *, until: datetime | None = None, progress: Progress | None = None) -> Loaded:
    """Load the file at *path*, up to and with the moment *until*.

    Raises `BadSeminar` with one sentence, or `Refused`; what a batch had begun is undone.
    """
    seminar = read(path)
    with jobs.silent(), facts.acting_as(LOADER):
        return _load(seminar, path.parent, until, progress)


def _load(seminar: Json, folder: Path, until: datetime | None, progress: Progress | None) -> Loaded:
    with at("event"):
        slug = seminar["event"]["slug"]
    event_id, ids = _frame(seminar, slug)
    event = events.event(event_id)
    zone = ZoneInfo(event.timezone if event is not None else "Europe/Warsaw")
    story = Story(seminar, event_id, ids, zone, folder, [])
    with at("the file"):
        acts = all_acts(story)
    done = _done(slug, acts)
    due = [act for act in acts if until is None or act.at <= until]
    for start in range(done, len(due), BATCH):
        batch = due[start : start + BATCH]
        _replay(slug, batch, _mark(acts, start + len(batch)))
        if progress is not None:
            progress(start + len(batch), len(due))
    return Loaded(slug, event_id, max(0, len(due) - done), len(acts), story.notes)


def _frame(seminar: Json, slug: str) -> tuple[int, Ids]:
    ids = Ids()
    known = events.by_slug(slug)
    if known is None:
        return _lay(seminar, ids), ids
    if settings.get(_key(slug)) is None:
        raise Refused(LoadRefusal.OTHER_FILE, slug=slug)
    _find(seminar, known.id, ids)
    return known.id, ids


@atomic
def _lay(seminar: Json, ids: Ids) -> int:
    """Lay the frame down, dated before anything that people did."""
    with at("event"), clock.standing_at(_before(seminar)):
        event_id = frame.lay(seminar, ids, clock.now())
        settings.put(_key(seminar["event"]["slug"]), _mark([], 0))
        return event_id


@atomic
def _find(seminar: Json, event_id: int, ids: Ids) -> None:
    frame.find(seminar, event_id, ids)


def _before(seminar: Json) -> datetime:
    """Return a moment before everything that happens in the file."""
    with at("participants"):
        opens = [moment(person["registered_at"]) for person in seminar["participants"]]
    if "awards" in seminar:
        with at("awards, schedule"):
            opens.append(moment(seminar["awards"]["schedule"]["call_opens"]))
    with at("sessions, first"):
        opens.append(moment(seminar["sessions"][0]["start"]))
    return min(opens)


@atomic
def _replay(slug: str, batch: Sequence[Act], mark: str) -> None:
    for act in batch:
        with clock.standing_at(act.at), at(act.name):
            act.do()
    settings.put(_key(slug), mark)


def _key(slug: str) -> str:
    return f"loaded:{slug}"


def _mark(acts: Sequence[Act], done: int) -> str:
    """Return how many acts are done, with a fingerprint of them."""
    digest = hashlib.sha256()
    for act in acts[:done]:
        digest.update(f"{act.at.isoformat()} {act.name}\n".encode())
    return f"{done} {digest.hexdigest()}"


def _done(slug: str, acts: Sequence[Act]) -> int:
    """Return how many acts an earlier load did; refuses another file of the same event."""
    mark = settings.get(_key(slug)) or _mark([], 0)
    done = int(mark.split()[0])
    if _mark(acts, done) != mark:
        raise Refused(LoadRefusal.OTHER_FILE, slug=slug)
    return done


__all__ = ["BadSeminar", "LoadRefusal", "Loaded", "load"]
