"""The door before and between: devices checked, shifts handed over."""

from dataclasses import asdict
from datetime import datetime

from eventapp.checkin import queries, rules
from eventapp.checkin.commands.attempts import Hand
from eventapp.checkin.commands.facts import (
    ReadinessChecked,
    ShiftHandedOver,
    ShiftNoteSettled,
)
from eventapp.checkin.models import Checkpoint, Readiness, Shift
from eventapp.checkin.queries import Door
from eventapp.checkin.rules import CheckinRefusal, Measured
from eventapp.kernel.db import atomic, db
from eventapp.kernel.facts import record
from eventapp.kernel.refusal import Refused


@atomic
def check_readiness(
    door: Door, measured: Measured, now: datetime, hand: Hand, *, real: datetime
) -> Readiness:
    """Keep how ready a device is for a checkpoint; *real* is the machine's own time."""
    states = rules.readiness(measured, real)
    told = {name: value for name, value in asdict(measured).items() if name != "clock_at"}
    told["list_at"] = measured.list_at.isoformat() if measured.list_at else None
    told["skew_s"] = round((measured.clock_at - real).total_seconds())
    row = Readiness(
        event_id=door.event_id,
        checkpoint_id=door.id,
        device_id=hand.device_id,
        actor=hand.actor,
        station=hand.station,
        checked_at=now,
        overall=rules.overall(states.values()),
        states={check.value: state.value for check, state in states.items()},
        measured=told,
    )
    db.session.add(row)
    db.session.flush()
    record(
        ReadinessChecked(
            event_id=door.event_id,
            subject=f"checkpoint:{door.id}",
            checkpoint_id=door.id,
            overall=row.overall.value,
        )
    )
    return row


@atomic
def hand_over(door: Door, name: str, note: str, now: datetime, hand: Hand) -> Shift:
    """Let *name* stand at a checkpoint from now on; *note* is what the last shift leaves."""
    if not name.strip():
        raise Refused(CheckinRefusal.NAME_MISSING)
    # Two who hand over at once: the second one ends the first one's shift.
    db.session.get_one(Checkpoint, door.id, with_for_update=True)
    before = queries.open_shift(door.id)
    if before is not None:
        before.until, before.note = now, note.strip()
        db.session.flush()
    row = Shift(
        event_id=door.event_id,
        checkpoint_id=door.id,
        name=name.strip(),
        actor=hand.actor,
        since=now,
    )
    db.session.add(row)
    db.session.flush()
    record(
        ShiftHandedOver(
            event_id=door.event_id, subject=f"checkpoint:{door.id}", checkpoint_id=door.id
        )
    )
    return row


@atomic
def settle_note(shift_id: int, now: datetime) -> None:
    """Say that what a shift left to be done is done."""
    row = db.session.get_one(Shift, shift_id, with_for_update=True)
    if row.settled_at is not None:
        raise Refused(CheckinRefusal.NOTE_SETTLED)
    row.settled_at = now
    record(
        ShiftNoteSettled(
            event_id=row.event_id, subject=f"checkpoint:{row.checkpoint_id}", shift_id=row.id
        )
    )
