"""Lists that people sign: printed, brought back, read, reconciled."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update

from eventapp.attendance import queries
from eventapp.attendance.commands.facts import (
    ListPrinted,
    ListRead,
    ListReconciled,
    ListReopened,
    ListScanned,
)
from eventapp.attendance.models import AttendanceList, ListRow, SignedScan
from eventapp.attendance.queries.lists import differences
from eventapp.attendance.rules import ListRefusal, lists
from eventapp.events.models import Event
from eventapp.kernel import facts
from eventapp.kernel.db import atomic, db
from eventapp.kernel.facts import record
from eventapp.kernel.refusal import Refused
from eventapp.kernel.text import full_name
from eventapp.kernel.uploads import Upload
from eventapp.programme import queries as programme
from eventapp.programme.models import SessionState, SignUpRule
from eventapp.registrations import queries as people
from eventapp.registrations.models import Registration


@atomic
def print_list(session_id: int, now: datetime) -> AttendanceList:
    """Make a numbered list of a session: its people and hours as they are at this moment."""
    session = programme.session_anew(session_id)
    if session is None:
        raise LookupError(f"no session {session_id}")
    if session.state is not SessionState.SCHEDULED:
        raise Refused(ListRefusal.SESSION_OFF)
    named = queries.to_print(session)
    if not named and session.sign_up is not SignUpRule.OPTIONAL:
        raise Refused(ListRefusal.NOBODY)
    sheet = AttendanceList(
        event_id=session.event_id,
        session_id=session.id,
        number=_next_number(session.event_id),
        heading=queries.heading_of(session) | {"empty": lists.empty_rows(session, len(named))},
        blocks=[
            [start.isoformat(), end.isoformat()]
            for start, end in lists.blocks(session.starts_at, session.ends_at)
        ],
        printed_at=now,
        printed_by=facts.actor(),
    )
    db.session.add(sheet)
    db.session.flush()
    for position, row in enumerate(named, start=1):
        db.session.add(_row(sheet, row, position, printed=True))
    db.session.flush()
    record(ListPrinted(**_about(sheet), rows=len(named)))
    return sheet


def _next_number(event_id: int) -> int:
    """Draw the event's next number; its row is the lock, so that no two lists share one."""
    db.session.execute(select(Event.id).where(Event.id == event_id).with_for_update(key_share=True))
    query = select(func.max(AttendanceList.number)).where(AttendanceList.event_id == event_id)
    return (db.session.scalar(query) or 0) + 1


def _row(sheet: AttendanceList, row: Registration, position: int, *, printed: bool) -> ListRow:
    return ListRow(
        list_id=sheet.id,
        registration_id=row.id,
        position=position,
        name=full_name(row.title, row.last_name, row.first_name),
        organisation=row.organisation.name if row.organisation is not None else "",
        replaces=row.replaces_id is not None,
        printed=printed,
        signed=None,
    )


@atomic
def add_row(list_id: int, registration_id: int, now: datetime) -> ListRow:
    """Add somebody who wrote their own name in an empty row, and so signed."""
    sheet = _locked(list_id)
    row = people.registration(registration_id)
    if row is None or row.event_id != sheet.event_id:
        raise Refused(ListRefusal.NO_SUCH_ROW)
    rows = queries.list_rows(list_id)
    if any(one.registration_id == registration_id for one in rows):
        raise Refused(ListRefusal.ON_IT_ALREADY)
    added = _row(sheet, row, max((one.position for one in rows), default=0) + 1, printed=False)
    added.signed = True
    db.session.add(added)
    _reopen(sheet)
    record(ListRead(**_about(sheet), signed=_signed(list_id)))
    return added


@atomic
def attach_scan(list_id: int, upload: Upload, now: datetime) -> SignedScan:
    """Attach a scan or photograph of the signed list; the same bytes twice are kept once."""
    sheet = _locked(list_id)
    held = queries.scans_of(list_id)
    same = next((row for row in held if row.sha256 == upload.sha256), None)
    if same is not None:
        return same
    if len(held) >= lists.MOST_SCANS:
        raise Refused(ListRefusal.TOO_MANY_SCANS, most=lists.MOST_SCANS)
    row = SignedScan(
        list_id=list_id,
        file_name=upload.name,
        media_type=upload.media_type,
        size=len(upload.content),
        sha256=upload.sha256,
        content=upload.content,
        added_at=now,
        added_by=facts.actor(),
    )
    db.session.add(row)
    db.session.flush()
    record(ListScanned(**_about(sheet), sha256=upload.sha256))
    return row


@atomic
def note_signatures(list_id: int, signed: Collection[int], now: datetime) -> AttendanceList:
    """Note who signed; everybody else on the list did not."""
    sheet = _locked(list_id)
    known = {row.registration_id for row in queries.list_rows(list_id)}
    if not set(signed) <= known:
        raise Refused(ListRefusal.NO_SUCH_ROW)
    rows = update(ListRow).where(ListRow.list_id == list_id)
    db.session.execute(rows.values(signed=False))
    db.session.execute(rows.where(ListRow.registration_id.in_(signed)).values(signed=True))
    db.session.expire_all()
    sheet = _locked(list_id)
    sheet.read_at = now
    _reopen(sheet)
    record(ListRead(**_about(sheet), signed=len(set(signed))))
    return sheet


@atomic
def reconcile(list_id: int, now: datetime) -> AttendanceList:
    """Close a list: everything that it says otherwise than the door is settled."""
    sheet = _locked(list_id)
    if sheet.read_at is None:
        raise Refused(ListRefusal.NOT_READ)
    left = differences(sheet, queries.list_rows(list_id))
    if left:
        raise Refused(ListRefusal.DIFFERENCES, count=len(left))
    if sheet.reconciled_at is None:
        sheet.reconciled_at = now
        record(ListReconciled(**_about(sheet)))
    return sheet


def _reopen(sheet: AttendanceList) -> None:
    if sheet.reconciled_at is not None:
        sheet.reconciled_at = None
        record(ListReopened(**_about(sheet)))


def _signed(list_id: int) -> int:
    db.session.flush()
    return sum(row.signed is True for row in queries.list_rows(list_id))


def _locked(list_id: int) -> AttendanceList:
    db.session.get_one(AttendanceList, list_id, with_for_update=True)
    sheet = queries.attendance_list(list_id)
    if sheet is None:
        raise LookupError(f"no list {list_id}")
    return sheet


def _about(sheet: AttendanceList) -> dict[str, Any]:
    return {
        "event_id": sheet.event_id,
        "subject": f"session:{sheet.session_id}",
        "list_id": sheet.id,
        "session_id": sheet.session_id,
        "number": sheet.number,
    }
