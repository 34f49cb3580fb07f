"""Named reads of the door."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Row,
    Select,
    and_,
    bindparam,
    func,
    literal,
    or_,
    select,
    tuple_,
)
from sqlalchemy.orm import joinedload

from eventapp.checkin import rules
from eventapp.checkin.models import (
    Checkpoint,
    Device,
    DeviceCheckpoint,
    EarlyUndo,
    PlannedShift,
    Presence,
    Readiness,
    Scan,
    Shift,
)
from eventapp.checkin.rules import Method, Move, Policy, ScanCode, Span
from eventapp.directory.models import Organisation
from eventapp.events.models import Event
from eventapp.kernel import text
from eventapp.kernel.db import ask, db
from eventapp.programme.models import Session, SignUpRule
from eventapp.registrations.models import (
    Consent,
    ConsentKind,
    Registration,
    RegistrationGroup,
    RetiredBadge,
)
from eventapp.registrations.models import State as Standing
from eventapp.signups import queries as seats
from eventapp.signups.models import SignUp
from eventapp.signups.models import State as SignUpState

ACCEPTED = (ScanCode.OK, ScanCode.OUT)
MOST_FOUND = 20


@dataclass(frozen=True, kw_only=True)
class Door:
    """A checkpoint as a scan needs it; workers keep it for seconds.

    `full` tells that every place of its session is taken, whether or not its holder has come.
    `keys` are the numbers of the keys whose signatures devices trust; none: no badge is signed.
    """

    id: int
    event_id: int
    timezone: str
    name: Mapping[str, str]
    policy: Policy
    session_id: int | None
    needs_sign_up: bool
    full: bool
    opens_at: datetime | None
    closes_at: datetime | None
    keys: tuple[int, ...] = ()


def door(checkpoint_id: int) -> Door | None:
    """Return a checkpoint with what its session asks of those who enter."""
    query = (
        select(
            Checkpoint,
            Session.sign_up,
            Event.timezone,
            (Session.confirmed >= seats.capacity()).label("full"),
            Event.signs_badges,
            Event.badge_key_from,
            Event.badge_key,
        )
        .join(Event, Event.id == Checkpoint.event_id)
        .outerjoin(Session, Session.id == Checkpoint.session_id)
        .where(Checkpoint.id == checkpoint_id)
    )
    row = db.session.execute(query).first()
    if row is None:
        return None
    point = row[0]
    return Door(
        id=point.id,
        event_id=point.event_id,
        timezone=row[2],
        name=point.name,
        policy=point.policy,
        session_id=point.session_id,
        needs_sign_up=row[1] is SignUpRule.REQUIRED,
        full=bool(row[3]),
        opens_at=point.opens_at,
        closes_at=point.closes_at,
        keys=tuple(range(row[5], row[6] + 1)) if row[4] else (),
    )


def checkpoint(checkpoint_id: int) -> Checkpoint | None:
    """Return one checkpoint."""
    return db.session.get(Checkpoint, checkpoint_id)


def is_used(checkpoint_id: int) -> bool:
    """Tell whether somebody was scanned at a checkpoint, or a device or a shift is named for it."""
    naming = (
        Scan.checkpoint_id,
        Presence.checkpoint_id,
        Device.checkpoint_id,
        DeviceCheckpoint.checkpoint_id,
        Readiness.checkpoint_id,
        Shift.checkpoint_id,
        PlannedShift.checkpoint_id,
    )
    return any(
        db.session.scalar(select(literal(1)).where(column == checkpoint_id).limit(1))
        for column in naming
    )


def checkpoints(event_id: int) -> Sequence[Checkpoint]:
    """List an event's checkpoints: the event's own, then the sessions' in time order."""
    query = select(Checkpoint).outerjoin(Session, Session.id == Checkpoint.session_id)
    query = query.where(Checkpoint.event_id == event_id)
    return db.session.scalars(
        query.order_by(Session.starts_at.is_not(None), Session.starts_at, Checkpoint.id)
    ).all()


def checkpoint_of_session(session_id: int) -> Checkpoint | None:
    """Return the checkpoint at a session's door."""
    query = select(Checkpoint).where(Checkpoint.session_id == session_id).order_by(Checkpoint.id)
    return db.session.scalars(query).first()


