"""Sealing of what must not lie readable in the database or in a backup of it."""

import json
import os
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from eventapp.kernel import tokens
from eventapp.kernel.tokens import Keyring

_NONCE = 12  # bytes, as AES-GCM wants them
_VERSION = b"\x01"


class Unreadable(Exception):
    """What was sealed with a key that is no longer in the keyring, or was tampered with."""


def seal(purpose: str, value: Any, *parts: object, keys: Keyring | None = None) -> bytes:
    """Return the JSON value *value* encrypted for *purpose* with the newest key.

    It is bound to *parts* (a row's id): copied into another row it cannot be opened.
    """
    newest = (keys or tokens.current()).secrets[0]
    nonce = os.urandom(_NONCE)
    plain = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return _VERSION + nonce + _cipher(newest, purpose).encrypt(nonce, plain, _bound(parts))


def unseal(purpose: str, sealed: bytes, *parts: object, keys: Keyring | None = None) -> Any:
    """Return the value that `seal` encrypted with any key of the ring; raises `Unreadable`."""
    if sealed[:1] != _VERSION:
        raise Unreadable("sealed in an unknown way")
    nonce, body = sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :]
    for key in (keys or tokens.current()).secrets:
        try:
            return json.loads(_cipher(key, purpose).decrypt(nonce, body, _bound(parts)))
        except InvalidTag:
            continue
    raise Unreadable("no key of the ring opens it")


def _cipher(key: bytes, purpose: str) -> AESGCM:
    # One key per purpose: what is sealed for one never opens for another.
    derived = HKDF(hashes.SHA256(), 32, salt=None, info=f"eventapp-seal-{purpose}".encode())
    return AESGCM(derived.derive(key))


def _bound(parts: tuple[object, ...]) -> bytes:
    return json.dumps([str(part) for part in parts]).encode()
