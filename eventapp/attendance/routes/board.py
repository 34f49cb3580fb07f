"""The door at this moment, for whoever leads it, and the list for a head count."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from flask import g, render_template, url_for
from flask_babel import gettext as _

from eventapp.attendance import queries
from eventapp.attendance.queries import CheckpointCount, DoorList
from eventapp.attendance.routes.frame import bp
from eventapp.checkin import queries as doors
from eventapp.events.access import Permission
from eventapp.kernel import boundary, clock, i18n
from eventapp.kernel.guard import requires
from eventapp.programme import queries as programme
from eventapp.programme.models import Session, SessionState, SignUpRule
from eventapp.registrations.models import Registration

REFRESH = 15  # seconds


@bp.get("/<slug:event>/door/board")
@requires(Permission.SEE_PRESENCE)
def board(event: str) -> str:
    """Show who is in and out at each checkpoint, and how people arrive; it renews itself."""
    boundary.keep_private()
    now = clock.now()
    since = i18n.day_start(now)
    sessions = {one.id: one for one in programme.programme(g.event.id)}
    counts = queries.checkpoint_counts(g.event.id, sessions, since)
    inside = {person.id for person, _point, _row in doors.people_inside(g.event.id, now, since)}
    arrived = queries.arrivals(g.event.id, since)
    return render_template(
        "attendance/board.html",
        seconds=REFRESH,
        counts=_of_today(counts, now_day=i18n.day_of(now)),
        inside=len(inside),
        arrivals=arrived,
        most=max((one.people for one in arrived), default=0),
        arrived=sum(one.people for one in arrived),
        door_lists={one.session.id: one for one in _waiting(sessions)},
    )


def _of_today(counts: Sequence[CheckpointCount], now_day: object) -> list[CheckpointCount]:
    """Keep the checkpoints of today's sessions, and those that belong to no session."""
    return [
        one
        for one in counts
        if one.session is None or i18n.day_of(one.session.starts_at) == now_day
    ]


def _waiting(sessions: Mapping[int, Session]) -> list[DoorList]:
    """List the door lists of sessions at whose doors somebody waits."""
    now = clock.now()
    held = [
        one
        for one in sessions.values()
        if one.sign_up is SignUpRule.REQUIRED
        and one.state is SessionState.SCHEDULED
        and one.appointment_minutes is None
        and i18n.day_of(one.starts_at) == i18n.day_of(now)
        and one.ends_at > now
    ]
    return [one for one in queries.door_lists(held) if one.waiting]


@bp.get("/<slug:event>/door/evacuation")
@requires(Permission.SEE_PRESENCE)
def evacuation(event: str) -> str:
    """List who is in the building by name, with what they need, to be printed and ticked."""
    boundary.keep_private()
    now = clock.now()
    found = doors.people_inside(g.event.id, now, i18n.day_start(now))
    people: dict[int, tuple[Registration, list[str], datetime]] = {}
    for person, point, row in found:
        _who, places, since = people.setdefault(person.id, (person, [], row.first_at))
        places.append(i18n.local(point.name))
        people[person.id] = (person, places, min(since, row.first_at))
    rows = list(people.values())
    return render_template(
        "attendance/evacuation.html",
        rows=rows,
        helped=[row for row in rows if row[0].needs],
        back={"text": _("Board of the door"), "url": url_for(".board", event=event)},
    )
