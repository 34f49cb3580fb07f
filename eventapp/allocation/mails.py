"""Letters of allocations: asking for wishes, and one letter with the whole outcome."""

from dataclasses import replace
from typing import Any

from eventapp.allocation import queries, rules
from eventapp.allocation.models import AllocationRound, State
from eventapp.allocation.rules import Phase
from eventapp.events import queries as frame
from eventapp.events.models import Event
from eventapp.invites import mails as invites
from eventapp.invites import queries as invited
from eventapp.invites.models import Status
from eventapp.kernel import boundary, clock
from eventapp.kernel.post import Letter, letter
from eventapp.registrations import mails as registrations
from eventapp.registrations import queries as people
from eventapp.registrations.models import Registration
from eventapp.registrations.rules import OPEN
from eventapp.signups import queries as seats
from eventapp.signups.models import State as Seat


@letter("allocation.reminded")
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
    written = _to(row, round_, "allocation/reminded", ())
    return written and replace(written, necessary=False)


@letter("allocation.announced")
def announced(round_id: int, registration_id: int) -> Letter | None:
    """Tell somebody what became of all their wishes, with an invite for each place."""
    found = _found(round_id, registration_id)
    if found is None or found[0].state is not State.ANNOUNCED:
        return None
    round_, row = found
    told = queries.told(round_, registration_id)
    enclosed = [
        (f"{number}.ics", "text/calendar", calendar)
        for number, one in enumerate(told, start=1)
        if one.session_id is not None and (calendar := _invite(one.session_id, row)) is not None
    ]
    waits = {
        one.session_id: seats.position(one)
        for one in seats.own(registration_id)
        if one.state is Seat.WAITING
    }
    return _to(row, round_, "allocation/announced", enclosed, told=told, waits=waits)


def _found(round_id: int, registration_id: int) -> tuple[AllocationRound, Registration] | None:
    round_ = queries.allocation(round_id)
    row = people.registration(registration_id)
    if round_ is None or row is None or row.state not in OPEN:
        return None
    return round_, row


def _invite(session_id: int, row: Registration) -> bytes | None:
    invite = invited.of(session_id, row.id)
    if invite is None or invite.status is not Status.REQUESTED:
        return None
    return invites.request(invite).calendar


def _to(
    row: Registration,
    round_: AllocationRound,
    template: str,
    enclosed: Any,
    **context: Any,
) -> Letter | None:
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
        attachments=tuple(enclosed),
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
