"""Verbs that span slices."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

from eventapp.awards import commands as awards
from eventapp.directory import commands as directory
from eventapp.directory import queries as known
from eventapp.directory import rules as merging
from eventapp.events import commands as events
from eventapp.events import queries as frame
from eventapp.events.models import Event
from eventapp.kernel import copying
from eventapp.kernel.copying import Copying
from eventapp.kernel.db import atomic
from eventapp.kernel.facts import Fact, record
from eventapp.kernel.refusal import Refused
from eventapp.programme import commands as programme
from eventapp.programme.rules.templates import Template
from eventapp.registrations import commands as registrations


class EventCopied(Fact):
    """An event was made like another."""

    kind = "event-copied"


@atomic
def found_from_template(account_id: int, now: datetime, template: Template, **frame_: Any) -> Event:
    """Make an event that begins with a template's programme; *frame_* as `found_event`."""
    event = events.found_event(account_id, now, **frame_)
    programme.plan_template(event.id, template, now)
    return event


@atomic
def found_like(
    account_id: int,
    now: datetime,
    source: Event,
    codes: Collection[str],
    *,
    starts_on: date,
    **frame_: Any,
) -> tuple[Event, Mapping[str, int]]:
    """Make an event like *source*, with the parts named in *codes*; return it and how many of each.

    All dates move by as many days as lie between the two beginnings.
    """
    event = events.found_event(
        account_id, now, starts_on=starts_on, timezone=source.timezone, **frame_
    )
    work = Copying(
        source_id=source.id,
        target_id=event.id,
        zone=source.timezone,
        days=(starts_on - source.starts_on).days,
        now=now,
    )
    _pair_days(work, source, event)
    counts = copying.copy(work, codes)
    record(EventCopied(event_id=event.id, subject=f"event:{source.id}"))
    return event, counts


def _pair_days(work: Copying, source: Event, event: Event) -> None:
    """Let days stand for one another by their distance from the first; names come along."""
    by_distance = {(day.date - event.starts_on).days: day for day in frame.days(event.id)}
    for day in frame.days(source.id):
        other = by_distance.get((day.date - source.starts_on).days)
        if other is not None:
            other.label = dict(day.label)
            work.stands_for("day", day.id, other.id)


@dataclass(frozen=True, kw_only=True)
class OrganisationsMerged(Fact):
    """Two organisations of the host turned out to be one."""

    kind: ClassVar[str] = "organisations-merged"
    kept_id: int
    gone_id: int
    people: int


@atomic
def merge_organisations(kept_id: int, other_id: int, event_id: int, now: datetime) -> int:
    """Let everything of the other organisation belong to the one kept; return how many people."""
    rows = {number: known.organisation(number) for number in (kept_id, other_id)}
    kept, other = rows[kept_id], rows[other_id]
    if kept is None or other is None:
        raise LookupError(f"no organisations {kept_id} and {other_id}")
    if refusal := merging.refuse_merging(kept.id, other.id, kept.nip, other.nip):
        raise Refused(refusal)
    people = registrations.move_organisation(other_id, kept_id)
    awards.move_organisation(other_id, kept_id)
    directory.absorb_organisation(kept_id, other_id, now)
    record(
        OrganisationsMerged(
            event_id=event_id,
            subject=f"organisation:{kept_id}",
            kept_id=kept_id,
            gone_id=other_id,
            people=people,
        )
    )
    return people
