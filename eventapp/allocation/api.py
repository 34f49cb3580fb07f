"""Allocations for programs: read them, save wishes, run, announce."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

import msgspec
from flask import Blueprint, Response, abort

from eventapp.allocation import commands, jobs, queries, rules
from eventapp.allocation.models import AllocationRound
from eventapp.allocation.rules import Phase, RankingRefusal, RoundRefusal
from eventapp.allocation.rules.blocks import blocks
from eventapp.events import queries as frame
from eventapp.events.access import Permission
from eventapp.kernel import clock, i18n, rest
from eventapp.kernel.guard import requires
from eventapp.kernel.openapi import operation
from eventapp.kernel.refusal import N_
from eventapp.kernel.schema import Body, IdText, Shown
from eventapp.registrations import queries as people

bp = Blueprint("allocation_api", __name__, url_prefix="/api/v1")

ALLOCATIONS = N_("Places by preference")


class Wishes(Body):
    """Ids of sessions, the best first; `flexible`: any other session rather than none."""

    choices: Annotated[list[IdText], msgspec.Meta(max_length=200)]
    flexible: bool = False


class Lottery(Body):
    """The seed of a run; without one it is drawn."""

    seed: Annotated[str, msgspec.Meta(max_length=64)] | None = None


class ShownWishes(Shown):
    """What is saved of somebody's wishes."""

    registration: str
    choices: list[str]
    flexible: bool
    saved_at: datetime


class ShownFigures(Shown):
    """Counts of people in blocks: the wish of which rank they got, another place, none."""

    people: int
    asked: int
    by_rank: list[int]
    elsewhere: int
    without: int
    worst: int


class ShownRun(Shown):
    """What a run gave; `first_come` is what first come, first served would have given."""

    number: int
    seed: str
    input_hash: str
    ran_at: datetime
    figures: ShownFigures
    first_come: ShownFigures


class ShownAllocation(Shown):
    """Sessions whose places are given by preference; `blocks` groups them by time."""

    id: str
    title: dict[str, str]
    phase: Phase
    opens_at: datetime
    closes_at: datetime
    choices: int
    per_organisation: int | None
    blocks: list[list[str]]
    ranked: int
    run: ShownRun | None


@bp.get("/allocations/<id:allocation_id>")
@requires(Permission.SEE_PEOPLE, queries.event_of_allocation)
@operation(
    N_("Read an allocation of places by preference, with its last run"),
    about=ALLOCATIONS,
    answers={200: ShownAllocation},
)
def allocation(allocation_id: int) -> Response:
    """Show an allocation."""
    return rest.answered(_shown(_row(allocation_id)))


def _row(allocation_id: int) -> AllocationRound:
    row = queries.allocation(allocation_id)
    if row is None:
        abort(404)
    return row


def _zone(row: AllocationRound) -> str | None:
    event = frame.event(row.event_id)
    return event.timezone if event is not None else None


def _shown(row: AllocationRound) -> ShownAllocation:
    zone = _zone(row)
    return ShownAllocation(
        id=str(row.id),
        title=row.title,
        phase=rules.phase(row, clock.now()),
        opens_at=i18n.local_time(row.opens_at, zone),
        closes_at=i18n.local_time(row.closes_at, zone),
        choices=row.choices,
        per_organisation=row.per_organisation,
        blocks=[[str(one.id) for one in block] for block in blocks(queries.sessions(row.id))],
        ranked=queries.ranked_count(row.id),
        run=_shown_run(row),
    )


def _shown_run(row: AllocationRound) -> ShownRun | None:
    run = queries.run(row.run_id)
    if run is None:
        return None
    return ShownRun(
        number=run.number,
        seed=run.seed,
        input_hash=run.input_hash,
        ran_at=i18n.local_time(run.ran_at, _zone(row)),
        figures=ShownFigures(**run.figures),
        first_come=ShownFigures(**run.first_come),
    )


@bp.put("/allocations/<id:allocation_id>/wishes/<id:registration_id>")
@requires(Permission.MANAGE_PEOPLE, queries.event_of_allocation)
@operation(
    N_("Save somebody's wishes in the place of those saved before"),
    about=ALLOCATIONS,
    body=Wishes,
    answers={200: ShownWishes},
    refuses=(RankingRefusal,),
)
def rank(allocation_id: int, registration_id: int, body: Wishes) -> Response:
    """Save somebody's wishes for them."""
    row = _row(allocation_id)
    known = people.registration(registration_id)
    if known is None or known.event_id != row.event_id:
        abort(404)
    kept = commands.rank(
        allocation_id, registration_id, [int(one) for one in body.choices], clock.now(),
        flexible=body.flexible,
    )  # fmt: skip
    return rest.answered(
        ShownWishes(
            registration=str(registration_id),
            choices=[str(one) for one in kept.choices],
            flexible=kept.flexible,
            saved_at=i18n.local_time(kept.saved_at, _zone(row)),
        )
    )


@bp.post("/allocations/<id:allocation_id>/runs")
@requires(Permission.MANAGE_PEOPLE, queries.event_of_allocation)
@operation(
    N_("Compute an outcome to look at; nobody's places change"),
    about=ALLOCATIONS,
    body=Lottery,
    answers={201: ShownRun, 202: ShownAllocation},
    refuses=(RoundRefusal,),
    repeats=True,
)
def run(allocation_id: int, body: Lottery) -> Response:
    """Run an allocation; for many people the worker does it."""
    seed, now = body.seed or commands.new_seed(), clock.now()
    if jobs.is_large(allocation_id):
        rest.once(lambda: _done(lambda: jobs.run_later(allocation_id, seed, now)))
        return rest.answered(_shown(_row(allocation_id)), 202)
    rest.once(lambda: _done(lambda: commands.run(allocation_id, seed, now)))
    return rest.answered(_shown_run(_row(allocation_id)), 201)


def _done(act: Callable[[], object]) -> dict[str, bool]:
    act()
    return {"done": True}


@bp.post("/allocations/<id:allocation_id>/announcement")
@requires(Permission.MANAGE_PEOPLE, queries.event_of_allocation)
@operation(
    N_("Let the outcome of the last run stand, and tell everybody"),
    about=ALLOCATIONS,
    answers={202: ShownAllocation},
    refuses=(RoundRefusal,),
    repeats=True,
)
def announce(allocation_id: int) -> Response:
    """Announce; the worker writes the places."""
    now = clock.now()
    rest.once(lambda: _done(lambda: jobs.announce_later(allocation_id, now)))
    return rest.answered(_shown(_row(allocation_id)), 202)
