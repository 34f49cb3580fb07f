"""Named reads of invites, and what a person's calendar shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Select, bindparam, case, func, select
from sqlalchemy.orm import joinedload

from eventapp.directory import queries as directory
from eventapp.directory.models import Commitment, CommitmentKind
from eventapp.events.models import Event, Room
from eventapp.invites import rules
from eventapp.invites.models import Invite, PartStat, Status
from eventapp.invites.rules import Entry
from eventapp.kernel import boundary
from eventapp.kernel.db import db, table_of
from eventapp.programme import queries as programme
from eventapp.programme.models import Session, SessionState, Speaker
from eventapp.programme.rules import appointments
from eventapp.programme.rules.appointments import Slot
from eventapp.registrations.models import Registration

# What is somebody's task, not a seat.
DUTIES = frozenset({CommitmentKind.SPEAKING, CommitmentKind.JURY, CommitmentKind.SHIFT})
_SESSION = "session:"


def _whole() -> Select[Invite]:
    session = joinedload(Invite.session)
    return select(Invite).options(
        session.joinedload(Session.activity),
        session.joinedload(Session.room).joinedload(Room.venue),
        joinedload(Invite.registration),
        joinedload(Invite.adviser).joinedload(Speaker.person),
    )


def invite(invite_id: int) -> Invite | None:
    """Return one invite with its session, room, venue and registration."""
    return db.session.scalars(_whole().where(Invite.id == invite_id)).first()


def of(session_id: int, registration_id: int) -> Invite | None:
    """Return what a person's calendar was last told about a session."""
    query = _whole().where(
        Invite.session_id == session_id, Invite.registration_id == registration_id
    )
    query = query.order_by(Invite.changed_at.desc(), Invite.id.desc())
    return db.session.scalars(query.limit(1)).first()


def by_uid(uid: str) -> Invite | None:
    """Return the invite that a calendar knows by this UID."""
    return db.session.scalars(select(Invite).where(Invite.uid == uid)).first()


def locked(invite_id: int) -> Invite:
    """Return one invite with its session, locked and as it is now."""
    query = select(Invite).where(Invite.id == invite_id).options(joinedload(Invite.session))
    query = query.with_for_update(of=Invite).execution_options(populate_existing=True)
    return db.session.scalars(query).one()


def answers(session_id: int) -> dict[int, Invite]:
    """Return by registration what calendars answered to the standing invites to a session."""
    return {row.registration_id: row for row in requested(session_id) if row.answer is not None}


def answers_of(registration_id: int) -> dict[int, Invite]:
    """Return by session what one person's calendar answered to the invites that stand."""
    query = select(Invite).where(
        Invite.registration_id == registration_id,
        Invite.status == Status.REQUESTED,
        Invite.answer.is_not(None),
    )
    return {row.session_id: row for row in db.session.scalars(query)}


def requested(session_id: int, registration_id: int | None = None) -> Sequence[Invite]:
    """List the standing invites to a session, tentative ones too; of all or of one registration."""
    query = select(Invite).where(Invite.session_id == session_id)
    query = query.where(Invite.status != Status.CANCELLED)
    if registration_id is not None:
        query = query.where(Invite.registration_id == registration_id)
    query = query.order_by(Invite.id).execution_options(populate_existing=True)
    return db.session.scalars(query).all()


def unannounced(session_id: int, now: datetime) -> Sequence[Invite]:
    """List the standing invites whose people have to be told another time or room by now."""
    session = db.session.get_one(Session, session_id, populate_existing=True)
    rows = requested(session_id)
    return [
        row
        for row in rows
        if row.told != str(shape := rules.shape(session, appointment(row, session)))
        and rules.has_settled(row.changed_at, shape.starts_at, now)
    ]


def first_answer(event_id: int) -> PartStat:
    """Return what an event takes a person's answer to be until there is one."""
    asks = db.session.scalar(select(Event.asks_answers).where(Event.id == event_id))
    return PartStat.NEEDS_ACTION if asks else PartStat.ACCEPTED


def appointment(row: Invite, session: Session) -> Slot | None:
    """Return the person's own appointment, where the session is advice."""
    if row.adviser_id is None or row.slot is None or session.appointment_minutes is None:
        return None
    return appointments.slot(session, row.adviser_id, row.slot)


def adviser_name(row: Invite) -> str:
    """Return whose advice it is, "" where it is none's; the adviser has to be loaded."""
    return programme.name_of(row.adviser.person) if row.adviser is not None else ""


def domain() -> str:
    """Return the host that makes the UIDs of this installation unique."""
    return urlsplit(boundary.base_url()).hostname or "localhost"


