"""Changes at the door.

``upkeep``: checkpoints and devices · ``arranging``: devices checked, shifts handed over ·
``rostering``: who is to stand where · ``scanning``: the verdict on a badge · ``together``: on
several at once · ``practising``: without consequences · ``mending``: what mends a scan ·
``catching_up``: what devices decided themselves · ``settling``: what follows from the scans that
stand · ``listing``: what devices are told · ``entering``: who is in · ``attempts``: how each
attempt is kept · ``copying``: what another event can begin with · ``facts``: what can happen.
"""

from eventapp.checkin.commands.arranging import check_readiness, hand_over, settle_note
from eventapp.checkin.commands.attempts import Hand, ScanItem, Verdict
from eventapp.checkin.commands.facts import (
    AdmittedAnyway,
    CheckpointAdded,
    CheckpointRemoved,
    ConflictDissolved,
    ConflictFound,
    ConflictSettled,
    DeviceAnnounced,
    DevicePaired,
    DeviceRevoked,
    ReadinessChecked,
    ScanUndone,
    ShiftDropped,
    ShiftHandedOver,
    ShiftNoteSettled,
    ShiftPlanned,
)
from eventapp.checkin.commands.listing import bring_up_to_date, told_since, trusted_keys
from eventapp.checkin.commands.mending import (
    admit_anyway,
    let_stand,
    take_conflict_back,
    undo_early,
    undo_scan,
)
from eventapp.checkin.commands.practising import Rehearsal, practise
from eventapp.checkin.commands.rostering import drop_shift, plan_shift
from eventapp.checkin.commands.scanning import record_and_admit, record_scan, record_scans
from eventapp.checkin.commands.together import (
    GroupMember,
    let_in_several,
    new_group_key,
    undo_several,
)
from eventapp.checkin.commands.upkeep import (
    DEVICE,
    PAIRING,
    add_checkpoint,
    announce_device,
    note_device,
    pair_by_code,
    pair_device,
    remove_checkpoint,
    revoke_device,
)

__all__ = [
    "DEVICE",
    "PAIRING",
    "AdmittedAnyway",
    "CheckpointAdded",
    "CheckpointRemoved",
    "ConflictDissolved",
    "ConflictFound",
    "ConflictSettled",
    "DeviceAnnounced",
    "DevicePaired",
    "DeviceRevoked",
    "GroupMember",
    "Hand",
    "ReadinessChecked",
    "Rehearsal",
    "ScanItem",
    "ScanUndone",
    "ShiftDropped",
    "ShiftHandedOver",
    "ShiftNoteSettled",
    "ShiftPlanned",
    "Verdict",
    "add_checkpoint",
    "admit_anyway",
    "announce_device",
    "bring_up_to_date",
    "check_readiness",
    "drop_shift",
    "hand_over",
    "let_in_several",
    "let_stand",
    "new_group_key",
    "note_device",
    "pair_by_code",
    "pair_device",
    "plan_shift",
    "practise",
    "record_and_admit",
    "record_scan",
    "record_scans",
    "remove_checkpoint",
    "revoke_device",
    "settle_note",
    "take_conflict_back",
    "told_since",
    "trusted_keys",
    "undo_early",
    "undo_scan",
    "undo_several",
]
