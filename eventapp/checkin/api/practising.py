"""The door rehearsed by program: verdicts of which nothing stays."""

from flask import Response, jsonify
from flask_babel import gettext as _

from eventapp.checkin import commands
from eventapp.checkin.api.frame import DOOR, bp, event_of_door, hand, own_door
from eventapp.checkin.api.scanning import HTTP, counters, item_of, shown
from eventapp.checkin.api.shapes import NewScan, ShownVerdict, Undone
from eventapp.checkin.rules import CheckinRefusal
from eventapp.events.access import Permission
from eventapp.kernel import clock
from eventapp.kernel.guard import requires
from eventapp.kernel.openapi import operation
from eventapp.kernel.refusal import N_


@bp.post("/checkpoints/<id:checkpoint_id>/practice/scans")
@requires(Permission.CHECK_IN, event_of_door)
@operation(
    N_("Rehearse a scan: the verdict, of which nothing stays"),
    about=DOOR,
    body=NewScan,
    answers={200: ShownVerdict, 201: ShownVerdict, 404: ShownVerdict},
    refuses=(CheckinRefusal,),
)
def practise(checkpoint_id: int, body: NewScan) -> Response:
    """Give the verdict on a test badge or a real one, and keep nothing."""
    door = own_door(checkpoint_id)
    found = commands.practise(door, item_of(body), clock.now(), hand())
    told = shown(found.verdict, door)
    if not found.staged:
        warning = _("Practice – this does not count.")
        told["sentence"] = f"{warning} {told['sentence']}"
    answer = jsonify(told)
    answer.status_code = HTTP.get(found.verdict.code, 200)
    return answer


@bp.post("/checkpoints/<id:checkpoint_id>/practice/scans/<scan_id>/undo")
@requires(Permission.CHECK_IN, event_of_door)
@operation(N_("Rehearse taking a scan back"), about=DOOR, answers={200: Undone})
def undo_practice(checkpoint_id: int, scan_id: str) -> Response:
    """Take back what was never kept."""
    door = own_door(checkpoint_id)
    return jsonify({"scan_id": scan_id, "undone": True, "counters": counters(door)})
