"""The quorum's three numbers: the body, each entry's panel, each entry's cards."""

import pytest

from eventapp.awards.tally import Status
from eventapp.awards.tally.result import QuorumTable
from tests.awards.tally.build import jurors, scored

NINE = [f"J{number}" for number in range(1, 10)]
AWAY = {"present": False}


def everyone_scores(names, entry="A"):
    return {name: {entry: 7} for name in names}


def quorum_of(quorum, panel, marks=None, **over) -> tuple[Status, QuorumTable]:
    result = scored(marks or everyone_scores(["J1"]), panel, quorum=quorum, **over)
    assert result.quorum is not None
    return result.verdict.status, result.quorum


@pytest.mark.parametrize(
    ("quorum", "away", "needed", "met"),
    [
        ({"absolute": 4}, 5, 4, True),
        ({"absolute": 4}, 6, 4, False),
        ({"share": "2/3"}, 3, 6, True),
        ({"share": "2/3"}, 4, 6, False),
        ({"share": "1/2"}, 4, 5, True),
        ({"share": "1/2"}, 5, 5, False),
        ({"share": "0.34", "absolute": 2}, 5, 4, True),
        ({"share": "1/3", "absolute": 4}, 5, 4, True),
        ({"share": 1}, 0, 9, True),
        ({"share": 1}, 1, 9, False),
        ({}, 8, 0, True),
    ],
)
def test_the_body_needs_the_greater_of_number_and_share(quorum, away, needed, met):
    panel = jurors(NINE, **dict.fromkeys(NINE[9 - away :], AWAY))

    status, table = quorum_of(quorum, panel)

    assert (table.body.appointed, table.body.present) == (9, 9 - away)
    assert (table.body.needed, table.body.met) == (needed, met)
    assert status is (Status.DECIDED if met else Status.NO_QUORUM)


def test_a_body_without_quorum_ranks_nobody():
    panel = jurors(["J1", "J2", "J3"], J2=AWAY, J3=AWAY)

    result = scored({"J1": {"A": 9, "B": 3}}, panel, quorum={"share": "2/3"})

    assert result.verdict.status is Status.NO_QUORUM
    assert result.verdict.winners == ()
    assert result.ranking == ()
    assert result.values == {}
    assert result.unranked == {"A": "no-quorum", "B": "no-quorum"}


@pytest.mark.parametrize(
    ("chair", "deputy", "met"),
    [({}, {}, True), (AWAY, {}, True), ({}, AWAY, True), (AWAY, AWAY, False)],
)
def test_the_chair_or_a_deputy_must_be_there_if_the_rulebook_says_so(chair, deputy, met):
    panel = jurors(
        ["J1", "J2", "J3"], J1={"role": "chair", **chair}, J2={"role": "deputy", **deputy}
    )

    _, table = quorum_of({"absolute": 1, "chair": True}, panel, {"J3": {"A": 5}})

    assert (table.body.leader, table.body.met) == (met, met)


def test_a_jury_without_a_chair_cannot_meet_a_quorum_that_asks_for_one():
    _, table = quorum_of({"chair": True}, jurors(["J1"]))

    assert table.body.met is False


@pytest.mark.parametrize(
    ("panel", "appointed", "present"),
    [
        # A substitute fills the place of an absent principal, and adds none.
        ({"J2": AWAY, "S": {"role": "substitute", "stands_for": "J2"}}, 3, 3),
        ({"J2": AWAY, "S": {"role": "substitute"}}, 3, 3),
        ({"S": {"role": "substitute", "stands_for": "J2"}}, 3, 3),
        ({"S": {"role": "substitute"}}, 3, 3),
        ({"J2": AWAY, "S": {"role": "substitute", "stands_for": "J1"}}, 3, 2),
        ({"J2": AWAY, "S": {"role": "substitute", "stands_for": "J2", **AWAY}}, 3, 2),
        # Those without a vote are no part of the body.
        ({"S": {"role": "secretary"}}, 3, 3),
        ({"J2": AWAY, "S": {"role": "observer"}}, 3, 2),
        ({"J2": AWAY, "S": {"role": "auditor"}}, 3, 2),
    ],
)
def test_who_makes_up_the_body(panel, appointed, present):
    _, table = quorum_of({}, jurors(["J1", "J2", "J3", "S"], **panel))

    assert (table.body.appointed, table.body.present) == (appointed, present)


