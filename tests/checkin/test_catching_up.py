"""Scans that devices decided without the server, in every order of arrival, on real databases."""

import uuid
from datetime import datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from flask import Flask

from eventapp.checkin import commands, queries
from eventapp.checkin.commands import Hand, ScanItem, Verdict
from eventapp.checkin.queries import Door
from eventapp.checkin.rules import (
    CheckinRefusal,
    ConflictKind,
    Direction,
    Mode,
    Policy,
    ScanCode,
)
from eventapp.events.models import Event
from eventapp.kernel.refusal import Refused
from eventapp.registrations import commands as registrations
from eventapp.registrations import queries as people
from eventapp.registrations.models import Registration
from eventapp.registrations.rules import BadgeReason
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.usefixtures("db_session")

LEAD = Hand(actor="account:2", station="Otylia", is_lead=True)
HOUR = timedelta(hours=1)


def a_door(event: Event, **columns: Any) -> Door:
    point = commands.add_checkpoint(event.id, {"pl": "Wejście", "en": "Entrance"}, **columns)
    door = queries.door(point.id)
    assert door is not None
    return door


def paired(door: Door, name: str) -> Hand:
    device, _token = commands.pair_device(door.id, name, NOW)
    return Hand(actor=f"device:{device.id}", station=name, device_id=device.id)


def offline(row: Registration, at: datetime, **more: Any) -> ScanItem:
    given = {
        "scan_id": str(uuid.uuid4()),
        "scanned_at": at,
        "code": people.badge_code(row),
        "age": NOW + HOUR - at,
        "mode": Mode.OFFLINE,
        "said": ScanCode.OK,
    }
    return ScanItem(**given | more)


def hand_in(door: Door, hand: Hand, *items: ScanItem) -> list[Verdict]:
    answers = commands.record_scans(door, items, NOW + HOUR, hand)
    assert not [answer for answer in answers if isinstance(answer, Refused)]
    return [answer for answer in answers if isinstance(answer, Verdict)]


def state(door: Door, row: Registration) -> tuple[Any, ...]:
    """Return all that follows from the scans of one person."""
    there = queries.presence(door.id, row.id)
    disputes = queries.disputes(row.event_id)
    return (
        there and (there.inside, there.first_at, there.first_station, there.last_at),
        queries.inside_count(door.id),
        [(one.scan.station, one.other and one.other.station) for one in disputes],
    )


def test_two_doors_without_a_network_and_one_badge_in_every_order(app: Flask) -> None:
    states = []
    for order in permutations(range(4)):
        event = factories.make_event()
        row = factories.make_registration(event)
        door = a_door(event)
        left, right = paired(door, "lewe"), paired(door, "prawe")
        # In by one door, in by the other one, out, and in again.
        moves = [
            (left, offline(row, NOW)),
            (right, offline(row, NOW + timedelta(minutes=3))),
            (
                left,
                offline(
                    row,
                    NOW + timedelta(minutes=20),
                    direction=Direction.EXIT,
                    said=ScanCode.OUT,
                ),
            ),
            (right, offline(row, NOW + timedelta(minutes=40))),
        ]
        for place in order:
            hand_in(door, moves[place][0], moves[place][1])
        states.append(state(door, row))

    assert len(states) == 24
    assert set(map(repr, states)) == {repr(states[0])}
    presence, inside, disputes = states[0]
    assert presence == (True, NOW + timedelta(minutes=40), "prawe", NOW + timedelta(minutes=40))
    assert (inside, disputes) == (1, [("prawe", "lewe")])


