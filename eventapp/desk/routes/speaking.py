"""Who comes to a speaker's session, behind the speaker's personal link."""

from flask import abort, g, render_template, url_for
from flask_babel import gettext as _

from eventapp.desk import queries
from eventapp.desk.routes.frame import bp, shown
from eventapp.events import queries as frame
from eventapp.kernel import boundary, i18n, limits
from eventapp.kernel.guard import public
from eventapp.programme import queries as programme
from eventapp.programme.models import Session, Speaker
from eventapp.signups import queries as places


@bp.get("/speaking/<token>/sessions/<id:session_id>")
@public
def speaking_list(token: str, session_id: int) -> str:
    """Show who has a place in an own session, with what they need: on a phone or on paper."""
    _row, found = led_by_link(token, session_id)
    return render_template(
        "desk/speaking_list.html",
        card=shown(queries.card(found)),
        roster=places.roster(found.id),
        back={"text": _("My sessions"), "url": url_for("programme.speaking", token=token)},
    )


def led_by_link(token: str, session_id: int) -> tuple[Speaker, Session]:
    """Return whose link this is and the session, which must be one that they lead."""
    row, found = programme.speaker_by_link(token), programme.session(session_id)
    if row is None:
        limits.hit("token-probes", limits.address())
        abort(404)
    if found is None or row.id not in {named.speaker_id for named in found.speakers}:
        abort(404)
    g.event = frame.event(row.event_id)
    boundary.keep_private()
    i18n.prefer(row.locale)
    return row, found
