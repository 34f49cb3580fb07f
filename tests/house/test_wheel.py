"""A wheel carries all that the program reads, and works without the checkout."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.harness import sources
from tests.harness.sources import ROOT

LOOK = """
from eventapp.kernel import bundled, catalogues
for name in ("templates", "static", "migrations"):
    print(bundled.folder(name))
print(catalogues.TRANSLATIONS)
"""


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tracked files, built into a wheel and unpacked where nothing else lies."""
    tree = tmp_path_factory.mktemp("tree")
    for path in sources.tracked():
        copy = tree / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    wheels = tree / "dist"
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(wheels)]
    done = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    target = tmp_path_factory.mktemp("unpacked")
    (wheel,) = wheels.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target)
    return target


@pytest.mark.parametrize("folder", ["templates", "static", "migrations"])
def test_the_wheel_carries_a_bundled_folder(folder: str, unpacked: Path) -> None:
    tracked = {
        path.relative_to(ROOT).as_posix()
        for path in sources.tracked()
        if path.is_relative_to(ROOT / folder)
    }
    bundled = unpacked / "eventapp" / "_bundled"
    carried = {
        path.relative_to(bundled).as_posix()
        for path in (bundled / folder).rglob("*")
        if path.is_file()
    }

    assert tracked
    assert carried == tracked


def test_the_wheel_carries_compiled_catalogues(unpacked: Path) -> None:
    folder = unpacked / "eventapp" / "translations"
    sources_of = {path.with_suffix("") for path in folder.rglob("*.po")}

    assert sources_of
    assert {path.with_suffix("") for path in folder.rglob("*.mo")} == sources_of


def test_the_wheel_holds_nothing_else(unpacked: Path) -> None:
    assert {path.name.split("-")[0] for path in unpacked.iterdir()} == {"eventapp"}


def test_the_installed_package_finds_its_own_folders(unpacked: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(unpacked)!r})\n{LOOK}"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert [Path(line).is_relative_to(unpacked) for line in done.stdout.splitlines()] == [True] * 4
