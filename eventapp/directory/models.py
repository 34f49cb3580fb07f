"""People and organisations a host knows, and what keeps a person busy."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from eventapp.kernel.db import Model, choice


class Organisation(Model):
    """An entity people come from: co-operative, foundation, office; identified by its NIP.

    Identifiers are kept as digits only. `run_by_id` names the running body of units
    without legal personality (WTZ, CIS, KIS).
    """

    __tablename__ = "organisation"

    id: Mapped[int] = mapped_column(primary_key=True)
    host_id: Mapped[int] = mapped_column(ForeignKey("host.id"))
    name: Mapped[str] = mapped_column(String(300))
    category: Mapped[str] = mapped_column(String(60))
    nip: Mapped[str | None] = mapped_column(String(10))
    regon: Mapped[str | None] = mapped_column(String(14))
    krs: Mapped[str | None] = mapped_column(String(10))
    street: Mapped[str] = mapped_column(String(200), default="")
    postcode: Mapped[str] = mapped_column(String(12), default="")
    city: Mapped[str] = mapped_column(String(120), default="")
    gmina: Mapped[str] = mapped_column(String(120), default="")
    county: Mapped[str] = mapped_column(String(120), default="")
    teryt: Mapped[str] = mapped_column(String(8), default="")
    email: Mapped[str | None] = mapped_column(String(320))
    business_activity: Mapped[bool | None]
    run_by_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    sort_key: Mapped[str] = mapped_column(String(900))
    search_key: Mapped[str] = mapped_column(String(900))

    __table_args__ = (UniqueConstraint("host_id", "nip"),)


class Person(Model):
    """One human being as this host knows them; joins speaker, juror and registrations.

    The row is the first lock of every sign-up. `feed_generation` numbers the address of the
    calendar of the person's tasks.
    """

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    host_id: Mapped[int] = mapped_column(ForeignKey("host.id"))
    title: Mapped[str] = mapped_column(String(60), default="")
    first_name: Mapped[str] = mapped_column(String(120))
    last_name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str | None] = mapped_column(String(320))
    sort_key: Mapped[str] = mapped_column(String(900))
    search_key: Mapped[str] = mapped_column(String(900))
    feed_generation: Mapped[int] = mapped_column(default=1, server_default="1")

    __table_args__ = (Index("ix_person_host_id_email", "host_id", "email"),)


class CommitmentKind(StrEnum):
    """What keeps a person busy."""

    SIGN_UP = "sign-up"
    OFFER = "offer"
    SPEAKING = "speaking"
    JURY = "jury"
    SHIFT = "shift"


# What is somebody's task, not a seat: only these stand in the calendar of tasks.
TASKS = frozenset({CommitmentKind.SPEAKING, CommitmentKind.JURY, CommitmentKind.SHIFT})


class Commitment(Model):
    """A time span in which a person is busy, written by whoever causes it.

    `source` is ``thing:id`` of the cause (``session:12``); `venue_id` tells where, so that
    a travel buffer can be warned of. What has a last moment (`lapses_at`), as an offer has, keeps
    nobody busy after it. `sequence` is how often a task was changed, for calendars.
    """

    __tablename__ = "commitment"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    kind: Mapped[CommitmentKind] = mapped_column(choice(CommitmentKind))
    source: Mapped[str] = mapped_column(String(64))
    label: Mapped[dict[str, str]]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    venue_id: Mapped[int | None] = mapped_column(ForeignKey("venue.id"))
    lapses_at: Mapped[datetime | None]
    sequence: Mapped[int] = mapped_column(default=0, server_default="0")

    __table_args__ = (
        UniqueConstraint("person_id", "kind", "source"),
        Index("ix_commitment_source", "source"),
    )


class CalendarNote(Model):
    """What a person's calendar shows though it keeps nobody busy.

    That is a deadline, which ends when it is due; or a task that was taken back (`called_off_at`),
    which calendars name for a while so that nobody comes for nothing.
    """

    __tablename__ = "calendar_note"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    kind: Mapped[CommitmentKind] = mapped_column(choice(CommitmentKind))
    source: Mapped[str] = mapped_column(String(64))
    label: Mapped[dict[str, str]]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    sequence: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime]
    called_off_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("person_id", "kind", "source"),)
