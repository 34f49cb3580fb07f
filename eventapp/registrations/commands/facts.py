"""What can happen to a registration."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from eventapp.kernel.facts import Fact


@dataclass(frozen=True, kw_only=True)
class RegistrationSubmitted(Fact):
    """Somebody registered, or was registered."""

    kind: ClassVar[str] = "registration-submitted"
    registration_id: int
    state: str
    source: str


@dataclass(frozen=True, kw_only=True)
class GuestInvited(Fact):
    """An institution gave one of its places to a guest."""

    kind: ClassVar[str] = "guest-invited"
    registration_id: int
    organiser_id: int


@dataclass(frozen=True, kw_only=True)
class RegistrationDecided(Fact):
    """The organiser decided about a registration."""

    kind: ClassVar[str] = "registration-decided"
    registration_id: int
    old: str
    state: str


@dataclass(frozen=True, kw_only=True)
class RegistrationNoted(Fact):
    """The team wrote something down about a registration; the words are not kept here."""

    kind: ClassVar[str] = "registration-noted"
    registration_id: int


@dataclass(frozen=True, kw_only=True)
class RegistrationTakenOut(Fact):
    """A registration was removed with the table that had brought it; nothing is left of it."""

    kind: ClassVar[str] = "registration-taken-out"
    registration_id: int


@dataclass(frozen=True, kw_only=True)
class LinkSent(Fact):
    """Somebody was sent the personal link again by the team."""

    kind: ClassVar[str] = "link-sent"
    registration_id: int


@dataclass(frozen=True, kw_only=True)
class RegistrationCancelled(Fact):
    """Somebody will not take part; `by_staff` tells who said so."""

    kind: ClassVar[str] = "registration-cancelled"
    registration_id: int
    by_staff: bool


@dataclass(frozen=True, kw_only=True)
class RegistrationReplaced(Fact):
    """Another person takes part instead, with the places in the sessions named."""

    kind: ClassVar[str] = "registration-replaced"
    registration_id: int
    by_id: int
    session_ids: Sequence[int] = ()


@dataclass(frozen=True, kw_only=True)
class RegistrationChanged(Fact):
    """Data of a registration were corrected; `columns` names them, values are not kept here."""

    kind: ClassVar[str] = "registration-changed"
    registration_id: int
    columns: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class ConsentAnswered(Fact):
    """A consent was given or withdrawn."""

    kind: ClassVar[str] = "consent-answered"
    registration_id: int
    consent: str
    given: bool


@dataclass(frozen=True, kw_only=True)
class BadgeReissued(Fact):
    """A badge got a new code; the old one opens nothing any more."""

    kind: ClassVar[str] = "badge-reissued"
    registration_id: int
    generation: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class LinkRenewed(Fact):
    """A personal link or feed address was replaced; the old one leads nowhere."""

    kind: ClassVar[str] = "link-renewed"
    registration_id: int
    which: str


@dataclass(frozen=True, kw_only=True)
class MonitoringRead(Fact):
    """Somebody read the encrypted third layer; `registration_id` is None for a whole event."""

    kind: ClassVar[str] = "monitoring-read"
    registration_id: int | None


@dataclass(frozen=True, kw_only=True)
class AnswersChanged(Fact):
    """Answers to the event's own questions changed; `codes` names the questions."""

    kind: ClassVar[str] = "answers-changed"
    registration_id: int
    codes: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class GroupRegistered(Fact):
    """A colleague registered several people, or more of them: so many named, so many not yet."""

    kind: ClassVar[str] = "group-registered"
    group_id: int
    people: int
    unnamed: int


@dataclass(frozen=True, kw_only=True)
class GroupDecided(Fact):
    """The organiser's decision stands for everybody of a group, also those still to be named."""

    kind: ClassVar[str] = "group-decided"
    group_id: int
    state: str


@dataclass(frozen=True, kw_only=True)
class GroupLinkRenewed(Fact):
    """The link of a group's contact was replaced; the old one leads nowhere."""

    kind: ClassVar[str] = "group-link-renewed"
    group_id: int


@dataclass(frozen=True, kw_only=True)
class GroupTermsChanged(Fact):
    """What the event allows organisations was changed."""

    kind: ClassVar[str] = "group-terms-changed"
    organisation_cap: int | None


@dataclass(frozen=True, kw_only=True)
class PlaceHeld(Fact):
    """A place is held for whoever opens its link, or (`cancelled`) is held no more."""

    kind: ClassVar[str] = "place-held"
    held_id: int
    state: str
