"""Filling freed seats: a transaction of its own, after the one that freed them."""

from datetime import datetime

from eventapp.kernel.db import atomic, db
from eventapp.kernel.facts import record
from eventapp.programme.models import Session
from eventapp.registrations import queries as people
from eventapp.signups import mails, queries, rules
from eventapp.signups.commands import appointing
from eventapp.signups.commands.facts import SignUpPromoted
from eventapp.signups.commands.steps import (
    QueueMoved,
    about,
    can_promote,
    give_up,
    lock_sessions,
    seat,
    session_anew,
    tell,
    weighed,
)
from eventapp.signups.models import SignUp, State
from eventapp.signups.rules import Case, Reason


def promote(session_id: int, now: datetime) -> list[SignUp]:
    """Give every free seat of a session to the first in its queue, one transaction each.

    Calling it again, or at the same time elsewhere, does no harm.
    """
    promoted: list[SignUp] = []
    while True:
        try:
            step = promote_first(session_id, now)
        except QueueMoved:
            continue
        if step is None:
            return promoted
        if step.state is State.CONFIRMED:
            promoted.append(step)


@atomic
def promote_first(session_id: int, now: datetime) -> SignUp | None:
    """Give a free seat to the first in the queue, or return None where there is nothing to do.

    Somebody who is busy at that time by now leaves the queue instead, and is told. Raises
    `QueueMoved` when somebody else came first before the locks were held.
    """
    head = queries.head(session_id)
    if head is None or not can_promote(session := session_anew(session_id), now):
        return None
    if session.appointment_minutes is not None:
        return appointing.promote_next(session_id, now)
    registration = people.locked(head.registration_id)
    if registration is None:
        raise QueueMoved
    asked = weighed(session_anew(session_id), registration, now)
    lock_sessions([session_id, *(row.session_id for row in rules.displaced(asked))])
    session = session_anew(session_id)
    asked = weighed(session, registration, now)
    row = queries.head(session_id)
    if row is None or row.registration_id != registration.id:
        raise QueueMoved
    return _promoted(row, session, asked) if can_promote(session, now) else None


def _promoted(row: SignUp, session: Session, asked: Case) -> SignUp:
    if asked.busy:
        give_up(row, asked.now, Reason.BUSY)
        return row
    session.confirmed += 1
    session.waiting -= 1
    row.state, row.changed_at = State.CONFIRMED, asked.now
    db.session.flush()
    seat(asked)
    record(SignUpPromoted(**about(row, row.session.event_id)))
    tell(row, row.registration, mails.promoted)
    return row


def fill_seats(event_id: int | None, now: datetime) -> list[SignUp]:
    """Give every free seat of an event, or of all, to whoever waits for it.

    To be called after anything that may have freed seats has committed: a registration
    cancelled, rejected or passed on, a capacity raised, a room changed.
    """
    return [
        row for session_id in queries.needing_seats(event_id) for row in promote(session_id, now)
    ]
