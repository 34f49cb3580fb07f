"""The door by API: checkpoints, devices, scans, presence."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from eventapp.checkin import commands as checkin
from eventapp.events import queries as frame
from eventapp.kernel import clock
from eventapp.signups import commands as signups
from tests import factories
from tests.api.conftest import Program, code, faults
from tests.factories import NOW, WARSAW, at
from tests.harness import world

POINTS = "/events/seminarium/checkpoints"


def scan(moment: datetime = NOW, **more) -> dict:
    given = {"scan_id": str(uuid4()), "scanned_at": moment.isoformat()}
    return given | more


@pytest.fixture
def device(app, place) -> Program:
    """A device that is paired with the event's door."""
    return Program(app, place, "device")


@pytest.fixture
def scans(place) -> str:
    """Where the event's door takes its scans."""
    return f"/checkpoints/{place.ids['checkpoint_id']}/scans"


# --- setting up ---------------------------------------------------------------------------


def test_checkpoints_of_event_session_and_day(program, place):
    session, day = str(place.ids["session_id"]), str(place.ids["day_id"])

    made = [
        program.post(POINTS, {"name": "Szatnia", **bound})
        for bound in ({}, {"session": session}, {"day": day, "policy": "once-per-day"})
    ]

    assert [answer.status_code for answer in made] == [201, 201, 201]
    assert [(one.json["session"], one.json["day"], one.json["policy"]) for one in made] == [
        (None, None, "re-entry-after-exit"),
        (session, None, "re-entry-after-exit"),
        (None, day, "once-per-day"),
    ]
    both = program.post(POINTS, {"name": {"pl": "Szatnia", "en": "Cloakroom"}})
    assert both.json["name"] == {"pl": "Szatnia", "en": "Cloakroom"}


def test_a_checkpoint_is_bound_to_what_there_is(app, program, place):
    other = world.build(app, "cudze")
    session, day = str(place.ids["session_id"]), str(place.ids["day_id"])
    bad = [
        ({"session": session, "day": day}, [("/day", "session-or-day")]),
        ({"session": str(other.ids["session_id"])}, [("/session", "not-found")]),
        ({"session": "999999"}, [("/session", "not-found")]),
        ({"day": str(other.ids["day_id"])}, [("/day", "not-found")]),
        ({"name": " "}, [("/name", "required")]),
        ({"name": {"en": "Door"}}, [("/name/pl", "required")]),
        ({"name": {"pl": "a\u202eb"}}, [("/name/pl", "direction-override")]),
        ({"policy": "always"}, [("/policy", "not-a-choice")]),
    ]

    assert [(body, faults(program.post(POINTS, {"name": "x"} | body))) for body, _ in bad] == bad


def test_a_paired_device_scans_at_its_own_checkpoint_alone(app, program, place, scans):
    own = program.post(POINTS, {"name": "Szatnia"}).json
    paired = program.post(f"/checkpoints/{own['id']}/devices", {"name": "Tablet 3"}).json
    place.tokens["new"] = paired["token"]
    device = Program(app, place, "new")
    body = scan(registration=str(place.ids["pending_id"]))

    assert device.post(f"/checkpoints/{own['id']}/scans", body).json["code"] == "pending"
    assert code(device.post(scans, scan(code=place.ids["badge"]))) == (403, "forbidden-checkpoint")
    assert paired["checkpoint"] == own["id"]


def test_a_revoked_device_hears_401(app, place, scans):
    revoked = Program(app, place, "revoked")

    assert code(revoked.post(scans, scan(code=place.ids["badge"]))) == (401, "device-revoked")


def test_a_device_may_nothing_but_scan(app, device, place):
    other = world.build(app, "cudze")
    foreign = f"/checkpoints/{other.ids['checkpoint_id']}/scans"

    assert code(device.post(POINTS, {"name": "x"})) == (403, "forbidden")
    assert code(device.get("/events")) == (403, "forbidden")
    assert code(device.get("/events/seminarium/registrations")) == (403, "forbidden")
    assert code(device.get("/events/cudze")) == (404, "not-found")
    assert code(device.post(foreign, scan(code=place.ids["badge"]))) == (404, "not-found")
    assert code(device.post("/checkpoints/999999/scans", scan(code="x"))) == (404, "not-found")


# --- scanning -----------------------------------------------------------------------------


