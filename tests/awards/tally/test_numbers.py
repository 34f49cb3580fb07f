"""Numbers are read, written and shown without losing a digit."""

from decimal import Decimal
from fractions import Fraction

import pytest

from eventapp.awards.tally import TallyError, display
from eventapp.awards.tally.numbers import exact, literal, written


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (7, Fraction(7)),
        (-3, Fraction(-3)),
        ("7", Fraction(7)),
        ("7.5", Fraction(15, 2)),
        ("-0.1", Fraction(-1, 10)),
        ("2/3", Fraction(2, 3)),
        ("6/4", Fraction(3, 2)),
        (Decimal("8.25"), Fraction(33, 4)),
        (Fraction(1, 3), Fraction(1, 3)),
        ("999999999999999999", Fraction(10**18 - 1)),
    ],
)
def test_an_exact_number_is_read_as_it_is_written(given, expected):
    assert exact(given, "x") == expected


@pytest.mark.parametrize(
    "given",
    [
        0.5,
        float("nan"),
        True,
        None,
        "",
        " 7",
        "7 ",
        "1e3",
        "NaN",
        "Infinity",
        "7,5",
        "1/0",
        "1/-2",
        "+7",
        ".5",
        "5.",
        "٧",
        "1" * 19,
        "0x10",
        "1_000",
        Decimal("NaN"),
        Decimal("Infinity"),
        [7],
    ],
)
def test_anything_else_is_refused(given):
    with pytest.raises(TallyError, match=r"^The mark must be "):
        exact(given, "The mark")


def test_a_literal_keeps_its_digits():
    assert literal("0.10") == Decimal("0.10")


@pytest.mark.parametrize("digits", ["1e999999999", "1.5E3", "0." + "1" * 19, "1" * 19 + ".5"])
def test_a_literal_that_would_eat_memory_is_refused(digits):
    with pytest.raises(TallyError, match="written plainly"):
        literal(digits)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Fraction(15, 2), "15/2"),
        (Fraction(83), "83"),
        (Fraction(-1, 3), "-1/3"),
        (Decimal("4.500000000"), "4.500000000"),
        (Decimal("0E-9"), "0.000000000"),
        (12, "12"),
    ],
)
def test_numbers_are_written_to_be_read_back(value, expected):
    assert written(value) == expected
    assert exact(expected, "x") == Fraction(value)


@pytest.mark.parametrize(
    ("value", "decimals", "rounding", "expected"),
    [
        (Fraction(633, 8), 2, "half-up", "79.13"),
        (Fraction(633, 8), 2, "half-even", "79.12"),
        (Fraction(633, 8), 2, "down", "79.12"),
        (Fraction(635, 8), 2, "half-even", "79.38"),
        (Fraction(-633, 8), 2, "half-up", "-79.13"),
        (Fraction(-1, 1000), 2, "half-up", "0.00"),
        (Fraction(1, 200), 2, "half-up", "0.01"),
        (Fraction(999999, 1000), 2, "half-up", "1000.00"),
        (Fraction(1, 3), 0, "half-up", "0"),
        (Fraction(5, 2), 0, "half-up", "3"),
        (Fraction(5, 2), 0, "half-even", "2"),
        (Decimal("7.761897672"), 4, "half-up", "7.7619"),
        (78, 1, "half-up", "78.0"),
    ],
)
def test_values_are_shown_rounded_once(value, decimals, rounding, expected):
    assert display(value, decimals, rounding) == expected


def test_display_knows_its_roundings():
    with pytest.raises(TallyError, match="Rounding must be one of half-up, half-even, down"):
        display(1, rounding="up")
