"""Pure decisions about taking part in an event."""

import re
from collections.abc import Iterable
from datetime import date, datetime, time
from enum import StrEnum
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from eventapp.kernel import text
from eventapp.kernel.refusal import N_, Refusal, Term

if TYPE_CHECKING:
    from eventapp.events.models import AreaUnit, Event
    from eventapp.registrations.models import GroupTerms, Registration

# What can be told apart when spoken on a bad line: no 0 O, 1 I L, 2 Z, 5 S, 8 B.
NUMBER_LETTERS = "34679ACDEFGHJKMNPQRTUVWXY"
NUMBER_LENGTH = 6


class State(StrEnum):
    """Where a registration stands."""

    PENDING = "pending"
    QUALIFIED = "qualified"
    WAITING = "waiting"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    REPLACED = "replaced"


MOST_MEMBERS = 30

OPEN = frozenset({State.PENDING, State.QUALIFIED, State.WAITING})
DECISIONS = frozenset({State.PENDING, State.QUALIFIED, State.WAITING, State.REJECTED})

MOVES: dict[State, frozenset[State]] = {
    State.PENDING: DECISIONS | {State.CANCELLED, State.REPLACED},
    State.QUALIFIED: DECISIONS | {State.CANCELLED, State.REPLACED},
    State.WAITING: DECISIONS | {State.CANCELLED, State.REPLACED},
    State.REJECTED: DECISIONS,
    State.CANCELLED: frozenset(),
    State.REPLACED: frozenset(),
}


STATE_WORDS: dict[State, str] = {
    State.PENDING: N_("awaiting a decision"),
    State.QUALIFIED: N_("accepted"),
    State.WAITING: N_("on the reserve list"),
    State.REJECTED: N_("not accepted"),
    State.CANCELLED: N_("cancelled"),
    State.REPLACED: N_("passed on to another person"),
}


class BadgeReason(StrEnum):
    """Why a badge gets a new code; one that was only damaged is printed again as it is."""

    LOST = "lost"
    WRONG_HANDS = "wrong-hands"
    OTHER = "other"


