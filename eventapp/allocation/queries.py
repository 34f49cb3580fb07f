"""Named reads of allocations, and what a run looks at."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager, joinedload, undefer

from eventapp.allocation.models import (
    AllocationOutcome,
    AllocationRound,
    AllocationRun,
    AllocationSession,
    Ranking,
    Result,
    State,
)
from eventapp.allocation.rules import key_of
from eventapp.allocation.rules.blocks import blocks
from eventapp.allocation.rules.problem import Chooser, Offer, Problem
from eventapp.directory import queries as diary
from eventapp.directory.models import Commitment
from eventapp.kernel.db import db
from eventapp.programme.models import Activity, Session
from eventapp.programme.rules import effective_capacity
from eventapp.registrations import queries as people
from eventapp.registrations.models import Registration
from eventapp.registrations.models import State as Standing
from eventapp.registrations.rules import OPEN
from eventapp.signups import queries as sign_ups
from eventapp.signups import rules as seats
from eventapp.signups.models import SignUp
from eventapp.signups.models import State as Seat
from eventapp.signups.rules import Case, Place, Policy, SignUpRefusal, Terms


def event_of_allocation(allocation_id: int, registration_id: int | None = None) -> int | None:
    """Return the id of the event an allocation belongs to, and a registration if one is named."""
    if registration_id is not None and people.event_of_registration(registration_id) is None:
        return None
    return db.session.scalar(
        select(AllocationRound.event_id).where(AllocationRound.id == allocation_id)
    )


def allocation(round_id: int) -> AllocationRound | None:
    """Return one allocation."""
    return db.session.get(AllocationRound, round_id)


def locked(round_id: int) -> AllocationRound:
    """Take an allocation for this transaction, and return it as it is now."""
    db.session.flush()  # reading anew must not undo what was changed here
    query = select(AllocationRound).where(AllocationRound.id == round_id)
    query = query.with_for_update().execution_options(populate_existing=True)
    found = db.session.scalars(query).first()
    if found is None:
        raise LookupError(f"no allocation {round_id}")
    return found


def allocations(event_id: int) -> Sequence[AllocationRound]:
    """List an event's allocations by their deadlines."""
    query = select(AllocationRound).where(AllocationRound.event_id == event_id)
    query = query.order_by(AllocationRound.closes_at, AllocationRound.id)
    return db.session.scalars(query).all()


def shown(event_id: int) -> Sequence[AllocationRound]:
    """List the allocations that participants see: all but drafts."""
    return [one for one in allocations(event_id) if one.state is not State.DRAFT]


def sessions(round_id: int) -> Sequence[Session]:
    """List an allocation's sessions with activity and room, in order of time."""
    query = select(Session).join(AllocationSession, AllocationSession.session_id == Session.id)
    query = query.options(
        joinedload(Session.activity), joinedload(Session.room), joinedload(Session.day)
    )
    query = query.where(AllocationSession.round_id == round_id)
    return db.session.scalars(query.order_by(Session.starts_at, Session.id)).all()


def eligible(event_id: int, now: datetime) -> Sequence[Session]:
    """List the sessions of an event that could be in an allocation, in order of time."""
    query = select(Session).where(Session.event_id == event_id, Session.starts_at > now)
    query = query.options(joinedload(Session.activity), joinedload(Session.room))
    rows = db.session.scalars(query.order_by(Session.starts_at, Session.id)).all()
    return [one for one in rows if seats.refuse_session(one) is None and not one.appointment_minutes
            and one.state == "scheduled"]  # fmt: skip


def session_ids(round_id: int) -> Sequence[int]:
    """List the ids of an allocation's sessions."""
    query = select(AllocationSession.session_id).where(AllocationSession.round_id == round_id)
    return db.session.scalars(query.order_by(AllocationSession.session_id)).all()


