"""The demo seminar's jury: 153 ballots, six recusals, one absence, one exact tie."""

import json
from pathlib import Path
from typing import Any

import pytest

import eventapp
from eventapp.awards.tally import Result, Status, count, display

SEMINAR = json.loads(
    Path(eventapp.__file__).with_name("demo").joinpath("demo_seminar.json").read_text("utf-8")
)
AWARDS = SEMINAR["awards"]
EXPECTED = SEMINAR["expected"]
CATEGORIES = [category["id"] for category in AWARDS["categories"]]


def counted(category: str, **over: Any) -> Result:
    """Count one category of the demo from what jurors, the chair and the office did."""
    entries = [
        nomination["id"]
        for nomination in AWARDS["nominations"]
        if nomination["category"] == category
        and nomination["status"] in ("accepted", "accepted_after_completion")
    ]
    rulebook = {**AWARDS["rulebook"], "criteria": criteria(category), **acts(category), **over}
    return count(rulebook, entries, jury(category), ballots(entries))


def criteria(category: str) -> list[dict[str, Any]]:
    scale = {"min": AWARDS["rules"]["scale_min"], "max": AWARDS["rules"]["scale_max"]}
    found = next(each for each in AWARDS["categories"] if each["id"] == category)
    return [{"id": each["id"], "weight": each["weight"], **scale} for each in found["criteria"]]


def jury(category: str) -> list[dict[str, Any]]:
    away = {absence["juror"] for absence in AWARDS["absences"] if absence["category"] == category}
    return [
        {
            "id": juror["id"],
            "role": juror["role_code"],
            "present": juror["id"] not in away,
            "recused": [
                conflict["nomination"]
                for conflict in AWARDS["conflicts"]
                if conflict["juror"] == juror["id"]
            ],
        }
        for juror in AWARDS["jurors"]
    ]


def ballots(entries: list[str]) -> list[dict[str, Any]]:
    """The ballots on these entries; voided ones lie elsewhere in the file and never come here."""
    return [
        {"juror": ballot["juror"], "scores": {ballot["nomination"]: ballot["scores"]}}
        for ballot in AWARDS["ballots"]
        if ballot["nomination"] in entries
    ]


def acts(category: str) -> dict[str, Any]:
    for decision in AWARDS["chair_decisions"]:
        if decision["category"] == category:
            return {"chair_choice": {"order": [decision["choice"]], "reason": decision["basis"]}}
    return {}


@pytest.mark.parametrize("category", CATEGORIES)
def test_the_ranking_is_that_of_the_oracle(category):
    result = counted(category, ties=[])

    found = [
        {
            "nomination": entry,
            "ballots": len(result.tables["cards"][entry]),
            "mean": float(display(result.values[entry], 2, "half-up")),
            "place_before_tiebreak": result.places[entry],
        }
        for tier in result.ranking
        for entry in tier
    ]
    assert found == EXPECTED["awards_ranking"][category]


@pytest.mark.parametrize("decision", EXPECTED["awards_decisions"], ids=CATEGORIES)
def test_the_decisions_are_those_of_the_oracle(decision):
    result = counted(decision["category"])

    steps = [line for line in result.ties if set(line.tied) & set(result.verdict.winners)]
    found = {
        "category": decision["category"],
        "winner": result.verdict.winners[0],
        "tiebreak": steps[0].step if steps else None,
        "tied": list(steps[0].tied) if steps else [],
        "distinctions": list(result.verdict.distinctions or ()),
    }
    assert found == decision
    assert result.verdict.status is Status.DECIDED
    assert len(result.verdict.winners) == 1


@pytest.mark.parametrize("category", CATEGORIES)
def test_every_entry_met_its_quorum(category):
    result = counted(category)

    assert result.quorum.body.met is True
    assert result.unranked == {}


def test_the_categories_hold_every_ballot_once():
    cards = [counted(category).tables["cards"] for category in CATEGORIES]

    assert sum(len(held) for table in cards for held in table.values()) == 153


def test_the_tie_waits_for_the_chair():
    result = counted("K4", chair_choice={"order": ["N14"], "reason": "another tie"})

    assert result.verdict.status is Status.TIED
    assert result.verdict.winners == ("N13", "N15")


def test_the_chairs_act_is_in_the_log():
    (line,) = counted("K4").ties

    assert (line.step, line.tied, line.left) == ("chair", ("N13", "N15"), ("N13",))
    assert line.inputs == {
        "order": ("N13",),
        "reason": AWARDS["chair_decisions"][0]["basis"],
        "by": "J1",
    }


def test_the_voided_ballot_would_have_changed_the_mean():
    voided = AWARDS["voided_ballots"][0]
    entry = voided["nomination"]
    result = counted("K3")

    assert voided["juror"] not in result.tables["cards"][entry]
    assert result.shown()[entry] == "59.00"