def test_the_verdicts_of_one_badge(device, place, scans, hands):
    badge = place.ids["badge"]
    first = scan(NOW + timedelta(minutes=1), code=badge)
    hands.move_to(NOW + timedelta(minutes=1))

    assert device.post(scans, first).json["code"] == "already-in"
    out = device.post(scans, scan(NOW + timedelta(minutes=1), code=badge, direction="exit"))
    assert (out.status_code, out.json["code"], out.json["presence"]) == (201, "out", "absent")
    again = device.post(scans, first)
    assert (again.status_code, again.json["code"], again.json["replayed"]) == (
        200,
        "already-in",
        True,
    )
    assert again.json["first"]["device"] == "telefon"
    assert code(device.post(scans, first | {"direction": "exit"})) == (409, "idempotency-conflict")


def test_an_unknown_code_is_404_and_still_a_verdict(device, scans):
    answer = device.post(scans, scan(code="HTTP://LOCALHOST/B/" + "0" * 26))

    assert (answer.status_code, answer.json["code"], answer.json["status"]) == (
        404,
        "invalid-code",
        "error",
    )
    assert answer.mimetype == "application/json"


def test_another_events_badge_shows_nobody(app, device, scans):
    other = world.build(app, "cudze")

    said = device.post(scans, scan(code=other.ids["badge"])).json

    assert (said["code"], said["registration"]) == ("wrong-event", None)


BAD = [
    ({}, [("", "code-or-registration")]),
    ({"code": "x", "registration": "1"}, [("", "code-or-registration")]),
    ({"code": "x", "direction": "in"}, [("/direction", "not-a-choice")]),
    ({"code": "x", "scan_id": "short"}, [("/scan_id", "out-of-range")]),
    ({"code": "x", "scan_id": "not an id!"}, [("/scan_id", "bad-format")]),
    ({"code": "x", "age_ms": -1}, [("/age_ms", "out-of-range")]),
    ({"code": "x", "mode": "both"}, [("/mode", "not-a-choice")]),
    ({"registration": "2147483648"}, [("/registration", "bad-format")]),
]


def test_what_is_no_scan_is_named(device, scans):
    assert [(body, faults(device.post(scans, scan() | body))) for body, _ in BAD] == BAD


def test_a_batch_answers_each_in_order(device, place, scans):
    one = scan(registration=str(place.ids["other_registration_id"]))
    conflict = {**one, "direction": "exit"}
    batch = [one, {"scan_id": 7}, conflict, one, scan(code="nonsense")]

    answer = device.post(f"{scans}:batch", {"scans": batch})

    assert answer.status_code == 200
    verdicts = answer.json["verdicts"]
    assert [said["code"] for said in verdicts] == [
        "ok",
        "invalid-fields",
        "idempotency-conflict",
        "ok",
        "invalid-code",
    ]
    assert [said["scan_id"] for said in verdicts] == [
        one["scan_id"],
        7,
        one["scan_id"],
        one["scan_id"],
        batch[4]["scan_id"],
    ]
    assert [said.get("replayed") for said in verdicts] == [False, None, None, True, False]


def test_a_batch_has_at_most_200(device, scans):
    answer = device.post(f"{scans}:batch", {"scans": [{}] * 201})

    assert faults(answer) == [("/scans", "out-of-range")]


def test_a_scan_is_taken_back(device, program, place, scans):
    undone = device.post(f"{scans}/{place.ids['scan_id']}/undo")

    assert undone.json == {
        "scan_id": place.ids["scan_id"],
        "undone": True,
        # Another device let the same badge in.
        "counters": {"inside": 1, "expected": 2},
    }
    assert code(device.post(f"{scans}/{place.ids['scan_id']}/undo")) == (409, "already-undone")
    assert code(device.post(f"{scans}/no_such_scan/undo")) == (409, "scan-unknown")
    early = device.post(f"{scans}/not-here-yet/undo")
    assert (early.status_code, early.json["undone"]) == (202, True)
    assert device.post(scans, scan(NOW, scan_id="not-here-yet", code=place.ids["badge"])).json
    [there] = program.get("/events/seminarium/presence").json
    assert there["inside"] is True


def test_a_lead_lets_in_whom_a_scan_refused(device, program, place, scans):
    refused = device.post(scans, scan(registration=str(place.ids["pending_id"]))).json
    path = f"{scans}/{refused['scan_id']}/admit"

    assert code(device.post(path, {"reason": "Zna go dyrektor."})) == (403, "forbidden")
    assert faults(program.post(path, {})) == [("/reason", "required")]
    assert code(program.post(path, {"reason": " "})) == (409, "reason-missing")
    admitted = program.post(path, {"reason": "Zna go dyrektor."})
    assert (admitted.status_code, admitted.json["code"]) == (201, "ok")


