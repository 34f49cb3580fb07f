"""What a calendar answers to an invite, and whether the answer may stand (RFC 5546, 6047)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from icalendar import Calendar

from eventapp.invites.rules.lifecycle import PartStat
from eventapp.kernel.refusal import N_, Refusal

LARGEST = 200_000  # bytes of a calendar
MOST_COMPONENTS = 20
MOST_ATTENDEES = 20
LONGEST_UID = 300
CLOCKS_DIFFER = timedelta(hours=1)  # what a reply may be ahead of us

REPLY = "REPLY"
ANSWERS = {
    "ACCEPTED": PartStat.ACCEPTED,
    "TENTATIVE": PartStat.TENTATIVE,
    "DECLINED": PartStat.DECLINED,
}


class ReplyRefusal(Refusal):
    """Why a calendar's answer does not stand."""

    BROKEN = "broken-calendar", N_("The calendar in the message is broken.")
    TOO_BIG = "calendar-too-big", N_("The calendar in the message is larger than an answer is.")
    TWO_METHODS = "two-methods", N_("The calendar says another METHOD than its part.")
    COUNTER = "counter", N_("Another time is proposed; nobody but you can answer that.")
    NOT_A_REPLY = "not-a-reply", N_("It is a calendar, but not an answer to an invite.")
    SEVERAL = "several-answers", N_("One message answers several invites or for several people.")
    NO_ANSWER = "no-answer", N_("It says neither yes, maybe nor no.")
    UNKNOWN = "unknown-invite", N_("It answers an invite that was not sent from here.")
    FORGED = "forged-reply", N_("The tag of the address is not one of ours.")
    OTHER_TAG = "other-invite", N_("The tag of the address belongs to another invite.")
    WRONG_SENDER = (
        "wrong-sender",
        N_("It comes from another address than the one that was invited."),
    )
    WITHDRAWN = "withdrawn-invite", N_("The invite was withdrawn; there is nothing to answer.")
    STALE = "stale-reply", N_("It answers an earlier time; the session has moved since.")
    AHEAD = "ahead", N_("It answers a version of the invite that was never sent.")
    FROM_THE_FUTURE = "from-the-future", N_("Its time stamp lies in the future.")
    OUTDATED = "outdated", N_("A newer answer is known already.")
    KNOWN = "known-reply", N_("This answer is known already.")


class Source(StrEnum):
    """What shows that an answer comes from the person who was invited."""

    TAG = "tag"
    SENDER = "sender"
    STRANGER = "stranger"


class BadReply(ValueError):
    """Raised for a calendar that holds no answer, with the reason."""

    def __init__(self, reason: ReplyRefusal) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True, kw_only=True)
class Reply:
    """One person's answer: to which invite, in which version of it, when; addresses lower case."""

    uid: str
    sequence: int
    stamped_at: datetime | None
    attendee: str
    answer: PartStat


class Answered(Protocol):
    """An invite, as far as an answer looks at it."""

    @property
    def email(self) -> str:
        """The address that was invited."""

    @property
    def sequence(self) -> int:
        """Its present version."""

    @property
    def told_sequence(self) -> int:
        """The version in which the person was last told time and room."""

    @property
    def answer(self) -> PartStat | None:
        """What was answered last, if anything."""

    @property
    def answer_sequence(self) -> int | None:
        """The version that was answered."""

    @property
    def answered_at(self) -> datetime | None:
        """When it was answered, by the calendar's own clock."""


def read(content: bytes, method: str, email: str = "") -> Reply:
    """Return the answer in a calendar; *method* is what its part's type says, "" for nothing.

    Where it answers for several people, the one with the address *email* counts. ORGANIZER may
    be missing, as Exchange leaves it out. Raises `BadReply`, and nothing else.
    """
    if len(content) > LARGEST:
        raise BadReply(ReplyRefusal.TOO_BIG)
    if content.upper().count(b"BEGIN:") > MOST_COMPONENTS + 1:
        raise BadReply(ReplyRefusal.SEVERAL)
    try:
        return _read(content, method, email)
    except BadReply:
        raise
    except Exception as error:  # whatever the library stumbles over
        raise BadReply(ReplyRefusal.BROKEN) from error


