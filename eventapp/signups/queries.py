"""Named reads of seats and queues."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, Text, and_, bindparam, case, cast, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from eventapp.directory import queries as directory
from eventapp.directory.models import Commitment, Person
from eventapp.events import queries as frame
from eventapp.events.models import Category, Room
from eventapp.kernel import tokens
from eventapp.kernel.db import db, table_of
from eventapp.kernel.text import full_name
from eventapp.programme import queries as programme
from eventapp.programme.models import (
    RELEASED,
    Activity,
    Session,
    SessionState,
    SignUpRule,
    Speaker,
)
from eventapp.programme.rules import appointments, effective_capacity, seats_left, topics
from eventapp.programme.rules.appointments import Slot
from eventapp.programme.rules.diagnostics import Need
from eventapp.registrations.models import Registration
from eventapp.registrations.rules import moves_in_wheelchair
from eventapp.signups import rules
from eventapp.signups.models import (
    Offer,
    OfferState,
    ServiceCard,
    SessionTerms,
    SignUp,
    SignUpPolicy,
    State,
)
from eventapp.signups.rules import (
    Applicant,
    Around,
    Case,
    Order,
    Place,
    Policy,
    Promotion,
    SignUpRefusal,
    Terms,
    Wanted,
    Warned,
)
from eventapp.signups.rules.buckets import Seated

STANDING = (State.CONFIRMED, State.OFFERED, State.WAITING)

# What every decision looks at; rows read anew forget what is not asked for again.
_SESSION = (
    joinedload(SignUp.session).joinedload(Session.activity),
    joinedload(SignUp.session).joinedload(Session.room),
)
_ANEW = {"populate_existing": True}


def capacity() -> ColumnElement[int | None]:
    """Return, in SQL, how many seats a session has: see `programme.rules.effective_capacity`."""
    session, room = table_of(Session).c, table_of(Room).c
    of_room = select(room.capacity).where(room.id == session.room_id).scalar_subquery()
    return func.coalesce(session.capacity, of_room) * (100 + session.overbooking_percent) // 100


def has_seat() -> ColumnElement[bool]:
    """Return, in SQL, whether a session has a free seat, whoever it belongs to."""
    limit, row = capacity(), table_of(Session).c
    return or_(limit.is_(None), row.confirmed + row.offered < limit)


def _whole() -> Select[SignUp]:
    session = joinedload(SignUp.session)
    return select(SignUp).options(
        session.joinedload(Session.activity),
        session.joinedload(Session.day),
        session.joinedload(Session.room).joinedload(Room.venue),
    )


def sign_up(sign_up_id: int) -> SignUp | None:
    """Return one sign-up with its session, room, venue and registration."""
    query = _whole().options(joinedload(SignUp.registration))
    return db.session.scalars(query.where(SignUp.id == sign_up_id)).first()


def anew(sign_up_id: int) -> SignUp | None:
    """Return one sign-up with what changing it needs, as it is behind the locks just taken."""
    query = select(SignUp).options(joinedload(SignUp.registration), *_SESSION)
    query = query.where(SignUp.id == sign_up_id).execution_options(**_ANEW)
    return db.session.scalars(query).first()


def locked(session_id: int, registration_id: int) -> tuple[Applicant, Wanted, Policy, Terms] | None:
    """Take a registration and its person for this transaction, with a session of their event.

    What the event and the session ask of sign-ups comes along.

    The session itself is not locked: one that changes meanwhile is found out by its version
    when the seat is drawn.
    """
    db.session.flush()  # what was changed here must be seen by what reads past the mapper
    asked = {"session_id": session_id, "registration_id": registration_id}
    row = db.session.execute(_locked(), asked).first()
    if row is None:
        return None
    known, wanted = len(Applicant._fields), len(Applicant._fields) + len(Wanted._fields)
    asked_of_event = row[wanted : wanted + len(Policy._fields)]
    return (
        Applicant(*row[:known]),
        Wanted(*row[known:wanted]),
        _told(Policy(), asked_of_event),
        _told(Terms(), row[wanted + len(Policy._fields) :]),
    )


Told = TypeVar("Told", Policy, Terms)


def _told(usual: Told, values: Sequence[Any]) -> Told:
    """Return what a row says; where there is no row, all its values are None."""
    said = zip(usual._fields, values, strict=True)
    return usual._replace(**{name: value for name, value in said if value is not None})


@cache  # building it takes longer than asking, and every sign-up asks
def _locked() -> Select[Any]:
    person, who = table_of(Person), table_of(Registration)
    session, activity, room = table_of(Session), table_of(Activity), table_of(Room)
    applicant = [who.c[name] for name in Applicant._fields]
    elsewhere = {"title": activity.c.title, "venue_id": room.c.venue_id}
    wanted = [elsewhere[name] if name in elsewhere else session.c[name] for name in Wanted._fields]
    policy, terms = table_of(SignUpPolicy), table_of(SessionTerms)
    asked = [policy.c[name] for name in Policy._fields]
    asked += [terms.c[name] for name in Terms._fields]
    return (
        select(*applicant, *wanted, *asked)
        .select_from(who)
        .join(person, person.c.id == who.c.person_id)
        .join(session, session.c.event_id == who.c.event_id)
        .join(activity, activity.c.id == session.c.activity_id)
        .outerjoin(room, room.c.id == session.c.room_id)
        .outerjoin(policy, policy.c.event_id == session.c.event_id)
        .outerjoin(terms, terms.c.session_id == session.c.id)
        .where(
            who.c.id == bindparam("registration_id"),
            session.c.id == bindparam("session_id"),
            session.c.state.in_(RELEASED),
        )
        .with_for_update(of=[person, who], key_share=True)
    )


def of(session_id: int, registration_id: int) -> SignUp | None:
    """Return a registration's sign-up for a session, also one that was given back."""
    query = _whole().options(joinedload(SignUp.registration))
    query = query.where(SignUp.session_id == session_id)
    return db.session.scalars(query.where(SignUp.registration_id == registration_id)).first()


