"""Queues: who is next, who stands where, which sessions have seats to give."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import joinedload

from eventapp.events.models import Category
from eventapp.kernel.db import db
from eventapp.kernel.text import full_name
from eventapp.programme.models import Session, SessionState
from eventapp.programme.rules import effective_capacity
from eventapp.registrations.models import Registration
from eventapp.signups import rules
from eventapp.signups.models import SessionTerms, SignUp, State
from eventapp.signups.queries.asked import terms
from eventapp.signups.queries.offers import held
from eventapp.signups.queries.sign_ups import (
    ANEW,
    SESSION,
    STANDING,
    has_seat,
    roster,
    waiting,
    with_people,
)
from eventapp.signups.rules import Order, Terms
from eventapp.signups.rules.buckets import Seated


def queue(session_id: int) -> Sequence[SignUp]:
    """List who waits, with their people, in the order of the queue."""
    query = with_people(session_id, State.WAITING)
    rows = db.session.scalars(query.order_by(SignUp.ticket)).all()
    return _in_order(rows, session_id, terms(session_id))


def head(session_id: int) -> SignUp | None:
    """Return the first in a session's queue."""
    query = select(SignUp).options(joinedload(SignUp.registration), *SESSION)
    query = query.where(SignUp.session_id == session_id, SignUp.state == State.WAITING)
    query = query.order_by(SignUp.ticket).limit(1).execution_options(**ANEW)
    return db.session.scalars(query).first()


def in_line(session: Session) -> Iterator[SignUp]:
    """Give who waits, in the order of the queue, read anew; mostly the first is enough.

    Nobody while a lottery is still to be drawn.
    """
    asked = terms(session.id)
    if rules.order.awaits_draw(asked):
        return
    if asked.buckets:
        yield from _fitting(session, asked)
        return
    if asked.queue_order != Order.FIRST_COME:
        yield from _in_order(waiting(session.id), session.id, asked)
        return
    first = head(session.id)
    if first is not None:
        yield first
        yield from (row for row in waiting(session.id) if row.id != first.id)


def _fitting(session: Session, asked: Terms) -> list[SignUp]:
    """List who waits and fits the split of seats, those first whose group has too few of them."""
    counts, limit = seated_by_group(session.id), effective_capacity(session)
    rows = [
        (row, group_of(row.registration.category_id))
        for row in _in_order(waiting(session.id), session.id, asked)
    ]
    could = [pair for pair in rows if rules.buckets.fits(asked.buckets, counts, limit, pair[1])]
    could.sort(key=lambda pair: not rules.buckets.is_preferred(asked.buckets, counts, pair[1]))
    return [row for row, _group in could]


def may_pass(session: Session, asked: Terms, category_id: int | None) -> bool:
    """Tell whether a newcomer has a seat by the split of seats: one that fits nobody who waits."""
    if _fitting(session, asked):
        return False
    counts, limit = seated_by_group(session.id), effective_capacity(session)
    return rules.buckets.fits(asked.buckets, counts, limit, group_of(category_id))


def _in_order(rows: Sequence[SignUp], session_id: int, asked: Terms) -> Sequence[SignUp]:
    """Put rows, which are in the order of their tickets, into that of their queue."""
    if asked.queue_order == Order.FIRST_COME:
        return rows
    known = {row.id: row for row in rows}
    return [known[one] for one in line(session_id, asked) if one in known]


def line(session_id: int, asked: Terms) -> list[int]:
    """List the sign-ups of a queue in the order that the session's terms give it."""
    query = (
        select(SignUp.id, SignUp.ticket, Category.group, Registration.organisation_id)
        .join(SignUp.registration)
        .outerjoin(Category, Category.id == Registration.category_id)
        .where(SignUp.session_id == session_id, SignUp.state == State.WAITING)
    )
    people = [rules.order.InLine(*row) for row in db.session.execute(query)]
    seated = seated_organisations(session_id) if asked.queue_order == Order.ONE_EACH else set()
    return [one.sign_up_id for one in rules.order.in_order(people, asked, seated)]


def seated_by_group(session_id: int) -> Mapping[str | None, int]:
    """Return how many of each group of categories have a seat, or are asked whether to take one."""
    query = (
        select(Category.group, func.count())
        .select_from(SignUp)
        .join(SignUp.registration)
        .outerjoin(Category, Category.id == Registration.category_id)
        .where(
            SignUp.session_id == session_id,
            SignUp.state.in_((State.CONFIRMED, State.OFFERED)),
        )
    )
    return dict(db.session.execute(query.group_by(Category.group)).all())


def seated(session_id: int) -> list[Seated]:
    """List who has a seat, or is asked whether to take one, as a split of seats sees them."""
    rows = [*roster(session_id), *held(session_id)]
    return [
        Seated(
            full_name("", row.registration.first_name, row.registration.last_name),
            row.registration.category.group if row.registration.category else None,
            row.ticket,
        )
        for row in rows
    ]


def group_of(category_id: int | None) -> str | None:
    """Return the group that a category is counted in."""
    row = db.session.get(Category, category_id) if category_id is not None else None
    return row.group if row is not None else None


