"""Where sessions and breaks stand in the timetable of a day."""

from typing import Any

import pytest

from eventapp.desk.rules import Timetable, lay_out
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
