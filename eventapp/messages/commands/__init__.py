"""Changes of letters and of the words of those that the product sends."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import update

from eventapp.events import commands as events
from eventapp.events.models import Event
from eventapp.kernel import clock, facts, i18n, jobs
from eventapp.kernel.db import append_all, atomic, db
from eventapp.kernel.facts import Fact, record
from eventapp.kernel.refusal import Refusal, Refused
from eventapp.messages import mails, queries, rules
from eventapp.messages.commands.words import (
    WordsChanged,
    restore_words,
    return_words,
    write_words,
)
from eventapp.messages.models import Letter, LetterCopy, LetterRun, State, Timing
from eventapp.messages.rules import Fault, LetterRefusal
from eventapp.messages.rules.audience import Audience
from eventapp.messages.rules.places import ALONE
from eventapp.messages.rules.schedule import Standing
from eventapp.programme import queries as programme
from eventapp.registrations.models import Registration

__all__ = [
    "Draft",
    "LetterApproved",
    "LetterCancelled",
    "LetterQueued",
    "LetterSent",
    "LetterWritten",
    "WordsChanged",
    "approve",
    "ask_for_a_second_person",
    "begin",
    "cancel",
    "queue",
    "release",
    "remove",
    "restore_words",
    "return_words",
    "rewrite",
    "send_due",
    "write_words",
]


@dataclass(frozen=True, kw_only=True)
class LetterWritten(Fact):
    """A letter to many was drafted, changed or dropped; its words are not kept here."""

    kind = "letter-written"
    act: str


@dataclass(frozen=True, kw_only=True)
class LetterApproved(Fact):
    """Somebody approved a letter."""

    kind = "letter-approved"


@dataclass(frozen=True, kw_only=True)
class LetterQueued(Fact):
    """A letter goes out, at once or at its moments."""

    kind = "letter-queued"
    timing: str
    send_at: str


@dataclass(frozen=True, kw_only=True)
class LetterCancelled(Fact):
    """A letter that had not gone out became a draft again."""

    kind = "letter-cancelled"


@dataclass(frozen=True, kw_only=True)
class LetterSent(Fact):
    """Copies of a letter were handed to the outbox."""

    kind = "letter-sent"
    occasion: str
    copies: int


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What an organiser says about a letter."""

    subject: Mapping[str, str]
    body: Mapping[str, str]
    audience: Audience
    timing: Timing = Timing.MOMENT
    offset_days: int = 1
    hour: int = 18
    necessary: bool = False
    late_copies: bool = False

    def columns(self) -> dict[str, Any]:
        """Return the draft as a letter keeps it."""
        return {
            "subject": dict(self.subject),
            "body": dict(self.body),
            "audience": self.audience.kept(),
            "timing": self.timing,
            "offset_days": self.offset_days,
            "hour": self.hour,
            "necessary": self.necessary,
            "late_copies": self.late_copies,
        }


# --- words and audience -------------------------------------------------------------------


@atomic
def begin(event_id: int, draft: Draft, now: datetime) -> Letter:
    """Draft a letter."""
    db.session.get_one(Event, event_id, with_for_update={"key_share": True})
    if len(queries.letters(event_id)) >= rules.MOST_LETTERS:
        raise Refused(LetterRefusal.TOO_MANY_LETTERS, most=rules.MOST_LETTERS)
    _refuse_draft(event_id, draft)
    row = Letter(
        event_id=event_id,
        state=State.DRAFT,
        sends_past=False,
        written_at=now,
        written_by=facts.actor(),
        **draft.columns(),
    )
    db.session.add(row)
    db.session.flush()
    record(LetterWritten(event_id=event_id, subject=_subject(row), act="begun"))
    return row


@atomic
def rewrite(letter_id: int, draft: Draft, now: datetime, *, seen: int | None = None) -> Letter:
    """Replace what a draft says and to whom it goes; *seen* is the version that was read."""
    row = queries.locked(letter_id)
    columns = draft.columns()
    if all(getattr(row, name) == value for name, value in columns.items()):
        return row
    _refuse(rules.refuse_change(row, seen))
    _refuse_draft(row.event_id, draft)
    for name, value in columns.items():
        setattr(row, name, value)
    row.written_at, row.written_by = now, facts.actor()
    row.version += 1
    record(LetterWritten(event_id=row.event_id, subject=_subject(row), act="changed"))
    return row


@atomic
def remove(letter_id: int, now: datetime) -> None:
    """Drop a draft of which nobody has had a copy."""
    row = queries.locked(letter_id)
    if row.state is not State.DRAFT or queries.runs(letter_id):
        raise Refused(LetterRefusal.WRONG_STATE)
    record(LetterWritten(event_id=row.event_id, subject=_subject(row), act="dropped"))
    db.session.delete(row)


@atomic
def ask_for_a_second_person(event_id: int, now: datetime, *, second_person: bool) -> None:
    """Say whether somebody else than the writer has to approve an event's letters."""
    db.session.get_one(Event, event_id, with_for_update={"key_share": True})
    row = queries.policy(event_id)
    row.second_person = second_person
    db.session.add(row)
    record(events.EventChanged(event_id=event_id, subject=f"event:{event_id}"))


# --- out ----------------------------------------------------------------------------------


@atomic
def approve(letter_id: int, now: datetime, *, seen: int | None = None) -> Letter:
    """Approve a draft as it was read; by somebody else than the writer where the event asks so."""
    row = queries.locked(letter_id)
    second = queries.policy(row.event_id).second_person
    _refuse(rules.refuse_approval(row, facts.actor(), seen, second=second))
    row.state = State.APPROVED
    row.approved_at, row.approved_by = now, facts.actor()
    record(LetterApproved(event_id=row.event_id, subject=_subject(row)))
    return row


