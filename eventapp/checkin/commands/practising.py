"""The door rehearsed: verdicts as they would be, of which nothing stays."""

from dataclasses import dataclass, replace
from datetime import datetime

from eventapp.checkin import rules
from eventapp.checkin.commands.attempts import Hand, ScanItem, Verdict
from eventapp.checkin.commands.scanning import record_scan
from eventapp.checkin.queries import Door
from eventapp.checkin.rules import Direction, ScanCode, ScanStatus
from eventapp.kernel.db import atomic, db

# Nobody's: an invented person for the test badges.
GUEST = {"id": 0, "name": "Łucja Próbna", "organisation": "Fundacja Próba", "flags": []}


@dataclass(frozen=True)
class Rehearsal:
    """A verdict of the rehearsal, and whether it was about a test badge or a real one."""

    verdict: Verdict
    staged: bool


@atomic
def practise(door: Door, item: ScanItem, now: datetime, hand: Hand) -> Rehearsal:
    """Give the verdict that a scan would have, and keep nothing of it.

    A test badge has the verdict written on it. Any other badge is judged by the very command of
    the door and all that it wrote is taken back; what would be a "yes" is a warning, so that
    nobody lets guests in by a scanner that does not count.
    """
    staged = rules.staged(item.code) if item.code is not None else None
    if staged is not None:
        return Rehearsal(_staged(door, item, staged, now), staged=True)
    with db.session.begin_nested() as tried:
        verdict = record_scan(door, item, now, hand)
        tried.rollback()
    if verdict.status is ScanStatus.OK:
        verdict = replace(verdict, status=ScanStatus.WARN)
    return Rehearsal(verdict, staged=False)


def _staged(door: Door, item: ScanItem, code: ScanCode, now: datetime) -> Verdict:
    if code is ScanCode.OK and item.direction is Direction.EXIT:
        code = ScanCode.OUT
    first = {"at": now.isoformat(), "checkpoint": dict(door.name), "device": ""}
    return Verdict(
        scan_id=item.scan_id,
        status=rules.status_of(code),
        code=code,
        registration=GUEST if rules.knows_person(code) else None,
        first=first if code is ScanCode.ALREADY_IN else None,
        presence={ScanCode.OK: "present", ScanCode.OUT: "absent"}.get(code),
    )
