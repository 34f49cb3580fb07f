"""What the API's requests ask besides their body, and what its answers carry.

Pages by ``?limit=&after=`` with ``Link``, versions by ``ETag`` and ``If-Match``, repeats by
``Idempotency-Key``: each in one place, so that every operation means the same by them.
"""

import hashlib
import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlencode

import msgspec
from flask import Response, abort, g, request
from msgspec import Struct

from eventapp.kernel import boundary, crypto, pages, schema, submissions
from eventapp.kernel.db import atomic
from eventapp.kernel.refusal import N_
from eventapp.kernel.schema import BadFields, Fault
from eventapp.kernel.strictjson import read_json

Shape = TypeVar("Shape", bound=Struct)
Row = TypeVar("Row")

LONGEST_KEY = 120
LONGEST_CURSOR = 40
DIGEST = 16  # characters of a body's hash that tell two answers apart

# --- what is asked ------------------------------------------------------------------------


def read(shape: type[Shape]) -> Shape:
    """Return the request's body as *shape*; raises `BadJson` or `BadFields`."""
    if not request.is_json:
        abort(415)
    return schema.decode(shape, request.get_data())


@dataclass(frozen=True)
class Window:
    """Which part of a list is wanted: at most `limit` rows behind the one named `after`."""

    limit: int
    after: str = ""

    @property
    def after_id(self) -> int:
        """Return `after` as a row's id, 0 for the beginning."""
        number = boundary.read_id(self.after)
        if self.after and number is None:
            raise BadFields([Fault("?after", "bad-format", _FORM)])
        return number or 0


_FORM = N_("This has another form than expected.")
_RANGE = N_("This is out of range.")


def window() -> Window:
    """Return the part of a list that the request wants; more than 200 rows never come at once."""
    after = request.args.get("after", "")
    limit = boundary.read_id(request.args.get("limit", str(pages.LARGEST_PAGE)))
    if limit is None:
        raise BadFields([Fault("?limit", "out-of-range", _RANGE)])
    if len(after) > LONGEST_CURSOR:
        raise BadFields([Fault("?after", "bad-format", _FORM)])
    return Window(min(limit, pages.LARGEST_PAGE), after)


def expected() -> frozenset[int] | None:
    """Return the versions that ``If-Match`` names, or None where any will do.

    An ETag begins with the version; what stands behind it changes with every sign-up, which
    must not stand in an edit's way.
    """
    given = request.headers.get("If-Match", "*").strip()
    if given == "*":
        return None
    versions = (boundary.read_id(version) for version in _VERSIONS.findall(given))
    return frozenset(version for version in versions if version is not None)


# Strong tags alone: one that is weak names no version.
_VERSIONS = re.compile(r'(?<!W/)"([0-9]+)-[^"]*"')


def once(command: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Run *command* in one transaction, for each ``Idempotency-Key`` of a caller only once.

    What it returns is kept: ids from which the answer is made, and secrets only `sealed`.
    """
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return atomic(command)()
    if not (key.isascii() and key.isprintable() and 0 < len(key) <= LONGEST_KEY):
        raise BadFields([Fault("Idempotency-Key", "bad-format", _FORM)])
    said = request.get_data()
    body = [request.method, request.path, read_json(said) if said else None]
    return submissions.once(f"api:{g.actor}", key, command, body=body)


def sealed(secret: str) -> str:
    """Return a secret as an answer that is kept may hold it."""
    return b64encode(crypto.seal("answer", secret)).decode()


def unsealed(kept: str) -> str:
    """Return the secret that was sealed."""
    return str(crypto.unseal("answer", b64decode(kept)))


# --- what is answered ---------------------------------------------------------------------


def answered(
    shown: Any, status: int = 200, *, version: int | None = None, location: str | None = None
) -> Response:
    """Return *shown* as JSON with its ETag; unchanged since ``If-None-Match`` it is 304."""
    body = msgspec.json.encode(shown)
    answer = Response(body, status, mimetype="application/json")
    shown_as = digest(body)
    answer.set_etag(shown_as if version is None else f"{version}-{shown_as}")
    # Whoever asks again must be told of changes; nobody between may keep it for others.
    answer.headers["Cache-Control"] = "private, no-cache"
    if location is not None:
        answer.headers["Location"] = location
    if request.method in {"GET", "HEAD"}:
        return answer.make_conditional(request)  # type: ignore[return-value]
    return answer


def digest(body: bytes) -> str:
    """Return what tells two answers apart."""
    return hashlib.sha256(body).hexdigest()[:DIGEST]


def listed(
    rows: Sequence[Row],
    asked: Window,
    show: Callable[[Row], Any],
    *,
    key: Callable[[Row], object] = lambda row: row.id,  # type: ignore[attr-defined]
) -> Response:
    """Return a part of a list; *rows* hold one more than wanted if the list goes on."""
    given = rows[: asked.limit]
    answer = answered([show(row) for row in given])
    if len(rows) > asked.limit:
        answer.headers["Link"] = f'<{_address(asked.limit, key(given[-1]))}>; rel="next"'
    return answer


def _address(limit: int, after: object) -> str:
    query = urlencode({"limit": limit, "after": after})
    return f"{boundary.base_url()}{request.path}?{query}"


def nothing() -> Response:
    """Return the answer to what is done and leaves nothing to show: 204."""
    return Response(status=204)
