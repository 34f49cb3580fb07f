"""The run itself: cheapest, lawful, the same everywhere, and fairer than first come."""

import json
import os
import random
import subprocess
import sys
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventapp.allocation.rules import lottery, recomputed
from eventapp.allocation.rules.assigning import Assignment
from eventapp.allocation.rules.blocks import blocks, long
from eventapp.allocation.rules.fairness import figures, first_come
from eventapp.allocation.rules.problem import BadProblem, canonical, document, read, written
from eventapp.allocation.rules.solving import Bar, solve
from tests.allocation.cases import by_chance, demand, offer, problem, wants
from tests.harness.sources import ROOT

# --- the cheapest assignment --------------------------------------------------------------


def cheapest(wishes, without, places, groups, limits):
    """Find the least cost by trying everything: an independent count."""
    held, grouped = Counter(), Counter()
    best = [sum(without)]

    def give(person, cost):
        if cost >= best[0]:
            return
        if person == len(wishes):
            best[0] = cost
            return
        for session, price in wishes[person]:
            key = (session, groups[person])
            full = places[session] is not None and held[session] >= places[session]
            if full or grouped[key] >= limits.get(key, 99):
                continue
            held[session] += 1
            grouped[key] += 1
            give(person + 1, cost + price)
            held[session] -= 1
            grouped[key] -= 1
        give(person + 1, cost + without[person])

    give(0, 0)
    return best[0]


@pytest.mark.parametrize("seed", range(300))
def test_nothing_is_cheaper(seed):
    chance = random.Random(seed)
    people, sessions = chance.randint(1, 7), chance.randint(1, 4)
    places = [chance.choice([None, 0, 1, 1, 2, 2, 3]) for _ in range(sessions)]
    prices = chance.choice([[0, 1, 3, 6], [0, 0, 1, 1], [5, 2, 7, 1]])
    wishes, without, groups = [], [], []
    for _ in range(people):
        weight = chance.randint(1, 3)
        liked = chance.sample(range(sessions), chance.randint(0, sessions))
        wishes.append([(one, weight * prices[rank]) for rank, one in enumerate(liked)])
        without.append(weight * chance.choice([12, 4, 20]))
        groups.append(chance.choice([None, "a", "b", "c"]))
    limits = {
        (session, group): chance.choice([0, 1, 1, 2])
        for session in range(sessions)
        for group in "abc"
        if seed % 2 and chance.random() < 0.6
    }

    found = Assignment(wishes, without, places, groups=groups, limits=limits).sessions

    held = Counter(found)
    assert all(places[one] is None or held[one] <= places[one] for one in held if one is not None)
    grouped = Counter(zip(found, groups, strict=True))
    assert all(grouped[key] <= limit for key, limit in limits.items())
    cost = sum(
        without[person] if one is None else dict(wishes[person])[one]
        for person, one in enumerate(found)
    )
    assert cost == cheapest(wishes, without, places, groups, limits)


# --- a whole run --------------------------------------------------------------------------


def given_to(solution, person):
    return [one.session for one in solution.outcomes if one.person == person]


def refused_to(solution, person):
    return [[(miss.session, miss.why) for miss in one.misses] for one in solution.outcomes
            if one.person == person]  # fmt: skip


@given(st.integers(0, 10**9), st.text(max_size=5))
def test_no_hard_rule_is_ever_broken(number, seed):
    asked = by_chance(random.Random(number))
    offers = {one.id: one for one in asked.offers}
    mine = {who.id: [] for who in asked.choosers}
    for one in solve(asked, seed).outcomes:
        if one.session is not None:
            mine[one.person].append(offers[one.session])

    held = Counter(one.id for own in mine.values() for one in own)
    assert all(one.places is None or held[one.id] <= one.places for one in asked.offers)
    grouped = Counter()
    for who in asked.choosers:
        own = sorted(mine[who.id], key=lambda one: one.starts_at)
        assert all(one.ends_at <= other.starts_at for one, other in pairwise(own))
        assert len({one.activity for one in own}) == len(own)
        assert not set(who.barred) & {one.id for one in own}
        assert who.flexible or {one.id for one in own} <= set(who.choices)
        for one in own:
            had = {other.activity for other in own if other.ends_at <= one.starts_at}
            assert set(one.requires) <= had | set(who.has)
            grouped[one.id, who.organisation] += who.organisation is not None
    if asked.per_organisation is not None:
        assert all(count <= asked.per_organisation for count in grouped.values())


