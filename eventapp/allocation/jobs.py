"""What the worker does for allocations: computing for many people, writing their places."""

from datetime import datetime, timedelta

from eventapp.allocation import commands, queries
from eventapp.allocation.rules import LARGE
from eventapp.kernel import clock, jobs
from eventapp.kernel.db import atomic
from eventapp.kernel.refusal import Refused


@jobs.job("allocation.run")
def run(round_id: int, seed: str) -> None:
    """Compute an outcome, unless there is nothing to compute any more."""
    try:
        commands.run(round_id, seed, clock.now())
    except Refused as refused:
        raise jobs.Permanent(refused.reason.value) from refused


@jobs.job("allocation.write")
def write(round_id: int) -> None:
    """Write the places of an announced run."""
    commands.write_places(round_id, clock.now())


@jobs.periodic("allocation.finish", every=timedelta(minutes=5))
def finish() -> None:
    """Go on writing places, should that have been cut short."""
    for round_id in queries.announcing():
        commands.write_places(round_id, clock.now())


def is_large(round_id: int) -> bool:
    """Tell whether computing or writing takes longer than somebody wants to wait for a page."""
    return queries.ranked_count(round_id) > LARGE


@atomic
def run_later(round_id: int, seed: str, now: datetime) -> None:
    """Let the worker compute an outcome."""
    round_ = commands.begin(round_id, now)
    jobs.enqueue(run, round_id=round_id, seed=seed, event_id=round_.event_id)


def announce(round_id: int, now: datetime) -> None:
    """Let the outcome of the last run stand; for many people the worker writes their places."""
    commands.begin_announcing(round_id, now)
    if is_large(round_id):
        write_later(round_id)
    else:
        commands.write_places(round_id, now)


@atomic
def announce_later(round_id: int, now: datetime) -> None:
    """Let the outcome of the last run stand; the worker writes the places."""
    commands.begin_announcing(round_id, now)
    write_later(round_id)


@atomic
def write_later(round_id: int) -> None:
    """Let the worker write the places; should this get lost, `finish` sees to it."""
    event_id = queries.event_of_allocation(round_id)
    jobs.enqueue(write, round_id=round_id, event_id=event_id)
