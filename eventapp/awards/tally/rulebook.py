"""The rulebook: what was agreed before anybody voted, and the acts that followed the vote."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction


class Method(StrEnum):
    """How ballots become a result."""

    WEIGHTED_SCORES = "weighted-scores"
    BORDA = "borda"
    POSITIONAL = "positional"
    SCHULZE = "schulze"
    IRV = "irv"
    STV = "stv"
    APPROVAL = "approval"
    POINTS = "points"
    VERDICTS = "pass-fail"

    @property
    def gives_values(self) -> bool:
        """Tell the methods that give each entry a value, to which a threshold can be held."""
        return self not in (Method.SCHULZE, Method.IRV, Method.STV)


class Scale(StrEnum):
    """What a card's total is: 0–100 of what was possible, or the weighted marks themselves."""

    PERCENT = "percent"
    RAW = "raw"


class Absent(StrEnum):
    """What an absent optional criterion does to a card."""

    RENORMALISE = "renormalise"
    INCOMPLETE = "incomplete"


class Normalise(StrEnum):
    """How strict and generous jurors are brought onto one scale."""

    NONE = "none"
    ZSCORE_FIT = "zscore-fit"
    ADDITIVE = "additive"
    RANK = "rank"


class Aggregate(StrEnum):
    """How an entry's cards become one value."""

    MEAN = "mean"
    MEDIAN = "median"
    TRIMMED = "trimmed"
    SUM = "sum"


class Strength(StrEnum):
    """What a victory of one entry over another weighs in Schulze's method."""

    WINNING_VOTES = "winning-votes"
    MARGINS = "margins"
    RELATIVE_MARGIN = "relative-margin"


class Variant(StrEnum):
    """Variants of single methods: of Borda, and of the transferable vote."""

    TOP_K = "top-k"
    SCOTTISH = "scottish"


class Step(StrEnum):
    """The named steps of a tie chain; ``criterion:<id>`` is the one with a name of its own."""

    HEAD_TO_HEAD = "head-to-head"
    CRITERION = "criterion"
    COUNTBACK = "countback"
    MEDIAN = "median"
    RUNOFF = "runoff"
    CHAIR = "chair"
    EX_AEQUO = "ex-aequo"
    LOT = "lot"


class Rounding(StrEnum):
    """How a value is rounded where people see it."""

    HALF_UP = "half-up"
    HALF_EVEN = "half-even"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing jurors give marks for, from *low* to *high*."""

    id: str
    weight: Fraction
    low: Fraction
    high: Fraction
    required: bool


@dataclass(frozen=True, slots=True)
class NormaliseFloor:
    """The fewest jurors, and cards of each, on which z-scores may be fitted."""

    jurors: int = 3
    cards: int = 6


@dataclass(frozen=True, slots=True)
class Quorum:
    """Who must be there (of the body and for each entry), and the cards each entry needs."""

    absolute: int
    share: Fraction
    chair: bool
    cards: int


@dataclass(frozen=True, slots=True)
class Nota:
    """None-of-the-above, and what an entry needs against it."""

    id: str
    quorum: Fraction
    majority: Fraction


@dataclass(frozen=True, slots=True)
class ChairChoice:
    """The chair's recorded act on a tie: the order chosen, why, and by whom if it is said."""

    order: tuple[str, ...]
    reason: str
    by: str | None


@dataclass(frozen=True, slots=True)
class Distinctions:
    """How many entries after the winners may be distinguished, and from which value."""

    per_category: int
    min_score: Fraction | None


@dataclass(frozen=True, slots=True)
class Display:
    """How values are shown; ranks are always computed on the exact ones."""

    decimals: int
    rounding: Rounding


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Every rule of one count."""

    method: Method
    criteria: tuple[Criterion, ...]
    scale: Scale
    optional: Absent | None
    normalise: Normalise
    normalise_floor: NormaliseFloor
    aggregate: Aggregate
    trim: int
    points: tuple[Fraction, ...]
    variant: Variant | None
    k: int | None
    strength: Strength | None
    budget: Fraction | None
    nota: Nota | None
    seats: int
    quorum: Quorum | None
    min_score: Fraction | None
    ties: tuple[str, ...]
    distinctions: Distinctions | None
    display: Display | None
    chair_choice: ChairChoice | None
    lot_seed: str | None
    runoff: Mapping[str, Fraction]

    @property
    def top_k(self) -> int | None:
        """Give how many places of a ballot count, in Borda's variant of that name."""
        return self.k if self.method is Method.BORDA else None
