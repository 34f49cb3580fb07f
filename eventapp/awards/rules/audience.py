"""The audience's vote: who has a vote, when, and that it is cast once."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING

from eventapp.awards.rules.refusals import AwardRefusal
from eventapp.awards.rules.states import PublicVote

if TYPE_CHECKING:
    from eventapp.awards.models import Call


def refuse_window(call: Call, now: datetime) -> AwardRefusal | None:
    """Return why the audience does not vote now; the closing second is outside."""
    if call.public_vote is PublicVote.NONE:
        return AwardRefusal.NO_PUBLIC_VOTE
    if call.public_vote_opens_at is None or now < call.public_vote_opens_at:
        return AwardRefusal.VOTE_NOT_OPEN
    if call.public_vote_closes_at is not None and call.public_vote_closes_at <= now:
        return AwardRefusal.VOTE_CLOSED
    return None


def refuse_right(call: Call, *, has_badge: bool, came: bool) -> AwardRefusal | None:
    """Return why this person has no vote: where one badge is one vote, only those who came do."""
    if call.public_vote is not PublicVote.BADGE:
        return None
    if not has_badge:
        return AwardRefusal.BADGE_NEEDED
    return None if came else AwardRefusal.NOT_CHECKED_IN


def refuse_vote(
    call: Call, nomination_id: int, entries: Collection[int], *, used: bool, now: datetime
) -> AwardRefusal | None:
    """Return why this vote is not taken; *entries* are the nominations one may vote for."""
    if refusal := refuse_window(call, now):
        return refusal
    if used:
        return AwardRefusal.VOTED_ALREADY
    return None if nomination_id in entries else AwardRefusal.UNKNOWN_NOMINATION
