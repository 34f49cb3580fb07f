"""The outbox: every letter of an event from the moment it is asked for, and what to do with it.

A letter is there as soon as its job is written; what is known of its words and recipient comes
with the first try. So the list is of jobs, each with its line of the log where there is one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, Select, and_, case, false, func, or_, select, update
from sqlalchemy.sql.dml import Update

from eventapp.kernel import jobs, post
from eventapp.kernel.acting import actor
from eventapp.kernel.db import append, atomic, db
from eventapp.kernel.facts import Fact, record
from eventapp.kernel.jobs import Hold, Job, JobState, Rank
from eventapp.kernel.post import Mail, MailContent, MailState, MailTry
from eventapp.kernel.refusal import N_, Refusal, Refused

PAGE = 50


class Standing(StrEnum):
    """Where a letter stands, as the organiser sees it."""

    WAITING = "waiting"
    RETRYING = "retrying"
    HELD = "held"
    SCHEDULED = "scheduled"
    SENT = "sent"
    UNDELIVERABLE = "undeliverable"
    BOUNCED = "bounced"
    GIVEN_UP = "given-up"
    SPARED = "spared"
    DISCARDED = "discarded"


FAILED = frozenset({Standing.UNDELIVERABLE, Standing.BOUNCED, Standing.GIVEN_UP})
ON_THE_WAY = frozenset({Standing.WAITING, Standing.RETRYING, Standing.HELD, Standing.SCHEDULED})
# What of these may be done with a letter that stands so.
TRIED = ON_THE_WAY | {Standing.UNDELIVERABLE, Standing.GIVEN_UP, Standing.DISCARDED}
REPEATED = frozenset({Standing.SENT, Standing.BOUNCED})
DROPPED = ON_THE_WAY | {Standing.UNDELIVERABLE, Standing.GIVEN_UP}


class OutboxRefusal(Refusal):
    """Why something cannot be done with a letter."""

    ON_ITS_WAY = "letter-on-its-way", N_("The letter is being sent at this moment.")
    HANDED_OVER = "letter-handed-over", N_("The letter has been sent; it can be sent again.")
    NOT_SENT = "letter-not-sent", N_("The letter has not been sent yet; it can be tried now.")


@dataclass(frozen=True, kw_only=True)
class LetterFact(Fact):
    """Base of what the team does with one letter; the address is not written here."""

    letter_id: int
    letter: str


class LetterRetried(LetterFact):
    """A letter was to be tried at once."""

    kind: ClassVar[str] = "letter-retried"


class LetterRepeated(LetterFact):
    """A letter was to be sent once more."""

    kind: ClassVar[str] = "letter-repeated"


class LetterDiscarded(LetterFact):
    """A letter is not to be sent."""

    kind: ClassVar[str] = "letter-discarded"


@dataclass(frozen=True, kw_only=True)
class LettersReleased(Fact):
    """So many letters that were held, or given up, were let go."""

    kind: ClassVar[str] = "letters-released"
    letters: int


@dataclass(frozen=True)
class Entry:
    """One letter: its job, its line of the log if it was tried, and where it stands."""

    job: Job
    mail: Mail | None
    standing: Standing

    @property
    def letter(self) -> str:
        """Return which letter it is (``signups.confirmed``)."""
        return self.job.name.removeprefix(jobs.LETTERS)

    @property
    def recipient(self) -> str:
        """Return to whom it goes, as far as is known."""
        return self.mail.recipient if self.mail is not None else self.job.lane or ""

    @property
    def why(self) -> str:
        """Return the server's last words, or what went wrong."""
        if self.mail is not None and self.mail.error:
            return self.mail.error
        return self.job.error or ""


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Which letters are wanted; empty means all."""

    standings: frozenset[Standing] = frozenset()
    letter: str = ""
    recipient: str = ""
    before: int | None = None


# --- reading ------------------------------------------------------------------------------


def _standing(now: datetime) -> ColumnElement[Any]:
    queued = Job.state == JobState.QUEUED
    given_up = case(
        (Mail.state == MailState.FAILED, Standing.UNDELIVERABLE.value),
        else_=Standing.GIVEN_UP.value,
    )
    done = case((Mail.state == MailState.SKIPPED, Standing.SPARED.value), else_=Standing.SENT.value)
    return case(
        (Mail.state == MailState.BOUNCED, Standing.BOUNCED.value),
        (Job.state == JobState.DISCARDED, Standing.DISCARDED.value),
        (Job.state == JobState.FAILED, given_up),
        (Job.state == JobState.DONE, done),
        (or_(Job.state == JobState.HELD, Job.held.is_not(None)), Standing.HELD.value),
        (and_(queued, Job.attempts > 0), Standing.RETRYING.value),
        (and_(queued, Job.run_at > now), Standing.SCHEDULED.value),
        else_=Standing.WAITING.value,
    )


def _entries(*columns: Any) -> Select[Any]:
    """Select letters; one that turned out not to be needed is none."""
    query = select(*columns).select_from(Job).outerjoin(Mail, Mail.job_id == Job.id)
    needed = or_(Job.state != JobState.DONE, Mail.id.is_not(None))
    return query.where(Job.name.startswith(jobs.LETTERS), needed)


def entries(event_id: int, asked: Filter, now: datetime, *, limit: int = PAGE) -> Sequence[Entry]:
    """List letters of an event, newest first."""
    query = _entries(Job, Mail, _standing(now)).where(Job.event_id == event_id)
    if asked.standings:
        query = query.where(_standing(now).in_(sorted(one.value for one in asked.standings)))
    if asked.letter:
        query = query.where(Job.name == f"{jobs.LETTERS}{asked.letter}")
    if asked.recipient:
        to = func.lower(func.coalesce(Mail.recipient, Job.lane))
        query = query.where(to.contains(asked.recipient.lower(), autoescape=True))
    if asked.before is not None:
        query = query.where(Job.id < asked.before)
    return _listed(query.order_by(Job.id.desc()).limit(limit))


def entry(job_id: int, now: datetime) -> Entry | None:
    """Return one letter, or None where there is none."""
    found = _listed(_entries(Job, Mail, _standing(now)).where(Job.id == job_id))
    return found[0] if found else None


def to_person(
    event_id: int, registration_id: int, address: str | None, now: datetime
) -> Sequence[Entry]:
    """List what was sent, or is to be sent, about somebody's registration, newest first."""
    about = f"registration:{registration_id}"
    query = _entries(Job, Mail, _standing(now)).where(Job.event_id == event_id)
    coming = and_(Mail.id.is_(None), Job.lane == address) if address else false()
    rows = _listed(
        query.where(or_(Mail.about == about, coming)).order_by(Job.id.desc()).limit(PAGE)
    )
    # Several people may share one mailbox; a letter that was never tried names its own.
    return [
        row
        for row in rows
        if row.mail is not None
        or row.job.args.get("registration_id", registration_id) == registration_id
    ]


