"""What of a programme another event can begin with; all of it as a draft."""

from eventapp.directory import commands as directory
from eventapp.events import queries as frame
from eventapp.events.models import Event
from eventapp.kernel.copying import Copying, Part
from eventapp.kernel.db import db
from eventapp.kernel.refusal import N_
from eventapp.programme import queries
from eventapp.programme.commands.breaks import draft_break
from eventapp.programme.commands.planning import draft_again, draft_session, note_down
from eventapp.programme.commands.sessions import add_speaker
from eventapp.programme.models import Kind
from eventapp.programme.rules.planned import SPEAKERS, WORDS, Planned, planned, planned_break

OWN = (
    "capacity", "appointment_minutes", "sign_up", "waiting_list", "break_minutes",
    "counts_for_certificate", "compulsory",
)  # fmt: skip


def _speakers(copying: Copying) -> int:
    target = db.session.get_one(Event, copying.target_id)
    rows = queries.speakers(copying.source_id)
    for row in rows:
        person = row.person
        if person.host_id != target.host_id:
            person = directory.keep_person(
                target.host_id, title=person.title, first_name=person.first_name,
                last_name=person.last_name, email=person.email,
            )  # fmt: skip
        # When somebody can come is said anew for each event.
        made = add_speaker(
            copying.target_id, person.id, bio=row.bio, topics=row.topics, locale=row.locale
        )
        copying.stands_for("speaker", row.id, made.id)
    return len(rows)


def _programme(copying: Copying) -> int:
    days = {day.date for day in frame.days(copying.target_id)}
    held = [one for row in queries.plan(copying.source_id) if (one := planned(row)).is_held]
    for one in held:
        _session(copying, one, fits=copying.day(one.starts_at) in days)
    pauses = map(planned_break, queries.planned_breaks(copying.source_id))
    for pause in pauses:
        if pause.is_held and copying.day(pause.starts_at) in days:
            draft_break(
                copying.target_id,
                copying.now,
                starts_at=copying.moment(pause.starts_at),
                ends_at=copying.moment(pause.ends_at),
                title=pause.title,
                room_id=copying.new("room", pause.room_id),
            )
    return len(held)


def _session(copying: Copying, one: Planned, *, fits: bool) -> None:
    """Plan a session like *one*; what finds no day waits for one, once for each activity."""
    activity_id = copying.new("activity", one.activity_id)
    if not fits:
        if activity_id is None:
            row = note_down(copying.target_id, copying.now, title=one.title, kind=Kind(one.kind))
            copying.stands_for("activity", one.activity_id, row.id)
        return
    values = {name: getattr(one, name) for name in OWN}
    values |= {
        "starts_at": copying.moment(one.starts_at),
        "ends_at": copying.moment(one.ends_at),
        "room_id": copying.new("room", one.room_id),
        "sign_up_opens_at": copying.maybe(one.sign_up_opens_at),
        "sign_up_closes_at": copying.maybe(one.sign_up_closes_at),
        SPEAKERS: tuple(
            new for old in one.speaker_ids if (new := copying.new("speaker", old)) is not None
        ),
    }
    if activity_id is not None:
        made = draft_again(activity_id, copying.now, **values)
    else:
        words = {name: getattr(one, name) for name in WORDS}
        made = draft_session(copying.target_id, copying.now, **words, **values)
        copying.stands_for("activity", one.activity_id, made.activity_id)
    copying.stands_for("session", one.id, made.id)


PARTS = (
    Part("speakers", N_("speakers, without the times at which they can come"), _speakers),
    Part("programme", N_("programme and breaks, as a draft"), _programme),
)
