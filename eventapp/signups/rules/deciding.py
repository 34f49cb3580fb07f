"""Pure decisions about seats and queues; the last seat itself is decided by the database."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from eventapp.kernel.refusal import Term
from eventapp.programme.rules.appointments import Slot
from eventapp.registrations.rules import OPEN
from eventapp.registrations.rules import State as Standing
from eventapp.signups.rules.policy import (
    Overlap,
    Policy,
    Terms,
    closes_at,
    opens_at,
    present_round,
)
from eventapp.signups.rules.refusals import (
    BUSY_WITH,
    AppointmentRefusal,
    LeaveRefusal,
    SignUpRefusal,
    State,
)

if TYPE_CHECKING:
    from eventapp.directory.models import Commitment
    from eventapp.directory.queries import Busy
    from eventapp.programme.models import Session
    from eventapp.registrations.models import Registration
    from eventapp.signups.models import SignUp


USUAL, NO_TERMS = Policy(), Terms()


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
    event_id: int = 0


class Applicant(NamedTuple):
    """A registration as a decision about seats sees it."""

    id: int
    event_id: int
    person_id: int
    state: Standing
    email: str | None
    category_id: int | None
    organisation_id: int | None


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
    travel_buffer_minutes: int
    offers_until: datetime | None
    by_preference: bool
    invites_waiting: bool  # the event's


class Taken(NamedTuple):
    """What came of a sign-up; `position` is the place in the queue, from 1, where it is one."""

    id: int
    session_id: int
    registration_id: int
    state: State
    ticket: int
    position: int | None


class Around(NamedTuple):
    """What is read only where the event's policy or the session's terms ask for it.

    `groups` are the categories that may come and `required` the titles that are needed first;
    `topics` are the keys of activities' topics, `from_organisation` counts the places that the
    person's organisation has in the session.
    """

    groups: Sequence[Mapping[str, str]] = ()
    required: Sequence[Mapping[str, str]] = ()
    topics: Mapping[int, frozenset[str]] = {}
    from_organisation: int = 0


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
    policy: Policy = USUAL
    terms: Terms = NO_TERMS
    around: Around = field(default_factory=Around)

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
    return (
        refuse_window(session, now, case.terms)
        or refuse_terms(case)
        or refuse_place(case)
        or refuse_round(case)
        or refuse_limits(case)
        or refuse_overlap(case)
    )


def refuse_entry(case: Case) -> SignUpRefusal | None:
    """Return why staff may not sign a person up: no window or approval, but all the rest."""
    if refusal := refuse_session(case.session):
        return refusal
    if case.registration.state not in OPEN:
        return SignUpRefusal.NOT_REGISTERED
    return refuse_terms(case) or refuse_place(case) or refuse_limits(case) or refuse_overlap(case)


def refuse_own(case: Case) -> SignUpRefusal | None:
    """Return why the person's own other places or duties stand in the way."""
    return refuse_place(case) or refuse_overlap(case)


def refuse_session(session: "Session | Wanted") -> SignUpRefusal | None:
    """Return why nobody can sign up for a session at all."""
    if session.sign_up == "none":
        return SignUpRefusal.NO_SIGN_UP
    if session.state == "cancelled":
        return SignUpRefusal.CANCELLED_SESSION
    return None


def refuse_window(
    session: "Session | Wanted", now: datetime, terms: Terms = NO_TERMS
) -> SignUpRefusal | None:
    """Return why sign-up is not open at *now*."""
    if session.starts_at <= now:
        return SignUpRefusal.STARTED
    if session.by_preference:
        return SignUpRefusal.BY_PREFERENCE
    opens, closes = opens_at(session, terms), closes_at(session, terms)
    if opens is not None and now < opens:
        return SignUpRefusal.NOT_OPEN_YET
    if closes is not None and now > closes:
        return SignUpRefusal.CLOSED
    return None


def refuse_terms(case: Case) -> SignUpRefusal | None:
    """Return why the session is not for this person."""
    terms = case.terms
    if terms.category_ids and case.registration.category_id not in terms.category_ids:
        return SignUpRefusal.WRONG_CATEGORY
    seats = {row.activity_id for row in case.signed if row.state is State.CONFIRMED}
    if terms.required_ids and seats.isdisjoint(terms.required_ids):
        return SignUpRefusal.PREREQUISITE_MISSING
    return None


def refuse_place(case: Case) -> SignUpRefusal | None:
    """Return why the person's place here, or in another session of the same, is enough."""
    if any(own.session_id == case.session.id for own in case.own):
        return SignUpRefusal.ALREADY_SIGNED_UP
    return SignUpRefusal.OTHER_SESSION_TAKEN if same_activity(case) else None


def refuse_round(case: Case) -> SignUpRefusal | None:
    """Return that a person can have no more places for now, where sign-up opens in rounds."""
    present = present_round(case.policy.rounds, case.now)
    if present.most is None or len(held_here(case)) < present.most:
        return None
    if present.next_at is None:
        return SignUpRefusal.LIMIT_PER_PERSON
    return SignUpRefusal.CLOSED_ROUND if present.most else SignUpRefusal.NOT_OPEN_YET


