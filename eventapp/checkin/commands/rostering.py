"""Who is to stand where, and when: shifts planned before the day, and taken back."""

from datetime import datetime

from eventapp.checkin import queries, rules
from eventapp.checkin.commands.facts import ShiftDropped, ShiftPlanned
from eventapp.checkin.models import Checkpoint, PlannedShift
from eventapp.checkin.rules import CheckinRefusal
from eventapp.directory import commands as directory
from eventapp.directory import queries as people
from eventapp.directory.models import CommitmentKind
from eventapp.events.models import Event
from eventapp.kernel import i18n
from eventapp.kernel.db import atomic, db
from eventapp.kernel.facts import record
from eventapp.kernel.refusal import Refused

# What the person's calendar calls it.
DUTY = {"pl": "Dyżur", "en": "Door shift"}


@atomic
def plan_shift(
    checkpoint_id: int,
    name: str,
    email: str,
    now: datetime,
    *,
    starts_at: datetime,
    ends_at: datetime,
) -> PlannedShift:
    """Let a member of the team stand at a checkpoint; it keeps them busy and is in their calendar.

    Nobody can stand there while they speak, judge or stand elsewhere.
    """
    door = db.session.get_one(Checkpoint, checkpoint_id)
    if refusal := rules.refuse_span(starts_at, ends_at):
        raise Refused(refusal)
    host_id = db.session.get_one(Event, door.event_id).host_id
    person = directory.keep_member(host_id, name, email)
    people.lock_person(person.id)
    if busy := people.clashes(person.id, starts_at, ends_at):
        raise Refused(CheckinRefusal.SHIFT_CLASHES, name=name, title=busy[0].label)
    row = PlannedShift(
        event_id=door.event_id,
        checkpoint_id=door.id,
        person_id=person.id,
        starts_at=starts_at,
        ends_at=ends_at,
    )
    db.session.add(row)
    db.session.flush()
    directory.commit(
        person.id,
        door.event_id,
        CommitmentKind.SHIFT,
        _source(row),
        {locale: f"{word}: {i18n.local(door.name, locale)}" for locale, word in DUTY.items()},
        starts_at,
        ends_at,
    )
    record(ShiftPlanned(event_id=row.event_id, subject=f"checkpoint:{door.id}", shift_id=row.id))
    return row


@atomic
def drop_shift(shift_id: int, now: datetime) -> None:
    """Take a planned shift back; the person's calendar says so for a fortnight."""
    row = queries.planned_shift(shift_id)
    if row is None:
        return
    directory.free(row.person_id, CommitmentKind.SHIFT, _source(row))
    record(
        ShiftDropped(
            event_id=row.event_id, subject=f"checkpoint:{row.checkpoint_id}", shift_id=row.id
        )
    )
    db.session.delete(row)


def _source(row: PlannedShift) -> str:
    return f"planned-shift:{row.id}"
