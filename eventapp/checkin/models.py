"""Checkpoints, paired devices, every scan attempt, and who is inside."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventapp.checkin.rules import (
    CheckState,
    ConflictKind,
    Direction,
    Method,
    Mode,
    Policy,
    ScanCode,
    ScanStatus,
)
from eventapp.directory.models import Person
from eventapp.kernel.db import Model, choice
from eventapp.registrations.models import Registration


class Checkpoint(Model):
    """A place where badges are read: the event's door, a day's desk, a session's door."""

    __tablename__ = "checkpoint"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    session_id: Mapped[int | None] = mapped_column(ForeignKey("session.id"))
    day_id: Mapped[int | None] = mapped_column(ForeignKey("day.id"))
    ref: Mapped[str | None] = mapped_column(String(40))
    name: Mapped[dict[str, str]]
    policy: Mapped[Policy] = mapped_column(choice(Policy), default=Policy.RE_ENTRY_AFTER_EXIT)
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("event_id", "ref"),)


class Device(Model):
    """A paired phone or laptop at the door with its revocable bearer token.

    It may scan at `checkpoint_id` and at those of its `DeviceCheckpoint` rows; a device with
    neither may at every checkpoint of the event. Until somebody opens the code that
    `pairing_hash` keeps, at the latest at `pairing_until`, it is announced and may nothing.
    """

    __tablename__ = "device"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    checkpoint_id: Mapped[int | None] = mapped_column(ForeignKey("checkpoint.id"))
    name: Mapped[str] = mapped_column(String(120))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    is_lead: Mapped[bool] = mapped_column(default=False)
    paired_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    pairing_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    pairing_until: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]


class DeviceCheckpoint(Model):
    """One more checkpoint at which a device may scan."""

    __tablename__ = "device_checkpoint"

    device_id: Mapped[int] = mapped_column(ForeignKey("device.id"), primary_key=True)
    checkpoint_id: Mapped[int] = mapped_column(ForeignKey("checkpoint.id"), primary_key=True)

    __table_args__ = (Index("ix_device_checkpoint_checkpoint_id", "checkpoint_id"),)


class Scan(Model):
    """One attempt at a checkpoint, refused ones too; presence is derived from these rows.

    `scan_id` is the device's own id (idempotency key), `body_hash` the SHA-256 of what it
    sent, `answer` the stored verdict that a retry gets again. `effective_at` is the moment
    that counts for presence; `seq` is the device's own count, which orders scans of one
    moment. `mode` tells who gave the verdict: the server, or the device from its list.
    `admitted_scan_id` names the refused scan an override admits.
    """

    __tablename__ = "scan"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    checkpoint_id: Mapped[int] = mapped_column(ForeignKey("checkpoint.id"))
    device_id: Mapped[int | None] = mapped_column(ForeignKey("device.id"))
    registration_id: Mapped[int | None] = mapped_column(ForeignKey("registration.id"))
    scan_id: Mapped[str] = mapped_column(String(64), unique=True)
    body_hash: Mapped[str] = mapped_column(String(64))
    direction: Mapped[Direction] = mapped_column(choice(Direction))
    method: Mapped[Method] = mapped_column(choice(Method))
    status: Mapped[ScanStatus] = mapped_column(choice(ScanStatus))
    code: Mapped[ScanCode] = mapped_column(choice(ScanCode))
    answer: Mapped[dict[str, Any]]
    actor: Mapped[str] = mapped_column(String(64))
    station: Mapped[str] = mapped_column(String(120), default="")
    scanned_at: Mapped[datetime]
    received_at: Mapped[datetime]
    effective_at: Mapped[datetime]
    seq: Mapped[int] = mapped_column(default=0, server_default="0")
    mode: Mapped[Mode] = mapped_column(choice(Mode), default=Mode.ONLINE, server_default="online")
    reason: Mapped[str | None] = mapped_column(String(500))
    admitted_scan_id: Mapped[int | None] = mapped_column(ForeignKey("scan.id"))
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str | None] = mapped_column(String(64))

    registration: Mapped[Registration | None] = relationship(lazy="raise")

    __table_args__ = (
        Index("ix_scan_checkpoint_id_registration_id", "checkpoint_id", "registration_id"),
        Index("ix_scan_event_id_id", "event_id", "id"),
        Index("ix_scan_registration_id", "registration_id"),
    )


