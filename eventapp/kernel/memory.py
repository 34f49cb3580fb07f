"""What a worker remembers for some seconds, so that a busy door asks the database less.

Only plain values belong here, never rows: a row forgets itself when its transaction ends.
"""

import time
from collections.abc import Callable
from typing import TypeVar

from flask import current_app

Value = TypeVar("Value")

SECONDS = 5.0
MOST = 10_000
_EXTENSION = "eventapp-memory"

# Remembered per application: two of them may live in one process.
_Memory = dict[str, tuple[float, object]]


def _memory() -> _Memory:
    memory: _Memory = current_app.extensions.setdefault(_EXTENSION, {})
    return memory


def remembered(
    key: str, load: Callable[[], Value | None], *, seconds: float = SECONDS
) -> Value | None:
    """Return what *load* found at most *seconds* ago; nothing found is asked for again."""
    memory = _memory()
    until, value = memory.get(key, (0.0, None))
    if time.monotonic() < until:
        return value  # type: ignore[return-value]
    found = load()
    if len(memory) > MOST:
        memory.clear()
    if found is not None:
        memory[key] = (time.monotonic() + seconds, found)
    return found


def forget(key: str) -> None:
    """Let this worker ask again at once; the others do so after some seconds."""
    _memory().pop(key, None)
