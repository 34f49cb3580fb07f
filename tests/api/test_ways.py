"""What every operation has in common: repeats, versions, pages, problems, limits of JSON."""

import json
import threading

from sqlalchemy import select

from eventapp.checkin import commands as checkin
from eventapp.events import commands as events
from eventapp.events import queries as frame
from eventapp.kernel.db import db
from eventapp.kernel.submissions import Submission
from tests.api.conftest import Program, code, faults
from tests.factories import NOW

PERSON = {"first_name": "Ewa", "last_name": "Lis", "email": "ewa@example.org"}
PEOPLE = "/events/seminarium/registrations"

# --- repeats ------------------------------------------------------------------------------


def test_the_same_key_and_body_give_the_first_answer(program):
    first = program.post(PEOPLE, PERSON, key="abc")
    again = program.post(PEOPLE, dict(reversed(PERSON.items())), key="abc")

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json == first.json
    assert len(program.get(PEOPLE).json) == 4


def test_the_same_key_for_something_else_is_a_conflict(program, place):
    program.post(PEOPLE, PERSON, key="abc")

    other_body = program.post(PEOPLE, PERSON | {"first_name": "Iga"}, key="abc")
    path = f"/sessions/{place.ids['session_id']}/sign-ups"
    other_path = program.post(path, {"registration": "1"}, key="abc")

    assert code(other_body) == code(other_path) == (409, "idempotency-conflict")


def test_keys_of_other_callers_are_others(app, program, place):
    with app.app_context():
        _row, place.tokens["second"] = events.issue_token(place.event_id, "x", ["all"], NOW)
    other = Program(app, place, "second")
    program.post(PEOPLE, PERSON, key="abc")

    answer = other.post(PEOPLE, PERSON | {"first_name": "Iga"}, key="abc")

    assert (answer.status_code, answer.json["first_name"]) == (201, "Iga")


def test_a_refusal_leaves_its_key_free(program, place):
    path = f"/sessions/{place.ids['other_session_id']}/sign-ups"
    body = {"registration": str(place.ids["registration_id"])}
    program.patch(path.removesuffix("/sign-ups"), {"sign_up": "none"})
    assert code(program.post(path, body, key="k")) == (409, "no-sign-up")

    program.patch(path.removesuffix("/sign-ups"), {"sign_up": "optional"})

    assert program.post(path, body, key="k").status_code == 201


def test_a_repeated_sign_up_answers_as_the_first_even_after_a_promotion(program, place):
    path = f"/sessions/{place.ids['session_id']}/sign-ups"
    body = {"registration": str(place.ids["pending_id"])}
    first = program.post(path, body, key="k").json
    program.patch(path.removesuffix("/sign-ups"), {"capacity": None})

    assert program.post(path, body, key="k").json == first == {**first, "state": "waiting"}


def test_a_repeated_pairing_shows_the_same_token_and_keeps_it_sealed(app, program, place):
    path = f"/checkpoints/{place.ids['checkpoint_id']}/devices"

    tokens = {program.post(path, {"name": "tel"}, key="k").json["token"] for _ in range(2)}

    assert len(tokens) == 1
    with app.app_context():
        assert tokens.pop() not in json.dumps(kept_answers())


def kept_answers() -> list[object]:
    return [row.answer for row in db.session.scalars(select(Submission))]


def test_a_kept_answer_holds_no_link_and_no_badge(app, program):
    made = program.post(PEOPLE, PERSON, key="k").json

    with app.app_context():
        kept = json.dumps(kept_answers())
    assert made["badge_code"] not in kept
    assert made["manage_url"].rpartition("-")[2] not in kept
    assert PERSON["email"] not in kept


def test_a_key_has_a_form(program):
    for key in ("", "x" * 121):
        assert faults(program.post(PEOPLE, PERSON, key=key)) == [("Idempotency-Key", "bad-format")]


def test_two_clicks_at_once_make_one(app, place):
    path = f"/sessions/{place.ids['other_session_id']}/sign-ups"
    body = {"registration": str(place.ids["registration_id"])}
    answers = at_once(
        app, place, [lambda program: program.post(path, body, key="k") for _ in range(6)]
    )

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json["id"] for answer in answers}) == 1
    assert [row["id"] for row in Program(app, place).get(path).json] == [answers[0].json["id"]]


