"""Changes at the door: checkpoints, devices, scans, and what mends a scan."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache
from typing import Any, ClassVar, cast
from uuid import uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, Table, bindparam, false, insert, true, update
from sqlalchemy.dialects import postgresql, sqlite

from eventapp.checkin import queries, rules
from eventapp.checkin.models import Checkpoint, Device, Presence, Scan
from eventapp.checkin.queries import Door
from eventapp.checkin.rules import (
    Candidate,
    CheckinRefusal,
    Direction,
    Method,
    Policy,
    ScanCode,
    ScanStatus,
)
from eventapp.kernel import memory, text, tokens
from eventapp.kernel.copying import Copying, Part
from eventapp.kernel.db import UtcDateTime, after_commit, atomic, db, on_sqlite
from eventapp.kernel.facts import Fact, record
from eventapp.kernel.refusal import N_, Refused

DEVICE = "device"

# A scan writes to the tables themselves: past the mapper that takes half the time.
_PRESENCE = cast(Table, Presence.__table__)
_THERE = _PRESENCE.c
_KEEPING = insert(cast(Table, Scan.__table__))


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


# --- setting up ---------------------------------------------------------------------------


@atomic
def add_checkpoint(
    event_id: int,
    name: Mapping[str, str],
    *,
    session_id: int | None = None,
    day_id: int | None = None,
    policy: Policy = Policy.RE_ENTRY_AFTER_EXIT,
    opens_at: datetime | None = None,
    closes_at: datetime | None = None,
    ref: str | None = None,
) -> Checkpoint:
    """Set up a place where badges are read: for the event, a day or a session."""
    row = Checkpoint(
        event_id=event_id,
        name=dict(name),
        session_id=session_id,
        day_id=day_id,
        policy=policy,
        opens_at=opens_at,
        closes_at=closes_at,
        ref=ref,
    )
    db.session.add(row)
    db.session.flush()
    record(CheckpointAdded(event_id=event_id, subject=f"checkpoint:{row.id}", checkpoint_id=row.id))
    return row


@atomic
def remove_checkpoint(checkpoint_id: int) -> None:
    """Remove a checkpoint at which nobody was scanned and for which no device is paired."""
    row = db.session.get_one(Checkpoint, checkpoint_id, with_for_update=True)
    if queries.is_used(checkpoint_id):
        raise Refused(CheckinRefusal.CHECKPOINT_IN_USE)
    record(
        CheckpointRemoved(
            event_id=row.event_id, subject=f"checkpoint:{row.id}", checkpoint_id=row.id
        )
    )
    db.session.delete(row)


@atomic
def pair_device(
    checkpoint_id: int, name: str, now: datetime, *, is_lead: bool = False
) -> tuple[Device, str]:
    """Let a device scan at a checkpoint; its token is returned once and kept hashed."""
    point = db.session.get_one(Checkpoint, checkpoint_id)
    token, token_hash = tokens.new_token(DEVICE)
    row = Device(
        event_id=point.event_id,
        checkpoint_id=checkpoint_id,
        name=name,
        token_hash=token_hash,
        is_lead=is_lead,
        paired_at=now,
    )
    db.session.add(row)
    db.session.flush()
    record(DevicePaired(event_id=point.event_id, subject=f"device:{row.id}", device_id=row.id))
    return row, token


@atomic
def revoke_device(device_id: int, now: datetime) -> None:
    """Let a device scan no more."""
    row = db.session.get_one(Device, device_id)
    if row.revoked_at is None:
        row.revoked_at = now
        record(DeviceRevoked(event_id=row.event_id, subject=f"device:{row.id}", device_id=row.id))
        after_commit(lambda: memory.forget(f"device:{row.token_hash}"))


# --- scanning -----------------------------------------------------------------------------


@atomic
def record_scan(door: Door, item: ScanItem, now: datetime, hand: Hand) -> Verdict:
    """Give the verdict on one badge and keep the attempt, whatever the verdict.

    Three statements: read everything, take the place at the door, write the attempt. The
    second is guarded, so that of fifty scanners with one badge exactly one hears `ok`.
    """
    badge = tokens.read_badge(item.code) if item.code is not None else None
    if item.code is not None and badge is None:
        return _refuse_unread(door, item, now, hand)
    row = queries.at_the_door(
        door,
        item.scan_id,
        badge_hash=tokens.hashed(badge) if badge is not None else None,
        registration_id=item.registration_id,
    )
    if row.stored_hash is not None:
        return _replayed(row.stored_hash, row.stored_answer, door, item)
    at = rules.effective(item.scanned_at, now, item.age)
    candidate = _candidate(door, row, at)
    direction = rules.turned(item.direction, candidate)
    code = rules.judge(
        candidate,
        event_id=door.event_id,
        policy=door.policy,
        direction=direction,
        at=at,
        device_id=hand.device_id,
        opens_at=door.opens_at,
        closes_at=door.closes_at,
    )
    first = _first(door, row.first_at, row.first_station)
    if code in queries.ACCEPTED and not _take(door, row.id, item.scan_id, code, at, hand):
        code, first = _beaten(door, row.id, code)
    verdict = Verdict(
        scan_id=item.scan_id,
        status=rules.status_of(code),
        code=code,
        registration=None if code is ScanCode.WRONG_EVENT else _card(row),
        first=first if code is ScanCode.ALREADY_IN else None,
        presence=_presence_after(candidate, code),
    )
    _keep(door, item, verdict, hand, at=at, now=now, direction=direction)
    return verdict


@atomic
def record_scans(
    door: Door, items: Sequence[ScanItem], now: datetime, hand: Hand
) -> list[Verdict | Refused]:
    """Give a verdict on each of *items*, in order, in one transaction.

    An item that conflicts with a stored one answers its refusal and holds nobody up.
    """
    answers: list[Verdict | Refused] = []
    for item in items:
        try:
            answers.append(record_scan(door, item, now, hand))
        except Refused as refused:
            answers.append(refused)
    return answers


@atomic
def admit_anyway(scan_id: str, reason: str, now: datetime, hand: Hand) -> Verdict:
    """Let in somebody whom a scan refused, with a reason that stays beside it."""
    scan = _known_scan(scan_id)
    if not reason.strip():
        raise Refused(CheckinRefusal.REASON_MISSING)
    if scan.code in queries.ACCEPTED:
        raise Refused(CheckinRefusal.NOT_REFUSED)
    if scan.registration_id is None or scan.code is ScanCode.WRONG_EVENT:
        raise Refused(CheckinRefusal.NOBODY_KNOWN)
    door = _door(scan.checkpoint_id)
    own_id = str(uuid4())
    verdict = Verdict(
        scan_id=own_id,
        status=ScanStatus.OK,
        code=ScanCode.OK,
        registration=scan.answer["registration"],
        presence="present",
    )
    _seat(door, scan.registration_id, own_id, scan.effective_at, hand, again=Policy.MULTIPLE)
    item = ScanItem(
        scan_id=own_id,
        scanned_at=scan.scanned_at,
        registration_id=scan.registration_id,
        method=Method.MANUAL,
    )
    _keep(
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
            subject=f"registration:{scan.registration_id}",
            scan_id=scan_id,
            registration_id=scan.registration_id,
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


# --- steps --------------------------------------------------------------------------------


def _candidate(door: Door, row: Row[Any], at: datetime) -> Candidate | None:
    if row.id is None:
        return None
    return Candidate(
        event_id=row.event_id,
        state=row.state.value,
        retired=row.retired_id is not None,
        sign_up=row.sign_up.value if row.sign_up is not None else None,
        needs_sign_up=door.needs_sign_up,
        inside=bool(row.inside),
        entered_ever=row.first_at is not None,
        entered_today=row.first_at is not None and row.first_at >= _day_start(door, at),
        last_at=row.last_at,
        last_device_id=row.last_device_id,
    )


def _day_start(door: Door, at: datetime) -> datetime:
    zone = ZoneInfo(door.timezone)
    return datetime.combine(at.astimezone(zone).date(), time(), zone)


def _take(
    door: Door, registration_id: int, scan_id: str, code: ScanCode, at: datetime, hand: Hand
) -> bool:
    """Enter or leave in one guarded statement; False when another scan was first."""
    if code is ScanCode.OUT:
        return _unseat(door, registration_id, at, hand)
    return _seat(door, registration_id, scan_id, at, hand, again=door.policy)


def _seat(
    door: Door,
    registration_id: int,
    scan_id: str,
    at: datetime,
    hand: Hand,
    *,
    again: Policy,
) -> bool:
    """Put somebody in at the door; who is there already may enter *again* by that policy only."""
    entering = {
        "checkpoint_id": door.id,
        "registration_id": registration_id,
        "inside": True,
        "changed_at": at,
        "first_scan": scan_id,
        "first_at": at,
        "first_station": hand.station,
        "last_at": at,
        "last_device_id": hand.device_id,
    }
    if again is Policy.ONCE_PER_DAY:
        entering["day_start"] = _day_start(door, at)
    statement = _seating(again, "sqlite" if on_sqlite() else "postgresql")
    return db.session.execute(statement, entering).first() is not None


@cache
def _seating(policy: Policy, dialect: str) -> Any:
    """Build the guarded upsert of a policy once; building takes longer than executing."""
    make = sqlite.insert if dialect == "sqlite" else postgresql.insert
    columns = [column.name for column in _THERE]
    statement = make(_PRESENCE).values({name: bindparam(name) for name in columns})
    keys = {"checkpoint_id", "registration_id"}
    again: dict[Policy, ColumnElement[bool]] = {
        Policy.SINGLE: false(),
        Policy.MULTIPLE: true(),
        Policy.ONCE_PER_DAY: _THERE.first_at < bindparam("day_start", type_=UtcDateTime()),
        Policy.RE_ENTRY_AFTER_EXIT: _THERE.inside.is_(False),
    }
    statement = statement.on_conflict_do_update(
        index_elements=sorted(keys),
        set_={name: statement.excluded[name] for name in columns if name not in keys},
        where=again[policy],
    )
    return statement.returning(_THERE.registration_id)


_LEAVING = (
    update(_PRESENCE)
    .where(
        _THERE.checkpoint_id == bindparam("at_checkpoint"),
        _THERE.registration_id == bindparam("of_registration"),
        _THERE.inside,
    )
    .values(
        inside=False,
        changed_at=bindparam("at", type_=UtcDateTime()),
        last_at=bindparam("at", type_=UtcDateTime()),
        last_device_id=bindparam("device"),
    )
    .returning(_THERE.registration_id)
)


def _unseat(door: Door, registration_id: int, at: datetime, hand: Hand) -> bool:
    leaving = {
        "at_checkpoint": door.id,
        "of_registration": registration_id,
        "at": at,
        "device": hand.device_id,
    }
    return db.session.execute(_LEAVING, leaving).first() is not None


def _beaten(
    door: Door, registration_id: int, code: ScanCode
) -> tuple[ScanCode, Mapping[str, Any] | None]:
    """Return the verdict of a scan that another one forestalled, with that one's entry."""
    if code is ScanCode.OUT:
        return ScanCode.ALREADY_OUT, None
    there = queries.presence(door.id, registration_id)
    first = _first(door, there.first_at, there.first_station) if there is not None else None
    return ScanCode.ALREADY_IN, first