def _listed(query: Select[Any]) -> list[Entry]:
    return [Entry(job, mail, Standing(how)) for job, mail, how in db.session.execute(query)]


def counts(event_id: int, now: datetime) -> Mapping[Standing, int]:
    """Count an event's letters by how they stand."""
    how = _standing(now).label("how")
    query = _entries(how, func.count()).where(Job.event_id == event_id).group_by(how)
    found = {Standing(name): number for name, number in db.session.execute(query)}
    return {one: found.get(one, 0) for one in Standing}


def letters_of(event_id: int) -> list[str]:
    """List the kinds of letters that an event has, by their names."""
    query = select(Job.name).where(Job.event_id == event_id, Job.name.startswith(jobs.LETTERS))
    return sorted(name.removeprefix(jobs.LETTERS) for name in db.session.scalars(query.distinct()))


def tries(job_id: int) -> Sequence[MailTry]:
    """List the attempts to hand a letter over, newest first."""
    query = select(MailTry).where(MailTry.job_id == job_id).order_by(MailTry.id.desc())
    return db.session.scalars(query).all()


def content(job_id: int) -> MailContent | None:
    """Return the words of a letter while they are kept."""
    return db.session.scalars(select(MailContent).where(MailContent.job_id == job_id)).first()


def repeats(job_id: int) -> Sequence[Job]:
    """List the jobs by which a letter was sent again."""
    return db.session.scalars(select(Job).where(Job.again_of == job_id).order_by(Job.id)).all()


# --- what the team does -------------------------------------------------------------------


@atomic
def try_now(job_id: int, now: datetime) -> Entry:
    """Try a letter that was not handed over at once, whatever holds it; under its Message-ID."""
    found = _locked(job_id, now)
    if found.standing not in TRIED:
        raise Refused(OutboxRefusal.HANDED_OVER)
    found.job.released_at = now
    db.session.flush()
    jobs.retry(job_id, now)
    record(LetterRetried(**_named(found)))
    return found


