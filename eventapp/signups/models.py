"""Sign-ups: one person's seat or place in the queue of one session."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventapp.kernel.db import Model, choice
from eventapp.programme.models import Session
from eventapp.registrations.models import Registration
from eventapp.signups.rules import State

__all__ = ["SignUp", "State"]


class SignUp(Model):
    """A seat, or a place in the queue.

    `ticket` is drawn from the session's counter, never from a clock, when a sign-up is
    acknowledged: the queue's order. Signing up again after leaving draws a new one.
    """

    __tablename__ = "sign_up"

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("session.id"))
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"))
    state: Mapped[State] = mapped_column(choice(State))
    ticket: Mapped[int]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]

    session: Mapped[Session] = relationship(lazy="raise")
    registration: Mapped[Registration] = relationship(lazy="raise")

    __table_args__ = (
        UniqueConstraint("session_id", "registration_id"),
        UniqueConstraint("session_id", "ticket"),
        Index("ix_sign_up_registration_id", "registration_id"),
        Index("ix_sign_up_session_id_state_ticket", "session_id", "state", "ticket"),
    )