def event_of_checkpoint(checkpoint_id: int) -> int | None:
    """Return the id of the event a checkpoint belongs to."""
    return db.session.scalar(select(Checkpoint.event_id).where(Checkpoint.id == checkpoint_id))


def device_by_hash(token_hash: str) -> Device | None:
    """Return the paired device of this token, revoked ones too."""
    return db.session.scalars(select(Device).where(Device.token_hash == token_hash)).first()


@dataclass(frozen=True, kw_only=True)
class Scanner:
    """A paired device as a request needs it; workers keep it for seconds.

    `checkpoint_ids` are those at which it may scan; none: at all of the event.
    """

    id: int
    event_id: int
    checkpoint_ids: frozenset[int]
    name: str
    is_lead: bool
    revoked: bool


def scanner(token_hash: str) -> Scanner | None:
    """Return the paired device of this token, revoked ones too."""
    row = device_by_hash(token_hash)
    if row is None:
        return None
    return Scanner(
        id=row.id,
        event_id=row.event_id,
        checkpoint_ids=checkpoints_of_device(row),
        name=row.name,
        is_lead=row.is_lead,
        revoked=row.revoked_at is not None,
    )


def checkpoints_of_device(row: Device) -> frozenset[int]:
    """Return the checkpoints at which a device may scan; none: at all of the event."""
    query = select(DeviceCheckpoint.checkpoint_id).where(DeviceCheckpoint.device_id == row.id)
    own = {row.checkpoint_id} if row.checkpoint_id is not None else set()
    return frozenset({*own, *db.session.scalars(query)})


def device_by_pairing(code_hash: str) -> Device | None:
    """Return the announced device that this one-time code pairs."""
    return db.session.scalars(select(Device).where(Device.pairing_hash == code_hash)).first()


def last_seen(event_id: int) -> dict[int, datetime]:
    """Return when each of the event's devices was last heard of, by its id."""
    scanned = select(Scan.device_id, func.max(Scan.received_at)).where(
        Scan.event_id == event_id, Scan.device_id.is_not(None)
    )
    rows = db.session.execute(scanned.group_by(Scan.device_id))
    heard: dict[int, datetime] = {row[0] or 0: row[1] for row in rows}
    for row in devices(event_id):
        moments = [one for one in (row.seen_at, heard.get(row.id)) if one is not None]
        if moments:
            heard[row.id] = max(moments)
    return heard


def devices(event_id: int) -> Sequence[Device]:
    """List an event's devices, newest first."""
    query = select(Device).where(Device.event_id == event_id).order_by(Device.id.desc())
    return db.session.scalars(query).all()


def at_the_door(
    door: Door, scan_id: str, *, badge_hash: str | None, registration_id: int | None
) -> Row[Any]:
    """Read all that a verdict needs in one statement, found or not.

    The row holds the scan already stored under *scan_id*, the registration that the badge
    or the id names, its sign-up for the door's session, and its presence here.
    """
    statement = _BY_BADGE if badge_hash is not None else _BY_ID
    named = {"badge_hash": badge_hash} if badge_hash is not None else {"wanted": registration_id}
    values = {
        "scan_id": scan_id,
        "event_id": door.event_id,
        "session_id": door.session_id,
        "checkpoint_id": door.id,
        **named,
    }
    return ask(statement, values).one()


# The tables themselves: plain rows are read here, and the mapper would take as long as asking.
_SCAN, _PRESENCE, _SIGN_UP = Scan.__table__.c, Presence.__table__.c, SignUp.__table__.c
_UNDO = EarlyUndo.__table__.c
_REGISTRATION, _RETIRED = Registration.__table__.c, RetiredBadge.__table__.c
_ORGANISATION = Organisation.__table__.c


