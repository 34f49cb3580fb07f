"""Changes of seats and queues.

Locks are taken in one order everywhere: the person, then sessions by id, then rows. The
seat itself is one guarded statement on the session's row. Filling a freed seat is a
transaction of its own, after the one that freed it.
"""

from eventapp.signups.commands.advising import write_service_card
from eventapp.signups.commands.appointing import appoint, book, rebook
from eventapp.signups.commands.asking import KEEPERS, set_policy, set_terms
from eventapp.signups.commands.facts import (
    AppointmentChanged,
    LastCallMade,
    OfferClaimed,
    OfferLapsed,
    OfferRevoked,
    ServiceCardWritten,
    SignUpConfirmed,
    SignUpFact,
    SignUpLeft,
    SignUpOffered,
    SignUpPassedOn,
    SignUpPromoted,
    SignUpQueued,
)
from eventapp.signups.commands.following import (
    fill_after,
    follow_answered,
    follow_called_off,
    follow_cancelled,
    follow_changed,
    follow_decided,
    follow_moved,
    follow_readdressed,
    follow_replaced,
    follow_speakers,
    leave_all,
    pass_on,
)
from eventapp.signups.commands.handing_over import hand_over, seat_now
from eventapp.signups.commands.leaving import (
    decline_and_promote,
    leave,
    leave_and_promote,
    release,
    release_and_promote,
)
from eventapp.signups.commands.offering import (
    call_everybody,
    claim,
    decline,
    lapse,
    remind,
)
from eventapp.signups.commands.promoting import fill_seats, promote, promote_first
from eventapp.signups.commands.steps import QueueMoved
from eventapp.signups.commands.taking import allot, enter, sign_up

__all__ = [
    "KEEPERS",
    "AppointmentChanged",
    "LastCallMade",
    "OfferClaimed",
    "OfferLapsed",
    "OfferRevoked",
    "QueueMoved",
    "ServiceCardWritten",
    "SignUpConfirmed",
    "SignUpFact",
    "SignUpLeft",
    "SignUpOffered",
    "SignUpPassedOn",
    "SignUpPromoted",
    "SignUpQueued",
    "allot",
    "appoint",
    "book",
    "call_everybody",
    "claim",
    "decline",
    "decline_and_promote",
    "enter",
    "fill_after",
    "fill_seats",
    "follow_answered",
    "follow_called_off",
    "follow_cancelled",
    "follow_changed",
    "follow_decided",
    "follow_moved",
    "follow_readdressed",
    "follow_replaced",
    "follow_speakers",
    "hand_over",
    "lapse",
    "leave",
    "leave_all",
    "leave_and_promote",
    "pass_on",
    "promote",
    "promote_first",
    "rebook",
    "release",
    "release_and_promote",
    "remind",
    "seat_now",
    "set_policy",
    "set_terms",
    "sign_up",
    "write_service_card",
]
