"""Sign-ups: one person's seat or place in the queue of one session."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventapp.kernel.db import Model, choice
from eventapp.programme.models import Session, Speaker
from eventapp.registrations.models import Registration
from eventapp.signups.rules import Order, Overlap, Promotion, State
from eventapp.signups.rules.offers import OfferState

__all__ = [
    "Offer",
    "OfferState",
    "ServiceCard",
    "SessionTerms",
    "SignUp",
    "SignUpPolicy",
    "State",
]


class SignUp(Model):
    """A seat, or a place in the queue.

    `ticket` is drawn from the session's counter, never from a clock, when a sign-up is
    acknowledged: the queue's order. Signing up again after leaving draws a new one. `given_away`:
    the seat went to somebody at the door, for nobody had come for it. A place in
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
    given_away: Mapped[bool] = mapped_column(default=False)
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


class Offer(Model):
    """A freed seat that is held for the first in the queue until `expires_at`, for an answer.

    Its last moment still counts. At most one is pending for a person and session.
    """

    __tablename__ = "offer"

    id: Mapped[int] = mapped_column(primary_key=True)
    sign_up_id: Mapped[int] = mapped_column(ForeignKey("sign_up.id"))
    session_id: Mapped[int] = mapped_column(ForeignKey("session.id"))
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"))
    state: Mapped[OfferState] = mapped_column(choice(OfferState))
    offered_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]

    __table_args__ = (
        Index(
            "uq_offer_pending",
            "session_id",
            "registration_id",
            unique=True,
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
        Index("ix_offer_sign_up_id", "sign_up_id"),
    )


class SignUpPolicy(Model):
    """What an event asks of sign-ups; an event without a row asks what `Policy` says."""

    __tablename__ = "sign_up_policy"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), primary_key=True)
    promotion: Mapped[Promotion] = mapped_column(choice(Promotion))
    offer_minutes: Mapped[int]
    reminder_minutes: Mapped[int]
    last_call_minutes: Mapped[int]
    work_days: Mapped[list[Any]]
    work_from: Mapped[int]
    work_until: Mapped[int]
    overlap: Mapped[Overlap] = mapped_column(choice(Overlap))
    limit_per_person: Mapped[int | None]
    limit_per_topic: Mapped[int | None]
    rounds: Mapped[list[Any]]
    frees_on_decline: Mapped[bool] = mapped_column(default=False)


class SessionTerms(Model):
    """What a session asks of those who sign up; one without a row asks nothing more."""

    __tablename__ = "session_terms"

    session_id: Mapped[int] = mapped_column(ForeignKey("session.id"), primary_key=True)
    opens_before: Mapped[int | None]
    closes_before: Mapped[int | None]
    category_ids: Mapped[list[Any]]
    required_ids: Mapped[list[Any]]
    limit_per_organisation: Mapped[int | None]
    queue_order: Mapped[Order] = mapped_column(choice(Order))
    priority_group: Mapped[str | None] = mapped_column(String(20))
    lottery_seed: Mapped[str | None] = mapped_column(String(64))
    lottery_ticket: Mapped[int | None]
    buckets: Mapped[list[Any]]
