"""Weighted scores: totals of cards, normalisation, aggregation."""

from fractions import Fraction

import pytest

from eventapp.awards.tally import Status, TallyError, count
from tests.awards.tally.build import columns, criterion, jurors, rulebook, scored

F = Fraction

# J1 A9 B7 C8; J2 A6 B3 D3; J3 B5 C10 D6: one panel, three rules, three verdicts.
SMALL_PANEL = {
    "J1": {"A": 9, "B": 7, "C": 8},
    "J2": {"A": 6, "B": 3, "D": 3},
    "J3": {"B": 5, "C": 10, "D": 6},
}
LOWERED = {"jurors": 3, "cards": 3}


def numbers(values):
    """Values as exact fractions, whatever they are written as."""
    return {entry: F(value) for entry, value in values.items()}


# --- the total of a card ---


def four_criteria(*weights):
    return [criterion(f"c{n}", weight=w) for n, w in enumerate(weights, start=1)]


def four_marks(*marks):
    return {f"c{n}": mark for n, mark in enumerate(marks, start=1)}


def test_cards_of_equal_weights_on_the_raw_scale():
    marks = columns(
        A=[four_marks(9, 8, 7, 8), four_marks(8, 9, 8, 9), four_marks(10, 9, 8, 8)],
    )

    result = scored(marks, criteria=four_criteria(25, 25, 25, 25))

    assert result.values == {"A": F(101, 12)}


@pytest.mark.parametrize(
    ("scale", "weights", "marks", "expected"),
    [
        ("percent", (30, 30, 25, 15), (9, 8, 8, 7), F(163, 2)),
        ("raw", (30, 30, 25, 15), (9, 8, 8, 7), F(163, 20)),
        ("percent", (2, 1, 1, 1), (10, 0, 0, 0), F(40)),
        ("percent", ("1/3", "1/3", "1/6", "1/6"), (10, 10, 0, 0), F(200, 3)),
        ("percent", (1, 1, 1, 1), ("7.5", 7, 7, 7), F(285, 4)),
    ],
)
def test_a_card_weighs_its_marks(scale, weights, marks, expected):
    result = scored(
        {"J1": {"A": four_marks(*marks)}}, criteria=four_criteria(*weights), scale=scale
    )

    assert result.values == {"A": expected}
    assert result.tables["cards"] == {"A": {"J1": expected}}


def test_percent_is_the_scale_unless_the_rulebook_says_raw():
    rules = {"criteria": [criterion(min=1, max=5)]}

    assert scored({"J1": {"A": 4}}, **rules, scale="percent").values == {"A": F(75)}
    assert scored({"J1": {"A": 4}}, **rules).values == {"A": F(4)}


def test_without_a_word_about_scale_the_total_is_a_percentage():
    rules = rulebook()
    del rules["scale"]
    result = count(rules, ["A"], jurors(["J1"]), [{"juror": "J1", "scores": {"A": {"c": 4}}}])

    assert result.values == {"A": F(40)}


# --- optional criteria ---

OPTIONAL = [
    criterion("must", weight=3),
    criterion("may", weight=1, required=False),
]


def test_an_absent_optional_mark_leaves_its_weight_out():
    marks = {"J1": {"A": {"must": 8, "may": 4}}, "J2": {"A": {"must": 6}}}

    result = scored(marks, criteria=OPTIONAL, optional="renormalise")

    assert result.tables["cards"] == {"A": {"J1": F(7), "J2": F(6)}}
    assert "incomplete" not in result.tables


def test_or_makes_the_card_incomplete():
    marks = {"J1": {"A": {"must": 8, "may": 4}}, "J2": {"A": {"must": 6}}}

    result = scored(marks, criteria=OPTIONAL, optional="incomplete")

    assert result.tables["cards"] == {"A": {"J1": F(7)}}
    assert result.tables["incomplete"] == {"A": ("J2",)}


def test_a_card_without_a_required_mark_never_counts():
    marks = {"J1": {"A": {"may": 10}}, "J2": {"A": {"must": 6}, "B": {"must": 5}}}

    result = scored(marks, criteria=OPTIONAL, optional="renormalise")

    assert result.values == {"A": F(6), "B": F(5)}
    assert result.tables["incomplete"] == {"A": ("J1",)}


def test_an_empty_card_never_counts():
    all_optional = [criterion("may", required=False)]

    result = scored({"J1": {"A": {}}}, criteria=all_optional, optional="renormalise")

    assert result.unranked == {"A": "no-cards"}
    assert result.tables["incomplete"] == {"A": ("J1",)}


# --- aggregation ---


