"""One act on many registrations: previewed, done as a whole, taken back as a whole."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from eventapp.kernel import jobs, journal
from eventapp.kernel.db import atomic, db
from eventapp.kernel.facts import record
from eventapp.kernel.journal import Keeper, Values
from eventapp.kernel.refusal import Refused
from eventapp.registrations import mails, queries
from eventapp.registrations.commands.deciding import (
    decide,
    decide_silently,
    decision_values,
    restore_decision,
)
from eventapp.registrations.commands.facts import LinkSent
from eventapp.registrations.commands.standing import strike_off
from eventapp.registrations.commands.steps import (
    behind_locks,
    index,
    organisation_row,
    subject_of,
    touch,
)
from eventapp.registrations.models import Registration
from eventapp.registrations.rules import many
from eventapp.registrations.rules.many import Act, Ask, ManyRefusal, Telling


@dataclass(frozen=True, kw_only=True)
class Done:
    """Whom an act reached, and how many it left out; `fact_id` where it can be taken back."""

    reached: Collection[int]
    left_out: int
    fact_id: int | None


@atomic
def act_on(
    event_id: int,
    registration_ids: Collection[int],
    ask: Ask,
    now: datetime,
    *,
    seen: str | None = None,
) -> Done:
    """Do one act to all of these that it can reach: to all of them, or to none.

    *seen* is the mark of the preview: refused when anything has changed since.
    """
    queries.lock_all(registration_ids)
    verdicts = queries.judged(event_id, registration_ids, ask)
    if seen is not None and seen != many.mark(verdicts):
        raise Refused(ManyRefusal.OTHERS_CHANGED)
    reached = [one.row for one in verdicts if one.refusal is None]
    with journal.together(event_id, f"people-{ask.act}") as act:
        for row in reached:
            _do(row, ask, now)
    return Done(
        reached=[row.id for row in reached],
        left_out=len(verdicts) - len(reached),
        fact_id=act.fact_id,
    )


def _do(row: Registration, ask: Ask, now: datetime) -> None:
    if ask.act is Act.DECIDE and ask.state is not None:
        verb = decide if ask.telling is Telling.NOW else decide_silently
        verb(row.id, ask.state, now, note=ask.note, message=ask.message)
    elif ask.act is Act.CANCEL:
        strike_off(row.id, now)
    elif ask.act is Act.LINKS:
        _send_link(row)
    else:
        _set(row, ask, now)


def _send_link(row: Registration) -> None:
    jobs.enqueue(mails.own_link, lane=row.email, event_id=row.event_id, registration_id=row.id)
    record(LinkSent(event_id=row.event_id, subject=subject_of(row), registration_id=row.id))


def _set(row: Registration, ask: Ask, now: datetime) -> None:
    before = _values_of(row)
    if ask.act is Act.CATEGORY:
        row.category_id = ask.category_id
    elif ask.act is Act.ORGANISATION:
        row.organisation_id = ask.organisation_id
        index(row, organisation_row(ask.organisation_id))
    else:
        row.checked_at = now
    touch(row)
    journal.note(row.event_id, subject_of(row), before, _values_of(row))


@atomic
def check(registration_id: int, now: datetime) -> None:
    """Note that staff found the data of one registration right."""
    row = behind_locks(registration_id)
    if row.checked_at is None:
        _set(row, Ask(act=Act.CHECK), now)


def _values_of(row: Registration) -> Values:
    checked = row.checked_at
    return {
        "category_id": row.category_id,
        "organisation_id": row.organisation_id,
        "checked_at": checked.astimezone(UTC).isoformat() if checked is not None else None,
    }


# --- undo -------------------------------------------------------------------------------------


def _values(registration_id: int) -> Values | None:
    row = queries.locked(registration_id)
    return None if row is None else {**_values_of(row), **decision_values(row)}


def _restore(registration_id: int, values: Values | None, now: datetime) -> None:
    row = behind_locks(registration_id)
    given = values or {}
    restore_decision(row, given, now)
    for name in ("category_id", "organisation_id"):
        if name in given:
            setattr(row, name, given[name])
    if "checked_at" in given:
        at = given["checked_at"]
        row.checked_at = datetime.fromisoformat(at) if at is not None else None
    if "organisation_id" in given:
        index(row, organisation_row(row.organisation_id))
    touch(row)
    db.session.flush()


KEEPER = Keeper(values=_values, restore=_restore)
