"""The shipped JSON Schema describes the format: all that is in the files, and no less."""

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

import jsonschema_rs
import pytest

from tests.reference import count, mutations
from tests.reference.generate import generate

FOLDER = mutations.DEMO.parent
SCHEMA = json.loads((FOLDER / "seminar.schema.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema_rs.Draft202012Validator(SCHEMA, validate_formats=True)
SHIPPED = ["demo_seminar", "edition_2025"]
LOOSE = {"scenarios", "test_vectors", "expected", "expected_result"}


def shipped(name: str) -> dict[str, Any]:
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def faults(seminar: dict[str, Any]) -> list[str]:
    return [
        f"{'/'.join(map(str, error.instance_path))}: {error.message}"
        for error in VALIDATOR.iter_errors(seminar)
    ]


def test_the_schema_is_a_schema():
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert jsonschema_rs.meta.is_valid(SCHEMA)


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_files_are_valid(name):
    assert faults(shipped(name)) == []
    assert faults(count.stripped(shipped(name))) == []


@pytest.mark.parametrize("oracle", ["stripped", "false", "true"])
@pytest.mark.parametrize("seed", range(8))
def test_generated_files_are_valid(seed, oracle):
    assert faults(generate(seed, oracle=oracle)) == []


def test_a_file_without_awards_is_valid():
    assert faults(generate(1, categories=0)) == []


@pytest.mark.parametrize("name", mutations.MUTATIONS)
def test_mutants_are_valid(name):
    assert faults(mutations.mutant(name)) == []


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    """Follow a reference and merge what `allOf` and `anyOf` add."""
    if "$ref" in schema:
        return resolved(SCHEMA["$defs"][schema["$ref"].rsplit("/", 1)[1]])
    merged = dict(schema)
    for part in [*schema.get("allOf", []), *schema.get("anyOf", [])]:
        inner = resolved(part)
        merged = inner | merged
        if "properties" in inner:
            merged["properties"] = inner["properties"] | schema.get("properties", {})
    return merged


def undescribed(value: Any, schema: dict[str, Any], path: str = "") -> Iterator[str]:
    """Yield the paths of *value* that *schema* does not name."""
    schema = resolved(schema)
    if isinstance(value, list):
        for item in value:
            yield from undescribed(item, schema["items"], path) if "items" in schema else ()
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key in schema.get("properties", {}):
                if key not in LOOSE:
                    yield from undescribed(inner, schema["properties"][key], f"{path}.{key}")
            elif "additionalProperties" not in schema:
                yield f"{path}.{key}"


@pytest.mark.parametrize("name", SHIPPED)
def test_every_key_of_the_files_is_described(name):
    assert sorted(set(undescribed(shipped(name), SCHEMA))) == []


def test_an_unknown_key_would_be_noticed():
    demo = mutations.demo()
    demo["sessions"][0]["colour"] = "red"
    demo["awards"]["ballots"][0]["mood"] = "good"

    assert sorted(set(undescribed(demo, SCHEMA))) == [".awards.ballots.mood", ".sessions.colour"]


@pytest.mark.parametrize(
    ("holder", "keys"),
    [
        (SCHEMA, count.ORACLE["seminar"]),
        (SCHEMA["$defs"]["participant"], count.ORACLE["participant"]),
        (SCHEMA["$defs"]["signUp"], count.ORACLE["sign_up"]),
    ],
)
def test_oracle_fields_are_marked_and_never_required(holder, keys):
    marked = {key for key, schema in holder["properties"].items() if schema.get("x-oracle")}

    assert marked == set(keys)
    assert not marked & set(holder["required"])
    assert all("type" not in holder["properties"][key] for key in marked)


def test_nothing_else_is_marked_as_oracle():
    text = json.dumps(SCHEMA)

    assert text.count('"x-oracle": true') == sum(len(keys) for keys in count.ORACLE.values())


BROKEN: dict[str, Callable[[dict[str, Any]], Any]] = {
    "another format": lambda d: d["meta"].update(format="demo-seminar/2"),
    "no event": lambda d: d.pop("event"),
    "no participants": lambda d: d.pop("participants"),
    "a time without offset": lambda d: d["sessions"][0].update(start="2027-06-16T08:30:00"),
    "a day that is none": lambda d: d["days"][0].update(date="2027-06-31"),
    "a slug with a slash": lambda d: d["event"].update(slug="a/b"),
    "more than everything": lambda d: d["event"]["certificate"].update(min_percent=101),
    "a title without Polish": lambda d: d["event"].update(title={"en": "Seminar"}),
    "negative seats": lambda d: d["sessions"][5].update(capacity=-1),
    "an unknown kind of sign-up": lambda d: d["sessions"][5].update(signup="perhaps"),
    "an unknown status": lambda d: d["participants"][0].update(status="invited"),
    "a delegate of nobody": lambda d: d["participants"][0].update(organisation=None),
    "cancelled, but when": lambda d: d["participants"][0].update(status="cancelled", attendance=[]),
    "a scan nowhere": lambda d: d["participants"][0]["attendance"][0].pop("session"),
    "a scan to both sides": lambda d: d["participants"][0]["attendance"][0].update(direction="to"),
    "a short NIP": lambda d: d["organisations"][0].update(nip="999"),
    "a half point": lambda d: d["awards"]["ballots"][0]["scores"].update({"K1-1": 7.5}),
    "a weight of nothing": lambda d: d["awards"]["categories"][0]["criteria"][0].update(weight=0),
    "another method": lambda d: d["awards"]["rulebook"].update(method="lot"),
    "a path above the file": lambda d: d["awards"]["nominations"][0]["attachment_files"][0].update(
        path="../secret.pdf"
    ),
    "a tie of one": lambda d: d["awards"]["chair_decisions"][0].update(tied=["N13"]),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_broken_files_are_refused(fault):
    demo = copy.deepcopy(mutations.demo())
    BROKEN[fault](demo)

    assert faults(demo) != []
