"""What speakers have not said yet, and who may be asked for it now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

# A person gets at most one such letter in this time.
REST = timedelta(hours=24)


class Gap(StrEnum):
    """What a speaker has not said."""

    WORDS = "words"
    TIMES = "times"


class Standing(StrEnum):
    """Whether somebody who has not said something may be asked for it."""

    DUE = "due"
    RESTING = "resting"
    NO_EMAIL = "no-email"


@dataclass(frozen=True, kw_only=True)
class Owing:
    """A speaker who has not said something, and when we last asked for it."""

    id: int
    name: str
    email: str | None
    gaps: Sequence[Gap]
    asked_at: datetime | None

    def standing(self, now: datetime) -> Standing:
        """Return whether this person may be asked at *now*."""
        if not self.email:
            return Standing.NO_EMAIL
        if self.asked_at is not None and now - self.asked_at < REST:
            return Standing.RESTING
        return Standing.DUE


def gaps(bio: Mapping[str, str], spans: Sequence[Any], saved_at: datetime | None) -> list[Gap]:
    """Return what a speaker has not said.

    Whoever saved the own page, the last time at *saved_at*, and left the times empty has said
    that any time will do.
    """
    found = []
    if not any(words.strip() for words in bio.values()):
        found.append(Gap.WORDS)
    if not spans and saved_at is None:
        found.append(Gap.TIMES)
    return found
