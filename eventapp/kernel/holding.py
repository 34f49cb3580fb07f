"""Whether a letter that is due goes now: pauses, quiet hours, and how much is enough; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from eventapp.kernel import zones
from eventapp.kernel.jobs import Held, Hold, Rank

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
MOST_AN_HOUR = 60  # letters to one address, and those that one participant sets off
MOST_COURTESY = 3  # letters a day to one address that nobody needs to have


@dataclass(frozen=True, kw_only=True)
class Policy:
    """What an event says about its letters.

    `quiet_from` and `quiet_until` are times on the clocks of `zone` (``22:00``, ``07:00``);
    `holds_all`: at those hours also the letters that people need wait.
    """

    zone: str
    paused: bool = False
    quiet_from: str | None = None
    quiet_until: str | None = None
    holds_all: bool = False


@dataclass(frozen=True, kw_only=True)
class Load:
    """When letters went to one address of late, and when its reader's acts set letters off."""

    to_address: Sequence[datetime] = ()
    courtesies: Sequence[datetime] = ()
    by_actor: Sequence[datetime] = ()


def held(rank: Rank, policy: Policy | None, load: Load, now: datetime) -> Held | None:
    """Return why and until when a letter waits, or None if it goes now.

    What lets somebody in is never held up: a link to sign in is asked for by who waits for it.
    """
    if rank is Rank.AT_ONCE:
        return None
    if policy is not None and policy.paused:
        return Held(Hold.PAUSED)
    if enough := _enough(rank, policy, load, now):
        return Held(Hold.LIMIT, enough)
    if policy is not None and (rank is Rank.COURTESY or policy.holds_all):
        until = quiet_until(policy, now)
        return Held(Hold.QUIET, until) if until else None
    return None


def _enough(rank: Rank, policy: Policy | None, load: Load, now: datetime) -> datetime | None:
    """Return when there is room for one more letter, None if there is now."""
    ends = [_room_at(moments, now) for moments in (load.to_address, load.by_actor)]
    if rank is Rank.COURTESY:
        zone = ZoneInfo(policy.zone if policy is not None else "UTC")
        today = now.astimezone(zone).date()
        sent = [moment for moment in load.courtesies if moment.astimezone(zone).date() == today]
        if len(sent) >= MOST_COURTESY:
            midnight = datetime.combine(today + DAY, time())
            ends.append(zones.kept_time(midnight, zone))
    return max((end for end in ends if end is not None), default=None)


def _room_at(moments: Sequence[datetime], now: datetime) -> datetime | None:
    within = sorted(moment for moment in moments if moment > now - HOUR)
    return within[-MOST_AN_HOUR] + HOUR if len(within) >= MOST_AN_HOUR else None


def quiet_until(policy: Policy, now: datetime) -> datetime | None:
    """Return when the quiet hours end in which *now* lies, None outside of them.

    They follow the clocks on the wall, so a night may be an hour longer or shorter.
    """
    if not policy.quiet_from or not policy.quiet_until:
        return None
    begins, ends = (time.fromisoformat(at) for at in (policy.quiet_from, policy.quiet_until))
    zone = ZoneInfo(policy.zone)
    wall = now.astimezone(zone).replace(tzinfo=None, fold=0)
    if not _between(begins, wall.time(), ends):
        return None
    day = wall.date() if wall.time() < ends else wall.date() + DAY
    end = datetime.combine(day, ends)
    first = zones.kept_time(end, zone)
    # On the night when an hour comes twice, the first one may be over.
    return first if first > now else end.replace(tzinfo=zone, fold=1).astimezone(UTC)


def _between(begins: time, at: time, ends: time) -> bool:
    if begins <= ends:
        return begins <= at < ends
    return at >= begins or at < ends
