"""Calendars: the programme to download, and everybody's own feed."""

import hashlib
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, abort, flash, g, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as WerkzeugResponse

from eventapp import __version__
from eventapp.events import queries as frame
from eventapp.events.access import Permission
from eventapp.events.models import Event
from eventapp.invites import queries
from eventapp.invites.rules import calendar
from eventapp.kernel import boundary, cached, clock, i18n, limits
from eventapp.kernel.guard import public, requires
from eventapp.kernel.pages import see_other
from eventapp.registrations import commands as people_commands
from eventapp.registrations import queries as people

bp = Blueprint("invites", __name__)

# Calendars ask every hour or so by themselves; what they hold is nobody else's to hand out.
CACHING = "private, max-age=900"


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
    locale = i18n.current()

    def content() -> bytes:
        name = i18n.local(g.event.title, locale)
        return calendar.publish_ics([_shown(session_id)], name, ZoneInfo(g.event.timezone))

    key = ("session-calendar", g.event.id, g.event.revision, session_id, locale)
    answer = cached.page(key, content, mimetype="text/calendar")
    answer.headers["Cache-Control"] = CACHING
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
    answer = cached.page(key, content, mimetype="text/calendar")
    answer.headers["Cache-Control"] = CACHING
    return answer


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
    found_agenda = queries.agenda(row, event, clock.now())

    def content() -> bytes:
        with i18n.use_locale(row.locale):
            name = _("%(event)s: my programme", event=i18n.local(event.title, row.locale))
        return calendar.feed_ics(found_agenda.entries(), name, ZoneInfo(event.timezone))

    return _own(found_agenda.mark, content)


def _own(mark: tuple[Any, ...], content: Callable[[], bytes]) -> Response:
    """Answer with one person's calendar, made only for who does not have it in this state."""
    answer = Response(mimetype="text/calendar")
    known = repr((__version__, boundary.base_url(), mark))
    answer.set_etag(hashlib.sha256(known.encode()).hexdigest()[:32])
    answer.headers["Cache-Control"] = CACHING
    if request.if_none_match.contains_weak(answer.get_etag()[0] or ""):
        answer.status_code = 304
    else:
        answer.set_data(content())
    return answer
