"""Letters about registrations."""

from typing import Any

from eventapp.events import queries as frame
from eventapp.events.models import Event
from eventapp.kernel import boundary, i18n
from eventapp.kernel.post import Letter, letter
from eventapp.registrations import queries, rules
from eventapp.registrations.models import Registration, State


@letter("registrations.received")
def received(registration_id: int) -> Letter | None:
    """Confirm that a registration came in, with the personal link and the reference number.

    A guest learns who gave the name and address (GDPR art. 14).
    """
    row = queries.registration(registration_id)
    if row is None or row.state not in rules.OPEN:
        return None
    context = {"state": row.state.value, "name": name_of(row)}
    inviter = frame.organiser(row.organiser_id) if row.organiser_id is not None else None
    if inviter is None or row.state is not State.QUALIFIED:
        return _to(row, "registrations/received", **context)
    return _to(
        row, "registrations/invited", **context, inviter=i18n.local(inviter.name, row.locale)
    )


@letter("registrations.decided")
def decided(registration_id: int, state: str, decision_id: int | None = None) -> Letter | None:
    """Tell the organiser's decision, unless another one was taken since."""
    row = queries.registration(registration_id)
    if row is None or row.state != state or row.state is State.PENDING:
        return None
    found = queries.decision(decision_id) if decision_id is not None else None
    return decision_letter(row, row.state, found.message if found is not None else "")


def decision_letter(row: Registration, state: State, message: str) -> Letter | None:
    """Return the letter that tells somebody a decision, also one that is not announced yet."""
    return _to(row, "registrations/decided", state=state.value, name=name_of(row), message=message)


@letter("registrations.cancelled")
def cancelled(registration_id: int) -> Letter | None:
    """Confirm that somebody will not take part."""
    row = queries.registration(registration_id)
    if row is None or row.state is not State.CANCELLED:
        return None
    return _to(row, "registrations/cancelled", name=name_of(row))


@letter("registrations.replaced")
def replaced(registration_id: int) -> Letter | None:
    """Tell somebody that another person takes part instead."""
    row = queries.registration(registration_id)
    if row is None or row.state is not State.REPLACED:
        return None
    return _to(row, "registrations/replaced", name=name_of(row))


@letter("registrations.links")
def links(to: str, event: int) -> Letter | None:
    """Send every personal link of one mailbox in one letter."""
    rows = queries.open_at(event, to)
    shown = frame.event(event)
    if not rows or shown is None:
        return None
    return Letter(
        to=to,
        locale=rows[0].locale,
        template="registrations/links",
        about=f"registration:{rows[0].id}",
        event_id=event,
        reply_to=shown.contact_email or None,
        context={
            **event_context(shown, rows[0].locale),
            "people": [
                {
                    "name": name_of(row),
                    "number": rules.shown_number(row.number),
                    "state": row.state.value,
                    "url": link_url(shown, row),
                }
                for row in rows
            ],
        },
    )


@letter("registrations.own-link")
def own_link(registration_id: int) -> Letter | None:
    """Send somebody their own personal link again, because the team was asked for it."""
    row = queries.registration(registration_id)
    shown = frame.event(row.event_id) if row is not None else None
    if row is None or shown is None or row.state not in rules.OPEN:
        return None
    person = {
        "name": name_of(row),
        "number": rules.shown_number(row.number),
        "state": row.state.value,
        "url": link_url(shown, row),
    }
    return _to(row, "registrations/links", people=[person])


def link_url(event: Event, row: Registration) -> str:
    """Return the address of somebody's personal page."""
    return f"{boundary.base_url()}/{event.slug}/my/{queries.link_token(row)}"


def feed_url(row: Registration) -> str:
    """Return the address of somebody's own calendar, to subscribe to."""
    return f"{boundary.base_url()}/calendar/{queries.feed_token(row)}.ics"


def event_context(event: Event, locale: str) -> dict[str, Any]:
    """Return what every letter of an event shows: its name, address, contact and funding."""
    return {
        "event_title": i18n.local(event.title, locale),
        "event_url": f"{boundary.base_url()}/{event.slug}/",
        "contact_email": event.contact_email,
        "contact_phone": event.contact_phone,
        "funding_line": i18n.local(event.project.get("funding_line"), locale),
        "zone": event.timezone,
    }


def _to(row: Registration, template: str, **context: Any) -> Letter | None:
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
            **event_context(event, row.locale),
            "number": rules.shown_number(row.number),
            "link": link_url(event, row),
            **context,
        },
    )


def name_of(row: Registration) -> str:
    """Return a person's name as a letter may show it, see `rules.plain_name`."""
    return rules.plain_name(row.first_name, row.last_name)
