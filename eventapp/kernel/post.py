"""Letters: a slice's mail functions, the log of what was sent, and the job that sends it.

One letter is one job: claimed, committed, sent, and settled together with the log of it. So a
worker that is killed leaves at most one letter that may go twice, under one Message-ID.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from enum import StrEnum
from typing import Any

from flask import Flask, current_app
from flask_babel import gettext
from sqlalchemy import Index, String, Text, delete, func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from eventapp.kernel import (
    clock,
    declined,
    envelope,
    holding,
    i18n,
    jobs,
    mail,
    mail_words,
    smtp,
    unreachable,
)
from eventapp.kernel.db import Model, atomic, choice, db
from eventapp.kernel.holding import Load, Policy
from eventapp.kernel.jobs import Job, JobState, Rank

KEPT = timedelta(days=90)  # for which the words of a letter are kept
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

# What a participant, a group's contact or a speaker sets off is bounded; what the team does, or
# people who are not known yet, is not: a thousand may register in the first hour.
BOUNDED = ("registration:", "registration-group:", "speaker:")

jobs.at_rest(smtp.rest)


class MailState(StrEnum):
    """Where a letter stands."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    GIVEN_UP = "given-up"
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
    courtesy: Mapped[bool] = mapped_column(default=False)
    state: Mapped[MailState] = mapped_column(choice(MailState), default=MailState.WAITING)
    error: Mapped[str | None] = mapped_column(String(500))
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_mail_event_id_id", "event_id", "id"),
        Index("ix_mail_about", "about"),
        Index("ix_mail_recipient_sent_at", "recipient", "sent_at"),
    )


class MailTry(Model):
    """One attempt to hand a letter over, and what the mail server said; kept for 90 days."""

    __tablename__ = "mail_try"

    id: Mapped[int] = mapped_column(primary_key=True)
    job_id: Mapped[int]
    at: Mapped[datetime]
    state: Mapped[MailState] = mapped_column(choice(MailState))
    words: Mapped[str] = mapped_column(String(500))

    __table_args__ = (Index("ix_mail_try_job_id", "job_id"), Index("ix_mail_try_at", "at"))


class MailContent(Model):
    """The words of a letter that was sent, codes and personal links left out; for 90 days.

    `enclosed` names the files that came with it.
    """

    __tablename__ = "mail_content"

    id: Mapped[int] = mapped_column(primary_key=True)
    job_id: Mapped[int] = mapped_column(unique=True)
    kept_at: Mapped[datetime]
    words: Mapped[str] = mapped_column(Text)
    enclosed: Mapped[list[str]] = mapped_column(default=list)

    __table_args__ = (Index("ix_mail_content_kept_at", "kept_at"),)


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What a mail function answers: to whom, in which language, with which words.

    `template` is ``slice/message`` below ``templates/mail``; `context` holds typed values
    only; `about` is the subject it belongs to (``registration:7``); `calendar` is a
    finished iCalendar text and `method` its METHOD; `attachments` are
    ``(file name, media type, bytes)``. What is not `necessary` is a courtesy: it waits in quiet
    hours, is spared addresses from which letters come back, and can be unsubscribed from.
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
DECLINED = "the reader has unsubscribed from such letters"

LetterFunction = Callable[..., Letter | None]


@dataclass(frozen=True)
class Sort:
    """A kind of letter: its function, its rank, and whether its words may be kept."""

    function: LetterFunction
    rank: Rank
    kept: bool


_sorts: dict[str, Sort] = {}
_POLICIES = "eventapp-mail-policies"


def letter(
    name: str, rank: Rank = Rank.LETTER, *, kept: bool = True
) -> Callable[[LetterFunction], LetterFunction]:
    """Register a mail function as the job ``mail:<name>``; it may return None: not needed now.

    `Rank.AT_ONCE` is for what lets somebody in: nothing holds it up, its words are never kept.
    `Rank.COURTESY` is what nobody needs to have. *kept*: not, where the letter is the secret.
    """

    def register(function: LetterFunction) -> LetterFunction:
        _sorts[name] = Sort(function, rank, kept and rank is not Rank.AT_ONCE)

        def send(**args: Any) -> None:
            post(name, args)

        jobs.job(f"{jobs.LETTERS}{name}", rank)(send)
        jobs.alias(function, send)
        return function

    return register