@pytest.mark.parametrize(
    ("rules", "marks", "expected"),
    [
        ({}, (5, 8, 9), F(22, 3)),
        ({"aggregate": "mean"}, (5, 8, 9), F(22, 3)),
        ({"aggregate": "median"}, (5, 8, 9), F(8)),
        ({"aggregate": "median"}, (5, 8, 9, 10), F(17, 2)),
        ({"aggregate": "sum"}, (5, 8, 9), F(22)),
        ({"aggregate": "trimmed", "trim": 1}, ("5.5", 7, "7.5", 8, "9.5"), F(15, 2)),
        ({"aggregate": "trimmed", "trim": 2}, (0, 1, 5, 6, 7, 9, 10), F(6)),
        ({"aggregate": "trimmed", "trim": 1}, (1, 1, 1, 7, 7), F(3)),
        ({"aggregate": "trimmed", "trim": 1}, (5, 7, 8, 10), F(15, 2)),
        ({"aggregate": "trimmed", "trim": 1}, (4,), F(4)),
    ],
)
def test_cards_become_one_value(rules, marks, expected):
    assert scored(columns(A=marks), **rules).values == {"A": expected}


def test_where_fewer_than_three_remain_nothing_is_trimmed_and_the_result_says_so():
    marks = columns(A=(0, 5, 5, 5, 10), B=(0, 5, 5, 6, None))

    result = scored(marks, aggregate="trimmed", trim=1)

    assert result.values == {"A": F(5), "B": F(4)}
    assert result.tables["untrimmed"] == ["B"]


def test_sums_over_different_numbers_of_cards_are_refused():
    with pytest.raises(TallyError, match=r"^A sum needs equally many cards .*: A 2, B 1\.$"):
        scored(columns(A=(5, 6), B=(9, None)), aggregate="sum")


# --- normalisation ---


def test_as_they_are():
    result = scored(SMALL_PANEL)

    assert result.values == {"A": F(15, 2), "B": F(5), "C": F(9), "D": F(9, 2)}
    assert result.ranking == (("C",), ("A",), ("B",), ("D",))


def test_zscores_fitted_between_the_ends_of_the_means():
    result = scored(SMALL_PANEL, normalise="zscore-fit", normalise_floor=LOWERED)

    assert result.document()["values"] == {
        "A": "9.000000000",
        "B": "4.500000000",
        "C": "7.761897672",
        "D": "5.227967963",
    }
    assert result.document()["means"] == {"A": "15/2", "B": "5", "C": "9", "D": "9/2"}
    assert result.document()["zscores"]["A"] == {"J1": "1.224744871", "J2": "1.414213562"}
    assert result.ranking == (("A",), ("C",), ("D",), ("B",))


def test_additive_effects_of_jurors():
    result = scored(SMALL_PANEL, normalise="additive")

    assert result.values == {"A": F(8), "B": F(5), "C": F(8), "D": F(5)}
    assert result.tables["juror_effects"] == {"J1": F(1), "J2": F(-2), "J3": F(1)}
    assert result.verdict.status is Status.TIED


def test_mean_borda_points():
    result = scored(SMALL_PANEL, normalise="rank")

    assert result.values == {"A": F(3), "B": F(1, 4), "C": F(9, 4), "D": F(9, 8)}


def test_marks_alike_share_borda_points():
    result = scored({"J1": {"A": 7, "B": 7, "C": 1}}, normalise="rank")

    assert result.values == {"A": F(3, 2), "B": F(3, 2), "C": F(0)}


def test_a_juror_with_a_single_card_compares_nothing():
    marks = {"J1": {"A": 1, "B": 2}, "J2": {"A": 10}, "J3": {"C": 9}}

    result = scored(marks, normalise="rank")

    assert result.values == {"A": F(0), "B": F(2)}
    assert result.unranked == {"C": "no-comparison"}


def test_a_juror_who_marks_all_alike_is_neutral_in_zscores():
    marks = {"J1": {"A": 9, "B": 5}, "J2": {"A": 7, "B": 7}, "J3": {"A": 6, "B": 8}}

    result = scored(marks, normalise="zscore-fit", normalise_floor={"jurors": 3, "cards": 2})

    # z: +1 0 -1 against -1 0 +1, so both stand in the middle of their means 22/3 and 20/3.
    assert numbers(result.values) == {"A": F(7), "B": F(7)}
    assert result.document()["zscores"]["A"] == {
        "J1": "1.000000000",
        "J2": "0.000000000",
        "J3": "-1.000000000",
    }


def test_a_juror_with_one_card_is_neutral_in_zscores():
    marks = {"J1": {"A": 8, "B": 4}, "J2": {"A": 10}, "J3": {"A": 6, "B": 5}}

    result = scored(marks, normalise="zscore-fit", normalise_floor={"jurors": 3, "cards": 1})

    assert numbers(result.values) == {"A": F(8), "B": F(9, 2)}
    assert result.document()["zscores"]["A"]["J2"] == "0.000000000"


def test_rounding_dust_in_zscores_makes_no_verdict():
    # Three jurors with the cycle 1-2-4, 2-4-1, 4-1-2: every entry has the same mean z, reached
    # in three orders of addition; stretched onto the scale of the means it must stay a tie.
    cycle = columns(A=(1, 2, 4), B=(2, 4, 1), C=(4, 1, 2))
    cycle["J4"] = {"A": 5, "B": 5, "C": 5}

    result = scored(cycle, normalise="zscore-fit", normalise_floor={"jurors": 3, "cards": 3})

    assert result.ranking == (("A", "B", "C"),)


