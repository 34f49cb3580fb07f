"""Frozen rules: what they say, and how two persons change them."""

import pytest

from eventapp.awards import commands, queries, rules
from eventapp.awards.commands import Card
from eventapp.awards.models import Call
from eventapp.awards.rules.counting import Votes
from eventapp.awards.rules.refusals import AwardRefusal
from eventapp.awards.rules.states import CardsFate, RoundState
from eventapp.kernel import facts
from eventapp.kernel.db import db
from eventapp.kernel.refusal import Refused
from tests.awards import seminar
from tests.awards.test_commands import FULL, MEETING, SCORING, give, kinds, letters, refusal

CHAIR, SECRETARY = "account:1", "account:7"


@pytest.fixture
def cast(db_session):
    return seminar.load(seminar.seminar(), until="cast")


@pytest.fixture
def counted(db_session):
    return seminar.load(seminar.seminar(), until="counted")


def proposed(loaded, cards=CardsFate.CARRIED, **rule):
    """Let the chair propose the frozen rules with one rule changed."""
    book = db.session.get_one(Call, loaded.call_id).rulebook | rule
    with facts.acting_as(CHAIR):
        return commands.propose_rules(loaded.call_id, book, "§ 15", cards, MEETING).id


def confirm(change_id, actor=SECRETARY):
    with facts.acting_as(actor):
        return commands.confirm_rules(change_id, MEETING)


def test_nothing_changes_before_the_second_person(cast):
    before = db.session.get_one(Call, cast.call_id).rulebook_sha256

    change_id = proposed(cast, aggregate="median")

    assert db.session.get_one(Call, cast.call_id).rulebook_sha256 == before
    assert refusal(lambda: confirm(change_id, CHAIR)) is AwardRefusal.SECOND_PERSON
    assert refusal(lambda: proposed(cast, aggregate="sum")) is AwardRefusal.CHANGE_WAITS


def test_carried_cards_are_counted_by_the_new_rules(counted):
    round_id = counted.rounds["K4"]
    change_id = proposed(counted, ties=["ex-aequo"])

    confirm(change_id)

    the_round = queries.round_(round_id)
    assert (the_round.state, the_round.rulebook["ties"]) == (RoundState.CLOSED, ["ex-aequo"])
    result = commands.count_round(round_id, MEETING)
    assert result.document["rulebook_sha256"] == the_round.rulebook_sha256
    winners = {counted.nominations["N13"], counted.nominations["N15"]}
    assert {int(each) for each in result.document["winners"]} == winners
    assert queries.rule_change(change_id).set_aside == []
    assert kinds(f"call:{counted.call_id}")[-2:] == ["rules-proposed", "rules-changed"]
    assert letters() == ["mail:awards.rules-changed"] * 9


def test_void_cards_are_kept_aside_and_everybody_votes_again(counted):
    change_id = proposed(counted, CardsFate.VOID, method="approval", min_score="1")

    confirm(change_id)

    kept = queries.rule_change(change_id).set_aside
    assert len(kept) == 153
    assert {key for row in kept for key in row} == {
        "round",
        "juror",
        "nomination",
        "scores",
        "cast_at",
    }
    assert {each.state for each in queries.rounds(counted.call_id)} == {RoundState.OPEN}
    # What was voided one by one is not revived by this.
    assert [each.voided_at is not None for each in queries.ballots(counted.rounds["K3"])] == [True]
    assert give(counted, "J1", "N01", Card({"choice": 1})).ballots[0].complete is True
    with pytest.raises(Refused):
        give(counted, "J1", "N01", Card(FULL))


def test_a_dropped_change_leaves_everything(cast):
    change_id = proposed(cast, aggregate="median")

    commands.drop_rules(change_id, MEETING)

    assert db.session.get_one(Call, cast.call_id).rulebook["aggregate"] == "mean"
    assert refusal(lambda: confirm(change_id)) is AwardRefusal.NO_CHANGE_WAITS
    assert refusal(lambda: commands.drop_rules(change_id, MEETING)) is (
        AwardRefusal.NO_CHANGE_WAITS
    )


@pytest.mark.parametrize(
    ("stage", "rule", "expected"),
    [
        ("submitted", {"aggregate": "median"}, AwardRefusal.NOT_FROZEN),
        ("cast", {}, AwardRefusal.SAME_RULES),
        ("cast", {"aggregate": "luck"}, AwardRefusal.BAD_RULEBOOK),
        ("published", {"aggregate": "median"}, AwardRefusal.ALREADY_PUBLISHED),
    ],
)
def test_changes_that_cannot_be_proposed(db_session, stage, rule, expected):
    loaded = seminar.load(seminar.seminar(), until=stage)

    assert refusal(lambda: proposed(loaded, **rule)) is expected


