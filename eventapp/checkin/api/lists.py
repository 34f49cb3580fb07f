"""What devices are told beforehand, and scans that cannot simply stand."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Response, abort, g, request

from eventapp.checkin import commands, queries
from eventapp.checkin.api.frame import DOOR, bp, current_device, event_of_door, hand, own_door
from eventapp.checkin.api.shapes import Settlement, ShownDispute, ShownList
from eventapp.checkin.api.upkeep import shown_point
from eventapp.checkin.models import Scan
from eventapp.checkin.queries import Dispute
from eventapp.checkin.rules import CheckinRefusal
from eventapp.events.access import Permission
from eventapp.kernel import boundary, clock, i18n, memory, rest
from eventapp.kernel.guard import requires
from eventapp.kernel.openapi import operation
from eventapp.kernel.refusal import N_
from eventapp.kernel.schema import BadFields, Fault
from eventapp.kernel.text import full_name

# How long a worker takes a list for up to date, however many devices ask for it.
SECONDS = 4.0
SEEN_EVERY = 60.0


@bp.get("/checkpoints/<id:checkpoint_id>/snapshot")
@requires(Permission.CHECK_IN, event_of_door)
@operation(
    N_("Read the list by which a device decides without a network"),
    about=DOOR,
    answers={200: ShownList},
    asks={"since": ("^(0|[1-9][0-9]{0,8})$", "The revision that the device knows; 0: none.")},
)
def snapshot(checkpoint_id: int) -> Response:
    """Return the list of a checkpoint's badges, or what has changed since a revision."""
    door, since = own_door(checkpoint_id), _since()
    _note_device()
    revision = memory.remembered(
        f"list:{door.id}", lambda: commands.bring_up_to_date(door), seconds=SECONDS
    )
    point = queries.checkpoint(door.id)
    if revision is None or point is None:
        abort(404)
    # A list that this device cannot have heard of is none of ours: it is told everything.
    known = since if since <= revision else 0
    head = shown_point(point, door.timezone)
    tag = _tag(head, door.keys, revision, known)
    if request.if_none_match.contains_weak(tag):
        return _tagged(Response(status=304), tag)
    badges, gone = commands.told_since(door, known)
    body = {
        "revision": revision,
        "whole": known == 0,
        "checkpoint": head,
        "closes_daily": door.session_id is None,
        "badges": badges,
        "gone": gone,
        "keys": commands.trusted_keys(door),
    }
    return _tagged(rest.answered(body), tag)


def _since() -> int:
    given = request.args.get("since", "0")
    number = 0 if given == "0" else boundary.read_id(given)
    if number is None:
        sentence = N_("This has another form than expected.")
        raise BadFields([Fault("?since", "bad-format", sentence)])
    return number


def _tag(head: Any, keys: tuple[int, ...], revision: int, since: int) -> str:
    hours = f"{head.policy}-{head.opens_at}-{head.closes_at}-{keys}"
    return f"{revision}-{since}-{rest.digest(hours.encode())}"


def _tagged(answer: Response, tag: str) -> Response:
    answer.set_etag(tag)
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


def _note_device() -> None:
    device = current_device()
    if device is None:
        return
    key = f"seen:{device.id}"
    if memory.remembered(key, lambda: None) is None:
        commands.note_device(device.id, clock.now())
        memory.remembered(key, lambda: True, seconds=SEEN_EVERY)


# --- conflicts ----------------------------------------------------------------------------


@bp.get("/events/<slug:event>/conflicts")
@requires(Permission.LEAD_DOOR)
@operation(
    N_("List the scans that cannot simply stand"),
    about=DOOR,
    answers={200: list[ShownDispute]},
    lists=True,
    asks={"settled": ("^[01]$", "1: those that are settled.")},
)
def conflicts(event: str) -> Response:
    """List the conflicts that wait for the person in charge, in the order they arose."""
    asked = rest.window()
    rows = queries.disputes(
        g.event.id,
        settled=request.args.get("settled") == "1",
        after=asked.after_id,
        limit=asked.limit + 1,
    )
    zone = g.event.timezone
    return rest.listed(rows, asked, lambda row: _shown(row, zone), key=lambda row: row.conflict.id)


def event_of_conflict(conflict_id: int) -> int | None:
    """Return the id of the event in which a conflict arose."""
    return queries.event_of_conflict(conflict_id)


@bp.post("/conflicts/<id:conflict_id>/settlement")
@requires(Permission.LEAD_DOOR, event_of_conflict)
@operation(
    N_("Say whether a scan stands"),
    about=DOOR,
    body=Settlement,
    answers={204: None},
    refuses=(CheckinRefusal,),
    repeats=True,
)
def settle(conflict_id: int, body: Settlement) -> Response:
    """Settle a conflict with a reason: the scan stands, or it is taken back."""
    settling = commands.let_stand if body.outcome == "stands" else commands.take_conflict_back
    now = clock.now()
    rest.once(lambda: _settled(settling, conflict_id, body.reason, now))
    return rest.nothing()


def _settled(
    settling: Callable[..., None], conflict_id: int, reason: str, now: datetime
) -> dict[str, Any]:
    settling(conflict_id, reason, now, hand())
    return {}


def _shown(row: Dispute, zone: str) -> ShownDispute:
    person, conflict = row.person, row.conflict
    return ShownDispute(
        id=str(conflict.id),
        kind=conflict.kind,
        code=conflict.code.value,
        registration={  # type: ignore[arg-type]
            "id": str(person.id),
            "name": full_name(person.title, person.first_name, person.last_name),
            "organisation": None,
            "flags": list(person.needs),
        },
        checkpoint=str(row.checkpoint.id),
        scan_id=conflict.scan_id,
        scan=_place(row.scan, row),  # type: ignore[arg-type]
        first=_place(row.other, row) if row.other is not None else None,  # type: ignore[arg-type]
        found_at=i18n.local_time(conflict.found_at, zone),
        settled_at=i18n.moment(conflict.resolved_at, zone),
        reason=conflict.reason,
    )


def _place(scan: Scan, row: Dispute) -> dict[str, str]:
    return {
        "at": scan.effective_at.isoformat(),
        "checkpoint": i18n.local(row.checkpoint.name),
        "device": scan.station,
    }
