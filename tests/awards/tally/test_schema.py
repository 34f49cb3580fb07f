"""The shipped schemas are the authority on shape: they and the count agree."""

import json
from importlib import resources
from typing import Any

import pytest
from hypothesis import strategies as st
from jsonschema_rs import validator_for

from eventapp.awards.tally import TallyError, tally_document
from eventapp.awards.tally.reading import KEYS
from tests.awards.tally.build import cards, columns, criterion, jurors, rulebook
from tests.awards.tally.law import law
from tests.awards.tally.orders import CAPITAL, ballots
from tests.awards.tally.test_properties import juries
from tests.awards.tally.test_ranked_properties import ALL, ENTRIES, RULES, boxes


def schema(name: str) -> Any:
    folder = resources.files("eventapp.awards.tally").joinpath("schema")
    return validator_for(json.loads(folder.joinpath(f"{name}.json").read_text("utf-8")))


INPUT = schema("tally-1")
RESULT = schema("tally-result-1")
SCORES = columns(A=(9, 6, None), B=(7, 3, 5), C=(8, None, 10), D=(None, 3, 6))
FULL = {"A": 1, "B": 1}


def scores(**rules: Any) -> dict[str, Any]:
    return {
        "rulebook": rulebook(**rules),
        "entries": list("ABCD"),
        "jurors": jurors(["J1", "J2", "J3"], J1={"role": "chair"}, J2={"recused": ["C"]}),
        "ballots": cards(SCORES),
    }


def other(method: str, cast: list[dict[str, Any]], **rules: Any) -> dict[str, Any]:
    return {
        "rulebook": {"method": method, **rules},
        "entries": list("CKMN"),
        "jurors": [],
        "ballots": cast,
    }


GOOD = {
    "scores": scores(),
    "every rule of scores": scores(
        scale="percent",
        optional="renormalise",
        aggregate="trimmed",
        trim=1,
        criteria=[criterion(weight="1/3", name={"pl": "Pomysł", "en": "Idea"}, required=False)],
        quorum={"absolute": 1, "share": "2/3", "chair": True, "cards": 2},
        min_score="10.5",
        ties=["head-to-head", "criterion:c", "countback", "median", "runoff", "chair", "lot"],
        runoff={"votes": FULL},
        chair_choice={"order": ["A"], "reason": "§ 9", "by": "J1"},
        lot_seed="1./2./",
        distinctions={"per_category": 1, "min_score": 5},
        display={"decimals": 2, "rounding": "half-even"},
    ),
    "zscores": scores(normalise="zscore-fit", normalise_floor={"jurors": 3, "cards": 2}),
    "additive": scores(normalise="additive"),
    "rank": scores(normalise="rank", ties=["ex-aequo"]),
    "incomplete": scores(criteria=[criterion(), criterion("d")]),
    "untrimmed": scores(aggregate="trimmed", trim=1),
    "no quorum": scores(quorum={"absolute": 9}),
    "borda": other("borda", ballots(CAPITAL)),
    "top-k": other("borda", ballots("3:M>N"), variant="top-k", k=2),
    "positional": other("positional", ballots(CAPITAL), points=[12, "10", 8]),
    "schulze": other("schulze", ballots(CAPITAL), strength="margins"),
    "relative": other("schulze", ballots(CAPITAL), strength="relative-margin"),
    "nota": other("schulze", ballots(CAPITAL), nota={"id": "K", "quorum": "45.27", "majority": 2}),
    "irv": other("irv", ballots(CAPITAL)),
    "stv": other("stv", ballots(CAPITAL), seats=2, variant="scottish"),
    "approval": other("approval", [{"count": 3, "approve": ["K"]}, {"approve": []}]),
    "points": other("points", [{"points": {"K": 7, "N": "2.5"}}], budget=10),
    "pass-fail": other("pass-fail", [{"verdicts": {"K": "pass", "N": "unsure", "M": "fail"}}]),
}


def agreed(parts: dict[str, Any]) -> None:
    """Count a document, and find it and its result in shape."""
    document = {"format": "tally/1", **parts}
    INPUT.validate(document)
    RESULT.validate(tally_document(json.dumps(document)))


@pytest.mark.parametrize("name", GOOD)
def test_what_is_counted_is_in_shape_and_so_is_the_result(name):
    agreed(GOOD[name])


@law(jury=juries())
def test_generated_juries_are_in_shape(jury):
    document = {"format": "tally/1", **jury}
    INPUT.validate(document)
    try:
        result = tally_document(json.dumps(document))
    except TallyError:
        return
    RESULT.validate(result)


