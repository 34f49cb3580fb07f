"""Compile message catalogues: every ``<slice>.po`` becomes the ``<slice>.mo`` that is read.

Run as ``python -m eventapp.kernel.catalogues``; the wheel's build hook loads this file by
its path, so it imports nothing but Babel.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

TRANSLATIONS = Path(__file__).resolve().parent.parent / "translations"


class CatalogueError(ValueError):
    """A catalogue that cannot be used: its file and every fault found in it."""


def compile_all(folder: Path = TRANSLATIONS) -> list[Path]:
    """Compile the catalogues whose source is newer than their result.

    Returns the .mo files written, and deletes those whose source is gone. Raises
    CatalogueError naming every faulty file, after compiling the good ones.
    """
    remove_orphans(folder)
    written, faults = [], []
    for source in stale(folder):
        try:
            written.append(compile_one(source))
        except CatalogueError as error:
            faults.append(str(error))
    if faults:
        raise CatalogueError("\n".join(faults))
    return written


def sources(folder: Path = TRANSLATIONS) -> list[Path]:
    """List the .po files of all languages, by path."""
    return sorted(folder.glob("*/LC_MESSAGES/*.po"))


def stale(folder: Path = TRANSLATIONS) -> list[Path]:
    """List the .po files without an up-to-date .mo."""
    return [source for source in sources(folder) if not is_fresh(source)]


def is_fresh(source: Path) -> bool:
    """Tell whether the .mo beside *source* is at least as new as it."""
    target = source.with_suffix(".mo")
    return target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns


def compile_one(source: Path) -> Path:
    """Write the .mo of one catalogue and return its path.

    The file appears whole or not at all: a server may be reading the old one.
    """
    catalogue = read(source)
    if found := list(faults_of(catalogue)):
        raise CatalogueError("\n".join(f"{source}: {fault}" for fault in found))
    target = source.with_suffix(".mo")
    descriptor, name = tempfile.mkstemp(dir=source.parent, prefix=f".{source.stem}.")
    try:
        with os.fdopen(descriptor, "wb") as handle:
            write_mo(handle, catalogue)
        Path(name).chmod(0o644)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return target


def read(source: Path) -> Catalog:
    """Parse one .po file; its language is the name of its folder."""
    try:
        with source.open("rb") as handle:
            return read_po(
                handle, locale=source.parent.parent.name, domain=source.stem, abort_invalid=True
            )
    except (PoFileError, UnicodeDecodeError, ValueError) as error:
        raise CatalogueError(f"{source}: {error}") from error


def faults_of(catalogue: Catalog) -> Iterator[str]:
    """Yield a sentence for each message that would show wrongly.

    Babel's own checks find placeholders that differ from the source and plural forms that
    are too few; fuzzy messages would be left out of the .mo in silence.
    """
    for message in catalogue:
        if not message.id:
            continue
        if message.fuzzy:
            yield f"line {message.lineno}: fuzzy: {message.id!r}"
        for error in message.check(catalogue):
            yield f"line {message.lineno}: {error}"


def remove_orphans(folder: Path = TRANSLATIONS) -> None:
    """Delete .mo files whose .po no longer exists, so that no dead sentence is shown."""
    for target in folder.glob("*/LC_MESSAGES/*.mo"):
        if not target.with_suffix(".po").exists():
            target.unlink()


def main() -> int:
    """Compile everything and say what was done; 1 if a catalogue is faulty."""
    parser = argparse.ArgumentParser(description="Compile the message catalogues.")
    parser.add_argument("folder", nargs="?", type=Path, default=TRANSLATIONS)
    folder = parser.parse_args().folder
    try:
        written = compile_all(folder)
    except CatalogueError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"catalogues: {len(written)} compiled of {len(sources(folder))}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
