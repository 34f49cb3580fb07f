"""Setting an allocation up, opening it, moving its deadline."""

import secrets
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, update

from eventapp.allocation import mails, queries, rules
from eventapp.allocation.commands.facts import (
    AllocationOpened,
    AllocationRemoved,
    AllocationSetUp,
    AllocationWithdrawn,
    DeadlineMoved,
    SilentReminded,
)
from eventapp.allocation.models import (
    AllocationOutcome,
    AllocationRound,
    AllocationRun,
    AllocationSession,
    Ranking,
    State,
)
from eventapp.allocation.rules import RoundRefusal
from eventapp.kernel import jobs
from eventapp.kernel.db import atomic, db
from eventapp.kernel.facts import record
from eventapp.kernel.refusal import Refused
from eventapp.programme.models import Session
from eventapp.signups.commands import steps


@atomic
def set_up(
    event_id: int,
    now: datetime,
    *,
    title: Mapping[str, str],
    session_ids: Collection[int],
    opens_at: datetime,
    closes_at: datetime,
    choices: int = 3,
    per_organisation: int | None = None,
    queues: bool = True,
) -> AllocationRound:
    """Set an allocation up as a draft; nobody but the team sees it yet."""
    if refusal := rules.refuse_times(opens_at, closes_at):
        raise Refused(refusal)
    row = AllocationRound(
        event_id=event_id,
        title=dict(title),
        opens_at=opens_at,
        closes_at=closes_at,
        choices=choices,
        per_organisation=per_organisation,
        queues=queues,
        salt=secrets.token_hex(16),
        created_at=now,
    )
    db.session.add(row)
    db.session.flush()
    _choose(row, session_ids)
    record(AllocationSetUp(**about(row)))
    return row


@atomic
def change(
    round_id: int,
    now: datetime,
    *,
    title: Mapping[str, str],
    session_ids: Collection[int],
    opens_at: datetime,
    closes_at: datetime,
    choices: int,
    per_organisation: int | None,
    queues: bool,
) -> AllocationRound:
    """Change the set-up of a draft."""
    row = queries.locked(round_id)
    refusal = rules.refuse_edit(row) or rules.refuse_times(opens_at, closes_at)
    if refusal:
        raise Refused(refusal)
    row.title, row.opens_at, row.closes_at = dict(title), opens_at, closes_at
    row.choices, row.per_organisation, row.queues = choices, per_organisation, queues
    _choose(row, session_ids)
    record(AllocationSetUp(**about(row)))
    return row


def _choose(row: AllocationRound, session_ids: Collection[int]) -> None:
    db.session.execute(delete(AllocationSession).where(AllocationSession.round_id == row.id))
    for session_id in sorted(set(session_ids)):
        db.session.add(AllocationSession(round_id=row.id, session_id=session_id))
    db.session.flush()


@atomic
def remove(round_id: int, now: datetime) -> None:
    """Remove a draft, with the wishes that were saved while it had been open."""
    row = queries.locked(round_id)
    if refusal := rules.refuse_edit(row):
        raise Refused(refusal)
    record(AllocationRemoved(**about(row)))
    forget_runs(row)
    for table in (AllocationSession, Ranking):
        db.session.execute(delete(table).where(table.round_id == round_id))
    db.session.delete(row)


@atomic
def open_round(round_id: int, now: datetime) -> AllocationRound:
    """Let people rank from the set time on; they cannot sign up by themselves any more."""
    row = queries.locked(round_id)
    if refusal := rules.refuse_edit(row):
        raise Refused(refusal)
    ids = queries.session_ids(round_id)
    steps.lock_sessions(ids)
    held = [steps.session_anew(session_id) for session_id in ids]
    if not held:
        raise Refused(RoundRefusal.NO_SESSIONS)
    for session in held:
        if refusal := rules.refuse_session(session, now):
            raise Refused(refusal, title=session.activity.title)
    taken = set(queries.elsewhere(round_id, ids))
    for session in held:
        if session.id in taken:
            raise Refused(RoundRefusal.IN_ANOTHER, title=session.activity.title)
    if refusal := rules.refuse_deadline(row.closes_at, held, now):
        raise Refused(refusal)
    row.state = State.OPEN
    by_preference(ids, given=True)
    record(AllocationOpened(**about(row)))
    return row


