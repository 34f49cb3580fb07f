"""JSON from outside has one meaning, or none."""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventapp.kernel.strictjson import MOST_BYTES, BadJson, read_json


@pytest.mark.parametrize(
    "body",
    [b"{}", b"[]", b'"a"', b"5", b"null", b' {"a": [1, 2.5, -0.0, true]} ', '"żółw"'.encode()],
)
def test_plain_json_is_read(body):
    assert read_json(body) == json.loads(body)


def test_a_pair_of_escapes_is_one_character():
    assert read_json(rb'"\ud83d\ude00"') == "😀"


def test_a_backslash_before_u_is_no_escape():
    assert read_json(rb'"\\u0000 \\ud800"') == r"\u0000 \ud800"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "not-json"),
        (b"{", "not-json"),
        (b"{} {}", "not-json"),
        (b"{'a': 1}", "not-json"),
        (b"[1,]", "not-json"),
        (b"[01]", "not-json"),
        (b"[1] // x", "not-json"),
        (b'"\xff"', "not-json"),
        (b'"\xc0\x80"', "not-json"),
        (b'"\xed\xa0\x80"', "not-json"),
        (b'\xef\xbb\xbf{"a": 1}', "not-json"),
        ('{"a": 1}'.encode("utf-16"), "not-json"),
        (b'"a\x00b"', "not-json"),
        (b'"a\nb"', "not-json"),
        (b"9" * 5000, "not-json"),
        (b"NaN", "not-a-number"),
        (b"[Infinity]", "not-a-number"),
        (b"[-Infinity]", "not-a-number"),
        (b"1e999", "not-a-number"),
        (b"-1e999", "not-a-number"),
        (b'{"a": 1, "a": 2}', "duplicate-key"),
        (b'{"a": {"b": 1, "c": 2, "b": 1}}', "duplicate-key"),
        (rb'{"a": 1, "\u0061": 2}', "duplicate-key"),
        (rb'"\ud800"', "lone-surrogate"),
        (rb'{"\udc00": 1}', "lone-surrogate"),
        (rb'["\u0000"]', "nul"),
        (rb'{"\u0000": 1}', "nul"),
        (b"[" * 33 + b"]" * 33, "too-deep"),
        (b'{"a":' * 33 + b"1" + b"}" * 33, "too-deep"),
        (b"[" * 100_000, "too-deep"),
        (b" " * MOST_BYTES + b"1", "too-large"),
    ],
)
def test_other_bytes_are_refused(body, code):
    with pytest.raises(BadJson) as refused:
        read_json(body)

    assert refused.value.code == code


@pytest.mark.parametrize("inner", [b"", b"1"])
def test_thirty_two_levels_are_not_too_deep(inner):
    assert read_json(b"[" * 32 + inner + b"]" * 32) is not None


def test_a_full_quarter_of_a_megabyte_is_read():
    assert read_json(b'"' + b"a" * (MOST_BYTES - 2) + b'"') == "a" * (MOST_BYTES - 2)


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(alphabet="abcż"), inner),
    max_leaves=20,
)


@given(VALUES, st.booleans())
def test_what_others_write_is_read(value, ascii_only):
    assert read_json(json.dumps(value, ensure_ascii=ascii_only).encode()) == value


@given(st.binary(max_size=200))
def test_any_bytes_have_an_answer(body):
    with contextlib.suppress(BadJson):
        json.dumps(read_json(body)).encode()
