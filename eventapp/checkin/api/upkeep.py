"""Checkpoints and devices for programs, and who was where."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from flask import Response, abort, g

from eventapp.checkin import commands, queries
from eventapp.checkin.api.frame import DOOR, bp, event_of_door
from eventapp.checkin.api.shapes import (
    NewCheckpoint,
    Paired,
    PairedDevice,
    ShownCheckpoint,
    ShownPresence,
)
from eventapp.checkin.models import Checkpoint
from eventapp.checkin.queries import Stay
from eventapp.events import queries as frame
from eventapp.events.access import Permission
from eventapp.kernel import boundary, clock, i18n, rest, schema
from eventapp.kernel.guard import requires
from eventapp.kernel.openapi import operation
from eventapp.kernel.refusal import N_
from eventapp.kernel.schema import BadFields, Fault
from eventapp.kernel.text import full_name
from eventapp.programme import queries as programme

# --- setting up ---------------------------------------------------------------------------


@bp.post("/events/<slug:event>/checkpoints")
@requires(Permission.LEAD_DOOR)
@operation(
    N_("Set up a place where badges are read"),
    about=DOOR,
    body=NewCheckpoint,
    answers={201: ShownCheckpoint},
    repeats=True,
)
def add_checkpoint(event: str, body: NewCheckpoint) -> Response:
    """Set up a checkpoint of the event, of one of its days or of one of its sessions."""
    event_id, zone = g.event.id, g.event.timezone
    columns: dict[str, Any] = {
        "session_id": _session(body, event_id),
        "day_id": _day(body, event_id),
        "policy": body.policy,
        "opens_at": body.opens_at,
        "closes_at": body.closes_at,
    }
    name = {"pl": body.name} if isinstance(body.name, str) else schema.spoken(body.name)
    made = rest.once(lambda: {"id": commands.add_checkpoint(event_id, name, **columns).id})
    point = queries.checkpoint(made["id"])
    return rest.answered(shown_point(point, zone), 201) if point is not None else abort(404)


def _session(body: NewCheckpoint, event_id: int) -> int | None:
    if body.session is None:
        return None
    if body.day is not None:
        sentence = N_("A checkpoint belongs to a session or to a day, not to both.")
        raise BadFields([Fault("/day", "session-or-day", sentence)])
    if programme.event_of_session(int(body.session)) != event_id:
        raise BadFields([Fault("/session", "not-found", N_("There is no such session."))])
    return int(body.session)


def _day(body: NewCheckpoint, event_id: int) -> int | None:
    if body.day is None:
        return None
    if int(body.day) not in {day.id for day in frame.days(event_id)}:
        raise BadFields([Fault("/day", "not-found", N_("The event has no such day."))])
    return int(body.day)


def shown_point(point: Checkpoint, zone: str) -> ShownCheckpoint:
    """Return a checkpoint with its hours as clocks at the event show them."""
    return ShownCheckpoint(
        id=str(point.id),
        name=dict(point.name),
        policy=point.policy,
        session=str(point.session_id) if point.session_id is not None else None,
        day=str(point.day_id) if point.day_id is not None else None,
        opens_at=i18n.moment(point.opens_at, zone),
        closes_at=i18n.moment(point.closes_at, zone),
    )


@bp.post("/checkpoints/<id:checkpoint_id>/devices")
@requires(Permission.LEAD_DOOR, event_of_door)
@operation(
    N_("Pair a device with a checkpoint"),
    about=DOOR,
    body=PairedDevice,
    answers={201: Paired},
    repeats=True,
)
def pair(checkpoint_id: int, body: PairedDevice) -> Response:
    """Pair a device; this answer is the only one that ever shows its token."""
    now = clock.now()
    made = rest.once(lambda: _paired(checkpoint_id, body.name, now))
    token = rest.unsealed(made["sealed"])
    shown = Paired(id=made["id"], name=body.name, checkpoint=str(checkpoint_id), token=token)
    return rest.answered(shown, 201)


def _paired(checkpoint_id: int, name: str, now: datetime) -> dict[str, Any]:
    device, token = commands.pair_device(checkpoint_id, name, now)
    return {"id": str(device.id), "sealed": rest.sealed(token)}


# --- presence -----------------------------------------------------------------------------


@bp.get("/events/<slug:event>/presence")
@requires(Permission.SEE_PRESENCE)
@operation(
    N_("List who was where, and the minutes it credits"),
    about=DOOR,
    answers={200: list[ShownPresence]},
    lists=True,
)
def presence(event: str) -> Response:
    """List people at checkpoints, with the minutes credited in the sessions behind them."""
    asked, now = rest.window(), clock.now()
    rows = queries.stays(
        g.event.id,
        now,
        i18n.day_start(now),
        after=_place(asked.after),
        limit=asked.limit + 1,
    )
    minutes = _minutes({stay.person.id for stay in rows})
    zone = g.event.timezone
    return rest.listed(
        rows,
        asked,
        lambda stay: _shown_stay(stay, minutes, zone),
        key=lambda stay: f"{stay.person.id}-{stay.checkpoint.id}",
    )


def _place(after: str) -> tuple[int, int]:
    if not after:
        return 0, 0
    registration_id, checkpoint_id = (
        boundary.read_id(part) for part in (*after.split("-"), "")[:2]
    )
    if registration_id is None or checkpoint_id is None:
        sentence = N_("This has another form than expected.")
        raise BadFields([Fault("?after", "bad-format", sentence)])
    return registration_id, checkpoint_id


def _minutes(registration_ids: set[int]) -> dict[tuple[int, int], int]:
    grace = timedelta(minutes=g.event.grace_minutes)
    found = queries.attendance(g.event.id, grace, registration_ids=registration_ids)
    return {(one.registration_id, one.session_id): one.minutes for one in found}


def _shown_stay(stay: Stay, minutes: Mapping[tuple[int, int], int], zone: str) -> ShownPresence:
    person, session_id = stay.person, stay.checkpoint.session_id
    return ShownPresence(
        registration=str(person.id),
        registration_ref=person.ref,
        name=full_name(person.title, person.first_name, person.last_name),
        checkpoint=str(stay.checkpoint.id),
        session=str(session_id) if session_id is not None else None,
        inside=stay.inside,
        entered_at=i18n.local_time(stay.presence.first_at, zone),
        changed_at=i18n.local_time(stay.presence.changed_at, zone),
        minutes=minutes.get((person.id, session_id), 0) if session_id is not None else None,
    )
