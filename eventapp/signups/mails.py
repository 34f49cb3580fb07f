"""Letters about seats and queues; each says its fact in the first line."""

from typing import Any

from eventapp.events.models import Event
from eventapp.invites import mails as invites
from eventapp.invites import queries as invited
from eventapp.invites.mails import Enclosure
from eventapp.invites.models import Status
from eventapp.kernel import boundary, clock
from eventapp.kernel.db import db
from eventapp.kernel.jobs import Rank
from eventapp.kernel.post import Letter, letter
from eventapp.programme.rules.appointments import Slot
from eventapp.registrations import mails as registrations
from eventapp.signups import queries, rules
from eventapp.signups.models import SignUp, State


@letter("signups.confirmed")
def confirmed(sign_up_id: int, ticket: int) -> Letter | None:
    """Confirm a seat, with the invite; nothing, if it was given back since."""
    row = _present(sign_up_id, ticket, State.CONFIRMED)
    return None if row is None else _to(row, "signups/confirmed", _request(row))


@letter("signups.promoted")
def promoted(sign_up_id: int, ticket: int) -> Letter | None:
    """Tell somebody from the queue of their seat, with the invite."""
    row = _present(sign_up_id, ticket, State.CONFIRMED)
    return None if row is None else _to(row, "signups/promoted", _request(row))


@letter("signups.queued")
def queued(sign_up_id: int, ticket: int) -> Letter | None:
    """Confirm a place in the queue, with an invite only if the event invites who waits.

    Nothing, if there is a seat by now.
    """
    row = _present(sign_up_id, ticket, State.WAITING)
    if row is None:
        return None
    invite = _tentative(row)
    place = queries.position(row)
    return _to(row, "signups/queued", invite, position=place, tentative=invite is not None)


@letter("signups.offered")
def offered(sign_up_id: int, ticket: int) -> Letter | None:
    """Offer a seat: until when it is held, and the page with both answers."""
    return _of_offer(sign_up_id, ticket, "signups/offered")


@letter("signups.offer-reminded")
def offer_reminded(sign_up_id: int, ticket: int) -> Letter | None:
    """Remind of a seat that is still held; nothing, if it was answered since."""
    return _of_offer(sign_up_id, ticket, "signups/offer_reminded")


def _of_offer(sign_up_id: int, ticket: int, template: str) -> Letter | None:
    row = _present(sign_up_id, ticket, State.OFFERED)
    offer = queries.pending_offer(sign_up_id)
    if row is None or offer is None or rules.offers.has_lapsed(offer.expires_at, clock.now()):
        return None
    return _to(row, template, None, until=offer.expires_at, offer_url=offer_url(row))


@letter("signups.offer-expired")
def offer_expired(sign_up_id: int, ticket: int) -> Letter | None:
    """Tell that an offer ran out, and which place in the queue is kept."""
    row = _present(sign_up_id, ticket, State.WAITING)
    if row is None:
        return None
    return _to(row, "signups/offer_expired", None, position=queries.position(row))


@letter("signups.offer-revoked")
def offer_revoked(sign_up_id: int, ticket: int) -> Letter | None:
    """Tell that a seat that was held is gone, and which place in the queue is kept."""
    row = _present(sign_up_id, ticket, State.WAITING)
    if row is None:
        return None
    return _to(row, "signups/offer_revoked", None, position=queries.position(row))


@letter("signups.last-called", Rank.COURTESY)
def last_called(sign_up_id: int, ticket: int) -> Letter | None:
    """Tell somebody in the queue that seats are free for whoever asks first."""
    row = _present(sign_up_id, ticket, State.WAITING)
    if row is None:
        return None
    return _to(row, "signups/last_called", None, offer_url=offer_url(row))


def offer_url(row: SignUp) -> str:
    """Return the address of the page on which a seat is taken or turned down."""
    event = db.session.get_one(Event, row.registration.event_id)
    return f"{boundary.base_url()}/{event.slug}/offers/{queries.offer_token(row)}"


@letter("signups.left")
def left(sign_up_id: int, ticket: int, was: str, reason: str) -> Letter | None:
    """Confirm that a place is given up and why; a seat is taken off the calendar too."""
    row = _present(sign_up_id, ticket, State.CANCELLED)
    if row is None:
        return None
    enclosed = _cancel(row, was)
    return _to(row, "signups/left", enclosed, was=was, reason=reason)


def _present(sign_up_id: int, ticket: int, state: State) -> SignUp | None:
    """Return the sign-up if it still stands as it did when the letter was asked for."""
    row = queries.sign_up(sign_up_id)
    if row is None or row.ticket != ticket or row.state is not state:
        return None
    return row


def _request(row: SignUp) -> Enclosure | None:
    invite = invited.of(row.session_id, row.registration_id)
    if invite is None or invite.status is not Status.REQUESTED:
        return None
    return invites.request(invite)


def _tentative(row: SignUp) -> Enclosure | None:
    invite = invited.of(row.session_id, row.registration_id)
    if invite is None or invite.status is not Status.TENTATIVE:
        return None
    return invites.request(invite)


def _cancel(row: SignUp, was: str) -> Enclosure | None:
    invite = invited.of(row.session_id, row.registration_id)
    if invite is None or invite.status is not Status.CANCELLED:
        return None
    # Who only waited had an invite only if it was withdrawn together with the place.
    if was != State.CONFIRMED and invite.changed_at != row.changed_at:
        return None
    return invites.cancel(invite)


def _appointment(row: SignUp) -> tuple[Slot | None, str]:
    """Return the appointment that a letter is about, and with whom, also one given back."""
    if row.session.appointment_minutes is None:
        return None, ""
    invite = invited.of(row.session_id, row.registration_id)
    if invite is None:
        return None, ""
    return invited.appointment(invite, invite.session), invited.adviser_name(invite)


def _to(row: SignUp, template: str, enclosed: Enclosure | None, **context: Any) -> Letter | None:
    registration = row.registration
    if not registration.email:
        return None
    event = db.session.get_one(Event, registration.event_id)
    # Who only waits has no appointment, whatever was given back before.
    own, adviser = _appointment(row) if enclosed is not None else (None, "")
    return Letter(
        to=registration.email,
        locale=registration.locale,
        template=template,
        about=f"registration:{registration.id}",
        event_id=registration.event_id,
        reply_to=event.contact_email or None,
        context={
            **registrations.event_context(event, registration.locale),
            **invites.session_context(row.session, event, registration, own=own, adviser=adviser),
            **context,
        },
        calendar=enclosed.calendar if enclosed else None,
        method=enclosed.method if enclosed else None,
    )
