"""What comes in from outside, and what goes out with every answer.

Stock Flask answers broken bytes with 500, or accepts them. Here each request is checked
once, before any view: host, UTF-8, NUL, size. Each answer carries the security headers.
"""

from collections.abc import Callable, Collection
from functools import wraps
from ipaddress import ip_address
from typing import IO, Any, TypeVar
from urllib.parse import unquote_to_bytes, urlsplit

from flask import Flask, Request, Response, current_app, g, request
from werkzeug.exceptions import BadRequest, MisdirectedRequest, RequestEntityTooLarge
from werkzeug.formparser import FormDataParser
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import BaseConverter
from werkzeug.utils import cached_property

from eventapp.kernel import problems, tokens

LARGEST_ID = 2**31 - 1  # PostgreSQL's integer; beyond it the database answers an error
LONGEST_SLUG = 60
MOST_BODY = 1_000_000
MOST_UPLOAD = 20_000_000
MOST_PARTS = 200
VISITOR = "visitor"
PROBES = frozenset({"/healthz", "/readyz"})
FORM_TYPES = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})

CSP = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
HEADERS = (
    ("Content-Security-Policy", "; ".join(f"{name} {sources}" for name, sources in CSP.items())),
    ("X-Content-Type-Options", "nosniff"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    # Our own pages still see where a form came from; nobody else learns a private address.
    ("Referrer-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(self), microphone=(), geolocation=()"),
    ("X-Frame-Options", "DENY"),
)
HEADERS_TLS = (*HEADERS, ("Strict-Transport-Security", "max-age=31536000"))
HEADERS_PLAIN = tuple(pair for pair in HEADERS if pair[0] != "Cross-Origin-Opener-Policy")

View = TypeVar("View", bound=Callable[..., Any])


def install(app: Flask) -> None:
    """Guard *app*: call it before anything else that looks at requests."""
    app.config.update(
        MAX_CONTENT_LENGTH=MOST_BODY,
        MAX_FORM_PARTS=MOST_PARTS,
        MAX_FORM_MEMORY_SIZE=MOST_BODY,
    )
    app.request_class = _Request
    app.url_map.converters.update(id=IdConverter, slug=SlugConverter)
    trust_proxies(app, int(app.config.get("TRUSTED_PROXIES") or 0))
    app.before_request(_refuse_foreign_host)
    app.before_request(_refuse_broken_text)
    app.after_request(_secure)
    problems.install(app)


# --- host ---------------------------------------------------------------------------------


def trust_proxies(app: Flask, count: int) -> None:
    """Believe the ``X-Forwarded-*`` of so many proxies, and of none by default."""
    if count:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=count, x_proto=count, x_host=count
        )


def _refuse_foreign_host() -> None:
    if request.path in PROBES or request.host.lower() in _lan_hosts:
        return
    if not is_ours(request.host, current_app.config["BASE_URL"]):
        raise MisdirectedRequest


def is_ours(host: str, base_url: str) -> bool:
    """Tell whether the Host *host* is that of *base_url*; without one, whether it is loopback."""
    base = urlsplit(base_url)
    default = {"http": ":80", "https": ":443"}.get(base.scheme, ":80")
    found = host.lower().removesuffix(default)
    if base_url:
        return found == base.netloc.lower().removesuffix(default)
    return _is_loopback(host.lower())


def _is_loopback(host: str) -> bool:
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def absolute(endpoint: str, **values: Any) -> str:
    """Return the full address of a page, as mails and calendars need it.

    Its host is that of the settings, or where this process listens; never one that a
    request brought.
    """
    urls = current_app.url_map.bind("localhost")
    return base_url() + urls.build(endpoint, values)


def base_url() -> str:
    """Return the installation's public address, without a slash at its end."""
    return str(current_app.config["BASE_URL"] or _lan_address or _listening[-1])


def answer_on_lan(address: str, hosts: Collection[str]) -> None:
    """Answer to *hosts* as well, names with ports on the local network.

    *address* is the public one there as long as the settings name none.
    """
    global _lan_address, _lan_hosts
    _lan_address, _lan_hosts = address, frozenset(host.lower() for host in hosts)


def came_by_lan() -> bool:
    """Tell whether the request was sent to this machine's address on the local network."""
    return request.host.lower() in _lan_hosts


def listen_at(address: str) -> None:
    """Tell where this process listens: the public address as long as the settings name none."""
    _listening.append(address.replace("//0.0.0.0", "//127.0.0.1"))


_listening = ["http://127.0.0.1:8000"]
_lan_address = ""
_lan_hosts: frozenset[str] = frozenset()


# --- text and size ------------------------------------------------------------------------


def _refuse_broken_text() -> None:
    _check_bytes(request.environ.get("PATH_INFO", "").encode("latin-1", "replace"))
    _check_bytes(_unquoted(request.query_string))
    if request.query_string.count(b"&") >= MOST_PARTS:
        raise BadRequest
    request.max_content_length = getattr(_view(), "__max_body__", MOST_BODY)
    if request.mimetype in FORM_TYPES:
        _check_form()


class _Request(Request):
    """A request that admits to a broken form, and leaves no file of it behind."""

    def make_form_data_parser(self) -> FormDataParser:
        """Return a parser that does not take a broken form for an empty one."""
        parser = super().make_form_data_parser()
        parser.silent = False
        return parser

    def _get_file_stream(self, *args: Any, **kwargs: Any) -> IO[bytes]:
        stream = super()._get_file_stream(*args, **kwargs)
        self._streams.append(stream)
        return stream

    @cached_property
    def _streams(self) -> list[IO[bytes]]:
        return []

    def close(self) -> None:
        """Close the temporary files of all parts, also of a form that was too large."""
        super().close()
        for stream in self._streams:
            stream.close()


