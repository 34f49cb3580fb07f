"""Telling speakers what has become of their sessions.

A release tells at once: somebody meant it as a whole. An edit that holds at once waits for more
of them, and one that is taken back tells nobody.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from eventapp.events.models import Event, EventState
from eventapp.kernel import clock, jobs
from eventapp.kernel.db import atomic, db
from eventapp.programme import mails, queries
from eventapp.programme.models import Release, Session, SessionSpeaker
from eventapp.programme.rules.planned import current, values_of

# Edits within this time give one letter; an edit that is taken back gives none.
SETTLING = timedelta(minutes=10)


def tell_speakers(event_id: int, release_id: int) -> None:
    """Write to whom a release changed something that they lead; part of the caller's command."""
    row = db.session.get_one(Release, release_id)
    _forget([told["session_id"] for told in row.differences])  # its letter says all of it
    for speaker in queries.concerned(event_id, row.differences):
        jobs.enqueue(
            mails.speaker_told,
            lane=speaker.person.email,
            event_id=event_id,
            speaker_id=speaker.id,
            release_id=release_id,
        )


def expect_edit(session: Session, words: Mapping[str, Any], now: datetime) -> None:
    """Note what those who lead a session know of it before it is edited for everybody.

    *words* are those of its activity, which its other sessions have, too. Part of the caller's
    command, which has taken the session.
    """
    event = db.session.get_one(Event, session.event_id)
    if jobs.is_silent() or event.state is EventState.DRAFT:
        return
    db.session.flush()  # reading anew must not undo what was changed here
    same = Session.activity_id == session.activity_id if words else Session.id == session.id
    _take(db.session.scalars(select(Session.id).where(same)).all())
    reached: dict[int, str | None] = {}
    for row in queries.held_again(session.activity_id) if words else [session]:
        known = values_of(current(row))
        db.session.execute(
            update(SessionSpeaker)
            .where(SessionSpeaker.session_id == row.id, SessionSpeaker.told.is_(None))
            .values(told=known)
        )
        reached |= {one.speaker_id: one.speaker.person.email for one in row.speakers}
    for speaker_id, email in reached.items():
        if email:
            jobs.enqueue(settle, run_at=now + SETTLING, event_id=event.id, speaker_id=speaker_id)


@jobs.job("programme.tell-speaker")
def settle(speaker_id: int) -> None:
    """Tell a speaker what has become of the own sessions, once they have settled."""
    tell_settled(speaker_id, clock.now())


@atomic
def tell_settled(speaker_id: int, now: datetime) -> None:
    """Write to a speaker whose sessions are otherwise than told; the speaker knows them then."""
    speaker = queries.speaker(speaker_id)
    if speaker is None:
        return
    changed = _otherwise(speaker_id)
    if changed and speaker.person.email:
        jobs.enqueue(
            mails.speaker_told_of_edits,
            lane=speaker.person.email,
            event_id=speaker.event_id,
            speaker_id=speaker_id,
            session_ids=changed,
        )


def _otherwise(speaker_id: int) -> list[int]:
    """Return which sessions are otherwise than a speaker was told, and forget what that was."""
    mine = select(SessionSpeaker).where(
        SessionSpeaker.speaker_id == speaker_id, SessionSpeaker.told.is_not(None)
    )
    _take([row.session_id for row in db.session.scalars(mine)])
    told = {row.session_id: row for row in db.session.scalars(mine)}
    changed = []
    for session in queries.sessions_of(speaker_id):
        row = told.get(session.id)
        if row is not None and row.told != values_of(current(session)):
            changed.append(session.id)
    for row in told.values():
        row.told = None
    return changed


def _take(session_ids: Collection[int]) -> None:
    """Take sessions for this transaction, so that no edit slips between asking and forgetting."""
    taken = select(Session.id).where(Session.id.in_(session_ids)).order_by(Session.id)
    db.session.execute(taken.with_for_update())


def _forget(session_ids: Sequence[int]) -> None:
    db.session.execute(
        update(SessionSpeaker)
        .where(SessionSpeaker.session_id.in_(session_ids), SessionSpeaker.told.is_not(None))
        .values(told=None)
    )
