"""Several people who came together: found at once, let in at once, each by a scan of their own."""

from collections.abc import Sequence

from flask import flash, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as Answer

from eventapp.checkin import commands, queries
from eventapp.checkin.commands import GroupMember
from eventapp.checkin.queries import Door
from eventapp.checkin.routes.frame import bp, hand, own_door, verdict_words
from eventapp.events.access import Permission
from eventapp.kernel import boundary, clock
from eventapp.kernel.boundary import read_id
from eventapp.kernel.guard import requires
from eventapp.kernel.pages import flash_refusal, see_other
from eventapp.kernel.refusal import Refused

LONGEST = 200


@bp.get("/<slug:event>/door/<id:checkpoint_id>/group")
@requires(Permission.CHECK_IN)
def several(event: str, checkpoint_id: int) -> str:
    """Find those of one organisation or one booking."""
    return _page(own_door(checkpoint_id))


@bp.post("/<slug:event>/door/<id:checkpoint_id>/group")
@requires(Permission.CHECK_IN)
def let_in_several(event: str, checkpoint_id: int) -> str:
    """Let in those who were chosen, and say by name whom the door refuses."""
    door = own_door(checkpoint_id)
    chosen = [found for one in request.form.getlist("who") if (found := read_id(one)) is not None]
    try:
        members = commands.let_in_several(
            door, chosen[: queries.MOST_TOGETHER], _key(), clock.now(), hand()
        )
    except Refused as refused:
        flash_refusal(refused)
        return _page(door)
    return _page(door, members)


@bp.post("/<slug:event>/door/<id:checkpoint_id>/group/undo")
@requires(Permission.CHECK_IN)
def undo_several(event: str, checkpoint_id: int) -> Answer:
    """Take back the scans of a group that was let in by mistake."""
    door = own_door(checkpoint_id)
    try:
        undone = commands.undo_several(door, _key(), clock.now(), hand())
    except Refused as refused:
        flash_refusal(refused)
    else:
        told = ngettext("%(num)d scan is taken back.", "%(num)d scans are taken back.", undone)
        flash(told, "ok")
    return see_other(".several", event=event, checkpoint_id=door.id, q=_asked())


def _asked() -> str:
    return request.values.get("q", "")[:LONGEST]


def _key() -> str:
    """Return what tells this group from another one; the same when a button is pressed twice."""
    return request.form.get("key", "")[:36]


def _page(door: Door, members: Sequence[GroupMember] | None = None) -> str:
    boundary.keep_private()
    asked = _asked()
    return render_template(
        "checkin/several.html",
        door=door,
        asked=asked,
        found=queries.people_together(door, asked) if members is None else [],
        members=members or [],
        words=verdict_words(),
        most=queries.MOST_TOGETHER,
        key=_key() if members is not None else commands.new_group_key(),
        title=_("Let in a group"),
    )
