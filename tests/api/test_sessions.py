"""Sessions by API: planned, moved, limited, called off; freed seats are filled at once."""

from datetime import timedelta

from sqlalchemy import select

from eventapp.invites import queries as invites
from eventapp.kernel import facts, jobs
from eventapp.kernel.db import db
from eventapp.signups import queries as seats
from tests.api.conftest import code, faults
from tests.factories import at
from tests.harness import world

PLANNED = {
    "title": {"pl": "Budżet", "en": "Budget"},
    "kind": "workshop",
    "starts_at": "2027-06-17T09:00:00+02:00",
    "ends_at": "2027-06-17T11:00:00+02:00",
    "capacity": 12,
    "sign_up": "required",
    "waiting_list": True,
}
PATH = "/events/seminarium/sessions"


def plan(program, **more):
    return program.post(PATH, PLANNED | more)


def test_a_session_is_planned_and_read(program, place):
    answer = plan(program, room=str(place.ids["room_id"]))

    session = answer.json
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/api/v1/sessions/{session['id']}"
    given = {**PLANNED, "room": str(place.ids["room_id"])}
    assert {name: session[name] for name in given} == given
    assert (session["confirmed"], session["waiting"], session["seats_left"]) == (0, 0, 12)
    assert (session["effective_capacity"], session["state"]) == (12, "scheduled")
    assert session["room_name"]["pl"].startswith("Sala")
    assert session["support_minutes"] == 120
    assert program.get(f"/sessions/{session['id']}").json == session


def test_little_is_needed_and_the_rest_is_modest(program):
    times = {name: PLANNED[name] for name in ("starts_at", "ends_at")}

    session = program.post(PATH, {"title": {"pl": "Kawa"}, **times}).json

    modest = {"kind": "other", "sign_up": "none", "waiting_list": False}
    assert {name: session[name] for name in modest} == modest
    assert (session["room"], session["capacity"], session["seats_left"]) == (None, None, None)


def test_a_workshop_held_twice_is_one_activity(program):
    first = plan(program).json
    times = {"starts_at": "2027-06-18T09:00:00+02:00", "ends_at": "2027-06-18T11:00:00+02:00"}

    second = program.post(PATH, {"activity": first["activity"], **times}).json

    assert second["activity"] == first["activity"]
    assert second["title"] == first["title"]
    assert second["id"] != first["id"]


def test_a_winter_session_has_the_winter_offset(program):
    session = plan(program, starts_at="2027-06-17T07:00:00Z", ends_at="2027-06-17T10:00:00+03:00")

    assert code(session) == (409, "ends-before-start")
    moved = plan(program, starts_at="2027-06-17T07:00:00Z", ends_at="2027-06-17T11:00:00+03:00")
    assert moved.json["starts_at"] == "2027-06-17T09:00:00+02:00"
    assert moved.json["ends_at"] == "2027-06-17T10:00:00+02:00"


BAD = [
    ({"title": None}, [("/title", "required")]),
    ({"kind": "party"}, [("/kind", "not-a-choice")]),
    ({"sign_up": "maybe"}, [("/sign_up", "not-a-choice")]),
    ({"starts_at": "2027-06-17T09:00:00"}, [("/starts_at", "no-offset")]),
    ({"starts_at": "tomorrow"}, [("/starts_at", "not-a-time")]),
    ({"starts_at": "9999-12-31T23:59:59Z"}, [("/starts_at", "out-of-range")]),
    ({"capacity": -1}, [("/capacity", "out-of-range")]),
    ({"capacity": "12"}, [("/capacity", "wrong-type")]),
    ({"room": "0"}, [("/room", "bad-format")]),
    ({"room": "2147483648"}, [("/room", "bad-format")]),
    ({"room": "999999"}, [("/room", "not-found")]),
    ({"room": 1}, [("/room", "wrong-type")]),
    ({"title": None, "activity": "999999"}, [("/activity", "not-found")]),
    ({"activity": "1"}, [("/activity", "title-and-activity")]),
    ({"title": {"pl": "a\u202eb"}}, [("/title/pl", "direction-override")]),
    ({"title": {"pl": "x" * 251}}, [("/title/pl", "too-long")]),
    ({"id": "7", "confirmed": 3}, [("/confirmed", "unknown-field"), ("/id", "unknown-field")]),
]


def test_what_cannot_be_planned_is_named(program):
    # One event serves the whole table: nothing of it is ever planned.
    found = [(change, faults(plan(program, **change))) for change, _ in BAD]

    assert found == BAD
    assert code(plan(program, title={"pl": "a\x00b"})) == (400, "nul")


def test_a_foreign_room_or_activity_is_as_unknown_as_none(app, program):
    other = world.build(app, "cudze")

    assert faults(plan(program, room=str(other.ids["room_id"]))) == [("/room", "not-found")]
    activity = str(other.ids["activity_id"])
    assert faults(plan(program, title=None, activity=activity)) == [("/activity", "not-found")]


def test_refusals_are_409_with_their_code_and_details(program, place):
    taken = plan(
        program,
        room=str(place.ids["room_id"]),
        starts_at=at("9:30").isoformat(),
        ends_at=at("10:00").isoformat(),
    )

    assert code(taken) == (409, "room-taken")
    assert taken.json["details"]["title"]["pl"].startswith("Warsztat")
    outside = plan(
        program, starts_at="2027-07-01T09:00:00+02:00", ends_at="2027-07-01T10:00:00+02:00"
    )
    assert code(outside) == (409, "outside-event")


def test_a_raised_capacity_promotes_before_the_answer(program, place):
    path = f"/sessions/{place.ids['session_id']}"
    assert (program.get(path).json["confirmed"], program.get(path).json["waiting"]) == (1, 1)

    answer = program.patch(path, {"capacity": 2})

    assert (answer.json["confirmed"], answer.json["waiting"]) == (2, 0)
    states = [row["state"] for row in program.get(f"{path}/sign-ups").json]
    assert states == ["confirmed", "confirmed"]


