"""What would go wrong on the day, looked for beforehand."""

import os
import socket
import ssl
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask

from eventapp.kernel import authority, bundled, clock, health, lan

OK, WARN, BAD = "ok", "warn", "bad"
SOON = timedelta(days=14)
TIME_SYNC = Path("/run/systemd/timesync")


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: how it stands, and what to do where it is not well."""

    state: str
    name: str
    text: str
    advice: str = ""


def findings(app: Flask, lan_port: int) -> list[Finding]:
    """Look at everything; what must not be so is `bad`, what one should know `warn`."""
    data = Path(app.config["DATA_DIR"])
    return [
        *_of_settings(app),
        *_of_clock(app),
        *_of_addresses(),
        *_of_certificate(data / authority.FOLDER),
        _of_port(data / authority.FOLDER, lan_port),
    ]


def _of_settings(app: Flask) -> Iterator[Finding]:
    with app.app_context():
        for name, check in health.checks().items():
            told = health.ask(check)
            advice = "Run: eventapp migrate" if name == "migrations" else "See eventapp config."
            state = OK if told == "ok" else BAD
            yield Finding(state, name, told, advice if state == BAD else "")
    yield mail_finding(str(app.config["MAIL_URL"]))
    if app.config["DEMO"]:
        yield Finding(BAD, "demonstration", "anybody may sign in as anybody", "EVENTAPP_DEMO=0")


def mail_finding(url: str) -> Finding:
    """Say where letters go; whether they would be taken, `eventapp mail check` finds out."""
    target = urlsplit(url)
    if target.scheme == "file":
        advice = "Set EVENTAPP_MAIL_URL to a mail server, then run: eventapp mail check"
        return Finding(WARN, "mail", "letters are laid into a folder, nobody gets them", advice)
    return Finding(OK, "mail", f"goes to {target.hostname}", "eventapp mail check asks it.")


# --- clock --------------------------------------------------------------------------------


def _of_clock(app: Flask) -> Iterator[Finding]:
    now = clock.real()
    yield clock_finding(now, _newest_file())
    if app.config["NOW"] is not None:
        text = f"it runs from EVENTAPP_NOW: {app.config['NOW']}"
        yield Finding(WARN, "clock", text, "Unset EVENTAPP_NOW on the day.")
    if TIME_SYNC.is_dir() and not (TIME_SYNC / "synchronized").exists():
        text = "it was not compared with a time server since the start"
        yield Finding(WARN, "clock", text, "Join a network once, or set the clock by hand.")


def clock_finding(now: datetime, newest: datetime) -> Finding:
    """Say whether the machine's clock can be right: not before this program was made."""
    if now < newest - timedelta(days=1):
        text = f"{now:%Y-%m-%d %H:%M} UTC, before this program was installed"
        return Finding(BAD, "clock", text, "Set the machine's clock; phones refuse certificates.")
    return Finding(OK, "clock", f"{now:%Y-%m-%d %H:%M} UTC")


def _newest_file() -> datetime:
    files = (bundled.folder("migrations") / "versions").glob("*.py")
    return datetime.fromtimestamp(max(file.stat().st_mtime for file in files), UTC)


# --- network ------------------------------------------------------------------------------


def _of_addresses() -> Iterator[Finding]:
    found = lan.addresses()
    if not found:
        advice = "Join the network of the door, or open a hotspot, before eventapp serve --lan."
        yield Finding(WARN, "addresses", "none on a local network", advice)
        return
    yield Finding(OK, "addresses", ", ".join(map(str, found)))


def _of_certificate(folder: Path) -> Iterator[Finding]:
    made = authority.load_certificate(folder / authority.AUTHORITY)
    if made is None:
        advice = "eventapp serve --lan makes one on its first start."
        yield Finding(WARN, "certificate", "there is no authority yet", advice)
        return
    yield authority_finding(made.not_valid_after_utc, clock.real())
    yield from _of_keys(folder)
    leaf = authority.load_certificate(folder / authority.LEAF)
    found = authority.Names(tuple(lan.addresses()), lan.hosts())
    outside = set(found.addresses) - set(authority.vouched(made, found).addresses)
    if outside:
        text = f"the authority may not vouch for {', '.join(map(str, sorted(outside)))}"
        advice = f"Remove {folder} and start again; phones install the new certificate."
        yield Finding(WARN, "certificate", text, advice)
    wanted = authority.vouched(made, found)
    if leaf is None or not authority.suits(leaf, made, wanted, clock.real()):
        text = "it is for other addresses, or near its end"
        yield Finding(WARN, "certificate", text, "eventapp serve --lan renews it by itself.")
        return
    shown = ", ".join(map(str, authority.names_of(leaf).addresses))
    yield Finding(OK, "certificate", f"good for {shown} until {leaf.not_valid_after_utc:%Y-%m-%d}")


def authority_finding(ends: datetime, now: datetime) -> Finding:
    """Say how long phones may go on trusting the authority that they installed."""
    if ends <= now:
        advice = "Start eventapp serve --lan; phones install the new certificate."
        return Finding(BAD, "authority", f"ended on {ends:%Y-%m-%d}", advice)
    if ends - now < authority.RENEWED_BEFORE + SOON:
        advice = "A new one is made 30 days before its end; phones then install it."
        return Finding(WARN, "authority", f"ends on {ends:%Y-%m-%d}", advice)
    return Finding(OK, "authority", f"until {ends:%Y-%m-%d}")


def _of_keys(folder: Path) -> Iterator[Finding]:
    if os.name == "nt":  # rights are kept in another way there
        return
    for name in (authority.AUTHORITY_KEY, authority.LEAF_KEY):
        path = folder / name
        if not path.exists():
            yield Finding(BAD, "keys", f"{path} is missing", f"Remove {folder} and start again.")
        elif stat.S_IMODE(path.stat().st_mode) & 0o077:
            text = f"others on this machine can read {path}"
            yield Finding(BAD, "keys", text, f"chmod 600 {path}; better, make a new authority.")
        else:
            yield Finding(OK, "keys", f"{name} is readable by its owner alone")


def _of_port(folder: Path, port: int) -> Finding:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as line:
            return _who_answers(folder, line, port)
    except OSError:
        pass
    return _whether_free(lambda: socket.create_server(("0.0.0.0", port)), port)  # noqa: S104 - as it is served


def _whether_free(take: Callable[[], socket.socket], port: int) -> Finding:
    try:
        take().close()
    except OSError as error:
        advice = "Take another port: --lan-port."
        return Finding(BAD, "port", f"{port}: {error.strerror}", advice)
    advice = "A firewall may still close it: let phones in on this port."
    return Finding(OK, "port", f"{port} is free", advice)


def _who_answers(folder: Path, line: socket.socket, port: int) -> Finding:
    try:
        trusting = ssl.create_default_context(cafile=str(folder / authority.AUTHORITY))
        with trusting.wrap_socket(line, server_hostname="localhost") as secure:
            return Finding(OK, "port", f"{port} answers with our certificate, {secure.version()}")
    except OSError:
        text = f"{port} is taken by something that has not our certificate"
        return Finding(BAD, "port", text, "End it, or take another port: --lan-port.")
