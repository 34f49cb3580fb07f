"""Counts in rounds: instant run-off, and the transferable vote as in Scotland."""

import pytest

from eventapp.awards.tally import Status, TallyError, count, lot
from tests.awards.tally.orders import CAPITAL, FIVE, ranked


def rounds(result):
    """The rounds as (counts, elected, excluded)."""
    return [(line.counts, line.elected, line.excluded) for line in result.tables["rounds"]]


def steps(result):
    return [(line.step, line.tied, line.left) for line in result.ties]


# --- instant run-off ---


def test_the_last_is_excluded_until_one_has_a_majority():
    result = ranked("irv", CAPITAL)

    assert rounds(result) == [
        ({"C": 15, "K": 17, "M": 42, "N": 26}, (), ("C",)),
        ({"K": 32, "M": 42, "N": 26}, (), ("N",)),
        ({"K": 58, "M": 42}, ("K",), ()),
    ]
    assert result.ranking == (("K",), ("M",), ("N",), ("C",))


def test_a_tie_that_no_earlier_round_parts_goes_to_the_chain():
    result = ranked("irv", FIVE)

    assert rounds(result) == [
        ({"A": 10, "B": 8, "C": 12, "D": 7, "E": 8}, (), ("D",)),
        ({"A": 10, "B": 8, "C": 19, "E": 8}, (), ()),
    ]
    assert steps(result) == [("earlier-round", ("B", "E"), ("B", "E"))]
    assert result.verdict.status is Status.TIED
    assert result.ranking == (("A", "B", "C", "E"), ("D",))


@pytest.mark.parametrize(("kept", "excluded"), [("B", "E"), ("E", "B")])
def test_the_chair_says_who_stays(kept, excluded):
    choice = {"order": [kept], "reason": "§ 9"}

    result = ranked("irv", FIVE, ties=["chair"], chair_choice=choice)

    assert rounds(result)[1] == ({"A": 10, "B": 8, "C": 19, "E": 8}, (), (excluded,))
    assert result.verdict.winners == ("C",)


def test_a_tie_is_parted_by_the_most_recent_round_in_which_they_differ():
    # After D has gone, B and C hold 4 each; before that C held 4 and B 3.
    result = ranked("irv", "5:A 3:B 4:C 1:D>B")

    assert rounds(result)[:2] == [
        ({"A": 5, "B": 3, "C": 4, "D": 1}, (), ("D",)),
        ({"A": 5, "B": 4, "C": 4}, (), ("B",)),
    ]
    assert steps(result) == [("earlier-round", ("B", "C"), ("C",))]
    assert result.ties[0].inputs == {"B": (4, 3), "C": (4, 4)}


def test_the_tied_go_together_where_no_order_could_matter():
    # B, C and D hold 3 together, A and E more than that.
    result = ranked("irv", "6:A 4:E 1:B>E 1:C>E 1:D>E")

    assert rounds(result) == [
        ({"A": 6, "B": 1, "C": 1, "D": 1, "E": 4}, (), ("B", "C", "D")),
        ({"A": 6, "E": 7}, ("E",), ()),
    ]


def test_they_stay_tied_where_the_order_could_matter():
    result = ranked("irv", "3:A 1:B>C 1:C>B")

    assert result.verdict.winners == ("A",)  # a majority of five

    result = ranked("irv", "2:A 1:B>C 1:C>B")

    assert result.verdict.status is Status.TIED
    assert result.verdict.winners == ("A", "B", "C")


def test_an_exhausted_ballot_leaves_the_majority():
    result = ranked("irv", "4:A 3:B 2:C")

    last = result.tables["rounds"][-1]
    assert (last.counts, last.exhausted, last.elected) == ({"A": 4, "B": 3}, 2, ("A",))


def test_ballots_that_name_nobody_are_exhausted_from_the_start():
    result = ranked("irv", "1:A 5:", "AB")

    assert result.tables["rounds"][0].exhausted == 5
    assert result.verdict.winners == ("A",)


@pytest.mark.parametrize("method", ["irv", "stv"])
@pytest.mark.parametrize("orders", ["", "7:"])
def test_a_box_in_which_nobody_is_named_gives_no_award(method, orders):
    result = ranked(method, orders, "AB")

    assert result.verdict.status is Status.NO_AWARD
    assert result.ranking == ()
    assert result.unranked == {"A": "no-ballots", "B": "no-ballots"}


@pytest.mark.parametrize(
    ("ties", "status", "winners"),
    [
        ([], Status.TIED, ("A", "B")),
        (["ex-aequo"], Status.DECIDED, ("A", "B")),
        (["countback", "lot"], Status.DECIDED, lot.drawn(("A", "B"), "5./")[:1]),
    ],
)
def test_a_tie_for_the_first_place(ties, status, winners):
    result = ranked("irv", "2:A 2:B", ties=ties, lot_seed="5./")

    assert (result.verdict.status, result.verdict.winners) == (status, winners)


def test_one_entry_alone_wins():
    assert ranked("irv", "1:A").verdict.winners == ("A",)


def test_a_run_off_fills_one_seat():
    with pytest.raises(TallyError, match=r"^Rulebook: irv fills one seat; for more"):
        ranked("irv", "1:A", seats=2)


# --- the transferable vote ---


