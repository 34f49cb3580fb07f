"""Sign-ups by API: a seat or a place in the queue, taken back, and the next one promoted."""

from datetime import timedelta

import pytest

from eventapp.events import queries as events
from eventapp.signups import queries as seats
from tests.api.conftest import Program, code, faults
from tests.factories import at, make_registration, make_session
from tests.harness import world


@pytest.fixture
def people(app, place) -> list[str]:
    """Three more people of the event."""
    with app.app_context():
        event = events.event(place.event_id)
        return [str(make_registration(event).id) for _ in range(3)]


def queue(program, place) -> list[tuple[str, str, int | None]]:
    rows = program.get(f"/sessions/{place.ids['session_id']}/sign-ups").json
    return [(row["registration"], row["state"], row["position"]) for row in rows]


def test_a_seat_then_places_in_the_queue(program, place, people):
    path = f"/sessions/{place.ids['other_session_id']}"
    program.patch(path, {"capacity": 1})

    answers = [program.post(f"{path}/sign-ups", {"registration": one}) for one in people]

    assert [answer.status_code for answer in answers] == [201, 201, 201]
    assert [(answer.json["state"], answer.json["position"]) for answer in answers] == [
        ("confirmed", None),
        ("waiting", 1),
        ("waiting", 2),
    ]
    session = program.get(path).json
    assert (session["confirmed"], session["waiting"], session["seats_left"]) == (1, 2, 0)


def test_a_seat_given_back_goes_to_the_next_before_the_answer(app, program, place, people):
    first, second = (str(place.ids[name]) for name in ("registration_id", "other_registration_id"))
    path = f"/sessions/{place.ids['session_id']}/sign-ups"
    program.post(path, {"registration": people[0]})
    assert queue(program, place) == [
        (first, "confirmed", None),
        (second, "waiting", 1),
        (people[0], "waiting", 2),
    ]

    assert program.delete(f"/sign-ups/{place.ids['sign_up_id']}").status_code == 204

    assert queue(program, place) == [(second, "confirmed", None), (people[0], "waiting", 1)]
    assert code(program.delete(f"/sign-ups/{place.ids['sign_up_id']}")) == (409, "not-signed-up")
    with app.app_context():
        assert seats.counter_faults() == []


def test_an_organiser_passes_windows_and_approval(app, program, place, hands):
    hands.move_to(at("9:30") + timedelta(minutes=1))
    path = f"/sessions/{place.ids['other_session_id']}"
    program.patch(path, {"sign_up_closes_at": "2027-05-01T00:00:00+02:00"})

    answer = program.post(f"{path}/sign-ups", {"registration": str(place.ids["pending_id"])})

    assert (answer.status_code, answer.json["state"]) == (201, "confirmed")


def test_an_organiser_passes_neither_capacity_nor_overlap(app, program, place, people):
    path = f"/sessions/{place.ids['session_id']}"
    parallel = program.post(
        "/events/seminarium/sessions",
        {
            "title": {"pl": "Równoległa"},
            "starts_at": at("9:30").isoformat(),
            "ends_at": at("10:00").isoformat(),
            "sign_up": "required",
        },
    ).json
    taken = {"registration": str(place.ids["registration_id"])}

    clash = program.post(f"/sessions/{parallel['id']}/sign-ups", taken)

    assert code(clash) == (409, "overlaps")
    assert clash.json["details"]["items"][0]["source"] == f"session:{place.ids['session_id']}"
    assert code(program.post(f"{path}/sign-ups", taken)) == (409, "already-signed-up")
    program.patch(path, {"waiting_list": False})
    full = program.post(f"{path}/sign-ups", {"registration": people[0]})
    assert code(full) == (409, "full-no-queue")


def test_a_session_without_a_list_refuses(program, place, people):
    path = f"/sessions/{place.ids['other_session_id']}"
    program.patch(path, {"sign_up": "none"})

    answer = program.post(f"{path}/sign-ups", {"registration": people[0]})

    assert code(answer) == (409, "no-sign-up")


def test_foreign_and_nonexistent_people_are_alike(app, program, place):
    other = world.build(app, "cudze")
    path = f"/sessions/{place.ids['other_session_id']}/sign-ups"

    answers = [
        program.post(path, {"registration": number})
        for number in (str(other.ids["registration_id"]), "999999")
    ]

    assert [code(answer) for answer in answers] == [(409, "not-registered")] * 2
    assert answers[0].data == answers[1].data
    foreign = f"/sessions/{other.ids['session_id']}/sign-ups"
    for method, body in [("GET", None), ("POST", {"registration": "1"})]:
        assert code(program.send(method, foreign, body)) == (404, "not-found")
    assert code(program.delete(f"/sign-ups/{other.ids['sign_up_id']}")) == (404, "not-found")


def test_somebody_struck_off_has_no_seat_to_take(program, place):
    program.delete(f"/registrations/{place.ids['registration_id']}")
    path = f"/sessions/{place.ids['other_session_id']}/sign-ups"

    answer = program.post(path, {"registration": str(place.ids["registration_id"])})

    assert code(answer) == (409, "not-registered")