def _refuse_unread(door: Door, item: ScanItem, now: datetime, hand: Hand) -> Verdict:
    stored = queries.scan(item.scan_id)
    if stored is not None:
        return _replayed(stored.body_hash, stored.answer, door, item)
    verdict = Verdict(scan_id=item.scan_id, status=ScanStatus.ERROR, code=ScanCode.INVALID_CODE)
    at = rules.effective(item.scanned_at, now, item.age)
    _keep(door, item, verdict, hand, at=at, now=now, direction=item.direction)
    return verdict


def _replayed(body_hash: str, answer: Mapping[str, Any], door: Door, item: ScanItem) -> Verdict:
    if body_hash != _body_hash(door, item):
        raise Refused(CheckinRefusal.IDEMPOTENCY_CONFLICT)
    return Verdict(
        scan_id=item.scan_id,
        status=ScanStatus(answer["status"]),
        code=ScanCode.of(answer["code"]),
        registration=answer["registration"],
        first=answer["first"],
        presence=answer["presence"],
        replayed=True,
    )


def _body_hash(door: Door, item: ScanItem) -> str:
    # The age is left out: a retry is older than the first try.
    body = [
        door.id,
        item.code,
        item.registration_id,
        item.direction.value,
        item.scanned_at.isoformat(),
    ]
    return hashlib.sha256(json.dumps(body).encode()).hexdigest()


