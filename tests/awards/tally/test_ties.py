"""The tie chain: each step, its log, and what happens where it ends undecided."""

from fractions import Fraction

import pytest

from eventapp.awards.tally import Status, TallyError, count, lot
from tests.awards.tally.build import columns, criterion, jurors, scored

F = Fraction


def steps(result):
    """The log as (step, tied, left)."""
    return [(line.step, line.tied, line.left) for line in result.ties]


# --- head-to-head ---


def test_head_to_head_asks_the_jurors_who_scored_both():
    result = scored(columns(A=(6, 6, 3), B=(5, 5, 5)), ties=["head-to-head"])

    assert result.values == {"A": F(5), "B": F(5)}
    assert result.ranking == (("A",), ("B",))
    assert steps(result) == [("head-to-head", ("A", "B"), ("A",))]
    assert result.ties[0].inputs == {"A": {"B": 2}, "B": {"A": 1}}


def test_head_to_head_leaves_out_a_juror_who_scored_only_one():
    # J3 and J4 gave A and B one card each; of those who scored both, one prefers B.
    result = scored(columns(A=(5, 7, 6, None), B=(6, 7, None, 5)), ties=["head-to-head"])

    assert result.ties[0].inputs == {"A": {"B": 0}, "B": {"A": 1}}
    assert result.ranking == (("B",), ("A",))


def test_head_to_head_among_three_is_duels_won_less_duels_lost():
    # A beats B and C; B and C are level with each other.
    result = scored(columns(A=(6, 6, 3), B=(5, 4, 6), C=(4, 5, 6)), ties=["head-to-head"])

    assert result.ranking == (("A",), ("B", "C"))


def test_head_to_head_in_a_circle_decides_nothing():
    result = scored(columns(A=(3, 1, 2), B=(2, 3, 1), C=(1, 2, 3)), ties=["head-to-head"])

    assert result.verdict.status is Status.TIED
    assert steps(result) == [("head-to-head", ("A", "B", "C"), ("A", "B", "C"))]


# --- criterion ---

TWO = [criterion("idea"), criterion("work")]


def two(idea, work):
    return {"idea": idea, "work": work}


def test_a_criterion_named_in_the_chain_decides_by_its_mean():
    marks = columns(A=(two(6, 4), two(5, 5)), B=(two(4, 6), two(5, 5)))

    result = scored(marks, criteria=TWO, ties=["criterion:work"])

    assert result.ranking == (("B",), ("A",))
    assert result.ties[0].inputs == {"A": F(9, 2), "B": F(11, 2)}


def test_a_criterion_decides_nothing_while_one_of_the_tied_has_no_mark_on_it():
    criteria = [criterion("idea"), criterion("work", required=False)]
    marks = columns(A=(two(5, 5),), B=({"idea": 5},))

    result = scored(marks, criteria=criteria, optional="renormalise", ties=["criterion:work"])

    assert steps(result) == [("criterion:work", ("A", "B"), ("A", "B"))]
    assert result.ties[0].inputs is None


# --- countback ---


def test_countback_looks_for_the_highest_cards_first():
    result = scored(columns(A=(9, 5, 4), B=(9, 8, 1), C=(6, 6, 6)), ties=["countback"])

    assert result.values == {"A": F(6), "B": F(6), "C": F(6)}
    assert result.ranking == (("B",), ("A",), ("C",))


def test_countback_compares_shares_so_that_a_recusal_is_no_loss():
    # Both have two nines: of two cards, and of three.
    result = scored(columns(A=(9, 9, None), B=(9, 9, 9)), ties=["countback"])
    assert result.verdict.status is Status.TIED

    result = scored(columns(A=(9, 7, None), B=(9, 8, 7)), ties=["countback"])
    assert result.ranking == (("A",), ("B",))
    assert result.ties[0].inputs == {
        "levels": [F(9), F(8), F(7)],
        "shares": {"A": (F(1, 2), F(0), F(1, 2)), "B": (F(1, 3), F(1, 3), F(1, 3))},
    }


# --- median ---


def test_the_median_decides_between_equal_means():
    result = scored(columns(A=(9, 3, 3), B=(1, 7, 7)), ties=["median"])

    assert result.ranking == (("B",), ("A",))
    assert result.ties[0].inputs == {"A": F(3), "B": F(7)}


# --- acts: run-off, chair, lot ---

TIE = columns(A=(5,), B=(5,))
CHAIR = jurors(["J1", "J2", "J3"], J1={"role": "chair"}, J2={"role": "deputy"})


