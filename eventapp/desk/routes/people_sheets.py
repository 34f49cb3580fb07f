"""People as a spreadsheet: what the list shows taken away, and a table of people put in."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import Response, flash, g, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as Answer

from eventapp.desk.routes import carrying
from eventapp.desk.routes.carrying import Importing
from eventapp.desk.routes.frame import bp
from eventapp.desk.routes.people import listing
from eventapp.desk.routes.words import source_name, state_name
from eventapp.events import queries as frame
from eventapp.events.access import Permission
from eventapp.kernel import boundary, clock, i18n, text
from eventapp.kernel.guard import requires
from eventapp.kernel.pages import flash_undoable, see_other
from eventapp.kernel.tables import Table
from eventapp.registrations import commands as registrations
from eventapp.registrations import queries as people
from eventapp.registrations.models import ConsentKind, Source, State
from eventapp.registrations.rules import enquiry, sheets, shown_number
from eventapp.registrations.rules.many import Telling
from eventapp.registrations.rules.sheets import Column, Reading


def column_names() -> dict[Column, str]:
    """Return what the columns are called in the reader's language."""
    return {
        Column.NUMBER: _("Reference number"),
        Column.TITLE: _("Title before the name"),
        Column.FIRST_NAME: _("First name"),
        Column.LAST_NAME: _("Last name"),
        Column.NAME: _("First and last name"),
        Column.EMAIL: _("E-mail"),
        Column.PHONE: _("Phone"),
        Column.CATEGORY: _("Category"),
        Column.ORGANISATION: _("Organisation"),
        Column.NIP: _("NIP"),
        Column.JOB: _("Position"),
        Column.POSTCODE: _("Postcode"),
        Column.GMINA: _("Commune"),
        Column.DIET: _("Diet"),
        Column.NEEDS: _("Special needs"),
        Column.STATE: _("State"),
        Column.RECEIVED: _("Received on"),
        Column.CLAUSE: _("Information clause"),
        Column.PHOTO: _("Photo consent"),
        Column.NEWSLETTER: _("Newsletter"),
        Column.LANGUAGE: _("Language of letters"),
    }


# --- taking it away ---------------------------------------------------------------------------

SOURCE, REGISTERED, DECISION = "source", "registered", "decision"


@bp.get("/<slug:event>/desk/people/export")
@requires(Permission.SEE_PEOPLE)
def export_people(event: str) -> Response:
    """Give whom the list shows as a spreadsheet, which may come back edited."""
    boundary.keep_private()
    asked = listing(request.args)
    rows = people.told(g.event.id, asked.narrowed, order=asked.order, descending=asked.descending)
    chosen = _columns(request.args.getlist("column"))
    readers = _readers()
    reads = [readers[name] for name in chosen]
    names = _all_names()
    return carrying.given(
        f"{event}-people",
        _("People"),
        [names[name] for name in chosen],
        ([read(row) for read in reads] for row in rows),
    )


def _all_names() -> dict[str, str]:
    """Return all columns of an export in their order, with their names."""
    names = {key.value: name for key, name in column_names().items() if key is not Column.NAME}
    return {**names, SOURCE: _("Source"), REGISTERED: _("Registered"),
            DECISION: _("Decided, not announced")}  # fmt: skip


def _columns(asked: Sequence[str]) -> Sequence[str]:
    """Return the columns that the reader asks for; all of them unless any is named."""
    every = list(_all_names())
    return [name for name in every if name in asked] or every


