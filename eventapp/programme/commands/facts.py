"""What can happen to the programme."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from eventapp.kernel.facts import Fact


@dataclass(frozen=True, kw_only=True)
class SessionAdded(Fact):
    """A session was planned."""

    kind: ClassVar[str] = "session-added"
    session_id: int


@dataclass(frozen=True, kw_only=True)
class SessionMoved(Fact):
    """A session got another time or room; times are ISO, rooms are ids."""

    kind: ClassVar[str] = "session-moved"
    session_id: int
    old_starts_at: str
    old_ends_at: str
    old_room_id: int | None
    starts_at: str
    ends_at: str
    room_id: int | None


@dataclass(frozen=True, kw_only=True)
class SessionChanged(Fact):
    """A session's or its activity's data changed; `columns` names them."""

    kind: ClassVar[str] = "session-changed"
    session_id: int
    columns: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class CapacityChanged(Fact):
    """A session's limit of seats changed."""

    kind: ClassVar[str] = "capacity-changed"
    session_id: int
    old: int | None
    new: int | None


@dataclass(frozen=True, kw_only=True)
class SessionCancelled(Fact):
    """A session will not be held."""

    kind: ClassVar[str] = "session-cancelled"
    session_id: int


@dataclass(frozen=True, kw_only=True)
class SpeakersChanged(Fact):
    """Other people speak in a session; ids of speakers."""

    kind: ClassVar[str] = "speakers-changed"
    session_id: int
    old: Sequence[int] = ()
    new: Sequence[int] = ()


@dataclass(frozen=True, kw_only=True)
class BreakAdded(Fact):
    """Everybody was shown a new break."""

    kind: ClassVar[str] = "break-added"
    break_id: int


@dataclass(frozen=True, kw_only=True)
class BreakChanged(Fact):
    """A break that everybody sees got another time, room or name."""

    kind: ClassVar[str] = "break-changed"
    break_id: int


@dataclass(frozen=True, kw_only=True)
class BreakCancelled(Fact):
    """A break that everybody saw will not be held."""

    kind: ClassVar[str] = "break-cancelled"
    break_id: int


@dataclass(frozen=True, kw_only=True)
class ProgrammeReleased(Fact):
    """A state of the programme was shown to everybody."""

    kind: ClassVar[str] = "programme-released"
    number: int


@dataclass(frozen=True, kw_only=True)
class ActivityNoted(Fact):
    """Something is to be held; when and where is open."""

    kind: ClassVar[str] = "activity-noted"
    title: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class ActivityForgotten(Fact):
    """Something that was not in the plan is not going to be held."""

    kind: ClassVar[str] = "activity-forgotten"
    title: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class SpeakerFact(Fact):
    """Base: something about one of an event's speakers."""

    kind: ClassVar[str] = "speaker"
    speaker_id: int


@dataclass(frozen=True, kw_only=True)
class SpeakerAdded(SpeakerFact):
    """Somebody is going to speak at the event."""

    kind: ClassVar[str] = "speaker-added"


@dataclass(frozen=True, kw_only=True)
class SpeakerChanged(SpeakerFact):
    """What is known of a speaker changed; `columns` names it."""

    kind: ClassVar[str] = "speaker-changed"
    columns: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class SpeakerRemoved(SpeakerFact):
    """Somebody who leads nothing was taken off the list of speakers."""

    kind: ClassVar[str] = "speaker-removed"


@dataclass(frozen=True, kw_only=True)
class SpeakerLinkSent(SpeakerFact):
    """A speaker was sent the personal link."""

    kind: ClassVar[str] = "speaker-link-sent"


@dataclass(frozen=True, kw_only=True)
class SpeakerLinkRenewed(SpeakerFact):
    """A speaker's personal link was replaced."""

    kind: ClassVar[str] = "speaker-link-renewed"


@dataclass(frozen=True, kw_only=True)
class ReminderSent(Fact):
    """People were asked for what is missing: `what` from whom, how many, which speakers."""

    kind: ClassVar[str] = "reminder-sent"
    what: str
    count: int
    speaker_ids: Sequence[int]


@dataclass(frozen=True, kw_only=True)
class MaterialFact(Fact):
    """Base: something about a material of an activity; its file by the hash alone."""

    kind: ClassVar[str] = "material"
    material_id: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class MaterialAdded(MaterialFact):
    """An activity got slides or a hand-out."""

    kind: ClassVar[str] = "material-added"


@dataclass(frozen=True, kw_only=True)
class MaterialChanged(MaterialFact):
    """A material got another title, or other people may fetch it; `columns` names it."""

    kind: ClassVar[str] = "material-changed"
    columns: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class MaterialReplaced(MaterialFact):
    """Another file took a material's place; `old_id` is the one before."""

    kind: ClassVar[str] = "material-replaced"
    old_id: int


@dataclass(frozen=True, kw_only=True)
class MaterialRemoved(MaterialFact):
    """A material was taken away."""

    kind: ClassVar[str] = "material-removed"


@dataclass(frozen=True, kw_only=True)
class MaterialReturned(MaterialFact):
    """A material that had been taken away is back."""

    kind: ClassVar[str] = "material-returned"
