"""Score cards: one juror's marks on one entry, and the total they make."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from eventapp.awards.tally.ballots import Kind, open_ballots
from eventapp.awards.tally.errors import TallyError
from eventapp.awards.tally.numbers import exact
from eventapp.awards.tally.panel import Juror, Panel
from eventapp.awards.tally.rulebook import Absent, Criterion, Rulebook, Scale
from eventapp.awards.tally.shape import mapping, refuse_unknown

Marks = Mapping[str, Fraction]  # criterion → mark
Totals = Mapping[str, Mapping[str, Fraction]]  # entry → juror → total of the card


@dataclass(frozen=True, slots=True)
class Cards:
    """The cards of a count by entry and juror; an incomplete one is kept but never counts."""

    complete: Mapping[str, Mapping[str, Marks]]
    incomplete: Mapping[str, tuple[str, ...]]

    def votes(self) -> dict[str, int]:
        """Count the complete cards of each entry."""
        return {entry: len(held) for entry, held in self.complete.items()}

    def among(self, standing: tuple[str, ...]) -> Cards:
        """Keep the cards of the entries that stand."""
        return Cards(
            {entry: held for entry, held in self.complete.items() if entry in standing},
            {entry: left for entry, left in self.incomplete.items() if entry in standing},
        )

    def totals(self, rules: Rulebook) -> Totals:
        """Total each complete card, exactly."""
        return {
            entry: {juror: card_total(rules, marks) for juror, marks in held.items()}
            for entry, held in self.complete.items()
        }


def read_cards(ballots: object, rules: Rulebook, entries: tuple[str, ...], panel: Panel) -> Cards:
    """Read every card; a place gives one card to an entry, and none where recused."""
    held: dict[str, dict[str, Marks]] = {entry: {} for entry in sorted(entries)}
    criteria = {criterion.id: criterion for criterion in rules.criteria}
    for ballot in open_ballots(ballots, Kind.SCORES, panel):
        if ballot.juror is None:
            raise TallyError(f"{ballot.name} must name its juror.")
        for entry, raw in mapping(ballot.content, f"{ballot.name}: scores").items():
            refuse_unknown(entry, entries, ballot.name)
            _refuse_card(ballot.juror, entry, held[entry], panel, ballot.name)
            held[entry][ballot.juror.id] = _marks(raw, criteria, f"{ballot.name}: {entry}")
    return _told_apart(held, rules)


def card_total(rules: Rulebook, marks: Marks) -> Fraction:
    """Weigh one card's marks: onto 0–100 of what was possible, or as they were given."""
    given = [criterion for criterion in rules.criteria if criterion.id in marks]
    weighed = sum(c.weight * _scaled(marks[c.id], c, rules.scale) for c in given)
    return Fraction(weighed, sum(criterion.weight for criterion in given))


def is_complete(rules: Rulebook, marks: Marks) -> bool:
    """Tell whether a card counts: all required marks, and what the rule on optional ones asks."""
    absent = [criterion for criterion in rules.criteria if criterion.id not in marks]
    if not marks or any(criterion.required for criterion in absent):
        return False
    return not absent or rules.optional is Absent.RENORMALISE


def _refuse_card(
    juror: Juror, entry: str, held: Mapping[str, Marks], panel: Panel, name: str
) -> None:
    """Refuse a card that may not exist; nothing is repaired here."""
    if entry in juror.recused:
        raise TallyError(f"{name}: {juror.id} is recused from {entry} and may not score it.")
    if juror.id in held:
        raise TallyError(f"{name}: {juror.id} has scored {entry} already.")
    for other in sorted(panel.sharing(juror) & held.keys()):
        raise TallyError(f"{name}: {juror.id} and {other} share one vote, and both scored {entry}.")


def _marks(raw: object, criteria: Mapping[str, Criterion], name: str) -> Marks:
    """Read one card's marks, each within its criterion's scale."""
    marks = {}
    for key, value in mapping(raw, name).items():
        if key not in criteria:
            raise TallyError(f"{name}: there is no criterion {key[:40]!r}.")
        marks[key] = exact(value, f"{name}: {key}")
        if not criteria[key].low <= marks[key] <= criteria[key].high:
            scale = f"{criteria[key].low} to {criteria[key].high}"
            raise TallyError(f"{name}: {key} must lie on the scale {scale}.")
    return marks


def _scaled(mark: Fraction, criterion: Criterion, scale: Scale) -> Fraction:
    if scale is Scale.RAW:
        return mark
    return 100 * (mark - criterion.low) / (criterion.high - criterion.low)


def _told_apart(held: Mapping[str, Mapping[str, Marks]], rules: Rulebook) -> Cards:
    """Set incomplete cards aside, listed by the jurors who left them so."""
    complete, incomplete = {}, {}
    for entry, cards in held.items():
        jurors = sorted(cards)
        complete[entry] = {j: cards[j] for j in jurors if is_complete(rules, cards[j])}
        if left := tuple(juror for juror in jurors if juror not in complete[entry]):
            incomplete[entry] = left
    return Cards(complete, incomplete)
