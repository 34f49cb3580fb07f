"""Calendars: the programme to download, and everybody's own feed."""

import hashlib
from zoneinfo import ZoneInfo

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    flash,
    g,
    has_request_context,
    redirect,
    request,
    url_for,
)
from flask_babel import gettext as _
from werkzeug.wrappers import Response as WerkzeugResponse

from eventapp import __version__
from eventapp.directory import commands as directory_commands
from eventapp.directory import queries as directory
from eventapp.directory.models import Person
from eventapp.events import queries as frame
from eventapp.events.access import Permission
from eventapp.events.models import Event
from eventapp.invites import queries, rules
from eventapp.invites.queries import Agenda
from eventapp.invites.rules import calendar
from eventapp.kernel import boundary, cached, clock, facts, i18n, limits
from eventapp.kernel.guard import public, requires
from eventapp.kernel.pages import see_other
from eventapp.programme import queries as plan
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
    locale, gone = i18n.current(), _long_gone(g.event)

    def content() -> bytes:
        entries = queries.programme_entries(g.event, locale, room_id, besides=gone)
        return calendar.feed_ics(entries, name, ZoneInfo(g.event.timezone))

    key = ("feed", g.event.id, g.event.revision, room_id, locale, tuple(sorted(gone)))
    answer = cached.page(key, content, mimetype="text/calendar")
    answer.headers["Cache-Control"] = CACHING
    return answer


def _long_gone(event: Event) -> frozenset[int]:
    """Return the sessions that were called off so long ago that no feed names them any more."""
    key = ("called-off", event.id, event.revision)
    called_off = cached.part(key, lambda: plan.called_off_at(event.id))
    now = clock.now()
    return frozenset(one for one, at in called_off.items() if not rules.still_shown(at, now))


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
    """Give one person's calendar to subscribe to: of an event, or of all that one has to do."""
    found = directory.by_feed(token)
    if found.person is not None:
        agenda = queries.tasks_of(found.person, found.locale, clock.now())
        with i18n.use_locale(found.locale):
            return _own(agenda, _("My tasks at events"))
    taking_part = people.by_feed(token)
    if taking_part.registration is None:
        limits.hit("token-probes", limits.address())
        abort(410 if found.rotated or taking_part.rotated else 404)
    row = taking_part.registration
    event = frame.event(row.event_id)
    if event is None:
        abort(404)
    agenda = queries.agenda(row, event, clock.now())
    with i18n.use_locale(row.locale):
        name = _("%(event)s: my programme", event=i18n.local(event.title, row.locale))
        return _own(agenda, name)


def _own(agenda: Agenda, name: str) -> Response:
    """Answer with one person's calendar, made only for who does not have it in this state."""
    answer = Response(mimetype="text/calendar")
    known = repr((__version__, boundary.base_url(), name, agenda.mark))
    answer.set_etag(hashlib.sha256(known.encode()).hexdigest()[:32])
    answer.headers["Cache-Control"] = CACHING
    if request.if_none_match.contains_weak(answer.get_etag()[0] or ""):
        answer.status_code = 304
    else:
        answer.set_data(calendar.several_ics(agenda.by_zone(), name))
    return answer


# --- calendars of tasks -------------------------------------------------------------------


@bp.post("/speaking/<token>/calendar")
@public
def renew_speakers(token: str) -> WerkzeugResponse:
    """Give a speaker's calendar of tasks a new address; the old one stops."""
    row = plan.speaker_by_link(token)
    if row is None:
        limits.hit("token-probes", limits.address())
        abort(404)
    facts.act_as(f"speaker:{row.id}")
    directory_commands.renew_feed(row.person_id)
    i18n.prefer(row.locale)
    return _renewed(url_for("programme.speaking", token=token))


@bp.post("/account/calendars/<id:person_id>")
@requires(Permission.OWN_ACCOUNT)
def renew_tasks(person_id: int) -> WerkzeugResponse:
    """Give a calendar of the signed-in account's tasks a new address; the old one stops."""
    if all(row.id != person_id for row in queries.busy_people(g.account, clock.now())):
        abort(404)
    directory_commands.renew_feed(person_id)
    return _renewed(url_for("accounts.account"))


def _renewed(page: str) -> WerkzeugResponse:
    flash(_("The calendar has a new address; the old one leads nowhere now."), "ok")
    return redirect(page, code=303)


def install(app: Flask) -> None:
    """Let the pages of those who have tasks show the calendar that follows them."""

    @app.context_processor
    def task_calendars() -> dict[str, object]:
        return {"my_calendars": _calendars} if has_request_context() else {}

    app.jinja_env.globals["webcal"] = rules.webcal


def _calendars() -> list[tuple[Person, str]]:
    """List the calendars of the signed-in account's tasks, with their addresses."""
    rows = queries.busy_people(g.account, clock.now())
    return [(row, directory.feed_url(row, i18n.current())) for row in rows]
