"""The demo's jury votes by API, and the verdicts come out as its oracle says."""

from collections import defaultdict

from eventapp.awards import queries
from eventapp.events import commands as events
from tests.api.conftest import Program
from tests.awards import seminar
from tests.factories import NOW
from tests.harness.world import Place


def test_cards_sent_by_a_program_give_the_expected_ranking(app):
    data = seminar.seminar()
    with app.app_context():
        loaded = seminar.load(data, until="opened")
        place = Place(loaded.slug, loaded.event_id)
        _row, place.tokens["all"] = events.issue_token(loaded.event_id, "x", ["all"], NOW)
    program = Program(app, place)

    shown = program.get(f"/events/{loaded.slug}/awards").json
    for path, scores in cards(data, shown).items():
        assert program.send("PUT", path, {"scores": scores}).status_code == 200

    with app.app_context():
        seminar.STEPS["counted"](loaded, data["awards"])
        found = queries.evidence(loaded.event_id)
    assert found["awards_ranking"] == data["expected"]["awards_ranking"]
    assert found["awards_decisions"] == data["expected"]["awards_decisions"]


def cards(data, shown) -> dict[str, dict[str, dict[str, int]]]:
    """Return what a program that knows the file's own ids sends: points by address."""
    rounds = {entry["ref"]: award["round"] for award in shown for entry in award["nominations"]}
    entries = {entry["ref"]: entry["id"] for award in shown for entry in award["nominations"]}
    jurors = {juror["ref"]: juror["id"] for juror in shown[0]["jurors"]}
    found: dict[str, dict[str, dict[str, int]]] = defaultdict(dict)
    awards = data["awards"]
    for card in [*awards["ballots"], *awards["voided_ballots"]]:
        the_round = rounds[card["nomination"]]["id"]
        path = f"/rounds/{the_round}/ballots/{jurors[card['juror']]}"
        found[path][entries[card["nomination"]]] = card["scores"]
    return found
