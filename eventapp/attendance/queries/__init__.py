"""Named reads of attendance.

``presence`` who was in which session for how long · ``board`` the door at this moment ·
``lists`` sheets to sign · ``door_list`` places nobody came for, and who waits for them.
"""

from eventapp.attendance.queries.board import Arrivals, CheckpointCount, arrivals, checkpoint_counts
from eventapp.attendance.queries.door_list import (
    AtTheDoor,
    DoorList,
    door_list,
    door_lists,
    due_releases,
    given_away,
    release,
    release_rules,
    releases,
)
from eventapp.attendance.queries.lists import (
    attendance_list,
    attendance_lists,
    event_of_list,
    list_rows,
    may_come,
    not_on_list,
    open_lists,
    scan_file,
    scans_of,
    signed_scan,
    to_print,
)
from eventapp.attendance.queries.presence import (
    correction,
    corrections_of,
    grace_of,
    in_session,
    moves_of,
    of_person,
    people_of,
    places_of,
    presence,
    scans_in,
    span_of,
    tapped_by,
)

__all__ = [
    "Arrivals",
    "AtTheDoor",
    "CheckpointCount",
    "DoorList",
    "arrivals",
    "attendance_list",
    "attendance_lists",
    "checkpoint_counts",
    "correction",
    "corrections_of",
    "door_list",
    "door_lists",
    "due_releases",
    "event_of_list",
    "given_away",
    "grace_of",
    "in_session",
    "list_rows",
    "may_come",
    "moves_of",
    "not_on_list",
    "of_person",
    "open_lists",
    "people_of",
    "places_of",
    "presence",
    "release",
    "release_rules",
    "releases",
    "scan_file",
    "scans_in",
    "scans_of",
    "signed_scan",
    "span_of",
    "tapped_by",
    "to_print",
]
