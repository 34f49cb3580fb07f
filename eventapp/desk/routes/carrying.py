"""What the pages of spreadsheets share: a table comes as a file, then the form carries it."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any, TypeVar

from flask import Response, request

from eventapp.kernel import tables
from eventapp.kernel.pages import said
from eventapp.kernel.tables import Table
from eventapp.programme.rules.cells import Fault

Column = TypeVar("Column", bound=StrEnum)

SHOWN = 30  # lines of a preview, and faults of a list
MOST_BODY = tables.MOST_BYTES + 200_000


def sent() -> Table | None:
    """Return the table of a file that was just chosen, if one was; raises `BadTable`."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return None
    return tables.read_table(file.stream.read(tables.MOST_BYTES + 1))


def carried() -> Table:
    """Return the table that the form carries; raises `BadTable`."""
    return tables.unpacked(request.form.get("sheet", ""))


def chosen(table: Table, columns: type[Column]) -> dict[Column, int]:
    """Return what the reader says the columns mean; the first of two counts."""
    found: dict[Column, int] = {}
    for place in range(len(table.head)):
        asked = request.form.get(f"column-{place}", "")
        if asked in set(columns):
            found.setdefault(columns(asked), place)
    return found


def shown(
    table: Table | None,
    names: Mapping[Column, str],
    columns: Mapping[Column, int],
    faults: Iterable[Fault],
) -> dict[str, Any]:
    """Return what every page of a spreadsheet shows of it: arguments of its template.

    A fault is a line, a column and a sentence in the reader's language.
    """
    return {
        "table": table,
        "carried": tables.packed(table) if table is not None else "",
        "names": names,
        "meaning": {place: column.value for column, place in columns.items()},
        "faults": [
            (one.number, names[one.column] if one.column else "", said(one.sentence, one.details))
            for one in faults
        ],
        "most": SHOWN,
    }


def given(name: str, title: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    """Give a table away as XLSX, or as CSV where the reader asks for it."""
    if request.args.get("format") == "csv":
        return _file(tables.as_csv(head, rows), tables.CSV_TYPE, f"{name}.csv")
    return _file(tables.as_xlsx(title, head, rows), tables.XLSX_TYPE, f"{name}.xlsx")


def _file(content: bytes, media_type: str, name: str) -> Response:
    answer = Response(content, content_type=media_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
