"""Pure decisions about events."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from zoneinfo import available_timezones

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
        "incoming",
        "language",
        "mailbox",
        "metrics",
        "privacy",
        "readyz",
        "set-up",
        "sign-in",
        "sign-out",
        "speaking",
        "static",
        "unsubscribe",
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
    TIMEZONE_IN_USE = (
        "timezone-in-use",
        N_(
            "Something is planned in the time zone “%(timezone)s” already: in another one all of "
            "it would be held at other times."
        ),
    )
    NO_STRIP = "no-strip", N_("Choose the picture of the strip.")
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
    DAY_THERE = "day-there", N_("The event has this day already.")
    LAST_DAY = "last-day", N_("An event needs at least one day.")
    DAY_IN_USE = "day-in-use", N_("Something is planned on this day; move it first.")
    CATEGORY_IN_USE = "category-in-use", N_("Somebody has registered as this; it has to stay.")
    VENUE_HAS_ROOMS = "venue-has-rooms", N_("This venue has rooms; remove them first.")
    QUIET_HALF = (
        "quiet-hours-half",
        N_("Quiet hours need a beginning and an end; leave both empty for none."),
    )
    NO_QUIET = "quiet-hours-empty", N_("Quiet hours must end at another time than they begin.")
    LAST_ORGANISER = "last-organiser", N_("An event needs at least one organiser.")
    INSTITUTION_MISSING = (
        "institution-missing",
        N_("Choose the institution for which this person works."),
    )
    INSTITUTION_IN_USE = (
        "institution-in-use",
        N_("People work for this institution here or are its guests, so it has to stay."),
    )
    QUOTA_BELOW_GUESTS = (
        "quota-below-guests",
        N_("Guests hold %(guests)s of its places by now, so the quota cannot be smaller."),
    )
    BADGE_KEYS_USED_UP = (
        "badge-keys-used-up",
        N_("This event has used up all its keys for badges."),
    )
    NO_OLDER_BADGE_KEY = (
        "no-older-badge-key",
        N_("There is no older key; begin a new one first."),
    )
    NO_QUOTA = "no-quota", N_("The organiser has not given this institution places for guests.")
    QUOTA_USED = (
        "quota-used",
        N_(
            "The quota of %(quota)s places is used up. "
            "Cancel a guest who is not coming, or ask the organiser for more places."
        ),
    )


def refuse_quiet_hours(begins: str | None, ends: str | None) -> EventRefusal | None:
    """Return why letters cannot wait between these times on the clocks."""
    if bool(begins) != bool(ends):
        return EventRefusal.QUIET_HALF
    if begins and begins == ends:
        return EventRefusal.NO_QUIET
    return None


def refuse_event(slug: str, starts_on: date, ends_on: date) -> EventRefusal | None:
    """Return why an event of this address and these days may not be made."""
    if not SLUG.fullmatch(slug) or len(slug) > LONGEST_SLUG:
        return EventRefusal.SLUG_MALFORMED
    if slug in RESERVED:
        return EventRefusal.SLUG_RESERVED
    if ends_on < starts_on:
        return EventRefusal.ENDS_BEFORE_START
    return None


def project_text(project: Mapping[str, Any], name: str) -> Mapping[str, str]:
    """Return a text of a grant's data in its languages; a loaded file may name one beside it."""
    value = project.get(name) or {}
    if isinstance(value, Mapping):
        return value
    both = {"pl": value, "en": project.get(f"{name}_en")}
    return {code: text for code, text in both.items() if text}


PROJECT_TEXTS = ("title", "programme", "fund", "managing_authority", "funding_line")


