"""What can happen to attendance."""

from dataclasses import dataclass
from typing import ClassVar

from eventapp.kernel.facts import Fact


@dataclass(frozen=True, kw_only=True)
class PresenceCorrected(Fact):
    """Somebody's presence in a session was corrected, with a reason that stays beside it."""

    kind: ClassVar[str] = "presence-corrected"
    correction_id: int
    session_id: int
    registration_id: int
    change: str
    before: int | None
    after: int | None


@dataclass(frozen=True, kw_only=True)
class CorrectionUndone(Fact):
    """A correction of presence was taken back by another row."""

    kind: ClassVar[str] = "correction-undone"
    correction_id: int
    session_id: int
    registration_id: int


@dataclass(frozen=True, kw_only=True)
class ListFact(Fact):
    """Base: something happened to a list that people sign."""

    kind: ClassVar[str] = "attendance-list"
    list_id: int
    session_id: int
    number: int


@dataclass(frozen=True, kw_only=True)
class ListPrinted(ListFact):
    """A list got its number and its rows."""

    kind: ClassVar[str] = "attendance-list-printed"
    rows: int


@dataclass(frozen=True, kw_only=True)
class ListScanned(ListFact):
    """A scan or a photograph of the signed list was attached."""

    kind: ClassVar[str] = "attendance-list-scanned"
    sha256: str


@dataclass(frozen=True, kw_only=True)
class ListRead(ListFact):
    """Somebody noted who had signed."""

    kind: ClassVar[str] = "attendance-list-read"
    signed: int


@dataclass(frozen=True, kw_only=True)
class ListReconciled(ListFact):
    """Nothing is left to settle between a list and the door."""

    kind: ClassVar[str] = "attendance-list-reconciled"


@dataclass(frozen=True, kw_only=True)
class ListReopened(ListFact):
    """A list that was reconciled is open again."""

    kind: ClassVar[str] = "attendance-list-reopened"


@dataclass(frozen=True, kw_only=True)
class ReleaseRuleSet(Fact):
    """It was said when places that nobody came for go to the door list."""

    kind: ClassVar[str] = "release-rule-set"
    session_id: int | None
    minutes: int | None


@dataclass(frozen=True, kw_only=True)
class PlaceGivenAway(Fact):
    """A place that its holder did not come for went to somebody at the door."""

    kind: ClassVar[str] = "place-given-away"
    release_id: int
    session_id: int
    registration_id: int
    given_to_id: int


@dataclass(frozen=True, kw_only=True)
class PlaceReturned(Fact):
    """A place that had been given away at the door went back to its holder."""

    kind: ClassVar[str] = "place-returned"
    release_id: int
    session_id: int
    registration_id: int
    given_to_id: int
