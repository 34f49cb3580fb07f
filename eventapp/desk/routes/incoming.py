"""Mail that came in about an event, and addresses from which letters come back."""

from flask import abort, flash, g, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from eventapp.desk import queries
from eventapp.desk.routes.frame import bp
from eventapp.events.access import Permission
from eventapp.kernel import clock, facts, incoming, unreachable
from eventapp.kernel.guard import requires
from eventapp.kernel.inbound import Fate
from eventapp.kernel.pages import see_other
from eventapp.registrations import queries as people


@bp.get("/<slug:event>/desk/incoming")
@requires(Permission.SEE_MAIL)
def incoming_mail(event: str) -> str:
    """List who cannot be written to, and what came in about the event."""
    return render_template(
        "desk/incoming.html",
        gone=queries.unreachable_people(g.event.id),
        **incoming.shown(g.event.id),
    )


@bp.post("/<slug:event>/desk/people/<id:registration_id>/write-again")
@requires(Permission.SEE_MAIL)
def write_again(event: str, registration_id: int) -> Response:
    """Let letters go to a person's address again."""
    row = people.registration(registration_id)
    if row is None or row.event_id != g.event.id:
        abort(404)
    found = unreachable.of(row.email) if row.email else None
    if found is not None:
        unreachable.settle(found.id, facts.actor(), clock.now())
    flash(_("Letters go there again."), "ok")
    return see_other(".incoming_mail", event=event)


@bp.post("/<slug:event>/desk/incoming/<id:mail_id>/release")
@requires(Permission.SEE_MAIL)
def release_message(event: str, mail_id: int) -> Response:
    """Deal with a message for whose sender the organiser vouches."""
    incoming.settle(mail_id, g.event.id, Fate.RELEASED)
    return see_other(".incoming_mail", event=event)


@bp.post("/<slug:event>/desk/incoming/<id:mail_id>/discard")
@requires(Permission.SEE_MAIL)
def discard_message(event: str, mail_id: int) -> Response:
    """Put a message aside for good."""
    incoming.settle(mail_id, g.event.id, Fate.DISCARDED)
    return see_other(".incoming_mail", event=event)
