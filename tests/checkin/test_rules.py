"""Verdicts and presence, without a database."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventapp.checkin import rules
from eventapp.checkin.rules import Candidate, Direction, Move, Policy, ScanCode, Span

WARSAW = ZoneInfo("Europe/Warsaw")
GRACE = timedelta(minutes=15)
NOON = datetime(2027, 6, 16, 12, 0, tzinfo=UTC)


def clock(text: str) -> datetime:
    hour, minute = (int(part) for part in text.split(":"))
    return datetime(2027, 6, 16, hour, minute, tzinfo=WARSAW)


def somebody(**known: object) -> Candidate:
    return Candidate(**{"event_id": 1, "state": "qualified", **known})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("candidate", "expected"),
    [
        (None, ScanCode.INVALID_CODE),
        (somebody(), ScanCode.OK),
        (somebody(event_id=2), ScanCode.WRONG_EVENT),
        (somebody(event_id=2, retired=True), ScanCode.WRONG_EVENT),
        (somebody(retired=True), ScanCode.REVOKED),
        (somebody(state="pending"), ScanCode.PENDING),
        (somebody(state="waiting"), ScanCode.WAITING),
        (somebody(state="rejected"), ScanCode.NOT_ELIGIBLE),
        (somebody(state="cancelled"), ScanCode.CANCELLED),
        (somebody(state="replaced"), ScanCode.REVOKED),
        (somebody(needs_sign_up=True), ScanCode.NOT_ELIGIBLE),
        (somebody(needs_sign_up=True, sign_up="waiting"), ScanCode.WAITING),
        (somebody(needs_sign_up=True, sign_up="cancelled"), ScanCode.NOT_ELIGIBLE),
        (somebody(needs_sign_up=True, full=True), ScanCode.SESSION_FULL),
        (somebody(needs_sign_up=True, sign_up="waiting", full=True), ScanCode.WAITING),
        (somebody(needs_sign_up=True, sign_up="confirmed", full=True), ScanCode.OK),
        (
            somebody(needs_sign_up=True, sign_up="cancelled", released=True),
            ScanCode.PLACE_RELEASED,
        ),
        (somebody(needs_sign_up=True, sign_up="confirmed"), ScanCode.OK),
        (somebody(inside=True, entered_ever=True), ScanCode.ALREADY_IN),
    ],
)
def test_the_first_reason_is_the_verdict(candidate: Candidate | None, expected: ScanCode) -> None:
    found = rules.judge(
        candidate,
        event_id=1,
        policy=Policy.RE_ENTRY_AFTER_EXIT,
        direction=Direction.ENTRY,
        at=NOON,
        device_id=None,
    )
    assert found is expected


@pytest.mark.parametrize(
    ("policy", "inside", "ever", "today", "expected"),
    [
        (Policy.SINGLE, False, False, False, ScanCode.OK),
        (Policy.SINGLE, False, True, True, ScanCode.ALREADY_IN),
        (Policy.RE_ENTRY_AFTER_EXIT, True, True, True, ScanCode.ALREADY_IN),
        (Policy.RE_ENTRY_AFTER_EXIT, False, True, True, ScanCode.OK),
        (Policy.MULTIPLE, True, True, True, ScanCode.OK),
        (Policy.ONCE_PER_DAY, False, True, True, ScanCode.ALREADY_IN),
        (Policy.ONCE_PER_DAY, True, True, False, ScanCode.OK),
    ],
)
def test_a_policy_says_who_may_enter_again(
    policy: Policy, inside: bool, ever: bool, today: bool, expected: ScanCode
) -> None:
    found = rules.judge(
        somebody(inside=inside, entered_ever=ever, entered_today=today),
        event_id=1,
        policy=policy,
        direction=Direction.ENTRY,
        at=NOON,
        device_id=None,
    )
    assert found is expected


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (clock("8:29"), ScanCode.TOO_EARLY),
        (clock("8:30"), ScanCode.OK),
        (clock("9:30"), ScanCode.OK),
        (clock("9:31"), ScanCode.TOO_LATE),
    ],
)
def test_the_door_is_open_from_its_first_to_its_last_minute(
    at: datetime, expected: ScanCode
) -> None:
    found = rules.judge(
        somebody(),
        event_id=1,
        policy=Policy.SINGLE,
        direction=Direction.ENTRY,
        at=at,
        device_id=None,
        opens_at=clock("8:30"),
        closes_at=clock("9:30"),
    )
    assert found is expected


@pytest.mark.parametrize(
    ("seconds", "device", "expected"),
    [(4, 7, ScanCode.DUPLICATE_RECENT), (5, 7, ScanCode.ALREADY_IN), (4, 8, ScanCode.ALREADY_IN)],
)
def test_the_same_device_twice_in_a_moment_is_one_scan(
    seconds: int, device: int, expected: ScanCode
) -> None:
    before = somebody(
        inside=True,
        entered_ever=True,
        last_at=NOON - timedelta(seconds=seconds),
        last_device_id=7,
    )
    found = rules.judge(
        before,
        event_id=1,
        policy=Policy.RE_ENTRY_AFTER_EXIT,
        direction=Direction.ENTRY,
        at=NOON,
        device_id=device,
    )
    assert found is expected


@pytest.mark.parametrize(
    ("shown", "age", "expected"),
    [
        (NOON, None, NOON),
        (NOON - timedelta(minutes=2), None, NOON - timedelta(minutes=2)),
        (NOON - timedelta(hours=3), None, NOON),
        (NOON + timedelta(hours=3), None, NOON),
        # Scanned an hour ago, the device's clock right: its own time counts.
        (NOON - timedelta(hours=1), timedelta(hours=1), NOON - timedelta(hours=1)),
        # The same, its clock three hours fast: the age counts.
        (NOON + timedelta(hours=2), timedelta(hours=1), NOON - timedelta(hours=1)),
        (NOON + timedelta(seconds=30), timedelta(0), NOON),
    ],
)
def test_the_moment_that_counts_is_never_in_the_future(
    shown: datetime, age: timedelta | None, expected: datetime
) -> None:
    assert rules.effective(shown, NOON, age) == expected


def moves(*texts: str) -> list[Move]:
    """Read `+9:00` as an entry and `-9:50` as an exit."""
    return [
        Move(clock(text[1:]), "", number, entry=text[0] == "+") for number, text in enumerate(texts)
    ]


@pytest.mark.parametrize(
    ("start", "end", "support", "scans", "expected"),
    [
        ("9:00", "11:00", 120, ["+9:00", "-9:50", "+10:05"], 105),
        ("9:00", "10:30", 90, ["+9:10"], 90),
        ("9:00", "10:30", 90, ["+9:15"], 90),
        ("9:00", "10:30", 90, ["+9:16"], 74),
        ("9:00", "10:30", 90, ["+9:20"], 70),
        ("9:00", "12:00", 165, ["+9:20"], 145),
        ("9:00", "12:00", 165, ["+9:20", "-11:30"], 115),
        ("9:00", "12:00", 165, ["+11:50"], 0),
        ("9:00", "10:30", 90, [], 0),
        ("9:00", "10:30", 90, ["-9:30"], 0),
        ("9:00", "10:30", 90, ["+8:30"], 90),
        ("9:00", "10:30", 90, ["+8:30", "-8:50"], 0),
        ("9:00", "10:30", 90, ["+9:00", "+9:40"], 90),
    ],
)
def test_presence_credits_whole_minutes(
    start: str, end: str, support: int, scans: list[str], expected: int
) -> None:
    span = Span(clock(start), clock(end), support)
    stays = rules.intervals(moves(*scans), span.ends_at)
    assert rules.credited(stays, span, GRACE) == expected


def test_the_night_the_clocks_change_is_an_hour_longer() -> None:
    starts_at = datetime(2026, 10, 25, 1, 30, tzinfo=WARSAW).astimezone(UTC)
    ends_at = datetime(2026, 10, 25, 3, 30, tzinfo=WARSAW).astimezone(UTC)
    span = Span(starts_at, ends_at, 180)
    stays = rules.intervals([Move(starts_at, "", 0, entry=True)], ends_at)
    assert rules.credited(stays, span, GRACE) == 180


def test_entering_one_of_two_parallel_sessions_leaves_the_other() -> None:
    spans = {
        1: Span(clock("9:00"), clock("12:00"), 180),
        2: Span(clock("9:00"), clock("12:00"), 180),
        3: Span(clock("12:00"), clock("13:00"), 60),
    }
    arrivals = {1: moves("+9:00"), 2: moves("+10:00"), 3: moves("+11:55")}

    minutes = {
        key: rules.credited(rules.intervals(own, spans[key].ends_at), spans[key], GRACE)
        for key, own in rules.leave_others(arrivals, spans).items()
    }

    assert minutes == {1: 60, 2: 120, 3: 60}


@given(
    st.lists(
        st.tuples(st.integers(0, 200), st.sampled_from("ab"), st.booleans()), max_size=12
    ).flatmap(lambda rows: st.tuples(st.just(rows), st.permutations(rows)))
)
def test_presence_is_the_same_for_any_order_of_arrival(
    orders: tuple[list[tuple[int, str, bool]], list[tuple[int, str, bool]]],
) -> None:
    start = clock("9:00")
    numbered = list(enumerate(dict.fromkeys(orders[0])))
    made = {
        row: Move(start + timedelta(minutes=row[0]), row[1], number, entry=row[2])
        for number, row in numbered
    }
    one = [made[row] for row in dict.fromkeys(orders[0])]
    other = [made[row] for row in dict.fromkeys(orders[1])]

    assert rules.intervals(one, clock("12:00")) == rules.intervals(other, clock("12:00"))
    assert rules.inside_after(one) == rules.inside_after(other)
