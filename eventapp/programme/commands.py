"""Changes of the programme: activities, sessions, speakers, breaks."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select

from eventapp.directory import commands as directory
from eventapp.directory import queries as people
from eventapp.directory.models import CommitmentKind, Person
from eventapp.events import commands as events
from eventapp.events import queries as frame
from eventapp.events.models import Event
from eventapp.kernel import text
from eventapp.kernel.db import atomic, db
from eventapp.kernel.facts import Fact, record
from eventapp.kernel.refusal import Refused, refuse_stale
from eventapp.programme import queries, rules
from eventapp.programme.models import (
    Activity,
    Break,
    Kind,
    Session,
    SessionSpeaker,
    SessionState,
    SignUpRule,
    Speaker,
)
from eventapp.programme.rules import ProgrammeRefusal


@dataclass(frozen=True, kw_only=True)
class SessionAdded(Fact):
    """A session was planned."""

    kind: ClassVar[str] = "session-added"
    session_id: int


@dataclass(frozen=True, kw_only=True)
class SessionMoved(Fact):
    """A session got another time or room; times are ISO, rooms are ids."""

    kind: ClassVar[str] = "session-moved"
    session_id: int
    old_starts_at: str
    old_ends_at: str
    old_room_id: int | None
    starts_at: str
    ends_at: str
    room_id: int | None


@dataclass(frozen=True, kw_only=True)
class SessionChanged(Fact):
    """A session's or its activity's data changed; `columns` names them."""

    kind: ClassVar[str] = "session-changed"
    session_id: int
    columns: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class CapacityChanged(Fact):
    """A session's limit of seats changed."""

    kind: ClassVar[str] = "capacity-changed"
    session_id: int
    old: int | None
    new: int | None


@dataclass(frozen=True, kw_only=True)
class SessionCancelled(Fact):
    """A session will not be held."""

    kind: ClassVar[str] = "session-cancelled"
    session_id: int


@dataclass(frozen=True, kw_only=True)
class SpeakersChanged(Fact):
    """Other people speak in a session; ids of speakers."""

    kind: ClassVar[str] = "speakers-changed"
    session_id: int
    old: Sequence[int] = ()
    new: Sequence[int] = ()


@atomic
def add_activity(
    event_id: int,
    *,
    title: Mapping[str, str],
    abstract: Mapping[str, str] | None = None,
    kind: Kind = Kind.OTHER,
    language: str = "pl",
    tags: Sequence[Any] = (),
) -> Activity:
    """Offer something new at an event."""
    row = Activity(
        event_id=event_id,
        title=dict(title),
        abstract=dict(abstract or {}),
        kind=kind,
        language=language,
        tags=list(tags),
    )
    db.session.add(row)
    db.session.flush()
    return row


@atomic
def add_session(
    activity_id: int,
    now: datetime,
    *,
    starts_at: datetime,
    ends_at: datetime,
    room_id: int | None = None,
    speaker_ids: Sequence[int] = (),
    **columns: Any,
) -> Session:
    """Plan an activity at a time and place of its event.

    A room or speaker that is busy then refuses; *columns* are the session's own.
    """
    activity = db.session.get_one(Activity, activity_id)
    event = db.session.get_one(Event, activity.event_id)
    if refusal := rules.refuse_times(starts_at, ends_at):
        raise Refused(refusal)
    _refuse_taken_room(room_id, starts_at, ends_at)
    row = Session(
        event_id=event.id,
        activity_id=activity_id,
        day_id=_day(event, starts_at),
        room_id=room_id,
        starts_at=starts_at,
        ends_at=ends_at,
        **columns,
    )
    db.session.add(row)
    db.session.flush()
    _name_speakers(row, activity, speaker_ids)
    events.touch(event.id)
    record(SessionAdded(event_id=event.id, subject=f"session:{row.id}", session_id=row.id))
    return row


@atomic
def plan_session(
    event_id: int,
    now: datetime,
    *,
    title: Mapping[str, str],
    abstract: Mapping[str, str] | None = None,
    kind: Kind = Kind.OTHER,
    **columns: Any,
) -> Session:
    """Offer something new and plan its first session; *columns* are those of `add_session`."""
    activity = add_activity(event_id, title=title, abstract=abstract, kind=kind)
    return add_session(activity.id, now, **columns)


