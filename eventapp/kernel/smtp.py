"""A line to the mail server: opened once, used for many letters, closed when it rests.

Whose fault a refusal is decides what becomes of the letter: an address that does not exist is
written to in vain, while a server that does not know us must not cost anybody a letter.
"""

import re
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import SplitResult, unquote, urlsplit

TIMEOUT = 20.0  # seconds for each step of a conversation
TAKING = 60.0  # seconds in which a server may look a letter through before it takes it
WHOLE = 120.0  # seconds for one letter; with opening the line, less than a job's lease
FRESH = 5.0  # seconds for which a line is trusted without asking
RESTS = 5.0  # seconds after which a line that nobody uses is closed
MOST_LETTERS = 100  # on one line; relays dislike more
DOWN = 3.0  # seconds for which a server that does not answer is not asked again
PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
TOO_LARGE = 552
NOT_SIGNED_IN = 530

_RELAYING = re.compile(r"\brelay", re.IGNORECASE)
Answer = TypeVar("Answer")


class MailError(Exception):
    """A letter that was not accepted."""


class TryLater(MailError):
    """The letter was not accepted now: a 4xx answer, or no answer."""


class Misconfigured(TryLater):
    """The server does not know us, whatever the letter: once that is mended, it still goes."""


class Undeliverable(MailError):
    """The letter will never be accepted: a 5xx answer, or an address that is none."""


class NoSuchRecipient(Undeliverable):
    """The server refuses the recipient."""


@dataclass(frozen=True)
class Parcel:
    """One letter as the mail server gets it; *unicode* if its addresses are beyond ASCII."""

    sender: str
    recipient: str
    content: bytes
    unicode: bool = False


class _Lost(Exception):
    """The line was closed before anything was said of a letter."""


class Line:
    """One conversation with the mail server."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._letters = 0
        self._used = time.monotonic()
        try:
            self._server = connected(urlsplit(url))
        except smtplib.SMTPResponseException as error:
            raise Misconfigured(f"the mail server lets nobody in: {words_of(error)}") from error
        except (smtplib.SMTPException, OSError) as error:
            raise TryLater(f"the mail server lets nobody in: {error}") from error

    @property
    def rests(self) -> bool:
        """Tell whether nobody has used the line for a while."""
        return time.monotonic() - self._used > RESTS

    def serves(self, url: str) -> bool:
        """Tell whether the line leads there and still works."""
        if url != self.url or self._letters >= MOST_LETTERS:
            return False
        if time.monotonic() - self._used < FRESH:
            return True
        try:
            return self._server.noop()[0] == 250
        except (smtplib.SMTPException, OSError):
            return False

    def hand_over(self, parcel: Parcel) -> str:
        """Hand one letter over and return the server's words; the line stays open."""
        with _within(WHOLE, self._server):
            self._introduce(parcel)
            self._address(parcel)
            words = self._deliver(parcel)
        self._letters += 1
        self._used = time.monotonic()
        return words

    def _introduce(self, parcel: Parcel) -> None:
        options = []
        if parcel.unicode:
            if not self._server.has_extn("smtputf8"):
                raise Undeliverable("the mail server takes no address beyond ASCII")
            options = ["SMTPUTF8", "BODY=8BITMIME"]
        if self._server.has_extn("size"):
            options.append(f"size={len(parcel.content)}")
        try:
            code, said = self._server.mail(parcel.sender, options)
        except (smtplib.SMTPException, OSError) as error:
            if self._letters:
                raise _Lost from error
            raise TryLater(f"the mail server does not answer: {error}") from error
        if code != 250:
            raise refused_sender(code, spoken(code, said))

    def _address(self, parcel: Parcel) -> None:
        code, said = _asked(lambda: self._server.rcpt(parcel.recipient))
        if code not in {250, 251}:
            raise refused_recipient(code, spoken(code, said))

    def _deliver(self, parcel: Parcel) -> str:
        # To hang up on a server that is still looking would send the letter twice.
        self._patience(TAKING)
        try:
            code, said = _asked(lambda: self._server.data(parcel.content))
        except smtplib.SMTPDataError as error:
            code, said = error.smtp_code, _bytes(error.smtp_error)
        if code != 250:
            raise (Undeliverable if 500 <= code < 600 else TryLater)(spoken(code, said))
        self._patience(TIMEOUT)
        return spoken(code, said)

    def _patience(self, seconds: float) -> None:
        if self._server.sock is not None:
            self._server.sock.settimeout(seconds)

    def start_anew(self) -> None:
        """Drop the letter at hand, so that the line can be used for the next."""
        self._patience(TIMEOUT)
        code, _said = self._server.rset()
        if code != 250:
            raise smtplib.SMTPServerDisconnected("no reset")

    def close(self) -> None:
        """End the conversation, as politely as the server allows."""
        part_from(self._server)


