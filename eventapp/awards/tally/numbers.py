"""Exact numbers: how they are read, written and shown.

Nothing here is a binary float. A JSON literal such as ``8.5`` is read by its digits, as the
decimal it is written as; a Python ``float`` is refused, because its digits are already lost.
"""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

from eventapp.awards.tally.errors import TallyError

Exact = Fraction | Decimal

# Eighteen digits hold any vote on earth, and keep "1e999999999" from eating the memory.
_DECIMAL = re.compile(r"-?[0-9]{1,18}(?:\.[0-9]{1,18})?")
_RATIO = re.compile(r"(-?[0-9]{1,18})/([0-9]{1,18})")
_ROUNDING = ("half-up", "half-even", "down")


def exact(value: object, name: str) -> Fraction:
    """Read a rule's or ballot's number without losing a digit.

    Accepts an int, a Decimal, a Fraction, or a string such as ``"7.5"`` or ``"2/3"``; *name*
    says in the sentence of a TallyError whose number it is.
    """
    if isinstance(value, bool | float):
        raise TallyError(f"{name} must be an exact number, not {_shown(value)}.")
    if isinstance(value, str):
        return _parsed(value, name)
    if isinstance(value, int | Fraction):
        return Fraction(value)
    if isinstance(value, Decimal) and value.is_finite():
        return Fraction(value)
    raise TallyError(f"{name} must be a number, not {_shown(value)}.")


def literal(digits: str) -> Decimal:
    """Read a JSON number that is not whole; exponents and endless digits are refused."""
    if not _DECIMAL.fullmatch(digits):
        raise TallyError(
            f"The number {digits[:40]} must be written plainly, "
            "with at most 18 digits on each side of the point."
        )
    return Decimal(digits)


def written(value: Exact | int) -> str:
    """Write an exact number so that it can be read back: ``"83"``, ``"15/2"``, ``"7.761898317"``.

    A Decimal keeps its places, for only values that were quantised come as Decimals.
    """
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def display(value: Exact | int, decimals: int = 2, rounding: str = "half-up") -> str:
    """Show an exact number to people, rounded once and at the very end.

    *rounding* is ``half-up`` (a half goes away from zero), ``half-even`` or ``down`` (towards
    zero). The decimal separator is a point; pages put the reader's own in its place.
    """
    if rounding not in _ROUNDING:
        raise TallyError(f"Rounding must be one of {', '.join(_ROUNDING)}, not {rounding!r}.")
    scaled = abs(Fraction(value)) * 10**decimals
    units = scaled.numerator // scaled.denominator
    rest = scaled - units
    if rounding == "half-up" and rest >= Fraction(1, 2):
        units += 1
    if rounding == "half-even":
        units = round(scaled)
    sign = "-" if value < 0 and units else ""
    digits = str(units).rjust(decimals + 1, "0")
    return f"{sign}{digits[:-decimals]}.{digits[-decimals:]}" if decimals else f"{sign}{digits}"


def _parsed(text: str, name: str) -> Fraction:
    """Read ``"7.5"`` or ``"2/3"``."""
    if _DECIMAL.fullmatch(text):
        return Fraction(text)
    ratio = _RATIO.fullmatch(text)
    if ratio and int(ratio[2]):
        return Fraction(int(ratio[1]), int(ratio[2]))
    raise TallyError(f'{name} must be a number such as 7, "7.5" or "2/3", not {_shown(text)}.')


def _shown(value: object) -> str:
    """Quote a faulty value, cut short."""
    return repr(value)[:60]
