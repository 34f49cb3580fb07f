"""Announcing: the places of a run become places of people, one person at a time.

Whoever is written keeps the locks for a moment only, and a worker that dies in the middle is
followed by another, which goes on where it stopped. People hear of it when all is written.
"""

from collections.abc import Sequence
from datetime import datetime

from eventapp.allocation import mails, queries, rules
from eventapp.allocation.commands.facts import AllocationAnnounced
from eventapp.allocation.commands.rounds import about, by_preference
from eventapp.allocation.models import AllocationOutcome, AllocationRound, Result, State
from eventapp.allocation.rules import RoundRefusal
from eventapp.allocation.rules.problem import hash_of, written
from eventapp.allocation.rules.solving import FULL
from eventapp.kernel import jobs
from eventapp.kernel.db import atomic, db
from eventapp.kernel.facts import record
from eventapp.kernel.refusal import Refused
from eventapp.registrations import queries as people
from eventapp.signups import commands as signups
from eventapp.signups import mails as seats
from eventapp.signups.models import State as Seat
from eventapp.signups.rules import Taken


def begin_announcing(round_id: int, now: datetime) -> AllocationRound:
    """Let the outcome of the last run stand; `write_places` is to follow.

    Refused where the run looked at something else than there is now.
    """
    round_ = queries.allocation(round_id)
    if round_ is None:
        raise LookupError(f"no allocation {round_id}")
    if refusal := rules.refuse_announce(round_, now):
        raise Refused(refusal, **rules.explain(refusal, round_))
    present = hash_of(written(queries.problem(round_, round_.closes_at).problem))
    return _begin(round_id, present, now)


@atomic
def _begin(round_id: int, present: str, now: datetime) -> AllocationRound:
    round_ = queries.locked(round_id)
    if refusal := rules.refuse_announce(round_, now):
        raise Refused(refusal, **rules.explain(refusal, round_))
    run = queries.run(round_.run_id)
    if run is None or run.input_hash != present:
        raise Refused(RoundRefusal.INPUT_CHANGED)
    round_.state = State.ANNOUNCING
    return round_


def write_places(round_id: int, now: datetime) -> None:
    """Write the places of an announced run, the waiting lists behind them, and tell everybody.

    Calling it again goes on where it was cut short.
    """
    round_ = queries.allocation(round_id)
    if round_ is None or round_.state is not State.ANNOUNCING or round_.run_id is None:
        return
    run_id, queues = round_.run_id, round_.queues
    for registration_id in queries.unwritten(run_id):
        place(run_id, registration_id, now)
    if queues:
        for session_id, registration_id in _waiting(run_id):
            signups.allot(registration_id, [session_id], now)
    _finish(round_id, now)


@atomic
def place(run_id: int, registration_id: int, now: datetime) -> None:
    """Write the places of one person; what was written before stays as it is."""
    people.locked(registration_id)
    rows = [
        row
        for row in queries.outcomes_of(run_id, registration_id)
        if row.session_id is not None and row.result is None
    ]
    given = signups.allot(registration_id, {row.session_id for row in rows if row.session_id}, now)
    for row in rows:
        taken = given[row.session_id or 0]
        row.result = Result.MISSED
        if isinstance(taken, Taken):
            seated = taken.state is Seat.CONFIRMED
            row.result = Result.CONFIRMED if seated else Result.WAITING
    db.session.flush()


def _waiting(run_id: int) -> list[tuple[int, int]]:
    """List whom to put on which waiting list: session by session, better wishes first, then lot.

    Only who has no place at that time can wait for another one.
    """
    found = [
        (miss["session"], number, row.number, row.registration_id)
        for row in queries.outcomes(run_id)
        if row.session_id is None and not row.busy
        for number, miss in enumerate(row.misses)
        if miss["why"] == FULL
    ]
    return [(session_id, who) for session_id, _rank, _number, who in sorted(found)]


@atomic
def _finish(round_id: int, now: datetime) -> None:
    round_ = queries.locked(round_id)
    run = queries.run(round_.run_id)
    if round_.state is not State.ANNOUNCING or run is None:
        return
    round_.state, round_.announced_at = State.ANNOUNCED, now
    by_preference(queries.session_ids(round_id), given=False)
    record(
        AllocationAnnounced(
            **about(round_), run=run.number, seed=run.seed, input_hash=run.input_hash
        )
    )
    _tell(round_, queries.outcomes(run.id))


def _tell(round_: AllocationRound, outcomes: Sequence[AllocationOutcome]) -> None:
    """Write one letter to each who ranked, and one with its invite for each place.

    A calendar reads one invite of a message, and answers to one.
    """
    mailboxes = {row.registration_id: row.registration.email for row in queries.rankings(round_.id)}
    for registration_id in dict.fromkeys(row.registration_id for row in outcomes):
        if email := mailboxes.get(registration_id):
            jobs.enqueue(
                mails.announced, lane=email, event_id=round_.event_id, round_id=round_.id,
                registration_id=registration_id,
            )  # fmt: skip
    for seat in queries.given(round_.run_id or 0):
        if email := mailboxes.get(seat.registration_id):
            jobs.enqueue(
                seats.confirmed, lane=email, event_id=round_.event_id, sign_up_id=seat.id,
                ticket=seat.ticket,
            )  # fmt: skip
