"""Who in a queue comes first, by the rule that the session has."""

import hashlib
from collections.abc import Collection, Sequence
from typing import NamedTuple

from eventapp.signups.rules.policy import Order, Terms


class InLine(NamedTuple):
    """Somebody in a queue, as its order sees them."""

    sign_up_id: int
    ticket: int
    group: str | None
    organisation_id: int | None


def in_order(people: Sequence[InLine], terms: Terms, seated: Collection[int]) -> list[InLine]:
    """Return the people of a queue in its order; *seated* are organisations that have a seat.

    What the rule does not decide goes by the order of signing up.
    """
    by_ticket = sorted(people, key=lambda one: one.ticket)
    if terms.queue_order == Order.GROUP_FIRST:
        return sorted(by_ticket, key=lambda one: one.group != terms.priority_group)
    if terms.queue_order == Order.ONE_EACH:
        return _one_each(by_ticket, seated)
    if terms.queue_order == Order.LOTTERY and terms.lottery_seed is not None:
        drawn = terms.lottery_ticket or 0
        return sorted(by_ticket, key=lambda one: (one.ticket > drawn, _lot(one, terms)))
    return by_ticket


def _one_each(by_ticket: Sequence[InLine], seated: Collection[int]) -> list[InLine]:
    """Put one person of each organisation that has no seat first; who has none is its own."""
    known, first, rest = set(seated), [], []
    for one in by_ticket:
        if one.organisation_id is None or one.organisation_id not in known:
            first.append(one)
        else:
            rest.append(one)
        if one.organisation_id is not None:
            known.add(one.organisation_id)
    return [*first, *rest]


def _lot(one: InLine, terms: Terms) -> str:
    """Return somebody's lot: who knows the seed can draw it again."""
    drawn = one.ticket > (terms.lottery_ticket or 0)
    return "" if drawn else lot(terms.lottery_seed or "", one.ticket)


def lot(seed: str, ticket: int) -> str:
    """Return the lot of a ticket: the SHA-256 of seed and ticket; the smallest comes first."""
    return hashlib.sha256(f"{seed}:{ticket}".encode()).hexdigest()


def awaits_draw(terms: Terms) -> bool:
    """Tell whether nobody knows yet who is first."""
    return terms.queue_order == Order.LOTTERY and terms.lottery_seed is None
