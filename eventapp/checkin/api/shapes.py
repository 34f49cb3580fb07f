"""What the door's requests may say, and what its answers show."""

from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, UnsetType

from eventapp.checkin.rules import (
    Check,
    CheckState,
    ConflictKind,
    Direction,
    Mode,
    Policy,
    ScanCode,
    ScanStatus,
)
from eventapp.kernel.schema import Body, IdText, Line, LocalLine, Moment, Name, Shown, Title

MOST_SCANS = 200

SCAN_ID = "[A-Za-z0-9-]{8,64}"
ScanId = Annotated[str, Meta(min_length=8, max_length=64, pattern="^[A-Za-z0-9-]+$")]
CodeText = Annotated[str, Meta(max_length=500)]


# What a device may have said by itself: one of the verdicts.
Said = Annotated[
    str,
    Meta(
        pattern=f"^({'|'.join(code.value for code in ScanCode)})$",
        extra_json_schema={"enum": [code.value for code in ScanCode]},
    ),
]


class Override(Body):
    """Why the lead lets somebody in whom the scan refuses."""

    reason: Annotated[Line, Meta(max_length=250)]


class NewScan(Body):
    """One scan: a code as it was read, or a registration found by name.

    A scan that the device decided without the server comes `offline`, with what it `said`.
    """

    scan_id: ScanId
    scanned_at: Moment
    code: CodeText | None = None
    registration: IdText | None = None
    direction: Direction = Direction.ENTRY
    age_ms: Annotated[int, Meta(ge=0, le=8 * 24 * 3600 * 1000)] | None = None
    seq: Annotated[int, Meta(ge=0, le=2**31 - 1)] = 0
    mode: Mode = Mode.ONLINE
    said: Said | None = None
    override: Override | None = None


# Read one by one: a scan that cannot be read holds up none of the others.
ManyScans = Annotated[
    list[dict[str, Any]],
    Meta(
        max_length=MOST_SCANS,
        extra_json_schema={"items": {"$ref": "#/components/schemas/NewScan"}},
    ),
]


class NewScans(Body):
    """Up to 200 scans, in the order in which they were made."""

    scans: ManyScans


class Admission(Body):
    """Why somebody is let in all the same."""

    reason: Annotated[Line, Meta(max_length=250)]


class NewCheckpoint(Body):
    """A place where badges are read: a session's door, a day's desk, or the event's."""

    name: Title | LocalLine
    policy: Policy = Policy.RE_ENTRY_AFTER_EXIT
    session: IdText | None = None
    day: IdText | None = None
    opens_at: Moment | None = None
    closes_at: Moment | None = None


class ShownCheckpoint(Shown):
    """A place where badges are read."""

    id: str
    name: dict[str, str]
    policy: Policy
    session: str | None
    day: str | None
    opens_at: datetime | None
    closes_at: datetime | None


class PairedDevice(Body):
    """A device to pair with a checkpoint."""

    name: Name


class Paired(Shown):
    """A paired device; its token is shown here and never again."""

    id: str
    name: str
    checkpoint: str
    token: str


class ShownPerson(Shown):
    """Whose badge it is; `flags` are needs that the door should know."""

    id: str
    name: str
    organisation: str | None
    flags: list[str]


class ShownFirst(Shown):
    """The entry that stands in the way."""

    at: str
    checkpoint: str
    device: str


class ShownScanConflict(Shown):
    """Why the scan cannot simply stand; `first` is the entry that stands before it."""

    kind: ConflictKind
    code: str
    first: ShownFirst | None


class ShownVerdict(Shown):
    """What the door says to a scan."""

    scan_id: str
    status: ScanStatus
    code: Annotated[str, Meta(extra_json_schema={"enum": [code.value for code in ScanCode]})]
    sentence: str
    registration: ShownPerson | None
    first: ShownFirst | None
    presence: Literal["present", "absent"] | None
    replayed: bool
    conflict: ShownScanConflict | None
    counters: dict[str, int] | UnsetType = UNSET


class BatchVerdict(Shown):
    """What became of one scan of a batch: a verdict, or why there is none."""

    scan_id: Any
    status: ScanStatus
    code: str
    sentence: str | UnsetType = UNSET
    registration: ShownPerson | UnsetType | None = UNSET
    first: ShownFirst | UnsetType | None = UNSET
    presence: str | UnsetType | None = UNSET
    replayed: bool | UnsetType = UNSET
    conflict: ShownScanConflict | UnsetType | None = UNSET
    errors: list[dict[str, str]] | UnsetType = UNSET


class BatchVerdicts(Shown):
    """A verdict on each scan of a batch, in order."""

    verdicts: list[BatchVerdict]


class Undone(Shown):
    """A scan that was taken back, and who is inside now."""

    scan_id: str
    undone: bool
    counters: dict[str, int]


class ListedBadge(Shown):
    """One badge of a list: the SHA-256 of its code, what it opens, who is in with it.

    `card` opens with a key made of the code (HKDF-SHA-256, AES-256-GCM, twelve bytes of nonce
    in front); a badge without one has been replaced. Moments are milliseconds since 1970.
    """

    hash: str
    verdict: str | UnsetType = UNSET
    card: str | UnsetType = UNSET
    inside: bool | UnsetType = UNSET
    first_at: int | UnsetType = UNSET
    changed_at: int | UnsetType = UNSET
    station: str | UnsetType = UNSET


class TrustedKey(Shown):
    """A key whose signatures on badges a device trusts: its number, and its public half."""

    key: int
    public: str


class ShownList(Shown):
    """By what a device gives verdicts without a network: the whole list, or what is new.

    `revision` is the next request's `since`. Without `whole`, what is not named stays as the
    device knows it, and the badges that are `gone` are to be forgotten. With `keys` (Ed25519,
    32 bytes each) a device checks signed badges that the list does not have.
    """

    revision: int
    whole: bool
    checkpoint: ShownCheckpoint
    closes_daily: bool
    badges: list[ListedBadge]
    gone: list[str]
    keys: list[TrustedKey]


class ShownDispute(Shown):
    """A scan that cannot simply stand, with both places and times."""

    id: str
    kind: ConflictKind
    code: str
    registration: ShownPerson
    checkpoint: str
    scan_id: str
    scan: ShownFirst
    first: ShownFirst | None
    found_at: datetime
    settled_at: datetime | None
    reason: str | None


class Settlement(Body):
    """What is right, and why: the scan stands, or it is taken back."""

    reason: Annotated[Line, Meta(max_length=250)]
    outcome: Literal["stands", "taken-back"]


Few = Annotated[int, Meta(ge=0, le=2**31 - 1)]


class OwnMeasures(Body):
    """What a device found out about itself; null is what it cannot tell."""

    secure: bool
    camera: bool
    sound: bool
    keeps: bool
    waiting: Few
    latency_ms: Few
    clock_at: Moment
    list_at: Moment | None = None
    battery: Annotated[int, Meta(ge=0, le=100)] | None = None
    charging: bool = False
    free_mb: Few | None = None


class ShownCheck(Shown):
    """One thing that was looked at, and what to do where it is not well."""

    check: Check
    state: CheckState
    name: str
    value: str
    advice: str


class ShownReadiness(Shown):
    """How ready a device is; the worst of its checks."""

    overall: CheckState
    checks: list[ShownCheck]