def event_of_sign_up(sign_up_id: int) -> int | None:
    """Return the id of the event a sign-up belongs to."""
    query = select(Session.event_id).join(SignUp, SignUp.session_id == Session.id)
    return db.session.scalar(query.where(SignUp.id == sign_up_id))


def own(registration_id: int) -> Sequence[SignUp]:
    """List a registration's seats and places in queues, in the order of the programme."""
    query = _whole().join(SignUp.session)
    query = query.where(SignUp.registration_id == registration_id, SignUp.state.in_(STANDING))
    return db.session.scalars(query.order_by(Session.starts_at, Session.id)).all()


def standing_of(registration_ids: Collection[int]) -> Mapping[int, list[SignUp]]:
    """Return the seats and places in queues of some people, in the order of the programme."""
    query = _whole().join(SignUp.session)
    query = query.where(SignUp.registration_id.in_(registration_ids), SignUp.state.in_(STANDING))
    found: dict[int, list[SignUp]] = {}
    for row in db.session.scalars(query.order_by(Session.starts_at, Session.id)):
        found.setdefault(row.registration_id, []).append(row)
    return found


def of_person(person_id: int) -> list[Place]:
    """List all places of a person at all events, also those given back, in order of sessions."""
    return [Place._make(row) for row in db.session.execute(_of_person(), {"person_id": person_id})]


@cache  # building it takes longer than asking, and every sign-up asks
def _of_person() -> Select[Any]:
    place, who, session = table_of(SignUp), table_of(Registration), table_of(Session)
    own = [place.c[name] if name in place.c else session.c[name] for name in Place._fields]
    return (
        select(*own)
        .select_from(place)
        .join(who, who.c.id == place.c.registration_id)
        .join(session, session.c.id == place.c.session_id)
        .where(who.c.person_id == bindparam("person_id"))
        .order_by(place.c.session_id)
    )


