"""The demo's attachments are there, small, readable, fictional, and nothing else is."""

import io
from functools import cache
from pathlib import Path

import pypdfium2
import pytest

from tests.reference import attachments, mutations

NOMINATIONS = mutations.demo()["awards"]["nominations"]
FILES = {row["path"] for entry in NOMINATIONS for row in entry["attachment_files"]}
CONTENT = dict(attachments.pages_of(mutations.demo()))


@cache
def text_of(path: str) -> str:
    """Read the words of a shipped page."""
    return words((attachments.DEMO / path).read_bytes())


def words(pdf: bytes) -> str:
    """Read the words of a PDF, its line ends as spaces."""
    document = pypdfium2.PdfDocument(io.BytesIO(pdf))
    pages = [page.get_textpage().get_text_bounded() for page in document]
    assert len(pages) in {1, 2}
    return " ".join(" ".join(pages).split())


def test_every_name_has_its_file():
    for entry in NOMINATIONS:
        assert [row["name"] for row in entry["attachment_files"]] == entry["attachments"]


def test_the_folder_holds_the_named_files_alone():
    shipped = {
        f"attachments/{path.name}" for path in Path(attachments.DEMO / "attachments").iterdir()
    }

    assert shipped == FILES


def test_files_are_small():
    sizes = {path: (attachments.DEMO / path).stat().st_size for path in FILES}

    assert max(sizes.values()) < 15_000
    assert sum(sizes.values()) < 600_000


@pytest.mark.parametrize("path", sorted(FILES))
def test_file_says_what_the_seminar_says(path):
    content = CONTENT[path]

    assert (attachments.DEMO / path).read_bytes().startswith(b"%PDF-")
    assert content["title"] in text_of(path)
    assert content["author"] in text_of(path)
    assert content["paragraphs"][0].split()[0] in text_of(path)
    assert "podmiot zmyślony" in text_of(path)


def test_statements_add_up():
    for path, content in CONTENT.items():
        if "table" not in content:
            continue
        sums = dict(content["table"])
        amounts = [amount for _, amount in content["table"]]
        assert sum(amounts[:3]) == sums["Przychody razem"], path
        assert sum(amounts[4:7]) == sums["Koszty razem"], path
        assert sums["Wynik"] == sums["Przychody razem"] - sums["Koszty razem"], path


def test_printing_anew_gives_the_same_words():
    path = "attachments/N10_zgoda_kandydata.pdf"

    assert words(attachments.printed(CONTENT[path])) == text_of(path)
