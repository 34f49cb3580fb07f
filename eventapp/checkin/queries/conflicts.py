"""Scans that cannot simply stand, and what the fold over scans reads."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from eventapp.checkin.models import Checkpoint, EarlyUndo, Scan, ScanConflict
from eventapp.checkin.queries.reading import ACCEPTED
from eventapp.checkin.rules import Passage, ScanCode
from eventapp.kernel.db import db
from eventapp.registrations.models import Registration


def passages(checkpoint_id: int, registration_ids: Collection[int]) -> dict[int, list[Passage]]:
    """Return the accepted scans of each person at a checkpoint that stand."""
    query = select(
        Scan.registration_id,
        Scan.effective_at,
        Scan.device_id,
        Scan.seq,
        Scan.scan_id,
        Scan.code,
        Scan.station,
        Scan.admitted_scan_id,
    ).where(
        Scan.checkpoint_id == checkpoint_id,
        Scan.registration_id.in_(registration_ids),
        Scan.code.in_(ACCEPTED),
        Scan.undone_at.is_(None),
    )
    found: dict[int, list[Passage]] = defaultdict(list)
    for row in db.session.execute(query):
        found[row.registration_id].append(
            Passage(
                at=row.effective_at,
                device=row.device_id or 0,
                seq=row.seq,
                scan_id=row.scan_id,
                entry=row.code is ScanCode.OK,
                station=row.station,
                admitted=row.admitted_scan_id is not None,
            )
        )
    return found


def early_undos(scan_ids: Collection[str]) -> dict[str, EarlyUndo]:
    """Return the undos that came before these scans, by scan."""
    query = select(EarlyUndo).where(EarlyUndo.scan_id.in_(scan_ids))
    return {row.scan_id: row for row in db.session.scalars(query)}


def admission_of(scan: Scan) -> Scan | None:
    """Return the scan by which the lead let in whom this one had refused."""
    return db.session.scalars(select(Scan).where(Scan.admitted_scan_id == scan.id)).first()


def conflict(conflict_id: int) -> ScanConflict | None:
    """Return one conflict."""
    return db.session.get(ScanConflict, conflict_id)


def event_of_conflict(conflict_id: int) -> int | None:
    """Return the id of the event in which a conflict arose."""
    return db.session.scalar(select(ScanConflict.event_id).where(ScanConflict.id == conflict_id))


def conflict_of_scan(scan_id: str) -> ScanConflict | None:
    """Return the conflict about a scan."""
    query = select(ScanConflict).where(ScanConflict.scan_id == scan_id)
    return db.session.scalars(query).first()


def open_conflicts(checkpoint_id: int, registration_ids: Collection[int]) -> Sequence[ScanConflict]:
    """List what is not settled about some people at a checkpoint."""
    query = select(ScanConflict).where(
        ScanConflict.checkpoint_id == checkpoint_id,
        ScanConflict.registration_id.in_(registration_ids),
        ScanConflict.resolved_at.is_(None),
    )
    return db.session.scalars(query.order_by(ScanConflict.id)).all()


def open_conflict_count(event_id: int) -> int:
    """Count an event's conflicts that wait for the person in charge."""
    query = select(func.count()).select_from(ScanConflict)
    query = query.where(ScanConflict.event_id == event_id, ScanConflict.resolved_at.is_(None))
    return db.session.scalar(query) or 0


@dataclass(frozen=True)
class Dispute:
    """A conflict with the person, the place, the scan in question and the one that stands."""

    conflict: ScanConflict
    person: Registration
    checkpoint: Checkpoint
    scan: Scan
    other: Scan | None


def disputes(
    event_id: int, *, settled: bool = False, after: int = 0, limit: int = 100
) -> Sequence[Dispute]:
    """List an event's conflicts, open ones or those that are settled, in the order they arose."""
    scan, other = aliased(Scan), aliased(Scan)
    over = ScanConflict.resolved_at.is_not(None)
    query = (
        select(ScanConflict, Registration, Checkpoint, scan, other)
        .join(Registration, Registration.id == ScanConflict.registration_id)
        .join(Checkpoint, Checkpoint.id == ScanConflict.checkpoint_id)
        .join(scan, scan.scan_id == ScanConflict.scan_id)
        .outerjoin(other, other.scan_id == ScanConflict.other_scan_id)
        .where(
            ScanConflict.event_id == event_id,
            over if settled else ~over,
            ScanConflict.id > after,
        )
        .order_by(ScanConflict.id)
        .limit(limit)
    )
    return [Dispute(*row) for row in db.session.execute(query)]