def _readers() -> Mapping[str, Callable[[Any], Any]]:
    """Return what reads each column of a row; what rows share is looked up once."""
    zone = i18n.zone_of()
    categories = {row.code: i18n.local(row.name) for row in frame.categories(g.event.id)}
    answers = people.answered_consents(g.event.id)
    decided = people.open_states(g.event.id)
    yes, no = _("yes"), _("no")

    def answered(row: Any, kind: ConsentKind) -> str | None:
        given = answers.get(row.id, {}).get(kind)
        return None if given is None else yes if given[0] else no

    def wall(at: datetime) -> datetime:
        return at.astimezone(zone).replace(tzinfo=None, microsecond=0)

    states = {state: state_name(state) for state in State}
    sources = {source: source_name(source) for source in Source}
    return {
        Column.NUMBER: lambda row: shown_number(row.number),
        Column.TITLE: lambda row: row.title,
        Column.FIRST_NAME: lambda row: row.first_name,
        Column.LAST_NAME: lambda row: row.last_name,
        Column.EMAIL: lambda row: row.email,
        Column.PHONE: lambda row: text.shown_phone(row.phone) if row.phone else "",
        Column.CATEGORY: lambda row: categories.get(row.category, row.category),
        Column.ORGANISATION: lambda row: row.organisation,
        Column.NIP: lambda row: row.nip,
        Column.JOB: lambda row: row.job,
        Column.POSTCODE: lambda row: row.postcode,
        Column.GMINA: lambda row: row.gmina,
        Column.DIET: lambda row: row.diet,
        Column.NEEDS: lambda row: "; ".join(row.needs),
        Column.STATE: lambda row: states[row.state],
        Column.RECEIVED: lambda row: row.received_on,
        Column.CLAUSE: lambda row: answered(row, ConsentKind.INFORMATION_CLAUSE),
        Column.PHOTO: lambda row: answered(row, ConsentKind.PHOTO),
        Column.NEWSLETTER: lambda row: answered(row, ConsentKind.NEWSLETTER),
        Column.LANGUAGE: lambda row: row.locale,
        SOURCE: lambda row: sources[row.source],
        REGISTERED: lambda row: wall(row.registered_at),
        DECISION: lambda row: states[decided[row.id]] if row.id in decided else None,
    }


# --- putting it in ----------------------------------------------------------------------------


@bp.get("/<slug:event>/desk/people/import")
@requires(Permission.MANAGE_PEOPLE)
def people_page(event: str) -> str:
    """Ask for a spreadsheet of people."""
    return _importing().ask()


@bp.post("/<slug:event>/desk/people/import")
@boundary.accepts_upload(carrying.MOST_BODY)
@requires(Permission.MANAGE_PEOPLE)
def read_people(event: str) -> str:
    """Show what a spreadsheet says of people, and what is wrong with it; nothing changes yet."""
    return _importing().preview()


@bp.post("/<slug:event>/desk/people/import/run")
@boundary.accepts_upload(carrying.MOST_BODY)
@requires(Permission.MANAGE_PEOPLE)
def run_people(event: str) -> Answer | str:
    """Take over all lines of a spreadsheet of people, or none of them."""
    return _importing().run(_take_over)


def _importing() -> Importing[Column, Reading]:
    return Importing(columns=Column, guess=sheets.guess, read=_reading, page=_page)


def _take_over(reading: Reading) -> Answer:
    telling = Telling.NOW if request.form.get("letters") else Telling.LATER
    done = registrations.import_people(g.event.id, reading.lines, clock.now(), telling=telling)
    if done.fact_id is None:
        flash(_("All this is known already."), "info")
        return see_other(".people", event=g.event.slug)
    flash_undoable(_told(done), done.fact_id)
    return see_other(".people", event=g.event.slug, **{"import": done.import_id})


def _told(done: registrations.Imported) -> str:
    parts = [
        (done.added, lambda n: ngettext("%(num)d new person", "%(num)d new people", n)),
        (done.changed, lambda n: ngettext("%(num)d changed person", "%(num)d changed people", n)),
    ]
    listed = ", ".join(say(count) for count, say in parts if count)
    return _("In the list of people from the table: %(what)s.", what=listed)


def _reading(table: Table, columns: Mapping[Column, int]) -> Reading:
    return sheets.read(
        table,
        columns,
        people.frame_of_sheets(g.event.id, _diets(), i18n.day_of(clock.now())),
    )


def _diets() -> dict[str, str]:
    """Return the caterer's words for diets by what they are called in any of our languages."""
    found: dict[str, str] = {}
    for one in enquiry.choices_of(people.form_of(g.event.id), "diet"):
        found |= {text.search_key(one[name]): one["code"] for name in ("pl", "en", "code")}
    return found


def _page(
    table: Table | None,
    columns: Mapping[Column, int],
    reading: Reading | None,
    error: str | None,
) -> str:
    boundary.keep_private()
    lines = reading.lines if reading is not None else ()
    new = [line for line in lines if line.registration_id is None]
    return render_template(
        "desk/import_people.html",
        error=error,
        new=new,
        changed=[line for line in lines if line.registration_id is not None and line.changed],
        same=sum(line.registration_id is not None and not line.changed for line in lines),
        namesakes=sum(line.namesake for line in new),
        mailboxes=sum(bool(line.values.get("email")) for line in new),
        said=_said_of_values(),
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
        "phone": _("phone"),
        "category": _("category"),
        "organisation": _("organisation"),
        "job": _("position"),
        "postcode": _("postcode"),
        "gmina": _("commune"),
        "diet": _("diet"),
        "needs": _("needs"),
        "locale": _("language of letters"),
    }
