"""Places given away at the door under a crowd: each once, to one person, nobody beyond the room."""

import uuid
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select

from eventapp.attendance import commands, queries
from eventapp.checkin import commands as doors
from eventapp.checkin import queries as door_queries
from eventapp.checkin.commands import Hand, ScanItem
from eventapp.kernel.db import db
from eventapp.signups import queries as seats
from eventapp.signups.models import SignUp, State
from tests.attendance.hall import make_hall
from tests.factories import at
from tests.races.crowd import rush

pytestmark = [pytest.mark.race, pytest.mark.usefixtures("db_session")]

STEWARD = Hand(actor="account:1", station="Jeremi")


def act(wish):
    verb, number, other = wish
    now = at("9:15")
    if verb == "release":
        return commands.release_places(number, now)
    if verb == "seat":
        return commands.seat_at_door(number, other, now)
    if verb == "return":
        return commands.return_place(number, now).id
    item = ScanItem(
        scan_id=str(uuid.uuid4()), scanned_at=now, age=timedelta(0), registration_id=other
    )
    return doors.record_scan(door_queries.door(number), item, now, STEWARD).code.value


def hall_with(places, waiting):
    hall = make_hall(capacity=places)
    seated = [hall.person(f"S{number}") for number in range(places)]
    waits = [hall.person(f"W{number}", seat=False) for number in range(waiting)]
    for number, row in enumerate(waits):
        hall.scan(row, f"8:{50 + number}")
    return hall, seated, waits


def holders(hall):
    query = select(SignUp.registration_id).where(
        SignUp.session_id == hall.session.id, SignUp.state == State.CONFIRMED
    )
    return list(db.session.scalars(query))


def check(hall, places):
    """Whatever came first: as many places as there were, each one person's, each given once."""
    held = holders(hall)
    assert (len(held), len(set(held))) == (places, places)
    assert seats.counter_faults() == []
    standing = [
        row for row in queries.releases(hall.event.id, [hall.session.id]) if row.undone_at is None
    ]
    assert max(Counter(row.given_to_id for row in standing).values(), default=1) == 1
    assert max(Counter(row.registration_id for row in standing).values(), default=1) == 1
    assert {row.given_to_id for row in standing} <= set(held)
    assert not {row.registration_id for row in standing} & set(held)


def test_unused_places_are_given_away_once(app):
    hall, _seated, waits = hall_with(3, 5)
    session_id = hall.session.id

    rush(app, act, [("release", session_id, 0)] * 4)

    assert sorted(holders(hall)) == [row.id for row in waits[:3]]
    check(hall, 3)


def test_by_turn_and_all_at_once_nobody_gets_two(app):
    hall, _seated, waits = hall_with(3, 5)
    session_id = hall.session.id
    by_turn = [("seat", session_id, row.id) for row in waits]

    rush(app, act, [*by_turn, ("release", session_id, 0), *by_turn, ("release", session_id, 0)])

    assert set(holders(hall)) <= {row.id for row in waits}
    check(hall, 3)


def test_whoever_comes_in_meanwhile_keeps_the_place(app):
    hall, seated, _waits = hall_with(4, 4)
    session_id, door_id = hall.session.id, hall.door.id
    coming = [("scan", door_id, row.id) for row in seated]

    wishes = [coming[0], ("release", session_id, 0), *coming[1:3], ("release", session_id, 0),
              *coming[3:]]  # fmt: skip
    answers = dict(zip(wishes, rush(app, act, wishes), strict=True))

    check(hall, 4)
    came = {row.id for row in seated if answers["scan", door_id, row.id] == "ok"}
    assert came <= set(holders(hall))


def test_a_place_is_given_back_once(app):
    hall, seated, _waits = hall_with(3, 3)
    commands.release_places(hall.session.id, at("9:10"))
    releases = [row.id for row in queries.releases(hall.event.id, [hall.session.id])]

    answers = rush(app, act, [("return", number, 0) for number in releases * 3])

    assert Counter(answers)["place-returned"] == 6
    assert sorted(holders(hall)) == [row.id for row in seated]
    check(hall, 3)