def test_a_change_needs_its_reason(cast):
    book = db.session.get_one(Call, cast.call_id).rulebook | {"aggregate": "median"}

    def act():
        return commands.propose_rules(cast.call_id, book, " ", CardsFate.VOID, MEETING)

    assert refusal(act) is AwardRefusal.REASON_MISSING


# --- approval and points ------------------------------------------------------------------


@pytest.fixture
def voted(db_session):
    """A function that opens the demo's rounds by other rules, before anybody casts."""

    def load(**rule):
        loaded = seminar.load(seminar.seminar(), until="opened")
        confirm(proposed(loaded, CardsFate.VOID, min_score="0", **rule))
        return loaded

    return load


def test_a_jury_that_approves(voted):
    loaded = voted(method="approval", quorum={})
    for juror, entry, answer in [
        ("J1", "N13", 1),
        ("J1", "N15", 0),
        ("J2", "N13", 1),
        ("J2", "N15", 1),
        ("J3", "N16", 0),
    ]:
        give(loaded, juror, entry, Card({"choice": answer}))

    result = commands.finish_round(loaded.rounds["K4"], MEETING)

    decided = queries.verdict(queries.round_(loaded.rounds["K4"]), result)
    assert decided.decision.winners == (loaded.nominations["N13"],)
    best = decided.ranking[0]
    assert (best.mean, best.ballots, best.lowest, best.highest) == (2, 3, 0, 1)


def test_a_jury_with_a_budget_cannot_spend_more(voted):
    loaded = voted(method="points", budget=10, quorum={})
    give(loaded, "J1", "N13", Card({"choice": 7}))

    over = refusal(lambda: give(loaded, "J1", "N15", Card({"choice": 4})))

    assert over is AwardRefusal.OVER_BUDGET
    give(loaded, "J1", "N15", Card({"choice": 3}))
    give(loaded, "J1", "N13", Card({"choice": 2}))
    give(loaded, "J1", "N15", Card({"choice": 8}))
    assert refusal(lambda: give(loaded, "J1", "N16", Card({"choice": 11}))) is (
        AwardRefusal.OUT_OF_RANGE
    )
    result = commands.finish_round(loaded.rounds["K4"], SCORING)
    assert result.document["winners"] == [str(loaded.nominations["N15"])]


# --- words and figures --------------------------------------------------------------------


def test_a_rulebook_in_plain_words():
    book = {
        "method": "weighted-scores",
        "normalise": "none",
        "aggregate": "trimmed",
        "trim": 1,
        "quorum": {"share": "2/3", "absolute": 4, "chair": True, "cards": 3},
        "min_score": "60",
        "distinctions": {"per_category": 1, "min_score": "70"},
        "ties": ["countback", "chair"],
    }

    told = [line.sentence % line.details for line in rules.regulations.plain(book)]

    assert told[2] == (
        "The highest and the lowest card are left out (1 each); the mean of the others decides."
    )
    assert told[4:] == [
        "Quorum: 2/3 of the jury.",
        "At least 4 jurors must take part.",
        "The chair or a deputy must take part.",
        "Each nomination needs at least 3 cards.",
        "No award is given below 60 points.",
        "The second place may receive a distinction from 70 points.",
        "Equal points are decided by, in this order: ['countback', 'chair'].",
    ]


@pytest.mark.parametrize(
    ("orders", "expected"),
    [
        ([[9, 8, 7], [6, 5, 4]], 1.0),
        ([[9, 8, 7], [7, 8, 9]], 0.0),
        ([[9, 8, 7], [9, 7, 8], [8, 9, 7]], 4 / 9),
        ([[9, 9, 7], [9, 9, 7]], 1.0),
        ([[5, 5, 5], [5, 5, 5]], None),
        ([[9, 8, 7]], None),
        ([[9, 8], [9, 8]], None),
    ],
)
def test_how_alike_jurors_judge(orders, expected):
    book = {
        "method": "weighted-scores",
        "criteria": [{"id": "c", "weight": 1, "min": 0, "max": 10}],
    }
    document = {
        "format": "tally/1",
        "rulebook": book,
        "entries": [str(n) for n in range(1, len(orders[0]) + 1)],
        "jurors": [
            {"id": str(n), "role": "member", "present": True, "recused": []}
            for n in range(1, len(orders) + 1)
        ],
        "ballots": [
            {"juror": str(juror), "scores": {str(entry): {"c": mark}}}
            for juror, marks in enumerate(orders, start=1)
            for entry, mark in enumerate(marks, start=1)
        ],
    }
    cards = rules.counting.card_totals(document, rules.counting.counted(document))

    found = rules.counting.agreement(rules.counting.ranking(document), cards)

    assert found == (pytest.approx(expected) if expected is not None else None)


def test_votes_of_nobody_are_a_document():
    document = rules.counting.tally_document({"method": "approval"}, Votes([1], []))

    assert document["ballots"] == []
