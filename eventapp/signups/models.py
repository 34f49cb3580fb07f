"""Sign-ups: one person's seat or place in the queue of one session."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventapp.kernel.db import Model, choice
from eventapp.programme.models import Session, Speaker
from eventapp.registrations.models import Registration
from eventapp.signups.rules import State

__all__ = ["ServiceCard", "SignUp", "State"]


class SignUp(Model):
    """A seat, or a place in the queue.

    `ticket` is drawn from the session's counter, never from a clock, when a sign-up is
    acknowledged: the queue's order. Signing up again after leaving draws a new one. A place in
    advice is one appointment: `adviser_id` and `slot`, its number in that adviser's row.
    """

    __tablename__ = "sign_up"

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("session.id"))
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"))
    state: Mapped[State] = mapped_column(choice(State))
    ticket: Mapped[int]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    adviser_id: Mapped[int | None] = mapped_column(ForeignKey("speaker.id"))
    slot: Mapped[int | None]

    session: Mapped[Session] = relationship(lazy="raise")
    adviser: Mapped[Speaker | None] = relationship(lazy="raise")
    registration: Mapped[Registration] = relationship(lazy="raise")

    __table_args__ = (
        UniqueConstraint("session_id", "registration_id"),
        UniqueConstraint("session_id", "ticket"),
        UniqueConstraint("session_id", "adviser_id", "slot"),
        Index("ix_sign_up_registration_id", "registration_id"),
        Index("ix_sign_up_session_id_state_ticket", "session_id", "state", "ticket"),
    )


class ServiceCard(Model):
    """What an adviser notes of one appointment: whether it was held, about what, what was agreed.

    `minutes` is how long it took in fact.
    """

    __tablename__ = "service_card"

    sign_up_id: Mapped[int] = mapped_column(ForeignKey("sign_up.id"), primary_key=True)
    adviser_id: Mapped[int] = mapped_column(ForeignKey("speaker.id"))
    held: Mapped[bool]
    minutes: Mapped[int]
    topic: Mapped[str] = mapped_column(String(300))
    advice: Mapped[str] = mapped_column(Text)
    agreed: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime]
