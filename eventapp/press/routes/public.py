"""The page for the media, and the downloads of its kit."""

from flask import Response, abort, g, render_template

from eventapp.events.access import Permission
from eventapp.kernel import boundary, clock
from eventapp.kernel.guard import can, public
from eventapp.kernel.uploads import as_attachment, as_picture
from eventapp.press import queries, rules
from eventapp.press.routes.frame import bp, own_file


@bp.get("/<slug:event>/press")
@public
def public_page(event: str) -> Response:
    """Tell the media what, when, where and by whom; laureates from the embargo's second."""
    _refuse_hidden()
    answer = Response(
        render_template(
            "press/public.html",
            facts=queries.known(g.event, clock.now()),
            files=queries.files(g.event.id),
            most_shown=rules.MOST_SHOWN,
        )
    )
    if g.event.press_shown:
        # No cache may hold a page over the embargo's second, in either direction.
        answer.headers["Cache-Control"] = "no-cache"
    return answer


def _refuse_hidden() -> None:
    """Answer 404 as long as the page is the organiser's alone."""
    if g.event.press_shown:
        return
    if not can(Permission.MANAGE_EVENT):
        abort(404)
    boundary.keep_private()


@bp.get("/<slug:event>/press/files/<id:file_id>")
@public
def download(event: str, file_id: int) -> Response:
    """Hand out a file of the kit."""
    _refuse_hidden()
    row = own_file(file_id)
    return as_attachment(row.content, row.file_name, row.media_type)


@bp.get("/<slug:event>/press/files/<id:file_id>/picture")
@public
def picture(event: str, file_id: int) -> Response:
    """Show a picture of the kit in its page."""
    _refuse_hidden()
    row = own_file(file_id)
    if not row.is_picture or row.size > rules.MOST_SHOWN:
        abort(404)
    return as_picture(row.content, row.media_type)
