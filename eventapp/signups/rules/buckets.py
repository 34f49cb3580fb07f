"""Seats of a session split among groups of categories, with the rest for whoever comes.

A bucket is ``{"group", "least", "preferred", "most"}``: so many seats are kept for the group, so
many it may have at most (None: no limit), and below `preferred` its people go before others. What
the buckets do not keep is one flexible bucket for all.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

Bucket = Mapping[str, Any]
Counts = Mapping[str | None, int]


class Seated(NamedTuple):
    """Somebody who has a seat, or is asked whether to take one."""

    name: str
    group: str | None
    ticket: int


def admits(buckets: Sequence[Bucket], counts: Counts, capacity: int | None) -> bool:
    """Tell whether so many of each group fit, with what is kept for others left free."""
    for each in buckets:
        if each["most"] is not None and counts.get(each["group"], 0) > each["most"]:
            return False
    if capacity is None:
        return True
    kept = sum(max(0, each["least"] - counts.get(each["group"], 0)) for each in buckets)
    return sum(counts.values()) + kept <= capacity


def fits(
    buckets: Sequence[Bucket], counts: Counts, capacity: int | None, group: str | None
) -> bool:
    """Tell whether one more of a group fits."""
    return admits(buckets, {**counts, group: counts.get(group, 0) + 1}, capacity)


def is_preferred(buckets: Sequence[Bucket], counts: Counts, group: str | None) -> bool:
    """Tell whether a group has fewer seats than it is meant to have."""
    return any(
        each["group"] == group and counts.get(group, 0) < (each["preferred"] or each["least"])
        for each in buckets
    )


def misfits(
    buckets: Sequence[Bucket], seated: Sequence[Seated], capacity: int | None
) -> list[Seated]:
    """List who would have no seat any more, had the buckets been so: whoever came last."""
    counts: Counter[str | None] = Counter()
    found = []
    for one in sorted(seated, key=lambda each: each.ticket):
        if fits(buckets, counts, capacity, one.group):
            counts[one.group] += 1
        else:
            found.append(one)
    return found


def spare(buckets: Sequence[Bucket], capacity: int | None) -> int | None:
    """Return how many seats are kept for no group; None: no limit."""
    return None if capacity is None else capacity - sum(each["least"] for each in buckets)
