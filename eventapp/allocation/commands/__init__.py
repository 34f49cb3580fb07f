"""Changes of allocations: set-up, wishes, runs, announcing."""

from eventapp.allocation.commands.announcing import begin_announcing, place, write_places
from eventapp.allocation.commands.facts import (
    AllocationAnnounced,
    AllocationFact,
    AllocationOpened,
    AllocationRan,
    AllocationRemoved,
    AllocationSetUp,
    AllocationWithdrawn,
    DeadlineMoved,
    RankingSaved,
    SilentReminded,
)
from eventapp.allocation.commands.ranking import rank
from eventapp.allocation.commands.rounds import (
    change,
    close,
    move_deadline,
    open_round,
    remind,
    remove,
    set_up,
    withdraw,
)
from eventapp.allocation.commands.running import SEED_LENGTH, begin, new_seed, run

__all__ = [
    "SEED_LENGTH",
    "AllocationAnnounced",
    "AllocationFact",
    "AllocationOpened",
    "AllocationRan",
    "AllocationRemoved",
    "AllocationSetUp",
    "AllocationWithdrawn",
    "DeadlineMoved",
    "RankingSaved",
    "SilentReminded",
    "begin",
    "begin_announcing",
    "change",
    "close",
    "move_deadline",
    "new_seed",
    "open_round",
    "place",
    "rank",
    "remind",
    "remove",
    "run",
    "set_up",
    "withdraw",
    "write_places",
]
