"""The result of a count, as Python values and as the document ``tally-result/1``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate

from eventapp.awards.tally.numbers import Exact, display, written
from eventapp.awards.tally.panel import BodyQuorum, EntryQuorum
from eventapp.awards.tally.rulebook import Display
from eventapp.awards.tally.ties import Tiers, TieStep
from eventapp.awards.tally.verdict import Verdict


@dataclass(frozen=True, slots=True)
class QuorumTable:
    """The quorum of the body and of each entry."""

    body: BodyQuorum
    entries: Mapping[str, EntryQuorum]


@dataclass(frozen=True, slots=True)
class Result:
    """Everything a count found, exact: the verdict, the order, and every table on the way.

    ``tables`` holds what belongs to the method (cards, z-scores, jurors' effects, pairs,
    rounds); its keys stand on the top level of the document.
    """

    verdict: Verdict
    ranking: Tiers
    values: Mapping[str, Exact] | None
    unranked: Mapping[str, str]
    quorum: QuorumTable | None
    tables: Mapping[str, object]
    ties: tuple[TieStep, ...]
    display: Display | None
    input_sha256: str
    rulebook_sha256: str

    @property
    def places(self) -> dict[str, int]:
        """Give each ranked entry its place, counted 1-2-2-4."""
        firsts = accumulate((len(tier) for tier in self.ranking[:-1]), initial=1)
        tiers = zip(firsts, self.ranking, strict=False)
        return {entry: place for place, tier in tiers for entry in tier}

    def shown(self) -> dict[str, str] | None:
        """Give the values as the rulebook shows them, rounded at the very end."""
        if self.display is None or self.values is None:
            return None
        decimals, rounding = self.display.decimals, self.display.rounding
        return {entry: display(value, decimals, rounding) for entry, value in self.values.items()}

    def document(self) -> dict[str, object]:
        """Give the document ``tally-result/1``: exact numbers as text, no key without meaning."""
        held = {
            "format": "tally-result/1",
            "status": self.verdict.status,
            "winners": self.verdict.winners,
            "distinctions": self.verdict.distinctions,
            "distinctions_tied": self.verdict.distinctions_tied or None,
            "ranking": self.ranking,
            "places": self.places,
            "values": self.values,
            "shown": self.shown(),
            "unranked": self.unranked,
            "quorum": self.quorum,
            **self.tables,
            "ties": self.ties,
            "input_sha256": self.input_sha256,
            "rulebook_sha256": self.rulebook_sha256,
        }
        return {key: plain(value) for key, value in held.items() if value is not None}


def plain(value: object) -> object:
    """Turn a table into JSON: counts stay numbers, whatever may be a fraction becomes text."""
    if isinstance(value, Fraction | Decimal):
        return written(value)
    if isinstance(value, Mapping):
        return {key: plain(value[key]) for key in sorted(value)}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [plain(item) for item in value]
    if is_dataclass(value):
        members = {each.name: getattr(value, each.name) for each in fields(value)}
        return {key: plain(held) for key, held in members.items() if held is not None}
    return str(value) if isinstance(value, str) else value
