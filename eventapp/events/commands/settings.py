"""An event's own settings by form: what it is called, when people may register, whom to ask."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from eventapp.events.commands.events import change_event
from eventapp.events.models import Event
from eventapp.events.rules import EventRefusal
from eventapp.kernel import journal
from eventapp.kernel.db import atomic, db
from eventapp.kernel.journal import Keeper
from eventapp.kernel.refusal import Refused

TIMES = ("registration_opens_at", "registration_closes_at", "cancel_until")
SETTINGS = (
    "title",
    "subtitle",
    "description",
    "capacity",
    *TIMES,
    "requires_approval",
    "walk_ins",
    "certificate_min_percent",
    "grace_minutes",
    "contact_name",
    "contact_email",
    "contact_phone",
)


@atomic
def edit_settings(event_id: int, now: datetime, *, seen: str | None = None, **values: Any) -> Event:
    """Replace settings of an event; *values* are names of `SETTINGS`.

    *seen* is the mark of what the editor has read: refused when somebody else has changed it.
    """
    event = _locked(event_id)
    if seen is not None and seen != mark(event):
        raise Refused(EventRefusal.SETTINGS_CHANGED)
    before = _all(event)
    _refuse_window(before | _encoded(values))
    change_event(event_id, **values)
    journal.note(event_id, f"event:{event_id}", before, _all(event))
    return event


def mark(event: Event) -> str:
    """Return a short mark of an event's settings, to find out whether they are still so."""
    said = json.dumps(_all(event), sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def _refuse_window(values: Mapping[str, Any]) -> None:
    opens, closes = values["registration_opens_at"], values["registration_closes_at"]
    if opens is not None and closes is not None and closes <= opens:
        raise Refused(EventRefusal.CLOSES_BEFORE_OPENING)


def _locked(event_id: int) -> Event:
    return db.session.get_one(
        Event, event_id, with_for_update={"key_share": True}, populate_existing=True
    )


def _all(event: Event) -> dict[str, Any]:
    return _encoded({name: getattr(event, name) for name in SETTINGS})


def _encoded(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value
        for name, value in values.items()
    }


def _decoded(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: datetime.fromisoformat(value) if name in TIMES and value is not None else value
        for name, value in values.items()
    }


# --- undo -------------------------------------------------------------------------------------


def _values(event_id: int) -> Mapping[str, Any]:
    return _all(_locked(event_id))


def _restore(event_id: int, values: Mapping[str, Any] | None, now: datetime) -> None:
    change_event(event_id, **_decoded(values or {}))


KEEPER = Keeper(values=_values, restore=_restore)
