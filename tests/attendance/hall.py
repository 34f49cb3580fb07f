"""A session of two hours, its door, and people who come through it at told times."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from eventapp.attendance import queries
from eventapp.attendance.rules import Attended
from eventapp.checkin import commands as doors
from eventapp.checkin import queries as door_queries
from eventapp.checkin.commands import Hand, ScanItem, Verdict
from eventapp.checkin.queries import Door
from eventapp.checkin.rules import Direction
from eventapp.events.models import Event
from eventapp.programme.models import Session, SignUpRule
from eventapp.registrations.models import Registration
from eventapp.signups import commands as signups
from tests.factories import NOW, at, make_event, make_registration, make_session

STEWARD = Hand(actor="account:1", station="Jeremi")


@dataclass
class Hall:
    """An event, one session and the door of it."""

    event: Event
    session: Session
    door: Door

    def person(self, name: str = "", *, seat: bool = True, **columns: Any) -> Registration:
        """Register somebody, with a place in the session unless told otherwise."""
        row = make_registration(self.event, "Anna", name, **columns)
        if seat:
            signups.enter(self.session.id, row.id, NOW)
        return row

    def scan(
        self, row: Registration, clock: str, direction: Direction = Direction.ENTRY
    ) -> Verdict:
        """Scan somebody at the session's door: `scan(row, "9:10")`."""
        item = ScanItem(
            scan_id=str(uuid.uuid4()), scanned_at=at(clock), age=timedelta(0),
            registration_id=row.id, direction=direction,
        )  # fmt: skip
        return doors.record_scan(self.door, item, at(clock), STEWARD)

    def known(self, row: Registration) -> Attended | None:
        """Return what counts of somebody in the session."""
        return queries.of_person(self.event.id, row.id).get(self.session.id)

    def minutes(self, row: Registration) -> int | None:
        """Return the minutes that count, None for who was not there."""
        found = self.known(row)
        return found.minutes if found is not None else None


def make_hall(*, starts_at: datetime | None = None, **columns: Any) -> Hall:
    """Make it: 9:00 to 11:00 on the first day, and no limit unless one is given."""
    event = make_event()
    given = {"sign_up": SignUpRule.REQUIRED, "waiting_list": True, "support_minutes": 120}
    session = make_session(
        event, starts_at=starts_at or at("9:00"), minutes=120, **{**given, **columns}
    )
    point = doors.add_checkpoint(event.id, {"pl": "Sala", "en": "Hall"}, session_id=session.id)
    door = door_queries.door(point.id)
    assert door is not None
    return Hall(event, session, door)
