"""What can happen at the door besides a scan, for the history."""

from dataclasses import dataclass
from typing import ClassVar

from eventapp.kernel.facts import Fact


@dataclass(frozen=True, kw_only=True)
class CheckpointAdded(Fact):
    """A place where badges are read was set up."""

    kind: ClassVar[str] = "checkpoint-added"
    checkpoint_id: int


@dataclass(frozen=True, kw_only=True)
class CheckpointRemoved(Fact):
    """A place where badges were to be read is not there any more."""

    kind: ClassVar[str] = "checkpoint-removed"
    checkpoint_id: int


@dataclass(frozen=True, kw_only=True)
class DevicePaired(Fact):
    """A device may scan from now on."""

    kind: ClassVar[str] = "device-paired"
    device_id: int


@dataclass(frozen=True, kw_only=True)
class DeviceRevoked(Fact):
    """A device may scan no more."""

    kind: ClassVar[str] = "device-revoked"
    device_id: int


@dataclass(frozen=True, kw_only=True)
class AdmittedAnyway(Fact):
    """The lead let somebody in whom a scan had refused."""

    kind: ClassVar[str] = "admitted-anyway"
    scan_id: str
    registration_id: int
    code: str


@dataclass(frozen=True, kw_only=True)
class ScanUndone(Fact):
    """A scan was taken back."""

    kind: ClassVar[str] = "scan-undone"
    scan_id: str


@dataclass(frozen=True, kw_only=True)
class ReadinessChecked(Fact):
    """A device was looked at, for the day to come."""

    kind: ClassVar[str] = "readiness-checked"
    checkpoint_id: int
    overall: str


@dataclass(frozen=True, kw_only=True)
class ShiftHandedOver(Fact):
    """Somebody else stands at a checkpoint from now on."""

    kind: ClassVar[str] = "shift-handed-over"
    checkpoint_id: int


@dataclass(frozen=True, kw_only=True)
class ShiftPlanned(Fact):
    """Somebody is to stand at a checkpoint."""

    kind: ClassVar[str] = "shift-planned"
    shift_id: int


@dataclass(frozen=True, kw_only=True)
class ShiftDropped(Fact):
    """Somebody is not to stand at a checkpoint after all."""

    kind: ClassVar[str] = "shift-dropped"
    shift_id: int


@dataclass(frozen=True, kw_only=True)
class ShiftNoteSettled(Fact):
    """What an earlier shift left to be done is done."""

    kind: ClassVar[str] = "shift-note-settled"
    shift_id: int


@dataclass(frozen=True, kw_only=True)
class DeviceAnnounced(Fact):
    """A code was made with which a device can be paired for some minutes."""

    kind: ClassVar[str] = "device-announced"
    device_id: int


@dataclass(frozen=True, kw_only=True)
class ConflictFound(Fact):
    """A scan that a device let in cannot stand beside another one, or beside the rules."""

    kind: ClassVar[str] = "conflict-found"
    scan_id: str
    conflict: str
    code: str


@dataclass(frozen=True, kw_only=True)
class ConflictDissolved(Fact):
    """A conflict ended by itself: an undo, or a scan that came later, explains it."""

    kind: ClassVar[str] = "conflict-dissolved"
    scan_id: str
    conflict: str


@dataclass(frozen=True, kw_only=True)
class ConflictSettled(Fact):
    """The person in charge said what is right; `taken_back` when the scan does not count."""

    kind: ClassVar[str] = "conflict-settled"
    scan_id: str
    conflict: str
    reason: str
    taken_back: bool
