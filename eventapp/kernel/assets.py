"""Static files: addressed by their content, compressed once, kept by browsers for a year."""

import gzip
import hashlib
import mimetypes
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, abort, request
from werkzeug.security import safe_join

from eventapp.kernel import boundary

YEAR = 365 * 24 * 3600
PACKED = (
    "text/",
    "application/javascript",
    "application/json",
    "image/svg+xml",
    "application/wasm",
)
ENDPOINT = "static"


@dataclass(frozen=True)
class File:
    """A static file in memory, plain and, where that helps, compressed."""

    content: bytes
    packed: bytes | None
    mimetype: str
    tag: str


def install(app: Flask, wider: Mapping[str, Mapping[str, str]], lent: Collection[str] = ()) -> None:
    """Serve the static folder of *app*.

    *wider* are the files with a wider content policy, *lent* those that pages of other sites may
    load.
    """
    folder = app.static_folder or ""

    @cache
    def read(filename: str) -> File | None:
        path = safe_join(folder, filename)
        if path is None or not Path(path).is_file():
            return None
        return _file(Path(path))

    def static(filename: str) -> Response:
        found = read(filename)
        if found is None:
            abort(404)
        answer = _answer(found, wider.get(filename))
        if filename in lent:
            answer.headers["Access-Control-Allow-Origin"] = "*"
            answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        return answer

    @app.url_defaults
    def add_fingerprint(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == ENDPOINT and "v" not in values:
            found = read(values["filename"])
            values["v"] = found.tag[:12] if found is not None else ""

    app.view_functions[ENDPOINT] = static


def _file(path: Path) -> File:
    content = path.read_bytes()
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if path.suffix == ".js":
        kind = "text/javascript"
    worth = kind.startswith(PACKED) and len(content) > 400
    packed = gzip.compress(content, 9) if worth else None
    return File(content, packed, kind, hashlib.sha256(content).hexdigest())


def _answer(found: File, wider: Mapping[str, str] | None) -> Response:
    answer = Response(mimetype=found.mimetype)
    answer.set_etag(found.tag)
    named = bool(request.args.get("v"))
    answer.headers["Cache-Control"] = (
        f"public, max-age={YEAR}, immutable" if named else "public, no-cache"
    )
    if wider is not None:
        # A worker obeys the policy of its own file, not that of the page which starts it.
        answer.headers["Content-Security-Policy"] = boundary.policy(dict(wider))
    if found.packed is not None:
        answer.vary.add("Accept-Encoding")
    if request.if_none_match.contains_weak(found.tag):
        answer.status_code = 304
        return answer
    if found.packed is not None and request.accept_encodings["gzip"] > 0:
        answer.headers["Content-Encoding"] = "gzip"
        answer.set_data(found.packed)
    else:
        answer.set_data(found.content)
    return answer
