"""Schulze: strengths, paths, repeated tiers, none-of-the-above."""

import pytest

from eventapp.awards.tally import Status, TallyError, count
from tests.awards.tally.orders import CAPITAL, FIVE, ballots, by_jurors, ranked

CYCLE = "3:A 3:B>C 1:A>B 2:C>A"


@pytest.mark.parametrize(
    ("orders", "ranking"),
    [
        (CAPITAL, (("N",), ("C",), ("K",), ("M",))),
        (FIVE, (("E",), ("A",), ("C",), ("B",), ("D",))),
        ("1:A>B>C>D 1:B>C>D>A", (("A", "B"), ("C",), ("D",))),
        ("1:A>B>C 1:B>C>A 1:C>A>B", (("A", "B", "C"),)),
        ("1:A", (("A",),)),
        ("2:A=B>C", (("A", "B"), ("C",))),
    ],
)
def test_the_order_along_the_strongest_paths(orders, ranking):
    assert ranked("schulze", orders).ranking == ranking


@pytest.mark.parametrize(
    ("strength", "winner"), [("winning-votes", "C"), ("margins", "A"), (None, "C")]
)
def test_strengths_can_disagree(strength, winner):
    rules = {"strength": strength} if strength else {}

    assert ranked("schulze", CYCLE, **rules).verdict.winners == (winner,)


def test_winners_are_a_set():
    result = ranked("schulze", "1:A>B>C>D 1:B>C>D>A")

    assert result.verdict.status is Status.TIED
    assert result.verdict.winners == ("A", "B")


def test_the_tables_of_the_count():
    document = ranked("schulze", CAPITAL).document()

    assert document["pairwise"]["N"] == {"C": 68, "K": 68, "M": 58}
    assert document["paths"]["N"] == {"C": 68, "K": 68, "M": 58}
    assert document["paths"]["M"] == {"C": 0, "K": 0, "N": 0}
    assert document["strength"] == "winning-votes"


def test_where_jurors_compare_different_entries_only_relative_margins_are_fair():
    # A circle: A beats B by 3 of 4, B beats C by 2 of 3, C beats A before the only juror who
    # may compare them. By votes that last victory is the weakest, by relative margin the middle.
    orders = {"J1": "B>C>A", "J2": "A>B", "J3": "A>B", "J4": "A>B", "J5": "B>C", "J6": "C>B"}
    recused = {"J2": "C", "J3": "C", "J4": "C", "J5": "A", "J6": "A"}

    fair = by_jurors("schulze", orders, "ABC", recused)
    plain = by_jurors("schulze", orders, "ABC", recused, strength="winning-votes")

    assert fair.tables["strength"] == "relative-margin"
    assert fair.document()["paths"] == {
        "A": {"B": "1/2", "C": "1/3"},
        "B": {"A": "1/3", "C": "1/3"},
        "C": {"A": "1", "B": "1/2"},
    }
    assert fair.ranking == (("C",), ("A",), ("B",))
    assert plain.ranking == (("A",), ("B",), ("C",))


def test_the_rulebook_may_ask_for_winning_votes_all_the_same():
    orders, recused = {"J1": "A>B", "J2": "B>C"}, {"J2": "A"}

    result = by_jurors("schulze", orders, "ABC", recused, strength="winning-votes")

    assert result.document()["paths"] == {
        "A": {"B": 1, "C": 1},
        "B": {"A": 0, "C": 2},
        "C": {"A": 0, "B": 0},
    }


def test_entries_that_nobody_compares_are_level():
    result = by_jurors("schulze", {"J1": "A", "J2": "B"}, "AB", {"J1": "B", "J2": "A"})

    assert result.ranking == (("A", "B"),)


def test_without_ballots_nobody_is_ranked():
    result = ranked("schulze", "", "AB")

    assert result.verdict.status is Status.NO_AWARD
    assert result.ranking == ()
    assert result.unranked == {"A": "no-ballots", "B": "no-ballots"}


def test_the_chain_breaks_ties_of_schulze():
    # A and B are level in their duel; A stands first on more ballots.
    result = ranked("schulze", "2:A>B>C 1:B>A>C 1:C>B>A", ties=["head-to-head", "countback"])

    assert result.ranking == (("A",), ("B",), ("C",))
    assert [(line.step, line.left) for line in result.ties] == [
        ("head-to-head", ("A", "B")),
        ("countback", ("A",)),
    ]


# --- none of the above, as in Debian ---


@pytest.mark.parametrize(
    ("orders", "nota", "winners", "unranked"),
    [
        # Forty-six above none-of-the-above meet a quorum of 45.27, forty-five do not.
        ("46:A>N", {"quorum": "45.27"}, ("A",), {}),
        ("45:A>N", {"quorum": "45.27"}, (), {"A": "below-nota-quorum"}),
        ("45:A>N", {"quorum": "45"}, ("A",), {}),
        # As many above as below is not a majority.
        ("5:A>N 5:N>A", {}, (), {"A": "below-nota-majority"}),
        ("6:A>N 5:N>A", {}, ("A",), {}),
        ("6:A>N 3:N>A", {"majority": "2/1"}, ("A",), {}),
        ("5:A>N 3:N>A", {"majority": "2/1"}, (), {"A": "below-nota-majority"}),
        # Whoever falls by it takes no part in the rest: B beats A, and loses to nobody else.
        ("3:B>A>N 3:N>B>A 3:A>N>B", {}, ("A",), {"B": "below-nota-majority"}),
        ("3:A>B>N 4:B>N>A 2:A>N>B", {}, ("A",), {}),
        ("3:A>N>B 2:B>A>N 4:B>N>A", {}, ("B",), {}),
        ("4:A>N>B 3:B>A>N", {}, ("A",), {"B": "below-nota-majority"}),
    ],
)
def test_none_of_the_above(orders, nota, winners, unranked):
    result = ranked("schulze", orders, nota={"id": "N", **nota})

    assert result.verdict.winners == winners
    assert result.verdict.status is (Status.DECIDED if winners else Status.NO_AWARD)
    assert result.unranked == unranked


def test_none_of_the_above_need_not_be_an_entry():
    result = count(
        {"method": "schulze", "nota": {"id": "N"}}, ["A", "B"], [], ballots("2:A>N>B 1:B>N>A")
    )

    assert result.ranking == (("A",), ("N",))
    assert result.unranked == {"B": "below-nota-majority"}


def test_none_of_the_above_takes_no_distinction():
    result = ranked("schulze", "2:A>N", nota={"id": "N"}, distinctions={"per_category": 2})

    assert result.verdict.distinctions == ()


@pytest.mark.parametrize(
    ("nota", "sentence"),
    [
        ({"id": ""}, "Rulebook: nota: id must be a text that is not empty."),
        ({"id": "N", "majority": "1/2"}, "Rulebook: nota: majority must be at least 1."),
        ({"id": "N", "share": 1}, "Rulebook: nota: unknown key 'share'."),
    ],
)
def test_a_faulty_rule_on_none_of_the_above(nota, sentence):
    with pytest.raises(TallyError) as refused:
        ranked("schulze", "1:A", nota=nota)

    assert str(refused.value) == sentence
