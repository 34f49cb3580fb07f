"""Tables that come from spreadsheets, and tables for them.

CSV as Polish Excel writes it (semicolons, cp1250 or UTF-8) and XLSX are read into one form: lines
of cleaned text. What is written opens in Excel by a double click, and no cell of it is a formula.
"""

import base64
import csv
import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from eventapp.kernel import text
from eventapp.kernel.refusal import N_
from eventapp.kernel.text import BadText

MOST_BYTES = 5_000_000
MOST_UNPACKED = 80_000_000  # bytes of an XLSX once it is unpacked
MOST_ROWS = 10_000
MOST_COLUMNS = 60
MOST_CELL = text.BODY
DELIMITERS = ";,\t"
CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_ZIP, _OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
# The days on which Excel's two calendars begin: a cell that holds only a time is dated so.
_NO_DAY = {1899, 1900, 1904}


class BadTable(BadText):
    """A file that is no table we can read: a kebab-case code and a sentence."""


@dataclass(frozen=True)
class Row:
    """One line of a table, `number` as spreadsheets count it: the head is line 1."""

    number: int
    cells: tuple[str, ...]

    def cell(self, column: int) -> str:
        """Return what stands in a column; nothing where the line is shorter."""
        return self.cells[column] if column < len(self.cells) else ""


@dataclass(frozen=True)
class Table:
    """A head and the lines below it that are not empty."""

    head: tuple[str, ...]
    rows: tuple[Row, ...]


# --- what comes in ------------------------------------------------------------------------


def read_table(content: bytes) -> Table:
    """Return the first sheet of an XLSX, or a CSV, as lines of text; raises `BadTable`."""
    if not content.strip():
        raise BadTable("empty", N_("The file is empty."))
    if len(content) > MOST_BYTES:
        most = MOST_BYTES // 10**6
        raise BadTable("too-large", N_("The file may have at most %(max)d MB."), max=most)
    if content.startswith(_OLD_EXCEL):
        raise BadTable("old-excel", N_("This is a file of an old Excel: save it as .xlsx or .csv."))
    lines = _xlsx_lines(content) if content.startswith(_ZIP) else _csv_lines(content)
    return _table(lines)


def _table(lines: Iterable[Sequence[str]]) -> Table:
    head: tuple[str, ...] | None = None
    rows: list[Row] = []
    for number, line in enumerate(lines, start=1):
        cells = _trimmed([_clean(cell, number) for cell in line])
        if not cells:
            continue
        if len(cells) > MOST_COLUMNS:
            raise BadTable(
                "too-wide", N_("A table may have at most %(max)d columns."), max=MOST_COLUMNS
            )
        if head is None:
            head = cells
        else:
            rows.append(Row(number, cells))
        if len(rows) > MOST_ROWS:
            raise BadTable("too-long", N_("A table may have at most %(max)d lines."), max=MOST_ROWS)
    if head is None:
        raise BadTable("empty", N_("The file is empty."))
    return Table(head, tuple(rows))


def _clean(cell: str, number: int) -> str:
    # What `as_csv` put before a sign that begins a formula.
    plain = cell[1:] if cell[:1] == "'" and cell[1:2] in _FORMULA else cell
    try:
        return text.clean(plain, max_length=MOST_CELL, multiline=True)
    except BadText as error:
        raise BadTable(
            "bad-text", N_("Line %(line)d holds characters that are no text."), line=number
        ) from error


def _trimmed(cells: list[str]) -> tuple[str, ...]:
    while cells and not cells[-1]:
        cells.pop()
    return tuple(cells)


def _csv_lines(content: bytes) -> Iterator[list[str]]:
    decoded = _decoded(content)
    lines = csv.reader(io.StringIO(decoded, newline=""), delimiter=_delimiter(decoded), strict=True)
    try:
        yield from lines
    except csv.Error as error:
        raise BadTable(
            "bad-csv", N_("Line %(line)d cannot be read: a quotation mark is left open there.") ,
            line=lines.line_num,
        ) from error  # fmt: skip


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp1250"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadTable("not-text", N_("This is neither a CSV nor an XLSX file."))


def _delimiter(decoded: str) -> str:
    """Return the sign that cuts the head into the most cells."""
    head = next((line for line in decoded.splitlines() if line.strip()), "")
    return max(DELIMITERS, key=lambda sign: len(next(csv.reader([head], delimiter=sign), [])))


def _xlsx_lines(content: bytes) -> Iterator[list[str]]:
    _refuse_bomb(content)
    for values in _sheet_rows(content):
        yield [_as_text(value) for value in values]


