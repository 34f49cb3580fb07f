"""What follows the facts of other slices; `reactions.py` says which."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from eventapp.directory import commands as directory
from eventapp.directory.models import CommitmentKind
from eventapp.invites import commands as invites
from eventapp.invites import queries as invited
from eventapp.invites.commands import InviteAnswered
from eventapp.invites.models import PartStat
from eventapp.kernel import clock
from eventapp.kernel.db import atomic, db
from eventapp.kernel.facts import Fact, record
from eventapp.kernel.refusal import Refused
from eventapp.programme.commands import (
    SessionCancelled,
    SessionChanged,
    SessionMoved,
    SpeakersChanged,
)
from eventapp.programme.rules import appointments
from eventapp.registrations import queries as people
from eventapp.registrations.commands import (
    RegistrationCancelled,
    RegistrationChanged,
    RegistrationDecided,
    RegistrationReplaced,
)
from eventapp.registrations.models import Registration
from eventapp.registrations.models import State as Standing
from eventapp.signups import mails, queries, rules
from eventapp.signups.commands import appointing, leaving, offering
from eventapp.signups.commands.facts import SignUpLeft, SignUpPassedOn
from eventapp.signups.commands.promoting import fill_seats
from eventapp.signups.commands.steps import (
    about,
    engage,
    give_up,
    lock_sessions,
    session_anew,
    settle_offer,
    source_of,
    tell,
    weighed,
)
from eventapp.signups.models import OfferState, SignUp, State
from eventapp.signups.rules import Reason

log = logging.getLogger(__name__)

ON_CALENDARS = frozenset({"title", "abstract"})
APPOINTMENTS = "appointment_minutes"
SEATS = frozenset({"capacity", "overbooking_percent"})


def follow_cancelled(fact: RegistrationCancelled) -> None:
    """Give up the places of somebody who will not take part."""
    leave_all(fact.registration_id, clock.now(), Reason.REGISTRATION_ENDED)


def follow_decided(fact: RegistrationDecided) -> None:
    """Give up the places of somebody who was rejected or put on the reserve list."""
    if fact.state in {Standing.REJECTED, Standing.WAITING}:
        leave_all(fact.registration_id, clock.now(), Reason.REGISTRATION_ENDED)


def follow_replaced(fact: RegistrationReplaced) -> None:
    """Pass the named places on to the person who comes instead, and give up the others."""
    pass_on(fact.registration_id, fact.by_id, clock.now(), session_ids=fact.session_ids)


def follow_readdressed(fact: RegistrationChanged) -> None:
    """Take the sessions off the calendar at an old address and put them on the new one's."""
    if "email" not in fact.columns:
        return
    now = clock.now()
    for row in _standing(fact.registration_id):
        if row.state is State.CONFIRMED:
            invites.hand_over(row.session_id, row.registration_id, now)
            invites.request(row.session, row.registration, now, own=queries.slot_of(row))
            tell(row, row.registration, mails.confirmed)
            continue
        if invites.hand_over(row.session_id, row.registration_id, now):
            invites.pencil_in(row.session, row.registration, now)
            if row.state is State.WAITING:
                tell(row, row.registration, mails.queued)
        if row.state is State.OFFERED:
            tell(row, row.registration, mails.offered)


def follow_moved(fact: SessionMoved) -> None:
    """Raise the invites of a session whose time or room changed; its offers end before it begins.

    Another room may have fewer seats.
    """
    now = clock.now()
    appointing.settle(fact.session_id, now)
    invites.renew(fact.session_id, now)
    offering.revoke_excess(fact.session_id, now)
    offering.reschedule(fact.session_id, now)


def follow_speakers(fact: SpeakersChanged) -> None:
    """Let whoever advises instead have the appointments, and tell those who come."""
    gone = [one for one in fact.old if one not in fact.new]
    new = [one for one in fact.new if one not in fact.old]
    now = clock.now()
    if gone and appointing.settle(fact.session_id, now, dict(zip(gone, new, strict=False))):
        invites.renew(fact.session_id, now)


def follow_changed(fact: SessionChanged) -> None:
    """Raise the invites of a session whose words changed; a calendar shows nothing else of it.

    Where there are fewer seats now, offers beyond them are taken back.
    """
    now = clock.now()
    if APPOINTMENTS in fact.columns:
        appointing.settle(fact.session_id, now)
    if not SEATS.isdisjoint(fact.columns):
        offering.revoke_excess(fact.session_id, now)
    if not {*ON_CALENDARS, APPOINTMENTS}.isdisjoint(fact.columns):
        invites.renew(fact.session_id, now)


