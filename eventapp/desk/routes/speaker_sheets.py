"""Speakers as a spreadsheet: taken away, edited elsewhere, put in again."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import Response, flash, g, render_template
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as Answer

from eventapp.desk.routes import carrying
from eventapp.desk.routes.carrying import Importing
from eventapp.desk.routes.frame import bp
from eventapp.events.access import Permission
from eventapp.kernel import boundary, clock, i18n
from eventapp.kernel.guard import requires
from eventapp.kernel.pages import see_other
from eventapp.kernel.tables import Table
from eventapp.programme import commands
from eventapp.programme import queries as programme
from eventapp.programme.rules import speaker_sheets as sheets
from eventapp.programme.rules.speaker_sheets import Column, Known, Reading


def column_names() -> dict[Column, str]:
    """Return what the columns are called in the reader's language."""
    return {
        Column.ID: _("speaker number"),
        Column.TITLE: _("Title before the name"),
        Column.FIRST_NAME: _("First name"),
        Column.LAST_NAME: _("Last name"),
        Column.NAME: _("First and last name"),
        Column.EMAIL: _("E-mail"),
        Column.BIO_PL: _("A few words in Polish"),
        Column.BIO_EN: _("A few words in English"),
        Column.COMES: _("Can come from"),
        Column.GOES: _("Has to go at"),
        Column.LANGUAGE: _("Language of letters"),
    }


# --- taking it away ---------------------------------------------------------------------------


@bp.get("/<slug:event>/desk/speakers/export")
@requires(Permission.EDIT_PROGRAMME)
def export_speakers(event: str) -> Response:
    """Give the speakers as a spreadsheet, which may come back edited."""
    boundary.keep_private()
    names = {key: name for key, name in column_names().items() if key is not Column.NAME}
    rows = [
        [cells.get(column) for column in names]
        for cells in map(_cells, programme.known_speakers(g.event.id))
    ]
    return carrying.given(f"{event}-speakers", _("Speakers"), list(names.values()), rows)


def _cells(one: Known) -> Mapping[Column, Any]:
    comes_at, goes_at = map(_wall, one.span or (None, None))
    return {
        Column.ID: one.id,
        Column.TITLE: one.title,
        Column.FIRST_NAME: one.first_name,
        Column.LAST_NAME: one.last_name,
        Column.EMAIL: one.email,
        Column.BIO_PL: one.bio.get("pl"),
        Column.BIO_EN: one.bio.get("en"),
        Column.COMES: comes_at,
        Column.GOES: goes_at,
        Column.LANGUAGE: one.locale,
    }


def _wall(at: datetime | None) -> datetime | None:
    return i18n.local_time(at).replace(tzinfo=None) if at is not None else None


# --- putting it in ----------------------------------------------------------------------------


@bp.get("/<slug:event>/desk/speakers/import")
@requires(Permission.EDIT_PROGRAMME)
def speakers_page(event: str) -> str:
    """Ask for a spreadsheet of speakers."""
    return _importing().ask()


@bp.post("/<slug:event>/desk/speakers/import")
@boundary.accepts_upload(carrying.MOST_BODY)
@requires(Permission.EDIT_PROGRAMME)
def read_speakers(event: str) -> str:
    """Show what a spreadsheet says of speakers, and what is wrong with it; nothing changes yet."""
    return _importing().preview()


@bp.post("/<slug:event>/desk/speakers/import/run")
@boundary.accepts_upload(carrying.MOST_BODY)
@requires(Permission.EDIT_PROGRAMME)
def run_speakers(event: str) -> Answer | str:
    """Take over all lines of a spreadsheet of speakers, or none of them."""
    return _importing().run(_take_over)


def _importing() -> Importing[Column, Reading]:
    return Importing(columns=Column, guess=sheets.guess, read=_reading, page=_page)


def _take_over(reading: Reading) -> Answer:
    done = commands.import_speakers(g.event.id, clock.now(), reading.lines)
    flash(_told(done), "ok" if done.added or done.changed else "info")
    return see_other("programme.speakers", event=g.event.slug)


def _told(done: commands.ImportedSpeakers) -> str:
    if not (done.added or done.changed):
        return _("All this is known already.")
    parts = [
        (done.added, lambda n: ngettext("%(num)d new person", "%(num)d new people", n)),
        (done.changed, lambda n: ngettext("%(num)d changed person", "%(num)d changed people", n)),
    ]
    listed = ", ".join(say(count) for count, say in parts if count)
    return _("Among the speakers from the table: %(what)s.", what=listed)


def _reading(table: Table, columns: Mapping[Column, int]) -> Reading:
    return sheets.read(table, columns, programme.known_speakers(g.event.id), g.event.timezone)


def _page(
    table: Table | None,
    columns: Mapping[Column, int],
    reading: Reading | None,
    error: str | None,
) -> str:
    boundary.keep_private()
    lines = reading.lines if reading is not None else ()
    return render_template(
        "desk/import_speakers.html",
        error=error,
        lines=lines,
        said=_said_of_values(),
        added=sum(line.speaker_id is None for line in lines),
        changed=sum(line.speaker_id is not None and bool(line.changed) for line in lines),
        **carrying.shown(
            table, column_names(), columns, reading.faults if reading is not None else ()
        ),
    )


def _said_of_values() -> Mapping[str, str]:
    """Return what the preview calls the values that a line changes."""
    return {
        "title": _("title"),
        "first_name": _("first name"),
        "last_name": _("last name"),
        "email": _("e-mail"),
        "bio": _("a few words"),
        "span": _("when the person can come"),
        "locale": _("language of letters"),
    }
