"""The files: strict JSON in, hashes over canonical JSON, the result out."""

import hashlib
import json
from decimal import Decimal
from fractions import Fraction

import pytest

from eventapp.awards.tally import TallyError, count, rulebook_sha256, tally_document
from eventapp.awards.tally.document import parse, sha256
from tests.awards.tally.build import rulebook

FILE = {
    "format": "tally/1",
    "rulebook": rulebook(display={"decimals": 1}),
    "entries": ["A", "B"],
    "jurors": [{"id": "J1", "role": "chair", "present": True, "recused": []}],
    "ballots": [{"juror": "J1", "scores": {"A": {"c": 7}, "B": {"c": 8}}}],
}


def sha256_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_a_file_becomes_a_result():
    text = json.dumps(FILE)
    compact = json.dumps(FILE, sort_keys=True, separators=(",", ":"))
    rules = json.dumps(FILE["rulebook"], sort_keys=True, separators=(",", ":"))

    assert tally_document(text) == {
        "format": "tally-result/1",
        "status": "decided",
        "winners": ["B"],
        "ranking": [["B"], ["A"]],
        "places": {"A": 2, "B": 1},
        "values": {"A": "7", "B": "8"},
        "shown": {"A": "7.0", "B": "8.0"},
        "unranked": {},
        "cards": {"A": {"J1": "7"}, "B": {"J1": "8"}},
        "ties": [],
        "input_sha256": sha256_of(compact),
        "rulebook_sha256": sha256_of(rules),
    }


def test_the_result_is_json_as_it_stands():
    document = tally_document(json.dumps(FILE))

    assert json.loads(json.dumps(document)) == document


def test_a_file_and_a_call_give_the_same_result():
    called = count(FILE["rulebook"], FILE["entries"], FILE["jurors"], FILE["ballots"])

    assert called.document() == tally_document(json.dumps(FILE).encode())


def test_a_byte_order_mark_is_no_fault():
    assert tally_document(b"\xef\xbb\xbf" + json.dumps(FILE).encode())["status"] == "decided"


def test_a_literal_such_as_7_5_is_read_by_its_digits():
    text = json.dumps(FILE).replace('{"c": 7}', '{"c": 7.1}').replace('{"c": 8}', '{"c": "7.10"}')

    assert tally_document(text)["values"] == {"A": "71/10", "B": "71/10"}


def test_the_jury_may_be_left_out_of_a_file_of_no_named_ballots():
    without = {key: value for key, value in FILE.items() if key != "jurors"}

    assert tally_document(json.dumps({**without, "ballots": []}))["status"] == "no-award"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "The file is not JSON: Expecting value in line 1, column 1."),
        ("{", "The file is not JSON: Expecting property name enclosed in double quotes in line 1"),
        (b"\xff\xfe", "The file is not UTF-8 text."),
        ("[1]", "The file must be a JSON object."),
        ("null", "The file must be a JSON object."),
        ('{"a": 1, "a": 1}', "The key 'a' stands twice in one object."),
        ('{"a": NaN}', "NaN is not a number."),
        ('{"a": -Infinity}', "-Infinity is not a number."),
        ('{"a": 1e5}', "The number 1e5 must be written plainly"),
        ('{"a": ' + "9" * 5000 + "}", "The file holds a number with too many digits."),
        ("[" * 100_000, "The file is nested too deeply."),
        ('{"format": "tally/2"}', "The file: format must be tally/1."),
        ('{"rulebook": {}}', "The file: format is missing."),
        ('{"format": "tally/1"}', "The file: rulebook is missing."),
        ('{"format": "tally/1", "rulebook": []}', "Rulebook must be a JSON object."),
        ('{"format": "tally/1", "rulebook": {}, "note": 1}', "The file: unknown key 'note'."),
        ('{"format": "tally/1", "rulebook": {}}', "The file: entries is missing."),
        (
            '{"format": "tally/1", "rulebook": {"x": "\\ud800"}}',
            "The input holds a text that is not valid Unicode.",
        ),
    ],
)
def test_a_faulty_file_is_refused_in_one_sentence(text, sentence):
    with pytest.raises(TallyError) as refused:
        tally_document(text)

    assert str(refused.value).startswith(sentence)
    assert "\n" not in str(refused.value)


def test_a_call_with_a_float_is_refused():
    ballots = [{"juror": "J1", "scores": {"A": {"c": 7.5}}}]

    with pytest.raises(TallyError, match="The input holds a float, which is not exact JSON"):
        count(FILE["rulebook"], ["A"], FILE["jurors"], ballots)


@pytest.mark.parametrize(
    ("value", "canonical"),
    [
        ({"b": 1, "a": [True, None, "ł"]}, '{"a":[true,null,"ł"],"b":1}'),
        ({"z": Decimal("8.50"), "a": Decimal("10.0")}, '{"a":10,"z":8.5}'),
        ([Decimal("-0.0"), Decimal("0.10"), Decimal(100)], "[0,0.1,100]"),
        ([Fraction(4, 2), Fraction(1, 3)], '[2,"1/3"]'),
        ((1, 2), "[1,2]"),
        # RFC 8785 sorts by UTF-16 units: the emoji's surrogates come before U+FB33.
        ({"\ufb33": 1, "\U0001f600": 2}, '{"\U0001f600":2,"\ufb33":1}'),
        ('a"\\\n\u0001/', '"a\\"\\\\\\n\\u0001/"'),
    ],
)
def test_hashes_are_over_canonical_json(value, canonical):
    assert sha256(value) == sha256_of(canonical)


def test_spacing_and_the_order_of_keys_do_not_change_the_hash():
    turned = {key: FILE[key] for key in reversed(FILE)}

    assert (
        tally_document(json.dumps(FILE))["input_sha256"]
        == tally_document(json.dumps(turned, indent=3))["input_sha256"]
    )


def test_the_rulebooks_hash_is_that_frozen_before_anybody_acted():
    frozen = rulebook(ties=["chair", "lot"])
    acted = {
        **frozen,
        "chair_choice": {"order": ["A"], "reason": "§ 9"},
        "lot_seed": "1./",
        "runoff": {"votes": {"A": 1}},
    }
    parts = FILE["entries"], FILE["jurors"], FILE["ballots"]

    before, after = count(frozen, *parts), count(acted, *parts)

    assert before.rulebook_sha256 == after.rulebook_sha256 == rulebook_sha256(frozen)
    assert before.input_sha256 != after.input_sha256


@pytest.mark.parametrize("change", [{"scale": "percent"}, {"min_score": "6"}, {"seats": 2}])
def test_any_change_of_a_rule_changes_the_hash(change):
    assert rulebook_sha256(rulebook()) != rulebook_sha256(rulebook(**change))


def test_keys_that_are_not_text_are_refused():
    with pytest.raises(TallyError, match="a key that is not a text: 1"):
        sha256({1: 2})


def test_endless_nesting_is_refused_in_a_call_too():
    value: list[object] = []
    for _ in range(100_000):
        value = [value]

    with pytest.raises(TallyError, match="nested too deeply"):
        sha256(value)


def test_parse_gives_decimals_for_numbers_that_are_not_whole():
    assert parse('{"a": [1, 1.50]}') == {"a": [1, Decimal("1.50")]}
