"""The figures of the report, and the statistics on the way there."""

import json

from flask import Response, g, render_template, request

from eventapp.documents import commands, queries
from eventapp.documents.papers import sums
from eventapp.documents.routes.frame import bp
from eventapp.events import queries as frame
from eventapp.events.access import Permission
from eventapp.kernel import boundary
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


@bp.get("/<slug:event>/desk/statistics")
@requires(Permission.SEE_EVIDENCE)
def statistics(event: str) -> str:
    """Show how the event goes, picture by picture, each with its table."""
    boundary.keep_private()
    return render_template(
        "documents/statistics.html",
        found=queries.statistics(queries.material(g.event.id, {})),
        names={row.code: local(row.name) for row in frame.categories(g.event.id)},
        group_name=sums.group_name,
    )
