"""What a generated seminar is like, and the draft that its makers share."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from tests.reference.count import Json

ZONE = ZoneInfo("Europe/Warsaw")
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Shape:
    """Sizes and rules; `late` to `absent` are probabilities, the other numbers are counts."""

    people: int = 40
    days: int = 2
    blocks: int = 2
    parallel: int = 3
    start: date = date(2026, 6, 10)
    min_percent: int = 80
    waiting_lists: bool = True
    some_lists_off: bool = False
    breaks: bool = True
    walk_ins: int = 2
    cancellations: int = 3
    substitutions: int = 2
    rejected: int = 1
    waitlisted: int = 1
    late: float = 0.05
    exits: float = 0.03
    returns: float = 0.5
    repeats: float = 0.02
    drop_ins: float = 0.0
    absent: float = 0.1
    categories: int = 3
    jurors: int = 7
    scale_max: int = 10
    recusals: int = 2
    voided: int = 1
    tie: bool = False
    tie_broken: bool = True
    quorum_fails: bool = False
    no_award: bool = False


def drawn_shape(rng: Random) -> Shape:
    """Draw a shape of up to 130 people."""
    people = rng.choice([10, 14, 20, 30, 45, 60, 90, 130])
    return Shape(
        people=people,
        days=rng.randint(1, 4),
        blocks=rng.randint(1, 3),
        parallel=rng.randint(2, 4),
        start=date(rng.randint(2026, 2029), rng.randint(1, 12), rng.randint(1, 28)),
        min_percent=rng.choice([50, 60, 75, 80, 80, 85, 90, 100]),
        waiting_lists=rng.random() < 0.8,
        some_lists_off=rng.random() < 0.3,
        breaks=rng.random() < 0.7,
        walk_ins=rng.randint(0, people // 10),
        cancellations=rng.randint(0, people // 8),
        substitutions=rng.randint(0, people // 10),
        rejected=rng.randint(0, 3),
        waitlisted=rng.randint(0, 4),
        late=rng.choice([0, 0.05, 0.2]),
        exits=rng.choice([0, 0.03, 0.15]),
        repeats=rng.choice([0, 0.03]),
        drop_ins=rng.choice([0, 0, 0.05]),
        absent=rng.choice([0.02, 0.1, 0.3]),
        categories=rng.randint(1, 5),
        jurors=rng.randint(3, 9),
        scale_max=rng.choice([10, 10, 10, 5]),
        recusals=rng.randint(0, 3),
        voided=rng.randint(0, 2),
        tie=rng.random() < 0.4,
        tie_broken=rng.random() < 0.7,
        quorum_fails=rng.random() < 0.2,
        no_award=rng.random() < 0.2,
    )


@dataclass
class Draft:
    """A seminar in the making: its chance, its shape and what is already there."""

    rng: Random
    shape: Shape
    seed: int
    sessions: list[Json] = field(default_factory=list)
    organisations: list[Json] = field(default_factory=list)
    people: list[Json] = field(default_factory=list)
    taken: set[datetime] = field(default_factory=set)
    known: set[tuple[str, str, str | None]] = field(default_factory=set)

    def date(self, day: int) -> date:
        """Return the date of the *day* counted from 1; 0 is the eve."""
        return self.shape.start + timedelta(days=day - 1)

    def at(self, day: int, clock: time) -> datetime:
        """Return the moment of *clock* on the *day* counted from 1."""
        return datetime.combine(self.date(day), clock, ZONE)

    def alone(self, at: datetime) -> datetime:
        """Return *at*, or the first second after it in which nothing else is registered."""
        while at in self.taken:
            at += timedelta(seconds=1)
        self.taken.add(at)
        return at


def stamp(at: datetime) -> str:
    """Write a moment with the zone's offset of that day."""
    return at.astimezone(ZONE).isoformat()
