"""Letting presence and conflicts follow from the scans that stand, in whatever order they came."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache, partial
from typing import Any

from sqlalchemy import bindparam, delete, update
from sqlalchemy.dialects import postgresql, sqlite

from eventapp.checkin import queries, rules
from eventapp.checkin.commands import entering
from eventapp.checkin.commands.facts import ConflictDissolved, ConflictFound
from eventapp.checkin.models import Presence, Scan, ScanConflict
from eventapp.checkin.queries import Door
from eventapp.checkin.rules import ConflictKind, Passage, ScanCode, Stand
from eventapp.kernel.db import append, db, on_sqlite, table_of
from eventapp.kernel.facts import record


def lock(door: Door, arrivals: Mapping[int, Passage]) -> None:
    """Take the rows of these people at the door, so that only one of many settles them.

    *arrivals* name for each person a scan that has just come, for a row that is not there yet.
    """
    if not arrivals:
        return
    rows = [
        {
            "checkpoint_id": door.id,
            "registration_id": number,
            "inside": False,
            "changed_at": arrivals[number].at,
            "first_scan": arrivals[number].scan_id,
            "first_at": arrivals[number].at,
            "first_station": arrivals[number].station,
            "last_at": arrivals[number].at,
            "last_device_id": None,
        }
        # Always in one order: two batches about the same people must not wait for each other.
        for number in sorted(arrivals)
    ]
    db.session.execute(_taking("sqlite" if on_sqlite() else "postgresql"), rows)


@cache
def _taking(dialect: str) -> Any:
    make = sqlite.insert if dialect == "sqlite" else postgresql.insert
    table = table_of(Presence)
    statement = make(table).values({column.name: bindparam(column.name) for column in table.c})
    # Nothing changes; the row is locked until this transaction ends.
    return statement.on_conflict_do_update(
        index_elements=["checkpoint_id", "registration_id"], set_={"inside": table.c.inside}
    )


def fold(door: Door, passages: Sequence[Passage]) -> Stand:
    """Return where somebody stands at the door after all their passages."""
    return rules.stand_after(
        passages,
        door.policy,
        partial(entering.day_start, door),
        closes_daily=door.session_id is None,
    )


def settle(door: Door, registration_ids: Sequence[int], now: datetime) -> dict[int, Stand]:
    """Write down who is inside and what cannot stand, as the scans of these people have it.

    Their rows must be locked, by `lock` or by the guarded statement of a scan.
    """
    passages = queries.passages(door.id, registration_ids)
    stands = {number: fold(door, passages.get(number, ())) for number in registration_ids}
    _write(door, stands)
    _sync(door, stands, now)
    return stands


def _write(door: Door, stands: Mapping[int, Stand]) -> None:
    kept = [
        {
            "at_checkpoint": door.id,
            "of_registration": number,
            "inside": stand.inside,
            "changed_at": stand.changed_at or stand.first.at,
            "first_scan": stand.first.scan_id,
            "first_at": stand.first.at,
            "first_station": stand.first.station,
            "last_at": stand.last.at,
            "last_device_id": stand.last.device or None,
        }
        for number, stand in stands.items()
        if stand.first is not None and stand.last is not None
    ]
    gone = [number for number, stand in stands.items() if stand.first is None]
    table = table_of(Presence)
    if kept:
        db.session.execute(_STANDING, kept)
    if gone:
        there = table.c.checkpoint_id == door.id
        db.session.execute(delete(table).where(there, table.c.registration_id.in_(gone)))
    for row in list(db.session):
        if isinstance(row, Presence):
            db.session.expire(row)


_STANDING = (
    update(table_of(Presence))
    .where(
        table_of(Presence).c.checkpoint_id == bindparam("at_checkpoint"),
        table_of(Presence).c.registration_id == bindparam("of_registration"),
    )
    .values(
        {
            name: bindparam(name)
            for name in (
                "inside",
                "changed_at",
                "first_scan",
                "first_at",
                "first_station",
                "last_at",
                "last_device_id",
            )
        }
    )
)


def _sync(door: Door, stands: Mapping[int, Stand], now: datetime) -> None:
    """Let the open conflicts be those of the fold; what was settled stays as it was settled."""
    wanted = {
        later.scan_id: (number, standing.scan_id)
        for number, stand in stands.items()
        for later, standing in stand.clashes
    }
    for row in queries.open_conflicts(door.id, list(stands)):
        if row.kind is not ConflictKind.DOUBLE_ENTRY:
            continue
        found = wanted.pop(row.scan_id, None)
        if found is None:
            dissolve(row)
        elif row.other_scan_id != found[1]:
            row.other_scan_id = found[1]
    for scan_id in wanted.keys() & _settled(list(wanted)):
        del wanted[scan_id]
    for scan_id, (number, standing) in sorted(wanted.items()):
        raise_conflict(
            door, number, ConflictKind.DOUBLE_ENTRY, scan_id, now,
            code=ScanCode.ALREADY_IN, other=standing,
        )  # fmt: skip
    db.session.flush()


def _settled(scan_ids: list[str]) -> set[str]:
    return {scan_id for scan_id in scan_ids if queries.conflict_of_scan(scan_id) is not None}


def raise_conflict(
    door: Door,
    registration_id: int,
    kind: ConflictKind,
    scan_id: str,
    now: datetime,
    *,
    code: ScanCode,
    other: str | None = None,
) -> None:
    """Tell the person in charge of a scan that cannot simply stand."""
    append(
        ScanConflict,
        event_id=door.event_id,
        checkpoint_id=door.id,
        registration_id=registration_id,
        kind=kind,
        scan_id=scan_id,
        other_scan_id=other,
        code=code,
        found_at=now,
    )
    record(
        ConflictFound(
            event_id=door.event_id,
            subject=f"registration:{registration_id}",
            scan_id=scan_id,
            conflict=kind.value,
            code=code.value,
        )
    )


def take_back(scan: Scan, actor: str, now: datetime) -> None:
    """Let a scan not count any more; what was not settled about it is over."""
    scan.undone_at, scan.undone_by = now, actor
    found = queries.conflict_of_scan(scan.scan_id)
    if found is not None and found.resolved_at is None:
        dissolve(found)


def passage_of(scan: Scan) -> Passage:
    """Return a kept scan as the fold sees it."""
    return Passage(
        at=scan.effective_at,
        device=scan.device_id or 0,
        seq=scan.seq,
        scan_id=scan.scan_id,
        entry=scan.code is ScanCode.OK,
        station=scan.station,
        admitted=scan.admitted_scan_id is not None,
    )


def dissolve(row: ScanConflict) -> None:
    """Take back a conflict that a scan which came later, or an undo, has ended."""
    record(
        ConflictDissolved(
            event_id=row.event_id,
            subject=f"registration:{row.registration_id}",
            scan_id=row.scan_id,
            conflict=row.kind.value,
        )
    )
    db.session.delete(row)
