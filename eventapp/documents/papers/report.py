"""Reports: tables under headings, for paper, for a page and for a spreadsheet alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _

from eventapp.events import papers
from eventapp.events.models import Event
from eventapp.kernel import i18n, pdf, qr


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table with its heading; `widths` are shares of the page, `ends` columns of numbers.

    `none` is said where there is no row. `sheet` names it in a spreadsheet.
    """

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[Any]]
    widths: Sequence[float]
    ends: frozenset[int] = frozenset()
    lead: str = ""
    none: str = ""
    sheet: str = ""


@dataclass(frozen=True, kw_only=True)
class Report:
    """A document of tables: its title, what it is about, wide or upright."""

    title: str
    tables: Sequence[Table]
    wide: bool = False
    about: str = ""


@dataclass(frozen=True, kw_only=True)
class Mark:
    """What tells one document from another: its number, when it was made, where it lies."""

    number: str
    made_at: datetime
    address: str


def documents(reports: Sequence[Report], event: Event, mark: Mark) -> list[bytes]:
    """Return reports as PDFs, set one after another; raises `Refused` where none can be made."""
    lang = i18n.current()
    told = [(_data(one, event, mark), one.title, lang) for one in reports]
    return pdf.render_many("report", told)


def _data(report: Report, event: Event, mark: Mark) -> dict[str, Any]:
    zone = event.timezone
    return {
        "wide": report.wide,
        "signs": papers.signs(event),
        "code": qr.strokes(mark.address),
        "address": mark.address,
        "words": {
            "event": i18n.local(event.title),
            "about": report.about,
            "funding": papers.funding(event),
            "project": papers.project_line(event),
            "document": mark.number,
            "made": i18n.when_short(mark.made_at, zone),
            "page": _("page"),
        },
        "parts": [_told(table, zone) for table in report.tables],
    }


def _told(table: Table, zone: str) -> dict[str, Any]:
    return {
        "title": table.title,
        "lead": table.lead,
        "none": table.none,
        "head": list(table.head),
        "rows": [[shown(cell, zone) for cell in row] for row in table.rows],
        "widths": list(table.widths),
        "ends": [place in table.ends for place in range(len(table.head))],
    }


def shown(cell: Any, zone: str | None = None) -> str:
    """Return what stands in a cell, as the reader's language writes it."""
    if cell is None:
        return "–"
    if isinstance(cell, datetime):
        return i18n.when_short(cell, zone)
    if isinstance(cell, date):
        return i18n.date_short(cell)
    if isinstance(cell, int | float):
        return i18n.number(cell)
    return str(cell)


def sheets(report: Report, zone: str) -> list[tuple[str, Sequence[str], Sequence[Sequence[Any]]]]:
    """Return the tables of a report as sheets of a spreadsheet; times are those of the clocks."""
    return [
        (table.sheet or table.title, table.head, [_plain(row, zone) for row in table.rows])
        for table in report.tables
    ]


def _plain(row: Sequence[Any], zone: str) -> list[Any]:
    return [
        i18n.local_time(cell, zone).replace(tzinfo=None) if isinstance(cell, datetime) else cell
        for cell in row
    ]
