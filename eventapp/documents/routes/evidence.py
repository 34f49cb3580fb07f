"""The figures of the report."""

import json

from flask import Response, g, render_template, request

from eventapp.documents import commands
from eventapp.documents.routes.frame import bp
from eventapp.events import queries as frame
from eventapp.events.access import Permission
from eventapp.kernel.guard import requires
from eventapp.kernel.i18n import local
from eventapp.programme import queries as programme


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
