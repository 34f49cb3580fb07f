"""A browser on another network, as a phone at the door is: a network namespace of its own.

Where the machine does not permit that, the browser stays on this network and takes the
machine's address on it; in both cases it trusts the authority as a phone does that installed it.
"""

import base64
import contextlib
import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from eventapp.kernel import lan
from tests.harness.chromium import EXECUTABLE

POLICIES = Path("/etc/chromium")


@dataclass(frozen=True)
class Elsewhere:
    """Another network: how this machine is reached from there, and how to run something there."""

    address: str
    apart: bool
    enter: tuple[str, ...]

    def browser(self, folder: Path, authority: bytes | None = None) -> str:
        """Return a Chromium that runs there; it trusts *authority*, a DER certificate."""
        steps = []
        if authority is not None:
            managed = folder / "chromium" / "policies" / "managed"
            managed.mkdir(parents=True)
            policy = {"CACertificates": [base64.b64encode(authority).decode()]}
            (managed / "trust.json").write_text(json.dumps(policy))
            steps.append(f"mount --bind '{folder / 'chromium'}' {POLICIES}")
        steps.append(f'exec {EXECUTABLE} "$@"')
        inner = folder / "chromium-there"
        inner.write_text("#!/bin/sh\nset -e\n" + "\n".join(steps) + "\n")
        outer = folder / "chromium-elsewhere"
        outer.write_text(f'#!/bin/sh\nexec {" ".join(self.enter)} {inner} "$@"\n')
        for script in (inner, outer):
            script.chmod(0o755)
        return str(outer)


@contextlib.contextmanager
def elsewhere() -> Iterator[Elsewhere]:
    """Yield another network on a cable to this one, else this one."""
    name = f"door{os.getpid()}"
    number = os.getpid() % 250
    here, there = f"10.99.{number}.1", f"10.99.{number}.2"
    made = _ip("netns", "add", name)
    try:
        if made and _cable(name, here, there):
            yield Elsewhere(here, True, ("ip", "netns", "exec", name))
            return
        own = str(next(iter(lan.addresses()), "127.0.0.1"))
        inner = ("unshare", "--mount") if os.geteuid() == 0 else ("unshare", "-rm")
        yield Elsewhere(own, False, inner)
    finally:
        if made:
            _ip("link", "del", name)
            _ip("netns", "del", name)


def _cable(name: str, here: str, there: str) -> bool:
    return all(
        _ip(*step)
        for step in (
            ("link", "add", name, "type", "veth", "peer", "name", "eth0", "netns", name),
            ("addr", "add", f"{here}/24", "dev", name),
            ("link", "set", name, "up"),
            ("-n", name, "addr", "add", f"{there}/24", "dev", "eth0"),
            ("-n", name, "link", "set", "eth0", "up"),
            ("-n", name, "link", "set", "lo", "up"),
        )
    )


def _ip(*arguments: str) -> bool:
    try:
        done = subprocess.run(["ip", *arguments], capture_output=True, check=False, timeout=10)
    except OSError:
        return False
    return done.returncode == 0
