"""Presence as a fold over scans: the same for any order of arrival."""

from datetime import datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from eventapp.checkin.rules import (
    Direction,
    Passage,
    Policy,
    ScanCode,
    Stand,
    code_of_offline,
    stand_after,
)
from tests.factories import at

RE_ENTRY, SINGLE, DAILY, MULTIPLE = (
    Policy.RE_ENTRY_AFTER_EXIT,
    Policy.SINGLE,
    Policy.ONCE_PER_DAY,
    Policy.MULTIPLE,
)


def midnight(moment: datetime) -> datetime:
    """Return when the day of a moment began in Warsaw."""
    return moment.astimezone(at("0:00").tzinfo).replace(hour=0, minute=0, second=0, microsecond=0)


def one(clock: str, way: str = "in", device: int = 1, day: int = 1) -> Passage:
    """Return a passage; its scan is named for its clock and device."""
    name = f"{day}-{clock}-{device}"
    return Passage(at=at(clock, day), device=device, seq=0, scan_id=name, entry=way == "in")


def told(stand: Stand) -> tuple[bool, str, list[tuple[str, str]]]:
    """Return whether somebody is in, since which scan, and what clashes with what."""
    first = stand.first.scan_id if stand.first is not None else ""
    return stand.inside, first, [(later.scan_id, one.scan_id) for later, one in stand.clashes]


def folded(passages: list[Passage], policy: Policy = RE_ENTRY, *, daily: bool = True) -> Stand:
    return stand_after(passages, policy, midnight, closes_daily=daily)


CASES = [
    # Nobody, an entry, an entry and an exit, an exit alone.
    (RE_ENTRY, [], (False, "", [])),
    (RE_ENTRY, [one("9:00")], (True, "1-9:00-1", [])),
    (RE_ENTRY, [one("9:00"), one("10:00", "out")], (False, "1-9:00-1", [])),
    (RE_ENTRY, [one("9:00", "out")], (False, "", [])),
    # Two doors admit one badge: the earliest stands, both are inside, one conflict.
    (
        RE_ENTRY,
        [one("9:00"), one("9:05", device=2)],
        (True, "1-9:00-1", [("1-9:05-2", "1-9:00-1")]),
    ),
    # Out in between, and nothing clashes.
    (
        RE_ENTRY,
        [one("9:00"), one("9:02", "out"), one("9:05", device=2)],
        (True, "1-9:05-2", []),
    ),
    # Nobody scans out in the evening: at the event's door the next day is a new one.
    (RE_ENTRY, [one("9:00"), one("9:00", day=2)], (True, "2-9:00-1", [])),
    (SINGLE, [one("9:00"), one("9:02", "out"), one("9:05")],
     (True, "1-9:00-1", [("1-9:05-1", "1-9:00-1")])),
    (DAILY, [one("9:00"), one("9:02", "out"), one("9:05")],
     (True, "1-9:00-1", [("1-9:05-1", "1-9:00-1")])),
    (DAILY, [one("9:00"), one("9:05", day=2)], (True, "2-9:05-1", [])),
    (MULTIPLE, [one("9:00"), one("9:05", device=2)], (True, "1-9:05-2", [])),
]  # fmt: skip


@pytest.mark.parametrize(("policy", "passages", "expected"), CASES)
def test_every_order_of_arrival_gives_one_state(
    policy: Policy, passages: list[Passage], expected: tuple[bool, str, list[tuple[str, str]]]
) -> None:
    for order in permutations(passages):
        assert told(folded(list(order), policy)) == expected


def test_a_session_past_midnight_goes_on() -> None:
    night = [one("23:00"), one("0:30", device=2, day=2)]

    assert told(folded(night, daily=False)) == (True, "1-23:00-1", [("2-0:30-2", "1-23:00-1")])
    assert told(folded(night)) == (True, "2-0:30-2", [])


passages_ = some.lists(
    some.builds(
        lambda minute, device, seq, entry: Passage(
            at=at("9:00") + timedelta(minutes=minute),
            device=device,
            seq=seq,
            scan_id=f"{device}-{seq}-{minute}-{entry}",
            entry=entry,
        ),
        some.integers(0, 3000),
        some.integers(1, 3),
        some.integers(0, 5),
        some.booleans(),
    ),
    max_size=9,
    unique_by=lambda passage: passage.scan_id,
)


@given(passages_, some.sampled_from(Policy), some.randoms())
def test_shuffled_arrivals_give_one_state(passages, policy, shuffling) -> None:
    shuffled = list(passages)
    shuffling.shuffle(shuffled)

    stand = folded(passages, policy)

    assert folded(shuffled, policy) == stand
    assert stand.inside == (bool(passages) and max(passages, key=lambda p: p.order).entry)


OK, OUT, IN = ScanCode.OK, ScanCode.OUT, Direction.ENTRY
SAID: list[tuple[ScanCode | None, ScanCode | None, Direction, ScanCode]] = [
    # Whom a device let in is inside, whatever the rules say by now.
    (OK, None, IN, OK),
    (None, None, IN, OK),
    (OK, ScanCode.REVOKED, IN, OK),
    (None, ScanCode.CANCELLED, IN, OK),
    # Whom it sent away is not, even if the server would have let them in.
    (ScanCode.NOT_ELIGIBLE, None, IN, ScanCode.NOT_ELIGIBLE),
    (ScanCode.ALREADY_IN, None, IN, ScanCode.ALREADY_IN),
    (ScanCode.DUPLICATE_RECENT, None, IN, ScanCode.DUPLICATE_RECENT),
    # Who leaves has left, also where the device knew of no entry.
    (OUT, None, Direction.EXIT, OUT),
    (ScanCode.ALREADY_OUT, None, Direction.EXIT, OUT),
    (None, ScanCode.CANCELLED, Direction.EXIT, OUT),
    # A code that is nobody's, or another event's, lets nobody in.
    (OK, ScanCode.INVALID_CODE, IN, ScanCode.INVALID_CODE),
    (OK, ScanCode.WRONG_EVENT, IN, ScanCode.WRONG_EVENT),
]


@pytest.mark.parametrize(("said", "refused", "direction", "kept"), SAID)
def test_what_was_said_at_the_door_is_kept(
    said: ScanCode | None, refused: ScanCode | None, direction: Direction, kept: ScanCode
) -> None:
    assert code_of_offline(said, refused, direction) is kept
