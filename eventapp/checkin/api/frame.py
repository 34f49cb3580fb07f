"""What the modules of this package share: the blueprint, and who holds the scanner."""

from flask import Blueprint, abort, g
from flask_babel import gettext as _

from eventapp.checkin import commands, queries
from eventapp.checkin.commands import Hand
from eventapp.checkin.queries import Door, Scanner
from eventapp.events.access import Permission, Standing
from eventapp.kernel import limits, memory, problems, tokens
from eventapp.kernel.guard import Identity, bearer, can
from eventapp.kernel.refusal import N_

bp = Blueprint("checkin_api", __name__, url_prefix="/api/v1")

DOOR = N_("The door")


def identify(event_id: int | None) -> Identity | None:
    """Return the paired device, for the checkpoints of its own event."""
    device = current_device()
    if device is None:
        return None
    if device.event_id != event_id:
        return Identity(f"device:{device.id}")
    return Identity(f"device:{device.id}", frozenset({Standing.DEVICE}))


def current_device() -> Scanner | None:
    """Return the device whose token the request bears; a revoked one hears 401."""
    if "device" not in g:
        token = bearer()
        g.device = _device(token) if tokens.has_purpose(token, commands.DEVICE) else None
    found: Scanner | None = g.device
    return found


def _device(token: str) -> Scanner | None:
    token_hash = tokens.hashed(token)
    device = memory.remembered(f"device:{token_hash}", lambda: queries.scanner(token_hash))
    if device is None:
        limits.hit("token-probes", limits.address())
        return None
    if device.revoked:
        abort(
            problems.problem(
                401, "device-revoked", _("This device may scan no more; pair it again.")
            )
        )
    return device


def door_at(checkpoint_id: int) -> Door | None:
    """Return the door, as this worker has known it for at most some seconds."""
    return memory.remembered(f"door:{checkpoint_id}", lambda: queries.door(checkpoint_id))


def event_of_door(checkpoint_id: int, scan_id: str | None = None) -> int | None:
    """Return the id of the event that a checkpoint belongs to; *scan_id* may be in its path."""
    door = door_at(checkpoint_id)
    return None if door is None else door.event_id


def hand() -> Hand:
    """Return who scans: the device, else the person who is signed in."""
    device = current_device()
    if device is not None:
        return Hand(actor=g.actor, station=device.name, device_id=device.id, is_lead=device.is_lead)
    account = g.get("account")
    station = account.name if account is not None else ""
    return Hand(actor=g.actor, station=station, is_lead=can(Permission.LEAD_DOOR))
