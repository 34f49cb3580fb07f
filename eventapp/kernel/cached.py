"""Pages that look the same to everybody: rendered once, then told apart by their ETag.

A key names all that a page depends on (revision, seats, language, day). The same key is
the same bytes; a page is kept in the worker's memory and compressed once.

To readers without a cookie the same answer is handed out again for a second, before anything is
asked: a programme that a thousand people open at nine o'clock costs one look a second.
"""

import gzip
import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from flask import Flask, Response, current_app, g, request, session
from werkzeug.http import parse_etags

MOST_PAGES = 256
SMALLEST_TO_PACK = 500  # bytes below which compressing does not pay
# A page of 61 kB becomes 4.4 kB in 0.15 ms; the usual 6 makes it 4.0 kB in 0.31.
PACKING = 3
MOST_PARTS = 64
_EXTENSION = "eventapp-cached-pages"
_PARTS = "eventapp-cached-parts"

Part = TypeVar("Part")


class Kept:
    """A rendered page, plain and, for the first reader who takes it so, compressed."""

    def __init__(self, plain: bytes) -> None:
        self.plain = plain

    @cached_property
    def packed(self) -> bytes:
        """Return the page compressed."""
        return gzip.compress(self.plain, PACKING)


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
    return kept_in(parts(what, most), key, make)


def parts(what: Hashable, most: int = MOST_PARTS) -> Memory:
    """Return the memory of one kind of parts, for whoever asks for many of them at once."""
    memories: dict[Hashable, Memory] = current_app.extensions.setdefault(_PARTS, {})
    found = memories.get(what)
    return found if found is not None else memories.setdefault(what, Memory(most))


def kept_in(memory: Memory, key: Hashable, make: Callable[[], Part]) -> Part:
    """Return what a memory keeps under *key*, made once."""
    found: Part | None = memory.get(key)
    if found is None:
        found = make()
        memory.put(key, found)
    return found


def may_be_shared() -> bool:
    """Tell whether this answer is everybody's: nobody signed in, nothing to tell one reader."""
    nobody = g.get("account") is None and g.get("registration") is None
    return nobody and not session and not current_app.config["DEMO"]


# --- the porch ----------------------------------------------------------------------------

MARK = "eventapp.shared"  # what tells the porch that an answer is everybody's
# What of a request an answer to everybody can depend on.
ASKED = (
    "PATH_INFO",
    "QUERY_STRING",
    "HTTP_HOST",
    "wsgi.url_scheme",
    "HTTP_ACCEPT_LANGUAGE",
    "HTTP_ACCEPT_ENCODING",
)
PRIVATE = ("HTTP_COOKIE", "HTTP_AUTHORIZATION")
OK, NOT_MODIFIED = "200 OK", "304 NOT MODIFIED"
OF_A_BODY = frozenset({"content-length", "content-encoding", "content-type"})

Headers = list[tuple[str, str]]


@dataclass(frozen=True)
class Held:
    """An answer to everybody, and until when (a monotonic time) it is handed out again.

    Without a body it serves only readers who have the page of that tag.
    """

    status: str
    headers: Headers
    body: bytes | None
    tag: str
    until: float


class Porch:
    """Hands out the last answers of public pages again, for *seconds*, without a look inside.

    Whatever changes is seen a moment later; whoever brings a cookie is let in at once.
    """

    def __init__(self, inside: Callable[..., Any], seconds: float) -> None:
        self._inside = inside
        self._seconds = seconds
        self._memory = Memory(MOST_PAGES)

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a request, as WSGI has it."""
        if environ["REQUEST_METHOD"] != "GET" or any(environ.get(name) for name in PRIVATE):
            answer: Iterable[bytes] = self._inside(environ, start)
            return answer
        key = tuple(environ.get(name) for name in ASKED)
        held: Held | None = self._memory.get(key)
        if held is None or held.until <= time.monotonic():
            return self._ask(key, environ, start)
        if parse_etags(environ.get("HTTP_IF_NONE_MATCH")).contains_weak(held.tag):
            start(NOT_MODIFIED, [row for row in held.headers if row[0].lower() not in OF_A_BODY])
            return []
        if held.body is None:
            return self._ask(key, environ, start)
        start(held.status, list(held.headers))
        return [held.body]

    def _ask(
        self, key: Hashable, environ: dict[str, Any], start: Callable[..., Any]
    ) -> Iterable[bytes]:
        begun: list[tuple[str, Headers]] = []

        def note(status: str, headers: Headers, exc_info: Any = None) -> Any:
            begun.append((status, headers))
            return start(status, headers, exc_info)

        until = time.monotonic() + self._seconds
        answer: Iterable[bytes] = self._inside(environ, note)
        status, headers = begun[-1] if begun else ("", [])
        if MARK not in environ or status not in {OK, NOT_MODIFIED}:
            return answer
        with closing(answer):  # type: ignore[type-var]
            body = b"".join(answer)
        kept = body if status == OK else None
        self._memory.put(key, Held(status, headers, kept, environ[MARK], until))
        return [body]


def install(app: Flask) -> None:
    """Hand public pages out again for a moment; behind what makes sense of proxies."""
    seconds = app.config["KEEP_SECONDS"]
    if seconds:
        app.wsgi_app = Porch(app.wsgi_app, seconds)  # type: ignore[method-assign, assignment]


# --- pages --------------------------------------------------------------------------------


def page(
    key: Hashable, render: Callable[[], str | bytes], *, mimetype: str = "text/html"
) -> Response:
    """Answer with the page of *key*: 304 if the reader has it, else kept, else rendered."""
    tag = hashlib.sha256(repr(key).encode()).hexdigest()[:32]
    answer = Response(mimetype=mimetype)
    answer.set_etag(tag)
    request.environ[MARK] = tag
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
        found = Kept(content.encode() if isinstance(content, str) else content)
        memory.put(tag, found)
    return found
