"""Giving a place back."""

from datetime import datetime

from eventapp.kernel.db import atomic
from eventapp.kernel.refusal import Refused
from eventapp.signups import rules
from eventapp.signups.commands import offering
from eventapp.signups.commands.promoting import promote
from eventapp.signups.commands.steps import give_up, held_anew
from eventapp.signups.models import SignUp, State
from eventapp.signups.rules import LeaveRefusal, Reason


@atomic
def leave(sign_up_id: int, now: datetime) -> SignUp:
    """Give a seat or a place in the queue back, as a participant; see `leave_and_promote`."""
    row = held_anew(sign_up_id)
    if refusal := rules.refuse_leave(row, now):
        raise Refused(refusal)
    give_up(row, now, Reason.LEFT)
    return row


@atomic
def release(sign_up_id: int, now: datetime) -> SignUp:
    """Take a place from somebody, as staff may at any time; see `release_and_promote`."""
    row = held_anew(sign_up_id)
    if row.state is State.CANCELLED:
        raise Refused(LeaveRefusal.NOT_SIGNED_UP)
    give_up(row, now, Reason.RELEASED)
    return row


def leave_and_promote(sign_up_id: int, now: datetime) -> SignUp:
    """Give a place back, and let the next in the queue have it before this is answered."""
    row = leave(sign_up_id, now)
    promote(row.session_id, now)
    return row


def release_and_promote(sign_up_id: int, now: datetime) -> SignUp:
    """Take a place from somebody, and let the next in the queue have it at once."""
    row = release(sign_up_id, now)
    promote(row.session_id, now)
    return row


def decline_and_promote(sign_up_id: int, now: datetime) -> SignUp:
    """Turn a seat on offer down, and let the next in the queue have it before this is answered."""
    row = offering.decline(sign_up_id, now)
    promote(row.session_id, now)
    return row
