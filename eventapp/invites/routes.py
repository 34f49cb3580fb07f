"""Calendars: the programme to download, and everybody's own feed."""

from zoneinfo import ZoneInfo

from flask import Blueprint, Response, abort, flash, g, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as WerkzeugResponse

from eventapp.events import queries as frame
from eventapp.events.access import Permission
from eventapp.events.models import Event
from eventapp.invites import queries
from eventapp.invites.rules import calendar
from eventapp.kernel import cached, clock, i18n, limits
from eventapp.kernel.guard import public, requires
from eventapp.kernel.pages import see_other
from eventapp.registrations import commands as people_commands
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


@bp.get("/<slug:event>/sessions/<id:session_id>/calendar.ics")
@public
def session(event: str, session_id: int) -> Response:
    """Give one session as a calendar file."""
    entry = _shown(session_id)
    name = i18n.local(g.event.title, i18n.current())
    content = calendar.publish_ics([entry], name, ZoneInfo(g.event.timezone))
    answer = _calendar(content, "private, max-age=900")
    answer.headers["Content-Disposition"] = f'attachment; filename="{event}-{session_id}.ics"'
    return answer


def _shown(session_id: int) -> calendar.Entry:
    """Return a session that the public programme shows, as its entry."""
    uid = f"session-{session_id}@{queries.domain()}"
    found = (one for one in queries.programme_entries(g.event, i18n.current()) if one.uid == uid)
    entry = next(found, None)
    if entry is None:
        abort(404)
    return entry


@bp.get("/<slug:event>/feed.ics")
@public
def event_feed(event: str) -> Response:
    """Give the whole programme to subscribe to."""
    return _public_feed(i18n.local(g.event.title, i18n.current()))


@bp.get("/<slug:event>/rooms/<id:room_id>/feed.ics")
@public
def room_feed(event: str, room_id: int) -> Response:
    """Give what is held in one room to subscribe to."""
    room = frame.room(room_id)
    if room is None or room.event_id != g.event.id:
        abort(404)
    locale = i18n.current()
    name = f"{i18n.local(room.name, locale)} – {i18n.local(g.event.title, locale)}"
    return _public_feed(name, room_id)


def _public_feed(name: str, room_id: int | None = None) -> Response:
    locale = i18n.current()

    def content() -> bytes:
        entries = queries.programme_entries(g.event, locale, room_id)
        return calendar.feed_ics(entries, name, ZoneInfo(g.event.timezone))

    key = ("feed", g.event.id, g.event.revision, room_id, locale)
    return cached.page(key, content, mimetype="text/calendar")


@bp.post("/<slug:event>/my/calendar")
@requires(Permission.SIGN_UP)
def renew_feed(event: str) -> WerkzeugResponse:
    """Give a participant's calendar a new address; the old one stops."""
    people_commands.renew_feed(g.registration.id, clock.now())
    flash(_("The calendar has a new address; the old one leads nowhere now."), "ok")
    return see_other("desk.mine", event=event)


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
