"""Tables as spreadsheets write them: Polish Excel, LibreOffice, and what is no table at all."""

import io
import zipfile
from datetime import date, datetime, time
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from eventapp.kernel import tables
from eventapp.kernel.tables import BadTable, Row, Table

# What the clocks on the wall show: a spreadsheet knows of no zones.
wall = partial(datetime, tzinfo=None)
POLISH = "Tytuł;Sala\r\nZażółć gęślą jaźń;Ósma\r\n"
READ = Table(("Tytuł", "Sala"), (Row(2, ("Zażółć gęślą jaźń", "Ósma")),))


def xlsx(*rows: tuple[object, ...]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1250", "utf-16"])
def test_polish_letters_are_read_in_every_encoding_of_excel(encoding: str) -> None:
    assert tables.read_table(POLISH.encode(encoding)) == READ


@pytest.mark.parametrize("sign", [";", ",", "\t"])
def test_cells_are_parted_by_what_cuts_the_head(sign: str) -> None:
    head, line = sign.join(["a", "b", "c"]), sign.join(["1", '"x; y, z"', "3"])

    found = tables.read_table(f"{head}\n{line}\n".encode())

    assert found == Table(("a", "b", "c"), (Row(2, ("1", "x; y, z", "3")),))


def test_lines_are_numbered_as_in_the_spreadsheet() -> None:
    found = tables.read_table(b"a;b\n\n1;2\n;;\n3;\n")

    assert found.rows == (Row(3, ("1", "2")), Row(5, ("3",)))
    assert found.rows[1].cell(1) == ""


def test_excel_cells_become_the_text_that_people_see() -> None:
    content = xlsx(
        ("a", "b", "c", "d", "e", "f"),
        (date(2027, 6, 16), time(9, 30), wall(2027, 6, 16, 9, 30), 24.0, 1.5, True),
        (None, None, None, None, None, None),
        ("Łódź", None, wall(1899, 12, 30, 8, 5)),
    )

    assert tables.read_table(content).rows == (
        Row(2, ("2027-06-16", "09:30", "2027-06-16 09:30", "24", "1.5", "1")),
        Row(4, ("Łódź", "", "08:05")),
    )


def bomb() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (tables.MOST_UNPACKED + 1))
    return file.getvalue()


def truncated() -> bytes:
    content = xlsx(("a",), ("b",))
    return content[: len(content) // 2]


def other_archive() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("letter.txt", "Szanowni Państwo")
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b" \n;;\n", "empty"),
        (b"x" * (tables.MOST_BYTES + 1), "too-large"),
        (b"\xd0\xcf\x11\xe0 old", "old-excel"),
        (b'a;b\n1;"2\n3;4\n', "bad-csv"),
        (b"a;b\n1;\x81\n", "not-text"),
        (b"a;b\n1;\x00\n", "bad-text"),
        (";".join("abcdefghij" * 7).encode(), "too-wide"),
        (b"a\n" + b"1\n" * (tables.MOST_ROWS + 1), "too-long"),
        (truncated(), "damaged"),
        (other_archive(), "damaged"),
        (bomb(), "too-large-unpacked"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_table_is_refused_with_a_reason(content: bytes, code: str) -> None:
    with pytest.raises(BadTable) as refused:
        tables.read_table(content)

    assert refused.value.code == code


LINE = st.lists(st.text(st.characters(codec="cp1250", exclude_categories=["C", "Z"]), max_size=8))


@given(head=LINE.filter(any), rows=st.lists(LINE, max_size=5))
def test_a_form_carries_a_table_unchanged(head: list[str], rows: list[list[str]]) -> None:
    before = tables.read_table(tables.as_csv(["x", *head], [["y", *row] for row in rows]))

    assert tables.unpacked(tables.packed(before)) == before


@pytest.mark.parametrize("carried", ["", "no base64!", "AAAA", "eJwDAAAAAAE="])
def test_a_damaged_form_is_told_so(carried: str) -> None:
    with pytest.raises(BadTable):
        tables.unpacked(carried)


@pytest.mark.parametrize("cell", ["=1+1", "+48 600", "-5", "@SUM(A1)", "=HYPERLINK(1)"])
def test_no_cell_becomes_a_formula(cell: str) -> None:
    text = tables.as_csv(["a", "b"], [["x", cell]])
    book = load_workbook(io.BytesIO(tables.as_xlsx("t", ["a", "b"], [["x", cell]])))

    assert f"x;'{cell}" in text.decode("utf-8-sig")
    assert tables.read_table(text).rows == (Row(2, ("x", cell)),)
    assert book.active["B2"].data_type == "s"
    assert book.active["B2"].value == cell


def test_excel_gets_dates_and_times_it_can_sort_by() -> None:
    row = [date(2027, 6, 16), time(9, 30), wall(2027, 6, 17, 1, 0), 12, None, "Łódź"]

    content = tables.as_xlsx("Program: dzień/1", list("abcdef"), [row])

    sheet = load_workbook(io.BytesIO(content)).active
    assert sheet.title == "Program  dzień 1"
    assert [cell.value for cell in sheet[2]] == [
        wall(2027, 6, 16), time(9, 30), wall(2027, 6, 17, 1, 0), 12, None, "Łódź",
    ]  # fmt: skip
    assert tables.read_table(content).rows == (
        Row(2, ("2027-06-16", "09:30", "2027-06-17 01:00", "12", "", "Łódź")),
    )
