"""Badges: what stands on them, on which page, and which must be printed again."""

import hashlib
import json
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate


class Layout(StrEnum):
    """How badges come out of a printer: cards on A4 to be cut, or one to a page."""

    SHEET = "sheet"
    A6 = "a6"
    CARD = "card"


class BadgeRole(StrEnum):
    """What somebody is at the event, as the badge tells by colour and word."""

    PARTICIPANT = "participant"
    SPEAKER = "speaker"
    JURY = "jury"


class Printed(StrEnum):
    """Whether a badge lies ready: never printed, printed and changed since, as it is now."""

    NEVER = "never"
    CHANGED = "changed"
    READY = "ready"


# How many cards stand beside each other, and how many on a page.
GRID = {Layout.SHEET: (2, 10), Layout.A6: (1, 1), Layout.CARD: (1, 1)}


@dataclass(frozen=True)
class Side:
    """One side of a printed page: which badges stand on it, place by place."""

    back: bool
    places: Sequence[int | None]


def badge_role(person_id: int, speakers: Collection[int], jurors: Collection[int]) -> BadgeRole:
    """Return the role on a badge; who leads a session and sits in the jury is known as leading."""
    if person_id in speakers:
        return BadgeRole.SPEAKER
    return BadgeRole.JURY if person_id in jurors else BadgeRole.PARTICIPANT


def looks(name: str, organisation: str, role: BadgeRole, generation: int, key: int = 0) -> str:
    """Return the hash of what a badge shows in front; another code is another badge.

    *key* is the number of the key that signs it; 0 where none does.
    """
    said = [name, organisation, role.value, generation, *([key] if key else [])]
    shown = json.dumps(said, ensure_ascii=False)
    return hashlib.sha256(shown.encode()).hexdigest()


def printed(now_looks: str, printed_looks: str | None) -> Printed:
    """Tell whether the badge that was printed, if any, still shows what it should."""
    if printed_looks is None:
        return Printed.NEVER
    return Printed.READY if printed_looks == now_looks else Printed.CHANGED


def sides(count: int, layout: Layout, *, backs: bool) -> list[Side]:
    """Return the pages of *count* badges in the order in which a printer takes them.

    A back follows its front with each row turned round, so that paper turned over its long edge
    has every back behind its own front.
    """
    columns, most = GRID[layout]
    pages: list[Side] = []
    for start in range(0, count, most):
        taken = list(range(start, min(start + most, count)))
        front: list[int | None] = taken + [None] * (most - len(taken))
        pages.append(Side(back=False, places=front))
        if backs:
            rows = [front[place : place + columns] for place in range(0, most, columns)]
            pages.append(Side(back=True, places=[one for row in rows for one in row[::-1]]))
    return pages


def packed(ids: Iterable[int]) -> str:
    """Return ids as a short text for an address: each as its distance from the one before."""
    found, before = [], 0
    for one in sorted(set(ids)):
        found.append(str(one - before))
        before = one
    return ".".join(found)


def unpacked(text: str) -> list[int]:
    """Return the ids that `packed` wrote; what is nonsense means nobody."""
    if not re.fullmatch(r"[0-9]{1,9}(?:\.[0-9]{1,9}){0,9999}", text, re.ASCII):
        return []
    found = list(accumulate(int(part) for part in text.split(".")))
    return found if found[-1] < 2**31 else []
