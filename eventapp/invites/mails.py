"""Letters that carry an invite, and the parts that other slices' letters put into theirs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app

from eventapp.events import queries as frame
from eventapp.events.models import Event
from eventapp.invites import queries, rules
from eventapp.invites.models import Invite, Status
from eventapp.kernel import boundary, envelope, i18n
from eventapp.kernel.db import db
from eventapp.kernel.post import Letter, letter
from eventapp.programme.models import Session
from eventapp.programme.rules.appointments import Slot
from eventapp.registrations import mails as registrations
from eventapp.registrations.models import Registration


@dataclass(frozen=True)
class Enclosure:
    """A finished iCalendar text and its METHOD."""

    calendar: bytes
    method: str


@letter("invites.moved")
def moved(invite_id: int, sequence: int, was: str, told: str = "") -> Letter | None:
    """Tell the new time or room, unless a newer change is told by a later letter."""
    invite = queries.invite(invite_id)
    if invite is None or invite.status is Status.CANCELLED or invite.sequence < sequence:
        return None
    own = queries.appointment(invite, invite.session)
    before, present = rules.Shape.read(was), rules.shape(invite.session, own)
    # Another title since has a higher SEQUENCE too, but no letter of its own.
    if told not in {"", str(present)}:
        return None
    return compose(
        invite,
        "invites/moved",
        request(invite),
        old_starts_at=before.starts_at,
        old_ends_at=before.ends_at,
        old_room=_room_name(before.room_id),
        waits=invite.status is Status.TENTATIVE,
        other_time=not before.same_time(present),
        other_room=before.room_id != present.room_id,
        other_adviser=None not in {before.adviser_id, present.adviser_id}
        and before.adviser_id != present.adviser_id,
    )


@letter("invites.withdrawn")
def withdrawn(invite_id: int, sequence: int) -> Letter | None:
    """Take a session off the calendar at an address, unless it was put there again."""
    invite = queries.invite(invite_id)
    if invite is None or invite.status is not Status.CANCELLED or invite.sequence != sequence:
        return None
    return compose(invite, "invites/withdrawn", cancel(invite))


def _room_name(room_id: int | None) -> Mapping[str, str]:
    room = frame.room(room_id) if room_id is not None else None
    return room.name if room is not None else {}


# --- parts --------------------------------------------------------------------------------


def request(invite: Invite) -> Enclosure:
    """Return the REQUEST that a letter about *invite* carries."""
    parts = _parts(invite)
    return Enclosure(rules.request_ics(*parts), "REQUEST")


def cancel(invite: Invite) -> Enclosure:
    """Return the CANCEL that a letter about *invite* carries."""
    parts = _parts(invite)
    return Enclosure(rules.cancel_ics(*parts), "CANCEL")


def compose(
    invite: Invite, template: str, enclosed: Enclosure | None, **context: Any
) -> Letter | None:
    """Return a letter about an invite to the address it was made for."""
    if not invite.email:
        return None
    event = db.session.get_one(Event, invite.event_id)
    return Letter(
        to=invite.email,
        locale=invite.registration.locale,
        template=template,
        about=f"registration:{invite.registration_id}",
        event_id=invite.event_id,
        reply_to=event.contact_email or None,
        context={
            **registrations.event_context(event, invite.registration.locale),
            **session_context(
                invite.session,
                event,
                invite.registration,
                own=queries.appointment(invite, invite.session),
                adviser=queries.adviser_name(invite),
            ),
            **context,
        },
        calendar=enclosed.calendar if enclosed else None,
        method=enclosed.method if enclosed else None,
    )


def session_context(
    session: Session,
    event: Event,
    registration: Registration,
    *,
    own: Slot | None = None,
    adviser: str = "",
) -> dict[str, Any]:
    """Return what every letter about a session shows: title, time, place, pages.

    Of advice it is one's *own* appointment, and whose advice it is.
    """
    locale = registration.locale
    base = boundary.base_url()
    shown = rules.entry(
        session,
        event,
        uid="",
        sequence=0,
        stamp=event.created_at,
        locale=locale,
        base_url=base,
        own=own,
        adviser=adviser,
    )
    return {
        "title": session.activity.title,
        "starts_at": shown.starts_at,
        "ends_at": shown.ends_at,
        "adviser": adviser,
        "place": shown.location,
        "session_url": shown.url,
        "link": registrations.link_url(event, registration),
        "feed_url": registrations.feed_url(registration),
        "name": registrations.name_of(registration),
        "first_name": registrations.first_name_of(registration),
        "calendar_links": rules.add_links(shown),
        "feed_webcal": rules.webcal(registrations.feed_url(registration)),
    }


def _parts(invite: Invite) -> tuple[rules.Entry, rules.Sender, rules.Guest, ZoneInfo]:
    event = db.session.get_one(Event, invite.event_id)
    registration = invite.registration
    shown = rules.entry(
        invite.session,
        event,
        uid=invite.uid,
        sequence=invite.sequence,
        stamp=invite.changed_at,
        locale=registration.locale,
        base_url=boundary.base_url(),
        own=queries.appointment(invite, invite.session),
        adviser=queries.adviser_name(invite),
        waits=invite.status is Status.TENTATIVE,
    )
    sender = rules.Sender(
        name=i18n.local(event.title, registration.locale),
        email=envelope.answers_to(invite.id, current_app.config)
        or str(current_app.config["MAIL_FROM"]).rpartition("<")[2].strip("<> "),
    )
    guest = rules.Guest(
        name=registrations.name_of(registration),
        email=invite.email,
        partstat=invite.partstat,
    )
    return shown, sender, guest, ZoneInfo(event.timezone)
