"""Sessions and registrations for programs.

They lie up here because an edit of either may free a seat, and whoever waits for it has it
before the request is answered.
"""

from eventapp.desk.api import registrations, sessions
from eventapp.desk.api.frame import bp

__all__ = ["bp", "registrations", "sessions"]
