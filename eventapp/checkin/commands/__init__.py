"""Changes at the door.

``upkeep``: checkpoints and devices · ``scanning``: the verdict on a badge · ``mending``: what mends
a scan · ``entering``: who is in · ``attempts``: how each attempt is kept · ``copying``: what
another event can begin with · ``facts``: what can happen.
"""

from eventapp.checkin.commands.attempts import Hand, ScanItem, Verdict
from eventapp.checkin.commands.facts import (
    AdmittedAnyway,
    CheckpointAdded,
    CheckpointRemoved,
    DevicePaired,
    DeviceRevoked,
    ScanUndone,
)
from eventapp.checkin.commands.mending import admit_anyway, undo_scan
from eventapp.checkin.commands.scanning import record_scan, record_scans
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
    "Hand",
    "ScanItem",
    "ScanUndone",
    "Verdict",
    "add_checkpoint",
    "admit_anyway",
    "pair_device",
    "record_scan",
    "record_scans",
    "remove_checkpoint",
    "revoke_device",
    "undo_scan",
]
