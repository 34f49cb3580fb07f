"""Exact least squares for a table of marks: mark = entry + juror.

The normal equations leave the entries out first: given the jurors' effects, the best value of an
entry is the mean of its marks less those effects. What remains is one linear system over the
jurors, solved in fractions; its last row is replaced by "the effects sum to 0".
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

Matrix = list[list[Fraction]]


def least_squares(
    marks: Mapping[str, Mapping[str, Fraction]],
) -> tuple[dict[str, Fraction], dict[str, Fraction]]:
    """Give the value of each entry and the effect of each juror.

    *marks* is entry → juror → mark; entries must be connected through their jurors.
    """
    jurors = sorted({juror for held in marks.values() for juror in held})
    solved = _solve(_juror_equations(marks, jurors)) if jurors else []
    effects = dict(zip(jurors, solved, strict=True))
    values = {
        entry: Fraction(sum(mark - effects[juror] for juror, mark in held.items()), len(held))
        for entry, held in marks.items()
    }
    return values, effects


def _juror_equations(marks: Mapping[str, Mapping[str, Fraction]], jurors: list[str]) -> Matrix:
    """Set up one equation a juror; the last column is the right-hand side."""
    place = {juror: number for number, juror in enumerate(jurors)}
    rows = [[Fraction(0)] * (len(jurors) + 1) for _ in jurors]
    for held in marks.values():
        average = Fraction(sum(held.values()), len(held))
        for juror, mark in held.items():
            row = rows[place[juror]]
            row[place[juror]] += 1
            row[-1] += mark - average
            for other in held:
                row[place[other]] -= Fraction(1, len(held))
    rows[-1] = [Fraction(1)] * len(jurors) + [Fraction(0)]
    return rows


def _solve(rows: Matrix) -> list[Fraction]:
    """Solve a regular system by Gauss and Jordan; exact, so any pivot but 0 will do."""
    for column in range(len(rows)):
        pivot = next(row for row in range(column, len(rows)) if rows[row][column])
        rows[column], rows[pivot] = rows[pivot], rows[column]
        head = rows[column][column]
        rows[column] = [value / head for value in rows[column]]
        for number, row in enumerate(rows):
            if number != column and row[column]:
                rows[number] = _less(row, rows[column], row[column])
    return [row[-1] for row in rows]


def _less(row: list[Fraction], other: list[Fraction], times: Fraction) -> list[Fraction]:
    """Subtract *times* the other row."""
    return [value - times * taken for value, taken in zip(row, other, strict=True)]