class RegistrationRefusal(Refusal):
    """Why somebody cannot register, or a registration cannot change so."""

    NOT_OPEN_YET = "not-open-yet", N_("Registration opens on %(opens_at)s.")
    CLOSED = "closed", N_("Registration is closed since %(closes_at)s.")
    EVENT_CLOSED = "event-closed", N_("This event takes no registrations any more.")
    CLAUSE_REQUIRED = (
        "clause-required",
        N_("Please confirm that you have read the information on personal data."),
    )
    ALREADY_REGISTERED = (
        "already-registered",
        N_(
            "This person is registered for this event already. "
            "A new copy of the personal link can be sent under “I lost my link”."
        ),
    )
    UNKNOWN_CATEGORY = "unknown-category", N_("The event has no category “%(category)s”.")
    NO_WALK_INS = "no-walk-ins", N_("This event takes no registrations at the door.")
    CANCEL_TOO_LATE = (
        "cancel-too-late",
        N_("Cancelling by oneself was possible until %(until)s. Please write to the organiser."),
    )
    WRONG_STATE = (
        "wrong-state",
        N_("This registration cannot be changed so any more; its present state is: %(state)s."),
    )
    EVENT_FULL = (
        "event-full",
        N_("All %(places)s places of the event are taken, also for guests. Ask the organiser."),
    )
    EVENT_OVER = "event-over", N_("The event is over; nobody can be invited any more.")
    GUESTS_FIXED = (
        "guests-fixed",
        N_("From the first day on the organiser keeps the list of guests. Please call them."),
    )
    ORGANISATION_FULL = (
        "organisation-full",
        N_(
            "One organisation can have %(cap)s places at this event. "
            "%(organisation)s has %(taken)s of them; you asked for: %(asked)s."
        ),
    )
    GROUP_EMPTY = (
        "group-empty",
        N_("Name at least one person, or say how many are still to be named."),
    )
    GROUP_TOO_LARGE = (
        "group-too-large",
        N_("At most %(most)s people can be registered in one go. Please ask the organiser."),
    )
    MEMBER_REGISTERED = (
        "member-registered",
        N_("This person is registered already, with the same e-mail: %(name)s."),
    )
    PLACE_TAKEN = (
        "place-taken",
        N_("This place has been taken already, or the link was taken back."),
    )
    SUBSTITUTE_TOO_LATE = (
        "substitute-too-late",
        N_(
            "Passing a place on by oneself was possible until %(until)s. "
            "Please call the organiser, who can still do it."
        ),
    )
    ALREADY_OFFERED = (
        "already-offered",
        N_("This place is offered to somebody already. Take that link back first."),
    )
    CHOICE_OF_OTHERS = (
        "choice-of-others",
        N_("At this event everybody chooses their sessions themselves, by their own link."),
    )
    REF_TAKEN = "ref-taken", N_("The event already has a registration “%(ref)s”.")
    BY_STAFF_ONLY = (
        "by-staff-only",
        N_("The organiser registers people of this category. Please write or call."),
    )
    ORGANISATION_REQUIRED = (
        "organisation-required",
        N_("Who takes part as this comes from an organisation: enter its name."),
    )
    NIP_REQUIRED = (
        "nip-required",
        N_("Who takes part as this enters the NIP of the organisation."),
    )
    RUN_BY_REQUIRED = (
        "run-by-required",
        N_("This unit is run by another body: enter its name."),
    )
    PLACE_REQUIRED = (
        "place-required",
        N_("Enter the commune (gmina) in which you live; places depend on it."),
    )
    OUTSIDE_AREA = (
        "outside-area",
        N_(
            "These places are for people who live here: %(area)s. “%(place)s” is not among these "
            "communes; choose one from the list, or write to the organiser."
        ),
    )
    SEAT_OUTSIDE_AREA = (
        "seat-outside-area",
        N_(
            "These places are for organisations from here: %(area)s. The seat of yours lies "
            "elsewhere; write to the organiser if this is a mistake."
        ),
    )
    UNKNOWN_ORGANISATION = (
        "unknown-organisation",
        N_("Enter the name of the organisation; its NIP is new to us."),
    )
    BAD_ANSWER = "bad-answer", N_("The question “%(question)s” takes no such answer.")
    ANSWER_REQUIRED = "answer-required", N_("Please answer the question “%(question)s”.")
    UNKNOWN_QUESTION = "unknown-question", N_("The form has no question “%(question)s”.")
    FORM_CHANGED = (
        "form-changed",
        N_("Somebody else changed this meanwhile: look at it again before you save."),
    )
    TOO_MANY_QUESTIONS = (
        "too-many-questions",
        N_("A form has at most %(most)s own questions."),
    )
    CHOICES_MISSING = "choices-missing", N_("Enter at least two choices, one a line.")
    QUESTION_AWAITED = (
        "question-awaited",
        N_("The question “%(question)s” depends on this one; change that one first."),
    )
    CONDITION_RING = (
        "condition-ring",
        N_("A question cannot wait for itself: choose another condition."),
    )
    CONDITION_ANSWER = (
        "condition-answer",
        N_("Choose a question with choices, and which of its answers counts."),
    )
    CLAUSE_EMPTY = "clause-empty", N_("Write the clause in Polish at least.")
    EDITS_FROZEN = (
        "edits-frozen",
        N_("Data could be corrected at once until %(until)s; now the organiser looks at changes."),
    )
    NOTHING_CHANGED = "nothing-changed", N_("Nothing differs from what we know already.")
    ALREADY_DECIDED = "already-decided", N_("This change is decided already.")
    NO_BADGE = (
        "no-badge",
        N_("There is no badge to replace: somebody else takes part instead."),
    )
    REASON_REQUIRED = "reason-required", N_("Write why, so that the person understands.")


