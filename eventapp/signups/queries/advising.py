"""One-to-one advice: appointments, free and taken."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from eventapp.directory import queries as directory
from eventapp.kernel.db import db
from eventapp.programme.models import Session, Speaker
from eventapp.programme.rules import appointments
from eventapp.programme.rules.appointments import Slot
from eventapp.registrations.models import Registration
from eventapp.signups.models import ServiceCard, SignUp
from eventapp.signups.queries.choices import clashing
from eventapp.signups.queries.sign_ups import of, roster


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
        busy = clashing(directory.standing(every, now), session)
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
