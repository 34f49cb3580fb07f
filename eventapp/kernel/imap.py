"""Reading a mailbox by IMAP: what is unread is taken, then marked or moved, one at a time.

A message is marked after it was taken: a connection that drops between leaves it unread, and it
comes again; it is known by its Message-ID then.
"""

import imaplib
import logging
import re
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from flask import current_app

from eventapp.kernel import arrived, inbound, jobs
from eventapp.kernel.refusal import Busy

log = logging.getLogger(__name__)

TIMEOUT = 20  # seconds for each step of the conversation
MOST_AT_ONCE = 200
LONGEST_RUN = 60.0  # seconds; the job's lease is longer
PORTS = {"imaps": 993, "imap+starttls": 143, "imap": 143}

_SIZE = re.compile(rb"RFC822\.SIZE ([0-9]{1,12})")


@jobs.periodic("inbound.poll", timedelta(minutes=1))
def poll() -> None:
    """Take what is new in the mailbox of the settings, if they name one."""
    url = str(current_app.config["INBOUND_URL"])
    if url:
        read_mailbox(url)


def read_mailbox(url: str) -> int:
    """Take the unread messages of a mailbox; return how many. A dropped connection ends it."""
    taken: list[str] = []
    try:
        _read(urlsplit(url), taken)
    except Busy:
        log.info("the database is busy; the mailbox is read later")
    except (imaplib.IMAP4.error, OSError) as error:
        # The next minute tries again.
        log.warning("the mailbox cannot be read: %s", error)
    return len(taken)


def _read(target: SplitResult, taken: list[str]) -> None:
    with _opened(target) as server:
        end = time.monotonic() + LONGEST_RUN
        for uid in _unread(server)[:MOST_AT_ONCE]:
            if time.monotonic() > end:
                break
            _take(server, uid)
            _put_away(server, uid, _done(target))
            taken.append(uid)


@contextmanager
def _opened(target: SplitResult) -> Iterator[imaplib.IMAP4]:
    host, port = target.hostname or "", target.port or PORTS[target.scheme]
    safe = ssl.create_default_context()
    server: imaplib.IMAP4
    if target.scheme == "imaps":
        server = imaplib.IMAP4_SSL(host, port, ssl_context=safe, timeout=TIMEOUT)
    else:
        server = imaplib.IMAP4(host, port, timeout=TIMEOUT)
    try:
        if target.scheme == "imap+starttls":
            server.starttls(safe)
        _sign_in(server, unquote(target.username or ""), unquote(target.password or ""))
        _sure(server.select(_quoted(unquote(target.path.strip("/")) or "INBOX")))
        yield server
    finally:
        with suppress(imaplib.IMAP4.error, OSError):
            server.logout()
        with suppress(OSError):
            server.shutdown()  # a line that broke does not even let us say goodbye


def _sign_in(server: imaplib.IMAP4, user: str, password: str) -> None:
    # LOGIN takes ASCII alone.
    if "AUTH=PLAIN" in server.capabilities:
        server.authenticate("PLAIN", lambda _said: f"\0{user}\0{password}".encode())
    else:
        server.login(user, password)


def _quoted(name: str) -> str:
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _done(target: SplitResult) -> str:
    """Return the folder for what was read, "" to mark it as seen where it lies."""
    return parse_qs(target.query).get("done", [""])[0]


def _unread(server: imaplib.IMAP4) -> list[str]:
    (found,) = _sure(server.uid("SEARCH", "UNSEEN", "UNDELETED"))[:1]
    return [uid.decode() for uid in (found or b"").split()]


def _take(server: imaplib.IMAP4, uid: str) -> None:
    size = _size(server, uid)
    if size > arrived.LARGEST:
        inbound.note_too_big(_fetched(server, uid, "BODY.PEEK[HEADER]")[:64_000], size, "imap")
    else:
        inbound.take(_fetched(server, uid, "BODY.PEEK[]"), "imap")


def _size(server: imaplib.IMAP4, uid: str) -> int:
    lines = _sure(server.uid("FETCH", uid, "(RFC822.SIZE)"))
    found = _SIZE.search(b" ".join(line for line in lines if isinstance(line, bytes)))
    return int(found.group(1)) if found else 0


def _fetched(server: imaplib.IMAP4, uid: str, what: str) -> bytes:
    for line in _sure(server.uid("FETCH", uid, f"({what})")):
        if isinstance(line, tuple):
            return bytes(line[1])
    raise imaplib.IMAP4.error(f"message {uid} is gone")


def _put_away(server: imaplib.IMAP4, uid: str, folder: str) -> None:
    if not folder:
        _sure(server.uid("STORE", uid, "+FLAGS.SILENT", r"(\Seen)"))
    elif "MOVE" in _capabilities(server):
        _into(server, "MOVE", uid, folder)
    else:
        _into(server, "COPY", uid, folder)
        _sure(server.uid("STORE", uid, "+FLAGS.SILENT", r"(\Seen \Deleted)"))
        server.expunge()


def _capabilities(server: imaplib.IMAP4) -> frozenset[str]:
    """Return what the server can do for who is signed in: more than it said at the greeting."""
    return frozenset(b" ".join(_sure(server.capability())).decode("ascii", "replace").split())


def _into(server: imaplib.IMAP4, act: str, uid: str, folder: str) -> None:
    """Bring a message into a folder, and make that first where it is missing."""
    said, _lines = server.uid(act, uid, _quoted(folder))
    if said != "OK":
        _sure(server.create(_quoted(folder)))
        _sure(server.uid(act, uid, _quoted(folder)))


def _sure(answer: tuple[str, list[Any]]) -> list[Any]:
    said, lines = answer
    if said != "OK":
        raise imaplib.IMAP4.error(str(lines[:1]))
    return lines
