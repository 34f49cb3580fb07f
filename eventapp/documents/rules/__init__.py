"""Pure decisions about paper.

``earning`` what was required, what was attended, what that earns · ``badges`` what stands on them ·
``certificates`` who is due one · ``packs`` what lies in an evidence pack.
"""

from eventapp.documents.rules.badges import (
    GRID,
    BadgeRole,
    Layout,
    Printed,
    Side,
    badge_role,
    looks,
    packed,
    printed,
    sides,
    unpacked,
)
from eventapp.documents.rules.earning import (
    Completion,
    Held,
    Outcome,
    Participant,
    Rule,
    counted,
    minutes_each,
    outcome,
    required,
    share,
)

__all__ = [
    "GRID",
    "BadgeRole",
    "Completion",
    "Held",
    "Layout",
    "Outcome",
    "Participant",
    "Printed",
    "Rule",
    "Side",
    "badge_role",
    "counted",
    "looks",
    "minutes_each",
    "outcome",
    "packed",
    "printed",
    "required",
    "share",
    "sides",
    "unpacked",
]
