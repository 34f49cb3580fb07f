"""Work that follows a command: rows written in its transaction, done outside any.

A job is claimed with a lease, done, and settled; a worker that dies leaves its lease to
run out, and another does the job again. So every job is idempotent by its id. Whoever waits for
an answer goes first (`Rank`); who is written to gets letters of one rank in their order.
"""

import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Any, TypeVar

from flask import Flask, current_app
from sqlalchemy import (
    ColumnElement,
    Index,
    Select,
    String,
    and_,
    exists,
    func,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, aliased, mapped_column

from eventapp.kernel import acting, clock
from eventapp.kernel.db import Model, after_commit, append, atomic, choice, db, on_sqlite
from eventapp.kernel.refusal import Busy

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)  # longer than a conversation with a mail server may last
LADDER = (10, 60, 300, 900, 1800)  # seconds until the next try; the last one repeats
GIVE_UP_AFTER = timedelta(hours=24)
LETTERS = "mail:"  # jobs whose name begins so tell somebody something
SCHEDULE_EVERY = 15.0  # seconds between looks at the periodic jobs
COURTESY = 0.1  # seconds between two jobs while people are being answered
IDLE = 1.0  # seconds between looks when nothing woke the thread

Function = TypeVar("Function", bound=Callable[..., Any])


class JobState(StrEnum):
    """Where a job stands; one that is held waits for somebody, whatever the hour."""

    QUEUED = "queued"
    RUNNING = "running"
    HELD = "held"
    DONE = "done"
    FAILED = "failed"
    DISCARDED = "discarded"


class Rank(IntEnum):
    """What is done first: somebody waits for it now, will read it today, can do without it."""

    AT_ONCE = 0
    LETTER = 1
    COURTESY = 2


class Hold(StrEnum):
    """Why a letter that is due does not go: somebody stopped the mail, it is night, or enough."""

    PAUSED = "paused"
    QUIET = "quiet-hours"
    LIMIT = "limit"


class Job(Model):
    """One piece of work to be done at least once.

    Jobs of one `lane` (a mail recipient) and rank are done in their order, but what is not due
    yet keeps nothing up; `key` makes a periodic job unique by its name and period. `tried_at` is
    the first try, from which giving up is counted; `held` why a due letter does not go, and
    `released_at` when somebody let it go all the same; `again_of` the job that is done anew.
    """

    __tablename__ = "job"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    args: Mapped[dict[str, Any]]
    state: Mapped[JobState] = mapped_column(choice(JobState), default=JobState.QUEUED)
    lane: Mapped[str | None] = mapped_column(String(320))
    key: Mapped[str | None] = mapped_column(String(120), unique=True)
    event_id: Mapped[int | None]
    created_at: Mapped[datetime]
    run_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[datetime | None]
    leased_by: Mapped[str | None] = mapped_column(String(120))
    settled_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(String(500))
    rank: Mapped[int] = mapped_column(default=Rank.AT_ONCE)
    actor: Mapped[str] = mapped_column(String(64), default=acting.SYSTEM)
    tried_at: Mapped[datetime | None]
    held: Mapped[Hold | None] = mapped_column(choice(Hold))
    released_at: Mapped[datetime | None]
    again_of: Mapped[int | None]

    __table_args__ = (
        Index("ix_job_state_rank_run_at", "state", "rank", "run_at", "id"),
        Index("ix_job_lane_id", "lane", "id"),
        Index("ix_job_event_id_id", "event_id", "id"),
        Index("ix_job_actor_created_at", "actor", "created_at"),
    )


class Permanent(Exception):
    """Raised by a job whose failure no further try can mend."""


class Held(Exception):
    """Raised by a job that must wait, which is no try: until a moment, or for somebody."""

    def __init__(self, why: Hold, until: datetime | None = None) -> None:
        super().__init__(why.value)
        self.why = why
        self.until = until


@dataclass(frozen=True)
class Claim:
    """A job that is ours until its lease ends."""

    id: int
    name: str
    args: Mapping[str, Any]
    attempts: int
    tried_at: datetime


Note = Callable[[JobState], None]

