"""Every mutation changes what its rule says, and a harmless one nothing."""

import pytest

from tests.reference import count, mutations

BASE = mutations.figures(mutations.demo())
BENDING = [name for name, item in mutations.MUTATIONS.items() if item.expects]
SEATLESS = {"entry_from_the_queue", "entry_without_a_sign_up"}
HARMLESS = [name for name, item in mutations.MUTATIONS.items() if not item.expects]


@pytest.mark.parametrize("name", BENDING)
def test_mutation_yields_what_its_rule_says(name):
    expects = mutations.MUTATIONS[name].expects
    table = mutations.figures(mutations.mutant(name))

    assert {path: table.get(path, mutations.GONE) for path in expects} == expects
    assert any(BASE.get(path, mutations.GONE) != value for path, value in expects.items())


@pytest.mark.parametrize("name", BENDING)
def test_mutation_is_seen_in_the_evidence(name):
    assert count.expected(mutations.mutant(name)) != mutations.demo()["expected"]


@pytest.mark.parametrize("name", HARMLESS)
def test_harmless_mutation_changes_no_figure(name):
    assert mutations.figures(mutations.mutant(name)) == BASE
    assert mutations.mutant(name) != mutations.demo()


@pytest.mark.parametrize("name", sorted(mutations.MUTATIONS.keys() - SEATLESS))
def test_mutant_is_coherent(name):
    seminar = mutations.mutant(name)
    required = {row["id"] for row in seminar["sessions"] if row["signup"] == "required"}
    places = count.sign_ups(seminar)
    nominations = {row["id"] for row in seminar["awards"]["nominations"]}

    for person in seminar["participants"]:
        seats = {row["session"] for row in places[person["id"]] if row["status"] == "confirmed"}
        assert count.entered(person) & required <= seats, person["id"]
    assert {card["nomination"] for card in seminar["awards"]["ballots"]} <= nominations


def test_every_mutation_is_in_one_bundle():
    bundled = [name for bundle in mutations.BUNDLES for name in bundle]
    assert sorted(bundled) == sorted(mutations.MUTATIONS)


@pytest.mark.parametrize("bundle", mutations.BUNDLES, ids=" ".join)
def test_each_bend_of_a_bundle_is_seen_in_the_evidence(bundle):
    bent = count.expected(mutations.mutant(*bundle))
    unseen = [
        name
        for name in bundle
        if count.expected(mutations.mutant(*(other for other in bundle if other != name))) == bent
    ]
    assert {name for name in unseen if name not in HARMLESS} == set()


def test_mutants_are_fresh_copies():
    first = mutations.mutant("public_vote_changed")
    first["participants"].clear()

    assert len(mutations.mutant("public_vote_changed")["participants"]) == 120
    assert len(mutations.demo()["participants"]) == 120
