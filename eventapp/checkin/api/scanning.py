"""Scans for programs: one by one and in batches, taken back, and overridden."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from flask import Response, abort, jsonify

from eventapp.checkin import commands, queries
from eventapp.checkin.api.frame import DOOR, bp, event_of_door, hand, own_door
from eventapp.checkin.api.shapes import (
    SCAN_ID,
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
from eventapp.kernel import clock, i18n, schema
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
    door = own_door(checkpoint_id)
    verdict = _recorded(door, body)
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
    door = own_door(checkpoint_id)
    read = [_read(scan) for scan in body.scans]
    answers: list[dict[str, Any]] = []
    # Runs of scans go in one transaction; one that the lead overrules is two in its own.
    for overruled, run in groupby(read, key=_is_overruled):
        ones = list(run)
        answers += _overruled(door, ones) if overruled else _answered(door, ones)
    return jsonify({"verdicts": answers})


@bp.post("/checkpoints/<id:checkpoint_id>/scans/<scan_id>/undo")
@requires(Permission.CHECK_IN, event_of_door)
@operation(
    N_("Take a scan back"),
    about=DOOR,
    answers={200: Undone, 202: Undone},
    refuses=(CheckinRefusal,),
)
def undo(checkpoint_id: int, scan_id: str) -> Response:
    """Take a scan back; of one that has not come yet, it is kept until it comes (202)."""
    door, found = own_door(checkpoint_id), queries.scan(scan_id)
    if found is None and _SCAN_ID.fullmatch(scan_id):
        commands.undo_early(checkpoint_id, scan_id, clock.now(), hand())
    else:
        _refuse_foreign(checkpoint_id, scan_id)
        commands.undo_scan(scan_id, clock.now(), hand())
    answer = jsonify({"scan_id": scan_id, "undone": True, "counters": counters(door)})
    answer.status_code = 200 if found is not None else 202
    return answer


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
    answer = jsonify(shown(verdict, own_door(checkpoint_id)))
    answer.status_code = 201
    return answer


# --- steps --------------------------------------------------------------------------------


def _refuse_foreign(checkpoint_id: int, scan_id: str) -> None:
    found = queries.scan(scan_id)
    if found is None or found.checkpoint_id != checkpoint_id:
        raise Refused(CheckinRefusal.SCAN_UNKNOWN)


_SCAN_ID = re.compile(SCAN_ID)


def _recorded(door: Door, given: NewScan) -> Verdict:
    item, now = item_of(given), clock.now()
    if given.override is not None:
        return commands.record_and_admit(door, item, given.override.reason, now, hand())
    return commands.record_scan(door, item, now, hand())


def _answered(door: Door, read: Sequence[NewScan | dict[str, Any]]) -> list[dict[str, Any]]:
    items = [item_of(one) for one in read if isinstance(one, NewScan)]
    verdicts = iter(commands.record_scans(door, items, clock.now(), hand()))
    return [
        _shown_any(next(verdicts), one.scan_id, door) if isinstance(one, NewScan) else one
        for one in read
    ]


def _is_overruled(one: NewScan | dict[str, Any]) -> bool:
    return isinstance(one, NewScan) and one.override is not None


def _overruled(door: Door, read: Sequence[NewScan | dict[str, Any]]) -> list[dict[str, Any]]:
    answers = []
    for one in read:
        if isinstance(one, NewScan):
            try:
                answers.append(_shown_any(_recorded(door, one), one.scan_id, door))
            except Refused as refused:
                answers.append(_shown_any(refused, one.scan_id, door))
    return answers


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
        said=ScanCode.of(given.said) if given.said is not None else None,
        method=Method.QR if given.code is not None else Method.MANUAL,
    )


def _read(raw: dict[str, Any]) -> NewScan | dict[str, Any]:
    """Return a scan of a batch, or the answer of one that cannot be read."""
    try:
        given = schema.fit(NewScan, raw)
        item_of(given)
    except BadFields as error:
        return {
            "scan_id": raw.get("scan_id"),
            "status": "error",
            "code": "invalid-fields",
            "errors": [fault.shown() for fault in error.faults],
        }
    return given


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
    if verdict.released_at is not None:
        released_at = datetime.fromisoformat(verdict.released_at)
        details["time"] = i18n.clock_time(released_at, door.timezone)
    if verdict.code is ScanCode.TOO_EARLY and door.opens_at is not None:
        details["time"] = i18n.clock_time(door.opens_at, door.timezone)
    if verdict.code is ScanCode.TOO_LATE and door.closes_at is not None:
        details["time"] = i18n.clock_time(door.closes_at, door.timezone)
    if body["registration"] is not None:
        body["registration"] = {**body["registration"], "id": str(body["registration"]["id"])}
    body["sentence"] = sentence(Refused(verdict.code, **details))
    body["conflict"] = _shown_conflict(verdict.conflict)
    if counted:
        body["counters"] = counters(door)
    return body


def _shown_conflict(conflict: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if conflict is None:
        return None
    first = conflict["first"]
    if first is not None:
        first = {**first, "checkpoint": i18n.local(first["checkpoint"])}
    return {**conflict, "first": first}


def counters(door: Door) -> dict[str, int]:
    """Return how many are in at a door and how many may come."""
    return {"inside": queries.inside_count(door.id), "expected": queries.expected_count(door)}
