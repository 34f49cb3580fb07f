"""Awards by API: nominations, cards, counting, and results that keep the embargo."""

from datetime import timedelta

import pytest

from eventapp.awards import commands, queries
from eventapp.kernel import jobs
from eventapp.kernel.db import db
from tests.api.conftest import Program, code, faults
from tests.factories import NOW
from tests.harness import world


@pytest.fixture
def ids(place) -> dict[str, str]:
    """The ids of the jury's things as the API gives them."""
    return {name: str(value) for name, value in place.ids.items()}


def ballots(ids: dict[str, str], juror: str = "juror_id") -> str:
    return f"/rounds/{ids['round_id']}/ballots/{ids[juror]}"


def signed_in(app, place, role: str) -> Program:
    """A person of the team at a browser, with the token of its forms."""
    person = Program(app, place, None)
    person.client = world.visit(app, world.account_cookie(app, place.accounts[role]))
    person.headers["X-CSRFToken"] = world.csrf_token(person.client)
    return person


def test_an_award_shows_what_is_scored_and_by_whom(program, ids):
    (award,) = program.get("/events/seminarium/awards").json

    assert award["id"] == ids["award_id"]
    assert [(one["id"], one["weight"], one["max"]) for one in award["criteria"]] == [
        ("c1", 70, 10),
        ("c2", 30, 10),
    ]
    assert (award["round"]["id"], award["round"]["state"]) == (ids["round_id"], "open")
    assert {(one["id"], one["state"]) for one in award["nominations"]} == {
        (ids["draft_id"], "draft"),
        (ids["nomination_id"], "accepted"),
        (ids["other_nomination_id"], "accepted"),
    }
    assert [(one["id"], one["role"]) for one in award["jurors"]] == [
        (ids["chair_id"], "chair"),
        (ids["juror_id"], "member"),
    ]


def test_who_does_not_work_with_them_sees_neither_nominations_nor_jury(program_with):
    for scope in ("read", "door"):
        (award,) = program_with(scope).get("/events/seminarium/awards").json
        assert (award["nominations"], award["jurors"]) == (None, None)


def test_a_juror_sees_what_is_to_be_judged_but_not_what_is_recused(app, place, ids):
    with app.app_context():
        juror, entry = place.ids["juror_id"], place.ids["other_nomination_id"]
        commands.recuse(juror, entry, "Krewny.", NOW)

    (award,) = signed_in(app, place, "juror").get("/events/seminarium/awards").json

    assert [one["id"] for one in award["nominations"]] == [ids["nomination_id"]]
    assert award["jurors"] is None


def test_a_nomination_is_entered_and_its_nominee_asked(app, program, ids):
    body = {
        "nominee": "Fundacja Echo",
        "nominator": "Urząd Miasta",
        "justification": "Dziesięć lat pracy.",
        "nominee_email": "echo@example.org",
        "nominee_category": "fundacja",
    }

    answer = program.post(f"/awards/{ids['award_id']}/nominations", body, key="k")

    assert answer.status_code == 201
    assert {name: answer.json[name] for name in ("nominee", "state", "consent")} == {
        "nominee": "Fundacja Echo",
        "state": "submitted",
        "consent": "asked",
    }
    assert answer.json["number"]
    again = program.post(f"/awards/{ids['award_id']}/nominations", body, key="k")
    assert again.json == answer.json
    with app.app_context():
        asked = [job.args["nomination_id"] for job in letters("mail:awards.consent-asked")]
    assert asked.count(int(answer.json["id"])) == 1


def letters(name: str) -> list[jobs.Job]:
    return [job for job in db.session.query(jobs.Job) if job.name == name]


