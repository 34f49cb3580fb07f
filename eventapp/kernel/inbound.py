"""Mail that comes in: each message is taken once, handed to the reader it is for, and noted.

Slices register readers, as they register letters. What a reader refuses is kept in quarantine
with the reason, until somebody releases or discards it; a message that was dealt with is kept as
one line, without its words. A broken message never stops the next.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import Index, LargeBinary, String, delete, func, select
from sqlalchemy.orm import Mapped, mapped_column

from eventapp.kernel import arrived, clock, facts, jobs
from eventapp.kernel.arrived import Arrived, Unreadable, UnreadableMessage
from eventapp.kernel.db import Model, atomic, choice, db
from eventapp.kernel.facts import Fact, record
from eventapp.kernel.refusal import N_, Busy, Refusal, Refused

log = logging.getLogger(__name__)

KEPT = timedelta(days=90)  # afterwards nothing is known of a message any more


class Fate(StrEnum):
    """What became of a message."""

    DONE = "done"
    IGNORED = "ignored"
    QUARANTINED = "quarantined"
    RELEASED = "released"
    DISCARDED = "discarded"


class InboundRefusal(Refusal):
    """Why a message is not dealt with, whoever its reader is, or not once more."""

    NO_READER = "no-reader", N_("No program reads such messages; somebody has to.")
    AUTOMATIC = "automatic", N_("A program answered, such as an absence note.")
    STUMBLED = "stumbled", N_("The message could not be dealt with; the log says why.")
    SETTLED = "settled", N_("This message has been dealt with already.")
    NOT_RELEASABLE = "not-releasable", N_("This message cannot be released, only discarded.")


class InboundMail(Model):
    """One message that came in: from whom, what became of it, and why.

    `content` is kept while it is in quarantine only. `event_id` and `about` are what its reader
    found it to be about.
    """

    __tablename__ = "inbound_mail"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    came_by: Mapped[str] = mapped_column(String(20))
    sender: Mapped[str] = mapped_column(String(320))
    recipient: Mapped[str] = mapped_column(String(320))
    subject: Mapped[str] = mapped_column(String(300))
    size: Mapped[int]
    fate: Mapped[Fate] = mapped_column(choice(Fate))
    reader: Mapped[str] = mapped_column(String(40), default="")
    reason: Mapped[str] = mapped_column(String(60), default="")
    event_id: Mapped[int | None]
    about: Mapped[str] = mapped_column(String(64), default="")
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    came_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[str | None] = mapped_column(String(64))

    __table_args__ = (
        Index("ix_inbound_mail_event_id_id", "event_id", "id"),
        Index("ix_inbound_mail_fate", "fate"),
    )


@dataclass(frozen=True, kw_only=True)
class InboundSettled(Fact):
    """Somebody released or discarded a message that was in quarantine."""

    kind: ClassVar[str] = "inbound-settled"
    fate: str


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a reader made of a message; without a reason it was done."""

    event_id: int | None = None
    about: str = ""
    reason: Refusal | None = None
    ignored: bool = False

    @property
    def fate(self) -> Fate:
        """Return what becomes of the message."""
        if self.ignored:
            return Fate.IGNORED
        return Fate.DONE if self.reason is None else Fate.QUARANTINED


@dataclass(frozen=True)
class Reader:
    """Who reads messages of one kind.

    `wants` looks at a message and changes nothing; `read` is one transaction; `release` reads
    a message that somebody vouched for. None: it cannot be released.
    """

    name: str
    wants: Callable[[Arrived], bool]
    read: Callable[[Arrived, datetime], Outcome]
    release: Callable[[Arrived, datetime], Outcome] | None = None
    reasons: type[Refusal] = InboundRefusal
    rank: int = 50


_readers: dict[str, Reader] = {}


def reader(one: Reader) -> None:
    """Register a reader; of several that want a message the one of the lowest rank has it."""
    _readers[one.name] = one


def take(raw: bytes, came_by: str) -> InboundMail:
    """Deal with one message, unless it is known already; return what became of it.

    *came_by* names the way: ``imap``, ``hook``, ``file``. Raises `Busy` alone: then it was not
    taken, and may come again.
    """
    shown = arrived.outline(raw)
    known = _known(shown.key)
    if known is not None:
        return known
    facts.act_as(facts.SYSTEM)
    found, by = _dealt_with(raw)
    return _note(raw, shown, came_by, found, by)


def _dealt_with(raw: bytes) -> tuple[Outcome, str]:
    try:
        message = arrived.read(raw)
    except Unreadable as error:
        return Outcome(reason=error.reason), ""
    one = _reader_of(message)
    if one is not None:
        return _attempt(one.read, message), one.name
    if message.is_automatic:
        return Outcome(reason=InboundRefusal.AUTOMATIC, ignored=True), ""
    return Outcome(reason=InboundRefusal.NO_READER), ""


def _reader_of(message: Arrived) -> Reader | None:
    ranked = sorted(_readers.values(), key=lambda one: (one.rank, one.name))
    return next((one for one in ranked if one.wants(message)), None)


