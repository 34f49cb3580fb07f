"""Lists on paper: empty ones to sign, and lists filled in from what is known of presence."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from eventapp.attendance import queries
from eventapp.attendance.models import AttendanceList
from eventapp.attendance.rules import Attended
from eventapp.attendance.rules import lists as rules
from eventapp.checkin.rules import Method
from eventapp.events import papers
from eventapp.events.models import Event
from eventapp.kernel import boundary, i18n, pdf, qr
from eventapp.kernel.refusal import N_
from eventapp.kernel.text import full_name
from eventapp.programme.models import Session
from eventapp.registrations.models import Registration

SOURCES = {
    Method.QR: N_("badge"),
    Method.MANUAL: N_("by hand"),
    Method.PAPER: N_("signed list"),
    Method.TRAINER: N_("trainer"),
    Method.ONLINE: N_("online"),
}


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of a list: who, and what stands in each column after the organisation."""

    name: str
    organisation: str
    replaces: bool = False
    marks: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One list: what stands above it, its columns, its rows; `number` is 0 for an unnumbered one.

    `address` is the page that its code opens. A list with `totals` says them instead of leaving
    places for signatures.
    """

    heading: Mapping[str, Any]
    blocks: Sequence[tuple[datetime, datetime]]
    rows: Sequence[Row]
    address: str
    number: int = 0
    columns: Sequence[str] = ()
    totals: str = ""
    empty: int = field(default=rules.EMPTY_ROWS)


def printed(sheet: AttendanceList) -> Sheet:
    """Return a numbered list as it was printed."""
    return Sheet(
        heading=sheet.heading,
        blocks=blocks(sheet),
        rows=[
            Row(name=row.name, organisation=row.organisation, replaces=row.replaces)
            for row in queries.list_rows(sheet.id)
            if row.printed
        ],
        address=f"{boundary.base_url()}/{_slug(sheet)}/desk/lists/{sheet.id}",
        number=sheet.number,
        empty=sheet.heading.get("empty", rules.EMPTY_ROWS),
    )


def _slug(sheet: AttendanceList) -> str:
    event = queries.event_of(sheet)
    return event.slug


def blocks(sheet: AttendanceList) -> list[tuple[datetime, datetime]]:
    """Return the hours of a list that have a column."""
    return [(i18n.parsed(start), i18n.parsed(end)) for start, end in sheet.blocks]


def blank(session: Session, event: Event) -> Sheet:
    """Return a list of a session to sign that has no number yet."""
    rows = [_row(person) for person in queries.to_print(session)]
    return Sheet(
        heading=queries.heading_of(session),
        blocks=rules.blocks(session.starts_at, session.ends_at),
        rows=rows,
        address=_presence_of(session, event),
        empty=rules.empty_rows(session, len(rows)),
    )


def _presence_of(session: Session, event: Event) -> str:
    return boundary.absolute("attendance.session", event=event.slug, session_id=session.id)


def filled(
    session: Session,
    event: Event,
    people: Collection[Registration],
    present: Mapping[int, Attended],
) -> Sheet:
    """Return a list of who was in a session, hour by hour, with the minutes and how it is known.

    *people* are those on it in their order; who of them is not in *present* was not there.
    """
    hours = rules.blocks(session.starts_at, session.ends_at)
    zone = event.timezone
    rows = [_row(one, _marks(present.get(one.id), hours, zone)) for one in people]
    minutes = sum(one.minutes for one in present.values())
    return Sheet(
        heading=queries.heading_of(session),
        blocks=hours,
        rows=rows,
        address=_presence_of(session, event),
        columns=[_("Minutes attended"), _("Known from")],
        totals=_(
            "People present: %(people)s · person-minutes: %(minutes)s",
            people=i18n.number(len(present)),
            minutes=i18n.number(minutes),
        ),
        empty=0,
    )


def _row(person: Registration, marks: Sequence[str] = ()) -> Row:
    return Row(
        name=full_name(person.title, person.last_name, person.first_name),
        organisation=person.organisation.name if person.organisation is not None else "",
        replaces=person.replaces_id is not None,
        marks=marks,
    )


def _marks(
    found: Attended | None, hours: Sequence[tuple[datetime, datetime]], zone: str
) -> list[str]:
    if found is None:
        return [*("–" for _hour in hours), "0", ""]
    source = _(SOURCES[found.source])
    if found.correction is not None:
        source = _("%(source)s, corrected", source=source)
    here = [_mark(found, start, end, zone) for start, end in hours]
    return [*here, i18n.number(found.minutes), source]


def _mark(found: Attended, start: datetime, end: datetime, zone: str) -> str:
    if found.came_at is None or found.left_at is None:
        return _("credited") if found.minutes else "–"
    if found.came_at >= end or found.left_at <= start:
        return "–"
    came, left = max(found.came_at, start), min(found.left_at, end)
    return i18n.time_range(came, left, zone)


def signed_lists(sheets: Sequence[Sheet], event: Event) -> bytes:
    """Return lists as one PDF; raises `Refused` where none can be made."""
    return pdf.render(
        "attendance",
        {
            "lists": [_in_words(sheet, event) for sheet in sheets],
            "words": _words(event),
            "signs": papers.signs(event),
        },
        title=f"{_('Attendance list')}, {i18n.local(event.title)}",
        lang=i18n.current(),
    )


def _words(event: Event) -> dict[str, str]:
    """Return what stands on every list, in the reader's language."""
    return {
        "list": _("Attendance list"),
        "event": i18n.local(event.title),
        "number": _("No."),
        "name": _("Surname and first name"),
        "organisation": _("Organisation"),
        "substitute": _("substitute"),
        "page": _("page"),
        "signed": _("Number of people who signed:"),
        "trainer": _("Signature of the trainer"),
        "organiser": _("Signature of the organiser"),
        "funding": papers.funding(event),
    }


