"""Changes of invites.

``inviting`` what calendars are told, from the first invite to the last · ``replying`` what they
answer.
"""

from eventapp.invites.commands.inviting import (
    Reached,
    announce,
    announce_to,
    call_off,
    follow_renamed,
    hand_over,
    pencil_in,
    rebook,
    renew,
    request,
    reseat,
    withdraw,
)
from eventapp.invites.commands.replying import (
    InviteAnswered,
    answer,
    read_reply,
    read_vouched,
)

__all__ = [
    "InviteAnswered",
    "Reached",
    "announce",
    "announce_to",
    "answer",
    "call_off",
    "follow_renamed",
    "hand_over",
    "pencil_in",
    "read_reply",
    "read_vouched",
    "rebook",
    "renew",
    "request",
    "reseat",
    "withdraw",
]
