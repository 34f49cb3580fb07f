"""Places that nobody came for, who waits for them at the door, and what was given away."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from eventapp.attendance.models import PlaceReleased, ReleaseRule
from eventapp.attendance.rules import releasing as rules
from eventapp.attendance.rules.releasing import Prospect, Turned, Unused
from eventapp.checkin.models import Checkpoint, Scan
from eventapp.checkin.rules import ScanCode
from eventapp.kernel.db import db
from eventapp.programme.models import Session, SessionState, SignUpRule
from eventapp.programme.rules import effective_capacity
from eventapp.registrations.models import Registration, State
from eventapp.signups.models import SignUp
from eventapp.signups.models import State as Place

TURNED_AWAY = (
    ScanCode.WAITING,
    ScanCode.NOT_ELIGIBLE,
    ScanCode.SESSION_FULL,
    ScanCode.PLACE_RELEASED,
)


@dataclass(frozen=True, kw_only=True)
class AtTheDoor:
    """Somebody who waits at a door since `at`; `lost` tells that their own place was given away."""

    registration: Registration
    at: datetime
    lost: bool


@dataclass(frozen=True, kw_only=True)
class DoorList:
    """A session's places at its door: who came, which are unused, who waits, in order.

    `called` are places that were given to somebody at the door who has not come in yet, `free`
    those that nobody holds (None: no limit).
    """

    session: Session
    came: int
    unused: Sequence[Unused]
    called: Sequence[Unused]
    waiting: Sequence[AtTheDoor]
    free: int | None
    due_at: datetime | None

    def prospect(self, registration_id: int) -> Prospect:
        """Return how somebody stands at this door."""
        ids = [one.registration.id for one in self.waiting]
        return Prospect(
            position=ids.index(registration_id) + 1 if registration_id in ids else 0,
            waiting=len(ids),
            free=self.free,
            unused=len(self.unused),
        )


def door_list(session: Session) -> DoorList:
    """Return the door list of one session."""
    return door_lists([session])[0]


def door_lists(sessions: Sequence[Session]) -> list[DoorList]:
    """Return the door lists of sessions, in their order."""
    ids = [session.id for session in sessions]
    scans, held, moved = _scans(ids), _held(ids), _moved(ids)
    rows = release_rules(sessions[0].event_id) if sessions else {}
    found = []
    for session in sessions:
        entered = {one.registration_id for one, code in scans[session.id] if code is ScanCode.OK}
        places = {one.registration_id for one in held[session.id]}
        turned = [
            one
            for one, code in scans[session.id]
            if code in TURNED_AWAY and one.registration_id not in places
        ]
        absent = [one for one in held[session.id] if one.registration_id not in entered]
        lost, given = moved[session.id]
        found.append(
            DoorList(
                session=session,
                came=len(entered),
                unused=[one for one in absent if one.registration_id not in given],
                called=[one for one in absent if one.registration_id in given],
                waiting=_people(rules.waiting(turned, entered, session.starts_at), lost),
                free=_free(session),
                due_at=_due_at(session, rows),
            )
        )
    return found


def _free(session: Session) -> int | None:
    limit = effective_capacity(session)
    return None if limit is None else max(0, limit - session.confirmed - session.offered)


def _due_at(session: Session, rows: Mapping[int | None, ReleaseRule]) -> datetime | None:
    own, event = rows.get(session.id), rows.get(None)
    return rules.due_at(
        session.starts_at,
        own.minutes if own is not None else None,
        has_own=own is not None,
        event=event.minutes if event is not None else None,
    )


def _scans(session_ids: Collection[int]) -> Mapping[int, Sequence[tuple[Turned, ScanCode]]]:
    """Return who was let in or turned away at the doors of sessions, the first attempt first."""
    query = (
        select(Checkpoint.session_id, Scan.registration_id, Scan.effective_at, Scan.id, Scan.code)
        .join(Checkpoint, Checkpoint.id == Scan.checkpoint_id)
        .where(
            Checkpoint.session_id.in_(session_ids),
            Scan.code.in_((*TURNED_AWAY, ScanCode.OK)),
            Scan.registration_id.is_not(None),
            Scan.undone_at.is_(None),
        )
        .order_by(Scan.effective_at, Scan.id)
    )
    found: dict[int, list[tuple[Turned, ScanCode]]] = defaultdict(list)
    for row in db.session.execute(query):
        turned = Turned(row.registration_id, row.effective_at, row.id)
        found[row.session_id].append((turned, row.code))
    return found


def _held(session_ids: Collection[int]) -> Mapping[int, list[Unused]]:
    query = select(SignUp.session_id, SignUp.registration_id, SignUp.id, SignUp.ticket).where(
        SignUp.session_id.in_(session_ids), SignUp.state == Place.CONFIRMED
    )
    found: dict[int, list[Unused]] = defaultdict(list)
    for row in db.session.execute(query):
        found[row.session_id].append(Unused(row.registration_id, row.id, row.ticket))
    return found


def _moved(session_ids: Collection[int]) -> Mapping[int, tuple[set[int], set[int]]]:
    """Return whose places were given away, and to whom, by session."""
    query = select(PlaceReleased).where(
        PlaceReleased.session_id.in_(session_ids), PlaceReleased.undone_at.is_(None)
    )
    found: dict[int, tuple[set[int], set[int]]] = defaultdict(lambda: (set(), set()))
    for row in db.session.scalars(query):
        lost, given = found[row.session_id]
        lost.add(row.registration_id)
        given.add(row.given_to_id)
    return found


def _people(turned: Sequence[Turned], lost: Collection[int]) -> list[AtTheDoor]:
    query = (
        select(Registration)
        .options(joinedload(Registration.organisation))
        .where(
            Registration.id.in_([one.registration_id for one in turned]),
            Registration.state == State.QUALIFIED,
        )
    )
    known = {row.id: row for row in db.session.scalars(query)}
    return [
        AtTheDoor(
            registration=known[one.registration_id],
            at=one.at,
            lost=one.registration_id in lost,
        )
        for one in turned
        if one.registration_id in known
    ]


def release_rules(event_id: int) -> Mapping[int | None, ReleaseRule]:
    """Return when an event releases places, by session; None names the whole event."""
    query = select(ReleaseRule).where(ReleaseRule.event_id == event_id)
    return {row.session_id: row for row in db.session.scalars(query)}


def due_releases(now: datetime) -> Sequence[int]:
    """List the sessions going on whose unused places are to be released by themselves now."""
    query = (
        select(Session)
        .where(
            Session.starts_at <= now,
            Session.ends_at > now,
            Session.state == SessionState.SCHEDULED,
            Session.sign_up == SignUpRule.REQUIRED,
            Session.appointment_minutes.is_(None),
            Session.event_id.in_(
                select(ReleaseRule.event_id).where(ReleaseRule.minutes.is_not(None))
            ),
        )
        .order_by(Session.id)
    )
    found = []
    for session in db.session.scalars(query).all():
        due = _due_at(session, release_rules(session.event_id))
        if due is not None and due <= now:
            found.append(session.id)
    return found


def releases(event_id: int, session_ids: Collection[int]) -> Sequence[PlaceReleased]:
    """List what was given away at the doors of these sessions, newest first, with both people."""
    query = (
        select(PlaceReleased)
        .options(joinedload(PlaceReleased.registration), joinedload(PlaceReleased.given_to))
        .where(PlaceReleased.event_id == event_id, PlaceReleased.session_id.in_(session_ids))
        .order_by(PlaceReleased.id.desc())
    )
    return db.session.scalars(query).all()


def release(release_id: int) -> PlaceReleased | None:
    """Return one place that was given away, with both people."""
    query = (
        select(PlaceReleased)
        .options(joinedload(PlaceReleased.registration), joinedload(PlaceReleased.given_to))
        .where(PlaceReleased.id == release_id)
    )
    return db.session.scalars(query).first()


def given_away(event_id: int) -> Mapping[int, set[int]]:
    """Return whose place was given away in which sessions: a place held is a place to attend."""
    query = select(PlaceReleased.registration_id, PlaceReleased.session_id).where(
        PlaceReleased.event_id == event_id, PlaceReleased.undone_at.is_(None)
    )
    found: dict[int, set[int]] = defaultdict(set)
    for row in db.session.execute(query):
        found[row.registration_id].add(row.session_id)
    return found
