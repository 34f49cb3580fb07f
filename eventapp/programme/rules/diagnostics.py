"""What is wrong with a draft of the programme, found before anybody is hit by it.

Every finding is either an error, which holds a release up until it is mended or may stand for a
reason, or a warning. Sessions that are not held never count; touching ends do not overlap.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from eventapp.kernel.refusal import N_
from eventapp.programme.rules.planned import Planned, held
from eventapp.programme.rules.seats import overbooked

TURN_ROUND = timedelta(minutes=10)
LONGEST_RUN = timedelta(minutes=180)  # without a pause of TURN_ROUND for whoever leads
MEAL = timedelta(minutes=40)  # a break this long is one to eat in
MOST_NAMES = 20

LED = frozenset({"workshop", "lecture", "training", "panel"})
INDOORS = LED | {"plenary", "ceremony"}
BESIDE_MEALS = frozenset({"registration", "networking"})
BREAK = "break"  # planned as a session, it takes nobody's room or time


class Severity(StrEnum):
    """Whether a finding must be mended or acknowledged before a release, or only looked at."""

    ERROR = "error"
    WARNING = "warning"


class Fault(StrEnum):
    """What can be wrong."""

    OUTSIDE_DAYS = "outside-days"
    CAPACITY_BELOW_CONFIRMED = "capacity-below-confirmed"
    ROOM_TAKEN = "room-taken"
    SPEAKER_BUSY = "speaker-busy"
    ON_DUTY = "on-duty"
    SPEAKER_AWAY = "speaker-away"
    SIGN_UPS_CLASH = "sign-ups-clash"
    NEED_UNMET = "need-unmet"
    CAPACITY_ABOVE_ROOM = "capacity-above-room"
    NO_ROOM = "no-room"
    NO_SPEAKER = "no-speaker"
    TRAVEL = "travel"
    TURN_ROUND = "turn-round"
    OVER_MEAL = "over-meal"
    NO_BREAK = "no-break"


ERRORS = frozenset(
    {
        Fault.OUTSIDE_DAYS,
        Fault.CAPACITY_BELOW_CONFIRMED,
        Fault.ROOM_TAKEN,
        Fault.SPEAKER_BUSY,
        Fault.ON_DUTY,
    }
)

# What each finding says; its places are filled in the reader's language.
SENTENCES = {
    Fault.OUTSIDE_DAYS: N_("“%(title)s” starts on a day that the event does not have."),
    Fault.CAPACITY_BELOW_CONFIRMED: N_(
        "“%(title)s”: places %(capacity)s, but taken already %(confirmed)s."
    ),
    Fault.ROOM_TAKEN: N_("“%(title)s” and “%(other)s” are in one room at one time: %(room)s."),
    Fault.SPEAKER_BUSY: N_("%(name)s leads “%(title)s” and “%(other)s” at one time."),
    Fault.ON_DUTY: N_("%(name)s leads “%(title)s” but is busy then: “%(other)s”."),
    Fault.SPEAKER_AWAY: N_("%(name)s leads “%(title)s” but cannot come at that time."),
    Fault.SIGN_UPS_CLASH: N_(
        "“%(title)s” and “%(other)s” overlap; people who have a place in both: %(names)s."
    ),
    Fault.NEED_UNMET: N_(
        "%(name)s uses a wheelchair and has a place in “%(title)s”, "
        "but there are steps on the way to %(room)s."
    ),
    Fault.CAPACITY_ABOVE_ROOM: N_(
        "“%(title)s”: places %(capacity)s, but %(room)s holds only %(room_capacity)s."
    ),
    Fault.NO_ROOM: N_("“%(title)s” has no room yet."),
    Fault.NO_SPEAKER: N_("Nobody leads “%(title)s” yet."),
    Fault.TRAVEL: N_(
        "%(name)s: only %(minutes)s min to get from “%(title)s” to “%(other)s” in another building."
    ),
    Fault.TURN_ROUND: N_(
        "Only %(minutes)s min lie between “%(title)s” and “%(other)s” in one room: %(room)s."
    ),
    Fault.OVER_MEAL: N_("“%(title)s” is held during “%(other)s”."),
    Fault.NO_BREAK: N_(
        "%(name)s leads sessions for %(minutes)s min without a break, from “%(title)s” on."
    ),
}


# --- what a draft is measured against ---------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class RoomFrame:
    """A room as the diagnostics see it; `wheelchair` is None where nobody has said."""

    id: int
    venue_id: int
    name: Mapping[str, str]
    capacity: int | None
    wheelchair: bool | None
    parallel: bool


@dataclass(frozen=True, kw_only=True)
class Duty:
    """What keeps a speaker busy besides sessions: the jury, a seat of their own, another event."""

    speaker_id: int
    label: Mapping[str, str]
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, kw_only=True)
class Seated:
    """One person with a confirmed seat in several sessions; ids of sessions."""

    person_id: int
    name: str
    session_ids: Sequence[int]


@dataclass(frozen=True, kw_only=True)
class Need:
    """A person in a wheelchair who has a seat in a session."""

    session_id: int
    name: str


@dataclass(frozen=True, kw_only=True)
class Frame:
    """All that a draft is measured against.

    `days` are local dates in the time zone `zone`; `speakers` maps ids to names, `can_come` ids to
    the spans in which they can come (who is missing can always); `pauses` are breaks: start, end
    and title.
    """

    zone: str
    days: Sequence[date]
    rooms: Mapping[int, RoomFrame]
    speakers: Mapping[int, str]
    can_come: Mapping[int, Sequence[tuple[datetime, datetime]]] = field(default_factory=dict)
    duties: Sequence[Duty] = ()
    pauses: Sequence[tuple[datetime, datetime, Mapping[str, str]]] = ()
    seated: Sequence[Seated] = ()
    needs: Sequence[Need] = ()
    travel_minutes: int = 20


# --- what comes of it -------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that is wrong: where, and what the sentence about it names.

    `key` stays the same while the same thing is wrong, so that it can be acknowledged.
    """

    fault: Fault
    severity: Severity
    session_ids: Sequence[int]
    details: Mapping[str, Any]
    key: str


