"""Lists to sign: printing them, bringing them back, and settling what they say otherwise."""

from collections.abc import Sequence
from typing import Any, BinaryIO, cast

from flask import Response as FlaskResponse
from flask import abort, flash, g, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from eventapp.attendance import commands, papers, queries
from eventapp.attendance.forms import Settle
from eventapp.attendance.models import AttendanceList, Change, ListRow
from eventapp.attendance.queries.lists import differences, settled
from eventapp.attendance.routes.frame import bp, own_session
from eventapp.attendance.rules import Difference, ListRefusal
from eventapp.attendance.rules import lists as rules
from eventapp.events import queries as frame
from eventapp.events.access import Permission
from eventapp.kernel import boundary, clock, i18n, limits, pdf, qr, uploads
from eventapp.kernel.guard import requires
from eventapp.kernel.pages import flash_refusal, see_other, sentence
from eventapp.kernel.refusal import Refused
from eventapp.kernel.text import BadText
from eventapp.kernel.uploads import Upload
from eventapp.programme import queries as programme
from eventapp.programme.models import SessionState

MOST_BODY = 2 * uploads.MOST_BYTES
MOST_FOUND = 10


@bp.get("/<slug:event>/desk/lists")
@requires(Permission.SEE_PEOPLE)
def lists(event: str) -> str:
    """Show every list with how far it has come, and what is owed."""
    boundary.keep_private()
    rows = queries.attendance_lists(g.event.id)
    now = clock.now()
    listed = {one.sheet.session_id for one in rows}
    sessions = [
        one for one in programme.programme(g.event.id) if one.state is SessionState.SCHEDULED
    ]
    return render_template(
        "attendance/lists.html",
        rows=rows,
        owed=[one for one in rows if one.state != "reconciled" and one.sheet.session.ends_at < now],
        without=[one for one in sessions if one.id not in listed],
        days=frame.days(g.event.id),
    )


@bp.post("/<slug:event>/desk/lists/sessions/<id:session_id>")
@requires(Permission.MANAGE_PEOPLE)
def print_list(event: str, session_id: int) -> Response:
    """Make a list of a session, numbered, with its people as they are now."""
    row = own_session(session_id)
    try:
        sheet = commands.print_list(row.id, clock.now())
    except Refused as refused:
        flash_refusal(refused)
        return see_other(".session", event=event, session_id=session_id)
    return see_other(".paper", event=event, list_id=sheet.id)


@bp.post("/<slug:event>/desk/lists/days/<id:day_id>")
@requires(Permission.MANAGE_PEOPLE)
def print_day(event: str, day_id: int) -> Response:
    """Make a list of each session of a day that has none yet."""
    day = next((one for one in frame.days(g.event.id) if one.id == day_id), None)
    if day is None:
        abort(404)
    listed = {one.sheet.session_id for one in queries.attendance_lists(g.event.id)}
    made = 0
    for session in programme.programme(g.event.id):
        wanted = session.day_id == day_id and session.id not in listed
        if not wanted or session.state is not SessionState.SCHEDULED:
            continue
        try:
            commands.print_list(session.id, clock.now())
        except Refused as refused:
            if refused.reason is not ListRefusal.NOBODY:
                raise
        else:
            made += 1
    said = ngettext("%(num)d list is ready.", "%(num)d lists are ready.", made)
    flash(said if made else _("Every session of the day has its list."), "ok")
    return see_other(".lists", event=event)


# --- paper --------------------------------------------------------------------------------


@bp.get("/<slug:event>/desk/lists/<id:list_id>/paper")
@requires(Permission.SEE_PEOPLE)
def paper(event: str, list_id: int) -> str:
    """Show one list as it is printed and signed."""
    return _papers([_own(list_id)])


@bp.get("/<slug:event>/desk/lists/paper")
@requires(Permission.SEE_PEOPLE)
def all_papers(event: str) -> str:
    """Show all lists of a day, or of the event, as they are printed and signed."""
    return _papers(_asked())


def _asked() -> list[AttendanceList]:
    day_id = boundary.read_id(request.args.get("day"))
    return [
        one.sheet
        for one in queries.attendance_lists(g.event.id)
        if day_id is None or one.sheet.session.day_id == day_id
    ]


