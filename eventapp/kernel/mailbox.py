"""A page to read the letters that were laid into a folder instead of being sent.

It is there when the mail goes to a folder, for administrators and in the demonstration.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email import policy
from email.message import EmailMessage, Message
from email.parser import BytesHeaderParser, BytesParser
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

from flask import Blueprint, Response, abort, current_app, render_template, request
from werkzeug.routing import BaseConverter

from eventapp.kernel import boundary, pages, text, uploads
from eventapp.kernel.guard import can, public

bp = Blueprint("mailbox", __name__, url_prefix="/mailbox")

ADMINISTER = "administer"
PER_PAGE = 50
HEADERS_END = 16 * 1024  # bytes in which a letter's headers surely end
LARGEST = 10_000_000
# What a letter may do inside its frame: be styled, show embedded images, open links.
LETTER_CSP = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; "
    "style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
)
_LINK = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)]")

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Summary:
    """One letter in the list."""

    name: str
    subject: str
    sender: str
    recipient: str
    sent_at: datetime | None


@dataclass(frozen=True)
class Part:
    """One piece of a letter besides its words: number among the parts, name, type, bytes."""

    number: int
    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class Letter(Summary):
    """One letter with its words and everything that came with them."""

    headers: Sequence[tuple[str, str]] = ()
    text: str = ""
    html: str | None = None
    parts: Sequence[Part] = ()
    links: Sequence[str] = field(default_factory=tuple)


# --- reading ------------------------------------------------------------------------------


def names(folder: Path) -> list[str]:
    """List the letters of *folder* by file name, newest first."""
    if not folder.is_dir():
        return []
    found = [path for path in folder.glob("*.eml") if not path.name.startswith(".")]
    return [path.name for path in sorted(found, key=_age, reverse=True)]


def _age(path: Path) -> tuple[int, str]:
    # The order of writing: in a demonstration several clocks write into one folder.
    try:
        return path.stat().st_mtime_ns, path.name
    except FileNotFoundError:
        return 0, path.name


def messages(folder: Path, *, to: str = "", first: int = 0, most: int = PER_PAGE) -> list[Summary]:
    """List letters, newest first, from the *first*; only those whose recipient holds *to*."""
    wanted = text.search_key(to)
    found: list[Summary] = []
    passed = 0
    for name in names(folder):
        if len(found) == most:
            break
        if not wanted and passed < first:
            passed += 1
            continue
        summary = summary_of(folder, name)
        if summary is None or wanted not in text.search_key(summary.recipient):
            continue
        passed += 1
        if passed > first:
            found.append(summary)
    return found


def summary_of(folder: Path, name: str) -> Summary | None:
    """Return the head of one letter, or None when it is gone."""
    try:
        with (folder / name).open("rb") as file:
            message = BytesHeaderParser(policy=policy.default).parsebytes(file.read(HEADERS_END))
    except OSError:
        return None
    return Summary(name, *_head(message))


def letter(folder: Path, name: str) -> Letter | None:
    """Return one letter, or None when there is none of that name."""
    path = folder / name
    try:
        if path.stat().st_size > LARGEST:
            return None
        message = BytesParser(policy=policy.default).parsebytes(path.read_bytes())
    except OSError:
        return None
    words = _words(message, "plain")
    return Letter(
        name,
        *_head(message),
        headers=[(key, _shown(value)) for key, value in message.items()],
        text=words or "",
        html=_words(message, "html"),
        parts=list(_parts(message)),
        links=tuple(dict.fromkeys(_LINK.findall(words or ""))),
    )


def _head(message: EmailMessage) -> tuple[str, str, str, datetime | None]:
    date = message["Date"]
    return (
        _shown(message["Subject"]),
        _shown(message["From"]),
        _shown(message["To"]),
        getattr(date, "datetime", None),
    )


def _shown(value: object) -> str:
    return "" if value is None else str(value).encode("utf-8", "replace").decode()


def _words(message: EmailMessage, kind: str) -> str | None:
    body = message.get_body((kind,))
    if body is None:
        return None
    try:
        words = body.get_content()
    except LookupError:  # a charset that nobody knows
        words = _content(body).decode("utf-8", "replace")
    return _shown(words).replace("\r\n", "\n")


def _parts(message: EmailMessage) -> list[Part]:
    bodies = {id(message.get_body((kind,))) for kind in ("plain", "html")}
    leaves = [part for part in message.walk() if not part.is_multipart()]
    return [
        Part(number, _name_of(part, number), part.get_content_type(), _content(part))
        for number, part in enumerate(leaves)
        if id(part) not in bodies
    ]


def _name_of(part: EmailMessage, number: int) -> str:
    kind = part.get_content_type()
    return part.get_filename() or ("invite.ics" if kind == "text/calendar" else f"part-{number}")


def _content(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


# --- pages --------------------------------------------------------------------------------


class _NameConverter(BaseConverter):
    """``<eml:…>``: a plain file name, so that no path leads out of the folder."""

    regex = r"[0-9A-Za-z][0-9A-Za-z.-]{0,150}\.eml"


@bp.record_once
def _register(state: Any) -> None:
    state.app.url_map.converters["eml"] = _NameConverter


def folder() -> Path | None:
    """Return the folder that receives the mail, or None when it is really sent."""
    target = urlsplit(current_app.config["MAIL_URL"])
    return Path(unquote(target.path)) if target.scheme == "file" else None


def _for_readers(view: View) -> View:
    """Answer 404 unless mail goes to a folder and the reader may see all of it."""

    @wraps(view)
    def run(*args: Any, **kwargs: Any) -> Any:
        allowed = current_app.config["DEMO"] or can(ADMINISTER)
        if folder() is None or not allowed:
            abort(404)
        boundary.keep_private()
        return view(*args, **kwargs)

    return run  # type: ignore[return-value]


@bp.get("/")
@public
@_for_readers
def mailbox() -> str:
    """List the letters, newest first."""
    number = pages.page_number()
    to = request.args.get("to", "")[: text.LINE]
    found = messages(_folder(), to=to, first=(number - 1) * PER_PAGE, most=PER_PAGE + 1)
    return render_template(
        "kernel/mailbox.html",
        letters=found[:PER_PAGE],
        to=to,
        number=number,
        more=len(found) > PER_PAGE,
    )


@bp.get("/<eml:name>")
@public
@_for_readers
@boundary.csp(frame="'self'")
def mailbox_letter(name: str) -> str:
    """Show one letter as its reader sees it, and what came with it."""
    found = _letter(name)
    own = urlsplit(boundary.base_url()).netloc
    links = [link for link in found.links if urlsplit(link).netloc in {own, request.host}]
    return render_template("kernel/mailbox_letter.html", letter=found, links=links)


@bp.get("/<eml:name>/html")
@public
@_for_readers
def mailbox_html(name: str) -> Response:
    """Return a letter's HTML for the frame that shows it: no script, no form, no network."""
    html = _letter(name).html
    if html is None:
        abort(404)
    based = re.sub(r"(<head[^>]*>)", r'\1<base target="_blank">', html, count=1)
    answer = Response(based, mimetype="text/html")
    answer.headers["Content-Security-Policy"] = LETTER_CSP
    answer.headers["X-Frame-Options"] = "SAMEORIGIN"
    return answer


@bp.get("/<eml:name>/<int:number>")
@public
@_for_readers
def mailbox_part(name: str, number: int) -> Response:
    """Return one piece of a letter as a download."""
    part = next((part for part in _letter(name).parts if part.number == number), None)
    if part is None:
        abort(404)
    return uploads.as_attachment(part.content, part.name, part.media_type)


@bp.get("/<eml:name>/source")
@public
@_for_readers
def mailbox_source(name: str) -> Response:
    """Return the whole ``.eml`` as a download."""
    try:
        content = (_folder() / name).read_bytes()
    except OSError:
        abort(404)
    return uploads.as_attachment(content, name, "message/rfc822")


def _folder() -> Path:
    found = folder()
    if found is None:
        abort(404)
    return found


def _letter(name: str) -> Letter:
    found = letter(_folder(), name)
    if found is None:
        abort(404)
    return found
