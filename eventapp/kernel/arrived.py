"""A message that arrived, read with care: whatever its bytes, within bounds and without an error.

Only the parts that a program would look at are taken out: calendars and delivery reports. A
message inside a message is somebody else's, and is never read for a calendar.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime

from eventapp.kernel.refusal import N_, Refusal

LARGEST = 2_000_000  # bytes of a message
MOST_PARTS = 60
DEEPEST = 12  # levels of parts in parts
MOST_HEADERS = 400
MOST_ADDRESSES = 50
LONGEST_HEADER = 2_000  # characters of one header that are looked at
CALENDARS = frozenset({"text/calendar", "application/ics"})
# Where servers on the way write to whom a message really went.
RECIPIENTS = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To", "Cc")

_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]]+@[^\s@<>,;:\"()\[\]]+")
_BOUNDARY = re.compile(rb"boundary\s*=", re.IGNORECASE)
_REPLIED = frozenset({"auto-replied", "auto-notified"})
_LETTERS = frozenset({"message/rfc822", "message/rfc822-headers", "message/global"})
_AUTO_HEADERS = ("X-Autoreply", "X-Autorespond", "X-Autoresponse")


class UnreadableMessage(Refusal):
    """Why a message is not even looked into."""

    TOO_BIG = "too-big", N_("The message is larger than 2 MB.")
    TOO_MANY_PARTS = "too-many-parts", N_("The message has more parts than anybody writes.")
    EMPTY = "empty", N_("The message has no headers.")
    BROKEN = "broken", N_("The message is broken.")


class Unreadable(ValueError):
    """Raised for a message that is refused as a whole, with the reason."""

    def __init__(self, reason: UnreadableMessage) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True)
class Piece:
    """A part taken out: its type, the METHOD that its type names, its bytes."""

    media_type: str
    method: str
    content: bytes


@dataclass(frozen=True)
class Report:
    """What a delivery report says of one recipient; lower case, "" for what it does not say."""

    recipient: str
    action: str
    status: str
    diagnostic: str


@dataclass(frozen=True, kw_only=True)
class Arrived:
    """A message as its readers see it.

    `key` is the hash of its Message-ID (of its bytes where it has none); `bounced_from` is the
    Message-ID of the letter that it encloses. Addresses are in lower case.
    """

    key: str
    message_id: str
    subject: str
    sender: str
    recipients: Sequence[str]
    sent_at: datetime | None
    is_null_sender: bool = False
    is_automatic: bool = False
    is_report: bool = False
    calendars: Sequence[Piece] = ()
    reports: Sequence[Report] = field(default_factory=tuple)
    bounced_from: str = ""


@dataclass(frozen=True)
class Outline:
    """What a list of messages shows of one, also of one that cannot be read."""

    key: str
    sender: str
    recipient: str
    subject: str


def outline(raw: bytes) -> Outline:
    """Return what can be told of any bytes at all; "" for what cannot."""
    head = raw[:64_000]
    try:
        message = message_from_bytes(_head(head), policy=policy.compat32)
        found = _addresses(message, RECIPIENTS)
        return Outline(
            key_of(raw, _one(message, "Message-ID")),
            _sender(message),
            found[0] if found else "",
            _words(message, "Subject"),
        )
    except (ValueError, LookupError, MessageError, AttributeError, TypeError, RecursionError):
        return Outline(key_of(raw, ""), "", "", "")


def key_of(raw: bytes, message_id: str) -> str:
    """Return under which mark a message is known, so that it is taken once."""
    return hashlib.sha256(message_id.encode(errors="replace") if message_id else raw).hexdigest()


def read(raw: bytes) -> Arrived:
    """Return the message in *raw*; raises `Unreadable`, and nothing else, whatever the bytes."""
    if len(raw) > LARGEST:
        raise Unreadable(UnreadableMessage.TOO_BIG)
    # Reading takes time by the number of boundaries, so they are counted first.
    if len(_BOUNDARY.findall(raw)) > MOST_PARTS:
        raise Unreadable(UnreadableMessage.TOO_MANY_PARTS)
    try:
        message = message_from_bytes(raw, policy=policy.compat32)
        return _read(raw, message)
    except Unreadable:
        raise
    except Exception as error:  # the library's own faults are many, and none of them is ours
        raise Unreadable(UnreadableMessage.BROKEN) from error


def _read(raw: bytes, message: Message) -> Arrived:
    if not message.keys():
        raise Unreadable(UnreadableMessage.EMPTY)
    if len(message.keys()) > MOST_HEADERS:
        raise Unreadable(UnreadableMessage.TOO_MANY_PARTS)
    parts = list(_parts(message))
    message_id = _one(message, "Message-ID")
    return Arrived(
        key=key_of(raw, message_id),
        message_id=message_id[:300],
        subject=_words(message, "Subject"),
        sender=_sender(message),
        recipients=_addresses(message, RECIPIENTS),
        sent_at=_date(message),
        is_null_sender=_is_null_sender(message),
        is_automatic=_is_automatic(message),
        is_report=any(part.get_content_type() == "message/delivery-status" for part in parts),
        calendars=[piece for part in parts if (piece := _piece(part)) is not None],
        reports=[report for part in parts for report in _reports(part)],
        bounced_from=next(filter(None, map(_enclosed, parts)), ""),
    )


def _parts(message: Message) -> Iterator[Message]:
    """Yield the parts at any depth within bounds; not those of messages inside."""
    level, seen = [message], 0
    for _depth in range(DEEPEST):
        below: list[Message] = []
        for part in level:
            seen += 1
            if seen > MOST_PARTS:
                raise Unreadable(UnreadableMessage.TOO_MANY_PARTS)
            yield part
            if part.get_content_maintype() == "multipart" and part.is_multipart():
                below += _within(part)
        level = below
    if level:
        raise Unreadable(UnreadableMessage.TOO_MANY_PARTS)


def _within(part: Message) -> list[Message]:
    inner = part.get_payload()
    return [one for one in inner if isinstance(one, Message)] if isinstance(inner, list) else []


# --- headers ------------------------------------------------------------------------------


def _head(raw: bytes) -> bytes:
    return re.split(rb"\r?\n\r?\n", raw, maxsplit=1)[0] + b"\r\n\r\n"


def _one(message: Message, name: str) -> str:
    value = message.get(name)
    return "" if value is None else plain(str(value)[:LONGEST_HEADER])


def _words(message: Message, name: str) -> str:
    text = _one(message, name)
    try:
        text = str(make_header(decode_header(text)))
    except (ValueError, LookupError, MessageError):
        pass  # shown as it came
    return plain(text)[:300]


def plain(text: str) -> str:
    """Return *text* on one line, without what a database or a page would choke on."""
    known = text.encode("utf-8", "replace").decode()
    shown = "".join(letter if letter.isprintable() else " " for letter in known)
    return " ".join(shown.split())


def _addresses(message: Message, names: Sequence[str]) -> list[str]:
    found: dict[str, None] = {}
    for name in names:
        values = [plain(str(value)[:LONGEST_HEADER]) for value in message.get_all(name, [])]
        for _name, spec in getaddresses(values[:MOST_ADDRESSES]):
            if _ADDRESS.fullmatch(spec) and len(spec) <= 320:
                found.setdefault(spec.lower())
    return list(found)[:MOST_ADDRESSES]


def _sender(message: Message) -> str:
    found = _addresses(message, ["From"]) or _addresses(message, ["Sender"])
    return found[0] if found else ""


def _date(message: Message) -> datetime | None:
    try:
        moment = parsedate_to_datetime(_one(message, "Date"))
        return (moment.replace(tzinfo=moment.tzinfo or UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _is_null_sender(message: Message) -> bool:
    return _one(message, "Return-Path") == "<>" or _sender(message).startswith("mailer-daemon@")


def _is_automatic(message: Message) -> bool:
    """Tell whether a program answered instead of a person (RFC 3834, and what came before it)."""
    said = _one(message, "Auto-Submitted").partition(";")[0].strip().lower()
    precedence = _one(message, "Precedence").lower()
    older = any(message.get(name) is not None for name in _AUTO_HEADERS)
    return said in _REPLIED or precedence == "auto_reply" or older


# --- parts --------------------------------------------------------------------------------


def _piece(part: Message) -> Piece | None:
    kind = part.get_content_type()
    if kind not in CALENDARS or part.is_multipart():
        return None
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return None
    method = part.get_param("method")
    said = method if isinstance(method, str) else ""
    return Piece(kind, plain(said)[:40].upper(), content)


def _reports(part: Message) -> list[Report]:
    if part.get_content_type() != "message/delivery-status" or not part.is_multipart():
        return []
    return [_report(block) for block in _within(part)[:MOST_ADDRESSES] if block.get("Action")]


def _report(block: Message) -> Report:
    recipient = _one(block, "Final-Recipient") or _one(block, "Original-Recipient")
    status = re.match(r"[245]\.[0-9]{1,3}\.[0-9]{1,3}", _one(block, "Status"))
    return Report(
        recipient=_last_word(recipient).strip("<>").lower()[:320],
        action=_one(block, "Action").lower()[:20],
        status=status.group() if status else "",
        diagnostic=_last_word(_one(block, "Diagnostic-Code"))[:400],
    )


def _last_word(typed: str) -> str:
    """Return the value behind its type: ``rfc822; anna@example.org``."""
    return typed.partition(";")[2].strip() or typed


def _enclosed(part: Message) -> str:
    """Return the Message-ID of a letter, or of its headers, that a report brings back."""
    kind = part.get_content_type()
    if kind in _LETTERS and part.is_multipart():
        inner = _within(part)
        return _one(inner[0], "Message-ID") if inner else ""
    if kind == "text/rfc822-headers" and not part.is_multipart():
        content = part.get_payload(decode=True)
        if isinstance(content, bytes):
            return _one(message_from_bytes(_head(content[:64_000])), "Message-ID")
    return ""
