"""Badges that prove themselves: what is read, and all that is refused."""

from datetime import UTC, date, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from eventapp.kernel import qr, signed, tokens
from eventapp.kernel.signed import Scope
from eventapp.kernel.tokens import Keyring

KEYS = Keyring((b"secret",), b"badge")
OTHERS = Keyring((b"secret",), b"another installation")
SCOPE = Scope(
    key=2, event_id=7, registration_id=4711, generation=3, ends_on=date(2027, 6, 20)
)  # fmt: skip
ADDRESS = "https://wydarzenia.lubin.pl/"  # as long as the addresses of the short codes' figures


def letters(data: bytes) -> str:
    number = int.from_bytes(data)
    return "".join(tokens.ALPHABET[number >> 5 * place & 31] for place in reversed(range(146)))


def data_of(code: str) -> bytes:
    number = 0
    for letter in code:
        number = number << 5 | tokens.ALPHABET.index(letter)
    return number.to_bytes(91)


def test_a_signed_badge_says_what_it_is_good_for():
    code = signed.sign(SCOPE, keys=KEYS)

    found = signed.read(tokens.badge_url(ADDRESS, code), keys=KEYS)

    assert found == signed.Badge(tokens.badge_code(4711, 3, keys=KEYS), SCOPE)
    assert signed.sign(SCOPE, keys=KEYS) == code


@pytest.mark.parametrize("form", ["{}", " {}\n", "http://x/b/{}", "https://x.pl/a/B/{}/", "{}?x=1"])
@pytest.mark.parametrize("case", [str.upper, str.lower])
def test_it_is_read_in_any_form_of_its_address(form, case):
    assert signed.read(case(form.format(signed.sign(SCOPE, keys=KEYS))), keys=KEYS).scope == SCOPE


def test_the_short_code_is_read_as_before():
    assert signed.read("http://x/B/" + "0" * 26, keys=KEYS) == signed.Badge("0" * 26)


@pytest.mark.parametrize("place", [0, 1, 3, 4, 7, 8, 9, 10, 11, 26, 27, 90])
def test_one_changed_byte_is_a_forgery(place):
    data = bytearray(data_of(signed.sign(SCOPE, keys=KEYS)))
    data[place] ^= 1

    assert signed.read(letters(bytes(data)), keys=KEYS) is None


def _signed_with(private: Ed25519PrivateKey, purpose: bytes) -> str:
    head = data_of(signed.sign(SCOPE, keys=KEYS))[:27]
    return letters(head + private.sign(purpose + head))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(signed.sign(SCOPE, keys=OTHERS), id="another installation"),
        pytest.param(_signed_with(Ed25519PrivateKey.generate(), signed.PURPOSE), id="own key"),
        pytest.param(
            _signed_with(signed._private(7, 2, KEYS), b"eventapp-else-1"), id="other purpose"
        ),
        pytest.param(signed.sign(SCOPE, keys=KEYS)[:-1], id="cut off"),
        pytest.param("Z" + signed.sign(SCOPE, keys=KEYS)[1:], id="too high a number"),
        pytest.param("U" * 146, id="letters of no code"),
        pytest.param("0" * 146, id="nothing at all"),
        pytest.param("\0" + signed.sign(SCOPE, keys=KEYS), id="NUL"),
        pytest.param(signed.sign(SCOPE, keys=KEYS) * 70, id="ten kilobytes"),
        pytest.param("<img src=x onerror=alert(1)>", id="markup"),
        pytest.param("🎟️" * 73, id="emoji"),
    ],
)
def test_what_is_no_badge_of_ours_is_none(text):
    assert signed.read(text, keys=KEYS) is None


def test_the_key_of_another_event_or_number_signs_nothing_here():
    publics = {
        (event, key): signed.public_key(event, key, keys=KEYS) for event in (7, 8) for key in (1, 2)
    }

    assert len(set(publics.values())) == 4


@pytest.mark.parametrize(
    ("at", "over"),
    [
        (datetime(2027, 6, 19, 23, 59, 59, tzinfo=UTC), False),
        (datetime(2027, 6, 20, tzinfo=UTC), True),
    ],
)
def test_a_signed_badge_runs_out(at, over):
    assert signed.read(signed.sign(SCOPE, keys=KEYS), keys=KEYS).is_over(at) is over


def test_a_short_badge_does_not_run_out_by_itself():
    assert not signed.Badge("0" * 26).is_over(datetime(2099, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    "change",
    [{"event_id": 2**24}, {"generation": 256}, {"key": 256}, {"ends_on": date(1999, 12, 31)}],
)
def test_what_does_not_fit_is_left_to_the_short_code(change):
    assert signed.sign(Scope(**vars(SCOPE) | change), keys=KEYS) is None


@pytest.mark.parametrize(
    ("code", "modules"),
    [(tokens.badge_code(4711, 3, keys=KEYS), 29), (signed.sign(SCOPE, keys=KEYS), 45)],
)
def test_the_code_stays_in_the_compact_mode(code, modules):
    # Version 3 and version 7 at error correction M; 8-bit letters would take version 10.
    assert len(qr.matrix(tokens.badge_url(ADDRESS, code))) == modules
