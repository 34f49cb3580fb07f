"""Slides and hand-outs of an activity: the same pages for its speakers and for the organiser."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

from flask import Response as FlaskResponse
from flask import abort, flash, g, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from eventapp.events.access import Permission
from eventapp.kernel import boundary, clock, i18n, limits, uploads
from eventapp.kernel.guard import public, requires
from eventapp.kernel.pages import flash_refusal, see_other
from eventapp.kernel.refusal import Refused
from eventapp.kernel.text import BadText
from eventapp.kernel.uploads import Upload
from eventapp.programme import commands, queries, rules
from eventapp.programme.forms import AUDIENCES, OPENINGS, KeepMaterial
from eventapp.programme.models import Material
from eventapp.programme.routes.frame import bp
from eventapp.programme.routes.speaking import whose
from eventapp.programme.rules.planned import planned_title

# Twice what a file may have: one that is somewhat too large hears a sentence, not a wall.
MOST_BODY = 2 * uploads.MOST_BYTES


@dataclass(frozen=True)
class Shelf:
    """Where the materials of one activity are kept from: whose page, and the way back.

    `views` is how the names of its views begin, `values` what their addresses name.
    """

    activity_id: int
    title: str
    views: str
    values: Mapping[str, Any]
    back: tuple[str, str]

    def url(self, view: str, material_id: int) -> str:
        """Return the address of what is done to one material."""
        return url_for(f"programme.{self.views}{view}", material_id=material_id, **self.values)

    def home(self) -> Response:
        """Go on with the list."""
        return see_other(f".{self.views}materials", activity_id=self.activity_id, **self.values)


# --- whose shelf ------------------------------------------------------------------------------


def _of_speaker(token: str, activity_id: int) -> Shelf:
    """Return a speaker's shelf; only what one leads by the published programme."""
    led = queries.activities_of(whose(token).id).get(activity_id)
    if led is None:
        abort(404)
    return Shelf(
        activity_id,
        i18n.local(led.activity.title),
        "speaking_",
        {"token": token},
        (_("My sessions"), url_for("programme.speaking", token=token)),
    )


def _of_event(activity_id: int) -> Shelf:
    """Return the organiser's shelf of anything that the event offers."""
    boundary.keep_private()
    found = queries.activity(activity_id)
    if found is None or found.event_id != g.event.id:
        abort(404)
    return Shelf(
        activity_id,
        i18n.local(planned_title(found)),
        "",
        {"event": g.event.slug},
        (_("Plan"), url_for("desk.plan", event=g.event.slug)),
    )


def _speakers(token: str, material_id: int) -> tuple[Shelf, Material]:
    whose(token)  # says no to a link that opens nothing before it looks for the material
    row = _any(material_id)
    return _of_speaker(token, row.activity_id), row


def _events(material_id: int) -> tuple[Shelf, Material]:
    row = _any(material_id)
    return _of_event(row.activity_id), row


def _any(material_id: int) -> Material:
    row = queries.any_material(material_id)
    if row is None:
        abort(404)
    return row


# --- what both do -----------------------------------------------------------------------------


def _list_page(shelf: Shelf, form: KeepMaterial, fault: str | None = None) -> str:
    return _shown("programme/materials.html", shelf, form, fault)


def _one_page(shelf: Shelf, row: Material, form: KeepMaterial, fault: str | None = None) -> str:
    if row.removed_at is not None:
        abort(404)
    return _shown("programme/material.html", shelf, form, fault, row)


def _shown(
    template: str, shelf: Shelf, form: KeepMaterial, fault: str | None, row: Material | None = None
) -> str:
    return render_template(
        template,
        layout="desk.html" if "event" in shelf.values else "base.html",
        shelf=shelf,
        form=form,
        fault=fault,
        row=row,
        materials=queries.materials(shelf.activity_id),
        audiences=AUDIENCES,
        openings=OPENINGS,
        kinds=rules.materials.KINDS,
    )


def _sent() -> tuple[Upload | None, str | None]:
    """Return the file of this request, checked before any transaction opens, or what is wrong."""
    limits.hit("uploads", limits.address())
    file = request.files.get("file")
    if file is None or not file.filename:
        return None, None
    try:
        stream = cast(BinaryIO, file.stream)
        return uploads.check_upload(stream, file.filename, rules.materials.KINDS), None
    except BadText as error:
        return None, _(error.sentence, **error.details)


def _add(shelf: Shelf) -> Response | str:
    form = KeepMaterial()
    upload, fault = _sent()
    if upload is None:
        form.validate()
        return _list_page(shelf, form, fault or _("Choose a file."))
    if not form.validate():
        return _list_page(shelf, form, _("Choose the file again: a browser forgets it."))
    try:
        commands.add_material(shelf.activity_id, upload, clock.now(), **form.values())
    except Refused as refused:
        flash_refusal(refused)
    else:
        flash(_("%(name)s is there.", name=upload.name), "ok")
    return shelf.home()


def _save(shelf: Shelf, row: Material) -> Response | str:
    form = KeepMaterial()
    upload, fault = _sent()
    if not form.validate() or fault:
        return _one_page(shelf, row, form, fault)
    now = clock.now()
    try:
        commands.change_material(row.id, now, **form.values())
        if upload is not None:
            commands.replace_material(row.id, upload, now)
    except Refused as refused:
        flash_refusal(refused)
    else:
        _flash_saved(shelf, row, upload)
    return shelf.home()