def of_registration(registration_id: int) -> Sequence[SignUp]:
    """List a registration's places, by session, with what changing them needs, read anew."""
    query = select(SignUp).options(joinedload(SignUp.registration), *_SESSION)
    query = query.where(SignUp.registration_id == registration_id, SignUp.state.in_(STANDING))
    query = query.order_by(SignUp.session_id).execution_options(**_ANEW)
    return db.session.scalars(query).all()


def held_by(registration_ids: Collection[int]) -> Sequence[SignUp]:
    """List the places of several people with their sessions, in time order."""
    query = _whole().join(Session, Session.id == SignUp.session_id)
    query = query.where(SignUp.registration_id.in_(registration_ids), SignUp.state.in_(STANDING))
    return db.session.scalars(query.order_by(Session.starts_at, SignUp.id)).all()


def sessions_of(registration_ids: Collection[int]) -> list[int]:
    """List the sessions in which any of these registrations has a place."""
    query = select(SignUp.session_id).where(
        SignUp.registration_id.in_(registration_ids), SignUp.state.in_(STANDING)
    )
    return sorted(set(db.session.scalars(query)))


def _with_people(session_id: int, state: State) -> Select[SignUp]:
    query = select(SignUp).join(SignUp.registration)
    query = query.options(
        contains_eager(SignUp.registration).joinedload(Registration.organisation),
        contains_eager(SignUp.registration).joinedload(Registration.category),
    )
    return query.where(SignUp.session_id == session_id, SignUp.state == state)


def roster(session_id: int) -> Sequence[SignUp]:
    """List confirmed sign-ups with their people, in Polish alphabetical order."""
    query = _with_people(session_id, State.CONFIRMED)
    return db.session.scalars(query.order_by(Registration.sort_key, SignUp.id)).all()


def queue(session_id: int) -> Sequence[SignUp]:
    """List who waits, with their people, in the order of the queue."""
    query = _with_people(session_id, State.WAITING)
    rows = db.session.scalars(query.order_by(SignUp.ticket)).all()
    return _in_order(rows, session_id, terms(session_id))


def listed(session_id: int, *, after: int = 0, limit: int = 50) -> Sequence[SignUp]:
    """List a session's standing sign-ups by id, from the one behind *after*."""
    query = select(SignUp).options(joinedload(SignUp.registration), joinedload(SignUp.session))
    query = query.where(
        SignUp.session_id == session_id, SignUp.state.in_(STANDING), SignUp.id > after
    )
    return db.session.scalars(query.order_by(SignUp.id).limit(limit)).all()


def reached(session_ids: Collection[int]) -> Mapping[int, bool]:
    """Return who has a place in one of these sessions: ids of registrations, and who has a mailbox.

    Whoever has none must be told by telephone.
    """
    query = select(Registration.id, Registration.email.is_not(None))
    query = query.join(SignUp, SignUp.registration_id == Registration.id)
    query = query.where(SignUp.session_id.in_(session_ids), SignUp.state.in_(STANDING))
    return {row[0]: bool(row[1]) for row in db.session.execute(query)}


def in_wheelchairs(event_id: int) -> Sequence[Need]:
    """List who has a seat in a session and moves in a wheelchair."""
    # Most people need nothing: they need not be read.
    asking = select(Registration.id, Registration.needs).where(
        Registration.event_id == event_id, cast(Registration.needs, Text) != "[]"
    )
    ids = [row.id for row in db.session.execute(asking) if moves_in_wheelchair(row.needs)]
    query = select(SignUp.session_id, Registration).join(SignUp.registration)
    query = query.where(Registration.id.in_(ids), SignUp.state == State.CONFIRMED)
    rows = db.session.execute(query.order_by(Registration.sort_key, SignUp.session_id))
    return [
        Need(session_id=session_id, name=full_name("", who.first_name, who.last_name))
        for session_id, who in rows
    ]


