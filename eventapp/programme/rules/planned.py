"""The working draft: what sessions and breaks are going to be once the draft is released.

A session's columns are what everybody knows. Beside them its row, and its activity's, may hold
`staged` values: those that the draft says otherwise. Values are kept as JSON: times in ISO 8601,
enums by their codes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from enum import Enum
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from eventapp.programme.models import Activity, Break, Session

# What a session says itself, and what it has from its activity.
OWN = (
    "state",
    "starts_at",
    "ends_at",
    "room_id",
    "capacity",
    "appointment_minutes",
    "sign_up",
    "waiting_list",
    "sign_up_opens_at",
    "sign_up_closes_at",
    "break_minutes",
    "counts_for_certificate",
    "compulsory",
)
WORDS = ("title", "abstract", "kind", "language", "topics")
SPEAKERS = "speaker_ids"
LISTS = frozenset({"topics", SPEAKERS})
TIMES = frozenset({"starts_at", "ends_at", "sign_up_opens_at", "sign_up_closes_at"})
PLACE = ("starts_at", "ends_at", "room_id")
BREAK = ("state", "title", *PLACE)

DRAFT, SCHEDULED, CANCELLED, REMOVED = "draft", "scheduled", "cancelled", "removed"


@dataclass(frozen=True, kw_only=True)
class Planned:
    """One session as the draft, or the current release, has it; enums by their codes."""

    id: int
    activity_id: int
    state: str
    title: Mapping[str, str]
    abstract: Mapping[str, str]
    kind: str
    language: str
    topics: tuple[Mapping[str, str], ...]
    starts_at: datetime
    ends_at: datetime
    room_id: int | None
    speaker_ids: tuple[int, ...]
    capacity: int | None
    sign_up: str
    waiting_list: bool
    sign_up_opens_at: datetime | None
    sign_up_closes_at: datetime | None
    break_minutes: int
    counts_for_certificate: bool
    compulsory: bool
    confirmed: int
    waiting: int
    appointment_minutes: int | None = None
    overbooking_percent: int = 0

    @property
    def is_held(self) -> bool:
        """Tell whether the session takes place by this version of the programme."""
        return self.state in {DRAFT, SCHEDULED}


@dataclass(frozen=True, kw_only=True)
class PlannedBreak:
    """One break as the draft, or the current release, has it."""

    id: int
    state: str
    title: Mapping[str, str]
    starts_at: datetime
    ends_at: datetime
    room_id: int | None

    @property
    def is_held(self) -> bool:
        """Tell whether the break takes place by this version of the programme."""
        return self.state in {DRAFT, SCHEDULED}


EDITABLE = (*OWN, *WORDS, SPEAKERS)
Entry = TypeVar("Entry", Planned, PlannedBreak)


def current(session: "Session") -> Planned:
    """Return a session as everybody knows it."""
    return _of(session, {})


def planned(session: "Session") -> Planned:
    """Return a session as the draft has it."""
    return _of(session, decode({**(session.activity.staged or {}), **(session.staged or {})}))


def current_break(row: "Break") -> PlannedBreak:
    """Return a break as everybody knows it."""
    return _break_of(row, {})


def planned_break(row: "Break") -> PlannedBreak:
    """Return a break as the draft has it."""
    return _break_of(row, decode(row.staged or {}))


def _break_of(row: "Break", otherwise: Mapping[str, Any]) -> PlannedBreak:
    values = {name: _plain(getattr(row, name)) for name in BREAK}
    return PlannedBreak(id=row.id, **{**values, **otherwise})


def planned_title(activity: "Activity") -> Mapping[str, str]:
    """Return what the draft calls an activity."""
    staged: Mapping[str, Any] = activity.staged or {}
    title: Mapping[str, str] = staged.get("title", activity.title)
    return title


def _of(session: "Session", otherwise: Mapping[str, Any]) -> Planned:
    activity: Activity = session.activity
    values = {name: _plain(getattr(session, name)) for name in OWN}
    values |= {name: _plain(getattr(activity, name)) for name in WORDS}
    values[SPEAKERS] = tuple(named.speaker_id for named in session.speakers)
    values |= otherwise
    return Planned(
        id=session.id,
        activity_id=session.activity_id,
        confirmed=session.confirmed,
        waiting=session.waiting,
        overbooking_percent=session.overbooking_percent or 0,
        **values,
    )


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(value)
    return value.value if isinstance(value, Enum) else value


def encode(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values as JSON holds them."""
    return {name: _encoded(value) for name, value in values.items()}


def _encoded(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, tuple | list):
        return list(value)
    return dict(value) if isinstance(value, Mapping) else _plain(value)


def decode(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values as rules compare them; the opposite of `encode`."""
    return {name: _decoded(name, value) for name, value in values.items()}


def _decoded(name: str, value: Any) -> Any:
    if name in TIMES and value is not None:
        return datetime.fromisoformat(value)
    return tuple(value) if name in LISTS else value


def values_of(one: Planned | PlannedBreak) -> dict[str, Any]:
    """Return all that an edit may name, as JSON holds it."""
    return encode({name: getattr(one, name) for name in _names(one)})


def differing(before: Entry, after: Entry) -> list[str]:
    """Name what two versions of one thing say differently, in the order of the form."""
    return [name for name in _names(before) if getattr(before, name) != getattr(after, name)]


def _names(one: Planned | PlannedBreak) -> list[str]:
    return [field.name for field in fields(one) if field.name in EDITABLE]


def held(sessions: Sequence[Planned]) -> list[Planned]:
    """List the sessions that take place, in the order of the programme."""
    held = [session for session in sessions if session.is_held]
    return sorted(held, key=lambda session: (session.starts_at, session.ends_at, session.id))