def _flash_saved(shelf: Shelf, row: Material, upload: Upload | None) -> None:
    if upload is None or upload.sha256 == row.sha256:
        flash(_("It is saved."), "ok")
    else:
        said = _("%(name)s has taken the place of the file before.", name=upload.name)
        flash(said, f"undo:{shelf.url('return_material', row.id)}")


def _remove(shelf: Shelf, row: Material) -> Response:
    try:
        commands.remove_material(row.id, clock.now())
    except Refused as refused:
        flash_refusal(refused)
    else:
        said = _("%(name)s is removed.", name=row.file_name)
        flash(said, f"undo:{shelf.url('return_material', row.id)}")
    return shelf.home()


def _return(shelf: Shelf, row: Material) -> Response:
    try:
        commands.bring_back_material(row.id, clock.now())
    except Refused as refused:
        flash_refusal(refused)
    else:
        flash(_("%(name)s is back.", name=row.file_name), "ok")
    return shelf.home()


def _send(row: Material) -> FlaskResponse:
    if row.removed_at is not None:
        abort(404)
    return uploads.as_attachment(queries.material_file(row.id), row.file_name, row.media_type)


# --- by a speaker's personal link -------------------------------------------------------------


@bp.get("/speaking/<token>/activities/<id:activity_id>/materials")
@public
def speaking_materials(token: str, activity_id: int) -> str:
    """Show a speaker the materials of an own session, and take more."""
    return _list_page(_of_speaker(token, activity_id), KeepMaterial(formdata=None))


@bp.post("/speaking/<token>/activities/<id:activity_id>/materials")
@boundary.accepts_upload(MOST_BODY)
@public
def speaking_add_material(token: str, activity_id: int) -> Response | str:
    """Add a speaker's file to an own session."""
    return _add(_of_speaker(token, activity_id))


@bp.get("/speaking/<token>/materials/<id:material_id>")
@public
def speaking_material(token: str, material_id: int) -> FlaskResponse:
    """Hand a speaker a material of an own session."""
    return _send(_speakers(token, material_id)[1])


@bp.get("/speaking/<token>/materials/<id:material_id>/edit")
@public
def speaking_edit_material(token: str, material_id: int) -> str:
    """Ask a speaker what a material shall be called, who may fetch it, and for another file."""
    shelf, row = _speakers(token, material_id)
    return _one_page(shelf, row, KeepMaterial(formdata=None, **KeepMaterial.shown(row)))


@bp.post("/speaking/<token>/materials/<id:material_id>/edit")
@boundary.accepts_upload(MOST_BODY)
@public
def speaking_save_material(token: str, material_id: int) -> Response | str:
    """Keep what a speaker says of a material, and put another file in its place."""
    return _save(*_speakers(token, material_id))


@bp.post("/speaking/<token>/materials/<id:material_id>/removal")
@public
def speaking_remove_material(token: str, material_id: int) -> Response:
    """Take a material of an own session away."""
    return _remove(*_speakers(token, material_id))


@bp.post("/speaking/<token>/materials/<id:material_id>/return")
@public
def speaking_return_material(token: str, material_id: int) -> Response:
    """Give back what a speaker took away or replaced."""
    return _return(*_speakers(token, material_id))


# --- at the organiser's desk ------------------------------------------------------------------


@bp.get("/<slug:event>/desk/activities/<id:activity_id>/materials")
@requires(Permission.EDIT_PROGRAMME)
def materials(event: str, activity_id: int) -> str:
    """Show the materials of an activity, and take more."""
    return _list_page(_of_event(activity_id), KeepMaterial(formdata=None))


@bp.post("/<slug:event>/desk/activities/<id:activity_id>/materials")
@boundary.accepts_upload(MOST_BODY)
@requires(Permission.EDIT_PROGRAMME)
def add_material(event: str, activity_id: int) -> Response | str:
    """Add a file to an activity."""
    return _add(_of_event(activity_id))


@bp.get("/<slug:event>/desk/materials/<id:material_id>")
@requires(Permission.SEE_DESK)
def material(event: str, material_id: int) -> FlaskResponse:
    """Hand the team a material, also of what is not published yet."""
    return _send(_events(material_id)[1])


@bp.get("/<slug:event>/desk/materials/<id:material_id>/edit")
@requires(Permission.EDIT_PROGRAMME)
def edit_material(event: str, material_id: int) -> str:
    """Ask what a material shall be called, who may fetch it, and for another file."""
    shelf, row = _events(material_id)
    return _one_page(shelf, row, KeepMaterial(formdata=None, **KeepMaterial.shown(row)))


@bp.post("/<slug:event>/desk/materials/<id:material_id>/edit")
@boundary.accepts_upload(MOST_BODY)
@requires(Permission.EDIT_PROGRAMME)
def save_material(event: str, material_id: int) -> Response | str:
    """Keep what is said of a material, and put another file in its place."""
    return _save(*_events(material_id))


@bp.post("/<slug:event>/desk/materials/<id:material_id>/removal")
@requires(Permission.EDIT_PROGRAMME)
def remove_material(event: str, material_id: int) -> Response:
    """Take a material away."""
    return _remove(*_events(material_id))


@bp.post("/<slug:event>/desk/materials/<id:material_id>/return")
@requires(Permission.EDIT_PROGRAMME)
def return_material(event: str, material_id: int) -> Response:
    """Give back what was taken away or replaced."""
    return _return(*_events(material_id))
