"""Appointments of one-to-one advice: a place in such a session is a time with one adviser.

The session's row is the lock: whoever holds it sees every appointment that is taken.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from eventapp.directory import commands as directory
from eventapp.directory import queries as diary
from eventapp.directory.models import CommitmentKind
from eventapp.invites import commands as invites
from eventapp.kernel.db import atomic, db
from eventapp.kernel.facts import record
from eventapp.kernel.refusal import Refused
from eventapp.programme import queries as programme
from eventapp.programme.models import Session
from eventapp.programme.rules import appointments
from eventapp.programme.rules.appointments import Slot
from eventapp.registrations import queries as people
from eventapp.signups import mails, queries, rules
from eventapp.signups.commands.facts import (
    AppointmentChanged,
    SignUpConfirmed,
    SignUpPromoted,
    SignUpQueued,
)
from eventapp.signups.commands.steps import (
    QueueMoved,
    about,
    can_promote,
    decided,
    engage,
    held_anew,
    lock_sessions,
    seat,
    source_of,
    tell,
    weighed,
    written,
)
from eventapp.signups.models import SignUp, State
from eventapp.signups.rules import (
    AppointmentRefusal,
    Case,
    LeaveRefusal,
    SignUpRefusal,
    Taken,
)

Judge = Callable[[Case], SignUpRefusal | None]


@atomic
def book(
    session_id: int, registration_id: int, adviser_id: int, number: int, now: datetime
) -> Taken:
    """Take the appointment that a participant picked; see `queries.appointments` for the free ones.

    Refused when somebody else has it, also when it belongs to somebody in the queue.
    """
    asked = _asked(session_id, registration_id, now)
    return take(asked, rules.refuse_sign_up, wish=(adviser_id, number))


@atomic
def appoint(
    session_id: int, registration_id: int, adviser_id: int, number: int, now: datetime
) -> Taken:
    """Give somebody an appointment, as staff may: no window and no approval."""
    asked = _asked(session_id, registration_id, now)
    return take(asked, rules.refuse_entry, wish=(adviser_id, number))


def _asked(session_id: int, registration_id: int, now: datetime) -> Case:
    """Lock the person, and read all that decides."""
    found = queries.locked(session_id, registration_id)
    if found is None:
        raise Refused(SignUpRefusal.NOT_REGISTERED)
    registration, session, asks, terms = found
    return decided(session, session.title, registration, now, policy=asks, terms=terms)


def take(asked: Case, judge: Judge, *, wish: tuple[int, int] | None = None) -> Taken:
    """Give the appointment that is wished for, or else the first that fits the person's day.

    Where none is left, a place in the queue. Whoever calls has locked the person.
    """
    lock_sessions([asked.session.id, *(place.session_id for place in rules.displaced(asked))])
    session = _session(asked.session.id)
    asked = decided(
        session,
        asked.title,
        asked.registration,
        asked.now,
        policy=asked.policy,
        terms=asked.terms,
    )
    free = queries.free_slots(session)
    if wish is not None:
        own: Slot | None = _wished(asked, judge, free, session, wish)
    else:
        own = _fitting(asked, judge, free, session)
    if own is None:
        return _queued(asked, session)
    session.confirmed += 1
    session.tickets += 1
    asked = replace(asked, slot=own)
    taken = written(asked, State.CONFIRMED, session.tickets, None)
    seat(asked)
    record(SignUpConfirmed(**about(taken, session.event_id)))
    tell(taken, asked.registration, mails.confirmed)
    return taken


def _session(session_id: int) -> Session:
    db.session.flush()  # reading anew must not undo what was changed here
    found = programme.session_anew(session_id)
    if found is None:
        raise LookupError(f"no session {session_id}")
    return found


def _wished(
    asked: Case, judge: Judge, free: Sequence[Slot], session: Session, wish: tuple[int, int]
) -> Slot:
    own = next((one for one in queries.slots(session) if _key(one) == wish), None)
    if own is None:
        raise Refused(SignUpRefusal.NO_SUCH_APPOINTMENT)
    _refuse(replace(asked, slot=own, busy=appointments.clashing(own, asked.busy)), judge)
    if own not in free or _is_awaited(own, session):
        raise Refused(SignUpRefusal.APPOINTMENT_TAKEN)
    return own


def _fitting(asked: Case, judge: Judge, free: Sequence[Slot], session: Session) -> Slot | None:
    could = [one for one in queries.slots(session) if appointments.fits(one, asked.busy)]
    _refuse(replace(asked, busy=[] if could else asked.busy), judge)
    fitting = (one for one in could if one in free)
    return next((one for one in fitting if not _is_awaited(one, session)), None)


def _refuse(asked: Case, judge: Judge) -> None:
    if refusal := judge(asked):
        raise Refused(refusal, **rules.explain(refusal, asked))


def _key(one: Slot) -> tuple[int, int]:
    return (one.adviser_id, one.number)


def _is_awaited(one: Slot, session: Session) -> bool:
    """Tell whether somebody in the queue could come then: freed appointments are theirs."""
    if not session.waiting:
        return False
    return any(_could_come(row, one) for row in queries.waiting(session.id))


def _could_come(row: SignUp, one: Slot) -> bool:
    source = source_of(row.session_id)
    person_id = row.registration.person_id
    return not diary.clashes(person_id, one.starts_at, one.ends_at, besides=source)


def _queued(asked: Case, session: Session) -> Taken:
    if not session.waiting_list:
        raise Refused(SignUpRefusal.FULL_NO_QUEUE)
    session.waiting += 1
    session.tickets += 1
    taken = written(asked, State.WAITING, session.tickets, session.waiting)
    record(SignUpQueued(**about(taken, session.event_id)))
    tell(taken, asked.registration, mails.queued)
    return taken


# --- another one ------------------------------------------------------------------------------


@atomic
def rebook(sign_up_id: int, adviser_id: int, number: int, now: datetime) -> SignUp:
    """Change one's own appointment for one that is free; until the session starts."""
    row = held_anew(sign_up_id)
    session = _session(row.session_id)
    if row.state is not State.CONFIRMED or row.slot is None:
        raise Refused(LeaveRefusal.NOT_SIGNED_UP)
    if session.starts_at <= now:
        raise Refused(LeaveRefusal.STARTED)
    if (row.adviser_id, row.slot) == (adviser_id, number):
        return row
    asked = weighed(session, row.registration, now)
    # What is one's own already stands in nobody's way.
    asked = replace(asked, signed=[one for one in asked.signed if one.id != sign_up_id])
    free = queries.free_slots(session)
    own = _wished(asked, rules.refuse_entry, free, session, (adviser_id, number))
    _sit(row, own)
    invites.rebook(session, row.registration, now, own)
    row.changed_at = now
    db.session.flush()
    record(AppointmentChanged(**about(row, session.event_id)))
    tell(row, row.registration, mails.confirmed)
    return row


