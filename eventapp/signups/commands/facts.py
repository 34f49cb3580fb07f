"""What can happen to a sign-up."""

from dataclasses import dataclass
from typing import ClassVar

from eventapp.kernel.facts import Fact


@dataclass(frozen=True, kw_only=True)
class SignUpFact(Fact):
    """Base: something happened to one person's sign-up for one session."""

    kind: ClassVar[str] = "sign-up"
    sign_up_id: int
    session_id: int
    registration_id: int
    ticket: int


@dataclass(frozen=True, kw_only=True)
class SignUpConfirmed(SignUpFact):
    """Somebody got a seat at once."""

    kind: ClassVar[str] = "sign-up-confirmed"


@dataclass(frozen=True, kw_only=True)
class SignUpQueued(SignUpFact):
    """Somebody got a place in the queue."""

    kind: ClassVar[str] = "sign-up-queued"


@dataclass(frozen=True, kw_only=True)
class SignUpPromoted(SignUpFact):
    """The first in the queue got a freed seat."""

    kind: ClassVar[str] = "sign-up-promoted"


@dataclass(frozen=True, kw_only=True)
class SignUpOffered(SignUpFact):
    """A freed seat is held for the first in the queue, for an answer."""

    kind: ClassVar[str] = "sign-up-offered"
    expires_at: str


@dataclass(frozen=True, kw_only=True)
class OfferClaimed(SignUpFact):
    """Somebody took the seat that was held, or was the first to answer the last call."""

    kind: ClassVar[str] = "offer-claimed"


@dataclass(frozen=True, kw_only=True)
class OfferLapsed(SignUpFact):
    """Nobody answered: the person waits on, behind all others; `ticket` is the new one."""

    kind: ClassVar[str] = "offer-lapsed"


@dataclass(frozen=True, kw_only=True)
class OfferRevoked(SignUpFact):
    """The seat that was held is gone; the place in the queue is kept."""

    kind: ClassVar[str] = "offer-revoked"


@dataclass(frozen=True, kw_only=True)
class LastCallMade(Fact):
    """Everybody in a queue was told that free seats go to whoever asks first."""

    kind: ClassVar[str] = "last-call-made"
    session_id: int
    people: int


@dataclass(frozen=True, kw_only=True)
class LotsDrawn(Fact):
    """The order of a queue was drawn: the SHA-256 of seed and ticket, smallest first."""

    kind: ClassVar[str] = "lots-drawn"
    session_id: int
    seed: str
    tickets: int


@dataclass(frozen=True, kw_only=True)
class SignUpPassedOn(SignUpFact):
    """A place went over to the person who takes part instead; `registration_id` is the new one."""

    kind: ClassVar[str] = "sign-up-passed-on"
    old_registration_id: int


@dataclass(frozen=True, kw_only=True)
class AppointmentChanged(SignUpFact):
    """Somebody picked another time or adviser for the same advice."""

    kind: ClassVar[str] = "appointment-changed"


@dataclass(frozen=True, kw_only=True)
class ServiceCardWritten(SignUpFact):
    """An adviser noted what came of an appointment."""

    kind: ClassVar[str] = "service-card-written"


@dataclass(frozen=True, kw_only=True)
class SignUpLeft(SignUpFact):
    """A seat (`was` confirmed or offered) or a place in the queue (`was` waiting) was given up."""

    kind: ClassVar[str] = "sign-up-left"
    was: str
    reason: str
