"""The verdict on a badge."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Row

from eventapp.checkin import queries, rules
from eventapp.checkin.commands import entering, settling
from eventapp.checkin.commands.attempts import Hand, ScanItem, Verdict, keep, replayed, told
from eventapp.checkin.commands.catching_up import catch_up, undo_if_asked
from eventapp.checkin.commands.mending import admit_anyway
from eventapp.checkin.queries import Door
from eventapp.checkin.rules import (
    Candidate,
    CheckinRefusal,
    Mode,
    ScanCode,
    ScanStatus,
)
from eventapp.kernel import signed, tokens
from eventapp.kernel.db import atomic
from eventapp.kernel.refusal import Refused
from eventapp.kernel.signed import Badge


@atomic
def record_scan(door: Door, item: ScanItem, now: datetime, hand: Hand) -> Verdict:
    """Give the verdict on one badge and keep the attempt, whatever the verdict.

    Three statements: read everything, take the place at the door, write the attempt. The
    second is guarded, so that of fifty scanners with one badge exactly one hears `ok`.
    """
    if item.mode is Mode.OFFLINE:
        return _only(catch_up(door, [item], now, hand))
    badge = signed.read(item.code) if item.code is not None else None
    if item.code is not None and badge is None:
        return _refuse_unread(door, item, now, hand)
    row = queries.at_the_door(
        door,
        item.scan_id,
        badge_hash=tokens.hashed(badge.code) if badge is not None else None,
        registration_id=item.registration_id,
    )
    if row.stored_hash is not None:
        return replayed(row.stored_hash, row.stored_answer, door, item)
    return _judge(door, item, now, hand, row, badge)


def _judge(
    door: Door, item: ScanItem, now: datetime, hand: Hand, row: Row[Any], badge: Badge | None
) -> Verdict:
    at = rules.effective(item.scanned_at, now, item.age)
    candidate = _candidate(door, row, at, expired=badge is not None and badge.is_over(at))
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
    first: Mapping[str, Any] | None = told(door, row.first_at, row.first_station)
    if code in queries.ACCEPTED and not entering.take(door, row.id, item.scan_id, code, at, hand):
        code, first = _beaten(door, row.id, code)
    verdict = Verdict(
        scan_id=item.scan_id,
        status=rules.status_of(code),
        code=code,
        registration=None
        if code is ScanCode.WRONG_EVENT or row.id is None
        else queries.card_of(row),
        first=first if code is ScanCode.ALREADY_IN else None,
        presence=_presence_after(candidate, code),
        released_at=row.sign_up_at.isoformat() if code is ScanCode.PLACE_RELEASED else None,
    )
    keep(door, item, verdict, hand, at=at, now=now, direction=direction)
    _look_back(door, item, row, at, code, now)
    return verdict


def _look_back(
    door: Door, item: ScanItem, row: Row[Any], at: datetime, code: ScanCode, now: datetime
) -> None:
    """Mend what a scan has overtaken: one that comes late, or one taken back before it came."""
    if row.undo_actor is not None:
        undo_if_asked(door, [item.scan_id], now)
    elif code in queries.ACCEPTED and row.last_at is not None and at < row.last_at:
        settling.settle(door, [row.id], now)


@atomic
def record_scans(
    door: Door, items: Sequence[ScanItem], now: datetime, hand: Hand
) -> list[Verdict | Refused]:
    """Give a verdict on each of *items*, in order, in one transaction.

    An item that conflicts with a stored one answers its refusal and holds nobody up.
    """
    answers: list[Verdict | Refused] = []
    for mode, run in groupby(items, key=lambda item: item.mode):
        if mode is Mode.OFFLINE:
            answers += catch_up(door, list(run), now, hand)
        else:
            answers += [_one(door, item, now, hand) for item in run]
    return answers


def _one(door: Door, item: ScanItem, now: datetime, hand: Hand) -> Verdict | Refused:
    try:
        return record_scan(door, item, now, hand)
    except Refused as refused:
        return refused


@atomic
def record_and_admit(door: Door, item: ScanItem, reason: str, now: datetime, hand: Hand) -> Verdict:
    """Record a scan that the lead overrules at once, where it is refused: two scans in one go."""
    if not hand.is_lead:
        raise Refused(CheckinRefusal.OVERRIDE_NOT_YOURS)
    verdict = record_scan(door, item, now, hand)
    if verdict.code in queries.ACCEPTED or verdict.registration is None:
        return verdict
    admitted = admit_anyway(item.scan_id, reason, now, hand)
    return replace(admitted, scan_id=item.scan_id, replayed=verdict.replayed)


def _only(answers: Sequence[Verdict | Refused]) -> Verdict:
    [answer] = answers
    if isinstance(answer, Refused):
        raise answer
    return answer


def _candidate(door: Door, row: Row[Any], at: datetime, *, expired: bool) -> Candidate | None:
    if row.id is None:
        return None
    return replace(
        queries.candidate_of(door, row, retired=row.retired_id is not None, expired=expired),
        inside=bool(row.inside) and row.changed_at >= entering.closed_before(door, at),
        left_open=bool(row.inside),
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
    first = told(door, there.first_at, there.first_station) if there is not None else None
    return ScanCode.ALREADY_IN, first


def _refuse_unread(door: Door, item: ScanItem, now: datetime, hand: Hand) -> Verdict:
    stored = queries.scan(item.scan_id)
    if stored is not None:
        return replayed(stored.body_hash, stored.answer, door, item)
    verdict = Verdict(scan_id=item.scan_id, status=ScanStatus.ERROR, code=ScanCode.INVALID_CODE)
    at = rules.effective(item.scanned_at, now, item.age)
    keep(door, item, verdict, hand, at=at, now=now, direction=item.direction)
    return verdict


def _card(row: Row[Any], code: ScanCode) -> dict[str, Any] | None:
    unknown = row.id is None or code is ScanCode.WRONG_EVENT
    return None if unknown else queries.card_of(row)


def _presence_after(candidate: Candidate | None, code: ScanCode) -> str | None:
    if candidate is None or code is ScanCode.WRONG_EVENT:
        return None
    moved = {ScanCode.OK: "present", ScanCode.OUT: "absent"}
    return moved.get(code, "present" if candidate.inside else "absent")
