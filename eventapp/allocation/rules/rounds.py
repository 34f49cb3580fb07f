"""Where an allocation stands, and what may happen to it then."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from eventapp.kernel.refusal import N_, Refusal
from eventapp.registrations.rules import OPEN

if TYPE_CHECKING:
    from eventapp.allocation.models import AllocationRound
    from eventapp.programme.models import Session
    from eventapp.registrations.models import Registration

LARGE = 400  # people, from which a run is a job of its own


class State(StrEnum):
    """What the organiser has done with an allocation."""

    DRAFT = "draft"
    OPEN = "open"
    ANNOUNCING = "announcing"
    ANNOUNCED = "announced"


class Phase(StrEnum):
    """Where an allocation stands at a moment: its state read by the clock."""

    DRAFT = "draft"
    PLANNED = "planned"
    OPEN = "open"
    CLOSED = "closed"
    RUN = "run"
    ANNOUNCING = "announcing"
    ANNOUNCED = "announced"


class Result(StrEnum):
    """What became of an outcome when it was announced."""

    CONFIRMED = "confirmed"
    WAITING = "waiting"
    MISSED = "missed"


class RoundRefusal(Refusal):
    """Why an allocation cannot be changed, run or announced so."""

    NO_SESSIONS = "no-sessions", N_("Choose the sessions first whose places are to be given.")
    NOT_FOR_SIGN_UP = (
        "not-for-sign-up",
        N_(
            "The session “%(title)s” cannot be in an allocation: "
            "it has begun, is cancelled or needs no sign-up."
        ),
    )
    HAS_QUEUE = (
        "has-queue",
        N_("People are on the waiting list of “%(title)s”; their places have to be settled first."),
    )
    IN_ANOTHER = (
        "in-another",
        N_("The session “%(title)s” is in another allocation that is not finished."),
    )
    CLOSES_BEFORE_OPENING = (
        "closes-before-opening",
        N_("The deadline has to be later than the beginning."),
    )
    CLOSES_TOO_LATE = (
        "closes-too-late",
        N_("The deadline has to be before the first of the sessions begins."),
    )
    IS_OVER = "is-over", N_("The deadline has passed already; choose a later one.")
    ALREADY_OPEN = "already-open", N_("People can rank already; take it back to a draft first.")
    NOT_OPENED = "not-opened", N_("Nobody could rank yet; open the allocation first.")
    STILL_OPEN = "still-open", N_("People may rank until %(closes_at)s; close the ranking first.")
    NOBODY_RANKED = "nobody-ranked", N_("Nobody has ranked a session yet.")
    NOT_RUN = "not-run", N_("Run the allocation first, and look at its outcome.")
    INPUT_CHANGED = (
        "input-changed",
        N_("Wishes, places or registrations have changed since the run; run it again."),
    )
    ANNOUNCED = "round-announced", N_("The places are announced; nothing of this can change now.")


class RankingRefusal(Refusal):
    """Why wishes cannot be saved."""

    NOT_REGISTERED = (
        "not-registered",
        N_("Please register for the event first; this registration is not valid."),
    )
    NOT_OPEN_YET = "not-open-yet", N_("Ranking opens on %(opens_at)s.")
    CLOSED = "closed", N_("Ranking is closed since %(closes_at)s.")
    UNKNOWN_SESSION = "unknown-session", N_("This session is not in the allocation.")
    NAMED_TWICE = "named-twice", N_("The session “%(title)s” is named twice; choose another one.")
    TOO_MANY = (
        "too-many-choices",
        N_("Of what is at one time you can rank %(choices)s sessions at most."),
    )


def phase(round_: "AllocationRound", now: datetime) -> Phase:
    """Return where an allocation stands at *now*; both ends belong to the time of ranking."""
    if round_.state is not State.OPEN:
        return Phase(round_.state.value)
    if now < round_.opens_at:
        return Phase.PLANNED
    if now <= round_.closes_at:
        return Phase.OPEN
    return Phase.CLOSED if round_.run_id is None else Phase.RUN


def refuse_edit(round_: "AllocationRound") -> RoundRefusal | None:
    """Return why the set-up of an allocation may not change."""
    if round_.state in {State.ANNOUNCING, State.ANNOUNCED}:
        return RoundRefusal.ANNOUNCED
    return RoundRefusal.ALREADY_OPEN if round_.state is State.OPEN else None


def refuse_times(opens_at: datetime, closes_at: datetime) -> RoundRefusal | None:
    """Return why people cannot rank from the one moment to the other."""
    return RoundRefusal.CLOSES_BEFORE_OPENING if closes_at <= opens_at else None


def refuse_session(session: "Session", now: datetime) -> RoundRefusal | None:
    """Return why places of a session cannot be given by preference."""
    fits = (
        session.state == "scheduled"
        and session.sign_up != "none"
        and session.appointment_minutes is None
        and session.starts_at > now
    )
    if not fits:
        return RoundRefusal.NOT_FOR_SIGN_UP
    return RoundRefusal.HAS_QUEUE if session.waiting else None


def refuse_deadline(
    closes_at: datetime, sessions: Sequence["Session"], now: datetime
) -> RoundRefusal | None:
    """Return why people cannot rank until *closes_at*."""
    if closes_at <= now:
        return RoundRefusal.IS_OVER
    if any(one.starts_at <= closes_at for one in sessions):
        return RoundRefusal.CLOSES_TOO_LATE
    return None


def refuse_run(round_: "AllocationRound", rankings: int, now: datetime) -> RoundRefusal | None:
    """Return why an allocation cannot be run at *now*."""
    if round_.state in {State.ANNOUNCING, State.ANNOUNCED}:
        return RoundRefusal.ANNOUNCED
    if round_.state is State.DRAFT:
        return RoundRefusal.NOT_OPENED
    if now <= round_.closes_at:
        return RoundRefusal.STILL_OPEN
    return None if rankings else RoundRefusal.NOBODY_RANKED


def refuse_announce(round_: "AllocationRound", now: datetime) -> RoundRefusal | None:
    """Return why the outcome of the last run cannot be announced at *now*."""
    if refusal := refuse_run(round_, 1, now):
        return refusal
    return RoundRefusal.NOT_RUN if round_.run_id is None else None


def refuse_ranking(
    round_: "AllocationRound",
    registration: "Registration",
    choices: Sequence[int],
    known: Collection[Collection[int]],
    now: datetime,
) -> RankingRefusal | None:
    """Return why somebody cannot save these *choices* among the sessions *known*, by block."""
    if registration.state not in OPEN:
        return RankingRefusal.NOT_REGISTERED
    if round_.state is State.DRAFT or now < round_.opens_at:
        return RankingRefusal.NOT_OPEN_YET
    if round_.state is not State.OPEN or now > round_.closes_at:
        return RankingRefusal.CLOSED
    if not set(choices) <= {one for block in known for one in block}:
        return RankingRefusal.UNKNOWN_SESSION
    if len(set(choices)) != len(choices):
        return RankingRefusal.NAMED_TWICE
    if any(len(set(choices).intersection(block)) > round_.choices for block in known):
        return RankingRefusal.TOO_MANY
    return None


def explain(refusal: Refusal, round_: "AllocationRound") -> Mapping[str, Any]:
    """Return what fills the places of a refusal's sentence."""
    found: Mapping[Refusal, Mapping[str, Any]] = {
        RoundRefusal.STILL_OPEN: {"closes_at": round_.closes_at},
        RankingRefusal.NOT_OPEN_YET: {"opens_at": round_.opens_at},
        RankingRefusal.CLOSED: {"closes_at": round_.closes_at},
        RankingRefusal.TOO_MANY: {"choices": round_.choices},
    }
    return found.get(refusal, {})


def key_of(salt: str, kind: str, number: int) -> str:
    """Return what a person or an organisation is called in the published file."""
    return hashlib.sha256(f"{salt}:{kind}:{number}".encode()).hexdigest()[:12]