def diagnose(sessions: Sequence[Planned], frame: Frame) -> list[Finding]:
    """List what is wrong with a draft, errors first, then in the order of the programme."""
    running = held([_in_utc(one) for one in sessions if one.kind != BREAK])
    place = {session.id: number for number, session in enumerate(running)}
    found = [one for check in CHECKS for one in check(running, frame)]
    found.sort(key=lambda one: (one.severity is not Severity.ERROR, place[one.session_ids[0]]))
    return found


def _in_utc(session: Planned) -> Planned:
    """Return a session whose times compare as moments; in one zone clocks would be compared."""
    return replace(
        session,
        starts_at=session.starts_at.astimezone(UTC),
        ends_at=session.ends_at.astimezone(UTC),
    )


def _finding(
    fault: Fault, sessions: Sequence[Planned], *, about: object = "", **details: Any
) -> Finding:
    first, *others = sessions
    named = {"title": first.title} | ({"other": others[0].title} if others else {})
    ids = [session.id for session in sessions]
    told = f"{fault.value}:{'-'.join(map(str, ids))}:{about}"
    return Finding(
        fault=fault,
        severity=Severity.ERROR if fault in ERRORS else Severity.WARNING,
        session_ids=ids,
        details={**named, **details},
        key=told if len(told) <= 200 else f"{fault.value}:{_digest(told)}",
    )


def _digest(told: str) -> str:
    return hashlib.sha256(told.encode()).hexdigest()[:32]


Check = Callable[[Sequence[Planned], Frame], Iterator[Finding]]


# --- one session by itself --------------------------------------------------------------------


def outside_days(sessions: Sequence[Planned], frame: Frame) -> Iterator[Finding]:
    """Find sessions on days that the event does not have."""
    zone, days = ZoneInfo(frame.zone), set(frame.days)
    for session in sessions:
        if session.starts_at.astimezone(zone).date() not in days:
            yield _finding(Fault.OUTSIDE_DAYS, [session])


def capacities(sessions: Sequence[Planned], frame: Frame) -> Iterator[Finding]:
    """Find sessions with fewer places than are given, or more than the room holds."""
    for session in sessions:
        room, own = frame.rooms.get(session.room_id or 0), session.capacity
        holds = room.capacity if room is not None else None
        limit = own if own is not None else holds
        if limit is not None and overbooked(limit, session.overbooking_percent) < session.confirmed:
            numbers = {"capacity": limit, "confirmed": session.confirmed}
            yield _finding(Fault.CAPACITY_BELOW_CONFIRMED, [session], about=limit, **numbers)
        if room is not None and own is not None and holds is not None and own > holds:
            numbers = {"capacity": own, "room_capacity": holds}
            about = (own, room.id)
            yield _finding(
                Fault.CAPACITY_ABOVE_ROOM, [session], about=about, room=room.name, **numbers
            )