# --- what an answer means -------------------------------------------------------------------


def refused_sender(code: int, words: str) -> MailError:
    """Return what it means that the server does not take our sender: hardly the letter's fault."""
    if code == TOO_LARGE:
        return Undeliverable(words)
    if 500 <= code < 600:
        return Misconfigured(f"the mail server does not take our sender: {words}")
    return TryLater(words)


def refused_recipient(code: int, words: str) -> MailError:
    """Return what it means that the server does not take the recipient."""
    if code == NOT_SIGNED_IN or (500 <= code < 600 and _RELAYING.search(words)):
        return Misconfigured(f"the mail server passes nothing on for us: {words}")
    return NoSuchRecipient(words) if 500 <= code < 600 else TryLater(words)


def spoken(code: int, said: bytes | str) -> str:
    """Return a server's answer in one line."""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return f"{code} {' '.join(text.split())}"


def words_of(error: smtplib.SMTPResponseException) -> str:
    """Return the words of an answer that came as an exception."""
    return spoken(error.smtp_code, error.smtp_error)


def _bytes(said: bytes | str) -> bytes:
    return said if isinstance(said, bytes) else said.encode()


def _asked(question: Callable[[], Answer]) -> Answer:
    try:
        return question()
    except smtplib.SMTPResponseException:
        raise
    except (smtplib.SMTPException, OSError) as error:
        raise TryLater(f"the mail server does not answer: {error}") from error


# --- opening and closing --------------------------------------------------------------------


def connected(target: SplitResult) -> smtplib.SMTP:
    """Open a conversation: over TLS where the address says so, never without in silence."""
    host, port = target.hostname or "localhost", target.port or PORTS[target.scheme]
    safe = ssl.create_default_context()
    if target.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=TIMEOUT, context=safe)
    else:
        server = smtplib.SMTP(host, port, timeout=TIMEOUT)
    try:
        if target.scheme == "smtp+starttls":
            server.starttls(context=safe)
        server.ehlo_or_helo_if_needed()
        if target.username:
            server.login(unquote(target.username), unquote(target.password or ""))
    except BaseException:
        part_from(server)
        raise
    return server


def part_from(server: smtplib.SMTP) -> None:
    """Say goodbye; whatever is said at parting, a letter was taken or not before."""
    with suppress(smtplib.SMTPException, OSError):
        server.quit()
    server.close()


@contextmanager
def _within(seconds: float, server: smtplib.SMTP) -> Iterator[None]:
    """Cut a conversation that a drip of single bytes would keep alive for ever."""
    timer = threading.Timer(seconds, _cut, [server])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _cut(server: smtplib.SMTP) -> None:
    with suppress(OSError):
        if server.sock is not None:
            server.sock.shutdown(socket.SHUT_RDWR)


# --- one line per thread --------------------------------------------------------------------


class _Own(threading.local):
    line: Line | None = None
    down: tuple[str, float, str] = ("", 0.0, "")


_own = _Own()


def send(url: str, parcel: Parcel) -> str:
    """Hand one letter to the server of *url*, over this thread's line; return its words.

    Raises a `MailError` that says whose fault it is.
    """
    if _own.line is not None and not _own.line.serves(url):
        hang_up()
    try:
        return _handed(url, parcel)
    except _Lost:
        # The server closed the line while it rested: nothing was said of this letter yet.
        hang_up()
        return _handed(url, parcel)


def _handed(url: str, parcel: Parcel) -> str:
    line = _own.line or _opened(url)
    try:
        return line.hand_over(parcel)
    except MailError:
        try:
            line.start_anew()
        except (smtplib.SMTPException, OSError):
            hang_up()
        raise


def _opened(url: str) -> Line:
    asked, until, why = _own.down
    if asked == url and time.monotonic() < until:
        raise TryLater(why)
    try:
        _own.line = Line(url)
    except TryLater as error:
        # Ten thousand letters need not each wait for the same server.
        _own.down = (url, time.monotonic() + DOWN, str(error))
        raise
    return _own.line


def hang_up() -> None:
    """End this thread's conversation, and forget that a server was down."""
    line, _own.line = _own.line, None
    _own.down = ("", 0.0, "")
    if line is not None:
        line.close()


def rest() -> None:
    """End this thread's conversation if nobody has used it for a while."""
    if _own.line is not None and _own.line.rests:
        hang_up()