# --- feeds --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Agenda:
    """What the rows of a person's calendar at an event are at a moment, before any is read whole.

    `mark` is another one when the calendar is: it counts and adds what only rises.
    """

    registration: Registration
    event: Event
    now: datetime
    duties: Sequence[Commitment]
    mark: tuple[Any, ...]

    def entries(self) -> list[Entry]:
        """List all that the calendar shows: own sessions, speaking, jury, shifts.

        A session that was called off stays for a while and says so.
        """
        invites = [row for row in _invites_of(self.registration) if _is_shown(row, self.now)]
        shown = [_entry_of(row, self.event, self.registration.locale) for row in invites]
        sessions = {row.id: row for row in _sessions([_session_id(row) for row in self.duties])}
        shown += [
            _duty(row, sessions.get(_session_id(row) or 0), self.event, self.registration)
            for row in self.duties
        ]
        return sorted(shown, key=lambda item: (item.starts_at, item.uid))


def agenda(registration: Registration, event: Event, now: datetime) -> Agenda:
    """Return what a person's calendar of an event is made of."""
    busy = directory.commitments(registration.person_id, registration.event_id)
    duties = [row for row in busy if row.kind in DUTIES]
    own = [(row.id, row.source, str(row.starts_at), str(row.ends_at), row.label) for row in duties]
    told = db.session.execute(
        _told(), {"registration_id": registration.id, "since": now - rules.CALLED_OFF_SHOWN}
    ).one()
    frame = (event.revision, registration.locale, rules.clock_of(event.timezone, event.starts_on))
    return Agenda(registration, event, now, duties, (registration.id, *frame, *told, own))


@cache  # every calendar asks it every hour, and most learn only that nothing has changed
def _told() -> Select[Any]:
    row = table_of(Invite).c
    fading = (row.status == Status.CANCELLED) & (row.changed_at >= bindparam("since"))
    return select(
        func.count(),
        func.max(row.id),
        *(
            func.sum(func.coalesce(column, 0))
            for column in (row.sequence, row.adviser_id, row.slot, case((fading, 1), else_=0))
        ),
    ).where(row.registration_id == bindparam("registration_id"))


def programme_entries(event: Event, locale: str, room_id: int | None = None) -> list[Entry]:
    """List all sessions of an event, or of one room, as calendar entries, in time order."""
    return [
        session_entry(session, event, locale)
        for session in programme.programme(event.id)
        if room_id in {None, session.room_id}
    ]


def session_entry(session: Session, event: Event, locale: str) -> Entry:
    """Return a session as a calendar entry of nobody in particular."""
    return rules.entry(
        session,
        event,
        uid=f"session-{session.id}@{domain()}",
        sequence=session.version - 1,
        stamp=event.created_at,
        locale=locale,
        base_url=boundary.base_url(),
    )


def _invites_of(registration: Registration) -> Sequence[Invite]:
    query = _whole().where(Invite.registration_id == registration.id)
    return db.session.scalars(query.order_by(Invite.id)).all()


def _is_shown(row: Invite, now: datetime) -> bool:
    if row.status is Status.REQUESTED:
        return True
    called_off = row.session.state is SessionState.CANCELLED
    return called_off and rules.still_shown(row.changed_at, now)


def _entry_of(row: Invite, event: Event, locale: str) -> Entry:
    return rules.entry(
        row.session,
        event,
        uid=row.uid,
        sequence=row.sequence,
        stamp=row.changed_at,
        locale=locale,
        base_url=boundary.base_url(),
        own=appointment(row, row.session),
        adviser=adviser_name(row),
    )


def _session_id(row: Commitment) -> int | None:
    if not row.source.startswith(_SESSION):
        return None
    return int(row.source.removeprefix(_SESSION))


def _sessions(ids: Sequence[int | None]) -> Sequence[Session]:
    wanted = sorted({number for number in ids if number is not None})
    if not wanted:
        return []
    query = select(Session).options(
        joinedload(Session.activity), joinedload(Session.room).joinedload(Room.venue)
    )
    return db.session.scalars(query.where(Session.id.in_(wanted))).all()


def _duty(
    row: Commitment, session: Session | None, event: Event, registration: Registration
) -> Entry:
    uid = f"{row.kind}-{row.source.replace(':', '-')}-{row.person_id}@{domain()}"
    if session is not None:
        return rules.entry(
            session,
            event,
            uid=uid,
            sequence=session.version - 1,
            stamp=event.created_at,
            locale=registration.locale,
            base_url=boundary.base_url(),
        )
    label = row.label.get(registration.locale) or row.label.get("pl", "")
    return Entry(
        uid=uid,
        sequence=0,
        stamp=event.created_at,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        summary=label,
        url=f"{boundary.base_url()}/{event.slug}/",
    )
