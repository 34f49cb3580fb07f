"""Taking a seat, or a place in the queue.

The hottest path of the product: what decides is read as plain rows, and what nobody looks at
again in this transaction is written past the mapper.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import cache

from sqlalchemy import and_, bindparam, case, or_, update
from sqlalchemy.sql.dml import ReturningUpdate

from eventapp.invites import commands as invites
from eventapp.kernel.db import ask, atomic, table_of
from eventapp.kernel.facts import record
from eventapp.kernel.refusal import Refused
from eventapp.programme.models import Session, SessionState
from eventapp.signups import mails, queries, rules
from eventapp.signups.commands import appointing
from eventapp.signups.commands.appointing import Judge
from eventapp.signups.commands.facts import SignUpConfirmed, SignUpQueued
from eventapp.signups.commands.offering import lapse
from eventapp.signups.commands.steps import (
    about,
    decided,
    lock_sessions,
    seat,
    session_anew,
    tell,
    written,
)
from eventapp.signups.models import State
from eventapp.signups.rules import Case, Order, SignUpRefusal, Taken, Wanted


@atomic
def sign_up(session_id: int, registration_id: int, now: datetime) -> Taken:
    """Take a seat, or a place in the queue, as a participant.

    Of advice that is the first appointment which fits; to pick one see `book`.
    """
    return _taken(_case(session_id, registration_id, now), rules.refuse_sign_up)


@atomic
def enter(session_id: int, registration_id: int, now: datetime) -> Taken:
    """Sign a person up for them: no window and no approval, but capacity and overlap hold."""
    return _taken(_case(session_id, registration_id, now), rules.refuse_entry)


def _case(session_id: int, registration_id: int, now: datetime) -> Case:
    """Lock the person, and read all that decides."""
    found = queries.locked(session_id, registration_id)
    if found is None:
        raise Refused(SignUpRefusal.NOT_REGISTERED)
    registration, session, asks, terms = found
    return decided(session, session.title, registration, now, policy=asks, terms=terms)


def _taken(asked: Case, judge: Judge) -> Taken:
    if asked.session.appointment_minutes is not None:
        return appointing.take(asked, judge)
    asked = _held(asked)
    if refusal := judge(asked):
        raise Refused(refusal, **rules.explain(refusal, asked))
    return _take(asked)


def _take(asked: Case) -> Taken:
    taken = _drawn(asked)
    if taken.state is State.CONFIRMED:
        tell(taken, asked.registration, mails.confirmed)
    else:
        waits = asked.session.invites_waiting if isinstance(asked.session, Wanted) else None
        invites.pencil_in(asked.session, asked.registration, asked.now, wished=waits)
        tell(taken, asked.registration, mails.queued)
        if asked.terms.queue_order != Order.FIRST_COME:
            places = queries.positions_in(asked.session.id)
            return taken._replace(position=places[taken.id])
    return taken


def _drawn(asked: Case) -> Taken:
    """Draw a seat or a place in the queue and write it down, without a word to anybody."""
    draw = _draw_by_group if asked.terms.buckets else _draw
    taken = written(asked, *draw(asked))
    if taken.state is State.CONFIRMED:
        seat(asked)
        record(SignUpConfirmed(**about(taken, asked.session.event_id)))
    else:
        record(SignUpQueued(**about(taken, asked.session.event_id)))
    return taken


def _held(asked: Case) -> Case:
    """Lock what one statement does not decide, which is rare.

    That are queues which a seat would end, offers that ran out, and limits that others count in.
    """
    displaced, session = rules.displaced(asked), asked.session
    lapsed = rules.offers.has_lapsed(session.offers_until, asked.now)
    counted = asked.terms.limit_per_organisation is not None or bool(asked.terms.buckets)
    if not (displaced or lapsed or counted):
        return asked
    lock_sessions([session.id, *(place.session_id for place in displaced)])
    if lapsed:
        lapse(session.id, asked.now)
    return _case(session.id, asked.registration.id, asked.now)


def _draw_by_group(asked: Case) -> tuple[State, int, int | None]:
    """Take a seat of one's own group, or a place; the session's row is locked."""
    session = session_anew(asked.session.id)
    free = queries.may_pass(session, asked.terms, asked.registration.category_id)
    if not free and not session.waiting_list:
        raise Refused(SignUpRefusal.FULL_NO_QUEUE)
    session.tickets += 1
    if free:
        session.confirmed += 1
        return State.CONFIRMED, session.tickets, None
    session.waiting += 1
    return State.WAITING, session.tickets, session.waiting


def _draw(asked: Case) -> tuple[State, int, int | None]:
    """Take a seat or a place in the queue: one statement, exact in a race.

    Returns what was drawn, the ticket, and the place in the queue if it is one.
    """
    drawn = ask(_drawing(), {"session_id": asked.session.id}).first()
    if drawn is None or drawn.version != asked.session.version:
        _refuse_changed(asked)
    if drawn is None:
        raise Refused(SignUpRefusal.FULL_NO_QUEUE)
    # A seat is given only while nobody waits, so a queue behind us means a place in it; and
    # nobody stands behind a place that was just drawn, so the queue's length is its rank.
    if drawn.waiting:
        return State.WAITING, drawn.tickets, drawn.waiting
    return State.CONFIRMED, drawn.tickets, None


@cache  # building it takes longer than asking, and every sign-up asks
def _drawing() -> ReturningUpdate[int, int, int]:
    table = table_of(Session)
    row = table.c
    free = and_(row.waiting == 0, queries.has_seat())
    return (
        update(table)
        .where(
            row.id == bindparam("session_id"),
            row.state == SessionState.SCHEDULED,
            or_(free, row.waiting_list),
        )
        .values(
            tickets=row.tickets + 1,
            confirmed=row.confirmed + case((free, 1), else_=0),
            waiting=row.waiting + case((free, 0), else_=1),
        )
        .returning(row.tickets, row.waiting, row.version)
    )


def _refuse_changed(asked: Case) -> None:
    """Judge again by what the session has become while we were deciding."""
    changed = _case(asked.session.id, asked.registration.id, asked.now)
    if refusal := rules.refuse_entry(changed):
        raise Refused(refusal, **rules.explain(refusal, changed))


@atomic
def allot(
    registration_id: int, session_ids: Collection[int], now: datetime
) -> Mapping[int, Taken | SignUpRefusal]:
    """Give somebody the places that an allocation found; tell of each what came of it.

    Windows do not count, all other rules do. No letter: whoever allots writes one about all.
    """
    ids = sorted(session_ids)
    cases = [_case(session_id, registration_id, now) for session_id in ids]
    queues = [place.session_id for asked in cases for place in rules.displaced(asked)]
    lock_sessions([*ids, *queues])
    return {session_id: _allotted(session_id, registration_id, now) for session_id in ids}


def _allotted(session_id: int, registration_id: int, now: datetime) -> Taken | SignUpRefusal:
    asked = _held(_case(session_id, registration_id, now))
    if refusal := rules.refuse_entry(asked):
        return refusal
    try:
        return _drawn(asked)
    except Refused as refused:
        return SignUpRefusal.of(refused.reason)
