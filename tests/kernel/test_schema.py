"""What the API accepts is typed, cleaned, and refused field by field."""

import json
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec
import pytest
from msgspec import UNSET, UnsetType

from eventapp.kernel import schema
from eventapp.kernel.schema import BadFields, decode, fit
from eventapp.kernel.strictjson import BadJson


class Kind(StrEnum):
    """A choice."""

    WORKSHOP = "workshop"


class Thing(schema.Body):
    """Something with a field of every type."""

    title: schema.LocalLine
    kind: Kind
    starts_at: schema.Moment
    seats: schema.Seats | None = None
    name: schema.Name | None = None
    note: schema.LongText = ""
    email: schema.EmailText | UnsetType = UNSET
    phone: schema.PhoneText | None = None
    room: schema.IdText | None = None
    category: schema.Code | None = None
    scan: UUID | None = None
    tags: list[schema.Line] = msgspec.field(default_factory=list)
    labels: dict[str, schema.Line] = msgspec.field(default_factory=dict)
    rooms: Annotated[list[schema.IdText], msgspec.Meta(max_length=3)] | None = None


GOOD = {"title": {"pl": "Próg"}, "kind": "workshop", "starts_at": "2027-06-16T09:00:00+02:00"}


def faults(**changes):
    """Return the faults of a good body with some fields changed, as (pointer, code)."""
    try:
        fit(Thing, GOOD | changes)
    except BadFields as bad:
        return [(fault.pointer, fault.code) for fault in bad.faults]
    return []


def test_a_body_becomes_a_struct():
    found = decode(Thing, json.dumps(GOOD).encode())

    assert found.title == schema.LocalLine(pl="Próg")
    assert found.kind is Kind.WORKSHOP
    assert found.starts_at.astimezone(UTC) == datetime(2027, 6, 16, 7, tzinfo=UTC)
    assert (found.seats, found.email, found.tags) == (None, UNSET, [])


def test_texts_are_cleaned_wherever_they_stand():
    found = fit(
        Thing,
        GOOD
        | {
            "title": {"pl": "  z\u0307uk ", "en": ""},
            "name": " Anna ",
            "note": "a\r\nb",
            "email": "Anna@Example.org",
            "phone": "600 100 200",
            "tags": [" a ", "b"],
            "labels": {"x": " y "},
        },
    )

    assert (found.title.pl, found.title.en, found.name, found.note) == ("żuk", "", "Anna", "a\nb")
    assert (found.email, found.phone) == ("anna@example.org", "+48600100200")
    assert (found.tags, found.labels) == (["a", "b"], {"x": "y"})


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"extra": 1}, [("/extra", "unknown-field")]),
        ({"a/b~c": 1}, [("/a~1b~0c", "unknown-field")]),
        ({"title": {"pl": "x", "de": "y"}}, [("/title/de", "unknown-field")]),
        ({"title": {"en": "x"}}, [("/title/pl", "required")]),
        ({"title": {"pl": " "}}, [("/title/pl", "required")]),
        ({"title": {"pl": "x" * 251}}, [("/title/pl", "too-long")]),
        ({"title": {"pl": "a\x00"}}, [("/title/pl", "control-character")]),
        ({"title": {"pl": 5}}, [("/title/pl", "wrong-type")]),
        ({"title": None}, [("/title", "wrong-type")]),
        ({"title": "x"}, [("/title", "wrong-type")]),
        ({"title": []}, [("/title", "wrong-type")]),
        ({"kind": "lecture"}, [("/kind", "not-a-choice")]),
        ({"kind": 5}, [("/kind", "wrong-type")]),
        ({"starts_at": "2027-06-16T09:00:00"}, [("/starts_at", "no-offset")]),
        ({"starts_at": "2027-06-16"}, [("/starts_at", "not-a-time")]),
        ({"starts_at": "tomorrow"}, [("/starts_at", "not-a-time")]),
        ({"starts_at": "0001-01-01T00:00:00+14:00"}, [("/starts_at", "out-of-range")]),
        ({"starts_at": "9999-12-31T23:59:59-14:00"}, [("/starts_at", "out-of-range")]),
        ({"starts_at": 5}, [("/starts_at", "wrong-type")]),
        ({"starts_at": None}, [("/starts_at", "wrong-type")]),
        ({"seats": -1}, [("/seats", "out-of-range")]),
        ({"seats": 100_001}, [("/seats", "out-of-range")]),
        ({"seats": 2**70}, [("/seats", "out-of-range")]),
        ({"seats": True}, [("/seats", "wrong-type")]),
        ({"seats": 1.0}, [("/seats", "wrong-type")]),
        ({"seats": "1"}, [("/seats", "wrong-type")]),
        ({"name": ""}, [("/name", "required")]),
        ({"email": None}, [("/email", "wrong-type")]),
        ({"email": "anna"}, [("/email", "bad-email")]),
        ({"phone": "12"}, [("/phone", "bad-phone")]),
        ({"room": 5}, [("/room", "wrong-type")]),
        ({"room": "05"}, [("/room", "bad-format")]),
        ({"room": "5\n"}, [("/room", "control-character")]),
        ({"category": "A"}, [("/category", "bad-format")]),
        ({"scan": "x"}, [("/scan", "bad-format")]),
        (
            {"tags": ["a", "b\x00", 3]},
            [("/tags/1", "control-character"), ("/tags/2", "wrong-type")],
        ),
        ({"labels": {"a/b": "\x00"}}, [("/labels/a~1b", "control-character")]),
        ({"labels": []}, [("/labels", "wrong-type")]),
        (
            {"seats": -1, "name": "", "x": 1},
            [("/name", "required"), ("/seats", "out-of-range"), ("/x", "unknown-field")],
        ),
    ],
)
def test_every_fault_is_named(changes, expected):
    assert faults(**changes) == expected


def test_missing_fields_are_named_together():
    with pytest.raises(BadFields) as bad:
        fit(Thing, {})

    assert str(bad.value) == "/kind: required; /starts_at: required; /title: required"


def test_a_list_of_so_many_has_its_items_cleaned_too():
    thing = {"title": {"pl": "x"}, "kind": "workshop", "starts_at": "2027-06-16T09:00:00+02:00"}
    with pytest.raises(BadFields) as bad:
        fit(Thing, thing | {"rooms": ["1", "\x03Ä"]})
    assert [fault.pointer for fault in bad.value.faults] == ["/rooms/1"]


@pytest.mark.parametrize("value", [[], "x", 5, None, True])
def test_a_body_is_an_object(value):
    with pytest.raises(BadFields) as bad:
        fit(Thing, value)

    assert [(fault.pointer, fault.code) for fault in bad.value.faults] == [("", "wrong-type")]


def test_broken_json_is_not_a_field():
    with pytest.raises(BadJson):
        decode(Thing, b"{")


def test_faults_speak_the_callers_language(edge):
    fault = schema.Fault("/a", "too-long", "This may have at most %(max)d characters.", {"max": 7})
    with edge.test_request_context(headers={"Accept-Language": "en"}):
        assert fault.shown() == {
            "pointer": "/a",
            "detail": "This may have at most 7 characters.",
            "code": "too-long",
        }
    with edge.test_request_context():
        assert fault.shown()["detail"] == "Największa dozwolona liczba znaków: 7."


def test_the_published_schema_tells_the_limits():
    published = msgspec.json.schema(schema.LocalLine)["$defs"]["LocalLine"]

    assert published["additionalProperties"] is False
    assert published["required"] == ["pl"]
    assert published["properties"]["pl"] == {"type": "string", "maxLength": 250, "minLength": 1}
