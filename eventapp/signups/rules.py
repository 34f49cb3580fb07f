"""Pure decisions about seats and queues; the last seat itself is decided by the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from eventapp.kernel.refusal import N_, Refusal, Term
from eventapp.programme.rules.appointments import Slot
from eventapp.registrations.rules import OPEN
from eventapp.registrations.rules import State as Standing

if TYPE_CHECKING:
    from eventapp.directory.models import Commitment
    from eventapp.directory.queries import Busy
    from eventapp.programme.models import Session
    from eventapp.registrations.models import Registration
    from eventapp.signups.models import SignUp


class State(StrEnum):
    """Where a sign-up stands."""

    CONFIRMED = "confirmed"
    WAITING = "waiting"
    CANCELLED = "cancelled"


class Reason(StrEnum):
    """Why somebody lost a seat or a place in the queue."""

    LEFT = "left"
    RELEASED = "released"
    REGISTRATION_ENDED = "registration-ended"
    PASSED_ON = "passed-on"
    CALLED_OFF = "called-off"
    TOOK_ANOTHER = "took-another"
    BUSY = "busy"


class SignUpRefusal(Refusal):
    """Why somebody cannot sign up for a session."""

    NO_SIGN_UP = "no-sign-up", N_("This session needs no sign-up; simply come.")
    CANCELLED_SESSION = "cancelled-session", N_("This session is cancelled.")
    NOT_REGISTERED = (
        "not-registered",
        N_("Please register for the event first; this registration is not valid."),
    )
    NOT_APPROVED = (
        "not-approved",
        N_("Sign-up is possible as soon as the organiser has accepted the registration."),
    )
    STARTED = "started", N_("This session has started already.")
    NOT_OPEN_YET = "not-open-yet", N_("Sign-up opens on %(opens_at)s.")
    CLOSED = "closed", N_("Sign-up is closed since %(closes_at)s.")
    BY_PREFERENCE = (
        "allocated-by-preference",
        N_("Places in this session are given by preference: rank your wishes instead."),
    )
    ALREADY_SIGNED_UP = "already-signed-up", N_("There is a place in this session already.")
    OTHER_SESSION_TAKEN = (
        "other-session-taken",
        N_("There is a place in another session of “%(title)s” already; leave that one first."),
    )
    OVERLAPS = "overlaps", N_("At that time there is “%(title)s” already (%(state)s).")
    NO_SUCH_APPOINTMENT = (
        "no-such-appointment",
        N_("There is no such appointment; please pick another one."),
    )
    APPOINTMENT_TAKEN = (
        "appointment-taken",
        N_("Somebody has taken this appointment just now; please pick another one."),
    )
    FULL_NO_QUEUE = "full-no-queue", N_("No seats are left, and there is no waiting list.")


class LeaveRefusal(Refusal):
    """Why somebody cannot give a place back."""

    NOT_SIGNED_UP = "not-signed-up", N_("There is no place in this session to give back.")
    STARTED = "started", N_("This session has started already.")


class AppointmentRefusal(Refusal):
    """Why advice cannot be planned, or written down, so."""

    TOO_EARLY = "too-early", N_("The card can be filled in once the appointment has begun.")
    NO_APPOINTMENT = "no-appointment", N_("This appointment was given back.")

    NO_APPOINTMENT_LEFT = (
        "no-appointment-left",
        N_("People have appointments for which no other one is left: %(count)s."),
    )


# What a commitment is called when it stands in the way.
BUSY_WITH = {
    "sign-up": N_("confirmed seat"),
    "offer": N_("seat held for an answer"),
    "speaking": N_("speaking there"),
    "jury": N_("jury duty"),
    "shift": N_("door shift"),
}


class Place(NamedTuple):
    """A seat or a place in a queue that somebody has or gave back, and when its session is."""

    id: int
    session_id: int
    registration_id: int
    state: State
    activity_id: int
    starts_at: datetime
    ends_at: datetime
    adviser_id: int | None = None
    slot: int | None = None


class Applicant(NamedTuple):
    """A registration as a decision about seats sees it."""

    id: int
    event_id: int
    person_id: int
    state: Standing
    email: str | None


class Wanted(NamedTuple):
    """A session as a decision about its seats sees it; names are those of the model."""

    id: int
    event_id: int
    activity_id: int
    title: Mapping[str, str]
    room_id: int | None
    venue_id: int | None
    starts_at: datetime
    ends_at: datetime
    state: str
    sign_up: str
    waiting_list: bool
    sign_up_opens_at: datetime | None
    sign_up_closes_at: datetime | None
    version: int
    appointment_minutes: int | None
    by_preference: bool


class Taken(NamedTuple):
    """What came of a sign-up; `position` is the place in the queue, from 1, where it is one."""

    id: int
    session_id: int
    registration_id: int
    state: State
    ticket: int
    position: int | None


@dataclass(frozen=True, kw_only=True)
class Case:
    """All that decides whether one person may sign up for one session called *title*.

    `signed` are all the person's sign-ups, also those given back; `busy` is what keeps the
    person busy at that time, other sources only. Of advice it may be about one appointment.
    """

    session: "Session | Wanted"
    title: Mapping[str, str]
    registration: "Registration | Applicant"
    signed: Sequence[Place]
    busy: Sequence["Commitment | Busy"]
    now: datetime
    slot: Slot | None = None

    @property
    def time(self) -> "Session | Wanted | Slot":
        """What has a beginning and an end of its own: the session, or one appointment of it."""
        return self.slot if self.slot is not None else self.session

    @property
    def own(self) -> list[Place]:
        """The seats and places in queues that the person has."""
        return [row for row in self.signed if row.state is not State.CANCELLED]


def refuse_sign_up(case: Case) -> SignUpRefusal | None:
    """Return why a participant may not take a seat or join the queue; windows are inclusive."""
    session, now = case.session, case.now
    if refusal := refuse_session(session):
        return refusal
    if case.registration.state not in OPEN:
        return SignUpRefusal.NOT_REGISTERED
    if case.registration.state != Standing.QUALIFIED:
        return SignUpRefusal.NOT_APPROVED
    return refuse_window(session, now) or refuse_own(case)


def refuse_entry(case: Case) -> SignUpRefusal | None:
    """Return why staff may not sign a person up: no window or approval, but all the rest."""
    if refusal := refuse_session(case.session):
        return refusal
    if case.registration.state not in OPEN:
        return SignUpRefusal.NOT_REGISTERED
    return refuse_own(case)


def refuse_session(session: "Session | Wanted") -> SignUpRefusal | None:
    """Return why nobody can sign up for a session at all."""
    if session.sign_up == "none":
        return SignUpRefusal.NO_SIGN_UP
    if session.state == "cancelled":
        return SignUpRefusal.CANCELLED_SESSION
    return None


def refuse_window(session: "Session | Wanted", now: datetime) -> SignUpRefusal | None:
    """Return why sign-up is not open at *now*."""
    if session.starts_at <= now:
        return SignUpRefusal.STARTED
    if session.by_preference:
        return SignUpRefusal.BY_PREFERENCE
    if session.sign_up_opens_at and now < session.sign_up_opens_at:
        return SignUpRefusal.NOT_OPEN_YET
    if session.sign_up_closes_at and now > session.sign_up_closes_at:
        return SignUpRefusal.CLOSED
    return None


def refuse_own(case: Case) -> SignUpRefusal | None:
    """Return why the person's own other places or duties stand in the way."""
    if any(own.session_id == case.session.id for own in case.own):
        return SignUpRefusal.ALREADY_SIGNED_UP
    if same_activity(case):
        return SignUpRefusal.OTHER_SESSION_TAKEN
    if case.busy:
        return SignUpRefusal.OVERLAPS
    return None


