"""A speaker's own page, opened by a personal link without a password."""

from flask import abort, flash, g, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from eventapp.directory import queries as directory
from eventapp.events import queries as frame
from eventapp.kernel import boundary, clock, facts, i18n, limits
from eventapp.kernel.guard import public
from eventapp.kernel.pages import see_other
from eventapp.programme import commands, queries, rules
from eventapp.programme.forms import AboutMe
from eventapp.programme.models import Speaker
from eventapp.programme.routes.frame import bp


@bp.get("/speaking/<token>")
@public
def speaking(token: str) -> str:
    """Show a speaker the own sessions, how many come, and what they say of themselves."""
    row = whose(token)
    return _page(row, token, AboutMe(formdata=None, **AboutMe.shown(row)))


def whose(token: str) -> Speaker:
    """Return the speaker whose link this is; it works before the event is published, too."""
    row = queries.speaker_by_link(token)
    if row is None:
        limits.hit("token-probes", limits.address())
        abort(404)
    g.event = frame.event(row.event_id)
    boundary.keep_private()
    i18n.prefer(row.locale)
    return row


def _page(row: Speaker, token: str, form: AboutMe) -> str:
    led = queries.sessions_of(row.id)
    newest = queries.releases(row.event_id)[:1]
    changed = {
        told["session_id"] for one in newest for told in queries.changes_for(one.differences, row)
    }
    return render_template(
        "programme/speaking.html",
        token=token,
        name=queries.name_of(row.person),
        sessions=[(one, rules.effective_capacity(one)) for one in led],
        materials=queries.materials_of({one.activity_id for one in led}),
        changed=changed if newest and newest[0].number > 1 else set(),
        form=form,
        feed=directory.feed_url(row.person, i18n.current()),
    )


@bp.post("/speaking/<token>")
@public
def save_speaking(token: str) -> Response | str:
    """Keep what a speaker says: a few words for the programme, and when they can come."""
    row, form = whose(token), AboutMe()
    if not form.validate():
        return _page(row, token, form)
    facts.act_as(f"speaker:{row.id}")
    commands.edit_speaker(row.id, clock.now(), **form.values())
    flash(_("Thank you, it is saved."), "ok")
    return see_other(".speaking", token=token)
