"""Deciding about registrations: told at once, or kept until they are announced together.

A decision that nobody was told of leaves the registration as it is: its page, its letters, its
places in sessions and the rights to them stay what they were until the announcement.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from eventapp.kernel import facts, journal
from eventapp.kernel.db import atomic, db
from eventapp.kernel.facts import record
from eventapp.kernel.journal import Values
from eventapp.kernel.refusal import Refused, refuse_stale
from eventapp.registrations import mails, queries, rules
from eventapp.registrations.commands.facts import RegistrationDecided
from eventapp.registrations.commands.steps import (
    behind_locks,
    check_move,
    follow_quota,
    identity_key,
    refuse_duplicate,
    subject_of,
    tell,
    touch,
)
from eventapp.registrations.models import Decision, Registration, State


@atomic
def decide(
    registration_id: int,
    state: State,
    now: datetime,
    *,
    note: str = "",
    message: str = "",
    expected: Collection[int] | None = None,
) -> Registration:
    """Let the organiser's decision stand and tell the person; the same one twice is one.

    *note* is for the team, *message* a sentence of the letter. What was decided before and is not
    announced yet holds no longer. *expected* are versions read before: raises `Stale` when it has
    another one by now.
    """
    row = behind_locks(registration_id)
    refuse_stale(row.version, expected)
    _check(row, state)
    dropped = drop_decision(row, now)
    if row.state is state:
        if dropped is not None:
            touch(row)
            _note_decision(row, before=dropped.id, after=None)
        return row
    decision = _decision(row, state, now, note, message) if note or message else None
    return _stand(row, state, now, decision)


@atomic
def decide_silently(
    registration_id: int,
    state: State,
    now: datetime,
    *,
    note: str = "",
    message: str = "",
    expected: Collection[int] | None = None,
) -> Decision | None:
    """Decide and tell nobody before it is announced; the same decision twice is one.

    To decide for what stands already takes an open decision back; then there is none.
    """
    row = behind_locks(registration_id)
    refuse_stale(row.version, expected)
    _check(row, state)
    present = queries.open_decision(row.id)
    if present is not None and _says(present) == (state, note, message):
        return present
    if present is None and row.state is state:
        return None
    drop_decision(row, now)
    made = _decision(row, state, now, note, message) if state is not row.state else None
    touch(row)
    before, after = (one.id if one is not None else None for one in (present, made))
    _note_decision(row, before=before, after=after)
    return made


@atomic
def take_back(
    registration_id: int, now: datetime, *, expected: Collection[int] | None = None
) -> Registration:
    """Drop a decision that was not announced; nobody was told, so nothing else changes."""
    row = behind_locks(registration_id)
    refuse_stale(row.version, expected)
    dropped = drop_decision(row, now)
    if dropped is not None:
        touch(row)
        _note_decision(row, before=dropped.id, after=None)
    return row


@dataclass(frozen=True, kw_only=True)
class Announced:
    """Whom an announcement told: registrations, and those of them without a mailbox."""

    told: Collection[int]
    without_email: Collection[int]


@atomic
def announce(event_id: int, decision_ids: Collection[int], now: datetime) -> Announced:
    """Let decisions stand and tell all people at once: all of these, or none.

    What was announced, changed or taken back meanwhile is left out.
    """
    wanted = queries.open_decisions(event_id, decision_ids)
    queries.lock_all([one.registration_id for one in wanted])
    told, without_email = [], []
    for decision in queries.open_decisions(event_id, [one.id for one in wanted]):
        row = behind_locks(decision.registration_id)
        check_move(row, decision.state)
        _stand(row, decision.state, now, decision)
        told.append(row.id)
        if not row.email:
            without_email.append(row.id)
    return Announced(told=told, without_email=without_email)


def drop_decision(row: Registration, now: datetime) -> Decision | None:
    """Let what is decided about a registration, and not announced, hold no longer."""
    present = queries.open_decision(row.id)
    if present is not None:
        present.dropped_at = now
        db.session.flush()
    return present


def _check(row: Registration, state: State) -> None:
    if state not in rules.DECISIONS:
        raise ValueError(f"{state} is no decision")
    if state is not row.state:
        check_move(row, state)


def _says(decision: Decision) -> tuple[State, str, str]:
    return decision.state, decision.note, decision.message


def _decision(row: Registration, state: State, now: datetime, note: str, message: str) -> Decision:
    made = Decision(
        registration_id=row.id,
        state=state,
        note=note,
        message=message,
        actor=facts.actor(),
        made_at=now,
    )
    db.session.add(made)
    db.session.flush()
    return made


def _stand(
    row: Registration, state: State, now: datetime, decision: Decision | None
) -> Registration:
    """Let a registration stand at *state* from now on, and tell the person."""
    follow_quota(row, row.state, state)
    old, row.state, row.decided_at = row.state, state, now
    row.identity_key = identity_key(row) if state in rules.OPEN else None
    refuse_duplicate(row)
    if decision is not None:
        decision.announced_at = now
    touch(row)
    record(
        RegistrationDecided(
            event_id=row.event_id,
            subject=subject_of(row),
            registration_id=row.id,
            old=old,
            state=state,
        )
    )
    said = {"decision_id": decision.id} if decision is not None else {}
    tell(row, mails.decided, state=state.value, **said)
    _decide_together(row, state, now)
    return row


def _decide_together(row: Registration, state: State, now: datetime) -> None:
    """Let those who belong together become qualified, or wait, together."""
    group = queries.group(row.group_id) if row.group_id is not None else None
    if group is None or not group.together or not rules.moves_together(state):
        return
    for other in queries.members(group.id, states=tuple(rules.OPEN)):
        decide(other.id, state, now)
    for held in queries.unnamed(group.id):
        held.state = state
    db.session.flush()


# --- undo -------------------------------------------------------------------------------------


def _note_decision(row: Registration, *, before: int | None, after: int | None) -> None:
    journal.note(row.event_id, subject_of(row), {"decision_id": before}, {"decision_id": after})


def decision_values(row: Registration) -> Values:
    """Return what an undo of a decision goes by."""
    present = queries.open_decision(row.id)
    return {"decision_id": present.id if present is not None else None}


def restore_decision(row: Registration, values: Values, now: datetime) -> None:
    """Let an earlier decision be open again, or none."""
    if "decision_id" not in values:
        return
    drop_decision(row, now)
    wanted = values["decision_id"]
    if wanted is None:
        return
    earlier = db.session.get_one(Decision, wanted)
    if earlier.announced_at is not None:
        raise Refused(journal.UndoRefusal.CHANGED_SINCE)
    if refusal := rules.refuse_move(row, earlier.state):
        raise Refused(refusal, state=rules.state_word(row.state))
    earlier.dropped_at = None
    db.session.flush()