def test_two_registrations_at_once_with_one_key_are_one_person(app, place):
    answers = at_once(
        app, place, [lambda program: program.post(PEOPLE, PERSON, key="k") for _ in range(6)]
    )

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json["id"] for answer in answers}) == 1
    assert len(Program(app, place).get(PEOPLE).json) == 4


def at_once(app, place, acts):
    """Let each act be done by a program of its own, all starting together."""
    barrier, answers = threading.Barrier(len(acts)), []

    def run(act):
        program = Program(app, place)
        barrier.wait()
        answers.append(act(program))

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


# --- tokens -------------------------------------------------------------------------------


def test_what_is_revoked_is_dead_at_once(app, program, place):
    device = Program(app, place, "device")
    path = f"/checkpoints/{place.ids['checkpoint_id']}/scans:batch"
    assert (program.get("/events").status_code, device.post(path, {"scans": []}).status_code) == (
        200,
        200,
    )

    with app.app_context():
        (token,) = [row for row in frame.tokens(place.event_id) if row.label == "all"]
        events.revoke_token(token.id, NOW)
        checkin.revoke_device(place.ids["device_id"], NOW)

    assert code(program.get("/events")) == (401, "unauthorised")
    assert code(device.post(path, {"scans": []})) == (401, "device-revoked")


# --- versions -----------------------------------------------------------------------------


def test_what_is_unchanged_is_not_sent_again(program, place):
    path = f"/sessions/{place.ids['session_id']}"
    tag = program.get(path).headers["ETag"]

    assert program.get(path, If_None_Match=tag).status_code == 304
    assert program.get(path, If_None_Match='"other"').status_code == 200
    for broken in ('"', "x", "W/", '"a', ",", "*"):
        assert program.get(path, If_None_Match=broken).status_code in {200, 304}


def test_a_sign_up_changes_what_is_read_but_not_what_is_edited(program, place):
    path = f"/sessions/{place.ids['session_id']}"
    tag = program.get(path).headers["ETag"]
    program.post(f"{path}/sign-ups", {"registration": str(place.ids["pending_id"])})

    assert program.get(path, If_None_Match=tag).status_code == 200
    assert program.patch(path, {"capacity": 5}, If_Match=tag).status_code == 200


def test_an_edit_of_something_older_is_refused(program, place):
    edits = {
        f"/sessions/{place.ids['session_id']}": {"capacity": 5},
        f"/registrations/{place.ids['registration_id']}": {"first_name": "Ewa"},
        "/events/seminarium": {"title": {"pl": "Nowe"}},
    }
    for path, body in edits.items():
        old = program.get(path).headers["ETag"]
        fresh = program.patch(path, body, If_Match=old).headers["ETag"]

        assert code(program.patch(path, body, If_Match=old)) == (412, "precondition-failed")
        assert program.patch(path, body, If_Match=f'"0-x", {fresh}').status_code == 200
        assert program.patch(path, body, If_Match="*").status_code == 200
        for broken in (f"W/{fresh}", "x", '"', '"999999-x"'):
            assert code(program.patch(path, body, If_Match=broken))[0] == 412


def test_what_is_older_is_not_deleted(program, place):
    path = f"/sessions/{place.ids['session_id']}"
    old = program.get(path).headers["ETag"]
    program.patch(path, {"capacity": 5})

    assert code(program.delete(path, If_Match=old))[0] == 412
    assert program.get(path).json["state"] == "scheduled"
    person = f"/registrations/{place.ids['registration_id']}"
    assert code(program.delete(person, If_Match='"77-x"'))[0] == 412
    assert program.get(person).json["state"] == "qualified"


# --- pages --------------------------------------------------------------------------------


def test_pages_follow_their_links_to_the_end(program):
    for number in range(5):
        program.post(PEOPLE, PERSON | {"email": f"e{number}@example.org"})

    found, path = [], f"{PEOPLE}?limit=3"
    while path:
        answer = program.get(path)
        found.append([row["id"] for row in answer.json])
        path = next_of(answer)

    assert [len(page) for page in found] == [3, 3, 2]
    ids = [int(number) for page in found for number in page]
    assert ids == sorted(set(ids))


