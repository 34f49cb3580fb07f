"""The blueprint of taking part, and what its pages share."""

from flask import Blueprint, g

from eventapp.events import queries as frame
from eventapp.registrations import queries
from eventapp.registrations.forms.asked import Asking

bp = Blueprint("registrations", __name__)


def asking_of_event() -> Asking:
    """Return all that the form of the event at hand is made of."""
    event_id = g.event.id
    return Asking(
        queries.form_of(event_id),
        queries.questions(event_id),
        frame.categories(event_id),
        frame.area_units(event_id),
    )
