"""Steps that several commands take, behind the locks that those have taken."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from eventapp.directory import commands as directory
from eventapp.directory import queries as diary
from eventapp.directory.models import CommitmentKind
from eventapp.invites import commands as invites
from eventapp.kernel import jobs
from eventapp.kernel.db import append, db
from eventapp.kernel.facts import record
from eventapp.kernel.refusal import Refused
from eventapp.programme.models import Session, SessionState
from eventapp.programme.rules import effective_capacity
from eventapp.programme.rules.appointments import Slot
from eventapp.registrations import queries as people
from eventapp.registrations.models import Registration
from eventapp.signups import mails, queries, rules
from eventapp.signups.commands.facts import SignUpLeft
from eventapp.signups.models import OfferState, SignUp, State
from eventapp.signups.rules import (
    Applicant,
    Case,
    LeaveRefusal,
    Policy,
    Reason,
    Taken,
    Terms,
    Wanted,
)


class QueueMoved(Exception):
    """The queue had another head once its locks were held; look again."""


def session_anew(session_id: int) -> Session:
    """Return a session with what deciding needs, as it is behind the locks taken so far."""
    db.session.flush()  # reading anew must not undo what was changed here
    query = select(Session).options(joinedload(Session.activity), joinedload(Session.room))
    query = query.where(Session.id == session_id).execution_options(populate_existing=True)
    found = db.session.scalars(query).first()
    if found is None:
        raise LookupError(f"no session {session_id}")
    return found


def weighed(session: Session, registration: Registration, now: datetime) -> Case:
    """Put together all that decides about rows that are loaded."""
    asks, terms = queries.policy(session.event_id), queries.terms(session.id)
    return decided(session, session.activity.title, registration, now, policy=asks, terms=terms)


def decided(
    session: Session | Wanted,
    title: Mapping[str, str],
    registration: Registration | Applicant,
    now: datetime,
    *,
    policy: Policy,
    terms: Terms,
) -> Case:
    """Put together all that decides; what the person has is read anew."""
    source = source_of(session.id)
    signed = queries.of_person(registration.person_id)
    busy = diary.clashes(registration.person_id, session.starts_at, session.ends_at, besides=source)
    return Case(
        session=session,
        title=title,
        registration=registration,
        signed=signed,
        busy=diary.standing(busy, now),
        now=now,
        policy=policy,
        terms=terms,
        around=queries.around(session, registration, signed, policy, terms),
    )


def lock_sessions(session_ids: Iterable[int]) -> None:
    """Take sessions for this transaction, always in the order of their ids."""
    query = select(Session.id).where(Session.id.in_(sorted(session_ids)))
    db.session.execute(query.order_by(Session.id).with_for_update(key_share=True))


def held_anew(sign_up_id: int) -> SignUp:
    """Lock the person and the session of a sign-up, and return it as it is then."""
    seen = db.session.execute(
        select(SignUp.session_id, SignUp.registration_id).where(SignUp.id == sign_up_id)
    ).first()
    if seen is None:
        raise LookupError(f"no sign-up {sign_up_id}")
    people.locked(seen.registration_id)
    lock_sessions([seen.session_id])
    row = queries.anew(sign_up_id)
    if row is None or row.registration_id != seen.registration_id:
        raise Refused(LeaveRefusal.NOT_SIGNED_UP)  # passed on to somebody else meanwhile
    return row


def can_promote(session: Session, now: datetime) -> bool:
    """Tell whether somebody in the queue can have a place now."""
    limit = effective_capacity(session)
    held = session.state is SessionState.SCHEDULED and now < session.starts_at
    return held and (limit is None or session.confirmed + session.offered < limit)


def written(asked: Case, state: State, ticket: int, position: int | None) -> Taken:
    """Write the sign-up, or renew the one that the same person gave back once."""
    before = rules.earlier(asked)
    own = asked.slot
    columns = {"state": state, "ticket": ticket, "changed_at": asked.now}
    if own is not None:
        columns |= {"adviser_id": own.adviser_id, "slot": own.number}
    session_id, registration_id = asked.session.id, asked.registration.id
    if before is None:
        sign_up_id = append(
            SignUp,
            session_id=session_id,
            registration_id=registration_id,
            created_at=asked.now,
            **columns,
        )
    else:
        sign_up_id = before.id
        row = db.session.get_one(SignUp, sign_up_id, populate_existing=True)
        for name, value in columns.items():
            setattr(row, name, value)
        db.session.flush()
    return Taken(sign_up_id, session_id, registration_id, state, ticket, position)


def seat(asked: Case) -> None:
    """Note what follows from having a seat: busy then, invited, out of other queues."""
    engage(asked.registration.person_id, asked.session, asked.title, asked.slot)
    invites.request(asked.session, asked.registration, asked.now, own=asked.slot)
    for place in rules.displaced(asked):
        other = queries.anew(place.id)
        if other is not None:
            give_up(other, asked.now, Reason.TOOK_ANOTHER)


def engage(
    person_id: int, session: Session | Wanted, title: Mapping[str, str], own: Slot | None = None
) -> None:
    """Note that the seat keeps the person busy: all the session, or one's *own* appointment."""
    time = own or session
    directory.commit(
        person_id,
        session.event_id,
        CommitmentKind.SIGN_UP,
        source_of(session.id),
        title,
        time.starts_at,
        time.ends_at,
        venue_id=venue_of(session),
    )