def standing(session_id: int) -> Sequence[SignUp]:
    """List everybody with a seat or a place in the queue of a session, with the registration."""
    query = select(SignUp).options(joinedload(SignUp.registration), *_SESSION)
    query = query.where(SignUp.session_id == session_id, SignUp.state.in_(STANDING))
    query = query.order_by(SignUp.ticket).execution_options(**_ANEW)
    return db.session.scalars(query).all()


def waiting(session_id: int) -> Sequence[SignUp]:
    """List who waits with the registration, in the order of the queue, read anew."""
    return [row for row in standing(session_id) if row.state is State.WAITING]


def slots(session: Session) -> list[Slot]:
    """List the appointments of a session, whose speakers are loaded, taken or not."""
    return appointments.slots(session, [named.speaker_id for named in session.speakers])


def free_slots(session: Session) -> list[Slot]:
    """List the appointments of a session that nobody has."""
    query = select(SignUp.adviser_id, SignUp.slot)
    query = query.where(SignUp.session_id == session.id, SignUp.slot.is_not(None))
    taken = {(row[0], row[1]) for row in db.session.execute(query)}
    return [one for one in slots(session) if (one.adviser_id, one.number) not in taken]


def has_appointments(session_id: int) -> bool:
    """Tell whether anybody has an appointment in a session, also in one that is advice no more."""
    query = select(SignUp.id).where(SignUp.session_id == session_id, SignUp.slot.is_not(None))
    return db.session.scalar(query.limit(1)) is not None


def slot_of(row: SignUp) -> Slot | None:
    """Return the appointment of a place in advice; the session has to be loaded."""
    if row.adviser_id is None or row.slot is None:
        return None
    return appointments.slot(row.session, row.adviser_id, row.slot)


@dataclass(frozen=True, kw_only=True)
class Appointment:
    """An appointment as it is shown to one reader: free, mine, or why not: taken, busy."""

    slot: Slot
    state: str


@dataclass(frozen=True, kw_only=True)
class Advising:
    """One adviser's row of appointments, in time order."""

    adviser: Speaker
    appointments: Sequence[Appointment]


def advising(session: Session, registration: Registration | None, now: datetime) -> list[Advising]:
    """List the appointments of advice, whose speakers are loaded, as a reader can have them."""
    free = set(free_slots(session))
    mine, busy = None, []
    if registration is not None:
        held = of(session.id, registration.id)
        mine = slot_of(held) if held is not None else None
        every = directory.commitments(registration.person_id, session.event_id)
        busy = _clashing(directory.standing(every, now), session)
    rows: dict[int, list[Appointment]] = {named.speaker_id: [] for named in session.speakers}
    for one in slots(session):
        state = "mine" if one == mine else "free" if one in free else "taken"
        if state == "free" and not appointments.fits(one, busy):
            state = "busy"
        rows[one.adviser_id].append(Appointment(slot=one, state=state))
    return [
        Advising(adviser=named.speaker, appointments=rows[named.speaker_id])
        for named in session.speakers
    ]


@dataclass(frozen=True, kw_only=True)
class Advised:
    """Who comes to an appointment, and what the adviser has noted of it, if anything yet."""

    slot: Slot
    sign_up: SignUp
    card: ServiceCard | None


def advised(session: Session) -> Mapping[Slot, Advised]:
    """Return who has which appointment of advice, whose speakers are loaded; in their order."""
    order = slots(session)
    cards = select(ServiceCard).join(SignUp, SignUp.id == ServiceCard.sign_up_id)
    written = {
        card.sign_up_id: card
        for card in db.session.scalars(cards.where(SignUp.session_id == session.id))
    }
    found = {}
    for row in roster(session.id):
        if row.adviser_id is not None and row.slot is not None:
            one = appointments.slot(session, row.adviser_id, row.slot)
            found[one] = Advised(slot=one, sign_up=row, card=written.get(row.id))
    return {one: found[one] for one in order if one in found}