def names() -> list[str]:
    """List the kinds of letters there are."""
    return sorted(_sorts)


def install(app: Flask, policy_of: Callable[[int], Policy | None]) -> None:
    """Ask *policy_of* what an event says about its letters."""
    app.extensions[_POLICIES] = policy_of


# --- sending ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Written:
    """A letter on its way: the job it belongs to, what it says, and whether it may be kept."""

    job_id: int
    kind: str
    letter: Letter
    rank: Rank
    subject: str
    text: str
    message_id: str
    kept: bool

    @property
    def is_courtesy(self) -> bool:
        """Tell whether its reader can do without it."""
        return self.rank is Rank.COURTESY


def post(name: str, args: Mapping[str, Any]) -> None:
    """Write one letter and deliver it, unless it must wait or is not wanted."""
    sort = _sorts[name]
    found = sort.function(**args)
    if found is None:
        return
    rank = sort.rank if found.necessary else Rank.COURTESY
    _wait_if_held(found, rank)
    why = _spared(found) if rank is Rank.COURTESY else None
    written, html = _written(name, sort, found, rank)
    if why is not None:
        jobs.along(lambda _state: _note(written, MailState.SKIPPED, why))
        return
    try:
        message = _composed(written, html)
        path = envelope.return_path(written.job_id, current_app.config)
        words = mail.deliver(message, current_app.config["MAIL_URL"], path)
    except mail.Undeliverable as error:
        _refused(written, error)
        raise jobs.Permanent(str(error)) from error
    except mail.TryLater as error:
        _put_off(written, str(error))
        raise
    jobs.along(lambda _state: _note(written, MailState.SENT, words))


def _wait_if_held(found: Letter, rank: Rank) -> None:
    """Raise `jobs.Held` where a letter may not go now; what somebody released, goes."""
    job = jobs.current()
    if rank is Rank.AT_ONCE or job.released_at is not None:
        return
    now = clock.now()
    policy_of = current_app.extensions.get(_POLICIES)
    policy = policy_of(found.event_id) if policy_of and found.event_id is not None else None
    if held := holding.held(rank, policy, _load(found.to, rank, job, now), now):
        raise held


def _load(address: str, rank: Rank, job: Job, now: datetime) -> Load:
    sent = select(Mail.sent_at).where(Mail.recipient == address, Mail.sent_at > now - HOUR)
    lately = select(Mail.sent_at).where(
        Mail.recipient == address, Mail.sent_at > now - DAY - HOUR, Mail.courtesy
    )
    return Load(
        to_address=_moments(sent),
        courtesies=_moments(lately) if rank is Rank.COURTESY else (),
        by_actor=_set_off(job, now) if job.actor.startswith(BOUNDED) else (),
    )


def _set_off(job: Job, now: datetime) -> list[datetime]:
    """List when the letters went that the same participant set off."""
    query = select(Mail.sent_at).join(Job, Job.id == Mail.job_id)
    query = query.where(Job.actor == job.actor, Job.created_at > now - DAY)
    return _moments(query.where(Mail.sent_at > now - HOUR))


def _moments(query: Any) -> list[datetime]:
    newest = query.order_by(Mail.sent_at.desc()).limit(holding.MOST_AN_HOUR)
    return list(db.session.scalars(newest))


def _spared(found: Letter) -> str | None:
    """Return why a letter that is not necessary is not sent to its address."""
    if unreachable.is_gone(found.to):
        return SPARED
    return DECLINED if declined.is_declined(found.to, found.event_id) else None


def _written(name: str, sort: Sort, found: Letter, rank: Rank) -> tuple[Written, str | None]:
    job_id = jobs.current_id()
    context = dict(found.context)
    can_decline = rank is Rank.COURTESY and found.event_id is not None
    if can_decline:
        context["unsubscribe_url"] = declined.url(job_id)
    with i18n.use_locale(found.locale):
        subject, text, html = mail_words.render(
            found.template, found.locale, found.event_id, context
        )
        if can_decline:
            said = gettext("No more such letters about this event: %(url)s",
                           url=context["unsubscribe_url"])  # fmt: skip
            text = f"{text.rstrip()}\n\n{said}\n"
    message_id = mail.message_id(job_id, current_app.config)
    return Written(job_id, name, found, rank, subject, text, message_id, sort.kept), html


