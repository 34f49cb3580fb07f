"""Deciding about people by program: silently, announced, many at once, from a table."""

from tests.api.conftest import faults

MANY = "/events/seminarium/registrations/many"
TABLE = "/events/seminarium/registrations/table"


def test_a_decision_waits_until_it_is_announced(program, place):
    path = f"/registrations/{place.ids['registration_id']}"
    made = program.send(
        "PUT", f"{path}/decision", {"state": "rejected", "told": "later", "note": "nie"}
    )

    assert (made.status_code, made.json["state"]) == (200, "rejected")
    assert program.get(path).json["state"] == "qualified"
    assert [one["id"] for one in program.get("/events/seminarium/decisions").json] == [
        made.json["id"]
    ]
    told = program.post("/events/seminarium/decisions/announcement", {})
    assert told.json["registrations"] == [str(place.ids["registration_id"])]
    assert program.get(path).json["state"] == "rejected"
    assert program.get("/events/seminarium/decisions").json == []


def test_many_are_previewed_and_left_out_with_a_reason(program, place):
    asked = {"act": "check", "registrations": [str(place.ids["registration_id"])]}

    preview = program.post(MANY, {**asked, "preview": True})
    assert preview.json == {"reached": asked["registrations"], "left_out": [], "edit": None}
    assert program.post(MANY, asked).json["reached"] == asked["registrations"]
    again = program.post(MANY, asked).json
    assert [one["code"] for one in again["left_out"]] == ["already-so"]


def test_a_table_is_previewed_taken_over_or_refused_by_its_cells(program):
    body = {"columns": ["first-name", "last-name", "email"], "rows": [["Jan", "Nowy", ""]]}

    assert program.post(TABLE, {**body, "preview": True}).json["edit"] is None
    assert program.post(TABLE, body).json["added"] == 1
    wrong = program.post(TABLE, {**body, "rows": [["Jan", "Nowy", "zły adres"]]})
    assert wrong.status_code == 422
    assert [fault["pointer"] for fault in wrong.json["errors"]] == ["/rows/0/2"]


def test_a_column_that_was_not_sent_is_missed_in_the_row(program):
    missing = program.post(TABLE, {"columns": ["email"], "rows": [["jan@example.org"]]})

    assert missing.status_code == 422
    assert {fault["pointer"] for fault in missing.json["errors"]} == {"/rows/0"}


# --- badges -------------------------------------------------------------------------------


def test_a_program_prints_badges_and_notes_it(program, place):
    path, one = "/events/seminarium/badges", str(place.ids["registration_id"])

    listed = program.get(path)
    single = program.get(f"/registrations/{one}/badge")
    noted = program.post(f"{path}/printed", {"registrations": [one, "999999"]})
    after = program.get(f"/registrations/{one}/badge")

    shown = next(row for row in listed.json if row["registration"] == one)
    assert shown == single.json
    assert shown["qr"].endswith(f"/B/{shown['code']}")
    assert (noted.status_code, noted.json) == (200, {"noted": 1})
    assert after.json == {**shown, "printed": "ready"}


def test_a_new_code_by_program_kills_the_old_badge(program, place):
    one = str(place.ids["registration_id"])
    path = f"/registrations/{one}/badge"
    old = program.get(path).json["code"]

    answer = program.post(path, {"reason": "lost"}, key="once")
    again = program.post(path, {"reason": "lost"}, key="once")
    at_the_door = program.post(
        f"/checkpoints/{place.ids['checkpoint_id']}/scans",
        {"scan_id": "badge-test-1", "scanned_at": "2027-06-16T08:00:00Z", "code": old},
    )

    assert answer.status_code == 201
    assert answer.json["code"] == again.json["code"] == program.get(path).json["code"] != old
    assert at_the_door.json["code"] == "revoked"
    assert faults(program.post(path, {"reason": "just so"})) == [("/reason", "not-a-choice")]
