"""The jury: declarations, recusals, conflicts found in the data, coverage and quorum."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING, Any

from eventapp.awards.rules.refusals import AwardRefusal
from eventapp.awards.rules.states import Cell
from eventapp.kernel.text import full_name, search_key

if TYPE_CHECKING:
    from eventapp.awards.models import Absence, Ballot, Juror, Nomination, Recusal

FEWEST_WORDS = 2  # a shared first word ("Fundacja …") says nothing about two institutions


def refuse_entries(juror: Juror) -> AwardRefusal | None:
    """Return why *juror* may not read the nominations yet."""
    return None if juror.declaration_signed_at else AwardRefusal.NOT_DECLARED


def refuse_recusal(reason: str, before: Recusal | None) -> AwardRefusal | None:
    """Return why a recusal may not be recorded."""
    if before is not None:
        return AwardRefusal.ALREADY_RECUSED
    return None if reason.strip() else AwardRefusal.REASON_MISSING


def refuse_absence(reason: str, cards: Sequence[Ballot]) -> AwardRefusal | None:
    """Return why a juror with these live *cards* may not be marked as absent."""
    if not reason.strip():
        return AwardRefusal.REASON_MISSING
    return AwardRefusal.HAS_CARDS if cards else None


# --- coverage -----------------------------------------------------------------------------


def cell_state(ballot: Ballot | None, recusal: Recusal | None, absence: Absence | None) -> Cell:
    """Return how one juror's card for one nomination stands."""
    if ballot is not None and ballot.voided_at is not None:
        return Cell.VOID
    if recusal is not None:
        return Cell.RECUSED
    if ballot is not None and ballot.complete:
        return Cell.CAST
    if absence is not None:
        return Cell.ABSENT
    return Cell.STARTED if ballot is not None else Cell.MISSING


# --- quorum -------------------------------------------------------------------------------


@dataclass(frozen=True)
class EntryQuorum:
    """How many free jurors are there for one nomination, and how many must be; cards likewise."""

    present: int
    needed: int
    cards: int
    cards_needed: int

    @property
    def met(self) -> bool:
        """Tell whether the nomination may be ranked."""
        return self.present >= self.needed and self.cards >= self.cards_needed


@dataclass(frozen=True)
class RoundQuorum:
    """Whether the jury may decide an award: the body, and each nomination by id."""

    appointed: int
    present: int
    needed: int
    leader_missing: bool
    entries: Mapping[int, EntryQuorum]

    @property
    def body_met(self) -> bool:
        """Tell whether enough of the body take part."""
        return self.present >= self.needed and not self.leader_missing

    @property
    def met(self) -> bool:
        """Tell whether the round may be closed with a decision on every nomination."""
        return self.body_met and all(entry.met for entry in self.entries.values())


def round_quorum(
    rulebook: Mapping[str, Any],
    jurors: Sequence[Juror],
    absent: Collection[int],
    recused: Collection[tuple[int, int]],
    cards: Mapping[int, int],
) -> RoundQuorum:
    """Judge the quorum before the count, by the same numbers that the count uses.

    *absent* holds jurors' ids, *recused* (juror, nomination) pairs, *cards* the number of
    complete cards of each nomination that is judged.
    """
    rule = rulebook.get("quorum") or {}
    share, floor = Fraction(str(rule.get("share", 0))), int(rule.get("absolute", 0))
    voting = [juror for juror in jurors if juror.voting]
    appointed = [juror for juror in voting if juror.role != "substitute"]
    here = [juror for juror in voting if juror.id not in absent]
    leader = any(juror.role in {"chair", "deputy"} for juror in here)

    def needed(of: int) -> int:
        return max(floor, ceil(share * of))

    def entry(nomination_id: int) -> EntryQuorum:
        free = sum((juror.id, nomination_id) not in recused for juror in appointed)
        present = sum((juror.id, nomination_id) not in recused for juror in here)
        at_least = needed(max(free, min(present, len(appointed))))
        return EntryQuorum(present, at_least, cards[nomination_id], int(rule.get("cards", 0)))

    return RoundQuorum(
        appointed=len(appointed),
        present=min(len(here), len(appointed)),
        needed=needed(len(appointed)),
        leader_missing=bool(rule.get("chair")) and not leader,
        entries={nomination_id: entry(nomination_id) for nomination_id in cards},
    )


# --- conflicts found in the event's own data ----------------------------------------------


@dataclass(frozen=True)
class Conflict:
    """A tie between a juror and a nomination that the data show; the chair judges it.

    `kind` is ``nominator-institution``, ``nominee-institution``, ``nominator-person`` or
    ``registered-from``; `evidence` is the text or name that was found.
    """

    juror_id: int
    nomination_id: int
    kind: str
    evidence: str


def conflicts(
    jurors: Iterable[Juror],
    nominations: Sequence[Nomination],
    comes_from: Mapping[int, Collection[int]],
    settled: Collection[tuple[int, int]],
) -> list[Conflict]:
    """List what the data show between jurors and nominations, without what is *settled*.

    *comes_from* maps a person to the organisations they registered from; *settled* holds
    the (juror, nomination) pairs already recused or dismissed. What ties a juror to a merged
    nomination ties them to the candidacy it joined.
    """
    found: dict[tuple[int, int], Conflict] = {}
    for juror in jurors:
        for nomination in nominations:
            pair = juror.id, nomination.merged_into_id or nomination.id
            if pair in settled or pair in found:
                continue
            if conflict := _conflict(juror, nomination, comes_from.get(juror.person_id, ())):
                found[pair] = conflict
    return list(found.values())


def _conflict(
    juror: Juror, nomination: Nomination, organisations: Collection[int]
) -> Conflict | None:
    return next(_found(juror, nomination, organisations), None)


def _found(
    juror: Juror, nomination: Nomination, organisations: Collection[int]
) -> Iterator[Conflict]:
    person = juror.person
    name = full_name(None, person.first_name, person.last_name)
    email = nomination.nominator_email
    same_mail = bool(email) and email == person.email

    def told(kind: str, evidence: str) -> Conflict:
        return Conflict(juror.id, nomination.merged_into_id or nomination.id, kind, evidence)

    if same_mail or search_key(nomination.nominator) == search_key(name):
        yield told("nominator-person", nomination.nominator)
    if nomination.organisation_id is not None and nomination.organisation_id in organisations:
        yield told("registered-from", nomination.nominee)
    if same_institution(juror.institution, nomination.nominee):
        yield told("nominee-institution", nomination.nominee)
    if same_institution(juror.institution, nomination.nominator):
        yield told("nominator-institution", nomination.nominator)


def same_institution(one: str, other: str) -> bool:
    """Tell whether two names mean one institution: equal, or one begins with all of the other."""
    first, second = search_key(one).split(), search_key(other).split()
    shorter = min(len(first), len(second))
    return shorter >= FEWEST_WORDS and first[:shorter] == second[:shorter]
