"""What pages decide without a database.

``timetable`` where each session of a day stands · ``rooms`` what is on in each room, and next.
"""

from eventapp.desk.rules.rooms import InRoom, in_rooms
from eventapp.desk.rules.timetable import (
    MOST_COLUMNS,
    MOST_EDGES,
    MOST_STEPS,
    STEP,
    Placed,
    Slot,
    Stretch,
    Timetable,
    lay_out,
)

__all__ = [
    "MOST_COLUMNS",
    "MOST_EDGES",
    "MOST_STEPS",
    "STEP",
    "InRoom",
    "Placed",
    "Slot",
    "Stretch",
    "Timetable",
    "in_rooms",
    "lay_out",
]