def test_an_emptied_capacity_is_the_rooms(program, place):
    path = f"/sessions/{place.ids['session_id']}"

    answer = program.patch(path, {"capacity": None}).json

    assert (answer["capacity"], answer["effective_capacity"]) == (None, 40)
    assert (answer["confirmed"], answer["seats_left"]) == (2, 38)


def test_a_capacity_below_the_seats_given_is_refused(program, place):
    path = f"/sessions/{place.ids['session_id']}"
    program.patch(path, {"capacity": 2})

    assert code(program.patch(path, {"capacity": 1})) == (409, "capacity-below-confirmed")


def test_a_move_holds_at_once_and_its_letter_waits(app, program, place):
    path = f"/sessions/{place.ids['session_id']}"
    times = {"starts_at": "2027-06-17T13:00:00+02:00", "ends_at": "2027-06-17T15:00:00+02:00"}

    answer = program.patch(path, {**times, "room": None})

    assert {name: answer.json[name] for name in times} == times
    assert (answer.json["room"], answer.json["version"]) == (None, 2)
    assert answer.json["support_minutes"] == 0
    with app.app_context():
        invite = invites.of(place.ids["session_id"], place.ids["registration_id"])
        moved = facts.history(subject=f"session:{place.ids['session_id']}", limit=1)[0]
        query = select(jobs.Job).where(jobs.Job.name == "invites.announce")
        letters = db.session.scalars(query).all()
    assert invite.sequence == 1
    assert (moved.kind, moved.actor) == ("session-moved", "token:1")
    assert [job.run_at - job.created_at for job in letters] == [timedelta(minutes=10)]


def test_length_and_credit_go_together_unless_they_were_parted(program):
    session = plan(program, break_minutes=15).json
    assert session["support_minutes"] == 105

    longer = {"ends_at": "2027-06-17T12:00:00+02:00"}
    assert program.patch(f"/sessions/{session['id']}", longer).json["support_minutes"] == 165

    program.patch(f"/sessions/{session['id']}", {"support_minutes": 90})
    shorter = {"ends_at": "2027-06-17T11:30:00+02:00"}
    assert program.patch(f"/sessions/{session['id']}", shorter).json["support_minutes"] == 90


def test_an_edit_that_says_nothing_new_changes_nothing(program, place):
    path = f"/sessions/{place.ids['session_id']}"
    session = program.get(path).json
    same = {name: session[name] for name in ("title", "starts_at", "capacity", "sign_up", "room")}

    assert program.patch(path, same).json == session
    assert program.patch(path, {}).json == session


def test_a_list_in_use_cannot_be_taken_away(program, place):
    path = f"/sessions/{place.ids['session_id']}"

    assert code(program.patch(path, {"sign_up": "none"})) == (409, "in-use")


def test_a_session_called_off_lets_everybody_go(app, program, place):
    path = f"/sessions/{place.ids['session_id']}"

    assert program.delete(path).status_code == 204

    session = program.get(path).json
    assert (session["state"], session["confirmed"], session["waiting"]) == ("cancelled", 0, 0)
    assert program.get(f"{path}/sign-ups").json == []
    assert program.delete(path).status_code == 204
    body = {"registration": str(place.ids["pending_id"])}
    assert code(program.post(f"{path}/sign-ups", body)) == (409, "cancelled-session")
    assert code(program.patch(path, {"room": None})) == (409, "cancelled-session")
    with app.app_context():
        assert seats.counter_faults() == []


def test_a_list_shows_each_session_once(program, place):
    for number in range(3):
        plan(program, title={"pl": f"Sesja {number}"})

    found, path = [], f"{PATH}?limit=2"
    while path:
        answer = program.get(path)
        found += [session["title"]["pl"] for session in answer.json]
        link = answer.headers.get("Link", "")
        path = link.partition(">")[0].removeprefix("<http://localhost/api/v1")

    assert len(found) == 5
    assert found[2:] == ["Sesja 0", "Sesja 1", "Sesja 2"]


# --- topics -----------------------------------------------------------------------------------


def test_a_session_says_what_it_is_about(program):
    law, plain = {"pl": "Prawo", "en": "Law"}, {"pl": "Żywność"}
    session = plan(program, topics=[law, plain, {"pl": "PRAWO"}]).json
    assert session["topics"] == [law, plain]
    path = f"/sessions/{session['id']}"

    assert program.patch(path, {"capacity": 5}).json["topics"] == [law, plain]
    assert program.patch(path, {"topics": [plain]}).json["topics"] == [plain]
    assert program.patch(path, {"topics": []}).json["topics"] == []


def test_topics_that_a_form_would_read_otherwise_are_refused(program):
    assert faults(plan(program, topics=[{"pl": "a"}, {"pl": "b, c"}])) == [
        ("/topics/1/pl", "not-one-topic")
    ]
    assert faults(plan(program, topics=[{"pl": "?"}])) == [("/topics/0/pl", "not-one-topic")]
    assert faults(plan(program, topics=[{"pl": "x" * 61}])) == [("/topics/0/pl", "out-of-range")]
    assert faults(plan(program, topics=[{"en": "Law"}])) == [("/topics/0/pl", "required")]
    assert code(plan(program, topics=[{"pl": f"t{n}"} for n in range(13)]))[0] == 422
    again = {"activity": plan(program).json["activity"], "topics": [{"pl": "a"}]}
    times = {name: PLANNED[name] for name in ("starts_at", "ends_at")}
    assert faults(program.post(PATH, again | times)) == [("/activity", "title-and-activity")]
