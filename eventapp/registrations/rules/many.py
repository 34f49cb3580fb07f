"""What can be done to many registrations in one act, and to whom it cannot; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from eventapp.kernel.refusal import N_, Refusal
from eventapp.registrations.rules import OPEN, RegistrationRefusal, State, refuse_move, state_word

if TYPE_CHECKING:
    from eventapp.registrations.models import Decision, Registration


class Act(StrEnum):
    """What is done to all of them."""

    DECIDE = "decide"
    CANCEL = "cancel"
    CATEGORY = "category"
    ORGANISATION = "organisation"
    CHECK = "check"
    LINKS = "links"


class Telling(StrEnum):
    """When a decision is told: with it, or when it is announced."""

    NOW = "now"
    LATER = "later"


class ManyRefusal(Refusal):
    """Why an act leaves somebody out, or cannot be done."""

    ALREADY_SO = "already-so", N_("This is so already.")
    NO_EMAIL = "no-email", N_("There is no e-mail address.")
    TAKEN_TWICE = (
        "taken-twice",
        N_("Somebody of this name and e-mail is registered for the event besides."),
    )
    OTHERS_CHANGED = (
        "others-changed",
        N_("Somebody else has changed these registrations meanwhile. Please look once more."),
    )


@dataclass(frozen=True, kw_only=True)
class Ask:
    """One act with what it needs: a decision, a category or an organisation by its id."""

    act: Act
    state: State | None = None
    telling: Telling = Telling.NOW
    note: str = ""
    message: str = ""
    category_id: int | None = None
    organisation_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Whether the act reaches one registration, and why not."""

    row: "Registration"
    refusal: Refusal | None = None
    details: Mapping[str, Any] | None = None


def judge(
    rows: Sequence["Registration"],
    ask: Ask,
    decided: Mapping[int, "Decision"],
    taken: frozenset[int] = frozenset(),
) -> list[Verdict]:
    """Tell whom an act reaches; *decided* are open decisions, *taken* who is registered besides."""
    return [_judged(row, refuse(row, ask, decided.get(row.id), taken)) for row in rows]


def _judged(row: "Registration", refusal: Refusal | None) -> Verdict:
    wrong = refusal is RegistrationRefusal.WRONG_STATE
    details = {"state": state_word(row.state)} if wrong else {}
    return Verdict(row=row, refusal=refusal, details=details)


def refuse(
    row: "Registration", ask: Ask, decided: "Decision | None", taken: frozenset[int]
) -> Refusal | None:
    """Return why an act leaves a registration out."""
    if ask.act is Act.DECIDE:
        return _refuse_decision(row, ask, decided, taken)
    if ask.act is Act.CANCEL:
        return refuse_move(row, State.CANCELLED)
    if ask.act is Act.LINKS:
        if row.state not in OPEN:
            return RegistrationRefusal.WRONG_STATE
        return None if row.email else ManyRefusal.NO_EMAIL
    return ManyRefusal.ALREADY_SO if _is_so(row, ask) else None


def _refuse_decision(
    row: "Registration", ask: Ask, decided: "Decision | None", taken: frozenset[int]
) -> Refusal | None:
    present = decided.state if decided is not None else row.state
    if ask.telling is Telling.NOW and decided is None and row.state == ask.state:
        return ManyRefusal.ALREADY_SO
    if ask.telling is Telling.LATER and present == ask.state:
        return ManyRefusal.ALREADY_SO
    if ask.state is not None and row.state != ask.state:
        if refusal := refuse_move(row, ask.state):
            return refusal
        if ask.state in OPEN and row.id in taken:
            return ManyRefusal.TAKEN_TWICE
    return None


def _is_so(row: "Registration", ask: Ask) -> bool:
    if ask.act is Act.CATEGORY:
        return row.category_id == ask.category_id
    if ask.act is Act.ORGANISATION:
        return row.organisation_id == ask.organisation_id
    return row.checked_at is not None


def mark(verdicts: Sequence[Verdict]) -> str:
    """Return a short mark of what a preview showed, to find out whether it is still so."""
    said = [(one.row.id, one.row.version, one.refusal) for one in verdicts]
    return sha256(repr(sorted(said, key=lambda one: one[0])).encode()).hexdigest()[:16]
