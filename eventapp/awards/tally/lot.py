"""Drawing lots that anybody can repeat: RFC 3797.

The sources of the key (lottery numbers, closing prices of a day to come) are announced before
they are drawn, so nobody, the organiser included, chooses the outcome.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence


def drawn(pool: Sequence[str], key: str) -> tuple[str, ...]:
    """Draw the whole *pool* in order; what comes first has won.

    The n-th draw (from 0) is MD5(n · key · n), n in two bytes, modulo how many are left, counted
    along the announced order of the pool.
    """
    left = list(pool)
    return tuple(left.pop(_draw(key, number) % len(left)) for number in range(len(pool)))


def _draw(key: str, number: int) -> int:
    """Give one draw as a whole number of 128 bits."""
    frame = number.to_bytes(2, "big")
    return int.from_bytes(hashlib.md5(frame + key.encode() + frame, usedforsecurity=False).digest())
