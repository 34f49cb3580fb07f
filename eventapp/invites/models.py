"""Invites: what a person's calendar was told about one session."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventapp.invites.rules.lifecycle import PartStat, Status
from eventapp.kernel.db import Model, choice
from eventapp.programme.models import Session, Speaker
from eventapp.registrations.models import Registration

__all__ = ["Invite", "PartStat", "Status"]


class Invite(Model):
    """One person's invite to one session at one address: a UID for life and its SEQUENCE.

    `email` is empty for somebody without a mailbox, who only has the feed. `told` is the
    time and room that the person was last told (see `rules.Shape`). For advice, `adviser_id` and
    `slot` name the person's own appointment. `told_sequence` is the version in which `told` was
    said. `answer` is what the person's calendar replied, to the version `answer_sequence`;
    `answered_at` is the reply's own time.
    """

    __tablename__ = "invite"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    session_id: Mapped[int] = mapped_column(ForeignKey("session.id"))
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"))
    email: Mapped[str] = mapped_column(String(320))
    uid: Mapped[str] = mapped_column(String(300), unique=True)
    sequence: Mapped[int] = mapped_column(default=0)
    status: Mapped[Status] = mapped_column(choice(Status), default=Status.REQUESTED)
    partstat: Mapped[PartStat] = mapped_column(choice(PartStat), default=PartStat.ACCEPTED)
    told: Mapped[str] = mapped_column(String(100))
    told_sequence: Mapped[int] = mapped_column(default=0)
    answer: Mapped[PartStat | None] = mapped_column(choice(PartStat))
    answer_sequence: Mapped[int | None]
    answered_at: Mapped[datetime | None]
    changed_at: Mapped[datetime]
    adviser_id: Mapped[int | None] = mapped_column(ForeignKey("speaker.id"))
    slot: Mapped[int | None]

    adviser: Mapped[Speaker | None] = relationship(lazy="raise")
    session: Mapped[Session] = relationship(lazy="raise")
    registration: Mapped[Registration] = relationship(lazy="raise")

    __table_args__ = (
        UniqueConstraint("registration_id", "session_id", "email"),
        Index("ix_invite_session_id", "session_id"),
    )
