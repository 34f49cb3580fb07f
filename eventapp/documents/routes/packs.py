"""Evidence packs: asked for, looked at before, downloaded whole or file by file."""

import io
import zipfile
from collections.abc import Iterator
from typing import Any

from flask import Response as FlaskResponse
from flask import abort, flash, g, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from eventapp.documents import commands, queries
from eventapp.documents.models import EvidencePack, Scope
from eventapp.documents.papers import packs as papers
from eventapp.documents.papers import report
from eventapp.documents.routes.frame import bp
from eventapp.documents.rules.packs import PackRefusal
from eventapp.events import queries as frame
from eventapp.events.access import Permission
from eventapp.kernel import boundary, clock, i18n, pdf, tables
from eventapp.kernel.guard import requires
from eventapp.kernel.pages import flash_refusal, see_other
from eventapp.kernel.refusal import Refused
from eventapp.kernel.uploads import as_attachment
from eventapp.programme import queries as programme

ZIP = "application/zip"
MEDIA_TYPES = {
    "pdf": pdf.MEDIA_TYPE,
    "xlsx": tables.XLSX_TYPE,
    "json": "application/json",
    "png": "image/png",
    "jpg": "image/jpeg",
}


@bp.get("/<slug:event>/desk/packs")
@requires(Permission.SEE_PEOPLE)
def packs(event: str) -> str:
    """Show every pack that was made, the one under way, and ask for another one."""
    boundary.keep_private()
    return render_template(
        "documents/packs.html",
        packs=queries.packs(g.event.id),
        running=queries.open_pack(g.event.id),
        days=frame.days(g.event.id),
        sessions=programme.programme(g.event.id),
        releases=programme.releases(g.event.id),
        scope_name=scope_name,
        makes_pdf=pdf.is_available(),
    )


def scope_name(scope: Scope) -> str:
    """Return what a pack is about, in words."""
    return {
        Scope.EVENT: _("the whole event"),
        Scope.DAY: _("one day"),
        Scope.SESSION: _("one session"),
    }[scope]


@bp.post("/<slug:event>/desk/packs")
@requires(Permission.SEE_PEOPLE)
def ask_for_pack(event: str) -> Response:
    """Let a pack be put together: of the event, a day or a session."""
    about, _dash, number = request.form.get("about", "").partition("-")
    chosen = boundary.read_id(number)
    day_id = chosen if about == "day" else None
    session_id = chosen if about == "session" else None
    if day_id and day_id not in {one.id for one in frame.days(g.event.id)}:
        abort(404)
    if session_id and session_id not in {one.id for one in programme.programme(g.event.id)}:
        abort(404)
    try:
        pack = commands.ask_for_pack(
            g.event.id, clock.now(), day_id=day_id, session_id=session_id, release=_release()
        )
    except Refused as refused:
        flash_refusal(refused)
        return see_other(".packs", event=event)
    flash(_("Pack no. %(number)s is being put together.", number=pack.number), "ok")
    return see_other(".pack", event=event, pack_id=pack.id)


def _release() -> int | None:
    number = boundary.read_id(request.form.get("release"))
    if number is None or programme.release(g.event.id, number) is None:
        return None
    return number


@bp.get("/<slug:event>/desk/packs/<id:pack_id>")
@requires(Permission.SEE_PEOPLE)
def pack(event: str, pack_id: int) -> str:
    """Show what lies in a pack with its sums, or how far it has come."""
    boundary.keep_private()
    row = _own(pack_id)
    return render_template(
        "documents/pack.html",
        pack=row,
        files=queries.files(row.id),
        scope_name=scope_name,
        file_size=i18n.file_size,
    )


def _own(pack_id: int) -> EvidencePack:
    row = queries.pack(pack_id)
    if row is None or row.event_id != g.event.id:
        abort(404)
    return row


@bp.get("/<slug:event>/desk/packs/<id:pack_id>/zip")
@requires(Permission.SEE_PEOPLE)
def pack_archive(event: str, pack_id: int) -> Response | FlaskResponse:
    """Give a pack as one archive; the bytes of each file are those of the day it was made."""
    row = _own(pack_id)
    if row.made_at is None:
        flash_refusal(Refused(PackRefusal.NOT_READY))
        return see_other(".pack", event=event, pack_id=pack_id)
    commands.note_taken(row.id)
    name = f"{event}-{_('evidence')}-{row.number:03d}.zip"
    return as_attachment(b"".join(_archive(_own(pack_id))), name, ZIP)


class _Sink(io.RawIOBase):
    """What an archive writes into, and what is taken out of it piece by piece."""

    def __init__(self) -> None:
        super().__init__()
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        """Tell that it takes bytes; it cannot be gone back in."""
        return True

    def write(self, piece: Any) -> int:
        """Keep a piece until it is taken."""
        self._pieces.append(bytes(piece))
        return len(piece)

    def taken(self) -> bytes:
        """Return what was written since the last time."""
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)


def _archive(row: EvidencePack) -> Iterator[bytes]:
    """Yield the archive file by file: each is packed as it is read."""
    made_at = i18n.local_time(row.made_at or row.asked_at, g.event.timezone)
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in queries.files(row.id):
            told = zipfile.ZipInfo(one.path, made_at.timetuple()[:6])
            told.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(told, queries.content_of(one.id))
            yield sink.taken()
    yield sink.taken()


@bp.get("/<slug:event>/desk/packs/files/<id:part_id>")
@requires(Permission.SEE_PEOPLE)
def pack_file(event: str, part_id: int) -> FlaskResponse:
    """Give one file of a pack, as it was."""
    row = queries.pack_file(part_id)
    if row is None:
        abort(404)
    _own(row.pack_id)
    name = row.path.rpartition("/")[2]
    kind = MEDIA_TYPES.get(name.rpartition(".")[2].lower(), "application/octet-stream")
    return as_attachment(queries.content_of(row.id), name, kind)


@bp.get("/<slug:event>/desk/packs/preview")
@requires(Permission.SEE_PEOPLE)
def pack_preview(event: str) -> str:
    """Show the documents of a pack as they would be at this moment, ready to be printed."""
    boundary.keep_private()
    now = clock.now()
    unmade = EvidencePack(
        event_id=g.event.id, number=0, scope=Scope.EVENT, title=dict(g.event.title),
        asked_at=now, locale=i18n.current(),
    )  # fmt: skip
    given = papers.contents(unmade, commands.material(g.event.id))
    asked = request.args.get("part", "")
    named = papers.reports(given)
    chosen = next((one for one in named if one[0] == asked), named[0])
    return render_template(
        "documents/report.html",
        name=chosen[0],
        report=chosen[1],
        others=[(name, one.title) for name, one in named],
        shown=report.shown,
        made_at=now,
    )
