"""Whether somebody counts among the event's area, where staff know better than the list."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from eventapp.kernel.db import atomic
from eventapp.kernel.facts import Fact, record
from eventapp.kernel.refusal import Refused
from eventapp.registrations.commands.steps import (
    behind_locks,
    event_of,
    locate,
    subject_of,
    touch,
)
from eventapp.registrations.models import Registration
from eventapp.registrations.rules import RegistrationRefusal


@dataclass(frozen=True, kw_only=True)
class AreaDecided(Fact):
    """Staff said by hand whether somebody counts among the area, or left it to the place again.

    Why stands with the registration, for it may speak of the person.
    """

    kind: ClassVar[str] = "area-decided"
    registration_id: int
    in_area: bool | None


@atomic
def decide_area(
    registration_id: int, now: datetime, *, in_area: bool | None, reason: str
) -> Registration:
    """Say by hand whether somebody counts among the area; None leaves it to the place again."""
    row = behind_locks(registration_id)
    if in_area is not None and not reason:
        raise Refused(RegistrationRefusal.REASON_REQUIRED)
    row.area_reason = reason if in_area is not None else ""
    row.in_area = in_area
    locate(row, event_of(row.event_id))
    touch(row)
    record(
        AreaDecided(
            event_id=row.event_id,
            subject=subject_of(row),
            registration_id=row.id,
            in_area=row.in_area,
        )
    )
    return row
