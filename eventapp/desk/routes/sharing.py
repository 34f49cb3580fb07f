"""The programme for other sites: as JSON, as a part of their pages, as data for search engines."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from flask import Response, g, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from eventapp.desk.routes.frame import bp, public_key
from eventapp.desk.routes.words import kind_name
from eventapp.events import queries as frame
from eventapp.events.access import Permission
from eventapp.events.models import Event, Organiser, Venue
from eventapp.kernel import boundary, cached, i18n
from eventapp.kernel.guard import public, requires
from eventapp.programme import queries as programme
from eventapp.programme import rules as seats
from eventapp.programme.models import Break, Session, SessionState, SignUpRule
from eventapp.programme.rules import topics

COMPONENT = "js/embed.js"
STATUS = {
    SessionState.SCHEDULED: "https://schema.org/EventScheduled",
    SessionState.CANCELLED: "https://schema.org/EventCancelled",
}


@bp.get("/<slug:event>/programme.json")
@public
def programme_json(event: str) -> Response:
    """Give the programme to programs: the current release, with seats as they are now."""
    answer = cached.page(
        public_key("programme.json"), lambda: _json(_programme()), mimetype="application/json"
    )
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer


@bp.get("/<slug:event>/desk/embed")
@requires(Permission.MANAGE_EVENT)
def embed(event: str) -> str:
    """Say how the programme gets onto the organiser's own site, and show it as it looks there."""
    boundary.keep_private()
    return render_template(
        "desk/embed.html",
        component=boundary.absolute("static", filename=COMPONENT),
        data=boundary.absolute("desk.programme_json", event=event),
        page=boundary.absolute("desk.programme", event=event),
        preview=url_for("desk.programme_json", event=event),
    )


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _programme() -> Mapping[str, Any]:
    releases = programme.releases(g.event.id)
    return {
        "event": {
            "slug": g.event.slug,
            "title": dict(g.event.title),
            "url": boundary.absolute("desk.programme", event=g.event.slug),
            "starts_on": g.event.starts_on.isoformat(),
            "ends_on": g.event.ends_on.isoformat(),
            "timezone": g.event.timezone,
            "release": releases[0].number if releases else None,
            "more": _in_each(lambda: _("Whole programme and sign-up")),
        },
        "days": [
            {"date": day.date.isoformat(), "label": dict(day.label)}
            for day in frame.days(g.event.id)
        ],
        "sessions": [_session(row) for row in programme.programme(g.event.id)],
        "breaks": [_break(row) for row in programme.breaks(g.event.id)],
    }


def _session(row: Session) -> Mapping[str, Any]:
    cancelled = row.state is SessionState.CANCELLED
    return {
        "id": str(row.id),
        "title": dict(row.activity.title),
        "abstract": dict(row.activity.abstract),
        "topics": [dict(topic) for topic in topics.distinct(row.activity.topics)],
        "kind": row.activity.kind.value,
        "kind_name": _in_each(lambda: kind_name(row.activity.kind)),
        "starts_at": _at(row.starts_at),
        "ends_at": _at(row.ends_at),
        "room": dict(row.room.name) if row.room is not None else None,
        "venue": dict(row.room.venue.name) if row.room is not None else None,
        "speakers": [programme.name_of(named.speaker.person) for named in row.speakers],
        "cancelled": cancelled,
        "sign_up": row.sign_up.value,
        "seats_left": _seats_left(row),
        "waiting": row.waiting,
        "seats": _in_each(lambda: _("called off") if cancelled else _seats(row)),
        "url": boundary.absolute("desk.session_page", event=g.event.slug, session_id=row.id),
    }


def _break(row: Break) -> Mapping[str, Any]:
    return {
        "title": dict(row.title),
        "starts_at": _at(row.starts_at),
        "ends_at": _at(row.ends_at),
        "room": dict(row.room.name) if row.room is not None else None,
    }


def _at(moment: datetime) -> str:
    return i18n.local_time(moment).isoformat()


def _in_each(say: Callable[[], str]) -> dict[str, str]:
    """Return what *say* says in each language."""
    found = {}
    for locale in i18n.LOCALES:
        with i18n.use_locale(locale):
            found[locale] = say()
    return found


def _seats_left(row: Session) -> int | None:
    return seats.seats_left(row) if row.sign_up is not SignUpRule.NONE else None


def _seats(row: Session) -> str:
    """Return the one line of seats; nothing where nobody counts them."""
    left = _seats_left(row)
    if left is None:
        return ""
    if row.waiting:
        return _("waiting list: %(num)s", num=row.waiting)
    return ngettext("%(num)s place", "%(num)s places", left) if left else _("no places left")


# --- what search engines read -----------------------------------------------------------------


def event_data(event: Event) -> Mapping[str, Any]:
    """Describe an event in the words of Schema.org, in the reader's language."""
    venues = frame.venues(event.id)
    return _without_gaps(
        {
            "@context": "https://schema.org",
            "@type": "Event",
            "name": i18n.local(event.title),
            "description": i18n.local(event.description) or i18n.local(event.subtitle),
            "startDate": event.starts_on.isoformat(),
            "endDate": event.ends_on.isoformat(),
            "eventStatus": STATUS[SessionState.SCHEDULED],
            "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
            "inLanguage": i18n.current(),
            "url": boundary.absolute("desk.home", event=event.slug),
            "location": [_place(venue) for venue in venues],
            "organizer": [_organisation(row) for row in frame.organisers(event.id)],
        }
    )


def session_data(event: Event, row: Session) -> Mapping[str, Any]:
    """Describe one session in the same words, as a part of its event."""
    left = _seats_left(row)
    return _without_gaps(
        {
            "@context": "https://schema.org",
            "@type": "EducationEvent",
            "name": i18n.local(row.activity.title),
            "description": i18n.local(row.activity.abstract),
            "startDate": _at(row.starts_at),
            "endDate": _at(row.ends_at),
            "eventStatus": STATUS[row.state],
            "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
            "inLanguage": row.activity.language,
            "url": boundary.absolute("desk.session_page", event=event.slug, session_id=row.id),
            "location": _place(row.room.venue, i18n.local(row.room.name)) if row.room else None,
            "performer": [
                {"@type": "Person", "name": programme.name_of(named.speaker.person)}
                for named in row.speakers
            ],
            "maximumAttendeeCapacity": seats.effective_capacity(row) if left is not None else None,
            "remainingAttendeeCapacity": left,
            "superEvent": {
                "@type": "Event",
                "name": i18n.local(event.title),
                "startDate": event.starts_on.isoformat(),
                "endDate": event.ends_on.isoformat(),
                "location": _place(row.room.venue) if row.room else None,
                "url": boundary.absolute("desk.home", event=event.slug),
            },
        }
    )


def _place(venue: Venue, room: str = "") -> Mapping[str, Any]:
    name = i18n.local(venue.name)
    return {
        "@type": "Place",
        "name": f"{name}, {room}" if room else name,
        "address": {
            "@type": "PostalAddress",
            "streetAddress": venue.street,
            "postalCode": venue.postcode,
            "addressLocality": venue.city,
        },
    }


def _organisation(row: Organiser) -> Mapping[str, Any]:
    return {"@type": "Organization", "name": i18n.local(row.name)}


def _without_gaps(values: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, "", [])}
