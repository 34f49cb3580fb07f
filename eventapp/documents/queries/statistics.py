"""Statistics of an event as it goes: registrations over time, seats and queues, turnout."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from eventapp.documents.queries.figures import Material
from eventapp.documents.rules import share
from eventapp.events import queries as frame
from eventapp.events.models import Day
from eventapp.kernel import i18n
from eventapp.programme.models import Kind, Session, SessionState, SignUpRule

MOST_STEPS = 400  # days that a line over time shows


@dataclass(frozen=True, kw_only=True)
class Step:
    """One day of registration: how many registered on it, and how many there were by then."""

    day: date
    new: int
    together: int


@dataclass(frozen=True, kw_only=True)
class SessionTurnout:
    """A session in numbers; `percent` of those with a place came, None where nobody signs up."""

    session: Session
    came: int
    percent: int | None


@dataclass(frozen=True, kw_only=True)
class DayTurnout:
    """A day in numbers: how many came to anything on it, of all who take part."""

    day: Day
    came: int
    percent: int


@dataclass(frozen=True, kw_only=True)
class Statistics:
    """All that the page of statistics shows; nothing of the encrypted layer is read for it."""

    steps: Sequence[Step]
    seats: Sequence[SessionTurnout]
    sessions: Sequence[SessionTurnout]
    days: Sequence[DayTurnout]
    groups: Sequence[tuple[str, int]]
    counties: Sequence[tuple[str, int]]
    categories: Sequence[tuple[str, int]]
    registered: int
    qualified: int
    waiting: int
    came: int
    person_minutes: int


def statistics(found: Material) -> Statistics:
    """Return the statistics of an event as it stands."""
    present, held = found.present, _held(found)
    return Statistics(
        steps=steps([i18n.day_of(one.registered_at, found.event.timezone) for one in found.people]),
        seats=[one for one in held if one.session.sign_up is not SignUpRule.NONE],
        sessions=held,
        days=_days(found),
        groups=_counted(found.group(one) for one in present),
        counties=_counted(one.county for one in present if one.county),
        categories=_counted(one.category.code for one in present if one.category is not None),
        registered=len(found.people),
        qualified=len(found.qualified),
        waiting=sum(one.session.waiting for one in held),
        came=len(present),
        person_minutes=sum(sum(found.minutes[one.id].values()) for one in present),
    )


def steps(days: Sequence[date]) -> list[Step]:
    """Return registrations day by day, also the days on which nobody registered."""
    counts = Counter(days)
    if not counts:
        return []
    first, last = min(counts), max(counts)
    whole = min((last - first).days, MOST_STEPS) + 1
    found = []
    start = last - timedelta(days=whole - 1)
    together = sum(count for day, count in counts.items() if day < start)
    for number in range(whole):
        day = start + timedelta(days=number)
        together += counts[day]
        found.append(Step(day=day, new=counts[day], together=together))
    return found


def _held(found: Material) -> list[SessionTurnout]:
    here = Counter(session_id for one in found.present for session_id in found.minutes[one.id])
    return [
        SessionTurnout(
            session=session,
            came=here[session.id],
            percent=share(here[session.id], session.confirmed) if session.confirmed else None,
        )
        for session in found.sessions
        if session.activity.kind is not Kind.REGISTRATION
        and session.state is SessionState.SCHEDULED
    ]


def _days(found: Material) -> list[DayTurnout]:
    days_of = {session.id: session.day_id for session in found.sessions}
    came: Counter[int] = Counter()
    for one in found.present:
        came.update({days_of[key] for key in found.minutes[one.id] if key in days_of})
    return [
        DayTurnout(day=day, came=came[day.id], percent=share(came[day.id], len(found.qualified)))
        for day in frame.days(found.event.id)
    ]


def _counted(values: Iterable[str]) -> list[tuple[str, int]]:
    return Counter(values).most_common()
