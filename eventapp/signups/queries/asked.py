"""What an event and its sessions ask of those who sign up."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import or_, select

from eventapp.events import queries as frame
from eventapp.kernel.db import db
from eventapp.programme.models import Activity, Session, SessionState, SignUpRule
from eventapp.programme.rules import topics
from eventapp.signups.models import SessionTerms, SignUpPolicy
from eventapp.signups.rules import Policy, Terms

Told = TypeVar("Told", Policy, Terms)


def filled_in(usual: Told, values: Sequence[Any]) -> Told:
    """Return what a row says; where there is no row, all its values are None."""
    said = zip(usual._fields, values, strict=True)
    return usual._replace(**{name: value for name, value in said if value is not None})


def policy(event_id: int) -> Policy:
    """Return what an event asks of sign-ups."""
    columns = (getattr(SignUpPolicy, name) for name in Policy._fields)
    row = db.session.execute(select(*columns).where(SignUpPolicy.event_id == event_id)).first()
    return Policy() if row is None else filled_in(Policy(), row)


def terms_of(session_ids: Collection[int]) -> Mapping[int, Terms]:
    """Return what sessions ask of those who sign up, of those that ask something."""
    columns = (getattr(SessionTerms, name) for name in Terms._fields)
    query = select(SessionTerms.session_id, *columns)
    rows = db.session.execute(query.where(SessionTerms.session_id.in_(session_ids)))
    return {row[0]: filled_in(Terms(), row[1:]) for row in rows}


def terms(session_id: int) -> Terms:
    """Return what one session asks of those who sign up."""
    return terms_of([session_id]).get(session_id, Terms())


def begins(each: Mapping[str, Any]) -> datetime:
    """Return when a round opens."""
    return datetime.fromisoformat(each["from"])


def sessions_with_terms(event_id: int) -> Sequence[Session]:
    """List the sessions of an event that ask something of those who sign up, or overbook."""
    query = select(Session).outerjoin(SessionTerms, SessionTerms.session_id == Session.id)
    query = query.where(
        Session.event_id == event_id,
        or_(SessionTerms.session_id.is_not(None), Session.overbooking_percent > 0),
    )
    return db.session.scalars(query.order_by(Session.id)).all()


def topics_of(activity_ids: Collection[int]) -> Mapping[int, frozenset[str]]:
    """Return the keys of the topics that activities are about."""
    query = select(Activity.id, Activity.topics).where(Activity.id.in_(activity_ids))
    return {
        row[0]: frozenset(topics.key_of(one) for one in row[1]) for row in db.session.execute(query)
    }


def activity_titles(activity_ids: Collection[int]) -> Mapping[int, Mapping[str, str]]:
    """Return what activities are called."""
    if not activity_ids:
        return {}
    query = select(Activity.id, Activity.title).where(Activity.id.in_(activity_ids))
    return dict(db.session.execute(query).all())


def activities(event_id: int, *, besides: int) -> Mapping[int, Mapping[str, str]]:
    """Return the titles of an event's activities with sign-up but one, in the programme's order."""
    query = select(Activity.id, Activity.title).join(Session, Session.activity_id == Activity.id)
    query = query.where(
        Activity.event_id == event_id,
        Activity.id != besides,
        Session.state == SessionState.SCHEDULED,
        Session.sign_up != SignUpRule.NONE,
    )
    return dict(db.session.execute(query.order_by(Session.starts_at, Session.id)).all())


def category_labels(event_id: int) -> Mapping[int, Mapping[str, str]]:
    """Return what the categories of an event are called."""
    return {row.id: row.name for row in frame.categories(event_id)}
