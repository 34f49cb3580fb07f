"""Pure arithmetic of the evidence: what was required, what was attended, what that earns."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Completion(StrEnum):
    """How a participant ended, in the words of the Polish register of development services."""

    COMPLETED = "ukończył"
    NOT_COMPLETED = "nie ukończył"
    DID_NOT_ATTEND = "nie uczestniczył"


@dataclass(frozen=True, kw_only=True)
class Held:
    """A session as the evidence counts it."""

    id: int
    ends_at: datetime
    support_minutes: int
    counts_for_certificate: bool
    compulsory: bool


@dataclass(frozen=True, kw_only=True)
class Participant:
    """A qualified person as the evidence counts them.

    `minutes` are the credited minutes by session attended, `confirmed` the own sessions with
    a seat; `arrived_at` is set for a walk-in, from whom nothing earlier is required.
    """

    minutes: Mapping[int, int] = field(default_factory=dict)
    confirmed: Collection[int] = ()
    arrived_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a participant's presence amounts to; `percent` is rounded down."""

    required_minutes: int
    attended_required_minutes: int
    attended_total_minutes: int
    percent: int
    completion: Completion

    @property
    def certificate(self) -> bool:
        """Tell whether a certificate is due."""
        return self.completion is Completion.COMPLETED


def required(participant: Participant, sessions: Iterable[Held]) -> list[Held]:
    """List what a participant must attend: the compulsory sessions and the own confirmed ones."""
    return [
        session
        for session in sessions
        if _is_due(participant, session)
        and (participant.arrived_at is None or session.ends_at > participant.arrived_at)
    ]


def _is_due(participant: Participant, session: Held) -> bool:
    own = session.id in participant.confirmed and session.counts_for_certificate
    return session.compulsory or own


def outcome(participant: Participant, sessions: Iterable[Held], min_percent: int) -> Outcome:
    """Return what a participant's presence earns; the threshold is decided in integers."""
    due = required(participant, sessions)
    needed = sum(session.support_minutes for session in due)
    attended = sum(participant.minutes.get(session.id, 0) for session in due)
    return Outcome(
        required_minutes=needed,
        attended_required_minutes=attended,
        attended_total_minutes=sum(participant.minutes.values()),
        percent=100 * attended // needed if needed else 0,
        completion=_completion(participant, attended, needed, min_percent),
    )


def _completion(
    participant: Participant, attended: int, needed: int, min_percent: int
) -> Completion:
    if not participant.minutes:
        return Completion.DID_NOT_ATTEND
    enough = needed > 0 and attended * 100 >= min_percent * needed
    return Completion.COMPLETED if enough else Completion.NOT_COMPLETED


def counted(values: Iterable[str]) -> dict[str, int]:
    """Count how often each value occurs, by value; what does not occur is left out."""
    return dict(sorted(Counter(values).items()))


def share(part: int, whole: int) -> int:
    """Return *part* of *whole* in whole percent, rounded down; of nothing it is 0."""
    return 100 * part // whole if whole else 0


def minutes_each(starts_at: datetime, ends_at: datetime, speakers: int) -> int:
    """Return how many whole minutes each speaker of a session has if all have as many."""
    whole = int((ends_at - starts_at).total_seconds()) // 60
    return whole // max(speakers, 1)
