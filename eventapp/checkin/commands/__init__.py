"""Changes at the door.

``upkeep``: checkpoints and devices · ``arranging``: devices checked, shifts handed over ·
``scanning``: the verdict on a badge · ``together``: on several at once · ``practising``: without
consequences · ``mending``: what mends a scan · ``entering``: who is in · ``attempts``: how each
attempt is kept · ``copying``: what another event can begin with · ``facts``: what can happen.
"""

from eventapp.checkin.commands.arranging import check_readiness, hand_over, settle_note
from eventapp.checkin.commands.attempts import Hand, ScanItem, Verdict
from eventapp.checkin.commands.facts import (
    AdmittedAnyway,
    CheckpointAdded,
    CheckpointRemoved,
    DevicePaired,
    DeviceRevoked,
    ReadinessChecked,
    ScanUndone,
    ShiftHandedOver,
    ShiftNoteSettled,
)
from eventapp.checkin.commands.mending import admit_anyway, undo_scan
from eventapp.checkin.commands.practising import Rehearsal, practise
from eventapp.checkin.commands.scanning import record_scan, record_scans
from eventapp.checkin.commands.together import (
    GroupMember,
    let_in_several,
    new_group_key,
    undo_several,
)
from eventapp.checkin.commands.upkeep import (
    DEVICE,
    add_checkpoint,
    pair_device,
    remove_checkpoint,
    revoke_device,
)

__all__ = [
    "DEVICE",
    "AdmittedAnyway",
    "CheckpointAdded",
    "CheckpointRemoved",
    "DevicePaired",
    "DeviceRevoked",
    "GroupMember",
    "Hand",
    "ReadinessChecked",
    "Rehearsal",
    "ScanItem",
    "ScanUndone",
    "ShiftHandedOver",
    "ShiftNoteSettled",
    "Verdict",
    "add_checkpoint",
    "admit_anyway",
    "check_readiness",
    "hand_over",
    "let_in_several",
    "new_group_key",
    "pair_device",
    "practise",
    "record_scan",
    "record_scans",
    "remove_checkpoint",
    "revoke_device",
    "settle_note",
    "undo_scan",
    "undo_several",
]
