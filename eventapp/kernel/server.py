"""The embedded server: waitress threads for pages, one more thread for the jobs."""

import gc
import logging
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address
from pathlib import Path
from types import FrameType
from typing import Any

from flask import Flask
from waitress.server import create_server

from eventapp.kernel import boundary, polling, tls
from eventapp.kernel.jobs import EmbeddedWorker
from eventapp.kernel.lan import Keeper, helpful

try:
    import resource
except ImportError:  # Windows has no such limits
    resource = None  # type: ignore[assignment]

log = logging.getLogger(__name__)

MOST_CONNECTIONS = 2000


# Whoever holds SQLite's one turn to write must not wait 5 ms for the interpreter's, which is
# Python's own setting (measured at 32 scanners: 540 scans a second, p99 82 ms, instead of 450
# and 105; sign-ups gain nothing by it).
TURN = 0.001


@dataclass(frozen=True)
class Lan:
    """What is served on the local network: its port, and where the certificates lie.

    *addresses* are those to answer at; without any they are looked for.
    """

    data: Path
    port: int
    addresses: Sequence[IPv4Address] = ()


def share_fairly() -> None:
    """Let the threads of this process take turns at the interpreter more often."""
    sys.setswitchinterval(TURN)


# A full search for unused objects looks at everything that is alive, and a running application
# holds 200,000 objects that stay: a request that met one took 100 ms longer (measured on the
# planner's page of 400 sessions: median 88 ms, worst 285; afterwards 84 and 97).
ALLOCATIONS, YOUNG, OLD = 50_000, 20, 50


def settle() -> None:
    """Let the collector leave alone what was made at the start, and look around less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(ALLOCATIONS, YOUNG, OLD)


def announce(address: str) -> None:
    """Say where the server listens."""
    print(f"eventapp listens on {address}", flush=True)  # noqa: T201 - what a start is for


def serve_app(
    app: Any,
    *,
    host: str,
    port: int,
    threads: int,
    workers: list[Flask] | None = None,
    say: Callable[[str], None] = announce,
    lan: Lan | None = None,
) -> None:
    """Serve *app* until SIGTERM or SIGINT, then finish what is under way.

    *say* hears the address once connections are accepted; port 0 picks a free one.
    *workers* are the applications whose jobs are done here, by default *app* itself.
    With *lan* it answers over TLS on the local network as well.
    """
    _open_many_files()
    listening = socket.create_server((host, port), backlog=1024)
    address = f"http://{host}:{listening.getsockname()[1]}"
    connections = polling.Connections()
    server = _server(app, connections, listening, threads=threads)
    polling.watch(server, connections)
    share_fairly()
    # It warns of each request that waits for a thread: a hundred lines in a burst.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    boundary.listen_at(address)
    threads_at_work = server.task_dispatcher

    def busy() -> bool:
        return bool(threads_at_work.active_count or threads_at_work.queue)

    served = workers if workers is not None else [app]
    background: list[Any] = [EmbeddedWorker(flask, busy=busy) for flask in served]
    if lan is not None:
        background.append(_listen_on_lan(app, lan, connections, server))
    for thread in background:
        thread.start()
    _stop_gracefully()
    settle()
    say(address)
    try:
        server.run()
    finally:
        for thread in background:
            thread.stop()


def _server(
    app: Any, connections: polling.Connections, listening: socket.socket, **more: Any
) -> Any:
    return create_server(
        app,
        map=connections,
        sockets=[listening],
        connection_limit=MOST_CONNECTIONS,
        channel_timeout=60,
        clear_untrusted_proxy_headers=False,
        ident=None,
        **more,
    )


def _listen_on_lan(app: Any, lan: Lan, connections: polling.Connections, server: Any) -> Keeper:
    """Let the same loop and threads answer on the local network."""
    listening = socket.create_server(("0.0.0.0", lan.port), backlog=1024)  # noqa: S104 - that is meant
    keeper = Keeper(lan.data, listening.getsockname()[1], lan.addresses)
    keeper.look()
    other = _server(helpful(app), connections, listening, _dispatcher=server.task_dispatcher)
    polling.watch(other, connections, tls.channel_class(keeper.context))
    return keeper


def _open_many_files() -> None:
    """Let each connection have its file; many systems allow a process 1,024 by default."""
    if resource is None:
        return
    wished = MOST_CONNECTIONS + 500
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY:
        wished = min(wished, hard)
    if soft != resource.RLIM_INFINITY and soft < wished:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wished, hard))


def _stop_gracefully() -> None:
    def stop(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt  # waitress ends its loop and waits for its threads

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
