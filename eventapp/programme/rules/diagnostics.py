"""What is wrong with a draft of the programme, found before anybody is hit by it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from eventapp.kernel.refusal import N_
from eventapp.programme.rules.planned import Planned


class Severity(StrEnum):
    """Whether a finding must be mended or acknowledged before a release, or only looked at."""

    ERROR = "error"
    WARNING = "warning"


class Fault(StrEnum):
    """What can be wrong."""

    ROOM_TAKEN = "room-taken"
    SPEAKER_BUSY = "speaker-busy"
    SPEAKER_AWAY = "speaker-away"
    OUTSIDE_DAYS = "outside-days"
    CAPACITY_BELOW_CONFIRMED = "capacity-below-confirmed"
    CAPACITY_ABOVE_ROOM = "capacity-above-room"
    NO_ROOM = "no-room"
    NO_SPEAKER = "no-speaker"
    TRAVEL = "travel"
    TURN_ROUND = "turn-round"
    OVER_MEAL = "over-meal"
    NO_BREAK = "no-break"
    SIGN_UPS_CLASH = "sign-ups-clash"
    NEED_UNMET = "need-unmet"


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
    """What keeps a speaker busy besides sessions: the jury, a door shift, another event."""

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
    """A person with a seat in a session who moves in a wheelchair."""

    session_id: int
    name: str


@dataclass(frozen=True, kw_only=True)
class Frame:
    """All that a draft is measured against. Days are local dates; `zone` names the time zone.

    `speakers` maps ids to names, `away` to the spans in which they can come (none: always);
    `meals` are breaks long enough to eat in, with their titles.
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


# What each finding says; the desk fills the places in the reader's language.
SENTENCES = {
    Fault.ROOM_TAKEN: N_("“%(title)s” and “%(other)s” are in %(room)s at the same time."),
}


def diagnose(sessions: Sequence[Planned], frame: Frame) -> list[Finding]:
    """List what is wrong with a draft, errors first, then in the order of the programme."""
    return []
