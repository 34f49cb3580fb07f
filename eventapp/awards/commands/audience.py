"""The audience's vote: a right is struck off a roll, a number rises, and nothing joins the two.

There is no row for a vote, so none can be traced to who gave it; and no fact, for a log of who
voted in which order beside a log of numbers would join them again.
"""

from datetime import datetime

from sqlalchemy import func, update

from eventapp.awards import queries, rules
from eventapp.awards.commands.acts import CallChanged, tell
from eventapp.awards.models import AudienceRight, Call, Nomination
from eventapp.awards.rules.refusals import AwardRefusal
from eventapp.awards.rules.states import NominationState, PublicVote
from eventapp.kernel.db import atomic, db
from eventapp.kernel.refusal import Refused
from eventapp.registrations.models import Registration


@atomic
def vote_by_badge(call_id: int, registration_id: int, nomination_id: int, now: datetime) -> None:
    """Give the one vote of somebody who was checked in at the door."""
    call = db.session.get_one(Call, call_id)
    registration = db.session.get_one(Registration, registration_id)
    has_badge = registration.event_id == call.event_id
    came = queries.came(registration_id)
    if refusal := rules.audience.refuse_right(call, has_badge=has_badge, came=came):
        raise Refused(refusal)
    _vote(call, queries.audience_right(call_id, registration_id), nomination_id, now)


@atomic
def vote_openly(call_id: int, browser: str, nomination_id: int, now: datetime) -> None:
    """Give a vote where everybody may: one for each browser, which is no more than a courtesy."""
    call = db.session.get_one(Call, call_id)
    if call.public_vote is PublicVote.BADGE:
        raise Refused(AwardRefusal.BADGE_NEEDED)
    _vote(call, queries.audience_right(call_id, browser), nomination_id, now)


def _vote(call: Call, key: str, nomination_id: int, now: datetime) -> None:
    entries = {each.id for each in queries.nominations(call.id, {NominationState.ACCEPTED})}
    used = queries.has_voted(call.id, key)
    if refusal := rules.audience.refuse_vote(call, nomination_id, entries, used=used, now=now):
        raise Refused(refusal)
    # Two tabs at once: the roll's key lets one of them in, the other is replayed and refused.
    db.session.add(AudienceRight(call_id=call.id, key=key))
    db.session.flush()
    one_more = func.coalesce(Nomination.public_votes, 0) + 1
    db.session.execute(
        update(Nomination)
        .where(Nomination.id == nomination_id)
        .values(public_votes=one_more)
        .execution_options(synchronize_session=False)
    )


@atomic
def set_public_vote(
    call_id: int, way: PublicVote, opens_at: datetime | None, closes_at: datetime | None
) -> Call:
    """Say how and when the audience votes; not any more once somebody has."""
    call = db.session.get_one(Call, call_id, with_for_update=True)
    if call.public_vote is not PublicVote(way) and queries.votes_given(call_id):
        raise Refused(AwardRefusal.VOTE_BEGUN)
    call.public_vote = PublicVote(way)
    call.public_vote_opens_at, call.public_vote_closes_at = opens_at, closes_at
    tell(CallChanged(event_id=call.event_id, subject=f"call:{call_id}"))
    return call
