"""Borda, its top-k variant, and points by position."""

from fractions import Fraction

import pytest

from eventapp.awards.tally import Status, TallyError, count
from tests.awards.tally.orders import CAPITAL, FIVE, by_jurors, ranked

F = Fraction


def whole(**values):
    return {entry: F(value) for entry, value in values.items()}


# --- Borda ---


@pytest.mark.parametrize(
    ("orders", "values"),
    [
        (CAPITAL, whole(N=194, C=173, M=126, K=107)),
        (FIVE, whole(E=102, A=98, B=92, C=89, D=69)),
        # The unranked are jointly last, and share what the last places are worth.
        ("1:A", {"A": F(0)}),
        ("1:A>B 1:C", whole(A="5/2", B="3/2", C="2")),
        ("2:A=B>C", whole(A=3, B=3, C=0)),
        # An empty ballot says that all are alike.
        ("1:A>B 1:", whole(A="3/2", B="1/2")),
    ],
)
def test_borda_gives_a_point_for_each_entry_below(orders, values):
    assert ranked("borda", orders).values == values


def test_borda_reports_totals_where_nobody_is_recused():
    result = by_jurors("borda", {"J1": "A>B>C", "J2": "A>C>B"}, "ABC", {})

    assert result.values == whole(A=4, B=1, C=1)


def test_borda_reports_means_scaled_to_the_full_field_where_somebody_is():
    # J2 compares two of three: second place below nobody, first place worth the full 2.
    result = by_jurors("borda", {"J1": "A>B>C", "J2": "C>B"}, "ABC", {"J2": "A"})

    assert result.values == whole(A=2, B="1/2", C=1)
    assert result.tables["votes"] == {"A": 1, "B": 2, "C": 2}


def test_a_juror_who_may_judge_one_entry_alone_compares_nothing():
    result = by_jurors("borda", {"J1": "A>B", "J2": "C"}, "ABC", {"J1": "C", "J2": "AB"})

    assert result.values == whole(A=2, B=0)
    assert result.unranked == {"C": "no-comparison"}


def test_borda_without_ballots():
    result = ranked("borda", "", "AB")

    assert result.verdict.status is Status.NO_AWARD
    assert result.unranked == {"A": "no-comparison", "B": "no-comparison"}


def test_borda_on_the_top_k():
    result = ranked("borda", "2:A>B 1:B>C", variant="top-k", k=2)

    assert result.values == whole(A=4, B=4, C=1)


@pytest.mark.parametrize(
    ("rules", "orders", "sentence"),
    [
        (
            {"variant": "top-k"},
            "1:A",
            "Rulebook: k belongs to the variant top-k, and neither goes alone.",
        ),
        ({"k": 2}, "1:A", "Rulebook: k belongs to the variant top-k, and neither goes alone."),
        (
            {"variant": "top-k", "k": 1},
            "1:A>B",
            "Ballot 1: ranking may name 1 entries at most.",
        ),
        (
            {"variant": "top"},
            "1:A",
            "Rulebook: variant must be one of top-k, scottish, not 'top'.",
        ),
    ],
)
def test_borda_refuses_what_it_cannot_count(rules, orders, sentence):
    with pytest.raises(TallyError) as refused:
        ranked("borda", orders, **rules)

    assert str(refused.value) == sentence


# --- points by position ---


@pytest.mark.parametrize(
    ("orders", "values"),
    [
        ("1:A>B>C>D", whole(A=12, B=10, C=8, D=0)),
        ("1:A>B=C>D", whole(A=12, B=9, C=9, D=0)),
        ("1:A>B>C=D", whole(A=12, B=10, C=4, D=4)),
        ("2:A 1:B>A", whole(A=34, B=12)),
        ("1:A 1:", whole(A=12)),
    ],
)
def test_each_place_has_its_points(orders, values):
    assert ranked("positional", orders, points=[12, 10, 8]).values == values


def test_points_of_a_jury_with_recusals_are_means():
    result = by_jurors(
        "positional", {"J1": "A>B", "J2": "B", "J3": "B>A"}, "AB", {"J2": "A"}, points=[3, 1]
    )

    assert result.values == whole(A=2, B="7/3")


def test_countback_decides_between_equal_points():
    # Two with 146 points and four twelves each, five tens against two.
    points = [12, 10, 8, 7, 6, 5, 4, 3, 2, 1]
    places_of_a = [1] * 4 + [2] * 5 + [3] * 6
    places_of_b = [1] * 4 + [2] * 2 + [3] * 5 + [4] * 4 + [8] * 2 + [10] * 4
    worth = {place: points[place - 1] for place in range(1, 11)}
    assert sum(worth[place] for place in places_of_a) == 146
    assert sum(worth[place] for place in places_of_b) == 146
    fillers = "cdefghijklmnopqrstuvwxyz"

    def order(letter, place):
        others = [f"{letter}{filler}" for filler in fillers[: place - 1]]
        return [*others, letter]

    cast = [order("A", place) for place in places_of_a] + [order("B", p) for p in places_of_b]
    entries = sorted({entry for each in cast for entry in each})

    result = count(
        {"method": "positional", "points": points, "ties": ["countback"], "seats": 2},
        entries,
        [],
        [{"ranking": [[entry] for entry in each]} for each in cast],
    )

    assert result.values["A"] == result.values["B"] == 146
    assert result.places["A"] < result.places["B"]


