"""Checkpoints and devices for programs."""

from datetime import datetime
from typing import Any

from flask import Response, abort, g

from eventapp.checkin import commands, queries
from eventapp.checkin.api.frame import DOOR, bp, event_of_door
from eventapp.checkin.api.shapes import (
    NewCheckpoint,
    Paired,
    PairedDevice,
    ShownCheckpoint,
)
from eventapp.checkin.models import Checkpoint
from eventapp.events import queries as frame
from eventapp.events.access import Permission
from eventapp.kernel import clock, i18n, rest, schema
from eventapp.kernel.guard import requires
from eventapp.kernel.openapi import operation
from eventapp.kernel.refusal import N_
from eventapp.kernel.schema import BadFields, Fault
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
