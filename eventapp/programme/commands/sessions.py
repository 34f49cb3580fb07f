"""Changes that hold at once: by program, by a loaded file, at a table on the day itself.

Those who lead a session are told of them once they have settled, as participants are.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from eventapp.directory.models import Person
from eventapp.events import commands as events
from eventapp.kernel import i18n
from eventapp.kernel.db import atomic, db
from eventapp.kernel.facts import record
from eventapp.kernel.refusal import Refused, refuse_stale
from eventapp.programme import queries, rules
from eventapp.programme.commands import steps, telling
from eventapp.programme.commands.facts import SessionAdded
from eventapp.programme.models import (
    Activity,
    Kind,
    Session,
    SessionState,
    SignUpRule,
    Speaker,
)
from eventapp.programme.rules import ProgrammeRefusal


@atomic
def add_activity(
    event_id: int,
    *,
    title: Mapping[str, str],
    abstract: Mapping[str, str] | None = None,
    kind: Kind = Kind.OTHER,
    language: str = "pl",
    topics: Sequence[Any] = (),
) -> Activity:
    """Offer something new at an event."""
    row = Activity(
        event_id=event_id,
        title=dict(title),
        abstract=dict(abstract or {}),
        kind=kind,
        language=language,
        topics=list(topics),
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
    if refusal := rules.refuse_times(starts_at, ends_at):
        raise Refused(refusal)
    steps.refuse_taken_room(room_id, starts_at, ends_at)
    row = Session(
        event_id=activity.event_id,
        activity_id=activity_id,
        day_id=steps.day_of(activity.event_id, starts_at),
        room_id=room_id,
        starts_at=starts_at,
        ends_at=ends_at,
        **columns,
    )
    row.activity = activity
    db.session.add(row)
    db.session.flush()
    steps.refuse_busy(_people(speaker_ids), row, (starts_at, ends_at))
    steps.name_speakers(row, speaker_ids)
    steps.fit_appointments(row, len(speaker_ids))
    events.touch(row.event_id)
    record(SessionAdded(event_id=row.event_id, subject=steps.subject(row), session_id=row.id))
    return row


@atomic
def plan_session(
    event_id: int,
    now: datetime,
    *,
    title: Mapping[str, str],
    abstract: Mapping[str, str] | None = None,
    kind: Kind = Kind.OTHER,
    topics: Sequence[Any] = (),
    **columns: Any,
) -> Session:
    """Offer something new and plan its first session; *columns* are those of `add_session`."""
    activity = add_activity(event_id, title=title, abstract=abstract, kind=kind, topics=topics)
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
    session = steps.locked(session_id)
    if session.state is SessionState.CANCELLED:
        raise Refused(ProgrammeRefusal.CANCELLED)
    if refusal := rules.refuse_times(starts_at, ends_at):
        raise Refused(refusal)
    steps.refuse_taken_room(room_id, starts_at, ends_at, besides=session_id)
    speakers = [named.speaker.person for named in session.speakers]
    steps.refuse_busy(speakers, session, (starts_at, ends_at))
    telling.expect_edit(session, {}, now)
    steps.place(session, starts_at=starts_at, ends_at=ends_at, room_id=room_id)
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
    session = steps.locked(session_id)
    telling.expect_edit(session, activity or {}, now)
    steps.alter(session, columns, activity or {})
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
    session = steps.locked(session_id)
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
def overbook(session_id: int, percent: int, now: datetime) -> Session:
    """Let so many percent more than its seats have a place; not fewer than have one already."""
    session = steps.locked(session_id)
    if percent == session.overbooking_percent:
        return session
    limit = rules.own_capacity(session)
    if limit is not None and rules.overbooked(limit, percent) < session.confirmed:
        raise Refused(ProgrammeRefusal.CAPACITY_BELOW_CONFIRMED, confirmed=session.confirmed)
    steps.alter(session, {"overbooking_percent": percent}, {})
    return session


@atomic
def change_speakers(session_id: int, speaker_ids: Sequence[int], now: datetime) -> Session:
    """Let other people speak in a session, unless one of them is busy then."""
    session = steps.locked(session_id)
    steps.refuse_busy(_people(speaker_ids), session, (session.starts_at, session.ends_at))
    steps.replace_speakers(session, speaker_ids)
    return session


@atomic
def cancel_session(
    session_id: int, now: datetime, *, expected: Collection[int] | None = None
) -> Session:
    """Call a session off; everybody who had a seat or waited is let go by the reactions.

    *expected* are versions read before: raises `Stale` when it has another one by now.
    """
    session = steps.locked(session_id)
    refuse_stale(session.version, expected)
    if session.state is SessionState.CANCELLED:
        return session
    telling.expect_edit(session, {}, now)
    steps.call_off(session)
    return session


@atomic
def add_speaker(
    event_id: int,
    person_id: int,
    *,
    bio: Mapping[str, str] | None = None,
    topics: Sequence[Any] = (),
    ref: str | None = None,
    locale: str = i18n.DEFAULT,
) -> Speaker:
    """Let a person speak at an event."""
    row = Speaker(
        event_id=event_id,
        person_id=person_id,
        bio=dict(bio or {}),
        topics=list(topics),
        ref=ref,
        locale=locale,
    )
    db.session.add(row)
    db.session.flush()
    return row


def _people(speaker_ids: Sequence[int]) -> list[Person]:
    speakers = [queries.speaker(speaker_id) for speaker_id in speaker_ids]
    return [speaker.person for speaker in speakers if speaker is not None]


def follow_renamed(fact: events.PlaceRenamed) -> None:
    """Let the sessions of a place that is called otherwise be another version of themselves."""
    for session_id in queries.sessions_in(fact.room_ids):
        steps.locked(session_id).version += 1
    db.session.flush()
