"""Devices hand in what they decided without a network, all at once, about the same people."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from eventapp.checkin import commands, queries
from eventapp.checkin.commands import Hand, ScanItem
from eventapp.checkin.rules import Mode, ScanCode
from eventapp.registrations import queries as people
from tests import factories
from tests.factories import NOW
from tests.races.crowd import rush

pytestmark = pytest.mark.race

DEVICES = 8
BADGES = 3


def hand_in(wish: tuple[int, list[str], int, int]) -> list[str]:
    """Hand in one device's scans of all badges; return what it heard."""
    checkpoint_id, codes, device_id, minute = wish
    door = queries.door(checkpoint_id)
    assert door is not None
    hand = Hand(actor=f"device:{device_id}", station=f"stanowisko {minute}", device_id=device_id)
    at = NOW + timedelta(minutes=minute)
    now = NOW + timedelta(hours=1)
    # Every other device meets people in the other order, as people come.
    order = codes if minute % 2 else codes[::-1]
    items = [
        ScanItem(
            scan_id=str(uuid.uuid4()),
            scanned_at=at,
            code=code,
            age=now - at,
            seq=seq,
            mode=Mode.OFFLINE,
            said=ScanCode.OK,
        )
        for seq, code in enumerate(order)
    ]
    answers = commands.record_scans(door, items, now, hand)
    return [answer.code.value for answer in answers if not isinstance(answer, Exception)]


@pytest.mark.parametrize("processes", [4, pytest.param(8, marks=pytest.mark.soak)])
def test_many_doors_at_once_leave_one_state(app: Flask, processes: int) -> None:
    with app.app_context():
        event = factories.make_event()
        rows = [factories.make_registration(event) for _ in range(BADGES)]
        door = commands.add_checkpoint(event.id, {"pl": "Wejście"})
        devices = [
            commands.pair_device(door.id, f"stanowisko {place}", NOW)[0].id
            for place in range(DEVICES)
        ]
        codes = [people.badge_code(row) for row in rows]
        wishes: list[Any] = [
            (door.id, codes, device_id, place) for place, device_id in enumerate(devices)
        ]

        heard = rush(app, hand_in, wishes, processes=processes)

    assert heard == [["ok"] * BADGES] * DEVICES
    with app.app_context():
        assert queries.inside_count(door.id) == BADGES
        for row in rows:
            there = queries.presence(door.id, row.id)
            assert there is not None
            assert (there.first_at, there.first_station) == (NOW, "stanowisko 0")
            assert there.last_at == NOW + timedelta(minutes=DEVICES - 1)
        disputes = queries.disputes(event.id)
        assert len(disputes) == BADGES * (DEVICES - 1)
        assert {dispute.other.station for dispute in disputes if dispute.other} == {"stanowisko 0"}
