"""Laws that every count of weighted scores keeps, on generated juries."""

from typing import Any

import pytest
from hypothesis import assume
from hypothesis import strategies as st

from eventapp.awards.tally import Result, TallyError, count
from tests.awards.tally import naive
from tests.awards.tally.law import law

NORMALISED = ["none", "zscore-fit", "additive", "rank"]
STEPS = ["head-to-head", "criterion:c1", "countback", "median", "ex-aequo", "lot"]
FLOOR = {"jurors": 1, "cards": 1}


@st.composite
def juries(draw: st.DrawFn, **fixed: Any) -> dict[str, Any]:
    """A rulebook, entries, jurors with recusals, and cards; some entries stay without cards."""
    entries = [f"E{number}" for number in range(draw(st.integers(1, 5)))]
    criteria = [
        {"id": f"c{number}", "weight": draw(st.integers(1, 4)), "min": 0, "max": 6}
        for number in range(1, draw(st.integers(1, 2)) + 1)
    ]
    rulebook = {
        "method": "weighted-scores",
        "criteria": criteria,
        "scale": draw(st.sampled_from(["percent", "raw"])),
        "normalise": draw(st.sampled_from(NORMALISED)),
        "normalise_floor": FLOOR,
        "ties": draw(st.permutations([s for s in STEPS if s != "lot"]))[: draw(st.integers(0, 3))],
        **fixed,
    }
    jurors, ballots = [], []
    for number in range(draw(st.integers(1, 4))):
        name = f"J{number}"
        judged = draw(st.lists(st.sampled_from(entries), unique=True))
        marks = st.fixed_dictionaries({each["id"]: st.integers(0, 6) for each in criteria})
        jurors.append({"id": name, "recused": [e for e in entries if e not in judged]})
        ballots.append({"juror": name, "scores": {entry: draw(marks) for entry in judged}})
    return {"rulebook": rulebook, "entries": entries, "jurors": jurors, "ballots": ballots}


def counted(jury: dict[str, Any]) -> Result:
    """Count, leaving out juries whose cards do not connect."""
    try:
        return count(**jury)
    except TallyError as refused:
        assume("No juror connects these groups" not in str(refused))
        raise


def told(result: Result) -> dict[str, object]:
    document = result.document()
    del document["input_sha256"]
    return document


@law(jury=juries(), data=st.data())
def test_the_order_of_anything_never_changes_the_result(jury, data):
    turned = {
        **jury,
        "entries": data.draw(st.permutations(jury["entries"])),
        "jurors": data.draw(st.permutations(jury["jurors"])),
        "ballots": data.draw(st.permutations(split(jury["ballots"]))),
    }

    assert told(counted(jury)) == told(counted(turned))


@law(jury=juries(), factor=st.sampled_from([2, 7, "1/3", "0.001"]))
def test_scaling_all_weights_changes_nothing_but_the_rulebooks_hash(jury, factor):
    before = counted(jury)
    scaled = [
        {**criterion, "weight": str(naive_product(criterion["weight"], factor))}
        for criterion in jury["rulebook"]["criteria"]
    ]

    after = counted({**jury, "rulebook": {**jury["rulebook"], "criteria": scaled}})

    assert before.ranking == after.ranking
    assert before.values == after.values
    assert before.ties == after.ties


@law(jury=juries())
def test_a_second_count_that_shares_nothing_agrees(jury):
    rules = {"aggregate": "mean", **jury["rulebook"]}

    values = counted(jury).values

    assert {e: float(v) for e, v in values.items()} == pytest.approx(
        naive.values(rules, jury["entries"], jury["ballots"]), abs=1e-6
    )


@pytest.mark.parametrize("aggregate", ["mean", "median", "trimmed", "sum"])
@law(data=st.data())
def test_it_agrees_on_every_aggregate(aggregate, data):
    jury = data.draw(juries(normalise="none", aggregate=aggregate, trim=1))
    if aggregate == "sum":
        cards = naive.totals(jury["rulebook"], jury["ballots"])
        assume(len({len(naive.of_entry(cards, e)) for e in jury["entries"]} - {0}) < 2)

    values = counted(jury).values

    assert {e: float(v) for e, v in values.items()} == pytest.approx(
        naive.values(jury["rulebook"], jury["entries"], jury["ballots"]), abs=1e-9
    )


@law(jury=juries())
def test_every_entry_is_either_ranked_once_or_unranked_with_a_reason(jury):
    result = counted(jury)

    ranked = [entry for tier in result.ranking for entry in tier]
    assert sorted([*ranked, *result.unranked]) == sorted(jury["entries"])
    assert set(result.values) == set(ranked)
    assert set(result.verdict.winners) <= set(ranked)


@law(jury=juries())
def test_a_better_place_never_has_a_lower_value(jury):
    result = counted(jury)

    heights = [{result.values[entry] for entry in tier} for tier in result.ranking]
    assert all(len(height) == 1 for height in heights)
    falling = [height.pop() for height in heights]
    assert falling == sorted(falling, reverse=True)


@law(jury=juries(), seed=st.text(st.characters(codec="ascii"), min_size=1).filter(str.strip))
def test_a_chain_that_ends_in_a_lot_leaves_no_tie(jury, seed):
    result = counted({**jury, "rulebook": {**jury["rulebook"], "ties": ["lot"], "lot_seed": seed}})

    assert all(len(tier) == 1 for tier in result.ranking)


@law(jury=juries(normalise="none"), data=st.data())
def test_a_higher_mark_never_lowers_the_entry_in_the_plain_mean(jury, data):
    before = counted(jury)
    cards = [
        (number, entry)
        for number, ballot in enumerate(jury["ballots"])
        for entry, marks in ballot["scores"].items()
        if marks["c1"] < 6
    ]
    assume(cards)
    number, entry = data.draw(st.sampled_from(cards))
    raised = [
        {**b, "scores": {e: dict(m) for e, m in b["scores"].items()}} for b in jury["ballots"]
    ]
    raised[number]["scores"][entry]["c1"] += 1

    after = counted({**jury, "ballots": raised})

    assert after.values[entry] > before.values[entry]
    assert after.places[entry] <= before.places[entry]


@law(jury=juries(normalise="additive"))
def test_jurors_effects_sum_to_nothing_and_leave_no_better_fit(jury):
    result = counted(jury)
    effects = result.tables["juror_effects"]
    residuals = {
        (entry, juror): total - result.values[entry] - effects[juror]
        for entry, held in result.tables["cards"].items()
        for juror, total in held.items()
    }

    assert sum(effects.values()) == 0
    for name in [*result.values, *effects]:
        assert sum(rest for key, rest in residuals.items() if name in key) == 0


def split(ballots: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same cards, each in a ballot of its own."""
    return [
        {"juror": ballot["juror"], "scores": {entry: marks}}
        for ballot in ballots
        for entry, marks in ballot["scores"].items()
    ]


def naive_product(weight: int, factor: Any) -> str:
    """Multiply in text, as a rulebook would write it."""
    if factor == "1/3":
        return f"{weight}/3"
    if factor == "0.001":
        return f"0.00{weight}"
    return str(weight * factor)
