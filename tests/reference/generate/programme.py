"""The sessions: desks, plenaries, and blocks of parallel ones to choose from."""

from collections.abc import Iterator
from datetime import time
from itertools import count as numbers

from tests.reference.count import Json
from tests.reference.generate.lists import TOPICS
from tests.reference.generate.shape import MINUTE, Draft, stamp

BLOCKS = (time(10, 15), time(13, 30), time(16))
SUPPORTING = {"plenarna", "wykład", "warsztat"}


def sessions(draft: Draft) -> Iterator[Json]:
    """Yield the sessions in order of time, numbered."""
    for number, row in zip(numbers(1), slots(draft), strict=False):
        yield {"id": f"S{number:02d}"} | row | {"title": title(draft, number)}


def slots(draft: Draft) -> Iterator[Json]:
    """Yield each day's desk, plenary and blocks, the ceremony of day 1 and the last closing."""
    for day in range(1, draft.shape.days + 1):
        yield slot(draft, day, time(8, 30), 30, "rejestracja") | {"capacity": None, "speakers": []}
        yield slot(draft, day, time(9), draft.rng.choice([45, 60]), "plenarna")
        for clock in BLOCKS[: draft.shape.blocks]:
            for lane in range(draft.shape.parallel):
                yield parallel(draft, day, clock, lane)
        if day == 1 and draft.shape.categories:
            yield slot(draft, day, time(18, 30), 60, "uroczystość")
    yield slot(draft, draft.shape.days, time(20), draft.rng.choice([30, 45]), "plenarna")


def parallel(draft: Draft, day: int, clock: time, lane: int) -> Json:
    """Return one of the sessions that people choose from; lane 0 is the lecture in the hall."""
    rng, shape = draft.rng, draft.shape
    minutes = rng.choice([60, 75, 90, 120, 150])
    pause = rng.choice([0, 10, 15, 20]) if shape.breaks and minutes > 90 else 0
    form = rng.choice(["warsztat", "warsztat", "konsultacje"]) if lane else "wykład"
    keeps_list = shape.waiting_lists and not (shape.some_lists_off and rng.random() < 0.5)
    return slot(draft, day, clock, minutes, form, lane=lane, pause=pause) | {
        "signup": "required" if lane else "optional",
        "capacity": rng.randint(2, max(2, shape.people // shape.parallel)),
        "waitlist": keeps_list,
    }


def slot(
    draft: Draft, day: int, clock: time, minutes: int, form: str, *, lane: int = 0, pause: int = 0
) -> Json:
    """Return a session for everybody in the room of *lane*, *pause* minutes of it a break."""
    start = draft.at(day, clock)
    supports = form in SUPPORTING
    support = minutes - pause if supports else 0
    return {
        "day": f"D{day}",
        "start": stamp(start),
        "end": stamp(start + minutes * MINUTE),
        "minutes": minutes,
        "break_minutes": pause,
        "support_minutes": support,
        "teaching_hours": round(support / 45, 2),
        "room": f"V1-{lane}",
        "venue": "V1",
        "format": form,
        "signup": "none",
        "capacity": draft.shape.people + 20,
        "waitlist": False,
        "description": {"pl": "Opis zajęć próbnych."},
        "speakers": [f"SP{lane}"],
        "counts_for_certificate": supports and (lane == 0 or draft.rng.random() < 0.9),
        "tags": [],
        "language": "pl",
        "accessibility": [],
        "travel_buffer_minutes": 0,
    }


def title(draft: Draft, number: int) -> Json:
    """Return a title of its own."""
    return {"pl": f"{draft.rng.choice(TOPICS)}: część {number}", "en": f"Part {number}"}
