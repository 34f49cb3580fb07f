"""Edits of the working draft: nobody but planners sees them before a release.

Of a released session only what the draft says otherwise is kept, beside its columns. A session
that was never released has no readers: its columns are the draft. Every edit is noted with the
values before and after, so that it can be undone.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select

from eventapp.kernel import journal
from eventapp.kernel.db import atomic, db
from eventapp.kernel.facts import record
from eventapp.kernel.journal import Keeper, UndoRefusal
from eventapp.kernel.refusal import Refused
from eventapp.programme import queries, rules
from eventapp.programme.commands import breaks, staging, steps
from eventapp.programme.commands.facts import ActivityForgotten, ActivityNoted
from eventapp.programme.models import (
    RELEASED,
    Activity,
    Kind,
    Session,
    SessionSpeaker,
    SessionState,
    SignUpRule,
)
from eventapp.programme.rules import ProgrammeRefusal, appointments
from eventapp.programme.rules.planned import (
    CANCELLED,
    DRAFT,
    OWN,
    REMOVED,
    SPEAKERS,
    WORDS,
    current,
    decode,
    planned,
    planned_title,
    values_of,
)

_OF_PLACES = ("appointment_minutes", "starts_at", "ends_at", "sign_up", SPEAKERS)


@atomic
def draft_session(
    event_id: int,
    now: datetime,
    *,
    title: Mapping[str, str],
    starts_at: datetime,
    ends_at: datetime,
    **values: Any,
) -> Session:
    """Plan something new; *values* are further names of `planned.EDITABLE`."""
    activity = Activity(event_id=event_id, title=dict(title), abstract={}, kind=Kind.OTHER)
    db.session.add(activity)
    db.session.flush()
    return _draft(activity, starts_at, ends_at, {"title": dict(title), **values})


@atomic
def draft_again(
    activity_id: int, now: datetime, *, starts_at: datetime, ends_at: datetime, **values: Any
) -> Session:
    """Plan one more session of what is offered already."""
    activity = db.session.get_one(Activity, activity_id)
    return _draft(activity, starts_at, ends_at, values)


def _draft(
    activity: Activity, starts_at: datetime, ends_at: datetime, values: dict[str, Any]
) -> Session:
    if refusal := rules.refuse_times(starts_at, ends_at):
        raise Refused(refusal)
    row = Session(
        event_id=activity.event_id,
        activity_id=activity.id,
        day_id=steps.day_of(activity.event_id, starts_at),
        starts_at=starts_at,
        ends_at=ends_at,
        state=SessionState.DRAFT,
    )
    db.session.add(row)
    db.session.flush()
    row = steps.locked(row.id)
    values = _with_places(row, values)
    _refuse(row, values)
    _set(row, values)
    values = values_of(planned(row))
    journal.note(row.event_id, steps.subject(row), {**values, "state": REMOVED}, values)
    return row


@atomic
def note_down(event_id: int, now: datetime, *, title: Mapping[str, str], kind: Kind) -> Activity:
    """Keep in mind what is to be held; when and where is open."""
    row = Activity(event_id=event_id, title=dict(title), abstract={}, kind=kind, wanted=True)
    db.session.add(row)
    db.session.flush()
    subject = f"activity:{row.id}"
    record(ActivityNoted(event_id=event_id, subject=subject, title=dict(title)))
    return row


@atomic
def put_in(
    activity_id: int, now: datetime, *, starts_at: datetime, minutes: int, room_id: int | None
) -> Session:
    """Plan a session of what is not in the plan.

    One that was taken out of it comes back with all that it said but time and room. Refused
    while a session of it is in the plan. Raises LookupError where there is no such activity.
    """
    _out_of_plan(activity_id)
    ends_at = starts_at + timedelta(minutes=minutes)
    query = select(Session.id).where(
        Session.activity_id == activity_id, Session.state == SessionState.REMOVED
    )
    taken_out = db.session.scalar(query.order_by(Session.id.desc()).limit(1))
    if taken_out is not None:
        return edit_draft(
            taken_out, now, state=DRAFT, starts_at=starts_at, ends_at=ends_at, room_id=room_id
        )
    return draft_again(activity_id, now, starts_at=starts_at, ends_at=ends_at, room_id=room_id)


@atomic
def forget(activity_id: int, now: datetime) -> None:
    """Drop what is not in the plan, with the sessions that were taken out of it.

    Refused while a session of it is in the plan. Raises LookupError where there is no such
    activity.
    """
    row = _out_of_plan(activity_id)
    sessions = select(Session.id).where(Session.activity_id == activity_id)
    record(
        ActivityForgotten(
            event_id=row.event_id, subject=f"activity:{row.id}", title=dict(planned_title(row))
        )
    )
    db.session.execute(delete(SessionSpeaker).where(SessionSpeaker.session_id.in_(sessions)))
    db.session.execute(delete(Session).where(Session.activity_id == activity_id))
    db.session.execute(delete(Activity).where(Activity.id == activity_id))


def _out_of_plan(activity_id: int) -> Activity:
    """Take what no session in the plan holds for this transaction."""
    taken = select(Activity).where(Activity.id == activity_id).with_for_update()
    row = db.session.scalar(taken)
    if row is None:
        raise LookupError(f"no activity {activity_id}")
    held = select(Session.id).where(
        Session.activity_id == activity_id, Session.state != SessionState.REMOVED
    )
    if db.session.scalar(held.limit(1)) is not None:
        raise Refused(ProgrammeRefusal.IN_THE_PLAN)
    return row


@atomic
def edit_draft(
    session_id: int, now: datetime, *, expected: int | None = None, **values: Any
) -> Session:
    """Let the draft say otherwise about a session; *values* are names of `planned.EDITABLE`.

    *expected* is the `plan_version` that the editor has read: refused when somebody else has
    edited the session since.
    """
    row = steps.locked(session_id)
    if expected is not None and row.plan_version != expected:
        raise Refused(ProgrammeRefusal.SESSION_STALE)
    if row.state is SessionState.CANCELLED:
        raise Refused(ProgrammeRefusal.CANCELLED)
    before = planned(row)
    starts_at = values.get("starts_at", before.starts_at)
    if refusal := rules.refuse_times(starts_at, values.get("ends_at", before.ends_at)):
        raise Refused(refusal)
    values = _with_places(row, values)
    _refuse(row, values)
    _set(row, values)
    journal.note(row.event_id, steps.subject(row), values_of(before), values_of(planned(row)))
    return row


@atomic
def shift_draft(
    session_id: int,
    now: datetime,
    *,
    starts_at: datetime,
    room_id: int | None,
    minutes: int | None = None,
    expected: int | None = None,
) -> Session:
    """Let the draft hold a session at another time or in another room.

    Its length stays where no *minutes* are given.
    """
    before = planned(steps.locked(session_id))
    length = timedelta(minutes=minutes) if minutes else before.ends_at - before.starts_at
    ends_at = starts_at + length
    return edit_draft(
        session_id, now, expected=expected, starts_at=starts_at, ends_at=ends_at, room_id=room_id
    )


@atomic
def drop_session(session_id: int, now: datetime, *, expected: int | None = None) -> Session:
    """Take a session out of the draft: one that was released is going to be called off."""
    row = steps.locked(session_id)
    state = CANCELLED if row.state in RELEASED else REMOVED
    row.activity.wanted = True
    return edit_draft(session_id, now, expected=expected, state=state)


@atomic
def discard_draft(event_id: int, now: datetime) -> int:
    """Let the draft say again what was released last; return how much of it changes."""
    rows = [row for row in queries.plan_locked(event_id) if not _is_as_released(row)]
    for row in rows:
        released = values_of(current(row))
        edit_draft(row.id, now, **decode(released | {"state": _released_state(row)}))
    pauses = [row for row in queries.breaks_locked(event_id) if queries.differences_of([row])]
    for pause in pauses:
        breaks.discard(pause, now)
    return len(rows) + len(pauses)


def _is_as_released(row: Session) -> bool:
    return planned(row) == current(row) and row.state in RELEASED


def _released_state(row: Session) -> str:
    return row.state.value if row.state in RELEASED else REMOVED


# --- steps ------------------------------------------------------------------------------------


def _refuse(row: Session, values: Mapping[str, Any]) -> None:
    """Refuse what could never be released; whatever else is wrong, the diagnostics say."""
    staging.refuse_place(row, values)
    if "capacity" in values and row.state in RELEASED:
        steps.refuse_low_capacity(row, values["capacity"])
    if values.get("sign_up") == SignUpRule.NONE and row.confirmed + row.waiting:
        raise Refused(ProgrammeRefusal.IN_USE)
    if not set(values.get(SPEAKERS, ())) <= queries.speaker_ids(row.event_id):
        raise Refused(ProgrammeRefusal.UNKNOWN_SPEAKER)


def _with_places(row: Session, values: dict[str, Any]) -> dict[str, Any]:
    """Return the same where advice has a place for each appointment, and is signed up for."""
    before = planned(row)
    shall = {name: values.get(name, getattr(before, name)) for name in _OF_PLACES}
    minutes = shall["appointment_minutes"]
    if minutes is None:
        return values
    advisers = len(shall[SPEAKERS])
    places = appointments.count(shall["starts_at"], shall["ends_at"], minutes, advisers)
    signed = SignUpRule.REQUIRED if shall["sign_up"] == SignUpRule.NONE else shall["sign_up"]
    return {**values, "capacity": places, "sign_up": signed}


def _set(row: Session, values: Mapping[str, Any]) -> None:
    own = {name: values[name] for name in OWN if name in values}
    if row.state in RELEASED:
        row.staged = staging.staged(row, own)
    else:
        staging.write_draft(row, own)
    if SPEAKERS in values:
        named = [speaker.speaker_id for speaker in row.speakers]
        wanted = list(values[SPEAKERS])
        others = {name: kept for name, kept in (row.staged or {}).items() if name != SPEAKERS}
        row.staged = (others if named == wanted else {**others, SPEAKERS: wanted}) or None
    words = {name: values[name] for name in WORDS if name in values}
    if _is_known(row.activity):
        row.activity.staged = staging.staged(row.activity, words)
    else:
        staging.write(row.activity, words)
    row.plan_version += 1
    db.session.flush()


def _is_known(activity: Activity) -> bool:
    query = select(func.count()).select_from(Session)
    query = query.where(Session.activity_id == activity.id, Session.state.in_(RELEASED))
    return bool(db.session.scalar(query))


# --- undo -------------------------------------------------------------------------------------


def _values(session_id: int) -> Mapping[str, Any] | None:
    try:
        return values_of(planned(steps.locked(session_id)))
    except LookupError:  # forgotten with its activity
        return None


def _restore(session_id: int, values: Mapping[str, Any] | None, now: datetime) -> None:
    if queries.any_session(session_id) is None:
        raise Refused(UndoRefusal.BUILT_UPON)
    row = steps.locked(session_id)
    wished = decode(values or {})
    # Whoever had a place was let go, and whoever reads the programme has seen it.
    called_off = row.state is SessionState.CANCELLED
    if called_off or (row.state in RELEASED and wished.get("state") in {DRAFT, REMOVED}):
        raise Refused(UndoRefusal.BUILT_UPON)
    _refuse(row, wished)
    _set(row, wished)


KEEPER = Keeper(values=_values, restore=_restore)


@atomic
def bring_back(session_id: int, now: datetime) -> Session:
    """Let the draft hold a session again that was taken out of it."""
    row = steps.locked(session_id)
    state = row.state.value if row.state in RELEASED else DRAFT
    return edit_draft(session_id, now, state=state)
