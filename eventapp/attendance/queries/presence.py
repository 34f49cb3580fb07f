"""Who was in which session for how long: computed from scans and corrections, never stored."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from eventapp.attendance.models import Correction
from eventapp.attendance.rules import Attended
from eventapp.attendance.rules import presence as rules
from eventapp.attendance.rules.presence import Seen
from eventapp.checkin import queries as doors
from eventapp.checkin.models import Checkpoint, Scan
from eventapp.checkin.rules import Method, ScanCode, Span
from eventapp.events.models import Event
from eventapp.kernel.db import db
from eventapp.programme.models import Session
from eventapp.registrations.models import Registration
from eventapp.signups.models import SignUp
from eventapp.signups.models import State as Place


def presence(
    event_id: int,
    *,
    registration_ids: Collection[int] | None = None,
) -> Sequence[Attended]:
    """List who was in which session with the minutes that credits.

    This is what every page, figure and certificate counts. *registration_ids* narrow it.
    """
    grace = grace_of(event_id)
    spans = doors.spans(event_id)
    seen = doors.seen_moves(event_id, registration_ids)
    corrections = _corrections(event_id, registration_ids)
    found: list[Attended] = []
    for registration_id in sorted({*seen, *corrections}):
        own = {
            session_id: [Seen(move, method) for move, method in rows]
            for session_id, rows in seen.get(registration_id, {}).items()
        }
        corrected = corrections.get(registration_id, {})
        found += rules.attended(registration_id, own, spans, corrected, grace)
    return found


def _corrections(
    event_id: int, registration_ids: Collection[int] | None
) -> Mapping[int, Mapping[int, list[Correction]]]:
    query = select(Correction).where(Correction.event_id == event_id).order_by(Correction.id)
    if registration_ids is not None:
        query = query.where(Correction.registration_id.in_(registration_ids))
    found: dict[int, dict[int, list[Correction]]] = defaultdict(lambda: defaultdict(list))
    for row in db.session.scalars(query):
        found[row.registration_id][row.session_id].append(row)
    return found


def in_session(session: Session) -> Mapping[int, Attended]:
    """Return who was in a session, by registration."""
    rows = presence(session.event_id)
    return {row.registration_id: row for row in rows if row.session_id == session.id}


def of_person(event_id: int, registration_id: int) -> Mapping[int, Attended]:
    """Return in which sessions somebody was, by session."""
    rows = presence(event_id, registration_ids=[registration_id])
    return {row.session_id: row for row in rows}


def span_of(session: Session) -> Span:
    """Return when a session is held and what full presence in it credits."""
    return Span(session.starts_at, session.ends_at, session.support_minutes)


def corrections_of(session_id: int, registration_id: int | None = None) -> Sequence[Correction]:
    """List the corrections of a session, newest first; of one person if one is named."""
    query = select(Correction).where(Correction.session_id == session_id)
    if registration_id is not None:
        query = query.where(Correction.registration_id == registration_id)
    return db.session.scalars(query.order_by(Correction.id.desc())).all()


def correction(correction_id: int) -> Correction | None:
    """Return one correction."""
    return db.session.get(Correction, correction_id)


def scans_in(session_id: int, registration_id: int) -> Sequence[Scan]:
    """List what the doors of a session noted of somebody, undone scans too, in time order."""
    query = (
        select(Scan)
        .join(Checkpoint, Checkpoint.id == Scan.checkpoint_id)
        .where(Checkpoint.session_id == session_id, Scan.registration_id == registration_id)
        .order_by(Scan.effective_at, Scan.id)
    )
    return db.session.scalars(query).all()


def moves_of(session_id: int, registration_id: int) -> list[Scan]:
    """List the entries and exits of somebody at the doors of a session that stand."""
    return [
        scan
        for scan in scans_in(session_id, registration_id)
        if scan.code in doors.ACCEPTED and scan.undone_at is None
    ]


def people_of(registration_ids: Collection[int]) -> Sequence[Registration]:
    """List these people with their organisations, in Polish alphabetical order."""
    query = select(Registration).options(joinedload(Registration.organisation))
    query = query.where(Registration.id.in_(registration_ids))
    return db.session.scalars(query.order_by(Registration.sort_key, Registration.id)).all()


def places_of(registration_id: int) -> set[int]:
    """Return in which sessions somebody has a place."""
    query = select(SignUp.session_id).where(
        SignUp.registration_id == registration_id, SignUp.state == Place.CONFIRMED
    )
    return set(db.session.scalars(query))


def grace_of(event_id: int) -> timedelta:
    """Return how late one may come without losing minutes."""
    return timedelta(minutes=db.session.get_one(Event, event_id).grace_minutes)


def tapped_by(session_id: int, actor: str) -> set[int]:
    """Return whom a trainer noted as here, as far as that stands."""
    query = (
        select(Scan.registration_id)
        .join(Checkpoint, Checkpoint.id == Scan.checkpoint_id)
        .where(
            Checkpoint.session_id == session_id,
            Scan.method == Method.TRAINER,
            Scan.code == ScanCode.OK,
            Scan.actor == actor,
            Scan.undone_at.is_(None),
        )
    )
    return {found for found in db.session.scalars(query) if found is not None}
