"""Evidence packs: what they are about, what lies in them, and the sums that prove it."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from eventapp.kernel.refusal import N_, Refusal

MANIFEST = "manifest.json"
SUMS = "SHA256SUMS"


class Scope(StrEnum):
    """What a pack is about."""

    EVENT = "event"
    DAY = "day"
    SESSION = "session"


class PackRefusal(Refusal):
    """Why there is no pack."""

    RUNNING = "pack-running", N_("A pack is being made already; wait until it is ready.")
    NOTHING = "pack-nothing", N_("There is no session to speak of yet.")
    NOT_READY = "pack-not-ready", N_("The pack is not ready yet.")


@dataclass(frozen=True, kw_only=True)
class Part:
    """One file of a pack: its name in the archive and its bytes, or the scan that it is."""

    path: str
    content: bytes = b""
    scan_id: int | None = None
    size: int = 0
    sha256: str = ""


def part(path: str, content: bytes) -> Part:
    """Return a file with its size and sum."""
    return Part(
        path=path, content=content, size=len(content), sha256=hashlib.sha256(content).hexdigest()
    )


def sums(files: Iterable[tuple[str, str]]) -> str:
    """Return paths with their sums as `sha256sum --check` reads them."""
    return "".join(f"{sha256}  {path}\n" for path, sha256 in files)


def file_name(name: str, longest: int = 80) -> str:
    """Return a name that every system takes for a file, in the letters of ours."""
    plain = re.sub(r"[^\w.-]+", "-", name).strip("-.") or "plik"
    return plain[:longest].rstrip("-.")
