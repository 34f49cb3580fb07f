"""The words of the product's letters in one event, and something to show them with."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from eventapp.events.models import Event
from eventapp.invites.rules.calendar import location
from eventapp.kernel import boundary, i18n, mail_words
from eventapp.kernel.db import db
from eventapp.kernel.mail_words import MailWords, Words
from eventapp.kernel.shipped import Shipped, Variant
from eventapp.programme import queries as programme
from eventapp.programme.models import SignUpRule
from eventapp.registrations import mails as registrations


@dataclass(frozen=True)
class Listed:
    """A letter in one of its variants; `own` names the languages with words of the event's own.

    `stale`: the shipped words have changed since an own text was written.
    """

    letter: Shipped
    variant: Variant
    own: tuple[str, ...]
    stale: bool


def listed(event: Event) -> list[Listed]:
    """List every letter of the product with what an event has changed in it."""
    found: dict[tuple[str, str], list[MailWords]] = {}
    for row in standing_words(event.id):
        found.setdefault((row.letter, row.variant), []).append(row)
    return [
        Listed(
            letter,
            variant,
            tuple(row.locale for row in own),
            any(_is_stale(event, letter, variant, row) for row in own),
        )
        for letter in mail_words.letters().values()
        for variant in letter.variants
        for own in [found.get((letter.template, variant.code), [])]
    ]


def standing_words(event_id: int) -> Sequence[MailWords]:
    """List all own words of an event that stand, Polish before English."""
    query = select(MailWords).where(MailWords.event_id == event_id, MailWords.replaced_at.is_(None))
    return db.session.scalars(query.order_by(MailWords.locale.desc(), MailWords.id)).all()


def _is_stale(event: Event, letter: Shipped, variant: Variant, row: MailWords) -> bool:
    return shipped_words(event, letter, variant, row.locale).mark() != row.basis


def shipped_words(event: Event, letter: Shipped, variant: Variant, locale: str) -> Words:
    """Return the words that the product ships, with their places by name."""
    return mail_words.shipped(letter, variant, locale, sample(event, locale))


def history(event_id: int, letter: str, variant: str, locale: str) -> Sequence[MailWords]:
    """List an event's own words in a letter, the newest first."""
    query = select(MailWords).where(
        MailWords.event_id == event_id,
        MailWords.letter == letter,
        MailWords.variant == variant,
        MailWords.locale == locale,
    )
    return db.session.scalars(query.order_by(MailWords.id.desc()).limit(20)).all()


def words_row(words_id: int) -> MailWords | None:
    """Return one version of an event's own words."""
    return db.session.get(MailWords, words_id)


# --- something to show them with ----------------------------------------------------------

_NAMES = {"pl": ("Anna", "Anna Przykładowa"), "en": ("Anna", "Anna Example")}
_NOBODY = "example"


def sample(event: Event, locale: str) -> dict[str, Any]:
    """Return what any letter shows, for somebody who does not exist, at this event.

    Its first session with sign-up stands for all; links lead nowhere.
    """
    first_name, name = _NAMES.get(locale, _NAMES["en"])
    link = f"{boundary.base_url()}/{event.slug}/my/{_NOBODY}"
    return {
        **registrations.event_context(event, locale),
        **_session(event, locale),
        **_people(locale),
        "first_name": first_name,
        "name": name,
        "number": "ABC-347",
        "link": link,
        "badge_url": None,
        "details_url": f"{link}?page=details",
        "offer_url": f"{boundary.base_url()}/{event.slug}/offers/{_NOBODY}",
        "wishes_url": f"{boundary.base_url()}/{event.slug}/my/wishes/1",
        "url": link,
        "state": "",
        "message": "",
        "lacking": 0,
        "tentative": False,
        "waits": False,
        "accepted": None,
        "edited": None,
        "given": None,
        "asked": True,
        "result": "",
        "was": "",
        "other_time": False,
        "other_room": False,
        "other_adviser": True,
        "position": 2,
        "owed": 2,
        "unnamed": 1,
        "told": [],
        "gaps": ["words", "times"],
    }


def _session(event: Event, locale: str) -> dict[str, Any]:
    rows = [row for row in programme.programme(event.id) if row.starts_at is not None]
    noon = i18n.zone_of(event.timezone)
    starts_at = datetime(
        event.starts_on.year, event.starts_on.month, event.starts_on.day, 12, tzinfo=noon
    )
    shown = {"title": i18n.local(event.title, locale), "place": "", "session_url": ""}
    ends_at = starts_at + timedelta(hours=1)
    if rows:
        row = next((one for one in rows if one.sign_up is not SignUpRule.NONE), rows[0])
        starts_at, ends_at = row.starts_at, row.ends_at
        shown = {
            "title": i18n.local(row.activity.title, locale),
            "place": location(row, locale),
            "session_url": f"{boundary.base_url()}/{event.slug}/sessions/{row.id}",
        }
    return {
        **shown,
        "starts_at": starts_at,
        "ends_at": ends_at,
        "old_starts_at": starts_at - timedelta(hours=2),
        "old_ends_at": ends_at - timedelta(hours=2),
        "until": starts_at - timedelta(days=2),
        "closes_at": starts_at - timedelta(days=7),
        "complete_until": starts_at - timedelta(days=7),
        "at": starts_at,
        "adviser": "",
        "calendar_links": dict.fromkeys(("google", "outlook", "ics"), shown["session_url"]),
        "feed_url": "",
        "feed_webcal": "",
        "sessions": [
            {
                "title": shown["title"],
                "starts_at": starts_at,
                "ends_at": ends_at,
                "room": "",
                "cancelled": False,
            }
        ],
        "titles": [shown["title"]],
    }


def _people(locale: str) -> dict[str, Any]:
    polish = locale == "pl"
    other = "Jan Przykładowy" if polish else "Jan Example"
    link = boundary.base_url()
    return {
        "organisation": "Fundacja Przykład" if polish else "Example Foundation",
        "registrar": other,
        "sender": other,
        "inviter": "Urząd Miasta" if polish else "City Hall",
        "replaced": other,
        "nominator": other,
        "nominee": "Spółdzielnia Przykład" if polish else "Example Co-operative",
        "award": "Nagroda" if polish else "Award",
        "call": "Nabór" if polish else "Call",
        "reason": "Brak podpisu." if polish else "The signature is missing.",
        "device": "Firefox",
        "digits": "123 456",
        "people": [{"name": other, "number": "ABC-346", "state": "qualified", "url": link}],
        "groups": [],
        "formal": "",
    }