def head(session_id: int) -> SignUp | None:
    """Return the first in a session's queue."""
    query = select(SignUp).options(joinedload(SignUp.registration), *_SESSION)
    query = query.where(SignUp.session_id == session_id, SignUp.state == State.WAITING)
    query = query.order_by(SignUp.ticket).limit(1).execution_options(**_ANEW)
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


def states(event_id: int, registration_id: int) -> Mapping[int, State]:
    """Return how a registration stands in each session of an event it signed up for."""
    query = select(SignUp.session_id, SignUp.state).join(SignUp.session)
    query = query.where(
        Session.event_id == event_id,
        SignUp.registration_id == registration_id,
        SignUp.state.in_(STANDING),
    )
    return dict(db.session.execute(query).all())


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


# --- what a person may do now -------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What one session is to one person: the state of the button, the page and the API.

    `sign_up` is the person's own; `refusal` says why there is none to be had, with
    `details`; without a refusal a seat (`seats_left` is None or above 0) or a place in the
    queue can be taken. A seat on offer is held until `offer_until`; `last_call` tells that free
    seats go to whoever in the queue is first to ask. `order` is the rule of the queue, and
    `seed` what its lots were drawn with.
    """

    session: Session
    sign_up: Place | None
    position: int | None
    seats_left: int | None
    waiting: int
    refusal: SignUpRefusal | None
    details: Mapping[str, object]
    warnings: Sequence[Warned] = ()
    offer_until: datetime | None = None
    last_call: bool = False
    order: Order = Order.FIRST_COME
    seed: str | None = None
    promotion: Promotion = Promotion.AUTO

    @property
    def has_free_seat(self) -> bool:
        """Tell whether there is a seat for whoever in the queue asks first."""
        session, limit = self.session, effective_capacity(self.session)
        return limit is None or session.confirmed + session.offered < limit


def choices(
    sessions: Sequence[Session], registration: Registration, now: datetime
) -> Mapping[int, Choice]:
    """Return what each session is to a person, by session; a fixed number of statements."""
    seen = _seen(sessions, registration, now)
    return {session.id: seen.choice(session) for session in sessions}


def choice(session_id: int, registration: Registration, now: datetime) -> Choice | None:
    """Return what one session is to a person."""
    session = programme.session(session_id)
    return None if session is None else choices([session], registration, now)[session_id]


@dataclass(frozen=True, kw_only=True)
class _Seen:
    """All that decides what sessions are to one person."""

    registration: Registration
    signed: Sequence[Place]
    places: Mapping[int, int]
    busy: Sequence[Commitment]
    offers: Mapping[int, Offer]
    policy: Policy
    terms: Mapping[int, Terms]
    around: Mapping[int, Around]
    now: datetime

    def choice(self, session: Session) -> Choice:
        """Return what one of the sessions is to the person."""
        terms = self.terms.get(session.id, Terms())
        asked = Case(
            session=session,
            title=session.activity.title,
            registration=self.registration,
            signed=self.signed,
            busy=_in_the_way(self.busy, session),
            now=self.now,
            policy=self.policy,
            terms=terms,
            around=self.around.get(session.id, Around()),
        )
        refusal = rules.refuse_sign_up(asked)
        left = seats_left(session)
        if refusal is None and left == 0 and not session.waiting_list:
            refusal = SignUpRefusal.FULL_NO_QUEUE
        venue_id = session.room.venue_id if session.room is not None else None
        offer = self.offers.get(session.id)
        return Choice(
            session=session,
            sign_up=self._mine(session, offer),
            position=self.places.get(session.id),
            seats_left=left,
            waiting=session.waiting,
            refusal=refusal,
            details=rules.explain(refusal, asked) if refusal else {},
            warnings=rules.warnings(asked, self.busy, venue_id),
            offer_until=offer.expires_at if offer is not None else None,
            last_call=is_called(session, self.policy, self.now),
            order=Order(terms.queue_order),
            seed=terms.lottery_seed,
            promotion=Promotion(self.policy.promotion),
        )

    def _mine(self, session: Session, offer: Offer | None) -> Place | None:
        """Return the person's own place; a seat whose offer ran out is one in the queue again."""
        for row in self.signed:
            if row.session_id == session.id and row.registration_id == self.registration.id:
                lapsed = row.state is State.OFFERED and offer is None
                held = row._replace(state=State.WAITING) if lapsed else row
                return held if held.state in STANDING else None
        return None


