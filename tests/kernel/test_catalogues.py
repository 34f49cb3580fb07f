"""Catalogues are compiled when they must be, whole or not at all."""

import gettext
import os
from pathlib import Path

import pytest

from eventapp.kernel import catalogues

HEAD = """msgid ""
msgstr ""
"Language: pl\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=3; plural=(n==1 ? 0 : "
"n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);\\n"
"""
SEATS = """
msgid "%(num)s seat"
msgid_plural "%(num)s seats"
msgstr[0] "%(num)s miejsce"
msgstr[1] "%(num)s miejsca"
msgstr[2] "%(num)s miejsc"
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A catalogue with one sentence."""
    folder = tmp_path / "pl" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    path = folder / "signups.po"
    path.write_text(HEAD + SEATS, encoding="utf-8")
    return path


def test_a_compiled_catalogue_speaks_polish(source: Path, tmp_path: Path) -> None:
    written = catalogues.compile_all(tmp_path)

    assert written == [source.with_suffix(".mo")]
    with written[0].open("rb") as handle:
        polish = gettext.GNUTranslations(handle)
    seats = [polish.ngettext("%(num)s seat", "%(num)s seats", n) % {"num": n} for n in (1, 3, 12)]
    assert seats == ["1 miejsce", "3 miejsca", "12 miejsc"]


def test_only_what_is_newer_is_compiled(source: Path, tmp_path: Path) -> None:
    catalogues.compile_all(tmp_path)

    assert catalogues.compile_all(tmp_path) == []

    later = source.with_suffix(".mo").stat().st_mtime_ns + 10**9
    os.utime(source, ns=(later, later))

    assert len(catalogues.compile_all(tmp_path)) == 1


def test_a_catalogue_without_source_goes(source: Path, tmp_path: Path) -> None:
    catalogues.compile_all(tmp_path)
    source.unlink()

    assert catalogues.compile_all(tmp_path) == []
    assert list(tmp_path.rglob("*.mo")) == []


FUZZY = """
#, fuzzy
msgid "Seat"
msgstr "Miejsce"
"""
WRONG_PLACE = """
msgid "%(num)s left"
msgstr "%(nmu)s zostało"
"""
NO_CATALOGUE = """
mgsid "Seat"
"""


@pytest.mark.parametrize(
    ("broken", "fault"),
    [(FUZZY, "fuzzy: 'Seat'"), (WRONG_PLACE, "placeholder 'nmu'"), (NO_CATALOGUE, "signups.po")],
)
def test_a_faulty_catalogue_keeps_the_old_one(
    broken: str, fault: str, source: Path, tmp_path: Path
) -> None:
    catalogues.compile_all(tmp_path)
    compiled = source.with_suffix(".mo").read_bytes()
    source.write_text(HEAD + broken, encoding="utf-8")
    os.utime(source.with_suffix(".mo"), ns=(0, 0))

    with pytest.raises(catalogues.CatalogueError, match=fault):
        catalogues.compile_all(tmp_path)

    assert source.with_suffix(".mo").read_bytes() == compiled


def test_good_catalogues_are_compiled_beside_a_faulty_one(source: Path, tmp_path: Path) -> None:
    source.with_name("broken.po").write_text('msgid "Seat', encoding="utf-8")

    with pytest.raises(catalogues.CatalogueError):
        catalogues.compile_all(tmp_path)

    assert [path.name for path in tmp_path.rglob("*.mo")] == ["signups.mo"]
