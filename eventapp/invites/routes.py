"""Calendars: the programme to download, and everybody's own feed."""

from zoneinfo import ZoneInfo

from flask import Blueprint, Response, abort, g, request
from flask_babel import gettext as _

from eventapp.events import queries as frame
from eventapp.events.models import Event
from eventapp.invites import queries
from eventapp.invites.rules import calendar
from eventapp.kernel import cached, clock, i18n, limits
from eventapp.kernel.guard import public
from eventapp.registrations import queries as people

bp = Blueprint("invites", __name__)


@bp.get("/<slug:event>/calendar.ics")
@public
def programme(event: str) -> Response:
    """Give the whole programme as a calendar file."""
    locale = i18n.current()
    key = ("calendar", g.event.id, g.event.revision, locale)
    answer = cached.page(key, lambda: _whole(g.event, locale), mimetype="text/calendar")
    answer.headers["Content-Disposition"] = f'attachment; filename="{event}.ics"'
    return answer


def _whole(event: Event, locale: str) -> bytes:
    entries = queries.programme_entries(event, locale)
    name = i18n.local(event.title, locale)
    return calendar.publish_ics(entries, name, ZoneInfo(event.timezone))


@bp.get("/calendar/<token>.ics")
@public
def feed(token: str) -> Response:
    """Give one person's own calendar, to subscribe to."""
    found = people.by_feed(token)
    if found.registration is None:
        limits.hit("token-probes", limits.address())
        abort(410 if found.rotated else 404)
    row = found.registration
    event = frame.event(row.event_id)
    if event is None:
        abort(404)
    with i18n.use_locale(row.locale):
        entries = queries.agenda(row, event, clock.now())
        name = _("%(event)s: my programme", event=i18n.local(event.title, row.locale))
        content = calendar.feed_ics(entries, name, ZoneInfo(event.timezone))
    return _calendar(content, "private, max-age=900")


def _calendar(content: bytes, caching: str) -> Response:
    answer = Response(content, mimetype="text/calendar")
    answer.set_etag(calendar.etag(content).strip('"'))
    answer.headers["Cache-Control"] = caching
    return answer.make_conditional(request)  # type: ignore[return-value]
