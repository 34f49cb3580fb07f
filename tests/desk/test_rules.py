"""Where sessions and breaks stand in the timetable of a day, and what is on in each room."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest

from eventapp.desk.rules import Timetable, in_rooms, lay_out
from tests.factories import at

ROOMS = [{"id": 1, "name": "A"}, {"id": 2, "name": "B"}, {"id": 3, "name": "C"}]


def held(begin: str, end: str, room: int | None = None) -> dict[str, Any]:
    return {"starts_at": at(begin), "ends_at": at(end), "room_id": room}


def classes(day: Timetable) -> list[str]:
    return [entry.classes for slot in day.slots for entry in slot.entries]


def test_an_empty_day_has_nothing() -> None:
    day = lay_out([], [], ROOMS)

    assert (day.slots, day.stretches, day.columns) == ([], [], [])


def test_what_happens_alone_runs_across_all_rooms() -> None:
    day = lay_out([held("9:00", "10:00", 1), held("10:00", "11:00", 2)], [], ROOMS)

    assert day.columns == []
    assert classes(day) == ["from-2 to-3 wide", "from-3 to-4 wide"]


def test_what_happens_side_by_side_stands_in_its_rooms() -> None:
    sessions = [held("9:00", "10:30", 3), held("9:00", "10:00", 1), held("11:00", "12:00", 2)]

    day = lay_out(sessions, [held("10:30", "11:00", 1)], ROOMS)

    assert [room["name"] for room in day.columns] == ["A", "C"]
    assert classes(day) == [
        "from-2 to-4 in-room room-2",
        "from-2 to-3 in-room room-1",
        "from-4 to-5 wide",
        "from-5 to-6 wide",
    ]
    assert [len(slot.entries) for slot in day.slots] == [2, 1, 1]


def test_side_by_side_without_a_room_runs_across() -> None:
    day = lay_out([held("9:00", "10:00"), held("9:30", "10:30", 1)], [], ROOMS)

    assert classes(day) == ["from-2 to-4 wide", "from-3 to-5 in-room room-1"]


def test_two_at_one_time_in_one_room_leave_a_list() -> None:
    day = lay_out([held("9:00", "10:00", 1), held("9:30", "10:30", 1)], [], ROOMS)

    assert not day.grid
    assert (day.stretches, classes(day)) == ([], ["wide", "wide"])


def test_a_day_too_long_for_the_style_sheet_is_a_list() -> None:
    sessions = [held(f"{8 + n // 12}:{n % 12 * 5:02}", f"{8 + n // 12}:{n % 12 * 5 + 4:02}")
                for n in range(37)]  # fmt: skip

    assert not lay_out(sessions, [], ROOMS).grid
    assert lay_out(sessions[:36], [], ROOMS).grid


@pytest.mark.parametrize(
    ("end", "height"), [("9:03", 1), ("9:05", 1), ("9:45", 9), ("11:00", 24), ("15:00", 24)]
)
def test_a_stretch_is_as_high_as_it_is_long(end: str, height: int) -> None:
    (stretch,) = lay_out([held("9:00", end)], [], ROOMS).stretches

    assert stretch.classes == f"from-2 min-{height}"


# --- what is on now ---------------------------------------------------------------------------


@dataclass(frozen=True)
class One:
    """A session as far as this rule looks."""

    name: str
    starts_at: datetime
    ends_at: datetime
    room_id: int | None
    cancelled: bool = False


DAY = [
    One("opening", at("9:00"), at("10:00"), 1),
    One("talk", at("10:00"), at("11:00"), 1),
    One("called off", at("9:30"), at("10:30"), 2, cancelled=True),
    One("late", at("16:00"), at("17:00"), 2),
    One("stand", at("9:00"), at("12:00"), 3),
    One("tour", at("9:15"), at("9:45"), 3),
    One("walk", at("9:00"), at("9:30"), None),
]


@pytest.mark.parametrize(
    ("clock", "expected"),
    [
        ("8:50", [(1, [], "opening"), (2, [], "late"), (3, [], "stand"), (None, [], "walk")]),
        ("9:00", [(1, ["opening"], "talk"), (2, [], "late"), (3, ["stand"], "tour"),
                  (None, ["walk"], None)]),
        ("9:30", [(1, ["opening"], "talk"), (2, [], "late"), (3, ["stand", "tour"], None)]),
        ("10:00", [(1, ["talk"], None), (2, [], "late"), (3, ["stand"], None)]),
        ("12:00", [(2, [], "late")]),
        ("17:00", []),
    ],
)  # fmt: skip
def test_what_is_on_in_each_room(clock: str, expected: list[Any]) -> None:
    found = in_rooms(DAY, [1, 2, 3, None], at(clock))

    assert [
        (one.room_id, [held.name for held in one.running], getattr(one.following, "name", None))
        for one in found
    ] == expected
