"""The life of an invite: each change raises the SEQUENCE in the transaction of what it follows."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any, Protocol
from uuid import uuid4

from sqlalchemy import Executable, bindparam, case, select
from sqlalchemy.dialects import postgresql, sqlite

from eventapp.events.commands import PlaceRenamed
from eventapp.events.models import Event
from eventapp.invites import mails, queries, rules
from eventapp.invites.models import Invite, PartStat, Status
from eventapp.kernel import clock, jobs
from eventapp.kernel.db import ask, atomic, db, on_sqlite, table_of
from eventapp.programme import queries as programme
from eventapp.programme.models import Session
from eventapp.programme.rules.appointments import Slot


class Reached(Protocol):
    """What an invite needs to know of a registration."""

    @property
    def id(self) -> int:
        """Its number."""

    @property
    def email(self) -> str | None:
        """Where the invite goes; None: only into the feed."""


@atomic
def request(
    session: rules.Timed, registration: Reached, now: datetime, *, own: Slot | None = None
) -> None:
    """Invite a person who has got a seat; the same person and address keep their UID.

    An invite that was withdrawn comes back with a higher SEQUENCE; one that stands stays. For
    advice it is an invite to one's *own* appointment. Who waited with a tentative one has the same
    invite, higher and certain.
    """
    _invite(session, registration, now, Status.REQUESTED, own)


@atomic
def pencil_in(
    session: rules.Timed, registration: Reached, now: datetime, *, wished: bool | None = None
) -> None:
    """Put a session on the calendar of who waits for a seat, as tentative, if the event does so.

    *wished* says whether it does, where that was read already.
    """
    if wished is None:
        wished = db.session.get_one(Event, session.event_id).invites_waiting
    if wished:
        _invite(session, registration, now, Status.TENTATIVE)


def _invite(
    session: rules.Timed,
    registration: Reached,
    now: datetime,
    status: Status,
    own: Slot | None = None,
) -> None:
    invited = {
        "event_id": session.event_id,
        "session_id": session.id,
        "registration_id": registration.id,
        "email": registration.email or "",
        "uid": f"{uuid4()}@{queries.domain()}",
        "sequence": 0,
        "status": status,
        "asking": session.event_id,
        "told": str(rules.shape(session, own)),
        "told_sequence": 0,
        "changed_at": now,
        "adviser_id": own.adviser_id if own is not None else None,
        "slot": own.number if own is not None else None,
    }
    ask(_requesting(sqlite.insert if on_sqlite() else postgresql.insert), invited)


@cache  # building it takes longer than asking, and every seat asks
def _requesting(insert: Any) -> Executable:
    known = table_of(Invite).c
    asks = select(Event.asks_answers).where(Event.id == bindparam("asking")).scalar_subquery()
    answer = case((asks, PartStat.NEEDS_ACTION.value), else_=PartStat.ACCEPTED.value)
    written = insert(table_of(Invite)).values(partstat=answer)
    stands = known.status == written.excluded.status
    return written.on_conflict_do_update(
        index_elements=["registration_id", "session_id", "email"],
        set_={
            "sequence": case((stands, known.sequence), else_=known.sequence + 1),
            "partstat": case((stands, known.partstat), else_=written.excluded.partstat),
            "changed_at": case((stands, known.changed_at), else_=written.excluded.changed_at),
            "status": written.excluded.status,
            "told": written.excluded.told,
            "told_sequence": case((stands, known.sequence), else_=known.sequence + 1),
            "adviser_id": written.excluded.adviser_id,
            "slot": written.excluded.slot,
        },
    )


@atomic
def withdraw(session_id: int, registration_id: int, now: datetime) -> Sequence[Invite]:
    """Take a session off one person's calendar; return what was withdrawn."""
    return _withdraw(queries.requested(session_id, registration_id), now)


@atomic
def call_off(session_id: int, now: datetime) -> Sequence[Invite]:
    """Take a session that will not be held off everybody's calendar; return the invites."""
    return _withdraw(queries.requested(session_id), now)


@atomic
def renew(session_id: int, now: datetime) -> Sequence[Invite]:
    """Bring every standing invite to what the session is now, in a higher SEQUENCE.

    Who was told another time or room gets a letter when the session has settled.
    """
    session = db.session.get_one(Session, session_id)
    invites = queries.requested(session_id)
    present = [rules.shape(session, queries.appointment(row, session)) for row in invites]
    for invite in invites:
        invite.sequence += 1
        invite.changed_at = now
    told_now = [invite.told for invite in invites]
    if not jobs.is_silent() and told_now != [str(shape) for shape in present]:
        event_id, due = session.event_id, now + rules.SETTLING
        jobs.enqueue(announce, run_at=due, event_id=event_id, session_id=session_id)
    return invites


def follow_renamed(fact: PlaceRenamed) -> None:
    """Raise the invites of what is held in a place that is called otherwise now.

    Nobody goes elsewhere for it, so calendars learn it from their feeds and from the next letter.
    """
    for session_id in programme.sessions_in(fact.room_ids):
        renew(session_id, clock.now())


@atomic
def reseat(session_id: int, registration_id: int, own: Slot | None) -> None:
    """Let a standing invite be one to another appointment; `renew` raises its SEQUENCE."""
    for invite in queries.requested(session_id, registration_id):
        invite.adviser_id = own.adviser_id if own is not None else None
        invite.slot = own.number if own is not None else None


@atomic
def rebook(session: Session, registration: Reached, now: datetime, own: Slot) -> None:
    """Let a person's calendar show the appointment that the person picked instead."""
    reseat(session.id, registration.id, own)
    for invite in queries.requested(session.id, registration.id):
        invite.sequence += 1
        invite.changed_at = now
        invite.partstat = queries.first_answer(invite.event_id)
        invite.told = str(rules.shape(session, own))
        invite.told_sequence = invite.sequence


@atomic
def announce_to(session_id: int, now: datetime) -> Sequence[Invite]:
    """Tell everybody whose calendar shows another time or room than is true by now.

    Only here an answer is asked anew: a change that was taken back has cost nobody's.
    """
    invites = queries.unannounced(session_id, now)
    if not invites:
        return []
    session = db.session.get_one(Session, session_id)
    for invite in invites:
        shape = rules.shape(session, queries.appointment(invite, session))
        told = rules.Shape.read(invite.told)
        invite.partstat = rules.partstat_after(invite.partstat, told, shape)
        _tell(invite, mails.moved, was=invite.told, told=str(shape))
        invite.told = str(shape)
        invite.told_sequence = invite.sequence
    return invites


@jobs.job("invites.announce")
def announce(session_id: int) -> None:
    """Tell what has become of a session's time and room, once it has settled."""
    announce_to(session_id, clock.now())


@atomic
def hand_over(session_id: int, registration_id: int, now: datetime) -> Sequence[Invite]:
    """Take a session off the calendar of somebody who will not come, and write to them."""
    invites = _withdraw(queries.requested(session_id, registration_id), now)
    for invite in invites:
        _tell(invite, mails.withdrawn)
    return invites


def _withdraw(invites: Sequence[Invite], now: datetime) -> Sequence[Invite]:
    for invite in invites:
        invite.status = Status.CANCELLED
        invite.sequence += 1
        invite.changed_at = now
    db.session.flush()
    return invites


def _tell(invite: Invite, letter: Any, **args: Any) -> None:
    if invite.email:
        jobs.enqueue(
            letter,
            lane=invite.email,
            event_id=invite.event_id,
            invite_id=invite.id,
            sequence=invite.sequence,
            **args,
        )
