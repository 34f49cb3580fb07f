"""What the page for the media says, and the files on it."""

from typing import BinaryIO, cast

from flask import flash, g, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from eventapp.events.access import Permission
from eventapp.kernel import boundary, clock
from eventapp.kernel.guard import requires
from eventapp.kernel.pages import (
    flash_refusal,
    flash_undoable,
    flash_with_undo,
    see_other,
    sentence,
)
from eventapp.kernel.problems import fault_sentence
from eventapp.kernel.refusal import N_, Refused
from eventapp.kernel.text import BadText
from eventapp.kernel.uploads import Upload, check_upload
from eventapp.press import commands, queries, rules
from eventapp.press.forms import EditPress, KeepFile
from eventapp.press.models import PressFile
from eventapp.press.routes.frame import bp, own_file
from eventapp.press.rules import PressRefusal

# The form around the file takes some room too.
MOST_BODY = rules.MOST_FILE + 1_000_000


@bp.get("/<slug:event>/desk/press")
@requires(Permission.MANAGE_EVENT)
def page(event: str) -> str:
    """Show what the media are told, to be changed."""
    given = EditPress.given(g.event, queries.page(g.event.id))
    return _page(EditPress(formdata=None, **given))


def _page(form: EditPress) -> str:
    boundary.keep_private()
    return render_template("press/page.html", form=form)


@bp.post("/<slug:event>/desk/press")
@requires(Permission.MANAGE_EVENT)
def save_page(event: str) -> Response | str:
    """Replace what the media are told."""
    form = EditPress()
    if not form.validate():
        return _page(form)
    seen = int(form.seen.data) if (form.seen.data or "").isdecimal() else None
    try:
        commands.edit_page(
            g.event.id, clock.now(), shown=form.shown.data, seen=seen, **form.values()
        )
    except Refused as refused:
        flash_refusal(refused)
        return _page(form)
    flash(_("The page for the media is saved."), "ok")
    return see_other(".page", event=event)


# --- the kit ------------------------------------------------------------------------------


@bp.get("/<slug:event>/desk/press/kit")
@requires(Permission.MANAGE_EVENT)
def kit(event: str) -> str:
    """List the files of the kit in their order, and add one."""
    return _kit(KeepFile(formdata=None))


def _kit(form: KeepFile, fault: str | None = None) -> str:
    boundary.keep_private()
    return render_template(
        "press/kit.html", form=form, fault=fault, files=queries.files(g.event.id)
    )


@bp.post("/<slug:event>/desk/press/kit")
@boundary.accepts_upload(MOST_BODY)
@requires(Permission.MANAGE_EVENT)
def add_file(event: str) -> Response | str:
    """Add a picture or a document to the kit."""
    form = KeepFile()
    try:
        upload = _upload()
    except BadText as error:
        form.validate()
        return _kit(form, fault_sentence(error))
    if not form.validate():
        return _kit(form, _("Please choose the file again."))
    try:
        row = commands.add_file(g.event.id, upload, clock.now(), **form.values())
    except Refused as refused:
        if not _told_beside_words(form, refused):
            return _kit(form, sentence(refused))
        return _kit(form, _("Please choose the file again."))
    flash_with_undo(_("The file is in the kit."), f"press-file:{row.id}")
    return see_other(".kit", event=event)


def _told_beside_words(form: KeepFile, refused: Refused) -> bool:
    """Say beside the fields which words a picture lacks; tell whether that is what was refused."""
    if refused.reason is not PressRefusal.NO_CAPTION:
        return False
    lacking = form.credit if form.caption_pl.data or form.caption_en.data else form.caption_pl
    lacking.errors = [sentence(refused)]
    return True


def _upload() -> Upload:
    """Read and check the file of this request before any transaction opens."""
    file = request.files.get("file")
    if file is None or not file.filename:
        raise BadText("missing", N_("Choose a file."))
    return check_upload(cast(BinaryIO, file.stream), file.filename, most=rules.MOST_FILE)


@bp.get("/<slug:event>/desk/press/kit/<id:file_id>")
@requires(Permission.MANAGE_EVENT)
def kit_file(event: str, file_id: int) -> str:
    """Show what is said about a file, to be changed."""
    row = own_file(file_id)
    return _kit_file(KeepFile(formdata=None, **KeepFile.given(row)), row)


def _kit_file(form: KeepFile, row: PressFile) -> str:
    boundary.keep_private()
    return render_template("press/file.html", form=form, row=row)


@bp.post("/<slug:event>/desk/press/kit/<id:file_id>")
@requires(Permission.MANAGE_EVENT)
def save_file(event: str, file_id: int) -> Response | str:
    """Replace what is said about a file."""
    row, form = own_file(file_id), KeepFile()
    if not form.validate():
        return _kit_file(form, row)
    try:
        commands.edit_file(row.id, clock.now(), **form.values())
    except Refused as refused:
        if not _told_beside_words(form, refused):
            flash_refusal(refused)
        return _kit_file(form, row)
    flash(_("The words about the file are saved."), "ok")
    return see_other(".kit", event=event)


@bp.post("/<slug:event>/desk/press/kit/<id:file_id>/up")
@requires(Permission.MANAGE_EVENT)
def move_up(event: str, file_id: int) -> Response:
    """Let a file stand before the one above it."""
    return _moved(event, commands.move_up(own_file(file_id).id, clock.now()))


@bp.post("/<slug:event>/desk/press/kit/<id:file_id>/down")
@requires(Permission.MANAGE_EVENT)
def move_down(event: str, file_id: int) -> Response:
    """Let a file stand after the one below it."""
    return _moved(event, commands.move_down(own_file(file_id).id, clock.now()))


def _moved(event: str, fact_id: int | None) -> Response:
    if fact_id is not None:
        flash_undoable(_("The order is changed."), fact_id)
    return see_other(".kit", event=event)


@bp.post("/<slug:event>/desk/press/kit/<id:file_id>/removal")
@requires(Permission.MANAGE_EVENT)
def remove_file(event: str, file_id: int) -> Response:
    """Take a file from the kit."""
    row = own_file(file_id)
    commands.remove_file(row.id, clock.now())
    flash_with_undo(_("The file is out of the kit."), f"press-file:{row.id}")
    return see_other(".kit", event=event)
