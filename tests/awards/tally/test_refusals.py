"""What a count refuses: every faulty input has its one sentence."""

from copy import deepcopy
from typing import Any

import pytest

from eventapp.awards.tally import TallyError, count
from tests.awards.tally.build import criterion

GOOD: dict[str, Any] = {
    "rulebook": {"method": "weighted-scores", "criteria": [criterion(max=10)]},
    "entries": ["A", "B"],
    "jurors": [{"id": "J1"}, {"id": "J2", "recused": ["B"]}, {"id": "S", "role": "secretary"}],
    "ballots": [{"juror": "J1", "scores": {"A": {"c": 7}}}],
}


def refusal(**over: Any) -> str:
    with pytest.raises(TallyError) as refused:
        count(**{**deepcopy(GOOD), **over})
    return str(refused.value)


def test_the_input_that_the_cases_here_spoil_is_good():
    assert count(**GOOD).verdict.winners == ("A",)


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        ({"method": "majority-judgement"}, "Rulebook: method must be one of weighted-scores"),
        ({"method": 1}, "Rulebook: method must be one of weighted-scores"),
        ({"method": ["weighted-scores"]}, "Rulebook: method must be one of weighted-scores"),
        ({"agregate": "mean"}, "Rulebook: unknown key 'agregate'."),
        ({"criteria": []}, "Rulebook: criteria must name at least one criterion."),
        ({"criteria": {}}, "Rulebook: criteria must be a list."),
        ({"criteria": "c"}, "Rulebook: criteria must be a list."),
        ({"criteria": ["c"]}, "Criterion 1 of the rulebook must be a JSON object."),
        ({"criteria": [criterion(), criterion()]}, "Rulebook: criteria names c twice."),
        (
            {"criteria": [criterion(id="")]},
            "Criterion 1 of the rulebook: id must be a text that is not empty.",
        ),
        (
            {"criteria": [{"id": "c", "weight": 1, "max": 5}]},
            "Criterion 1 of the rulebook: min is missing.",
        ),
        (
            {"criteria": [criterion(weight=0)]},
            "Criterion 1 of the rulebook: weight must be greater than 0.",
        ),
        (
            {"criteria": [criterion(weight=-1)]},
            "Criterion 1 of the rulebook: weight must be greater than 0.",
        ),
        (
            {"criteria": [criterion(weight=True)]},
            "Criterion 1 of the rulebook: weight must be an exact number, not True.",
        ),
        (
            {"criteria": [criterion(weight="many")]},
            (
                'Criterion 1 of the rulebook: weight must be a number such as 7, "7.5" or "2/3", '
                "not 'many'."
            ),
        ),
        (
            {"criteria": [criterion(min=10)]},
            "Criterion 1 of the rulebook: min must be less than max.",
        ),
        (
            {"criteria": [criterion(min=11)]},
            "Criterion 1 of the rulebook: min must be less than max.",
        ),
        (
            {"criteria": [criterion(required=1)]},
            "Criterion 1 of the rulebook: required must be true or false.",
        ),
        (
            {"criteria": [criterion(), criterion("d", required=False)]},
            (
                "Rulebook: optional must say renormalise or incomplete, "
                "because a criterion is not required."
            ),
        ),
        ({"optional": "zero"}, "Rulebook: optional must be one of renormalise, incomplete"),
        ({"scale": "points"}, "Rulebook: scale must be one of percent, raw, not 'points'."),
        ({"normalise": "z"}, "Rulebook: normalise must be one of none, zscore-fit, additive, rank"),
        (
            {"aggregate": "average"},
            "Rulebook: aggregate must be one of mean, median, trimmed, sum, not 'average'.",
        ),
        (
            {"normalise": "rank", "aggregate": "median"},
            "Rulebook: rank makes its own mean, so aggregate cannot be median.",
        ),
        ({"aggregate": "trimmed"}, "Rulebook: trim is missing."),
        (
            {"aggregate": "trimmed", "trim": 0},
            "Rulebook: trim must be a whole number of at least 1.",
        ),
        ({"seats": 0}, "Rulebook: seats must be a whole number of at least 1."),
        ({"seats": True}, "Rulebook: seats must be a whole number of at least 1."),
        ({"seats": "1"}, "Rulebook: seats must be a whole number of at least 1."),
        ({"min_score": None}, "Rulebook: min_score must be a number, not None."),
        ({"quorum": 3}, "Rulebook: quorum must be a JSON object."),
        ({"quorum": {"share": "3/2"}}, "Rulebook: quorum: share must lie between 0 and 1."),
        ({"quorum": {"share": "-1/2"}}, "Rulebook: quorum: share must lie between 0 and 1."),
        (
            {"quorum": {"absolute": -1}},
            "Rulebook: quorum: absolute must be a whole number of at least 0.",
        ),
        ({"quorum": {"chair": "yes"}}, "Rulebook: quorum: chair must be true or false."),
        ({"quorum": {"votes": 1}}, "Rulebook: quorum: unknown key 'votes'."),
        ({"normalise_floor": {"jurors": 0}}, "Rulebook: normalise_floor: jurors must be a whole"),
        ({"normalise_floor": 3}, "Rulebook: normalise_floor must be a JSON object."),
        ({"ties": "chair"}, "Rulebook: ties must be a list."),
        ({"ties": ["alphabet"]}, "Rulebook: ties knows no step 'alphabet', only head-to-head, "),
        ({"ties": ["criterion:x"]}, "Rulebook: ties knows no step 'criterion:x', only "),
        ({"ties": ["criterion"]}, "Rulebook: ties knows no step 'criterion', only "),
        ({"ties": ["lot", "lot"]}, "Rulebook: ties names lot twice."),
        ({"ties": [1]}, "Rulebook: ties must hold texts that are not empty."),
        (
            {"distinctions": {}},
            "Rulebook: distinctions: per_category is missing.",
        ),
        ({"display": {"decimals": 10}}, "Rulebook: display: decimals must be at most 9."),
        (
            {"display": {"rounding": "up"}},
            "Rulebook: display: rounding must be one of half-up, half-even, down, not 'up'.",
        ),
        ({"chair_choice": {"order": ["A"]}}, "Rulebook: chair_choice: reason is missing."),
        (
            {"chair_choice": {"order": ["A"], "reason": " "}},
            "Rulebook: chair_choice: reason must be a text that is not empty.",
        ),
        (
            {"chair_choice": {"order": [], "reason": "§ 9"}},
            "Rulebook: chair_choice: order must name at least one entry.",
        ),
        (
            {"chair_choice": {"order": ["X"], "reason": "§ 9"}},
            "Rulebook: chair_choice: there is no entry 'X'.",
        ),
        ({"lot_seed": ""}, "Rulebook: lot_seed must be a text that is not empty."),
        ({"lot_seed": True}, "Rulebook: lot_seed must be a text that is not empty."),
        ({"runoff": {}}, "Rulebook: runoff: votes is missing."),
        ({"runoff": {"votes": {"X": 1}}}, "Rulebook: runoff votes: unknown key 'X'."),
        (
            {"runoff": {"votes": {"A": -1}}},
            "Rulebook: runoff votes: A must be a whole number of at least 0.",
        ),
    ],
)
def test_a_faulty_rulebook(rule, sentence):
    assert refusal(rulebook={**GOOD["rulebook"], **rule}).startswith(sentence)


