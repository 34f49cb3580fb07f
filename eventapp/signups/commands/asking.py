"""What an event and a session ask of those who sign up; edits can be taken back."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from eventapp.events import commands as events
from eventapp.events.models import Event
from eventapp.kernel import journal
from eventapp.kernel.db import Model, atomic, db
from eventapp.kernel.journal import Keeper
from eventapp.kernel.refusal import Refusal, Refused
from eventapp.programme import commands as programme
from eventapp.programme.models import Session
from eventapp.programme.rules import effective_capacity
from eventapp.signups import queries, rules
from eventapp.signups.commands.steps import lock_sessions, session_anew
from eventapp.signups.models import SessionTerms, SignUpPolicy
from eventapp.signups.rules import Order, Overlap, Policy, Promotion, Terms, TermsRefusal
from eventapp.signups.rules.buckets import Bucket

ENUMS = {"promotion": Promotion, "overlap": Overlap, "queue_order": Order}


@atomic
def set_policy(event_id: int, now: datetime, **values: Any) -> SignUpPolicy:
    """Say what an event asks; *values* are names of `Policy`, what is not named stays."""
    db.session.get_one(Event, event_id, with_for_update={"key_share": True})
    before = _policy(event_id)
    _obey(rules.refuse_policy(Policy(**{**before, **values})))
    row = _kept(SignUpPolicy, event_id, Policy()._asdict(), values, event_id=event_id)
    events.touch(event_id)
    journal.note(event_id, f"sign-up-policy:{event_id}", before, _policy(event_id))
    return row


@atomic
def set_terms(
    session_id: int, now: datetime, *, overbooking_percent: int | None = None, **values: Any
) -> SessionTerms:
    """Say what a session asks; *values* are names of `Terms`, what is not named stays.

    So many percent more than its seats are let in, where some are expected to stay away. A split of
    seats is tried first, and refused if somebody would have no seat any more.
    """
    if overbooking_percent is not None:
        programme.overbook(session_id, overbooking_percent, now)
    lock_sessions([session_id])
    session = session_anew(session_id)
    before = _terms(session_id)
    _obey(rules.refuse_asking(Terms(**{**before, **values})))
    _refuse_split(session, values.get("buckets", ()))
    row = _kept(SessionTerms, session_id, Terms()._asdict(), values, session_id=session_id)
    events.touch(session.event_id)
    journal.note(session.event_id, f"session-terms:{session_id}", before, _terms(session_id))
    return row


def _obey(refusal: Refusal | None) -> None:
    if refusal is not None:
        raise Refused(refusal)


def _refuse_split(session: Session, buckets: Sequence[Bucket]) -> None:
    if not buckets:
        return
    limit = effective_capacity(session)
    spare = rules.buckets.spare(buckets, limit)
    if spare is not None and spare < 0:
        raise Refused(TermsRefusal.TOO_MANY_KEPT, capacity=limit)
    left = rules.buckets.misfits(buckets, queries.seated(session.id), limit)
    if left:
        raise Refused(TermsRefusal.WOULD_NOT_FIT, names=", ".join(one.name for one in left))


def _kept(
    model: type[Any], row_id: int, usual: Mapping[str, Any], values: Mapping[str, Any], **key: int
) -> Any:
    row = db.session.get(model, row_id)
    if row is None:
        row = model(**key)
        for name, value in usual.items():
            setattr(row, name, _typed(name, value))
        db.session.add(row)
    for name, value in values.items():
        setattr(row, name, _typed(name, value))
    db.session.flush()
    return row


def _typed(name: str, value: Any) -> Any:
    if name in ENUMS:
        return ENUMS[name](value)
    return list(value) if isinstance(value, tuple) else value


# --- undo -------------------------------------------------------------------------------------


def _policy(event_id: int) -> Mapping[str, Any]:
    return _plain(db.session.get(SignUpPolicy, event_id), Policy()._asdict())


def _terms(session_id: int) -> Mapping[str, Any]:
    return _plain(db.session.get(SessionTerms, session_id), Terms()._asdict())


def _plain(row: Model | None, usual: Mapping[str, Any]) -> Mapping[str, Any]:
    values = {name: getattr(row, name) for name in usual} if row is not None else dict(usual)
    return {
        name: list(value) if isinstance(value, tuple) else value for name, value in values.items()
    }


def _restore_policy(event_id: int, values: Mapping[str, Any] | None, now: datetime) -> None:
    restored = values if values is not None else Policy()._asdict()
    _kept(SignUpPolicy, event_id, Policy()._asdict(), restored, event_id=event_id)
    events.touch(event_id)


def _restore_terms(session_id: int, values: Mapping[str, Any] | None, now: datetime) -> None:
    restored = values if values is not None else Terms()._asdict()
    _kept(SessionTerms, session_id, Terms()._asdict(), restored, session_id=session_id)
    events.touch(db.session.get_one(Session, session_id).event_id)


KEEPERS = {
    "sign-up-policy": Keeper(values=_policy, restore=_restore_policy),
    "session-terms": Keeper(values=_terms, restore=_restore_terms),
}
