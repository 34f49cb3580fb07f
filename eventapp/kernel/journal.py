"""What was edited, from what to what, and how an edit is taken back.

A command that edits calls `note`: the fact carries the values before and after. For each kind of
thing a slice registers a `Keeper`, which reads the values and sets them back. Undoing is an edit
too, so it can be undone in its turn.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from flask import Flask, current_app
from sqlalchemy import select

from eventapp.kernel.db import atomic, db
from eventapp.kernel.facts import Fact, FactRow, record
from eventapp.kernel.refusal import N_, Refusal, Refused

DAYS = 30
_EXTENSION = "eventapp-journal"

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
    return record(Edited(event_id=event_id, subject=subject, before=before, after=after))


@atomic
def undo(event_id: int, fact_id: int, now: datetime) -> int:
    """Set a thing back to what it was before an edit, and return the fact that says so.

    Refused when the edit is too old, when the thing was edited again since, or when the slice
    says that something builds upon it. Raises LookupError where the event has no such edit.
    """
    row = edit(event_id, fact_id)
    if row is None:
        raise LookupError(f"no edit {fact_id}")
    before, after = row.data["before"], row.data["after"]
    if row.at < now - timedelta(days=DAYS):
        raise Refused(UndoRefusal.TOO_OLD)
    kind, _colon, number = row.subject.partition(":")
    keeper = _keepers()[kind]
    stands = _stands(keeper.values(int(number)), after)
    keeper.restore(int(number), before, now)  # says first what builds upon it
    if not stands:
        raise Refused(UndoRefusal.CHANGED_SINCE)
    return record(
        Edited(event_id=event_id, subject=row.subject, before=after, after=before, undoes=row.id)
    )


def edit(event_id: int, fact_id: int) -> FactRow | None:
    """Return an event's edit by the id of its fact."""
    row = db.session.get(FactRow, fact_id)
    ours = row is not None and row.event_id == event_id and row.kind == Edited.kind
    return row if ours else None


def latest(subject: str) -> int | None:
    """Return the fact of the latest edit of a thing."""
    query = select(FactRow.id).where(FactRow.subject == subject, FactRow.kind == Edited.kind)
    return db.session.scalar(query.order_by(FactRow.id.desc()).limit(1))


def can_undo(row: FactRow, now: datetime) -> bool:
    """Tell whether it is worth offering to undo what *row* records."""
    kind = row.subject.partition(":")[0]
    recent = row.at >= now - timedelta(days=DAYS)
    return row.kind == Edited.kind and kind in _keepers() and recent


def _stands(present: Values | None, after: Values | None) -> bool:
    if present is None or after is None:
        return present is None and after is None
    return all(present.get(name) == value for name, value in after.items())


def _keepers() -> Mapping[str, Keeper]:
    keepers: Mapping[str, Keeper] = current_app.extensions.get(_EXTENSION, {})
    return keepers