def venue_of(session: Session | Wanted) -> int | None:
    """Return the venue in which a session is held, if it has a room."""
    if isinstance(session, Wanted):
        return session.venue_id
    return session.room.venue_id if session.room is not None else None


def give_up(row: SignUp, now: datetime, reason: Reason) -> None:
    """Free the place of *row*, whose person and session are locked and fresh."""
    was, session = row.state, row.session
    counter = COUNTERS[was]
    setattr(session, counter, getattr(session, counter) - 1)
    if was is State.OFFERED:
        declined = reason in {Reason.LEFT, Reason.DECLINED}
        settle_offer(row, OfferState.DECLINED if declined else OfferState.REVOKED, now)
    row.state, row.changed_at = State.CANCELLED, now
    row.given_away = reason is Reason.NOT_COME
    row.adviser_id = row.slot = None
    db.session.flush()
    if was is State.CONFIRMED:
        person_id = row.registration.person_id
        directory.free(person_id, CommitmentKind.SIGN_UP, source_of(row.session_id))
    invites.withdraw(row.session_id, row.registration_id, now)
    record(SignUpLeft(**about(row, row.session.event_id), was=was.value, reason=reason.value))
    tell(row, row.registration, mails.left, was=was.value, reason=reason.value)


COUNTERS = {State.CONFIRMED: "confirmed", State.OFFERED: "offered", State.WAITING: "waiting"}


def settle_offer(row: SignUp, state: OfferState, now: datetime) -> None:
    """End the pending offer of *row*, whose session is locked: the seat is held no longer."""
    for each in queries.offers_in(row.session_id):
        if each.sign_up_id == row.id:
            each.state, each.settled_at = state, now
    db.session.flush()
    left = [each.expires_at for each in queries.offers_in(row.session_id)]
    row.session.offers_until = min(left, default=None)
    directory.free(row.registration.person_id, CommitmentKind.OFFER, source_of(row.session_id))


def source_of(session_id: int) -> str:
    """Return what commitments to a session name as their cause."""
    return f"session:{session_id}"


def about(row: SignUp | Taken, event_id: int) -> dict[str, Any]:
    """Return the fields that every fact about a sign-up has."""
    return {
        "event_id": event_id,
        "subject": f"sign-up:{row.id}",
        "sign_up_id": row.id,
        "session_id": row.session_id,
        "registration_id": row.registration_id,
        "ticket": row.ticket,
    }


def tell(
    row: SignUp | Taken, registration: Registration | Applicant, letter: Any, **args: Any
) -> None:
    """Write a letter to the person, if there is a mailbox."""
    if registration.email:
        jobs.enqueue(
            letter,
            lane=registration.email,
            event_id=registration.event_id,
            sign_up_id=row.id,
            ticket=row.ticket,
            **args,
        )