def elsewhere(round_id: int, ids: Collection[int]) -> Sequence[int]:
    """List which of these sessions are in another allocation that people can rank."""
    query = select(AllocationSession.session_id).join(
        AllocationRound, AllocationRound.id == AllocationSession.round_id
    )
    query = query.where(
        AllocationSession.session_id.in_(ids),
        AllocationRound.id != round_id,
        AllocationRound.state.in_([State.OPEN, State.ANNOUNCING]),
    )
    return db.session.scalars(query.order_by(AllocationSession.session_id)).all()


def round_of_session(session_id: int) -> AllocationRound | None:
    """Return the allocation in which a session's places are being given."""
    query = select(AllocationRound).join(
        AllocationSession, AllocationSession.round_id == AllocationRound.id
    )
    query = query.where(
        AllocationSession.session_id == session_id,
        AllocationRound.state.in_([State.OPEN, State.ANNOUNCING]),
    )
    return db.session.scalars(query).first()


# --- wishes -------------------------------------------------------------------------------


def ranking(round_id: int, registration_id: int) -> Ranking | None:
    """Return one person's wishes."""
    query = select(Ranking).where(
        Ranking.round_id == round_id, Ranking.registration_id == registration_id
    )
    return db.session.scalars(query).first()


def _standing() -> Select[Any]:
    query = select(Ranking).join(Ranking.registration)
    return query.where(Registration.state.in_(OPEN))


def rankings(round_id: int) -> Sequence[Ranking]:
    """List the wishes of everybody who still takes part, with the registrations."""
    query = _standing().options(contains_eager(Ranking.registration))
    query = query.where(Ranking.round_id == round_id)
    return db.session.scalars(query.order_by(Ranking.registration_id)).all()


def ranked_count(round_id: int) -> int:
    """Count who has ranked and still takes part."""
    query = _standing().where(Ranking.round_id == round_id)
    return db.session.scalar(select(func.count()).select_from(query.subquery())) or 0


def _silent(round_: AllocationRound) -> Select[Any]:
    done = select(Ranking.registration_id).where(Ranking.round_id == round_.id)
    return select(Registration).where(
        Registration.event_id == round_.event_id,
        Registration.state == Standing.QUALIFIED,
        Registration.id.not_in(done),
    )


def silent(round_: AllocationRound) -> Sequence[Registration]:
    """List the accepted who have not ranked, in Polish alphabetical order."""
    query = _silent(round_).order_by(Registration.sort_key, Registration.id)
    return db.session.scalars(query).all()


def silent_count(round_: AllocationRound) -> int:
    """Count the accepted who have not ranked."""
    return db.session.scalar(select(func.count()).select_from(_silent(round_).subquery())) or 0


def demand(rows: Sequence[Ranking], held: Sequence[Session], most: int) -> dict[int, list[int]]:
    """Count for each session how many want it first, second and so on."""
    place = {one.id: number for number, block in enumerate(blocks(held)) for one in block}
    found = {one.id: [0] * most for one in held}
    for row in rows:
        ranks: Counter[int] = Counter()
        for session_id in row.choices:
            block = place.get(session_id)
            if block is not None and ranks[block] < most:
                found[session_id][ranks[block]] += 1
                ranks[block] += 1
    return found


# --- runs ---------------------------------------------------------------------------------


def runs(round_id: int) -> Sequence[AllocationRun]:
    """List an allocation's runs, the newest first."""
    query = select(AllocationRun).where(AllocationRun.round_id == round_id)
    return db.session.scalars(query.order_by(AllocationRun.number.desc())).all()


def run(run_id: int | None) -> AllocationRun | None:
    """Return one run."""
    return db.session.get(AllocationRun, run_id) if run_id is not None else None


def published(run_id: int) -> bytes:
    """Return the file of a run."""
    query = select(AllocationRun).where(AllocationRun.id == run_id)
    row = db.session.scalars(query.options(undefer(AllocationRun.document))).one()
    return row.document


