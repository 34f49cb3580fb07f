"""Lists to sign: what is printed, what came back, and what is still owed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from eventapp.attendance.models import AttendanceList, Correction, ListRow, SignedScan
from eventapp.attendance.queries.presence import in_session, presence
from eventapp.attendance.rules import Attended, Difference, ListState, lists
from eventapp.attendance.rules import presence as rules
from eventapp.events.models import Event
from eventapp.kernel import text
from eventapp.kernel.db import db
from eventapp.programme import queries as programme
from eventapp.programme.models import Session, SignUpRule
from eventapp.registrations.models import Registration, State
from eventapp.signups.models import SignUp
from eventapp.signups.models import State as Place

_WHOLE = (joinedload(AttendanceList.session).joinedload(Session.activity),)


def to_print(session: Session) -> Sequence[Registration]:
    """List whom a session's sheet names, in Polish alphabetical order.

    That are those with a place, also where one may come without; where nobody signs up, everybody
    who takes part in the event.
    """
    return _qualified(session, with_place=session.sign_up is not SignUpRule.NONE)


def may_come(session: Session) -> Sequence[Registration]:
    """List who may enter a session, in Polish alphabetical order.

    That are those with a place where one is required, else everybody who takes part in the event.
    """
    return _qualified(session, with_place=session.sign_up is SignUpRule.REQUIRED)


def _qualified(session: Session, *, with_place: bool) -> Sequence[Registration]:
    query = select(Registration).options(joinedload(Registration.organisation))
    if with_place:
        query = query.join(SignUp, SignUp.registration_id == Registration.id)
        query = query.where(SignUp.session_id == session.id, SignUp.state == Place.CONFIRMED)
    query = query.where(
        Registration.event_id == session.event_id, Registration.state == State.QUALIFIED
    )
    return db.session.scalars(query.order_by(Registration.sort_key, Registration.id)).all()


def attendance_list(list_id: int) -> AttendanceList | None:
    """Return one list with its session."""
    query = select(AttendanceList).options(*_WHOLE).where(AttendanceList.id == list_id)
    return db.session.scalars(query).first()


def event_of_list(list_id: int) -> int | None:
    """Return the id of the event that a list belongs to."""
    return db.session.scalar(select(AttendanceList.event_id).where(AttendanceList.id == list_id))


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A list and how far it has come: how many rows, signatures, files, differences left."""

    sheet: AttendanceList
    state: ListState
    rows: int
    signed: int
    scans: int
    left: int


def attendance_lists(event_id: int, session_id: int | None = None) -> Sequence[Standing]:
    """List an event's lists with what is still owed, in the order of the programme."""
    query = (
        select(AttendanceList)
        .options(*_WHOLE)
        .join(Session, Session.id == AttendanceList.session_id)
        .where(AttendanceList.event_id == event_id)
        .order_by(Session.starts_at, AttendanceList.number)
    )
    if session_id is not None:
        query = query.where(AttendanceList.session_id == session_id)
    sheets = db.session.scalars(query).all()
    present: dict[int, dict[int, Attended]] = {}
    # Whoever was where is computed once, whatever the number of lists.
    for one in presence(event_id) if any(sheet.read_at for sheet in sheets) else ():
        present.setdefault(one.session_id, {})[one.registration_id] = one
    return [_standing(sheet, present.get(sheet.session_id, {})) for sheet in sheets]


def _standing(sheet: AttendanceList, present: Mapping[int, Attended]) -> Standing:
    rows, scans = list_rows(sheet.id), scans_of(sheet.id)
    return Standing(
        sheet=sheet,
        state=lists.state(sheet, len(scans)),
        rows=len(rows),
        signed=sum(row.signed is True for row in rows),
        scans=len(scans),
        left=len(differences(sheet, rows, present)) if sheet.read_at else 0,
    )


def open_lists(event_id: int, now: datetime) -> int:
    """Count the lists of sessions that are over and whose lists are not reconciled."""
    query = (
        select(func.count())
        .select_from(AttendanceList)
        .join(Session, Session.id == AttendanceList.session_id)
        .where(
            AttendanceList.event_id == event_id,
            AttendanceList.reconciled_at.is_(None),
            Session.ends_at < now,
        )
    )
    return db.session.scalar(query) or 0


def list_rows(list_id: int) -> Sequence[ListRow]:
    """List a list's rows by their numbers."""
    query = select(ListRow).where(ListRow.list_id == list_id).order_by(ListRow.position)
    return db.session.scalars(query).all()


def differences(
    sheet: AttendanceList,
    rows: Sequence[ListRow],
    present: Mapping[int, Attended] | None = None,
) -> list[tuple[ListRow, Difference]]:
    """List what is left to settle in a list; *present* saves reading who was there again."""
    if present is None:
        present = in_session(sheet.session)
    return lists.differences(rows, present, settled(sheet.id))


def settled(list_id: int) -> set[int]:
    """Return about whom something was decided because of this list, and still stands."""
    sheet = db.session.get_one(AttendanceList, list_id)
    query = select(Correction).where(Correction.session_id == sheet.session_id)
    people: dict[int, list[Correction]] = {}
    for row in db.session.scalars(query.order_by(Correction.id)):
        people.setdefault(row.registration_id, []).append(row)
    found = set()
    for registration_id, rows in people.items():
        last = rules.standing(rows)
        if last is not None and last.list_id == list_id:
            found.add(registration_id)
    return found


def scans_of(list_id: int) -> Sequence[SignedScan]:
    """List the files of a signed list, without their bytes."""
    query = select(SignedScan).where(SignedScan.list_id == list_id).order_by(SignedScan.id)
    return db.session.scalars(query).all()


def signed_scan(scan_id: int) -> SignedScan | None:
    """Return one file of a signed list, without its bytes."""
    return db.session.get(SignedScan, scan_id)


def scan_file(scan_id: int) -> bytes:
    """Return the bytes of a file of a signed list."""
    query = select(SignedScan.content).where(SignedScan.id == scan_id)
    return db.session.scalars(query).one()


def not_on_list(sheet: AttendanceList, asked: str, limit: int) -> Sequence[Registration]:
    """Find people of the event by name who have no row on a list, without diacritics."""
    terms = text.match_terms(asked)
    if not terms:
        return []
    listed = select(ListRow.registration_id).where(ListRow.list_id == sheet.id)
    query = (
        select(Registration)
        .options(joinedload(Registration.organisation))
        .where(
            Registration.event_id == sheet.event_id,
            Registration.state == State.QUALIFIED,
            Registration.id.not_in(listed),
        )
    )
    for term in terms:
        query = query.where(Registration.search_key.like(text.like(term), escape="\\"))
    return db.session.scalars(query.order_by(Registration.sort_key).limit(limit)).all()


def heading_of(session: Session) -> dict[str, Any]:
    """Return what stands above a list, as it was when it was printed."""
    room = session.room
    venue = room.venue if room is not None else None
    return {
        "title": dict(session.activity.title),
        "starts_at": session.starts_at.isoformat(),
        "ends_at": session.ends_at.isoformat(),
        "room": dict(room.name) if room is not None else None,
        "venue": dict(venue.name) if venue is not None else None,
        "address": (f"{venue.street}, {venue.postcode} {venue.city}".strip(", ") if venue else ""),
        "speakers": [programme.name_of(one.speaker.person) for one in session.speakers],
    }


def event_of(sheet: AttendanceList) -> Event:
    """Return the event that a list belongs to."""
    return db.session.get_one(Event, sheet.event_id)