def refuse_window(event: "Event", now: datetime) -> RegistrationRefusal | None:
    """Return why nobody may register by themselves at *now*; both ends belong to the window."""
    if event.state == "archived":
        return RegistrationRefusal.EVENT_CLOSED
    if event.registration_opens_at and now < event.registration_opens_at:
        return RegistrationRefusal.NOT_OPEN_YET
    if event.registration_closes_at and now > event.registration_closes_at:
        return RegistrationRefusal.CLOSED
    return None


def refuse_guest(event: "Event", today: date) -> RegistrationRefusal | None:
    """Return why no guest may be invited on the day *today*; no window applies."""
    if event.state == "archived":
        return RegistrationRefusal.EVENT_CLOSED
    return RegistrationRefusal.EVENT_OVER if today > event.ends_on else None


def refuse_guest_change(
    guest: "Registration", event: "Event", today: date
) -> RegistrationRefusal | None:
    """Return why who invited a *guest* may neither correct nor cancel this on the day *today*."""
    if guest.state not in OPEN:
        return RegistrationRefusal.WRONG_STATE
    return RegistrationRefusal.GUESTS_FIXED if today >= event.starts_on else None


def refuse_move(registration: "Registration", state: State) -> RegistrationRefusal | None:
    """Return why a registration may not come to stand at *state*."""
    return None if state in MOVES[registration.state] else RegistrationRefusal.WRONG_STATE


def state_word(state: State) -> Term:
    """Return how a state is called in a sentence."""
    return Term(STATE_WORDS[state])


def refuse_cancel(
    registration: "Registration", event: "Event", now: datetime
) -> RegistrationRefusal | None:
    """Return why the person may not cancel by themselves; the deadline itself is in time."""
    if refusal := refuse_move(registration, State.CANCELLED):
        return refusal
    if event.cancel_until and now > event.cancel_until:
        return RegistrationRefusal.CANCEL_TOO_LATE
    return None


def is_frozen(edits_until: datetime | None, now: datetime) -> bool:
    """Tell whether people only propose changes of their data; the deadline itself is in time."""
    return edits_until is not None and now > edits_until


def entered_state(event: "Event") -> State:
    """Return where a registration entered by staff stands unless they say otherwise."""
    return State.PENDING if event.requires_approval else State.QUALIFIED


def first_state(event: "Event", taken: int, *, category_full: bool = False) -> State:
    """Return where a registration from the public form stands when *taken* places are taken."""
    if event.requires_approval:
        return State.PENDING
    if category_full:
        return State.WAITING
    places = places_of(event)
    return State.QUALIFIED if places is None or taken < places else State.WAITING


def group_states(event: "Event", taken: int, people: int, *, together: bool) -> list[State]:
    """Return where the people of a group stand, in their order, when *taken* places are taken.

    Those who belong *together* find room together or wait together.
    """
    if event.requires_approval:
        return [State.PENDING] * people
    places = places_of(event)
    left = people if places is None else max(0, min(people, places - taken))
    if together and left < people:
        left = 0
    return [State.QUALIFIED] * left + [State.WAITING] * (people - left)


def moves_together(state: State) -> bool:
    """Tell whether a decision about one of those who belong together is about all of them."""
    return state in {State.PENDING, State.QUALIFIED, State.WAITING}


def substitute_deadline(event: "Event", terms: "GroupTerms | None") -> datetime:
    """Return until when people may pass their place on by themselves, inclusive."""
    if terms is not None and terms.substitute_until is not None:
        return terms.substitute_until
    return datetime.combine(event.starts_on, time(), ZoneInfo(event.timezone))


def refuse_offer(
    registration: "Registration", event: "Event", terms: "GroupTerms | None", now: datetime
) -> RegistrationRefusal | None:
    """Return why somebody may not pass their place on by themselves; the deadline is in time."""
    if refusal := refuse_move(registration, State.REPLACED):
        return refusal
    if event.state == "archived":
        return RegistrationRefusal.EVENT_CLOSED
    if now > substitute_deadline(event, terms):
        return RegistrationRefusal.SUBSTITUTE_TOO_LATE
    return None


