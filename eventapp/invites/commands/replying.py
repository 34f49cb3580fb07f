"""What calendars answer to invites, read out of the messages that come in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from eventapp.invites import queries, rules
from eventapp.invites.models import Status
from eventapp.invites.rules import replies
from eventapp.invites.rules.replies import ReplyRefusal
from eventapp.kernel import envelope, inbound
from eventapp.kernel.arrived import Arrived
from eventapp.kernel.db import atomic
from eventapp.kernel.envelope import Forged, Purpose
from eventapp.kernel.facts import Fact, record
from eventapp.kernel.inbound import Outcome


@dataclass(frozen=True, kw_only=True)
class InviteAnswered(Fact):
    """A person's calendar answered an invite."""

    kind: ClassVar[str] = "invite-answered"
    session_id: int
    registration_id: int
    answer: str
    sequence: int


def read_reply(message: Arrived, now: datetime) -> Outcome:
    """Note the answer in a message, if it comes from whom it should."""
    return _replied(message, now, vouched=False)


def read_vouched(message: Arrived, now: datetime) -> Outcome:
    """Note the answer in a message for whose sender somebody vouches."""
    return _replied(message, now, vouched=True)


def _replied(message: Arrived, now: datetime, *, vouched: bool) -> Outcome:
    piece = message.calendars[0]
    try:
        number = envelope.number_of(Purpose.REPLY, message.recipients)
        reply = replies.read(piece.content, piece.method, message.sender)
    except Forged:
        return Outcome(reason=ReplyRefusal.FORGED)
    except replies.BadReply as bad:
        return Outcome(reason=bad.reason)
    invite = queries.by_uid(reply.uid)
    if invite is None:
        return Outcome(reason=ReplyRefusal.UNKNOWN)
    found: dict[str, Any] = {
        "event_id": invite.event_id,
        "about": f"registration:{invite.registration_id}",
    }
    if number not in {None, invite.id}:
        return Outcome(**found, reason=ReplyRefusal.OTHER_TAG)
    proof = replies.source(reply, invite, message.sender, tagged=number is not None)
    if proof is replies.Source.STRANGER and not vouched:
        return Outcome(**found, reason=ReplyRefusal.WRONG_SENDER)
    refusal = answer(invite.id, reply, message.sent_at or now, now)
    known = refusal is ReplyRefusal.KNOWN
    return Outcome(**found, reason=refusal, ignored=known)


@atomic
def answer(
    invite_id: int, reply: replies.Reply, sent_at: datetime, now: datetime
) -> ReplyRefusal | None:
    """Let a calendar's answer stand on its invite; return why it does not.

    *sent_at* stands in for a time stamp that the calendar left out.
    """
    invite = queries.locked(invite_id)
    session = invite.session
    told = rules.Shape.read(invite.told)
    shape = rules.shape(session, queries.appointment(invite, session))
    stamped_at = reply.stamped_at or sent_at
    refusal = replies.refuse_reply(
        reply,
        invite,
        now,
        stands=invite.status is not Status.CANCELLED,
        same_time=told.same_time(shape),
        stamped_at=stamped_at,
    )
    if refusal is not None:
        return refusal
    invite.answer = invite.partstat = reply.answer
    invite.answer_sequence, invite.answered_at = reply.sequence, stamped_at
    record(
        InviteAnswered(
            event_id=invite.event_id,
            subject=f"registration:{invite.registration_id}",
            session_id=invite.session_id,
            registration_id=invite.registration_id,
            answer=reply.answer.value,
            sequence=reply.sequence,
        )
    )
    return None


inbound.reader(
    inbound.Reader(
        "replies",
        wants=lambda message: bool(message.calendars),
        read=read_reply,
        release=read_vouched,
        reasons=ReplyRefusal,
        rank=20,
    )
)
