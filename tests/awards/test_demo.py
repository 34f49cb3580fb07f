"""The demo's jury, replayed through the commands, must come out as its oracle says."""

import pytest

from eventapp.awards import queries
from tests.awards import seminar
from tests.reference import count

AWARD_KEYS = ("awards_ranking", "awards_decisions", "audience_award")


def found(data):
    loaded = seminar.load(data)
    return queries.evidence(loaded.event_id)


def test_the_demo_gives_its_own_expected_awards(db_session):
    data = seminar.seminar()

    assert found(data) == {key: data["expected"][key] for key in AWARD_KEYS}


def test_a_jury_that_has_not_met_has_no_figures(db_session):
    loaded = seminar.load(seminar.seminar(), until="cast")

    assert queries.evidence(loaded.event_id) == {
        "awards_ranking": {},
        "awards_decisions": [],
        "audience_award": None,
    }


def quorum_failed(data):
    gone = ("J1", "J2", "J3")
    awards = data["awards"]
    awards["absences"] += [
        {"juror": juror, "category": "K5", "reason": "nieobecność"} for juror in gone
    ]
    awards["ballots"] = [
        card
        for card in awards["ballots"]
        if card["juror"] not in gone or card["nomination"] not in {"N17", "N18", "N19"}
    ]


def tie_gone(data):
    for card in data["awards"]["ballots"]:
        if (card["juror"], card["nomination"]) == ("J1", "N15"):
            card["scores"]["K4-1"] += 1


def decision_removed(data):
    data["awards"]["chair_decisions"] = []


def other_choice(data):
    data["awards"]["chair_decisions"][0]["choice"] = "N15"


def threshold_raised(data):
    data["awards"]["rulebook"]["min_score"] = "86"


def distinctions_lowered(data):
    data["awards"]["rulebook"]["distinctions"]["min_score"] = "69"


def weights_changed(data):
    criteria = data["awards"]["categories"][0]["criteria"]
    for criterion, weight in zip(criteria, (5, 20, 5, 70), strict=True):
        criterion["weight"] = weight


@pytest.mark.parametrize(
    "bend",
    [
        quorum_failed,
        tie_gone,
        decision_removed,
        other_choice,
        threshold_raised,
        distinctions_lowered,
        weights_changed,
    ],
)
def test_a_bent_demo_gives_what_counting_by_hand_gives(db_session, bend):
    data = seminar.seminar()
    bend(data)
    if bend is decision_removed:
        loaded = seminar.load(data, until="counted")
        for nomination, votes in data["awards"]["public_vote"].items():
            seminar.commands.record_public_vote(loaded.nominations[nomination], votes)
        figures = queries.evidence(loaded.event_id)
    else:
        figures = found(data)

    assert figures == {key: count.expected(data)[key] for key in AWARD_KEYS}