def _sit(row: SignUp, own: Slot | None) -> None:
    """Let a seat be that appointment, and keep the person busy then."""
    session = row.session
    row.adviser_id = own.adviser_id if own is not None else None
    row.slot = own.number if own is not None else None
    db.session.flush()
    person_id = row.registration.person_id
    directory.free(person_id, CommitmentKind.SIGN_UP, source_of(session.id))
    engage(person_id, session, session.activity.title, own)


# --- the queue --------------------------------------------------------------------------------


@atomic
def promote_next(session_id: int, now: datetime) -> SignUp | None:
    """Give a free appointment to the first in the queue who can come then; None: there is none.

    Raises `QueueMoved` when somebody else came first before the locks were held.
    """
    first = _next(_session(session_id), now)
    if first is None:
        return None
    registration = people.locked(first[0].registration_id)
    if registration is None:
        raise QueueMoved
    asked = weighed(_session(session_id), registration, now)
    lock_sessions([session_id, *(row.session_id for row in rules.displaced(asked))])
    session = _session(session_id)
    found = _next(session, now)
    if found is None or found[0].registration_id != registration.id:
        raise QueueMoved
    row, own = found
    session.confirmed += 1
    session.waiting -= 1
    row.state, row.changed_at = State.CONFIRMED, now
    row.adviser_id, row.slot = own.adviser_id, own.number
    db.session.flush()
    seat(replace(weighed(session, registration, now), slot=own))
    record(SignUpPromoted(**about(row, session.event_id)))
    tell(row, row.registration, mails.promoted)
    return row


def _next(session: Session, now: datetime) -> tuple[SignUp, Slot] | None:
    if not can_promote(session, now):
        return None
    free = queries.free_slots(session)
    for row in queries.waiting(session.id):
        for one in free:
            if _could_come(row, one):
                return row, one
    return None


# --- following what the planner does ----------------------------------------------------------


def settle(session_id: int, now: datetime, heirs: Mapping[int, int] | None = None) -> bool:
    """Bring appointments to what their session has become: its time, its length, its advisers.

    Whose appointment is gone gets the same time with the adviser's heir, else with another one,
    else another time; refused where none is left. *heirs* are who advises instead of whom.
    Returns whether there was anything to do.
    """
    session = _session(session_id)
    if session.appointment_minutes is None and not queries.has_appointments(session_id):
        return False
    known = {_key(one): one for one in queries.slots(session)}
    rows = [row for row in queries.standing(session_id) if row.state is State.CONFIRMED]
    kept = {row.id: known.get((row.adviser_id or 0, row.slot or 0)) for row in rows}
    kept |= {row.id: None for row in rows if row.slot is None}
    lost = [row for row in rows if kept[row.id] is None]
    if session.appointment_minutes is not None:
        _resettle(lost, kept, list(known.values()), heirs or {})
    for row in lost:
        row.adviser_id = row.slot = None
    db.session.flush()
    for row in rows:
        _sit(row, kept[row.id])
        invites.reseat(session_id, row.registration_id, kept[row.id])
    return True


def _resettle(
    lost: Sequence[SignUp],
    kept: dict[int, Slot | None],
    every: Sequence[Slot],
    heirs: Mapping[int, int],
) -> None:
    free = [one for one in every if one not in kept.values()]
    left = []
    for row in lost:
        heir = heirs.get(row.adviser_id or 0)
        could = [one for one in free if _could_come(row, one)]
        if not could:
            left.append(row)
            continue
        # At the same time if that can be, and then rather with whoever advises instead.
        _near, own = min(
            ((one.number != row.slot, one.adviser_id != heir, number), one)
            for number, one in enumerate(could)
        )
        kept[row.id] = own
        free.remove(own)
    if left:
        raise Refused(AppointmentRefusal.NO_APPOINTMENT_LEFT, count=len(left))