@pytest.mark.parametrize("step", ["runoff", "chair", "lot"])
def test_a_step_without_its_data_leaves_the_tie(step):
    result = scored(TIE, ties=[step])

    assert result.verdict.status is Status.TIED
    assert result.verdict.winners == ("A", "B")
    assert steps(result) == [(step, ("A", "B"), ("A", "B"))]


@pytest.mark.parametrize(
    ("votes", "ranking"),
    [
        ({"A": 3, "B": 5}, (("B",), ("A",))),
        ({"A": 4, "B": 4}, (("A", "B"),)),
        ({"A": 4}, (("A", "B"),)),
    ],
)
def test_a_runoff_that_was_held_decides(votes, ranking):
    assert scored(TIE, ties=["runoff"], runoff={"votes": votes}).ranking == ranking


@pytest.mark.parametrize(
    ("order", "ranking"),
    [
        (["B", "A"], (("B",), ("A",), ("C",))),
        (["B"], (("B",), ("A",), ("C",))),
        (["C", "B", "A"], (("B",), ("A",), ("C",))),
        (["C"], (("A", "B"), ("C",))),
    ],
)
def test_the_chair_decides_by_a_recorded_act(order, ranking):
    marks = columns(A=(5,), B=(5,), C=(1,))

    result = scored(marks, CHAIR, ties=["chair"], chair_choice={"order": order, "reason": "§ 9"})

    assert result.ranking == ranking


def test_the_chairs_choice_of_one_among_three_leaves_the_others_tied():
    marks = columns(A=(5,), B=(5,), C=(5,))
    choice = {"order": ["C"], "reason": "§ 9"}

    result = scored(marks, CHAIR, ties=["chair"], chair_choice=choice)

    assert result.ranking == (("C",), ("A", "B"))
    assert result.verdict.status is Status.DECIDED
    assert result.ties[0].inputs == {"order": ("C",), "reason": "§ 9", "by": "J1"}


@pytest.mark.parametrize(
    ("chair", "deputy", "by", "actor"),
    [
        ({}, {}, None, "J1"),
        ({}, {}, "J1", "J1"),
        ({"recused": ["A"]}, {}, None, "J2"),
        ({"present": False}, {}, "J2", "J2"),
        ({"recused": ["C"]}, {}, None, "J1"),
    ],
)
def test_the_deputy_acts_where_the_chair_is_away_or_recused(chair, deputy, by, actor):
    panel = jurors(
        ["J1", "J2", "J3"], J1={"role": "chair", **chair}, J2={"role": "deputy", **deputy}
    )
    choice = {"order": ["B"], "reason": "§ 9", **({"by": by} if by else {})}

    result = scored({"J3": {"A": 5, "B": 5}}, panel, ties=["chair"], chair_choice=choice)

    assert result.ranking == (("B",), ("A",))
    assert result.ties[0].inputs["by"] == actor


@pytest.mark.parametrize("by", ["J2", "J3", "nobody"])
def test_nobody_else_may_act_for_a_chair_who_can(by):
    choice = {"order": ["B"], "reason": "§ 9", "by": by}

    with pytest.raises(TallyError) as refused:
        scored(TIE, CHAIR, ties=["chair"], chair_choice=choice)

    assert str(refused.value) == (
        "The tie between A, B may be broken by the chair, or by a deputy if the chair is away "
        f"or recused, so not by {by}."
    )


def test_where_chair_and_deputy_are_both_recused_nobody_can_act():
    panel = jurors(
        ["J1", "J2", "J3"],
        J1={"role": "chair", "recused": ["A"]},
        J2={"role": "deputy", "recused": ["B"]},
    )
    choice = {"order": ["B"], "reason": "§ 9"}

    result = scored({"J3": {"A": 5, "B": 5}}, panel, ties=["chair"], chair_choice=choice)

    assert result.verdict.status is Status.TIED


def test_a_choice_is_taken_as_it_is_where_the_jury_has_no_chair():
    result = scored(TIE, ties=["chair"], chair_choice={"order": ["B"], "reason": "§ 9"})

    assert result.ranking == (("B",), ("A",))
    assert result.ties[0].inputs == {"order": ("B",), "reason": "§ 9"}


def test_a_deputy_may_act_for_another():
    panel = jurors(["J1", "J2", "J3"], J1={"role": "deputy"}, J2={"role": "deputy"})
    choice = {"order": ["B"], "reason": "§ 9", "by": "J2"}

    result = scored(TIE, panel, ties=["chair"], chair_choice=choice)

    assert result.ties[0].inputs["by"] == "J2"


