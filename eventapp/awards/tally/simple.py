"""The simple ways: approval, a budget of points, and pass or fail."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

from eventapp.awards.tally.ballots import Ballot, Kind, single_ballots
from eventapp.awards.tally.counted import Counted
from eventapp.awards.tally.errors import TallyError
from eventapp.awards.tally.numbers import exact
from eventapp.awards.tally.panel import Panel
from eventapp.awards.tally.ranked import points_counted
from eventapp.awards.tally.rulebook import Rulebook
from eventapp.awards.tally.shape import mapping, names
from eventapp.awards.tally.slips import Slip, grades, voters
from eventapp.awards.tally.ties import Breakers, Broken

_HALF = Fraction(1, 2)


class Mark(StrEnum):
    """A juror's word on one entry of a certification."""

    PASSED = "pass"
    FAILED = "fail"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Picks:
    """Ballots as marks; *unsure* counts those who judged an entry neither way."""

    slips: tuple[Slip, ...]
    unsure: dict[str, int] = field(default_factory=dict)

    def votes(self) -> dict[str, int]:
        """Count the voters who judged each entry."""
        return voters(self.slips)

    def among(self, standing: tuple[str, ...]) -> Picks:
        """Keep the marks of the entries that stand."""
        kept = (
            Slip(slip.weight, {e: mark for e, mark in slip.marks.items() if e in standing})
            for slip in self.slips
        )
        return Picks(tuple(kept), {e: number for e, number in self.unsure.items() if e in standing})


def refuse_points(rules: Rulebook) -> None:
    """Refuse a rulebook that does not say how many points a voter may give."""
    if rules.budget is None:
        raise TallyError("Rulebook: budget is missing.")


def read_approvals(
    ballots: object, _rules: Rulebook, entries: tuple[str, ...], panel: Panel
) -> Picks:
    """Read lists of approved entries; the others a voter may judge are not approved."""
    return Picks(
        tuple(_approvals(each, entries) for each in single_ballots(ballots, Kind.APPROVE, panel))
    )


def read_points(ballots: object, rules: Rulebook, entries: tuple[str, ...], panel: Panel) -> Picks:
    """Read points given to entries, within the budget; the others are given none."""
    budget = rules.budget or Fraction(0)
    return Picks(
        tuple(
            _points(each, entries, budget) for each in single_ballots(ballots, Kind.POINTS, panel)
        )
    )


def read_verdicts(
    ballots: object, _rules: Rulebook, entries: tuple[str, ...], panel: Panel
) -> Picks:
    """Read verdicts; *unsure* is counted in neither direction."""
    slips, unsure = [], dict.fromkeys(sorted(entries), 0)
    for ballot in single_ballots(ballots, Kind.VERDICTS, panel):
        verdicts = _verdicts(ballot, entries)
        sure = {entry: mark for entry, mark in verdicts.items() if mark is not Mark.UNSURE}
        slips.append(
            Slip(ballot.count, {e: Fraction(mark is Mark.PASSED) for e, mark in sure.items()})
        )
        for entry in verdicts.keys() - sure.keys():
            unsure[entry] += ballot.count
    return Picks(tuple(slips), unsure)


def most(picks: Picks, rules: Rulebook, standing: tuple[str, ...], acts: Breakers) -> Counted:
    """Rank by approvals, or by points given; with a recusal, by their mean over who may judge."""
    return points_counted(picks.slips, rules, standing, acts, missing="no-ballots")


def certify(picks: Picks, rules: Rulebook, standing: tuple[str, ...], _acts: Breakers) -> Counted:
    """Pass every entry whose share of passes reaches the threshold, or else is a majority.

    All that pass win; there is nothing to tie for.
    """
    given = grades(picks.slips)
    shares = {entry: Fraction(held[Fraction(1)], held.total()) for entry, held in given.items()}
    passed = tuple(entry for entry, share in shares.items() if _passes(share, rules))
    failed = tuple(entry for entry in shares if entry not in passed)
    tiers = tuple(tier for tier in (passed, failed) if tier)
    return Counted(
        broken=Broken(tiers, (), frozenset(tiers)),
        values=shares,
        unranked={entry: "no-verdicts" for entry in standing if entry not in shares},
        tables={
            "verdicts": {
                entry: {
                    Mark.PASSED: held[Fraction(1)],
                    Mark.FAILED: held[Fraction(0)],
                    Mark.UNSURE: picks.unsure[entry],
                }
                for entry, held in given.items()
            }
        },
        barred=frozenset(failed),
    )


def _passes(share: Fraction, rules: Rulebook) -> bool:
    return share > _HALF if rules.min_score is None else share >= rules.min_score


def _approvals(ballot: Ballot, entries: tuple[str, ...]) -> Slip:
    approved = names(ballot.content, f"{ballot.name}: approve")
    for entry in approved:
        ballot.refuse_entry(entry, entries)
    return Slip(ballot.count, {e: Fraction(e in approved) for e in ballot.may_judge(entries)})


def _points(ballot: Ballot, entries: tuple[str, ...], budget: Fraction) -> Slip:
    raw = mapping(ballot.content, f"{ballot.name}: points")
    given = dict.fromkeys(ballot.may_judge(entries), Fraction(0))
    for entry, value in raw.items():
        ballot.refuse_entry(entry, entries)
        given[entry] = exact(value, f"{ballot.name}: {entry}")
        if given[entry] < 0:
            raise TallyError(f"{ballot.name}: {entry} may not be given less than nothing.")
    if sum(given.values()) > budget:
        raise TallyError(f"{ballot.name} gives more than its {budget} points.")
    return Slip(ballot.count, given)


def _verdicts(ballot: Ballot, entries: tuple[str, ...]) -> dict[str, Mark]:
    found = {}
    for entry, word in mapping(ballot.content, f"{ballot.name}: verdicts").items():
        ballot.refuse_entry(entry, entries)
        if not isinstance(word, str) or word not in list(Mark):
            raise TallyError(f"{ballot.name}: {entry} must be one of {', '.join(Mark)}.")
        found[entry] = Mark(word)
    return found
