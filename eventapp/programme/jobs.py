"""What the worker does for the programme by itself."""

from datetime import timedelta

from eventapp.kernel import clock, jobs
from eventapp.programme import commands

KEPT = timedelta(days=30)


@jobs.periodic("programme.clear-materials", every=timedelta(days=1))
def clear_materials() -> None:
    """Delete for good the materials that were taken away a month ago."""
    commands.clear_materials(clock.now() - KEPT)
