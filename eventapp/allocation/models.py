"""Allocations: sessions whose places are given by preference, wishes, runs and outcomes."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventapp.allocation.rules import Result, State
from eventapp.kernel.db import Model, choice
from eventapp.programme.models import Session
from eventapp.registrations.models import Registration

__all__ = [
    "AllocationOutcome",
    "AllocationRound",
    "AllocationRun",
    "AllocationSession",
    "Ranking",
    "Result",
    "State",
]


class AllocationRound(Model):
    """Sessions whose places are given together, after people ranked them.

    People rank from `opens_at` to `closes_at`, at most `choices` of what is at one time. `salt`
    makes the keys by which the published file calls people. `run_id` names the run that would be
    announced; `running_since` tells that one is being computed.
    """

    __tablename__ = "allocation_round"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    title: Mapped[dict[str, str]]
    state: Mapped[State] = mapped_column(choice(State), default=State.DRAFT)
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    choices: Mapped[int]
    per_organisation: Mapped[int | None]
    queues: Mapped[bool]
    salt: Mapped[str] = mapped_column(String(64))
    run_id: Mapped[int | None]
    running_since: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    announced_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    __table_args__ = (Index("ix_allocation_round_event_id", "event_id"),)


class AllocationSession(Model):
    """One session of an allocation."""

    __tablename__ = "allocation_session"

    round_id: Mapped[int] = mapped_column(ForeignKey("allocation_round.id"), primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("session.id"), primary_key=True)

    session: Mapped[Session] = relationship(lazy="raise")

    __table_args__ = (Index("ix_allocation_session_session_id", "session_id"),)


class Ranking(Model):
    """One person's wishes: ids of sessions, the best first; what is at one time competes.

    Who is `flexible` takes any other session of the time rather than none.
    """

    __tablename__ = "ranking"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("allocation_round.id"))
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"))
    choices: Mapped[list[Any]]
    flexible: Mapped[bool]
    saved_at: Mapped[datetime]

    registration: Mapped[Registration] = relationship(lazy="raise")

    __table_args__ = (
        UniqueConstraint("round_id", "registration_id"),
        Index("ix_ranking_registration_id", "registration_id"),
    )


class AllocationRun(Model):
    """One computation: its seed, the hash of what it looked at, and what came of it in figures.

    `document` is the published file. `figures` are those of the outcome, `first_come` those of
    first come, first served; `blocks` tells of each session how many wanted it and got it.
    """

    __tablename__ = "allocation_run"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("allocation_round.id"))
    number: Mapped[int]
    seed: Mapped[str] = mapped_column(String(64))
    input_hash: Mapped[str] = mapped_column(String(64))
    figures: Mapped[dict[str, Any]]
    first_come: Mapped[dict[str, Any]]
    blocks: Mapped[list[Any]]
    document: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    ran_at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(64))

    __table_args__ = (UniqueConstraint("round_id", "number"),)


class AllocationOutcome(Model):
    """What the run that stands gave one person in one block, and why not something better.

    `number` is the person's in the lottery of the block. `misses` are the better wishes, each with
    the reason. `result` says what became of it when it was announced.
    """

    __tablename__ = "allocation_outcome"

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("allocation_run.id"))
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"))
    block: Mapped[int]
    session_id: Mapped[int | None] = mapped_column(ForeignKey("session.id"))
    rank: Mapped[int | None]
    number: Mapped[int]
    busy: Mapped[bool]
    misses: Mapped[list[Any]]
    result: Mapped[Result | None] = mapped_column(choice(Result))

    registration: Mapped[Registration] = relationship(lazy="raise")

    __table_args__ = (
        UniqueConstraint("run_id", "registration_id", "block"),
        Index("ix_allocation_outcome_registration_id", "registration_id"),
    )