@atomic
def queue(
    letter_id: int, now: datetime, *, send_at: datetime | None = None, sends_past: bool = False
) -> Letter:
    """Let an approved letter go out: at a moment (None: now), or at those of its timing.

    Moments that are past already are left out unless *sends_past*.
    """
    row = queries.locked(letter_id)
    if row.state is not State.APPROVED:
        raise Refused(LetterRefusal.WRONG_STATE)
    event = db.session.get_one(Event, row.event_id)
    once = row.timing is Timing.MOMENT
    row.send_at = max(send_at or now, now) if once else None
    row.queued_at, row.sends_past, row.state = now, sends_past, State.QUEUED
    stands = [one for _occasion, one in queries.moments(row, event, now)]
    if not {Standing.DUE, Standing.COMING} & set(stands):
        raise Refused(LetterRefusal.NO_MOMENT_LEFT)
    if once and row.send_at == now and not _reached(row, event):
        raise Refused(LetterRefusal.NOBODY)
    record(
        LetterQueued(
            event_id=row.event_id,
            subject=_subject(row),
            timing=row.timing.value,
            send_at=row.send_at.isoformat() if row.send_at else "",
        )
    )
    jobs.enqueue(send_letters, run_at=row.send_at, event_id=row.event_id)
    return row


@atomic
def cancel(letter_id: int, now: datetime) -> Letter:
    """Let a letter that has not gone out be a draft again; copies that went out stay sent."""
    row = queries.locked(letter_id)
    if row.state not in {State.APPROVED, State.QUEUED}:
        raise Refused(LetterRefusal.WRONG_STATE)
    row.state = State.DRAFT
    row.approved_at = row.approved_by = row.queued_at = row.send_at = None
    row.version += 1
    record(LetterCancelled(event_id=row.event_id, subject=_subject(row)))
    return row


@jobs.job("messages.send")
def send_letters() -> None:
    """Let the letters go out whose moment has come."""
    send_due(clock.now())


def send_due(now: datetime) -> int:
    """Let everything go out that is due, one transaction each; return how many copies."""
    return sum(release(letter_id, occasion, now) for letter_id, occasion in queries.due(now))


@atomic
def release(letter_id: int, occasion: str, now: datetime) -> int:
    """Make a copy for everybody who should have this letter and has none; return how many.

    Once for each person and occasion, however many workers try.
    """
    row = queries.locked(letter_id)
    event = db.session.get_one(Event, row.event_id)
    if row.state not in {State.QUEUED, State.SENT} or not _is_due(row, event, occasion, now):
        return 0
    people = queries.unreached(row, event, occasion)
    if occasion not in queries.runs(letter_id):
        db.session.add(LetterRun(letter_id=letter_id, occasion=occasion, ran_at=now))
        db.session.flush()
    ids = append_all(
        LetterCopy,
        [
            {
                "letter_id": letter_id,
                "occasion": occasion,
                "registration_id": person.id,
                "made_at": now,
            }
            for person in people
        ],
    )
    _send(zip(ids, people, strict=True), event.id)
    if people:
        fact = LetterSent(
            event_id=event.id, subject=_subject(row), occasion=occasion, copies=len(people)
        )
        record(fact)
    _settle(row, event, now)
    return len(people)


def _is_due(row: Letter, event: Event, occasion: str, now: datetime) -> bool:
    """Tell whether a letter goes out for an occasion now, or goes on reaching who came later."""
    for one, stands in queries.moments(row, event, now):
        if one.code == occasion:
            late = row.late_copies and stands is Standing.DONE and now < one.until
            return late or stands is Standing.DUE
    return False


def _send(copies: Iterable[tuple[int, Registration]], event_id: int) -> None:
    sending = [
        {
            "id": copy_id,
            "job_id": jobs.enqueue(
                mails.copied, lane=person.email, event_id=event_id, copy_id=copy_id
            ),
        }
        for copy_id, person in copies
    ]
    if sending:
        db.session.execute(update(LetterCopy), sending)


def _settle(row: Letter, event: Event, now: datetime) -> None:
    """Call a letter sent once no moment of it is left."""
    db.session.flush()
    left = {stands for _one, stands in queries.moments(row, event, now)}
    if not {Standing.COMING, Standing.DUE} & left:
        row.state = State.SENT


# --- steps --------------------------------------------------------------------------------


def _reached(row: Letter, event: Event) -> bool:
    audience = Audience.read(row.audience)
    return bool(queries.reached(event, audience, necessary=row.necessary).people)


def _refuse(refusal: Refusal | None) -> None:
    if refusal:
        raise Refused(refusal)


def _refuse_draft(event_id: int, draft: Draft) -> None:
    if not any(draft.subject.values()):
        raise Refused(LetterRefusal.NO_WORDS)
    known = queries.places_of(draft.timing, draft.audience)
    for code in i18n.LOCALES:
        subject, body = draft.subject.get(code, ""), draft.body.get(code, "")
        if subject or body:
            _refuse_fault(rules.refuse_words(subject, body, known, alone=ALONE))
    for session_id in draft.audience.session_ids:
        if programme.event_of_session(session_id) != event_id:
            raise Refused(LetterRefusal.SESSION_ELSEWHERE)


def _refuse_fault(fault: Fault | None) -> None:
    if fault is not None:
        raise Refused(fault.reason, **fault.details)


def _subject(row: Letter) -> str:
    return f"letter:{row.id}"
