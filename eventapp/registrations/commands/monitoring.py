"""The third layer of data: kept encrypted, read with a trace."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from eventapp.kernel import crypto
from eventapp.kernel.db import atomic, db
from eventapp.kernel.facts import record
from eventapp.registrations import queries
from eventapp.registrations.commands.facts import MonitoringRead
from eventapp.registrations.commands.steps import behind_locks
from eventapp.registrations.models import (
    MonitoringRecord,
)
from eventapp.registrations.rules import monitoring as rules

_SEALED = "monitoring"


@atomic
def keep_monitoring(registration_id: int, values: Mapping[str, Any], now: datetime) -> None:
    """Replace the third layer of data: encrypted, for the grant's report alone."""
    sealed = crypto.seal(_SEALED, dict(values), registration_id)
    row = queries.sealed_monitoring(registration_id)
    if row is None:
        row = MonitoringRecord(registration_id=registration_id)
        db.session.add(row)
    row.sealed, row.updated_at = sealed, now


@atomic
def answer_monitoring(
    registration_id: int, values: Mapping[str, str | None], now: datetime
) -> None:
    """Keep one's own answers beside those given before; nobody reads them for that."""
    behind_locks(registration_id)
    row = queries.sealed_monitoring(registration_id)
    before = _opened(row) if row is not None else {}
    normal = {name: rules.normal(name, value) for name, value in values.items()}
    keep_monitoring(registration_id, rules.merged(before, normal), now)


@atomic
def read_monitoring(registration_id: int) -> Mapping[str, Any] | None:
    """Read the third layer of one registration; that it was read is itself a fact."""
    event_id = queries.event_of_registration(registration_id)
    record(
        MonitoringRead(
            event_id=event_id,
            subject=f"registration:{registration_id}",
            registration_id=registration_id,
        )
    )
    row = queries.sealed_monitoring(registration_id)
    return None if row is None else _opened(row)


@atomic
def read_all_monitoring(event_id: int) -> Mapping[int, Mapping[str, Any]]:
    """Read the third layer of a whole event, by registration; reading it is a fact."""
    record(MonitoringRead(event_id=event_id, subject=f"event:{event_id}", registration_id=None))
    return {row.registration_id: _opened(row) for row in queries.all_sealed_monitoring(event_id)}


def _opened(row: MonitoringRecord) -> Mapping[str, Any]:
    values: Mapping[str, Any] = crypto.unseal(_SEALED, row.sealed, row.registration_id)
    return values
