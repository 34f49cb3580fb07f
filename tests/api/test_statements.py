"""How much each operation asks of the database: the noise-free half of a benchmark."""

from uuid import uuid4

import pytest

from eventapp.events import queries as events
from tests.api.conftest import Program
from tests.factories import NOW, make_registration, make_session
from tests.harness.world import Place

SIGN_UP = 9  # authentication included
SCAN = 3


@pytest.fixture
def people(app, place: Place) -> list[str]:
    """Four more people of the event."""
    with app.app_context():
        event = events.event(place.event_id)
        return [str(make_registration(event).id) for _ in range(4)]


def asked(recorded, act) -> int:
    with recorded() as statements:
        assert act().status_code < 300
    return len(statements)


def test_a_sign_up_asks_nine_times(program, place, people, recorded):
    path = f"/sessions/{place.ids['other_session_id']}/sign-ups"
    program.post(path, {"registration": people[0]})

    counts = [
        asked(recorded, lambda one=one: program.post(path, {"registration": one}))
        for one in people[1:]
    ]

    assert counts == [SIGN_UP, SIGN_UP, SIGN_UP]


def test_a_place_in_the_queue_asks_less(program, place, people, recorded):
    path = f"/sessions/{place.ids['session_id']}/sign-ups"
    program.post(path, {"registration": people[0]})

    assert asked(recorded, lambda: program.post(path, {"registration": people[1]})) == SIGN_UP - 2


def test_a_key_costs_two_statements(program, place, people, recorded):
    path = f"/sessions/{place.ids['other_session_id']}/sign-ups"
    program.post(path, {"registration": people[0]})

    again = [
        asked(recorded, lambda: program.post(path, {"registration": people[1]}, key="k"))
        for _ in range(2)
    ]

    assert again == [SIGN_UP + 2, 2]


def test_a_scan_asks_three_times(app, place, recorded, people):
    device = Program(app, place, "device")
    path = f"/checkpoints/{place.ids['checkpoint_id']}/scans"
    scans = [
        {"scan_id": str(uuid4()), "scanned_at": NOW.isoformat(), "registration": one}
        for one in people
    ]
    device.post(path, scans[0])

    counts = [asked(recorded, lambda body=body: device.post(path, body)) for body in scans[1:]]

    assert counts == [SCAN, SCAN, SCAN]


@pytest.mark.parametrize(
    ("path", "statements"),
    [
        ("/events", 1),
        ("/events/seminarium", 4),
        ("/events/seminarium/sessions", 3),
        ("/events/seminarium/registrations", 3),
        ("/events/seminarium/presence", 5),
        ("/events/seminarium/attendance", 4),
        ("/events/seminarium/awards", 6),
    ],
)
def test_a_list_asks_as_often_for_many_rows_as_for_few(
    app, program, place, recorded, path, statements
):
    program.get(path)
    few = asked(recorded, lambda: program.get(path))
    with app.app_context():
        event = events.event(place.event_id)
        for _ in range(12):
            make_session(event)
            make_registration(event)

    many = asked(recorded, lambda: program.get(path))

    assert (few, many) == (statements, statements)
