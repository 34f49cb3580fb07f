"""Badges that prove themselves: a code signed for one event, checked without asking anybody.

A signed badge is the badge's own code (16 bytes, see `tokens.badge_code`) behind what it is
good for, and an Ed25519 signature over both. Its letters are those of the short code, so the
address on the badge keeps its form and the QR code its compact mode.

=========  =====================================================
bytes      what they hold (numbers: the highest byte first)
=========  =====================================================
0          the number of the key, counted per event from 1
1–3        the event
4–7        the registration
8          the generation of the badge
9–10       the first day on which it is good no more, counted from 2000-01-01
11–26      the badge's own code
27–90      the signature
=========  =====================================================
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from eventapp.kernel import tokens
from eventapp.kernel.tokens import Keyring

# What is signed begins with it: no other signature of this installation is one of a badge.
PURPOSE = b"eventapp-badge-1"

EPOCH = date(2000, 1, 1)
_BYTES, _SIGNED = 91, 27
_LETTERS = -(-_BYTES * 8 // 5)  # 146
_LAYOUT = (1, 3, 4, 1, 2)
_CODE = re.compile(
    rf"(?:https?://[^\s/?#]+(?:/[^\s?#]*)?/B/)?(?P<code>[0-9A-Z]{{{_LETTERS}}})/?(?:[?#]\S*)?",
    re.ASCII | re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Scope:
    """What a signed badge is good for; `ends_on` is the first day on which it is good no more."""

    key: int
    event_id: int
    registration_id: int
    generation: int
    ends_on: date


@dataclass(frozen=True)
class Badge:
    """A badge as it was read: its own code, and what a signed one says besides."""

    code: str
    scope: Scope | None = None

    def is_over(self, at: datetime) -> bool:
        """Tell whether a signed badge has run out at the moment *at*."""
        return self.scope is not None and at >= _moment(self.scope.ends_on)


def sign(scope: Scope, *, keys: Keyring | None = None) -> str | None:
    """Return the signed code of a badge, the same at every printing.

    None where a number does not fit its bytes: such a badge has its short code alone.
    """
    days = (scope.ends_on - EPOCH).days
    numbers = (scope.key, scope.event_id, scope.registration_id, scope.generation, days)
    if any(not 0 <= one < 256**size for one, size in zip(numbers, _LAYOUT, strict=True)):
        return None
    head = b"".join(one.to_bytes(size) for one, size in zip(numbers, _LAYOUT, strict=True))
    own = tokens.derive("badge", scope.registration_id, scope.generation, keys=keys)
    signature = _private(scope.event_id, scope.key, keys).sign(PURPOSE + head + own)
    return _letters(head + own + signature)


def read(text: str, *, keys: Keyring | None = None) -> Badge | None:
    """Return the badge in what a scanner read, short or signed; None where it is none of ours."""
    if (code := tokens.read_badge(text)) is not None:
        return Badge(code)
    found = _CODE.fullmatch(text.strip()) if len(text) <= 500 else None
    data = _bytes(found["code"]) if found is not None else None
    if data is None:
        return None
    scope = _scope(data)
    try:
        public = _private(scope.event_id, scope.key, keys).public_key()
        public.verify(data[_SIGNED:], PURPOSE + data[:_SIGNED])
    except InvalidSignature:
        return None
    return Badge(tokens.encode32(data[sum(_LAYOUT) : _SIGNED]), scope)


def public_key(event_id: int, key: int, *, keys: Keyring | None = None) -> bytes:
    """Return the 32 bytes with which devices check an event's badges."""
    public = _private(event_id, key, keys).public_key()
    return public.public_bytes(Encoding.Raw, PublicFormat.Raw)


def _private(event_id: int, key: int, keys: Keyring | None) -> Ed25519PrivateKey:
    # Made of the installation's badge key, like the codes: no database and no backup holds it.
    seed = tokens.seed("badge-signature", event_id, key, keys=keys)
    return Ed25519PrivateKey.from_private_bytes(seed)


def _scope(data: bytes) -> Scope:
    numbers, place = [], 0
    for size in _LAYOUT:
        numbers.append(int.from_bytes(data[place : place + size]))
        place += size
    key, event_id, registration_id, generation, days = numbers
    return Scope(
        key=key,
        event_id=event_id,
        registration_id=registration_id,
        generation=generation,
        ends_on=EPOCH + timedelta(days=days),
    )


def _moment(day: date) -> datetime:
    # UTC, so that a device that knows no time zones reckons the same.
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _letters(data: bytes) -> str:
    number = int.from_bytes(data)
    places = reversed(range(_LETTERS))
    return "".join(tokens.ALPHABET[number >> 5 * place & 31] for place in places)


def _bytes(letters: str) -> bytes | None:
    number = 0
    for letter in letters.upper():
        value = tokens.ALPHABET.find(letter)
        if value < 0:
            return None
        number = number << 5 | value
    return number.to_bytes(_BYTES) if number < 256**_BYTES else None