def test_the_earliest_stands_and_the_later_one_hears_of_it(app: Flask) -> None:
    event = factories.make_event()
    row = factories.make_registration(event, "Anna", "Nowa")
    door = a_door(event)
    left, right = paired(door, "lewe"), paired(door, "prawe")

    [later] = hand_in(door, right, offline(row, NOW + timedelta(minutes=3)))
    [earlier] = hand_in(door, left, offline(row, NOW))
    [third] = hand_in(door, right, offline(row, NOW + timedelta(minutes=5)))

    assert (later.code, later.conflict) == (ScanCode.OK, None)
    assert (earlier.code, earlier.conflict) == (ScanCode.OK, None)
    assert third.conflict is not None
    assert third.conflict["kind"] == "double-entry"
    assert third.conflict["first"]["device"] == "lewe"
    found = queries.disputes(event.id)
    assert [(one.scan.station, one.other and one.other.station) for one in found] == [
        ("prawe", "lewe"),
        ("prawe", "lewe"),
    ]
    assert queries.open_conflict_count(event.id) == 2
    assert queries.inside_count(door.id) == 1


def test_an_entry_online_stands_beside_an_earlier_one_offline(app: Flask) -> None:
    event = factories.make_event()
    row = factories.make_registration(event)
    door = a_door(event)
    online = ScanItem(
        scan_id=str(uuid.uuid4()),
        scanned_at=NOW,
        code=people.badge_code(row),
        age=timedelta(0),
    )
    assert commands.record_scan(door, online, NOW, paired(door, "online")).code is ScanCode.OK

    hand_in(door, paired(door, "bez sieci"), offline(row, NOW - timedelta(minutes=9)))

    [dispute] = queries.disputes(event.id)
    assert dispute.conflict.scan_id == online.scan_id
    assert dispute.other is not None
    assert dispute.other.station == "bez sieci"
    there = queries.presence(door.id, row.id)
    assert there is not None
    assert there.first_at == NOW - timedelta(minutes=9)


def test_a_badge_replaced_behind_the_devices_back_is_a_conflict(app: Flask) -> None:
    event = factories.make_event()
    row = factories.make_registration(event)
    door = a_door(event)
    old = people.badge_code(row)
    registrations.reissue_badge(row.id, NOW - timedelta(minutes=5), reason=BadgeReason.LOST)

    [heard] = hand_in(door, paired(door, "telefon"), offline(row, NOW, code=old))

    assert (heard.code, heard.presence) == (ScanCode.OK, "present")
    assert heard.conflict == {"kind": "not-admissible", "code": "revoked", "first": None}
    [dispute] = queries.disputes(event.id)
    assert dispute.conflict.kind is ConflictKind.NOT_ADMISSIBLE
    assert dispute.conflict.code is ScanCode.REVOKED
    assert queries.inside_count(door.id) == 1


def test_a_lost_refusal_is_a_conflict(app: Flask) -> None:
    """The server said no, its answer was lost, and the device let the person in."""
    event = factories.make_event()
    row = factories.make_registration(event)
    door = a_door(event)
    phone = paired(door, "telefon")
    hand_in(door, paired(door, "drugi"), offline(row, NOW - HOUR))
    lost = offline(row, NOW, mode=Mode.ONLINE, said=None, age=timedelta(0))
    assert commands.record_scan(door, lost, NOW, phone).code is ScanCode.ALREADY_IN

    again = offline(row, NOW, scan_id=lost.scan_id)
    answers = [hand_in(door, phone, again)[0] for _ in range(2)]

    assert [answer.replayed for answer in answers] == [True, True]
    assert [(answer.conflict or {}).get("code") for answer in answers] == ["already-in"] * 2
    assert queries.open_conflict_count(event.id) == 1


def test_whom_the_device_sent_away_is_not_inside(app: Flask) -> None:
    event = factories.make_event()
    row = factories.make_registration(event)
    door = a_door(event)

    refused = offline(row, NOW, said=ScanCode.NOT_ELIGIBLE)
    [heard] = hand_in(door, paired(door, "telefon"), refused)

    assert (heard.code, heard.presence) == (ScanCode.NOT_ELIGIBLE, "absent")
    assert queries.inside_count(door.id) == 0
    assert [scan.code for scan in queries.last_scans(event.id)] == [ScanCode.NOT_ELIGIBLE]


