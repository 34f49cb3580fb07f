"""Events by API: whose they are, what is shown, what may be changed."""

from eventapp.events import queries
from eventapp.events.models import EventState
from eventapp.kernel.db import atomic
from tests.api.conftest import code, faults
from tests.harness import world


def test_a_token_lists_its_own_event_alone(app, program):
    world.build(app, "cudze")

    answer = program.get("/events")

    assert [event["slug"] for event in answer.json] == ["seminarium"]
    assert answer.headers.get("Link") is None


def test_an_event_comes_with_what_others_refer_to(program, place):
    event = program.get("/events/seminarium").json

    assert event["id"] == str(place.event_id)
    assert (event["state"], event["timezone"]) == ("published", "Europe/Warsaw")
    assert [day["date"] for day in event["days"]] == ["2027-06-16", "2027-06-17", "2027-06-18"]
    assert [(room["id"], room["capacity"]) for room in event["rooms"]] == [
        (str(place.ids["room_id"]), 40)
    ]
    assert [category["code"] for category in event["categories"]] == ["fundacja"]


def test_times_carry_the_offset_of_the_events_zone(program):
    change = {"registration_opens_at": "2027-05-01T06:00:00Z", "cancel_until": None}

    event = program.patch("/events/seminarium", change).json

    assert event["registration_opens_at"] == "2027-05-01T08:00:00+02:00"
    assert event["cancel_until"] is None


def test_what_is_left_out_stays(program):
    before = program.get("/events/seminarium").json

    after = program.patch("/events/seminarium", {"title": {"pl": "Nowa nazwa"}}).json

    assert after["title"] == {"pl": "Nowa nazwa"}
    unchanged = before.keys() - {"title", "revision"}
    assert {name: after[name] for name in unchanged} == {name: before[name] for name in unchanged}


def test_an_event_is_archived_and_shown_again(program):
    assert program.patch("/events/seminarium", {"state": "archived"}).json["state"] == "archived"
    assert program.patch("/events/seminarium", {"state": "published"}).json["state"] == "published"


def test_approval_decides_where_a_registration_stands(program):
    person = {"first_name": "Ewa", "last_name": "Lis"}
    assert program.post("/events/seminarium/registrations", person).json["state"] == "qualified"

    program.patch("/events/seminarium", {"requires_approval": True})

    assert program.post("/events/seminarium/registrations", person).json["state"] == "pending"


BAD = [
    ({"title": {"pl": ""}}, ("/title/pl", "required")),
    ({"title": "Seminarium"}, ("/title", "wrong-type")),
    ({"state": "draft"}, ("/state", "not-a-choice")),
    ({"overbooking_percent": 101}, ("/overbooking_percent", "out-of-range")),
    ({"capacity": True}, ("/capacity", "wrong-type")),
    ({"cancel_until": "2027-06-01T10:00:00"}, ("/cancel_until", "no-offset")),
    ({"slug": "inny"}, ("/slug", "unknown-field")),
    ({"timezone": "Europe/Paris"}, ("/timezone", "unknown-field")),
]


def test_a_bad_field_is_named(program):
    found = [(body, *faults(program.patch("/events/seminarium", body))) for body, _ in BAD]

    assert found == BAD


def test_foreign_and_nonexistent_events_are_alike(app, program):
    world.build(app, "cudze")

    answers = [program.get(f"/events/{slug}") for slug in ("cudze", "nie-ma")]

    assert [code(answer) for answer in answers] == [(404, "not-found")] * 2
    assert answers[0].data == answers[1].data


def test_a_draft_is_there_for_its_own_token_alone(app, program, program_with):
    with app.app_context():
        hide("seminarium")

    assert program.get("/events/seminarium").status_code == 200
    assert program_with(None).get("/events/seminarium").status_code == 401
    assert program_with(None).get("http://localhost/seminarium/").status_code == 404


@atomic
def hide(slug: str) -> None:
    queries.by_slug(slug).state = EventState.DRAFT


def test_a_revoked_token_opens_nothing(program_with):
    assert code(program_with("revoked-token").get("/events")) == (401, "unauthorised")


def test_without_a_live_token_the_answer_is_401(program):
    for header in ("", "Bearer", "Bearer api_x", "Basic YTpi", "Bearer api_\x7f"):
        program.headers["Authorization"] = header
        answers = [program.get("/events"), program.post("/events/seminarium/sessions", {})]

        assert [code(answer) for answer in answers] == [(401, "unauthorised")] * 2
