"""The fold over scans and corrections, and what may be corrected, tapped, released, signed."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventapp.attendance.models import Correction
from eventapp.attendance.rules import (
    Change,
    CorrectionRefusal,
    Difference,
    ListState,
    ReleaseRefusal,
    TapRefusal,
    lists,
    releasing,
    taking,
)
from eventapp.attendance.rules import presence as rules
from eventapp.attendance.rules.presence import Seen
from eventapp.attendance.rules.releasing import Turned, Unused
from eventapp.checkin.rules import Method, Move, ScanCode, Span

WARSAW = ZoneInfo("Europe/Warsaw")
GRACE = timedelta(minutes=15)
PERSON = 7


def clock(text: str) -> datetime:
    hour, minute = (int(part) for part in text.split(":"))
    return datetime(2027, 6, 16, hour, minute, tzinfo=WARSAW).astimezone(UTC)


def span(start: str, end: str, support: int) -> Span:
    return Span(clock(start), clock(end), support)


def seen(texts: str, method: Method = Method.QR) -> list[Seen]:
    """Read `+9:00 -9:50` as an entry and an exit."""
    return [
        Seen(Move(clock(text[1:]), "", number, entry=text[0] == "+"), method)
        for number, text in enumerate(texts.split())
    ]


def said(number: int, change: Change, **columns: Any) -> Correction:
    given = {"registration_id": PERSON, "session_id": 1, "method": Method.MANUAL}
    return Correction(id=number, change=change, **{**given, **columns})


ONE = {1: span("9:00", "11:00", 120)}
BREAK = {1: span("9:00", "12:15", 165)}  # three hours and a quarter, half an hour of it a break
TWO = {1: span("9:00", "12:00", 180), 2: span("9:00", "12:00", 180)}
LATER = {1: span("9:00", "12:00", 180), 2: span("12:00", "13:00", 60)}


@pytest.mark.parametrize(
    ("spans", "scans", "expected"),
    [
        (ONE, {1: "+9:00 -9:50 +10:05"}, {1: 105}),
        ({1: span("9:00", "10:30", 90)}, {1: "+9:10"}, {1: 90}),
        ({1: span("9:00", "10:30", 90)}, {1: "+9:20"}, {1: 70}),
        (ONE, {1: "+9:15"}, {1: 120}),
        (ONE, {1: "+9:16"}, {1: 104}),
        (ONE, {1: "+8:40 -8:55"}, {1: 0}),
        (ONE, {1: "+8:40"}, {1: 120}),
        (ONE, {1: "-9:30"}, {}),
        (ONE, {1: "+9:00 +9:30"}, {1: 120}),
        (ONE, {1: "+9:00 -10:59"}, {1: 119}),
        (ONE, {1: "+9:00 -11:20"}, {1: 120}),
        (ONE, {1: "+10:59"}, {1: 1}),
        (BREAK, {1: "+9:00"}, {1: 165}),
        (BREAK, {1: "+9:20 -12:00"}, {1: 130}),
        (BREAK, {1: "+12:00"}, {1: 0}),
        (TWO, {1: "+9:00", 2: "+10:00"}, {1: 60, 2: 120}),
        (TWO, {1: "+9:00 +11:00", 2: "+10:00"}, {1: 120, 2: 60}),
        (TWO, {1: "+9:00 -9:30", 2: "+10:00"}, {1: 30, 2: 120}),
        (LATER, {1: "+9:00", 2: "+11:55"}, {1: 180, 2: 60}),
    ],
    ids=str,
)
def test_minutes_follow_from_the_moves(
    spans: dict[int, Span], scans: dict[int, str], expected: dict[int, int]
) -> None:
    known = {number: seen(texts) for number, texts in scans.items()}

    found = rules.attended(PERSON, known, spans, {}, GRACE)

    assert {one.session_id: one.minutes for one in found} == expected


@pytest.mark.parametrize(
    ("starts", "ends", "minutes"),
    [("2026-10-25T01:30", "2026-10-25T03:30", 180), ("2027-03-28T01:30", "2027-03-28T03:30", 60)],
)
def test_the_nights_when_clocks_change_are_as_long_as_they_are(
    starts: str, ends: str, minutes: int
) -> None:
    start, end = (
        datetime.fromisoformat(text).replace(tzinfo=WARSAW).astimezone(UTC)
        for text in (starts, ends)
    )
    known = {1: [Seen(Move(start, "", 1, entry=True), Method.QR)]}

    found = rules.attended(PERSON, known, {1: Span(start, end, minutes)}, {}, GRACE)

    assert [one.minutes for one in found] == [minutes]


def test_times_and_source_are_those_of_the_first_entry() -> None:
    known = {1: seen("+9:05 -9:50 +10:05")}

    (found,) = rules.attended(PERSON, known, ONE, {}, GRACE)

    assert (found.came_at, found.left_at) == (clock("9:05"), clock("11:00"))
    assert (found.source, found.exit_known) == (Method.QR, False)


WHOLE = said(1, Change.INTERVAL, came_at=clock("9:00"), left_at=clock("11:00"))
HALF = said(2, Change.MINUTES, minutes=60)
GONE = said(3, Change.ABSENT)
FINE = said(3, Change.AS_IT_IS)


@pytest.mark.parametrize(
    ("scans", "corrections", "expected"),
    [
        ("+10:00", [WHOLE], 120),
        ("", [WHOLE], 120),
        ("+9:00", [HALF], 60),
        ("", [HALF], 60),
        ("+9:00", [GONE], None),
        ("", [GONE], None),
        ("+9:00", [FINE], 120),
        ("", [FINE], None),
        ("+9:00", [HALF, WHOLE], 60),
        ("+9:00", [WHOLE, HALF, said(9, Change.UNDONE, undoes_id=2)], 120),
        ("+10:00", [WHOLE, said(9, Change.UNDONE, undoes_id=1)], 60),
        ("", [HALF, said(9, Change.UNDONE, undoes_id=2)], None),
        ("+9:00", [said(4, Change.INTERVAL, came_at=clock("9:20"), left_at=clock("10:20"))], 60),
    ],
)
def test_the_last_standing_correction_counts(
    scans: str, corrections: list[Correction], expected: int | None
) -> None:
    found = rules.attended(PERSON, {1: seen(scans)}, ONE, {1: corrections}, GRACE)

    assert [one.minutes for one in found] == ([] if expected is None else [expected])


def test_a_correction_of_a_session_that_is_gone_counts_nothing() -> None:
    assert rules.attended(PERSON, {}, {}, {1: [WHOLE]}, GRACE) == []


@given(st.permutations([WHOLE, HALF, GONE, said(8, Change.UNDONE, undoes_id=3)]))
def test_corrections_count_in_the_order_of_their_rows(rows: list[Correction]) -> None:
    assert rules.standing(rows) is HALF


@pytest.mark.parametrize(
    ("now", "given_", "expected"),
    [
        ("10:00", {"reason": "  "}, CorrectionRefusal.REASON_MISSING),
        ("8:59", {}, CorrectionRefusal.NOT_BEGUN),
        ("10:00", {"minutes": 121}, CorrectionRefusal.TOO_MANY_MINUTES),
        ("10:00", {"minutes": -1}, CorrectionRefusal.TOO_MANY_MINUTES),
        ("10:00", {"minutes": 120}, None),
        ("10:00", {"change": Change.ABSENT}, None),
        ("10:00", {"came": "10:00", "left": "10:00"}, CorrectionRefusal.BACKWARDS),
        ("10:00", {"came": "7:00", "left": "9:00"}, CorrectionRefusal.OUTSIDE),
        ("10:00", {"came": "11:00", "left": "12:00"}, CorrectionRefusal.OUTSIDE),
        ("10:00", {"came": "8:50", "left": "10:30"}, None),
    ],
)
def test_what_may_be_corrected(
    now: str, given_: dict[str, Any], expected: CorrectionRefusal | None
) -> None:
    times = "came" in given_
    refusal = rules.refuse_correction(
        ONE[1],
        clock(now),
        reason=given_.get("reason", "lista"),
        change=given_.get("change", Change.INTERVAL if times else Change.MINUTES),
        minutes=given_.get("minutes"),
        came_at=clock(given_["came"]) if times else None,
        left_at=clock(given_["left"]) if times else None,
    )
    assert refusal is expected


# --- taps -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "held", "expected"),
    [
        ("8:44", True, TapRefusal.TOO_EARLY),
        ("8:45", True, None),
        ("11:15", True, None),
        ("11:16", True, TapRefusal.TOO_LATE),
        ("10:00", False, TapRefusal.CALLED_OFF),
    ],
)
def test_taps_are_taken_during_the_session(now: str, held: bool, expected: object) -> None:
    assert taking.refuse_tap(ONE[1], GRACE, clock(now), is_held=held) is expected


@pytest.mark.parametrize(
    ("now", "just_now", "left_before", "expected"),
    [
        ("9:40", False, False, "9:00"),
        ("9:40", True, False, "9:40"),
        ("9:40", False, True, "9:40"),
        ("8:50", False, False, "8:50"),
        ("11:10", True, False, "11:00"),
    ],
)
def test_who_is_here_was_here_from_the_start(
    now: str, just_now: bool, left_before: bool, expected: str
) -> None:
    found = taking.came_at(ONE[1], clock(now), just_now=just_now, left_before=left_before)
    assert found == clock(expected)


@pytest.mark.parametrize("code", list(ScanCode))
def test_a_verdict_that_leaves_somebody_here_counts(code: ScanCode) -> None:
    assert taking.counts(code) is (code in {"ok", "already-in", "duplicate-recent"})


# --- the door list ----------------------------------------------------------------------------


def test_who_stood_at_the_door_first_is_first() -> None:
    turned = [
        Turned(3, clock("9:02"), 9),
        Turned(1, clock("8:55"), 2),
        Turned(2, clock("8:50"), 1),
        Turned(3, clock("8:40"), 3),
        Turned(4, clock("7:59"), 4),
        Turned(5, clock("8:41"), 5),
    ]
    found = releasing.waiting(turned, inside=[5], starts_at=clock("9:00"))
    assert [one.registration_id for one in found] == [3, 2, 1]


def test_the_place_taken_last_goes_first() -> None:
    unused = [Unused(1, 11, 4), Unused(2, 12, 9), Unused(3, 13, 5)]

    assert releasing.next_pair(unused, [70, 80]) == (unused[1], 70)
    assert releasing.next_pair(unused, []) is None
    assert releasing.next_pair([], [70]) is None


@pytest.mark.parametrize(
    ("position", "free", "unused", "expected"),
    [
        (1, 1, 0, None),
        (1, 0, 1, None),
        (2, 1, 1, None),
        (7, None, 0, None),
        (2, 0, 1, ReleaseRefusal.OTHERS_FIRST),
        (1, 0, 0, ReleaseRefusal.NONE_LEFT),
        (0, 3, 0, ReleaseRefusal.NOT_AT_DOOR),
    ],
)
def test_a_place_at_the_door_is_for_whose_turn_it_is(
    position: int, free: int | None, unused: int, expected: ReleaseRefusal | None
) -> None:
    session: Any = SimpleNamespace(
        state="scheduled", sign_up="required", appointment_minutes=None,
        starts_at=clock("9:00"), ends_at=clock("10:00"),
    )  # fmt: skip
    prospect = releasing.Prospect(position=position, waiting=7, free=free, unused=unused)
    assert releasing.refuse_seat(session, prospect, clock("9:10")) is expected
    assert releasing.refuse_seat(session, prospect, clock("8:59")) is ReleaseRefusal.NOT_BEGUN


@pytest.mark.parametrize(
    ("own", "has_own", "event", "expected"),
    [
        (None, False, None, None),
        (None, False, 10, "9:10"),
        (5, True, 10, "9:05"),
        (None, True, 10, None),
        (0, True, None, "9:00"),
    ],
)
def test_a_session_has_its_own_word(
    own: int | None, has_own: bool, event: int | None, expected: str | None
) -> None:
    found = releasing.due_at(clock("9:00"), own, has_own=has_own, event=event)
    assert found == (clock(expected) if expected else None)


@pytest.mark.parametrize(
    ("now", "columns", "expected"),
    [
        ("8:59", {}, ReleaseRefusal.NOT_BEGUN),
        ("9:00", {}, None),
        ("10:59", {}, None),
        ("11:00", {}, ReleaseRefusal.IS_OVER),
        ("9:30", {"state": "cancelled"}, ReleaseRefusal.CALLED_OFF),
        ("9:30", {"sign_up": "none"}, ReleaseRefusal.NO_LIST),
        ("9:30", {"appointment_minutes": 20}, ReleaseRefusal.NO_LIST),
    ],
)
def test_when_places_are_released(now: str, columns: dict[str, Any], expected: object) -> None:
    given_ = {
        "state": "scheduled",
        "sign_up": "required",
        "appointment_minutes": None,
        "starts_at": clock("9:00"),
        "ends_at": clock("11:00"),
    }
    session: Any = SimpleNamespace(**{**given_, **columns})
    assert releasing.refuse_release(session, clock(now)) is expected


@pytest.mark.parametrize(
    ("text", "expected"), [("9:00", "9:00"), ("9:14", "9:00"), ("9:59", "9:45")]
)
def test_quarters(text: str, expected: str) -> None:
    assert releasing.quarter(clock(text) + timedelta(seconds=31)) == clock(expected)


# --- lists ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("9:00", "11:00", "9:00–10:00 10:00–11:00"),
        ("9:00", "10:30", "9:00–10:00 10:00–10:30"),
        ("9:00", "10:15", "9:00–10:15"),
        ("9:00", "9:20", "9:00–9:20"),
        ("9:30", "12:45", "9:30–10:30 10:30–11:30 11:30–12:45"),
    ],
)
def test_each_hour_has_a_column(start: str, end: str, expected: str) -> None:
    found = lists.blocks(clock(start), clock(end))
    shown = " ".join(
        f"{a.astimezone(WARSAW):%-H:%M}–{b.astimezone(WARSAW):%-H:%M}" for a, b in found
    )
    assert shown == expected


@pytest.mark.parametrize(
    ("signed", "present", "expected"),
    [
        (None, True, None),
        (None, False, None),
        (True, True, None),
        (False, False, None),
        (True, False, Difference.SIGNED_NOT_SCANNED),
        (False, True, Difference.SCANNED_NOT_SIGNED),
    ],
)
def test_what_a_row_says_otherwise(
    signed: bool | None, present: bool, expected: Difference | None
) -> None:
    assert lists.difference(signed=signed, present=present) is expected


@pytest.mark.parametrize(
    ("read", "closed", "scans", "expected"),
    [
        (None, None, 0, ListState.PRINTED),
        (None, None, 1, ListState.BACK),
        (clock("12:00"), None, 0, ListState.READ),
        (clock("12:00"), clock("13:00"), 1, ListState.RECONCILED),
    ],
)
def test_how_far_a_list_has_come(
    read: datetime | None, closed: datetime | None, scans: int, expected: ListState
) -> None:
    sheet: Any = SimpleNamespace(read_at=read, reconciled_at=closed)
    assert lists.state(sheet, scans) is expected


def test_pages_end_with_rows_for_those_who_were_not_expected() -> None:
    found = lists.pages([SimpleNamespace()] * 14)  # type: ignore[list-item]
    assert [len(page) for page in found] == [15, 4]
    assert found[1] == [None] * 4


@pytest.mark.parametrize(
    ("sign_up", "capacity", "named", "expected"),
    [
        ("required", 16, 16, 5),
        ("none", None, 120, 5),
        ("optional", None, 43, 30),
        ("optional", 60, 43, 17),
        ("optional", 200, 43, 30),
        ("optional", 40, 43, 5),
    ],
)
def test_an_open_session_has_empty_rows_for_those_without_a_place(
    sign_up: str, capacity: int | None, named: int, expected: int
) -> None:
    session: Any = SimpleNamespace(sign_up=sign_up, capacity=capacity)
    assert lists.empty_rows(session, named) == expected
