"""Who was where for programs, and the minutes that credits."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from flask import Blueprint, Response, abort, g
from flask_babel import gettext as _

from eventapp.attendance import commands, queries
from eventapp.attendance.rules import Attended, ReleaseRefusal, releasing
from eventapp.attendance.rules.releasing import Prospect
from eventapp.checkin import queries as doors
from eventapp.checkin.access import current_device, hand, may_stand
from eventapp.checkin.queries import Stay
from eventapp.checkin.rules import Method
from eventapp.events.access import Permission
from eventapp.kernel import boundary, clock, i18n, rest
from eventapp.kernel.guard import requires
from eventapp.kernel.openapi import operation
from eventapp.kernel.pages import sentence
from eventapp.kernel.refusal import N_, Refused
from eventapp.kernel.schema import BadFields, Fault, Shown
from eventapp.kernel.text import full_name
from eventapp.programme import queries as programme
from eventapp.programme.models import Session
from eventapp.signups.rules import SignUpRefusal

bp = Blueprint("attendance_api", __name__, url_prefix="/api/v1")

DOOR = N_("The door")


def event_of_door(checkpoint_id: int, registration_id: int = 0) -> int | None:
    """Return the id of the event that a checkpoint belongs to; a person may be in its path."""
    return doors.event_of_checkpoint(checkpoint_id)


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


class ShownProspect(Shown):
    """How somebody who was turned away stands at a session's door, and whether a place is theirs.

    `position` counts from 1; `left` is how many of the `waiting` can be given a place now,
    `refusal` why there is none for this person.
    """

    position: int
    waiting: int
    left: int
    refusal: str | None
    sentence: str
    may_seat: bool


class ShownSeat(Shown):
    """A place in a session that somebody at its door was given."""

    session: str
    registration: str


@bp.get("/checkpoints/<id:checkpoint_id>/door-list/<id:registration_id>")
@requires(Permission.CHECK_IN, event_of_door)
@operation(
    N_("Ask whether somebody who was turned away can have a place"),
    about=DOOR,
    answers={200: ShownProspect},
)
def prospect(checkpoint_id: int, registration_id: int) -> Response:
    """Tell how somebody stands at the door of a session."""
    session = _session_behind(checkpoint_id)
    found = queries.door_list(session).prospect(registration_id)
    refusal = releasing.refuse_seat(session, found, clock.now())
    return rest.answered(
        ShownProspect(
            position=found.position,
            waiting=found.waiting,
            left=found.left,
            refusal=refusal.value if refusal is not None else None,
            sentence=_prospect_words(found, refusal),
            may_seat=refusal is None and hand().is_lead,
        )
    )


def _prospect_words(found: Prospect, refusal: ReleaseRefusal | None) -> str:
    """Return in one or two sentences what can be done."""
    turn = ""
    if found.waiting > 1 and found.position:
        turn = _("%(position)d. of %(waiting)d at this door.",
                 position=found.position, waiting=found.waiting)  # fmt: skip
    if refusal is not None:
        said = sentence(Refused(refusal, left=found.left))
    elif hand().is_lead:
        said = _("There is a place for this person.")
    else:
        said = _("There is a place for this person: call the head of reception.")
    return f"{said} {turn}".strip()


@bp.post("/checkpoints/<id:checkpoint_id>/door-list/<id:registration_id>/seat")
@requires(Permission.CHECK_IN, event_of_door)
@operation(
    N_("Give somebody who was turned away a place; their badge opens the door then"),
    about=DOOR,
    answers={200: ShownSeat},
    refuses=(ReleaseRefusal, SignUpRefusal),
    repeats=True,
)
def seat(checkpoint_id: int, registration_id: int) -> Response:
    """Give a place to somebody at the door; the lead's right."""
    session_id = _session_behind(checkpoint_id).id
    if not hand().is_lead:
        abort(403)
    now = clock.now()
    rest.once(lambda: _seated(session_id, registration_id, now))
    return rest.answered(ShownSeat(session=str(session_id), registration=str(registration_id)))


def _seated(session_id: int, registration_id: int, now: datetime) -> dict[str, str]:
    commands.seat_at_door(session_id, registration_id, now)
    return {}


def _session_behind(checkpoint_id: int) -> Session:
    """Return the session at whose door the caller stands; another door is none of theirs."""
    device, door = current_device(), doors.door(checkpoint_id)
    if device is not None and not may_stand(device, checkpoint_id):
        abort(403)
    session_id = door.session_id if door is not None else None
    found = programme.session_anew(session_id) if session_id is not None else None
    return found if found is not None else abort(404)


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
