"""JSON from outside, read so that two programs cannot understand it differently."""

import json
import math
from collections.abc import Iterable
from typing import Any

from eventapp.kernel.refusal import N_

MOST_BYTES = 256 * 1024
MOST_DEPTH = 32


class BadJson(ValueError):
    """Bytes that are not JSON as we accept it: a kebab-case code and a sentence."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


def read_json(body: bytes, *, most: int = MOST_BYTES) -> Any:
    """Return the value of a JSON text in UTF-8.

    Refuses what parsers disagree about or databases choke on: NaN and infinities (also
    as ``1e999``), duplicate keys, lone surrogates, NUL, more than 32 levels, more than
    256 kB. Raises `BadJson`.
    """
    if len(body) > most:
        raise BadJson("too-large", N_("This JSON is larger than 256 kB."))
    try:
        value = _DECODER.decode(body.decode())
    except BadJson:
        raise
    except RecursionError:
        raise _too_deep() from None
    except ValueError:  # also UnicodeDecodeError, and integers of thousands of digits
        raise BadJson("not-json", N_("This is not valid JSON in UTF-8.")) from None
    _refuse_depth(value)
    if b"\\u" in body:
        _refuse_escapes(value)
    return value


def _too_deep() -> BadJson:
    return BadJson("too-deep", N_("This JSON is nested deeper than 32 levels."))


def _refuse_depth(value: Any) -> None:
    level = _containers([value])
    for _ in range(MOST_DEPTH):
        level = _containers(child for parent in level for child in _children(parent))
        if not level:
            return
    raise _too_deep()


def _containers(values: Iterable[Any]) -> list[Any]:
    return [value for value in values if isinstance(value, dict | list)]


def _children(parent: dict[str, Any] | list[Any]) -> Iterable[Any]:
    return parent.values() if isinstance(parent, dict) else parent


def _refuse_escapes(value: Any) -> None:
    # Only an escape can smuggle these in: raw bytes were UTF-8, raw controls are refused.
    text = json.dumps(value, ensure_ascii=False)
    if "\\u0000" in json.dumps(value).replace("\\\\", ""):
        raise BadJson("nul", N_("This JSON holds a NUL character."))
    try:
        text.encode()
    except UnicodeEncodeError:
        raise BadJson("lone-surrogate", N_("This JSON holds half a character.")) from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BadJson("duplicate-key", N_("This JSON names one key twice."))
    return found


def _constant(_name: str) -> float:
    raise BadJson("not-a-number", N_("This JSON holds NaN or infinity."))


def _float(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _constant(text)


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant, parse_float=_float)
