"""What mends a scan afterwards."""

from datetime import datetime
from uuid import uuid4

from eventapp.checkin import queries, rules
from eventapp.checkin.commands import entering, settling
from eventapp.checkin.commands.attempts import Hand, ScanItem, Verdict, keep
from eventapp.checkin.commands.facts import AdmittedAnyway, ConflictSettled, ScanUndone
from eventapp.checkin.models import EarlyUndo, Scan, ScanConflict
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
    before = queries.admission_of(scan)
    if before is not None:
        return _admitted(before.scan_id, scan, replayed=True)
    own_id = str(uuid4())
    verdict = _admitted(own_id, scan)
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
    db.session.flush()
    there = queries.presence(door.id, registration_id)
    if there is not None and there.last_at > scan.effective_at:
        settling.settle(door, [registration_id], now)
    return verdict


def _admitted(own_id: str, scan: Scan, *, replayed: bool = False) -> Verdict:
    return Verdict(
        scan_id=own_id,
        status=ScanStatus.OK,
        code=ScanCode.OK,
        registration=scan.answer["registration"],
        presence="present",
        replayed=replayed,
    )


@atomic
def undo_scan(scan_id: str, now: datetime, hand: Hand) -> None:
    """Take a scan back; who is in follows from those that stand."""
    scan = _known_scan(scan_id)
    if refusal := rules.refuse_undo(scan, now, actor=hand.actor, is_lead=hand.is_lead):
        raise Refused(refusal)
    _take_back(scan, now, hand)


@atomic
def undo_early(checkpoint_id: int, scan_id: str, now: datetime, hand: Hand) -> None:
    """Keep an undo whose scan has not come yet: a device without a network sends both later."""
    if db.session.get(EarlyUndo, scan_id) is None:
        db.session.add(
            EarlyUndo(
                scan_id=scan_id,
                checkpoint_id=checkpoint_id,
                actor=hand.actor,
                is_lead=hand.is_lead,
                received_at=now,
            )
        )


def _take_back(scan: Scan, now: datetime, hand: Hand) -> None:
    settling.take_back(scan, hand.actor, now)
    if scan.registration_id is not None and scan.code in queries.ACCEPTED:
        door = _door(scan.checkpoint_id)
        settling.lock(door, {scan.registration_id: settling.passage_of(scan)})
        db.session.flush()
        settling.settle(door, [scan.registration_id], now)
    record(ScanUndone(event_id=scan.event_id, subject=f"scan:{scan.id}", scan_id=scan.scan_id))


# --- conflicts ----------------------------------------------------------------------------


@atomic
def let_stand(conflict_id: int, reason: str, now: datetime, hand: Hand) -> None:
    """Settle a conflict: the scan in question counts as it is."""
    _settle_conflict(conflict_id, reason, now, hand, taken_back=False)


@atomic
def take_conflict_back(conflict_id: int, reason: str, now: datetime, hand: Hand) -> None:
    """Settle a conflict: the scan in question does not count."""
    row = _settle_conflict(conflict_id, reason, now, hand, taken_back=True)
    scan = _known_scan(row.scan_id)
    if scan.undone_at is None:
        _take_back(scan, now, hand)


def _settle_conflict(
    conflict_id: int, reason: str, now: datetime, hand: Hand, *, taken_back: bool
) -> ScanConflict:
    row = db.session.get(ScanConflict, conflict_id, with_for_update=True)
    if row is None:
        raise Refused(CheckinRefusal.CONFLICT_UNKNOWN)
    if row.resolved_at is not None:
        raise Refused(CheckinRefusal.CONFLICT_SETTLED)
    if not reason.strip():
        raise Refused(CheckinRefusal.REASON_MISSING)
    row.resolved_at, row.resolved_by, row.reason = now, hand.actor, reason.strip()
    db.session.flush()
    record(
        ConflictSettled(
            event_id=row.event_id,
            subject=f"registration:{row.registration_id}",
            scan_id=row.scan_id,
            conflict=row.kind.value,
            reason=row.reason,
            taken_back=taken_back,
        )
    )
    return row


# --- steps --------------------------------------------------------------------------------


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