def _refuse_bomb(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except zipfile.BadZipFile as error:
        raise _damaged() from error
    if unpacked > MOST_UNPACKED:
        raise BadTable("too-large-unpacked", N_("The file is too large once it is unpacked."))


def _sheet_rows(content: bytes) -> Iterator[tuple[Any, ...]]:
    from openpyxl import load_workbook  # noqa: PLC0415 - heavy, and few requests need it

    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        # One column more than we take, so that a wider table is noticed, not cut.
        yield from sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS + 1)
    except Exception as error:  # the library raises whatever its parsers raise
        raise _damaged() from error


def _damaged() -> BadTable:
    return BadTable(
        "damaged", N_("The file is damaged: open it in a spreadsheet and save it anew.")
    )


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, datetime):
        return _moment_as_text(value)
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _moment_as_text(value: datetime) -> str:
    if value.year in _NO_DAY:
        return value.strftime("%H:%M")
    if (value.hour, value.minute) == (0, 0):
        return value.date().isoformat()
    return value.strftime("%Y-%m-%d %H:%M")


# --- carried along by a form ----------------------------------------------------------------


def packed(table: Table) -> str:
    """Return a table as short text, for the hidden field of a form that comes back with it."""
    lines = io.StringIO()
    writer = csv.writer(lines, delimiter=";")
    writer.writerow((1, *table.head))
    writer.writerows((row.number, *row.cells) for row in table.rows)
    return base64.b64encode(zlib.compress(lines.getvalue().encode(), 9)).decode()


def unpacked(carried: str) -> Table:
    """Return the table that `packed` made; what came back is read as carefully as a file."""
    try:
        unpacking = zlib.decompressobj()
        plain = unpacking.decompress(base64.b64decode(carried, validate=True), MOST_UNPACKED)
        lines = list(csv.reader(io.StringIO(plain.decode(), newline=""), delimiter=";"))
        numbers = [int(line[0]) for line in lines]
    except (ValueError, IndexError, zlib.error, csv.Error) as error:
        raise _damaged() from error
    table = _table([line[1:] for line in lines])
    named = dict(zip(range(1, len(numbers) + 1), numbers, strict=True))
    return Table(table.head, tuple(Row(named[row.number], row.cells) for row in table.rows))


# --- what goes out ------------------------------------------------------------------------


def as_csv(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """Return a CSV that Polish Excel opens by a double click; no cell of it is a formula."""
    lines = io.StringIO()
    writer = csv.writer(lines, delimiter=";", lineterminator="\r\n")
    writer.writerow([_harmless(cell) for cell in head])
    writer.writerows([_harmless(_shown(cell)) for cell in row] for row in rows)
    return lines.getvalue().encode("utf-8-sig")


def _shown(cell: Any) -> str:
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d %H:%M")
    return "" if cell is None else str(cell)


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def as_xlsx(title: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """Return one sheet with its head kept in view; times are those of the clocks on the wall."""
    return as_book([(title, head, rows)])


def as_book(sheets: Iterable[tuple[str, Sequence[str], Iterable[Sequence[Any]]]]) -> bytes:
    """Return several sheets, each a title, a head and rows, as one XLSX; no cell is a formula."""
    from xlsxwriter import Workbook  # noqa: PLC0415 - heavy, and few requests need it

    file = io.BytesIO()
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    with Workbook(file, plain) as book:
        bold = book.add_format({"bold": True, "bottom": 1})
        form = {
            datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
            date: book.add_format({"num_format": "yyyy-mm-dd"}),
            time: book.add_format({"num_format": "hh:mm"}),
        }
        for title, head, rows in sheets:
            _write(book.add_worksheet(_sheet_name(title)), head, rows, bold, form)
    return file.getvalue()


def _write(
    sheet: Any,
    head: Sequence[str],
    rows: Iterable[Sequence[Any]],
    bold: Any,
    form: Mapping[type, Any],
) -> None:
    widths = [len(name) for name in head]
    sheet.write_row(0, 0, head, bold)
    cells = (
        (line, column, cell)
        for line, row in enumerate(rows, start=1)
        for column, cell in enumerate(row)
    )
    for line, column, cell in cells:
        if type(cell) in form:
            sheet.write_datetime(line, column, cell, form[type(cell)])
        else:
            sheet.write(line, column, cell)
        widths[column] = max(widths[column], len(_shown(cell)))
    for column, width in enumerate(widths):
        sheet.set_column(column, column, min(width, 60) + 2)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, 0, max(len(head) - 1, 0))


def _sheet_name(title: str) -> str:
    """Return a name that spreadsheets take: 31 characters, none of those that mean something."""
    return "".join(" " if letter in "[]:*?/\\'" else letter for letter in title)[:31].strip() or "1"
