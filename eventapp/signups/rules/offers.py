"""How long a freed seat is held for an answer, and when it is offered to everybody at once."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from eventapp.signups.rules.policy import Policy, Promotion
from eventapp.signups.rules.refusals import OfferRefusal

if TYPE_CHECKING:
    from eventapp.signups.models import Offer

WEEK = 7
SHORTEST = timedelta(minutes=15)


class OfferState(StrEnum):
    """Where an offer stands."""

    PENDING = "pending"
    CLAIMED = "claimed"
    DECLINED = "declined"
    EXPIRED = "expired"
    REVOKED = "revoked"


def last_call_at(policy: Policy, starts_at: datetime) -> datetime:
    """Return from when free seats are offered to everybody who waits, first come first served."""
    return starts_at - timedelta(minutes=policy.last_call_minutes)


def calls_all(policy: Policy, starts_at: datetime, now: datetime) -> bool:
    """Tell whether it is too late for offers to one person at a time."""
    late = now + SHORTEST > last_call_at(policy, starts_at)
    return policy.promotion == Promotion.OFFER and late and now < starts_at


def expires_at(policy: Policy, starts_at: datetime, now: datetime, zone: ZoneInfo) -> datetime:
    """Return until when an offer made at *now* holds.

    As long as the event says, but no more than half of the time left: others shall have a turn.
    What would end when nobody works ends when work begins again, and never after the last call.
    """
    latest = last_call_at(policy, starts_at)
    length = min(timedelta(minutes=policy.offer_minutes), (latest - now) / 2)
    until = now + max(length, SHORTEST)
    until = until.replace(second=0, microsecond=0)
    return min(working(policy, until, zone), latest)


def working(policy: Policy, moment: datetime, zone: ZoneInfo) -> datetime:
    """Return *moment*, or when work begins next if nobody works then."""
    wall = moment.astimezone(zone)
    minute = wall.hour * 60 + wall.minute
    works = wall.isoweekday() in policy.work_days
    if works and policy.work_from <= minute <= policy.work_until:
        return moment
    begins = wall.replace(
        hour=policy.work_from // 60, minute=policy.work_from % 60, second=0, microsecond=0
    )
    ahead = 0 if minute < policy.work_from else 1
    for days in range(ahead, ahead + WEEK):
        on = begins + timedelta(days=days)
        if on.isoweekday() in policy.work_days:
            return on
    return moment  # nobody ever works: any moment is as good


def remind_at(policy: Policy, expires: datetime, now: datetime) -> datetime | None:
    """Return when to remind of an offer: none where it is so short that it was just made."""
    at = expires - timedelta(minutes=policy.reminder_minutes)
    return at if policy.reminder_minutes and at - now >= timedelta(minutes=30) else None


def has_lapsed(expires: datetime | None, now: datetime) -> bool:
    """Tell whether an offer has run out; its last moment still counts."""
    return expires is not None and now > expires


def refuse_answer(offer: "Offer | None", now: datetime) -> OfferRefusal | None:
    """Return why an offer cannot be answered any more."""
    if offer is None or offer.state is OfferState.REVOKED:
        return OfferRefusal.NO_OFFER
    if offer.state is OfferState.EXPIRED or has_lapsed(offer.expires_at, now):
        return OfferRefusal.OFFER_EXPIRED
    return None if offer.state is OfferState.PENDING else OfferRefusal.NO_OFFER
