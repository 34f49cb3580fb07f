"""A "no" that cannot be ignored: an enum member with a code and a sentence."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Any, Self


def N_(sentence: str) -> str:  # noqa: N802 - the name gettext tools look for
    """Mark *sentence* for translation where it is defined, not where it is shown."""
    return sentence


class Term(str):
    """A marked word among a refusal's details, translated when the sentence is shown."""

    __slots__ = ()


class Refusal(StrEnum):
    """Base of a slice's refusals.

    The value is the kebab-case code of API and CSS; `sentence` is the English
    text to translate, which may hold ``%(name)s`` places filled from the details.
    """

    sentence: str

    def __new__(cls, code: str, sentence: str) -> Self:
        """Make a member of its code and its sentence."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.sentence = sentence
        return member

    @classmethod
    def of(cls, code: str) -> Self:
        """Return the member of this code; raises ValueError when there is none."""
        for member in cls:
            if member.value == code:
                return member
        raise ValueError(f"{cls.__name__} has no code {code!r}")


class Refused(Exception):
    """Roll the command back and tell the caller why.

    *details* fill the sentence's places and travel in the API's answer.
    """

    def __init__(self, reason: Refusal, /, **details: Any) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.details: Mapping[str, Any] = details


class Busy(Exception):
    """The database was too busy to decide; nothing was written, trying again is safe."""


class Stale(Exception):
    """Somebody changed the thing since the caller read it; nothing was written."""


def refuse_stale(version: int, expected: Collection[int] | None) -> None:
    """Raise `Stale` unless *version* is one that the caller expects; None expects any."""
    if expected is not None and version not in expected:
        raise Stale(f"version {version} was not expected")