def outcomes_of(run_id: int, registration_id: int) -> Sequence[AllocationOutcome]:
    """List what a run gave one person, block by block."""
    query = select(AllocationOutcome).where(
        AllocationOutcome.run_id == run_id, AllocationOutcome.registration_id == registration_id
    )
    return db.session.scalars(query.order_by(AllocationOutcome.block)).all()


def outcomes(run_id: int) -> Sequence[AllocationOutcome]:
    """List all outcomes of a run, person by person."""
    query = select(AllocationOutcome).where(AllocationOutcome.run_id == run_id)
    query = query.order_by(AllocationOutcome.registration_id, AllocationOutcome.block)
    return db.session.scalars(query).all()


def without(run_id: int, block: int) -> Sequence[AllocationOutcome]:
    """List who got nothing in a block though they wanted something, with the registrations."""
    query = select(AllocationOutcome).join(AllocationOutcome.registration)
    query = query.options(contains_eager(AllocationOutcome.registration))
    query = query.where(
        AllocationOutcome.run_id == run_id,
        AllocationOutcome.block == block,
        AllocationOutcome.session_id.is_(None),
        AllocationOutcome.busy.is_(False),
    )
    return db.session.scalars(query.order_by(Registration.sort_key, Registration.id)).all()


def unwritten(run_id: int) -> Sequence[int]:
    """List the registrations whose places of a run are not written yet."""
    query = select(AllocationOutcome.registration_id).where(
        AllocationOutcome.run_id == run_id,
        AllocationOutcome.session_id.is_not(None),
        AllocationOutcome.result.is_(None),
    )
    query = query.distinct().order_by(AllocationOutcome.registration_id)
    return db.session.scalars(query).all()


def written_counts(run_id: int) -> tuple[int, int]:
    """Return how many people have their places of a run already, and how many there are."""
    query = select(func.count(AllocationOutcome.registration_id.distinct())).where(
        AllocationOutcome.run_id == run_id, AllocationOutcome.session_id.is_not(None)
    )
    every = db.session.scalar(query) or 0
    return every - len(unwritten(run_id)), every


# --- what a run looks at ------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Input:
    """A problem, and whom its keys stand for."""

    problem: Problem
    registrations: Mapping[str, int]


def problem(round_: AllocationRound, now: datetime) -> Input:
    """Put together all that a run looks at, as it is now; a fixed number of statements."""
    held = sessions(round_.id)
    rows = rankings(round_.id)
    asked = _asked(round_.event_id, held)
    own = _own(rows, now)
    choosers = [_chooser(round_, row, held, own, asked, now) for row in rows]
    return Input(
        problem=Problem(
            choices=round_.choices,
            per_organisation=round_.per_organisation,
            offers=[_offer(round_, one, asked) for one in held],
            choosers=choosers,
        ),
        registrations={
            one.id: row.registration_id for one, row in zip(choosers, rows, strict=True)
        },
    )


@dataclass(frozen=True)
class _Asked:
    """What the event, and each of the sessions, asks of those who sign up."""

    policy: Policy
    terms: Mapping[int, Terms]

    def required(self, session: Session) -> Sequence[int]:
        """Return the activity that is needed first, if it is just one.

        A place in it may come of the same allocation; of several, one must be there before.
        """
        needed = self.of(session).required_ids
        return needed if len(needed) == 1 else ()

    def of(self, session: Session) -> Terms:
        """Return what a session asks."""
        return self.terms.get(session.id, Terms())

    def beforehand(self, session: Session) -> Terms:
        """Return what can be judged before anybody is placed."""
        terms = self.of(session)
        return terms._replace(required_ids=()) if self.required(session) else terms


def _asked(event_id: int, held: Sequence[Session]) -> _Asked:
    return _Asked(sign_ups.policy(event_id), sign_ups.terms_of([one.id for one in held]))


