"""Codes that open something: secret tokens, signed values, badge codes, six digits.

Secrets are kept hashed. What must come out the same again (a badge that is reprinted, a
personal link that is sent anew) is derived from the installation's keys.
"""

import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford base32: no I, L, O, U
CODE_LENGTH = 26  # characters that hold 16 bytes
TOKEN = 80  # characters of the longest token
DIGEST = 64  # characters of a kept hash

_VALUES = {letter: value for value, letter in enumerate(ALPHABET)}
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1"})
_BADGE = re.compile(
    r"(?:https?://[^\s/?#]+(?:/[^\s?#]*)?/B/)?(?P<code>[0-9A-Z -]{26,40}?)/?(?:[?#]\S*)?",
    re.ASCII | re.IGNORECASE,
)
_EXTENSION = "eventapp-keyring"


@dataclass(frozen=True)
class Keyring:
    """The installation's keys: `secrets` newest first, and the badge key, which never rotates."""

    secrets: tuple[bytes, ...]
    badge: bytes

    def __repr__(self) -> str:
        """Show how many keys there are, and none of them."""
        return f"<Keyring of {len(self.secrets)}>"


def keyring(config: Mapping[str, Any]) -> Keyring:
    """Return the keys of an application's configuration.

    ``SECRET_KEY`` is one key or a list, newest first; ``SECRET_KEY_FALLBACKS`` (Flask's
    name for the older ones) follow. Without ``BADGE_KEY`` the badge key derives from the
    oldest, so that adding a newer key leaves printed badges valid.
    """
    given = config.get("SECRET_KEY") or ()
    newest = [given] if isinstance(given, str | bytes) else list(given)
    keys = [_bytes(key) for key in [*newest, *(config.get("SECRET_KEY_FALLBACKS") or ())]]
    if not keys:
        raise ValueError("there is no secret key")
    own = config.get("BADGE_KEY")
    badge = _bytes(own) if own else _mac(keys[-1], "badge-key")
    return Keyring(tuple(keys), badge)


def install(app: Any) -> None:
    """Keep the keyring of *app* ready."""
    app.extensions[_EXTENSION] = keyring(app.config)


def current() -> Keyring:
    """Return the keys of the application that runs here."""
    keys: Keyring | None = current_app.extensions.get(_EXTENSION)
    return keys if keys is not None else keyring(current_app.config)


def _bytes(key: str | bytes) -> bytes:
    return key.encode() if isinstance(key, str) else key


def _mac(key: bytes, *parts: object) -> bytes:
    # JSON keeps ("1", "23") and ("12", "3") apart.
    message = json.dumps([str(part) for part in parts]).encode()
    return hmac.digest(key, message, "sha256")


# --- secret tokens ------------------------------------------------------------------------


def new_token(prefix: str) -> tuple[str, str]:
    """Return a new 256-bit token and the hash to keep; *prefix* names its purpose."""
    token = f"{prefix}_{secrets.token_urlsafe(32)}"
    return token, hashed(token)


def hashed(token: str) -> str:
    """Return the hash under which a token or code is kept and found (64 hex digits)."""
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()


def has_purpose(token: str, prefix: str) -> bool:
    """Tell whether *token* was made for *prefix*; a token opens nothing else."""
    return len(token) <= TOKEN and token.startswith(f"{prefix}_")


def same(one: str, other: str) -> bool:
    """Compare two secrets in constant time."""
    return hmac.compare_digest(
        one.encode(errors="surrogatepass"), other.encode(errors="surrogatepass")
    )


# --- derived and signed values ------------------------------------------------------------


def derive(purpose: str, *parts: object, keys: Keyring | None = None) -> bytes:
    """Return 16 bytes that only this installation can make, the same for good.

    They come from the badge key, which does not rotate.
    """
    return seed(purpose, *parts, keys=keys)[:16]


def seed(purpose: str, *parts: object, keys: Keyring | None = None) -> bytes:
    """Return 32 bytes that only this installation can make: enough for a private key."""
    return _mac((keys or current()).badge, purpose, *parts)


