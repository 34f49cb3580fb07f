"""Taking a seat, or a place in the queue."""

from datetime import datetime
from functools import cache

from sqlalchemy import and_, bindparam, case, or_, update
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.sql.dml import ReturningUpdate

from eventapp.kernel.db import atomic, db
from eventapp.kernel.facts import record
from eventapp.kernel.refusal import Refused
from eventapp.programme.models import Session, SessionState
from eventapp.signups import mails, queries, rules
from eventapp.signups.commands.facts import SignUpConfirmed, SignUpQueued
from eventapp.signups.commands.steps import about, lock_sessions, seat, session_anew, tell, weighed
from eventapp.signups.models import SignUp, State
from eventapp.signups.rules import Case, SignUpRefusal


@atomic
def sign_up(session_id: int, registration_id: int, now: datetime) -> SignUp:
    """Take a seat, or a place in the queue, as a participant."""
    asked = _case(session_id, registration_id, now)
    if refusal := rules.refuse_sign_up(asked):
        raise Refused(refusal, **rules.explain(refusal, asked))
    return _take(asked)


@atomic
def enter(session_id: int, registration_id: int, now: datetime) -> SignUp:
    """Sign a person up for them: no window and no approval, but capacity and overlap hold."""
    asked = _case(session_id, registration_id, now)
    if refusal := rules.refuse_entry(asked):
        raise Refused(refusal, **rules.explain(refusal, asked))
    return _take(asked)


def _case(session_id: int, registration_id: int, now: datetime) -> Case:
    """Lock the person, and load all that decides."""
    found = queries.locked(session_id, registration_id)
    if found is None:
        raise Refused(SignUpRefusal.NOT_REGISTERED)
    registration, session = found
    return weighed(session, registration, now)


def _take(asked: Case) -> SignUp:
    asked = _hold_queues(asked)
    state, ticket = _draw(asked)
    row = rules.earlier(asked) or SignUp(
        session=asked.session, registration=asked.registration, created_at=asked.now
    )
    row.state, row.ticket, row.changed_at = state, ticket, asked.now
    db.session.add(row)
    db.session.flush()
    if state is State.CONFIRMED:
        seat(row, asked)
        record(SignUpConfirmed(**about(row)))
        tell(row, mails.confirmed)
    else:
        record(SignUpQueued(**about(row)))
        tell(row, mails.queued)
    return row


def _hold_queues(asked: Case) -> Case:
    """Lock what a seat would touch besides its own session: queues that would be left for it."""
    displaced = rules.displaced(asked)
    if not displaced:
        return asked
    lock_sessions([asked.session.id, *(row.session_id for row in displaced)])
    return weighed(session_anew(asked.session.id), asked.registration, asked.now)


def _draw(asked: Case) -> tuple[State, int]:
    """Take a seat or a place in the queue and draw the ticket: one statement, exact in a race."""
    session = asked.session
    drawn = db.session.execute(_drawing(), {"session_id": session.id}).first()
    if drawn is None or drawn.version != session.version:
        _refuse_changed(asked)
    if drawn is None:
        raise Refused(SignUpRefusal.FULL_NO_QUEUE)
    for counter in ("tickets", "confirmed", "waiting"):
        set_committed_value(session, counter, getattr(drawn, counter))
    # A seat is given only while nobody waits, so a queue behind us means a place in it.
    return State.WAITING if drawn.waiting else State.CONFIRMED, drawn.tickets


@cache  # building it takes longer than asking, and every sign-up asks
def _drawing() -> ReturningUpdate[int, int, int, int]:
    free = and_(Session.waiting == 0, queries.has_seat())
    return (
        update(Session)
        .where(
            Session.id == bindparam("session_id"),
            Session.state == SessionState.SCHEDULED,
            or_(free, Session.waiting_list),
        )
        .values(
            tickets=Session.tickets + 1,
            confirmed=Session.confirmed + case((free, 1), else_=0),
            waiting=Session.waiting + case((free, 0), else_=1),
        )
        .returning(Session.tickets, Session.confirmed, Session.waiting, Session.version)
        .execution_options(synchronize_session=False)
    )


def _refuse_changed(asked: Case) -> None:
    """Judge again by what the session has become while we were deciding."""
    changed = weighed(session_anew(asked.session.id), asked.registration, asked.now)
    if refusal := rules.refuse_entry(changed):
        raise Refused(refusal, **rules.explain(refusal, changed))
