"""Breaks: when everybody drinks coffee or eats.

Planners edit them in the draft, as they do sessions; programs and loaded files at once.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from eventapp.events import commands as events
from eventapp.kernel import journal
from eventapp.kernel.db import atomic, db
from eventapp.kernel.facts import record
from eventapp.kernel.journal import Keeper, UndoRefusal
from eventapp.kernel.refusal import Refused, refuse_stale
from eventapp.programme import queries, rules
from eventapp.programme.commands import staging, steps
from eventapp.programme.commands.facts import BreakAdded, BreakCancelled, BreakChanged
from eventapp.programme.models import RELEASED, Break, SessionState
from eventapp.programme.rules import ProgrammeRefusal
from eventapp.programme.rules.planned import (
    CANCELLED,
    DRAFT,
    REMOVED,
    current_break,
    decode,
    planned_break,
    values_of,
)
from eventapp.programme.rules.releases import Change, Difference

# --- in the draft -----------------------------------------------------------------------------


@atomic
def draft_break(
    event_id: int,
    now: datetime,
    *,
    starts_at: datetime,
    ends_at: datetime,
    title: Mapping[str, str],
    room_id: int | None = None,
) -> Break:
    """Plan a break; nobody but planners sees it before a release."""
    row = _made(event_id, SessionState.DRAFT, starts_at, ends_at, title=title, room_id=room_id)
    values = values_of(planned_break(row))
    journal.note(event_id, _subject(row), {**values, "state": REMOVED}, values)
    return row


@atomic
def edit_break(
    break_id: int, now: datetime, *, expected: int | None = None, **values: Any
) -> Break:
    """Let the draft say otherwise about a break; *values* are names of `planned.BREAK`.

    *expected* is the `plan_version` that the editor has read: refused when somebody else has
    edited the break since.
    """
    row = _locked(break_id)
    if expected is not None and row.plan_version != expected:
        raise Refused(ProgrammeRefusal.BREAK_STALE)
    if row.state is SessionState.CANCELLED:
        raise Refused(ProgrammeRefusal.BREAK_REMOVED)
    before = planned_break(row)
    starts_at = values.get("starts_at", before.starts_at)
    if refusal := rules.refuse_times(starts_at, values.get("ends_at", before.ends_at)):
        raise Refused(refusal)
    staging.refuse_place(row, values)
    _set(row, values)
    after = values_of(planned_break(row))
    journal.note(row.event_id, _subject(row), values_of(before), after)
    return row


@atomic
def drop_break(break_id: int, now: datetime) -> Break:
    """Take a break out of the draft: one that was released goes with the next release."""
    state = CANCELLED if _locked(break_id).state in RELEASED else REMOVED
    return edit_break(break_id, now, state=state)


@atomic
def keep_break(break_id: int, now: datetime) -> Break:
    """Let the draft hold a break again that was taken out of it."""
    row = _locked(break_id)
    return edit_break(break_id, now, state=row.state.value if row.state in RELEASED else DRAFT)


def discard(row: Break, now: datetime) -> None:
    """Let the draft say of a break again what was released last."""
    released = values_of(current_break(row))
    state = row.state.value if row.state in RELEASED else REMOVED
    edit_break(row.id, now, **decode(released | {"state": state}))


def _set(row: Break, values: Mapping[str, Any]) -> None:
    if row.state in RELEASED:
        row.staged = staging.staged(row, values)
    else:
        staging.write_draft(row, values)
    row.plan_version += 1
    db.session.flush()


# --- at once, and by a release ----------------------------------------------------------------


@atomic
def add_break(
    event_id: int,
    now: datetime,
    *,
    starts_at: datetime,
    ends_at: datetime,
    title: Mapping[str, str],
    room_id: int | None = None,
    ref: str | None = None,
) -> Break:
    """Plan a break that everybody sees at once."""
    state = SessionState.SCHEDULED
    row = _made(event_id, state, starts_at, ends_at, title=title, room_id=room_id, ref=ref)
    _tell(row, BreakAdded)
    return row


@atomic
def change_break(
    break_id: int, now: datetime, *, expected: Collection[int] | None = None, **columns: Any
) -> Break:
    """Give a break another time, room or name at once.

    *expected* are versions read before: raises `Stale` when it has another one by now.
    """
    row = _locked(break_id)
    refuse_stale(row.version, expected)
    if row.state is SessionState.CANCELLED:
        raise Refused(ProgrammeRefusal.BREAK_REMOVED)
    starts_at, ends_at = (
        columns.get(name, getattr(row, name)) for name in ("starts_at", "ends_at")
    )
    if refusal := rules.refuse_times(starts_at, ends_at):
        raise Refused(refusal)
    staging.refuse_place(row, columns)
    _bring_up(row, columns)
    return row


@atomic
def cancel_break(break_id: int, now: datetime, *, expected: Collection[int] | None = None) -> Break:
    """Let a break not happen, at once; *expected* as in `change_break`."""
    row = _locked(break_id)
    refuse_stale(row.version, expected)
    if row.state is not SessionState.CANCELLED:
        _call_off(row)
    return row


def apply(row: Break, one: Difference) -> None:
    """Make what the draft says about one break true."""
    row.staged = None
    if one.change is Change.CANCELLED:
        _call_off(row)
    elif one.before is None:
        row.state = SessionState.SCHEDULED
        _tell(row, BreakAdded)
    else:
        _bring_up(row, {name: getattr(one.after, name) for name in one.columns})


def _bring_up(row: Break, columns: Mapping[str, Any]) -> None:
    staging.write(row, columns)
    row.day_id = steps.day_of(row.event_id, row.starts_at)
    _tell(row, BreakChanged)


def _call_off(row: Break) -> None:
    row.state = SessionState.CANCELLED
    _tell(row, BreakCancelled)


def _tell(row: Break, fact: type[BreakAdded | BreakChanged | BreakCancelled]) -> None:
    row.version += 1
    events.touch(row.event_id)
    record(fact(event_id=row.event_id, subject=_subject(row), break_id=row.id))


# --- steps ------------------------------------------------------------------------------------


def _made(
    event_id: int, state: SessionState, starts_at: datetime, ends_at: datetime, **columns: Any
) -> Break:
    if refusal := rules.refuse_times(starts_at, ends_at):
        raise Refused(refusal)
    row = Break(
        event_id=event_id,
        day_id=steps.day_of(event_id, starts_at),
        starts_at=starts_at,
        ends_at=ends_at,
        state=state,
        **columns,
    )
    staging.refuse_place(row, columns)
    db.session.add(row)
    db.session.flush()
    return row


def _locked(break_id: int) -> Break:
    db.session.flush()  # reading anew must not undo what was changed here
    return db.session.get_one(Break, break_id, with_for_update=True, populate_existing=True)


def _subject(row: Break) -> str:
    return f"break:{row.id}"


# --- undo -------------------------------------------------------------------------------------


def _values(break_id: int) -> Mapping[str, Any] | None:
    return values_of(planned_break(_locked(break_id))) if queries.pause(break_id) else None


def _restore(break_id: int, values: Mapping[str, Any] | None, now: datetime) -> None:
    if queries.pause(break_id) is None:
        raise Refused(UndoRefusal.BUILT_UPON)
    row, wished = _locked(break_id), decode(values or {})
    # Whoever reads the programme has seen it come, or go.
    called_off = row.state is SessionState.CANCELLED
    if called_off or (row.state in RELEASED and wished.get("state") in {DRAFT, REMOVED}):
        raise Refused(UndoRefusal.BUILT_UPON)
    staging.refuse_place(row, wished)
    _set(row, wished)


KEEPER = Keeper(values=_values, restore=_restore)
