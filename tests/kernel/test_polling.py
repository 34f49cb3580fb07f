"""The embedded server with a crowd on its line: more connections than `select` could hold."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.harness import databases, servers
from tests.harness.servers import Server

CROWD = 1100
ASK = b"GET /healthz HTTP/1.1\r\nHost: %s\r\n\r\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("crowd")
    url = databases.sqlite_copy(sqlite_template, folder)
    with servers.serving(folder, database_url=url) as running:
        yield running


class Line:
    """One connection of a client, kept open."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._ask = ASK % parts.netloc.encode()
        self.socket = socket.create_connection((parts.hostname, parts.port), timeout=20)
        self._answers = self.socket.makefile("rb")

    def say(self, times: int = 1) -> None:
        self.socket.sendall(self._ask * times)

    def status(self) -> int:
        """Read one answer whole, and return its status."""
        status = int(self._answers.readline().split()[1])
        length = 0
        while (line := self._answers.readline().strip()) != b"":
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        self._answers.read(length)
        return status

    def close(self) -> None:
        self._answers.close()
        self.socket.close()


@pytest.fixture
def crowd(server: Server) -> Iterator[list[Line]]:
    with ExitStack() as held:
        lines = []
        for _ in range(CROWD):
            lines.append(Line(server.url))
            held.callback(lines[-1].close)
        yield lines


def test_a_crowd_on_open_lines_is_answered_and_so_is_who_comes_last(
    server: Server, crowd: list[Line]
) -> None:
    for line in crowd:
        line.say()
    assert {line.status() for line in crowd} == {200}

    last = Line(server.url)
    last.say()
    assert last.status() == 200
    last.close()


def test_a_line_may_ask_again_and_several_times_at_once(server: Server) -> None:
    line = Line(server.url)
    line.say()
    assert line.status() == 200
    line.say(times=3)
    assert [line.status() for _ in range(3)] == [200, 200, 200]
    line.close()


def test_who_hangs_up_before_the_answer_disturbs_nobody(server: Server) -> None:
    staying = Line(server.url)
    for _ in range(50):
        leaving = Line(server.url)
        leaving.say(times=2)
        leaving.close()
    staying.say()
    assert staying.status() == 200
    staying.close()
    assert "Traceback" not in server.log


def test_half_a_request_keeps_no_thread(server: Server) -> None:
    slow = [Line(server.url) for _ in range(40)]  # more than there are threads
    for line in slow:
        line.socket.sendall(b"GET /healthz HTTP/1.1\r\n")
    quick = Line(server.url)
    quick.say()
    assert quick.status() == 200
    for line in slow:
        line.socket.sendall(b"Host: 127.0.0.1\r\n\r\n")
    assert {line.status() for line in slow} <= {200, 400}
    for line in [*slow, quick]:
        line.close()
