"""Changes of attendance.

``correcting`` presence · ``taking`` a trainer's taps · ``listing`` sheets to sign ·
``releasing`` places that nobody came for · ``facts`` what can happen.
"""

from eventapp.attendance.commands.correcting import correct, settle, undo
from eventapp.attendance.commands.facts import (
    CorrectionUndone,
    ListFact,
    ListPrinted,
    ListRead,
    ListReconciled,
    ListReopened,
    ListScanned,
    PlaceGivenAway,
    PlaceReturned,
    PresenceCorrected,
    ReleaseRuleSet,
)
from eventapp.attendance.commands.listing import (
    add_row,
    attach_scan,
    note_signatures,
    print_list,
    reconcile,
)
from eventapp.attendance.commands.releasing import (
    release_places,
    return_place,
    seat_at_door,
    set_release,
)
from eventapp.attendance.commands.taking import tap, tap_all, untap

__all__ = [
    "CorrectionUndone",
    "ListFact",
    "ListPrinted",
    "ListRead",
    "ListReconciled",
    "ListReopened",
    "ListScanned",
    "PlaceGivenAway",
    "PlaceReturned",
    "PresenceCorrected",
    "ReleaseRuleSet",
    "add_row",
    "attach_scan",
    "correct",
    "note_signatures",
    "print_list",
    "reconcile",
    "release_places",
    "return_place",
    "seat_at_door",
    "set_release",
    "settle",
    "tap",
    "tap_all",
    "undo",
    "untap",
]