@atomic
def withdraw(round_id: int, now: datetime) -> AllocationRound:
    """Make an allocation a draft again; wishes are kept, runs are not."""
    row = queries.locked(round_id)
    if row.state is State.DRAFT:
        raise Refused(RoundRefusal.NOT_OPENED)
    if row.state is not State.OPEN:
        raise Refused(RoundRefusal.ANNOUNCED)
    row.state = State.DRAFT
    forget_runs(row)
    by_preference(queries.session_ids(round_id), given=False)
    record(AllocationWithdrawn(**about(row)))
    return row


@atomic
def move_deadline(round_id: int, closes_at: datetime, now: datetime) -> AllocationRound:
    """Let people rank until another moment, also again; what was run before is void."""
    row = queries.locked(round_id)
    refusal = rules.refuse_deadline(closes_at, queries.sessions(round_id), now)
    return _close_at(row, closes_at, refusal)


@atomic
def close(round_id: int, now: datetime) -> AllocationRound:
    """Let nobody rank any more from now on."""
    row = queries.locked(round_id)
    if row.state is State.OPEN and row.closes_at < now:
        return row
    return _close_at(row, now, None)


def _close_at(
    row: AllocationRound, closes_at: datetime, refusal: RoundRefusal | None
) -> AllocationRound:
    if row.state is State.DRAFT:
        raise Refused(RoundRefusal.NOT_OPENED)
    if row.state is not State.OPEN:
        raise Refused(RoundRefusal.ANNOUNCED)
    if refusal:
        raise Refused(refusal)
    row.closes_at = closes_at
    row.opens_at = min(row.opens_at, closes_at)
    forget_runs(row)
    record(DeadlineMoved(**about(row), closes_at=closes_at.isoformat()))
    return row


@atomic
def remind(round_id: int, now: datetime) -> int:
    """Ask those who have not ranked yet to do so; return how many letters that is."""
    row = queries.locked(round_id)
    if row.state is State.DRAFT or now < row.opens_at:
        raise Refused(RoundRefusal.NOT_OPENED)
    if row.state is not State.OPEN or now > row.closes_at:
        raise Refused(RoundRefusal.IS_OVER)
    written = 0
    for registration in queries.silent(row):
        if registration.email:
            jobs.enqueue(
                mails.reminded, lane=registration.email, event_id=row.event_id,
                round_id=row.id, registration_id=registration.id,
            )  # fmt: skip
            written += 1
    row.reminded_at = now
    record(SilentReminded(**about(row), letters=written))
    return written


def by_preference(session_ids: Collection[int], *, given: bool) -> None:
    """Say of sessions whether their places are given by preference just now."""
    steps.lock_sessions(session_ids)
    # Whoever is signing up at this moment is judged again by the new version.
    values = {"by_preference": given, "version": Session.version + 1}
    db.session.execute(update(Session).where(Session.id.in_(session_ids)).values(values))


def forget_runs(row: AllocationRound) -> None:
    """Forget what was run: the wishes or the places are going to change."""
    row.run_id = None
    row.running_since = None
    runs = [run.id for run in queries.runs(row.id)]
    db.session.execute(delete(AllocationOutcome).where(AllocationOutcome.run_id.in_(runs)))
    db.session.execute(delete(AllocationRun).where(AllocationRun.round_id == row.id))


def about(row: AllocationRound) -> dict[str, Any]:
    """Return the fields that every fact about an allocation has."""
    return {"event_id": row.event_id, "subject": f"allocation:{row.id}", "round_id": row.id}
