"""Computing an outcome: read, solve outside any transaction, keep what came of it."""

import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert

from eventapp.allocation import queries, rules
from eventapp.allocation.commands.facts import AllocationRan
from eventapp.allocation.commands.rounds import about
from eventapp.allocation.models import AllocationOutcome, AllocationRound, AllocationRun
from eventapp.allocation.queries import Input
from eventapp.allocation.rules.fairness import figures, first_come
from eventapp.allocation.rules.problem import Problem, canonical, document, hash_of, written
from eventapp.allocation.rules.solving import Outcome, Solution, solve
from eventapp.kernel.db import atomic, db, table_of
from eventapp.kernel.facts import actor, record
from eventapp.kernel.refusal import Refused

SEED_LENGTH = 64
PORTION = 2000  # rows written by one statement


def new_seed() -> str:
    """Return a seed that nobody chose."""
    return secrets.token_hex(8)


def run(round_id: int, seed: str, now: datetime) -> AllocationRun:
    """Compute an outcome; nobody's places change. It replaces the run before."""
    round_ = queries.allocation(round_id)
    if round_ is None:
        raise LookupError(f"no allocation {round_id}")
    _refuse(round_, now)
    given = queries.problem(round_, now)
    values = written(given.problem)
    solution = solve(given.problem, seed)
    return _keep(round_id, seed, given, values, solution, now)


def _refuse(round_: AllocationRound, now: datetime) -> None:
    if refusal := rules.refuse_run(round_, queries.ranked_count(round_.id), now):
        raise Refused(refusal, **rules.explain(refusal, round_))


@atomic
def begin(round_id: int, now: datetime) -> AllocationRound:
    """Note that a run is being computed, by a job."""
    round_ = queries.locked(round_id)
    _refuse(round_, now)
    round_.running_since = now
    return round_


@atomic
def _keep(
    round_id: int,
    seed: str,
    given: Input,
    values: Mapping[str, Any],
    solution: Solution,
    now: datetime,
) -> AllocationRun:
    round_ = queries.locked(round_id)
    _refuse(round_, now)
    earlier = queries.runs(round_id)
    input_hash = hash_of(values)
    row = AllocationRun(
        round_id=round_id,
        number=1 + max((one.number for one in earlier), default=0),
        seed=seed,
        input_hash=input_hash,
        figures=figures(given.problem, solution.outcomes).values(),
        first_come=figures(given.problem, first_come(given.problem, seed)).values(),
        blocks=_blocks(given.problem, solution),
        document=canonical(document(values, seed)).encode(),
        ran_at=now,
        actor=actor(),
    )
    db.session.add(row)
    db.session.flush()
    if round_.run_id is not None:
        old = AllocationOutcome.run_id == round_.run_id
        db.session.execute(delete(AllocationOutcome).where(old))
    _insert(row.id, given, solution.outcomes)
    round_.run_id, round_.running_since = row.id, None
    record(AllocationRan(**about(round_), run=row.number, seed=seed, input_hash=input_hash))
    return row


def _insert(run_id: int, given: Input, outcomes: Sequence[Outcome]) -> None:
    """Write outcomes past the mapper: there are tens of thousands."""
    rows = [
        {
            "run_id": run_id,
            "registration_id": given.registrations[one.person],
            "block": one.block,
            "session_id": None if one.session is None else int(one.session),
            "rank": one.rank,
            "number": one.number,
            "busy": one.busy,
            "misses": [asdict(miss) | {"session": int(miss.session)} for miss in one.misses],
            "result": None,
        }
        for one in outcomes
    ]
    table = table_of(AllocationOutcome)
    for start in range(0, len(rows), PORTION):
        db.session.execute(insert(table), rows[start : start + PORTION])


def _blocks(problem: Problem, solution: Solution) -> list[dict[str, Any]]:
    """Tell of each block and session how many wanted it, by rank, and how many got it."""
    offers = {one.id: one for one in problem.offers}
    place = {one: number for number, block in enumerate(solution.blocks) for one in block}
    wanted = {one: [0] * problem.choices for one in offers}
    for who in problem.choosers:
        ranks: Counter[int] = Counter()
        for session in who.choices:
            block = place[session]
            if ranks[block] < problem.choices:
                wanted[session][ranks[block]] += 1
                ranks[block] += 1
    placed = Counter((one.session, one.block) for one in solution.outcomes if one.session)
    bars = Counter(
        (one.block, miss.why)
        for one in solution.outcomes
        for miss in one.misses
        if miss.why != "full"
    )
    return [
        {
            "starts_at": min(offers[one].starts_at for one in block).isoformat(),
            "ends_at": max(offers[one].ends_at for one in block).isoformat(),
            "sessions": [
                {
                    "id": int(one),
                    "wanted": wanted[one],
                    "places": offers[one].places,
                    "placed": placed[one, number],
                }
                for one in block
            ],
            "barred": {why: count for (at, why), count in sorted(bars.items()) if at == number},
            "without": sum(
                1
                for one in solution.outcomes
                if one.block == number and one.session is None and not one.busy
            ),
        }
        for number, block in enumerate(solution.blocks)
    ]