def test_the_lot_is_that_of_rfc_3797():
    # The worked example of section 6: ten of twenty-five.
    pool = [str(number) for number in range(1, 26)]

    order = lot.drawn(pool, "9319./2.5.8.10.12./9.18.26.34.41.45./")

    assert order[:10] == ("17", "7", "2", "16", "25", "23", "8", "24", "19", "13")
    assert sorted(order) == sorted(pool)


def test_the_lot_draws_among_the_tied_alone():
    marks = columns(A=(5,), B=(9,), C=(5,), D=(5,))

    result = scored(marks, ties=["lot"], lot_seed="2027.6.15./")

    drawn = lot.drawn(["A", "C", "D"], "2027.6.15./")
    assert result.ranking == (("B",), *((entry,) for entry in drawn))
    assert result.ties[0].inputs == {"key": "2027.6.15./", "drawn": drawn}


def test_another_key_is_another_lot():
    orders = {lot.drawn(("A", "B", "C"), f"{number}./") for number in range(60)}

    assert len(orders) == 6


# --- ex-aequo and the chain as a whole ---


def test_ex_aequo_shares_the_place():
    result = scored(columns(A=(5,), B=(5,), C=(4,)), ties=["ex-aequo", "lot"], lot_seed="1./")

    assert result.verdict.status is Status.DECIDED
    assert result.verdict.winners == ("A", "B")
    assert result.places == {"A": 1, "B": 1, "C": 3}
    assert steps(result) == [("ex-aequo", ("A", "B"), ("A", "B"))]


def test_without_a_chain_a_tie_stays_a_tie():
    result = scored(TIE)

    assert result.verdict.status is Status.TIED
    assert result.verdict.winners == ("A", "B")
    assert result.ties == ()


def test_who_is_still_tied_goes_on_to_the_next_step():
    # Medians: C 6, A and B 5. Then the highest card: A has a nine.
    marks = columns(A=(9, 5, 1), B=(8, 5, 2), C=(6, 6, 3))

    result = scored(marks, ties=["median", "countback"])

    assert result.ranking == (("C",), ("A",), ("B",))
    assert steps(result) == [
        ("median", ("A", "B", "C"), ("C",)),
        ("countback", ("A", "B"), ("A",)),
    ]


def test_a_step_never_returns_to_those_it_has_parted():
    # Head-to-head puts A first and leaves B and C level; between those two alone nothing is
    # asked again, the chain goes on.
    marks = columns(A=(6, 6, 3), B=(5, 4, 6), C=(4, 5, 6))

    result = scored(marks, ties=["head-to-head", "ex-aequo"])

    assert steps(result) == [
        ("head-to-head", ("A", "B", "C"), ("A",)),
        ("ex-aequo", ("B", "C"), ("B", "C")),
    ]


def test_a_tie_below_the_prizes_does_not_keep_them_open():
    result = scored(columns(A=(9,), B=(5,), C=(5,)))

    assert result.verdict.status is Status.DECIDED
    assert result.verdict.winners == ("A",)
    assert result.ranking == (("A",), ("B", "C"))


def test_the_log_stands_in_the_document():
    document = scored(columns(A=(9, 3, 3), B=(1, 7, 7)), ties=["median"]).document()

    assert document["ties"] == [
        {
            "tied": ["A", "B"],
            "step": "median",
            "left": ["B"],
            "tiers": [["B"], ["A"]],
            "inputs": {"A": "3", "B": "7"},
        }
    ]


@pytest.mark.parametrize("step", ["countback", "median"])
def test_steps_that_look_at_marks_decide_nothing_where_there_are_none(step):
    # J1 may judge A alone, and J2 B: in Schulze's method nobody beats anybody.
    panel = [{"id": "J1", "recused": ["B", "C"]}, {"id": "J2", "recused": ["A", "C"]}]
    ballots = [{"juror": "J1", "ranking": [["A"]]}, {"juror": "J2", "ranking": [["B"]]}]

    result = count({"method": "schulze", "ties": [step]}, ["A", "B", "C"], panel, ballots)

    assert steps(result) == [(step, ("A", "B", "C"), ("A", "B", "C"))]
    assert result.ties[0].inputs is None


@pytest.mark.parametrize("seed", [20270616, "20270616"])
def test_a_seed_may_be_a_number(seed):
    result = scored(TIE, ties=["lot"], lot_seed=seed)

    assert result.ranking == tuple((entry,) for entry in lot.drawn(("A", "B"), "20270616"))


def test_a_substitute_of_nobody_in_particular_votes_too():
    panel = jurors(["J1", "S"], J1={"present": False}, S={"role": "substitute"})

    assert scored({"S": {"A": 7}}, panel, quorum={"share": 1}).verdict.winners == ("A",)
