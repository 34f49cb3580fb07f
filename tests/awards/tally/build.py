"""Builders of small counts: a rulebook of one criterion, cards as a table of marks."""

from collections.abc import Iterable, Mapping
from typing import Any

from eventapp.awards.tally import Result, count

Marks = Mapping[str, Mapping[str, Any]]  # juror → entry → mark


def criterion(key: str = "c", **over: Any) -> dict[str, Any]:
    return {"id": key, "weight": 1, "min": 0, "max": 10, **over}


def rulebook(**over: Any) -> dict[str, Any]:
    return {"method": "weighted-scores", "criteria": [criterion()], "scale": "raw", **over}


def jurors(names: Iterable[str], **roles: Any) -> list[dict[str, Any]]:
    """Jurors of the given names; a keyword overrides one juror's keys."""
    return [{"id": name, **roles.get(name, {})} for name in names]


def cards(marks: Marks) -> list[dict[str, Any]]:
    """One ballot a juror; a plain mark is one on criterion c."""
    return [
        {"juror": juror, "scores": {entry: _card(mark) for entry, mark in held.items()}}
        for juror, held in marks.items()
    ]


def scored(marks: Marks, panel: list[dict[str, Any]] | None = None, **over: Any) -> Result:
    """Count a table of marks; entries and jurors are those it names, unless given."""
    entries = over.pop("entries", None) or sorted({e for held in marks.values() for e in held})
    return count(rulebook(**over), entries, panel or jurors(marks), cards(marks))


def columns(**entries: Iterable[Any]) -> dict[str, dict[str, Any]]:
    """Turn entry → marks of J1, J2, … into a table of marks; None is no card."""
    table: dict[str, dict[str, Any]] = {}
    for entry, given in entries.items():
        for number, mark in enumerate(given, start=1):
            if mark is not None:
                table.setdefault(f"J{number}", {})[entry] = mark
    return table


def _card(mark: Any) -> Any:
    return mark if isinstance(mark, Mapping) else {"c": mark}