def _offer(round_: AllocationRound, session: Session, asked: _Asked) -> Offer:
    capacity = effective_capacity(session)
    taken = session.confirmed + session.offered
    return Offer(
        id=str(session.id),
        activity=str(session.activity_id),
        title=dict(session.activity.title),
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        places=None if capacity is None else max(0, capacity - taken),
        requires=[str(one) for one in asked.required(session)],
        taken_by=_taken_by(round_, session.id),
    )


def _taken_by(round_: AllocationRound, session_id: int) -> dict[str, int]:
    """Count who of each organisation has a place in a session already, where that matters."""
    if round_.per_organisation is None:
        return {}
    query = select(Registration.organisation_id, func.count()).join(
        SignUp, SignUp.registration_id == Registration.id
    )
    query = query.where(
        SignUp.session_id == session_id,
        SignUp.state == Seat.CONFIRMED,
        Registration.organisation_id.is_not(None),
    )
    rows = db.session.execute(query.group_by(Registration.organisation_id))
    return {key_of(round_.salt, "organisation", row[0] or 0): row[1] for row in rows}


@dataclass(frozen=True)
class _Own:
    """What people have already: places and whatever else keeps them busy, by person."""

    places: Mapping[int, list[Place]]
    busy: Mapping[int, list[Commitment]]


def _own(rows: Sequence[Ranking], now: datetime) -> _Own:
    places: dict[int, list[Place]] = defaultdict(list)
    busy: dict[int, list[Commitment]] = defaultdict(list)
    for portion in _portions([row.registration.person_id for row in rows]):
        own = SignUp.__table__.columns
        columns = [getattr(SignUp if name in own else Session, name) for name in Place._fields]
        query = select(Registration.person_id, *columns).join(
            SignUp, SignUp.registration_id == Registration.id
        )
        query = query.join(Session, Session.id == SignUp.session_id)
        query = query.where(Registration.person_id.in_(portion)).order_by(SignUp.session_id)
        for person_id, *values in db.session.execute(query):
            places[person_id].append(Place(*values))
        kept = select(Commitment).where(Commitment.person_id.in_(portion))
        found = db.session.scalars(kept.order_by(Commitment.starts_at, Commitment.id)).all()
        for one in diary.standing(found, now):
            busy[one.person_id].append(one)
    return _Own(places, busy)


def _portions(ids: Sequence[int], size: int = 1000) -> Iterator[Sequence[int]]:
    """Cut a list of ids so that a statement can name them."""
    for start in range(0, len(ids), size):
        yield ids[start : start + size]


def _chooser(
    round_: AllocationRound,
    row: Ranking,
    held: Sequence[Session],
    own: _Own,
    asked: _Asked,
    now: datetime,
) -> Chooser:
    known = {one.id: one for one in held}
    choices = [known[one] for one in row.choices if one in known]
    barred = {}
    for session in held if row.flexible else choices:
        refusal = _refusal(row.registration, session, own, asked, now)
        if refusal is not None:
            barred[str(session.id)] = refusal.value
    organisation = row.registration.organisation_id
    kept = organisation is not None and round_.per_organisation is not None
    return Chooser(
        id=key_of(round_.salt, "registration", row.registration_id),
        choices=[str(one.id) for one in choices],
        flexible=row.flexible,
        organisation=key_of(round_.salt, "organisation", organisation or 0) if kept else None,
        barred=barred,
        has=[
            str(place.activity_id)
            for place in own.places.get(row.registration.person_id, [])
            if place.state is Seat.CONFIRMED
        ],
    )