@given(st.integers(0, 10**9))
def test_the_order_of_the_input_does_not_matter(number):
    asked = by_chance(random.Random(number))
    turned = problem(
        asked.offers[::-1], *reversed(asked.choosers), choices=asked.choices,
        per_organisation=asked.per_organisation,
    )  # fmt: skip

    assert solve(asked, "s") == solve(turned, "s") == solve(read(written(asked)), "s")


def test_any_machine_finds_the_same(tmp_path):
    path = tmp_path / "allocation.json"
    asked = demand(60, 3, 4, organisations=20)
    path.write_text(canonical(document(written(asked), "ziarno")), encoding="utf-8")

    said = {
        subprocess.run(
            [sys.executable, "-m", "eventapp.cli", "allocate", str(path)],
            env=os.environ | {"PYTHONHASHSEED": seed}, cwd=ROOT, check=True, capture_output=True,
        ).stdout
        for seed in ("0", "4711")
    }  # fmt: skip

    (only,) = said
    assert json.loads(only) == recomputed.outcome(path.read_bytes())


def test_who_fared_worse_before_weighs_more():
    offers = [offer("A", 1), offer("B", 5), offer("C", 1, block=1), offer("D", 5, block=1)]
    for seed in "abcdefgh":
        found = solve(problem(offers, wants("ewa", "A B C D"), wants("jan", "A B C D")), seed)
        assert sorted([given_to(found, "ewa"), given_to(found, "jan")]) == [["A", "D"], ["B", "C"]]


def test_a_place_counts_more_than_ranks():
    offers = [offer("A", 1), offer("B", 1)]
    for seed in "abcdefgh":
        found = solve(problem(offers, wants("ewa", "A B"), wants("jan", "A")), seed)
        assert (given_to(found, "ewa"), given_to(found, "jan")) == (["B"], ["A"])


def test_what_lasts_through_several_blocks_is_placed_first():
    offers = [offer("L", 1, blocks=2), offer("A", 9), offer("B", 9, block=1)]
    found = solve(problem(offers, wants("ewa", "L A B"), wants("jan", "L A B")), "s")

    assert sorted([given_to(found, "ewa"), given_to(found, "jan")]) == [["A", "B"], ["L", None]]
    lost = "ewa" if given_to(found, "ewa") == ["A", "B"] else "jan"
    assert refused_to(found, lost) == [[("L", "full")], []]
    (busy,) = [one for one in found.outcomes if one.busy]
    assert [(miss.session, miss.why) for miss in busy.misses] == [("B", Bar.OVERLAPS)]


def test_who_is_flexible_gets_any_place_rather_than_none():
    offers = [offer("A", 1), offer("B", 5)]
    found = solve(
        problem(offers, wants("ewa", "A", flexible=True), wants("jan", "A", flexible=True)), "s"
    )

    assert sorted([given_to(found, "ewa"), given_to(found, "jan")]) == [["A"], ["B"]]
    (other,) = [one for one in found.outcomes if one.session == "B"]
    assert other.rank is None


@pytest.mark.parametrize(
    ("offers", "who", "expected"),
    [
        ([offer("A", 9)], wants("e", "A", barred={"A": "wrong-category"}), "wrong-category"),
        ([offer("A", 9, requires=["z"])], wants("e", "A"), Bar.PREREQUISITE_MISSING),
        ([offer("A", 0)], wants("e", "A"), "full"),
        (
            [offer("A", 9, taken_by={"o": 1})],
            wants("e", "A", organisation="o"),
            Bar.LIMIT_PER_ORGANISATION,
        ),
    ],
)
def test_why_a_wish_did_not_come_true(offers, who, expected):
    found = solve(problem(offers, who, per_organisation=1), "s")

    assert refused_to(found, "e") == [[("A", expected)]]


def test_an_activity_is_attended_once_and_may_be_asked_for_before():
    offers = [
        offer("A", 9, activity="x"), offer("B", 9, block=1, activity="x"),
        offer("C", 9, block=1, requires=["x"]),
    ]  # fmt: skip
    found = solve(problem(offers, wants("ewa", "A B C")), "s")

    assert given_to(found, "ewa") == ["A", "C"]
    assert refused_to(found, "ewa") == [[], [("B", Bar.OTHER_SESSION_TAKEN)]]


