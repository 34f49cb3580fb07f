"""Checkpoints of an event that is made like another."""

from eventapp.checkin import queries
from eventapp.checkin.commands.upkeep import add_checkpoint
from eventapp.kernel.copying import Copying, Part
from eventapp.kernel.refusal import N_


def _copy_checkpoints(copying: Copying) -> int:
    """Set up the same checkpoints; those of a session or day that was not copied are left out."""
    copied = 0
    for row in queries.checkpoints(copying.source_id):
        bound = {"session": row.session_id, "day": row.day_id}
        copies = {kind: copying.new(kind, old_id) for kind, old_id in bound.items()}
        if any(copies[kind] is None for kind, old_id in bound.items() if old_id is not None):
            continue
        add_checkpoint(
            copying.target_id,
            row.name,
            session_id=copies["session"],
            day_id=copies["day"],
            policy=row.policy,
            opens_at=copying.maybe(row.opens_at),
            closes_at=copying.maybe(row.closes_at),
        )
        copied += 1
    return copied


PARTS = (Part("checkpoints", N_("checkpoints of the door"), _copy_checkpoints),)
