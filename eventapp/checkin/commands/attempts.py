"""What a scanner sends and hears, and how each attempt is kept."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Table, insert

from eventapp.checkin.models import Scan
from eventapp.checkin.queries import Door
from eventapp.checkin.rules import (
    CheckinRefusal,
    Direction,
    Method,
    Mode,
    ScanCode,
    ScanStatus,
)
from eventapp.kernel.db import ask, db
from eventapp.kernel.refusal import Refused

# A scan writes to the table itself: past the mapper that takes half the time.
_KEEPING = insert(cast(Table, Scan.__table__))


@dataclass(frozen=True, kw_only=True)
class ScanItem:
    """What a device sends: a code as it was read, or the id of somebody found by name.

    `scan_id` is the device's own id of this attempt; `age` is how long ago it was made. What a
    device decided without the server comes `offline` with the verdict that it `said`.
    """

    scan_id: str
    scanned_at: datetime
    code: str | None = None
    registration_id: int | None = None
    direction: Direction = Direction.ENTRY
    age: timedelta | None = None
    seq: int = 0
    mode: Mode = Mode.ONLINE
    said: ScanCode | None = None
    method: Method = Method.QR


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What the door says; `replayed` when this scan had its verdict already.

    `registration` is ``{id, name, organisation, flags}``, `first` the entry that stands in
    the way: ``{at, checkpoint, device}`` with an ISO time and the checkpoint's names; `conflict`
    the same with its `kind` where two verdicts cannot both stand. `released_at` is when the
    person's place was given away, an ISO time.
    """

    scan_id: str
    status: ScanStatus
    code: ScanCode
    registration: Mapping[str, Any] | None = None
    first: Mapping[str, Any] | None = None
    presence: str | None = None
    conflict: Mapping[str, Any] | None = None
    released_at: str | None = None
    replayed: bool = False


@dataclass(frozen=True, kw_only=True)
class Hand:
    """Whose hand holds the scanner: the device or the account, and what the door calls it."""

    actor: str
    station: str = ""
    device_id: int | None = None
    is_lead: bool = False


def keep(
    door: Door,
    item: ScanItem,
    verdict: Verdict,
    hand: Hand,
    *,
    at: datetime,
    now: datetime,
    direction: Direction,
    reason: str | None = None,
    admitted_scan_id: int | None = None,
) -> None:
    """Write an attempt down with its verdict, as it was heard."""
    row = attempt(door, item, verdict, hand, at=at, now=now, direction=direction)
    row |= {"reason": reason, "admitted_scan_id": admitted_scan_id}
    ask(_KEEPING, row)


def keep_all(rows: Sequence[Mapping[str, Any]]) -> None:
    """Write many attempts down at once."""
    if rows:
        db.session.execute(_KEEPING, list(rows))


def attempt(
    door: Door,
    item: ScanItem,
    verdict: Verdict,
    hand: Hand,
    *,
    at: datetime,
    now: datetime,
    direction: Direction,
) -> dict[str, Any]:
    """Return the row of an attempt."""
    known = verdict.registration
    return {
        "event_id": door.event_id,
        "checkpoint_id": door.id,
        "device_id": hand.device_id,
        "registration_id": known["id"] if known is not None else None,
        "scan_id": item.scan_id,
        "body_hash": body_hash(door, item),
        "direction": direction,
        "method": item.method,
        "status": verdict.status,
        "code": verdict.code,
        "answer": {
            "status": verdict.status.value,
            "code": verdict.code.value,
            "registration": known,
            "first": verdict.first,
            "presence": verdict.presence,
            "conflict": verdict.conflict,
            "released_at": verdict.released_at,
        },
        "actor": hand.actor,
        "station": hand.station,
        "scanned_at": item.scanned_at,
        "received_at": now,
        "effective_at": at,
        "seq": item.seq,
        "mode": item.mode,
        "reason": None,
        "admitted_scan_id": None,
        "undone_at": None,
        "undone_by": None,
    }


def replayed(stored: str, answer: Mapping[str, Any], door: Door, item: ScanItem) -> Verdict:
    """Return the verdict that a scan heard before; refused where this is another scan."""
    if stored != body_hash(door, item):
        raise Refused(CheckinRefusal.IDEMPOTENCY_CONFLICT)
    return Verdict(
        scan_id=item.scan_id,
        status=ScanStatus(answer["status"]),
        code=ScanCode.of(answer["code"]),
        registration=answer["registration"],
        first=answer["first"],
        presence=answer["presence"],
        conflict=answer.get("conflict"),
        released_at=answer.get("released_at"),
        replayed=True,
    )


def told(door: Door, at: datetime | None, station: str | None) -> dict[str, Any] | None:
    """Return an entry as a verdict tells of it: when, at which checkpoint, by which device."""
    if at is None:
        return None
    return {"at": at.isoformat(), "checkpoint": dict(door.name), "device": station or ""}


def body_hash(door: Door, item: ScanItem) -> str:
    """Return what tells a repeated attempt from another one under the same id."""
    # The age is left out: a retry is older than the first try. So is who decided: the first
    # try may have been heard, and its answer lost.
    body = [
        door.id,
        item.code,
        item.registration_id,
        item.direction.value,
        item.scanned_at.isoformat(),
    ]
    return hashlib.sha256(json.dumps(body).encode()).hexdigest()
