"""Registrations by API: entered, corrected, decided, cancelled."""

import pytest

from eventapp.kernel import jobs
from eventapp.kernel.db import db
from eventapp.signups import queries as seats
from tests.api.conftest import code, faults
from tests.harness import world

PATH = "/events/seminarium/registrations"
PERSON = {
    "first_name": "Łucja",
    "last_name": "Źdźbło",
    "email": "lucja@example.org",
    "category": "fundacja",
    "organisation": "Fundacja „Zażółć”",
}


def test_somebody_is_registered_at_once(program, place):
    answer = program.post(PATH, PERSON)

    person = answer.json
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/api/v1/registrations/{person['id']}"
    assert {name: person[name] for name in PERSON} == PERSON
    assert (person["state"], person["source"], person["ref"]) == ("qualified", "api", None)
    shown = program.get(f"/registrations/{person['id']}").json
    assert {**shown, "badge_code": None, "manage_url": None} == {
        **person,
        "badge_code": None,
        "manage_url": None,
    }


def test_the_link_and_the_badge_open_what_they_should(program, place):
    person = program.post(PATH, PERSON).json
    browser = program.client.application.test_client()

    assert person["manage_url"].startswith("http://localhost/seminarium/my/my_")
    opened = browser.get(person["manage_url"], follow_redirects=True)
    assert (opened.status_code, opened.request.path) == (200, "/seminarium/my")
    scan = {"scan_id": "scan-0001", "scanned_at": "2027-05-20T10:00:00+02:00"}
    scan |= {"code": f"HTTP://LOCALHOST/B/{person['badge_code']}"}
    said = program.post(f"/checkpoints/{place.ids['checkpoint_id']}/scans", scan)
    assert (said.status_code, said.json["registration"]["name"]) == (201, "Łucja Źdźbło")


def test_links_and_badges_are_shown_once(program, program_with, place):
    path = f"/registrations/{place.ids['registration_id']}"

    for scope in ("all", "read"):
        shown = program_with(scope).get(path).json
        assert shown["first_name"] == "Anna"
        assert {"badge_code", "manage_url"} & shown.keys() == set()


def test_the_state_follows_the_events_rule_unless_it_is_given(program):
    program.patch("/events/seminarium", {"requires_approval": True})

    states = [
        program.post(PATH, {**PERSON, "email": f"a{number}@example.org", **more}).json["state"]
        for number, more in enumerate([{}, {"state": "qualified"}, {"state": "waiting"}])
    ]

    assert states == ["pending", "qualified", "waiting"]


def test_the_same_person_twice_is_refused(program):
    program.post(PATH, PERSON)

    assert code(program.post(PATH, PERSON)) == (409, "already-registered")
    namesake = program.post(PATH, {**PERSON, "email": None})
    assert namesake.status_code == 201


def test_an_unknown_category_is_refused_by_name(program):
    answer = program.post(PATH, {**PERSON, "category": "bank"})

    assert code(answer) == (409, "unknown-category")
    assert answer.json["details"] == {"category": "bank"}


BAD = [
    ({"first_name": " "}, [("/first_name", "required")]),
    ({"last_name": None}, [("/last_name", "wrong-type")]),
    ({"email": "lucja"}, [("/email", "bad-email")]),
    ({"category": "a b"}, [("/category", "bad-format")]),
    ({"state": "cancelled"}, [("/state", "not-a-choice")]),
    ({"locale": "de"}, [("/locale", "not-a-choice")]),
    ({"role": "organiser"}, [("/role", "unknown-field")]),
]


def test_what_cannot_be_entered_is_named(program):
    found = [(change, faults(program.post(PATH, PERSON | change))) for change, _ in BAD]

    assert found == BAD


def test_data_are_corrected(program):
    person = program.post(PATH, PERSON).json
    change = {"first_name": "Lucyna", "organisation": None, "phone": "600 100 200", "locale": "en"}

    after = program.patch(f"/registrations/{person['id']}", change).json

    assert (after["first_name"], after["organisation"]) == ("Lucyna", None)
    assert (after["phone"], after["locale"]) == ("+48600100200", "en")
    assert (after["email"], after["state"]) == (person["email"], "qualified")


