"""What the worker does for letters by itself."""

from datetime import timedelta

from eventapp.kernel import clock, jobs
from eventapp.messages import commands


@jobs.periodic("messages.send-due", every=timedelta(minutes=5))
def send_due() -> None:
    """Let the letters go out whose moment has come, also to those who came in later."""
    commands.send_due(clock.now())
