"""Offering freed seats: each held for one person's answer, near the start for anybody's.

Whoever is offered a seat keeps it until the offer's last moment. What has run out is noted by
whoever comes by first: the worker, somebody who signs up, or the next promotion.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from eventapp.directory import commands as directory
from eventapp.directory.models import CommitmentKind
from eventapp.events.models import Event
from eventapp.kernel import clock, jobs
from eventapp.kernel.db import append, atomic, db
from eventapp.kernel.facts import record
from eventapp.kernel.refusal import Refused
from eventapp.programme import queries as programme
from eventapp.programme.models import Session
from eventapp.programme.rules import effective_capacity
from eventapp.registrations import queries as people
from eventapp.registrations.models import Registration
from eventapp.registrations.models import State as Standing
from eventapp.signups import mails, queries, rules
from eventapp.signups.commands.facts import (
    LastCallMade,
    OfferClaimed,
    OfferLapsed,
    OfferRevoked,
    SignUpOffered,
)
from eventapp.signups.commands.steps import (
    about,
    can_promote,
    give_up,
    held_anew,
    lock_sessions,
    seat,
    session_anew,
    settle_offer,
    source_of,
    tell,
    venue_of,
    weighed,
)
from eventapp.signups.models import Offer, OfferState, SignUp, State
from eventapp.signups.rules import (
    Case,
    LeaveRefusal,
    OfferRefusal,
    Policy,
    Reason,
    SignUpRefusal,
)

# The last moment of an offer still counts.
SETTLED_AFTER = timedelta(seconds=1)


def offer_to(row: SignUp, asked: Case) -> SignUp:
    """Hold a free seat for somebody in the queue, whose person and session are locked."""
    session, now, registration = row.session, asked.now, row.registration
    until = rules.offers.expires_at(asked.policy, session.starts_at, now, _zone_of(session))
    offer_id = append(
        Offer,
        sign_up_id=row.id,
        session_id=session.id,
        registration_id=registration.id,
        state=OfferState.PENDING,
        offered_at=now,
        expires_at=until,
    )
    session.waiting -= 1
    session.offered += 1
    row.state, row.changed_at = State.OFFERED, now
    known = session.offers_until
    session.offers_until = until if known is None else min(known, until)
    db.session.flush()
    hold(registration.person_id, session, until)
    record(SignUpOffered(**about(row, session.event_id), expires_at=until.isoformat()))
    tell(row, registration, mails.offered)
    _follow_up(offer_id, session, until, asked)
    return row


def _zone_of(session: Session) -> ZoneInfo:
    return ZoneInfo(db.session.get_one(Event, session.event_id).timezone)


def _follow_up(offer_id: int, session: Session, until: datetime, asked: Case) -> None:
    """Let the worker come by when the offer runs out, and before, to remind of it."""
    # In no lane: a letter's lane would keep everything behind it waiting until then.
    jobs.enqueue(
        settle,
        run_at=until + SETTLED_AFTER,
        event_id=session.event_id,
        session_id=session.id,
    )
    remind = rules.offers.remind_at(asked.policy, until, asked.now)
    if remind is not None:
        jobs.enqueue(
            remind_of,
            run_at=remind,
            event_id=session.event_id,
            offer_id=offer_id,
        )


def hold(person_id: int, session: Session, until: datetime) -> None:
    """Note that a seat on offer keeps the person busy until it runs out."""
    directory.commit(
        person_id,
        session.event_id,
        CommitmentKind.OFFER,
        source_of(session.id),
        session.activity.title,
        session.starts_at,
        session.ends_at,
        venue_id=venue_of(session),
        lapses_at=until,
    )


@jobs.job("signups.settle-offers")
def settle(session_id: int) -> None:
    """Note that an offer has run out; the seat goes on by what follows that."""
    lapse(session_id, clock.now())


@jobs.job("signups.remind-of-offer")
def remind_of(offer_id: int) -> None:
    """Remind somebody who has not answered yet."""
    remind(offer_id, clock.now())


@atomic
def remind(offer_id: int, now: datetime) -> None:
    """Remind somebody of a seat that is still held."""
    offer = queries.offer(offer_id)
    if offer is None or rules.offers.refuse_answer(offer, now) is not None:
        return
    row = queries.sign_up(offer.sign_up_id)
    if row is not None and row.state is State.OFFERED:
        tell(row, row.registration, mails.offer_reminded)


# --- answers ----------------------------------------------------------------------------------


@atomic
def claim(sign_up_id: int, now: datetime) -> SignUp:
    """Take the seat that is held, or near the start one that is free, as a participant."""
    row, asked = _answering(sign_up_id, now)
    session = row.session
    if refusal := _refuse_claim(row, asked):
        raise Refused(refusal, **_told(refusal, row, asked))
    if row.state is State.OFFERED:
        settle_offer(row, OfferState.CLAIMED, now)
        session.offered -= 1
    else:
        session.waiting -= 1
    session.confirmed += 1
    row.state, row.changed_at = State.CONFIRMED, now
    db.session.flush()
    seat(asked)
    record(OfferClaimed(**about(row, session.event_id)))
    tell(row, row.registration, mails.confirmed)
    return row


def _answering(sign_up_id: int, now: datetime) -> tuple[SignUp, Case]:
    """Lock the person, then the session with the queues that a seat would end."""
    seen = queries.sign_up(sign_up_id)
    if seen is None:
        raise LookupError(f"no sign-up {sign_up_id}")
    registration = people.locked(seen.registration_id)
    if registration is None:
        raise Refused(LeaveRefusal.NOT_SIGNED_UP)
    asked = weighed(session_anew(seen.session_id), registration, now)
    lock_sessions([seen.session_id, *(place.session_id for place in rules.displaced(asked))])
    session = session_anew(seen.session_id)
    row = queries.anew(sign_up_id)
    if row is None or row.registration_id != registration.id:
        raise Refused(LeaveRefusal.NOT_SIGNED_UP)  # passed on to somebody else meanwhile
    return row, weighed(session, registration, now)


def _refuse_claim(row: SignUp, asked: Case) -> OfferRefusal | SignUpRefusal | None:
    session, now = row.session, asked.now
    if refusal := rules.refuse_session(session):
        return refusal
    if session.starts_at <= now:
        return SignUpRefusal.STARTED
    if row.registration.state is not Standing.QUALIFIED:
        return SignUpRefusal.NOT_APPROVED
    if row.state is State.WAITING and queries.is_called(session, asked.policy, now):
        free = can_promote(session, now) and _fits(row, asked)
        return rules.refuse_overlap(asked) if free else OfferRefusal.SEATS_TAKEN
    offer = queries.last_offer(row.id)
    return rules.offers.refuse_answer(offer, now) or rules.refuse_overlap(asked)


def _fits(row: SignUp, asked: Case) -> bool:
    """Tell whether the split of seats leaves one for this person."""
    if not asked.terms.buckets:
        return True
    counts = queries.seated_by_group(row.session_id)
    group = queries.group_of(row.registration.category_id)
    limit = effective_capacity(row.session)
    return rules.buckets.fits(asked.terms.buckets, counts, limit, group)


def _told(refusal: OfferRefusal | SignUpRefusal, row: SignUp, asked: Case) -> dict[str, object]:
    if isinstance(refusal, SignUpRefusal):
        return dict(rules.explain(refusal, asked))
    offer = queries.last_offer(row.id)
    return {"expires_at": offer.expires_at} if offer is not None else {}


@atomic
def decline(sign_up_id: int, now: datetime) -> SignUp:
    """Turn the seat that is held down, and leave the queue; see `decline_and_promote`."""
    row = held_anew(sign_up_id)
    offer = queries.last_offer(row.id)
    if refusal := rules.offers.refuse_answer(offer, now):
        raise Refused(refusal, **({"expires_at": offer.expires_at} if offer is not None else {}))
    give_up(row, now, Reason.DECLINED)
    return row


# --- time, and whatever else takes an offer away ------------------------------------------------


@atomic
def lapse(session_id: int, now: datetime) -> list[SignUp]:
    """Note which offers of a session have run out; whoever had them waits on, behind all others.

    Doing it again does no harm.
    """
    lock_sessions([session_id])
    ended = []
    for offer in queries.offers_in(session_id):
        if not rules.offers.has_lapsed(offer.expires_at, now):
            continue
        row = queries.anew(offer.sign_up_id)
        if row is not None and row.state is State.OFFERED:
            row.session.tickets += 1
            row.ticket = row.session.tickets
            _back_to_the_queue(row, OfferState.EXPIRED, now)
            record(OfferLapsed(**about(row, row.session.event_id)))
            tell(row, row.registration, mails.offer_expired)
            ended.append(row)
    return ended


def _back_to_the_queue(row: SignUp, state: OfferState, now: datetime) -> None:
    session = row.session
    session.offered -= 1
    session.waiting += 1
    row.state, row.changed_at = State.WAITING, now
    db.session.flush()
    settle_offer(row, state, now)
    db.session.flush()


def revoke_excess(session_id: int, now: datetime) -> list[SignUp]:
    """Take back the newest offers for which a session has no seats any more.

    Whoever had them keeps the place in the queue. The session's row is locked by whoever calls.
    """
    db.session.flush()
    if not queries.offers_in(session_id):
        return []
    session, ended = session_anew(session_id), []
    limit = effective_capacity(session)
    for offer in reversed(queries.offers_in(session_id)):
        if limit is None or session.confirmed + session.offered <= limit:
            break
        row = queries.anew(offer.sign_up_id)
        if row is not None and row.state is State.OFFERED:
            _back_to_the_queue(row, OfferState.REVOKED, now)
            record(OfferRevoked(**about(row, session.event_id)))
            tell(row, row.registration, mails.offer_revoked)
            ended.append(row)
    programme.session_anew(session_id)  # whole again, for whoever goes on with it
    return ended


def reschedule(session_id: int, now: datetime) -> None:
    """Let offers of a session that was moved end before it begins, and tell who has them."""
    db.session.flush()
    if not queries.offers_in(session_id):
        return
    session = session_anew(session_id)
    asks = queries.policy(session.event_id)
    latest = max(now, rules.offers.last_call_at(asks, session.starts_at))
    for offer in queries.offers_in(session_id):
        row = queries.anew(offer.sign_up_id)
        if row is None or rules.offers.has_lapsed(offer.expires_at, now):
            continue
        offer.expires_at = min(offer.expires_at, latest)
        known = session.offers_until
        session.offers_until = min(known or offer.expires_at, offer.expires_at)
        person_id = row.registration.person_id
        directory.free(person_id, CommitmentKind.OFFER, source_of(session_id))
        hold(person_id, session, offer.expires_at)
        tell(row, row.registration, mails.offered)
    db.session.flush()
    programme.session_anew(session_id)  # whole again, for whoever goes on with it


def pass_offer_on(row: SignUp, old: Registration) -> None:
    """Let whoever takes part instead have the seat that is held; *row* is theirs already."""
    directory.free(old.person_id, CommitmentKind.OFFER, source_of(row.session_id))
    offer = queries.pending_offer(row.id)
    if offer is not None:
        offer.registration_id = row.registration_id
        db.session.flush()
        hold(row.registration.person_id, row.session, offer.expires_at)


# --- near the start ---------------------------------------------------------------------------


@atomic
def call_everybody(session_id: int, now: datetime) -> list[SignUp]:
    """Tell all in the queue, once each, that the free seats go to whoever asks first."""
    lock_sessions([session_id])
    session = session_anew(session_id)
    asks = queries.policy(session.event_id)
    if not (queries.is_called(session, asks, now) and can_promote(session, now)):
        return []
    called = session.last_call_ticket or 0
    rows = [row for row in queries.waiting(session_id) if row.ticket > called]
    if not rows:
        return []
    session.last_call_ticket = session.tickets
    db.session.flush()
    record(
        LastCallMade(
            event_id=session.event_id,
            subject=source_of(session_id),
            session_id=session_id,
            people=len(rows),
        )
    )
    for row in rows:
        tell(row, row.registration, mails.last_called)
    return rows


def offers_seats(session: Session, asks: Policy) -> bool:
    """Tell whether freed seats are offered; an appointment is given to who can come then."""
    return asks.promotion == rules.Promotion.OFFER and session.appointment_minutes is None
