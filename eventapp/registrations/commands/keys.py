"""Badges, personal links and feeds: made anew when they came into wrong hands."""

from datetime import datetime

from eventapp.kernel import jobs, tokens
from eventapp.kernel.db import atomic
from eventapp.kernel.facts import record
from eventapp.kernel.refusal import Refused
from eventapp.registrations import mails, queries
from eventapp.registrations.commands.facts import BadgeReissued, LinkRenewed
from eventapp.registrations.commands.steps import behind_locks, retire_badge, subject_of, touch
from eventapp.registrations.models import Registration
from eventapp.registrations.rules import BadgeReason, RegistrationRefusal


@atomic
def reissue_badge(registration_id: int, now: datetime, *, reason: BadgeReason) -> str:
    """Give a registration a new badge and return its code; the old code dies for good.

    Raises `Refused` where there is no badge to replace: the place was passed on.
    """
    row = behind_locks(registration_id)
    if row.badge_hash is None:
        raise Refused(RegistrationRefusal.NO_BADGE)
    retire_badge(row, now)
    row.badge_generation += 1
    row.badge_hash = tokens.hashed(queries.badge_code(row))
    touch(row)
    record(
        BadgeReissued(
            event_id=row.event_id,
            subject=subject_of(row),
            registration_id=row.id,
            generation=row.badge_generation,
            reason=reason.value,
        )
    )
    return queries.badge_code(row)


@atomic
def renew_link(registration_id: int, now: datetime) -> str:
    """Replace a personal link that came into wrong hands; return the new token."""
    row = behind_locks(registration_id)
    row.link_generation += 1
    _record_renewal(row, queries.LINK)
    return queries.link_token(row)


@atomic
def renew_feed(registration_id: int, now: datetime) -> str:
    """Replace the address of a personal calendar feed; return the new token."""
    row = behind_locks(registration_id)
    row.feed_generation += 1
    _record_renewal(row, queries.FEED)
    return queries.feed_token(row)


@atomic
def send_links(event_id: int, email: str, now: datetime) -> None:
    """Send one letter with the link of every registration and group of this mailbox, if any.

    Nothing tells the asker whether there were.
    """
    if queries.open_at(event_id, email) or queries.groups_of_contact(event_id, email):
        jobs.enqueue(mails.links, lane=email, event_id=event_id, to=email, event=event_id)


def _record_renewal(row: Registration, which: str) -> None:
    touch(row)
    record(
        LinkRenewed(
            event_id=row.event_id, subject=subject_of(row), registration_id=row.id, which=which
        )
    )
