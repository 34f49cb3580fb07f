"""Pure decisions at the door: the verdict on a badge, and presence as a fold over scans."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING

from eventapp.kernel.refusal import N_, Refusal

if TYPE_CHECKING:
    from eventapp.checkin.models import Scan

RECENT = timedelta(seconds=5)
SKEW = timedelta(minutes=2)
UNDO_WITHIN = timedelta(minutes=15)
PAIR_WITHIN = timedelta(minutes=10)


class Policy(StrEnum):
    """When a badge may enter again."""

    SINGLE = "single"
    RE_ENTRY_AFTER_EXIT = "re-entry-after-exit"
    MULTIPLE = "multiple"
    ONCE_PER_DAY = "once-per-day"


class Direction(StrEnum):
    """Which way somebody goes."""

    ENTRY = "entry"
    EXIT = "exit"
    TOGGLE = "toggle"


class Method(StrEnum):
    """How presence was noted."""

    QR = "qr"
    MANUAL = "manual"
    PAPER = "paper"
    TRAINER = "trainer"
    ONLINE = "online"


class Mode(StrEnum):
    """Who gave the verdict: the server, or the device from its list."""

    ONLINE = "online"
    OFFLINE = "offline"


class ConflictKind(StrEnum):
    """Why a scan that a device let in cannot simply stand."""

    DOUBLE_ENTRY = "double-entry"
    NOT_ADMISSIBLE = "not-admissible"


class ScanStatus(StrEnum):
    """How a scan ended, coarsely: the colour at the door."""

    OK = "ok"
    WARN = "warn"
    ERROR = "error"


class ScanCode(Refusal):
    """The verdict on a scan: its code, and the sentence that is read at the door."""

    OK = "ok", N_("Come in.")
    OUT = "out", N_("Goodbye.")
    DUPLICATE_RECENT = "duplicate-recent", N_("Just scanned.")
    ALREADY_IN = "already-in", N_("Already in since %(time)s (%(station)s).")
    ALREADY_OUT = "already-out", N_("Not inside.")
    INVALID_CODE = "invalid-code", N_("Unknown code.")
    WRONG_EVENT = "wrong-event", N_("This badge belongs to another event.")
    NOT_ELIGIBLE = "not-eligible", N_("Not on this list.")
    PLACE_RELEASED = (
        "place-released",
        N_("The place was given away at %(time)s, after the start; now on the door list."),
    )
    SESSION_FULL = "session-full", N_("No free place in this session; now on the door list.")
    WAITING = "waiting", N_("On the waiting list.")
    PENDING = "pending", N_("The registration is not approved yet.")
    CANCELLED = "cancelled", N_("The registration is cancelled.")
    EXPIRED = "expired", N_("The badge has run out; print it again.")
    REVOKED = "revoked", N_("This badge has been replaced by a newer one.")
    TOO_EARLY = "too-early", N_("The door opens at %(time)s.")
    TOO_LATE = "too-late", N_("The door closed at %(time)s.")


# What each verdict looks like at the door.
STATUS = {
    ScanCode.OK: ScanStatus.OK,
    ScanCode.OUT: ScanStatus.OK,
    ScanCode.DUPLICATE_RECENT: ScanStatus.WARN,
    ScanCode.ALREADY_OUT: ScanStatus.WARN,
}


def status_of(code: ScanCode) -> ScanStatus:
    """Return the colour of a verdict."""
    return STATUS.get(code, ScanStatus.ERROR)


TEST_BADGE = "PRACTICE-"  # longer than what a USB scanner is told from a person by


def practice_code(code: ScanCode) -> str:
    """Return what stands on the test badge of a verdict; no real badge reads like it."""
    return TEST_BADGE + code.value.upper()


def staged(text: str) -> ScanCode | None:
    """Return the verdict that a test badge shows, if *text* is one."""
    read = text.strip().upper()
    return next((code for code in ScanCode if practice_code(code) == read), None)


def knows_person(code: ScanCode) -> bool:
    """Tell whether the door names a person with this verdict."""
    return code not in {ScanCode.INVALID_CODE, ScanCode.WRONG_EVENT}


LONGEST_SHIFT = timedelta(days=1)


class CheckinRefusal(Refusal):
    """Why something at the door is not done at all."""

    IDEMPOTENCY_CONFLICT = (
        "idempotency-conflict",
        N_("Another scan was sent under this id already."),
    )
    SCAN_UNKNOWN = "scan-unknown", N_("There is no such scan.")
    NOT_REFUSED = "not-refused", N_("This scan was accepted; there is nothing to override.")
    NOBODY_KNOWN = "nobody-known", N_("The code is unknown, so nobody can be let in with it.")
    ALREADY_ADMITTED = "already-admitted", N_("This person has been let in already.")
    ALREADY_UNDONE = "already-undone", N_("This scan is undone already.")
    UNDO_TOO_LATE = "undo-too-late", N_("A scan can be undone for 15 minutes; ask the lead.")
    UNDO_FOREIGN = (
        "undo-foreign",
        N_("Only the device that scanned, or the lead, can take a scan back."),
    )
    OVERRIDE_NOT_YOURS = "override-not-yours", N_("Only the lead lets in whom a scan refused.")
    CONFLICT_UNKNOWN = "conflict-unknown", N_("There is no such conflict.")
    CONFLICT_SETTLED = "conflict-settled", N_("This conflict is settled already.")
    PAIRING_CODE_OVER = (
        "pairing-code-over",
        N_("This code was used already or has run out; ask for a new one at the desk."),
    )
    SHIFT_ENDS_BEFORE_START = (
        "shift-ends-before-start",
        N_("The shift ends before it begins."),
    )
    SHIFT_TOO_LONG = "shift-too-long", N_("Nobody stands at a door for more than a day.")
    SHIFT_CLASHES = "shift-clashes", N_("At that time %(name)s is busy: %(title)s.")
    NO_CHECKPOINT = "no-checkpoint", N_("Choose at least one checkpoint.")
    CHECKPOINT_IN_USE = (
        "checkpoint-in-use",
        N_("People were scanned here or a device is paired for it; it has to stay."),
    )
    REASON_MISSING = "reason-missing", N_("Please give a reason.")
    NAME_MISSING = "name-missing", N_("Please say who stands here now.")
    NOBODY_CHOSEN = "nobody-chosen", N_("Choose at least one person.")
    NOTE_SETTLED = "note-settled", N_("This note is settled already.")


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """What the door knows about a badge, read in one go.

    `retired` and `expired` are the badge's own: replaced by a newer one, or signed for a time
    that is over. `sign_up` is the sign-up's state for the checkpoint's session, `needs_sign_up`
    whether that session admits those on its list only, `released` whether the place that the
    person had was given away at the door, `full` whether all its places are taken. `inside`,
    `last_at`, `last_device_id` are the presence at this checkpoint; `entered_today` whether
    there was an entry today, `left_open` whether there was one, however long ago, that nobody
    scanned out.
    """

    event_id: int
    state: str
    retired: bool = False
    expired: bool = False
    sign_up: str | None = None
    needs_sign_up: bool = False
    released: bool = False
    full: bool = False
    inside: bool = False
    left_open: bool = False
    entered_ever: bool = False
    entered_today: bool = False
    last_at: datetime | None = None
    last_device_id: int | None = None


def judge(
    candidate: Candidate | None,
    *,
    event_id: int,
    policy: Policy,
    direction: Direction,
    at: datetime,
    device_id: int | None,
    opens_at: datetime | None = None,
    closes_at: datetime | None = None,
) -> ScanCode:
    """Return the verdict on a badge at a checkpoint at the moment *at*."""
    if candidate is None:
        return ScanCode.INVALID_CODE
    if candidate.event_id != event_id:
        return ScanCode.WRONG_EVENT
    if (refused := refuse_person(candidate)) is not None:
        return refused
    if (refused := refuse_moment(at, opens_at, closes_at)) is not None:
        return refused
    if _just_scanned(candidate, at, device_id):
        return ScanCode.DUPLICATE_RECENT
    if direction is Direction.EXIT:
        there = candidate.inside or candidate.left_open
        return ScanCode.OUT if there else ScanCode.ALREADY_OUT
    return ScanCode.OK if _may_enter(candidate, policy) else ScanCode.ALREADY_IN


def refuse_person(candidate: Candidate) -> ScanCode | None:
    """Return why nobody with this badge may pass, whatever the hour and whoever is inside."""
    if candidate.retired:
        return ScanCode.REVOKED
    return ScanCode.EXPIRED if candidate.expired else _refused_state(candidate)


def refuse_moment(
    at: datetime, opens_at: datetime | None, closes_at: datetime | None
) -> ScanCode | None:
    """Return why nobody may pass at the moment *at*."""
    if opens_at is not None and at < opens_at:
        return ScanCode.TOO_EARLY
    if closes_at is not None and at > closes_at:
        return ScanCode.TOO_LATE
    return None


def _refused_state(candidate: Candidate) -> ScanCode | None:
    by_state = {
        "pending": ScanCode.PENDING,
        "waiting": ScanCode.WAITING,
        "cancelled": ScanCode.CANCELLED,
        "rejected": ScanCode.NOT_ELIGIBLE,
        "replaced": ScanCode.REVOKED,
    }
    if candidate.state in by_state:
        return by_state[candidate.state]
    if not candidate.needs_sign_up or candidate.sign_up == "confirmed":
        return None
    if candidate.released:
        return ScanCode.PLACE_RELEASED
    if candidate.sign_up == "waiting":
        return ScanCode.WAITING
    return ScanCode.SESSION_FULL if candidate.full else ScanCode.NOT_ELIGIBLE


def _just_scanned(candidate: Candidate, at: datetime, device_id: int | None) -> bool:
    if candidate.last_at is None or device_id is None:
        return False
    return candidate.last_device_id == device_id and abs(at - candidate.last_at) < RECENT


def _may_enter(candidate: Candidate, policy: Policy) -> bool:
    if policy is Policy.MULTIPLE:
        return True
    if policy is Policy.ONCE_PER_DAY:
        return not candidate.entered_today
    if policy is Policy.SINGLE:
        return not candidate.entered_ever
    return not candidate.inside


def turned(direction: Direction, candidate: Candidate | None) -> Direction:
    """Return which way a toggle goes: out if the person is in, else in."""
    if direction is not Direction.TOGGLE:
        return direction
    return Direction.EXIT if candidate is not None and candidate.inside else Direction.ENTRY


def effective(scanned_at: datetime, received_at: datetime, age: timedelta | None) -> datetime:
    """Return the moment of a scan that counts for presence, never in the future.

    The device's clock is believed up to two minutes of skew; beyond that the scan's age
    counts back from when it was received, and without an age it counts as now.
    """
    if age is not None:
        # What the device's clock shows now tells how wrong it goes.
        skew = (scanned_at + age) - received_at
        moment = scanned_at if abs(skew) <= SKEW else received_at - age
    else:
        moment = scanned_at if abs(scanned_at - received_at) <= SKEW else received_at
    return min(moment, received_at)


def refuse_undo(scan: "Scan", now: datetime, *, actor: str, is_lead: bool) -> CheckinRefusal | None:
    """Return why *actor* may not undo a scan."""
    if scan.undone_at is not None:
        return CheckinRefusal.ALREADY_UNDONE
    if is_lead:
        return None
    if scan.actor != actor:
        return CheckinRefusal.UNDO_FOREIGN
    if now - scan.received_at > UNDO_WITHIN:
        return CheckinRefusal.UNDO_TOO_LATE
    return None


def refuse_pairing(until: datetime | None, now: datetime) -> CheckinRefusal | None:
    """Return why a pairing code opens nothing: it was used, or it has run out."""
    if until is None or until <= now:
        return CheckinRefusal.PAIRING_CODE_OVER
    return None


# --- decided without a network ------------------------------------------------------------


def code_of_offline(
    said: ScanCode | None, refused: ScanCode | None, direction: Direction
) -> ScanCode:
    """Return the verdict kept for a scan that a device decided.

    What the device *said* happened at the door: whom it let in is inside, also where the
    server would have *refused* them. Somebody who left has left, also where the device knew
    of no entry, for another device may have read that one.
    """
    if refused in {ScanCode.INVALID_CODE, ScanCode.WRONG_EVENT}:
        return refused
    if direction is Direction.EXIT and said in {None, ScanCode.OUT, ScanCode.ALREADY_OUT}:
        return ScanCode.OUT
    return said or ScanCode.OK


@dataclass(frozen=True, kw_only=True)
class Passage:
    """One accepted scan at a checkpoint; `admitted` by the lead against a refusal."""

    at: datetime
    device: int
    seq: int
    scan_id: str
    entry: bool
    station: str = ""
    admitted: bool = False

    @property
    def order(self) -> tuple[datetime, int, int, str]:
        """Return what orders passages, whenever they arrived."""
        return (self.at, self.device, self.seq, self.scan_id)


@dataclass(frozen=True, kw_only=True)
class Stand:
    """Where somebody stands at a checkpoint after all passages.

    `first` is the entry that stands in the way of the next one, `clashes` pairs each entry
    that could not stand with the one before it that does.
    """

    inside: bool = False
    changed_at: datetime | None = None
    first: Passage | None = None
    last: Passage | None = None
    clashes: tuple[tuple[Passage, Passage], ...] = ()


def stand_after(
    passages: Iterable[Passage],
    policy: Policy,
    day_start: Callable[[datetime], datetime],
    *,
    closes_daily: bool = True,
) -> Stand:
    """Fold *passages* into where somebody stands: the same for any order of arrival.

    Of two entries the earliest stands; whoever was let in by the other one is inside all the
    same. A stay that nobody scanned out ends with its day where the checkpoint *closes_daily*.
    """
    stand = Stand()
    for one in sorted(passages, key=lambda passage: passage.order):
        today = day_start(one.at)
        if one.entry and closes_daily and _before(stand.changed_at, today):
            stand = replace(stand, inside=False)
        stand = _entered(stand, one, policy, today) if one.entry else _left(stand, one)
    return stand


def _entered(stand: Stand, one: Passage, policy: Policy, today: datetime) -> Stand:
    first = stand.first
    blocked = {
        Policy.SINGLE: True,
        Policy.MULTIPLE: False,
        Policy.ONCE_PER_DAY: first is not None and first.at >= today,
        Policy.RE_ENTRY_AFTER_EXIT: stand.inside,
    }[policy]
    if first is None or one.admitted or not blocked:
        return replace(stand, inside=True, changed_at=one.at, first=one, last=one)
    return replace(
        stand,
        inside=True,
        changed_at=stand.changed_at if stand.inside else one.at,
        last=one,
        clashes=(*stand.clashes, (one, first)),
    )


def _before(moment: datetime | None, other: datetime) -> bool:
    return moment is not None and moment < other


def _left(stand: Stand, one: Passage) -> Stand:
    changed_at = one.at if stand.inside else stand.changed_at
    return replace(stand, inside=False, changed_at=changed_at, last=one)


# --- presence -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Move:
    """One accepted entry or exit at a session's door."""

    at: datetime
    device: str
    seq: int
    entry: bool