@pytest.mark.parametrize(
    ("quorum", "recused", "away", "needed", "fault"),
    [
        # A recusal lowers what the share is taken of …
        ({"share": "2/3"}, 3, 0, 4, None),
        ({"share": "2/3"}, 3, 2, 4, None),
        # … and never the floor.
        ({"absolute": 4}, 5, 0, 4, None),
        ({"absolute": 4}, 6, 0, 4, "too-few-present"),
        ({"absolute": 4, "share": "2/3"}, 5, 0, 4, None),
        ({"absolute": 4, "share": "2/3"}, 6, 0, 4, "too-few-present"),
        ({"share": "1"}, 8, 0, 1, None),
        ({"absolute": 1}, 9, 0, 1, "too-few-present"),
    ],
)
def test_an_entry_needs_enough_jurors_who_may_judge_it(quorum, recused, away, needed, fault):
    held = {key: {"recused": ["A"]} for key in NINE[:recused]}
    held |= dict.fromkeys(NINE[9 - away :], AWAY)
    marks = everyone_scores(NINE[recused : 9 - away]) | {"J1": {"B": 5}}

    _, table = quorum_of(quorum, jurors(NINE, **held), marks, entries=["A", "B"])

    entry = table.entries["A"]
    assert (entry.eligible, entry.present) == (9 - recused, 9 - recused - away)
    assert (entry.needed, entry.fault) == (needed, fault)


def test_absence_and_recusal_together_can_fail_one_entry_and_not_the_body():
    # Six of nine are there: the body meets two thirds. For A two of the six are recused, so
    # four judge it, of seven who might have.
    held = dict.fromkeys(NINE[6:], AWAY) | {key: {"recused": ["A"]} for key in NINE[:2]}
    marks = everyone_scores(NINE[2:6]) | {"J1": {"B": 9}}

    result = scored(marks, jurors(NINE, **held), quorum={"share": "2/3"})

    assert result.quorum.body.met is True
    assert result.unranked == {"A": "too-few-present"}
    assert result.ranking == (("B",),)
    assert result.verdict.status is Status.DECIDED


@pytest.mark.parametrize(
    ("substitute", "present"),
    [({}, 2), ({"recused": ["A"]}, 1), ({"present": False}, 1)],
)
def test_a_substitute_steps_in_for_a_recused_principal(substitute, present):
    panel = jurors(
        ["J1", "J2", "S"],
        J2={"recused": ["A"]},
        S={"role": "substitute", "stands_for": "J2", **substitute},
    )

    _, table = quorum_of({}, panel)

    assert (table.entries["A"].eligible, table.entries["A"].present) == (present, present)


@pytest.mark.parametrize(("cards", "fault"), [(2, "too-few-cards"), (3, None)])
def test_an_entry_needs_enough_cards(cards, fault):
    marks = everyone_scores(NINE[:cards])

    status, table = quorum_of({"cards": 3}, jurors(NINE), marks)

    assert table.entries["A"].fault == fault
    assert status is (Status.NO_QUORUM if fault else Status.DECIDED)


def test_an_entry_below_its_quorum_takes_no_part_in_the_count():
    # C has one card, a wild one; were it counted, the z-scores of A and B would move.
    marks = {
        "J1": {"A": 9, "B": 7, "C": 0},
        "J2": {"A": 8, "B": 8},
        "J3": {"A": 7, "B": 3},
    }
    floor = {"jurors": 3, "cards": 2}
    rules = {"normalise": "zscore-fit", "normalise_floor": floor}
    without = {juror: {e: m for e, m in held.items() if e != "C"} for juror, held in marks.items()}

    result = scored(marks, quorum={"cards": 2}, **rules)

    assert result.unranked == {"C": "too-few-cards"}
    assert result.values == scored(without, **rules).values
    assert "C" not in result.tables["cards"]


def test_a_sum_is_taken_over_the_entries_that_stand():
    marks = {"J1": {"A": 9, "B": 7, "C": 1}, "J2": {"A": 8, "B": 8}}

    result = scored(marks, quorum={"cards": 2}, aggregate="sum")

    assert result.document()["values"] == {"A": "17", "B": "15"}


def test_the_quorum_table_stands_in_the_document():
    panel = jurors(["J1", "J2"], J1={"role": "chair"})

    document = scored({"J1": {"A": 5}}, panel, quorum={"share": "1/2", "cards": 1}).document()

    assert document["quorum"] == {
        "body": {"appointed": 2, "present": 2, "needed": 1, "leader": True, "met": True},
        "entries": {"A": {"eligible": 2, "present": 2, "needed": 1, "cards": 1, "cards_needed": 1}},
    }


def test_without_a_quorum_rule_there_is_no_table():
    assert "quorum" not in scored({"J1": {"A": 5}}).document()
