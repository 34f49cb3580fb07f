"""Run the product as its users do: a process of its own, reached over HTTP."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from tests.harness.mailbox import Mailbox

EVENTAPP = Path(sys.executable).with_name("eventapp")
PATIENCE = 30.0
OURS = ("EVENTAPP_", "FLASK_")


@dataclass
class Server:
    """A running server: where it answers, where its data lie, and how to end it."""

    url: str
    folder: Path
    environment: Mapping[str, str]
    process: "subprocess.Popen[bytes]" = field(repr=False)

    @property
    def mailbox(self) -> Mailbox:
        """The letters it has sent."""
        return Mailbox(self.folder / "mail")

    @property
    def log(self) -> str:
        """What it has said so far."""
        return (self.folder / "server.log").read_text(encoding="utf-8", errors="replace")

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run an `eventapp` command on the same data; fails when the command does."""
        return run(*arguments, environment=self.environment)

    def stop(self) -> int:
        """Ask it to finish, as a service manager would, and return its status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=PATIENCE)

    def kill(self) -> None:
        """End it and all it has started without a word, as a power cut would."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def environment(
    folder: Path, *, database_url: str, port: int, now: datetime | None, settings: Mapping[str, str]
) -> dict[str, str]:
    """Return the environment of a server whose data lie in *folder*, and no setting of ours."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    chosen = {
        "EVENTAPP_DATA_DIR": str(folder),
        "EVENTAPP_DATABASE_URL": database_url,
        "EVENTAPP_MAIL_URL": f"file://{folder / 'mail'}",
        "EVENTAPP_BASE_URL": f"http://127.0.0.1:{port}",
        "EVENTAPP_SECRET_KEY": "a key for the test suite and nothing else",
        "EVENTAPP_KEEP_SECONDS": "0",
        "EVENTAPP_NOW": now.isoformat() if now else "",
        "PYTHONWARNINGS": "default",
    }
    return inherited | chosen | dict(settings)


def run(*arguments: str, environment: Mapping[str, str]) -> "subprocess.CompletedProcess[str]":
    """Run an `eventapp` command; fails with its own words when its status is not 0."""
    command = [str(EVENTAPP), *arguments]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, f"{command} → {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done


@contextlib.contextmanager
def serving(
    folder: Path,
    *,
    database_url: str,
    now: datetime | None = None,
    settings: Mapping[str, str] | None = None,
    arguments: tuple[str, ...] = (),
) -> Iterator[Server]:
    """Run `eventapp serve` on a free port until the block ends."""
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    chosen = environment(
        folder, database_url=database_url, port=port, now=now, settings=settings or {}
    )
    command = [str(EVENTAPP), "serve", "--port", str(port), *arguments]
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            command,
            env=chosen,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    server = Server(f"http://127.0.0.1:{port}", folder, chosen, process)
    try:
        wait_until_healthy(server)
        yield server
    finally:
        server.kill()


def wait_until_healthy(server: Server) -> None:
    """Wait for the first good answer; fails with the server's own words."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if server.process.poll() is not None:
            raise AssertionError(f"the server ended by itself:\n{server.log}")
        try:
            with urllib.request.urlopen(f"{server.url}/healthz", timeout=2):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.05)
    raise AssertionError(f"the server did not answer in {PATIENCE:.0f} s:\n{server.log}")


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
