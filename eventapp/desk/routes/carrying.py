"""What the pages of spreadsheets share: a table comes as a file, then the form carries it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, Protocol, TypeVar

from flask import Response, request
from werkzeug.wrappers import Response as Answer

from eventapp.kernel import tables
from eventapp.kernel.pages import flash_refusal, said
from eventapp.kernel.refusal import Refused
from eventapp.kernel.tables import BadTable, Table
from eventapp.programme.rules.cells import Fault

Column = TypeVar("Column", bound=StrEnum)

SHOWN = 30  # lines of a preview, and faults of a list
MOST_BODY = tables.MOST_BYTES + 200_000


class Reading(Protocol):
    """What a table says: lines to take over, and what is wrong."""

    @property
    def lines(self) -> Sequence[Any]:
        """Return what the lines say."""

    @property
    def faults(self) -> Sequence[Fault]:
        """Return what is wrong."""


Read = TypeVar("Read", bound=Reading)


@dataclass(frozen=True, kw_only=True)
class Importing(Generic[Column, Read]):
    """How a table of one kind is put in: looked at, then taken over as a whole or not at all.

    `read` says what a table says when its columns mean so; `page` shows that, or asks for a file
    where there is no table yet, perhaps with a sentence on why there is none.
    """

    columns: type[Column]
    guess: Callable[[Sequence[str]], dict[Column, int]]
    read: Callable[[Table, Mapping[Column, int]], Read]
    page: Callable[[Table | None, Mapping[Column, int], Read | None, str | None], str]

    def ask(self) -> str:
        """Ask for a file."""
        return self.page(None, {}, None, None)

    def preview(self) -> str:
        """Show what a table says, a file's or the form's; nothing changes yet."""
        try:
            table = sent()
            if table is not None:
                return self.shown(table, self.guess(table.head))
            table = carried()
        except BadTable as error:
            return self._refused(error)
        return self.shown(table, chosen(table, self.columns))

    def shown(self, table: Table, columns: Mapping[Column, int]) -> str:
        """Show what a table says."""
        return self.page(table, columns, self.read(table, columns), None)

    def run(self, take_over: Callable[[Read], Answer]) -> Answer | str:
        """Take over all lines of the table that the form carries, or none of them."""
        try:
            table = carried()
        except BadTable as error:
            return self._refused(error)
        columns = chosen(table, self.columns)
        reading = self.read(table, columns)
        if reading.faults or not reading.lines:
            return self.page(table, columns, reading, None)
        try:
            return take_over(reading)
        except Refused as refused:
            flash_refusal(refused)
            return self.shown(table, columns)

    def _refused(self, error: BadTable) -> str:
        return self.page(None, {}, None, said(error.sentence, error.details))


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
