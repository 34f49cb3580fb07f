"""The arithmetic of the evidence: what was required, what was attended, what that earns."""

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
class Rule:
    """What a certificate takes: a share of the required minutes, or a number of sessions.

    With `min_sessions` so many of the sessions that count must be attended, each for at least
    `min_percent` of its minutes; which of them does not matter, nor whether there was a place.
    """

    min_percent: int
    min_sessions: int | None = None


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a participant's presence amounts to; `percent` is rounded down.

    `sessions` of the `counting_sessions` were attended as the rule asks; `missing_minutes` are
    what the share of the required minutes still lacks.
    """

    required_minutes: int
    attended_required_minutes: int
    attended_total_minutes: int
    percent: int
    completion: Completion
    sessions: int
    counting_sessions: int
    missing_minutes: int

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


def counting(participant: Participant, sessions: Iterable[Held]) -> list[Held]:
    """List the sessions of which a rule by number of sessions asks some."""
    return [
        session
        for session in sessions
        if (session.compulsory or session.counts_for_certificate)
        and session.support_minutes > 0
        and (participant.arrived_at is None or session.ends_at > participant.arrived_at)
    ]


def outcome(participant: Participant, sessions: Iterable[Held], rule: Rule) -> Outcome:
    """Return what a participant's presence earns; thresholds are decided in integers."""
    held = list(sessions)
    due, counted_ones = required(participant, held), counting(participant, held)
    needed = sum(session.support_minutes for session in due)
    attended = sum(participant.minutes.get(session.id, 0) for session in due)
    done = sum(
        _reaches(participant.minutes.get(session.id, 0), session.support_minutes, rule.min_percent)
        for session in counted_ones
    )
    if rule.min_sessions is None:
        enough = needed > 0 and _reaches(attended, needed, rule.min_percent)
    else:
        enough = done >= rule.min_sessions
    return Outcome(
        required_minutes=needed,
        attended_required_minutes=attended,
        attended_total_minutes=sum(participant.minutes.values()),
        percent=share(attended, needed),
        completion=_completion(participant, enough=enough),
        sessions=done,
        counting_sessions=len(counted_ones),
        missing_minutes=max(0, -(-needed * rule.min_percent // 100) - attended),
    )


def _reaches(attended: int, needed: int, min_percent: int) -> bool:
    return attended > 0 and attended * 100 >= min_percent * needed


def _completion(participant: Participant, *, enough: bool) -> Completion:
    if not participant.minutes:
        return Completion.DID_NOT_ATTEND
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
