"""What people agreed to, and what is kept sealed about them."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import select

from eventapp.kernel.db import db
from eventapp.registrations.models import Consent, ConsentKind, MonitoringRecord, Registration


def consents(registration_id: int) -> Mapping[ConsentKind, bool]:
    """Return the present answer to every consent question that was asked."""
    query = select(Consent).where(Consent.registration_id == registration_id)
    return {row.kind: row.given for row in db.session.scalars(query.order_by(Consent.id))}


def acknowledged(registration_ids: Collection[int]) -> set[int]:
    """Return which of these people have said for themselves that they know what is kept."""
    query = select(Consent.registration_id).where(
        Consent.registration_id.in_(registration_ids),
        Consent.kind == ConsentKind.INFORMATION_CLAUSE,
        Consent.given,
    )
    return set(db.session.scalars(query.distinct()))


def consents_of_event(event_id: int) -> Mapping[int, Mapping[ConsentKind, bool]]:
    """Return the present answers of everybody at an event, by registration."""
    query = select(Consent).join(Registration, Registration.id == Consent.registration_id)
    query = query.where(Registration.event_id == event_id).order_by(Consent.id)
    answers: dict[int, dict[ConsentKind, bool]] = {}
    for row in db.session.scalars(query):
        answers.setdefault(row.registration_id, {})[row.kind] = row.given
    return answers


def sealed_monitoring(registration_id: int) -> MonitoringRecord | None:
    """Return the encrypted third layer of one registration; see `commands.read_monitoring`."""
    return db.session.get(MonitoringRecord, registration_id)


def all_sealed_monitoring(event_id: int) -> Sequence[MonitoringRecord]:
    """List the encrypted third layers of an event; see `commands.read_all_monitoring`."""
    query = select(MonitoringRecord)
    query = query.join(Registration, Registration.id == MonitoringRecord.registration_id)
    query = query.where(Registration.event_id == event_id)
    return db.session.scalars(query.order_by(MonitoringRecord.registration_id)).all()
