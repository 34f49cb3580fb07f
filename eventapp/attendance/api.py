"""Who was where for programs, and the minutes that credits."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from flask import Blueprint, Response, g

from eventapp.attendance import queries
from eventapp.attendance.rules import Attended
from eventapp.checkin import queries as doors
from eventapp.checkin.queries import Stay
from eventapp.checkin.rules import Method
from eventapp.events.access import Permission
from eventapp.kernel import boundary, clock, i18n, rest
from eventapp.kernel.guard import requires
from eventapp.kernel.openapi import operation
from eventapp.kernel.refusal import N_
from eventapp.kernel.schema import BadFields, Fault, Shown
from eventapp.kernel.text import full_name

bp = Blueprint("attendance_api", __name__, url_prefix="/api/v1")

DOOR = N_("The door")


class ShownPresence(Shown):
    """One person at one checkpoint; `minutes` is what presence in its session credits."""

    registration: str
    registration_ref: str | None
    name: str
    checkpoint: str
    session: str | None
    inside: bool
    entered_at: datetime
    changed_at: datetime
    minutes: int | None


@bp.get("/events/<slug:event>/presence")
@requires(Permission.SEE_PRESENCE)
@operation(
    N_("List who was where, and the minutes it credits"),
    about=DOOR,
    answers={200: list[ShownPresence]},
    lists=True,
)
def presence(event: str) -> Response:
    """List people at checkpoints, with the minutes credited in the sessions behind them."""
    asked, now = rest.window(), clock.now()
    rows = doors.stays(
        g.event.id,
        now,
        i18n.day_start(now),
        after=_place(asked.after),
        limit=asked.limit + 1,
    )
    minutes = _minutes({stay.person.id for stay in rows})
    zone = g.event.timezone
    return rest.listed(
        rows,
        asked,
        lambda stay: _shown_stay(stay, minutes, zone),
        key=lambda stay: f"{stay.person.id}-{stay.checkpoint.id}",
    )


def _place(after: str) -> tuple[int, int]:
    if not after:
        return 0, 0
    registration_id, checkpoint_id = (
        boundary.read_id(part) for part in (*after.split("-"), "")[:2]
    )
    if registration_id is None or checkpoint_id is None:
        sentence = N_("This has another form than expected.")
        raise BadFields([Fault("?after", "bad-format", sentence)])
    return registration_id, checkpoint_id


def _minutes(registration_ids: set[int]) -> dict[tuple[int, int], int]:
    found = queries.presence(g.event.id, registration_ids=registration_ids)
    return {(one.registration_id, one.session_id): one.minutes for one in found}


def _shown_stay(stay: Stay, minutes: Mapping[tuple[int, int], int], zone: str) -> ShownPresence:
    person, session_id = stay.person, stay.checkpoint.session_id
    return ShownPresence(
        registration=str(person.id),
        registration_ref=person.ref,
        name=full_name(person.title, person.first_name, person.last_name),
        checkpoint=str(stay.checkpoint.id),
        session=str(session_id) if session_id is not None else None,
        inside=stay.inside,
        entered_at=i18n.local_time(stay.presence.first_at, zone),
        changed_at=i18n.local_time(stay.presence.changed_at, zone),
        minutes=minutes.get((person.id, session_id), 0) if session_id is not None else None,
    )


class ShownAttendance(Shown):
    """One person in one session: what counts, and whether somebody corrected what the door saw."""

    registration: str
    session: str
    minutes: int
    source: Method
    came_at: datetime | None
    left_at: datetime | None
    corrected: bool


@bp.get("/events/<slug:event>/attendance")
@requires(Permission.SEE_PRESENCE)
@operation(
    N_("List the minutes that people are credited in sessions, corrections included"),
    about=DOOR,
    answers={200: list[ShownAttendance]},
    lists=True,
)
def attendance(event: str) -> Response:
    """List who was in which session: what evidence and certificates count."""
    asked = rest.window()
    place = _place(asked.after)
    rows = _behind(queries.presence(g.event.id), place)[: asked.limit + 1]
    zone = g.event.timezone
    return rest.listed(
        rows,
        asked,
        lambda one: _shown_attendance(one, zone),
        key=lambda one: f"{one.registration_id}-{one.session_id}",
    )


def _behind(rows: Sequence[Attended], place: tuple[int, int]) -> list[Attended]:
    return [one for one in rows if (one.registration_id, one.session_id) > place]


def _shown_attendance(one: Attended, zone: str) -> ShownAttendance:
    return ShownAttendance(
        registration=str(one.registration_id),
        session=str(one.session_id),
        minutes=one.minutes,
        source=one.source,
        came_at=i18n.moment(one.came_at, zone),
        left_at=i18n.moment(one.left_at, zone),
        corrected=one.correction is not None,
    )
