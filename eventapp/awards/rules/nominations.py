"""The way of a nomination: draft, submitted, checked, completed, withdrawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from eventapp.awards.rules.refusals import AwardRefusal
from eventapp.awards.rules.states import ConsentState, FormalResult, NominationState
from eventapp.kernel.refusal import N_

if TYPE_CHECKING:
    from eventapp.awards.models import Award, Call, Nomination

# What the secretary ticks: code and question.
CHECKLIST: Mapping[str, str] = {
    "in-time": N_("Submitted within the call"),
    "eligible": N_("The nominee is of a kind this award is open to"),
    "in-area": N_("The nominee works in the area of the project"),
    "consent": N_("The nominee consents"),
    "attachments": N_("The required attachments are there and can be opened"),
    "not-barred": N_("The nominee is not barred as a recent laureate"),
}

# What a draft must have before it is submitted: column and its name.
NEEDED: Mapping[str, str] = {
    "nominee": N_("the nominee"),
    "nominator": N_("the nominator"),
    "nominator_email": N_("the nominator’s e-mail"),
    "justification": N_("the justification"),
}


class Check(StrEnum):
    """What the formal check does to a nomination."""

    ACCEPT = "accept"
    REJECT = "reject"
    CALL = "call"


_DOES: Mapping[FormalResult, Check] = {
    FormalResult.POSITIVE: Check.ACCEPT,
    FormalResult.COMPLETED: Check.ACCEPT,
    FormalResult.NEGATIVE: Check.REJECT,
    FormalResult.TO_COMPLETE: Check.CALL,
}

MOVES: Mapping[tuple[NominationState, Check], NominationState] = {
    (NominationState.SUBMITTED, Check.ACCEPT): NominationState.ACCEPTED,
    (NominationState.SUBMITTED, Check.REJECT): NominationState.REJECTED,
    (NominationState.SUBMITTED, Check.CALL): NominationState.TO_COMPLETE,
    (NominationState.TO_COMPLETE, Check.ACCEPT): NominationState.ACCEPTED,
    (NominationState.TO_COMPLETE, Check.REJECT): NominationState.REJECTED,
}

MOST_BYTES = 20_000_000  # of one nomination's attachments together
MOST_FILES = 10

_NEEDS_REASON = frozenset(FormalResult) - {FormalResult.POSITIVE}


def refuse_call(call: Call, now: datetime) -> AwardRefusal | None:
    """Return why nominations are not taken now."""
    if call.opens_at is not None and now < call.opens_at:
        return AwardRefusal.CALL_NOT_OPEN
    if call.closes_at is not None and call.closes_at < now:
        return AwardRefusal.CALL_CLOSED
    return None


def refuse_edit(nomination: Nomination, now: datetime) -> AwardRefusal | None:
    """Return why its nominator may not change the nomination."""
    if nomination.state is NominationState.TO_COMPLETE:
        return refuse_completion(nomination, now)
    if nomination.state is not NominationState.DRAFT:
        return AwardRefusal.NOT_A_DRAFT
    return None


def missing(nomination: Nomination) -> list[str]:
    """List what the nomination still needs, as sentences to translate."""
    needed = dict(NEEDED)
    if not nomination.is_self:
        needed["nominee_email"] = N_("the nominee’s e-mail, to ask for their consent")
    return [name for column, name in needed.items() if not getattr(nomination, column)]


def refuse_submission(
    call: Call, award: Award, nomination: Nomination, mine: int, now: datetime
) -> AwardRefusal | None:
    """Return why a draft may not be submitted; *mine* counts the nominator's others here."""
    if refusal := refuse_call(call, now):
        return refusal
    if nomination.state is not NominationState.DRAFT:
        return AwardRefusal.NOT_A_DRAFT
    if missing(nomination):
        return AwardRefusal.INCOMPLETE
    category = nomination.nominee_category
    if category and award.eligible_types and category not in award.eligible_types:
        return AwardRefusal.INELIGIBLE
    limit = int(call.rules.get("nominations_per_nominator_per_category") or 0)
    return AwardRefusal.ONE_PER_NOMINATOR if limit and mine >= limit else None


