"""A programme to begin with, put into the draft of an empty event."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from eventapp.events import queries as frame
from eventapp.events.models import Event
from eventapp.kernel import journal, zones
from eventapp.kernel.db import atomic, db
from eventapp.programme.commands.breaks import draft_break
from eventapp.programme.commands.planning import draft_session, note_down
from eventapp.programme.models import Kind
from eventapp.programme.rules.templates import Slot, Template

TEMPLATE = "template"


@atomic
def plan_template(event_id: int, template: Template, now: datetime) -> int | None:
    """Put a template's sessions and breaks into the draft.

    What finds no day in the event waits for one. Returns the fact of the act, which can be undone.
    """
    event = db.session.get_one(Event, event_id)
    days = {day.date for day in frame.days(event_id)}
    with journal.together(event_id, TEMPLATE) as act:
        for slot in template.slots:
            on = event.starts_on + timedelta(days=slot.day)
            title = {"pl": slot.title[0], "en": slot.title[1]}
            if on in days:
                _plan(event, slot, title, on, now)
            elif slot.kind != Kind.BREAK:
                note_down(event_id, now, title=title, kind=Kind(slot.kind))
    return act.fact_id


def _plan(event: Event, slot: Slot, title: dict[str, str], on: date, now: datetime) -> None:
    zone = ZoneInfo(event.timezone)
    starts_at, ends_at = _at(on, slot.begins, zone), _at(on, slot.ends, zone)
    if slot.kind == Kind.BREAK:
        draft_break(event.id, now, title=title, starts_at=starts_at, ends_at=ends_at)
        return
    draft_session(
        event.id,
        now,
        title=title,
        starts_at=starts_at,
        ends_at=ends_at,
        kind=slot.kind,
        sign_up=slot.sign_up,
        waiting_list=slot.sign_up == "required",
        capacity=slot.capacity,
        counts_for_certificate=slot.counts,
    )


def _at(on: date, clock: str, zone: ZoneInfo) -> datetime:
    hour, minute = (int(part) for part in clock.split(":"))
    return zones.moment_of(datetime.combine(on, time(hour, minute)), zone, zones.EARLIER)