def _seen(sessions: Sequence[Session], registration: Registration, now: datetime) -> _Seen:
    signed = of_person(registration.person_id)
    asks = policy(registration.event_id)
    asked = terms_of([session.id for session in sessions])
    every = directory.commitments(registration.person_id, registration.event_id)
    return _Seen(
        registration=registration,
        signed=signed,
        places=positions(registration.id),
        busy=directory.standing(every, now),
        offers=pending_offers(registration.id, now) if _offered(signed) else {},
        policy=asks,
        terms=asked,
        around=_around(sessions, registration, signed, asks, asked),
        now=now,
    )


def _offered(signed: Sequence[Place]) -> bool:
    return any(row.state is State.OFFERED for row in signed)


def _around(
    sessions: Sequence[Session],
    registration: Registration,
    signed: Sequence[Place],
    asks: Policy,
    asked: Mapping[int, Terms],
) -> Mapping[int, Around]:
    """Return what the terms of sessions need to be told of, by session; mostly nothing."""
    about: Mapping[int, frozenset[str]] = {}
    if asks.limit_per_topic is not None:
        own = {row.activity_id for row in signed}
        about = topics_of({*own, *(session.activity_id for session in sessions)})
    named = activity_titles({one for terms in asked.values() for one in terms.required_ids})
    groups = category_labels(registration.event_id) if _by_category(asked) else {}
    limited = [one for one, terms in asked.items() if terms.limit_per_organisation is not None]
    house = registration.organisation_id
    counts = from_organisation(limited, house) if limited and house is not None else {}
    return {
        session.id: _told_of(asked.get(session.id, Terms()), groups, named, about)._replace(
            from_organisation=counts.get(session.id, 0)
        )
        for session in sessions
    }


def _told_of(
    terms: Terms,
    groups: Mapping[int, Mapping[str, str]],
    named: Mapping[int, Mapping[str, str]],
    about: Mapping[int, frozenset[str]],
) -> Around:
    return Around(
        groups=[groups[one] for one in terms.category_ids if one in groups],
        required=[named[one] for one in terms.required_ids if one in named],
        topics=about,
    )


def _by_category(asked: Mapping[int, Terms]) -> bool:
    return any(terms.category_ids for terms in asked.values())


def around(
    session: Session | Wanted,
    registration: Registration | Applicant,
    signed: Sequence[Place],
    asks: Policy,
    terms: Terms,
) -> Around:
    """Return the same for one session, as it is behind the locks; asks only what is needed."""
    about: Mapping[int, frozenset[str]] = {}
    if asks.limit_per_topic is not None:
        about = topics_of({session.activity_id, *(row.activity_id for row in signed)})
    groups = category_labels(registration.event_id) if terms.category_ids else {}
    named = activity_titles(terms.required_ids) if terms.required_ids else {}
    house, count = registration.organisation_id, 0
    if terms.limit_per_organisation is not None and house is not None:
        count = from_organisation([session.id], house).get(session.id, 0)
    return _told_of(terms, groups, named, about)._replace(from_organisation=count)


def policy(event_id: int) -> Policy:
    """Return what an event asks of sign-ups."""
    columns = (getattr(SignUpPolicy, name) for name in Policy._fields)
    row = db.session.execute(select(*columns).where(SignUpPolicy.event_id == event_id)).first()
    return Policy() if row is None else _told(Policy(), row)


