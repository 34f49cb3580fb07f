"""The programme as a spreadsheet: taken away, edited elsewhere, put into the draft."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import Response, abort, flash, g, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext, pgettext
from werkzeug.wrappers import Response as Answer

from eventapp.desk.routes import carrying
from eventapp.desk.routes.carrying import Importing
from eventapp.desk.routes.frame import bp
from eventapp.desk.routes.words import kind_name
from eventapp.events import queries as frame
from eventapp.events.access import Permission
from eventapp.kernel import boundary, clock, i18n, text
from eventapp.kernel.guard import requires
from eventapp.kernel.pages import flash_refusal, flash_undoable, see_other
from eventapp.kernel.refusal import Refused
from eventapp.kernel.tables import Table
from eventapp.programme import commands
from eventapp.programme import queries as programme
from eventapp.programme.models import Kind, SignUpRule
from eventapp.programme.queries import Drafted, DraftedBreak
from eventapp.programme.rules import sheets, topics
from eventapp.programme.rules.planned import planned
from eventapp.programme.rules.sheets import Column, Frame, Line, Reading


def column_names() -> dict[Column, str]:
    """Return what the columns are called in the reader's language."""
    return {
        Column.ID: _("session number"),
        Column.DATE: _("Date"),
        Column.START: _("from"),
        Column.END: _("to"),
        Column.MINUTES: _("Minutes it takes"),
        Column.TITLE_PL: _("Title in Polish"),
        Column.TITLE_EN: _("Title in English"),
        Column.KIND: _("Kind"),
        Column.ROOM: _("Room"),
        Column.SPEAKERS: _("Led by"),
        Column.PLACES: _("Places"),
        Column.SIGN_UP: _("Sign-up"),
        Column.WAITING_LIST: _("Waiting list"),
        Column.ABSTRACT_PL: _("Description in Polish"),
        Column.ABSTRACT_EN: _("Description in English"),
        Column.LANGUAGE: _("Language"),
        Column.CERTIFICATE: _("Counts for the certificate"),
        Column.TOPICS: _("Topics"),
    }


# --- taking it away ---------------------------------------------------------------------------


@bp.get("/<slug:event>/desk/plan/export")
@requires(Permission.EDIT_PROGRAMME)
def export(event: str) -> Response:
    """Give the draft as a spreadsheet, which may come back edited."""
    boundary.keep_private()
    names = {key: name for key, name in column_names().items() if key is not Column.MINUTES}
    rows = [[cells.get(column) for column in names] for cells in _cells()]
    return carrying.given(f"{event}-program", _("Programme"), list(names.values()), rows)


def _cells() -> list[Mapping[Column, Any]]:
    """Return the lines of an export in time order, sessions and breaks."""
    bench = programme.workbench(g.event.id)
    dated: list[tuple[datetime, Mapping[Column, Any]]] = [
        (row.session.starts_at, _session_cells(row))
        for row in programme.draft_of(bench)
        if row.session.is_held
    ]
    dated += [
        (row.pause.starts_at, _break_cells(row))
        for row in programme.pauses_of(bench)
        if row.pause.is_held
    ]
    return [cells for _at, cells in sorted(dated, key=lambda pair: pair[0])]


def _when(starts_at: datetime, ends_at: datetime) -> dict[Column, Any]:
    begin, end = i18n.local_time(starts_at), i18n.local_time(ends_at)
    whole = begin.date() != end.date()
    return {
        Column.DATE: begin.date(),
        Column.START: begin.time().replace(tzinfo=None),
        Column.END: end.replace(tzinfo=None) if whole else end.time(),
    }


