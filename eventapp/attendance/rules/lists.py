"""Lists that people sign: their hours, their rows, and what they say otherwise than the door."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from eventapp.kernel.refusal import N_, Refusal

if TYPE_CHECKING:
    from eventapp.attendance.models import AttendanceList, ListRow
    from eventapp.programme.models import Session

HOUR = timedelta(hours=1)
SHORTEST = timedelta(minutes=20)
ROWS_A_PAGE = 15
EMPTY_ROWS = 5  # for those who come without having been expected
EMPTY_ROWS_OF_OPEN = 30  # where anybody may come without a place: two pages of them
MOST_SCANS = 30


class ListState(StrEnum):
    """How far a list has come."""

    PRINTED = "printed"
    BACK = "back"
    READ = "read"
    RECONCILED = "reconciled"


class Difference(StrEnum):
    """What a signed list says otherwise than the door."""

    SIGNED_NOT_SCANNED = "signed-not-scanned"
    SCANNED_NOT_SIGNED = "scanned-not-signed"


class ListRefusal(Refusal):
    """Why nothing is done with a list."""

    NOBODY = "list-empty", N_("Nobody is expected in this session, so there is no list to print.")
    NOT_READ = "list-not-read", N_("First note who has signed.")
    DIFFERENCES = "list-differences", N_("There are differences left to settle: %(count)d.")
    NO_SUCH_ROW = "list-no-row", N_("This person is not on the list.")
    ON_IT_ALREADY = "list-on-it", N_("This person is on the list already.")
    TOO_MANY_SCANS = "list-too-many-scans", N_("A list can have at most %(most)d files.")
    NONE_CHOSEN = "list-none-chosen", N_("Tick the people whom this is about.")
    SESSION_OFF = "list-session-off", N_("The session is called off.")


def blocks(starts_at: datetime, ends_at: datetime) -> list[tuple[datetime, datetime]]:
    """Split a session into its hours, each with a column; a short rest joins the last one."""
    found = []
    start = starts_at
    while start < ends_at:
        end = start + HOUR
        if ends_at - end < SHORTEST:
            end = ends_at
        found.append((start, min(end, ends_at)))
        start = end
    return found


def empty_rows(session: "Session", named: int) -> int:
    """Return how many empty rows stand behind the names of a session's sheet.

    Where anybody may come without a place, it is as many as the session has places left.
    """
    if session.sign_up != "optional":
        return EMPTY_ROWS
    left = session.capacity - named if session.capacity is not None else EMPTY_ROWS_OF_OPEN
    return max(EMPTY_ROWS, min(left, EMPTY_ROWS_OF_OPEN))


def pages(
    rows: Sequence["ListRow"], empty: int = EMPTY_ROWS, most: int = ROWS_A_PAGE
) -> list[list["ListRow | None"]]:
    """Split rows into pages, with *empty* rows behind the last one."""
    filled: list[ListRow | None] = [*rows, *([None] * empty)]
    return [filled[start : start + most] for start in range(0, len(filled), most)]


def state(sheet: "AttendanceList", scans: int) -> ListState:
    """Return how far a list has come."""
    if sheet.reconciled_at is not None:
        return ListState.RECONCILED
    if sheet.read_at is not None:
        return ListState.READ
    return ListState.BACK if scans else ListState.PRINTED


def difference(*, signed: bool | None, present: bool) -> Difference | None:
    """Return what a row says otherwise than the door; one that nobody has read says nothing."""
    if signed is None or signed is present:
        return None
    return Difference.SIGNED_NOT_SCANNED if signed else Difference.SCANNED_NOT_SIGNED


def differences(
    rows: Iterable["ListRow"], present: Collection[int], settled: Collection[int]
) -> list[tuple["ListRow", Difference]]:
    """List the rows that are still to be settled."""
    return [
        (row, found)
        for row in rows
        if row.registration_id not in settled
        and (found := difference(signed=row.signed, present=row.registration_id in present))
    ]


def missing(rows: Iterable["ListRow"], present: Collection[int]) -> set[int]:
    """Return who was in the session and has no row on the list at all."""
    return set(present) - {row.registration_id for row in rows}
