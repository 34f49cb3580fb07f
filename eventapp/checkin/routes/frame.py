"""What the pages of the door share: the blueprint, whose hand scans, and the door at hand."""

from flask import Blueprint, abort, g
from flask_babel import gettext as _

from eventapp.checkin import queries
from eventapp.checkin.access import current_device, hand, may_stand
from eventapp.checkin.queries import Door
from eventapp.checkin.rules import ScanCode

__all__ = ["bp", "door_of_event", "hand", "own_door", "verdict_words"]

bp = Blueprint("checkin", __name__)


def own_door(checkpoint_id: int) -> Door:
    """Return a checkpoint of the event at hand; a device that is not paired with it hears 403."""
    door = door_of_event(checkpoint_id)
    device = current_device()
    if device is not None and not may_stand(device, checkpoint_id):
        abort(403)
    return door


def door_of_event(checkpoint_id: int) -> Door:
    """Return a checkpoint of the event at hand; another one is not found."""
    door = queries.door(checkpoint_id)
    if door is None or door.event_id != g.event.id:
        abort(404)
    return door


def verdict_words() -> dict[ScanCode, str]:
    """Return the one or two words in which each verdict is told, in the reader's language."""
    short = {
        ScanCode.OK: _("Entry"),
        ScanCode.OUT: _("Exit"),
        ScanCode.DUPLICATE_RECENT: _("Just scanned"),
        ScanCode.ALREADY_IN: _("Already in"),
        ScanCode.ALREADY_OUT: _("Already out"),
        ScanCode.INVALID_CODE: _("Unknown code"),
        ScanCode.WRONG_EVENT: _("Another event"),
        ScanCode.NOT_ELIGIBLE: _("Not on this list"),
        ScanCode.SESSION_FULL: _("No free seats"),
        ScanCode.PLACE_RELEASED: _("Place given away"),
        ScanCode.WAITING: _("Waiting list"),
        ScanCode.PENDING: _("Not yet accepted"),
        ScanCode.CANCELLED: _("Participation cancelled"),
        ScanCode.EXPIRED: _("Badge has run out"),
        ScanCode.REVOKED: _("Badge replaced"),
        ScanCode.TOO_EARLY: _("Too early"),
        ScanCode.TOO_LATE: _("Too late"),
    }
    return {code: short.get(code) or _(code.sentence) for code in ScanCode}