def personal(purpose: str, number: int, generation: int) -> str:
    """Return the token of a personal link to row *number*: the same at every mailing.

    A higher *generation* is another token, and ends the ones before.
    """
    return f"{purpose}_{number}-{encode32(derive(purpose, number, generation))}"


def number_in(token: str, purpose: str) -> int | None:
    """Return which row a personal token of this purpose speaks of; it proves nothing yet."""
    if not has_purpose(token, purpose):
        return None
    number = token.removeprefix(f"{purpose}_").partition("-")[0]
    if not (number.isascii() and number.isdigit() and len(number) < 11):
        return None
    return int(number) if int(number) < 2**31 else None


def is_personal(token: str, purpose: str, number: int, generation: int) -> bool:
    """Tell whether a token is the one that `personal` makes; letters may come in any case."""
    return same(token.upper(), personal(purpose, number, generation).upper())


def sign(purpose: str, value: Any, *, keys: Keyring | None = None) -> str:
    """Return the JSON value *value* readable but unforgeable, for this purpose alone."""
    return str(_signer(purpose, keys).dumps(value))


def unsign(purpose: str, token: str, *, keys: Keyring | None = None) -> Any:
    """Return the value that `sign` sealed, or None if the token is not ours."""
    if len(token) > 4096:
        return None
    try:
        return _signer(purpose, keys).loads(token)
    except (BadSignature, UnicodeError):
        return None


def _signer(purpose: str, keys: Keyring | None) -> URLSafeSerializer:
    # itsdangerous signs with the last key of a list and accepts them all.
    oldest_first = (keys or current()).secrets[::-1]
    return URLSafeSerializer(list(oldest_first), salt=f"eventapp-{purpose}", signer_kwargs=_SIGNER)


_SIGNER = {"key_derivation": "hmac", "digest_method": hashlib.sha256}


# --- codes for people ---------------------------------------------------------------------


def new_digits() -> str:
    """Return six random digits to be typed from a mail."""
    return f"{secrets.randbelow(1_000_000):06d}"


def digits_hash(purpose: str, digits: str, *parts: object, keys: Keyring | None = None) -> str:
    """Return the keyed hash of six digits, bound to *parts* (an account, an attempt).

    A plain hash of a million values would be read back in a second.
    """
    return _mac((keys or current()).badge, "digits", purpose, digits, *parts).hex()


def typed_digits(text: str) -> str:
    """Return the digits of a typed code without the spaces and dashes people add."""
    return re.sub(r"[\s-]", "", text)[:12]


def encode32(data: bytes) -> str:
    """Return 16 bytes as 26 characters of Crockford's base32, upper case."""
    number = int.from_bytes(data, "big")
    if len(data) != 16:
        raise ValueError("16 bytes make one code")
    return "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(CODE_LENGTH)))


def decode32(code: str) -> bytes | None:
    """Return the 16 bytes of a code in any case, O read as 0, I and L as 1; else None."""
    letters = code.upper().translate(_READ_AS)
    if not code.isascii() or len(letters) != CODE_LENGTH or not set(letters) <= _VALUES.keys():
        return None
    number = 0
    for letter in letters:
        number = number << 5 | _VALUES[letter]
    return None if number >> 128 else number.to_bytes(16, "big")


def badge_code(registration_id: int, generation: int, *, keys: Keyring | None = None) -> str:
    """Return the code printed on a registration's badge of that generation."""
    return encode32(derive("badge", registration_id, generation, keys=keys))


def badge_url(base_url: str, code: str) -> str:
    """Return the address in the badge's QR code, all upper case for its compact mode."""
    return f"{base_url.rstrip('/')}/B/{code}".upper()


def read_badge(text: str) -> str | None:
    """Return the canonical code in what a scanner read or somebody typed, or None.

    Accepts the whole address in any case, a query behind it, spaces around it, and the
    bare code, also in groups parted by spaces or dashes.
    """
    found = _BADGE.fullmatch(text.strip()) if len(text) <= 500 else None
    if found is None:
        return None
    data = decode32(re.sub(r"[ -]", "", found["code"]))
    return None if data is None else encode32(data)
