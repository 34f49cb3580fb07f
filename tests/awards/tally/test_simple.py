"""Approval, a budget of points, pass or fail."""

from fractions import Fraction
from typing import Any

import pytest

from eventapp.awards.tally import Result, Status, TallyError, count

F = Fraction


def counted(method: str, ballots: list[dict[str, Any]], entries="ABC", **rules: Any) -> Result:
    """Count ballots of the jurors J1 to J4, of whom J4 is recused from A."""
    panel = [{"id": "J1"}, {"id": "J2"}, {"id": "J3"}, {"id": "J4", "recused": ["A"]}]
    return count({"method": method, **rules}, list(entries), panel, ballots)


def approvals(*lists: str) -> list[dict[str, Any]]:
    return [{"juror": f"J{n}", "approve": list(given)} for n, given in enumerate(lists, start=1)]


def points(*given: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"juror": f"J{n}", "points": held} for n, held in enumerate(given, start=1)]


def verdicts(*given: str) -> list[dict[str, Any]]:
    """Verdicts on A, B, C by letters: p, f, u; a dot says nothing."""
    words = {"p": "pass", "f": "fail", "u": "unsure"}
    return [
        {
            "juror": f"J{n}",
            "verdicts": {e: words[w] for e, w in zip("ABC", row, strict=False) if w != "."},
        }
        for n, row in enumerate(given, start=1)
    ]


# --- approval ---


def test_approvals_are_counted():
    result = counted("approval", approvals("AB", "B", ""))

    assert result.values == {"A": F(1), "B": F(2), "C": F(0)}
    assert result.ranking == (("B",), ("A",), ("C",))


def test_with_a_recusal_they_are_shares_of_those_who_may_judge():
    result = counted("approval", approvals("AB", "AB", "", "B"))

    assert result.values == {"A": F(2, 3), "B": F(3, 4), "C": F(0)}
    assert result.tables["votes"] == {"A": 3, "B": 4, "C": 4}


def test_anonymous_approvals_come_in_bundles():
    result = counted("approval", [{"count": 130, "approve": ["A"]}, {"approve": ["A", "B"]}])

    assert result.values == {"A": F(131), "B": F(1), "C": F(0)}


def test_head_to_head_among_equally_approved():
    result = counted("approval", approvals("AB", "A", "B"), ties=["head-to-head"])

    assert result.verdict.status is Status.TIED
    assert result.ties[0].inputs == {"A": {"B": 1}, "B": {"A": 1}}


@pytest.mark.parametrize(
    ("ballot", "sentence"),
    [
        ({"juror": "J1", "approve": "A"}, "Ballot 1: approve must be a list."),
        ({"juror": "J1", "approve": ["X"]}, "Ballot 1: there is no entry 'X'."),
        ({"juror": "J1", "approve": ["A", "A"]}, "Ballot 1: approve names A twice."),
        (
            {"juror": "J4", "approve": ["A"]},
            "Ballot 1: J4 is recused from A and may not judge it.",
        ),
        (
            {"juror": "J1", "points": {"A": 1}},
            "Ballot 1 must hold approve, and nothing else to count.",
        ),
    ],
)
def test_faulty_approvals(ballot, sentence):
    with pytest.raises(TallyError) as refused:
        counted("approval", [ballot])

    assert str(refused.value) == sentence


# --- points ---


def test_points_within_the_budget():
    result = counted("points", points({"A": 7, "B": 3}, {"B": 10}, {}), budget=10)

    assert result.values == {"A": F(7), "B": F(13), "C": F(0)}


def test_points_of_a_jury_with_a_recusal_are_means():
    result = counted("points", points({"A": 6}, {"A": 3}, {"B": 8}, {"B": 4}), budget=10)

    assert result.values == {"A": F(3), "B": F(3), "C": F(0)}


def test_countback_among_equal_points():
    result = counted(
        "points", points({"A": 5, "B": 9}, {"A": 5, "B": 1}), budget=20, ties=["countback"]
    )

    assert result.ranking == (("B",), ("A",), ("C",))


