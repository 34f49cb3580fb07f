"""Who is not photographed: a sheet for whoever holds the camera."""

from flask import abort, g, render_template, request, url_for
from flask_babel import gettext as _

from eventapp.events import queries as frame
from eventapp.events.access import Permission
from eventapp.kernel import boundary, clock, i18n
from eventapp.kernel.guard import requires
from eventapp.press import queries
from eventapp.press.routes.frame import bp


@bp.get("/<slug:event>/desk/press/photographs")
@requires(Permission.SEE_PEOPLE)
def photographs(event: str) -> str:
    """List who has not agreed to photographs, and where they sit on a day, ready to be printed."""
    boundary.keep_private()
    days = [row.date for row in frame.days(g.event.id)]
    shown = i18n.asked_day(request.args.get("day", ""), days, clock.now())
    if shown is None:
        abort(404)
    return render_template(
        "press/photographs.html",
        rows=queries.unphotographed(g.event.id, shown, g.event.timezone),
        shown=shown,
        days=[day for day in days if day != shown],
        back={"text": _("Back to the desk"), "url": url_for("desk.overview", event=event)},
    )
