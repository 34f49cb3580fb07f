"""Letters: a slice's mail functions, the log of what was sent, and the job that sends it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from flask import current_app
from sqlalchemy import Index, String, func, select
from sqlalchemy.orm import Mapped, mapped_column

from eventapp.kernel import clock, envelope, i18n, jobs, mail, mail_words, unreachable
from eventapp.kernel.db import Model, atomic, choice, db


class MailState(StrEnum):
    """Where a letter stands."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    BOUNCED = "bounced"
    SKIPPED = "skipped"


class Mail(Model):
    """One letter to one address: what was sent, when, or why not (yet)."""

    __tablename__ = "mail"

    id: Mapped[int] = mapped_column(primary_key=True)
    job_id: Mapped[int] = mapped_column(unique=True)
    event_id: Mapped[int | None]
    kind: Mapped[str] = mapped_column(String(100))
    about: Mapped[str] = mapped_column(String(64))
    recipient: Mapped[str] = mapped_column(String(320))
    subject: Mapped[str] = mapped_column(String(300))
    message_id: Mapped[str] = mapped_column(String(200))
    state: Mapped[MailState] = mapped_column(choice(MailState), default=MailState.WAITING)
    error: Mapped[str | None] = mapped_column(String(500))
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_mail_event_id_id", "event_id", "id"),
        Index("ix_mail_about", "about"),
    )


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What a mail function answers: to whom, in which language, with which words.

    `template` is ``slice/message`` below ``templates/mail``; `context` holds typed values
    only; `about` is the subject it belongs to (``registration:7``); `calendar` is a
    finished iCalendar text and `method` its METHOD; `attachments` are
    ``(file name, media type, bytes)``. What is not `necessary` is not sent to an address from
    which letters come back.
    """

    to: str
    locale: str
    template: str
    about: str
    event_id: int | None = None
    context: Mapping[str, Any] = field(default_factory=dict)
    calendar: bytes | None = None
    method: str | None = None
    attachments: Sequence[tuple[str, str, bytes]] = ()
    reply_to: str | None = None
    necessary: bool = True


SPARED = "letters to this address come back"

LetterFunction = Callable[..., Letter | None]
_letters: dict[str, LetterFunction] = {}


def letter(name: str) -> Callable[[LetterFunction], LetterFunction]:
    """Register a mail function as the job ``mail:<name>``; it may return None: not needed now."""

    def register(function: LetterFunction) -> LetterFunction:
        _letters[name] = function

        def send(**args: Any) -> None:
            post(name, args)

        jobs.job(f"mail:{name}")(send)
        jobs.alias(function, send)
        return function

    return register


def post(name: str, args: Mapping[str, Any]) -> None:
    """Write, log and deliver one letter; the message's id derives from the job's."""
    written = _letters[name](**args)
    if written is None:
        return
    config = current_app.config
    job_id = jobs.current_id()
    message_id = mail.message_id(job_id, config)
    with i18n.use_locale(written.locale):
        subject, text, html = mail_words.render(
            written.template, written.locale, written.event_id, written.context
        )
    message = mail.compose(
        to=written.to,
        subject=subject,
        text=text,
        html=html,
        reply_to=written.reply_to,
        calendar=written.calendar,
        method=written.method,
        attachments=written.attachments,
        message_id=message_id,
    )
    _log(job_id, name, written, subject, message_id)
    if not written.necessary and unreachable.is_gone(written.to):
        _mark(job_id, MailState.SKIPPED, SPARED)
        return
    try:
        mail.deliver(message, config["MAIL_URL"], envelope.return_path(job_id, config))
    except mail.Undeliverable as error:
        _mark(job_id, MailState.FAILED, str(error))
        raise jobs.Permanent(str(error)) from error
    except mail.TryLater as error:
        _mark(job_id, MailState.WAITING, str(error))
        raise
    _mark(job_id, MailState.SENT, None)


@atomic
def _log(job_id: int, kind: str, written: Letter, subject: str, message_id: str) -> None:
    if db.session.scalar(select(func.count()).where(Mail.job_id == job_id)):
        return
    db.session.add(
        Mail(
            job_id=job_id,
            event_id=written.event_id,
            kind=kind,
            about=written.about,
            recipient=written.to,
            subject=subject[:300],
            message_id=message_id,
            created_at=clock.now(),
        )
    )


@atomic
def _mark(job_id: int, state: MailState, error: str | None) -> None:
    row = db.session.scalars(select(Mail).where(Mail.job_id == job_id)).one()
    row.state = state
    row.error = None if error is None else error[:500]
    if state is MailState.SENT:
        row.sent_at = clock.now()


def sent_about(about: str, limit: int = 50) -> Sequence[Mail]:
    """List the letters about one subject, newest first."""
    query = select(Mail).where(Mail.about == about).order_by(Mail.id.desc()).limit(limit)
    return db.session.scalars(query).all()


def of_event(event_id: int, limit: int = 200, before: int | None = None) -> Sequence[Mail]:
    """List an event's letters, newest first."""
    query = select(Mail).where(Mail.event_id == event_id)
    if before is not None:
        query = query.where(Mail.id < before)
    return db.session.scalars(query.order_by(Mail.id.desc()).limit(limit)).all()


def letter_of(mail_id: int) -> Mail | None:
    """Return one letter of the log."""
    return db.session.get(Mail, mail_id)


def counts(event_id: int) -> dict[MailState, int]:
    """Count an event's letters by state; a letter whose job never ran yet is not among them."""
    query = select(Mail.state, func.count()).where(Mail.event_id == event_id)
    found = dict(db.session.execute(query.group_by(Mail.state)).all())
    return {state: found.get(state, 0) for state in MailState}
