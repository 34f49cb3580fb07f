"""Topics of the draft: what they are called in both languages, renamed and merged everywhere."""

from flask import abort, flash, g, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from eventapp.events.access import Permission
from eventapp.kernel import boundary, clock
from eventapp.kernel.guard import requires
from eventapp.kernel.pages import flash_undoable, see_other
from eventapp.programme import commands, queries
from eventapp.programme.forms import NameTopic
from eventapp.programme.routes.frame import bp
from eventapp.programme.rules.topics import Topic, Used


@bp.get("/<slug:event>/desk/plan/topics")
@requires(Permission.EDIT_PROGRAMME)
def topics(event: str) -> str:
    """List what the draft is about, each topic with its names to change."""
    return _topics_page()


def _topics_page(wrong: NameTopic | None = None, key: str = "") -> str:
    boundary.keep_private()
    used = queries.topics_of(queries.plan(g.event.id))
    names = {one.key: wrong if wrong is not None and one.key == key else _form(one) for one in used}
    return render_template("programme/topics.html", used=used, names=names)


def _form(one: Used) -> NameTopic:
    return NameTopic(formdata=None, prefix=_prefix(one.key), **NameTopic.shown(one.topic))


def _prefix(key: str) -> str:
    return f"t-{key}-"


@bp.post("/<slug:event>/desk/plan/topics/<topic>")
@requires(Permission.EDIT_PROGRAMME)
def name_topic(event: str, topic: str) -> Response | str:
    """Give a topic another name in all sessions; the name of another topic makes the two one."""
    _own_topic(topic)
    form = NameTopic(prefix=_prefix(topic))
    if not form.validate():
        return _topics_page(form, topic)
    fact_id = commands.name_topic(g.event.id, topic, clock.now(), name=form.values())
    return _kept(event, fact_id, _("The topic is renamed in the draft."))


@bp.post("/<slug:event>/desk/plan/topics/<topic>/removal")
@requires(Permission.EDIT_PROGRAMME)
def drop_topic(event: str, topic: str) -> Response:
    """Let no session be about a topic any more."""
    _own_topic(topic)
    fact_id = commands.drop_topic(g.event.id, topic, clock.now())
    return _kept(event, fact_id, _("No session of the draft has this topic any more."))


def _own_topic(key: str) -> Topic:
    found = queries.known_topics(g.event.id).get(key)
    if found is None:
        abort(404)
    return found


def _kept(event: str, fact_id: int | None, said: str) -> Response:
    if fact_id is None:
        flash(_("The plan says all this already."), "info")
    else:
        flash_undoable(said, fact_id)
    return see_other(".topics", event=event)