@pytest.mark.parametrize(
    ("budget", "given", "sentence"),
    [
        (10, {"A": 7, "B": 4}, "Ballot 1 gives more than its 10 points."),
        (10, {"A": -1}, "Ballot 1: A may not be given less than nothing."),
        (10, {"A": True}, "Ballot 1: A must be an exact number, not True."),
        (10, {"X": 1}, "Ballot 1: there is no entry 'X'."),
        (10, ["A"], "Ballot 1: points must be a JSON object."),
        (None, {"A": 1}, "Rulebook: budget is missing."),
    ],
)
def test_faulty_points(budget, given, sentence):
    rules = {} if budget is None else {"budget": budget}

    with pytest.raises(TallyError) as refused:
        counted("points", points(given), **rules)

    assert str(refused.value) == sentence


def test_the_whole_budget_may_be_given():
    assert counted("points", points({"A": "9.5", "B": "0.5"}), budget=10).values["A"] == F(19, 2)


# --- pass or fail ---


def test_a_majority_of_those_who_are_sure_passes():
    result = counted("pass-fail", verdicts("pfp", "pfu", "fpu"))

    assert result.values == {"A": F(2, 3), "B": F(1, 3), "C": F(1)}
    assert result.verdict.winners == ("A", "C")
    assert result.verdict.status is Status.DECIDED
    assert result.ranking == (("A", "C"), ("B",))
    assert result.document()["verdicts"] == {
        "A": {"fail": 1, "pass": 2, "unsure": 0},
        "B": {"fail": 2, "pass": 1, "unsure": 0},
        "C": {"fail": 0, "pass": 1, "unsure": 2},
    }


def test_as_many_passes_as_fails_is_no_pass():
    result = counted("pass-fail", verdicts("p..", "f.."))

    assert result.verdict.status is Status.NO_AWARD
    assert result.ranking == (("A",),)
    assert result.unranked == {"B": "no-verdicts", "C": "no-verdicts"}


@pytest.mark.parametrize(("share", "passed"), [("2/3", True), ("0.67", False), ("1/2", True)])
def test_the_rulebook_may_ask_for_a_share(share, passed):
    result = counted("pass-fail", verdicts("p", "p", "f"), min_score=share)

    assert bool(result.verdict.winners) is passed


def test_unsure_is_neither():
    result = counted("pass-fail", verdicts("u", "u", "p"))

    assert result.values == {"A": F(1)}


def test_a_recused_juror_gives_no_verdict():
    ballots = [{"juror": "J4", "verdicts": {"A": "pass"}}]

    with pytest.raises(TallyError, match="J4 is recused from A and may not judge it"):
        counted("pass-fail", ballots)


@pytest.mark.parametrize("word", ["maybe", True, None, ["pass"]])
def test_a_verdict_is_one_of_three_words(word):
    with pytest.raises(TallyError, match=r"^Ballot 1: A must be one of pass, fail, unsure\.$"):
        counted("pass-fail", [{"juror": "J1", "verdicts": {"A": word}}])


@pytest.mark.parametrize("method", ["approval", "pass-fail"])
def test_an_entry_below_its_quorum_is_left_out(method):
    key, held = {
        "approval": ("approve", ["B"]),
        "pass-fail": ("verdicts", {"B": "pass"}),
    }[method]

    result = counted(
        method, [{"juror": "J1", key: held}, {"juror": "J4", key: held}], quorum={"cards": 2}
    )

    assert result.unranked["A"] == "too-few-cards"
    assert result.verdict.winners == ("B",)


@pytest.mark.parametrize("method", ["approval", "points", "pass-fail"])
def test_without_ballots(method):
    result = counted(method, [], **({"budget": 1} if method == "points" else {}))

    assert result.verdict.status is Status.NO_AWARD
    assert sorted(result.unranked) == ["A", "B", "C"]
