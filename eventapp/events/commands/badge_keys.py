"""The keys with which an event signs its badges: a new one, and those no longer trusted."""

from dataclasses import dataclass
from typing import ClassVar

from eventapp.events import rules
from eventapp.events.commands.events import touch
from eventapp.events.models import Event
from eventapp.kernel.db import atomic, db
from eventapp.kernel.facts import Fact, record
from eventapp.kernel.refusal import Refused


@dataclass(frozen=True, kw_only=True)
class BadgeKeyRenewed(Fact):
    """Badges are signed with another key from now on; those signed before stay trusted."""

    kind: ClassVar[str] = "badge-key-renewed"
    key: int


@dataclass(frozen=True, kw_only=True)
class BadgeKeysWithdrawn(Fact):
    """Devices trust no badge any more that was signed before the key of this number."""

    kind: ClassVar[str] = "badge-keys-withdrawn"
    trusted_from: int


@atomic
def renew_badge_key(event_id: int) -> int:
    """Sign an event's badges with a new key from now on; return its number."""
    event = _locked(event_id)
    if refusal := rules.refuse_badge_key(event.badge_key):
        raise Refused(refusal)
    event.badge_key += 1
    touch(event_id)
    record(BadgeKeyRenewed(event_id=event_id, subject=f"event:{event_id}", key=event.badge_key))
    return event.badge_key


@atomic
def withdraw_badge_keys(event_id: int) -> None:
    """Let no device trust the signatures of an event's older keys."""
    event = _locked(event_id)
    if refusal := rules.refuse_withdrawal(event.badge_key, event.badge_key_from):
        raise Refused(refusal)
    event.badge_key_from = event.badge_key
    touch(event_id)
    record(
        BadgeKeysWithdrawn(
            event_id=event_id, subject=f"event:{event_id}", trusted_from=event.badge_key_from
        )
    )


def _locked(event_id: int) -> Event:
    return db.session.get_one(
        Event, event_id, with_for_update={"key_share": True}, populate_existing=True
    )
