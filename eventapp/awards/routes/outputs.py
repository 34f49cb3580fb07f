"""What leaves the jury's room: the bundle with which others count again."""

from flask import Response as FlaskResponse
from flask import abort, g

from eventapp.awards import queries, rules
from eventapp.awards.routes.frame import bp, the_call
from eventapp.events.access import Permission
from eventapp.kernel import boundary
from eventapp.kernel.guard import requires
from eventapp.kernel.uploads import as_attachment


@bp.get("/<slug:event>/jury/bundle")
@requires(Permission.KEEP_MINUTES)
def bundle(event: str) -> FlaskResponse:
    """Hand out the archive with which anybody can count every award again."""
    boundary.keep_private()
    files = queries.bundle(the_call().id)
    if not any(name.startswith("awards/") for name in files):
        abort(404)
    packed = rules.bundles.archive(files)
    return as_attachment(packed, f"{g.event.slug}-bundle.zip", "application/zip")
