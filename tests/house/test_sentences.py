"""Every sentence of the program exists in Polish, with the same placeholders."""

import re
from collections import defaultdict
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po

from eventapp.app import SLICES
from eventapp.kernel import catalogues
from eventapp.kernel.refusal import Refusal
from tests.harness import sources
from tests.harness.markup import TEMPLATES, pages

KEYWORDS = {
    "_": None,
    "_l": None,
    "N_": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
}
CODE = re.compile(r"[a-z]+(-[a-z0-9]+)*")
PLACE = re.compile(r"%\((\w+)\)")


@cache
def catalogue_files() -> dict[Path, Catalog]:
    """Read the Polish catalogues."""
    found = {}
    for path in catalogues.sources():
        with path.open("rb") as handle:
            found[path] = read_po(handle, locale="pl")
    return found


def polish(sentence: str, context: str | None = None) -> list[Message]:
    """List the translations of a sentence in a context, one per catalogue that has it."""
    found = (catalogue.get(sentence, context) for catalogue in catalogue_files().values())
    return [message for message in found if message and message.string]


def refusals() -> list[Refusal]:
    """List every refusal of every slice."""
    for name in ("kernel", *SLICES):
        for path in (sources.PACKAGE / name).rglob("*.py"):
            parts = path.relative_to(sources.ROOT).with_suffix("").parts
            import_module(".".join(parts).removesuffix(".__init__"))
    return [member for kind in descendants(Refusal) for member in kind]


def descendants(kind: type[Refusal]) -> list[type[Refusal]]:
    """List the subclasses of a class, however deep."""
    return [found for child in kind.__subclasses__() for found in (child, *descendants(child))]


@cache
def written() -> dict[tuple[str, str | None], str]:
    """Map each sentence marked for translation, with its context, to a place where it stands."""
    found: dict[tuple[str, str | None], str] = {}
    files = [(source.path, "python") for source in sources.package()]
    files += [(path, "jinja2.ext.babel_extract") for path in pages()]
    for path, method in files:
        name = path.relative_to(sources.ROOT).as_posix()
        with path.open("rb") as handle:
            for line, message, _comments, context in extract(
                method, handle, KEYWORDS, options={"silent": "false"}
            ):
                sentence = message[0] if isinstance(message, tuple) else message
                found.setdefault((sentence, context), f"{name}:{line}")
    return found


def test_refusals_have_a_code_and_a_sentence_in_every_language() -> None:
    members = refusals()

    assert members
    assert [m for m in members if not CODE.fullmatch(m.value)] == []
    assert [m for m in members if not m.sentence[:1].isupper() or m.sentence[-1] not in ".?!"] == []
    assert [m.sentence for m in members if not polish(m.sentence)] == []


def test_every_sentence_is_in_polish() -> None:
    missing = {text: place for text, place in written().items() if not polish(*text)}

    assert missing == {}


def test_both_languages_have_the_same_places() -> None:
    wrong = [
        f"{path.name}:{message.lineno}: {message.id!r} → {message.string!r}"
        for path, catalogue in catalogue_files().items()
        for message in catalogue
        if message.id and not same_places(message)
    ]

    assert wrong == []


def same_places(message: Message) -> bool:
    """Tell whether no plural form names a place that the sentence does not fill.

    A singular may leave its number out ("One seat"), so a form may have fewer.
    """
    ids = [message.id] if isinstance(message.id, str) else list(message.id)
    forms = [message.string] if isinstance(message.string, str) else list(message.string)
    known = {place for text in ids for place in PLACE.findall(text)}
    used = {place for text in forms for place in PLACE.findall(text)}
    return used == known if any(forms) else False


def test_one_sentence_has_one_translation() -> None:
    forms = defaultdict(set)
    for catalogue in catalogue_files().values():
        for message in catalogue:
            if message.id:
                forms[str(message.id), message.context].add(str(message.string))

    assert {text: found for text, found in forms.items() if len(found) > 1} == {}


@pytest.mark.parametrize("path", catalogues.sources(), ids=lambda path: path.name)
def test_a_catalogue_counts_as_polish_does(path: Path) -> None:
    catalogue = catalogue_files()[path]

    assert catalogue.num_plurals == 3
    assert list(catalogues.faults_of(catalogue)) == []


def test_each_catalogue_belongs_to_a_slice() -> None:
    known = {"base", "kernel", "demo", *SLICES}

    assert {path.stem for path in catalogues.sources()} - known == set()


def test_the_templates_are_where_they_are_looked_for() -> None:
    assert pages()
    assert TEMPLATES.is_dir()
