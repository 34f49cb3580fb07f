"""Scans for programs: one by one and in batches, taken back, and overridden."""

from datetime import datetime, timedelta
from typing import Any

from flask import Response, abort, jsonify
from flask_babel import gettext as _

from eventapp.checkin import commands, queries
from eventapp.checkin.api.frame import DOOR, bp, current_device, door_at, event_of_door, hand
from eventapp.checkin.api.shapes import (
    Admission,
    BatchVerdicts,
    NewScan,
    NewScans,
    ShownVerdict,
    Undone,
)
from eventapp.checkin.commands import ScanItem, Verdict
from eventapp.checkin.queries import Door
from eventapp.checkin.rules import CheckinRefusal, Method, ScanCode
from eventapp.events.access import Permission
from eventapp.kernel import clock, i18n, limits, problems, schema
from eventapp.kernel.guard import requires
from eventapp.kernel.openapi import operation
from eventapp.kernel.pages import sentence
from eventapp.kernel.refusal import N_, Refused
from eventapp.kernel.schema import BadFields, Fault

HTTP = {ScanCode.OK: 201, ScanCode.OUT: 201, ScanCode.INVALID_CODE: 404}


@bp.post("/checkpoints/<id:checkpoint_id>/scans")
@requires(Permission.CHECK_IN, event_of_door)
@operation(
    N_("Scan a badge and hear the verdict"),
    about=DOOR,
    body=NewScan,
    answers={200: ShownVerdict, 201: ShownVerdict, 404: ShownVerdict},
    refuses=(CheckinRefusal,),
)
def scan(checkpoint_id: int, body: NewScan) -> Response:
    """Give the verdict on one badge."""
    door = door_here(checkpoint_id)
    verdict = commands.record_scan(door, item_of(body), clock.now(), hand())
    answer = jsonify(shown(verdict, door))
    answer.status_code = 200 if verdict.replayed else HTTP.get(verdict.code, 200)
    return answer


@bp.post("/checkpoints/<id:checkpoint_id>/scans:batch")
@requires(Permission.CHECK_IN, event_of_door)
@operation(
    N_("Hand in scans made without a network"),
    about=DOOR,
    body=NewScans,
    answers={200: BatchVerdicts},
)
def scan_batch(checkpoint_id: int, body: NewScans) -> Response:
    """Give a verdict on each of up to 200 scans, in order; always 200."""
    door = door_here(checkpoint_id)
    read = [_read(scan) for scan in body.scans]
    items = [item for item in read if isinstance(item, ScanItem)]
    verdicts = iter(commands.record_scans(door, items, clock.now(), hand()))
    answers = [
        _shown_any(next(verdicts), one.scan_id, door) if isinstance(one, ScanItem) else one
        for one in read
    ]
    return jsonify({"verdicts": answers})


@bp.post("/checkpoints/<id:checkpoint_id>/scans/<scan_id>/undo")
@requires(Permission.CHECK_IN, event_of_door)
@operation(N_("Take a scan back"), about=DOOR, answers={200: Undone}, refuses=(CheckinRefusal,))
def undo(checkpoint_id: int, scan_id: str) -> Response:
    """Take a scan back."""
    _refuse_foreign(checkpoint_id, scan_id)
    commands.undo_scan(scan_id, clock.now(), hand())
    return jsonify(
        {"scan_id": scan_id, "undone": True, "counters": counters(door_here(checkpoint_id))}
    )


@bp.post("/checkpoints/<id:checkpoint_id>/scans/<scan_id>/admit")
@requires(Permission.CHECK_IN, event_of_door)
@operation(
    N_("Let in somebody whom a scan refused"),
    about=DOOR,
    body=Admission,
    answers={201: ShownVerdict},
    refuses=(CheckinRefusal,),
)
def admit(checkpoint_id: int, scan_id: str, body: Admission) -> Response:
    """Let in somebody whom a scan refused; the lead's right."""
    if not hand().is_lead:
        abort(403)
    _refuse_foreign(checkpoint_id, scan_id)
    verdict = commands.admit_anyway(scan_id, body.reason, clock.now(), hand())
    answer = jsonify(shown(verdict, door_here(checkpoint_id)))
    answer.status_code = 201
    return answer


