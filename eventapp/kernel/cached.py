"""Pages that look the same to everybody: rendered once, then told apart by their ETag.

A key names all that a page depends on (revision, seats, language, day). The same key is
the same bytes; a page is kept in the worker's memory and compressed once.
"""

import gzip
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Response, current_app, g, request, session

MOST_PAGES = 256
SMALLEST_TO_PACK = 500  # bytes below which compressing does not pay
MOST_PARTS = 64
_EXTENSION = "eventapp-cached-pages"
_PARTS = "eventapp-cached-parts"

Part = TypeVar("Part")


@dataclass(frozen=True)
class Kept:
    """A rendered page, plain and compressed."""

    plain: bytes
    packed: bytes


class Memory:
    """What one application has made, the least recently asked for dropped first."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._made: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> Any:
        """Return what is kept under *key*, or None."""
        with self._lock:
            if key in self._made:
                self._made.move_to_end(key)
            return self._made.get(key)

    def put(self, key: Hashable, made: Any) -> None:
        """Keep something that was made."""
        with self._lock:
            self._made[key] = made
            while len(self._made) > self._most:
                self._made.popitem(last=False)


def part(key: Hashable, make: Callable[[], Part], *, most: int = MOST_PARTS) -> Part:
    """Return a part of pages: plain values that *key* determines, made once.

    The first word of *key* says what it is; each such word has a memory of its own.
    """
    what = key[0] if isinstance(key, tuple) else key
    memories: dict[Hashable, Memory] = current_app.extensions.setdefault(_PARTS, {})
    memory = memories.setdefault(what, Memory(most))
    found: Part | None = memory.get(key)
    if found is None:
        found = make()
        memory.put(key, found)
    return found


def may_be_shared() -> bool:
    """Tell whether this answer is everybody's: nobody signed in, nothing to tell one reader."""
    nobody = g.get("account") is None and g.get("registration") is None
    return nobody and not session and not current_app.config["DEMO"]


def page(
    key: Hashable, render: Callable[[], str | bytes], *, mimetype: str = "text/html"
) -> Response:
    """Answer with the page of *key*: 304 if the reader has it, else kept, else rendered."""
    tag = hashlib.sha256(repr(key).encode()).hexdigest()[:32]
    answer = Response(mimetype=mimetype)
    answer.set_etag(tag)
    answer.headers["Cache-Control"] = "no-cache"
    answer.vary.update(("Accept-Encoding", "Accept-Language", "Cookie"))
    if request.if_none_match.contains_weak(tag):
        answer.status_code = 304
        return answer
    kept = _kept(tag, render)
    if request.accept_encodings["gzip"] > 0 and len(kept.plain) > SMALLEST_TO_PACK:
        answer.headers["Content-Encoding"] = "gzip"
        answer.set_data(kept.packed)
    else:
        answer.set_data(kept.plain)
    return answer


def _kept(tag: str, render: Callable[[], str | bytes]) -> Kept:
    memory: Memory = current_app.extensions.setdefault(_EXTENSION, Memory(MOST_PAGES))
    found: Kept | None = memory.get(tag)
    if found is None:
        content = render()
        plain = content.encode() if isinstance(content, str) else content
        found = Kept(plain, gzip.compress(plain, 6))
        memory.put(tag, found)
    return found
