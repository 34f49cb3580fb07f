"""Check a verification bundle with Python's standard library and the count alone.

In a bundle this file stands at the top as ``verify.py`` and as ``__main__.py``, beside the
package that counts. So both of these work, on any computer with Python 3.11 and no network::

    python3 bundle.zip [FINGERPRINT]
    python3 verify.py [FINGERPRINT]

The first checks the archive as it is, the second an unpacked folder. FINGERPRINT is the number
in the minutes: whoever can change a bundle can change what it says about itself, but not that.
"""

from __future__ import annotations

import hashlib
import json
import sys
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from eventapp.awards.tally.counting import count_document
from eventapp.awards.tally.document import ACTS, parse, rulebook_sha256
from eventapp.awards.tally.errors import TallyError

MANIFEST = "MANIFEST.txt"
INPUT, RULEBOOK, RESULT, LOG, NAMES = (
    f"{name}.json" for name in ("input", "rulebook", "result", "log", "names")
)


def manifest(files: Mapping[str, bytes]) -> bytes:
    """Write the list of *files* with their hashes, as ``sha256sum --check`` reads it."""
    lines = [
        f"{hashlib.sha256(content).hexdigest()}  {name}\n"
        for name, content in sorted(files.items())
        if name != MANIFEST
    ]
    return "".join(lines).encode()


def fingerprint(files: Mapping[str, bytes]) -> str:
    """Return the one number that stands for a whole bundle."""
    return hashlib.sha256(files.get(MANIFEST, b"")).hexdigest()


def faults(files: Mapping[str, bytes], expected: str | None = None) -> list[str]:
    """List in sentences all that is wrong with a bundle; an empty list means: it holds."""
    found = list(_unlisted(files))
    if expected is not None and fingerprint(files) != expected.strip().lower():
        found.append("The fingerprint is not the expected one: this is another bundle.")
    folders = sorted({name.rsplit("/", 1)[0] for name in files if name.endswith(f"/{INPUT}")})
    if not folders:
        found.append("There is no counted vote in this bundle.")
    for folder in folders:
        try:
            found += [f"{folder}: {fault}" for fault in _recounted(files, folder)]
        except TallyError as fault:
            found.append(f"{folder}: {fault}")
        except (KeyError, TypeError, AttributeError) as fault:
            found.append(f"{folder}: something is missing or of another kind ({fault}).")
    return found


def _unlisted(files: Mapping[str, bytes]) -> Iterator[str]:
    if MANIFEST not in files:
        yield f"{MANIFEST} is missing."
    elif files[MANIFEST] != manifest(files):
        yield f"{MANIFEST} does not agree with the files: something was added, left out or changed."


def _recounted(files: Mapping[str, bytes], folder: str) -> Iterator[str]:
    """Count one vote again, and hold its rules, names and log against it."""

    def read(name: str) -> Any:
        return parse(files[f"{folder}/{name}"])

    voted, log = read(INPUT), read(LOG)
    rules = {key: value for key, value in voted["rulebook"].items() if key not in ACTS}
    if read(RULEBOOK) != rules:
        yield "the votes were not counted by these rules."
    if log["rulebook_sha256"] != rulebook_sha256(rules):
        yield "the rules are not those that were frozen when voting opened."
    if set(read(NAMES)) != set(voted["entries"]):
        yield "the names are not those of the nominations that were counted."
    if read(RESULT) != json.loads(json.dumps(count_document(voted).document())):
        yield "counting again gives another result."


def in_archive(path: Path) -> dict[str, bytes]:
    """Read a bundle as it was downloaded."""
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        if len(set(names)) != len(names):
            raise TallyError("The archive holds two files of one name.")
        return {name: archive.read(name) for name in names}


def in_folder(path: Path) -> dict[str, bytes]:
    """Read a bundle that was unpacked; what Python itself leaves there is passed over."""
    return {
        each.relative_to(path).as_posix(): each.read_bytes()
        for each in sorted(path.rglob("*"))
        if each.is_file() and "__pycache__" not in each.parts
    }


def main(asked: list[str]) -> int:
    """Check the bundle this file lies in, say what was found, and end with 0 or 1."""
    here = Path(__file__).parent
    try:
        files = in_archive(here) if here.is_file() else in_folder(here)
        found = faults(files, asked[0] if asked else None)
    except (TallyError, zipfile.BadZipFile) as broken:
        files, found = {}, [str(broken)]
    for sentence in found:
        print(f"FAULT: {sentence}")
    print(f"Fingerprint: {fingerprint(files)}")
    if not asked:
        print("Compare the fingerprint with the one in the minutes.")
    print("The bundle does NOT hold." if found else "The bundle holds: every vote was recounted.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
