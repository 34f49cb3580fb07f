"""An event with two workshops at nine and two at eleven, and people who rank them."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from eventapp.allocation import commands
from eventapp.allocation.models import AllocationRound
from eventapp.events.models import Event
from eventapp.programme.models import Session
from eventapp.registrations.models import Registration
from tests.factories import NOW, at, make_event, make_registration, make_session

DEADLINE = NOW + timedelta(minutes=20)
AFTER = DEADLINE + timedelta(minutes=1)


@dataclass
class Town:
    """The event, its sessions by a short name, and the allocation of them."""

    event: Event
    sessions: dict[str, Session] = field(default_factory=dict)
    round: AllocationRound | None = None

    @property
    def id(self) -> int:
        """The allocation's id."""
        assert self.round is not None
        return self.round.id

    def person(self, wishes: str, *, flexible: bool = False, **columns: object) -> Registration:
        """Register somebody who ranks sessions by their short names: `person("A C")`."""
        row = make_registration(self.event, **columns)
        ids = [self.sessions[name].id for name in wishes.split()]
        commands.rank(self.id, row.id, ids, NOW, flexible=flexible)
        return row


def make_town(
    capacities: str = "A1 B1 C1 D1", *, now: datetime = NOW, opened: bool = True, **columns: object
) -> Town:
    """Make it; capacities by session, A and B at nine, C and D at eleven."""
    event = make_event()
    town = Town(event)
    for part in capacities.split():
        name, seats = part[0], int(part[1:])
        starts_at = at("9:00") if name in "AB" else at("11:00")
        town.sessions[name] = make_session(
            event, title=f"Warsztat {name}", starts_at=starts_at, capacity=seats
        )
    town.round = commands.set_up(
        event.id,
        now,
        title={"pl": "Warsztaty", "en": "Workshops"},
        session_ids=[one.id for one in town.sessions.values()],
        opens_at=now,
        closes_at=DEADLINE,
        **columns,
    )
    if opened:
        commands.open_round(town.id, now)
    return town