def test_who_nominates_itself_is_not_asked(program, ids):
    body = {"nominee": "A", "nominator": "A", "justification": "Tak.", "is_self": True}

    answer = program.post(f"/awards/{ids['award_id']}/nominations", body)

    assert answer.json["consent"] == "not-needed"
    given = program.post(
        f"/awards/{ids['award_id']}/nominations", {**body, "is_self": False, "consent": "given"}
    )
    assert given.json["consent"] == "given"
    empty = program.post(f"/awards/{ids['award_id']}/nominations", {"nominee": ""})
    assert faults(empty) == [
        ("/justification", "required"),
        ("/nominator", "required"),
        ("/nominee", "required"),
    ]


# --- cards --------------------------------------------------------------------------------


def test_a_card_replaces_only_what_it_names(app, program, place, ids):
    scores = {ids["other_nomination_id"]: {"c1": 9, "c2": 8}}

    answer = program.send("PUT", ballots(ids), {"scores": scores})

    assert answer.json["ballots"] == [
        {"nomination": ids["other_nomination_id"], "complete": True, "version": 1}
    ]
    with app.app_context():
        cards = queries.ballots_of(place.ids["juror_id"])
        assert {number: card.scores for number, card in cards.items()} == {
            place.ids["nomination_id"]: {"c1": 5, "c2": 5},
            place.ids["other_nomination_id"]: {"c1": 9, "c2": 8},
        }


def test_points_leave_the_comment_alone(app, program, place, ids):
    with app.app_context():
        card = commands.Card({"c1": 1, "c2": 1}, "Świetne.")
        entry = place.ids["nomination_id"]
        commands.cast_ballot(place.ids["round_id"], place.ids["juror_id"], {entry: card}, NOW)

    program.send("PUT", ballots(ids), {"scores": {ids["nomination_id"]: {"c1": 7}}})

    with app.app_context():
        kept = queries.ballots_of(place.ids["juror_id"])[place.ids["nomination_id"]]
        assert (kept.scores, kept.comment, kept.complete) == ({"c1": 7}, "Świetne.", False)


def test_a_card_that_cannot_be_cast_is_refused(app, program, place, ids):
    entry = ids["nomination_id"]
    other = world.build(app, "cudze")
    foreign = str(other.ids["nomination_id"])
    refused = {
        "unknown-nomination": [{foreign: {"c1": 1}}, {"999999": {"c1": 1}}, {"x": {"c1": 1}}],
        "unknown-criterion": [{entry: {"c9": 1}}],
        "out-of-range": [{entry: {"c1": 11}}, {entry: {"c1": -1}}],
    }

    for expected, bodies in refused.items():
        for scores in bodies:
            answer = program.send("PUT", ballots(ids), {"scores": scores})
            assert code(answer) == (409, expected), scores
    assert faults(program.send("PUT", ballots(ids), {"scores": {entry: {"c1": 1.5}}})) == [
        ("/scores", "wrong-type")
    ]
    assert faults(program.send("PUT", ballots(ids), {"scores": {}})) == [
        ("/scores", "out-of-range")
    ]


def test_a_juror_or_round_from_elsewhere_is_unknown(app, program, place, ids):
    other = world.build(app, "cudze")
    body = {"scores": {ids["nomination_id"]: {"c1": 1}}}

    for path in (
        f"/rounds/{ids['round_id']}/ballots/{other.ids['juror_id']}",
        f"/rounds/{ids['round_id']}/ballots/999999",
        f"/rounds/{other.ids['round_id']}/ballots/{ids['juror_id']}",
        f"/rounds/999999/ballots/{ids['juror_id']}",
    ):
        assert code(program.send("PUT", path, body)) == (404, "not-found")


def test_a_person_casts_for_nobody_else(app, place, ids):
    body = {"scores": {ids["nomination_id"]: {"c1": 2, "c2": 2}}}
    juror, chair = signed_in(app, place, "juror"), signed_in(app, place, "chair")

    assert juror.send("PUT", ballots(ids), body).status_code == 200
    assert code(juror.send("PUT", ballots(ids, "chair_id"), body)) == (403, "forbidden")
    assert code(chair.send("PUT", ballots(ids), body)) == (403, "forbidden")
    organiser = signed_in(app, place, "organiser")
    assert code(organiser.send("PUT", ballots(ids), body)) == (403, "forbidden")