def test_the_same_batch_twice_is_one(app: Flask) -> None:
    event = factories.make_event()
    rows = [factories.make_registration(event) for _ in range(3)]
    door = a_door(event)
    phone = paired(door, "telefon")
    items = [offline(row, NOW + timedelta(minutes=place)) for place, row in enumerate(rows)]
    items.append(offline(rows[0], NOW, code="nonsense"))
    twice = [*items, ScanItem(**vars(items[0]))]

    first = hand_in(door, phone, *twice)
    again = hand_in(door, phone, *twice)

    assert [answer.code.value for answer in first] == ["ok", "ok", "ok", "invalid-code", "ok"]
    assert [answer.replayed for answer in first] == [False, False, False, False, True]
    assert [answer.replayed for answer in again] == [True] * 5
    assert len(queries.last_scans(event.id)) == 4
    other = commands.record_scans(
        door, [offline(rows[1], NOW, scan_id=items[0].scan_id)], NOW + HOUR, phone
    )
    assert isinstance(other[0], Refused)
    assert other[0].reason is CheckinRefusal.IDEMPOTENCY_CONFLICT


def test_a_clock_three_hours_off_counts_by_age(app: Flask) -> None:
    event = factories.make_event()
    rows = [factories.make_registration(event) for _ in range(2)]
    door = a_door(event)
    wrong = timedelta(hours=3)
    items = [
        offline(row, NOW + off, age=timedelta(minutes=20))
        for row, off in zip(rows, (wrong, -wrong), strict=True)
    ]

    hand_in(door, paired(door, "telefon"), *items)

    moments = {scan.effective_at for scan in queries.last_scans(event.id)}
    assert moments == {NOW + HOUR - timedelta(minutes=20)}


@pytest.mark.parametrize("mode", [Mode.ONLINE, Mode.OFFLINE])
def test_an_undo_may_come_before_its_scan(app: Flask, mode: Mode) -> None:
    event = factories.make_event()
    row = factories.make_registration(event)
    door = a_door(event)
    phone, other = paired(door, "telefon"), paired(door, "inny")
    item = offline(row, NOW + HOUR, mode=mode, age=timedelta(0))
    foreign = offline(row, NOW + HOUR, mode=mode, age=timedelta(0))

    for _ in range(2):
        commands.undo_early(door.id, item.scan_id, NOW, phone)
    commands.undo_early(door.id, foreign.scan_id, NOW, other)
    hand_in(door, phone, item)
    assert queries.inside_count(door.id) == 0
    assert queries.presence(door.id, row.id) is None
    [kept] = queries.last_scans(event.id)
    assert (kept.code, kept.undone_by) == (ScanCode.OK, phone.actor)
    # What another device wanted taken back stands.
    hand_in(door, phone, foreign)
    assert queries.inside_count(door.id) == 1


def test_only_its_own_device_or_the_lead_undoes_a_scan(app: Flask) -> None:
    event = factories.make_event()
    row = factories.make_registration(event)
    door = a_door(event)
    item = offline(row, NOW)
    hand_in(door, paired(door, "telefon"), item)

    with pytest.raises(Refused) as refused:
        commands.undo_scan(item.scan_id, NOW + HOUR, paired(door, "inny"))
    assert refused.value.reason is CheckinRefusal.UNDO_FOREIGN
    commands.undo_scan(item.scan_id, NOW + HOUR, LEAD)
    assert queries.inside_count(door.id) == 0


def test_an_undo_or_an_exit_that_comes_late_ends_a_conflict(app: Flask) -> None:
    event = factories.make_event()
    row = factories.make_registration(event)
    door = a_door(event)
    left, right = paired(door, "lewe"), paired(door, "prawe")
    first, second = offline(row, NOW), offline(row, NOW + timedelta(minutes=9))
    hand_in(door, left, first)
    hand_in(door, right, second)
    assert queries.open_conflict_count(event.id) == 1

    away = offline(
        row, NOW + timedelta(minutes=5), direction=Direction.EXIT, said=ScanCode.ALREADY_OUT
    )
    hand_in(door, left, away)
    assert queries.open_conflict_count(event.id) == 0
    commands.undo_scan(away.scan_id, NOW + HOUR, left)
    assert queries.open_conflict_count(event.id) == 1
    commands.undo_scan(first.scan_id, NOW + HOUR, left)
    assert queries.open_conflict_count(event.id) == 0
    assert queries.inside_count(door.id) == 1


