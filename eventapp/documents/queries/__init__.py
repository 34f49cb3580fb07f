"""Named reads of documents.

``figures`` every number of the report · ``badges`` what is printed for the neck ·
``certificates`` who is due one, and the register.
"""

from eventapp.documents.queries.badges import Badge, Whom, badge, badges
from eventapp.documents.queries.certificates import (
    Earned,
    by_code,
    certificate,
    content,
    earned,
    earned_of,
    last_run,
    last_serial,
    of_registration,
    open_run,
    own_certificate,
    register,
    replacement_of,
    setting_of,
    valid,
)
from eventapp.documents.queries.figures import (
    Material,
    Turnout,
    evidence,
    held,
    material,
    outcomes,
    participant,
    rule_of,
    turnout,
)

__all__ = [
    "Badge",
    "Earned",
    "Material",
    "Turnout",
    "Whom",
    "badge",
    "badges",
    "by_code",
    "certificate",
    "content",
    "earned",
    "earned_of",
    "evidence",
    "held",
    "last_run",
    "last_serial",
    "material",
    "of_registration",
    "open_run",
    "outcomes",
    "own_certificate",
    "participant",
    "register",
    "replacement_of",
    "rule_of",
    "setting_of",
    "turnout",
    "valid",
]
