"""Badges to print."""

from flask import abort, g, render_template, request, url_for
from flask_babel import gettext as _

from eventapp.documents.routes.frame import bp
from eventapp.events.access import Permission
from eventapp.kernel import boundary
from eventapp.kernel.guard import requires
from eventapp.registrations import queries as people
from eventapp.registrations.models import Registration, State
from eventapp.registrations.queries import Filter


@bp.get("/<slug:event>/desk/badges")
@requires(Permission.SEE_PEOPLE)
def badges(event: str) -> str:
    """Show the badges of all who take part, ready to be printed."""
    rows = people.people(g.event.id, Filter(states=[State.QUALIFIED]))
    return render_template("documents/badges.html", badges=[_badge(row) for row in rows])


@bp.get("/<slug:event>/door/badges/<id:registration_id>")
@requires(Permission.CHECK_IN)
def badge(event: str, registration_id: int) -> str:
    """Show one badge, ready to be printed; the same code as before."""
    row = people.registration(registration_id)
    if row is None or row.event_id != g.event.id or row.badge_hash is None:
        abort(404)
    return render_template("documents/badges.html", badges=[_badge(row)], back=_back_to_door())


def _back_to_door() -> dict[str, str]:
    """Lead a steward who printed a badge back to the scanner it was printed from."""
    door = boundary.read_id(request.args.get("door"))
    if door is None:
        return {"text": _("Back to the door"), "url": url_for("checkin.door", event=g.event.slug)}
    url = url_for("checkin.scanner", event=g.event.slug, checkpoint_id=door)
    return {"text": _("Back to the scanner"), "url": url}


def _badge(row: Registration) -> tuple[Registration, str]:
    return row, people.badge_code(row)
