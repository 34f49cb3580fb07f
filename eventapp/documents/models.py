"""What was printed, as far as it must be known later."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from eventapp.kernel.db import Model
from eventapp.kernel.tokens import DIGEST


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
