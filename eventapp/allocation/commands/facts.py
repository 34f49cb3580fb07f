"""What can happen to an allocation."""

from dataclasses import dataclass
from typing import ClassVar

from eventapp.kernel.facts import Fact


@dataclass(frozen=True, kw_only=True)
class AllocationFact(Fact):
    """Base: something happened to an allocation."""

    kind: ClassVar[str] = "allocation"
    round_id: int


@dataclass(frozen=True, kw_only=True)
class AllocationSetUp(AllocationFact):
    """An allocation was set up, or its set-up changed."""

    kind: ClassVar[str] = "allocation-set-up"


@dataclass(frozen=True, kw_only=True)
class AllocationRemoved(AllocationFact):
    """An allocation that nobody could rank in was removed."""

    kind: ClassVar[str] = "allocation-removed"


@dataclass(frozen=True, kw_only=True)
class AllocationOpened(AllocationFact):
    """People can rank, as soon as it is time."""

    kind: ClassVar[str] = "allocation-opened"


@dataclass(frozen=True, kw_only=True)
class AllocationWithdrawn(AllocationFact):
    """An allocation became a draft again; people sign up by themselves."""

    kind: ClassVar[str] = "allocation-withdrawn"


@dataclass(frozen=True, kw_only=True)
class DeadlineMoved(AllocationFact):
    """People can rank until another moment; what was run before is void."""

    kind: ClassVar[str] = "allocation-deadline-moved"
    closes_at: str


@dataclass(frozen=True, kw_only=True)
class RankingSaved(AllocationFact):
    """Somebody saved wishes; which ones stays theirs."""

    kind: ClassVar[str] = "ranking-saved"
    registration_id: int


@dataclass(frozen=True, kw_only=True)
class SilentReminded(AllocationFact):
    """Those who had not ranked were asked to."""

    kind: ClassVar[str] = "ranking-reminded"
    letters: int


@dataclass(frozen=True, kw_only=True)
class AllocationRan(AllocationFact):
    """A run was computed; it replaces the one before."""

    kind: ClassVar[str] = "allocation-run"
    run: int
    seed: str
    input_hash: str


@dataclass(frozen=True, kw_only=True)
class AllocationAnnounced(AllocationFact):
    """The places of a run are those of the people, and everybody is told."""

    kind: ClassVar[str] = "allocation-announced"
    run: int
    seed: str
    input_hash: str
