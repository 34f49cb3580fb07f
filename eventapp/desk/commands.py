"""Verbs that span slices."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
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
from eventapp.kernel.db import atomic, db
from eventapp.kernel.facts import Fact, record
from eventapp.kernel.refusal import Refused
from eventapp.programme import commands as programme
from eventapp.programme.rules.templates import Template
from eventapp.registrations import commands as registrations
from eventapp.registrations import queries as people
from eventapp.registrations.commands import Announced
from eventapp.registrations.rules.many import ManyRefusal
from eventapp.signups import commands as signups
from eventapp.signups import queries as places
from eventapp.signups.commands.steps import lock_sessions
from eventapp.signups.models import State as Place


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


# --- many people at once --------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Seated:
    """What came of adding many to a session: seats, places in the queue, and who has neither."""

    seated: Sequence[int]
    queued: Sequence[int]
    refused: Mapping[int, Refused]

    def mark(self) -> str:
        """Return a short mark of it, to find out whether it would still come so."""
        said = (list(self.seated), list(self.queued), sorted(self.refused))
        return sha256(repr(said).encode()).hexdigest()[:16]


class _Tried(Exception):
    def __init__(self, came_of_it: Seated) -> None:
        super().__init__()
        self.came_of_it = came_of_it


def try_seats(session_id: int, registration_ids: Collection[int], now: datetime) -> Seated:
    """Return what `seat_many` would do: it is done, looked at, and rolled back."""
    try:
        _try_seats(session_id, registration_ids, now)
    except _Tried as tried:
        return tried.came_of_it
    raise AssertionError("unreachable")


@atomic
def _try_seats(session_id: int, registration_ids: Collection[int], now: datetime) -> None:
    raise _Tried(_seats(session_id, registration_ids, now))


@atomic
def seat_many(
    session_id: int, registration_ids: Collection[int], now: datetime, *, seen: str | None = None
) -> Seated:
    """Add people to a session in the order in which they registered; its rules hold for each.

    *seen* is the mark of what was tried before: refused when it comes otherwise by now.
    """
    done = _seats(session_id, registration_ids, now)
    if seen is not None and seen != done.mark():
        raise Refused(ManyRefusal.OTHERS_CHANGED)
    return done


def _seats(session_id: int, registration_ids: Collection[int], now: datetime) -> Seated:
    people.lock_all(registration_ids)
    lock_sessions([session_id, *places.sessions_of(registration_ids)])
    seated: list[int] = []
    queued: list[int] = []
    refused: dict[int, Refused] = {}
    for number in people.in_turn(registration_ids):
        try:
            with db.session.begin_nested():
                taken = signups.enter(session_id, number, now)
        except Refused as refusal:
            refused[number] = refusal
        else:
            (seated if taken.state is Place.CONFIRMED else queued).append(number)
    return Seated(seated=seated, queued=queued, refused=refused)


@atomic
def announce(event_id: int, decision_ids: Collection[int], now: datetime) -> Announced:
    """Announce decisions, with the sessions locked in which places are given up for them."""
    decided = people.open_decisions(event_id, decision_ids)
    numbers = [one.registration_id for one in decided]
    people.lock_all(numbers)
    lock_sessions(places.sessions_of(numbers))
    return registrations.announce(event_id, decision_ids, now)


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
