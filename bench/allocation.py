"""Places by preference for 5,000 people: a process of its own, so that its memory is its own."""

import json
import random
import resource
import time
from datetime import UTC, datetime, timedelta

from eventapp.allocation.rules.fairness import Figures, figures, first_come
from eventapp.allocation.rules.problem import Chooser, Offer, Problem
from eventapp.allocation.rules.solving import solve

PEOPLE, BLOCKS, SESSIONS, CHOICES = 5000, 6, 12, 3
SEATS = PEOPLE * 105 // 100  # of each block
FIRST = datetime(2027, 6, 14, 8, tzinfo=UTC)


def demand() -> Problem:
    """Return a synthetic demand: some sessions of a block are far more popular than others."""
    chance = random.Random(1)
    rows = [[_offer(block, number) for number in range(SESSIONS)] for block in range(BLOCKS)]
    choosers = [
        Chooser(id=f"p{number:05}", choices=_wishes(chance, rows), flexible=True)
        for number in range(PEOPLE)
    ]
    offers = [one for row in rows for one in row]
    return Problem(choices=CHOICES, offers=offers, choosers=choosers)


def _offer(block: int, number: int) -> Offer:
    starts_at = FIRST + timedelta(hours=2 * block)
    return Offer(
        id=f"{block}-{number}",
        activity=f"{block}-{number}",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=90),
        places=SEATS // SESSIONS + (number < SEATS % SESSIONS),
    )


def _wishes(chance: random.Random, rows: list[list[Offer]]) -> list[str]:
    wishes = []
    for row in rows:
        liked = [(chance.random() ** (1 + 0.6 * place), one.id) for place, one in enumerate(row)]
        wishes += [name for _likes, name in sorted(liked, reverse=True)[:CHOICES]]
    return wishes


def measure() -> dict[str, object]:
    """Solve it, and give the same places by first come as a yardstick."""
    asked = demand()
    begun = time.process_time()
    solution = solve(asked, "bench")
    solving = time.process_time() - begun
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    begun = time.process_time()
    greedy = first_come(asked, "bench")
    yardstick = time.process_time() - begun
    return {
        "people": PEOPLE,
        "blocks": BLOCKS,
        "sessions_per_block": SESSIONS,
        "processor_s": round(solving, 2),
        "memory_mb": round(memory),
        "yardstick": "first come, first served in plain Python",
        "yardstick_s": round(yardstick, 2),
        "ratio": round(solving / yardstick, 1),
        "fair": _shown(figures(asked, solution.outcomes)),
        "first_come": _shown(figures(asked, greedy)),
    }


def _shown(found: Figures) -> dict[str, object]:
    return {
        "first_choices_percent": found.first_percent,
        "without": found.without,
        "not_asked_for": found.elsewhere,
        "worst_off_percent": found.worst,
    }


if __name__ == "__main__":
    print(json.dumps(measure()))
