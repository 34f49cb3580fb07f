"""Make other seminars in the file's format: any size, any rules, from a seed.

`generate(seed)` draws a `Shape` and fills it; `generate(seed, people=12, quorum_fails=True)` fixes
parts of the shape. The same arguments give the same seminar on every machine. Oracle fields are
left out, or false, or true (`oracle=`); `count.expected` counts what the product must find.

The seminars are coherent: no room, speaker or participant is in two places, people enter only
where they have a seat or need none, identifiers carry valid checksums, a wanted tie has two
entries and there is none by chance. `python -m tests.reference.generate SEED` prints one.
"""

from dataclasses import replace
from random import Random
from typing import Any, Literal

from tests.reference import count
from tests.reference.count import Json
from tests.reference.generate import awards, frame, people, presence, programme
from tests.reference.generate.shape import Draft, Shape, drawn_shape

__all__ = ["Shape", "falsified", "generate"]

Oracle = Literal["stripped", "false", "true"]


def generate(seed: int, *, oracle: Oracle = "stripped", **fixed: Any) -> Json:
    """Make the seminar of *seed*, with the parts of its shape that *fixed* names."""
    rng = Random(seed)
    draft = Draft(rng, replace(drawn_shape(rng), **fixed), seed)
    draft.sessions = list(programme.sessions(draft))
    draft.organisations = people.organisations(draft)
    draft.people = people.participants(draft)
    seminar = frame.seminar(draft)
    if draft.shape.categories:
        seminar["awards"] = awards.awards(draft)
    presence.attend(draft, seminar)
    if oracle == "true":
        return count.filled(seminar)
    return falsified(seminar) if oracle == "false" else seminar


def falsified(seminar: Json) -> Json:
    """Copy *seminar* with every oracle field present and wrong."""
    copied = count.filled(seminar)
    copied["expected"] = dict.fromkeys(copied["expected"])
    for person in copied["participants"]:
        person["waitlist_position"] = 77
        person["expected_result"] = {"required_minutes": -1, "certificate": True}
        for sign_up in person["signups"]:
            confirmed = sign_up["status"] == "confirmed"
            sign_up.update(status="released" if confirmed else "confirmed", position=77)
    return copied