@pytest.mark.parametrize("method", ALL)
@law(data=st.data())
def test_generated_boxes_are_in_shape(method, data):
    cast = [{"ranking": order} for order in data.draw(boxes(method))]
    rules = {"method": method, **RULES.get(method, {})}

    agreed({"rulebook": rules, "entries": ENTRIES, "jurors": [], "ballots": cast})


def spoilt(path: str, value: Any, name: str = "scores") -> dict[str, Any]:
    """A good document with one thing put in at a path such as ``rulebook.seats``."""
    document = json.loads(json.dumps({"format": "tally/1", **GOOD[name]}))
    *way, last = path.split(".")
    held = document
    for key in way:
        held = held[int(key) if isinstance(held, list) else key]
    held[int(last) if isinstance(held, list) else last] = value
    return document


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("format", "tally/2"),
        ("note", 1),
        ("entries", []),
        ("entries", ["A", "A"]),
        ("entries.0", ""),
        ("jurors", {}),
        ("jurors.0.id", " "),
        ("jurors.0.role", "boss"),
        ("jurors.0.present", 1),
        ("jurors.0.recused", ["A", "A"]),
        ("jurors.0.stands_for", "J2"),
        ("jurors.0.vote", 1),
        ("ballots", {}),
        ("ballots.0.count", 2),
        ("ballots.0.approve", ["A"]),
        ("ballots.0.scores", []),
        ("ballots.0.scores.A", 7),
        ("ballots.0.scores.A.c", True),
        ("ballots.0.scores.A.c", "7,5"),
        ("ballots.0.scores.A.c", "1/0"),
        ("ballots.0.scores.A.c", None),
        ("rulebook.method", "majority-judgement"),
        ("rulebook.agregate", "mean"),
        ("rulebook.criteria", []),
        ("rulebook.criteria.0.max", None),
        ("rulebook.criteria.0.required", False),
        ("rulebook.scale", "points"),
        ("rulebook.aggregate", "trimmed"),
        ("rulebook.trim", 0),
        ("rulebook.seats", 0),
        ("rulebook.quorum", {"chair": 1}),
        ("rulebook.quorum", {"votes": 1}),
        ("rulebook.normalise_floor", {"jurors": 0}),
        ("rulebook.ties", ["alphabet"]),
        ("rulebook.ties", ["lot", "lot"]),
        ("rulebook.distinctions", {}),
        ("rulebook.display", {"decimals": 10}),
        ("rulebook.chair_choice", {"order": ["A"]}),
        ("rulebook.chair_choice", {"order": [], "reason": "§ 9"}),
        ("rulebook.lot_seed", " "),
        ("rulebook.runoff", {"votes": {"A": -1}}),
        ("rulebook.nota", {"id": "K"}),
        ("rulebook.method", "positional"),
        ("rulebook.method", "points"),
    ],
)
def test_what_is_out_of_shape_is_refused_by_both(path, value):
    document = spoilt(path, value)

    assert not INPUT.is_valid(document)
    with pytest.raises(TallyError):
        tally_document(json.dumps(document))


def test_the_schemas_describe_every_key_that_is_read():
    folder = resources.files("eventapp.awards.tally").joinpath("schema")
    described = json.loads(folder.joinpath("tally-1.json").read_text("utf-8"))

    assert set(described["$defs"]["rulebook"]["properties"]) == KEYS


WORDS = st.sampled_from(["A", "J1", "c", "K", "mean", "1/2", "7.5", "", " ", "chair", "ex-aequo"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 12) | st.decimals(0, 12, places=1).map(str) | WORDS,
    lambda held: st.lists(held, max_size=3) | st.dictionaries(WORDS, held, max_size=3),
    max_leaves=6,
)


def places(node: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place of a document, as the keys that lead there."""
    inside: Any = ()
    if isinstance(node, dict):
        inside = node.items()
    if isinstance(node, list):
        inside = enumerate(node)
    return [way, *(found for key, held in inside for found in places(held, (*way, key)))]


def outcome(document: Any) -> Any:
    """The result, or the sentence of the refusal."""
    try:
        return tally_document(json.dumps(document))
    except TallyError as refused:
        return str(refused)


@pytest.mark.parametrize("name", GOOD)
@law(data=st.data())
def test_whatever_is_put_in_is_counted_in_shape_or_refused_in_a_sentence(name, data):
    document = json.loads(json.dumps({"format": "tally/1", **GOOD[name]}))
    *way, last = data.draw(st.sampled_from(places(document)[1:]))
    held = document
    for key in way:
        held = held[key]
    held[last] = data.draw(JSON)

    found = outcome(document)

    if isinstance(found, str):
        assert found.endswith(".")
        assert "\n" not in found
    else:
        INPUT.validate(document)
        RESULT.validate(found)
