"""Named reads of the press page, and the facts that a news item is drafted from."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, undefer

from eventapp.awards import queries as jury
from eventapp.awards.models import Nomination
from eventapp.awards.rules import results
from eventapp.documents import queries as evidence
from eventapp.documents.queries import Turnout
from eventapp.events import queries as frame
from eventapp.events.models import Event, Organiser, Venue
from eventapp.kernel.db import db
from eventapp.kernel.i18n import day_of
from eventapp.press import rules
from eventapp.press.models import PressFile, PressPage
from eventapp.press.rules import Known, Missing, Stage
from eventapp.programme import queries as programme
from eventapp.programme.models import Kind, Session, SessionState
from eventapp.registrations import queries as people
from eventapp.registrations.models import ConsentKind, Registration, State
from eventapp.registrations.queries import Filter
from eventapp.signups.models import SignUp
from eventapp.signups.models import State as Place

# What stands in the programme and is no offer to anybody.
NO_OFFER = frozenset({Kind.REGISTRATION, Kind.BREAK})


def page(event_id: int) -> PressPage | None:
    """Return what an event tells the media, once somebody has written it."""
    return db.session.get(PressPage, event_id)


def files(event_id: int) -> Sequence[PressFile]:
    """List the files of an event's kit in their order, without their bytes."""
    query = select(PressFile).where(PressFile.event_id == event_id, PressFile.removed_at.is_(None))
    return db.session.scalars(query.order_by(PressFile.position, PressFile.id)).all()


def file(event_id: int, file_id: int) -> PressFile | None:
    """Return a file of an event's kit with its bytes."""
    query = select(PressFile).options(undefer(PressFile.content))
    query = query.where(
        PressFile.id == file_id, PressFile.event_id == event_id, PressFile.removed_at.is_(None)
    )
    return db.session.scalars(query).first()


# --- what everybody may know --------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Prize:
    """One award with whom it went to; nobody where it was not given."""

    name: Mapping[str, str]
    winners: Sequence[Nomination]
    distinctions: Sequence[Nomination]


@dataclass(frozen=True, kw_only=True)
class Laureates:
    """All awards, and the audience's choice once its vote is over."""

    prizes: Sequence[Prize]
    audience: Nomination | None


def laureates(event_id: int, now: datetime) -> Laureates | None:
    """Return whom the awards went to; None as long as not everybody may know it."""
    call = jury.call_of(event_id)
    if call is None or not results.is_public(call, now):
        return None
    entries = {each.id: each for each in jury.nominations(call.id)}
    prizes = [
        Prize(
            name=verdict.award.name,
            winners=[entries[entry] for entry in verdict.decision.winners],
            distinctions=[entries[entry] for entry in verdict.decision.distinctions],
        )
        for verdict in jury.public_verdicts(call.id, now)
    ]
    voted = call.public_vote_closes_at is not None and call.public_vote_closes_at <= now
    return Laureates(prizes=prizes, audience=jury.audience_favourite(call.id) if voted else None)


@dataclass(frozen=True, kw_only=True)
class Offer:
    """What a programme holds, as the media are told."""

    sessions: int
    workshops: int
    speakers: int
    minutes: int


def _offer(sessions: Sequence[Session]) -> Offer:
    led = {named.speaker_id for one in sessions for named in one.speakers}
    lasted = sum((one.ends_at - one.starts_at for one in sessions), timedelta())
    return Offer(
        sessions=len(sessions),
        workshops=sum(one.activity.kind is Kind.WORKSHOP for one in sessions),
        speakers=len(led),
        minutes=int(lasted.total_seconds()) // 60,
    )


def _held(event_id: int) -> list[Session]:
    return [
        one
        for one in programme.programme(event_id)
        if one.state is SessionState.SCHEDULED and one.activity.kind not in NO_OFFER
    ]


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What everybody may know of an event; `offer` is the whole released programme."""

    page: PressPage | None
    venues: Sequence[Venue]
    organisers: Sequence[Organiser]
    offer: Offer
    laureates: Laureates | None


def known(event: Event, now: datetime) -> Facts:
    """Return what everybody may know of an event."""
    return _facts(event, _held(event.id), now)


def _facts(event: Event, held: Sequence[Session], now: datetime) -> Facts:
    return Facts(
        page=page(event.id),
        venues=frame.venues(event.id),
        organisers=frame.organisers(event.id),
        offer=_offer(held),
        laureates=laureates(event.id, now),
    )


# --- the news item ------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Story:
    """What a news item of this moment is drafted from, and what it has to leave out.

    `today` is what is held on this day, `past` what is over; `turnout` is None before the event.
    """

    stage: Stage
    facts: Facts
    today: Offer
    past: Offer
    turnout: Turnout | None
    missing: Sequence[Missing]


def story(event: Event, now: datetime) -> Story:
    """Return what a news item is drafted from; figures are counted as the evidence does."""
    today = day_of(now, event.timezone)
    stage = rules.stage_of(event.starts_on, event.ends_on, today)
    held = _held(event.id)
    facts = _facts(event, held, now)
    turnout = None if stage is Stage.BEFORE else evidence.turnout(event.id)
    return Story(
        stage=stage,
        facts=facts,
        today=_offer([one for one in held if day_of(one.starts_at, event.timezone) == today]),
        past=_offer([one for one in held if one.ends_at <= now]),
        turnout=turnout,
        missing=rules.missing(
            Known(
                stage=stage,
                about=facts.page.about if facts.page is not None else {},
                contact=facts.page is not None and bool(facts.page.contact_name),
                place=bool(facts.venues),
                organiser=bool(facts.organisers),
                programme=bool(facts.offer.sessions),
                funding=bool(event.project.get("funding_line")),
                presence=turnout is not None and turnout.people > 0,
                results=_results(event.id, facts.laureates),
            )
        ),
    )


def _results(event_id: int, found: Laureates | None) -> bool | None:
    """Tell whether laureates are known; None where there are no awards at all."""
    return None if jury.call_of(event_id) is None else found is not None


# --- who is not photographed --------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Unphotographed:
    """Somebody who has not agreed to photographs, and where the person sits on a day."""

    registration: Registration
    refused: bool
    sessions: Sequence[Session]


def unphotographed(event_id: int, on: date, zone: str) -> list[Unphotographed]:
    """List who takes part without having agreed to photographs, in Polish alphabetical order."""
    answers = people.consents_of_event(event_id)
    expected = people.people(event_id, Filter(states=[State.QUALIFIED]))
    without = [one for one in expected if not answers.get(one.id, {}).get(ConsentKind.PHOTO)]
    seats = _seats(event_id, {one.id for one in without}, on, zone)
    return [
        Unphotographed(
            registration=one,
            refused=ConsentKind.PHOTO in answers.get(one.id, {}),
            sessions=seats.get(one.id, ()),
        )
        for one in without
    ]


def _seats(
    event_id: int, registration_ids: Collection[int], on: date, zone: str
) -> Mapping[int, list[Session]]:
    query = (
        select(SignUp.registration_id, Session)
        .join(Session, Session.id == SignUp.session_id)
        .join(Session.activity)
        .outerjoin(Session.room)
        .options(contains_eager(Session.activity), contains_eager(Session.room))
        .where(
            Session.event_id == event_id,
            Session.state == SessionState.SCHEDULED,
            SignUp.state == Place.CONFIRMED,
        )
        .order_by(Session.starts_at, Session.id)
    )
    seats: dict[int, list[Session]] = {}
    for registration_id, session in db.session.execute(query):
        if registration_id in registration_ids and day_of(session.starts_at, zone) == on:
            seats.setdefault(registration_id, []).append(session)
    return seats
