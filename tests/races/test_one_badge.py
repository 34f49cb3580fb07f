"""Fifty scanners see one badge at once: one of them hears `ok`."""

import uuid
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from eventapp.checkin import commands, queries
from eventapp.checkin.commands import Hand, ScanItem
from eventapp.checkin.rules import Direction
from eventapp.registrations import queries as people
from tests import factories
from tests.factories import NOW
from tests.races.crowd import rush

pytestmark = pytest.mark.race

SCANNERS = 50


def scan(wish: tuple[int, str, int, str]) -> str:
    """Scan a badge at a checkpoint as one of the scanners; return the verdict's code."""
    checkpoint_id, code, number, direction = wish
    door = queries.door(checkpoint_id)
    assert door is not None
    item = ScanItem(
        scan_id=str(uuid.uuid4()),
        scanned_at=NOW,
        code=code,
        direction=Direction(direction),
        age=timedelta(0),
    )
    hand = Hand(actor=f"device:{number}", station=f"stanowisko {number}")
    return commands.record_scan(door, item, NOW, hand).code.value


def a_badge_at_a_door() -> tuple[int, str, int]:
    event = factories.make_event()
    row = factories.make_registration(event)
    door = commands.add_checkpoint(event.id, {"pl": "Wejście"})
    return door.id, people.badge_code(row), event.id


@pytest.mark.parametrize("processes", [8, pytest.param(25, marks=pytest.mark.soak)])
def test_one_of_fifty_scanners_lets_the_badge_in(app: Flask, processes: int) -> None:
    with app.app_context():
        door_id, code, event_id = a_badge_at_a_door()
    wishes: list[Any] = [(door_id, code, number, "entry") for number in range(SCANNERS)]

    with app.app_context():
        heard = Counter(rush(app, scan, wishes, processes=processes))

    assert heard == {"ok": 1, "already-in": SCANNERS - 1}
    with app.app_context():
        assert queries.inside_count(door_id) == 1
        assert len(queries.last_scans(event_id, limit=100)) == SCANNERS


def test_one_of_many_scanners_lets_the_badge_out(app: Flask) -> None:
    with app.app_context():
        door_id, code, _event_id = a_badge_at_a_door()
        assert scan((door_id, code, 0, "entry")) == "ok"
    wishes: list[Any] = [(door_id, code, number, "exit") for number in range(1, 21)]

    with app.app_context():
        heard = Counter(rush(app, scan, wishes))

    assert heard == {"out": 1, "already-out": 19}
    with app.app_context():
        assert queries.inside_count(door_id) == 0
