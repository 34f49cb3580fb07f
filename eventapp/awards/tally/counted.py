"""What a method hands to the verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from eventapp.awards.tally.numbers import Exact
from eventapp.awards.tally.ties import Broken


@dataclass(frozen=True, slots=True)
class Counted:
    """One method's count.

    ``broken`` is the order after the tie chain; ``values`` is None for methods that give none;
    ``unranked`` says who has no place and why;
    ``barred`` have a place and may not win by it (a failed candidate, none-of-the-above).
    """

    broken: Broken
    values: Mapping[str, Exact] | None
    unranked: Mapping[str, str]
    tables: Mapping[str, object]
    barred: frozenset[str] = frozenset()
