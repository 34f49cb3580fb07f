"""The laptop at the door as phones on its network reach it: addresses, certificate, a page.

A phone opens its camera, keeps a page for work without a network and encrypts on secure addresses
only. `eventapp serve --lan` therefore answers over TLS on the local network; whoever comes without
TLS gets one page that helps, and nothing else.
"""

import logging
import re
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote

from flask import Blueprint, Response, abort, g, render_template, request

from eventapp.kernel import authority, boundary, clock, i18n, qr, tls
from eventapp.kernel.authority import Issued, Names
from eventapp.kernel.guard import public

try:
    import fcntl
except ImportError:  # Windows tells its addresses by name
    fcntl = None  # type: ignore[assignment]

log = logging.getLogger(__name__)
bp = Blueprint("lan", __name__)

PORT = 8443
PAGE, AUTHORITY = "/lan", "/lan/authority.crt"
LOOK_EVERY = 20.0  # seconds between looks at the addresses: a laptop wanders between networks
WANTED = "eventapp.lan.wanted"
INTERFACE_ADDRESS = 0x8915  # Linux: SIOCGIFADDR
# Of containers and virtual machines: nobody's phone comes that way.
INNER = re.compile(r"lo|docker|veth|br-|virbr|vmnet|vboxnet|cni|podman")
# Nothing is sent there: the system is asked from which address it would be.
TOWARDS = ("192.0.2.1", "10.255.255.255", "192.168.255.255", "172.31.255.255")

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


@dataclass(frozen=True)
class Served:
    """How this process is reached on the local network, and what vouches for it."""

    url: str
    urls: tuple[str, ...]
    fingerprint: str
    authority: bytes
    expires: str


_served: Served | None = None


def served() -> Served | None:
    """Return how this process is reached on the local network; None if it is not."""
    return _served


# --- addresses ----------------------------------------------------------------------------


def addresses() -> list[IPv4Address]:
    """List this machine's addresses on its networks, the one it would go out by first."""
    found = [*_going_out(), *_of_interfaces(), *_of_name()]
    inner = _inner()
    plain = (one for one in found if not one.is_loopback and not one.is_unspecified)
    return [one for one in dict.fromkeys(plain) if one not in inner]


def hosts() -> tuple[str, ...]:
    """Return the names by which this machine may be asked for."""
    name = socket.gethostname().split(".")[0].lower()
    plain = re.fullmatch(r"[a-z0-9-]{1,60}", name) is not None and name != "localhost"
    return (name, f"{name}.local", "localhost") if plain else ("localhost",)


def _going_out() -> list[IPv4Address]:
    found = []
    for target in TOWARDS:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.connect((target, 9))
                found.append(IPv4Address(probe.getsockname()[0]))
            except OSError:  # no way there
                continue
    return found


def _interfaces() -> dict[str, IPv4Address]:
    if fcntl is None:
        return {}
    found = {}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        for _number, name in socket.if_nameindex():
            try:
                asked = struct.pack("256s", name.encode()[:15])
                told = fcntl.ioctl(probe, INTERFACE_ADDRESS, asked)
            except OSError:  # it has none, or the system has another way of asking
                continue
            found[name] = IPv4Address(told[20:24])
    return found


def _of_interfaces() -> list[IPv4Address]:
    return list(_interfaces().values())


def _inner() -> set[IPv4Address]:
    return {address for name, address in _interfaces().items() if INNER.match(name)}


def _of_name() -> list[IPv4Address]:
    try:
        told = socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)
    except OSError:
        return []
    return [IPv4Address(entry[4][0]) for entry in told]


# --- the certificate, as long as the server runs ------------------------------------------