def terms_of(session_ids: Collection[int]) -> Mapping[int, Terms]:
    """Return what sessions ask of those who sign up, of those that ask something."""
    columns = (getattr(SessionTerms, name) for name in Terms._fields)
    query = select(SessionTerms.session_id, *columns)
    rows = db.session.execute(query.where(SessionTerms.session_id.in_(session_ids)))
    return {row[0]: _told(Terms(), row[1:]) for row in rows}


def terms(session_id: int) -> Terms:
    """Return what one session asks of those who sign up."""
    return terms_of([session_id]).get(session_id, Terms())


def begins(each: Mapping[str, Any]) -> datetime:
    """Return when a round opens."""
    return datetime.fromisoformat(each["from"])


def sessions_with_terms(event_id: int) -> Sequence[Session]:
    """List the sessions of an event that ask something of those who sign up, or overbook."""
    query = select(Session).outerjoin(SessionTerms, SessionTerms.session_id == Session.id)
    query = query.where(
        Session.event_id == event_id,
        or_(SessionTerms.session_id.is_not(None), Session.overbooking_percent > 0),
    )
    return db.session.scalars(query.order_by(Session.id)).all()


def topics_of(activity_ids: Collection[int]) -> Mapping[int, frozenset[str]]:
    """Return the keys of the topics that activities are about."""
    query = select(Activity.id, Activity.topics).where(Activity.id.in_(activity_ids))
    return {
        row[0]: frozenset(topics.key_of(one) for one in row[1]) for row in db.session.execute(query)
    }


def activity_titles(activity_ids: Collection[int]) -> Mapping[int, Mapping[str, str]]:
    """Return what activities are called."""
    if not activity_ids:
        return {}
    query = select(Activity.id, Activity.title).where(Activity.id.in_(activity_ids))
    return dict(db.session.execute(query).all())


def activities(event_id: int, *, besides: int) -> Mapping[int, Mapping[str, str]]:
    """Return the titles of an event's activities with sign-up but one, in the programme's order."""
    query = select(Activity.id, Activity.title).join(Session, Session.activity_id == Activity.id)
    query = query.where(
        Activity.event_id == event_id,
        Activity.id != besides,
        Session.state == SessionState.SCHEDULED,
        Session.sign_up != SignUpRule.NONE,
    )
    return dict(db.session.execute(query.order_by(Session.starts_at, Session.id)).all())


def category_labels(event_id: int) -> Mapping[int, Mapping[str, str]]:
    """Return what the categories of an event are called."""
    return {row.id: row.name for row in frame.categories(event_id)}


def from_organisation(session_ids: Collection[int], organisation_id: int) -> Mapping[int, int]:
    """Return how many places people of one organisation have in sessions, by session."""
    query = select(SignUp.session_id, func.count()).join(SignUp.registration)
    query = query.where(
        SignUp.session_id.in_(session_ids),
        SignUp.state.in_(STANDING),
        Registration.organisation_id == organisation_id,
    )
    return dict(db.session.execute(query.group_by(SignUp.session_id)).all())


LINK = "offer"


def offer_token(row: SignUp) -> str:
    """Return the token of the page on which a person answers for one place; see `by_token`.

    It dies when the place is passed on to somebody else.
    """
    return tokens.personal(LINK, row.id, row.registration_id)


def by_token(token: str) -> SignUp | None:
    """Return the place that a token answers for, None where the token is not ours."""
    number = tokens.number_in(token, LINK)
    row = sign_up(number) if number is not None else None
    if row is None or not tokens.is_personal(token, LINK, row.id, row.registration_id):
        return None
    return row


# --- offers ---------------------------------------------------------------------------------


def pending_offer(sign_up_id: int) -> Offer | None:
    """Return the offer that somebody has not answered yet, also one that has run out."""
    query = select(Offer).where(Offer.sign_up_id == sign_up_id, Offer.state == OfferState.PENDING)
    return db.session.scalars(query.execution_options(**_ANEW)).first()


