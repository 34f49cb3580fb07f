"""What the worker does for allocations: computing for many people, writing their places."""

from datetime import timedelta

from eventapp.allocation import commands, queries
from eventapp.kernel import clock, jobs
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