def _session_cells(row: Drafted) -> Mapping[Column, Any]:
    one = row.session
    sign_ups = {
        "none": pgettext("sign-up", "none"),
        "optional": pgettext("sign-up", "optional"),
        "required": pgettext("sign-up", "required"),
    }
    return {
        Column.ID: one.id,
        **_when(one.starts_at, one.ends_at),
        Column.TITLE_PL: one.title.get("pl"),
        Column.TITLE_EN: one.title.get("en"),
        Column.KIND: kind_name(one.kind),
        Column.ROOM: i18n.local(row.room) if row.room else None,
        Column.SPEAKERS: "; ".join(row.speakers),
        Column.PLACES: one.capacity,
        Column.SIGN_UP: sign_ups[one.sign_up],
        Column.WAITING_LIST: _yes_or_no(one.waiting_list),
        Column.ABSTRACT_PL: one.abstract.get("pl"),
        Column.ABSTRACT_EN: one.abstract.get("en"),
        Column.LANGUAGE: one.language,
        Column.CERTIFICATE: _yes_or_no(one.counts_for_certificate),
        Column.TOPICS: topics.line_of(one.topics),
    }


def _break_cells(row: DraftedBreak) -> Mapping[Column, Any]:
    one = row.pause
    return {
        **_when(one.starts_at, one.ends_at),
        Column.TITLE_PL: one.title.get("pl"),
        Column.TITLE_EN: one.title.get("en"),
        Column.KIND: kind_name(Kind.BREAK),
        Column.ROOM: i18n.local(row.room) if row.room else None,
    }


def _yes_or_no(value: bool) -> str:  # noqa: FBT001 - a value to show
    return _("yes") if value else _("no")


# --- putting it in ----------------------------------------------------------------------------


@bp.get("/<slug:event>/desk/plan/import")
@requires(Permission.EDIT_PROGRAMME)
def import_page(event: str) -> str:
    """Ask for a spreadsheet."""
    return _importing().ask()


@bp.post("/<slug:event>/desk/plan/import")
@boundary.accepts_upload(carrying.MOST_BODY)
@requires(Permission.EDIT_PROGRAMME)
def read_sheet(event: str) -> str:
    """Show what a spreadsheet says, and what is wrong with it; nothing changes yet."""
    return _importing().preview()


@bp.post("/<slug:event>/desk/plan/import/run")
@boundary.accepts_upload(carrying.MOST_BODY)
@requires(Permission.EDIT_PROGRAMME)
def run_import(event: str) -> Answer | str:
    """Put all lines of a spreadsheet into the draft, or none of them."""
    return _importing().run(_take_over)


def _importing() -> Importing[Column, Reading]:
    return Importing(columns=Column, guess=sheets.guess, read=_reading, page=_page)


def _take_over(reading: Reading) -> Answer:
    done = commands.import_sheet(
        g.event.id, clock.now(), reading.lines, venue_id=_venue() if reading.new_rooms else None
    )
    if done.fact_id is None:
        flash(_("The plan says all this already."), "info")
    else:
        flash_undoable(_told(done), done.fact_id)
    first = min(line.values.get("starts_at") or clock.now() for line in reading.lines)
    return see_other(".plan", event=g.event.slug, day=i18n.day_of(first).isoformat())


def _told(done: commands.Imported) -> str:
    parts = [
        (done.added, lambda n: ngettext("%(num)d new session", "%(num)d new sessions", n)),
        (
            done.changed,
            lambda n: ngettext("%(num)d changed session", "%(num)d changed sessions", n),
        ),
        (done.pauses, lambda n: ngettext("%(num)d break", "%(num)d breaks", n)),
    ]
    listed = ", ".join(say(count) for count, say in parts if count)
    return _("In the draft from the table: %(what)s.", what=listed)


def _venue() -> int | None:
    """Return the building to which rooms are to be added, if the reader chose one of ours."""
    asked = boundary.read_id(request.form.get("venue"))
    return asked if asked in {venue.id for venue in frame.venues(g.event.id)} else None


def _reading(table: Table, columns: Mapping[Column, int]) -> Reading:
    bench = programme.workbench(g.event.id)
    return sheets.read(
        table,
        columns,
        Frame(
            zone=g.event.timezone,
            days=[day.date for day in frame.days(g.event.id)],
            kinds=_kinds(),
            rooms={
                text.search_key(name): room.id
                for room in bench.rooms
                for name in (*room.name.values(), *((room.ref,) if room.ref else ()))
            },
            speakers={row.person.search_key: row.id for row in bench.people},
            topics={one.key: one.topic for one in programme.topics_of(bench.sessions)},
            known={row.id: planned(row) for row in bench.sessions},
            pauses={
                (row.pause.starts_at, sheets.title_key(row.pause.title))
                for row in programme.pauses_of(bench)
                if row.pause.is_held
            },
            new_rooms=_venue() is not None,
        ),
    )


