"""What devices decided without the server, taken in afterwards: many scans in few statements."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete

from eventapp.checkin import queries, rules
from eventapp.checkin.commands import settling
from eventapp.checkin.commands.attempts import (
    Hand,
    ScanItem,
    Verdict,
    attempt,
    body_hash,
    keep_all,
    replayed,
    told,
)
from eventapp.checkin.models import EarlyUndo, Scan
from eventapp.checkin.queries import Door, Known
from eventapp.checkin.rules import (
    CheckinRefusal,
    ConflictKind,
    Direction,
    Passage,
    ScanCode,
    Stand,
)
from eventapp.kernel import signed, tokens
from eventapp.kernel.db import db
from eventapp.kernel.refusal import Refused
from eventapp.kernel.signed import Badge


@dataclass
class _Arrival:
    """One scan that comes afterwards: whom it is about, and what is kept of it."""

    item: ScanItem
    at: datetime
    code: ScanCode
    refused: ScanCode | None = None
    person: Row[Any] | None = None
    direction: Direction = Direction.ENTRY
    verdict: Verdict | None = None

    @property
    def accepted(self) -> bool:
        return self.code in queries.ACCEPTED

    def passage(self, hand: Hand) -> Passage:
        """Return the scan as the fold sees it."""
        return Passage(
            at=self.at,
            device=hand.device_id or 0,
            seq=self.item.seq,
            scan_id=self.item.scan_id,
            entry=self.code is ScanCode.OK,
            station=hand.station,
        )


@dataclass
class _Batch:
    """The scans of one call: `answers` of those that were known, and the new ones by scan id."""

    door: Door
    now: datetime
    hand: Hand
    answers: dict[int, Verdict | Refused] = field(default_factory=dict)
    new: dict[str, _Arrival] = field(default_factory=dict)


def catch_up(
    door: Door, items: Sequence[ScanItem], now: datetime, hand: Hand
) -> list[Verdict | Refused]:
    """Take in what a device decided without the server: a verdict for each, in order.

    What was said at the door has happened. Where it cannot stand beside another scan, or
    beside the rules, a conflict tells the person in charge.
    """
    batch = _Batch(door, now, hand)
    stored = queries.stored_scans([item.scan_id for item in items])
    read = [signed.read(item.code) if item.code is not None else None for item in items]
    badges = [tokens.hashed(one.code) if one is not None else None for one in read]
    ids = [item.registration_id for item in items if item.registration_id is not None]
    known = queries.known(door, [badge for badge in badges if badge is not None], ids)
    for place, (item, badge) in enumerate(zip(items, read, strict=True)):
        before = stored.get(item.scan_id)
        if before is not None:
            batch.answers[place] = _heard_before(batch, item, before)
        elif item.scan_id not in batch.new:
            batch.new[item.scan_id] = _arrival(batch, item, known, badge)
    _take_in(batch)
    return [_answer(batch, place, item) for place, item in enumerate(items)]


def _arrival(batch: _Batch, item: ScanItem, known: Known, badge: Badge | None) -> _Arrival:
    door = batch.door
    at = rules.effective(item.scanned_at, batch.now, item.age)
    hash_ = tokens.hashed(badge.code) if badge is not None else ""
    person = known.by_badge.get(hash_)
    if item.registration_id is not None:
        person = known.by_id.get(item.registration_id)
    expired = badge is not None and badge.is_over(at)
    refused = _refused(door, person, at, retired=hash_ in known.retired, expired=expired)
    direction = _direction(item, person)
    code = rules.code_of_offline(item.said, refused, direction)
    return _Arrival(item, at, code, refused, person, direction)


def _refused(
    door: Door, person: Row[Any] | None, at: datetime, *, retired: bool, expired: bool
) -> ScanCode | None:
    if person is None:
        return ScanCode.INVALID_CODE
    if person.event_id != door.event_id:
        return ScanCode.WRONG_EVENT
    candidate = queries.candidate_of(door, person, retired=retired, expired=expired)
    moment = rules.refuse_moment(at, door.opens_at, door.closes_at)
    return rules.refuse_person(candidate) or moment


def _direction(item: ScanItem, person: Row[Any] | None) -> Direction:
    """Return which way somebody went; what the device said tells it of a toggle."""
    if item.direction is not Direction.TOGGLE:
        return item.direction
    if item.said in {ScanCode.OUT, ScanCode.ALREADY_OUT}:
        return Direction.EXIT
    inside = person is not None and bool(person.inside) and item.said is None
    return Direction.EXIT if inside else Direction.ENTRY


def _take_in(batch: _Batch) -> None:
    """Lock, judge, write and settle all that is new."""
    door, hand, now = batch.door, batch.hand, batch.now
    arrivals = list(batch.new.values())
    moving = {one.person.id: one.passage(hand) for one in arrivals if one.person and one.accepted}
    settling.lock(door, moving)
    people = {one.person.id for one in arrivals if one.person is not None}
    passages = queries.passages(door.id, people) if people else {}
    rows = []
    for one in arrivals:
        one.verdict = _verdict(batch, one, passages)
        rows.append(
            attempt(door, one.item, one.verdict, hand, at=one.at, now=now, direction=one.direction)
        )
    keep_all(rows)
    for one in arrivals:
        if one.person is not None and one.accepted and one.refused and one.code is ScanCode.OK:
            settling.raise_conflict(
                door, one.person.id, ConflictKind.NOT_ADMISSIBLE, one.item.scan_id, now,
                code=one.refused,
            )  # fmt: skip
    undo_if_asked(door, list(batch.new), now)
    if moving:
        settling.settle(door, sorted(moving), now)


def _verdict(batch: _Batch, one: _Arrival, passages: dict[int, list[Passage]]) -> Verdict:
    """Return what the device hears of its own verdict, with what stands beside it."""
    if one.person is None or one.code is ScanCode.WRONG_EVENT:
        return Verdict(scan_id=one.item.scan_id, status=rules.status_of(one.code), code=one.code)
    own = passages.setdefault(one.person.id, [])
    before = settling.fold(batch.door, [other for other in own if other.at <= one.at])
    if one.accepted:
        own.append(one.passage(batch.hand))
    stand = settling.fold(batch.door, own)
    return Verdict(
        scan_id=one.item.scan_id,
        status=rules.status_of(one.code),
        code=one.code,
        registration=queries.card_of(one.person),
        first=_first(batch.door, before) if one.code is ScanCode.ALREADY_IN else None,
        presence="present" if stand.inside else "absent",
        conflict=_conflict(batch.door, one, stand),
        released_at=one.person.sign_up_at.isoformat()
        if one.code is ScanCode.PLACE_RELEASED and one.person.given_away
        else None,
    )


def _first(door: Door, stand: Stand) -> dict[str, Any] | None:
    if stand.first is None:
        return None
    return told(door, stand.first.at, stand.first.station)


def _conflict(door: Door, one: _Arrival, stand: Stand) -> dict[str, Any] | None:
    if one.code is ScanCode.OK and one.refused is not None:
        kind, code = ConflictKind.NOT_ADMISSIBLE, one.refused
        return {"kind": kind.value, "code": code.value, "first": None}
    clashing = {later.scan_id: standing for later, standing in stand.clashes}
    standing = clashing.get(one.item.scan_id)
    if standing is None:
        return None
    first = told(door, standing.at, standing.station)
    code = ScanCode.ALREADY_IN
    return {"kind": ConflictKind.DOUBLE_ENTRY.value, "code": code.value, "first": first}


def _heard_before(batch: _Batch, item: ScanItem, before: Scan) -> Verdict | Refused:
    """Answer a scan that came before; its first answer may have been lost on the way.

    A device that did not hear the refusal has let the person in: the person in charge is told.
    """
    try:
        verdict = replayed(before.body_hash, before.answer, batch.door, item)
    except Refused as refused:
        return refused
    let_in = item.said in {None, ScanCode.OK} and item.direction is not Direction.EXIT
    refused_person = before.registration_id is not None and before.code not in queries.ACCEPTED
    if not (let_in and refused_person and before.code is not ScanCode.WRONG_EVENT):
        return verdict
    kind = ConflictKind.NOT_ADMISSIBLE
    if queries.conflict_of_scan(item.scan_id) is None and before.registration_id is not None:
        settling.raise_conflict(
            batch.door, before.registration_id, kind, item.scan_id, batch.now, code=before.code
        )
    conflict = {"kind": kind.value, "code": before.code.value, "first": verdict.first}
    return replace(verdict, conflict=conflict)


def _answer(batch: _Batch, place: int, item: ScanItem) -> Verdict | Refused:
    if place in batch.answers:
        return batch.answers[place]
    own = batch.new[item.scan_id]
    if own.verdict is None:
        raise LookupError(f"no verdict on {item.scan_id}")
    if own.item is item:
        return own.verdict
    if body_hash(batch.door, own.item) != body_hash(batch.door, item):
        return Refused(CheckinRefusal.IDEMPOTENCY_CONFLICT)
    return replace(own.verdict, replayed=True)


def undo_if_asked(door: Door, scan_ids: Sequence[str], now: datetime) -> None:
    """Take back those scans whose undo came before them, by whoever may undo them."""
    early = queries.early_undos(scan_ids)
    if not early:
        return
    moved = set()
    for scan_id, scan in queries.stored_scans(list(early)).items():
        undo = early[scan_id]
        if undo.is_lead or undo.actor == scan.actor:
            settling.take_back(scan, undo.actor, now)
            if scan.registration_id is not None and scan.code in queries.ACCEPTED:
                moved.add(scan.registration_id)
    db.session.execute(delete(EarlyUndo).where(EarlyUndo.scan_id.in_(list(early))))
    db.session.flush()
    if moved:
        settling.settle(door, sorted(moved), now)