_registry: dict[str, Callable[..., Any]] = {}
_ranks: dict[str, Rank] = {}
_at_rest: list[Callable[[], None]] = []
_names: dict[Callable[..., Any], str] = {}
_periodic: dict[str, tuple[Callable[..., Any], timedelta]] = {}
_BELL = "eventapp-bell"
_current: threading.local = threading.local()
_silent: ContextVar[bool] = ContextVar("silent", default=False)


def job(name: str, rank: Rank = Rank.AT_ONCE) -> Callable[[Function], Function]:
    """Register a function as the job *name*; the name stays when the function moves."""

    def register(function: Function) -> Function:
        _registry[name] = function
        _names[function] = name
        _ranks[name] = rank
        return function

    return register


def periodic(name: str, every: timedelta) -> Callable[[Function], Function]:
    """Register a job that runs once per period of *every*, however many workers there are."""

    def register(function: Function) -> Function:
        _periodic[name] = (function, every)
        return job(name)(function)

    return register


@contextmanager
def silent() -> Iterator[None]:
    """Let history be loaded without telling anybody: no letters, no afterwards-reactions."""
    before = _silent.set(True)
    try:
        yield
    finally:
        _silent.reset(before)


def is_silent() -> bool:
    """Tell whether history is being loaded here."""
    return _silent.get()


def alias(function: Callable[..., Any], registered: Callable[..., Any]) -> None:
    """Let `enqueue(function)` write the job that *registered* was registered as."""
    _names[function] = _names[registered]


def enqueue(
    function: Callable[..., Any],
    *,
    lane: str | None = None,
    run_at: datetime | None = None,
    event_id: int | None = None,
    key: str | None = None,
    **args: Any,
) -> int | None:
    """Write the job *function* with JSON arguments *args* in the present transaction.

    Return its id. A letter is not written while history is loaded in silence.
    """
    if is_silent() and _names[function].startswith(LETTERS):
        return None
    now = clock.now()
    name = _names[function]
    job_id = append(
        Job,
        name=name,
        args=args,
        lane=lane,
        key=key,
        event_id=event_id,
        created_at=now,
        run_at=run_at or now,
        rank=_ranks[name],
        actor=acting.actor(),
    )
    wake(job_id)
    return job_id


def wake(job_id: int) -> None:
    """Tell the workers of a job once the present transaction is durable."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    after_commit(lambda: _ring(app, job_id))


def current() -> Job:
    """Return the job that runs here, as it was when it was claimed."""
    return db.session.get_one(Job, current_id())


def current_id() -> int:
    """Return the id of the job that runs here: the seed of whatever must happen once."""
    number: int = _current.id
    return number


def along(note: Note) -> None:
    """Write *note* in the very transaction that settles the job that runs here.

    It hears how the job then stands. So a worker that is killed has done all of it, or nothing.
    """
    _current.notes.append(note)


def at_rest(function: Callable[[], None]) -> Callable[[], None]:
    """Call *function* whenever a worker's thread finds nothing to do."""
    _at_rest.append(function)
    return function


def hear(app: Flask, bell: Callable[[int], None]) -> None:
    """Let *bell* hear the id of each job of *app* once it is durable; it may get lost."""
    app.extensions[_BELL] = bell


def _ring(app: Flask, job_id: int) -> None:
    bell = app.extensions.get(_BELL)
    if bell is not None:
        bell(job_id)


@atomic
def claim(worker: str, now: datetime) -> Claim | None:
    """Lease the next due job to *worker*, or return None.

    A job waits for an earlier one of its lane and rank that is due and not finished.
    """
    # Two statements, each along its index: with both in one the database would sort all that
    # waits, for each letter of ten thousand.
    left = _leased(_left(now).order_by(Job.id).limit(1), worker, now)
    if left is not None:
        return left
    first = _waiting(now).order_by(Job.rank, Job.run_at, Job.id).limit(1)
    return _leased(first, worker, now)


@atomic
def claim_one(job_id: int, worker: str, now: datetime) -> Claim | None:
    """Lease the job *job_id* if it is due; what a broker's message asks for."""
    return _leased(_due(now).where(Job.id == job_id), worker, now)


def _left(now: datetime) -> Select[Any]:
    """Select the jobs of dead workers."""
    return select(Job).where(Job.state == JobState.RUNNING, Job.leased_until < now)