def _papers(sheets: Sequence[AttendanceList]) -> str:
    boundary.keep_private()
    return render_template(
        "attendance/paper.html",
        sheets=[
            {
                "sheet": sheet,
                "blocks": papers.blocks(sheet),
                "pages": _pages(sheet),
                "code": qr.of_page(
                    "attendance.reconciliation", event=g.event.slug, list_id=sheet.id
                ),
                "starts_at": i18n.parsed(sheet.heading["starts_at"]),
                "ends_at": i18n.parsed(sheet.heading["ends_at"]),
            }
            for sheet in sheets
        ],
        back={"text": _("Lists to sign"), "url": url_for(".lists", event=g.event.slug)},
    )


@bp.get("/<slug:event>/desk/lists/<id:list_id>/pdf")
@requires(Permission.SEE_PEOPLE)
def paper_pdf(event: str, list_id: int) -> Response | FlaskResponse:
    """Give one list as a PDF."""
    sheet = _own(list_id)
    return _pdf([sheet], f"lista-{sheet.number}", see_other(".paper", event=event, list_id=list_id))


@bp.get("/<slug:event>/desk/lists/pdf")
@requires(Permission.SEE_PEOPLE)
def all_papers_pdf(event: str) -> Response | FlaskResponse:
    """Give all lists of a day, or of the event, as one PDF."""
    return _pdf(_asked(), f"listy-{g.event.slug}", see_other(".lists", event=event))


def _pdf(
    sheets: Sequence[AttendanceList], name: str, otherwise: Response
) -> Response | FlaskResponse:
    if not sheets:
        flash(_("There is no list to print yet."), "warn")
        return otherwise
    try:
        content = papers.signed_lists([papers.printed(sheet) for sheet in sheets], g.event)
    except Refused as refused:
        flash_refusal(refused)
        return otherwise
    return uploads.as_attachment(content, f"{name}.pdf", pdf.MEDIA_TYPE)


# --- reconciliation -----------------------------------------------------------------------


@bp.get("/<slug:event>/desk/lists/<id:list_id>")
@requires(Permission.SEE_PEOPLE)
def reconciliation(event: str, list_id: int) -> str:
    """Show what came back of a list, and what it says otherwise than the door."""
    return _page(_own(list_id), Settle(formdata=None))


def _page(sheet: AttendanceList, form: Settle, fault: str | None = None) -> str:
    boundary.keep_private()
    rows = queries.list_rows(sheet.id)
    present = queries.in_session(sheet.session)
    left = differences(sheet, rows, present)
    scans = queries.scans_of(sheet.id)
    unlisted = rules.missing(rows, present)
    return render_template(
        "attendance/reconciliation.html",
        sheet=sheet,
        session=sheet.session,
        state=rules.state(sheet, len(scans)),
        rows=rows,
        scans=scans,
        present=present,
        left=[
            (kind, [row for row, found in left if found is kind])
            for kind in Difference
            if any(found is kind for _row, found in left)
        ],
        settled=settled(sheet.id),
        unlisted=queries.people_of(unlisted),
        asked=request.args.get("q", "")[:200],
        found=_found(sheet, request.args.get("q", "")[:200]),
        form=form,
        fault=fault,
        begun=sheet.session.starts_at <= clock.now(),
    )


def _found(sheet: AttendanceList, asked: str) -> Sequence[Any]:
    """List who is not on the list and is called as one asked, for a name written by hand."""
    return queries.not_on_list(sheet, asked, MOST_FOUND) if asked.strip() else []


def _pages(sheet: AttendanceList) -> list[list[ListRow | None]]:
    """Return the rows of a sheet as they are printed, page by page."""
    printed = [row for row in queries.list_rows(sheet.id) if row.printed]
    return rules.pages(printed, sheet.heading.get("empty", rules.EMPTY_ROWS))


def _own(list_id: int) -> AttendanceList:
    row = queries.attendance_list(list_id)
    if row is None or row.event_id != g.event.id:
        abort(404)
    return row


@bp.post("/<slug:event>/desk/lists/<id:list_id>/scans")
@boundary.accepts_upload(MOST_BODY)
@requires(Permission.MANAGE_PEOPLE)
def attach(event: str, list_id: int) -> Response | str:
    """Attach a scan or photograph of the signed list."""
    sheet = _own(list_id)
    limits.hit("uploads", limits.address())
    upload, fault = _sent()
    if upload is None:
        return _page(sheet, Settle(formdata=None), fault or _("Choose a file."))
    try:
        commands.attach_scan(sheet.id, upload, clock.now())
    except Refused as refused:
        flash_refusal(refused)
    else:
        flash(_("%(name)s is there.", name=upload.name), "ok")
    return see_other(".reconciliation", event=event, list_id=list_id)