def next_of(answer) -> str:
    link = answer.headers.get("Link", "")
    assert not link or link.endswith('>; rel="next"')
    return link.partition(">")[0].removeprefix("<http://localhost/api/v1")


def test_a_full_last_page_has_no_next(program):
    assert next_of(program.get(f"{PEOPLE}?limit=3")) == ""
    assert next_of(program.get(f"{PEOPLE}?limit=2")) != ""
    assert program.get(f"{PEOPLE}?after=2147483647").json == []


def test_a_page_has_at_most_200_rows(program, place, monkeypatch):
    asked = []
    monkeypatch.setattr(
        "eventapp.registrations.queries.listed",
        lambda event_id, after, limit: asked.append(limit) or [],
    )

    for query in ("", "?limit=200", "?limit=201", "?limit=2147483647", "?limit=7"):
        program.get(PEOPLE + query)

    assert asked == [201, 201, 201, 201, 8]


def test_a_window_that_makes_no_sense_is_refused(program):
    for query in ("limit=0", "limit=-1", "limit=ten", "limit=", "limit=1.5", "limit=2147483648"):
        assert faults(program.get(f"{PEOPLE}?{query}")) == [("?limit", "out-of-range")]
    for query in ("after=x", "after=-1", "after=01", "after=2147483648", "after=" + "1" * 41):
        assert faults(program.get(f"{PEOPLE}?{query}")) == [("?after", "bad-format")]


# --- problems -----------------------------------------------------------------------------


def test_a_problem_has_its_members(program, place):
    answer = program.get("/sessions/999999")

    assert answer.mimetype == "application/problem+json"
    assert answer.json == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "The address may be mistyped, or the page is not there any more.",
        "code": "not-found",
    }


def test_a_problem_speaks_the_callers_language(program):
    program.headers["Accept-Language"] = "pl"

    answer = program.post(PEOPLE, {})

    assert answer.json["errors"][0]["detail"] == "To pole jest wymagane."


def test_json_that_parsers_disagree_about_is_refused(program):
    bodies = {
        b'{"first_name": "a", "first_name": "b"}': (400, "duplicate-key"),
        b'{"first_name": NaN}': (400, "not-a-number"),
        b'{"first_name": 1e999}': (400, "not-a-number"),
        b'{"first_name": "\\ud800"}': (400, "lone-surrogate"),
        b'{"first_name": "\\u0000"}': (400, "nul"),
        b'{"first_name": "\xff"}': (400, "not-json"),
        b"[" * 40 + b"]" * 40: (400, "too-deep"),
        b"": (400, "not-json"),
        b"null": (422, "invalid-fields"),
        b"[]": (422, "invalid-fields"),
        b" " * (256 * 1024) + b"{}": (413, "too-large"),
    }

    for body, expected in bodies.items():
        answer = program.client.post(
            f"/api/v1{PEOPLE}", data=body, content_type="application/json", headers=program.headers
        )
        assert code(answer) == expected, body[:40]


def test_a_body_of_another_type_is_refused(program):
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        answer = program.client.post(
            f"/api/v1{PEOPLE}", data=b"{}", content_type=kind, headers=program.headers
        )
        assert code(answer)[0] in {400, 415}, kind


def test_methods_that_are_not_there_are_405(program, place):
    answer = program.send("PUT", f"/sessions/{place.ids['session_id']}", {})

    assert code(answer) == (405, "method-not-allowed")
    assert {"GET", "PATCH", "DELETE"} <= set(answer.headers["Allow"].split(", "))


def test_ids_out_of_reach_are_404_for_every_method(program):
    for number in ("0", "01", "-1", "2147483648", "99999999999", "1e3", "١"):
        for method in ("GET", "PATCH", "DELETE"):
            assert code(program.send(method, f"/sessions/{number}"))[0] == 404, (method, number)
    assert code(program.patch(f"/events/{'a' * 61}", {}))[0] == 404


def test_a_foreign_host_is_misdirected(program):
    answer = program.get("/events", Host="evil.example")

    assert code(answer) == (421, "misdirected")


def test_answers_are_for_the_caller_alone(program):
    answer = program.get("/events/seminarium")

    assert (
        "no-store" in answer.headers["Cache-Control"]
        or "private" in answer.headers["Cache-Control"]
    )
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
