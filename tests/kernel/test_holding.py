"""When a letter that is due waits all the same: pauses, nights, and what is enough."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from eventapp.kernel import holding
from eventapp.kernel.holding import Load, Policy
from eventapp.kernel.jobs import Hold, Rank

WARSAW = ZoneInfo("Europe/Warsaw")
NIGHT = Policy(zone="Europe/Warsaw", quiet_from="22:00", quiet_until="07:00")
STRICT = Policy(zone="Europe/Warsaw", quiet_from="22:00", quiet_until="07:00", holds_all=True)
SIESTA = Policy(zone="Europe/Warsaw", quiet_from="13:00", quiet_until="15:00")
PAUSED = Policy(zone="Europe/Warsaw", paused=True)


def at(text: str, fold: int = 0) -> datetime:
    """Return what the clocks in Warsaw show as a moment."""
    return datetime.fromisoformat(text).replace(tzinfo=WARSAW, fold=fold).astimezone(UTC)


@pytest.mark.parametrize(
    ("policy", "now", "until"),
    [
        (NIGHT, at("2027-06-15 21:59"), None),
        (NIGHT, at("2027-06-15 22:00"), at("2027-06-16 07:00")),
        (NIGHT, at("2027-06-16 00:10"), at("2027-06-16 07:00")),
        (NIGHT, at("2027-06-16 06:59"), at("2027-06-16 07:00")),
        (NIGHT, at("2027-06-16 07:00"), None),
        (SIESTA, at("2027-06-16 12:59"), None),
        (SIESTA, at("2027-06-16 13:00"), at("2027-06-16 15:00")),
        # The night on which clocks go back lasts an hour longer, and the one in spring shorter.
        (NIGHT, at("2026-10-24 23:00"), at("2026-10-24 23:00") + timedelta(hours=9)),
        (NIGHT, at("2027-03-27 23:00"), at("2027-03-27 23:00") + timedelta(hours=7)),
        (Policy(zone="Europe/Warsaw"), at("2027-06-16 03:00"), None),
    ],
)
def test_quiet_hours_follow_the_clocks_on_the_wall(policy, now, until):
    assert holding.quiet_until(policy, now) == until


@pytest.mark.parametrize(
    ("fold", "ends_in"), [(0, timedelta(minutes=20)), (1, timedelta(minutes=20))]
)
def test_quiet_hours_that_end_in_the_hour_that_comes_twice_end_soon(fold, ends_in):
    policy = Policy(zone="Europe/Warsaw", quiet_from="22:00", quiet_until="02:30")
    now = at("2026-10-25 02:10", fold=fold)

    assert holding.quiet_until(policy, now) == now + ends_in


NOON, LATE = at("2027-06-16 12:00"), at("2027-06-16 23:00")
MORNING = at("2027-06-17 07:00")


@pytest.mark.parametrize(
    ("rank", "policy", "now", "why", "until"),
    [
        (Rank.AT_ONCE, PAUSED, LATE, None, None),
        (Rank.LETTER, PAUSED, NOON, Hold.PAUSED, None),
        (Rank.COURTESY, PAUSED, NOON, Hold.PAUSED, None),
        (Rank.AT_ONCE, STRICT, LATE, None, None),
        (Rank.LETTER, STRICT, LATE, Hold.QUIET, MORNING),
        (Rank.LETTER, NIGHT, LATE, None, None),
        (Rank.COURTESY, NIGHT, LATE, Hold.QUIET, MORNING),
        (Rank.COURTESY, NIGHT, NOON, None, None),
        (Rank.COURTESY, None, LATE, None, None),
    ],
)
def test_who_waits_for_a_link_never_waits_for_the_morning(rank, policy, now, why, until):
    held = holding.held(rank, policy, Load(), now)

    assert (held and held.why, held and held.until) == (why, until)


def minutes_ago(number: int) -> datetime:
    return NOON - timedelta(minutes=number)


MANY = tuple(minutes_ago(minute) for minute in range(1, 60) for _ in range(2))


@pytest.mark.parametrize(
    ("rank", "load", "until"),
    [
        (Rank.LETTER, Load(to_address=MANY[:59]), None),
        (Rank.LETTER, Load(to_address=MANY[:60]), minutes_ago(30) + timedelta(hours=1)),
        (Rank.LETTER, Load(by_actor=MANY[:60]), minutes_ago(30) + timedelta(hours=1)),
        (Rank.AT_ONCE, Load(to_address=MANY, by_actor=MANY), None),
        (Rank.LETTER, Load(courtesies=(minutes_ago(5),) * 9), None),
        (Rank.COURTESY, Load(courtesies=(minutes_ago(5),) * 2), None),
        (Rank.COURTESY, Load(courtesies=(minutes_ago(5),) * 3), at("2027-06-17 00:00")),
        (Rank.COURTESY, Load(courtesies=(NOON - timedelta(hours=13),) * 3), None),
    ],
)
def test_an_address_gets_only_so_much(rank, load, until):
    held = holding.held(rank, Policy(zone="Europe/Warsaw"), load, NOON)

    assert (held and held.until) == until
    assert held is None or held.why is Hold.LIMIT
