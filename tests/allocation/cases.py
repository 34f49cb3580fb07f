"""Problems for the solver: small ones by chance, and a large synthetic demand."""

import random
from datetime import UTC, datetime, timedelta

from eventapp.allocation.rules.problem import Chooser, Offer, Problem

NINE = datetime(2027, 6, 16, 7, tzinfo=UTC)


def offer(name: str, places: int | None, *, block: int = 0, blocks: int = 1, **columns) -> Offer:
    """Make a session of 90 minutes in a block of two hours, or one through several blocks."""
    return Offer(
        id=name,
        activity=columns.pop("activity", f"a-{name}"),
        starts_at=NINE + timedelta(hours=2 * block),
        ends_at=NINE + timedelta(hours=2 * (block + blocks - 1), minutes=90),
        places=places,
        **columns,
    )


def problem(offers, *choosers: Chooser, choices: int = 3, **columns) -> Problem:
    return Problem(choices=choices, offers=offers, choosers=choosers, **columns)


def wants(name: str, wishes: str, **columns) -> Chooser:
    """Make a person with wishes by their names: `wants("ewa", "A B")`."""
    return Chooser(id=name, choices=wishes.split(), **columns)


def demand(
    people: int, blocks: int, sessions: int, *, percent: int = 105, flexible: bool = True,
    organisations: int = 0, seed: int = 1,
) -> Problem:  # fmt: skip
    """Return a demand in which some sessions are far more popular than others."""
    chance = random.Random(seed)
    seats = people * percent // 100
    rows = [
        [
            offer(f"{block}-{number}", seats // sessions + (number < seats % sessions), block=block)
            for number in range(sessions)
        ]
        for block in range(blocks)
    ]
    choosers = []
    for number in range(people):
        wishes: list[str] = []
        for row in rows:
            liked = [
                (chance.random() ** (1 + 0.6 * place), one.id) for place, one in enumerate(row)
            ]
            wishes += [name for _likes, name in sorted(liked, reverse=True)[:3]]
        choosers.append(
            Chooser(
                id=f"p{number:05}", choices=wishes, flexible=flexible,
                organisation=f"o{number % organisations}" if organisations else None,
            )
        )  # fmt: skip
    offers = [one for row in rows for one in row]
    most = 2 if organisations else None
    return Problem(choices=3, offers=offers, choosers=choosers, per_organisation=most)


def by_chance(chance: random.Random) -> Problem:
    """Return a small problem with everything in it that a problem can have."""
    offers = [
        offer(
            f"{block}{name}", chance.choice([0, 1, 1, 2, 3, None]), block=block,
            blocks=chance.choice([1, 1, 1, 2]) if block == 0 else 1,
            activity=chance.choice(["x", "y", f"{block}{name}"]),
            requires=[chance.choice("xy")] if chance.random() < 0.1 else [],
        )
        for block in range(3)
        for name in "ABC"
    ]  # fmt: skip
    names = [one.id for one in offers]
    choosers = [
        Chooser(
            id=f"p{number}",
            choices=chance.sample(names, chance.randint(0, 7)),
            flexible=chance.random() < 0.3,
            organisation=chance.choice([None, "o", "u"]),
            barred=dict.fromkeys(chance.sample(names, chance.randint(0, 2)), "wrong-category"),
            has=["x"] if chance.random() < 0.2 else [],
        )
        for number in range(chance.randint(0, 8))
    ]
    return problem(
        offers,
        *choosers,
        choices=chance.randint(1, 3),
        per_organisation=chance.choice([None, 1, 2]),
    )
