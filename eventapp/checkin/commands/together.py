"""A group let in at once: a scan of its own for each, and one way back."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

from eventapp.checkin import queries
from eventapp.checkin.commands.attempts import Hand, ScanItem, Verdict
from eventapp.checkin.commands.mending import undo_scan
from eventapp.checkin.commands.scanning import record_scan
from eventapp.checkin.queries import Door
from eventapp.checkin.rules import CheckinRefusal, Method
from eventapp.kernel.db import atomic
from eventapp.kernel.refusal import Refused

_KEY = re.compile("[0-9a-f]{32}")


@dataclass(frozen=True)
class GroupMember:
    """One of a group with the door's verdict."""

    registration_id: int
    verdict: Verdict


def new_group_key() -> str:
    """Return what the scans of one group have in common."""
    return uuid4().hex


@atomic
def let_in_several(
    door: Door, registration_ids: Sequence[int], key: str, now: datetime, hand: Hand
) -> list[GroupMember]:
    """Scan each of several people; the door judges everybody by themselves.

    The same *key* again gives the same verdicts: a button pressed twice lets nobody in twice.
    """
    if not registration_ids:
        raise Refused(CheckinRefusal.NOBODY_CHOSEN)
    moment = _first_moment(key, registration_ids) or now
    return [
        GroupMember(one, record_scan(door, _item(key, one, moment), now, hand))
        for one in dict.fromkeys(registration_ids)
    ]


@atomic
def undo_several(door: Door, key: str, now: datetime, hand: Hand) -> int:
    """Take back the scans of a group that let somebody in; return how many."""
    if not _KEY.fullmatch(key):
        raise Refused(CheckinRefusal.SCAN_UNKNOWN)
    standing = queries.standing_scans(door.id, f"group-{key}-")
    if not standing:
        raise Refused(CheckinRefusal.ALREADY_UNDONE)
    for scan in standing:
        undo_scan(scan.scan_id, now, hand)
    return len(standing)


def _item(key: str, registration_id: int, moment: datetime) -> ScanItem:
    return ScanItem(
        scan_id=f"group-{key}-{registration_id}",
        scanned_at=moment.astimezone(
            UTC
        ),  # as it will be read back, or a repetition is another scan
        registration_id=registration_id,
        method=Method.MANUAL,
    )


def _first_moment(key: str, registration_ids: Sequence[int]) -> datetime | None:
    """Return when this group was scanned before, so that a repetition is one."""
    if not _KEY.fullmatch(key):
        raise Refused(CheckinRefusal.SCAN_UNKNOWN)
    ids = [f"group-{key}-{one}" for one in registration_ids]
    known = (queries.scan(scan_id) for scan_id in ids)
    return next((scan.scanned_at for scan in known if scan is not None), None)