def test_a_door_scans_at_most_100_a_second(make_app, database_url):
    app = make_app(DATABASE_URL=database_url, RATE_LIMITS=True)
    place = world.build(app, "tlok")
    device = Program(app, place, "device")
    path = f"/checkpoints/{place.ids['checkpoint_id']}/scans:batch"

    answers = {device.post(path, {"scans": []}).status_code for _ in range(3)}

    assert answers == {200}


def test_wrong_tokens_are_limited_by_address(make_app, database_url):
    app = make_app(DATABASE_URL=database_url, RATE_LIMITS=True)
    place = world.build(app, "tlok")
    place.tokens["guessed"] = "api_guessed"
    guesser = Program(app, place, "guessed")

    answers = [guesser.get("/events") for _ in range(21)]

    assert {code(answer) for answer in answers[:20]} == {(401, "unauthorised")}
    assert code(answers[20]) == (429, "rate-limited")
    assert Program(app, place).get("/events").status_code == 200


# --- presence -----------------------------------------------------------------------------


def test_presence_credits_the_minutes_of_a_session(app, program, place, hands):
    """In at 9:00, out at 9:50, in at 10:05, no exit: 105 of 120 minutes."""
    session = program.post(
        "/events/seminarium/sessions",
        {
            "title": {"pl": "Wykład"},
            "starts_at": at("9:00", 2).isoformat(),
            "ends_at": at("11:00", 2).isoformat(),
        },
    ).json
    point = program.post(POINTS, {"name": "Sala", "session": session["id"]}).json
    device = program.post(f"/checkpoints/{point['id']}/devices", {"name": "x"}).json
    place.tokens["new"] = device["token"]
    door = Program(app, place, "new")
    person = str(place.ids["registration_id"])
    for moment, way in [("9:00", "entry"), ("9:50", "exit"), ("10:05", "entry")]:
        hands.move_to(at(moment, 2))
        said = door.post(
            f"/checkpoints/{point['id']}/scans",
            scan(at(moment, 2), registration=person, direction=way),
        )
        assert said.status_code == 201

    rows = program.get("/events/seminarium/presence").json

    there = [row for row in rows if row["session"] == session["id"]]
    assert there == [
        {
            "registration": person,
            "registration_ref": None,
            "name": there[0]["name"],
            "checkpoint": point["id"],
            "session": session["id"],
            "inside": True,
            "entered_at": "2027-06-17T10:05:00+02:00",
            "changed_at": "2027-06-17T10:05:00+02:00",
            "minutes": 105,
        }
    ]
    elsewhere = [row for row in rows if row["session"] is None]
    assert [(row["inside"], row["minutes"]) for row in elsewhere] == [(False, None)]
    hands.move_to(at("11:01", 2))
    rows = program.get("/events/seminarium/presence").json
    assert [row["inside"] for row in rows] == [False, False]


def test_presence_comes_in_pages(app, program, place):
    with app.app_context():
        for number in range(3):
            point = checkin.add_checkpoint(place.event_id, {"pl": f"Drzwi {number}"})
            place.ids[f"door-{number}"] = point.id
    for number in range(3):
        for person in ("registration_id", "other_registration_id"):
            path = f"/checkpoints/{place.ids[f'door-{number}']}/scans"
            program.post(path, scan(NOW.astimezone(WARSAW), registration=str(place.ids[person])))

    found, path = [], "/events/seminarium/presence?limit=2"
    while path:
        answer = program.get(path)
        assert len(answer.json) <= 2
        found += [(int(row["registration"]), int(row["checkpoint"])) for row in answer.json]
        link = answer.headers.get("Link", "")
        path = link.partition(">")[0].removeprefix("<http://localhost/api/v1")

    assert len(found) == 7
    assert found == sorted(set(found))
    for broken in ("7", "7-", "-7", "a-b", "0-1", "7-2147483648"):
        answer = program.get(f"/events/seminarium/presence?after={broken}")
        assert faults(answer) == [("?after", "bad-format")]


# --- rehearsed ----------------------------------------------------------------------------