@pytest.mark.parametrize(
    ("rules", "sentence"),
    [
        ({}, "Rulebook: points must say what each place is worth."),
        ({"points": []}, "Rulebook: points must say what each place is worth."),
        (
            {"points": [8, 10]},
            "Rulebook: points must not rise from place to place, nor fall below 0.",
        ),
        (
            {"points": [8, -1]},
            "Rulebook: points must not rise from place to place, nor fall below 0.",
        ),
        ({"points": 12}, "Rulebook: points must be a list."),
    ],
)
def test_points_must_fall(rules, sentence):
    with pytest.raises(TallyError) as refused:
        ranked("positional", "1:A", **rules)

    assert str(refused.value) == sentence


# --- ballots that are refused at casting, whatever the method ---


@pytest.mark.parametrize(
    ("orders", "sentence"),
    [
        ("1:A>X", "Ballot 1: there is no entry 'X'."),
        ("1:A>B>A", "Ballot 1: ranking names A twice."),
        ("1:A=A", "Ballot 1: a tier of the ranking names A twice."),
        ("1:A>", "Ballot 1: a tier of the ranking must hold texts that are not empty."),
        ("0:A", "Ballot 1: count must be a whole number of at least 1."),
    ],
)
@pytest.mark.parametrize("method", ["borda", "schulze", "irv", "stv"])
def test_orders_are_never_repaired(method, orders, sentence):
    with pytest.raises(TallyError) as refused:
        ranked(method, orders, "AB")

    assert str(refused.value) == sentence


@pytest.mark.parametrize("method", ["irv", "stv"])
def test_a_vote_that_is_transferred_knows_no_ties(method):
    with pytest.raises(TallyError, match=r"^Ballot 1: A, B may not share a place here\.$"):
        ranked(method, "1:A=B>C")


@pytest.mark.parametrize("method", ["borda", "schulze", "irv", "stv"])
def test_a_recused_juror_may_not_rank_the_entry(method):
    with pytest.raises(TallyError, match=r"^Ballot 1: J1 is recused from B and may not judge it"):
        by_jurors(method, {"J1": "A>B"}, "AB", {"J1": "B"})


def test_a_juror_has_one_ballot():
    ballot = {"juror": "J1", "ranking": [["A"]]}

    with pytest.raises(TallyError, match=r"^Ballot 2: J1 has voted already\.$"):
        count({"method": "borda"}, ["A"], [{"id": "J1"}], [ballot, ballot])


def test_a_substitute_and_the_principal_have_one_ballot():
    panel = [{"id": "J1"}, {"id": "S", "role": "substitute", "stands_for": "J1"}]
    cast = [{"juror": juror, "ranking": [["A"]]} for juror in ("J1", "S")]

    with pytest.raises(TallyError, match=r"^Ballot 2: S and J1 share one vote, and both voted\.$"):
        count({"method": "borda"}, ["A"], panel, cast)


def test_an_empty_tier_is_refused():
    with pytest.raises(TallyError, match=r"^Ballot 1: ranking holds an empty tier\.$"):
        count({"method": "borda"}, ["A"], [], [{"ranking": [["A"], []]}])


def test_an_entry_below_its_quorum_is_struck_out_of_the_orders():
    orders = {"J1": "A>C>B", "J2": "A>B", "J3": "B>A"}
    recused = {"J2": "C", "J3": "C"}

    result = by_jurors("borda", orders, "ABC", recused, quorum={"cards": 2})

    assert result.unranked == {"C": "too-few-cards"}
    assert result.values == whole(A=2, B=1)


@pytest.mark.parametrize("method", ["schulze", "irv", "stv"])
@pytest.mark.parametrize(
    "rules", [{"min_score": 1}, {"distinctions": {"per_category": 1, "min_score": 1}}]
)
def test_a_threshold_needs_values(method, rules):
    with pytest.raises(TallyError, match=f"min_score needs values, and {method} gives none"):
        ranked(method, "1:A", **rules)


@pytest.mark.parametrize("method", ["borda", "irv", "approval", "weighted-scores"])
def test_none_of_the_above_is_counted_by_schulze_alone(method):
    with pytest.raises(TallyError, match=r"^Rulebook: nota is counted by schulze alone\.$"):
        ranked(method, "1:A", nota={"id": "NOTA"})


def test_methods_without_values_have_none_in_the_document():
    assert "values" not in ranked("schulze", "1:A>B").document()
    assert ranked("borda", "1:A>B").document()["values"] == {"A": "1", "B": "0"}
