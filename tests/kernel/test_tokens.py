"""Codes that open something come out as promised, and open nothing else."""

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventapp.kernel import tokens

OLD, NEW, OWN = "o" * 32, "n" * 32, "b" * 32
KEYS = tokens.keyring({"SECRET_KEY": [OLD]})
ROTATED = tokens.keyring({"SECRET_KEY": [NEW, OLD]})
CODE = tokens.badge_code(7, 1, keys=KEYS)


# --- keys ---------------------------------------------------------------------------------


def test_flasks_two_settings_are_one_keyring():
    assert tokens.keyring({"SECRET_KEY": NEW, "SECRET_KEY_FALLBACKS": [OLD]}) == ROTATED


def test_without_a_key_there_is_no_keyring():
    with pytest.raises(ValueError, match="no secret key"):
        tokens.keyring({"SECRET_KEY": None})


def test_a_keyring_shows_no_key():
    assert repr(ROTATED) == "<Keyring of 2>"


def test_badges_outlive_a_new_secret():
    assert tokens.badge_code(7, 1, keys=ROTATED) == CODE


def test_a_badge_key_of_its_own_counts_alone():
    own = [tokens.keyring({"SECRET_KEY": key, "BADGE_KEY": OWN}) for key in (OLD, NEW)]

    assert tokens.badge_code(7, 1, keys=own[0]) == tokens.badge_code(7, 1, keys=own[1])
    assert tokens.badge_code(7, 1, keys=own[0]) != CODE


def test_the_application_keeps_its_keyring(edge):
    with edge.app_context():
        assert tokens.current() == tokens.keyring(edge.config)
        assert tokens.badge_code(7, 1) == tokens.badge_code(7, 1, keys=tokens.current())


# --- secret tokens ------------------------------------------------------------------------


def test_a_token_names_its_purpose_and_is_kept_hashed():
    token, kept = tokens.new_token("session")

    assert re.fullmatch(r"session_[\w-]{43}", token)
    assert kept == tokens.hashed(token)
    assert re.fullmatch(r"[0-9a-f]{64}", kept)
    assert len(token) <= tokens.TOKEN


def test_no_two_tokens_are_alike():
    assert len({tokens.new_token("x")[0] for _ in range(500)}) == 500


@pytest.mark.parametrize(
    ("token", "prefix", "fits"),
    [
        ("link_abc", "link", True),
        ("session_abc", "link", False),
        ("link", "link", False),
        ("", "link", False),
        ("link_" + "x" * 80, "link", False),
    ],
)
def test_a_token_opens_its_purpose_alone(token, prefix, fits):
    assert tokens.has_purpose(token, prefix) is fits


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [("abc", "abc", True), ("abc", "abd", False), ("abc", "abcd", False), ("żółw", "żółw", True)],
)
def test_comparing(one, other, alike):
    assert tokens.same(one, other) is alike


@given(st.text(st.characters(categories=None)))
def test_any_text_can_be_looked_up(text):
    assert len(tokens.hashed(text)) == 64
    assert tokens.same(text, text)


# --- derived and signed -------------------------------------------------------------------


def test_derived_bytes_depend_on_every_part():
    made = [("a", "b", 1), ("a", "b", "12"), ("a", "b1", 2), ("a", "b", 1, 2), ("ab", 1), ("a",)]

    assert len({tokens.derive(*parts, keys=KEYS) for parts in made}) == len(made)
    assert all(len(tokens.derive(*parts, keys=KEYS)) == 16 for parts in made)


def test_a_signed_value_is_read_under_both_keys():
    sealed = tokens.sign("next", "/a?b=ą", keys=KEYS)

    assert tokens.unsign("next", sealed, keys=KEYS) == "/a?b=ą"
    assert tokens.unsign("next", sealed, keys=ROTATED) == "/a?b=ą"


def test_signing_uses_the_newest_key():
    sealed = tokens.sign("next", "/a", keys=ROTATED)

    assert tokens.unsign("next", sealed, keys=tokens.keyring({"SECRET_KEY": NEW})) == "/a"
    assert tokens.unsign("next", sealed, keys=KEYS) is None


def test_a_signed_value_serves_one_purpose():
    sealed = tokens.sign("next", "/a", keys=KEYS)

    assert tokens.unsign("feed", sealed, keys=KEYS) is None


@pytest.mark.parametrize("bad", ["", ".", "abc", "ą.ę", "x" * 5000, "ImEi.", "\x00", "\ud800"])
def test_what_is_not_ours_is_nothing(bad):
    assert tokens.unsign("next", bad, keys=KEYS) is None


