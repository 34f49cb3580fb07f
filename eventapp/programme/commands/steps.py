"""Steps that several commands take, on a session whose row is locked."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select

from eventapp.directory import commands as directory
from eventapp.directory import queries as people
from eventapp.directory.models import CommitmentKind, Person
from eventapp.events import commands as events
from eventapp.events import queries as frame
from eventapp.events.models import Event
from eventapp.kernel import text
from eventapp.kernel.db import db
from eventapp.kernel.facts import record
from eventapp.kernel.refusal import Refused
from eventapp.programme import queries, rules
from eventapp.programme.commands.facts import (
    CapacityChanged,
    SessionCancelled,
    SessionChanged,
    SessionMoved,
    SpeakersChanged,
)
from eventapp.programme.models import Session, SessionSpeaker, SessionState
from eventapp.programme.rules import ProgrammeRefusal, appointments


def locked(session_id: int) -> Session:
    """Take a session, draft or released, for this transaction, and return it whole, read anew.

    The row lock keeps sign-ups out while the session changes under them.
    """
    db.session.flush()  # reading anew must not undo what was changed here
    db.session.execute(select(Session.id).where(Session.id == session_id).with_for_update())
    session = queries.session_anew(session_id)
    if session is None:
        raise LookupError(f"no session {session_id}")
    return session


def subject(session: Session) -> str:
    """Return what facts and commitments call the session."""
    return f"session:{session.id}"


def changed(session: Session) -> None:
    """Let everybody who looks at the programme see that it is another one."""
    session.version += 1
    events.touch(session.event_id)


def day_of(event_id: int, starts_at: datetime) -> int:
    """Return the id of the event's day on which *starts_at* lies; refused when there is none."""
    event = db.session.get_one(Event, event_id)
    local = starts_at.astimezone(ZoneInfo(event.timezone)).date()
    for day in frame.days(event.id):
        if day.date == local:
            return day.id
    raise Refused(ProgrammeRefusal.OUTSIDE_EVENT)


def place(session: Session, *, starts_at: datetime, ends_at: datetime, room_id: int | None) -> None:
    """Put a session in another time or room; whoever calls has asked whether that may be."""
    moved = SessionMoved(
        event_id=session.event_id,
        subject=subject(session),
        session_id=session.id,
        old_starts_at=session.starts_at.isoformat(),
        old_ends_at=session.ends_at.isoformat(),
        old_room_id=session.room_id,
        starts_at=starts_at.isoformat(),
        ends_at=ends_at.isoformat(),
        room_id=room_id,
    )
    session.day_id = day_of(session.event_id, starts_at)
    session.starts_at, session.ends_at, session.room_id = starts_at, ends_at, room_id
    fit_appointments(session, len(session.speakers))
    changed(session)
    directory.shift(subject(session), starts_at, ends_at, venue_of(room_id))
    record(moved)


def alter(session: Session, columns: Mapping[str, Any], words: Mapping[str, Any]) -> None:
    """Replace columns of a session, and *words* of its activity; not time, room or state."""
    if "capacity" in columns:
        refuse_low_capacity(session, columns["capacity"])
        _record_capacity(session, columns["capacity"])
    for column, value in columns.items():
        setattr(session, column, value)
    for column, value in words.items():
        setattr(session.activity, column, value)
    fit_appointments(session, len(session.speakers))
    changed(session)
    record(
        SessionChanged(
            event_id=session.event_id,
            subject=subject(session),
            session_id=session.id,
            columns=sorted({*columns, *words}),
        )
    )


def call_off(session: Session) -> None:
    """Let a session not be held; the reactions let everybody go who had a place."""
    session.state = SessionState.CANCELLED
    changed(session)
    record(
        SessionCancelled(event_id=session.event_id, subject=subject(session), session_id=session.id)
    )
    directory.free_all(subject(session))


def replace_speakers(session: Session, speaker_ids: Sequence[int]) -> None:
    """Let other people speak; whoever calls has asked whether they can."""
    old = [named.speaker_id for named in session.speakers]
    unname_speakers(session)
    name_speakers(session, speaker_ids)
    fit_appointments(session, len(speaker_ids))
    changed(session)
    record(
        SpeakersChanged(
            event_id=session.event_id,
            subject=subject(session),
            session_id=session.id,
            old=old,
            new=list(speaker_ids),
        )
    )


def unname_speakers(session: Session) -> None:
    """Let nobody speak in a session any more."""
    directory.free_all_of_kind(subject(session), CommitmentKind.SPEAKING)
    db.session.execute(delete(SessionSpeaker).where(SessionSpeaker.session_id == session.id))


def name_speakers(session: Session, speaker_ids: Sequence[int]) -> None:
    """Let people speak in a session, in this order, and note that it keeps them busy."""
    for position, speaker_id in enumerate(speaker_ids):
        speaker = queries.speaker(speaker_id)
        if speaker is None:
            raise LookupError(f"no speaker {speaker_id}")
        db.session.add(
            SessionSpeaker(session_id=session.id, speaker_id=speaker_id, position=position)
        )
        directory.commit(
            speaker.person_id,
            session.event_id,
            CommitmentKind.SPEAKING,
            subject(session),
            session.activity.title,
            session.starts_at,
            session.ends_at,
            venue_id=venue_of(session.room_id),
        )
    db.session.flush()


def venue_of(room_id: int | None) -> int | None:
    """Return the venue of a room, if there is a room."""
    room = frame.room(room_id) if room_id is not None else None
    return room.venue_id if room is not None else None


def refuse_taken_room(
    room_id: int | None, starts_at: datetime, ends_at: datetime, *, besides: int | None = None
) -> None:
    """Refuse a room in which another session is held between two moments."""
    room = frame.room(room_id) if room_id is not None else None
    if room is None or room.parallel:
        return
    other = queries.in_room(room.id, starts_at, ends_at, besides=besides)
    if other is not None:
        taken_by = {"title": other.activity.title, "session": str(other.id)}
        raise Refused(ProgrammeRefusal.ROOM_TAKEN, **taken_by)


def refuse_busy(people_: Sequence[Person], session: Session, span: Sequence[datetime]) -> None:
    """Refuse people who are busy elsewhere in a *span* of two moments."""
    for person in people_:
        busy = people.clashes(person.id, span[0], span[1], besides=subject(session))
        if busy:
            name = text.full_name("", person.first_name, person.last_name)
            raise Refused(ProgrammeRefusal.SPEAKER_BUSY, name=name, title=busy[0].label)


def refuse_low_capacity(session: Session, capacity: int | None) -> None:
    """Refuse fewer seats than are given already."""
    percent = session.overbooking_percent or 0
    if capacity is not None and rules.overbooked(capacity, percent) < session.confirmed:
        raise Refused(ProgrammeRefusal.CAPACITY_BELOW_CONFIRMED, confirmed=session.confirmed)


def fit_appointments(session: Session, advisers: int) -> None:
    """Let advice have a place for each appointment; refused when more are taken than there are."""
    if session.appointment_minutes is None:
        return
    places = appointments.count(
        session.starts_at, session.ends_at, session.appointment_minutes, advisers
    )
    if places != session.capacity:
        refuse_low_capacity(session, places)
        _record_capacity(session, places)
        session.capacity = places


def _record_capacity(session: Session, capacity: int | None) -> None:
    record(
        CapacityChanged(
            event_id=session.event_id,
            subject=subject(session),
            session_id=session.id,
            old=session.capacity,
            new=capacity,
        )
    )