def refuse_limits(case: Case) -> SignUpRefusal | None:
    """Return which number of places is reached: in all, on one topic, of one organisation."""
    policy, held = case.policy, held_here(case)
    if policy.limit_per_person is not None and len(held) >= policy.limit_per_person:
        return SignUpRefusal.LIMIT_PER_PERSON
    if policy.limit_per_topic is not None and on_topic(case, held) >= policy.limit_per_topic:
        return SignUpRefusal.LIMIT_PER_TOPIC
    most = case.terms.limit_per_organisation
    if most is not None and case.registration.organisation_id is not None:
        reached = case.around.from_organisation >= most
        return SignUpRefusal.LIMIT_PER_ORGANISATION if reached else None
    return None


def held_here(case: Case) -> list[Place]:
    """Return the places that the person has at this event, those in queues too."""
    return [row for row in case.own if row.event_id == case.session.event_id]


def on_topic(case: Case, held: Sequence[Place]) -> int:
    """Return how many places the person has on that topic of the session of which most are."""
    topics = case.around.topics
    own = topics.get(case.session.activity_id, frozenset())
    counts = [sum(key in topics.get(row.activity_id, ()) for row in held) for key in own]
    return max(counts, default=0)


def refuse_overlap(case: Case) -> SignUpRefusal | None:
    """Return that something else stands in the way then, where the event minds it."""
    return SignUpRefusal.OVERLAPS if case.busy and blocks(case.policy) else None


def blocks(policy: Policy) -> bool:
    """Tell whether having something else at that time keeps people from signing up."""
    return policy.overlap == Overlap.REFUSE


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
    teller = _TELLERS.get(refusal)
    return teller(case) if teller is not None else {}


def _opening(case: Case) -> Mapping[str, Any]:
    opens = opens_at(case.session, case.terms)
    if opens is None or opens <= case.now:
        opens = present_round(case.policy.rounds, case.now).next_at
    return {"opens_at": opens}


def _present_round(case: Case) -> Mapping[str, Any]:
    present = present_round(case.policy.rounds, case.now)
    return {"most": present.most, "opens_at": present.next_at}


def _either(names: Sequence[Mapping[str, str]]) -> Mapping[str, str]:
    """Return names as one text in each language that some of them have."""
    codes = dict.fromkeys(code for name in names for code in name)
    return {
        code: ", ".join(name.get(code) or next(iter(name.values()), "") for name in names)
        for code in codes
    }


def _most(case: Case) -> Mapping[str, Any]:
    present = present_round(case.policy.rounds, case.now).most
    most = case.policy.limit_per_person
    return {"most": min(one for one in (present, most) if one is not None)}


_TELLERS: Mapping[SignUpRefusal, Callable[[Case], Mapping[str, Any]]] = {
    SignUpRefusal.NOT_OPEN_YET: _opening,
    SignUpRefusal.CLOSED: lambda case: {"closes_at": closes_at(case.session, case.terms)},
    SignUpRefusal.WRONG_CATEGORY: lambda case: {"groups": _either(case.around.groups)},
    SignUpRefusal.PREREQUISITE_MISSING: lambda case: {"title": case.around.required[0]},
    SignUpRefusal.CLOSED_ROUND: _present_round,
    SignUpRefusal.LIMIT_PER_PERSON: _most,
    SignUpRefusal.LIMIT_PER_TOPIC: lambda case: {"most": case.policy.limit_per_topic},
    SignUpRefusal.LIMIT_PER_ORGANISATION: lambda case: {"most": case.terms.limit_per_organisation},
    SignUpRefusal.OTHER_SESSION_TAKEN: lambda case: {"title": case.title},
    SignUpRefusal.OVERLAPS: lambda case: _named(case.busy),
}


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
    if not blocks(case.policy):
        return []
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


class Warned(NamedTuple):
    """What a sign-up does not prevent but a person should know: code, title, minutes if any."""

    code: str
    title: Mapping[str, str]
    minutes: int = 0


def warnings(case: Case, near: Sequence["Commitment | Busy"], venue_id: int | None) -> list[Warned]:
    """List what else there is at that time, and what leaves too little time to get there.

    *near* are the person's commitments of that day.
    """
    found = []
    if case.busy and case.policy.overlap == Overlap.WARN:
        found = [Warned("overlap", row.label) for row in case.busy]
    buffer = timedelta(minutes=case.session.travel_buffer_minutes)
    for row in near:
        if row in case.busy or venue_id is None or row.venue_id in (None, venue_id):
            continue
        gap = max(case.time.starts_at - row.ends_at, row.starts_at - case.time.ends_at)
        if timedelta(0) <= gap < buffer:
            found.append(Warned("travel", row.label, int(gap.total_seconds() // 60)))
    return found