def test_a_rulebook_without_a_method():
    assert refusal(rulebook={}) == "Rulebook: method is missing."


@pytest.mark.parametrize(
    ("entries", "sentence"),
    [
        ([], "Entries must name at least one entry."),
        (["A", "A"], "Entries names A twice."),
        (["A", ""], "Entries must hold texts that are not empty."),
        (["A", 2], "Entries must hold texts that are not empty."),
        ("AB", "Entries must be a list."),
        ({"A": 1}, "Entries must be a list."),
    ],
)
def test_faulty_entries(entries, sentence):
    assert refusal(entries=entries) == sentence


@pytest.mark.parametrize(
    ("jurors", "sentence"),
    [
        ("J1", "Jurors must be a list."),
        (["J1"], "Juror 1 must be a JSON object."),
        ([{"role": "chair"}], "Juror 1: id is missing."),
        ([{"id": "J1"}, {"id": "J1"}], "Jurors names J1 twice."),
        (
            [{"id": "J1", "role": "boss"}],
            (
                "Juror 1: role must be one of chair, deputy, member, substitute, secretary, "
                "observer, auditor, not 'boss'."
            ),
        ),
        ([{"id": "J1", "present": 1}], "Juror 1: present must be true or false."),
        ([{"id": "J1", "recused": "A"}], "Juror 1: recused must be a list."),
        ([{"id": "J1", "recused": ["A", "A"]}], "Juror 1: recused names A twice."),
        ([{"id": "J1", "vote": 1}], "Juror 1: unknown key 'vote'."),
        (
            [{"id": "J1", "role": "chair"}, {"id": "J2", "role": "chair"}],
            "Jurors: only one may be chair.",
        ),
        (
            [{"id": "J1"}, {"id": "J2", "stands_for": "J1"}],
            "Juror J2 stands for somebody without being a substitute.",
        ),
        (
            [{"id": "J1"}, {"id": "S", "role": "substitute", "stands_for": "J9"}],
            "Juror S stands for J9, who has no place.",
        ),
        (
            [{"id": "U", "role": "auditor"}, {"id": "S", "role": "substitute", "stands_for": "U"}],
            "Juror S stands for U, who has no place.",
        ),
    ],
)
def test_faulty_jurors(jurors, sentence):
    assert refusal(jurors=jurors) == sentence