def _statement(*, by_badge: bool) -> Select[Any]:
    """Build the door's one read; it is built once, since building takes longer than asking."""
    found = (
        select(literal(1).label("one"))
        .subquery()
        .outerjoin(Scan.__table__, _SCAN.scan_id == bindparam("scan_id"))
        .outerjoin(EarlyUndo.__table__, _UNDO.scan_id == bindparam("scan_id"))
    )
    if not by_badge:
        names = and_(
            _REGISTRATION.id == bindparam("wanted"),
            _REGISTRATION.event_id == bindparam("event_id"),
        )
        return _knowing(found.outerjoin(Registration.__table__, names), literal(None))
    # Either the badge is valid, or it was replaced; an OR here would read every registration.
    valid = select(_REGISTRATION.id).where(_REGISTRATION.badge_hash == bindparam("badge_hash"))
    named = func.coalesce(valid.scalar_subquery(), _RETIRED.registration_id)
    replaced = _RETIRED.badge_hash == bindparam("badge_hash")
    found = found.outerjoin(RetiredBadge.__table__, replaced)
    found = found.outerjoin(Registration.__table__, _REGISTRATION.id == named)
    return _knowing(found, _RETIRED.registration_id)


def _knowing(found: FromClause, retired: Any) -> Select[Any]:
    """Select what the door knows of the registration in *found*."""
    signed = and_(
        _SIGN_UP.registration_id == _REGISTRATION.id,
        _SIGN_UP.session_id == bindparam("session_id"),
    )
    there = and_(
        _PRESENCE.registration_id == _REGISTRATION.id,
        _PRESENCE.checkpoint_id == bindparam("checkpoint_id"),
    )
    columns = (
        _SCAN.body_hash.label("stored_hash"),
        _SCAN.answer.label("stored_answer"),
        _UNDO.actor.label("undo_actor"),
        _REGISTRATION.id,
        _REGISTRATION.event_id,
        _REGISTRATION.state,
        _REGISTRATION.title,
        _REGISTRATION.first_name,
        _REGISTRATION.last_name,
        _REGISTRATION.needs,
        _ORGANISATION.name.label("organisation"),
        _SIGN_UP.state.label("sign_up"),
        _SIGN_UP.changed_at.label("sign_up_at"),
        _SIGN_UP.given_away,
        _PRESENCE.inside,
        _PRESENCE.changed_at,
        _PRESENCE.first_at,
        _PRESENCE.first_station,
        _PRESENCE.last_at,
        _PRESENCE.last_device_id,
        retired.label("retired_id"),
    )
    return select(*columns).select_from(
        found.outerjoin(Organisation.__table__, _ORGANISATION.id == _REGISTRATION.organisation_id)
        .outerjoin(SignUp.__table__, signed)
        .outerjoin(Presence.__table__, there)
    )


_BY_BADGE = _statement(by_badge=True)
_BY_ID = _statement(by_badge=False)


def presence(checkpoint_id: int, registration_id: int) -> Presence | None:
    """Return where somebody stands at a checkpoint."""
    return db.session.get(Presence, (checkpoint_id, registration_id))


def scan(scan_id: str) -> Scan | None:
    """Return one scan by the id its device gave it."""
    return db.session.scalars(select(Scan).where(Scan.scan_id == scan_id)).first()


def inside_count(checkpoint_id: int) -> int:
    """Count who is in at a checkpoint."""
    query = select(func.count()).select_from(Presence)
    query = query.where(Presence.checkpoint_id == checkpoint_id, Presence.inside)
    return db.session.scalar(query) or 0


