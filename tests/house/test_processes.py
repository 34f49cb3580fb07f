"""The product as a process: it starts on its own, says who it is, and ends when it is told."""

import urllib.error
import urllib.request
from collections.abc import Callable

import pytest

from tests.harness import servers
from tests.harness.servers import Server


def get(url: str, **headers: str) -> tuple[int, str]:
    """Return the status and the text of an answer."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_a_server_is_healthy_and_ready(live_server: Server) -> None:
    assert get(f"{live_server.url}/healthz")[0] == 200
    assert get(f"{live_server.url}/readyz")[0] == 200


def test_a_server_stops_when_it_is_asked(live_server: Server) -> None:
    assert live_server.stop() == 0


def test_a_server_answers_to_its_own_name_only(live_server: Server) -> None:
    assert get(f"{live_server.url}/", Host="elsewhere.example")[0] == 421


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_server_makes_its_own_file(serve: Callable[..., Server], blank_url: str) -> None:
    server = serve(database_url=blank_url)

    assert get(f"{server.url}/readyz")[0] == 200


@pytest.mark.parametrize("database_kind", ["postgres"], indirect=True)
def test_a_server_never_migrates_postgresql(serve: Callable[..., Server], blank_url: str) -> None:
    with pytest.raises(AssertionError, match="eventapp migrate"):
        serve(database_url=blank_url)


@pytest.mark.parametrize("database_kind", ["postgres"], indirect=True)
def test_a_command_migrates_postgresql(blank_url: str, tmp_path) -> None:
    settings = servers.environment(tmp_path, database_url=blank_url, port=1, now=None, settings={})

    servers.run("migrate", environment=settings)

    with servers.serving(tmp_path / "server", database_url=blank_url) as server:
        assert get(f"{server.url}/readyz")[0] == 200
