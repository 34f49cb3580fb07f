"""What was edited, from what to what, and how an edit is taken back.

A command that edits calls `note`: the fact carries the values before and after. For each kind of
thing a slice registers a `Keeper`, which reads the values and sets them back. Undoing is an edit
too, so it can be undone in its turn.

What one act edits at many things at once, such as an import, is noted `together`: the history
tells it in one line, and it is taken back as a whole.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar

from flask import Flask, current_app, g, has_request_context
from sqlalchemy import select

from eventapp.kernel.db import atomic, db
from eventapp.kernel.facts import Fact, FactRow, record
from eventapp.kernel.refusal import N_, Refusal, Refused

DAYS = 30
_EXTENSION = "eventapp-journal"
_MADE = "eventapp_edits"

Values = Mapping[str, Any]


class UndoRefusal(Refusal):
    """Why an edit stays."""

    TOO_OLD = "too-old", N_("An edit can be undone for 30 days.")
    CHANGED_SINCE = (
        "changed-since",
        N_("This has been changed again since; undo the later change first."),
    )
    BUILT_UPON = "built-upon", N_("Something else builds upon this change, so it has to stay.")


@dataclass(frozen=True, kw_only=True)
class Edited(Fact):
    """Values of a thing were replaced; JSON values by name.

    `before` is None where the thing was added, `after` where it was removed. `undoes` names the
    fact of the edit that this one takes back.
    """

    kind: ClassVar[str] = "edited"
    before: Values | None
    after: Values | None
    undoes: int | None = None


@dataclass(frozen=True, kw_only=True)
class EditedPart(Edited):
    """One of the edits that an act made together."""

    kind: ClassVar[str] = "edited-part"


@dataclass(frozen=True, kw_only=True)
class EditedTogether(Fact):
    """One act edited many things: *act* says which, *edits* are the facts of its parts."""

    kind: ClassVar[str] = "edited-together"
    act: str
    edits: Sequence[int]
    undoes: int | None = None


@dataclass
class Act:
    """What is edited together: the facts of the parts, and that of the whole once it ended."""

    parts: list[int] = field(default_factory=list)
    fact_id: int | None = None


UNDOABLE = frozenset({Edited.kind, EditedTogether.kind})
_act: ContextVar[Act | None] = ContextVar("act", default=None)


@dataclass(frozen=True)
class Keeper:
    """How things of one kind are read and set back.

    `values` takes an id and returns all present values that edits may name, or None where there
    is no such thing; it locks the thing. `restore` takes an id, values (None: remove the thing)
    and the moment; it raises `Refused` where something builds upon what would go.
    """

    values: Callable[[int], Values | None]
    restore: Callable[[int, Values | None, datetime], None]


def install(app: Flask, keepers: Mapping[str, Keeper]) -> None:
    """Let edits of these kinds of things be undone: keepers by the first part of a subject."""
    app.extensions[_EXTENSION] = dict(keepers)


def note(event_id: int, subject: str, before: Values | None, after: Values | None) -> int | None:
    """Record what an edit changed and return the fact's id; None where nothing differs.

    Of a thing that stays, only the values that differ are kept.
    """
    if before is not None and after is not None:
        names = [name for name in after if before.get(name) != after[name]]
        before = {name: before.get(name) for name in names}
        after = {name: after[name] for name in names}
    if before == after:
        return None
    return _record(event_id, subject, before, after)


def _record(
    event_id: int,
    subject: str,
    before: Values | None,
    after: Values | None,
    undoes: int | None = None,
) -> int:
    act = _act.get()
    form = Edited if act is None else EditedPart
    fact_id = record(
        form(event_id=event_id, subject=subject, before=before, after=after, undoes=undoes)
    )
    if act is not None:
        act.parts.append(fact_id)
    elif has_request_context():
        g.setdefault(_MADE, {})[subject] = fact_id
    return fact_id


def made_here(subject: str) -> int | None:
    """Return the fact of what this request edited about a thing; None where nothing differed."""
    made: dict[str, int] = g.get(_MADE, {})
    return made.get(subject)


@contextmanager
def together(event_id: int, name: str, *, undoes: int | None = None) -> Iterator[Act]:
    """Note all that is edited within as one act called *name*, inside one transaction.

    `fact_id` of what is yielded is the act's own fact, None where nothing was edited.
    """
    act = Act()
    token = _act.set(act)
    try:
        yield act
    finally:
        _act.reset(token)
    if act.parts:
        act.fact_id = record(
            EditedTogether(
                event_id=event_id,
                subject=f"event:{event_id}",
                act=name,
                edits=act.parts,
                undoes=undoes,
            )
        )


@atomic
def undo(event_id: int, fact_id: int, now: datetime) -> int:
    """Set a thing back to what it was before an edit, and return the fact that says so.

    Refused when the edit is too old, when the thing was edited again since, or when the slice
    says that something builds upon it. Raises LookupError where the event has no such edit.
    """
    row = edit(event_id, fact_id)
    if row is None:
        raise LookupError(f"no edit {fact_id}")
    if row.kind != EditedTogether.kind:
        return _undo(row, now)
    with together(event_id, row.data["act"], undoes=row.id) as act:
        for part in reversed(_parts(row)):
            _undo(part, now)
    return act.fact_id or row.id


def _parts(row: FactRow) -> Sequence[FactRow]:
    query = select(FactRow).where(FactRow.id.in_(row.data["edits"])).order_by(FactRow.id)
    return db.session.scalars(query).all()


def _undo(row: FactRow, now: datetime) -> int:
    before, after = row.data["before"], row.data["after"]
    if row.at < now - timedelta(days=DAYS):
        raise Refused(UndoRefusal.TOO_OLD)
    kind, _colon, number = row.subject.partition(":")
    keeper = _keepers()[kind]
    stands = _stands(keeper.values(int(number)), after)
    keeper.restore(int(number), before, now)  # says first what builds upon it
    if not stands:
        raise Refused(UndoRefusal.CHANGED_SINCE)
    assert row.event_id is not None  # noqa: S101 - `edit` found it by its event
    return _record(row.event_id, row.subject, after, before, row.id)


def edit(event_id: int, fact_id: int) -> FactRow | None:
    """Return an event's edit by the id of its fact."""
    row = db.session.get(FactRow, fact_id)
    ours = row is not None and row.event_id == event_id and row.kind in UNDOABLE
    return row if ours else None


def can_undo(row: FactRow, now: datetime) -> bool:
    """Tell whether it is worth offering to undo what *row* records."""
    kept = row.kind == EditedTogether.kind or row.subject.partition(":")[0] in _keepers()
    return row.kind in UNDOABLE and kept and row.at >= now - timedelta(days=DAYS)


def _stands(present: Values | None, after: Values | None) -> bool:
    if present is None or after is None:
        return present is None and after is None
    return all(present.get(name) == value for name, value in after.items())


def _keepers() -> Mapping[str, Keeper]:
    keepers: Mapping[str, Keeper] = current_app.extensions.get(_EXTENSION, {})
    return keepers
