"""Letters that somebody does not want: what nobody needs to have, of one event."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from sqlalchemy import String, UniqueConstraint, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from eventapp.kernel import boundary, tokens
from eventapp.kernel.db import Model, atomic, db
from eventapp.kernel.facts import Fact, record

PURPOSE = "u"


class Declined(Model):
    """An address that wants no courtesies of an event."""

    __tablename__ = "declined_mail"

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(String(320))
    event_id: Mapped[int]
    since: Mapped[datetime]

    __table_args__ = (UniqueConstraint("address", "event_id"),)


@dataclass(frozen=True, kw_only=True)
class CourtesiesDeclined(Fact):
    """Somebody wants no letters that are not necessary; the address is not written here."""

    kind: ClassVar[str] = "courtesies-declined"


@dataclass(frozen=True, kw_only=True)
class CourtesiesWanted(Fact):
    """Somebody wants those letters again."""

    kind: ClassVar[str] = "courtesies-wanted"


def url(job_id: int) -> str:
    """Return the address under which the reader of a job's letter declines the next ones."""
    return f"{boundary.base_url()}/unsubscribe/{tokens.personal(PURPOSE, job_id, 0)}"


def headers(job_id: int) -> dict[str, str]:
    """Return the headers by which a mail program offers that (RFC 8058: by one click over TLS)."""
    address = url(job_id)
    found = {"List-Unsubscribe": f"<{address}>"}
    if address.startswith("https://"):
        found["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return found


def job_of(token: str) -> int | None:
    """Return the job whose letter carried this token, None for one that is not ours."""
    job_id = tokens.number_in(token, PURPOSE)
    known = job_id is not None and tokens.is_personal(token, PURPOSE, job_id, 0)
    return job_id if known else None


def is_declined(address: str, event_id: int | None) -> bool:
    """Tell whether an address wants no courtesies of an event."""
    query = select(Declined.id).where(Declined.address == address.lower())
    return db.session.scalar(query.where(Declined.event_id == event_id)) is not None


@atomic
def decline(address: str, event_id: int, about: str, now: datetime) -> None:
    """Send no courtesies of an event to an address any more; doing it twice changes nothing."""
    if is_declined(address, event_id):
        return
    db.session.add(Declined(address=address.lower(), event_id=event_id, since=now))
    record(CourtesiesDeclined(event_id=event_id, subject=about))


@atomic
def want_again(address: str, event_id: int, about: str) -> None:
    """Send them again."""
    ours = (Declined.address == address.lower(), Declined.event_id == event_id)
    if db.session.execute(delete(Declined).where(*ours)).rowcount:  # type: ignore[attr-defined]
        record(CourtesiesWanted(event_id=event_id, subject=about))
