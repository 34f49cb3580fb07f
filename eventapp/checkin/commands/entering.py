"""Who is in: taking and leaving the place at a door in one guarded statement."""

from datetime import UTC, datetime, time
from functools import cache
from typing import Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Table, bindparam, false, or_, true, update
from sqlalchemy.dialects import postgresql, sqlite

from eventapp.checkin.commands.attempts import Hand
from eventapp.checkin.models import Presence
from eventapp.checkin.queries import Door
from eventapp.checkin.rules import Policy, ScanCode
from eventapp.kernel.db import UtcDateTime, ask, on_sqlite

# Past the mapper, which would take half the time of a scan.
_PRESENCE = cast(Table, Presence.__table__)
_THERE = _PRESENCE.c


def take(
    door: Door, registration_id: int, scan_id: str, code: ScanCode, at: datetime, hand: Hand
) -> bool:
    """Enter or leave in one guarded statement; False when another scan was first."""
    if code is ScanCode.OUT:
        return _unseat(door, registration_id, at, hand)
    return seat(door, registration_id, scan_id, at, hand, again=door.policy)


def seat(
    door: Door,
    registration_id: int,
    scan_id: str,
    at: datetime,
    hand: Hand,
    *,
    again: Policy,
) -> bool:
    """Put somebody in at the door; who is there already may enter *again* by that policy only."""
    entering = {
        "checkpoint_id": door.id,
        "registration_id": registration_id,
        "inside": True,
        "changed_at": at,
        "first_scan": scan_id,
        "first_at": at,
        "first_station": hand.station,
        "last_at": at,
        "last_device_id": hand.device_id,
    }
    if again is Policy.ONCE_PER_DAY:
        entering["day_start"] = day_start(door, at)
    if again is Policy.RE_ENTRY_AFTER_EXIT:
        entering["closed_before"] = closed_before(door, at)
    statement = _seating(again, "sqlite" if on_sqlite() else "postgresql")
    return ask(statement, entering).first() is not None


@cache
def _seating(policy: Policy, dialect: str) -> Any:
    """Build the guarded upsert of a policy once; building takes longer than executing."""
    make = sqlite.insert if dialect == "sqlite" else postgresql.insert
    columns = [column.name for column in _THERE]
    statement = make(_PRESENCE).values({name: bindparam(name) for name in columns})
    keys = {"checkpoint_id", "registration_id"}
    again: dict[Policy, ColumnElement[bool]] = {
        Policy.SINGLE: false(),
        Policy.MULTIPLE: true(),
        Policy.ONCE_PER_DAY: _THERE.first_at < bindparam("day_start", type_=UtcDateTime()),
        Policy.RE_ENTRY_AFTER_EXIT: or_(
            _THERE.inside.is_(False),
            _THERE.changed_at < bindparam("closed_before", type_=UtcDateTime()),
        ),
    }
    statement = statement.on_conflict_do_update(
        index_elements=sorted(keys),
        set_={name: statement.excluded[name] for name in columns if name not in keys},
        where=again[policy],
    )
    return statement.returning(_THERE.registration_id)


_LEAVING = (
    update(_PRESENCE)
    .where(
        _THERE.checkpoint_id == bindparam("at_checkpoint"),
        _THERE.registration_id == bindparam("of_registration"),
        _THERE.inside,
    )
    .values(
        inside=False,
        changed_at=bindparam("at", type_=UtcDateTime()),
        last_at=bindparam("at", type_=UtcDateTime()),
        last_device_id=bindparam("device"),
    )
    .returning(_THERE.registration_id)
)


def _unseat(door: Door, registration_id: int, at: datetime, hand: Hand) -> bool:
    leaving = {
        "at_checkpoint": door.id,
        "of_registration": registration_id,
        "at": at,
        "device": hand.device_id,
    }
    return ask(_LEAVING, leaving).first() is not None


def day_start(door: Door, at: datetime) -> datetime:
    """Return when the day of a moment began at the door."""
    zone = ZoneInfo(door.timezone)
    return datetime.combine(at.astimezone(zone).date(), time(), zone)


_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def closed_before(door: Door, at: datetime) -> datetime:
    """Return when a stay must have begun to go on at the moment *at*.

    Nobody scans out in the evening: at the event's door a stay ends with its day. That in a
    session ends with the session, which may go on past midnight.
    """
    return _LONG_AGO if door.session_id is not None else day_start(door, at)
