"""The figures of the report; reading the encrypted layer for them leaves a trace."""

from collections.abc import Mapping
from typing import Any

from eventapp.documents import queries
from eventapp.documents.queries import Material
from eventapp.registrations import commands as registrations


def evidence(event_id: int) -> dict[str, Any]:
    """Return the figures of an event's report; that its encrypted layer was read is a fact."""
    return queries.evidence(material(event_id))


def material(event_id: int) -> Material:
    """Load all that the report is computed from; that protected data were read is a fact."""
    return queries.material(event_id, _sexes(event_id))


def _sexes(event_id: int) -> Mapping[int, str]:
    layer = registrations.read_all_monitoring(event_id)
    return {
        registration_id: str(values["sex"])
        for registration_id, values in layer.items()
        if values.get("sex")
    }