@atomic
def move_session(
    session_id: int,
    now: datetime,
    *,
    starts_at: datetime,
    ends_at: datetime,
    room_id: int | None,
) -> Session:
    """Give a session another time or room, unless room or speaker is busy then."""
    session = _locked(session_id)
    if session.state is SessionState.CANCELLED:
        raise Refused(ProgrammeRefusal.CANCELLED)
    if refusal := rules.refuse_times(starts_at, ends_at):
        raise Refused(refusal)
    _refuse_taken_room(room_id, starts_at, ends_at, besides=session_id)
    _refuse_busy_speakers(session, starts_at, ends_at)
    moved = SessionMoved(
        event_id=session.event_id,
        subject=f"session:{session_id}",
        session_id=session_id,
        old_starts_at=session.starts_at.isoformat(),
        old_ends_at=session.ends_at.isoformat(),
        old_room_id=session.room_id,
        starts_at=starts_at.isoformat(),
        ends_at=ends_at.isoformat(),
        room_id=room_id,
    )
    event = db.session.get_one(Event, session.event_id)
    session.day_id = _day(event, starts_at)
    session.starts_at, session.ends_at, session.room_id = starts_at, ends_at, room_id
    _changed(session)
    directory.shift(f"session:{session_id}", starts_at, ends_at, _venue_of(room_id))
    record(moved)
    return session


@atomic
def change_session(
    session_id: int,
    now: datetime,
    *,
    activity: Mapping[str, Any] | None = None,
    **columns: Any,
) -> Session:
    """Replace columns of a session and of its *activity*; time and room go by `move_session`.

    The capacity may not fall below the seats already given.
    """
    session = _locked(session_id)
    if "capacity" in columns:
        _refuse_low_capacity(session, columns["capacity"])
        _record_capacity(session, columns["capacity"])
    for column, value in columns.items():
        setattr(session, column, value)
    for column, value in (activity or {}).items():
        setattr(session.activity, column, value)
    _changed(session)
    record(
        SessionChanged(
            event_id=session.event_id,
            subject=f"session:{session_id}",
            session_id=session_id,
            columns=sorted({*columns, *(activity or {})}),
        )
    )
    return session


@atomic
def edit_session(
    session_id: int,
    now: datetime,
    *,
    expected: Collection[int] | None = None,
    activity: Mapping[str, Any] | None = None,
    **columns: Any,
) -> Session:
    """Change time, place and all else of a session in one step; what is the same stays untouched.

    *expected* are versions read before: raises `Stale` when it has another one by now. Where
    full presence credited the session's whole length, it does so after the move too.
    """
    session = _locked(session_id)
    refuse_stale(session.version, expected)
    if columns.get("sign_up") is SignUpRule.NONE and session.confirmed + session.waiting:
        raise Refused(ProgrammeRefusal.IN_USE)
    place = {name: columns.pop(name, getattr(session, name)) for name in _PLACE}
    whole = session.support_minutes == rules.support_minutes(session)
    if _differing(session, place):
        move_session(session_id, now, **place)
        if whole:
            columns.setdefault("support_minutes", rules.support_minutes(session))
    own = _differing(session, columns)
    words = _differing(session.activity, activity or {})
    if own or words:
        change_session(session_id, now, activity=words, **own)
    return session


_PLACE = ("starts_at", "ends_at", "room_id")


def _differing(row: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if getattr(row, name) != value}


@atomic
def change_speakers(session_id: int, speaker_ids: Sequence[int], now: datetime) -> Session:
    """Let other people speak in a session, unless one of them is busy then."""
    session = _locked(session_id)
    old = [named.speaker_id for named in session.speakers]
    directory.free_all_of_kind(f"session:{session_id}", CommitmentKind.SPEAKING)
    db.session.execute(delete(SessionSpeaker).where(SessionSpeaker.session_id == session_id))
    _name_speakers(session, session.activity, speaker_ids)
    _changed(session)
    record(
        SpeakersChanged(
            event_id=session.event_id,
            subject=f"session:{session_id}",
            session_id=session_id,
            old=old,
            new=list(speaker_ids),
        )
    )
    return session


@atomic
def cancel_session(
    session_id: int, now: datetime, *, expected: Collection[int] | None = None
) -> Session:
    """Call a session off; everybody who had a seat or waited is let go by the reactions.

    *expected* are versions read before: raises `Stale` when it has another one by now.
    """
    session = _locked(session_id)
    refuse_stale(session.version, expected)
    if session.state is SessionState.CANCELLED:
        return session
    session.state = SessionState.CANCELLED
    _changed(session)
    record(
        SessionCancelled(
            event_id=session.event_id, subject=f"session:{session_id}", session_id=session_id
        )
    )
    directory.free_all(f"session:{session_id}")
    return session


