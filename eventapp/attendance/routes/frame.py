"""What the pages of attendance share: the blueprint, and the words of sources and changes."""

from flask import Blueprint, Flask, abort, g
from flask_babel import gettext as _

from eventapp.attendance.papers import SOURCES
from eventapp.attendance.rules import Change, Difference, ListState
from eventapp.kernel.refusal import N_
from eventapp.programme import queries as programme
from eventapp.programme.models import Session
from eventapp.registrations import queries as people
from eventapp.registrations.models import Registration

bp = Blueprint("attendance", __name__)

CHANGES = {
    Change.INTERVAL: N_("was there from – to"),
    Change.MINUTES: N_("is credited minutes"),
    Change.ABSENT: N_("was not there"),
    Change.AS_IT_IS: N_("found right as it is"),
    Change.UNDONE: N_("correction taken back"),
}
STATES = {
    ListState.PRINTED: N_("printed"),
    ListState.BACK: N_("scan attached"),
    ListState.READ: N_("signatures noted"),
    ListState.RECONCILED: N_("reconciled"),
}
DIFFERENCES = {
    Difference.SIGNED_NOT_SCANNED: N_("signed, but not seen at the door"),
    Difference.SCANNED_NOT_SIGNED: N_("seen at the door, but not signed"),
}


def install(app: Flask) -> None:
    """Give templates the words of attendance."""
    app.jinja_env.filters.update(
        presence_source=lambda method: _(SOURCES[method]),
        change_words=lambda change: _(CHANGES[change]),
        list_state=lambda state: _(STATES[state]),
        difference_words=lambda found: _(DIFFERENCES[found]),
    )


def own_session(session_id: int) -> Session:
    """Return a session of the event at hand."""
    row = programme.session(session_id)
    if row is None or row.event_id != g.event.id:
        abort(404)
    return row


def own_person(registration_id: int) -> Registration:
    """Return a registration of the event at hand."""
    row = people.registration(registration_id)
    if row is None or row.event_id != g.event.id:
        abort(404)
    return row
