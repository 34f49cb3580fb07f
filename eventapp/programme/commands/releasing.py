"""Showing the draft to everybody: all that differs, in one step, under the next number."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from eventapp.events import commands as events
from eventapp.events.models import Event, EventState
from eventapp.kernel import facts
from eventapp.kernel.db import atomic, db
from eventapp.kernel.facts import record
from eventapp.kernel.refusal import Refused
from eventapp.programme import queries, rules
from eventapp.programme.commands import breaks, steps
from eventapp.programme.commands.facts import ProgrammeReleased, SessionAdded
from eventapp.programme.commands.telling import tell_speakers
from eventapp.programme.models import (
    RELEASED,
    Acknowledgement,
    Break,
    Kind,
    Release,
    Session,
    SessionState,
    SignUpRule,
)
from eventapp.programme.rules import ProgrammeRefusal, releases
from eventapp.programme.rules.diagnostics import Finding, Severity
from eventapp.programme.rules.planned import (
    OWN,
    PLACE,
    SPEAKERS,
    WORDS,
    Planned,
    current,
    current_break,
    planned,
)
from eventapp.programme.rules.releases import Change, Difference


@atomic
def release(
    event_id: int, now: datetime, *, seen: str | None = None, note: Mapping[str, str] | None = None
) -> Release:
    """Show the draft to everybody; an event that was hidden so far becomes visible with it.

    *seen* is the digest of the differences that the planner has looked at: refused when they are
    others by now. Refused also while errors are left that nobody has acknowledged.
    """
    event = db.session.get_one(
        Event, event_id, with_for_update={"key_share": True}, populate_existing=True
    )
    rows: list[Session | Break] = [*queries.plan_locked(event_id), *queries.breaks_locked(event_id)]
    changed = [(row, one) for row in rows if (one := queries.change_of(row)) is not None]
    differences = [one for _row, one in changed]
    _refuse(event, differences, seen)
    for row, one in changed:
        if isinstance(row, Session):
            _apply(row, one)
        else:
            breaks.apply(row, one)
    if event.state is EventState.DRAFT:
        events.publish_event(event_id, now)
    made = _kept(event_id, differences, now, note or {})
    tell_speakers(event_id, made.id)
    return made


def _refuse(event: Event, differences: Sequence[Difference], seen: str | None) -> None:
    if seen is not None and seen != releases.digest(differences):
        raise Refused(ProgrammeRefusal.DRAFT_CHANGED)
    if not differences and event.state is not EventState.DRAFT:
        raise Refused(ProgrammeRefusal.NOTHING_TO_RELEASE)
    left = [one for one in queries.findings(event) if is_blocking(one)]
    if left:
        raise Refused(ProgrammeRefusal.ERRORS_LEFT, count=len(left))


def is_blocking(finding: queries.Judged) -> bool:
    """Tell whether a finding stands in the way of a release."""
    return finding.finding.severity is Severity.ERROR and finding.reason is None


def _apply(row: Session, one: Difference) -> None:
    """Make what the draft says about one session true; the diagnostics have judged the whole."""
    after = planned(row)
    row.staged = None
    row.activity.staged = None
    if one.change is Change.CANCELLED:
        steps.call_off(row)
    elif one.before is None:
        _introduce(row, after)
    else:
        _bring_up(row, after, one.columns)
    db.session.flush()


def _introduce(row: Session, after: Planned) -> None:
    row.state = SessionState.SCHEDULED
    row.support_minutes = rules.support_minutes(row)
    _speak_as(row, after)
    steps.changed(row)
    record(SessionAdded(event_id=row.event_id, subject=steps.subject(row), session_id=row.id))


def _bring_up(row: Session, after: Planned, columns: Sequence[str]) -> None:
    whole = row.support_minutes == rules.support_minutes(row)
    own = {name: _typed(name, getattr(after, name)) for name in OWN if name in columns}
    words = {name: _typed(name, getattr(after, name)) for name in WORDS if name in columns}
    if not set(PLACE).isdisjoint(columns):
        steps.place(row, starts_at=after.starts_at, ends_at=after.ends_at, room_id=after.room_id)
    others = {name: value for name, value in own.items() if name not in PLACE}
    if others or words:
        steps.alter(row, others, words)
    if whole:
        # Full presence goes on crediting the session's whole length.
        row.support_minutes = rules.support_minutes(row)
    if SPEAKERS in columns:
        steps.replace_speakers(row, after.speaker_ids)


def _speak_as(row: Session, after: Planned) -> None:
    steps.unname_speakers(row)
    steps.name_speakers(row, after.speaker_ids)


def _typed(name: str, value: Any) -> Any:
    kinds = {"sign_up": SignUpRule, "kind": Kind, "topics": list}
    return kinds[name](value) if name in kinds else value


# --- what is kept -----------------------------------------------------------------------------


def _kept(
    event_id: int, differences: Sequence[Difference], now: datetime, note: Mapping[str, str]
) -> Release:
    number = 1 + (db.session.scalar(_last_number(event_id)) or 0)
    rooms, names = queries.room_names(event_id), queries.speaker_names(event_id)
    held = [row for row in queries.plan_locked(event_id) if row.state in RELEASED]
    row = Release(
        event_id=event_id,
        number=number,
        released_at=now,
        actor=facts.actor(),
        note=dict(note),
        content=[releases.shown(current(one), rooms, names) for one in held]
        + [releases.shown_break(current_break(one), rooms) for one in queries.breaks(event_id)],
        differences=[releases.told(one, rooms, names) for one in differences],
    )
    db.session.add(row)
    db.session.flush()
    record(ProgrammeReleased(event_id=event_id, subject=f"event:{event_id}", number=number))
    return row


def _last_number(event_id: int) -> Any:
    return select(func.max(Release.number)).where(Release.event_id == event_id)


# --- findings ---------------------------------------------------------------------------------


@atomic
def acknowledge(event_id: int, finding: Finding, reason: str, now: datetime) -> Acknowledgement:
    """Let a finding stand, for a reason that everybody who plans can read."""
    row = queries.acknowledgement(event_id, finding.key)
    if row is None:
        row = Acknowledgement(event_id=event_id, key=finding.key)
        db.session.add(row)
    row.reason, row.actor, row.at = reason, facts.actor(), now
    db.session.flush()
    return row


@atomic
def take_up_again(event_id: int, key: str) -> None:
    """Let a finding stand in the way again that was acknowledged."""
    row = queries.acknowledgement(event_id, key)
    if row is not None:
        db.session.delete(row)