def _kinds() -> dict[str, str]:
    """Return the codes of kinds by what they are called in any of our languages."""
    found = {kind.value: kind.value for kind in Kind}
    for locale in i18n.LOCALES:
        with i18n.use_locale(locale):
            found |= {text.search_key(kind_name(kind)): kind.value for kind in Kind}
    return found


def _page(
    table: Table | None,
    columns: Mapping[Column, int],
    reading: Reading | None,
    error: str | None,
) -> str:
    boundary.keep_private()
    return render_template(
        "desk/import.html",
        error=error,
        reading=reading,
        counts=_counts(reading.lines) if reading is not None else {},
        venues=frame.venues(g.event.id),
        venue=_venue(),
        **carrying.shown(
            table, column_names(), columns, reading.faults if reading is not None else ()
        ),
    )


def _counts(lines: Sequence[Line]) -> Mapping[str, int]:
    known = {row.id: planned(row) for row in programme.plan(g.event.id)}
    edits = [one for one in lines if one.session_id is not None]
    changed = sum(bool(sheets.changes(one, known[one.session_id or 0])) for one in edits)
    return {
        "added": sum(one.session_id is None and not one.is_break for one in lines),
        "changed": changed,
        "same": len(edits) - changed,
        "pauses": sum(one.is_break for one in lines),
    }


# --- several sessions at once -----------------------------------------------------------------


@bp.post("/<slug:event>/desk/plan/many")
@requires(Permission.EDIT_PROGRAMME)
def edit_many(event: str) -> Answer:
    """Let the draft say the same of all ticked sessions."""
    ids = [number for value in request.form.getlist("id") if (number := boundary.read_id(value))]
    back = {"event": event, "day": request.form.get("day", "")[:10]}
    edit = _asked_of_many()
    if edit is None or not ids:
        flash(_("Tick sessions, and say what shall change."), "warn")
        return see_other(".plan", **back)
    try:
        fact_id = edit(ids)
    except LookupError:
        abort(404)
    except Refused as refused:
        flash_refusal(refused)
        return see_other(".plan", **back)
    if fact_id is None:
        flash(_("The plan says all this already."), "info")
    else:
        count = len(set(ids))
        told = ngettext("%(num)d session of the draft changed.",
                        "%(num)d sessions of the draft changed.", count)  # fmt: skip
        flash_undoable(told, fact_id)
    return see_other(".plan", **back)


Edit = Callable[[Sequence[int]], int | None]


def _asked_of_many() -> Edit | None:
    """Return what shall be done to the ticked sessions; None where that is not said."""
    act, now = request.form.get("act", ""), clock.now()
    if act == "drop":
        return lambda ids: commands.drop_many(g.event.id, ids, now)
    values = _value_of_many(act)
    if values is None:
        return None
    return lambda ids: commands.edit_many(g.event.id, ids, now, **values)


def _value_of_many(act: str) -> Mapping[str, Any] | None:
    value = request.form.get(act, "").strip() if act in MANY else ""
    if act == "later" and re.fullmatch(r"[+-]?\d{1,4}", value, re.ASCII) and int(value):
        return {"later": timedelta(minutes=int(value))}
    if act == "room":
        return {"room_id": boundary.read_id(value)}
    if act == "sign_up" and value in set(SignUpRule):
        return {"sign_up": value}
    if act == "capacity" and re.fullmatch(r"\d{0,5}", value, re.ASCII):
        return {"capacity": int(value) if value else None}
    if act == "topics":
        return _topics_of_many(value)
    return None


def _topics_of_many(line: str) -> Mapping[str, Any] | None:
    about = topics.read(line, programme.known_topics(g.event.id))
    return {"about": about} if about and not topics.exceeds(about) else None


MANY = frozenset({"later", "room", "sign_up", "capacity", "topics"})
