"""Corrections of presence, lists to sign with their scans, places released at the door."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventapp.attendance.rules import Change
from eventapp.checkin.rules import Method
from eventapp.kernel.db import Model, choice
from eventapp.programme.models import Session
from eventapp.registrations.models import Registration

__all__ = [
    "AttendanceList",
    "Change",
    "Correction",
    "ListRow",
    "Method",
    "PlaceReleased",
    "ReleaseRule",
    "SignedScan",
]


class Correction(Model):
    """One word of a person about somebody's presence in a session; rows are only ever added.

    `before` is what stood until then: minutes and times, or nothing where nobody was known to be
    there. A row that takes another back names it in `undoes_id`. `list_id` names the signed list
    that the correction settles.
    """

    __tablename__ = "correction"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    session_id: Mapped[int] = mapped_column(ForeignKey("session.id"))
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"))
    change: Mapped[Change] = mapped_column(choice(Change))
    method: Mapped[Method] = mapped_column(choice(Method))
    minutes: Mapped[int | None]
    came_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]
    before: Mapped[dict[str, Any]]
    reason: Mapped[str] = mapped_column(String(500))
    actor: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime]
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("correction.id"))
    list_id: Mapped[int | None] = mapped_column(ForeignKey("attendance_list.id"))

    __table_args__ = (
        UniqueConstraint("undoes_id"),
        Index("ix_correction_session_id_registration_id", "session_id", "registration_id"),
        Index("ix_correction_event_id_registration_id", "event_id", "registration_id"),
        Index("ix_correction_list_id", "list_id"),
    )


class AttendanceList(Model):
    """A sheet of one session that people sign, as it was printed.

    `number` counts the event's lists. `blocks` are the hours that have a column (pairs of ISO
    times), `heading` what stood above (title, room, address, trainers) and how many rows were
    `empty`. `read_at` is when somebody noted who had signed, `reconciled_at` when nothing was left
    to settle.
    """

    __tablename__ = "attendance_list"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    session_id: Mapped[int] = mapped_column(ForeignKey("session.id"))
    number: Mapped[int]
    heading: Mapped[dict[str, Any]]
    blocks: Mapped[list[Any]]
    printed_at: Mapped[datetime]
    printed_by: Mapped[str] = mapped_column(String(64))
    read_at: Mapped[datetime | None]
    reconciled_at: Mapped[datetime | None]

    session: Mapped[Session] = relationship(lazy="raise")

    __table_args__ = (
        UniqueConstraint("event_id", "number"),
        Index("ix_attendance_list_session_id", "session_id"),
    )


class ListRow(Model):
    """One numbered row of a list: the name as printed, and whether it came back signed.

    Who wrote their own name in an empty row has a place behind the printed ones.
    """

    __tablename__ = "list_row"

    list_id: Mapped[int] = mapped_column(ForeignKey("attendance_list.id"), primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"), primary_key=True)
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(400))
    organisation: Mapped[str] = mapped_column(String(300))
    replaces: Mapped[bool]
    printed: Mapped[bool]
    signed: Mapped[bool | None]

    __table_args__ = (
        UniqueConstraint("list_id", "position"),
        Index("ix_list_row_registration_id", "registration_id"),
    )


class SignedScan(Model):
    """A scan or photograph of a signed list, given out as a download only."""

    __tablename__ = "signed_scan"

    id: Mapped[int] = mapped_column(primary_key=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("attendance_list.id"))
    file_name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    added_at: Mapped[datetime]
    added_by: Mapped[str] = mapped_column(String(64))

    __table_args__ = (UniqueConstraint("list_id", "sha256"),)


class ReleaseRule(Model):
    """How many minutes after the start places that nobody came for go to the door list.

    One row without a session speaks for the whole event. No `minutes`: not by itself.
    """

    __tablename__ = "release_rule"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    session_id: Mapped[int | None] = mapped_column(ForeignKey("session.id"))
    minutes: Mapped[int | None]

    __table_args__ = (UniqueConstraint("event_id", "session_id"),)


class PlaceReleased(Model):
    """A place that its holder did not come for, given to somebody who stood at the door."""

    __tablename__ = "place_released"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    session_id: Mapped[int] = mapped_column(ForeignKey("session.id"))
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"))
    given_to_id: Mapped[int] = mapped_column(ForeignKey("registration.id"))
    released_at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(64))
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str | None] = mapped_column(String(64))

    registration: Mapped[Registration] = relationship(
        lazy="raise", foreign_keys="PlaceReleased.registration_id"
    )
    given_to: Mapped[Registration] = relationship(
        lazy="raise", foreign_keys="PlaceReleased.given_to_id"
    )

    __table_args__ = (
        Index("ix_place_released_session_id", "session_id"),
        Index("ix_place_released_registration_id", "registration_id"),
        Index("ix_place_released_given_to_id", "given_to_id"),
    )
