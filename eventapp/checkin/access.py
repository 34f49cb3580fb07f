"""Who holds the scanner: a paired device, or the person who is signed in."""

from flask import abort, g, request
from flask_babel import gettext as _

from eventapp.checkin import commands, queries
from eventapp.checkin.commands import Hand
from eventapp.checkin.queries import Door, Scanner
from eventapp.events.access import Permission, Standing
from eventapp.kernel import limits, memory, problems, tokens
from eventapp.kernel.guard import Identity, bearer, can

COOKIE = "door"


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
        token = bearer() or _of_page()
        g.device = _device(token) if tokens.has_purpose(token, commands.DEVICE) else None
    found: Scanner | None = g.device
    return found


def _of_page() -> str:
    """Return the token with which a paired phone opens a page; it changes nothing by itself."""
    reading = request.method in {"GET", "HEAD"} and not request.path.startswith("/api/")
    return request.cookies.get(COOKIE, "") if reading else ""


def _device(token: str) -> Scanner | None:
    token_hash = tokens.hashed(token)
    device = memory.remembered(f"device:{token_hash}", lambda: queries.scanner(token_hash))
    if device is None:
        limits.hit("token-probes", limits.address())
        return None
    if device.revoked and not bearer():
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


def may_stand(device: Scanner, checkpoint_id: int) -> bool:
    """Tell whether a device was paired with a checkpoint, or with all of the event."""
    return not device.checkpoint_ids or checkpoint_id in device.checkpoint_ids


def hand() -> Hand:
    """Return who scans: the device, else the person who is signed in."""
    device = current_device()
    if device is not None:
        return Hand(actor=g.actor, station=device.name, device_id=device.id, is_lead=device.is_lead)
    account = g.get("account")
    station = account.name if account is not None else ""
    return Hand(actor=g.actor, station=station, is_lead=can(Permission.LEAD_DOOR))