# --- steps --------------------------------------------------------------------------------


def _refuse_foreign(checkpoint_id: int, scan_id: str) -> None:
    found = queries.scan(scan_id)
    if found is None or found.checkpoint_id != checkpoint_id:
        raise Refused(CheckinRefusal.SCAN_UNKNOWN)


def door_here(checkpoint_id: int) -> Door:
    """Return the door at hand, if the caller may scan there."""
    door = door_at(checkpoint_id)
    if door is None:
        abort(404)
    device = current_device()
    if device is not None:
        limits.hit("scans", f"device:{device.id}")
        if device.checkpoint_id not in {None, checkpoint_id}:
            abort(
                problems.problem(
                    403, "forbidden-checkpoint", _("This device is paired with another checkpoint.")
                )
            )
    return door


def item_of(given: NewScan) -> ScanItem:
    """Return a scan as commands take it."""
    if (given.code is None) == (given.registration is None):
        fault = Fault("", "code-or-registration", N_("Send either a code or a registration."))
        raise BadFields([fault])
    return ScanItem(
        scan_id=given.scan_id,
        scanned_at=given.scanned_at,
        code=given.code,
        registration_id=int(given.registration) if given.registration is not None else None,
        direction=given.direction,
        age=timedelta(milliseconds=given.age_ms) if given.age_ms is not None else None,
        seq=given.seq,
        mode=given.mode,
        method=Method.QR if given.code is not None else Method.MANUAL,
    )


def _read(raw: dict[str, Any]) -> ScanItem | dict[str, Any]:
    """Return a scan of a batch, or the answer of one that cannot be read."""
    try:
        return item_of(schema.fit(NewScan, raw))
    except BadFields as error:
        return {
            "scan_id": raw.get("scan_id"),
            "status": "error",
            "code": "invalid-fields",
            "errors": [fault.shown() for fault in error.faults],
        }


def _shown_any(one: Verdict | Refused, scan_id: str, door: Door) -> dict[str, Any]:
    if isinstance(one, Refused):
        code = one.reason.value
        return {"scan_id": scan_id, "status": "error", "code": code, "sentence": sentence(one)}
    return shown(one, door, counted=False)


def shown(verdict: Verdict, door: Door, *, counted: bool = False) -> dict[str, Any]:
    """Return a verdict as JSON, its sentence in the caller's language."""
    first = verdict.first
    body: dict[str, Any] = {
        "scan_id": verdict.scan_id,
        "status": verdict.status,
        "code": verdict.code,
        "registration": verdict.registration,
        "first": first,
        "presence": verdict.presence,
        "replayed": verdict.replayed,
    }
    details = {"time": "", "station": ""}
    if first is not None:
        at = datetime.fromisoformat(first["at"])
        details = {"time": i18n.clock_time(at, door.timezone), "station": first["device"] or "–"}
        body["first"] = {**first, "checkpoint": i18n.local(first["checkpoint"])}
    if verdict.code is ScanCode.TOO_EARLY and door.opens_at is not None:
        details["time"] = i18n.clock_time(door.opens_at, door.timezone)
    if verdict.code is ScanCode.TOO_LATE and door.closes_at is not None:
        details["time"] = i18n.clock_time(door.closes_at, door.timezone)
    if body["registration"] is not None:
        body["registration"] = {**body["registration"], "id": str(body["registration"]["id"])}
    body["sentence"] = sentence(Refused(verdict.code, **details))
    body["conflict"] = None
    if counted:
        body["counters"] = counters(door)
    return body


def counters(door: Door) -> dict[str, int]:
    """Return how many are in at a door and how many may come."""
    return {"inside": queries.inside_count(door.id), "expected": queries.expected_count(door)}