def _keep(
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
    known = verdict.registration
    db.session.execute(
        _KEEPING,
        {
            "event_id": door.event_id,
            "checkpoint_id": door.id,
            "device_id": hand.device_id,
            "registration_id": known["id"] if known is not None else None,
            "scan_id": item.scan_id,
            "body_hash": _body_hash(door, item),
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


def _card(row: Row[Any]) -> dict[str, Any] | None:
    if row.id is None:
        return None
    return {
        "id": row.id,
        "name": text.full_name(row.title, row.first_name, row.last_name),
        "organisation": row.organisation,
        "flags": list(row.needs or []),
    }


def _first(door: Door, at: datetime | None, station: str | None) -> Mapping[str, Any] | None:
    if at is None:
        return None
    return {"at": at.isoformat(), "checkpoint": dict(door.name), "device": station or ""}


def _presence_after(candidate: Candidate | None, code: ScanCode) -> str | None:
    if candidate is None or code is ScanCode.WRONG_EVENT:
        return None
    moved = {ScanCode.OK: "present", ScanCode.OUT: "absent"}
    return moved.get(code, "present" if candidate.inside else "absent")


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


# --- in an event that is made like another ------------------------------------------------


def _copy_checkpoints(copying: Copying) -> int:
    """Set up the same checkpoints; those of a session or day that was not copied are left out."""
    copied = 0
    for row in queries.checkpoints(copying.source_id):
        session_id = copying.new("session", row.session_id)
        day_id = copying.new("day", row.day_id)
        if (session_id is None) != (row.session_id is None) or (day_id is None) != (
            row.day_id is None
        ):
            continue
        add_checkpoint(
            copying.target_id,
            row.name,
            session_id=session_id,
            day_id=day_id,
            policy=row.policy,
            opens_at=copying.maybe(row.opens_at),
            closes_at=copying.maybe(row.closes_at),
        )
        copied += 1
    return copied


PARTS = (Part("checkpoints", N_("checkpoints of the door"), _copy_checkpoints),)
