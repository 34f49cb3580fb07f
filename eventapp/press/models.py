"""What an event tells the media, and the files it hands them."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from eventapp.kernel.db import Model


class PressPage(Model):
    """The organiser's words for the media; whether everybody sees them says the event.

    `version` rises with each edit.
    """

    __tablename__ = "press_page"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), primary_key=True)
    about: Mapped[dict[str, str]] = mapped_column(default=dict)
    quotes: Mapped[dict[str, str]] = mapped_column(default=dict)
    accreditation: Mapped[dict[str, str]] = mapped_column(default=dict)
    contact_name: Mapped[str] = mapped_column(String(200), default="")
    contact_email: Mapped[str] = mapped_column(String(320), default="")
    contact_phone: Mapped[str] = mapped_column(String(40), default="")
    version: Mapped[int] = mapped_column(default=1)


class PressFile(Model):
    """A picture or document of the press kit, served as a download.

    `caption` says what a picture shows, also to who cannot see it; `credit` names its author and
    licence. A removed file keeps its bytes for as long as the removal can be undone.
    """

    __tablename__ = "press_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    title: Mapped[dict[str, str]]
    caption: Mapped[dict[str, str]] = mapped_column(default=dict)
    credit: Mapped[str] = mapped_column(String(200), default="")
    file_name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    position: Mapped[int]
    added_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_press_file_event_id", "event_id"),)

    @property
    def is_picture(self) -> bool:
        """Tell whether it can be looked at on the page."""
        return self.media_type.startswith("image/")
