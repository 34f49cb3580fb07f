"""Badges, personal links, feeds, and whom they lead to."""

from dataclasses import dataclass

from eventapp.events.models import Event
from eventapp.events.rules import badge_ends_on
from eventapp.kernel import signed, tokens
from eventapp.kernel.signed import Scope
from eventapp.registrations.models import HeldPlace, Registration, RegistrationGroup
from eventapp.registrations.queries.grouped import group, held_place
from eventapp.registrations.queries.registered import registration

LINK = "my"

GROUP = "group"

PLACE = "place"

FEED = "feed"

_GENERATIONS = 50  # older tokens that are still told apart from unknown ones


def badge_code(registration: Registration) -> str:
    """Return the code of a registration's present badge."""
    return tokens.badge_code(registration.id, registration.badge_generation)


def printed_code(registration: Registration, event: Event) -> str:
    """Return what the QR code of a badge holds: the signed code where the event wants it."""
    if not event.signs_badges:
        return badge_code(registration)
    scope = Scope(
        key=event.badge_key,
        event_id=event.id,
        registration_id=registration.id,
        generation=registration.badge_generation,
        ends_on=badge_ends_on(event.ends_on),
    )
    return signed.sign(scope) or badge_code(registration)


def link_token(registration: Registration) -> str:
    """Return the token of a registration's present personal link: the same at every mailing."""
    return tokens.personal(LINK, registration.id, registration.link_generation)


def group_token(row: RegistrationGroup) -> str:
    """Return the token of the present link of a group's contact."""
    return tokens.personal(GROUP, row.id, row.link_generation)


def place_token(row: HeldPlace) -> str:
    """Return the token by which somebody takes a held place."""
    return tokens.personal(PLACE, row.id, row.link_generation)


def group_by_link(token: str) -> RegistrationGroup | None:
    """Return the group whose contact has this link."""
    number = tokens.number_in(token, GROUP)
    row = group(number) if number is not None else None
    if row is None or not tokens.is_personal(token, GROUP, row.id, row.link_generation):
        return None
    return row


def place_by_link(token: str) -> HeldPlace | None:
    """Return the held place that this link is for, also one that is held no more."""
    number = tokens.number_in(token, PLACE)
    row = held_place(number) if number is not None else None
    if row is None or not tokens.is_personal(token, PLACE, row.id, row.link_generation):
        return None
    return row


def feed_token(registration: Registration) -> str:
    """Return the token of a registration's present calendar feed."""
    return tokens.personal(FEED, registration.id, registration.feed_generation)


@dataclass(frozen=True)
class Found:
    """What a token leads to: a registration, nothing, or nothing any more (`rotated`)."""

    registration: Registration | None
    rotated: bool = False


NOTHING = Found(None)


def by_link(token: str) -> Found:
    """Return what a personal link leads to."""
    row = _named(LINK, token)
    return NOTHING if row is None else _judged(row, LINK, row.link_generation, token)


def by_feed(token: str) -> Found:
    """Return what the address of a personal calendar feed leads to."""
    row = _named(FEED, token)
    return NOTHING if row is None else _judged(row, FEED, row.feed_generation, token)


def _named(purpose: str, token: str) -> Registration | None:
    number = tokens.number_in(token, purpose)
    return registration(number) if number is not None else None


def _judged(row: Registration, purpose: str, generation: int, token: str) -> Found:
    if tokens.is_personal(token, purpose, row.id, generation):
        return Found(row)
    older = range(generation - 1, max(0, generation - 1 - _GENERATIONS), -1)
    rotated = any(tokens.is_personal(token, purpose, row.id, past) for past in older)
    return Found(None, rotated)