@atomic
def repeat(job_id: int, now: datetime) -> int:
    """Send a letter that was handed over once more, written anew; return the new job's id.

    It has a Message-ID of its own: mail programs throw away what they have had under the same.
    """
    found = _locked(job_id, now)
    if found.standing not in REPEATED:
        raise Refused(OutboxRefusal.NOT_SENT)
    old = found.job
    again = append(
        Job,
        name=old.name,
        args=old.args,
        lane=old.lane,
        key=None,
        event_id=old.event_id,
        created_at=now,
        run_at=now,
        rank=old.rank,
        actor=actor(),
        released_at=now,
        again_of=old.id,
    )
    jobs.wake(again)
    record(LetterRepeated(**_named(found)))
    return again


@atomic
def discard(job_id: int, now: datetime) -> Entry:
    """Let a letter not be sent; it stays on the list and can still be tried."""
    found = _locked(job_id, now)
    if found.standing not in DROPPED:
        raise Refused(OutboxRefusal.HANDED_OVER)
    found.job.state, found.job.settled_at, found.job.held = JobState.DISCARDED, now, None
    record(LetterDiscarded(**_named(found)))
    return found


def _locked(job_id: int, now: datetime) -> Entry:
    job = db.session.get_one(Job, job_id, with_for_update=True, populate_existing=True)
    if job.state is JobState.RUNNING:
        raise Refused(OutboxRefusal.ON_ITS_WAY)
    found = entry(job_id, now)
    if found is None:
        raise Refused(OutboxRefusal.HANDED_OVER)
    return found


def _named(found: Entry) -> dict[str, Any]:
    about = found.mail.about if found.mail is not None else f"letter:{found.job.id}"
    return {
        "event_id": found.job.event_id,
        "subject": about,
        "letter_id": found.job.id,
        "letter": found.letter,
    }


@atomic
def release_held(event_id: int, now: datetime) -> int:
    """Let the letters of an event go that are held though they are due; return how many."""
    waits = or_(Job.held != Hold.PAUSED, Job.run_at <= now)
    held = _held(event_id).where(waits)
    return _let_go(event_id, held, now, released_at=now)


@atomic
def retry_given_up(event_id: int, now: datetime) -> int:
    """Try the letters of an event again that were given up after a day; return how many."""
    refused = select(Mail.job_id).where(Mail.event_id == event_id, Mail.state == MailState.FAILED)
    given_up = _letters(event_id).where(Job.state == JobState.FAILED, Job.id.not_in(refused))
    return _let_go(event_id, given_up, now, attempts=0, tried_at=None, settled_at=None)


def _let_go(event_id: int, which: Update, now: datetime, **values: Any) -> int:
    changed = which.values(state=JobState.QUEUED, held=None, run_at=now, **values)
    number = _done(changed)
    if number:
        record(LettersReleased(event_id=event_id, subject=f"event:{event_id}", letters=number))
    return number


# --- what the event's settings do ---------------------------------------------------------


@atomic
def hold_all(event_id: int) -> None:
    """Hold the letters of an event that wait; each keeps the time at which it is due."""
    waits = _letters(event_id).where(Job.state == JobState.QUEUED, Job.rank > Rank.AT_ONCE)
    _done(waits.values(state=JobState.HELD, held=Hold.PAUSED))


@atomic
def resume_all(event_id: int) -> None:
    """Let letters go again that a pause held, when each is due."""
    held = _letters(event_id).where(Job.state == JobState.HELD, Job.held == Hold.PAUSED)
    _done(held.values(state=JobState.QUEUED, held=None))


@atomic
def look_again(event_id: int, now: datetime) -> None:
    """Ask anew whether the letters that quiet hours hold must wait: these hours have changed."""
    held = _held(event_id).where(Job.held == Hold.QUIET)
    _done(held.values(run_at=now, held=None))


def _letters(event_id: int) -> Update:
    return update(Job).where(Job.event_id == event_id, Job.name.startswith(jobs.LETTERS))


def _held(event_id: int) -> Update:
    open_states = [JobState.QUEUED, JobState.HELD]
    return _letters(event_id).where(Job.held.is_not(None), Job.state.in_(open_states))


def _done(change: Update) -> int:
    found = db.session.execute(change, execution_options={"synchronize_session": False})
    return int(found.rowcount)  # type: ignore[attr-defined]


def known(letter: str) -> bool:
    """Tell whether there is a kind of letter of this name."""
    return letter in post.names()
