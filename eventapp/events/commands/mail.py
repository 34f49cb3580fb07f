"""Stopping the letters of an event, and letting them go again."""

from datetime import datetime
from typing import ClassVar

from eventapp.events.models import Event
from eventapp.kernel import outbox
from eventapp.kernel.db import atomic, db
from eventapp.kernel.facts import Fact, record


class MailPaused(Fact):
    """The letters of an event were stopped."""

    kind: ClassVar[str] = "mail-paused"


class MailResumed(Fact):
    """The letters of an event go again."""

    kind: ClassVar[str] = "mail-resumed"


@atomic
def pause_mail(event_id: int, reason: str, now: datetime) -> Event:
    """Hold all letters of an event but those that let somebody in, until `resume_mail`."""
    event = _locked(event_id)
    if event.mail_paused_at is None:
        event.mail_paused_at = now
        outbox.hold_all(event_id)
        record(MailPaused(event_id=event_id, subject=f"event:{event_id}"))
    event.mail_pause_reason = reason
    return event


@atomic
def resume_mail(event_id: int, now: datetime) -> Event:
    """Let the letters of an event go, each when it is due."""
    event = _locked(event_id)
    if event.mail_paused_at is not None:
        event.mail_paused_at, event.mail_pause_reason = None, ""
        outbox.resume_all(event_id)
        record(MailResumed(event_id=event_id, subject=f"event:{event_id}"))
    return event


def _locked(event_id: int) -> Event:
    return db.session.get_one(
        Event, event_id, with_for_update={"key_share": True}, populate_existing=True
    )
