"""The file around a count: strict JSON in, canonical JSON for the hashes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from json.encoder import encode_basestring
from typing import NoReturn

from eventapp.awards.tally.errors import TallyError
from eventapp.awards.tally.numbers import literal, written

# What people do once the votes are known. The rules were frozen before, so their hash must
# not change when the chair speaks, the lot falls or a run-off is held.
ACTS = frozenset({"chair_choice", "lot_seed", "runoff"})


def parse(text: bytes | str) -> object:
    """Read a JSON text strictly: UTF-8, no repeated keys, no NaN, no binary floats."""
    try:
        return json.loads(
            text.decode("utf-8-sig") if isinstance(text, bytes) else text,
            object_pairs_hook=_once,
            parse_float=literal,
            parse_constant=_no_constant,
        )
    except UnicodeDecodeError:
        raise TallyError("The file is not UTF-8 text.") from None
    except json.JSONDecodeError as fault:
        raise TallyError(
            f"The file is not JSON: {fault.msg} in line {fault.lineno}, column {fault.colno}."
        ) from None
    except RecursionError:
        raise TallyError("The file is nested too deeply.") from None
    except TallyError:
        raise
    except ValueError:  # the interpreter's limit on the digits of one integer
        raise TallyError("The file holds a number with too many digits.") from None


def sha256(value: object) -> str:
    """Hash the canonical JSON of *value* (RFC 8785: sorted keys, no spaces, UTF-8)."""
    try:
        return hashlib.sha256(_canonical(value).encode()).hexdigest()
    except UnicodeEncodeError:
        raise TallyError("The input holds a text that is not valid Unicode.") from None
    except RecursionError:
        raise TallyError("The input is nested too deeply.") from None


def rulebook_sha256(rulebook: Mapping[str, object]) -> str:
    """Hash the rules alone, so that the hash frozen when voting opens is that of the result.

    The acts that follow the vote (``chair_choice``, ``lot_seed``, ``runoff``) are left out.
    """
    return sha256({key: value for key, value in rulebook.items() if key not in ACTS})


def _canonical(value: object) -> str:
    """Write JSON in its one canonical form; exact decimals keep all their digits."""
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, Mapping):
        members = sorted(value.items(), key=lambda item: _units(item[0]))
        return "{" + ",".join(f"{_quoted(key)}:{_canonical(held)}" for key, held in members) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join([_canonical(item) for item in value]) + "]"
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Decimal) and value.is_finite():
        return _plain(value)
    if isinstance(value, Fraction):
        return _plain(value)
    raise TallyError(f"The input holds a {type(value).__name__}, which is not exact JSON.")


def _units(key: object) -> bytes:
    """Sort keys by UTF-16 code units, as RFC 8785 asks."""
    return _text(key).encode("utf-16-be")


def _quoted(text: object) -> str:
    return encode_basestring(_text(text))


def _text(key: object) -> str:
    if not isinstance(key, str):
        raise TallyError(f"The input holds a key that is not a text: {str(key)[:40]}.")
    return key


def _plain(number: Decimal | Fraction) -> str:
    """Write 8.50 as ``8.5`` and 10.0 as ``10``; a ratio has no decimal form and stays text."""
    if isinstance(number, Fraction):
        return str(number) if number.denominator == 1 else _quoted(written(number))
    digits = f"{number:f}"
    if "." in digits:
        digits = digits.rstrip("0").rstrip(".")
    return "0" if digits in ("-0", "") else digits


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Refuse an object that says one key twice: nobody could tell which one counts."""
    held: dict[str, object] = {}
    for key, value in pairs:
        if key in held:
            raise TallyError(f"The key {key[:40]!r} stands twice in one object.")
        held[key] = value
    return held


def _no_constant(name: str) -> NoReturn:
    raise TallyError(f"{name} is not a number.")
