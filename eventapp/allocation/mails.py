"""Letters of allocations: asking for wishes, and one letter with the whole outcome."""

from typing import Any

from eventapp.allocation import queries, rules
from eventapp.allocation.models import AllocationRound, State
from eventapp.allocation.rules import Phase
from eventapp.events import queries as frame
from eventapp.events.models import Event
from eventapp.kernel import boundary, clock
from eventapp.kernel.jobs import Rank
from eventapp.kernel.post import Letter, letter
from eventapp.registrations import mails as registrations
from eventapp.registrations import queries as people
from eventapp.registrations.models import Registration
from eventapp.registrations.rules import OPEN
from eventapp.signups import queries as seats
from eventapp.signups.models import State as Seat


@letter("allocation.reminded", Rank.COURTESY)
def reminded(round_id: int, registration_id: int) -> Letter | None:
    """Ask somebody to rank, unless that is done or too late by now."""
    found = _found(round_id, registration_id)
    if found is None:
        return None
    round_, row = found
    if rules.phase(round_, clock.now()) is not Phase.OPEN:
        return None
    if queries.ranking(round_id, registration_id) is not None:
        return None
    return _to(row, round_, "allocation/reminded")


@letter("allocation.announced")
def announced(round_id: int, registration_id: int) -> Letter | None:
    """Tell somebody what became of all their wishes; each place has a letter with its invite."""
    found = _found(round_id, registration_id)
    if found is None or found[0].state is not State.ANNOUNCED:
        return None
    round_, row = found
    told = queries.told(round_, registration_id)
    waits = {
        one.session_id: seats.position(one)
        for one in seats.own(registration_id)
        if one.state is Seat.WAITING
    }
    return _to(row, round_, "allocation/announced", told=told, waits=waits)


def _found(round_id: int, registration_id: int) -> tuple[AllocationRound, Registration] | None:
    round_ = queries.allocation(round_id)
    row = people.registration(registration_id)
    if round_ is None or row is None or row.state not in OPEN:
        return None
    return round_, row


def _to(row: Registration, round_: AllocationRound, template: str, **context: Any) -> Letter | None:
    event = frame.event(row.event_id)
    if event is None or not row.email:
        return None
    return Letter(
        to=row.email,
        locale=row.locale,
        template=template,
        about=f"registration:{row.id}",
        event_id=row.event_id,
        reply_to=event.contact_email or None,
        context={
            **registrations.event_context(event, row.locale),
            "title": round_.title,
            "closes_at": round_.closes_at,
            "name": registrations.name_of(row),
            "first_name": registrations.first_name_of(row),
            "link": registrations.link_url(event, row),
            "wishes_url": wishes_url(event, round_),
            **context,
        },
    )


def wishes_url(event: Event, round_: AllocationRound) -> str:
    """Return the address of the page on which one ranks, and reads the outcome."""
    return f"{boundary.base_url()}/{event.slug}/my/wishes/{round_.id}"
