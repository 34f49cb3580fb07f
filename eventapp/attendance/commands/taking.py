"""A trainer's taps: scans like those of the door, made by hand."""

from collections.abc import Collection
from datetime import datetime
from uuid import uuid4

from eventapp.attendance import queries
from eventapp.attendance.rules import TapRefusal
from eventapp.attendance.rules import taking as rules
from eventapp.checkin import commands as doors
from eventapp.checkin import queries as door_queries
from eventapp.checkin.commands import Hand, ScanItem
from eventapp.checkin.models import Checkpoint
from eventapp.checkin.queries import Door
from eventapp.checkin.rules import Direction, Method
from eventapp.kernel.db import atomic
from eventapp.kernel.refusal import Refused
from eventapp.programme import queries as programme
from eventapp.programme.models import Session, SessionState
from eventapp.registrations import queries as people


@atomic
def tap(
    session_id: int, registration_id: int, now: datetime, hand: Hand, *, just_now: bool = False
) -> str:
    """Note that somebody is here, and return the id of the scan; twice does no harm.

    It counts from the start of the session, or from *now* for who came just now.
    """
    session, door = _open(session_id, now)
    return _tapped(session, door, registration_id, now, hand, just_now=just_now)


@atomic
def tap_all(session_id: int, registration_ids: Collection[int], now: datetime, hand: Hand) -> int:
    """Note that all these people are here; return how many were not noted yet."""
    session, door = _open(session_id, now)
    here = set(queries.in_session(session))
    absent = [each for each in registration_ids if each not in here]
    for registration_id in absent:
        _tapped(session, door, registration_id, now, hand, just_now=False)
    return len(absent)


@atomic
def untap(session_id: int, registration_id: int, now: datetime, hand: Hand) -> None:
    """Take back what this trainer noted of somebody in the session."""
    _open(session_id, now)
    own = [
        scan
        for scan in queries.moves_of(session_id, registration_id)
        if scan.method is Method.TRAINER and scan.actor == hand.actor
    ]
    if not own:
        raise Refused(TapRefusal.NOT_YOURS)
    for scan in own:
        # The session's hours bound it, not the quarter of an hour that binds a steward.
        doors.undo_scan(
            scan.scan_id, now, Hand(actor=hand.actor, station=hand.station, is_lead=True)
        )


def _open(session_id: int, now: datetime) -> tuple[Session, Door]:
    session = programme.session_anew(session_id)
    if session is None:
        raise LookupError(f"no session {session_id}")
    span, grace = queries.span_of(session), queries.grace_of(session.event_id)
    refusal = rules.refuse_tap(span, grace, now, is_held=session.state is SessionState.SCHEDULED)
    if refusal:
        early = refusal is TapRefusal.TOO_EARLY
        at = rules.opens_at(span, grace) if early else rules.closes_at(span, grace)
        raise Refused(refusal, time=at)
    return session, _door(session)


def _door(session: Session) -> Door:
    """Return the session's door, set up now where nobody thought of one."""
    points = [
        point
        for point in door_queries.checkpoints(session.event_id)
        if point.session_id == session.id
    ]
    point: Checkpoint = (
        points[0]
        if points
        else doors.add_checkpoint(session.event_id, session.activity.title, session_id=session.id)
    )
    door = door_queries.door(point.id)
    if door is None:
        raise LookupError(f"no checkpoint {point.id}")
    return door


def _tapped(
    session: Session,
    door: Door,
    registration_id: int,
    now: datetime,
    hand: Hand,
    *,
    just_now: bool,
) -> str:
    moves = queries.moves_of(session.id, registration_id)
    at = rules.came_at(queries.span_of(session), now, just_now=just_now, left_before=bool(moves))
    item = ScanItem(
        scan_id=str(uuid4()),
        scanned_at=at,
        age=now - at,
        registration_id=registration_id,
        direction=Direction.ENTRY,
        method=Method.TRAINER,
    )
    verdict = doors.record_scan(door, item, now, hand)
    if not rules.counts(verdict.code):
        row = people.registration(registration_id)
        name = f"{row.first_name} {row.last_name}" if row is not None else ""
        raise Refused(TapRefusal.NOT_ON_LIST, name=name)
    return item.scan_id
