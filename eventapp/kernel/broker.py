"""Jobs beyond one machine: Celery workers on Redis execute the same job rows.

A message only names a row. The rows remain the truth: a message that gets lost, or a Redis
that is flushed, costs some seconds until the sweep names the row again.
"""

import logging
import threading
from typing import TYPE_CHECKING, Any

from flask import Flask

from eventapp.kernel import clock, jobs
from eventapp.kernel.db import db
from eventapp.kernel.refusal import Busy

if TYPE_CHECKING:
    from celery import Celery

log = logging.getLogger(__name__)

TASK = "eventapp.job"
SWEEP_EVERY = 5.0  # seconds


def make_celery(app: Flask) -> "Celery":
    """Return the Celery application that talks to the broker of *app*."""
    from celery import Celery  # noqa: PLC0415 - an extra, and a slow one

    celery = Celery("eventapp", broker=app.config["REDIS_URL"], set_as_current=False)
    celery.conf.update(
        task_ignore_result=True,
        task_acks_late=True,
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        broker_connection_retry_on_startup=True,
        broker_transport_options={
            "socket_timeout": 2,
            "socket_connect_timeout": 2,
            "max_retries": 1,
        },
    )

    @celery.task(name=TASK)
    def run(job_id: int) -> None:
        with app.app_context():
            execute(job_id)

    return celery


def execute(job_id: int) -> None:
    """Do the job that a message names, if nobody has, and what waited behind it."""
    worker = jobs.worker_name()
    claimed = jobs.claim_one(job_id, worker, clock.now())
    if claimed is None:
        return
    jobs.perform(claimed, worker)
    # Whatever waited for this one in its lane had its own message dropped.
    while jobs.run_next(worker):
        pass


def ring(app: Flask) -> None:
    """Let every job of *app* be announced to the workers once it is durable."""
    from celery.exceptions import OperationalError  # noqa: PLC0415 - see above

    celery = make_celery(app)

    def announce(job_id: int) -> None:
        try:
            celery.send_task(TASK, args=[job_id], retry=False)
        except (OperationalError, OSError) as error:
            # Nobody waits for Redis: the sweep finds the row.
            log.warning("job %s could not be announced: %s", job_id, error)

    jobs.hear(app, announce)


class Sweeper:
    """A thread beside each worker that names due rows whose message was lost."""

    def __init__(self, app: Flask, celery: "Celery") -> None:
        self._app = app
        self._celery = celery
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sweep", daemon=True)

    def start(self) -> None:
        """Begin to sweep."""
        self._thread.start()

    def stop(self) -> None:
        """End after the sweep at hand."""
        self._stop.set()
        self._thread.join(10)

    def _run(self) -> None:
        while not self._stop.wait(SWEEP_EVERY):
            try:
                self.sweep()
            except Busy:
                log.info("the sweep found the database busy")
            except Exception:
                log.exception("the sweep stumbled and goes on")

    def sweep(self) -> int:
        """Enqueue what the hour asks for and name every due row; return how many."""
        with self._app.app_context():
            jobs.schedule(clock.now())
            due = jobs.due_ids(clock.now())
            db.session.rollback()
        for job_id in due:
            self._celery.send_task(TASK, args=[job_id], retry=False)
        return len(due)


def work(app: Flask, concurrency: int) -> None:
    """Run a Celery worker in this process until it is told to stop; it ends its job first."""
    from celery.signals import worker_ready, worker_shutting_down  # noqa: PLC0415 - see above

    celery = make_celery(app)
    sweeper = Sweeper(app, celery)

    def begin(**_given: Any) -> None:
        sweeper.start()

    def end(**_given: Any) -> None:
        sweeper.stop()

    worker_ready.connect(begin, weak=False)
    worker_shutting_down.connect(end, weak=False)
    celery.worker_main(
        [
            "worker",
            "--pool=threads",
            f"--concurrency={concurrency}",
            "--loglevel=WARNING",
            "--without-gossip",
            "--without-mingle",
        ]
    )
