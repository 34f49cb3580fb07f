"""Pure decisions about events."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from eventapp.kernel.refusal import N_, Refusal

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
LONGEST_SLUG = 60
MOST_DAYS = 31
RESERVED = frozenset(
    {
        "about",
        "account",
        "api",
        "b",
        "calendar",
        "components",
        "demo",
        "health",
        "healthz",
        "language",
        "mailbox",
        "metrics",
        "privacy",
        "readyz",
        "set-up",
        "sign-in",
        "sign-out",
        "static",
    }
)


class EventRefusal(Refusal):
    """Why an event cannot be changed so."""

    SLUG_RESERVED = "slug-reserved", N_("The address “%(slug)s” is reserved; choose another one.")
    SLUG_MALFORMED = (
        "slug-malformed",
        N_(
            "An address has small letters a–z, digits and hyphens, at most 60: “%(slug)s” does not."
        ),
    )
    SLUG_TAKEN = "slug-taken", N_("Another event already has the address “%(slug)s”.")
    ENDS_BEFORE_START = "ends-before-start", N_("The last day lies before the first one.")
    TOO_LONG = "too-long", N_("An event has at most %(days)s days.")
    UNKNOWN_TIMEZONE = "unknown-timezone", N_("There is no time zone “%(timezone)s”.")
    ARCHIVED = "archived", N_("This event is archived; it can only be read.")
    ALREADY_MEMBER = "already-member", N_("This person already has this role.")
    SETTINGS_CHANGED = (
        "settings-changed",
        N_("Somebody else changed these settings meanwhile: look at them again before you save."),
    )
    CLOSES_BEFORE_OPENING = (
        "closes-before-opening",
        N_("Registration must close after it opens."),
    )
    VENUE_HAS_ROOMS = "venue-has-rooms", N_("This venue has rooms; remove them first.")
    LAST_ORGANISER = "last-organiser", N_("An event needs at least one organiser.")


def refuse_event(slug: str, starts_on: date, ends_on: date) -> EventRefusal | None:
    """Return why an event of this address and these days may not be made."""
    if not SLUG.fullmatch(slug) or len(slug) > LONGEST_SLUG:
        return EventRefusal.SLUG_MALFORMED
    if slug in RESERVED:
        return EventRefusal.SLUG_RESERVED
    if ends_on < starts_on:
        return EventRefusal.ENDS_BEFORE_START
    return None


GROUND_FLOOR = frozenset({"parter", "ground floor"})


def is_step_free(accessibility: Mapping[str, Any], floor: Mapping[str, str]) -> bool | None:
    """Tell whether a room on *floor* is reached without steps; None where nobody has said.

    *accessibility* is the venue's: `step_free` speaks of its entrance, `lift` of the way up.
    """
    entrance, lift = accessibility.get("step_free"), accessibility.get("lift")
    if not entrance:
        return None if entrance is None else False
    on_the_ground = not GROUND_FLOOR.isdisjoint(name.strip().casefold() for name in floor.values())
    if on_the_ground or lift:
        return True
    return False if floor and lift is not None else None
