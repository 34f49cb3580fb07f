"""The door at this moment: how many are in and out, and how they arrived."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, func, select

from eventapp.attendance.rules.releasing import quarter
from eventapp.checkin import queries as doors
from eventapp.checkin.models import Checkpoint, Presence, Scan
from eventapp.checkin.rules import ScanCode, ScanStatus
from eventapp.kernel.db import db
from eventapp.programme.models import Session, SignUpRule
from eventapp.registrations.models import Registration, State
from eventapp.signups.models import SignUp
from eventapp.signups.models import State as Place


@dataclass(frozen=True, kw_only=True)
class CheckpointCount:
    """A checkpoint in numbers: who is in, who went out, who may come, who was turned away.

    `refused` counts people who were turned away and have not come in since; `session` is the one
    that the checkpoint belongs to.
    """

    checkpoint: Checkpoint
    session: Session | None
    inside: int
    outside: int
    expected: int
    refused: int


def checkpoint_counts(
    event_id: int, sessions: Mapping[int, Session], since: datetime
) -> Sequence[CheckpointCount]:
    """List the event's checkpoints with their numbers; *since* is when the day began."""
    points = doors.checkpoints(event_id)
    inside, outside = _moved(event_id, since)
    refused = _refused(event_id, since)
    qualified = _qualified(event_id)
    confirmed = _confirmed(event_id)
    return [
        CheckpointCount(
            checkpoint=point,
            session=sessions.get(point.session_id or 0),
            inside=inside[point.id],
            outside=outside[point.id],
            expected=_expected(sessions.get(point.session_id or 0), confirmed, qualified),
            refused=refused[point.id],
        )
        for point in points
    ]


def _expected(session: Session | None, confirmed: Mapping[int, int], qualified: int) -> int:
    if session is None or session.sign_up is not SignUpRule.REQUIRED:
        return qualified
    return confirmed.get(session.id, 0)


def _moved(event_id: int, since: datetime) -> tuple[Counter[int], Counter[int]]:
    query = (
        select(Presence.checkpoint_id, Presence.inside, func.count())
        .join(Checkpoint, Checkpoint.id == Presence.checkpoint_id)
        .where(Checkpoint.event_id == event_id, Presence.changed_at >= since)
        .group_by(Presence.checkpoint_id, Presence.inside)
    )
    inside, outside = Counter[int](), Counter[int]()
    for checkpoint_id, is_inside, count in db.session.execute(query):
        (inside if is_inside else outside)[checkpoint_id] += count
    return inside, outside


def _refused(event_id: int, since: datetime) -> Counter[int]:
    query = (
        select(Scan.checkpoint_id, func.count(func.distinct(Scan.registration_id)))
        .outerjoin(
            Presence,
            and_(
                Presence.checkpoint_id == Scan.checkpoint_id,
                Presence.registration_id == Scan.registration_id,
            ),
        )
        .where(
            Scan.event_id == event_id,
            Scan.status == ScanStatus.ERROR,
            Scan.undone_at.is_(None),
            Scan.effective_at >= since,
            Presence.registration_id.is_(None),
        )
        .group_by(Scan.checkpoint_id)
    )
    return Counter({row[0]: row[1] for row in db.session.execute(query)})


def _qualified(event_id: int) -> int:
    query = select(func.count()).select_from(Registration)
    query = query.where(Registration.event_id == event_id, Registration.state == State.QUALIFIED)
    return db.session.scalar(query) or 0


def _confirmed(event_id: int) -> Mapping[int, int]:
    query = (
        select(SignUp.session_id, func.count())
        .join(Session, Session.id == SignUp.session_id)
        .where(Session.event_id == event_id, SignUp.state == Place.CONFIRMED)
        .group_by(SignUp.session_id)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


@dataclass(frozen=True, kw_only=True)
class Arrivals:
    """How many came for the first time that day in the quarter of an hour from `starts_at`."""

    starts_at: datetime
    people: int


def arrivals(event_id: int, since: datetime) -> Sequence[Arrivals]:
    """List a day's arrivals by quarter of an hour, empty ones between the first and last too."""
    query = (
        select(Scan.registration_id, func.min(Scan.effective_at).label("first"))
        .where(
            Scan.event_id == event_id,
            Scan.code == ScanCode.OK,
            Scan.undone_at.is_(None),
            Scan.effective_at >= since,
            Scan.effective_at < since + timedelta(days=1),
        )
        .group_by(Scan.registration_id)
    )
    counts: dict[datetime, int] = defaultdict(int)
    for row in db.session.execute(query):
        counts[quarter(row.first)] += 1
    if not counts:
        return []
    found, at = [], min(counts)
    while at <= max(counts):
        found.append(Arrivals(starts_at=at, people=counts.get(at, 0)))
        at += timedelta(minutes=15)
    return found
