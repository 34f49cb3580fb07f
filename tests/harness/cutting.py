"""A line that breaks: it carries a conversation to a server up to a number of octets back."""

import contextlib
import socket
import threading
from collections.abc import Iterator


@contextlib.contextmanager
def cut_after(octets: int, port: int) -> Iterator[int]:
    """Yield a port that leads to *port* until so many octets have come back, then to nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_carry, args=(listener, port, octets), daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        listener.close()
    thread.join(timeout=10)


def _carry(listener: socket.socket, port: int, octets: int) -> None:
    with contextlib.suppress(OSError):
        near, _address = listener.accept()
        with near, socket.create_connection(("127.0.0.1", port)) as far:
            up = threading.Thread(target=_pump, args=(near, far), daemon=True)
            up.start()
            _pump(far, near, octets)
            for end in (near, far):
                end.shutdown(socket.SHUT_RDWR)
        up.join(timeout=10)


def _pump(source: socket.socket, target: socket.socket, left: int = 1 << 40) -> None:
    with contextlib.suppress(OSError):
        while left > 0 and (said := source.recv(min(left, 65536))):
            target.sendall(said)
            left -= len(said)