def test_what_cannot_be_read_is_named(program, place):
    path = f"/sessions/{place.ids['other_session_id']}/sign-ups"

    assert faults(program.post(path, {})) == [("/registration", "required")]
    assert faults(program.post(path, {"registration": 3})) == [("/registration", "wrong-type")]
    assert faults(program.post(path, {"registration": "3000000000"})) == [
        ("/registration", "bad-format")
    ]
    assert faults(program.post(path, {"registration": "1", "force": True})) == [
        ("/force", "unknown-field")
    ]


def test_one_person_may_try_ten_times_a_minute(make_app, database_url):
    app = make_app(DATABASE_URL=database_url, RATE_LIMITS=True)
    place = world.build(app, "tlok")
    program = Program(app, place)
    path = f"/sessions/{place.ids['session_id']}/sign-ups"
    body = {"registration": str(place.ids["registration_id"])}

    answers = [program.post(path, body) for _ in range(11)]

    assert {code(answer) for answer in answers[:10]} == {(409, "already-signed-up")}
    assert code(answers[10]) == (429, "rate-limited")
    assert int(answers[10].headers["Retry-After"]) > 0
    other = {"registration": str(place.ids["pending_id"])}
    assert program.post(path, other).status_code == 201


def test_the_list_names_people_by_their_refs_too(app, program, place):
    with app.app_context():
        event = events.event(place.event_id)
        person = make_registration(event, "Jan", "Żak", ref="P007")
        session = make_session(event, starts_at=at("17:00"))
        ids = (str(session.id), str(person.id))
    program.post(f"/sessions/{ids[0]}/sign-ups", {"registration": ids[1]})

    (row,) = program.get(f"/sessions/{ids[0]}/sign-ups").json

    assert (row["registration_ref"], row["name"], row["state"]) == ("P007", "Jan Żak", "confirmed")
    assert row["signed_up_at"] == "2027-05-20T10:00:00+02:00"


# --- what is asked ----------------------------------------------------------------------------


def test_the_rules_of_an_event_are_read_and_put(program, place):
    path = f"/events/{place.slug}/sign-up-policy"
    begins = ["2027-05-01T08:00:00+02:00", "2027-05-08T08:00:00+02:00"]
    rounds = [{"opens_at": begins[0], "most": 1}, {"opens_at": begins[1], "most": None}]

    changed = program.put(path, {"promotion": "offer", "work_days": [5, 1], "rounds": rounds})

    assert changed.status_code == 200
    assert program.get(path).json == changed.json
    assert changed.json["rounds"] == rounds
    assert (changed.json["promotion"], changed.json["work_days"]) == ("offer", [1, 5])
    assert changed.json["overlap"] == "refuse", "what is left out is as usual"


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        ({"work_from": 20 * 60, "work_until": 8 * 60}, "hours-end-first"),
        ({"work_until": 0}, "hours-end-first"),
        (
            {"rounds": [{"opens_at": f"2027-05-0{day}T08:00:00Z", "most": 1} for day in (2, 1)]},
            "rounds-not-rising",
        ),
    ],
)
def test_rules_that_contradict_themselves_are_refused(program, place, body, refused):
    path = f"/events/{place.slug}/sign-up-policy"
    before = program.get(path).json

    assert code(program.put(path, body)) == (409, refused)
    assert program.get(path).json == before


def test_a_session_asks_something_and_seats_move_at_once(app, program, place):
    path = f"/sessions/{place.ids['session_id']}"
    (category,) = program.get(f"/events/{place.slug}/categories").json[:1]
    split = [{"group": category["group"], "least": 0, "preferred": None, "most": 5}]

    changed = program.put(
        f"{path}/terms",
        {"categories": [category["code"]], "overbooking_percent": 100, "split": split},
    )

    assert changed.status_code == 200
    assert program.get(f"{path}/terms").json == changed.json
    assert changed.json["categories"] == [category["code"]]
    assert changed.json["split"] == split
    assert changed.json["overbooking_percent"] == 100
    assert [state for _who, state, _position in queue(program, place)] == ["confirmed"] * 2


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"categories": ["nobody"]}, "/categories/0"),
        ({"required_activities": ["999999"]}, "/required_activities/0"),
        ({"priority_group": "nobody"}, "/priority_group"),
        ({"split": [{"group": "nobody"}]}, "/split/0/group"),
        ({"closes_before": 61}, "/closes_before"),
        ({"overbooking_percent": 101}, "/overbooking_percent"),
    ],
)
def test_what_is_unknown_is_named(program, place, body, where):
    path = f"/sessions/{place.ids['session_id']}/terms"

    assert [fault[0] for fault in faults(program.put(path, body))] == [where]


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        ({"queue_order": "group-first"}, "no-priority-group"),
        ({"queue_order": "lottery"}, "never-closes"),
    ],
)
def test_terms_that_lack_something_are_refused(program, place, body, refused):
    path = f"/sessions/{place.ids['session_id']}/terms"

    assert code(program.put(path, body)) == (409, refused)
