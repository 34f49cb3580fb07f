"""What the pages of the door share: the blueprint, whose hand scans, and the door at hand."""

from flask import Blueprint, abort, g
from flask_babel import gettext as _

from eventapp.checkin import queries
from eventapp.checkin.commands import Hand
from eventapp.checkin.queries import Door
from eventapp.checkin.rules import ScanCode
from eventapp.events.access import Permission
from eventapp.kernel.guard import can

bp = Blueprint("checkin", __name__)


def hand() -> Hand:
    """Return who scans on a page: the person who is signed in."""
    account = g.get("account")  # a program or a paired device has none
    station = account.name if account is not None else ""
    return Hand(actor=g.actor, station=station, is_lead=can(Permission.LEAD_DOOR))


def own_door(checkpoint_id: int) -> Door:
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
        ScanCode.WAITING: _("Waiting list"),
        ScanCode.PENDING: _("Not yet accepted"),
        ScanCode.CANCELLED: _("Participation cancelled"),
        ScanCode.REVOKED: _("Badge replaced"),
        ScanCode.TOO_EARLY: _("Too early"),
        ScanCode.TOO_LATE: _("Too late"),
    }
    return {code: short.get(code) or _(code.sentence) for code in ScanCode}
