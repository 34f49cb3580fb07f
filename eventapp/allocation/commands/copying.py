"""What of an event's allocations another event can begin with: the set-up, never a wish."""

from eventapp.allocation import queries
from eventapp.allocation.commands.rounds import set_up
from eventapp.kernel.copying import Copying, Part
from eventapp.kernel.refusal import N_


def _allocations(copying: Copying) -> int:
    rows = queries.allocations(copying.source_id)
    for row in rows:
        new = [copying.new("session", old) for old in queries.session_ids(row.id)]
        set_up(
            copying.target_id,
            copying.now,
            title=row.title,
            session_ids=[one for one in new if one is not None],
            opens_at=copying.moment(row.opens_at),
            closes_at=copying.moment(row.closes_at),
            choices=row.choices,
            per_organisation=row.per_organisation,
            queues=row.queues,
        )
    return len(rows)


PARTS = (
    Part("allocations", N_("places by preference: which sessions, how, until when"), _allocations),
)
