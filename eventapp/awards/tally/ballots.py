"""The envelope around every ballot: whose it is, or how many alike there are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from eventapp.awards.tally.errors import TallyError
from eventapp.awards.tally.panel import Juror, Panel
from eventapp.awards.tally.shape import fields, listed, refuse_unknown


class Kind(StrEnum):
    """What a ballot says, and under which key."""

    SCORES = "scores"
    RANKING = "ranking"
    APPROVE = "approve"
    POINTS = "points"
    VERDICTS = "verdicts"


@dataclass(frozen=True, slots=True)
class Ballot:
    """One ballot as it lies in the box; anonymous ballots alike may come as a bundle."""

    name: str
    juror: Juror | None
    count: int
    content: object

    def may_judge(self, entries: tuple[str, ...]) -> tuple[str, ...]:
        """List the entries this voter is not recused from."""
        recused = self.juror.recused if self.juror else frozenset()
        return tuple(entry for entry in entries if entry not in recused)

    def refuse_entry(self, entry: str, entries: tuple[str, ...]) -> None:
        """Refuse a word on an entry that is not counted, or that the juror is recused from."""
        refuse_unknown(entry, entries, self.name)
        if self.juror and entry in self.juror.recused:
            raise TallyError(
                f"{self.name}: {self.juror.id} is recused from {entry} and may not judge it."
            )


def open_ballots(raw: object, kind: Kind, panel: Panel) -> Iterator[Ballot]:
    """Open the ballots one by one; each must be of the *kind* that the method counts."""
    for place, item in enumerate(listed(raw, "Ballots"), start=1):
        yield _opened(item, kind, panel, f"Ballot {place}")


def single_ballots(raw: object, kind: Kind, panel: Panel) -> Iterator[Ballot]:
    """Open ballots of which each place in the jury has one."""
    voted: set[str] = set()
    for ballot in open_ballots(raw, kind, panel):
        if ballot.juror is not None:
            _refuse_second(ballot.juror, voted, panel, ballot.name)
            voted.add(ballot.juror.id)
        yield ballot


def _refuse_second(juror: Juror, voted: set[str], panel: Panel, name: str) -> None:
    if juror.id in voted:
        raise TallyError(f"{name}: {juror.id} has voted already.")
    for other in sorted(panel.sharing(juror) & voted):
        raise TallyError(f"{name}: {juror.id} and {other} share one vote, and both voted.")


def _opened(raw: object, kind: Kind, panel: Panel, name: str) -> Ballot:
    found = fields(raw, name, ("juror", "count", *Kind))
    if [key for key in found.raw if key in list(Kind)] != [kind]:
        raise TallyError(f"{name} must hold {kind}, and nothing else to count.")
    if "juror" not in found:
        return Ballot(name, None, found.integer("count", least=1, default=1), found.value(kind))
    if "count" in found:
        raise TallyError(f"{name} names its juror, so it cannot stand for a count of ballots.")
    return Ballot(name, panel.voter(found.value("juror"), name), 1, found.value(kind))