def test_the_reason_counts_who_has_the_places():
    people = [wants(f"p{number}", "A B") for number in range(40)]
    found = solve(problem([offer("A", 16), offer("B", 40)], *people), "ziarno")

    numbers = lottery.numbers("ziarno", "0", [who.id for who in people])
    for one in found.outcomes:
        assert one.number == numbers[one.person]
        if one.session == "A":
            assert one.number <= 16
            continue
        (miss,) = one.misses
        assert (miss.wanted, miss.first, miss.places, miss.number) == (40, 40, 16, one.number)
        assert (miss.by_lot, miss.last, miss.earlier, miss.others) == (16, 16, 0, 0)


def test_fairer_than_first_come():
    asked = demand(300, 6, 6, flexible=False)

    fair = figures(asked, solve(asked, "s").outcomes)
    quick = figures(asked, first_come(asked, "s"))

    assert fair.by_rank[0] > quick.by_rank[0]
    assert (fair.without, quick.without > 0) == (0, True)
    assert fair.worst > 2 * quick.worst
    assert (fair.asked, fair.people) == (quick.asked, quick.people) == (1800, 300)


# --- blocks, lottery, file ----------------------------------------------------------------


def test_blocks_are_what_is_held_at_one_moment():
    offers = [
        offer("D", 1, block=2), offer("A", 1), offer("B", 1), offer("L", 1, blocks=2),
        offer("C", 1, block=1),
    ]  # fmt: skip

    assert [[one.id for one in block] for block in blocks(offers)] == [
        ["A", "B", "L"], ["C"], ["D"],
    ]  # fmt: skip
    assert long(offers) == {"L"}
    assert blocks([]) == []


@given(st.integers(0, 10**9))
def test_every_session_has_one_block_and_nothing_of_a_block_can_be_attended_twice(number):
    offers = by_chance(random.Random(number)).offers
    found = blocks(offers)

    assert sorted(one.id for block in found for one in block) == sorted(one.id for one in offers)
    for block in found:
        latest = max(one.starts_at for one in block)
        assert all(latest < one.ends_at for one in block)


def test_the_lottery_is_drawn_from_the_seed_alone():
    people = ["ewa", "jan", "ola"]

    assert lottery.numbers("s", "0", people) == lottery.numbers("s", "0", people[::-1])
    assert sorted(lottery.numbers("s", "0", people).values()) == [1, 2, 3]
    drawn = {tuple(lottery.numbers(str(n), "0", people).items()) for n in range(40)}
    assert len(drawn) == 6


def test_a_changed_file_is_noticed():
    file = document(written(problem([offer("A", 1)], wants("ewa", "A"))), "s")
    text = canonical(file)

    assert recomputed.outcome(text.encode())["outcomes"][0]["session"] == "A"
    assert recomputed.outcome(text.encode(), "t")["seed"] == "t"
    with pytest.raises(BadProblem, match="it was changed"):
        recomputed.outcome(text.replace('"places":1', '"places":0').encode())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "not JSON"),
        ("[]", "must be a JSON object"),
        ('{"format": "x"}', "not of the format"),
        ('{"format": "eventapp-allocation-1", "seed": 1}', "“seed” must be a text"),
        ('{"format": "eventapp-allocation-1", "seed": ""}', "“input” must be a JSON object"),
    ],
)
def test_a_damaged_file_is_told_from_a_good_one(text, said):
    with pytest.raises(BadProblem, match=said):
        recomputed.outcome(text.encode())


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"choices": 0}, "from 1 to 9"),
        ({"choices": True}, "whole number"),
        ({"sessions": None}, "must be a list"),
        ({"people": [{"id": "a", "choices": ["?"]}]}, "there is not"),
        ({"people": [{"id": "a", "choices": []}, {"id": "a", "choices": []}]}, "stands twice"),
        ({"people": [{"id": "a", "choices": ["A", "A"]}]}, "a session twice"),
        ({"people": [{"id": "a", "choices": [], "flexible": 1}]}, "true or false"),
        ({"sessions": [{"id": "A", "activity": "a", "starts_at": "9"}]}, "ISO time"),
    ],
)
def test_what_a_file_cannot_say(changes, said):
    values = written(problem([offer("A", 1)])) | changes

    with pytest.raises(BadProblem, match=said):
        read(values)
