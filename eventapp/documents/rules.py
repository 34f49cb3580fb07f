"""Pure decisions about paper.

The arithmetic of the evidence (what was required, what was attended, what that earns), and badges:
what stands on them, on which page, and which must be printed again.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from itertools import accumulate


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


# --- badges -------------------------------------------------------------------------------


class Layout(StrEnum):
    """How badges come out of a printer: cards on A4 to be cut, or one to a page."""

    SHEET = "sheet"
    A6 = "a6"
    CARD = "card"


class BadgeRole(StrEnum):
    """What somebody is at the event, as the badge tells by colour and word."""

    PARTICIPANT = "participant"
    SPEAKER = "speaker"
    JURY = "jury"


class Printed(StrEnum):
    """Whether a badge lies ready: never printed, printed and changed since, as it is now."""

    NEVER = "never"
    CHANGED = "changed"
    READY = "ready"


# How many cards stand beside each other, and how many on a page.
GRID = {Layout.SHEET: (2, 10), Layout.A6: (1, 1), Layout.CARD: (1, 1)}


@dataclass(frozen=True)
class Side:
    """One side of a printed page: which badges stand on it, place by place."""

    back: bool
    places: Sequence[int | None]


def badge_role(person_id: int, speakers: Collection[int], jurors: Collection[int]) -> BadgeRole:
    """Return the role on a badge; who leads a session and sits in the jury is known as leading."""
    if person_id in speakers:
        return BadgeRole.SPEAKER
    return BadgeRole.JURY if person_id in jurors else BadgeRole.PARTICIPANT


def looks(name: str, organisation: str, role: BadgeRole, generation: int, key: int = 0) -> str:
    """Return the hash of what a badge shows in front; another code is another badge.

    *key* is the number of the key that signs it; 0 where none does.
    """
    said = [name, organisation, role.value, generation, *([key] if key else [])]
    shown = json.dumps(said, ensure_ascii=False)
    return hashlib.sha256(shown.encode()).hexdigest()


def printed(now_looks: str, printed_looks: str | None) -> Printed:
    """Tell whether the badge that was printed, if any, still shows what it should."""
    if printed_looks is None:
        return Printed.NEVER
    return Printed.READY if printed_looks == now_looks else Printed.CHANGED


def sides(count: int, layout: Layout, *, backs: bool) -> list[Side]:
    """Return the pages of *count* badges in the order in which a printer takes them.

    A back follows its front with each row turned round, so that paper turned over its long edge
    has every back behind its own front.
    """
    columns, most = GRID[layout]
    pages: list[Side] = []
    for start in range(0, count, most):
        taken = list(range(start, min(start + most, count)))
        front: list[int | None] = taken + [None] * (most - len(taken))
        pages.append(Side(back=False, places=front))
        if backs:
            rows = [front[place : place + columns] for place in range(0, most, columns)]
            pages.append(Side(back=True, places=[one for row in rows for one in row[::-1]]))
    return pages


def packed(ids: Iterable[int]) -> str:
    """Return ids as a short text for an address: each as its distance from the one before."""
    found, before = [], 0
    for one in sorted(set(ids)):
        found.append(str(one - before))
        before = one
    return ".".join(found)


def unpacked(text: str) -> list[int]:
    """Return the ids that `packed` wrote; what is nonsense means nobody."""
    if not re.fullmatch(r"[0-9]{1,9}(?:\.[0-9]{1,9}){0,9999}", text, re.ASCII):
        return []
    found = list(accumulate(int(part) for part in text.split(".")))
    return found if found[-1] < 2**31 else []