@pytest.mark.parametrize(
    ("marks", "floor", "sentence"),
    [
        (
            {"J1": {"A": 1}, "J2": {"A": 1}},
            {},
            "Z-scores need at least 3 jurors with cards, and here are 2.",
        ),
        (
            SMALL_PANEL,
            {},
            "Z-scores need at least 6 cards of each juror, and J1 has 3.",
        ),
        (
            {**SMALL_PANEL, "J2": {"A": 6}},
            {"cards": 2},
            "Z-scores need at least 2 cards of each juror, and J2 has 1.",
        ),
    ],
)
def test_zscores_below_the_floor_are_refused(marks, floor, sentence):
    with pytest.raises(TallyError) as refused:
        scored(marks, normalise="zscore-fit", normalise_floor=floor)

    assert str(refused.value) == sentence


def test_additive_effects_of_groups_without_a_common_juror_are_refused_by_name():
    apart = {"J1": {"A": 9, "D": 7}, "J2": {"B": 6}, "J3": {"B": 5, "C": 6}}

    with pytest.raises(TallyError, match=r"cannot be compared: A, D by J1; B, C by J2, J3\.$"):
        scored(apart, normalise="additive")


@pytest.mark.parametrize("normalise", ["none", "zscore-fit", "additive", "rank"])
def test_without_ballots_nothing_is_ranked_and_nothing_fails(normalise):
    result = scored({}, panel=jurors(["J1"]), entries=["A", "B"], normalise=normalise)

    assert result.verdict.status is Status.NO_AWARD
    assert result.verdict.winners == ()
    assert result.unranked == {"A": "no-cards", "B": "no-cards"}
    assert result.values == {}


@pytest.mark.parametrize(
    ("normalise", "value"),
    [("none", F(7)), ("additive", F(7)), ("zscore-fit", F(7)), ("rank", F(0))],
)
def test_one_juror_and_one_entry(normalise, value):
    floor = {"jurors": 1, "cards": 1}

    result = scored({"J1": {"A": 7}}, normalise=normalise, normalise_floor=floor)

    assert numbers(result.values) == {"A": value}
    assert result.verdict.winners == ("A",)


def test_identical_cards_are_a_tie_under_every_normalisation():
    marks = columns(A=(7, 7, 7), B=(7, 7, 7), C=(7, 7, 7))
    floor = {"jurors": 3, "cards": 3}

    for normalise in ("none", "zscore-fit", "additive", "rank"):
        result = scored(marks, normalise=normalise, normalise_floor=floor)
        assert result.ranking == (("A", "B", "C"),), normalise


def test_a_recusal_is_no_data():
    marks = {"J1": {"A": 10, "B": 4}, "J2": {"A": 8}}

    result = scored(marks, jurors(marks, J2={"recused": ["B"]}))

    assert result.values == {"A": F(9), "B": F(4)}


def test_an_entry_from_which_all_are_recused_stays_unranked():
    marks = {"J1": {"A": 10}, "J2": {"A": 8}}
    panel = jurors(marks, J1={"recused": ["B"]}, J2={"recused": ["B"]})

    result = scored(marks, panel, entries=["A", "B"])

    assert result.ranking == (("A",),)
    assert result.unranked == {"B": "no-cards"}


def test_a_withdrawn_entry_changes_the_zscores_of_the_others():
    marks = columns(A=(9, 9, 8), B=(5, 4, 6), C=(8, 2, 7), X=(1, 9, 1))
    floor = {"jurors": 3, "cards": 3}
    without = {juror: {e: m for e, m in held.items() if e != "X"} for juror, held in marks.items()}

    before = scored(marks, normalise="zscore-fit", normalise_floor=floor)
    after = scored(without, normalise="zscore-fit", normalise_floor=floor)

    assert before.tables["zscores"]["C"] != after.tables["zscores"]["C"]


def test_cards_may_come_in_one_ballot_or_in_many():
    panel = jurors(["J1"])
    one = [{"juror": "J1", "scores": {"A": {"c": 3}, "B": {"c": 5}}}]
    many = [{"juror": "J1", "scores": {"B": {"c": 5}}}, {"juror": "J1", "scores": {"A": {"c": 3}}}]

    assert (
        count(rulebook(), ["A", "B"], panel, one).values
        == count(rulebook(), ["A", "B"], panel, many).values
        == {"A": F(3), "B": F(5)}
    )


def test_places_are_counted_1_2_2_4():
    result = scored({"J1": {"A": 9, "B": 7, "C": 7, "D": 1}})

    assert result.places == {"A": 1, "B": 2, "C": 2, "D": 4}


def test_ranks_are_computed_on_unrounded_values():
    result = scored(columns(A=("8.001", 8), B=("8.002", 8)), display={"decimals": 2})

    assert result.shown() == {"A": "8.00", "B": "8.00"}
    assert result.ranking == (("B",), ("A",))