def test_a_rehearsed_scan_is_judged_and_not_kept(device, scans, place):
    rehearsed = scans.replace("/scans", "/practice/scans")
    staged = device.post(rehearsed, scan(code="practice-waiting"))
    real = device.post(rehearsed, one := scan(code=place.ids["badge"]))

    assert (staged.status_code, staged.json["status"], staged.json["code"]) == (
        200,
        "error",
        "waiting",
    )
    assert staged.json["registration"]["name"] == "Łucja Próbna"
    assert real.json["sentence"].startswith("Practice – this does not count. ")
    undone = device.post(f"{rehearsed}/{one['scan_id']}/undo", {})
    assert (undone.status_code, undone.json["undone"]) == (200, True)
    # Nothing is known of it: the same id is free for a real scan.
    assert device.post(scans, one).json["replayed"] is False
    other = device.post(rehearsed, one | {"code": "x"})
    assert code(other) == (409, "idempotency-conflict")


def test_a_device_says_how_ready_it_is(device, scans):
    url = scans.replace("/scans", "/readiness")
    now = clock.real()
    measured = {
        "secure": True,
        "camera": True,
        "sound": False,
        "keeps": True,
        "waiting": 0,
        "latency_ms": 30,
        "clock_at": (now - timedelta(hours=3)).isoformat(),
        "list_at": now.isoformat(),
        "battery": 81,
        "free_mb": 900,
    }
    answer = device.post(url, measured)

    assert (answer.status_code, answer.json["overall"]) == (200, "bad")
    told = {one["check"]: one for one in answer.json["checks"] if one["state"] != "ok"}
    assert {check: one["state"] for check, one in told.items()} == {"sound": "warn", "clock": "bad"}
    assert all(one["advice"] and one["name"] for one in told.values())
    assert told["clock"]["value"].startswith("-108")
    assert faults(device.post(url, measured | {"battery": 101})) == [("/battery", "out-of-range")]


# --- places at a session's door -----------------------------------------------------------


@pytest.fixture
def late(app, place, hands) -> dict[str, str]:
    """Somebody without a place at the door of a session, and a holder who stayed away."""
    with app.app_context():
        event = frame.event(place.event_id)
        session = factories.make_session(event, starts_at=at("9:00"), capacity=1)
        signups.enter(session.id, factories.make_registration(event).id, NOW)
        row = factories.make_registration(event, "Łukasz", "Źdźbłowski")
        point = checkin.add_checkpoint(event.id, {"pl": "Sala"}, session_id=session.id)
        found = {"door": f"/checkpoints/{point.id}", "registration": str(row.id)}
    hands.move_to(at("9:10"))
    return found


def test_the_door_says_what_a_latecomer_can_have_and_the_lead_gives_it(program, late):
    path = f"{late['door']}/door-list/{late['registration']}"

    stranger = program.get(path)
    refused = program.post(
        f"{late['door']}/scans", scan(at("9:10"), registration=late["registration"])
    )
    asked = program.get(path)
    given = program.post(f"{path}/seat")
    again = program.post(f"{path}/seat")
    entered = program.post(
        f"{late['door']}/scans", scan(at("9:11"), registration=late["registration"])
    )

    assert (stranger.json["refusal"], stranger.json["position"]) == ("not-at-door", 0)
    assert (refused.json["code"], refused.status_code) == ("session-full", 200)
    assert asked.json == {
        "position": 1,
        "waiting": 1,
        "left": 1,
        "refusal": None,
        "sentence": "There is a place for this person.",
        "may_seat": True,
    }
    assert (given.status_code, given.json["registration"]) == (200, late["registration"])
    assert code(again) == (409, "not-at-door")
    assert entered.json["code"] == "ok"


def test_a_steward_sees_it_and_calls_the_lead(device, program, late, place, app):
    session_door = late["door"]
    with app.app_context():
        _row, token = checkin.pair_device(int(session_door.rpartition("/")[2]), "telefon", NOW)
    device.headers["Authorization"] = f"Bearer {token}"
    path = f"{session_door}/door-list/{late['registration']}"
    device.post(f"{session_door}/scans", scan(at("9:10"), registration=late["registration"]))

    asked, given = device.get(path), device.post(f"{path}/seat")

    assert (asked.json["may_seat"], given.status_code) == (False, 403)
    assert asked.json["sentence"] == "There is a place for this person: call the head of reception."
    elsewhere = f"/checkpoints/{place.ids['checkpoint_id']}/door-list/{late['registration']}"
    assert device.get(elsewhere).status_code == 403
    assert program.get(elsewhere).status_code == 404