def test_surpluses_move_by_every_paper_truncated_to_five_decimals():
    # 100 votes, 2 seats: quota 34. A's surplus of 23 goes on at 23/57 = 0.40350(8…).
    result = ranked("stv", "57:A>B>C 22:B>D 21:C", seats=2)

    assert result.document()["quota"] == 34
    assert result.document()["rounds"] == [
        {
            "counts": {"A": "57.00000", "B": "22.00000", "C": "21.00000", "D": "0.00000"},
            "exhausted": "0.00000",
            "elected": ["A"],
            "excluded": [],
            "transferred": "A",
        },
        {
            "counts": {"A": "34.00000", "B": "44.99950", "C": "21.00000", "D": "0.00000"},
            "exhausted": "0.00050",
            "elected": ["B"],
            "excluded": [],
        },
    ]
    assert result.document()["elected"] == ["A", "B"]
    assert result.ranking == (("A",), ("B",), ("C",), ("D",))


def test_a_paper_moves_on_at_a_fraction_of_the_value_it_came_with():
    # 3 seats, quota 26. A: 57, surplus 31 at 31/57 = 0.54385(9…); B then holds
    # 22 + 57 x 0.54385 = 52.99945, surplus 26.99945: A's papers go on to C at
    # 26.99945 x 0.54385 / 52.99945 = 0.27705(0…),
    # B's own to D at 26.99945 / 52.99945 = 0.50942(8…).
    result = ranked("stv", "57:A>B>C 22:B>D 12:C 9:D", seats=3)

    third = result.tables["rounds"][2]
    assert {entry: str(votes) for entry, votes in third.counts.items()} == {
        "A": "26.00000",
        "B": "26.00000",
        "C": "27.79185",
        "D": "20.20724",
    }
    assert result.tables["elected"] == ["A", "B", "C"]


def test_the_papers_of_the_excluded_keep_their_value():
    # Quota 4 of 11 for two seats. D goes first, then C; their votes count whole.
    result = ranked("stv", "4:A 3:B 2:C>B 2:D>C", seats=2, ties=["lot"], lot_seed="1./")

    assert result.tables["rounds"][0].elected == ("A",)
    assert sorted(result.tables["elected"]) in (["A", "B"], ["A", "C"])
    last = result.tables["rounds"][-1]
    assert sum(last.counts.values()) + last.exhausted == 11


def test_the_larger_surplus_moves_first():
    result = ranked("stv", "10:A>C 14:B>D 3:C 3:D 2:E", seats=3)

    moved = [line.transferred for line in result.tables["rounds"]]
    assert moved[:2] == ["B", "A"]


def test_equal_surpluses_need_the_chain():
    orders = "8:A>C 8:B>D 2:C 2:D 1:E"

    undecided = ranked("stv", orders, seats=3)
    decided = ranked(
        "stv", orders, seats=3, ties=["chair"], chair_choice={"order": ["B"], "reason": "§ 9"}
    )

    assert undecided.verdict.status is Status.TIED
    assert undecided.verdict.winners == ("A", "B", "C", "D", "E")
    assert undecided.tables["elected"] == ["A", "B"]
    assert decided.tables["rounds"][0].transferred == "B"


def test_equal_surpluses_are_parted_by_an_earlier_round():
    # Quota 9. In round 2 B and C hold 10 each; in round 1 B held 8 and C 7.
    result = ranked("stv", "2:A>B 6:B>A>C 7:C 6:D>A 6:E>A>B 3:A>C 2:B>D", seats=3)

    (line,) = [line for line in result.ties if line.tied == ("B", "C")]
    assert (line.step, line.left) == ("earlier-round", ("B",))
    assert line.inputs == {"B": (10, 8), "C": (10, 7)}
    assert [each.transferred for each in result.tables["rounds"]] == [None, "B", "C", None]
    assert result.tables["elected"] == ["B", "C", "D"]


def test_the_last_hopeful_take_the_last_vacancies_without_a_quota():
    result = ranked("stv", "6:A 2:B 1:C", seats=2)

    last = result.tables["rounds"][-1]
    assert result.tables["elected"] == ["A", "B"]
    assert last.excluded == ("C",)
    assert str(last.counts["B"]) == "2.00000"


def test_as_many_entries_as_seats_are_all_elected():
    result = ranked("stv", "3:A 1:B", "ABC", seats=3)

    assert result.tables["elected"] == ["A", "B", "C"]
    assert result.verdict.status is Status.DECIDED


def test_fewer_entries_than_seats():
    assert ranked("stv", "3:A 1:B", seats=5).tables["elected"] == ["A", "B"]


def test_entries_without_votes_go_together():
    result = ranked("stv", "3:A>C 2:B", "ABCDEF", seats=1)

    assert result.tables["rounds"][0].elected == ("A",)

    result = ranked("stv", "2:A 2:B 1:C>A", "ABCDEF", seats=1)

    assert result.tables["rounds"][0].excluded == ("D", "E", "F")
    assert result.tables["elected"] == ["A"]


def test_the_last_seat_may_be_shared_by_rule():
    result = ranked("stv", "2:A 1:B 1:C", seats=2, ties=["ex-aequo"])

    assert result.tables["elected"] == ["A"]
    assert result.verdict.status is Status.DECIDED
    assert result.verdict.winners == ("A", "B", "C")


def test_only_the_scottish_way_is_known():
    assert ranked("stv", "1:A", variant="scottish").verdict.winners == ("A",)
    with pytest.raises(TallyError, match=r"^Rulebook: stv has no variant top-k, only scottish\.$"):
        ranked("stv", "1:A", variant="top-k")


def test_a_thousand_ballots_alike_are_one_bundle():
    single = [{"ranking": [["A"], ["B"]]}] * 1000 + [{"ranking": [["C"]]}] * 500
    bundles = [
        {"count": 1000, "ranking": [["A"], ["B"]]},
        {"count": 500, "ranking": [["C"]]},
    ]
    rules = {"method": "stv", "seats": 2}

    one = count(rules, ["A", "B", "C"], [], single)
    other = count(rules, ["A", "B", "C"], [], bundles)

    assert one.tables == other.tables
