"""What every method comes down to, or breaks its ties by: who gave how much to whom.

A slip is one juror's ballot, or that of several anonymous voters alike, as a mark for each entry
that they may judge. An entry that is not on a slip is *no data*: never zero, never last.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from itertools import accumulate, permutations

from eventapp.awards.tally.rulebook import Step
from eventapp.awards.tally.ties import Breaker, Finding, Tier, by_highest, highest_first


@dataclass(frozen=True, slots=True)
class Slip:
    """The marks of one ballot, more is better, and how many voters gave them."""

    weight: int
    marks: Mapping[str, Fraction]


Slips = Sequence[Slip]


def pooled(slips: Slips, standing: Sequence[str]) -> dict[str, Fraction]:
    """Give each entry its total, or its mean where some slip does not judge every entry.

    A total would then make an entry pay for each recusal.
    """
    given = grades(slips)
    totals = {
        entry: sum((mark * number for mark, number in held.items()), Fraction(0))
        for entry, held in given.items()
    }
    if all(len(slip.marks) == len(standing) for slip in slips):
        return totals
    return {entry: total / given[entry].total() for entry, total in totals.items()}


def grades(slips: Slips) -> dict[str, Counter[Fraction]]:
    """Count for each entry how many gave it which mark."""
    given: dict[str, Counter[Fraction]] = {}
    for slip in slips:
        for entry, mark in slip.marks.items():
            given.setdefault(entry, Counter())[mark] += slip.weight
    return dict(sorted(given.items()))


def voters(slips: Slips) -> dict[str, int]:
    """Count those who judged each entry."""
    return {entry: held.total() for entry, held in grades(slips).items()}


def breakers(slips: Slips) -> dict[str, Breaker]:
    """Give the tie steps that marks can answer."""
    return {
        Step.HEAD_TO_HEAD: partial(head_to_head, slips),
        Step.COUNTBACK: partial(countback, slips),
        Step.MEDIAN: partial(medians, slips),
    }


def head_to_head(slips: Slips, tied: Tier) -> Finding:
    """Let the entry win that more voters, of those who judged both, put above the other.

    Among more than two it is duels won less duels lost.
    """
    wins = {one: {other: 0 for other in tied if other != one} for one in tied}
    for one, other in permutations(tied, 2):
        wins[one][other] = sum(slip.weight for slip in slips if _prefers(slip, one, other))
    duels = {
        one: sum(_sign(won - wins[other][one]) for other, won in row.items())
        for one, row in wins.items()
    }
    return Finding(highest_first(duels), wins)


def countback(slips: Slips, tied: Tier) -> Finding | None:
    """Let the entry win that was given the highest mark more often, then the next one.

    Shares of those who judged the entry are compared, so that a recusal is no loss; where
    equally many judged, that is the plain count.
    """
    given = _given(slips, tied)
    if given is None:
        return None
    levels = sorted({mark for held in given.values() for mark in held}, reverse=True)
    shares = {
        entry: tuple(Fraction(held[level], held.total()) for level in levels)
        for entry, held in given.items()
    }
    return Finding(highest_first(shares), {"levels": levels, "shares": shares})


def medians(slips: Slips, tied: Tier) -> Finding | None:
    """Let the entry win with the higher median mark."""
    given = _given(slips, tied)
    return by_highest({entry: median(held) for entry, held in given.items()}) if given else None


def median(marks: Counter[Fraction]) -> Fraction:
    """Give the middle mark, or the mean of the two in the middle."""
    last = marks.total() - 1
    return (_nth(marks, last // 2) + _nth(marks, (last + 1) // 2)) / 2


def _given(slips: Slips, tied: Tier) -> dict[str, Counter[Fraction]] | None:
    """Give the marks of the tied, if nobody among them is without any."""
    given = {entry: held for entry, held in grades(slips).items() if entry in tied}
    return given if len(given) == len(tied) else None


def _nth(marks: Counter[Fraction], place: int) -> Fraction:
    """Give the mark at a place (from 0) of all marks in rising order."""
    rising = sorted(marks)
    passed = accumulate(marks[mark] for mark in rising)
    return next(mark for mark, upto in zip(rising, passed, strict=True) if upto > place)


def _prefers(slip: Slip, one: str, other: str) -> bool:
    marks = slip.marks
    return one in marks and other in marks and marks[one] > marks[other]


def _sign(margin: int) -> int:
    return (margin > 0) - (margin < 0)
