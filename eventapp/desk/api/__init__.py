"""Sessions, registrations and the frame of an event for programs.

They lie up here because an edit may free a seat, and whoever waits for it has it before the
request is answered, and because the frame is held by what the programme says.

``sessions`` · ``registrations`` · ``people`` decisions, many at once, tables · ``groups`` ·
``places`` venues and rooms · ``categories`` · ``breaks`` · ``speakers`` · ``asking`` the
registration form · ``outbox`` · ``badges`` · ``frame`` what they share.
"""

from eventapp.desk.api import (
    asking,
    badges,
    breaks,
    categories,
    groups,
    outbox,
    people,
    places,
    registrations,
    sessions,
    speakers,
)
from eventapp.desk.api.frame import bp

__all__ = [
    "asking",
    "badges",
    "bp",
    "breaks",
    "categories",
    "groups",
    "outbox",
    "people",
    "places",
    "registrations",
    "sessions",
    "speakers",
]
