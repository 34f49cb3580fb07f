"""Seats held for somebody until a deadline, and the links to answer."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select

from eventapp.kernel import tokens
from eventapp.kernel.db import db
from eventapp.programme.models import Session
from eventapp.registrations.models import Registration
from eventapp.signups import rules
from eventapp.signups.models import Offer, OfferState, SignUp, State
from eventapp.signups.queries.sign_ups import ANEW, sign_up, with_people
from eventapp.signups.rules import Policy

LINK = "offer"


def offer_token(row: SignUp) -> str:
    """Return the token of the page on which a person answers for one place; see `by_token`.

    It dies when the place is passed on to somebody else.
    """
    return tokens.personal(LINK, row.id, row.registration_id)


def by_token(token: str) -> SignUp | None:
    """Return the place that a token answers for, None where the token is not ours."""
    number = tokens.number_in(token, LINK)
    row = sign_up(number) if number is not None else None
    if row is None or not tokens.is_personal(token, LINK, row.id, row.registration_id):
        return None
    return row


def pending_offer(sign_up_id: int) -> Offer | None:
    """Return the offer that somebody has not answered yet, also one that has run out."""
    query = select(Offer).where(Offer.sign_up_id == sign_up_id, Offer.state == OfferState.PENDING)
    return db.session.scalars(query.execution_options(**ANEW)).first()


def last_offer(sign_up_id: int) -> Offer | None:
    """Return the newest offer that somebody had of a session."""
    query = select(Offer).where(Offer.sign_up_id == sign_up_id).order_by(Offer.id.desc()).limit(1)
    return db.session.scalars(query.execution_options(**ANEW)).first()


def offer(offer_id: int) -> Offer | None:
    """Return one offer."""
    return db.session.get(Offer, offer_id)


def pending_offers(registration_id: int, now: datetime) -> Mapping[int, Offer]:
    """Return the seats that are held for a registration at *now*, by session."""
    query = select(Offer).where(
        Offer.registration_id == registration_id,
        Offer.state == OfferState.PENDING,
        Offer.expires_at >= now,
    )
    return {row.session_id: row for row in db.session.scalars(query)}


def offers_in(session_id: int) -> Sequence[Offer]:
    """List the pending offers of a session, oldest first, read anew."""
    query = select(Offer).where(Offer.session_id == session_id, Offer.state == OfferState.PENDING)
    query = query.order_by(Offer.id).execution_options(**ANEW)
    return db.session.scalars(query).all()


def held(session_id: int) -> Sequence[SignUp]:
    """List for whom a seat is held, with their people, in Polish alphabetical order."""
    query = with_people(session_id, State.OFFERED)
    return db.session.scalars(query.order_by(Registration.sort_key, SignUp.id)).all()


def held_until(session_id: int, now: datetime) -> Mapping[int, datetime]:
    """Return until when seats of a session are held, by sign-up; none whose offer ran out."""
    return {
        row.sign_up_id: row.expires_at
        for row in offers_in(session_id)
        if not rules.offers.has_lapsed(row.expires_at, now)
    }


def is_called(session: Session, asks: Policy, now: datetime) -> bool:
    """Tell whether free seats of a session go to whoever in its queue is first to ask."""
    if session.appointment_minutes is not None:
        return False
    return rules.offers.calls_all(asks, session.starts_at, now)