def unfinished(sessions: Sequence[Planned], _frame: Frame) -> Iterator[Finding]:
    """Find sessions that still lack a room or somebody who leads them."""
    for session in sessions:
        if session.kind in INDOORS and session.room_id is None:
            yield _finding(Fault.NO_ROOM, [session])
        if session.kind in LED and not session.speaker_ids:
            yield _finding(Fault.NO_SPEAKER, [session])


def over_meals(sessions: Sequence[Planned], frame: Frame) -> Iterator[Finding]:
    """Find sessions that are held while people eat."""
    meals = [one for one in frame.pauses if one[1] - one[0] >= MEAL]
    for session in sessions:
        for begin, end, title in meals:
            overlap = session.starts_at < end and begin < session.ends_at
            pauses = timedelta(minutes=session.break_minutes) >= end - begin
            if overlap and not pauses and session.kind not in BESIDE_MEALS:
                about = begin.isoformat()
                yield _finding(Fault.OVER_MEAL, [session], about=about, other=title)


def unmet_needs(sessions: Sequence[Planned], frame: Frame) -> Iterator[Finding]:
    """Find people in wheelchairs whose session is in a room that only steps lead to."""
    by_id = {session.id: session for session in sessions}
    for need in frame.needs:
        session = by_id.get(need.session_id)
        room = frame.rooms.get(session.room_id or 0) if session is not None else None
        if session is not None and room is not None and room.wheelchair is False:
            about = f"{room.id}:{_digest(need.name)[:12]}"
            yield _finding(Fault.NEED_UNMET, [session], about=about, name=need.name, room=room.name)


# --- rooms ------------------------------------------------------------------------------------


def rooms_taken(sessions: Sequence[Planned], frame: Frame) -> Iterator[Finding]:
    """Find rooms that hold two sessions at one time, and rooms without time to turn round."""
    for room_id, own in _by_room(sessions).items():
        room = frame.rooms.get(room_id)
        if room is None or room.parallel:
            continue
        for one, other in _clashing(own):
            yield _finding(Fault.ROOM_TAKEN, [one, other], about=room_id, room=room.name)
        for one, other in pairwise(own):
            yield from _turn_round(one, other, room)


