"""What the modules of this package share: the blueprint, and the door at which one stands."""

from flask import Blueprint, abort
from flask_babel import gettext as _

from eventapp.checkin.access import current_device, door_at, hand, identify, may_stand
from eventapp.checkin.queries import Door
from eventapp.kernel import limits, problems
from eventapp.kernel.refusal import N_

__all__ = ["DOOR", "bp", "current_device", "event_of_door", "hand", "identify", "own_door"]

bp = Blueprint("checkin_api", __name__, url_prefix="/api/v1")

DOOR = N_("The door")


def own_door(checkpoint_id: int) -> Door:
    """Return the door at which the caller may scan; a device not paired with it hears 403."""
    door = door_at(checkpoint_id)
    if door is None:
        abort(404)
    device = current_device()
    if device is not None:
        limits.hit("scans", f"device:{device.id}")
        if not may_stand(device, checkpoint_id):
            abort(
                problems.problem(
                    403, "forbidden-checkpoint", _("This device is paired with another checkpoint.")
                )
            )
    return door


def event_of_door(checkpoint_id: int, scan_id: str | None = None) -> int | None:
    """Return the id of the event that a checkpoint belongs to; *scan_id* may be in its path."""
    door = door_at(checkpoint_id)
    return None if door is None else door.event_id
