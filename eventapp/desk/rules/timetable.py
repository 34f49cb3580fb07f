"""Where each session of a day stands in the timetable; pure, for pages of any size."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, pairwise
from typing import Any

MOST_EDGES = 72  # different starts and ends that the style sheet can place in one day
MOST_COLUMNS = 12
TIME_AND_PLACE = ("starts_at", "ends_at", "room_id")
STEP, MOST_STEPS = 300, 24  # seconds of a step in height; a longer stretch gets no more


@dataclass(frozen=True, kw_only=True)
class Placed:
    """A session or a break with the classes that put it in its place; a break is a `pause`."""

    item: Any
    pause: bool
    classes: str


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """A row of the grid: from one edge of the day to the next."""

    starts_at: datetime
    ends_at: datetime
    classes: str


@dataclass(frozen=True, kw_only=True)
class Slot:
    """What begins at one time; `row` is its place in the grid, "" where there is none."""

    starts_at: datetime
    row: str
    entries: Sequence[Placed]


@dataclass(frozen=True, kw_only=True)
class Timetable:
    """A day laid out: rooms as columns and time running down where the style sheet can."""

    grid: bool
    columns: Sequence[Any]
    stretches: Sequence[Stretch]
    slots: Sequence[Slot]


def lay_out(sessions: Sequence[Any], pauses: Sequence[Any], rooms: Sequence[Any]) -> Timetable:
    """Lay a day out; items have `starts_at`, `ends_at` and `room_id`, as attributes or keys.

    Sessions that run side by side stand in the columns of their rooms, the others across all.
    Two at one time in one room, or more than the style sheet can place, leave a plain list.
    """
    ordered = sorted(sessions, key=lambda one: (_of(one, "starts_at"), _of(one, "ends_at")))
    parallel, clash = _side_by_side(ordered)
    used = {_of(one, "room_id") for one in parallel.values()}
    columns = [room for room in rooms if _of(room, "id") in used]
    edges = _edges([*sessions, *pauses])
    grid = not clash and len(edges) <= MOST_EDGES and len(columns) <= MOST_COLUMNS
    place = _Places(edges, [_of(room, "id") for room in columns], parallel) if grid else None
    entries = [(one, False) for one in sessions] + [(one, True) for one in pauses]
    entries.sort(key=lambda entry: _of(entry[0], "starts_at"))
    return Timetable(
        grid=grid,
        columns=columns,
        stretches=list(_stretches(edges)) if grid else [],
        slots=list(_slots(entries, place)),
    )


def _of(item: Any, name: str) -> Any:
    # By the type itself: an abstract one takes four times as long, and every page asks thousands
    # of times.
    return item[name] if type(item) is dict else getattr(item, name)


def _edges(items: Sequence[Any]) -> list[datetime]:
    return sorted({_of(one, name) for one in items for name in ("starts_at", "ends_at")})


def _side_by_side(ordered: Sequence[Any]) -> tuple[dict[int, Any], bool]:
    """Return the sessions that share a moment with another, and whether two share a room then."""
    found: dict[int, Any] = {}
    clash = False
    running: list[tuple[datetime, Any, Any]] = []
    for session in ordered:
        starts_at, ends_at, room_id = (_of(session, name) for name in TIME_AND_PLACE)
        running = [one for one in running if one[0] > starts_at]
        if running:
            found[id(session)] = session
            found |= {id(one): one for _ends_at, _room_id, one in running}
            clash = clash or any(room == room_id for _ends_at, room, _one in running)
        running.append((ends_at, room_id, session))
    return found, clash


def _stretches(edges: Sequence[datetime]) -> Iterator[Stretch]:
    for number, (begin, end) in enumerate(pairwise(edges), start=2):
        steps = min(max(int((end - begin).total_seconds()) // STEP, 1), MOST_STEPS)
        yield Stretch(starts_at=begin, ends_at=end, classes=f"from-{number} min-{steps}")


@dataclass(frozen=True)
class _Places:
    edges: Sequence[datetime]
    room_ids: Sequence[Any]
    parallel: Mapping[int, Any]

    def row(self, moment: datetime) -> int:
        return self.edges.index(moment) + 2

    def of(self, item: Any, *, pause: bool) -> str:
        rows = f"from-{self.row(_of(item, 'starts_at'))} to-{self.row(_of(item, 'ends_at'))}"
        beside = not pause and id(item) in self.parallel and _of(item, "room_id") in self.room_ids
        if not beside:
            return f"{rows} wide"
        return f"{rows} in-room room-{self.room_ids.index(_of(item, 'room_id')) + 1}"


def _slots(entries: Sequence[tuple[Any, bool]], place: _Places | None) -> Iterator[Slot]:
    for begin, group in groupby(entries, key=lambda entry: _of(entry[0], "starts_at")):
        placed = [
            Placed(item=item, pause=pause, classes=_classes(item, place, pause=pause))
            for item, pause in group
        ]
        row = f"from-{place.row(begin)}" if place is not None else ""
        yield Slot(starts_at=begin, row=row, entries=placed)


def _classes(item: Any, place: _Places | None, *, pause: bool) -> str:
    return "wide" if place is None else place.of(item, pause=pause)
