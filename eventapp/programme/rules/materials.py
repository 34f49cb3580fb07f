"""Who may fetch the materials of an activity, and when they may be changed."""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from eventapp.programme.rules.refusals import ProgrammeRefusal

if TYPE_CHECKING:
    from eventapp.programme.models import Material

MOST_FILES = 12  # of one activity
KINDS = ("pdf", "pptx", "docx", "xlsx", "odp", "odt", "ods", "txt", "jpeg", "png")


class Reader(StrEnum):
    """What somebody is to a session: whoever comes by, one who takes part, one of the team."""

    ANYBODY = "anybody"
    PARTICIPANT = "participant"
    INSIDER = "insider"


def may_fetch(material: "Material", ends_at: datetime, reader: Reader, now: datetime) -> bool:
    """Tell whether the reader of a session that ends then may fetch a material of it."""
    if reader is Reader.INSIDER:
        return True
    if material.opening == "afterwards" and now < ends_at:
        return False
    return material.audience == "everybody" or reader is Reader.PARTICIPANT


def refuse_another(count: int, *, is_held: bool) -> ProgrammeRefusal | None:
    """Return why an activity that has so many materials may not get one more."""
    if not is_held:
        return ProgrammeRefusal.NOT_HELD
    if count >= MOST_FILES:
        return ProgrammeRefusal.MATERIALS_FULL
    return None