def test_another_address_gets_another_link(program):
    person = program.post(PATH, PERSON).json
    browser = program.client.application.test_client()

    program.patch(f"/registrations/{person['id']}", {"email": "nowa@example.org"})

    assert browser.get(person["manage_url"]).headers["Location"] == "/seminarium/lost-link"


def test_a_decision_is_told_and_frees_seats_before_the_answer(app, program, place):
    path = f"/registrations/{place.ids['registration_id']}"

    assert program.patch(path, {"state": "rejected"}).json["state"] == "rejected"

    rows = program.get(f"/sessions/{place.ids['session_id']}/sign-ups").json
    assert [(row["id"], row["state"]) for row in rows] == [
        (str(place.ids["queued_id"]), "confirmed")
    ]
    with app.app_context():
        names = [job.name for job in db.session.query(jobs.Job).order_by(jobs.Job.id)]
        assert "mail:registrations.decided" in names
        assert seats.counter_faults() == []


def test_cancelling_frees_seats_before_the_answer(program, place):
    path = f"/registrations/{place.ids['registration_id']}"

    assert program.delete(path).status_code == 204

    assert program.get(path).json["state"] == "cancelled"
    session = program.get(f"/sessions/{place.ids['session_id']}").json
    assert (session["confirmed"], session["waiting"]) == (1, 0)
    assert code(program.delete(path)) == (409, "wrong-state")
    assert code(program.patch(path, {"state": "qualified"})) == (409, "wrong-state")


def test_people_are_listed_in_the_order_they_came(program, place):
    answer = program.get(f"{PATH}?limit=2")

    assert [row["id"] for row in answer.json] == [
        str(place.ids["registration_id"]),
        str(place.ids["other_registration_id"]),
    ]
    assert program.get(f"{PATH}?after={answer.json[-1]['id']}").json[0]["state"] == "pending"


def test_a_foreign_registration_is_as_unknown_as_none(app, program):
    other = world.build(app, "cudze")

    for method, body in [("GET", None), ("PATCH", {}), ("DELETE", None)]:
        foreign = program.send(method, f"/registrations/{other.ids['registration_id']}", body)
        nobody = program.send(method, "/registrations/999999", body)
        assert code(foreign) == code(nobody) == (404, "not-found")
        assert foreign.data == nobody.data


# --- answers to the event's own questions ---------------------------------------------------


def test_the_form_is_shown_and_its_questions_are_answered_by_their_codes(program):
    form = program.get("/events/seminarium/form").json
    assert [one["code"] for one in form["questions"]] == ["skad-o-nas-wiesz"]
    assert form["lists"]["diet"][0]["code"] == "zwykła"

    person = program.post(PATH, {**PERSON, "answers": {"skad-o-nas-wiesz": " z gazety "}}).json
    assert person["answers"] == {"skad-o-nas-wiesz": "z gazety"}
    path = f"/registrations/{person['id']}"
    changed = program.patch(path, {"answers": {"skad-o-nas-wiesz": None}, "gmina": "Poraj"})
    assert (changed.json["answers"], changed.json["gmina"]) == ({}, "Poraj")
    listed = program.get(f"{PATH}?limit=200").json
    assert {row["id"]: row["answers"] for row in listed}[person["id"]] == {}


@pytest.mark.parametrize(
    ("answers", "refusal"),
    [
        ({"nothing": "x"}, "unknown-question"),
        ({"skad-o-nas-wiesz": 5}, "bad-answer"),
        ({"skad-o-nas-wiesz": "x" * 301}, "bad-answer"),
        ({"skad-o-nas-wiesz": ["x"]}, "bad-answer"),
    ],
)
def test_what_is_no_answer_is_refused(program, answers, refusal):
    assert code(program.post(PATH, {**PERSON, "answers": answers})) == (409, refusal)


@pytest.mark.parametrize(
    ("field", "value", "fault"),
    [
        ("nip", "5252248418", "bad-nip"),
        ("nip", "52522484", "bad-nip"),
        ("krs", "12", "bad-krs"),
        ("regon", "012345657", "bad-regon"),
        ("postcode", "4-2200", "bad-postcode"),
        ("gmina", "a\u202eb", "direction-override"),
        ("phone", "600 100", "bad-phone"),
    ],
)
def test_a_field_says_what_is_wrong_with_it(program, field, value, fault):
    answer = program.post(PATH, {**PERSON, field: value})

    assert faults(answer) == [(f"/{field}", fault)]
