"""Reading JSON objects key by key, with one clear sentence for each fault."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import TypeGuard, TypeVar

from eventapp.awards.tally.errors import TallyError
from eventapp.awards.tally.numbers import exact

Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Fields:
    """One JSON object of the input; *name* is how a sentence calls it."""

    name: str
    raw: Mapping[str, object]

    def __contains__(self, key: str) -> bool:
        return key in self.raw

    def fault(self, key: str, rule: str) -> TallyError:
        """Build the refusal of one key."""
        return TallyError(f"{self.name}: {key} {rule}.")

    def value(self, key: str) -> object:
        """Give a key that must be there, as it is."""
        if key not in self.raw:
            raise self.fault(key, "is missing")
        return self.raw[key]

    def exact(self, key: str, default: Fraction | None = None) -> Fraction:
        """Read an exact number."""
        if default is not None and key not in self.raw:
            return default
        return exact(self.value(key), f"{self.name}: {key}")

    def integer(self, key: str, *, least: int, default: int | None = None) -> int:
        """Read a whole number of at least *least*."""
        if default is not None and key not in self.raw:
            return default
        value = self.value(key)
        if not is_integer(value) or value < least:
            raise self.fault(key, f"must be a whole number of at least {least}")
        return value

    def flag(self, key: str, *, default: bool) -> bool:
        """Read true or false."""
        value = self.raw.get(key, default)
        if not isinstance(value, bool):
            raise self.fault(key, "must be true or false")
        return value

    def text(self, key: str) -> str:
        """Read a string that says something."""
        value = self.value(key)
        if not isinstance(value, str) or not value.strip():
            raise self.fault(key, "must be a text that is not empty")
        return value

    def choice(self, key: str, among: type[Choice], default: Choice | None = None) -> Choice:
        """Read one of the members of *among*."""
        if default is not None and key not in self.raw:
            return default
        value = self.value(key)
        if isinstance(value, str) and value in [member.value for member in among]:
            return among(value)
        raise self.fault(key, f"must be one of {', '.join(among)}, not {str(value)[:40]!r}")

    def names(self, key: str) -> tuple[str, ...]:
        """Read a list of different, non-empty strings; an absent key is an empty list."""
        return names(self.raw.get(key, ()), f"{self.name}: {key}")


def fields(raw: object, name: str, known: Collection[str]) -> Fields:
    """Open a JSON object, refusing keys nobody reads: a misspelt rule must not pass unseen."""
    held = mapping(raw, name)
    strange = sorted(key for key in held if key not in known)
    if strange:
        raise TallyError(f"{name}: unknown key {strange[0][:40]!r}.")
    return Fields(name, held)


def mapping(raw: object, name: str) -> Mapping[str, object]:
    """Open a JSON object whose keys are ids."""
    if not isinstance(raw, Mapping) or not all(isinstance(key, str) for key in raw):
        raise TallyError(f"{name} must be a JSON object.")
    return raw


def listed(raw: object, name: str) -> Sequence[object]:
    """Open a JSON list."""
    if type(raw) is list:  # nearly all are, and asking what a sequence is takes its time
        return raw
    if isinstance(raw, str | bytes) or not isinstance(raw, Sequence):
        raise TallyError(f"{name} must be a list.")
    return raw


def names(raw: object, name: str) -> tuple[str, ...]:
    """Read a list of different, non-empty strings."""
    seen: dict[str, None] = {}
    for item in listed(raw, name):
        if not isinstance(item, str) or not item:
            raise TallyError(f"{name} must hold texts that are not empty.")
        if item in seen:
            raise TallyError(f"{name} names {item} twice.")
        seen[item] = None
    return tuple(seen)


def is_integer(value: object) -> TypeGuard[int]:
    """Tell a whole number from a truth value, which Python counts among the integers."""
    return isinstance(value, int) and not isinstance(value, bool)


def refuse_unknown(entry: str, entries: Collection[str], where: str) -> None:
    """Refuse an entry that is not among those counted."""
    if entry not in entries:
        raise TallyError(f"{where}: there is no entry {entry[:40]!r}.")
