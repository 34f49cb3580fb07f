"""Named reads of seats and queues."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, bindparam, case, cast, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from eventapp.directory import queries as directory
from eventapp.directory.models import Commitment, Person
from eventapp.events.models import Room
from eventapp.kernel.db import db, table_of
from eventapp.kernel.text import full_name
from eventapp.programme import queries as programme
from eventapp.programme.models import RELEASED, Activity, Session, SessionState, Speaker
from eventapp.programme.rules import appointments, seats_left
from eventapp.programme.rules.appointments import Slot
from eventapp.programme.rules.diagnostics import Need
from eventapp.registrations.models import Registration
from eventapp.registrations.rules import moves_in_wheelchair
from eventapp.signups import rules
from eventapp.signups.models import ServiceCard, SignUp, State
from eventapp.signups.rules import Applicant, Case, Place, SignUpRefusal, Wanted

STANDING = (State.CONFIRMED, State.WAITING)

# What every decision looks at; rows read anew forget what is not asked for again.
_SESSION = (
    joinedload(SignUp.session).joinedload(Session.activity),
    joinedload(SignUp.session).joinedload(Session.room),
)
_ANEW = {"populate_existing": True}


def capacity() -> ColumnElement[int | None]:
    """Return, in SQL, how many seats a session has: its own limit, else its room's."""
    session, room = table_of(Session).c, table_of(Room).c
    of_room = select(room.capacity).where(room.id == session.room_id).scalar_subquery()
    return func.coalesce(session.capacity, of_room)


def has_seat() -> ColumnElement[bool]:
    """Return, in SQL, whether a session has a free seat, whoever it belongs to."""
    limit = capacity()
    return or_(limit.is_(None), table_of(Session).c.confirmed < limit)


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


def locked(session_id: int, registration_id: int) -> tuple[Applicant, Wanted] | None:
    """Take a registration and its person for this transaction, with a session of their event.

    The session itself is not locked: one that changes meanwhile is found out by its version
    when the seat is drawn.
    """
    db.session.flush()  # what was changed here must be seen by what reads past the mapper
    asked = {"session_id": session_id, "registration_id": registration_id}
    row = db.session.execute(_locked(), asked).first()
    if row is None:
        return None
    known = len(Applicant._fields)
    return Applicant(*row[:known]), Wanted(*row[known:])


@cache  # building it takes longer than asking, and every sign-up asks
def _locked() -> Select[Any]:
    person, who = table_of(Person), table_of(Registration)
    session, activity, room = table_of(Session), table_of(Activity), table_of(Room)
    applicant = [who.c[name] for name in Applicant._fields]
    elsewhere = {"title": activity.c.title, "venue_id": room.c.venue_id}
    wanted = [elsewhere[name] if name in elsewhere else session.c[name] for name in Wanted._fields]
    return (
        select(*applicant, *wanted)
        .select_from(who)
        .join(person, person.c.id == who.c.person_id)
        .join(session, session.c.event_id == who.c.event_id)
        .join(activity, activity.c.id == session.c.activity_id)
        .outerjoin(room, room.c.id == session.c.room_id)
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
    return db.session.scalars(query.order_by(SignUp.ticket)).all()


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


def advising(session: Session, registration: Registration | None = None) -> list[Advising]:
    """List the appointments of advice, whose speakers are loaded, as a reader can have them."""
    free = set(free_slots(session))
    mine, busy = None, []
    if registration is not None:
        held = of(session.id, registration.id)
        mine = slot_of(held) if held is not None else None
        every = directory.commitments(registration.person_id, session.event_id)
        busy = _clashing(every, session)
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


def position(sign_up: SignUp) -> int | None:
    """Return the present rank in the queue, from 1; None for somebody who does not wait."""
    if sign_up.state is not State.WAITING:
        return None
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
    query = select(ranked.c.session_id, ranked.c.place)
    rows = db.session.execute(query.where(ranked.c.registration_id == registration_id))
    return dict(rows.all())


def _waited_for(registration_id: int) -> Select[int]:
    return select(SignUp.session_id).where(
        SignUp.registration_id == registration_id, SignUp.state == State.WAITING
    )


def positions_in(session_id: int) -> Mapping[int, int]:
    """Return the rank of everybody in a session's queue, by sign-up."""
    query = select(SignUp.id).where(SignUp.session_id == session_id, SignUp.state == State.WAITING)
    ids = db.session.scalars(query.order_by(SignUp.ticket)).all()
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


# --- what a person may do now -------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What one session is to one person: the state of the button, the page and the API.

    `sign_up` is the person's own; `refusal` says why there is none to be had, with
    `details`; without a refusal a seat (`seats_left` is None or above 0) or a place in the
    queue can be taken.
    """

    session: Session
    sign_up: Place | None
    position: int | None
    seats_left: int | None
    waiting: int
    refusal: SignUpRefusal | None
    details: Mapping[str, object]


def choices(
    sessions: Sequence[Session], registration: Registration, now: datetime
) -> Mapping[int, Choice]:
    """Return what each session is to a person, by session; a fixed number of statements."""
    signed = of_person(registration.person_id)
    places = positions(registration.id)
    busy = directory.commitments(registration.person_id, registration.event_id)
    mine = {
        row.session_id: row
        for row in signed
        if row.registration_id == registration.id and row.state in STANDING
    }
    return {
        session.id: _choice(
            session,
            Case(
                session=session,
                title=session.activity.title,
                registration=registration,
                signed=signed,
                busy=_in_the_way(busy, session),
                now=now,
            ),
            mine.get(session.id),
            places.get(session.id),
        )
        for session in sessions
    }


def choice(session_id: int, registration: Registration, now: datetime) -> Choice | None:
    """Return what one session is to a person."""
    session = programme.session(session_id)
    return None if session is None else choices([session], registration, now)[session_id]


def _choice(session: Session, case: Case, mine: Place | None, place: int | None) -> Choice:
    refusal = rules.refuse_sign_up(case)
    left = seats_left(session)
    if refusal is None and left == 0 and not session.waiting_list:
        refusal = SignUpRefusal.FULL_NO_QUEUE
    return Choice(
        session=session,
        sign_up=mine,
        position=place,
        seats_left=left,
        waiting=session.waiting,
        refusal=refusal,
        details=rules.explain(refusal, case) if refusal else {},
    )


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
    waiting: tuple[int, int]


def counter_faults(event_id: int | None = None) -> Sequence[Fault]:
    """List the sessions, of one event or all, whose counters differ from the rows."""
    counted = (
        select(
            SignUp.session_id,
            func.sum(case((SignUp.state == State.CONFIRMED, 1), else_=0)).label("confirmed"),
            func.sum(case((SignUp.state == State.WAITING, 1), else_=0)).label("waiting"),
        )
        .group_by(SignUp.session_id)
        .subquery()
    )
    confirmed = func.coalesce(counted.c.confirmed, 0)
    waiting = func.coalesce(counted.c.waiting, 0)
    query = select(Session.id, Session.confirmed, confirmed, Session.waiting, waiting)
    query = query.outerjoin(counted, counted.c.session_id == Session.id)
    query = query.where(or_(Session.confirmed != confirmed, Session.waiting != waiting))
    if event_id is not None:
        query = query.where(Session.event_id == event_id)
    rows = db.session.execute(query.order_by(Session.id))
    return [Fault(row[0], (row[1], row[2]), (row[3], row[4])) for row in rows]