@dataclass(frozen=True)
class Span:
    """When a session is held and what full presence in it credits, in minutes."""

    starts_at: datetime
    ends_at: datetime
    support_minutes: int


def inside_after(moves: Iterable[Move]) -> bool:
    """Tell whether somebody is in after all *moves*, whatever the order they arrived in."""
    ordered = sorted(moves, key=_order)
    return bool(ordered) and ordered[-1].entry


def intervals(moves: Iterable[Move], ends_at: datetime) -> list[tuple[datetime, datetime]]:
    """Return when somebody was in: entries to exits; an open one closes at *ends_at*.

    The same for any order of arrival: moves are sorted by time, device and number.
    """
    spans: list[tuple[datetime, datetime]] = []
    since: datetime | None = None
    for move in sorted(moves, key=_order):
        if move.entry and since is None:
            since = move.at
        elif not move.entry and since is not None:
            spans.append((since, move.at))
            since = None
    if since is not None:
        spans.append((since, max(since, ends_at)))
    return spans


def _order(move: Move) -> tuple[datetime, str, int]:
    return (move.at, move.device, move.seq)


def credited(presence: Sequence[tuple[datetime, datetime]], span: Span, grace: timedelta) -> int:
    """Return the minutes of support that *presence* in a session credits.

    Full support minutes, less whole minutes late (counted from the start, once beyond the
    grace), less whole minutes away in between or gone early; never below zero. Breaks are
    left out of the support minutes already.
    """
    clipped = _clipped(presence, span)
    if not clipped:
        return 0
    lost = 0
    late = clipped[0][0] - span.starts_at
    if late > grace:
        lost += _minutes(late)
    for (_start, left), (back, _end) in pairwise(clipped):
        lost += _minutes(back - left)
    lost += _minutes(span.ends_at - clipped[-1][1])
    return max(0, span.support_minutes - lost)