def _read(content: bytes, method: str, email: str) -> Reply:
    calendar = Calendar.from_ical(content.decode("utf-8-sig", "replace"))
    said = str(calendar.get("METHOD", "")).upper()
    _refuse_method(said, method)
    events = calendar.walk("VEVENT")
    if not events:
        raise BadReply(ReplyRefusal.BROKEN)
    if len(events) > 1:
        raise BadReply(ReplyRefusal.SEVERAL)
    event = events[0]
    attendee = _attendee(event, email)
    answer = ANSWERS.get(str(attendee.params.get("PARTSTAT", "")).upper())
    if answer is None:
        raise BadReply(ReplyRefusal.NO_ANSWER)
    uid = str(event.get("UID", "")).strip()
    if not 0 < len(uid) <= LONGEST_UID:
        raise BadReply(ReplyRefusal.BROKEN)
    return Reply(
        uid=uid,
        sequence=_sequence(event),
        stamped_at=_stamp(event),
        attendee=_address(attendee),
        answer=answer,
    )


def _refuse_method(said: str, method: str) -> None:
    if said == "COUNTER":
        raise BadReply(ReplyRefusal.COUNTER)
    if said != REPLY:
        raise BadReply(ReplyRefusal.NOT_A_REPLY)
    if method and method.upper() != said:
        raise BadReply(ReplyRefusal.TWO_METHODS)


def _attendee(event: Any, email: str) -> Any:
    found = event.get("ATTENDEE")
    listed: Sequence[Any] = found if isinstance(found, list) else [found] if found else []
    if not listed:
        raise BadReply(ReplyRefusal.NO_ANSWER)
    own = [one for one in listed[:MOST_ATTENDEES] if email and _address(one) == email.lower()]
    if len(listed) > 1 and len(own) != 1:
        raise BadReply(ReplyRefusal.SEVERAL)
    return own[0] if own else listed[0]


def _address(attendee: Any) -> str:
    text = str(attendee).strip()
    scheme, colon, rest = text.partition(":")
    bare = rest if colon and scheme.lower() == "mailto" else text
    return bare.partition("?")[0].strip().strip("<>").lower()[:320]


def _sequence(event: Any) -> int:
    # Outlook and others leave it out of an answer to the first version.
    number = int(event.get("SEQUENCE", 0))
    if not 0 <= number < 2**31:
        raise BadReply(ReplyRefusal.BROKEN)
    return number


def _stamp(event: Any) -> datetime | None:
    """Return DTSTAMP in UTC; a time without a zone is taken for UTC, as the format demands."""
    stamp = getattr(event.get("DTSTAMP"), "dt", None)
    if not isinstance(stamp, datetime):
        return None
    return (stamp if stamp.tzinfo is not None else stamp.replace(tzinfo=UTC)).astimezone(UTC)


def source(reply: Reply, invite: Answered, sender: str, *, tagged: bool) -> Source:
    """Return what shows that the invited person answers.

    A forwarded invite carries its tag along, so the tag alone does not do: the answer has to be
    given for the address that was invited.
    """
    if not invite.email or reply.attendee != invite.email.lower():
        return Source.STRANGER
    if tagged:
        return Source.TAG
    return Source.SENDER if sender.lower() == invite.email.lower() else Source.STRANGER


def refuse_reply(
    reply: Reply,
    invite: Answered,
    now: datetime,
    *,
    stands: bool,
    same_time: bool,
    stamped_at: datetime,
) -> ReplyRefusal | None:
    """Return why an answer does not stand.

    *stands*: the invite was not withdrawn; *same_time*: the person was told the present time.
    *stamped_at* is when it was given. Versions from that which the person was told last up to
    the present one differ in words only, so an answer to each of them holds.
    """
    if not stands:
        return ReplyRefusal.WITHDRAWN
    if reply.sequence > invite.sequence:
        return ReplyRefusal.AHEAD
    if reply.sequence < invite.told_sequence or not same_time:
        return ReplyRefusal.STALE
    if stamped_at > now + CLOCKS_DIFFER:
        return ReplyRefusal.FROM_THE_FUTURE
    return _refuse_order(reply, invite, stamped_at)


def _refuse_order(reply: Reply, invite: Answered, stamped_at: datetime) -> ReplyRefusal | None:
    if invite.answered_at is None or invite.answer_sequence is None:
        return None
    known = (invite.answer_sequence, invite.answered_at)
    given = (reply.sequence, stamped_at)
    if given == known and reply.answer == invite.answer:
        return ReplyRefusal.KNOWN
    return ReplyRefusal.OUTDATED if given <= known else None