def _sent() -> tuple[Upload | None, str | None]:
    file = request.files.get("file")
    if file is None or not file.filename:
        return None, None
    try:
        return uploads.check_upload(cast(BinaryIO, file.stream), file.filename), None
    except BadText as error:
        return None, _(error.sentence, **error.details)


@bp.get("/<slug:event>/desk/lists/scans/<id:signed_id>")
@requires(Permission.SEE_PEOPLE)
def signed_scan(event: str, signed_id: int) -> FlaskResponse:
    """Give the scan of a signed list as a download."""
    row = queries.signed_scan(signed_id)
    if row is None or queries.event_of_list(row.list_id) != g.event.id:
        abort(404)
    return uploads.as_attachment(queries.scan_file(row.id), row.file_name, row.media_type)


@bp.post("/<slug:event>/desk/lists/<id:list_id>/signatures")
@requires(Permission.MANAGE_PEOPLE)
def note_signatures(event: str, list_id: int) -> Response:
    """Note who signed."""
    sheet = _own(list_id)
    ticked = [boundary.read_id(one) for one in request.form.getlist("signed")]
    signed = [one for one in ticked if one is not None]
    try:
        commands.note_signatures(sheet.id, signed, clock.now())
    except Refused as refused:
        flash_refusal(refused)
    else:
        flash(
            ngettext("%(num)d signature is noted.", "%(num)d signatures are noted.", len(signed)),
            "ok",
        )
    return see_other(".reconciliation", event=event, list_id=list_id)


@bp.post("/<slug:event>/desk/lists/<id:list_id>/rows/<id:registration_id>")
@requires(Permission.MANAGE_PEOPLE)
def add_row(event: str, list_id: int, registration_id: int) -> Response:
    """Add somebody who wrote their own name on the list."""
    sheet = _own(list_id)
    try:
        row = commands.add_row(sheet.id, registration_id, clock.now())
    except Refused as refused:
        if refused.reason is ListRefusal.NO_SUCH_ROW:
            abort(404)
        flash_refusal(refused)
    else:
        flash(_("%(name)s is on the list, signed.", name=row.name), "ok")
    return see_other(".reconciliation", event=event, list_id=list_id)


@bp.post("/<slug:event>/desk/lists/<id:list_id>/settlement")
@requires(Permission.MANAGE_PEOPLE)
def settle(event: str, list_id: int) -> Response | str:
    """Settle the ticked differences, with one reason."""
    sheet = _own(list_id)
    form = Settle()
    ticked = [boundary.read_id(one) for one in request.form.getlist("id")]
    chosen = {one for one in ticked if one is not None}
    if not form.validate():
        return _page(sheet, form)
    open_rows = {
        row.registration_id for row, _kind in differences(sheet, queries.list_rows(sheet.id))
    }
    if not chosen & open_rows:
        return _page(sheet, form, sentence(Refused(ListRefusal.NONE_CHOSEN)))
    change = Change(form.change.data)
    minutes = form.minutes.data if form.minutes.data is not None else sheet.session.support_minutes
    try:
        rows = commands.settle(
            sheet.id, chosen & open_rows, clock.now(), change=change, reason=form.reason.data,
            minutes=minutes if change is Change.MINUTES else None,
        )  # fmt: skip
    except Refused as refused:
        flash_refusal(refused)
        return _page(_own(list_id), form)
    said = ngettext("%(num)d difference is settled.", "%(num)d differences are settled.", len(rows))
    flash(said, "ok")
    return see_other(".reconciliation", event=event, list_id=list_id)


@bp.post("/<slug:event>/desk/lists/<id:list_id>/reconciled")
@requires(Permission.MANAGE_PEOPLE)
def reconcile(event: str, list_id: int) -> Response:
    """Close a list in which nothing is left to settle."""
    sheet = _own(list_id)
    try:
        commands.reconcile(sheet.id, clock.now())
    except Refused as refused:
        flash_refusal(refused)
    else:
        flash(_("The list is reconciled."), "ok")
    return see_other(".reconciliation", event=event, list_id=list_id)
