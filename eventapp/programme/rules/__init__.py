"""Pure decisions about the programme, one module a subject.

``refusals`` (every "no") · ``seats`` (capacity and times of one session) · ``appointments`` (of
one-to-one advice) · ``planned`` (the working draft) · ``topics`` (what sessions are about) ·
``releases`` (what a release would change) · ``diagnostics`` (what is wrong with the draft) ·
``sheets`` and ``speaker_sheets`` (as tables, by ``cells``) · ``materials`` (who may fetch them) ·
``asking`` (what speakers have not said yet).
"""

from eventapp.programme.rules import (
    appointments,
    asking,
    diagnostics,
    materials,
    planned,
    refusals,
    releases,
    seats,
    topics,
)
from eventapp.programme.rules.refusals import ProgrammeRefusal
from eventapp.programme.rules.seats import (
    effective_capacity,
    expected,
    overbooked,
    overlaps,
    own_capacity,
    places_left,
    refuse_times,
    seats_left,
    support_minutes,
)

__all__ = [
    "ProgrammeRefusal",
    "appointments",
    "asking",
    "diagnostics",
    "effective_capacity",
    "expected",
    "materials",
    "overbooked",
    "overlaps",
    "own_capacity",
    "places_left",
    "planned",
    "refusals",
    "refuse_times",
    "releases",
    "seats",
    "seats_left",
    "support_minutes",
    "topics",
]