def _in_words(sheet: Sheet, event: Event) -> dict[str, Any]:
    heading, zone = sheet.heading, event.timezone
    starts_at, ends_at = i18n.parsed(heading["starts_at"]), i18n.parsed(heading["ends_at"])
    place = [i18n.local(heading[part]) for part in ("room", "venue") if heading[part]]
    hours = [i18n.time_range(start, end, zone) for start, end in sheet.blocks]
    return {
        "number": _number(sheet),
        "title": i18n.local(heading["title"]),
        "when": f"{i18n.day_words(starts_at, zone)}, {i18n.time_range(starts_at, ends_at, zone)}",
        "where": ", ".join([*place, *([heading["address"]] if heading["address"] else [])]),
        "led": _("Led by: %(names)s", names=", ".join(heading["speakers"]) or "–"),
        "blocks": [*hours, *sheet.columns],
        "code": qr.strokes(sheet.address),
        "address": sheet.address,
        "totals": sheet.totals,
        "pages": _pages(sheet),
    }


def _number(sheet: Sheet) -> str:
    if sheet.number:
        return _("Attendance list no. %(number)s", number=sheet.number)
    return _("Attendance by the records") if sheet.columns else _("Attendance list")


def _pages(sheet: Sheet) -> list[list[dict[str, Any]]]:
    nothing = Row(name="", organisation="")
    rows = [*sheet.rows, *[nothing] * sheet.empty] or [nothing]
    numbered = [_told(place, row) for place, row in enumerate(rows, start=1)]
    most = rules.ROWS_A_PAGE
    return [numbered[start : start + most] for start in range(0, len(numbered), most)]


def _told(place: int, row: Row) -> dict[str, Any]:
    return {
        "number": str(place),
        "name": row.name,
        "organisation": row.organisation,
        "replaces": row.replaces,
        "marks": list(row.marks),
    }
