"""The embedded server's loop: it asks only those connections that something happened to.

Waitress asks every open connection on every turn whether it wants to read or write. With a
thousand phones that takes longer than their answers (27 sign-ups a second instead of 357), and
`select` holds 1,024 of them and fails at one more. Here the operating system keeps the list, and
a connection is asked again after it was read from or written to, after a thread answered on it,
and now and then for its age (docs/adr/0023).
"""

import threading
import time
from collections import deque
from selectors import EVENT_READ, EVENT_WRITE, DefaultSelector
from typing import Any

from waitress import wasyncore
from waitress.channel import HTTPChannel

SWEEP = 5.0  # seconds after which every connection is asked, for waitress marks idle ones

_serving = threading.local()


class Connections(dict[int, Any]):
    """What waitress listens to by file number; it calls this its map."""

    def __init__(self) -> None:
        super().__init__()
        self._selector = DefaultSelector()
        self._wanted: dict[int, int] = {}
        self._changed: deque[int] = deque()  # threads append to it, so no set
        self._swept = time.monotonic()

    def __setitem__(self, number: int, connection: Any) -> None:
        """Take a connection in."""
        super().__setitem__(number, connection)
        self._changed.append(number)

    def __delitem__(self, number: int) -> None:
        """Let go of a connection; its number may be another one's next."""
        super().__delitem__(number)
        if self._wanted.pop(number, 0):
            self._selector.unregister(number)

    def changed(self, number: int) -> None:
        """Have a connection asked again on the next turn; any thread may say so."""
        self._changed.append(number)

    def turn(self, patience: float) -> None:
        """Wait at most *patience* seconds for something to happen, and let it be handled."""
        self._settle()
        for key, events in self._selector.select(patience):
            connection = self.get(key.fd)
            if connection is None:  # another event of this turn closed it
                continue
            self._changed.append(key.fd)
            if events & EVENT_READ:
                wasyncore.read(connection)
            if events & EVENT_WRITE and self.get(key.fd) is connection:
                wasyncore.write(connection)

    def _settle(self) -> None:
        now = time.monotonic()
        if now - self._swept >= SWEEP:
            self._swept = now
            self._changed.extend(self)
        for _ in range(len(self._changed)):
            number = self._changed.popleft()
            connection = self.get(number)
            if connection is not None:
                self._want(number, connection)

    def _want(self, number: int, connection: Any) -> None:
        wanted = EVENT_READ if connection.readable() else 0
        if connection.accepting:
            # It closes its ears when there are too many, and must be asked on every turn.
            self._changed.append(number)
        elif connection.writable():
            wanted |= EVENT_WRITE
        had = self._wanted.get(number, 0)
        if wanted == had:
            return
        if not had:
            self._selector.register(number, wanted)
        elif not wanted:
            self._selector.unregister(number)
        else:
            self._selector.modify(number, wanted)
        self._wanted[number] = wanted


class Channel(HTTPChannel):
    """A connection whose answers wake the loop for it alone."""

    def service(self) -> None:
        """Answer a request, in a thread."""
        _serving.number = self._fileno
        super().service()


class _Loop:
    """What waitress calls to run; it stands where its own module of loops does."""

    @staticmethod
    def loop(*, timeout: float, map: Connections, use_poll: bool) -> None:  # noqa: A002, ARG004
        while map:
            map.turn(timeout)


def watch(server: Any, connections: Connections, channel: type[Channel] = Channel) -> None:
    """Let *server*, made with *connections* as its map, run on this loop.

    *channel* is what its connections are; servers on one map share the loop.
    """
    wake = server.pull_trigger

    def changed_here() -> None:
        # Called by the thread that answers, once it has changed what its connection wants.
        number = getattr(_serving, "number", None)
        if number is not None:
            connections.changed(number)
        wake()

    server.pull_trigger = changed_here
    server.channel_class = channel
    server.asyncore = _Loop
