"""A program reads what became of letters, and tries one again."""

from eventapp.kernel import jobs
from tests.api.conftest import code

LETTERS = "/events/seminarium/outbox"


def test_letters_are_listed_newest_first_and_in_parts(program):
    whole = program.get(LETTERS).json
    assert {letter["state"] for letter in whole} == {"waiting"}
    ids = [int(letter["id"]) for letter in whole]
    assert ids == sorted(ids, reverse=True)

    part = program.get(f"{LETTERS}?limit=1")
    following = program.get(f"{LETTERS}?limit=1&after={ids[0]}")

    assert ([part.json[0]["id"]], [following.json[0]["id"]]) == (
        [whole[0]["id"]],
        [whole[1]["id"]],
    )
    assert f"after={ids[0]}" in part.headers["Link"]


def test_a_letter_that_was_sent_is_not_tried_again(app, program):
    number = program.get(LETTERS).json[0]["id"]
    assert program.post(f"{LETTERS}/{number}/retry", {}).json["state"] == "waiting"
    with app.app_context():
        jobs.run_all()

    assert code(program.post(f"{LETTERS}/{number}/retry", {})) == (409, "letter-handed-over")
    sent = program.get(f"{LETTERS}?state=sent").json
    assert number in [letter["id"] for letter in sent]
    assert all(letter["message_id"] for letter in sent)


def test_an_unknown_state_is_said(program):
    assert program.get(f"{LETTERS}?state=lost").status_code == 422
