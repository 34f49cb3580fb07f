"""What a person may do now with each session, and why not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from eventapp.directory import queries as directory
from eventapp.directory.models import Commitment
from eventapp.programme import queries as programme
from eventapp.programme.models import Session
from eventapp.programme.rules import appointments, effective_capacity, seats_left
from eventapp.registrations.models import Registration
from eventapp.signups import rules
from eventapp.signups.models import Offer, State
from eventapp.signups.queries.asked import (
    activity_titles,
    category_labels,
    policy,
    terms_of,
    topics_of,
)
from eventapp.signups.queries.deciding import around_of, by_category, of_person
from eventapp.signups.queries.offers import is_called, pending_offers
from eventapp.signups.queries.queues import from_organisation, may_pass, positions
from eventapp.signups.queries.sign_ups import STANDING
from eventapp.signups.rules import (
    Around,
    Case,
    Order,
    Place,
    Policy,
    Promotion,
    SignUpRefusal,
    Terms,
    Warned,
)


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What one session is to one person: the state of the button, the page and the API.

    `sign_up` is the person's own; `refusal` says why there is none to be had, with
    `details`; without a refusal a seat (`seats_left` is None or above 0) or a place in the
    queue can be taken. A seat on offer is held until `offer_until`; `last_call` tells that free
    seats go to whoever in the queue is first to ask. `order` is the rule of the queue, and
    `seed` what its lots were drawn with.
    """

    session: Session
    sign_up: Place | None
    position: int | None
    seats_left: int | None
    waiting: int
    refusal: SignUpRefusal | None
    details: Mapping[str, object]
    warnings: Sequence[Warned] = ()
    offer_until: datetime | None = None
    last_call: bool = False
    order: Order = Order.FIRST_COME
    seed: str | None = None
    promotion: Promotion = Promotion.AUTO

    @property
    def has_free_seat(self) -> bool:
        """Tell whether there is a seat for whoever in the queue asks first."""
        session, limit = self.session, effective_capacity(self.session)
        return limit is None or session.confirmed + session.offered < limit


def choices(
    sessions: Sequence[Session], registration: Registration, now: datetime
) -> Mapping[int, Choice]:
    """Return what each session is to a person, by session.

    A fixed number of statements, and a few more for each session whose seats are split.
    """
    seen = _seen(sessions, registration, now)
    return {session.id: seen.choice(session) for session in sessions}


def choice(session_id: int, registration: Registration, now: datetime) -> Choice | None:
    """Return what one session is to a person."""
    session = programme.session(session_id)
    return None if session is None else choices([session], registration, now)[session_id]


@dataclass(frozen=True, kw_only=True)
class _Seen:
    """All that decides what sessions are to one person."""

    registration: Registration
    signed: Sequence[Place]
    places: Mapping[int, int]
    busy: Sequence[Commitment]
    offers: Mapping[int, Offer]
    policy: Policy
    terms: Mapping[int, Terms]
    around: Mapping[int, Around]
    now: datetime

    def choice(self, session: Session) -> Choice:
        """Return what one of the sessions is to the person."""
        terms = self.terms.get(session.id, Terms())
        asked = Case(
            session=session,
            title=session.activity.title,
            registration=self.registration,
            signed=self.signed,
            busy=_in_the_way(self.busy, session),
            now=self.now,
            policy=self.policy,
            terms=terms,
            around=self.around.get(session.id, Around()),
        )
        refusal = rules.refuse_sign_up(asked)
        left = self._left(session, terms)
        if refusal is None and left == 0 and not session.waiting_list:
            refusal = SignUpRefusal.FULL_NO_QUEUE
        venue_id = session.room.venue_id if session.room is not None else None
        offer = self.offers.get(session.id)
        return Choice(
            session=session,
            sign_up=self._mine(session, offer),
            position=self.places.get(session.id),
            seats_left=left,
            waiting=session.waiting,
            refusal=refusal,
            details=rules.explain(refusal, asked) if refusal else {},
            warnings=rules.warnings(asked, self.busy, venue_id),
            offer_until=offer.expires_at if offer is not None else None,
            last_call=is_called(session, self.policy, self.now),
            order=Order(terms.queue_order),
            seed=terms.lottery_seed,
            promotion=Promotion(self.policy.promotion),
        )

    def _left(self, session: Session, terms: Terms) -> int | None:
        """Return the seats left for this person: none where all are kept for other groups."""
        left = seats_left(session)
        if not terms.buckets or left == 0:
            return left
        return left if may_pass(session, terms, self.registration.category_id) else 0

    def _mine(self, session: Session, offer: Offer | None) -> Place | None:
        """Return the person's own place; a seat whose offer ran out is one in the queue again."""
        for row in self.signed:
            if row.session_id == session.id and row.registration_id == self.registration.id:
                lapsed = row.state is State.OFFERED and offer is None
                held = row._replace(state=State.WAITING) if lapsed else row
                return held if held.state in STANDING else None
        return None


def _seen(sessions: Sequence[Session], registration: Registration, now: datetime) -> _Seen:
    signed = of_person(registration.person_id)
    asks = policy(registration.event_id)
    asked = terms_of([session.id for session in sessions])
    every = directory.commitments(registration.person_id, registration.event_id)
    return _Seen(
        registration=registration,
        signed=signed,
        places=positions(registration.id),
        busy=directory.standing(every, now),
        offers=pending_offers(registration.id, now) if _offered(signed) else {},
        policy=asks,
        terms=asked,
        around=_around(sessions, registration, signed, asks, asked),
        now=now,
    )


def _offered(signed: Sequence[Place]) -> bool:
    return any(row.state is State.OFFERED for row in signed)


def _around(
    sessions: Sequence[Session],
    registration: Registration,
    signed: Sequence[Place],
    asks: Policy,
    asked: Mapping[int, Terms],
) -> Mapping[int, Around]:
    """Return what the terms of sessions need to be told of, by session; mostly nothing."""
    about: Mapping[int, frozenset[str]] = {}
    if asks.limit_per_topic is not None:
        own = {row.activity_id for row in signed}
        about = topics_of({*own, *(session.activity_id for session in sessions)})
    named = activity_titles({one for terms in asked.values() for one in terms.required_ids})
    groups = category_labels(registration.event_id) if by_category(asked) else {}
    limited = [one for one, terms in asked.items() if terms.limit_per_organisation is not None]
    house = registration.organisation_id
    counts = from_organisation(limited, house) if limited and house is not None else {}
    return {
        session.id: around_of(asked.get(session.id, Terms()), groups, named, about)._replace(
            from_organisation=counts.get(session.id, 0)
        )
        for session in sessions
    }


def _in_the_way(busy: Sequence[Commitment], session: Session) -> Sequence[Commitment]:
    """List what clashes with a session; with advice only what leaves no appointment to have."""
    meanwhile = clashing(busy, session)
    every = appointments.slots(session, [0])
    could = any(appointments.fits(one, meanwhile) for one in every)
    return [] if could else meanwhile


def clashing(busy: Sequence[Commitment], session: Session) -> list[Commitment]:
    """List what somebody has at the time of a session, besides the session itself."""
    own_source = f"session:{session.id}"
    return [
        row
        for row in busy
        if row.starts_at < session.ends_at
        and row.ends_at > session.starts_at
        and row.source != own_source
    ]
