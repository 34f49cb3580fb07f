"""The verdict on a badge."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from eventapp.checkin import queries, rules
from eventapp.checkin.commands import entering
from eventapp.checkin.commands.attempts import Hand, ScanItem, Verdict, body_hash, keep
from eventapp.checkin.queries import Door
from eventapp.checkin.rules import Candidate, CheckinRefusal, ScanCode, ScanStatus
from eventapp.kernel import text, tokens
from eventapp.kernel.db import atomic
from eventapp.kernel.refusal import Refused


@atomic
def record_scan(door: Door, item: ScanItem, now: datetime, hand: Hand) -> Verdict:
    """Give the verdict on one badge and keep the attempt, whatever the verdict.

    Three statements: read everything, take the place at the door, write the attempt. The
    second is guarded, so that of fifty scanners with one badge exactly one hears `ok`.
    """
    badge = tokens.read_badge(item.code) if item.code is not None else None
    if item.code is not None and badge is None:
        return _refuse_unread(door, item, now, hand)
    row = queries.at_the_door(
        door,
        item.scan_id,
        badge_hash=tokens.hashed(badge) if badge is not None else None,
        registration_id=item.registration_id,
    )
    if row.stored_hash is not None:
        return _replayed(row.stored_hash, row.stored_answer, door, item)
    at = rules.effective(item.scanned_at, now, item.age)
    candidate = _candidate(door, row, at)
    direction = rules.turned(item.direction, candidate)
    code = rules.judge(
        candidate,
        event_id=door.event_id,
        policy=door.policy,
        direction=direction,
        at=at,
        device_id=hand.device_id,
        opens_at=door.opens_at,
        closes_at=door.closes_at,
    )
    first = _first(door, row.first_at, row.first_station)
    if code in queries.ACCEPTED and not entering.take(door, row.id, item.scan_id, code, at, hand):
        code, first = _beaten(door, row.id, code)
    verdict = Verdict(
        scan_id=item.scan_id,
        status=rules.status_of(code),
        code=code,
        registration=None if code is ScanCode.WRONG_EVENT else _card(row),
        first=first if code is ScanCode.ALREADY_IN else None,
        presence=_presence_after(candidate, code),
    )
    keep(door, item, verdict, hand, at=at, now=now, direction=direction)
    return verdict


@atomic
def record_scans(
    door: Door, items: Sequence[ScanItem], now: datetime, hand: Hand
) -> list[Verdict | Refused]:
    """Give a verdict on each of *items*, in order, in one transaction.

    An item that conflicts with a stored one answers its refusal and holds nobody up.
    """
    answers: list[Verdict | Refused] = []
    for item in items:
        try:
            answers.append(record_scan(door, item, now, hand))
        except Refused as refused:
            answers.append(refused)
    return answers


def _candidate(door: Door, row: Row[Any], at: datetime) -> Candidate | None:
    if row.id is None:
        return None
    return Candidate(
        event_id=row.event_id,
        state=row.state.value,
        retired=row.retired_id is not None,
        sign_up=row.sign_up.value if row.sign_up is not None else None,
        needs_sign_up=door.needs_sign_up,
        inside=bool(row.inside),
        entered_ever=row.first_at is not None,
        entered_today=row.first_at is not None and row.first_at >= entering.day_start(door, at),
        last_at=row.last_at,
        last_device_id=row.last_device_id,
    )


def _beaten(
    door: Door, registration_id: int, code: ScanCode
) -> tuple[ScanCode, Mapping[str, Any] | None]:
    """Return the verdict of a scan that another one forestalled, with that one's entry."""
    if code is ScanCode.OUT:
        return ScanCode.ALREADY_OUT, None
    there = queries.presence(door.id, registration_id)
    first = _first(door, there.first_at, there.first_station) if there is not None else None
    return ScanCode.ALREADY_IN, first


def _refuse_unread(door: Door, item: ScanItem, now: datetime, hand: Hand) -> Verdict:
    stored = queries.scan(item.scan_id)
    if stored is not None:
        return _replayed(stored.body_hash, stored.answer, door, item)
    verdict = Verdict(scan_id=item.scan_id, status=ScanStatus.ERROR, code=ScanCode.INVALID_CODE)
    at = rules.effective(item.scanned_at, now, item.age)
    keep(door, item, verdict, hand, at=at, now=now, direction=item.direction)
    return verdict


def _replayed(stored: str, answer: Mapping[str, Any], door: Door, item: ScanItem) -> Verdict:
    if stored != body_hash(door, item):
        raise Refused(CheckinRefusal.IDEMPOTENCY_CONFLICT)
    return Verdict(
        scan_id=item.scan_id,
        status=ScanStatus(answer["status"]),
        code=ScanCode.of(answer["code"]),
        registration=answer["registration"],
        first=answer["first"],
        presence=answer["presence"],
        replayed=True,
    )


def _card(row: Row[Any]) -> dict[str, Any] | None:
    if row.id is None:
        return None
    return {
        "id": row.id,
        "name": text.full_name(row.title, row.first_name, row.last_name),
        "organisation": row.organisation,
        "flags": list(row.needs or []),
    }


def _first(door: Door, at: datetime | None, station: str | None) -> Mapping[str, Any] | None:
    if at is None:
        return None
    return {"at": at.isoformat(), "checkpoint": dict(door.name), "device": station or ""}


def _presence_after(candidate: Candidate | None, code: ScanCode) -> str | None:
    if candidate is None or code is ScanCode.WRONG_EVENT:
        return None
    moved = {ScanCode.OK: "present", ScanCode.OUT: "absent"}
    return moved.get(code, "present" if candidate.inside else "absent")
