"""The lottery: numbers that anybody can draw again from the published seed."""

import hashlib
from collections.abc import Collection, Mapping


def numbers(seed: str, draw: str, ids: Collection[str]) -> Mapping[str, int]:
    """Return everybody's number of one *draw*, from 1: their order by SHA-256 of seed and id."""
    order = sorted(ids, key=lambda one: (_digest(seed, draw, one), one))
    return {one: number for number, one in enumerate(order, start=1)}


def _digest(seed: str, draw: str, one: str) -> bytes:
    return hashlib.sha256(f"{seed}:{draw}:{one}".encode()).digest()