def test_a_recusal_from_an_entry_that_is_not_counted_is_without_effect():
    assert count(**{**GOOD, "jurors": [{"id": "J1", "recused": ["withdrawn"]}]}).values


@pytest.mark.parametrize(
    ("ballot", "sentence"),
    [
        ("J1", "Ballot 1 must be a JSON object."),
        ({"juror": "J1"}, "Ballot 1 must hold scores, and nothing else to count."),
        (
            {"juror": "J1", "ranking": [["A"]]},
            "Ballot 1 must hold scores, and nothing else to count.",
        ),
        (
            {"juror": "J1", "scores": {}, "approve": ["A"]},
            "Ballot 1 must hold scores, and nothing else to count.",
        ),
        ({"juror": "J1", "scores": {}, "at": 1}, "Ballot 1: unknown key 'at'."),
        ({"scores": {}}, "Ballot 1 must name its juror."),
        ({"count": 2, "scores": {}}, "Ballot 1 must name its juror."),
        (
            {"juror": "J1", "count": 2, "scores": {}},
            "Ballot 1 names its juror, so it cannot stand for a count of ballots.",
        ),
        ({"juror": "J9", "scores": {}}, "Ballot 1: there is no juror 'J9'."),
        ({"juror": ["J1"], "scores": {}}, "Ballot 1: there is no juror \"['J1']\"."),
        ({"juror": "S", "scores": {}}, "Ballot 1: S is secretary and has no vote."),
        ({"juror": "J1", "scores": []}, "Ballot 1: scores must be a JSON object."),
        ({"juror": "J1", "scores": {"A": 7}}, "Ballot 1: A must be a JSON object."),
        ({"juror": "J1", "scores": {"X": {"c": 7}}}, "Ballot 1: there is no entry 'X'."),
        (
            {"juror": "J1", "scores": {"A": {"d": 7}}},
            "Ballot 1: A: there is no criterion 'd'.",
        ),
        (
            {"juror": "J1", "scores": {"A": {"c": 11}}},
            "Ballot 1: A: c must lie on the scale 0 to 10.",
        ),
        (
            {"juror": "J1", "scores": {"A": {"c": "-0.1"}}},
            "Ballot 1: A: c must lie on the scale 0 to 10.",
        ),
        (
            {"juror": "J1", "scores": {"A": {"c": True}}},
            "Ballot 1: A: c must be an exact number, not True.",
        ),
        (
            {"juror": "J1", "scores": {"A": {"c": None}}},
            "Ballot 1: A: c must be a number, not None.",
        ),
        (
            {"juror": "J2", "scores": {"B": {"c": 7}}},
            "Ballot 1: J2 is recused from B and may not score it.",
        ),
    ],
)
def test_a_faulty_ballot(ballot, sentence):
    assert refusal(ballots=[ballot]) == sentence


def test_ballots_must_be_a_list():
    assert refusal(ballots={}) == "Ballots must be a list."


def test_a_juror_scores_an_entry_once():
    twice = [*GOOD["ballots"], *GOOD["ballots"]]

    assert refusal(ballots=twice) == "Ballot 2: J1 has scored A already."


def test_a_principal_and_their_substitute_have_one_vote():
    jurors = [
        {"id": "J1"},
        {"id": "S", "role": "substitute", "stands_for": "J1"},
    ]
    ballots = [{"juror": name, "scores": {"A": {"c": 7}}} for name in ("J1", "S")]

    sentence = "Ballot 2: S and J1 share one vote, and both scored A."
    assert refusal(jurors=jurors, ballots=ballots) == sentence


def test_a_substitute_may_score_what_the_principal_does_not():
    jurors = [
        {"id": "J1", "recused": ["B"]},
        {"id": "S", "role": "substitute", "stands_for": "J1"},
    ]
    ballots = [
        {"juror": "J1", "scores": {"A": {"c": 7}}},
        {"juror": "S", "scores": {"B": {"c": 8}}},
    ]

    assert count(**{**GOOD, "jurors": jurors, "ballots": ballots}).verdict.winners == ("B",)


def test_ballots_are_read_strictly_even_where_no_quorum_was_met():
    rules = {**GOOD["rulebook"], "quorum": {"absolute": 9}}
    ballots = [{"juror": "J1", "scores": {"X": {"c": 7}}}]

    assert refusal(rulebook=rules, ballots=ballots) == "Ballot 1: there is no entry 'X'."
