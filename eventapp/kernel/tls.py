"""TLS inside the embedded server's own loop: one port for phones on the local network.

Waitress has no TLS. Here a connection's first byte says what it speaks: a TLS hello is answered
over TLS, by the same threads as any other request, and plain HTTP is marked, so that it gets
nothing but a page that helps (`kernel/lan.py`). See docs/adr/0039.
"""

import contextlib
import socket
import ssl
import threading
from typing import Any

from waitress.task import WSGITask

from eventapp.kernel.polling import Channel

HELLO = 0x16  # the first byte of every TLS connection
RECORD = 16 * 1024  # what one TLS record holds; a longer chunk is copied and not sent
PLAIN = "eventapp.lan.plain"  # in the WSGI environment of a request that came without TLS


def context() -> ssl.SSLContext:
    """Return what TLS connections are made with; its certificate can be changed while it runs."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    made.options |= ssl.OP_NO_RENEGOTIATION | ssl.OP_NO_COMPRESSION
    made.set_alpn_protocols(["http/1.1"])
    return made


class _Task(WSGITask):
    """One request on the local network's port."""

    def get_environment(self) -> dict[str, Any]:
        """Return the request's environment, with how it came."""
        environ: dict[str, Any] = super().get_environment()
        secure = isinstance(self.channel.socket, ssl.SSLSocket)
        environ["wsgi.url_scheme"] = "https" if secure else "http"
        environ[PLAIN] = not secure
        return environ


def channel_class(tls: ssl.SSLContext) -> type[Channel]:
    """Return the connections of a port that speaks TLS with *tls*, and plain HTTP besides."""

    class Bound(LanChannel):
        context = tls

    return Bound


class LanChannel(Channel):
    """A connection that may be either; it is decided by its first byte."""

    context: ssl.SSLContext
    task_class = _Task
    socket: Any
    connected: bool
    sendbuf_len: int

    def __init__(self, server: Any, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        # A thread that answers may write while the loop reads; one TLS state bears no two.
        self._tls_lock = threading.RLock()
        self._undecided = True
        self._shaking = False
        self._shake_writes = False
        self._taken = b""
        super().__init__(server, sock, *args, **kwargs)

    def readable(self) -> bool:
        """Tell whether to wait for something to read."""
        return True if self._shaking else bool(super().readable())

    def writable(self) -> bool:
        """Tell whether to wait until something can be written."""
        return self._shake_writes if self._shaking else bool(super().writable())

    def handle_read(self) -> None:
        """Take in what has come: the hello, a part of it, or a request."""
        if self._undecided:
            self._decide()
        if self._undecided or not self.connected:
            return
        if not isinstance(self.socket, ssl.SSLSocket):
            super().handle_read()
            return
        try:
            if self._shaking:
                self._shake()
            self._taken = self._decrypted()
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return  # a record that has not come whole
        except OSError:  # gone, or a client that does not trust the certificate
            self.handle_close()
            return
        super().handle_read()

    def handle_write(self) -> None:
        """Send what waits: of the hello, or of an answer."""
        if self._shaking and not self.will_close:
            self.handle_read()
            return
        super().handle_write()

    def recv(self, buffer_size: int) -> bytes:
        """Return what has come; empty when the client has closed."""
        if isinstance(self.socket, ssl.SSLSocket):
            return self._taken
        return bytes(super().recv(buffer_size))

    def _decrypted(self) -> bytes:
        with self._tls_lock:
            found = bytes(super().recv(self.adj.recv_bytes))
            # The rest of the record is in memory already, where no poll sees it.
            while found and (rest := self.socket.pending()):
                found += self.socket.recv(rest)
        return found

    def send(self, data: bytes, do_close: bool = True) -> int:  # noqa: FBT001, FBT002 - waitress'
        """Send some of *data*; return how much."""
        if not isinstance(self.socket, ssl.SSLSocket):
            return int(super().send(data, do_close))
        with self._tls_lock, contextlib.suppress(ssl.SSLWantWriteError, ssl.SSLWantReadError):
            return int(super().send(data, do_close))
        return 0

    def handle_close(self) -> None:
        """Say goodbye, as TLS asks, and close."""
        if isinstance(self.socket, ssl.SSLSocket) and not self._shaking:
            with self._tls_lock, contextlib.suppress(OSError, ValueError):
                self.socket.unwrap()
        super().handle_close()

    def _decide(self) -> None:
        try:
            first = self.socket.recv(1, socket.MSG_PEEK)
            self._undecided = False
            if first and first[0] == HELLO:
                self._shaking = True
                self.sendbuf_len = min(self.sendbuf_len, RECORD)
                self.socket = self.context.wrap_socket(
                    self.socket, server_side=True, do_handshake_on_connect=False
                )
        except BlockingIOError:
            return
        except OSError:  # reset before it was looked at
            self.handle_close()

    def _shake(self) -> None:
        try:
            self.socket.do_handshake()
        except ssl.SSLWantWriteError:
            self._shake_writes = True
            raise
        except ssl.SSLWantReadError:
            self._shake_writes = False
            raise
        self._shaking = self._shake_writes = False