def merged_project(before: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return a grant's data with what was *given*; what was not asked for stays as it was."""
    merged = dict(before)
    for name, value in given.items():
        if name in PROJECT_TEXTS:
            if project_text(before, name) == value:
                continue
            merged.pop(f"{name}_en", None)
        elif (before.get(name) or None) == (value or None):
            continue
        if value:
            merged[name] = value
        else:
            merged.pop(name, None)
    return merged


def refuse_timezone(timezone: str, *, present: str, planned: bool) -> EventRefusal | None:
    """Return why an event may not get this time zone; *planned* tells whether times are set."""
    if timezone == present:
        return None
    if timezone not in available_timezones():
        return EventRefusal.UNKNOWN_TIMEZONE
    return EventRefusal.TIMEZONE_IN_USE if planned else None


def refuse_quota(guests: int, quota: int | None) -> EventRefusal | None:
    """Return why an institution with so many *guests* may not have so small a quota."""
    return EventRefusal.QUOTA_BELOW_GUESTS if guests > (quota or 0) else None


# What institutions are called on an event, in Polish and in English.
USUAL_ROLES = (
    ("organizator", "organiser"),
    ("współorganizator", "co-organiser"),
    ("partner", "partner"),
    ("patron honorowy", "honorary patron"),
    ("patron medialny", "media patron"),
    ("gospodarz", "host"),
    ("sponsor", "sponsor"),
)


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


# Whom projects of the social economy usually invite: code, name in Polish and in English, group
# of the evidence.
USUAL_CATEGORIES = (
    (
        "spoldzielnia_socjalna",
        "spółdzielnia socjalna",
        "social co-operative",
        "PES",
    ),
    (
        "spoldzielnia_pracy",
        "spółdzielnia pracy",
        "workers’ co-operative",
        "PES",
    ),
    (
        "spoldzielnia_inwalidow",
        "spółdzielnia inwalidów",
        "co-operative of people with disabilities",
        "PES",
    ),
    (
        "spoldzielnia_niewidomych",
        "spółdzielnia niewidomych",
        "co-operative of the blind",
        "PES",
    ),
    (
        "wtz",
        "warsztat terapii zajęciowej (WTZ)",
        "occupational therapy workshop",
        "PES",
    ),
    (
        "cis",
        "centrum integracji społecznej (CIS)",
        "social integration centre",
        "PES",
    ),
    (
        "kis",
        "klub integracji społecznej (KIS)",
        "social integration club",
        "PES",
    ),
    (
        "stowarzyszenie",
        "stowarzyszenie",
        "association",
        "PES",
    ),
    (
        "fundacja",
        "fundacja",
        "foundation",
        "PES",
    ),
    (
        "spolka_non_profit",
        "spółka non profit (art. 3 ust. 3 pkt 4 ustawy o dpp)",
        "non-profit company",
        "PES",
    ),
    (
        "osoba_fizyczna",
        "osoba fizyczna zagrożona ubóstwem lub wykluczeniem społecznym",
        "individual at risk of poverty or social exclusion",
        "OSOBA",
    ),
    (
        "jsfp",
        "pracownik jednostki sektora finansów publicznych",
        "employee of a public-finance-sector unit",
        "JSFP",
    ),
    (
        "partner_spoleczny",
        "partner społeczny",
        "social partner",
        "PARTNER",
    ),
    (
        "partner_gospodarczy",
        "partner gospodarczy",
        "economic partner",
        "PARTNER",
    ),
)


# --- keys of badges -----------------------------------------------------------------------

MOST_BADGE_KEYS = 255  # a signed badge names its key in one byte


def refuse_badge_key(key: int) -> EventRefusal | None:
    """Return why an event whose badges are signed with *key* gets no new one."""
    return EventRefusal.BADGE_KEYS_USED_UP if key >= MOST_BADGE_KEYS else None


def refuse_withdrawal(key: int, trusted_from: int) -> EventRefusal | None:
    """Return why there is no key to withdraw."""
    return EventRefusal.NO_OLDER_BADGE_KEY if trusted_from >= key else None


def badge_ends_on(ends_on: date) -> date:
    """Return the first day on which an event's signed badges are good no more.

    An event that is put off by some days keeps its printed badges.
    """
    return ends_on + BADGE_OUTLIVES


BADGE_OUTLIVES = timedelta(days=8)
