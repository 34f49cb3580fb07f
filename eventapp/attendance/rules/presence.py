"""Presence in a session: one fold over the moves at its doors and the corrections after them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from eventapp.checkin import rules as door
from eventapp.checkin.rules import Method, Move, Span
from eventapp.kernel.refusal import N_, Refusal

if TYPE_CHECKING:
    from eventapp.attendance.models import Correction


class Change(StrEnum):
    """What a correction says of somebody in a session."""

    INTERVAL = "interval"  # was there from one moment to another
    MINUTES = "minutes"  # is credited that many minutes
    ABSENT = "absent"  # was not there
    AS_IT_IS = "as-it-is"  # looked at and found right
    UNDONE = "undone"  # takes an earlier correction back


class CorrectionRefusal(Refusal):
    """Why presence is not corrected."""

    REASON_MISSING = "reason-missing", N_("Please say why; the reason stays beside the correction.")
    NOT_BEGUN = "session-not-begun", N_("The session has not begun yet.")
    BACKWARDS = "interval-backwards", N_("Somebody has to come before they go.")
    OUTSIDE = (
        "interval-outside",
        N_("That is outside the session: it lasts from %(from)s to %(to)s."),
    )
    TOO_MANY_MINUTES = (
        "too-many-minutes",
        N_("Full presence in this session credits %(most)d minutes."),
    )
    NOTHING_CHANGES = "nothing-changes", N_("That is what stands already; nothing was changed.")
    NO_CORRECTION = "no-correction", N_("There is no such correction.")
    NOT_THE_LAST = (
        "correction-not-last",
        N_("A later correction stands for this person; take that one back first."),
    )
    NOT_OF_EVENT = "not-of-event", N_("This person is not registered for the event.")


@dataclass(frozen=True, kw_only=True)
class Attended:
    """One person in one session: what presence credits, from when to when, and how it is known.

    `correction` is the one that stands; a person who is credited by minutes alone has no times.
    `exit_known` tells whether somebody was seen to leave before the end.
    """

    registration_id: int
    session_id: int
    minutes: int
    source: Method
    came_at: datetime | None = None
    left_at: datetime | None = None
    exit_known: bool = False
    correction: "Correction | None" = None


@dataclass(frozen=True)
class Seen:
    """A move at a session's door, and how it was noted."""

    move: Move
    method: Method


def attended(
    registration_id: int,
    seen: Mapping[int, Sequence[Seen]],
    spans: Mapping[int, Span],
    corrections: Mapping[int, Sequence["Correction"]],
    grace: timedelta,
) -> list[Attended]:
    """Fold all that is known of one person into their presence, session by session.

    *seen* and *corrections* are by session; a session that *spans* does not name is passed over.
    """
    moves = {key: [one.move for one in rows] for key, rows in seen.items() if key in spans}
    found: dict[int, Attended] = {}
    for session_id, own in door.leave_others(moves, spans).items():
        methods = _methods(seen[session_id])
        scanned = _scanned(registration_id, session_id, own, methods, spans[session_id], grace)
        if scanned is not None:
            found[session_id] = scanned
    for session_id, rows in corrections.items():
        last = standing(rows)
        if last is None or session_id not in spans:
            continue
        corrected = _corrected(found.pop(session_id, None), last, spans[session_id], grace)
        if corrected is not None:
            found[session_id] = corrected
    return [found[key] for key in sorted(found)]


def _methods(seen: Sequence[Seen]) -> dict[tuple[datetime, str, int], Method]:
    return {(one.move.at, one.move.device, one.move.seq): one.method for one in seen}


def _scanned(
    registration_id: int,
    session_id: int,
    moves: Sequence[Move],
    methods: Mapping[tuple[datetime, str, int], Method],
    span: Span,
    grace: timedelta,
) -> Attended | None:
    stays = door.intervals(moves, span.ends_at)
    entries = sorted((move.at, move.device, move.seq) for move in moves if move.entry)
    if not entries:
        return None
    return Attended(
        registration_id=registration_id,
        session_id=session_id,
        minutes=door.credited(stays, span, grace),
        source=methods[entries[0]],
        came_at=stays[0][0],
        left_at=stays[-1][1],
        exit_known=not door.inside_after(moves),
    )


def standing(corrections: Iterable["Correction"]) -> "Correction | None":
    """Return the correction that counts: the last one that no later row takes back."""
    rows = sorted(corrections, key=lambda row: row.id)
    undone = {row.undoes_id for row in rows}
    kept = [row for row in rows if row.change is not Change.UNDONE and row.id not in undone]
    return kept[-1] if kept else None


def _corrected(
    scanned: Attended | None, correction: "Correction", span: Span, grace: timedelta
) -> Attended | None:
    if correction.change is Change.ABSENT:
        return None
    if correction.change is Change.AS_IT_IS:
        return replace(scanned, correction=correction) if scanned is not None else None
    if correction.change is Change.INTERVAL:
        came, left = correction.came_at, correction.left_at
        minutes = door.credited([(came, left)], span, grace) if came and left else 0
    else:
        came, left, minutes = None, None, correction.minutes or 0
    return Attended(
        registration_id=correction.registration_id,
        session_id=correction.session_id,
        minutes=minutes,
        source=correction.method,
        came_at=came,
        left_at=left,
        exit_known=left is not None,
        correction=correction,
    )


def refuse_correction(
    span: Span,
    now: datetime,
    *,
    reason: str,
    change: Change,
    minutes: int | None = None,
    came_at: datetime | None = None,
    left_at: datetime | None = None,
) -> CorrectionRefusal | None:
    """Return why presence in the session of *span* may not be corrected so."""
    if not reason.strip():
        return CorrectionRefusal.REASON_MISSING
    if now < span.starts_at:
        return CorrectionRefusal.NOT_BEGUN
    if change is Change.MINUTES and not 0 <= (minutes or 0) <= span.support_minutes:
        return CorrectionRefusal.TOO_MANY_MINUTES
    if change is not Change.INTERVAL or came_at is None or left_at is None:
        return None
    if left_at <= came_at:
        return CorrectionRefusal.BACKWARDS
    if came_at >= span.ends_at or left_at <= span.starts_at:
        return CorrectionRefusal.OUTSIDE
    return None


def same(before: Attended | None, after: Attended | None) -> bool:
    """Tell whether two outcomes credit the same in the same time."""
    if before is None or after is None:
        return before is after
    return (before.minutes, before.came_at, before.left_at) == (
        after.minutes,
        after.came_at,
        after.left_at,
    )
