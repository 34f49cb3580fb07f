"""When results may be seen: at the embargo's second, not before, by any route."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from eventapp.awards.rules.refusals import AwardRefusal
from eventapp.awards.rules.states import RoundState

if TYPE_CHECKING:
    from eventapp.awards.models import Call, Round


def is_public(call: Call, now: datetime) -> bool:
    """Tell whether everybody may see the results."""
    return refuse_results(call, now) is None


def refuse_results(call: Call, now: datetime) -> AwardRefusal | None:
    """Return why the results may not be shown to everybody yet."""
    if call.embargo_until is not None and now < call.embargo_until:
        return AwardRefusal.EMBARGO
    return AwardRefusal.NOT_PUBLISHED if call.published_at is None else None


def refuse_publication(
    call: Call, rounds: Sequence[Round], open_ties: Sequence[int]
) -> AwardRefusal | None:
    """Return why the results may not be published; *open_ties* are rounds' ids."""
    if call.published_at is not None:
        return AwardRefusal.ALREADY_PUBLISHED
    if not rounds or any(each.state is not RoundState.COUNTED for each in rounds):
        return AwardRefusal.NOT_COUNTED
    if open_ties:
        return AwardRefusal.UNDECIDED
    return AwardRefusal.NO_EMBARGO if call.embargo_until is None else None
