"""Letters about registrations."""

from typing import Any

from eventapp.events import queries as frame
from eventapp.events.models import Event
from eventapp.kernel import boundary, i18n, qr, tokens
from eventapp.kernel.jobs import Rank
from eventapp.kernel.post import Letter, letter
from eventapp.registrations import queries, rules
from eventapp.registrations.models import (
    ConsentKind,
    HeldPlace,
    ProposalState,
    Registration,
    RegistrationGroup,
    Source,
    State,
)
from eventapp.registrations.rules import enquiry
from eventapp.registrations.rules.enquiry import Standing


@letter("registrations.received")
def received(registration_id: int) -> Letter | None:
    """Confirm that a registration came in, with the personal link and the reference number.

    A guest, and whoever a colleague registered, learns who gave the name and address (GDPR
    art. 14).
    """
    row = queries.registration(registration_id)
    if row is None or row.state not in rules.OPEN:
        return None
    context: dict[str, Any] = {"state": row.state.value, "name": name_of(row)}
    group = queries.group(row.group_id) if row.group_id is not None else None
    if group is not None and row.source is Source.ORGANISATION and not _gave_own_data(row):
        return _to(row, "registrations/registered_for", **context, **_registrar(group))
    inviter = frame.organiser(row.organiser_id) if row.organiser_id is not None else None
    if inviter is None or row.state is not State.QUALIFIED:
        return _to(row, "registrations/received", **context, lacking=_lacking(row))
    return _to(
        row, "registrations/invited", **context, inviter=i18n.local(inviter.name, row.locale)
    )


def _lacking(row: Registration) -> int:
    """Return how much of what the form asks somebody has still to give, in the second step."""
    at = Standing(row.category.code if row.category else None, queries.answers(row.id))
    asked, questions = queries.form_of(row.event_id), queries.questions(row.event_id)
    given, all_asked = enquiry.progress(asked, questions, row, at)
    return all_asked - given


def _gave_own_data(row: Registration) -> bool:
    """Tell whether the person filled the form in, and so needs not be told who did."""
    return ConsentKind.INFORMATION_CLAUSE in queries.consents(row.id)


def _registrar(group: RegistrationGroup) -> dict[str, Any]:
    return {
        "registrar": rules.plain_name(group.contact_name, ""),
        "organisation": rules.plain_name(group.organisation.name, ""),
    }


@letter("registrations.group_received")
def group_received(group_id: int, generation: int) -> Letter | None:
    """Give the contact the link to everybody of the group, with who is still to be named."""
    group = queries.group(group_id)
    event = frame.event(group.event_id) if group is not None else None
    if group is None or event is None or group.link_generation != generation:
        return None
    return Letter(
        to=group.contact_email,
        locale=group.locale,
        template="registrations/group_received",
        about=f"registration-group:{group.id}",
        event_id=event.id,
        reply_to=event.contact_email or None,
        context={
            **event_context(event, group.locale),
            **_registrar(group),
            "link": group_url(event, group),
            "people": [
                {"name": name_of(row), "state": row.state.value}
                for row in queries.members(group.id, states=tuple(rules.OPEN))
            ],
            "unnamed": len(queries.unnamed(group.id)),
        },
    )


@letter("registrations.place_offered")
def place_offered(held_id: int) -> Letter | None:
    """Send the link by which somebody takes a place, and say who wants it so."""
    row = queries.held_place(held_id)
    event = frame.event(row.event_id) if row is not None else None
    if row is None or event is None or not row.email or row.state not in rules.OPEN:
        return None
    replaced = queries.registration(row.replaces_id) if row.replaces_id else None
    locale = row.group.locale if row.group else replaced.locale if replaced else "pl"
    organisation = row.group.organisation if row.group else replaced and replaced.organisation
    return Letter(
        to=row.email,
        locale=locale,
        template="registrations/place_offered",
        about=f"held-place:{row.id}",
        event_id=event.id,
        reply_to=event.contact_email or None,
        context={
            **event_context(event, locale),
            "organisation": rules.plain_name(organisation.name, "") if organisation else "",
            "sender": rules.plain_name(row.group.contact_name, "") if row.group else "",
            "replaced": name_of(replaced) if replaced else "",
            "link": place_url(event, row),
        },
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


@letter("registrations.corrected")
def corrected(registration_id: int, proposal_id: int) -> Letter | None:
    """Tell somebody what became of the correction they asked for."""
    row = queries.registration(registration_id)
    made = queries.proposal(proposal_id)
    if row is None or made is None or made.state is ProposalState.PENDING:
        return None
    return _to(
        row,
        "registrations/corrected",
        name=name_of(row),
        accepted=made.state is ProposalState.ACCEPTED,
        reason=made.reason,
    )


@letter("registrations.links", Rank.AT_ONCE)
def links(to: str, event: int) -> Letter | None:
    """Send every personal link of one mailbox in one letter, those of groups first."""
    rows, groups = queries.open_at(event, to), queries.groups_of_contact(event, to)
    shown = frame.event(event)
    if not (rows or groups) or shown is None:
        return None
    locale = rows[0].locale if rows else groups[0].locale
    about = f"registration:{rows[0].id}" if rows else f"registration-group:{groups[0].id}"
    return Letter(
        to=to,
        locale=locale,
        template="registrations/links",
        about=about,
        event_id=event,
        reply_to=shown.contact_email or None,
        context={
            **event_context(shown, locale),
            "groups": [
                {
                    "organisation": rules.plain_name(group.organisation.name, ""),
                    "url": group_url(shown, group),
                }
                for group in groups
            ],
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


@letter("registrations.own-link", kept=False)
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


def group_url(event: Event, group: RegistrationGroup) -> str:
    """Return the address where a contact manages a group."""
    return f"{boundary.base_url()}/{event.slug}/group/{queries.group_token(group)}"


def place_url(event: Event, row: HeldPlace) -> str:
    """Return the address where somebody takes a held place."""
    return f"{boundary.base_url()}/{event.slug}/place/{queries.place_token(row)}"


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
    badge = _badge(row, event) if context.get("state") == State.QUALIFIED.value else []
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
            "badge_url": f"{link_url(event, row)}?page=badge" if badge else None,
            "details_url": f"{link_url(event, row)}?page=details",
            "first_name": first_name_of(row),
            **context,
        },
        attachments=badge,
    )


def name_of(row: Registration) -> str:
    """Return a person's name as a letter may show it, see `rules.plain_name`."""
    return rules.plain_name(row.first_name, row.last_name)


def first_name_of(row: Registration) -> str:
    """Return a first name as a letter may show it."""
    return rules.plain_name(row.first_name, "")


def _badge(row: Registration, event: Event) -> list[tuple[str, str, bytes]]:
    """Return the badge's code as a picture: it is there at the door when there is no network."""
    if row.badge_hash is None:
        return []
    code = tokens.badge_url(boundary.base_url(), queries.printed_code(row, event))
    return [("badge.png", "image/png", qr.png(code))]
