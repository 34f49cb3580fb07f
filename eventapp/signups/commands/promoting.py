"""Filling freed seats: a transaction of its own, after the one that freed them."""

import secrets
from datetime import datetime

from eventapp.directory import queries as diary
from eventapp.directory.models import CommitmentKind
from eventapp.kernel.db import atomic, db, look_again, writing
from eventapp.kernel.facts import record
from eventapp.programme import queries as programme
from eventapp.programme.models import Session
from eventapp.registrations import queries as people
from eventapp.signups import mails, queries, rules
from eventapp.signups.commands import appointing, offering
from eventapp.signups.commands.facts import LotsDrawn, SignUpPromoted
from eventapp.signups.commands.steps import (
    QueueMoved,
    about,
    can_promote,
    give_up,
    lock_sessions,
    seat,
    session_anew,
    source_of,
    tell,
    weighed,
)
from eventapp.signups.models import SessionTerms, SignUp, State
from eventapp.signups.rules import Case, Order, Reason


def promote(session_id: int, now: datetime) -> list[SignUp]:
    """Give every free seat of a session to the first in its queue, one transaction each.

    Where the event offers seats, each is held for an answer instead; near the start everybody in
    the queue is called. Calling it again, or at the same time elsewhere, does no harm.
    """
    settle_lapsed(session_id, now)
    if session_id in queries.undrawn(None, now):
        draw_lots(session_id, now, secrets.token_hex(8))
    if calls_all(session_id, now):
        offering.call_everybody(session_id, now)
        return []
    promoted: list[SignUp] = []
    while True:
        try:
            step = promote_first(session_id, now)
        except QueueMoved:
            continue
        if step is None:
            return promoted
        if step.state in {State.CONFIRMED, State.OFFERED}:
            promoted.append(step)


def settle_lapsed(session_id: int, now: datetime) -> None:
    """Note which offers have run out, so that their seats can go on."""
    if not writing():
        look_again()
    if queries.has_lapsed_offers(session_id, now):
        offering.lapse(session_id, now)


@atomic
def draw_lots(session_id: int, now: datetime, seed: str) -> bool:
    """Draw the order of a queue by lot, once sign-up is over; the seed is there for all to see.

    Doing it again does no harm: the first draw counts.
    """
    lock_sessions([session_id])
    session = session_anew(session_id)
    row = db.session.get(SessionTerms, session_id, populate_existing=True)
    if row is None or row.lottery_seed is not None or row.queue_order is not Order.LOTTERY:
        return False
    row.lottery_seed, row.lottery_ticket = seed, session.tickets
    db.session.flush()
    record(
        LotsDrawn(
            event_id=session.event_id,
            subject=source_of(session_id),
            session_id=session_id,
            seed=seed,
            tickets=session.tickets,
        )
    )
    return True


def calls_all(session_id: int, now: datetime) -> bool:
    """Tell whether free seats of a session go to whoever in the queue asks first."""
    session = programme.session_anew(session_id)
    if session is None or not session.waiting:
        return False
    return queries.is_called(session, queries.policy(session.event_id), now)


@atomic
def promote_first(session_id: int, now: datetime) -> SignUp | None:
    """Give or offer a free seat to the first in the queue; None where there is nothing to do.

    Somebody who is busy at that time by now leaves the queue instead, and is told; whoever has a
    seat on offer then is passed over. Raises `QueueMoved` when somebody else came first before
    the locks were held.
    """
    session = session_anew(session_id)
    if not session.waiting or not can_promote(session, now):
        return None
    if session.appointment_minutes is not None:
        return appointing.promote_next(session_id, now)
    first = _first_in_line(session, now)
    if first is None:
        return None
    registration = people.locked(first.registration_id)
    if registration is None:
        raise QueueMoved
    asked = weighed(session_anew(session_id), registration, now)
    lock_sessions([session_id, *(row.session_id for row in rules.displaced(asked))])
    session = session_anew(session_id)
    asked = weighed(session, registration, now)
    row = _first_in_line(session, now)
    if row is None or row.registration_id != registration.id:
        raise QueueMoved
    return _promoted(row, session, asked) if can_promote(session, now) else None


def _first_in_line(session: Session, now: datetime) -> SignUp | None:
    """Return the first in the queue who is not about to answer another offer of that time."""
    for row in queries.in_line(session):
        if not _is_held_elsewhere(row, session, now):
            return row
    return None


def _is_held_elsewhere(row: SignUp, session: Session, now: datetime) -> bool:
    found = diary.clashes(
        row.registration.person_id,
        session.starts_at,
        session.ends_at,
        besides=source_of(session.id),
    )
    busy = diary.standing(found, now)
    return bool(busy) and all(one.kind is CommitmentKind.OFFER for one in busy)


def _promoted(row: SignUp, session: Session, asked: Case) -> SignUp:
    if rules.refuse_overlap(asked):
        give_up(row, asked.now, Reason.BUSY)
        return row
    if offering.offers_seats(session, asked.policy):
        return offering.offer_to(row, asked)
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
    cancelled, rejected or passed on, a capacity raised, a room changed, an offer run out.
    """
    ids = {
        *queries.needing_seats(event_id),
        *queries.lapsing(event_id, now),
        *queries.undrawn(event_id, now),
    }
    return [row for session_id in sorted(ids) for row in promote(session_id, now)]