def refuse_check(
    nomination: Nomination, result: FormalResult, reason: str | None
) -> AwardRefusal | None:
    """Return why the formal check may not end so."""
    if nomination.state is NominationState.DRAFT:
        return AwardRefusal.NOT_SUBMITTED
    if nomination.state is NominationState.WITHDRAWN:
        return AwardRefusal.WITHDRAWN
    if (nomination.state, _DOES[result]) not in MOVES:
        return AwardRefusal.ALREADY_DECIDED
    if result in _NEEDS_REASON and not (reason or "").strip():
        return AwardRefusal.REASON_MISSING
    return None


def next_state(state: NominationState, result: FormalResult) -> NominationState:
    """Return where a formal check with this result takes a nomination."""
    return MOVES[state, _DOES[result]]


def refuse_completion(nomination: Nomination, now: datetime) -> AwardRefusal | None:
    """Return why the nominator may not complete the nomination now."""
    if nomination.state is not NominationState.TO_COMPLETE:
        return AwardRefusal.NOT_TO_COMPLETE
    if nomination.complete_until is not None and nomination.complete_until < now:
        return AwardRefusal.COMPLETION_LATE
    return None


def refuse_withdrawal(call: Call, nomination: Nomination) -> AwardRefusal | None:
    """Return why the nomination may not be withdrawn."""
    if nomination.state is NominationState.WITHDRAWN:
        return AwardRefusal.WITHDRAWN
    if nomination.state is NominationState.MERGED:
        return AwardRefusal.MERGED
    return AwardRefusal.ALREADY_PUBLISHED if call.published_at is not None else None


def refuse_consent(nomination: Nomination) -> AwardRefusal | None:
    """Return why the nominee has nothing to answer."""
    if nomination.state is NominationState.WITHDRAWN:
        return AwardRefusal.WITHDRAWN
    if nomination.consent is ConsentState.NOT_NEEDED:
        return AwardRefusal.NO_CONSENT_ASKED
    return None


def refuse_correction(call: Call, nomination: Nomination) -> AwardRefusal | None:
    """Return why the nominee may no longer correct what is said of them."""
    if refusal := refuse_consent(nomination):
        return refusal
    return AwardRefusal.CORRECTION_LATE if call.rulebook_sha256 is not None else None


MERGEABLE = frozenset(
    {NominationState.SUBMITTED, NominationState.TO_COMPLETE, NominationState.ACCEPTED}
)


def refuse_merger(one: Nomination, into: Nomination, cards: int) -> AwardRefusal | None:
    """Return why *one* may not join the candidacy of *into*; *cards* were cast for *one*."""
    if one.award_id != into.award_id or one.id == into.id:
        return AwardRefusal.NOT_ALIKE
    if one.state not in MERGEABLE or into.state not in MERGEABLE:
        return AwardRefusal.NOT_MERGEABLE
    return AwardRefusal.CARDS_CAST if cards else None


def refuse_attachment(size: int, held: Sequence[int]) -> AwardRefusal | None:
    """Return why a file of *size* bytes may not join those with the sizes *held*."""
    if len(held) >= MOST_FILES:
        return AwardRefusal.TOO_MANY
    return AwardRefusal.TOO_LARGE if sum(held) + size > MOST_BYTES else None


def completion_deadline(now: datetime, working_days: int, zone: str) -> datetime:
    """Return the last moment of the nth working day (Monday to Friday) after *now*."""
    day, left = now.astimezone(ZoneInfo(zone)).date(), working_days
    while left > 0:
        day += timedelta(days=1)
        left -= day.weekday() < 5
    return datetime.combine(day, time(23, 59, 59), ZoneInfo(zone))


def number_of(prefix: str, award_code: str, serial: int) -> str:
    """Return the number a nomination is known by: ``KES/2027/K3/21``."""
    return "/".join(part for part in (prefix, award_code, f"{serial:02d}") if part)


def prefix_of(number: str, award_code: str) -> str:
    """Return what stands before award and serial in a number given elsewhere, if anything."""
    head, found, _serial = number.rpartition(f"/{award_code}/")
    return head if found else ""


def waiting(nominations: Sequence[Nomination]) -> list[Nomination]:
    """List the nominations whose formal check is not finished."""
    open_states = {NominationState.SUBMITTED, NominationState.TO_COMPLETE}
    return [nomination for nomination in nominations if nomination.state in open_states]