def _waiting(now: datetime) -> Select[Any]:
    """Select the jobs that are due and first in their lane."""
    return select(Job).where(Job.state == JobState.QUEUED, Job.run_at <= now, _first(now))


def _due(now: datetime) -> Select[Any]:
    """Select the jobs to be done: due and first in their lane, or left by a dead worker."""
    waits = and_(Job.state == JobState.QUEUED, Job.run_at <= now, _first(now))
    left = and_(Job.state == JobState.RUNNING, Job.leased_until < now)
    return select(Job).where(or_(waits, left))


def _first(now: datetime) -> ColumnElement[bool]:
    earlier = aliased(Job)
    # What was tried and failed goes first when it is tried again; what is planned for later,
    # or held, keeps nothing up.
    begun = or_(earlier.run_at <= now, earlier.attempts > 0)
    due = and_(earlier.state == JobState.QUEUED, earlier.held.is_(None), begun)
    blocked = exists().where(
        earlier.lane == Job.lane,
        earlier.rank == Job.rank,
        earlier.id < Job.id,
        or_(due, earlier.state == JobState.RUNNING),
    )
    return or_(Job.lane.is_(None), Job.released_at.is_not(None), ~blocked)


def _leased(query: Select[Any], worker: str, now: datetime) -> Claim | None:
    if not on_sqlite():
        query = query.with_for_update(skip_locked=True)
    row = db.session.scalars(query).first()
    return None if row is None else _lease(row, worker, now)


def _lease(row: Job, worker: str, now: datetime) -> Claim:
    row.state = JobState.RUNNING
    row.leased_by = worker
    row.leased_until = now + LEASE
    row.attempts += 1
    row.held = None
    row.tried_at = row.tried_at or now
    return Claim(row.id, row.name, row.args, row.attempts, row.tried_at)


@atomic
def settle(job_id: int, worker: str, now: datetime, notes: Sequence[Note] = ()) -> None:
    """Mark a job done, if it is still leased to *worker*."""
    _settle(job_id, worker, notes, {"state": JobState.DONE, "settled_at": now, "error": None})


@atomic
def postpone(
    claimed: Claim,
    worker: str,
    error: BaseException,
    now: datetime,
    notes: Sequence[Note] = (),
) -> None:
    """Keep a failed job for its next try, or give it up after a day or a permanent fault."""
    values: dict[str, Any] = {"error": f"{type(error).__name__}: {error}"[:500]}
    if isinstance(error, Permanent) or now - claimed.tried_at > GIVE_UP_AFTER:
        values |= {"state": JobState.FAILED, "settled_at": now}
    else:
        step = LADDER[min(claimed.attempts - 1, len(LADDER) - 1)]
        values |= {"state": JobState.QUEUED, "run_at": now + timedelta(seconds=step)}
    _settle(claimed.id, worker, notes, values)


@atomic
def hold(claimed: Claim, worker: str, held: Held) -> None:
    """Put a job back that must wait: until a moment, or until somebody lets it go."""
    values: dict[str, Any] = {"held": held.why, "attempts": claimed.attempts - 1}
    if claimed.attempts == 1:
        values["tried_at"] = None
    if held.until is None:
        values["state"] = JobState.HELD
    else:
        values |= {"state": JobState.QUEUED, "run_at": held.until}
    _settle(claimed.id, worker, (), values)


def _settle(job_id: int, worker: str, notes: Sequence[Note], values: Mapping[str, Any]) -> None:
    ours = and_(Job.id == job_id, Job.leased_by == worker, Job.state == JobState.RUNNING)
    found = db.session.execute(
        update(Job).where(ours).values(leased_until=None, **values),
        execution_options={"synchronize_session": False},
    )
    if found.rowcount:  # type: ignore[attr-defined]
        for note in notes:
            note(values["state"])


@atomic
def retry(job_id: int, now: datetime) -> bool:
    """Queue a job that failed, waits or is held for now; tell whether there was one."""
    open_states = [JobState.FAILED, JobState.QUEUED, JobState.HELD, JobState.DISCARDED]
    found = db.session.execute(
        update(Job)
        .where(Job.id == job_id, Job.state.in_(open_states))
        .values(
            state=JobState.QUEUED,
            run_at=now,
            error=None,
            held=None,
            attempts=0,
            tried_at=None,
            settled_at=None,
        )
    )
    wake(job_id)
    return bool(found.rowcount)  # type: ignore[attr-defined]