def seated_organisations(session_id: int) -> set[int]:
    """Return the organisations of which somebody has a seat, or is asked whether to take one."""
    query = select(Registration.organisation_id).join(
        SignUp, SignUp.registration_id == Registration.id
    )
    query = query.where(
        SignUp.session_id == session_id,
        SignUp.state.in_((State.CONFIRMED, State.OFFERED)),
        Registration.organisation_id.is_not(None),
    )
    return set(db.session.scalars(query))


def position(sign_up: SignUp) -> int | None:
    """Return the present rank in the queue, from 1; None for somebody who does not wait."""
    if sign_up.state is not State.WAITING:
        return None
    asked = terms(sign_up.session_id)
    if asked.queue_order != Order.FIRST_COME:
        return line(sign_up.session_id, asked).index(sign_up.id) + 1
    query = select(func.count()).where(
        SignUp.session_id == sign_up.session_id,
        SignUp.state == State.WAITING,
        SignUp.ticket <= sign_up.ticket,
    )
    return db.session.scalar(query)


def positions(registration_id: int) -> Mapping[int, int]:
    """Return a registration's rank in every queue it stands in, by session."""
    ranked = (
        select(
            SignUp.session_id,
            SignUp.registration_id,
            func.row_number()
            .over(partition_by=SignUp.session_id, order_by=SignUp.ticket)
            .label("place"),
        )
        .where(SignUp.state == State.WAITING, SignUp.session_id.in_(_waited_for(registration_id)))
        .subquery()
    )
    query = select(ranked.c.session_id, ranked.c.place, SignUp.id, SessionTerms.queue_order)
    query = query.join(
        SignUp,
        and_(
            SignUp.session_id == ranked.c.session_id,
            SignUp.registration_id == ranked.c.registration_id,
        ),
    )
    query = query.outerjoin(SessionTerms, SessionTerms.session_id == ranked.c.session_id)
    rows = db.session.execute(query.where(ranked.c.registration_id == registration_id)).all()
    return {
        session_id: place
        if order in (None, Order.FIRST_COME)
        else line(session_id, terms(session_id)).index(sign_up_id) + 1
        for session_id, place, sign_up_id, order in rows
    }


def _waited_for(registration_id: int) -> Select[int]:
    return select(SignUp.session_id).where(
        SignUp.registration_id == registration_id, SignUp.state == State.WAITING
    )


def positions_in(session_id: int) -> Mapping[int, int]:
    """Return the rank of everybody in a session's queue, by sign-up."""
    asked = terms(session_id)
    if asked.queue_order == Order.FIRST_COME:
        waits = (SignUp.session_id == session_id, SignUp.state == State.WAITING)
        ids = db.session.scalars(select(SignUp.id).where(*waits).order_by(SignUp.ticket)).all()
    else:
        ids = line(session_id, asked)
    return {sign_up_id: place for place, sign_up_id in enumerate(ids, start=1)}


def needing_seats(event_id: int | None = None) -> Sequence[int]:
    """List sessions, by id, that have a queue and a free seat at once, of one event or all."""
    query = select(Session.id).where(
        Session.waiting > 0, Session.state == SessionState.SCHEDULED, has_seat()
    )
    if event_id is not None:
        query = query.where(Session.event_id == event_id)
    return db.session.scalars(query.order_by(Session.id)).all()


def undrawn(event_id: int | None, now: datetime) -> Sequence[int]:
    """List sessions, by id, whose sign-up is over and whose queue is still to be drawn by lot."""
    query = select(Session).join(SessionTerms, SessionTerms.session_id == Session.id)
    query = query.where(
        SessionTerms.queue_order == Order.LOTTERY,
        SessionTerms.lottery_seed.is_(None),
        Session.state == SessionState.SCHEDULED,
        Session.starts_at > now,
        Session.waiting > 0,
    )
    if event_id is not None:
        query = query.where(Session.event_id == event_id)
    rows = db.session.scalars(query.order_by(Session.id)).all()
    return [row.id for row in rows if is_over(row, terms(row.id), now)]


def is_over(session: Session, asked: Terms, now: datetime) -> bool:
    """Tell whether sign-up for a session has closed."""
    closes = rules.policy.closes_at(session, asked)
    return closes is not None and now > closes


def has_lapsed_offers(session_id: int, now: datetime) -> bool:
    """Tell whether an offer of a session has run out and nobody has noted it yet."""
    query = select(Session.id).where(Session.id == session_id, Session.offers_until < now)
    return db.session.scalar(query) is not None


def lapsing(event_id: int | None, now: datetime) -> Sequence[int]:
    """List sessions, by id, in which an offer has run out and nobody has noted it yet."""
    query = select(Session.id).where(Session.offers_until < now)
    if event_id is not None:
        query = query.where(Session.event_id == event_id)
    return db.session.scalars(query.order_by(Session.id)).all()


def from_organisation(session_ids: Collection[int], organisation_id: int) -> Mapping[int, int]:
    """Return how many places people of one organisation have in sessions, by session."""
    query = select(SignUp.session_id, func.count()).join(SignUp.registration)
    query = query.where(
        SignUp.session_id.in_(session_ids),
        SignUp.state.in_(STANDING),
        Registration.organisation_id == organisation_id,
    )
    return dict(db.session.execute(query.group_by(SignUp.session_id)).all())
