"""A speaker's own page, opened by a personal link without a password."""

from flask import abort, flash, g, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from eventapp.desk import queries
from eventapp.desk.routes.frame import bp, shown
from eventapp.events import queries as frame
from eventapp.kernel import boundary, clock, limits
from eventapp.kernel.guard import public
from eventapp.kernel.pages import see_other
from eventapp.programme import commands
from eventapp.programme import queries as programme
from eventapp.programme.forms import AboutMe
from eventapp.programme.models import Speaker
from eventapp.signups import queries as places


@bp.get("/speaking/<token>")
@public
def speaking(token: str) -> str:
    """Show a speaker the own sessions, how many come, and what they say of themselves."""
    row = _whose(token)
    return _page(row, token, AboutMe(formdata=None, **AboutMe.shown(row)))


def _whose(token: str) -> Speaker:
    """Return the speaker whose link this is; it works before the event is published, too."""
    row = programme.speaker_by_link(token)
    if row is None:
        limits.hit("token-probes", limits.address())
        abort(404)
    g.event = frame.event(row.event_id)
    boundary.keep_private()
    return row


def _page(row: Speaker, token: str, form: AboutMe) -> str:
    newest = programme.releases(g.event.id)[:1]
    changed = {told["session_id"] for one in newest for told in programme.changes_for(one, row)}
    return render_template(
        "desk/speaking.html",
        token=token,
        name=programme.name_of(row.person),
        sessions=[(shown(queries.card(one)), one) for one in programme.sessions_of(row.id)],
        changed=changed if newest and newest[0].number > 1 else set(),
        form=form,
    )


@bp.post("/speaking/<token>")
@public
def save_speaking(token: str) -> Response | str:
    """Keep what a speaker says: a few words for the programme, and when they can come."""
    row, form = _whose(token), AboutMe()
    if not form.validate():
        return _page(row, token, form)
    commands.edit_speaker(row.id, clock.now(), **form.values())
    flash(_("Thank you, it is saved."), "ok")
    return see_other(".speaking", token=token)


@bp.get("/speaking/<token>/sessions/<id:session_id>")
@public
def speaking_list(token: str, session_id: int) -> str:
    """Show who has a place in an own session, with what they need: on a phone or on paper."""
    row = _whose(token)
    found = programme.session(session_id)
    if found is None or row.id not in {named.speaker_id for named in found.speakers}:
        abort(404)
    return render_template(
        "desk/speaking_list.html",
        card=shown(queries.card(found)),
        roster=places.roster(found.id),
        back={"text": _("My sessions"), "url": url_for(".speaking", token=token)},
    )