def _attempt(read: Callable[[Arrived, datetime], Outcome], message: Arrived) -> Outcome:
    try:
        return read(message, clock.now())
    except Busy:
        raise
    except Refused as refused:
        return Outcome(reason=refused.reason)
    except Exception:
        # A fault of ours: the next message must not wait for it to be mended.
        log.exception("a message could not be dealt with")
        db.session.rollback()
        return Outcome(reason=InboundRefusal.STUMBLED)


@atomic
def _note(raw: bytes, shown: arrived.Outline, came_by: str, found: Outcome, by: str) -> InboundMail:
    known = _known(shown.key)
    if known is not None:
        return known
    row = InboundMail(
        key=shown.key,
        came_by=came_by,
        sender=shown.sender,
        recipient=shown.recipient,
        subject=shown.subject,
        size=len(raw),
        fate=found.fate,
        reader=by,
        reason=found.reason.value if found.reason is not None else "",
        event_id=found.event_id,
        about=found.about,
        content=raw if _is_kept(raw, found) else None,
        came_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    return row


def _is_kept(raw: bytes, found: Outcome) -> bool:
    return found.fate is Fate.QUARANTINED and len(raw) <= arrived.LARGEST


@atomic
def note_too_big(head: bytes, size: int, came_by: str) -> InboundMail:
    """Note a message that was not even fetched: its headers, and how many bytes it has."""
    shown = arrived.outline(head)
    known = _known(shown.key)
    if known is not None:
        return known
    row = _note(head, shown, came_by, Outcome(reason=UnreadableMessage.TOO_BIG), "")
    row.size, row.content = min(size, 2**31 - 1), None
    return row


# --- quarantine ---------------------------------------------------------------------------


@atomic
def release(mail_id: int, now: datetime) -> InboundMail:
    """Deal with a message that somebody vouches for; what still speaks against it is refused."""
    row = _in_quarantine(mail_id)
    one = _readers.get(row.reader)
    if one is None or one.release is None or row.content is None:
        raise Refused(InboundRefusal.NOT_RELEASABLE)
    found = one.release(arrived.read(row.content), now)
    if found.reason is not None and not found.ignored:
        raise Refused(found.reason)
    row.event_id, row.about = found.event_id or row.event_id, found.about or row.about
    return _settled(row, Fate.RELEASED, now)


@atomic
def discard(mail_id: int, now: datetime) -> InboundMail:
    """Put a message aside for good."""
    return _settled(_in_quarantine(mail_id), Fate.DISCARDED, now)


def _in_quarantine(mail_id: int) -> InboundMail:
    row = db.session.get_one(InboundMail, mail_id, with_for_update=True, populate_existing=True)
    if row.fate is not Fate.QUARANTINED:
        raise Refused(InboundRefusal.SETTLED)
    return row


def _settled(row: InboundMail, fate: Fate, now: datetime) -> InboundMail:
    row.fate, row.settled_at, row.settled_by = fate, now, facts.actor()
    row.content = None
    record(InboundSettled(event_id=row.event_id, subject=f"inbound:{row.id}", fate=fate.value))
    return row


@jobs.periodic("inbound.forget", timedelta(days=1))
def forget() -> None:
    """Forget messages that came in long ago."""
    _forget_before(clock.now() - KEPT)


@atomic
def _forget_before(moment: datetime) -> None:
    db.session.execute(delete(InboundMail).where(InboundMail.came_at < moment))


# --- reads --------------------------------------------------------------------------------


def _known(key: str) -> InboundMail | None:
    return db.session.scalars(select(InboundMail).where(InboundMail.key == key)).first()


def message(mail_id: int) -> InboundMail | None:
    """Return one message that came in."""
    return db.session.get(InboundMail, mail_id)


def messages(
    event_id: int | None = None, *, fate: Fate | None = None, limit: int = 100
) -> Sequence[InboundMail]:
    """List what came in, newest first, about one event or about any."""
    return db.session.scalars(
        _chosen(select(InboundMail), event_id, fate).order_by(InboundMail.id.desc()).limit(limit)
    ).all()


def quarantined(event_id: int | None = None) -> int:
    """Count what is in quarantine, of one event or of all."""
    query = _chosen(select(func.count(InboundMail.id)), event_id, Fate.QUARANTINED)
    return db.session.scalar(query) or 0


def _chosen(query: Any, event_id: int | None, fate: Fate | None) -> Any:
    if event_id is not None:
        query = query.where(InboundMail.event_id == event_id)
    return query if fate is None else query.where(InboundMail.fate == fate)


def sentence(row: InboundMail) -> str:
    """Return the reason's sentence, to be translated where it is shown; "" where there is none."""
    known: list[type[Refusal]] = [
        UnreadableMessage,
        InboundRefusal,
        *(one.reasons for one in _readers.values()),
    ]
    for kind in known:
        for member in kind:
            if member.value == row.reason:
                return member.sentence
    return ""


def can_be_released(row: InboundMail) -> bool:
    """Tell whether somebody may vouch for the message."""
    one = _readers.get(row.reader)
    return row.fate is Fate.QUARANTINED and one is not None and one.release is not None
