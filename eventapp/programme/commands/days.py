"""Days as the programme uses them: one on which something is planned stays."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select, update

from eventapp.events import commands as events
from eventapp.events import queries as frame
from eventapp.events.models import Day, Event
from eventapp.events.rules import EventRefusal
from eventapp.kernel.db import atomic, db
from eventapp.kernel.journal import Keeper, UndoRefusal
from eventapp.kernel.refusal import Refused
from eventapp.programme import queries
from eventapp.programme.commands.staging import NOT_HELD
from eventapp.programme.models import Break, Session, SessionState
from eventapp.programme.rules.planned import planned, planned_break


@atomic
def remove_day(day_id: int, now: datetime) -> None:
    """Remove a day on which nothing is planned; what was taken out of the plan forgets it.

    Refused while a session or a break lies on it, in the draft or by the last release.
    """
    if _is_planned(day_id):
        raise Refused(EventRefusal.DAY_IN_USE)
    _let_go(day_id)
    events.remove_day(day_id, now)


def _is_planned(day_id: int) -> bool:
    """Tell whether the draft has a session or break on a day, also one that it calls off."""
    day = db.session.get_one(Day, day_id)
    event = db.session.get_one(Event, day.event_id)
    zone = ZoneInfo(event.timezone)
    starts = [planned(row).starts_at for row in queries.plan(event.id)]
    starts += [planned_break(row).starts_at for row in queries.planned_breaks(event.id)]
    return any(at.astimezone(zone).date() == day.date for at in starts)


def _let_go(day_id: int) -> None:
    """Let what is out of the plan lie on another day; its own time says where it comes back."""
    day = db.session.get_one(Day, day_id)
    other = next((one.id for one in frame.days(day.event_id) if one.id != day_id), None)
    if other is None:
        return
    sessions = select(Session.id).where(
        Session.day_id == day_id, Session.state == SessionState.REMOVED
    )
    pauses = select(Break.id).where(Break.day_id == day_id, Break.state.in_(NOT_HELD))
    for moved in (
        update(Session).where(Session.id.in_(sessions)).values(day_id=other),
        update(Break).where(Break.id.in_(pauses)).values(day_id=other),
    ):
        db.session.execute(moved, execution_options={"synchronize_session": "fetch"})


_KEEPER = events.KEEPERS["day"]


def _restore(day_id: int, values: Mapping[str, Any] | None, now: datetime) -> None:
    if values is None:
        if _is_planned(day_id):
            raise Refused(UndoRefusal.BUILT_UPON)
        _let_go(day_id)
    _KEEPER.restore(day_id, values, now)


KEEPER = Keeper(values=_KEEPER.values, restore=_restore)
