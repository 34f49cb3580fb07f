"""Checkpoints, paired devices, every scan attempt, and who is inside."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventapp.checkin.rules import CheckState, Direction, Method, Policy, ScanCode, ScanStatus
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
    """A paired phone or laptop at the door with its revocable bearer token."""

    __tablename__ = "device"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    checkpoint_id: Mapped[int | None] = mapped_column(ForeignKey("checkpoint.id"))
    name: Mapped[str] = mapped_column(String(120))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    is_lead: Mapped[bool] = mapped_column(default=False)
    paired_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class Scan(Model):
    """One attempt at a checkpoint, refused ones too; presence is derived from these rows.

    `scan_id` is the device's own id (idempotency key), `body_hash` the SHA-256 of what it
    sent, `answer` the stored verdict that a retry gets again. `effective_at` is the moment
    that counts for presence. `admitted_scan_id` names the refused scan an override admits.
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
