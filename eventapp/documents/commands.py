"""Documents that leave a trace when they are made."""

from typing import Any

from eventapp.documents import queries
from eventapp.registrations import commands as registrations


def evidence(event_id: int) -> dict[str, Any]:
    """Return the figures of an event's report; that its encrypted layer was read is a fact."""
    layer = registrations.read_all_monitoring(event_id)
    sex = {
        registration_id: str(values["sex"])
        for registration_id, values in layer.items()
        if values.get("sex")
    }
    return queries.evidence(queries.material(event_id, sex))
