"""Letters to many: their words, to whom, when, and who got which."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventapp.kernel.db import Model, choice
from eventapp.messages.rules import State
from eventapp.messages.rules.schedule import Timing
from eventapp.registrations.models import Registration

__all__ = ["Letter", "LetterCopy", "LetterPolicy", "LetterRun", "State", "Timing"]


class Letter(Model):
    """A letter from the organiser to many people of an event.

    `audience` keeps the conditions that people must meet, see `rules.audience`. `timing` says on
    what its moment depends: `send_at`, or `hour` of the event's clocks, `offset_days` before or
    after. `necessary` letters tell of a change of the event. Who meets the conditions later gets
    a copy too, if `late_copies`. Moments that were past at `queued_at` are left out unless
    `sends_past`. `written_by` is who wrote the words last; `version` rises with each edit.
    """

    __tablename__ = "letter"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    subject: Mapped[dict[str, str]]
    body: Mapped[dict[str, str]]
    audience: Mapped[dict[str, Any]]
    necessary: Mapped[bool]
    timing: Mapped[Timing] = mapped_column(choice(Timing))
    send_at: Mapped[datetime | None]
    offset_days: Mapped[int]
    hour: Mapped[int]
    late_copies: Mapped[bool]
    sends_past: Mapped[bool]
    state: Mapped[State] = mapped_column(choice(State))
    written_at: Mapped[datetime]
    written_by: Mapped[str] = mapped_column(String(64))
    approved_at: Mapped[datetime | None]
    approved_by: Mapped[str | None] = mapped_column(String(64))
    queued_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __table_args__ = (Index("ix_letter_event_id", "event_id"), Index("ix_letter_state", "state"))


class LetterRun(Model):
    """One moment at which a letter went out; `occasion` names it, see `rules.schedule`."""

    __tablename__ = "letter_run"

    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"), primary_key=True)
    occasion: Mapped[str] = mapped_column(String(20), primary_key=True)
    ran_at: Mapped[datetime]


class LetterCopy(Model):
    """One person's copy of a letter, once for each occasion; `job_id` is what sends it."""

    __tablename__ = "letter_copy"

    id: Mapped[int] = mapped_column(primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"))
    occasion: Mapped[str] = mapped_column(String(20))
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"))
    job_id: Mapped[int | None]
    made_at: Mapped[datetime]

    letter: Mapped[Letter] = relationship(lazy="raise")
    registration: Mapped[Registration] = relationship(lazy="raise")

    __table_args__ = (
        UniqueConstraint("letter_id", "occasion", "registration_id"),
        Index("ix_letter_copy_registration_id", "registration_id"),
    )


class LetterPolicy(Model):
    """Whether somebody else than the writer has to approve letters; without a row, nobody."""

    __tablename__ = "letter_policy"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), primary_key=True)
    second_person: Mapped[bool]
