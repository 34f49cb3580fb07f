"""Evidence packs: what goes into one, those that were made, and their files."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import undefer

from eventapp.attendance import queries as attendance
from eventapp.attendance.models import AttendanceList, Correction, SignedScan
from eventapp.attendance.queries.lists import Standing
from eventapp.documents.models import EvidencePack, PackFile, Scope
from eventapp.documents.queries.figures import Material
from eventapp.events import queries as frame
from eventapp.events.models import Event
from eventapp.kernel import i18n, text
from eventapp.kernel.db import db
from eventapp.kernel.facts import FactRow
from eventapp.programme import queries as programme
from eventapp.programme.models import Activity, Session
from eventapp.registrations.models import Registration


@dataclass(frozen=True, kw_only=True)
class Planned:
    """A session as it was approved; `led` is None where nothing tells who was to lead it."""

    title: Mapping[str, str]
    starts_at: datetime
    ends_at: datetime
    room: Mapping[str, str] | None
    led: str | None
    capacity: int | None


@dataclass(frozen=True, kw_only=True)
class Corrected:
    """A correction of presence, with the names that it leaves out."""

    row: Correction
    person: str
    session: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Course:
    """What happened around some sessions: lists, corrections, and the facts of the change log."""

    lists: Sequence[Standing]
    corrections: Sequence[Corrected]
    facts: Sequence[FactRow]
    people: Mapping[int, str]
    titles: Mapping[int, Mapping[str, str]]


def sessions_of(pack: EvidencePack) -> set[int] | None:
    """Return the sessions that a pack is about; None means all of them."""
    if pack.scope is Scope.EVENT:
        return None
    query = select(Session.id).where(Session.event_id == pack.event_id)
    if pack.scope is Scope.DAY:
        query = query.where(Session.day_id == pack.day_id)
    else:
        query = query.where(Session.id == pack.session_id)
    return set(db.session.scalars(query))


def narrowed(found: Material, session_ids: Collection[int] | None) -> Material:
    """Return *found* with these sessions alone: whoever was in none of them was not present."""
    if session_ids is None:
        return found
    minutes = {
        person_id: kept
        for person_id, own in found.minutes.items()
        if (kept := {key: value for key, value in own.items() if key in session_ids})
    }
    sessions = [one for one in found.sessions if one.id in session_ids]
    return replace(found, minutes=minutes, sessions=sessions)


# --- what was planned -----------------------------------------------------------------------------


def plan_of(event: Event, number: int | None) -> Mapping[int, Planned]:
    """Return the sessions as release *number* has them; without one as they were first planned."""
    released = programme.release(event.id, number) if number is not None else None
    since = released.released_at if released is not None else None
    moved, capacities = _first_moves(event.id), _first_capacities(event.id, since)
    found = {}
    rooms = _rooms(event.id)
    for session in programme.programme(event.id):
        old = moved.get(session.id)
        room_id = old["old_room_id"] if old is not None else session.room_id
        found[session.id] = Planned(
            title=dict(session.activity.title),
            starts_at=i18n.parsed(old["old_starts_at"]) if old is not None else session.starts_at,
            ends_at=i18n.parsed(old["old_ends_at"]) if old is not None else session.ends_at,
            room=rooms.get(room_id or 0),
            led=None,
            capacity=capacities.get(session.id, session.capacity),
        )
    if released is None:
        return found
    return {
        one["id"]: _released(one, found)
        for one in released.content
        if one.get("kind") != "break" and one["state"] != "cancelled"
    }


def _released(one: Mapping[str, Any], known: Mapping[int, Planned]) -> Planned:
    now = known.get(one["id"])
    return Planned(
        title=one["title"],
        starts_at=i18n.parsed(one["starts_at"]),
        ends_at=i18n.parsed(one["ends_at"]),
        room=one["room"],
        led=", ".join(one["speakers"]),
        capacity=now.capacity if now is not None else None,
    )


def _rooms(event_id: int) -> Mapping[int, Mapping[str, str]]:
    return {room.id: dict(room.name) for room in frame.rooms(event_id)}


def _first_moves(event_id: int) -> Mapping[int, Mapping[str, Any]]:
    found: dict[int, Mapping[str, Any]] = {}
    for row in _facts(event_id, ["session-moved"]):
        found.setdefault(row.data["session_id"], row.data)
    return found


def _first_capacities(event_id: int, since: datetime | None) -> Mapping[int, int | None]:
    found: dict[int, int | None] = {}
    for row in _facts(event_id, ["capacity-changed"]):
        if since is None or row.at > since:
            found.setdefault(row.data["session_id"], row.data["old"])
    return found


def _facts(event_id: int, kinds: Collection[str]) -> Sequence[FactRow]:
    query = select(FactRow).where(FactRow.event_id == event_id, FactRow.kind.in_(kinds))
    return db.session.scalars(query.order_by(FactRow.id)).all()


# --- what happened --------------------------------------------------------------------------------


def course(event_id: int, session_ids: Collection[int] | None, kinds: Collection[str]) -> Course:
    """Return the lists, corrections and facts of *kinds* around some sessions, or all."""
    people = _names(event_id)
    titles = _titles(event_id)
    lists = [
        one
        for one in attendance.attendance_lists(event_id)
        if session_ids is None or one.sheet.session_id in session_ids
    ]
    corrections = [
        Corrected(row=row, person=people[row.registration_id], session=titles[row.session_id])
        for row in _corrections(event_id)
        if session_ids is None or row.session_id in session_ids
    ]
    facts = [row for row in _facts(event_id, kinds) if _is_about(row, session_ids)]
    return Course(lists=lists, corrections=corrections, facts=facts, people=people, titles=titles)


def _is_about(row: FactRow, session_ids: Collection[int] | None) -> bool:
    """Tell whether a fact concerns one of these sessions."""
    return session_ids is None or row.data.get("session_id") in session_ids


def _corrections(event_id: int) -> Sequence[Correction]:
    query = select(Correction).where(Correction.event_id == event_id).order_by(Correction.id)
    return db.session.scalars(query).all()


def _names(event_id: int) -> Mapping[int, str]:
    query = select(Registration.id, Registration.title, Registration.last_name,
                   Registration.first_name).where(Registration.event_id == event_id)  # fmt: skip
    return {
        number: text.full_name(title, last, first)
        for number, title, last, first in db.session.execute(query)
    }


def _titles(event_id: int) -> Mapping[int, Mapping[str, str]]:
    query = select(Session.id, Activity.title).join(Activity, Activity.id == Session.activity_id)
    return dict(db.session.execute(query.where(Session.event_id == event_id)).all())


def scans(list_ids: Collection[int]) -> Sequence[SignedScan]:
    """List the scans of some lists, without their bytes."""
    query = (
        select(SignedScan)
        .join(AttendanceList, AttendanceList.id == SignedScan.list_id)
        .where(SignedScan.list_id.in_(list_ids))
        .order_by(AttendanceList.number, SignedScan.id)
    )
    return db.session.scalars(query).all()


# --- the packs ------------------------------------------------------------------------------


def packs(event_id: int) -> Sequence[EvidencePack]:
    """List an event's packs, newest first."""
    query = select(EvidencePack).where(EvidencePack.event_id == event_id)
    return db.session.scalars(query.order_by(EvidencePack.number.desc())).all()


def pack(pack_id: int) -> EvidencePack | None:
    """Return one pack."""
    return db.session.get(EvidencePack, pack_id)


def open_pack(event_id: int) -> EvidencePack | None:
    """Return the pack that is being made."""
    query = select(EvidencePack).where(
        EvidencePack.event_id == event_id,
        EvidencePack.made_at.is_(None),
        EvidencePack.failed_at.is_(None),
    )
    return db.session.scalars(query).first()


def files(pack_id: int) -> Sequence[PackFile]:
    """List a pack's files in their order, without their bytes."""
    query = select(PackFile).where(PackFile.pack_id == pack_id)
    return db.session.scalars(query.order_by(PackFile.position)).all()


def pack_file(file_id: int) -> PackFile | None:
    """Return one file of a pack, without its bytes."""
    return db.session.get(PackFile, file_id)


def content_of(file_id: int) -> bytes:
    """Return the bytes of a file of a pack; a scan's are those of the signed list."""
    query = select(PackFile).where(PackFile.id == file_id).options(undefer(PackFile.content))
    row = db.session.scalars(query).one()
    if row.scan_id is not None:
        return attendance.scan_file(row.scan_id)
    return row.content or b""
