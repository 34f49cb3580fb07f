"""What an event and a session ask of sign-ups, besides the columns of the session itself."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple, Protocol

from eventapp.signups.rules.refusals import PolicyRefusal, TermsRefusal


class Promotion(StrEnum):
    """What becomes of a freed seat: given to the first in the queue, or offered for an answer."""

    AUTO = "auto"
    OFFER = "offer"


class Overlap(StrEnum):
    """What having something else at that time does to a sign-up."""

    OFF = "off"
    WARN = "warn"
    REFUSE = "refuse"


class Order(StrEnum):
    """Who in a queue comes first."""

    FIRST_COME = "first-come"
    GROUP_FIRST = "group-first"
    ONE_EACH = "one-each"
    LOTTERY = "lottery"


class Policy(NamedTuple):
    """What one event asks; a working day is a number from 1 (Monday), hours are minutes of a day.

    `rounds` are pairs of ``{"from": moment, "most": number or None}``, in their order: from then
    on each person may have so many places. With `frees_on_decline` a calendar's "no" gives the
    place back.
    """

    promotion: str = Promotion.AUTO
    offer_minutes: int = 720
    reminder_minutes: int = 120
    last_call_minutes: int = 60
    work_days: Sequence[int] = (1, 2, 3, 4, 5)
    work_from: int = 8 * 60
    work_until: int = 20 * 60
    overlap: str = Overlap.REFUSE
    limit_per_person: int | None = None
    limit_per_topic: int | None = None
    rounds: Sequence[Mapping[str, Any]] = ()
    frees_on_decline: bool = False


class Terms(NamedTuple):
    """What one session asks.

    `required_ids` are activities, of one of which a seat is needed; `category_ids` are those that
    may come, none means all. `opens_before` and `closes_before` are minutes before the start. A
    lottery was drawn with its seed, among the tickets up to `lottery_ticket`. For `buckets` see
    the module of this name.
    """

    opens_before: int | None = None
    closes_before: int | None = None
    category_ids: Sequence[int] = ()
    required_ids: Sequence[int] = ()
    limit_per_organisation: int | None = None
    queue_order: str = Order.FIRST_COME
    priority_group: str | None = None
    lottery_seed: str | None = None
    lottery_ticket: int | None = None
    buckets: Sequence[Mapping[str, Any]] = ()


def refuse_policy(policy: Policy) -> PolicyRefusal | None:
    """Return why an event cannot ask that, or None: hours and rounds go forward in time."""
    if policy.work_until <= policy.work_from:
        return PolicyRefusal.HOURS_END_FIRST
    begins = [datetime.fromisoformat(each["from"]) for each in policy.rounds]
    if begins != sorted(set(begins)):
        return PolicyRefusal.ROUNDS_NOT_RISING
    return None


def refuse_asking(terms: Terms) -> TermsRefusal | None:
    """Return why a session cannot ask that, whoever has signed up, or None."""
    if terms.queue_order == Order.GROUP_FIRST and not terms.priority_group:
        return TermsRefusal.NO_PRIORITY_GROUP
    if terms.queue_order == Order.LOTTERY and terms.closes_before is None:
        return TermsRefusal.NEVER_CLOSES
    for each in terms.buckets:
        given = (each["least"], each["preferred"], each["most"])
        numbers = [number for number in given if number is not None]
        if numbers != sorted(numbers):
            return TermsRefusal.NOT_RISING
    return None


class Round(NamedTuple):
    """A stage of sign-up: how many places each may have until the next one opens, if any."""

    most: int | None
    next_at: datetime | None


class Windowed(Protocol):
    """What a window of sign-up is reckoned from."""

    @property
    def starts_at(self) -> datetime:
        """When it begins."""

    @property
    def sign_up_opens_at(self) -> datetime | None:
        """From when people may sign up, if a moment is named."""

    @property
    def sign_up_closes_at(self) -> datetime | None:
        """Until when people may sign up, if a moment is named."""


def opens_at(session: Windowed, terms: Terms) -> datetime | None:
    """Return from when people may sign up: the moment that is named, else so long before."""
    if session.sign_up_opens_at is not None or terms.opens_before is None:
        return session.sign_up_opens_at
    return session.starts_at - timedelta(minutes=terms.opens_before)


def closes_at(session: Windowed, terms: Terms) -> datetime | None:
    """Return until when people may sign up: the moment that is named, else so long before."""
    if session.sign_up_closes_at is not None or terms.closes_before is None:
        return session.sign_up_closes_at
    return session.starts_at - timedelta(minutes=terms.closes_before)


def present_round(rounds: Sequence[Mapping[str, Any]], now: datetime) -> Round:
    """Return how many places each may have at *now*; none before the first round opens."""
    if not rounds:
        return Round(None, None)
    most: int | None = 0
    for each in rounds:
        begins = datetime.fromisoformat(each["from"])
        if begins > now:
            return Round(most, begins)
        most = each["most"]
    return Round(most, None)
