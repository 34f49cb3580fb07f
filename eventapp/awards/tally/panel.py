"""The jury as a body: who is appointed, who is there, who may judge what, and its quorum.

A *place* is one appointed vote: a chair, a deputy or a member, together with the substitutes
named for them. The secretary, observers and auditors sit there and have no vote.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cached_property

from eventapp.awards.tally.errors import TallyError
from eventapp.awards.tally.rulebook import Quorum
from eventapp.awards.tally.shape import fields, listed, names


class Role(StrEnum):
    """What somebody is in the jury."""

    CHAIR = "chair"
    DEPUTY = "deputy"
    MEMBER = "member"
    SUBSTITUTE = "substitute"
    SECRETARY = "secretary"
    OBSERVER = "observer"
    AUDITOR = "auditor"

    @property
    def appointed(self) -> bool:
        """Tell a role with a place of its own."""
        return self in (Role.CHAIR, Role.DEPUTY, Role.MEMBER)

    @property
    def voting(self) -> bool:
        """Tell a role that casts ballots."""
        return self.appointed or self is Role.SUBSTITUTE


@dataclass(frozen=True, slots=True)
class Juror:
    """One person of the jury, as they stand in this count."""

    id: str
    role: Role
    present: bool
    recused: frozenset[str]
    stands_for: str | None

    def judges(self, entry: str) -> bool:
        """Tell whether this juror is there and free to judge *entry*."""
        return self.present and entry not in self.recused


@dataclass(frozen=True, slots=True)
class BodyQuorum:
    """Whether the jury as a body could decide."""

    appointed: int
    present: int
    needed: int
    leader: bool
    met: bool


@dataclass(frozen=True, slots=True)
class EntryQuorum:
    """Whether one entry was judged by enough jurors, on enough cards."""

    eligible: int
    present: int
    needed: int
    cards: int
    cards_needed: int

    @property
    def fault(self) -> str | None:
        """Name what is missing."""
        if self.present < self.needed:
            return "too-few-present"
        if self.cards < self.cards_needed:
            return "too-few-cards"
        return None


@dataclass(frozen=True)
class Panel:
    """The jury of one count."""

    jurors: Mapping[str, Juror]

    @cached_property
    def places(self) -> tuple[tuple[Juror, ...], ...]:
        """List each appointed juror with the substitutes who stand for them."""
        named: dict[str, list[Juror]] = {
            juror.id: [juror] for juror in self.jurors.values() if juror.role.appointed
        }
        for juror in self.jurors.values():
            if juror.stands_for is not None:
                named[juror.stands_for].append(juror)
        return tuple(tuple(place) for place in named.values())

    @cached_property
    def spare(self) -> tuple[Juror, ...]:
        """List substitutes who stand for whoever is away."""
        substitutes = [j for j in self.jurors.values() if j.role is Role.SUBSTITUTE]
        return tuple(juror for juror in substitutes if juror.stands_for is None)

    def sharing(self, juror: Juror) -> frozenset[str]:
        """Name everybody whose vote is the same one place as the juror's."""
        for place in self.places:
            if juror in place:
                return frozenset(each.id for each in place)
        return frozenset({juror.id})

    @cached_property
    def leaders(self) -> tuple[Juror, ...]:
        """List the chair, then the deputies by id."""
        deputies = [juror for juror in self.jurors.values() if juror.role is Role.DEPUTY]
        chairs = [juror for juror in self.jurors.values() if juror.role is Role.CHAIR]
        return tuple(chairs + sorted(deputies, key=lambda juror: juror.id))

    def voter(self, juror_id: object, where: str) -> Juror:
        """Give the juror who casts a ballot."""
        juror = self.jurors.get(juror_id) if isinstance(juror_id, str) else None
        if juror is None:
            raise TallyError(f"{where}: there is no juror {str(juror_id)[:40]!r}.")
        if not juror.role.voting:
            raise TallyError(f"{where}: {juror.id} is {juror.role} and has no vote.")
        return juror

    def body_quorum(self, quorum: Quorum) -> BodyQuorum:
        """Judge the whole body: the greater of the absolute number and the share counts."""
        filled = sum(any(juror.present for juror in place) for place in self.places)
        spare = sum(juror.present for juror in self.spare)
        present = min(len(self.places), filled + spare)
        needed = _needed(quorum, len(self.places))
        leader = any(juror.present for juror in self.leaders)
        met = present >= needed and (leader or not quorum.chair)
        return BodyQuorum(len(self.places), present, needed, leader, met)

    def entry_quorum(self, quorum: Quorum, entry: str, cards: int) -> EntryQuorum:
        """Judge one entry: a recusal lowers what the share is taken of, never the floor."""
        filled = [any(juror.judges(entry) for juror in place) for place in self.places]
        free = [entry not in place[0].recused for place in self.places]
        spare = sum(juror.judges(entry) for juror in self.spare)
        present = min(len(self.places), sum(filled) + spare)
        eligible = max(present, sum(map(max, filled, free)))
        return EntryQuorum(eligible, present, _needed(quorum, eligible), cards, quorum.cards)


def read_panel(raw: object) -> Panel:
    """Read the jurors.

    A recusal from an entry that is not counted here (withdrawn, or of another category) is
    without effect.
    """
    found = [_juror(item, place) for place, item in enumerate(listed(raw, "Jurors"), start=1)]
    names([juror.id for juror in found], "Jurors")
    panel = Panel({juror.id: juror for juror in found})
    if sum(juror.role is Role.CHAIR for juror in found) > 1:
        raise TallyError("Jurors: only one may be chair.")
    for juror in found:
        _refuse_stand_in(juror, panel)
    return panel


def _juror(raw: object, place: int) -> Juror:
    known = ("id", "role", "present", "recused", "stands_for")
    found = fields(raw, f"Juror {place}", known)
    return Juror(
        id=found.text("id"),
        role=found.choice("role", Role, Role.MEMBER),
        present=found.flag("present", default=True),
        recused=frozenset(found.names("recused")),
        stands_for=found.text("stands_for") if "stands_for" in found else None,
    )


def _refuse_stand_in(juror: Juror, panel: Panel) -> None:
    """Refuse a substitution that nobody could act on."""
    if juror.stands_for is None:
        return
    principal = panel.jurors.get(juror.stands_for)
    if juror.role is not Role.SUBSTITUTE:
        raise TallyError(f"Juror {juror.id} stands for somebody without being a substitute.")
    if principal is None or not principal.role.appointed:
        raise TallyError(f"Juror {juror.id} stands for {juror.stands_for}, who has no place.")


def _needed(quorum: Quorum, of: int) -> int:
    """Count how many must be there, of *of* places."""
    return max(quorum.absolute, math.ceil(Fraction(quorum.share) * of))