def _composed(written: Written, html: str | None) -> EmailMessage:
    found = written.letter
    can_decline = written.is_courtesy and found.event_id is not None
    return mail.compose(
        to=found.to,
        subject=written.subject,
        text=written.text,
        html=html,
        reply_to=found.reply_to,
        headers=declined.headers(written.job_id) if can_decline else None,
        calendar=found.calendar,
        method=found.method,
        attachments=found.attachments,
        message_id=written.message_id,
    )


# --- the log ------------------------------------------------------------------------------


def _refused(written: Written, error: mail.Undeliverable) -> None:
    """Note a letter that will never be accepted, and an address that is none."""

    def note(_state: JobState) -> None:
        _note(written, MailState.FAILED, str(error))
        if isinstance(error, smtp.NoSuchRecipient):
            status = STATUS.search(str(error))
            unreachable.note(
                written.letter.to,
                clock.now(),
                hard=True,
                status=status.group() if status else "",
                reason=str(error),
            )

    jobs.along(note)


STATUS = re.compile(r"\b5\.[0-9]{1,3}\.[0-9]{1,3}\b")


def _put_off(written: Written, words: str) -> None:
    """Note a letter that is tried again, or given up after a day of that."""

    def note(state: JobState) -> None:
        given_up = state is JobState.FAILED
        _note(written, MailState.GIVEN_UP if given_up else MailState.WAITING, words)

    jobs.along(note)


def _note(written: Written, state: MailState, words: str) -> None:
    """Write down how one try ended; belongs in the transaction that settles the job."""
    now, found = clock.now(), written.letter
    row = db.session.scalars(select(Mail).where(Mail.job_id == written.job_id)).first()
    if row is None:
        row = Mail(job_id=written.job_id, created_at=now, kind=written.kind)
        db.session.add(row)
    row.event_id, row.about, row.recipient = found.event_id, found.about, found.to
    row.subject, row.message_id = written.subject[:300], written.message_id
    row.courtesy, row.state = written.is_courtesy, state
    row.error = None if state is MailState.SENT else words[:500]
    db.session.add(MailTry(job_id=written.job_id, at=now, state=state, words=words[:500]))
    if state is MailState.SENT:
        row.sent_at = now
        _keep(written, now)
    of_no_event = update(Job).where(Job.id == written.job_id, Job.event_id.is_(None))
    if found.event_id is not None:
        db.session.execute(of_no_event.values(event_id=found.event_id))
    db.session.flush()


def _keep(written: Written, now: datetime) -> None:
    if not written.kept:
        return
    found = written.letter
    enclosed = [name for name, _type, _content in found.attachments]
    if found.calendar is not None:
        enclosed.insert(0, "invite.ics")
    db.session.add(
        MailContent(
            job_id=written.job_id, kept_at=now, words=redacted(written.text), enclosed=enclosed
        )
    )


# Personal links (w_12-…, device_…), signed values, and codes of badges.
_SECRET = re.compile(
    r"\b[a-z]+_[A-Za-z0-9_-]{20,}"
    r"|\b[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]{27,}(?![A-Za-z0-9_.-])"
    r"|\b[0-9A-HJKMNP-TV-Z]{26}\b"
)


def redacted(text: str) -> str:
    """Return a letter's words without what opens something: links keep their beginning."""
    return _SECRET.sub("…", text)


@jobs.periodic("mail.forget", timedelta(days=1))
def forget() -> None:
    """Forget the words of letters, and the tries, that are older than 90 days."""
    _forget_before(clock.now() - KEPT)


@atomic
def _forget_before(moment: datetime) -> None:
    db.session.execute(delete(MailContent).where(MailContent.kept_at < moment))
    db.session.execute(delete(MailTry).where(MailTry.at < moment))


# --- reading ------------------------------------------------------------------------------


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
