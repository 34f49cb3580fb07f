"""One's own data: corrected until they are frozen, then proposed to the organiser."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from eventapp.kernel.db import atomic, db
from eventapp.kernel.facts import Fact, record
from eventapp.kernel.refusal import Refused
from eventapp.registrations import mails, queries, rules
from eventapp.registrations.commands.answers import answered, normal_answers
from eventapp.registrations.commands.details import OrganisationDetails
from eventapp.registrations.commands.editing import change
from eventapp.registrations.commands.steps import (
    behind_locks,
    event_of,
    organisation_said,
    subject_of,
    tell,
)
from eventapp.registrations.models import FormOfAddress, Proposal, ProposalState, Registration
from eventapp.registrations.rules import RegistrationRefusal

OWN = frozenset(
    {
        "title", "first_name", "last_name", "form_of_address", "email", "phone", "job", "postcode",
        "gmina", "diet", "needs", "accommodation", "transport",
    }
)  # fmt: skip
ANSWER = "answer:"
ORGANISATION = "organisation"


@dataclass(frozen=True, kw_only=True)
class ProposalMade(Fact):
    """Somebody asked the organiser to correct data; `names` says which, never their values."""

    kind: ClassVar[str] = "proposal-made"
    registration_id: int
    names: list[str]


@dataclass(frozen=True, kw_only=True)
class ProposalDecided(Fact):
    """The organiser took a proposed correction over, or did not."""

    kind: ClassVar[str] = "proposal-decided"
    registration_id: int
    state: str


@atomic
def correct_own(
    registration_id: int,
    now: datetime,
    *,
    answers: Mapping[str, Any],
    organisation: OrganisationDetails | None = None,
    **columns: Any,
) -> Registration:
    """Correct one's own data at once; refused after the event's freeze date.

    *columns* are names of `OWN`; what is the same stays untouched.
    """
    row = behind_locks(registration_id)
    _refuse_over(row)
    until = queries.form_of(row.event_id).edits_until
    if rules.is_frozen(until, now):
        raise Refused(RegistrationRefusal.EDITS_FROZEN, until=until)
    _write(row, now, answers, organisation, columns)
    return row


@atomic
def change_answers(registration_id: int, now: datetime, answers: Mapping[str, Any]) -> None:
    """Write answers down for somebody, at any time."""
    answered(behind_locks(registration_id), now, answers)


@atomic
def propose(
    registration_id: int,
    now: datetime,
    *,
    answers: Mapping[str, Any],
    organisation: OrganisationDetails | None = None,
    **columns: Any,
) -> Proposal:
    """Ask the organiser to correct one's data; a later proposal takes the place of this one."""
    row = behind_locks(registration_id)
    _refuse_over(row)
    values = _differing(row, answers, organisation, columns)
    earlier = queries.pending_proposal(row.id)
    if earlier is not None and earlier.values == {name: new for name, (_, new) in values.items()}:
        return earlier
    if not values:
        raise Refused(RegistrationRefusal.NOTHING_CHANGED)
    if earlier is not None:
        _close(earlier, ProposalState.WITHDRAWN, now)
    made = Proposal(
        registration_id=row.id,
        values={name: new for name, (_old, new) in values.items()},
        before={name: old for name, (old, _new) in values.items()},
        state=ProposalState.PENDING,
        made_at=now,
    )
    db.session.add(made)
    db.session.flush()
    record(
        ProposalMade(
            event_id=row.event_id,
            subject=subject_of(row),
            registration_id=row.id,
            names=sorted(values),
        )
    )
    return made


@atomic
def accept_proposal(proposal_id: int, now: datetime) -> Registration:
    """Take a proposed correction over, and tell the person."""
    made, row = _pending(proposal_id)
    values = dict(made.values)
    named = values.pop(ORGANISATION, None)
    answers = {
        name.removeprefix(ANSWER): values.pop(name)
        for name in list(values)
        if name.startswith(ANSWER)
    }
    if "form_of_address" in values:
        values["form_of_address"] = FormOfAddress(values["form_of_address"])
    organisation = OrganisationDetails(name=named) if named else None
    _write(row, now, answers, organisation, values)
    _decide(made, row, ProposalState.ACCEPTED, now)
    return row


@atomic
def reject_proposal(proposal_id: int, now: datetime, *, reason: str) -> Registration:
    """Leave somebody's data as they are, and tell the person why."""
    if not reason:
        raise Refused(RegistrationRefusal.REASON_REQUIRED)
    made, row = _pending(proposal_id)
    made.reason = reason
    _decide(made, row, ProposalState.REJECTED, now)
    return row


def _pending(proposal_id: int) -> tuple[Proposal, Registration]:
    row = behind_locks(db.session.get_one(Proposal, proposal_id).registration_id)
    made = db.session.get_one(Proposal, proposal_id, populate_existing=True)
    if made.state is not ProposalState.PENDING:
        raise Refused(RegistrationRefusal.ALREADY_DECIDED)
    return made, row


def _decide(made: Proposal, row: Registration, state: ProposalState, now: datetime) -> None:
    _close(made, state, now)
    record(
        ProposalDecided(
            event_id=row.event_id, subject=subject_of(row), registration_id=row.id, state=state
        )
    )
    tell(row, mails.corrected, proposal_id=made.id)


def _close(made: Proposal, state: ProposalState, now: datetime) -> None:
    # What somebody asked for and was not given is nobody's business any more.
    made.state, made.decided_at, made.values, made.before = state, now, {}, {}
    db.session.flush()


def _refuse_over(row: Registration) -> None:
    if row.state not in rules.OPEN:
        raise Refused(RegistrationRefusal.WRONG_STATE, state=rules.state_word(row.state))


def _differing(
    row: Registration,
    answers: Mapping[str, Any],
    organisation: OrganisationDetails | None,
    columns: Mapping[str, Any],
) -> dict[str, tuple[Any, Any]]:
    """Return what would change: old and new value by name."""
    present = queries.answers(row.id)
    normal = normal_answers(row.event_id, answers)
    known = queries.registration(row.id)
    named = known.organisation.name if known is not None and known.organisation else ""
    found = {name: (getattr(row, name), value) for name, value in _own(columns).items()}
    found |= {f"{ANSWER}{code}": (present.get(code), value) for code, value in normal.items()}
    if organisation is not None:
        found[ORGANISATION] = (named, organisation.name)
    return {name: pair for name, pair in found.items() if pair[0] != pair[1]}


def _own(columns: Mapping[str, Any]) -> dict[str, Any]:
    if unknown := columns.keys() - OWN:
        raise ValueError(f"not one's own to change: {sorted(unknown)}")
    return dict(columns)


def _write(
    row: Registration,
    now: datetime,
    answers: Mapping[str, Any],
    organisation: OrganisationDetails | None,
    columns: Mapping[str, Any],
) -> None:
    differing = {
        name: value for name, value in _own(columns).items() if getattr(row, name) != value
    }
    if organisation is not None:
        said = organisation_said(event_of(row.event_id), organisation, None)
        if said.id != row.organisation_id:
            differing["organisation_id"] = said.id
    if differing:
        change(row.id, now, **differing)
    answered(row, now, answers)
