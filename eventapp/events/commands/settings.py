"""An event's own settings by form: what it is called, when people may register, whom to ask.

Also whose money pays for it: the grant's data, and the strip of signs on every page.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from eventapp.events import queries, rules
from eventapp.events.commands.events import change_event
from eventapp.events.models import Event, SignStrip
from eventapp.events.rules import EventRefusal
from eventapp.kernel import journal, outbox, zones
from eventapp.kernel.db import atomic, db
from eventapp.kernel.journal import Keeper, UndoRefusal
from eventapp.kernel.refusal import Refused
from eventapp.kernel.uploads import Upload

TIMES = ("registration_opens_at", "registration_closes_at", "cancel_until")
QUIET = ("mail_quiet_from", "mail_quiet_until", "mail_quiet_holds_all")
SETTINGS = (
    "title",
    "subtitle",
    "description",
    "capacity",
    *TIMES,
    "requires_approval",
    "tells_decisions",
    "asks_answers",
    "invites_waiting",
    *QUIET,
    "walk_ins",
    "signs_badges",
    "certificate_min_percent",
    "certificate_number_format",
    "grace_minutes",
    "contact_name",
    "contact_email",
    "contact_phone",
    "timezone",
    "project",
    "sign_strip",
)


@atomic
def edit_settings(event_id: int, now: datetime, *, seen: str | None = None, **values: Any) -> Event:
    """Replace settings of an event; *values* are names of `SETTINGS`.

    *seen* is the mark of what the editor has read: refused when somebody else has changed it.
    Of the grant's data only what `project` names is replaced. With another time zone the dates of
    registration, also those given here, keep their time on the clocks.
    """
    event = _locked(event_id)
    if seen is not None and seen != mark(event):
        raise Refused(EventRefusal.SETTINGS_CHANGED)
    before = _all(event)
    if "project" in values:
        values["project"] = rules.merged_project(event.project, values["project"])
    values |= _in_zone(event, values)
    _refuse_window(before | _encoded(values))
    _refuse_quiet(before | _encoded(values))
    change_event(event_id, **values)
    if any(before[name] != getattr(event, name) for name in (*QUIET, "timezone")):
        outbox.look_again(event_id, now)
    journal.note(event_id, f"event:{event_id}", before, _all(event))
    return event


def _in_zone(event: Event, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the dates of registration as the clocks of a new time zone show them."""
    timezone = values.get("timezone", event.timezone)
    planned = timezone != event.timezone and queries.is_planned(event.id)
    if refusal := rules.refuse_timezone(timezone, present=event.timezone, planned=planned):
        raise Refused(refusal, timezone=event.timezone if planned else timezone)
    old, new = ZoneInfo(event.timezone), ZoneInfo(timezone)
    moments = {name: values.get(name, getattr(event, name)) for name in TIMES}
    return {
        name: zones.kept_time(at.astimezone(old).replace(tzinfo=None), new)
        for name, at in moments.items()
        if at is not None and old != new
    }


# --- the strip of signs -----------------------------------------------------------------------


@atomic
def put_strip(event_id: int, upload: Upload, now: datetime, *, alt: Mapping[str, str]) -> Event:
    """Let every page of an event carry this strip; *alt* says what signs are on it."""
    _locked(event_id)
    row = queries.strip_of(event_id, upload.sha256)
    if row is None:
        row = SignStrip(
            event_id=event_id,
            media_type=upload.media_type,
            sha256=upload.sha256,
            content=upload.content,
            added_at=now,
        )
        db.session.add(row)
        db.session.flush()
    return edit_settings(event_id, now, sign_strip={"strip_id": row.id, "alt": dict(alt)})


@atomic
def describe_strip(event_id: int, now: datetime, *, alt: Mapping[str, str]) -> Event:
    """Say anew what signs are on an event's own strip."""
    event = _locked(event_id)
    if not event.sign_strip:
        raise Refused(EventRefusal.NO_STRIP)
    return edit_settings(event_id, now, sign_strip={**event.sign_strip, "alt": dict(alt)})


@atomic
def remove_strip(event_id: int, now: datetime) -> Event:
    """Let the pages of an event carry the neutral strip again."""
    return edit_settings(event_id, now, sign_strip={})


def mark(event: Event) -> str:
    """Return a short mark of an event's settings, to find out whether they are still so."""
    said = json.dumps(_all(event), sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def _refuse_window(values: Mapping[str, Any]) -> None:
    opens, closes = values["registration_opens_at"], values["registration_closes_at"]
    if opens is not None and closes is not None and closes <= opens:
        raise Refused(EventRefusal.CLOSES_BEFORE_OPENING)


def _refuse_quiet(values: Mapping[str, Any]) -> None:
    begins, ends = values["mail_quiet_from"], values["mail_quiet_until"]
    if refusal := rules.refuse_quiet_hours(begins, ends):
        raise Refused(refusal)


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
    if "timezone" in (values or {}) and queries.is_planned(event_id):
        raise Refused(UndoRefusal.BUILT_UPON)
    change_event(event_id, **_decoded(values or {}))
    outbox.look_again(event_id, now)


KEEPER = Keeper(values=_values, restore=_restore)