@atomic
def add_speaker(
    event_id: int,
    person_id: int,
    *,
    bio: Mapping[str, str] | None = None,
    topics: Sequence[Any] = (),
    ref: str | None = None,
) -> Speaker:
    """Let a person speak at an event."""
    row = Speaker(
        event_id=event_id, person_id=person_id, bio=dict(bio or {}), topics=list(topics), ref=ref
    )
    db.session.add(row)
    db.session.flush()
    return row


@atomic
def add_break(
    event_id: int,
    *,
    starts_at: datetime,
    ends_at: datetime,
    title: Mapping[str, str],
    room_id: int | None = None,
    ref: str | None = None,
) -> Break:
    """Plan a break."""
    if refusal := rules.refuse_times(starts_at, ends_at):
        raise Refused(refusal)
    row = Break(
        event_id=event_id,
        day_id=_day(db.session.get_one(Event, event_id), starts_at),
        starts_at=starts_at,
        ends_at=ends_at,
        title=dict(title),
        room_id=room_id,
        ref=ref,
    )
    db.session.add(row)
    db.session.flush()
    events.touch(event_id)
    return row


def _locked(session_id: int) -> Session:
    # The row lock keeps sign-ups out while the session changes under them.
    db.session.execute(select(Session.id).where(Session.id == session_id).with_for_update())
    session = queries.session(session_id)
    if session is None:
        raise LookupError(f"no session {session_id}")
    return session


def _changed(session: Session) -> None:
    session.version += 1
    events.touch(session.event_id)


def _day(event: Event, starts_at: datetime) -> int:
    local = starts_at.astimezone(ZoneInfo(event.timezone)).date()
    for day in frame.days(event.id):
        if day.date == local:
            return day.id
    raise Refused(ProgrammeRefusal.OUTSIDE_EVENT)


def _refuse_taken_room(
    room_id: int | None, starts_at: datetime, ends_at: datetime, *, besides: int | None = None
) -> None:
    if room_id is None:
        return
    other = queries.in_room(room_id, starts_at, ends_at, besides=besides)
    if other is not None:
        taken_by = {"title": other.activity.title, "session": str(other.id)}
        raise Refused(ProgrammeRefusal.ROOM_TAKEN, **taken_by)


def _refuse_busy_speakers(session: Session, starts_at: datetime, ends_at: datetime) -> None:
    for named in session.speakers:
        _refuse_busy(named.speaker.person, session.id, starts_at, ends_at)


def _refuse_busy(person: Person, session_id: int, starts_at: datetime, ends_at: datetime) -> None:
    busy = people.clashes(person.id, starts_at, ends_at, besides=f"session:{session_id}")
    if busy:
        name = text.full_name("", person.first_name, person.last_name)
        raise Refused(ProgrammeRefusal.SPEAKER_BUSY, name=name, title=busy[0].label)


def _name_speakers(session: Session, activity: Activity, speaker_ids: Sequence[int]) -> None:
    for position, speaker_id in enumerate(speaker_ids):
        speaker = queries.speaker(speaker_id)
        if speaker is None:
            raise LookupError(f"no speaker {speaker_id}")
        _refuse_busy(speaker.person, session.id, session.starts_at, session.ends_at)
        db.session.add(
            SessionSpeaker(session_id=session.id, speaker_id=speaker_id, position=position)
        )
        directory.commit(
            speaker.person_id,
            session.event_id,
            CommitmentKind.SPEAKING,
            f"session:{session.id}",
            activity.title,
            session.starts_at,
            session.ends_at,
            venue_id=_venue_of(session.room_id),
        )
    db.session.flush()


def _venue_of(room_id: int | None) -> int | None:
    if room_id is None:
        return None
    room = frame.room(room_id)
    return room.venue_id if room is not None else None


def _refuse_low_capacity(session: Session, capacity: int | None) -> None:
    if capacity is not None and capacity < session.confirmed:
        raise Refused(ProgrammeRefusal.CAPACITY_BELOW_CONFIRMED, confirmed=session.confirmed)


def _record_capacity(session: Session, capacity: int | None) -> None:
    record(
        CapacityChanged(
            event_id=session.event_id,
            subject=f"session:{session.id}",
            session_id=session.id,
            old=session.capacity,
            new=capacity,
        )
    )
