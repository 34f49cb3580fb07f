"""What mends a scan afterwards."""

from datetime import datetime
from uuid import uuid4

from eventapp.checkin import queries, rules
from eventapp.checkin.commands import entering
from eventapp.checkin.commands.attempts import Hand, ScanItem, Verdict, keep
from eventapp.checkin.commands.facts import AdmittedAnyway, ScanUndone
from eventapp.checkin.models import Scan
from eventapp.checkin.queries import Door
from eventapp.checkin.rules import (
    CheckinRefusal,
    Direction,
    Method,
    Policy,
    ScanCode,
    ScanStatus,
)
from eventapp.kernel.db import atomic, db
from eventapp.kernel.facts import record
from eventapp.kernel.refusal import Refused


@atomic
def admit_anyway(scan_id: str, reason: str, now: datetime, hand: Hand) -> Verdict:
    """Let in somebody whom a scan refused, with a reason that stays beside it."""
    scan = _known_scan(scan_id)
    registration_id = _admissible(scan, reason)
    door = _door(scan.checkpoint_id)
    own_id = str(uuid4())
    verdict = Verdict(
        scan_id=own_id,
        status=ScanStatus.OK,
        code=ScanCode.OK,
        registration=scan.answer["registration"],
        presence="present",
    )
    entering.seat(door, registration_id, own_id, scan.effective_at, hand, again=Policy.MULTIPLE)
    item = ScanItem(
        scan_id=own_id,
        scanned_at=scan.scanned_at,
        registration_id=registration_id,
        method=Method.MANUAL,
    )
    keep(
        door,
        item,
        verdict,
        hand,
        at=scan.effective_at,
        now=now,
        direction=Direction.ENTRY,
        reason=reason.strip(),
        admitted_scan_id=scan.id,
    )
    record(
        AdmittedAnyway(
            event_id=scan.event_id,
            subject=f"registration:{registration_id}",
            scan_id=scan_id,
            registration_id=registration_id,
            code=scan.code.value,
        )
    )
    return verdict


@atomic
def undo_scan(scan_id: str, now: datetime, hand: Hand) -> None:
    """Take a scan back; who is in follows from those that stand."""
    scan = _known_scan(scan_id)
    if refusal := rules.refuse_undo(scan, now, is_lead=hand.is_lead):
        raise Refused(refusal)
    scan.undone_at, scan.undone_by = now, hand.actor
    db.session.flush()
    if scan.registration_id is not None:
        _rebuild(scan.checkpoint_id, scan.registration_id)
    record(ScanUndone(event_id=scan.event_id, subject=f"scan:{scan.id}", scan_id=scan_id))


def _admissible(scan: Scan, reason: str) -> int:
    """Return whom a refused scan was about; refused where nobody can be let in."""
    if not reason.strip():
        raise Refused(CheckinRefusal.REASON_MISSING)
    if scan.code in queries.ACCEPTED:
        raise Refused(CheckinRefusal.NOT_REFUSED)
    if scan.registration_id is None or scan.code is ScanCode.WRONG_EVENT:
        raise Refused(CheckinRefusal.NOBODY_KNOWN)
    return scan.registration_id


def _known_scan(scan_id: str) -> Scan:
    scan = queries.scan(scan_id)
    if scan is None:
        raise Refused(CheckinRefusal.SCAN_UNKNOWN)
    return scan


def _door(checkpoint_id: int) -> Door:
    door = queries.door(checkpoint_id)
    if door is None:
        raise LookupError(f"no checkpoint {checkpoint_id}")
    return door


def _rebuild(checkpoint_id: int, registration_id: int) -> None:
    """Let the row of who is in follow from the scans that stand."""
    there = queries.presence(checkpoint_id, registration_id)
    moves = queries.moves_at(checkpoint_id, registration_id)
    entries = [scan for scan in moves if scan.code is ScanCode.OK]
    if there is None:
        return
    if not entries:
        db.session.delete(there)
        return
    there.inside = moves[-1].code is ScanCode.OK
    there.changed_at = there.last_at = moves[-1].effective_at
    there.last_device_id = moves[-1].device_id
    there.first_scan = entries[-1].scan_id
    there.first_at = entries[-1].effective_at
    there.first_station = entries[-1].station