def same_activity(case: Case) -> bool:
    """Tell whether the person has a place in another session of the same activity."""
    activity = case.session.activity_id
    return any(own.activity_id == activity for own in case.own)


def refuse_leave(sign_up: "SignUp", now: datetime) -> LeaveRefusal | None:
    """Return why a participant may not give a place back."""
    if sign_up.state is State.CANCELLED:
        return LeaveRefusal.NOT_SIGNED_UP
    if sign_up.session.starts_at <= now:
        return LeaveRefusal.STARTED
    return None


def refuse_service_card(slot: Slot | None, now: datetime) -> AppointmentRefusal | None:
    """Return why an adviser cannot say yet what came of an appointment."""
    if slot is None:
        return AppointmentRefusal.NO_APPOINTMENT
    return AppointmentRefusal.TOO_EARLY if now < slot.starts_at else None


def explain(refusal: SignUpRefusal, case: Case) -> Mapping[str, Any]:
    """Return what fills the places of a refusal's sentence, and what the API adds to it."""
    session = case.session
    if refusal is SignUpRefusal.NOT_OPEN_YET:
        return {"opens_at": session.sign_up_opens_at}
    if refusal is SignUpRefusal.CLOSED:
        return {"closes_at": session.sign_up_closes_at}
    if refusal is SignUpRefusal.OTHER_SESSION_TAKEN:
        return {"title": case.title}
    if refusal is SignUpRefusal.OVERLAPS:
        return _named(case.busy)
    return {}


def _named(busy: Sequence["Commitment | Busy"]) -> Mapping[str, Any]:
    first = busy[0]
    return {
        "title": first.label,
        "state": Term(BUSY_WITH[first.kind]),
        "items": [
            {
                "source": row.source,
                "kind": row.kind,
                "title": row.label,
                "starts_at": row.starts_at,
                "ends_at": row.ends_at,
            }
            for row in busy
        ],
    }


def displaced(case: Case) -> list[Place]:
    """List the places in queues that the person gives up by taking this seat."""
    time = case.time
    return [
        row
        for row in case.own
        if row.state is State.WAITING
        and row.session_id != case.session.id
        and row.starts_at < time.ends_at
        and row.ends_at > time.starts_at
    ]


def earlier(case: Case) -> Place | None:
    """Return the sign-up for this session that the same registration gave back once."""
    for row in case.signed:
        if row.session_id == case.session.id and row.registration_id == case.registration.id:
            return row
    return None
