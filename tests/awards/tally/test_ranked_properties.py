"""Laws of ranked counts, on generated ballots, and second counts that share nothing."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import assume
from hypothesis import strategies as st

from eventapp.awards.tally import Status, count
from tests.awards.tally import naive_ranked
from tests.awards.tally.law import law

ENTRIES = ["A", "B", "C", "D"]
STRICT = ["irv", "stv"]
ALL = ["borda", "positional", "schulze", *STRICT]
RULES: dict[str, dict[str, Any]] = {
    "positional": {"points": [5, 3, 1]},
    "stv": {"seats": 2},
}


@st.composite
def strict_orders(draw: st.DrawFn) -> list[str]:
    return draw(st.lists(st.sampled_from(ENTRIES), unique=True, max_size=4))


@st.composite
def weak_orders(draw: st.DrawFn) -> list[list[str]]:
    tiers: list[list[str]] = []
    for entry in draw(strict_orders()):
        if tiers and draw(st.booleans()):
            tiers[-1].append(entry)
        else:
            tiers.append([entry])
    return tiers


def boxes(method: str) -> st.SearchStrategy[list[list[list[str]]]]:
    single = strict_orders().map(lambda order: [[entry] for entry in order])
    return st.lists(single if method in STRICT else weak_orders(), max_size=14)


def counted(method: str, box: list[list[list[str]]], **rules: Any):
    ballots = [{"ranking": order} for order in box]
    return count({"method": method, **RULES.get(method, {}), **rules}, ENTRIES, [], ballots)


def told(result) -> dict[str, Any]:
    document = result.document()
    del document["input_sha256"]
    return document


@pytest.mark.parametrize("method", ALL)
@law(data=st.data())
def test_the_order_of_ballots_and_entries_changes_nothing(method, data):
    box = data.draw(boxes(method))
    ballots = [{"ranking": order} for order in data.draw(st.permutations(box))]
    entries = data.draw(st.permutations(ENTRIES))

    turned = count({"method": method, **RULES.get(method, {})}, entries, [], ballots)

    assert told(turned) == told(counted(method, box))


@pytest.mark.parametrize("method", ALL)
@law(data=st.data())
def test_bundles_count_like_their_ballots(method, data):
    box = data.draw(boxes(method))
    alike = Counter(str(order) for order in box)
    by_text = {str(order): order for order in box}
    bundles = [{"count": number, "ranking": by_text[text]} for text, number in alike.items()]

    bundled = count({"method": method, **RULES.get(method, {})}, ENTRIES, [], bundles)

    assert told(bundled) == told(counted(method, box))


@pytest.mark.parametrize("method", ALL)
@law(data=st.data())
def test_every_entry_is_ranked_once_or_unranked(method, data):
    result = counted(method, data.draw(boxes(method)))

    ranked = [entry for tier in result.ranking for entry in tier]
    assert sorted([*ranked, *result.unranked]) == ENTRIES


@pytest.mark.parametrize("method", ALL)
@law(data=st.data())
def test_a_lot_at_the_end_of_the_chain_always_decides(method, data):
    box = data.draw(boxes(method))
    result = counted(method, box, ties=["countback", "lot"], lot_seed="7./")

    assert result.verdict.status in (Status.DECIDED, Status.NO_AWARD)
    if result.verdict.status is Status.DECIDED:
        assert len(result.verdict.winners) == RULES.get(method, {}).get("seats", 1)


@pytest.mark.parametrize("method", ["borda", "positional", "schulze"])
@law(data=st.data())
def test_renaming_the_entries_renames_the_result(method, data):
    box = data.draw(boxes(method))
    new = dict(zip(ENTRIES, data.draw(st.permutations(ENTRIES)), strict=True))
    renamed = [[[new[entry] for entry in tier] for tier in order] for order in box]

    before = counted(method, box).ranking
    after = counted(method, renamed).ranking

    assert [{new[entry] for entry in tier} for tier in before] == [set(tier) for tier in after]


@law(box=boxes("borda"))
def test_borda_agrees_with_a_count_of_pairs(box):
    assume(box)

    assert counted("borda", box).values == naive_ranked.borda(ENTRIES, box)


@law(box=boxes("schulze"))
def test_schulze_agrees_with_a_walk_along_all_paths(box):
    assume(box)

    assert set(counted("schulze", box).ranking[0]) == naive_ranked.schulze_winners(ENTRIES, box)


@law(box=boxes("schulze"))
def test_schulze_elects_whoever_wins_every_duel(box):
    result = counted("schulze", box)
    wins = result.tables["pairwise"]

    for one in ENTRIES:
        if all(wins[one][other] > wins[other][one] for other in ENTRIES if other != one):
            assert result.ranking[0] == (one,)


@law(box=boxes("irv"))
def test_irv_agrees_with_a_recount_by_hand(box):
    orders = [[tier[0] for tier in order] for order in box]
    assume(any(orders))
    winner = naive_ranked.irv_winner(ENTRIES, orders)
    assume(winner)

    assert counted("irv", box).verdict.winners == (winner,)


@pytest.mark.parametrize("seats", [1, 2, 3])
@law(box=boxes("stv"))
def test_stv_agrees_with_a_recount_paper_by_paper(seats, box):
    orders = [[tier[0] for tier in order] for order in box]
    assume(any(orders))
    elected = naive_ranked.stv_elected(ENTRIES, orders, seats)
    assume(elected)

    assert set(counted("stv", box, seats=seats).tables["elected"]) == elected


@law(box=boxes("stv"), seats=st.integers(1, 3))
def test_no_vote_is_made_or_lost(box, seats):
    result = counted("stv", box, seats=seats)
    votes = sum(bool(order) for order in box)

    for line in result.tables.get("rounds", []):
        assert sum(line.counts.values()) + line.exhausted == votes
        assert line.exhausted >= 0