def test_the_person_in_charge_settles_a_conflict_with_a_reason(app: Flask) -> None:
    event = factories.make_event()
    rows = [factories.make_registration(event) for _ in range(2)]
    door = a_door(event)
    left, right = paired(door, "lewe"), paired(door, "prawe")
    for row in rows:
        hand_in(door, left, offline(row, NOW))
        hand_in(door, right, offline(row, NOW + timedelta(minutes=9)))
    stays, goes = (dispute.conflict for dispute in queries.disputes(event.id))

    with pytest.raises(Refused) as silent:
        commands.let_stand(stays.id, " ", NOW, LEAD)
    commands.let_stand(stays.id, "dwie osoby, jeden identyfikator", NOW + HOUR, LEAD)
    commands.take_conflict_back(goes.id, "pomyłka", NOW + HOUR, LEAD)

    assert silent.value.reason is CheckinRefusal.REASON_MISSING
    assert queries.open_conflict_count(event.id) == 0
    settled = queries.disputes(event.id, settled=True)
    assert [(one.conflict.reason, one.scan.undone_at is not None) for one in settled] == [
        ("dwie osoby, jeden identyfikator", False),
        ("pomyłka", True),
    ]
    for number, reason in ((stays.id, CheckinRefusal.CONFLICT_SETTLED), (2**30, None)):
        with pytest.raises(Refused) as refused:
            commands.take_conflict_back(number, "jeszcze raz", NOW, LEAD)
        assert refused.value.reason is (reason or CheckinRefusal.CONFLICT_UNKNOWN)
    # What was settled stays so, whatever arrives later.
    hand_in(door, left, offline(rows[0], NOW + timedelta(minutes=1)))
    assert queries.open_conflict_count(event.id) == 1


def test_a_new_day_at_the_events_door_is_a_new_entry(app: Flask) -> None:
    event = factories.make_event()
    row = factories.make_registration(event)
    door = a_door(event)
    phone = paired(door, "telefon")
    codes = []
    for day in range(3):
        now = NOW + timedelta(days=day)
        item = ScanItem(
            scan_id=str(uuid.uuid4()),
            scanned_at=now,
            code=people.badge_code(row),
            age=timedelta(0),
        )
        codes.append(commands.record_scan(door, item, now, phone).code)

    assert codes == [ScanCode.OK] * 3
    assert queries.open_conflict_count(event.id) == 0


def test_a_door_for_one_entry_tells_of_a_second_one(app: Flask) -> None:
    event = factories.make_event()
    row = factories.make_registration(event)
    door = a_door(event, policy=Policy.SINGLE)
    phone = paired(door, "telefon")

    hand_in(door, phone, offline(row, NOW))
    away = offline(row, NOW + timedelta(minutes=5), direction=Direction.EXIT, said=ScanCode.OUT)
    [_, back] = hand_in(door, phone, away, offline(row, NOW + timedelta(minutes=9)))

    assert back.conflict is not None
    assert queries.open_conflict_count(event.id) == 1


def test_the_lead_overrules_in_one_go_and_a_retry_hears_it_again(app: Flask) -> None:
    event = factories.make_event()
    session = factories.make_session(event, sign_up="required")
    row = factories.make_registration(event)
    door = a_door(event, session_id=session.id)
    item = offline(row, NOW, said=ScanCode.NOT_ELIGIBLE)

    answers = [
        commands.record_and_admit(door, item, "zgoda trenerki", NOW + HOUR, LEAD) for _ in range(2)
    ]

    assert [(answer.code, answer.replayed) for answer in answers] == [
        (ScanCode.OK, False),
        (ScanCode.OK, True),
    ]
    assert {answer.scan_id for answer in answers} == {item.scan_id}
    assert queries.inside_count(door.id) == 1
    assert len(queries.last_scans(event.id)) == 2
    with pytest.raises(Refused) as refused:
        commands.record_and_admit(door, item, "bo tak", NOW, paired(door, "telefon"))
    assert refused.value.reason is CheckinRefusal.OVERRIDE_NOT_YOURS
