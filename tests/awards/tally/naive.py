"""A second count of weighted scores, slow and plain, sharing nothing with the product.

It works the other way round: in floats where the product is exact, by alternating averages where
the product solves equations, by counting better cards where the product sorts.
"""

from math import sqrt
from typing import Any

Card = dict[str, Any]


def total(criteria: list[dict[str, Any]], marks: Card, scale: str) -> float:
    weighed = weight = 0.0
    for criterion in criteria:
        if criterion["id"] in marks:
            mark = float(marks[criterion["id"]])
            if scale == "percent":
                span = criterion["max"] - criterion["min"]
                mark = (mark - criterion["min"]) / span * 100
            weighed += criterion["weight"] * mark
            weight += criterion["weight"]
    return weighed / weight


def totals(rules: dict[str, Any], ballots: list[dict[str, Any]]) -> dict[str, dict[str, float]]:
    """juror → entry → total."""
    table: dict[str, dict[str, float]] = {}
    for ballot in ballots:
        for entry, marks in ballot["scores"].items():
            value = total(rules["criteria"], marks, rules["scale"])
            table.setdefault(ballot["juror"], {})[entry] = value
    return table


def of_entry(table: dict[str, dict[str, float]], entry: str) -> list[float]:
    return [held[entry] for held in table.values() if entry in held]


def mean(values: list[float]) -> float:
    return sum(values) / len(values)


def median(values: list[float]) -> float:
    """The value (or the middle of the values) that has as many above as below."""
    left = list(values)
    while len(left) > 2:
        left.remove(max(left))
        left.remove(min(left))
    return mean(left)


def trimmed(values: list[float], drop: int) -> float:
    left = list(values)
    if len(left) - 2 * drop < 3:
        return mean(left)
    for _ in range(drop):
        left.remove(max(left))
        left.remove(min(left))
    return mean(left)


def values(rules: dict[str, Any], entries: list[str], ballots: list[dict[str, Any]]) -> dict:
    table = totals(rules, ballots)
    judged = [entry for entry in entries if of_entry(table, entry)]
    if not judged:
        return {}
    ways = {
        "none": lambda: {e: _aggregated(rules, of_entry(table, e)) for e in judged},
        "zscore-fit": lambda: zscore_fit(table, judged),
        "additive": lambda: additive(table, judged),
        "rank": lambda: rank(table, judged, len(entries)),
    }
    return ways[rules["normalise"]]()


def _aggregated(rules: dict[str, Any], cards: list[float]) -> float:
    ways = {
        "mean": lambda: mean(cards),
        "median": lambda: median(cards),
        "trimmed": lambda: trimmed(cards, rules["trim"]),
        "sum": lambda: sum(cards),
    }
    return ways[rules["aggregate"]]()


def zscore_fit(table: dict[str, dict[str, float]], judged: list[str]) -> dict[str, float]:
    standard = {}
    for juror, held in table.items():
        middle = mean(list(held.values()))
        deviation = sqrt(mean([(value - middle) ** 2 for value in held.values()]))
        flat = deviation < 1e-9
        standard[juror] = {e: 0 if flat else (v - middle) / deviation for e, v in held.items()}
    z = {entry: mean(of_entry(standard, entry)) for entry in judged}
    means = [mean(of_entry(table, entry)) for entry in judged]
    if max(z.values()) - min(z.values()) < 1e-9:
        return dict.fromkeys(judged, (min(means) + max(means)) / 2)
    slope = (max(means) - min(means)) / (max(z.values()) - min(z.values()))
    return {entry: min(means) + slope * (z[entry] - min(z.values())) for entry in judged}


def additive(table: dict[str, dict[str, float]], judged: list[str]) -> dict[str, float]:
    """Alternate: entries from jurors' effects, effects from entries, until nothing moves."""
    effects = dict.fromkeys(table, 0.0)
    worth: dict[str, float] = {}
    for _ in range(20_000):
        worth = {
            entry: mean([held[entry] - effects[j] for j, held in table.items() if entry in held])
            for entry in judged
        }
        found = {j: mean([v - worth[e] for e, v in held.items()]) for j, held in table.items()}
        shift = mean(list(found.values()))
        found = {juror: effect - shift for juror, effect in found.items()}
        moved = max(abs(found[juror] - effects[juror]) for juror in table)
        effects = found
        if moved < 1e-13:
            break
    return {
        entry: mean([held[entry] - effects[j] for j, held in table.items() if entry in held])
        for entry in judged
    }


def rank(table: dict[str, dict[str, float]], judged: list[str], field: int) -> dict[str, float]:
    points: dict[str, list[float]] = {entry: [] for entry in judged}
    for held in table.values():
        if len(held) < 2:
            points = {entry: [0.0] for entry in points} if field == 1 else points
            continue
        for entry, mark in held.items():
            beaten = 0.0
            for other in held:
                if other != entry and held[other] < mark - 1e-9:
                    beaten += 1
                elif other != entry and abs(held[other] - mark) <= 1e-9:
                    beaten += 0.5
            points[entry].append(beaten * (field - 1) / (len(held) - 1))
    return {entry: mean(given) for entry, given in points.items() if given}
