"""What a scanner sends and hears, and how each attempt is kept."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Table, insert

from eventapp.checkin.models import Scan
from eventapp.checkin.queries import Door
from eventapp.checkin.rules import Direction, Method, ScanCode, ScanStatus
from eventapp.kernel.db import db

# A scan writes to the table itself: past the mapper that takes half the time.
_KEEPING = insert(cast(Table, Scan.__table__))


@dataclass(frozen=True, kw_only=True)
class ScanItem:
    """What a device sends: a code as it was read, or the id of somebody found by name.

    `scan_id` is the device's own id of this attempt; `age` is how long ago it was made.
    """

    scan_id: str
    scanned_at: datetime
    code: str | None = None
    registration_id: int | None = None
    direction: Direction = Direction.ENTRY
    age: timedelta | None = None
    seq: int = 0
    mode: str = "online"
    method: Method = Method.QR


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What the door says; `replayed` when this scan had its verdict already.

    `registration` is ``{id, name, organisation, flags}``, `first` the entry that stands in
    the way: ``{at, checkpoint, device}`` with an ISO time and the checkpoint's names.
    """

    scan_id: str
    status: ScanStatus
    code: ScanCode
    registration: Mapping[str, Any] | None = None
    first: Mapping[str, Any] | None = None
    presence: str | None = None
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
    known = verdict.registration
    db.session.execute(
        _KEEPING,
        {
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
            },
            "actor": hand.actor,
            "station": hand.station,
            "scanned_at": item.scanned_at,
            "received_at": now,
            "effective_at": at,
            "reason": reason,
            "admitted_scan_id": admitted_scan_id,
        },
    )


def body_hash(door: Door, item: ScanItem) -> str:
    """Return what tells a repeated attempt from another one under the same id."""
    # The age is left out: a retry is older than the first try.
    body = [
        door.id,
        item.code,
        item.registration_id,
        item.direction.value,
        item.scanned_at.isoformat(),
    ]
    return hashlib.sha256(json.dumps(body).encode()).hexdigest()
