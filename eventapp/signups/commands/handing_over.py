"""A place for somebody who stands at the door: a free one, or one whose holder did not come."""

from datetime import datetime

from eventapp.kernel.db import atomic, db
from eventapp.kernel.facts import record
from eventapp.kernel.refusal import Refused
from eventapp.programme.models import Session
from eventapp.programme.rules import effective_capacity
from eventapp.registrations import queries as people
from eventapp.signups import mails, queries, rules
from eventapp.signups.commands.facts import SignUpConfirmed, SignUpPromoted
from eventapp.signups.commands.steps import (
    about,
    give_up,
    lock_sessions,
    seat,
    session_anew,
    tell,
    weighed,
    written,
)
from eventapp.signups.models import SignUp, State
from eventapp.signups.rules import Case, LeaveRefusal, Reason, SignUpRefusal


@atomic
def hand_over(sign_up_id: int, registration_id: int, now: datetime) -> None:
    """Give a seat to another person, after the start too; the queue at home does not count.

    What else the session and the person's other places ask still holds.
    """
    seen = queries.sign_up(sign_up_id)
    if seen is None:
        raise Refused(LeaveRefusal.NOT_SIGNED_UP)
    for each in sorted({seen.registration_id, registration_id}):
        people.locked(each)
    asked = _case(seen.session_id, registration_id, now)
    lock_sessions([seen.session_id, *(row.session_id for row in rules.displaced(asked))])
    row = queries.anew(sign_up_id)
    if row is None or row.state is not State.CONFIRMED:
        raise Refused(LeaveRefusal.NOT_SIGNED_UP)
    asked = _case(seen.session_id, registration_id, now)
    waits = _waiting(asked)
    refusal = rules.refuse_overlap(asked) if waits else rules.refuse_entry(asked)
    if refusal:
        raise Refused(refusal, **rules.explain(refusal, asked))
    give_up(row, now, Reason.NOT_COME)
    asked = _case(seen.session_id, registration_id, now)
    _seated(asked, session_anew(seen.session_id), waits)


@atomic
def seat_now(session_id: int, registration_id: int, now: datetime) -> None:
    """Give a free seat to somebody at the door, after the start too; the queue at home waits on.

    What else the session and the person's other places ask still holds.
    """
    asked = _case(session_id, registration_id, now)
    lock_sessions([session_id, *(row.session_id for row in rules.displaced(asked))])
    asked, session = _case(session_id, registration_id, now), session_anew(session_id)
    limit = effective_capacity(session)
    if limit is not None and session.confirmed + session.offered >= limit:
        raise Refused(SignUpRefusal.FULL_NO_QUEUE)
    waits = _waiting(asked)
    if refusal := rules.refuse_overlap(asked) if waits else rules.refuse_entry(asked):
        raise Refused(refusal, **rules.explain(refusal, asked))
    _seated(asked, session, waits)


def _case(session_id: int, registration_id: int, now: datetime) -> Case:
    registration = people.locked(registration_id)
    if registration is None:
        raise Refused(SignUpRefusal.NOT_REGISTERED)
    return weighed(session_anew(session_id), registration, now)


def _waiting(asked: Case) -> SignUp | None:
    own = rules.earlier(asked)
    row = queries.anew(own.id) if own is not None else None
    return row if row is not None and row.state is State.WAITING else None


def _seated(asked: Case, session: Session, waits: SignUp | None) -> None:
    session.confirmed += 1
    if waits is not None:
        session.waiting -= 1
        waits.state, waits.changed_at = State.CONFIRMED, asked.now
        db.session.flush()
        seat(asked)
        record(SignUpPromoted(**about(waits, session.event_id)))
        tell(waits, asked.registration, mails.promoted)
        return
    session.tickets += 1
    db.session.flush()
    taken = written(asked, State.CONFIRMED, session.tickets, None)
    seat(asked)
    record(SignUpConfirmed(**about(taken, session.event_id)))
    tell(taken, asked.registration, mails.confirmed)
