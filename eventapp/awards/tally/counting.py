"""The count itself: read, judge the quorum, apply the method, break ties, give the verdict."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, Self

from eventapp.awards.tally import acts, document, ranked, runoff, schulze, scores, simple, transfer
from eventapp.awards.tally.cards import read_cards
from eventapp.awards.tally.counted import Counted
from eventapp.awards.tally.errors import TallyError
from eventapp.awards.tally.panel import Panel, read_panel
from eventapp.awards.tally.rankings import read_orders, read_rankings
from eventapp.awards.tally.reading import read_rulebook
from eventapp.awards.tally.result import QuorumTable, Result
from eventapp.awards.tally.rulebook import Method, Rulebook
from eventapp.awards.tally.shape import Fields, fields, mapping, names
from eventapp.awards.tally.ties import Breakers
from eventapp.awards.tally.verdict import Status, Verdict, judge

FORMAT = "tally/1"


class Votes(Protocol):
    """The ballots of a count, read and found good."""

    def votes(self) -> dict[str, int]:
        """Count those who judged each entry."""

    def among(self, standing: tuple[str, ...]) -> Self:
        """Keep what was said on the entries that stand."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way to count: what its rulebook must hold, how ballots are read, how they count."""

    refuse: Callable[[Rulebook], None]
    read: Callable[[object, Rulebook, tuple[str, ...], Panel], Votes]
    count: Callable[[Any, Rulebook, tuple[str, ...], Breakers], Counted]


def _nothing(_rules: Rulebook) -> None:
    """Refuse nothing: the method has no rules of its own."""


WAYS: Mapping[Method, Way] = {
    Method.WEIGHTED_SCORES: Way(scores.refuse, read_cards, scores.count),
    Method.BORDA: Way(ranked.refuse_borda, read_rankings, ranked.borda),
    Method.POSITIONAL: Way(ranked.refuse_positional, read_rankings, ranked.positional),
    Method.SCHULZE: Way(_nothing, read_rankings, schulze.count),
    Method.IRV: Way(runoff.refuse, read_orders, runoff.count),
    Method.STV: Way(transfer.refuse, read_orders, transfer.count),
    Method.APPROVAL: Way(_nothing, simple.read_approvals, simple.most),
    Method.POINTS: Way(simple.refuse_points, simple.read_points, simple.most),
    Method.VERDICTS: Way(_nothing, simple.read_verdicts, simple.certify),
}


def count(
    rulebook: Mapping[str, object],
    entries: Sequence[str],
    jurors: Sequence[Mapping[str, object]],
    ballots: Sequence[Mapping[str, object]],
) -> Result:
    """Count a round: the same input gives the same result everywhere and for ever.

    The four arguments are those of the document ``tally/1``; numbers in them may be int,
    Decimal, Fraction or text, never float. Raise TallyError where they cannot be counted.
    """
    return count_document(
        {
            "format": FORMAT,
            "rulebook": rulebook,
            "entries": entries,
            "jurors": jurors,
            "ballots": ballots,
        }
    )


def tally_document(text: bytes | str) -> dict[str, object]:
    """Count a file ``tally/1`` and give the document ``tally-result/1``."""
    return count_document(document.parse(text)).document()


def count_document(raw: object) -> Result:
    """Count a document ``tally/1`` that has been parsed."""
    found = fields(raw, "The file", ("format", "rulebook", "entries", "jurors", "ballots"))
    if found.value("format") != FORMAT:
        raise found.fault("format", f"must be {FORMAT}")
    rulebook = mapping(found.value("rulebook"), "Rulebook")
    hashes = _Hashes(document.sha256(found.raw), document.rulebook_sha256(rulebook))
    return _Count.read(found).result(hashes)


@dataclass(frozen=True, slots=True)
class _Hashes:
    """What a result is bound to."""

    input: str
    rulebook: str


@dataclass(frozen=True, slots=True)
class _Count:
    """One count, with everything read."""

    rules: Rulebook
    entries: tuple[str, ...]
    panel: Panel
    votes: Votes

    @classmethod
    def read(cls, found: Fields) -> _Count:
        """Read all of the input before anything is counted."""
        entries = names(found.value("entries"), "Entries")
        if not entries:
            raise TallyError("Entries must name at least one entry.")
        rules = read_rulebook(found.value("rulebook"), entries)
        WAYS[rules.method].refuse(rules)
        panel = read_panel(found.raw.get("jurors", ()))
        if rules.nota is not None and rules.nota.id not in entries:
            entries += (rules.nota.id,)
        votes = WAYS[rules.method].read(found.value("ballots"), rules, entries, panel)
        return cls(rules, tuple(sorted(entries)), panel, votes)

    def result(self, hashes: _Hashes) -> Result:
        """Judge the quorum, count the entries that stand, give the verdict."""
        quorum = self._quorum()
        unjudged = self._unjudged(quorum)
        standing = tuple(entry for entry in self.entries if entry not in unjudged)
        counted = WAYS[self.rules.method].count(
            self.votes.among(standing), self.rules, standing, acts.recorded(self.rules, self.panel)
        )
        return Result(
            verdict=self._verdict(counted, unjudged),
            ranking=counted.broken.tiers,
            values=counted.values,
            unranked={**counted.unranked, **unjudged},
            quorum=quorum,
            tables=counted.tables,
            ties=counted.broken.log,
            display=self.rules.display,
            input_sha256=hashes.input,
            rulebook_sha256=hashes.rulebook,
        )

    def _quorum(self) -> QuorumTable | None:
        """Judge the body and each entry, where the rulebook has a quorum."""
        rule = self.rules.quorum
        if rule is None:
            return None
        votes = self.votes.votes()
        judged = {e: self.panel.entry_quorum(rule, e, votes.get(e, 0)) for e in self.entries}
        return QuorumTable(self.panel.body_quorum(rule), judged)

    def _unjudged(self, quorum: QuorumTable | None) -> dict[str, str]:
        """Name the entries that may not be ranked; a body without quorum decides on none."""
        if quorum is None:
            return {}
        if not quorum.body.met:
            return dict.fromkeys(self.entries, "no-quorum")
        return {entry: each.fault for entry, each in quorum.entries.items() if each.fault}

    def _verdict(self, counted: Counted, unjudged: Mapping[str, str]) -> Verdict:
        """Give the verdict; with nobody ranked for want of a quorum it says so."""
        if not counted.broken.tiers and unjudged:
            return Verdict(Status.NO_QUORUM, ())
        return judge(counted, self.rules)