def worker_name() -> str:
    """Return a name for this worker that no other bears."""
    return f"{socket.gethostname()}:{os.getpid()}:{threading.get_ident()}"[:120]


def perform(claimed: Claim, worker: str) -> None:
    """Do a claimed job outside any transaction, then settle it with what it noted."""
    _current.id, _current.notes = claimed.id, []
    try:
        _registry[claimed.name](**claimed.args)
    except Held as held:
        db.session.rollback()
        hold(claimed, worker, held)
    except Exception as error:
        db.session.rollback()
        log.warning("job %s (%s) failed: %s", claimed.id, claimed.name, error)
        postpone(claimed, worker, error, clock.now(), _current.notes)
    else:
        settle(claimed.id, worker, clock.now(), _current.notes)
    finally:
        _current.id = None


def run_next(worker: str | None = None) -> bool:
    """Claim and do one due job; tell whether there was one."""
    worker = worker or worker_name()
    claimed = claim(worker, clock.now())
    if claimed is None:
        return False
    perform(claimed, worker)
    return True


def run_all(limit: int = 10_000) -> int:
    """Do every job that is due, one at a time; return how many were done."""
    worker = worker_name()
    done = 0
    while done < limit and run_next(worker):
        done += 1
    return done


@atomic
def schedule(now: datetime) -> None:
    """Enqueue each periodic job once for the period that holds *now*."""
    for name, (function, every) in _periodic.items():
        period = int(now.timestamp() // every.total_seconds())
        key = f"{name}@{period}"
        if not db.session.scalar(select(func.count()).where(Job.key == key)):
            enqueue(function, key=key)


@atomic
def forget_done(before: datetime) -> int:
    """Delete settled periodic jobs older than *before*; return how many."""
    done = Job.__table__.delete().where(  # type: ignore[attr-defined]
        Job.key.is_not(None), Job.state == JobState.DONE, Job.settled_at < before
    )
    return int(db.session.execute(done).rowcount)  # type: ignore[attr-defined]


def due_ids(now: datetime, limit: int = 1000) -> list[int]:
    """List jobs that a broker should be told of: due, or leased by a dead worker."""
    return [row.id for row in db.session.scalars(_due(now).order_by(Job.id).limit(limit))]


def counts(event_id: int | None = None) -> dict[JobState, int]:
    """Count the jobs in each state, of one event or of all."""
    query = select(Job.state, func.count()).group_by(Job.state)
    if event_id is not None:
        query = query.where(Job.event_id == event_id)
    found = dict(db.session.execute(query).all())
    return {state: found.get(state, 0) for state in JobState}


class EmbeddedWorker:
    """A thread of `eventapp serve` that does the jobs; stopped gracefully.

    While *busy* says that people are being answered, it does one job in `COURTESY` seconds:
    a letter may wait for a moment, a queue at the door may not.
    """

    def __init__(self, app: Flask, *, busy: Callable[[], bool] = lambda: False) -> None:
        self._app = app
        self._busy = busy
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._scheduled = -SCHEDULE_EVERY
        self._thread = threading.Thread(target=self._run, name="jobs", daemon=True)
        hear(app, lambda _job_id: self._wake.set())

    def start(self) -> None:
        """Begin to do jobs."""
        self._thread.start()

    def stop(self, patience: float = 10.0) -> None:
        """Finish the job at hand and end."""
        self._stop.set()
        self._wake.set()
        self._thread.join(patience)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                with self._app.app_context():
                    self._do_due()
            except Busy:
                log.info("the job thread found the database busy")
            except Exception:
                log.exception("the job thread stumbled and goes on")
            self._wake.wait(IDLE)
            self._wake.clear()

    def _do_due(self) -> None:
        if time.monotonic() - self._scheduled > SCHEDULE_EVERY:
            schedule(clock.now())
            self._scheduled = time.monotonic()
        while not self._stop.is_set() and run_next():
            if self._busy():
                self._stop.wait(COURTESY)
        for rest in _at_rest:
            rest()


def ping() -> None:
    """Ask the database for a sign of life."""
    db.session.execute(text("SELECT 1"))