def _turn_round(one: Planned, other: Planned, room: RoomFrame) -> Iterator[Finding]:
    gap = other.starts_at - one.ends_at
    # Whoever needs no place stays seated between two talks.
    stays = one.sign_up == other.sign_up == "none" or one.activity_id == other.activity_id
    if timedelta(0) <= gap < TURN_ROUND and not stays:
        minutes = int(gap.total_seconds() // 60)
        yield _finding(Fault.TURN_ROUND, [one, other], about=room.id, room=room.name,
                       minutes=minutes)  # fmt: skip


def _by_room(sessions: Sequence[Planned]) -> Mapping[int, list[Planned]]:
    found: dict[int, list[Planned]] = defaultdict(list)
    for session in sessions:
        if session.room_id is not None:
            found[session.room_id].append(session)
    return found


# --- speakers ---------------------------------------------------------------------------------


def speakers(sessions: Sequence[Planned], frame: Frame) -> Iterator[Finding]:
    """Find speakers in two places at once, on the way between buildings, or without a break."""
    for speaker_id, own in _by_speaker(sessions).items():
        name = frame.speakers.get(speaker_id, "")
        for one, other in _clashing(own):
            yield _finding(Fault.SPEAKER_BUSY, [one, other], about=speaker_id, name=name)
        for one, other in pairwise(own):
            yield from _on_the_way(one, other, frame, speaker_id)
        yield from _without_break(own, speaker_id, name)


def _on_the_way(one: Planned, other: Planned, frame: Frame, speaker_id: int) -> Iterator[Finding]:
    here, there = (frame.rooms.get(session.room_id or 0) for session in (one, other))
    gap = other.starts_at - one.ends_at
    if here is None or there is None or here.venue_id == there.venue_id:
        return
    if timedelta(0) <= gap < timedelta(minutes=frame.travel_minutes):
        name, minutes = frame.speakers.get(speaker_id, ""), int(gap.total_seconds() // 60)
        yield _finding(Fault.TRAVEL, [one, other], about=speaker_id, name=name, minutes=minutes)


def _without_break(own: Sequence[Planned], speaker_id: int, name: str) -> Iterator[Finding]:
    run: list[Planned] = []
    for session in own:
        if run and session.starts_at - run[-1].ends_at >= TURN_ROUND:
            yield from _too_long(run, speaker_id, name)
            run = []
        run.append(session)
    yield from _too_long(run, speaker_id, name)


def _too_long(run: Sequence[Planned], speaker_id: int, name: str) -> Iterator[Finding]:
    if not run or any(session.break_minutes for session in run):
        return
    length = max(session.ends_at for session in run) - run[0].starts_at
    if length > LONGEST_RUN:
        minutes = int(length.total_seconds() // 60)
        yield _finding(Fault.NO_BREAK, run, about=speaker_id, name=name, minutes=minutes)


def duties(sessions: Sequence[Planned], frame: Frame) -> Iterator[Finding]:
    """Find speakers who are busy otherwise, or cannot come, when they are to lead a session."""
    busy: dict[int, list[Duty]] = defaultdict(list)
    for duty in frame.duties:
        busy[duty.speaker_id].append(duty)
    for session in sessions:
        for speaker_id in session.speaker_ids:
            yield from _on_duty(session, speaker_id, frame, busy[speaker_id])
            if not _can_come(session, frame.can_come.get(speaker_id)):
                name = frame.speakers.get(speaker_id, "")
                yield _finding(Fault.SPEAKER_AWAY, [session], about=speaker_id, name=name)


def _on_duty(
    session: Planned, speaker_id: int, frame: Frame, busy: Sequence[Duty]
) -> Iterator[Finding]:
    for duty in busy:
        if session.starts_at < duty.ends_at and duty.starts_at < session.ends_at:
            about = f"{speaker_id}:{duty.starts_at.isoformat()}"
            name = frame.speakers.get(speaker_id, "")
            yield _finding(Fault.ON_DUTY, [session], about=about, name=name, other=duty.label)


def _can_come(session: Planned, spans: Sequence[tuple[datetime, datetime]] | None) -> bool:
    return not spans or any(
        begin <= session.starts_at and session.ends_at <= end for begin, end in _joined(spans)
    )


def _joined(spans: Sequence[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """Return spans of which one begins where another ends as one."""
    joined: list[tuple[datetime, datetime]] = []
    for begin, end in sorted(spans):
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((begin, end))
    return joined


def _by_speaker(sessions: Sequence[Planned]) -> Mapping[int, list[Planned]]:
    found: dict[int, list[Planned]] = defaultdict(list)
    for session in sessions:
        for speaker_id in session.speaker_ids:
            found[speaker_id].append(session)
    return found


# --- people who signed up ---------------------------------------------------------------------


def sign_ups(sessions: Sequence[Planned], frame: Frame) -> Iterator[Finding]:
    """Find people with a place in two sessions that would overlap, and say who they are."""
    by_id = {session.id: session for session in sessions}
    hit: dict[tuple[int, int], list[str]] = defaultdict(list)
    for person in frame.seated:
        own = held([by_id[one] for one in person.session_ids if one in by_id])
        for one, other in _clashing(own):
            hit[one.id, other.id].append(person.name)
    for (one_id, other_id), names in hit.items():
        pair = [by_id[one_id], by_id[other_id]]
        about = _digest("|".join(sorted(names)))
        yield _finding(Fault.SIGN_UPS_CLASH, pair, about=about, names=_listed(names))


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(sorted(names)[:MOST_NAMES])
    return f"{shown} … (+{len(names) - MOST_NAMES})" if len(names) > MOST_NAMES else shown


# --- steps ------------------------------------------------------------------------------------


def _clashing(ordered: Sequence[Planned]) -> Iterator[tuple[Planned, Planned]]:
    """Yield the pairs that share a moment, of sessions in the order of their starts."""
    running: list[Planned] = []
    for session in ordered:
        running = [one for one in running if one.ends_at > session.starts_at]
        for one in running:
            yield one, session
        running.append(session)


CHECKS: Sequence[Check] = (
    outside_days,
    capacities,
    rooms_taken,
    speakers,
    duties,
    sign_ups,
    unmet_needs,
    unfinished,
    over_meals,
)
