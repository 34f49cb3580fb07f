"""Decisions that nobody was told of yet, and places of those who wait."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import func, select

from eventapp.kernel.db import db
from eventapp.registrations.models import Decision, Registration, State

UNANNOUNCED = (Decision.announced_at.is_(None), Decision.dropped_at.is_(None))


def open_decision(registration_id: int) -> Decision | None:
    """Return what is decided about a registration and not announced yet."""
    query = select(Decision).where(Decision.registration_id == registration_id, *UNANNOUNCED)
    return db.session.scalars(query).first()


def open_decisions(event_id: int, decision_ids: Collection[int] | None = None) -> list[Decision]:
    """List an event's decisions that are not announced, in the order of the registrations.

    Of those named, or of all.
    """
    query = select(Decision).join(Registration, Registration.id == Decision.registration_id)
    query = query.where(Registration.event_id == event_id, *UNANNOUNCED)
    if decision_ids is not None:
        query = query.where(Decision.id.in_(decision_ids))
    query = query.order_by(Decision.registration_id).execution_options(populate_existing=True)
    return list(db.session.scalars(query))


def open_decisions_of(registration_ids: Collection[int]) -> Mapping[int, Decision]:
    """Return what is decided and not announced about some registrations, by them."""
    query = select(Decision).where(Decision.registration_id.in_(registration_ids), *UNANNOUNCED)
    return {one.registration_id: one for one in db.session.scalars(query)}


def open_states(event_id: int) -> Mapping[int, State]:
    """Return what everybody at an event is to be told, by registration."""
    return {one.registration_id: one.state for one in open_decisions(event_id)}


def unannounced(event_id: int) -> int:
    """Count an event's decisions that are not announced."""
    query = select(func.count()).select_from(Decision)
    query = query.join(Registration, Registration.id == Decision.registration_id)
    return db.session.scalar(query.where(Registration.event_id == event_id, *UNANNOUNCED)) or 0


def decisions(registration_id: int) -> Sequence[Decision]:
    """List all that was decided about a registration with words beside it, newest first."""
    query = select(Decision).where(Decision.registration_id == registration_id)
    return db.session.scalars(query.order_by(Decision.id.desc())).all()


def decision(decision_id: int) -> Decision | None:
    """Return one decision."""
    return db.session.get(Decision, decision_id)


def waiting_position(registration: Registration) -> int | None:
    """Return a registration's place on the event's reserve list, from 1; None if not on it."""
    if registration.state is not State.WAITING:
        return None
    query = select(func.count()).select_from(Registration)
    query = query.where(
        Registration.event_id == registration.event_id,
        Registration.state == State.WAITING,
        (Registration.registered_at < registration.registered_at)
        | (
            (Registration.registered_at == registration.registered_at)
            & (Registration.id <= registration.id)
        ),
    )
    return db.session.scalar(query) or 0