def refuse_place(event: "Event", now: datetime) -> RegistrationRefusal | None:
    """Return why nobody may take a held place any more; no window applies to what is held."""
    if event.state == "archived":
        return RegistrationRefusal.EVENT_CLOSED
    today = now.astimezone(ZoneInfo(event.timezone)).date()
    return RegistrationRefusal.EVENT_OVER if today > event.ends_on else None


def over_cap(cap: int | None, taken: int, asked: int) -> bool:
    """Tell whether an organisation with *taken* places would have too many with *asked* more."""
    return cap is not None and taken + asked > cap


def places_of(event: "Event") -> int | None:
    """Return how many may be qualified, over-booking included; None: no limit."""
    if event.capacity is None:
        return None
    return event.capacity * (100 + event.overbooking_percent) // 100


class Missing(StrEnum):
    """What is asked of everybody and may not be known of somebody yet."""

    CONTACT = "contact"
    CATEGORY = "category"
    COMMUNE = "commune"
    CLAUSE = "clause"
    ANYTHING = "anything"


def missing(row: "Registration", *, clause: bool) -> list[Missing]:
    """Return what is not known of somebody; *clause*: its reading was acknowledged."""
    known = {
        Missing.CONTACT: bool(row.email or row.phone),
        Missing.CATEGORY: row.category_id is not None,
        Missing.COMMUNE: bool(row.gmina or row.teryt),
        Missing.CLAUSE: clause,
    }
    return [one for one, is_known in known.items() if not is_known]


def is_in_area(
    county_codes: Iterable[str], units: Iterable["AreaUnit"], *, teryt: str, gmina: str
) -> bool | None:
    """Tell whether a commune lies in the event's area; None when that cannot be known.

    Its TERYT code decides; a name alone decides if the area's communes of that name agree.
    """
    counties = set(county_codes)
    if not counties:
        return None
    if teryt:
        return teryt[:4] in counties
    wanted = text.search_key(gmina)
    found = {unit.county_code in counties for unit in units if _is_called(unit, wanted)}
    return found.pop() if len(found) == 1 else None


def unit_called(units: Iterable["AreaUnit"], gmina: str) -> "AreaUnit | None":
    """Return the one commune of the area with this name, or None if there is not exactly one."""
    wanted = text.search_key(gmina)
    found = [unit for unit in units if _is_called(unit, wanted)]
    return found[0] if len({unit.teryt6 for unit in found}) == 1 else None


def _is_called(unit: "AreaUnit", wanted: str) -> bool:
    return bool(wanted) and text.search_key(unit.name) == wanted


def shown_number(number: str) -> str:
    """Return a reference number as it is read out: "K7M-4XQ"."""
    return f"{number[:3]}-{number[3:]}"


def typed_number(typed: str) -> str:
    """Return the reference number in what somebody typed, in any case, with or without a dash."""
    return "".join(letter for letter in typed.upper() if letter in NUMBER_LETTERS)


def plain_name(first: str, last: str) -> str:
    """Return a name that no mail reader takes for a link.

    Anybody may register somebody else's address under the name "visit example.com".
    """
    words = f"{first} {last}".translate(_LINK_MARKS)
    return " ".join(words.replace(".", ". ").split())


_LINK_MARKS = str.maketrans("/:@\\", "    ")


# How people write that they move in a wheelchair, as `search_key` reads it: "na wózku",
# "wózkiem", "wheelchair access".
_WHEELCHAIR = re.compile(r"\b(wozk|wozek|wozki|wheelchair)")


def moves_in_wheelchair(needs: Iterable[str]) -> bool:
    """Tell whether a person says that they move in a wheelchair."""
    return any(_WHEELCHAIR.search(text.search_key(need)) for need in needs)
