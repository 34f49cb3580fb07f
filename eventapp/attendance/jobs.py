"""What the worker does for attendance: places that nobody came for, once it is time."""

from datetime import timedelta

from eventapp.attendance import commands, queries
from eventapp.kernel import clock, jobs
from eventapp.kernel.refusal import Refused


@jobs.periodic("attendance.release-places", every=timedelta(minutes=1))
def release_places() -> None:
    """Give unused places to those at the door, wherever an event or session asks for it."""
    now = clock.now()
    for session_id in queries.due_releases(now):
        try:
            commands.release_places(session_id, now)
        except Refused:
            # Nobody waits, or nobody may have it: the next minute asks again.
            continue