class Presence(Model):
    """Who is in at a checkpoint: the guarded row that lets exactly one of many scans enter.

    `first_*` tell of the entry that stands in the way of the next one; `last_at` is the
    latest accepted move. A cache of the fold over scans, which stays the truth.
    """

    __tablename__ = "presence"

    checkpoint_id: Mapped[int] = mapped_column(ForeignKey("checkpoint.id"), primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"), primary_key=True)
    inside: Mapped[bool]
    changed_at: Mapped[datetime]
    first_scan: Mapped[str] = mapped_column(String(64))
    first_at: Mapped[datetime]
    first_station: Mapped[str] = mapped_column(String(120), default="")
    last_at: Mapped[datetime]
    last_device_id: Mapped[int | None]

    __table_args__ = (Index("ix_presence_registration_id", "registration_id"),)


class ScanConflict(Model):
    """A scan that a device let in and that cannot stand beside another one, or beside the rules.

    `scan_id` is the scan in question, `other_scan_id` the entry that stands before it; `code`
    is what the server would have said. Open until the person in charge gives a reason.
    """

    __tablename__ = "scan_conflict"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    checkpoint_id: Mapped[int] = mapped_column(ForeignKey("checkpoint.id"))
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"))
    kind: Mapped[ConflictKind] = mapped_column(choice(ConflictKind))
    scan_id: Mapped[str] = mapped_column(String(64), ForeignKey("scan.scan_id"), unique=True)
    other_scan_id: Mapped[str | None] = mapped_column(String(64), ForeignKey("scan.scan_id"))
    code: Mapped[ScanCode] = mapped_column(choice(ScanCode))
    found_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[str | None] = mapped_column(String(64))
    reason: Mapped[str | None] = mapped_column(String(500))

    __table_args__ = (
        Index("ix_scan_conflict_event_id_resolved_at", "event_id", "resolved_at"),
        Index("ix_scan_conflict_checkpoint_id_registration_id", "checkpoint_id", "registration_id"),
    )


class EarlyUndo(Model):
    """An undo that came before its scan: when that comes, it is taken back at once."""

    __tablename__ = "early_undo"

    scan_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    checkpoint_id: Mapped[int] = mapped_column(ForeignKey("checkpoint.id"))
    actor: Mapped[str] = mapped_column(String(64))
    is_lead: Mapped[bool]
    received_at: Mapped[datetime]


class ListedBadge(Model):
    """One badge of a checkpoint's list as devices were last told of it.

    `digest` is of all that the list says about it; when that changes, or the badge is `gone`,
    the entry takes the list's next `revision`. So a device asks for what is newer than its own.
    """

    __tablename__ = "listed_badge"

    checkpoint_id: Mapped[int] = mapped_column(ForeignKey("checkpoint.id"), primary_key=True)
    badge_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    digest: Mapped[str] = mapped_column(String(32))
    revision: Mapped[int]
    gone: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (Index("ix_listed_badge_checkpoint_id_revision", "checkpoint_id", "revision"),)


class Readiness(Model):
    """How ready a device said it was for a checkpoint, the evening before.

    `states` maps each check to ok, warn or bad, `measured` what the device measured. Rows stay,
    so that the lead sees that a device became ready.
    """

    __tablename__ = "readiness"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    checkpoint_id: Mapped[int] = mapped_column(ForeignKey("checkpoint.id"))
    device_id: Mapped[int | None] = mapped_column(ForeignKey("device.id"))
    actor: Mapped[str] = mapped_column(String(64))
    station: Mapped[str] = mapped_column(String(120), default="")
    checked_at: Mapped[datetime]
    overall: Mapped[CheckState] = mapped_column(choice(CheckState))
    states: Mapped[dict[str, Any]]
    measured: Mapped[dict[str, Any]]

    __table_args__ = (Index("ix_readiness_event_id", "event_id"),)


class Shift(Model):
    """Who stands at a checkpoint, from when to when, and what the next one should know.

    The open shift of a checkpoint is the one without an end. `note` was left to those who came
    after; it stays in view until somebody says that it is settled.
    """

    __tablename__ = "shift"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    checkpoint_id: Mapped[int] = mapped_column(ForeignKey("checkpoint.id"))
    name: Mapped[str] = mapped_column(String(120))
    actor: Mapped[str] = mapped_column(String(64))
    since: Mapped[datetime]
    until: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(String(1000), default="")
    settled_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_shift_event_id", "event_id"),
        # One stands at a checkpoint at a time.
        Index(
            "ix_shift_open",
            "checkpoint_id",
            unique=True,
            sqlite_where=text("until IS NULL"),
            postgresql_where=text("until IS NULL"),
        ),
    )


class PlannedShift(Model):
    """When somebody is to stand at a checkpoint; `Shift` says who did."""

    __tablename__ = "planned_shift"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    checkpoint_id: Mapped[int] = mapped_column(ForeignKey("checkpoint.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]

    checkpoint: Mapped[Checkpoint] = relationship(lazy="raise")
    person: Mapped[Person] = relationship(lazy="raise")

    __table_args__ = (Index("ix_planned_shift_event_id", "event_id"),)
