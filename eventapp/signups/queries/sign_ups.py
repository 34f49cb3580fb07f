"""Sign-ups with their sessions: of a person, of a session, by state."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import ColumnElement, Select, Text, cast, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from eventapp.events.models import Room
from eventapp.kernel.db import db, table_of
from eventapp.kernel.text import full_name
from eventapp.programme.models import Session
from eventapp.programme.rules.diagnostics import Need
from eventapp.registrations.models import Registration
from eventapp.registrations.rules import moves_in_wheelchair
from eventapp.signups.models import SignUp, State

STANDING = (State.CONFIRMED, State.OFFERED, State.WAITING)

# What every decision looks at; rows read anew forget what is not asked for again.
SESSION = (
    joinedload(SignUp.session).joinedload(Session.activity),
    joinedload(SignUp.session).joinedload(Session.room),
)

ANEW = {"populate_existing": True}


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
    query = select(SignUp).options(joinedload(SignUp.registration), *SESSION)
    query = query.where(SignUp.id == sign_up_id).execution_options(**ANEW)
    return db.session.scalars(query).first()


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


def of_registration(registration_id: int) -> Sequence[SignUp]:
    """List a registration's places, by session, with what changing them needs, read anew."""
    query = select(SignUp).options(joinedload(SignUp.registration), *SESSION)
    query = query.where(SignUp.registration_id == registration_id, SignUp.state.in_(STANDING))
    query = query.order_by(SignUp.session_id).execution_options(**ANEW)
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


def with_people(session_id: int, state: State) -> Select[SignUp]:
    """Select the sign-ups of a session in one state, with their people."""
    query = select(SignUp).join(SignUp.registration)
    query = query.options(
        contains_eager(SignUp.registration).joinedload(Registration.organisation),
        contains_eager(SignUp.registration).joinedload(Registration.category),
    )
    return query.where(SignUp.session_id == session_id, SignUp.state == state)


def roster(session_id: int) -> Sequence[SignUp]:
    """List confirmed sign-ups with their people, in Polish alphabetical order."""
    query = with_people(session_id, State.CONFIRMED)
    return db.session.scalars(query.order_by(Registration.sort_key, SignUp.id)).all()


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
    query = select(SignUp).options(joinedload(SignUp.registration), *SESSION)
    query = query.where(SignUp.session_id == session_id, SignUp.state.in_(STANDING))
    query = query.order_by(SignUp.ticket).execution_options(**ANEW)
    return db.session.scalars(query).all()


def waiting(session_id: int) -> Sequence[SignUp]:
    """List who waits with the registration, in the order of the queue, read anew."""
    return [row for row in standing(session_id) if row.state is State.WAITING]


def states(event_id: int, registration_id: int) -> Mapping[int, State]:
    """Return how a registration stands in each session of an event it signed up for."""
    query = select(SignUp.session_id, SignUp.state).join(SignUp.session)
    query = query.where(
        Session.event_id == event_id,
        SignUp.registration_id == registration_id,
        SignUp.state.in_(STANDING),
    )
    return dict(db.session.execute(query).all())
