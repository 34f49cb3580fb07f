"""A new event: empty, from a template, or like another one."""

from typing import Any

from flask import flash, g, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from eventapp.desk import commands
from eventapp.desk.forms import LIKE, NewEvent
from eventapp.desk.routes.frame import bp
from eventapp.events import commands as events
from eventapp.events import queries as frame
from eventapp.events.access import Permission
from eventapp.kernel import boundary, clock, copying
from eventapp.kernel.guard import requires
from eventapp.kernel.pages import flash_refusal, see_other
from eventapp.kernel.refusal import Refused


@bp.get("/account/new-event")
@requires(Permission.CREATE_EVENT)
def new_event() -> str:
    """Ask for a new event's name, address and days, and what it begins with."""
    return _page(NewEvent(frame.all_events(), formdata=None, **_suggested()))


def _suggested() -> dict[str, Any]:
    """Return what the form says at first: all parts, and the names of the event to be like."""
    found: dict[str, Any] = {"parts": [part.code for part in copying.parts()]}
    source = frame.by_slug(request.args.get("like", "")[:60])
    if source is None:
        return found
    host = frame.host(source.host_id)
    return found | {
        "begin": f"{LIKE}{source.slug}",
        "title_pl": source.title.get("pl"),
        "title_en": source.title.get("en"),
        "host": host.name if host is not None else "",
    }


def _page(form: NewEvent) -> str:
    boundary.keep_private()
    return render_template("desk/new_event.html", form=form)


@bp.post("/account/new-event")
@requires(Permission.CREATE_EVENT)
def create_event() -> Response | str:
    """Make the event with its days; its maker becomes an organiser."""
    form = NewEvent(frame.all_events())
    if not form.validate():
        return _page(form)
    try:
        slug = _founded(form)
    except Refused as refused:
        flash_refusal(refused)
        return _page(form)
    return see_other(".overview", event=slug)


def _founded(form: NewEvent) -> str:
    now, template = clock.now(), form.template
    source = frame.by_slug(form.source) if form.source is not None else None
    if template is not None:
        event = commands.found_from_template(g.account.id, now, template, **form.frame())
        flash(_("The template waits in the draft: change what you like, then release it."), "ok")
    elif source is not None:
        event, _counts = commands.found_like(
            g.account.id, now, source, form.parts.data or (), **form.frame()
        )
        flash(_("The event is made. Its programme waits in the draft."), "ok")
    else:
        event = events.found_event(g.account.id, now, **form.frame())
    return event.slug
