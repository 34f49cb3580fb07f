"""When letters go out: by the event's own clocks, once, and never for what was past."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from eventapp.messages.models import Letter, State, Timing
from eventapp.messages.rules import refuse_approval, schedule, shared
from eventapp.messages.rules.audience import Attendance, Audience, Contact, Lacking
from eventapp.messages.rules.schedule import Standing
from eventapp.registrations.rules import State as Registered
from eventapp.signups.rules import State as Place

WARSAW = ZoneInfo("Europe/Warsaw")


def letter(timing: Timing, **columns: object) -> Letter:
    given = {"offset_days": 1, "hour": 18, "sends_past": False, "queued_at": None, "send_at": None}
    return Letter(timing=timing, **{**given, **columns})


def days(*texts: str) -> list[date]:
    return [date.fromisoformat(text) for text in texts]


@pytest.mark.parametrize(
    ("timing", "columns", "on", "due"),
    [
        (Timing.EACH_DAY, {}, ["2027-06-16", "2027-06-17"],
         ["2027-06-15T16:00", "2027-06-16T16:00"]),
        (Timing.BEFORE_START, {"offset_days": 7, "hour": 10}, ["2027-06-16"],
         ["2027-06-09T08:00"]),
        (Timing.AFTER_END, {"hour": 10}, ["2027-06-16", "2027-06-18"], ["2027-06-19T08:00"]),
        # The night in which clocks go back: the evening before is summer time, the day after not.
        (Timing.EACH_DAY, {}, ["2026-10-25", "2026-10-26"],
         ["2026-10-24T16:00", "2026-10-25T17:00"]),
        # The night in which clocks go forward.
        (Timing.EACH_DAY, {}, ["2027-03-28", "2027-03-29"],
         ["2027-03-27T17:00", "2027-03-28T16:00"]),
        (Timing.AFTER_END, {"offset_days": 1, "hour": 6}, ["2027-03-27"], ["2027-03-28T04:00"]),
    ],
)  # fmt: skip
def test_the_moments_of_a_letter(timing, columns, on, due) -> None:
    found = schedule.occasions(letter(timing, **columns), days(*on), WARSAW)

    expected = [datetime.fromisoformat(text).replace(tzinfo=UTC) for text in due]
    assert [one.due_at for one in found] == expected


@pytest.mark.parametrize(
    ("on", "hour", "expected"),
    [
        ("2026-10-25", 2, "2026-10-25T00:00"),  # comes twice: the first time
        ("2027-03-28", 2, "2027-03-28T01:00"),  # never comes: as soon as it can
    ],
)
def test_an_hour_that_comes_twice_or_never(on, hour, expected) -> None:
    found = schedule.local_hour(date.fromisoformat(on), hour, WARSAW)

    assert found == datetime.fromisoformat(expected).replace(tzinfo=UTC)


DUE = datetime(2027, 6, 15, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "queued", "past", "done", "expected"),
    [
        (DUE - timedelta(seconds=1), DUE - timedelta(days=3), False, False, Standing.COMING),
        (DUE, DUE - timedelta(days=3), False, False, Standing.DUE),
        (DUE + timedelta(hours=3), DUE - timedelta(days=3), False, False, Standing.DUE),
        (DUE, DUE - timedelta(days=3), False, True, Standing.DONE),
        (DUE + timedelta(hours=2), DUE + timedelta(hours=1), False, False, Standing.MISSED),
        (DUE + timedelta(hours=2), DUE + timedelta(hours=1), True, False, Standing.DUE),
        (DUE + timedelta(days=2), DUE + timedelta(hours=1), True, False, Standing.MISSED),
    ],
)
def test_how_a_moment_stands(now, queued, past, done, expected) -> None:
    row = letter(Timing.EACH_DAY, queued_at=queued, sends_past=past)
    first = schedule.occasions(row, days("2027-06-16"), WARSAW)[0]

    assert schedule.standing(row, first, {"2027-06-16"} if done else set(), now) is expected


def test_an_event_without_days_has_no_moments() -> None:
    assert schedule.occasions(letter(Timing.EACH_DAY), [], WARSAW) == []
    assert schedule.occasions(letter(Timing.MOMENT), days("2027-06-16"), WARSAW) == []


def test_an_audience_is_kept_as_it_is_read() -> None:
    audience = Audience(
        states=(Registered.QUALIFIED, Registered.WAITING), categories=("fundacja",),
        session_ids=(3, 4), places=(Place.CONFIRMED,), attendance=Attendance.NOT_CAME,
        day=date(2027, 6, 16), lacking=Lacking.ANSWERS, locale="en", contact=Contact.EMAIL,
    )  # fmt: skip

    assert Audience.read(audience.kept()) == audience
    assert Audience.read(Audience().kept()) == Audience()


def test_who_may_approve() -> None:
    row = letter(Timing.MOMENT, state=State.DRAFT, version=2, written_by="account:1")

    assert refuse_approval(row, "account:1", 2, second=False) is None
    assert refuse_approval(row, "account:1", 2, second=True).value == "second-person"
    assert refuse_approval(row, "account:2", 2, second=True) is None
    assert refuse_approval(row, "account:2", 1, second=True).value == "letter-changed"


def test_addresses_of_several_people() -> None:
    assert shared(["a@x", "b@x", "a@x", "a@x"]) == {"a@x"}
