"""Addresses of ours that tell what an answer or a bounce is about: ``mail+b12-…@domain``.

A mailbox with plus-addressing receives them all. The tag names a row and proves by 80 keyed bits
that we gave it out; letters of an address may be changed to lower case on their way.
"""

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from flask import current_app

from eventapp.kernel import tokens

MARK = 16  # characters of a tag's proof: 80 bits
LONGEST_LOCAL = 64  # characters before the @ of an address

_TAG = re.compile(r"(?P<purpose>[a-z])(?P<number>[1-9][0-9]{0,9})-(?P<mark>[0-9a-z]{16})")


class Purpose(StrEnum):
    """What a tagged address is for."""

    BOUNCE = "b"
    REPLY = "r"


class Forged(ValueError):
    """An address with a tag that was not given out by us."""


def return_path(job_id: int, config: Mapping[str, Any]) -> str | None:
    """Return where a letter of this job comes back to if it cannot be delivered.

    None: no mailbox is set up, so it goes to the sender's address.
    """
    return tagged(Purpose.BOUNCE, job_id, config)


def answers_to(invite_id: int, config: Mapping[str, Any]) -> str | None:
    """Return the address to which the calendar answers an invite; None as above."""
    return tagged(Purpose.REPLY, invite_id, config)


def tagged(purpose: Purpose, number: int, config: Mapping[str, Any]) -> str | None:
    """Return our mailbox's address with a tag, or None where there is no such mailbox."""
    local, _at, domain = str(config.get("INBOUND_ADDRESS") or "").rpartition("@")
    found = f"{local}+{purpose}{number}-{_mark(purpose, number)}"
    if not local or len(found) > LONGEST_LOCAL:
        return None
    return f"{found}@{domain}"


def number_of(purpose: Purpose, addresses: Iterable[str]) -> int | None:
    """Return the row that a tag among *addresses* names, None where there is no tag for this.

    Raises `Forged` for a tag whose proof is wrong.
    """
    for address in addresses:
        found = _TAG.fullmatch(address.rpartition("@")[0].rpartition("+")[2].lower())
        if found is None or found["purpose"] != purpose:
            continue
        number = int(found["number"])
        if not tokens.same(found["mark"], _mark(purpose, number)):
            raise Forged(address)
        return number if number < 2**31 else None
    return None


def is_set_up() -> bool:
    """Tell whether answers and bounces have an address to come to."""
    return bool(current_app.config.get("INBOUND_ADDRESS"))


def _mark(purpose: Purpose, number: int) -> str:
    return tokens.encode32(tokens.derive("envelope", purpose.value, number))[-MARK:].lower()
