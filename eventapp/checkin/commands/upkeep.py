"""Changes of checkpoints and of the devices that scan there."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete

from eventapp.checkin import queries, rules
from eventapp.checkin.commands.facts import (
    CheckpointAdded,
    CheckpointRemoved,
    DeviceAnnounced,
    DevicePaired,
    DeviceRevoked,
)
from eventapp.checkin.models import Checkpoint, Device, DeviceCheckpoint, EarlyUndo, ListedBadge
from eventapp.checkin.rules import PAIR_WITHIN, CheckinRefusal, Policy
from eventapp.kernel import memory, tokens
from eventapp.kernel.db import after_commit, atomic, db
from eventapp.kernel.facts import record
from eventapp.kernel.refusal import Refused

DEVICE = "device"
PAIRING = "pair"


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
    for told in (ListedBadge, EarlyUndo):
        db.session.execute(delete(told).where(told.checkpoint_id == checkpoint_id))
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
def announce_device(
    event_id: int,
    name: str,
    checkpoint_ids: Sequence[int],
    now: datetime,
    *,
    is_lead: bool = False,
) -> tuple[Device, str]:
    """Let a device be paired by a code within minutes; the code is returned once.

    It may scan at *checkpoint_ids* alone. Until the code is opened it has a token that nobody
    was ever told.
    """
    if not checkpoint_ids:
        raise Refused(CheckinRefusal.NO_CHECKPOINT)
    code, code_hash = tokens.new_token(PAIRING)
    _untold, token_hash = tokens.new_token(DEVICE)
    row = Device(
        event_id=event_id,
        checkpoint_id=checkpoint_ids[0],
        name=name,
        token_hash=token_hash,
        is_lead=is_lead,
        paired_at=now,
        pairing_hash=code_hash,
        pairing_until=now + PAIR_WITHIN,
    )
    db.session.add(row)
    db.session.flush()
    for number in checkpoint_ids[1:]:
        db.session.add(DeviceCheckpoint(device_id=row.id, checkpoint_id=number))
    record(DeviceAnnounced(event_id=event_id, subject=f"device:{row.id}", device_id=row.id))
    return row, code


@atomic
def pair_by_code(event_id: int, code: str, now: datetime) -> tuple[Device, str]:
    """Pair the device that opens *code*; the code is used up, the token returned once."""
    found = queries.device_by_pairing(tokens.hashed(code))
    row = db.session.get(Device, found.id, with_for_update=True) if found is not None else None
    if row is None or row.event_id != event_id or row.revoked_at is not None:
        raise Refused(CheckinRefusal.PAIRING_CODE_OVER)
    if refusal := rules.refuse_pairing(row.pairing_until, now):
        raise Refused(refusal)
    token, row.token_hash = tokens.new_token(DEVICE)
    row.pairing_hash, row.pairing_until = None, None
    row.paired_at = row.seen_at = now
    record(DevicePaired(event_id=event_id, subject=f"device:{row.id}", device_id=row.id))
    return row, token


@atomic
def note_device(device_id: int, now: datetime) -> None:
    """Note that a device was heard of; scans are not noted here, their rows tell it."""
    db.session.get_one(Device, device_id).seen_at = now


@atomic
def revoke_device(device_id: int, now: datetime) -> None:
    """Let a device scan no more."""
    row = db.session.get_one(Device, device_id)
    if row.revoked_at is None:
        row.revoked_at = now
        record(DeviceRevoked(event_id=row.event_id, subject=f"device:{row.id}", device_id=row.id))
        after_commit(lambda: memory.forget(f"device:{row.token_hash}"))
