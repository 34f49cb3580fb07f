"""The append-only log: audit trail, and what webhooks and reactions follow."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any, ClassVar

from flask import current_app
from sqlalchemy import Index, String, select
from sqlalchemy.orm import Mapped, mapped_column

from eventapp.kernel import clock, jobs
from eventapp.kernel.acting import SYSTEM, act_as, acting_as, actor
from eventapp.kernel.db import Model, append, append_all, db

__all__ = ["SYSTEM", "act_as", "acting_as", "actor"]

_EXTENSION = "eventapp-reactions"


class FactRow(Model):
    """One thing that happened. Holds ids and domain values, never personal data."""

    __tablename__ = "fact"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    event_id: Mapped[int | None]
    actor: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(64))
    data: Mapped[dict[str, Any]]

    __table_args__ = (
        Index("ix_fact_event_id_id", "event_id", "id"),
        Index("ix_fact_subject", "subject"),
    )


@dataclass(frozen=True, kw_only=True)
class Fact:
    """Base of every fact: what happened, to what, in which event.

    `kind` names it for good (kebab-case, past tense); `subject` is ``thing:id``.
    The other fields are its data: ids, numbers, codes and ISO times.
    """

    kind: ClassVar[str]
    event_id: int | None
    subject: str

    def data(self) -> dict[str, Any]:
        """Return the fact's own fields as JSON values."""
        own = asdict(self)
        return {
            name: value.isoformat() if isinstance(value, datetime) else value
            for name, value in own.items()
            if name not in {"event_id", "subject"}
        }


@dataclass(frozen=True)
class Reaction:
    """What follows a fact: commands `at_once`, in its transaction, or jobs `afterwards`.

    Both take the fact itself; an afterwards-job receives it rebuilt from its row.
    """

    at_once: Sequence[Callable[[Any], Any]] = ()
    afterwards: Sequence[Callable[[Any], Any]] = ()


def record(fact: Fact) -> int:
    """Append *fact* to the log, let the at-once reactions follow, and return the row's id.

    Belongs in `atomic`.
    """
    fact_id = append(
        FactRow,
        at=clock.now(),
        event_id=fact.event_id,
        actor=actor(),
        kind=fact.kind,
        subject=fact.subject,
        data=fact.data(),
    )
    reaction = _reactions().get(type(fact))
    if reaction is not None:
        for command in reaction.at_once:
            command(fact)
        if reaction.afterwards and not jobs.is_silent():
            jobs.enqueue(follow, fact_id=fact_id)
    return fact_id


def record_all(facts: Sequence[Fact]) -> None:
    """Append many facts; those that nothing follows go in few statements."""
    followed = _reactions().keys()
    plain = [fact for fact in facts if type(fact) not in followed]
    at, who = clock.now(), actor()
    append_all(
        FactRow,
        [
            {
                "at": at,
                "event_id": fact.event_id,
                "actor": who,
                "kind": fact.kind,
                "subject": fact.subject,
                "data": fact.data(),
            }
            for fact in plain
        ],
    )
    for fact in facts:
        if type(fact) in followed:
            record(fact)


@jobs.job("facts.follow")
def follow(fact_id: int) -> None:
    """Let the afterwards-reactions of one fact happen; each is idempotent."""
    row = db.session.get_one(FactRow, fact_id)
    for kind, reaction in _reactions().items():
        if kind.kind == row.kind:
            fact = _rebuilt(kind, row)
            for command in reaction.afterwards:
                command(fact)


def _rebuilt(kind: type[Fact], row: FactRow) -> Fact:
    known = {field.name for field in fields(kind)}
    data = {name: value for name, value in row.data.items() if name in known}
    return kind(event_id=row.event_id, subject=row.subject, **data)


def install(app: Any, reactions: Mapping[type[Fact], Reaction]) -> None:
    """Let *reactions* follow the facts of this application."""
    app.extensions[_EXTENSION] = reactions


def _reactions() -> Mapping[type[Fact], Reaction]:
    table: Mapping[type[Fact], Reaction] = current_app.extensions.get(_EXTENSION, {})
    return table


def history(
    *,
    event_id: int | None = None,
    subject: str | None = None,
    subjects: Sequence[str] = (),
    without: Sequence[str] = (),
    before: int | None = None,
    limit: int = 50,
) -> Sequence[FactRow]:
    """List facts, newest first, of an event or of some subjects; page with *before* an id.

    Facts of the kinds in *without* are left out.
    """
    query = select(FactRow).order_by(FactRow.id.desc()).limit(limit)
    if event_id is not None:
        query = query.where(FactRow.event_id == event_id)
    if subject is not None:
        query = query.where(FactRow.subject == subject)
    if subjects:
        query = query.where(FactRow.subject.in_(subjects))
    if without:
        query = query.where(FactRow.kind.not_in(without))
    if before is not None:
        query = query.where(FactRow.id < before)
    return db.session.scalars(query).all()
