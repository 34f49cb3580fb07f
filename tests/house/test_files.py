"""The files of the project speak of the project, and bring in nothing unseen."""

import hashlib
import importlib.metadata
import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.harness import sources
from tests.harness.sources import ROOT

VENDORED = ("static/vendor/", "tests/browser/vendor/")
# Where packages come from is the choice of whoever installs them. Written in two parts,
# so that this file may be tracked itself.
HOSTS = [
    "pypi" + ".org",
    "pythonhosted" + ".org",
    "npmjs" + ".org",
    "yarnpkg" + ".com",
    "deb.debian" + ".org",
    "jsdelivr" + ".net",
    "unpkg" + ".com",
]
ONES_OWN = re.compile(r"/(?:home|Users|root)/\w+|\b[A-Z]:\\Users")
UNFINISHED = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|X" + r"XX|HA" + r"CK)\b")

PINNED = r"^([a-z0-9._-]+)(?:\[[a-z0-9,_-]+\])?==(\S+)"
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
HASHES = sorted(path for path in sources.tracked() if path.name == "SHA256SUMS")


def texts() -> list[tuple[str, str]]:
    """List the tracked files that people wrote, with their text."""
    found = []
    for path in sources.tracked():
        name = path.relative_to(ROOT).as_posix()
        if not name.startswith(VENDORED):
            found.append((name, path.read_bytes().decode("utf-8", "ignore")))
    return found


def test_no_file_names_a_package_index() -> None:
    assert [(name, host) for name, text in texts() for host in HOSTS if host in text] == []


def test_no_file_names_a_place_on_somebodys_machine() -> None:
    assert [(name, found) for name, text in texts() for found in ONES_OWN.findall(text)] == []


def test_no_file_leaves_work_undone() -> None:
    assert [(name, found) for name, text in texts() for found in UNFINISHED.findall(text)] == []


def test_nothing_made_by_a_tool_is_tracked() -> None:
    made = {".mo", ".pyc", ".sqlite3", ".db", ".whl"}
    names = {"uv.lock", "package-lock.json", "yarn.lock", "poetry.lock"}

    assert [path for path in sources.tracked() if path.suffix in made or path.name in names] == []


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.name)
def test_a_lock_has_hashes_and_names_no_index(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    pinned = [line for line in lines if re.match(PINNED, line)]
    options = [line for line in lines if line.startswith("-") or "://" in line]

    assert pinned
    assert options == []
    assert [line for line in pinned if not line.endswith("\\")] == []


def test_the_locks_agree() -> None:
    dev = versions(ROOT / "requirements" / "dev.txt")

    for path in LOCKS:
        assert versions(path).items() <= dev.items()


def test_the_lock_names_every_extra_that_is_asked_for() -> None:
    """Else pip looks for `coverage[toml]` anew, and finds a release that the lock has not."""
    lock = (ROOT / "requirements" / "dev.txt").read_text(encoding="utf-8")
    asked = {
        f"{canonicalize_name(wanted.name)}[{extra}]"
        for one in importlib.metadata.distributions()
        if one.name.lower() != "eventapp"
        for wanted in map(Requirement, one.requires or [])
        if wanted.marker is None or wanted.marker.evaluate({"extra": ""})
        for extra in wanted.extras
    }

    assert "coverage[toml]" in asked
    assert [one for one in sorted(asked) if f"\n{one}==" not in lock] == []


def versions(path: Path) -> dict[str, str]:
    """Map each package of a lock to its version."""
    return dict(re.findall(PINNED, path.read_text(encoding="utf-8"), re.MULTILINE))


def test_the_core_stays_small() -> None:
    assert len(versions(ROOT / "requirements" / "core.txt")) <= 50


@pytest.mark.parametrize("path", HASHES, ids=lambda path: path.parent.relative_to(ROOT).as_posix())
def test_vendored_files_are_what_they_were(path: Path) -> None:
    known = {name: digest for digest, name in map(str.split, path.read_text().splitlines())}
    present = {
        found.relative_to(path.parent).as_posix(): hashlib.sha256(found.read_bytes()).hexdigest()
        for found in sources.tracked()
        if found.is_relative_to(path.parent) and found != path
    }

    assert known == present


def test_every_vendored_folder_has_its_hashes() -> None:
    assert {f"{path.parent.relative_to(ROOT).as_posix()}/" for path in HASHES} == set(VENDORED)