def _refusal(
    registration: Registration, session: Session, own: _Own, asked: _Asked, now: datetime
) -> SignUpRefusal | None:
    """Return which hard rule keeps somebody from a session, as the sign-up itself would say."""
    if registration.state is not Standing.QUALIFIED:
        return SignUpRefusal.NOT_APPROVED
    source = f"session:{session.id}"
    case = Case(
        session=session,
        title=session.activity.title,
        registration=registration,
        signed=own.places.get(registration.person_id, []),
        busy=[
            one
            for one in own.busy.get(registration.person_id, [])
            if one.starts_at < session.ends_at
            and one.ends_at > session.starts_at
            and one.source != source
        ],
        now=now,
        policy=asked.policy,
        terms=asked.beforehand(session),
    )
    return seats.refuse_entry(case)


def activities(ids: Collection[int]) -> Mapping[int, Mapping[str, str]]:
    """Return the titles of sessions, by session."""
    query = select(Session.id, Activity.title).join(Activity, Activity.id == Session.activity_id)
    return dict(db.session.execute(query.where(Session.id.in_(ids))).all())


def rankings_of(registration_id: int) -> Sequence[Ranking]:
    """List the wishes of one registration, in all allocations."""
    query = select(Ranking).where(Ranking.registration_id == registration_id)
    return db.session.scalars(query.order_by(Ranking.round_id)).all()


def announcing() -> Sequence[int]:
    """List the allocations whose places are being written."""
    query = select(AllocationRound.id).where(AllocationRound.state == State.ANNOUNCING)
    return db.session.scalars(query.order_by(AllocationRound.id)).all()


# --- what a person is told ----------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Why a better wish did not come true: the session's title, and what `solving.Miss` says."""

    title: Mapping[str, str]
    rank: int
    why: str
    figures: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Told:
    """What became of a person's wishes at one time."""

    starts_at: datetime
    ends_at: datetime
    session_id: int | None
    title: Mapping[str, str] | None
    room: Mapping[str, str] | None
    rank: int | None
    number: int
    busy: bool
    result: str | None
    reasons: Sequence[Reason]


def given(run_id: int) -> Sequence[SignUp]:
    """List the places that a run gave and that are still held, by person and time."""
    query = select(SignUp).join(
        AllocationOutcome,
        (AllocationOutcome.registration_id == SignUp.registration_id)
        & (AllocationOutcome.session_id == SignUp.session_id),
    )
    query = query.where(AllocationOutcome.run_id == run_id, SignUp.state == Seat.CONFIRMED)
    query = query.where(AllocationOutcome.result == Result.CONFIRMED)
    query = query.order_by(SignUp.registration_id, AllocationOutcome.block)
    return db.session.scalars(query).all()


def told(round_: AllocationRound, registration_id: int) -> list[Told]:
    """List what the run that stands gave one person, time by time, and why not something better."""
    held = {one.id: one for one in sessions(round_.id)}
    kept = ranking(round_.id, registration_id)
    if round_.run_id is None or kept is None:
        return []
    times = dict(enumerate(blocks(list(held.values()))))
    return [
        _told(row, times.get(row.block, []), held, kept)
        for row in outcomes_of(round_.run_id, registration_id)
    ]


def _told(
    row: AllocationOutcome, block: Sequence[Session], held: Mapping[int, Session], kept: Ranking
) -> Told:
    session = held.get(row.session_id) if row.session_id is not None else None
    wished = [one for one in kept.choices if any(one == other.id for other in block)]
    known = [held[miss["session"]] for miss in row.misses if miss["session"] in held]
    every = [*([session] if session else []), *known, *block]
    return Told(
        starts_at=session.starts_at if session else min(one.starts_at for one in every),
        ends_at=session.ends_at if session else min(one.ends_at for one in every),
        session_id=row.session_id,
        title=session.activity.title if session else None,
        room=session.room.name if session and session.room else None,
        rank=row.rank,
        number=row.number,
        busy=row.busy,
        result=row.result,
        reasons=[
            Reason(
                title=held[miss["session"]].activity.title,
                rank=1 + wished.index(miss["session"]) if miss["session"] in wished else 1,
                why=miss["why"],
                figures=miss,
            )
            for miss in row.misses
            if miss["session"] in held
        ],
    )
