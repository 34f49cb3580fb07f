"""Leaving, and passing one's place on."""

from collections.abc import Sequence
from datetime import datetime

from eventapp.kernel.db import atomic
from eventapp.kernel.facts import record
from eventapp.kernel.refusal import Refused
from eventapp.registrations import mails, queries, rules
from eventapp.registrations.commands.deciding import drop_decision
from eventapp.registrations.commands.details import Details
from eventapp.registrations.commands.facts import (
    RegistrationCancelled,
    RegistrationReplaced,
)
from eventapp.registrations.commands.registering import add
from eventapp.registrations.commands.steps import (
    behind_locks,
    check_move,
    event_of,
    follow_quota,
    retire_badge,
    subject_of,
    tell,
    touch,
)
from eventapp.registrations.models import (
    Registration,
    Source,
    State,
)
from eventapp.registrations.rules import RegistrationRefusal


@atomic
def cancel(registration_id: int, now: datetime) -> Registration:
    """Leave the event by oneself, until the event's deadline; all places are released."""
    row = behind_locks(registration_id)
    event = event_of(row.event_id)
    if refusal := rules.refuse_cancel(row, event, now):
        raise Refused(refusal, until=event.cancel_until, state=rules.state_word(row.state))
    return _cancelled(row, now, by_staff=False)


@atomic
def strike_off(registration_id: int, now: datetime) -> Registration:
    """Take a registration out for the person, at any time; all places are released."""
    row = behind_locks(registration_id)
    check_move(row, State.CANCELLED)
    return _cancelled(row, now, by_staff=True)


@atomic
def substitute(
    registration_id: int,
    details: Details,
    now: datetime,
    *,
    session_ids: Sequence[int] = (),
    ref: str | None = None,
    state: State = State.QUALIFIED,
) -> Registration:
    """Let another person take part instead.

    The places in *session_ids* pass on, the others are released; a new badge is made and
    the old one dies. Personal data of the first person do not pass on, the organisation does
    unless another one is named. A guest's substitute is a guest of the same institution.
    """
    replaced = behind_locks(registration_id)
    check_move(replaced, State.REPLACED)
    follow_quota(replaced, replaced.state, state)
    if ref is not None and queries.by_ref(replaced.event_id, ref) is not None:
        raise Refused(RegistrationRefusal.REF_TAKEN, ref=ref)
    drop_decision(replaced, now)
    replaced.state, replaced.cancelled_at = State.REPLACED, now
    retire_badge(replaced, now)
    replaced.identity_key, replaced.badge_hash = None, None
    touch(replaced)
    row = add(
        event_of(replaced.event_id),
        details,
        now,
        source=Source.SUBSTITUTE,
        state=state,
        ref=ref,
        replaces=replaced,
    )
    record(
        RegistrationReplaced(
            event_id=row.event_id,
            subject=subject_of(replaced),
            registration_id=replaced.id,
            by_id=row.id,
            session_ids=list(session_ids),
        )
    )
    tell(replaced, mails.replaced)
    return row


def _cancelled(row: Registration, now: datetime, *, by_staff: bool) -> Registration:
    follow_quota(row, row.state, State.CANCELLED)
    drop_decision(row, now)
    row.state, row.cancelled_at, row.identity_key = State.CANCELLED, now, None
    touch(row)
    record(
        RegistrationCancelled(
            event_id=row.event_id,
            subject=subject_of(row),
            registration_id=row.id,
            by_staff=by_staff,
        )
    )
    tell(row, mails.cancelled)
    return row
