"""What the worker does for seats by itself: the net under everything that frees one."""

import logging
from datetime import timedelta

from eventapp.kernel import clock, jobs
from eventapp.signups import commands, queries

log = logging.getLogger(__name__)


@jobs.periodic("signups.fill-seats", every=timedelta(minutes=5))
def fill_seats() -> None:
    """Fill seats that are free beside a queue, should a promotion have been cut short."""
    commands.fill_seats(None, clock.now())


@jobs.periodic("signups.check-counters", every=timedelta(days=1))
def check_counters() -> None:
    """Compare the seat counters with the rows they count, and complain of a difference."""
    for fault in queries.counter_faults():
        log.error("the seat counters of session %s are wrong: %s", fault.session_id, fault)
