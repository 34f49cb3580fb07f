"""What a sign-up can be, and every "no" about seats and queues."""

from enum import StrEnum

from eventapp.kernel.refusal import N_, Refusal


class State(StrEnum):
    """Where a sign-up stands."""

    CONFIRMED = "confirmed"
    WAITING = "waiting"
    OFFERED = "offered"
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
    DECLINED = "declined"
    NOT_COME = "not-come"


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
    WRONG_CATEGORY = "wrong-category", N_("This session is for others: %(groups)s.")
    PREREQUISITE_MISSING = (
        "prerequisite-missing",
        N_("Whoever wants to come here needs a place in “%(title)s” first."),
    )
    ALREADY_SIGNED_UP = "already-signed-up", N_("There is a place in this session already.")
    OTHER_SESSION_TAKEN = (
        "other-session-taken",
        N_("There is a place in another session of “%(title)s” already; leave that one first."),
    )
    CLOSED_ROUND = (
        "closed-round",
        N_("For now each person can have %(most)s at most; more from %(opens_at)s."),
    )
    LIMIT_PER_PERSON = (
        "limit-per-person",
        N_("Each person can have %(most)s at most; give another place back first."),
    )
    LIMIT_PER_TOPIC = (
        "limit-per-topic",
        N_("Each person can have %(most)s at most on one topic; give another place back first."),
    )
    LIMIT_PER_ORGANISATION = (
        "limit-per-organisation",
        N_("Each organisation can have %(most)s at most in this session, and they are taken."),
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


class OfferRefusal(Refusal):
    """Why an offered seat cannot be taken, or turned down."""

    NO_OFFER = "no-offer", N_("There is no seat on offer here; the list goes on as before.")
    OFFER_EXPIRED = (
        "offer-expired",
        N_("This offer ran out on %(expires_at)s; the place on the waiting list is kept."),
    )
    SEATS_TAKEN = (
        "seats-taken",
        N_("Somebody was faster: all free seats are taken. The place on the list is kept."),
    )


class PolicyRefusal(Refusal):
    """Why an event cannot ask that of those who sign up."""

    HOURS_END_FIRST = (
        "hours-end-first",
        N_("The hours in which people answer must end after they begin."),
    )
    ROUNDS_NOT_RISING = "rounds-not-rising", N_("A round opens after the one before it.")


class TermsRefusal(Refusal):
    """Why a session cannot ask that of its people."""

    NO_PRIORITY_GROUP = "no-priority-group", N_("Choose the group that comes first.")
    NEVER_CLOSES = "never-closes", N_("Lots are drawn when sign-up closes; say when it does.")
    NOT_RISING = "not-rising", N_("At least, meant and at most must rise.")

    WOULD_NOT_FIT = (
        "would-not-fit",
        N_("With this split these people would have no seat any more: %(names)s."),
    )
    TOO_MANY_KEPT = (
        "too-many-kept",
        N_("More seats would be kept than there are: %(capacity)s."),
    )


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