class Keeper(threading.Thread):
    """Keeps the certificate good while addresses change and time goes by."""

    def __init__(self, data: Path, port: int, fixed: Sequence[IPv4Address] = ()) -> None:
        super().__init__(name="lan", daemon=True)
        self.context: ssl.SSLContext = tls.context()
        self._folder = data / authority.FOLDER
        self._port = port
        self._fixed = list(fixed)
        self._names: Names | None = None
        self._issued: Issued | None = None
        self._done = threading.Event()

    def look(self) -> bool:
        """Make the certificate fit the addresses of now; return whether it is another one."""
        found = authority.Names(tuple(self._fixed or addresses()), hosts())
        issued = authority.prepare(self._folder, found, clock.real())
        before, self._issued = self._issued, issued
        if before is not None and before.leaf == issued.leaf:
            return False
        self.context.load_cert_chain(issued.chain_file, issued.key_file)
        self._tell(issued, authority.names_of(issued.leaf))
        return True

    def _tell(self, issued: Issued, names: Names) -> None:
        global _served  # noqa: PLW0603 - of the process, as where it listens
        known = [*map(str, names.addresses), *names.hosts]
        urls = tuple(f"https://{host}:{self._port}" for host in known if host != "localhost")
        expires = issued.authority.not_valid_after_utc.date().isoformat()
        url = urls[0] if urls else f"https://localhost:{self._port}"
        _served = Served(url, urls, issued.fingerprint, issued.der, expires)
        boundary.answer_on_lan(url, [f"{host}:{self._port}" for host in [*known, "127.0.0.1"]])

    def run(self) -> None:
        """Look again and again until told to stop."""
        while not self._done.wait(LOOK_EVERY):
            try:
                if self.look():
                    log.warning("The address on the network is now %s", _served and _served.url)
            except (OSError, ValueError):
                log.exception("The certificate could not be renewed")

    def stop(self) -> None:
        """End the thread."""
        self._done.set()


# --- what comes without TLS ---------------------------------------------------------------


def helpful(app: Wsgi) -> Wsgi:
    """Wrap *app*: a request that came without TLS hears how to come, and nothing else.

    No cookie and no token of it is looked at, and no form is taken.
    """

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ.get(tls.PLAIN) is not True:
            return app(environ, start_response)
        if environ["REQUEST_METHOD"] not in {"GET", "HEAD"}:
            start_response("403 Forbidden", [("Content-Type", "text/plain; charset=utf-8")])
            return [b"Tylko https / https only\n"]
        return app(_harmless(environ), start_response)

    return answer


def _harmless(environ: dict[str, Any]) -> dict[str, Any]:
    path = str(environ.get("PATH_INFO", "/"))
    asked = parse_qs(str(environ.get("QUERY_STRING", "")))
    kept = {name: value for name, value in environ.items() if name not in _TELLING}
    kept["QUERY_STRING"] = "v=" + quote(asked.get("v", [""])[0])
    if path.startswith("/static/") or path == AUTHORITY:
        return kept
    language = asked.get("language", [""])[0]
    kept["QUERY_STRING"] = f"language={language}" if language in i18n.LOCALES else ""
    kept["PATH_INFO"] = PAGE
    kept[WANTED] = path if path != PAGE else "/"
    return kept


_TELLING = frozenset({"HTTP_COOKIE", "HTTP_AUTHORIZATION", "HTTP_X_CSRFTOKEN", "HTTP_REFERER"})


@bp.get(PAGE)
@public
def help_page() -> str:
    """Say how a phone reaches this machine, and how it comes to trust it."""
    found = served() or abort(404)
    language = request.args.get("language", "")
    if language in i18n.LOCALES:
        g.locale = language
    wanted = str(request.environ.get(WANTED, "/"))
    try:
        path = quote(wanted.encode("latin-1").decode())
    except UnicodeDecodeError:
        path = "/"
    # Whoever came to one of the addresses goes on at the same one.
    start = f"https://{request.host}" if boundary.came_by_lan() else found.url
    boundary.keep_private()
    return render_template(
        "kernel/lan.html",
        found=found,
        plain=not request.is_secure,
        secure_url=f"{start}{path}",
        code=qr.svg(found.url, found.url),
        other="en" if i18n.current() == "pl" else "pl",
    )


@bp.get(AUTHORITY)
@public
def authority_file() -> Response:
    """Return the authority's certificate, as phones install it."""
    found = served() or abort(404)
    answer = Response(found.authority, mimetype="application/x-x509-ca-cert")
    answer.headers["Content-Disposition"] = 'attachment; filename="eventapp-door.crt"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