def _clipped(
    presence: Sequence[tuple[datetime, datetime]], span: Span
) -> list[tuple[datetime, datetime]]:
    inside = [
        (max(start, span.starts_at), min(end, span.ends_at))
        for start, end in presence
        if start < span.ends_at and end > span.starts_at
    ]
    return [(start, end) for start, end in inside if end > start]


def _minutes(length: timedelta) -> int:
    return int(length.total_seconds() // 60)


def leave_others(
    moves: Mapping[int, Sequence[Move]], spans: Mapping[int, Span]
) -> dict[int, list[Move]]:
    """Add the exits that nobody scanned: entering one of two parallel sessions leaves the other.

    *moves* and *spans* are by session id.
    """
    return {
        session_id: [
            *own,
            *(
                Move(arrival.at, arrival.device, arrival.seq, entry=False)
                for other_id, others in moves.items()
                if other_id != session_id and _parallel(spans[session_id], spans[other_id])
                for arrival in others
                if arrival.entry and _was_inside(own, arrival, spans[session_id])
            ),
        ]
        for session_id, own in moves.items()
    }


def _parallel(one: Span, other: Span) -> bool:
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at


def _was_inside(own: Sequence[Move], arrival: Move, span: Span) -> bool:
    earlier = [move for move in own if _order(move) < _order(arrival)]
    return inside_after(earlier) and arrival.at < span.ends_at


# --- ready for tomorrow -------------------------------------------------------------------


class Check(StrEnum):
    """What is looked at on a device the evening before."""

    SECURE = "secure"
    CAMERA = "camera"
    SOUND = "sound"
    STORAGE = "storage"
    LIST = "list"
    QUEUE = "queue"
    BATTERY = "battery"
    CLOCK = "clock"
    SPACE = "space"
    CONNECTION = "connection"


class CheckState(StrEnum):
    """How one of them stands."""

    OK = "ok"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What a device measured about itself; None is what it cannot tell."""

    secure: bool
    camera: bool
    sound: bool
    keeps: bool
    list_at: datetime | None
    waiting: int
    battery: int | None
    charging: bool
    clock_at: datetime
    free_mb: int | None
    latency_ms: int


LIST_OLD = timedelta(minutes=30)
BATTERY_LOW, BATTERY_GOOD = 30, 80  # per cent
SPACE_LOW, SPACE_GOOD = 50, 200  # megabytes
LATENCY_GOOD, LATENCY_LOW = 500, 1500  # milliseconds; a scan waits 1.5 s before it decides alone


def readiness(measured: Measured, now: datetime) -> dict[Check, CheckState]:
    """Return how ready a device is, check by check; *now* is the server's real time."""
    skew = abs(measured.clock_at - now)
    fresh = measured.list_at is not None and now - measured.list_at <= LIST_OLD
    return {
        Check.SECURE: _good(measured.secure),
        Check.CAMERA: _good(measured.camera, else_warn=True),
        Check.SOUND: _good(measured.sound, else_warn=True),
        Check.STORAGE: _good(measured.keeps),
        Check.LIST: _good(fresh, else_warn=measured.list_at is not None),
        Check.QUEUE: _good(measured.waiting == 0),
        Check.BATTERY: _battery(measured),
        Check.CLOCK: _good(skew <= SKEW, else_warn=skew <= timedelta(hours=1)),
        Check.SPACE: _rising(measured.free_mb, SPACE_LOW, SPACE_GOOD),
        Check.CONNECTION: _good(
            measured.latency_ms <= LATENCY_GOOD, else_warn=measured.latency_ms <= LATENCY_LOW
        ),
    }


def overall(states: Iterable[CheckState]) -> CheckState:
    """Return the worst of several states."""
    return max(states, key=list(CheckState).index, default=CheckState.BAD)


def _good(good: bool, *, else_warn: bool = False) -> CheckState:  # noqa: FBT001 - the fact itself
    if good:
        return CheckState.OK
    return CheckState.WARN if else_warn else CheckState.BAD


def _battery(measured: Measured) -> CheckState:
    if measured.charging:
        return CheckState.OK
    return _rising(measured.battery, BATTERY_LOW, BATTERY_GOOD)


def _rising(value: int | None, low: int, good: int) -> CheckState:
    if value is None:  # many phones do not tell; a person looks
        return CheckState.WARN
    return _good(value >= good, else_warn=value >= low)


def refuse_span(starts_at: datetime, ends_at: datetime) -> CheckinRefusal | None:
    """Return why nobody can stand at a door from one moment to another."""
    if ends_at <= starts_at:
        return CheckinRefusal.SHIFT_ENDS_BEFORE_START
    return CheckinRefusal.SHIFT_TOO_LONG if ends_at - starts_at > LONGEST_SHIFT else None