@given(st.data())
def test_a_changed_seal_is_broken(data):
    sealed = tokens.sign("next", {"path": "/a", "n": 5}, keys=KEYS)
    place = data.draw(st.integers(0, len(sealed) - 2))
    other = data.draw(st.sampled_from(string.ascii_letters + string.digits + "-_."))
    changed = sealed[:place] + other + sealed[place + 1 :]

    assert changed == sealed or tokens.unsign("next", changed, keys=KEYS) is None


# --- six digits ---------------------------------------------------------------------------


def test_six_digits():
    assert all(re.fullmatch("[0-9]{6}", tokens.new_digits()) for _ in range(200))


def test_their_hash_is_keyed_and_bound():
    made = [
        tokens.digits_hash("sign-in", "048213", 7, keys=KEYS),
        tokens.digits_hash("sign-in", "048213", 8, keys=KEYS),
        tokens.digits_hash("sign-in", "048214", 7, keys=KEYS),
        tokens.digits_hash("set-up", "048213", 7, keys=KEYS),
        tokens.digits_hash("sign-in", "048213", 7, keys=tokens.keyring({"SECRET_KEY": NEW})),
        tokens.hashed("048213"),
    ]

    assert len(set(made)) == len(made)
    assert tokens.digits_hash("sign-in", "048213", 7, keys=ROTATED) == made[0]


@pytest.mark.parametrize("typed", ["048213", " 048 213 ", "048-213", "048\u00a0213"])
def test_digits_as_people_type_them(typed):
    assert tokens.typed_digits(typed) == "048213"


# --- badges -------------------------------------------------------------------------------


def test_a_badge_code_has_26_characters_of_the_alphabet():
    assert re.fullmatch(f"[{tokens.ALPHABET}]{{26}}", CODE)


def test_every_registration_and_generation_has_its_own():
    codes = {tokens.badge_code(n, g, keys=KEYS) for n in range(1, 40) for g in (1, 2, 3)}

    assert len(codes) == 117


def test_the_address_stays_in_the_compact_mode_of_qr():
    url = tokens.badge_url("https://seminarium.example.org/", CODE)

    assert url == f"HTTPS://SEMINARIUM.EXAMPLE.ORG/B/{CODE}"
    assert set(url) <= set(string.digits + string.ascii_uppercase + " $%*+-./:")


@pytest.mark.parametrize(
    "shape",
    [
        "{code}",
        "  {code} \r\n",
        "{lower}",
        "HTTPS://E.EXAMPLE.ORG/B/{code}",
        "https://e.example.org/b/{lower}",
        "http://127.0.0.1:8000/B/{code}",
        "https://e.example.org/prefix/B/{code}",
        "https://e.example.org/B/{code}/",
        "https://e.example.org/B/{code}?utm=1&x=2",
        "https://e.example.org/B/{code}#top  ",
        "{grouped}",
        "{dashed}",
        "{misread}",
    ],
)
def test_a_badge_is_read_in_every_form(shape):
    typed = shape.format(
        code=CODE,
        lower=CODE.lower(),
        grouped=" ".join(CODE[place : place + 5] for place in range(0, 26, 5)),
        dashed="-".join(CODE[place : place + 13] for place in range(0, 26, 13)),
        misread=CODE.replace("0", "O").replace("1", "l", 1).replace("1", "I"),
    )

    assert tokens.read_badge(typed) == CODE


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "abc",
        CODE[:-1],
        CODE + "0",
        "U" + CODE[1:],
        "Z" * 26,  # more than 16 bytes
        "https://e.example.org/B/",
        f"https://e.example.org/X/{CODE}",
        f"javascript:{CODE}",
        f"{CODE} {CODE}",
        "ſ" * 26,
        "１" * 26,
        CODE + " " * 600,
        "\x00" + CODE,
    ],
)
def test_what_is_no_badge(typed):
    assert tokens.read_badge(typed) is None


@given(st.binary(min_size=16, max_size=16))
def test_sixteen_bytes_make_the_round(data):
    code = tokens.encode32(data)

    assert tokens.decode32(code) == data
    assert tokens.read_badge(code.lower()) == code


@pytest.mark.parametrize("data", [b"", b"x" * 15, b"x" * 17])
def test_other_lengths_make_no_code(data):
    with pytest.raises(ValueError, match="16 bytes"):
        tokens.encode32(data)


@given(st.text(max_size=80))
def test_reading_never_stumbles(typed):
    found = tokens.read_badge(typed)

    assert found is None or tokens.decode32(found) is not None