def test_a_recused_juror_casts_nothing(app, program, place, ids):
    with app.app_context():
        juror, entry = place.ids["juror_id"], place.ids["other_nomination_id"]
        commands.recuse(juror, entry, "Krewny.", NOW)

    body = {"scores": {ids["other_nomination_id"]: {"c1": 2, "c2": 2}}}
    assert code(program.send("PUT", ballots(ids), body)) == (409, "recused")


# --- counting -----------------------------------------------------------------------------


@pytest.fixture
def counted(program, ids) -> dict:
    """What the count of two cards for each nomination gave."""
    for juror in ("juror_id", "chair_id"):
        scores = {
            ids["nomination_id"]: {"c1": 8, "c2": 6},
            ids["other_nomination_id"]: {"c1": 5, "c2": 5},
        }
        program.send("PUT", ballots(ids, juror), {"scores": scores})
    return program.post(f"/rounds/{ids['round_id']}/count").json


def test_counting_closes_and_decides(program, ids, counted):
    assert (counted["status"], counted["winners"]) == ("decided", [ids["nomination_id"]])
    assert [(row["nomination"], row["mean"], row["ballots"]) for row in counted["ranking"]] == [
        (ids["nomination_id"], "74", 2),
        (ids["other_nomination_id"], "50", 2),
    ]
    assert counted["document"]["format"] == "tally-result/1"
    assert len(counted["input_sha256"]) == 64
    assert program.get(f"/rounds/{ids['round_id']}/result").json == counted
    assert code(program.post(f"/rounds/{ids['round_id']}/count")) == (409, "already-counted")
    body = {"scores": {ids["nomination_id"]: {"c1": 1}}}
    assert code(program.send("PUT", ballots(ids), body)) == (409, "closed")


def test_without_a_quorum_nothing_is_closed(program, place, ids, app):
    for juror in ("juror_id", "chair_id"):
        with app.app_context():
            for card in queries.ballots(place.ids["round_id"]):
                if card.juror_id == place.ids[juror]:
                    commands.void_ballot(card.id, "Pomyłka.", NOW)
            commands.mark_absent(place.ids["round_id"], place.ids[juror], "Choroba.", NOW)

    assert code(program.post(f"/rounds/{ids['round_id']}/count")) == (409, "quorum-missing")
    (award,) = program.get("/events/seminarium/awards").json
    assert award["round"]["state"] == "open"


def test_a_counts_repeat_with_its_key_is_its_answer(program, ids):
    path = f"/rounds/{ids['round_id']}/count"

    first, again = (program.post(path, key="k") for _ in range(2))

    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json == again.json


def test_a_result_is_hidden_until_the_embargos_second(
    app, program, program_with, place, ids, counted, hands
):
    path = f"/rounds/{ids['round_id']}/result"
    reader, juror = program_with("read"), signed_in(app, place, "juror")
    for outsider in (reader, juror, program_with("door")):
        assert code(outsider.get(path)) == (404, "not-found")

    with app.app_context():
        call = queries.call(place.ids["call_id"])
        embargo = call.embargo_until
        commands.publish(call.id, NOW)
    hands.move_to(embargo - timedelta(seconds=1))
    assert code(reader.get(path)) == (404, "not-found")

    hands.move_to(embargo)

    shown = reader.get(path).json
    assert (shown["status"], shown["winners"]) == ("decided", [ids["nomination_id"]])
    assert (shown["ranking"], shown["document"], shown["tied"]) == (None, None, [])


def test_a_result_that_is_not_there_yet(program, ids):
    assert code(program.get(f"/rounds/{ids['round_id']}/result")) == (404, "not-found")
    assert code(program.get("/rounds/999999/result")) == (404, "not-found")
