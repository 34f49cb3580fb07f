"""Named reads of invites, and what a person's calendar shows."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Select, bindparam, case, func, select
from sqlalchemy.orm import joinedload

from eventapp.accounts.models import Account
from eventapp.directory import queries as directory
from eventapp.directory.models import CalendarNote, Commitment, Person
from eventapp.events import queries as frame
from eventapp.events.models import Event, Room
from eventapp.invites import rules
from eventapp.invites.models import Invite, PartStat, Status
from eventapp.invites.rules import Entry
from eventapp.kernel import boundary, i18n
from eventapp.kernel.db import db, table_of
from eventapp.programme import queries as programme
from eventapp.programme.models import RELEASED, Session, SessionState, Speaker
from eventapp.programme.rules import appointments
from eventapp.programme.rules.appointments import Slot
from eventapp.registrations.models import Registration

Task = Commitment | CalendarNote
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
    """What the rows of a person's calendar are at a moment, before any is read whole.

    `events` are those that it shows. Without a `registration` it is the calendar of tasks, at all
    events of a host. `mark` is another one when the calendar is: it counts and adds what only
    rises.
    """

    locale: str
    now: datetime
    events: Mapping[int, Event]
    registration: Registration | None
    tasks: Sequence[Commitment]
    notes: Sequence[CalendarNote]
    mark: tuple[Any, ...]

    def by_zone(self) -> dict[str, list[Entry]]:
        """List by time zone, in time order, all that the calendar shows.

        Own sessions, speaking, jury, shifts. What was called off stays for a while and says so.
        """
        rows: list[Task] = [*self.tasks, *self.notes]
        sessions = _sessions(rows)
        found = [(self.events[row.event_id], row) for row in rows]
        shown = [
            (event.timezone, _task(row, session, event, self.locale))
            for event, row in found
            if (session := sessions.get(row.source)) or _session_id(row) is None
        ]
        if self.registration is not None:
            event = self.events[self.registration.event_id]
            own = [row for row in _invites_of(self.registration) if _is_shown(row, self.now)]
            shown += [(event.timezone, _entry_of(row, event, self.locale)) for row in own]
        zones: dict[str, list[Entry]] = defaultdict(list)
        for zone, item in sorted(shown, key=lambda pair: (pair[1].starts_at, pair[1].uid)):
            zones[zone].append(item)
        return dict(zones)

    def entries(self) -> list[Entry]:
        """List all that the calendar shows, whatever the zone."""
        return [item for items in self.by_zone().values() for item in items]


def agenda(registration: Registration, event: Event, now: datetime) -> Agenda:
    """Return what a person's calendar of an event is made of."""
    since = now - rules.CALLED_OFF_SHOWN
    asked = {"registration_id": registration.id, "since": since}
    told = db.session.execute(_told(), asked).one()
    tasks = directory.tasks(registration.person_id, event.id)
    notes = directory.notes(registration.person_id, since, event.id)
    mark = (registration.id, registration.locale, *told, *_mark([event], tasks, notes))
    events = {event.id: event}
    return Agenda(registration.locale, now, events, registration, tasks, notes, mark)


def tasks_of(person: Person, locale: str, now: datetime) -> Agenda:
    """Return what the calendar of all that a person has to do at a host's events is made of."""
    tasks = directory.tasks(person.id)
    notes = directory.notes(person.id, now - rules.CALLED_OFF_SHOWN)
    found = frame.events_by_id({row.event_id for row in tasks} | {row.event_id for row in notes})
    mark = (person.id, locale, *_mark(found, tasks, notes))
    return Agenda(locale, now, {event.id: event for event in found}, None, tasks, notes, mark)


def busy_people(account: Account, now: datetime) -> Sequence[Person]:
    """List the people of an account's mailbox who have or had something to do at its events."""
    hosts = {event.host_id for event, _role in frame.events_of(account.id, now)}
    return directory.busy_people(hosts, account.email) if hosts else []


def _mark(
    events: Sequence[Event], tasks: Sequence[Commitment], notes: Sequence[CalendarNote]
) -> tuple[Any, ...]:
    frames = [(e.id, e.revision, rules.clock_of(e.timezone, e.starts_on)) for e in events]
    rows = [(row.id, row.sequence, str(row.called_off_at)) for row in notes]
    own = [(row.id, row.sequence) for row in tasks]
    return (frames, own, rows)


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


def programme_entries(
    event: Event,
    locale: str,
    room_id: int | None = None,
    *,
    besides: Collection[int] = (),
) -> list[Entry]:
    """List the sessions of an event, or of one room, as calendar entries, in time order.

    *besides* are sessions that were called off and are named no more.
    """
    return [
        session_entry(session, event, locale)
        for session in programme.programme(event.id)
        if room_id in {None, session.room_id}
        and not (session.id in besides and session.state is SessionState.CANCELLED)
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


def _session_id(row: Task) -> int | None:
    if not row.source.startswith(_SESSION):
        return None
    return int(row.source.removeprefix(_SESSION))


def _sessions(rows: Sequence[Task]) -> dict[str, Session]:
    """Return by source the sessions of these rows that everybody may know of."""
    wanted = sorted({number for row in rows if (number := _session_id(row)) is not None})
    if not wanted:
        return {}
    query = select(Session).options(
        joinedload(Session.activity), joinedload(Session.room).joinedload(Room.venue)
    )
    query = query.where(Session.id.in_(wanted), Session.state.in_(RELEASED))
    return {f"{_SESSION}{row.id}": row for row in db.session.scalars(query)}


def _task(row: Task, session: Session | None, event: Event, locale: str) -> Entry:
    uid = f"{row.kind}-{row.source.replace(':', '-')}-{row.person_id}@{domain()}"
    base_url, note = boundary.base_url(), isinstance(row, CalendarNote)
    called_off = isinstance(row, CalendarNote) and row.called_off_at is not None
    if session is not None:
        shown = rules.entry(
            session,
            event,
            uid=uid,
            sequence=session.version - 1 + row.sequence,
            stamp=event.created_at,
            locale=locale,
            base_url=base_url,
        )
        return rules.struck(shown, locale) if called_off else shown
    shown = Entry(
        uid=uid,
        sequence=row.sequence,
        stamp=row.changed_at if isinstance(row, CalendarNote) else event.created_at,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        summary=row.label.get(locale) or row.label.get("pl", ""),
        description=i18n.local(event.title, locale),
        url=f"{base_url}/{event.slug}/",
        takes_time=not note,
    )
    return rules.struck(shown, locale) if called_off else shown
