"""What was printed and issued, and the packs that were put together, as they were."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventapp.documents.rules.certificates import CertificateState, Purpose
from eventapp.documents.rules.packs import Scope
from eventapp.kernel.db import Model, choice
from eventapp.kernel.tokens import CODE_LENGTH, DIGEST
from eventapp.registrations.models import Registration

__all__ = [
    "BadgePrint",
    "Certificate",
    "CertificateRun",
    "CertificateSetting",
    "CertificateState",
    "EvidencePack",
    "PackFile",
    "Purpose",
    "Scope",
]


class BadgePrint(Model):
    """When somebody's badge was last printed; `looks` is the hash of what it showed.

    Whoever's badge would look otherwise by now is to be printed again.
    """

    __tablename__ = "badge_print"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"), unique=True)
    looks: Mapped[str] = mapped_column(String(DIGEST))
    printed_at: Mapped[datetime]

    __table_args__ = (Index("ix_badge_print_event_id", "event_id"),)


class CertificateSetting(Model):
    """What an event's certificates take and say; an event without a row issues the usual ones.

    The share that must be attended and the form of numbers are the event's own. With
    `min_sessions` so many sessions are asked for instead. `heading`, `lead` and `note` replace or
    add to the usual words; `signatories` are pairs of name and function. `neutral`: nobody is
    spoken of as a woman or a man; `topics`: the sessions attended are listed.
    """

    __tablename__ = "certificate_setting"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), primary_key=True)
    min_sessions: Mapped[int | None]
    heading: Mapped[dict[str, str]] = mapped_column(default=dict)
    lead: Mapped[dict[str, str]] = mapped_column(default=dict)
    note: Mapped[dict[str, str]] = mapped_column(default=dict)
    place: Mapped[str] = mapped_column(String(120), default="")
    signatories: Mapped[list[Any]] = mapped_column(default=list)
    neutral: Mapped[bool] = mapped_column(default=False)
    topics: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)


class CertificateRun(Model):
    """Certificates for many, given their numbers one after another by the worker.

    `people` are the registrations in the order of their numbers, `done` how many of them were
    seen to; both move in the transaction that issues, so that a worker that dies leaves neither
    a gap nor a double. Who was not due one any more when their turn came has none.
    """

    __tablename__ = "certificate_run"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    purpose: Mapped[Purpose] = mapped_column(choice(Purpose))
    people: Mapped[list[Any]]
    done: Mapped[int] = mapped_column(default=0)
    issued: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(String(500), default="")
    tells: Mapped[bool] = mapped_column(default=True)
    asked_at: Mapped[datetime]
    asked_by: Mapped[str] = mapped_column(String(64))
    finished_at: Mapped[datetime | None]

    __table_args__ = (
        Index(
            "uq_certificate_run_open",
            "event_id",
            unique=True,
            sqlite_where=text("finished_at IS NULL"),
            postgresql_where=text("finished_at IS NULL"),
        ),
    )


class Certificate(Model):
    """One numbered certificate, as it was issued; a row is never changed but for its state.

    `serial` counts the event's register without gaps. `content` holds all that it says (names,
    hours, sessions, words, signatories), so that it can be set again as it was; `code` opens the
    public page that confirms it. `replaces_id` names the one whose place it took.
    """

    __tablename__ = "certificate"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"))
    serial: Mapped[int]
    number: Mapped[str] = mapped_column(String(120))
    code: Mapped[str] = mapped_column(String(CODE_LENGTH), unique=True)
    locale: Mapped[str] = mapped_column(String(8))
    content: Mapped[dict[str, Any]]
    state: Mapped[CertificateState] = mapped_column(choice(CertificateState))
    issued_at: Mapped[datetime]
    issued_by: Mapped[str] = mapped_column(String(64))
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("certificate.id"), unique=True)
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(String(500), default="")

    registration: Mapped[Registration] = relationship(lazy="raise")

    __table_args__ = (
        UniqueConstraint("event_id", "serial"),
        Index(
            "uq_certificate_valid",
            "registration_id",
            unique=True,
            sqlite_where=text("state = 'valid'"),
            postgresql_where=text("state = 'valid'"),
        ),
        Index("ix_certificate_registration_id", "registration_id"),
    )


class EvidencePack(Model):
    """A pack of evidence as it was put together at one moment; never made anew.

    `number` counts the event's packs, `day_id` or `session_id` say what it is about; `release`
    names the state of the programme that was approved. `done` of
    `steps` tells how far it has come; `sha256` is the sum of its list of sums.
    """

    __tablename__ = "evidence_pack"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    number: Mapped[int]
    scope: Mapped[Scope] = mapped_column(choice(Scope))
    day_id: Mapped[int | None] = mapped_column(ForeignKey("day.id"))
    session_id: Mapped[int | None] = mapped_column(ForeignKey("session.id"))
    release: Mapped[int | None]
    title: Mapped[dict[str, str]]
    locale: Mapped[str] = mapped_column(String(8))
    done: Mapped[int] = mapped_column(default=0)
    steps: Mapped[int] = mapped_column(default=0)
    asked_at: Mapped[datetime]
    asked_by: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    sha256: Mapped[str | None] = mapped_column(String(DIGEST))

    __table_args__ = (
        UniqueConstraint("event_id", "number"),
        Index(
            "uq_evidence_pack_open",
            "event_id",
            unique=True,
            sqlite_where=text("made_at IS NULL AND failed_at IS NULL"),
            postgresql_where=text("made_at IS NULL AND failed_at IS NULL"),
        ),
    )


class PackFile(Model):
    """One file of a pack with its sum; the scan of a signed list stays where it is."""

    __tablename__ = "pack_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    pack_id: Mapped[int] = mapped_column(ForeignKey("evidence_pack.id"))
    position: Mapped[int]
    path: Mapped[str] = mapped_column(String(200))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(DIGEST))
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    scan_id: Mapped[int | None] = mapped_column(ForeignKey("signed_scan.id"))

    __table_args__ = (
        UniqueConstraint("pack_id", "position"),
        UniqueConstraint("pack_id", "path"),
    )
