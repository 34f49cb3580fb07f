"""A real CalDAV server: Radicale, with a folder and a port of this test alone."""

import contextlib
import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator

from tests.harness.servers import free_port

PATIENCE = 20


@contextlib.contextmanager
def serving() -> Iterator[str]:
    """Yield the address of a server where everybody owns what stands below their name."""
    port = free_port()
    url = f"http://127.0.0.1:{port}/"
    with tempfile.TemporaryDirectory() as folder:
        command = [
            sys.executable, "-m", "radicale", "--config", "",
            f"--server-hosts=127.0.0.1:{port}", "--auth-type=none",
            f"--storage-filesystem-folder={folder}", "--storage-type=multifilesystem_nolock",
            "--logging-level=error",
        ]  # fmt: skip
        quiet = {**os.environ, "PYTHONWARNINGS": "ignore"}
        with subprocess.Popen(command, env=quiet) as process:
            try:
                _wait(url, process)
                yield url
            finally:
                process.terminate()


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(urllib.error.URLError, ConnectionError):
            urllib.request.urlopen(f"{url}.web/", timeout=PATIENCE).close()
            return
        time.sleep(0.05)
    raise RuntimeError("Radicale does not answer")
