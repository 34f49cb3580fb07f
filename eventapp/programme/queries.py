"""Named reads of the programme."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from eventapp.events.models import Room
from eventapp.kernel import memory
from eventapp.kernel.db import db
from eventapp.programme.models import (
    Activity,
    Break,
    Session,
    SessionSpeaker,
    SessionState,
    Speaker,
)


def _whole() -> Select[Session]:
    return select(Session).options(
        joinedload(Session.activity),
        joinedload(Session.day),
        joinedload(Session.room).joinedload(Room.venue),
        selectinload(Session.speakers)
        .joinedload(SessionSpeaker.speaker)
        .joinedload(Speaker.person),
    )


def session(session_id: int) -> Session | None:
    """Return one session with its activity, day, room, venue and speakers."""
    return db.session.scalars(_whole().where(Session.id == session_id)).unique().first()


def session_with_room(session_id: int) -> Session | None:
    """Return one session with its activity and room, for a decision about seats."""
    query = select(Session).options(joinedload(Session.activity), joinedload(Session.room))
    return db.session.scalars(query.where(Session.id == session_id)).first()


def by_ref(event_id: int, ref: str) -> Session | None:
    """Return the event's session that a loaded file calls *ref*."""
    query = _whole().where(Session.event_id == event_id, Session.ref == ref)
    return db.session.scalars(query).unique().first()


def event_of_session(session_id: int) -> int | None:
    """Return the id of the event a session belongs to; that never changes, so it is remembered."""
    query = select(Session.event_id).where(Session.id == session_id)
    return memory.remembered(f"event-of-session:{session_id}", lambda: db.session.scalar(query))


def programme(event_id: int) -> Sequence[Session]:
    """List an event's sessions with all a programme shows, in time order."""
    query = _whole().where(Session.event_id == event_id)
    query = query.order_by(Session.starts_at, Session.ends_at, Session.id)
    return db.session.scalars(query).unique().all()


def listed(event_id: int, *, after: int = 0, limit: int = 50) -> Sequence[Session]:
    """List an event's sessions by id, from the one behind *after*."""
    query = _whole().where(Session.event_id == event_id, Session.id > after)
    return db.session.scalars(query.order_by(Session.id).limit(limit)).unique().all()


def event_of_activity(activity_id: int) -> int | None:
    """Return the id of the event an activity belongs to."""
    return db.session.scalar(select(Activity.event_id).where(Activity.id == activity_id))


def breaks(event_id: int) -> Sequence[Break]:
    """List an event's breaks in time order."""
    query = select(Break).options(joinedload(Break.room)).where(Break.event_id == event_id)
    return db.session.scalars(query.order_by(Break.starts_at, Break.id)).all()


def speakers(event_id: int) -> Sequence[Speaker]:
    """List an event's speakers with their names."""
    query = select(Speaker).options(joinedload(Speaker.person)).where(Speaker.event_id == event_id)
    rows = db.session.scalars(query).all()
    return sorted(rows, key=lambda speaker: speaker.person.sort_key)


def speaker(speaker_id: int) -> Speaker | None:
    """Return one speaker with the name."""
    query = select(Speaker).options(joinedload(Speaker.person)).where(Speaker.id == speaker_id)
    return db.session.scalars(query).first()


def sessions_of(speaker_id: int) -> Sequence[Session]:
    """List the sessions of one speaker in time order."""
    query = _whole().join(SessionSpeaker, SessionSpeaker.session_id == Session.id)
    query = query.where(SessionSpeaker.speaker_id == speaker_id).order_by(Session.starts_at)
    return db.session.scalars(query).unique().all()


def in_room(
    room_id: int, starts_at: datetime, ends_at: datetime, *, besides: int | None = None
) -> Session | None:
    """Return a scheduled session that takes the room between two moments."""
    query = select(Session).options(joinedload(Session.activity))
    query = query.where(
        Session.room_id == room_id,
        Session.state == SessionState.SCHEDULED,
        Session.starts_at < ends_at,
        Session.ends_at > starts_at,
    )
    if besides is not None:
        query = query.where(Session.id != besides)
    return db.session.scalars(query.order_by(Session.starts_at)).first()


def freshness(event_id: int) -> tuple[int, int, int, int]:
    """Return numbers that change whenever a programme page would: the cache key's seats part."""
    query = select(
        func.count(),
        func.coalesce(func.sum(Session.version), 0),
        func.coalesce(func.sum(Session.confirmed), 0),
        func.coalesce(func.sum(Session.waiting), 0),
    ).where(Session.event_id == event_id)
    row = db.session.execute(query).one()
    return (row[0], row[1], row[2], row[3])


def activities(event_id: int) -> Sequence[Activity]:
    """List what an event offers."""
    query = select(Activity).where(Activity.event_id == event_id).order_by(Activity.id)
    return db.session.scalars(query).all()
