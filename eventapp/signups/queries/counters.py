"""Counters of seats against the rows they count."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import case, func, or_, select

from eventapp.kernel.db import db
from eventapp.programme.models import Session
from eventapp.signups.models import SignUp, State


@dataclass(frozen=True)
class Fault:
    """A session whose counters say something else than its rows."""

    session_id: int
    confirmed: tuple[int, int]
    offered: tuple[int, int]
    waiting: tuple[int, int]


def counter_faults(event_id: int | None = None) -> Sequence[Fault]:
    """List the sessions, of one event or all, whose counters differ from the rows."""
    states = {"confirmed": State.CONFIRMED, "offered": State.OFFERED, "waiting": State.WAITING}
    counted = (
        select(
            SignUp.session_id,
            *(
                func.sum(case((SignUp.state == state, 1), else_=0)).label(name)
                for name, state in states.items()
            ),
        )
        .group_by(SignUp.session_id)
        .subquery()
    )
    pairs = [(getattr(Session, name), func.coalesce(counted.c[name], 0)) for name in states]
    query = select(Session.id, *(one for pair in pairs for one in pair))
    query = query.outerjoin(counted, counted.c.session_id == Session.id)
    query = query.where(or_(*(kept != found for kept, found in pairs)))
    if event_id is not None:
        query = query.where(Session.event_id == event_id)
    rows = db.session.execute(query.order_by(Session.id))
    return [Fault(row[0], (row[1], row[2]), (row[3], row[4]), (row[5], row[6])) for row in rows]
