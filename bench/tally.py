"""Counting large votes, each in its worst ordinary size: a panel, a congress, a town."""

import random
import time
from collections import Counter
from typing import Any

from eventapp.awards import tally

JURORS, ENTRIES, CRITERIA = 15, 200, 8
CANDIDATES, BALLOTS = 100, 10_000
TOWN, VOTERS, SEATS = 12, 13_000, 4
NORMALISATIONS = ("none", "zscore-fit", "additive", "rank")

Json = dict[str, Any]


def panel(normalise: str) -> Json:
    """Return the cards of a jury, a tenth of them recused, counted with *normalise*."""
    chance = random.Random(1)
    criteria = [
        {"id": f"c{number}", "weight": number + 1, "min": 0, "max": 10}
        for number in range(CRITERIA)
    ]
    entries = [f"N{number}" for number in range(ENTRIES)]
    jurors, ballots = [], []
    for number in range(JURORS):
        recused = chance.sample(entries, ENTRIES // 10)
        juror = f"J{number}"
        jurors.append({"id": juror, "role": "member", "present": True, "recused": recused})
        for entry in entries:
            if entry not in recused:
                marks = {one["id"]: chance.randint(0, 10) for one in criteria}
                ballots.append({"juror": juror, "scores": {entry: marks}})
    rulebook = {"method": "weighted-scores", "criteria": criteria, "normalise": normalise}
    return {"rulebook": rulebook, "entries": entries, "jurors": jurors, "ballots": ballots}


def congress() -> Json:
    """Return full rankings of 100 candidates, no two of them alike."""
    chance = random.Random(2)
    entries = [f"C{number:03}" for number in range(CANDIDATES)]
    ballots = [
        {"count": 1, "ranking": [[entry] for entry in chance.sample(entries, CANDIDATES)]}
        for _ in range(BALLOTS)
    ]
    rulebook = {"method": "schulze", "ties": ["ex-aequo"]}
    return {"rulebook": rulebook, "entries": entries, "jurors": [], "ballots": ballots}


def town() -> Json:
    """Return the papers of a town that elects four of twelve, of every length."""
    chance = random.Random(3)
    entries = [f"K{number:02}" for number in range(TOWN)]
    papers = Counter(tuple(chance.sample(entries, chance.randint(1, TOWN))) for _ in range(VOTERS))
    ballots = [
        {"count": count, "ranking": [[entry] for entry in paper]} for paper, count in papers.items()
    ]
    rulebook = {"method": "stv", "seats": SEATS, "variant": "scottish", "ties": ["ex-aequo"]}
    return {"rulebook": rulebook, "entries": entries, "jurors": [], "ballots": ballots}


def measure() -> dict[str, object]:
    """Count each of them once; seconds of the processor, hashing and reading included."""
    return {
        "panel_s": {each: _seconds(panel(each)) for each in NORMALISATIONS},
        "schulze_s": _seconds(congress()),
        "stv_s": _seconds(town()),
    }


def _seconds(voted: Json) -> float:
    begun = time.process_time()
    tally.count(voted["rulebook"], voted["entries"], voted["jurors"], voted["ballots"])
    return round(time.process_time() - begun, 2)