def follow_called_off(fact: SessionCancelled) -> None:
    """Let everybody go who had a seat in, or waited for, a session that is cancelled.

    The session's row is locked by what is followed here.
    """
    now = clock.now()
    rows = queries.standing(fact.session_id)
    invites.call_off(fact.session_id, now)
    for row in rows:
        was, row.state, row.changed_at = row.state, State.CANCELLED, now
        row.given_away = False
        if was is State.OFFERED:
            settle_offer(row, OfferState.REVOKED, now)
        reason = Reason.CALLED_OFF.value
        record(SignUpLeft(**about(row, row.session.event_id), was=was.value, reason=reason))
        tell(row, row.registration, mails.left, was=was.value, reason=reason)
    session = session_anew(fact.session_id)
    session.confirmed = session.offered = session.waiting = 0
    directory.free_all_of_kind(source_of(session.id), CommitmentKind.SIGN_UP)
    db.session.flush()


def follow_answered(fact: InviteAnswered) -> None:
    """Give back the place of somebody whose calendar said no, where the event wants it so.

    Nothing, if another answer came since, or the session has begun.
    """
    if fact.answer != PartStat.DECLINED or fact.event_id is None:
        return
    if not queries.policy(fact.event_id).frees_on_decline:
        return
    invite = invited.of(fact.session_id, fact.registration_id)
    held = queries.of(fact.session_id, fact.registration_id)
    if invite is None or invite.answer is not PartStat.DECLINED or held is None:
        return
    if held.state is State.CONFIRMED:
        try:
            leaving.leave_and_promote(held.id, clock.now())
        except Refused as refused:
            log.info("a seat that was declined stays taken: %s", refused)


def fill_after(fact: Fact) -> None:
    """Fill the seats that a fact may have freed, if whoever caused it has not done so."""
    fill_seats(fact.event_id, clock.now())


@atomic
def leave_all(registration_id: int, now: datetime, reason: Reason) -> list[SignUp]:
    """Give up every place of a registration, session by session."""
    people.locked(registration_id)
    rows = _standing(registration_id)
    for row in rows:
        give_up(row, now, reason)
    return rows


@atomic
def pass_on(
    registration_id: int, by_id: int, now: datetime, *, session_ids: Sequence[int]
) -> list[SignUp]:
    """Let a substitute have the named places exactly as they are: seat, or rank in the queue."""
    people.locked(registration_id)
    substitute = people.locked(by_id)
    if substitute is None:
        raise LookupError(f"no registration {by_id}")
    passed = []
    for row in _standing(registration_id):
        if row.session_id in session_ids:
            _hand_over(row, substitute, now)
            passed.append(row)
        else:
            give_up(row, now, Reason.RELEASED)
    return passed


def _standing(registration_id: int) -> list[SignUp]:
    """Lock the sessions of a registration's places, in their order, and return the places."""
    held = [row.session_id for row in queries.of_registration(registration_id)]
    lock_sessions(held)
    return list(queries.of_registration(registration_id))


def _hand_over(row: SignUp, substitute: Registration, now: datetime) -> None:
    old, session = row.registration, row.session
    asked = weighed(session_anew(session.id), substitute, now)
    own = queries.slot_of(row)
    if own is not None:
        asked = replace(asked, slot=own, busy=appointments.clashing(own, asked.busy))
    if refusal := rules.refuse_own(asked):
        raise Refused(refusal, **rules.explain(refusal, asked))
    row.registration_id, row.registration, row.changed_at = substitute.id, substitute, now
    db.session.flush()
    if row.state is State.CONFIRMED:
        directory.free(old.person_id, CommitmentKind.SIGN_UP, source_of(session.id))
        invites.hand_over(session.id, old.id, now)
        engage(substitute.person_id, session, session.activity.title, own)
        invites.request(session, substitute, now, own=own)
    else:
        if invites.hand_over(session.id, old.id, now):
            invites.pencil_in(session, substitute, now)
        if row.state is State.OFFERED:
            offering.pass_offer_on(row, old)
    record(SignUpPassedOn(**about(row, row.session.event_id), old_registration_id=old.id))
    tell(row, row.registration, LETTERS[row.state])


# What tells a substitute of a place that was passed on.
LETTERS = {
    State.CONFIRMED: mails.confirmed,
    State.OFFERED: mails.offered,
    State.WAITING: mails.queued,
}