def _view() -> Any:
    return current_app.view_functions.get(request.endpoint or "")


def _check_form() -> None:
    if request.mimetype != "multipart/form-data":
        body = request.get_data()
        if body.count(b"&") >= MOST_PARTS:
            raise RequestEntityTooLarge
        _check_bytes(_unquoted(body))
        return
    try:
        fields = request.form
    except ValueError:  # no boundary, no end, broken headers
        raise BadRequest from None
    for name, value in fields.items(multi=True):
        _check_part(name, value)
    for name, file in request.files.items(multi=True):
        _check_part(name, file.filename or "")


def _check_part(*texts: str) -> None:
    # The multipart parser replaces broken bytes by U+FFFD, which nobody types.
    if any("\x00" in text or "\ufffd" in text for text in texts):
        raise BadRequest


def _unquoted(query: bytes) -> bytes:
    return unquote_to_bytes(query)


def _check_bytes(raw: bytes) -> None:
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        raise BadRequest from None
    if "\x00" in text:
        raise BadRequest


def accepts_upload(most: int = MOST_UPLOAD) -> Callable[[View], View]:
    """Let a view take a body of up to *most* bytes instead of one megabyte."""

    def mark(view: View) -> View:
        view.__max_body__ = most  # type: ignore[attr-defined]
        return view

    return mark


# --- names in paths -----------------------------------------------------------------------


def _up_to(largest: int) -> str:
    """Return a pattern for the numbers from 1 to *largest*, without leading zeros."""
    digits = str(largest)
    choices = [f"[1-9][0-9]{{0,{len(digits) - 2}}}", digits]
    for place, digit in enumerate(digits):
        lowest = 0 if place else 1
        if int(digit) > lowest:
            rest = f"[0-9]{{{len(digits) - place - 1}}}"
            choices.append(f"{digits[:place]}[{lowest}-{int(digit) - 1}]{rest}")
    return f"(?:{'|'.join(choices)})"


# The patterns themselves hold the limits: a converter that refuses what its pattern took
# answers 405 where another method of the same path exists.


class IdConverter(BaseConverter):
    """``<id:…>``: 1 to 2³¹−1 in ASCII digits without leading zeros; anything else is 404."""

    regex = _up_to(LARGEST_ID)

    def to_python(self, value: str) -> int:
        """Return the number."""
        return int(value)


class SlugConverter(BaseConverter):
    """``<slug:…>``: small ASCII letters, digits and single hyphens, at most 60."""

    regex = f"(?!.{{{LONGEST_SLUG + 1}}})[a-z0-9]+(?:-[a-z0-9]+)*"


def read_id(text: object) -> int | None:
    """Return the id in an opaque string of the API or of a path, or None if it is none."""
    if not isinstance(text, str) or not (text.isascii() and text.isdigit()):
        return None
    if len(text) > 10 or text.startswith("0"):
        return None
    number = int(text)
    return number if number <= LARGEST_ID else None


# --- where to go next ---------------------------------------------------------------------


def make_next(path: str) -> str:
    """Return *path* sealed, for a form or link that should come back to it."""
    if not _is_local(path):
        raise ValueError("only a path of this site can be gone back to")
    return tokens.sign("next", path)


def safe_next(token: str | None, default: str) -> str:
    """Return the path that `make_next` sealed, else *default*; never somebody's address."""
    path = tokens.unsign("next", token) if token else None
    return path if isinstance(path, str) and _is_local(path) else default


def _is_local(path: str) -> bool:
    plain = path.isprintable() and "\\" not in path and len(path) <= 1000
    return plain and path.startswith("/") and not path.startswith("//")


# --- what goes out ------------------------------------------------------------------------


def csp(**more: str) -> Callable[[View], View]:
    """Widen the Content-Security-Policy of one view: ``@csp(script="'wasm-unsafe-eval'")``.

    Names are directives without ``-src``; the sources are added to those of every page.
    """

    def mark(view: View) -> View:
        @wraps(view)
        def run(*args: Any, **kwargs: Any) -> Any:
            g.wider_csp = more
            return view(*args, **kwargs)

        return run  # type: ignore[return-value]

    return mark


def policy(more: dict[str, str]) -> str:
    """Return the Content-Security-Policy, widened by *more*."""
    directives = dict(CSP)
    for name, sources in more.items():
        own = directives.get(f"{name}-src", "").replace("'none'", "")
        directives[f"{name}-src"] = f"{own} {sources}".strip()
    return "; ".join(f"{name} {sources}" for name, sources in directives.items())


def keep_private() -> None:
    """Let nobody store this answer: it was made for one person."""
    g.private = True


def _secure(response: Response) -> Response:
    given = {name.lower() for name, _value in response.headers}
    headers = _headers()
    response.headers.extend([pair for pair in headers if pair[0].lower() not in given])
    wider = g.get("wider_csp")
    if wider and "content-security-policy" not in given:
        response.headers["Content-Security-Policy"] = policy(wider)
    if request.endpoint != "static" and _made_for_one():
        response.headers["Cache-Control"] = "no-store"
    return response


def _headers() -> tuple[tuple[str, str], ...]:
    if came_by_lan():
        # A laptop's name must not be bound to TLS for a year: another program may use it
        # tomorrow. Without TLS browsers ignore the opener's policy, and complain of it.
        return HEADERS if request.is_secure else HEADERS_PLAIN
    return HEADERS_TLS if request.is_secure else HEADERS


def _made_for_one() -> bool:
    known = g.get("actor", VISITOR) != VISITOR  # the guard found an account, a link, a device
    return known or any(g.get(name) is not None for name in ("private", "account", "registration"))