def inside_counts(event_id: int) -> dict[int, int]:
    """Count who is in, by checkpoint."""
    query = (
        select(Presence.checkpoint_id, func.count())
        .join(Checkpoint, Checkpoint.id == Presence.checkpoint_id)
        .where(Checkpoint.event_id == event_id, Presence.inside)
        .group_by(Presence.checkpoint_id)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


def expected_count(door: Door) -> int:
    """Count who may come: the session's confirmed sign-ups, else everybody qualified."""
    if door.needs_sign_up:
        query = select(func.count()).select_from(SignUp)
        query = query.where(
            SignUp.session_id == door.session_id, SignUp.state == SignUpState.CONFIRMED
        )
    else:
        query = select(func.count()).select_from(Registration)
        query = query.where(
            Registration.event_id == door.event_id, Registration.state == Standing.QUALIFIED
        )
    return db.session.scalar(query) or 0


def found(door: Door, asked: str) -> Sequence[tuple[Registration, bool]]:
    """Find people of the event by name, number or organisation, without diacritics.

    Each comes with whether they are in; the best twenty, in Polish alphabetical order.
    """
    terms = text.match_terms(asked)
    if not terms:
        return []
    query = (
        select(Registration, Presence.inside)
        .options(joinedload(Registration.organisation))
        .outerjoin(
            Presence,
            and_(Presence.registration_id == Registration.id, Presence.checkpoint_id == door.id),
        )
        .where(Registration.event_id == door.event_id, Registration.state != Standing.REPLACED)
    )
    for term in terms:
        query = query.where(Registration.search_key.like(text.like(term), escape="\\"))
    rows = db.session.execute(query.order_by(Registration.sort_key).limit(MOST_FOUND))
    return [(row[0], bool(row[1])) for row in rows]


def last_scans(event_id: int, limit: int = 20) -> Sequence[Scan]:
    """List an event's latest scans with their people."""
    query = select(Scan).options(joinedload(Scan.registration)).where(Scan.event_id == event_id)
    return db.session.scalars(query.order_by(Scan.id.desc()).limit(limit)).all()


def people_inside(
    event_id: int, now: datetime, day_start: datetime
) -> Sequence[tuple[Registration, Checkpoint, Presence]]:
    """List who is in anywhere at *now*, for a head count: person, where, since when.

    Whoever nobody scanned out left with the session, or with the day that *day_start* begins.
    """
    query = (
        select(Registration, Checkpoint, Presence)
        .join(Presence, Presence.registration_id == Registration.id)
        .join(Checkpoint, Checkpoint.id == Presence.checkpoint_id)
        .outerjoin(Session, Session.id == Checkpoint.session_id)
        .where(Checkpoint.event_id == event_id, _still_inside(now, day_start))
        .order_by(Registration.sort_key, Checkpoint.id)
    )
    return [(row[0], row[1], row[2]) for row in db.session.execute(query)]


def _still_inside(now: datetime, day_start: datetime) -> ColumnElement[bool]:
    going_on = Session.ends_at >= now
    today = and_(Session.id.is_(None), Presence.changed_at >= day_start)
    return and_(Presence.inside, or_(going_on, today))


@dataclass(frozen=True)
class Stay:
    """One person at one checkpoint, and whether the person is there still."""

    presence: Presence
    person: Registration
    checkpoint: Checkpoint
    inside: bool


def stays(
    event_id: int,
    now: datetime,
    day_start: datetime,
    *,
    after: tuple[int, int] = (0, 0),
    limit: int = 50,
) -> Sequence[Stay]:
    """List who has been at which checkpoint, person by person, from the one behind *after*.

    *after* is a registration's and a checkpoint's id.
    """
    inside = _still_inside(now, day_start).label("still")
    query = (
        select(Presence, Registration, Checkpoint, inside)
        .join(Registration, Registration.id == Presence.registration_id)
        .join(Checkpoint, Checkpoint.id == Presence.checkpoint_id)
        .outerjoin(Session, Session.id == Checkpoint.session_id)
        .where(
            Checkpoint.event_id == event_id,
            tuple_(Presence.registration_id, Presence.checkpoint_id) > after,
        )
        .order_by(Presence.registration_id, Presence.checkpoint_id)
        .limit(limit)
    )
    return [Stay(row[0], row[1], row[2], bool(row[3])) for row in db.session.execute(query)]


def present_on(event_id: int, zone: ZoneInfo) -> Mapping[date, int]:
    """Count the people whom the doors let in, by day."""
    query = select(Scan.registration_id, Scan.effective_at).where(
        Scan.event_id == event_id, *_ENTERED
    )
    days: dict[date, set[int]] = defaultdict(set)
    for row in db.session.execute(query):
        days[row.effective_at.astimezone(zone).date()].add(row.registration_id)
    return {day: len(people) for day, people in days.items()}


def came(registration_ids: Collection[int]) -> set[int]:
    """Return who of these people was let in at all."""
    query = select(Scan.registration_id).where(
        Scan.registration_id.in_(registration_ids), *_ENTERED
    )
    return set(db.session.scalars(query.distinct()))


def turn_out(event_id: int, now: datetime) -> tuple[int, int]:
    """Return how many had a seat in sessions that are over, and how many of them came.

    Only sessions in which somebody was scanned at all: others had no door.
    """
    seats = (
        select(SignUp.session_id, SignUp.registration_id)
        .join(Session, Session.id == SignUp.session_id)
        .where(
            Session.event_id == event_id,
            Session.ends_at < now,
            SignUp.state == SignUpState.CONFIRMED,
        )
    )
    held = {(row[0], row[1]) for row in db.session.execute(seats)}
    doors = (
        select(Checkpoint.session_id, Scan.registration_id)
        .join(Checkpoint, Checkpoint.id == Scan.checkpoint_id)
        .where(Scan.event_id == event_id, Checkpoint.session_id.is_not(None), *_ENTERED)
    )
    entered = {(row[0], row[1]) for row in db.session.execute(doors.distinct())}
    watched = {session_id for session_id, _registration_id in entered}
    expected = {pair for pair in held if pair[0] in watched}
    return len(expected), len(expected & entered)


_ENTERED = (Scan.code == ScanCode.OK, Scan.undone_at.is_(None))


# --- presence in sessions -----------------------------------------------------------------


def spans(event_id: int) -> dict[int, Span]:
    """Return when each session of an event is held and what it credits, by its id."""
    query = select(Session).where(Session.event_id == event_id)
    return {
        session.id: Span(session.starts_at, session.ends_at, session.support_minutes)
        for session in db.session.scalars(query)
    }


Moves = Mapping[int, Sequence[tuple[Move, Method]]]


def seen_moves(
    event_id: int, registration_ids: Collection[int] | None = None
) -> Mapping[int, Moves]:
    """Return the moves at the doors of sessions that stand: by person, then by session.

    Each comes with how it was noted. *registration_ids* narrow it to some people.
    """
    query = (
        select(
            Scan.registration_id,
            Checkpoint.session_id,
            Scan.effective_at,
            Scan.device_id,
            Scan.seq,
            Scan.code,
            Scan.method,
        )
        .join(Checkpoint, Checkpoint.id == Scan.checkpoint_id)
        .where(
            Scan.event_id == event_id,
            Checkpoint.session_id.is_not(None),
            Scan.code.in_(ACCEPTED),
            Scan.undone_at.is_(None),
        )
    )
    if registration_ids is not None:
        query = query.where(Scan.registration_id.in_(registration_ids))
    people: dict[int, dict[int, list[tuple[Move, Method]]]] = defaultdict(lambda: defaultdict(list))
    for row in db.session.execute(query):
        move = Move(
            row.effective_at, str(row.device_id or ""), row.seq, entry=row.code is ScanCode.OK
        )
        people[row.registration_id][row.session_id].append((move, row.method))
    return people


def without_photo_consent(event_id: int) -> set[int]:
    """Return the registrations whose latest word on photographs is no."""
    latest = (
        select(func.max(Consent.id))
        .join(Registration, Registration.id == Consent.registration_id)
        .where(Registration.event_id == event_id, Consent.kind == ConsentKind.PHOTO)
        .group_by(Consent.registration_id)
    )
    query = select(Consent.registration_id).where(Consent.id.in_(latest), ~Consent.given)
    return set(db.session.scalars(query))


# --- before and between -------------------------------------------------------------------


def checks_of_devices(event_id: int) -> Sequence[tuple[Readiness, Checkpoint]]:
    """List the last check of each device at each checkpoint, the least ready first."""
    newest = select(func.max(Readiness.id)).where(Readiness.event_id == event_id)
    newest = newest.group_by(Readiness.checkpoint_id, Readiness.actor, Readiness.station)
    query = select(Readiness, Checkpoint).join(Checkpoint, Checkpoint.id == Readiness.checkpoint_id)
    query = query.where(Readiness.id.in_(newest)).order_by(Readiness.id.desc())
    rows = [(row[0], row[1]) for row in db.session.execute(query)]
    order = list(rules.CheckState)
    return sorted(rows, key=lambda row: -order.index(row[0].overall))


def open_shift(checkpoint_id: int) -> Shift | None:
    """Return who stands at a checkpoint now."""
    query = select(Shift).where(Shift.checkpoint_id == checkpoint_id, Shift.until.is_(None))
    return db.session.scalars(query).first()


def open_shifts(event_id: int) -> Mapping[int, Shift]:
    """Return who stands where now, by checkpoint."""
    query = select(Shift).where(Shift.event_id == event_id, Shift.until.is_(None))
    return {row.checkpoint_id: row for row in db.session.scalars(query)}


def open_notes(checkpoint_id: int) -> Sequence[Shift]:
    """List the earlier shifts of a checkpoint whose notes are not settled, oldest first."""
    query = select(Shift).where(
        Shift.checkpoint_id == checkpoint_id, Shift.note != "", Shift.settled_at.is_(None)
    )
    return db.session.scalars(query.order_by(Shift.id)).all()


def event_of_shift(shift_id: int) -> tuple[int, int] | None:
    """Return the event's and the checkpoint's id of a shift."""
    query = select(Shift.event_id, Shift.checkpoint_id).where(Shift.id == shift_id)
    row = db.session.execute(query).first()
    return None if row is None else (row[0], row[1])


def refused_since(checkpoint_id: int, since: datetime) -> Sequence[Scan]:
    """List the refused scans of people at a checkpoint since a moment, newest first."""
    query = (
        select(Scan)
        .options(joinedload(Scan.registration))
        .where(
            Scan.checkpoint_id == checkpoint_id,
            Scan.status == rules.ScanStatus.ERROR,
            Scan.registration_id.is_not(None),
            Scan.received_at >= since,
        )
    )
    return db.session.scalars(query.order_by(Scan.id.desc()).limit(MOST_FOUND)).all()


def standing_scans(checkpoint_id: int, beginning: str) -> Sequence[Scan]:
    """List the accepted scans that stand and whose ids begin alike: those of one group."""
    query = select(Scan).where(
        Scan.checkpoint_id == checkpoint_id,
        Scan.scan_id.like(text.like(beginning)[1:], escape="\\"),
        Scan.code.in_(ACCEPTED),
        Scan.undone_at.is_(None),
    )
    return db.session.scalars(query.order_by(Scan.id)).all()


MOST_TOGETHER = 60


def people_together(door: Door, asked: str) -> Sequence[tuple[Registration, bool]]:
    """Find those of one organisation or one booking, each with whether they are in.

    *asked* is a part of the organisation's name, or the name or e-mail of the colleague who
    registered them; in Polish alphabetical order.
    """
    terms = text.match_terms(asked)
    if not terms:
        return []
    of_house = and_(*(Organisation.search_key.like(text.like(one), escape="\\") for one in terms))
    booked = Registration.group_id.in_(_bookings_of(door.event_id, terms))
    query = (
        select(Registration, Presence.inside)
        .options(joinedload(Registration.organisation))
        .outerjoin(Organisation, Organisation.id == Registration.organisation_id)
        .outerjoin(
            Presence,
            and_(Presence.registration_id == Registration.id, Presence.checkpoint_id == door.id),
        )
        .where(
            Registration.event_id == door.event_id,
            Registration.state == Standing.QUALIFIED,
            or_(of_house, booked),
        )
        .order_by(Registration.sort_key)
        .limit(MOST_TOGETHER)
    )
    return [(row[0], bool(row[1])) for row in db.session.execute(query)]


def _bookings_of(event_id: int, terms: Sequence[str]) -> list[int]:
    # Contacts have no search key of their own, and an event has few of them.
    query = select(
        RegistrationGroup.id, RegistrationGroup.contact_name, RegistrationGroup.contact_email
    ).where(RegistrationGroup.event_id == event_id)
    return [
        row[0]
        for row in db.session.execute(query)
        if all(term in text.search_key(row[1], row[2]) for term in terms)
    ]


def planned_shifts(event_id: int) -> Sequence[PlannedShift]:
    """List the plan of an event's doors in time order, with checkpoints and people."""
    query = select(PlannedShift).where(PlannedShift.event_id == event_id)
    query = query.options(joinedload(PlannedShift.checkpoint), joinedload(PlannedShift.person))
    return db.session.scalars(query.order_by(PlannedShift.starts_at, PlannedShift.id)).all()


def planned_shift(shift_id: int) -> PlannedShift | None:
    """Return one shift that is planned."""
    return db.session.get(PlannedShift, shift_id)