def last_offer(sign_up_id: int) -> Offer | None:
    """Return the newest offer that somebody had of a session."""
    query = select(Offer).where(Offer.sign_up_id == sign_up_id).order_by(Offer.id.desc()).limit(1)
    return db.session.scalars(query.execution_options(**_ANEW)).first()


def offer(offer_id: int) -> Offer | None:
    """Return one offer."""
    return db.session.get(Offer, offer_id)


def pending_offers(registration_id: int, now: datetime) -> Mapping[int, Offer]:
    """Return the seats that are held for a registration at *now*, by session."""
    query = select(Offer).where(
        Offer.registration_id == registration_id,
        Offer.state == OfferState.PENDING,
        Offer.expires_at >= now,
    )
    return {row.session_id: row for row in db.session.scalars(query)}


def offers_in(session_id: int) -> Sequence[Offer]:
    """List the pending offers of a session, oldest first, read anew."""
    query = select(Offer).where(Offer.session_id == session_id, Offer.state == OfferState.PENDING)
    query = query.order_by(Offer.id).execution_options(**_ANEW)
    return db.session.scalars(query).all()


def held(session_id: int) -> Sequence[SignUp]:
    """List for whom a seat is held, with their people, in Polish alphabetical order."""
    query = _with_people(session_id, State.OFFERED)
    return db.session.scalars(query.order_by(Registration.sort_key, SignUp.id)).all()


def held_until(session_id: int, now: datetime) -> Mapping[int, datetime]:
    """Return until when seats of a session are held, by sign-up; none whose offer ran out."""
    return {
        row.sign_up_id: row.expires_at
        for row in offers_in(session_id)
        if not rules.offers.has_lapsed(row.expires_at, now)
    }


def is_called(session: Session, asks: Policy, now: datetime) -> bool:
    """Tell whether free seats of a session go to whoever in its queue is first to ask."""
    if session.appointment_minutes is not None:
        return False
    return rules.offers.calls_all(asks, session.starts_at, now)


def _in_the_way(busy: Sequence[Commitment], session: Session) -> Sequence[Commitment]:
    """List what clashes with a session; with advice only what leaves no appointment to have."""
    clashing = _clashing(busy, session)
    every = appointments.slots(session, [0])
    could = any(appointments.fits(one, clashing) for one in every)
    return [] if could else clashing


def _clashing(busy: Sequence[Commitment], session: Session) -> list[Commitment]:
    own_source = f"session:{session.id}"
    return [
        row
        for row in busy
        if row.starts_at < session.ends_at
        and row.ends_at > session.starts_at
        and row.source != own_source
    ]


# --- counters -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Fault:
    """A session whose counters say something else than its rows."""

    session_id: int
    confirmed: tuple[int, int]
    offered: tuple[int, int]
    waiting: tuple[int, int]


def counter_faults(event_id: int | None = None) -> Sequence[Fault]:
    """List the sessions, of one event or all, whose counters differ from the rows."""
    states = {"confirmed": State.CONFIRMED, "offered": State.OFFERED, "waiting": State.WAITING}
    counted = (
        select(
            SignUp.session_id,
            *(
                func.sum(case((SignUp.state == state, 1), else_=0)).label(name)
                for name, state in states.items()
            ),
        )
        .group_by(SignUp.session_id)
        .subquery()
    )
    pairs = [(getattr(Session, name), func.coalesce(counted.c[name], 0)) for name in states]
    query = select(Session.id, *(one for pair in pairs for one in pair))
    query = query.outerjoin(counted, counted.c.session_id == Session.id)
    query = query.where(or_(*(kept != found for kept, found in pairs)))
    if event_id is not None:
        query = query.where(Session.event_id == event_id)
    rows = db.session.execute(query.order_by(Session.id))
    return [Fault(row[0], (row[1], row[2]), (row[3], row[4]), (row[5], row[6])) for row in rows]
