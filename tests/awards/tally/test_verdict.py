"""Winners, distinctions and the status."""

import pytest

from eventapp.awards.tally import Status
from tests.awards.tally.build import columns, scored


def verdict_of(means, **rules):
    """The verdict on entries that have one card each, with the given mark."""
    return scored(columns(**{entry: (mark,) for entry, mark in means.items()}), **rules).verdict


@pytest.mark.parametrize(
    ("best", "min_score", "status", "winners"),
    [
        (6, "6", Status.DECIDED, ("A",)),
        ("6.000", "6", Status.DECIDED, ("A",)),
        ("5.999", "6", Status.NO_AWARD, ()),
        (9, "8.5", Status.DECIDED, ("A",)),
        (0, 0, Status.DECIDED, ("A",)),
        (1, "10/3", Status.NO_AWARD, ()),
    ],
)
def test_no_prize_below_the_lowest_value_that_deserves_one(best, min_score, status, winners):
    verdict = verdict_of({"A": best}, min_score=min_score)

    assert (verdict.status, verdict.winners) == (status, winners)


def test_an_entry_below_the_threshold_keeps_its_place_in_the_ranking():
    result = scored(columns(A=(9,), B=(2,)), min_score="6")

    assert result.ranking == (("A",), ("B",))


def test_a_value_that_only_looks_like_the_threshold_does_not_reach_it():
    result = scored(columns(A=("5.996",)), min_score="6", display={"decimals": 2})

    assert result.shown() == {"A": "6.00"}
    assert result.verdict.status is Status.NO_AWARD


@pytest.mark.parametrize(
    ("seats", "means", "status", "winners"),
    [
        (1, {"A": 9, "B": 8, "C": 8}, Status.DECIDED, ("A",)),
        (2, {"A": 9, "B": 8, "C": 7}, Status.DECIDED, ("A", "B")),
        (2, {"A": 9, "B": 9, "C": 7}, Status.DECIDED, ("A", "B")),
        (2, {"A": 9, "B": 8, "C": 8}, Status.TIED, ("A", "B", "C")),
        (1, {"A": 9, "B": 9, "C": 8}, Status.TIED, ("A", "B")),
        (3, {"A": 9, "B": 8}, Status.DECIDED, ("A", "B")),
    ],
)
def test_as_many_prizes_as_there_are_seats(seats, means, status, winners):
    verdict = verdict_of(means, seats=seats)

    assert (verdict.status, verdict.winners) == (status, winners)


def test_a_tie_below_the_threshold_is_no_award():
    verdict = verdict_of({"A": 5, "B": 5}, min_score=6)

    assert verdict.status is Status.NO_AWARD


@pytest.mark.parametrize(
    ("means", "rule", "distinctions"),
    [
        ({"A": 9, "B": 8, "C": 7}, {"per_category": 1}, ("B",)),
        ({"A": 9, "B": 8, "C": 7}, {"per_category": 2}, ("B", "C")),
        ({"A": 9, "B": 8, "C": 7}, {"per_category": 0}, ()),
        ({"A": 9, "B": 7, "C": 6}, {"per_category": 2, "min_score": 7}, ("B",)),
        ({"A": 9, "B": "6.9"}, {"per_category": 1, "min_score": 7}, ()),
        ({"A": 9}, {"per_category": 1}, ()),
    ],
)
def test_distinctions_go_to_the_next_places(means, rule, distinctions):
    verdict = verdict_of(means, distinctions=rule)

    assert verdict.winners == ("A",)
    assert verdict.distinctions == distinctions


def test_the_loser_of_a_broken_tie_takes_the_distinction():
    verdict = verdict_of(
        {"A": 9, "B": 9, "C": 8},
        ties=["chair"],
        chair_choice={"order": ["B"], "reason": "§ 9"},
        distinctions={"per_category": 1},
    )

    assert (verdict.winners, verdict.distinctions) == (("B",), ("A",))


def test_while_the_prize_is_tied_no_distinction_is_given():
    result = scored(columns(A=(9,), B=(9,), C=(8,)), distinctions={"per_category": 1})

    assert result.verdict.distinctions is None
    assert "distinctions" not in result.document()


def test_a_tie_for_the_last_distinction_is_named_and_leaves_the_prize_decided():
    result = scored(columns(A=(9,), B=(8,), C=(8,)), distinctions={"per_category": 1})

    assert result.verdict.status is Status.DECIDED
    assert result.document()["distinctions"] == []
    assert result.document()["distinctions_tied"] == ["B", "C"]


def test_distinctions_may_be_shared_by_rule():
    verdict = verdict_of(
        {"A": 9, "B": 8, "C": 8}, ties=["ex-aequo"], distinctions={"per_category": 1}
    )

    assert verdict.distinctions == ("B", "C")


def test_where_nobody_deserves_the_prize_the_best_may_still_be_distinguished():
    verdict = verdict_of(
        {"A": 7, "B": 5}, min_score=8, distinctions={"per_category": 1, "min_score": 6}
    )

    assert verdict.status is Status.NO_AWARD
    assert verdict.distinctions == ("A",)
