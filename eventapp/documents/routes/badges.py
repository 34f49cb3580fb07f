"""Badges to print and the figures of the report."""

import json

from flask import Blueprint, Response, abort, g, render_template, request, url_for
from flask_babel import gettext as _

from eventapp.documents import commands
from eventapp.events import queries as frame
from eventapp.events.access import Permission
from eventapp.kernel import boundary
from eventapp.kernel.guard import requires
from eventapp.kernel.i18n import local
from eventapp.programme import queries as programme
from eventapp.registrations import queries as people
from eventapp.registrations.models import Registration, State
from eventapp.registrations.queries import Filter

bp = Blueprint("documents", __name__)


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


@bp.get("/<slug:event>/desk/evidence")
@requires(Permission.SEE_EVIDENCE)
def evidence(event: str) -> str | Response:
    """Show the figures of the report, or give them as JSON."""
    found = commands.evidence(g.event.id)
    if request.args.get("format") == "json":
        body = json.dumps(found, ensure_ascii=False, indent=2)
        answer = Response(body, mimetype="application/json")
        answer.headers["Content-Disposition"] = f'attachment; filename="{event}-evidence.json"'
        return answer
    categories = frame.categories(g.event.id)
    return render_template(
        "documents/evidence.html",
        found=found,
        names={row.code: local(row.name) for row in categories},
        titles={row.ref: local(row.activity.title) for row in programme.programme(g.event.id)},
    )
