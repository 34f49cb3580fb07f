"""Correcting presence: rows that are added, never changed."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import select

from eventapp.attendance import queries
from eventapp.attendance.commands.facts import (
    CorrectionUndone,
    ListReopened,
    PresenceCorrected,
)
from eventapp.attendance.models import AttendanceList, Correction
from eventapp.attendance.rules import Attended, Change, CorrectionRefusal
from eventapp.attendance.rules import presence as rules
from eventapp.checkin.rules import Method
from eventapp.kernel import facts
from eventapp.kernel.db import atomic, db
from eventapp.kernel.facts import record
from eventapp.kernel.refusal import Refused
from eventapp.programme import queries as programme
from eventapp.programme.models import Session
from eventapp.registrations.models import Registration


@atomic
def correct(
    session_id: int,
    registration_id: int,
    now: datetime,
    *,
    change: Change,
    reason: str,
    minutes: int | None = None,
    came_at: datetime | None = None,
    left_at: datetime | None = None,
) -> Correction:
    """Say of somebody in a session what counts instead of what the door knows."""
    session, known = _locked(session_id, [registration_id])
    if registration_id not in known:
        raise Refused(CorrectionRefusal.NOT_OF_EVENT)
    _refuse(session, now, change, reason, minutes, came_at, left_at)
    before = queries.of_person(session.event_id, registration_id).get(session_id)
    row = _added(
        session, registration_id, now, before,
        change=change, method=Method.MANUAL, reason=reason,
        minutes=minutes, came_at=came_at, left_at=left_at,
    )  # fmt: skip
    after = queries.of_person(session.event_id, registration_id).get(session_id)
    if rules.same(before, after):
        raise Refused(CorrectionRefusal.NOTHING_CHANGES)
    _record(row, before, after)
    return row


@atomic
def settle(
    list_id: int,
    registration_ids: Collection[int],
    now: datetime,
    *,
    change: Change,
    reason: str,
    minutes: int | None = None,
) -> list[Correction]:
    """Settle differences of a signed list: credit the signature, strike out, or let it be."""
    sheet = db.session.get_one(AttendanceList, list_id, with_for_update=True)
    session, known = _locked(sheet.session_id, registration_ids)
    _refuse(session, now, change, reason, minutes, None, None)
    earlier = queries.in_session(session)
    rows = [
        _added(
            session, registration_id, now, earlier.get(registration_id),
            change=change, method=Method.PAPER, reason=reason, minutes=minutes, list_id=list_id,
        )
        for registration_id in sorted(known)
    ]  # fmt: skip
    later = queries.in_session(session)
    for row in rows:
        _record(row, earlier.get(row.registration_id), later.get(row.registration_id))
    return rows


@atomic
def undo(correction_id: int, now: datetime, *, reason: str) -> Correction:
    """Take a correction back by another row; what stood before counts again."""
    row = queries.correction(correction_id)
    if row is None or row.change is Change.UNDONE:
        raise Refused(CorrectionRefusal.NO_CORRECTION)
    session, _known = _locked(row.session_id, [row.registration_id])
    if not reason.strip():
        raise Refused(CorrectionRefusal.REASON_MISSING)
    last = rules.standing(queries.corrections_of(row.session_id, row.registration_id))
    if last is None or last.id != row.id:
        raise Refused(CorrectionRefusal.NOT_THE_LAST)
    before = queries.of_person(session.event_id, row.registration_id).get(session.id)
    undoing = _added(
        session, row.registration_id, now, before,
        change=Change.UNDONE, method=row.method, reason=reason, undoes_id=row.id,
        list_id=row.list_id,
    )  # fmt: skip
    _reopen(row.list_id)
    record(
        CorrectionUndone(
            event_id=row.event_id,
            subject=_subject(row),
            correction_id=row.id,
            session_id=row.session_id,
            registration_id=row.registration_id,
        )
    )
    return undoing


def _locked(session_id: int, registration_ids: Collection[int]) -> tuple[Session, set[int]]:
    """Take a session for this transaction; return it, and who of these is of its event.

    Two corrections of one person must see each other, so that each knows what stood before.
    """
    db.session.execute(
        select(Session.id).where(Session.id == session_id).with_for_update(key_share=True)
    )
    session = programme.session_anew(session_id)
    if session is None:
        raise LookupError(f"no session {session_id}")
    query = select(Registration.id).where(
        Registration.id.in_(registration_ids), Registration.event_id == session.event_id
    )
    return session, set(db.session.scalars(query))


def _refuse(
    session: Session,
    now: datetime,
    change: Change,
    reason: str,
    minutes: int | None,
    came_at: datetime | None,
    left_at: datetime | None,
) -> None:
    refusal = rules.refuse_correction(
        queries.span_of(session), now,
        reason=reason, change=change, minutes=minutes, came_at=came_at, left_at=left_at,
    )  # fmt: skip
    if refusal:
        raise Refused(
            refusal,
            **{"from": session.starts_at, "to": session.ends_at, "most": session.support_minutes},
        )


def _added(
    session: Session, registration_id: int, now: datetime, before: Attended | None, **columns: Any
) -> Correction:
    columns["reason"] = columns["reason"].strip()
    row = Correction(
        event_id=session.event_id,
        session_id=session.id,
        registration_id=registration_id,
        before=_told(before),
        actor=facts.actor(),
        made_at=now,
        **columns,
    )
    db.session.add(row)
    db.session.flush()
    return row


def _told(before: Attended | None) -> dict[str, Any]:
    """Return what stood until now as it is kept beside a correction."""
    if before is None:
        return {}
    return {
        "minutes": before.minutes,
        "source": before.source.value,
        "came_at": before.came_at.isoformat() if before.came_at else None,
        "left_at": before.left_at.isoformat() if before.left_at else None,
    }


def _record(row: Correction, before: Attended | None, after: Attended | None) -> None:
    record(
        PresenceCorrected(
            event_id=row.event_id,
            subject=_subject(row),
            correction_id=row.id,
            session_id=row.session_id,
            registration_id=row.registration_id,
            change=row.change.value,
            before=before.minutes if before else None,
            after=after.minutes if after else None,
        )
    )


def _subject(row: Correction) -> str:
    return f"registration:{row.registration_id}"


def _reopen(list_id: int | None) -> None:
    """Open a list again in which something is to be settled anew."""
    if list_id is None:
        return
    sheet = db.session.get_one(AttendanceList, list_id, with_for_update=True)
    if sheet.reconciled_at is not None:
        sheet.reconciled_at = None
        record(
            ListReopened(
                event_id=sheet.event_id,
                subject=f"session:{sheet.session_id}",
                list_id=sheet.id,
                session_id=sheet.session_id,
                number=sheet.number,
            )
        )
