"""The draft day by day: a list for everybody, and a timetable to drag in where there is room."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from flask import g, render_template, request

from eventapp.desk import queries
from eventapp.desk.routes.frame import bp
from eventapp.events import queries as frame
from eventapp.events.access import Permission
from eventapp.kernel import boundary, clock, i18n
from eventapp.kernel.guard import requires
from eventapp.programme import queries as programme
from eventapp.programme.queries import Drafted, DraftedBreak, Judged, Workbench

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


@bp.get("/<slug:event>/desk/plan")
@requires(Permission.EDIT_PROGRAMME)
def plan(event: str) -> str:
    """Show the draft, a day at a time, and what it would change."""
    boundary.keep_private()
    days = [row.date for row in frame.days(g.event.id)]
    shown = i18n.asked_day(request.args.get("day", ""), days, clock.now())
    bench = programme.workbench(g.event.id)
    drafted = programme.draft_of(bench)
    judged = queries.findings_of(g.event, bench)
    todays = [row for row in drafted if i18n.day_of(row.session.starts_at) == shown]
    breaks = programme.pauses_of(bench)
    pauses = [row for row in breaks if i18n.day_of(row.pause.starts_at) == shown]
    return render_template(
        "desk/plan.html",
        days=days,
        shown=shown,
        entries=_in_order(todays, pauses, _Day(shown) if shown else None),
        elsewhere=[row for row in drafted if i18n.day_of(row.session.starts_at) not in days],
        changes=len(bench.differences()),
        judged=judged,
        faults=_faults(judged),
        away=_away(todays, bench, _Day(shown)) if shown else {},
        rooms=bench.rooms,
        materials=programme.materials_of({row.session.activity_id for row in todays}),
        topics=programme.topics_of(bench.sessions),
        unplanned=programme.unplanned(g.event.id),
    )


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A session or a break of the day, and where it stands: minutes after midnight."""

    row: Drafted | None
    pause: DraftedBreak | None
    begin: int
    end: int


class _Day:
    """A day as its clocks show it."""

    def __init__(self, on: date) -> None:
        self._midnight = datetime.combine(on, time())

    def minute(self, moment: datetime) -> int:
        """Return how many minutes after midnight the clocks show *moment*."""
        return (i18n.local_time(moment).replace(tzinfo=None) - self._midnight) // MINUTE


def _in_order(
    todays: Sequence[Drafted], pauses: Sequence[DraftedBreak], day: _Day | None
) -> list[Entry]:
    if day is None:
        return []
    entries = [
        Entry(
            row=row,
            pause=None,
            begin=day.minute(row.session.starts_at),
            end=day.minute(row.session.ends_at),
        )
        for row in todays
    ]
    entries += [
        Entry(
            row=None,
            pause=row,
            begin=day.minute(row.pause.starts_at),
            end=day.minute(row.pause.ends_at),
        )
        for row in pauses
    ]
    return sorted(entries, key=lambda entry: (entry.begin, entry.end))


def _faults(judged: Sequence[Judged]) -> Mapping[int, list[Judged]]:
    """Return what is open about each session, by its id."""
    found = defaultdict(list)
    for one in judged:
        if one.reason is None:
            for session_id in one.finding.session_ids:
                found[session_id].append(one)
    return found


def _away(todays: Sequence[Drafted], bench: Workbench, day: _Day) -> Mapping[int, str]:
    """Return when somebody who leads a session cannot come: "0-540 720-1440", by session."""
    able = bench.can_come()
    return {
        row.session.id: " ".join(
            f"{begin}-{end}"
            for speaker_id in row.session.speaker_ids
            for begin, end in _gaps(able.get(speaker_id, ()), day)
        )
        for row in todays
    }


def _gaps(spans: Sequence[tuple[datetime, datetime]], day: _Day) -> list[tuple[int, int]]:
    if not spans:
        return []  # comes at any time
    gaps, after, last = [], 0, DAY // MINUTE
    for starts_at, ends_at in sorted(spans):
        begin, end = (min(max(day.minute(at), 0), last) for at in (starts_at, ends_at))
        if begin > after:
            gaps.append((after, begin))
        after = max(after, end)
    return [*gaps, (after, last)] if after < last else gaps
