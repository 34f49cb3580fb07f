"""Reads that span slices: the programme with seats, My programme, the organiser's overview."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select

from eventapp.attendance import queries as attendance
from eventapp.awards import queries as jury
from eventapp.awards.models import Nomination
from eventapp.awards.rules.states import RoundState
from eventapp.checkin import queries as doors
from eventapp.directory import queries as known
from eventapp.directory import rules as merging
from eventapp.directory.models import Organisation
from eventapp.events import queries as frame
from eventapp.events.access import Permission
from eventapp.events.models import Event, EventState, Organiser
from eventapp.kernel import facts, inbound, journal, outbox
from eventapp.kernel.db import db
from eventapp.kernel.facts import FactRow
from eventapp.kernel.i18n import day_of, day_start, local
from eventapp.kernel.outbox import ON_THE_WAY, Standing
from eventapp.kernel.text import full_name, match_terms
from eventapp.kernel.unreachable import Unreachable
from eventapp.programme import queries as programme
from eventapp.programme import rules as seats
from eventapp.programme.models import (
    Activity,
    Break,
    Kind,
    Material,
    Session,
    SessionSpeaker,
    SessionState,
    SignUpRule,
)
from eventapp.programme.queries import Judged, Workbench
from eventapp.programme.rules import appointments, releases
from eventapp.programme.rules.appointments import Slot
from eventapp.programme.rules.diagnostics import Severity
from eventapp.programme.rules.materials import Reader
from eventapp.programme.rules.planned import Planned
from eventapp.registrations import queries as people
from eventapp.registrations.models import HeldPlace, Registration, State
from eventapp.registrations.queries import Represented
from eventapp.signups import queries as places
from eventapp.signups.models import SignUp
from eventapp.signups.queries import Choice


@dataclass(frozen=True, kw_only=True)
class Card:
    """A session as its card shows it; texts are in the reader's language."""

    id: int
    activity_id: int
    title: str
    kind: str
    starts_at: datetime
    ends_at: datetime
    room: str | None
    room_id: int | None
    place: str | None
    speakers: tuple[str, ...]
    sign_up: str
    capacity: int | None
    free: int | None
    waiting: int
    cancelled: bool
    award: bool
    note: str | None
    url: str = ""
    kind_label: str = ""
    mine: str | None = None
    position: int | None = None
    choice: Choice | None = None
    advice: bool = False


@dataclass(frozen=True, kw_only=True)
class Pause:
    """A break, or a free gap of one's own day."""

    title: str
    starts_at: datetime
    ends_at: datetime
    room: str | None = None
    room_id: int | None = None
    free: bool = False
    id: int = 0


def card(session: Session, choice: Choice | None = None, *, with_place: bool = False) -> Card:
    """Return a session's card, for one person if there is a *choice*."""
    room = session.room
    counted = session.sign_up is not SignUpRule.NONE
    own = choice.sign_up.state.value if choice is not None and choice.sign_up else None
    time, speakers = _own_part(session, choice)
    return Card(
        id=session.id,
        activity_id=session.activity_id,
        title=local(session.activity.title),
        kind=session.activity.kind.value,
        starts_at=time.starts_at,
        ends_at=time.ends_at,
        room=local(room.name) if room is not None else None,
        room_id=session.room_id,
        place=local(room.venue.short) if room is not None and with_place else None,
        speakers=tuple(programme.name_of(named.speaker.person) for named in speakers),
        sign_up=session.sign_up.value,
        capacity=seats.effective_capacity(session),
        free=seats.seats_left(session) if counted else None,
        waiting=session.waiting if counted else 0,
        cancelled=session.state is SessionState.CANCELLED,
        award=session.activity.kind is Kind.CEREMONY,
        note=", ".join(local(item) for item in session.accessibility) or None,
        mine=own,
        position=choice.position if choice is not None else None,
        choice=choice,
        advice=session.appointment_minutes is not None,
    )


def _own_part(
    session: Session, choice: Choice | None
) -> tuple[Session | Slot, Sequence[SessionSpeaker]]:
    """Return when somebody is in a session and with whom: in advice, in one appointment."""
    held = choice.sign_up if choice is not None else None
    if held is None or held.adviser_id is None or held.slot is None:
        return session, session.speakers
    own = appointments.slot(session, held.adviser_id, held.slot)
    return own, [named for named in session.speakers if named.speaker_id == own.adviser_id]


def pause(row: Break) -> Pause:
    """Return a break as the programme shows it."""
    return Pause(
        title=local(row.title),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        room=local(row.room.name) if row.room is not None else None,
        room_id=row.room_id,
        id=-row.id,
    )


@dataclass(frozen=True, kw_only=True)
class DayPlan:
    """One day of a programme."""

    date: date
    label: str
    cards: Sequence[Card]
    pauses: Sequence[Pause]


def plan(
    event: Event, registration: Registration | None, now: datetime, *, mine: bool = False
) -> list[DayPlan]:
    """Return the whole programme day by day; with *mine* only what this person attends.

    One's own day shows its free gaps, and what everybody is invited to stays in it.
    """
    sessions = programme.programme(event.id)
    pauses = programme.breaks(event.id)
    own = places.choices(sessions, registration, now) if registration is not None else {}
    days = frame.days(event.id)
    return [_day(day.date, local(day.label), sessions, pauses, own, mine=mine) for day in days]


def _day(
    on: date,
    label: str,
    sessions: Sequence[Session],
    pauses: Sequence[Break],
    own: Mapping[int, Choice],
    *,
    mine: bool,
) -> DayPlan:
    todays = [session for session in sessions if day_of(session.starts_at) == on]
    venues = {session.room.venue_id for session in todays if session.room is not None}
    cards = [card(session, own.get(session.id), with_place=len(venues) > 1) for session in todays]
    breaks = [pause(row) for row in pauses if day_of(row.starts_at) == on]
    if mine:
        cards = [one for one in cards if one.mine or one.sign_up == "none"]
        breaks += gaps(cards, breaks)
    return DayPlan(date=on, label=label, cards=cards, pauses=breaks)


def with_seats(day: DayPlan, taken: Mapping[int, tuple[int, int]]) -> DayPlan:
    """Return a day with the seats as they are now; sessions by id: how many have one, and wait."""
    return replace(
        day, cards=[with_seats_taken(one, *taken.get(one.id, (0, 0))) for one in day.cards]
    )


def with_seats_taken(one: Card, confirmed: int, waiting: int) -> Card:
    """Return a card as it looks when so many have a seat, and so many wait."""
    if one.sign_up == SignUpRule.NONE:
        return one
    free = seats.places_left(one.capacity, confirmed, waiting)
    if (one.free, one.waiting) == (free, waiting):
        return one
    return replace(one, free=free, waiting=waiting)


GAP = timedelta(minutes=30)


def gaps(cards: Sequence[Card], pauses: Sequence[Pause]) -> list[Pause]:
    """Return the free stretches of at least half an hour between what one attends."""
    busy = sorted(
        [(one.starts_at, one.ends_at) for one in cards if one.mine != "waiting"]
        + [(one.starts_at, one.ends_at) for one in pauses]
    )
    found = []
    until: datetime | None = None
    for starts_at, ends_at in busy:
        if until is not None and starts_at - until >= GAP:
            found.append(Pause(title="", starts_at=until, ends_at=starts_at, free=True))
        until = ends_at if until is None else max(until, ends_at)
    return found


# --- materials ----------------------------------------------------------------------------


def readers(cards: Sequence[Card], registration: Registration | None) -> Mapping[int, Reader]:
    """Tell what somebody is to each session, by its id."""
    return {one.id: _reader_of(one, registration) for one in cards}


def _reader_of(one: Card, registration: Registration | None) -> Reader:
    # Where nobody signs up, all who take part in the event belong.
    if registration is None or registration.state is not State.QUALIFIED:
        return Reader.ANYBODY
    belongs = one.sign_up == SignUpRule.NONE or one.mine == "confirmed"
    return Reader.PARTICIPANT if belongs else Reader.ANYBODY


def handed_out(
    cards: Sequence[Card], reader_of: Mapping[int, Reader], now: datetime
) -> Mapping[int, Sequence[Material]]:
    """Return by session which materials its reader may fetch; what is called off gives none."""
    held = {one.id: one for one in cards if not one.cancelled}
    given = programme.materials_of({one.activity_id for one in held.values()})
    found = {
        one.id: [
            row
            for row in given.get(one.activity_id, ())
            if seats.materials.may_fetch(row, one.ends_at, reader_of[one.id], now)
        ]
        for one in held.values()
    }
    return {session_id: rows for session_id, rows in found.items() if rows}


# --- the organiser's desk -----------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Overview:
    """What the organiser sees first."""

    people: Mapping[State, int]
    sessions: Sequence[Card]
    mail: Mapping[Standing, int]
    inside: int
    registrations_by_day: Sequence[int]
    nominations: int
    tasks: Sequence["Task"] = field(default_factory=tuple)

    @property
    def letters_waiting(self) -> int:
        """Return how many letters are on their way."""
        return sum(self.mail[one] for one in ON_THE_WAY)


@dataclass(frozen=True, kw_only=True)
class Task:
    """Something that waits for the organiser: what, how many, where it is done, and by whom."""

    code: str
    count: int
    endpoint: str
    may: Permission
    filter: str = ""
    args: Mapping[str, Any] = field(default_factory=dict)


def overview(event: Event, now: datetime) -> Overview:
    """Return the event at a glance."""
    sessions = [
        card(session)
        for session in programme.programme(event.id)
        if session.sign_up is not SignUpRule.NONE
    ]
    counted = people.counts(event.id)
    mail = outbox.counts(event.id, now)
    return Overview(
        people=counted,
        sessions=sessions,
        mail=mail,
        inside=_inside(event, now),
        registrations_by_day=_by_day(event, now),
        nominations=_nominations(event.id),
        tasks=_tasks(event, now, counted, mail, sessions),
    )


def _tasks(
    event: Event,
    now: datetime,
    counted: Mapping[State, int],
    mail: Mapping[Standing, int],
    sessions: Sequence[Card],
) -> list[Task]:
    bench = programme.workbench(event.id)
    left = [one for one in findings_of(event, bench) if one.reason is None]
    errors = sum(one.finding.severity is Severity.ERROR for one in left)
    queues = sum(1 for one in sessions if one.waiting)
    plan, folk = Permission.EDIT_PROGRAMME, Permission.SEE_PEOPLE
    found = [
        Task(code="pending", count=counted.get(State.PENDING, 0), endpoint="desk.people",
             filter="pending", may=folk),
        Task(code="unannounced", count=people.unannounced(event.id), endpoint="desk.decisions",
             may=folk),
        Task(code="waiting", count=counted.get(State.WAITING, 0), endpoint="desk.people",
             filter="waiting", may=folk),
        Task(code="over-capacity", count=_over_capacity(event, counted), endpoint="desk.people",
             filter="qualified", may=folk),
        Task(code="corrections", count=people.proposal_count(event.id),
             endpoint="registrations.corrections", may=Permission.MANAGE_PEOPLE),
        Task(code="errors", count=errors, endpoint="desk.findings", may=plan),
        Task(code="warnings", count=len(left) - errors, endpoint="desk.findings", may=plan),
        Task(code="unreleased", count=len(bench.differences()),
             endpoint="desk.outlook", may=plan),
        Task(code="no-category", count=int(not frame.categories(event.id)),
             endpoint="events.categories", may=Permission.MANAGE_EVENT),
        Task(code="no-checkpoint", count=int(not doors.checkpoints(event.id)),
             endpoint="checkin.devices", may=Permission.LEAD_DOOR),
        Task(code="unplanned", count=len(programme.unplanned(event.id)),
             endpoint="programme.unplanned", may=plan),
        Task(code="silent-speakers", count=len(programme.owing(event, now)),
             endpoint="programme.owing", may=plan),
        Task(code="failed-mail", count=mail[Standing.UNDELIVERABLE] + mail[Standing.GIVEN_UP],
             endpoint="desk.mail", filter="failed", may=Permission.SEE_MAIL),
        Task(code="held-mail", count=mail[Standing.HELD] if event.mail_paused_at else 0,
             endpoint="desk.mail", filter="held", may=Permission.SEE_MAIL),
        Task(code="unreachable", count=len(unreachable_people(event.id)),
             endpoint="desk.incoming_mail", may=Permission.SEE_MAIL),
        Task(code="quarantine", count=inbound.quarantined(event.id),
             endpoint="desk.incoming_mail", may=Permission.SEE_MAIL),
        Task(code="owed-lists", count=attendance.open_lists(event.id, now),
             endpoint="attendance.lists", may=folk),
        Task(code="owed-cards", count=_owed_cards(event.id), endpoint="awards.coverage",
             may=Permission.SEE_JURY),
        Task(code="without-email", count=_without_email(event.id), endpoint="desk.people",
             filter="qualified", args={"no_email": 1}, may=folk),
        Task(code="queues", count=queues, endpoint="desk.sessions", may=Permission.SEE_DESK),
    ]  # fmt: skip
    return [task for task in found if task.count]


def _over_capacity(event: Event, counted: Mapping[State, int]) -> int:
    """Count the people beyond the event's places, with those who are still to be named."""
    if not event.capacity:
        return 0
    given = counted.get(State.QUALIFIED, 0) + people.held_count(event.id)
    return max(0, given - event.capacity)


def _owed_cards(event_id: int) -> int:
    """Count the score sheets that jurors still owe while scoring is open."""
    call = jury.call_of(event_id)
    if call is None or not any(row.state is RoundState.OPEN for row in jury.rounds(call.id)):
        return 0
    found = jury.coverage(call.id)
    return found.due() - found.done()


def _inside(event: Event, now: datetime) -> int:
    """Count the people in the building, once each."""
    rows = doors.people_inside(event.id, now, day_start(now, event.timezone))
    return len({person.id for person, _checkpoint, _presence in rows})


def _without_email(event_id: int) -> int:
    query = select(func.count()).select_from(Registration)
    query = query.where(
        Registration.event_id == event_id,
        Registration.email.is_(None),
        Registration.state == State.QUALIFIED,
    )
    return db.session.scalar(query) or 0


def unreachable_people(event_id: int) -> list[tuple[Registration, Unreachable]]:
    """List who takes part and cannot be written to, with what is known of the address."""
    query = select(Registration, Unreachable).join(
        Unreachable, Unreachable.address == func.lower(Registration.email)
    )
    query = query.where(
        Registration.event_id == event_id,
        Registration.state.in_([State.PENDING, State.QUALIFIED, State.WAITING]),
        Unreachable.settled_at.is_(None),
    )
    found = db.session.execute(query.order_by(Registration.sort_key, Registration.id))
    return [(row, address) for row, address in found]


def _nominations(event_id: int) -> int:
    query = select(func.count()).select_from(Nomination).where(Nomination.event_id == event_id)
    return db.session.scalar(query) or 0


def _by_day(event: Event, now: datetime) -> list[int]:
    """Return how many had registered by the end of each of the last thirty days."""
    moments = db.session.scalars(
        select(Registration.registered_at).where(Registration.event_id == event.id)
    ).all()
    ends = [now - timedelta(days=number) for number in range(29, -1, -1)]
    return [sum(1 for moment in moments if moment <= end) for end in ends]


@dataclass(frozen=True, kw_only=True)
class Seating:
    """What limits a session: its own number, its room, and how many more are let in.

    `expected` is how many of those with a seat will come, if they come as they did so far to
    other sessions (`came` of `held`); only staff see that.
    """

    own: int | None
    room: int | None
    percent: int
    effective: int | None
    held: int
    came: int
    expected: int | None


def seating(session: Session, now: datetime) -> Seating:
    """Return what limits a session, and what to expect of those who have a seat in it."""
    held, came = doors.turn_out(session.event_id, now)
    return Seating(
        own=session.capacity,
        room=session.room.capacity if session.room is not None else None,
        percent=session.overbooking_percent,
        effective=seats.effective_capacity(session),
        held=held,
        came=came,
        expected=seats.expected(session.confirmed, held, came),
    )


# --- for institutions that co-organise -------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Totals:
    """An event in plain numbers by state and by day: a finer table would tell of single people.

    `present` has None for days that have not come yet.
    """

    people: Mapping[State, int]
    registered: int
    registered_on: Sequence[tuple[date, int]]
    sessions: Sequence[Card]
    present: Sequence[tuple[date, int | None]]


def totals(event: Event, now: datetime) -> Totals:
    """Return an event as those may see it who may not see its people."""
    counted = people.counts(event.id)
    today, zone = day_of(now, event.timezone), ZoneInfo(event.timezone)
    came = doors.present_on(event.id, zone)
    return Totals(
        people=counted,
        registered=sum(counted.values()) - counted[State.REPLACED],
        registered_on=sorted(Counter(_registered_on(event, zone)).items()),
        sessions=[
            card(session)
            for session in programme.programme(event.id)
            if session.sign_up is not SignUpRule.NONE
        ],
        present=[
            (day.date, came.get(day.date, 0) if day.date <= today else None)
            for day in frame.days(event.id)
        ],
    )


def _registered_on(event: Event, zone: ZoneInfo) -> list[date]:
    query = select(Registration.registered_at).where(
        Registration.event_id == event.id, Registration.state != State.REPLACED
    )
    return [moment.astimezone(zone).date() for moment in db.session.scalars(query)]


@dataclass(frozen=True, kw_only=True)
class Guest:
    """A guest of an institution: all that the institution sees of its own guest."""

    id: int
    first_name: str
    last_name: str
    state: State
    came: bool


def guests(organiser: Organiser) -> list[Guest]:
    """List an institution's guests in Polish alphabetical order; substitutes instead of those."""
    states = [state for state in State if state is not State.REPLACED]
    narrowed = people.Filter(organiser_id=organiser.id, states=states)
    rows = people.people(organiser.event_id, narrowed)
    came = doors.came([row.id for row in rows])
    return [
        Guest(
            id=row.id,
            first_name=row.first_name,
            last_name=row.last_name,
            state=row.state,
            came=row.id in came,
        )
        for row in rows
    ]


# --- what a release would do ------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """What a release would change, and whom it would hit.

    `differences` are as a release keeps them; `people` have a place in a session that moves,
    changes or is called off, and `without_mail` of them have no mailbox; so many `speakers` are
    written to. `digest` marks what was
    looked at; `first` tells that the event becomes visible with this release.
    """

    differences: Sequence[Mapping[str, Any]]
    places: Mapping[int, tuple[int, int]]
    people: int
    without_mail: int
    speakers: int
    errors: Sequence[Judged]
    warnings: Sequence[Judged]
    digest: str
    first: bool


def findings(event: Event) -> list[Judged]:
    """List what is wrong with the draft, also for the people who have places."""
    return findings_of(event, programme.workbench(event.id))


def findings_of(event: Event, bench: Workbench) -> list[Judged]:
    """List the same of a draft that was read already."""
    return programme.findings_of(event, bench, places.in_wheelchairs(event.id))


def outlook(event: Event) -> Outlook:
    """Return what a release of the present draft would mean."""
    differences = programme.differences(event.id)
    rooms, names = programme.room_names(event.id), programme.speaker_names(event.id)
    known = [one.after for one in differences if one.before is not None]
    hit = [one for one in known if isinstance(one, Planned)]
    mailboxes = places.reached([one.id for one in hit])
    left = [one for one in findings(event) if one.reason is None]
    told = [releases.told(one, rooms, names) for one in differences]
    return Outlook(
        differences=told,
        speakers=len(programme.concerned(event.id, told)),
        places={one.id: (one.confirmed, one.waiting) for one in hit},
        people=len(mailboxes),
        without_mail=sum(not has for has in mailboxes.values()),
        errors=[one for one in left if one.finding.severity is Severity.ERROR],
        warnings=[one for one in left if one.finding.severity is Severity.WARNING],
        digest=releases.digest(differences),
        first=event.state is EventState.DRAFT,
    )


# --- history --------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Happening:
    """One fact with the names of what it was about: (id, name), where there is such a thing."""

    fact: FactRow
    person: tuple[int, str] | None
    session: tuple[int, str] | None
    nominee: str | None


@dataclass(frozen=True, kw_only=True)
class Colleague:
    """One person of a group as the contact sees them: no private answer is here.

    `told` says whether they have given their own data; `offered` is the link by which somebody
    may come instead.
    """

    row: Registration
    told: bool
    seats: Sequence[SignUp]
    offered: HeldPlace | None


def colleagues(group_id: int) -> list[Colleague]:
    """List the people of a group, also those who do not come any more, with their places."""
    rows = people.members(group_id)
    ids = [row.id for row in rows]
    told, seats = people.acknowledged(ids), places.standing_of(ids)
    offered = people.offers(ids)
    return [
        Colleague(
            row=row,
            told=row.id in told,
            seats=seats.get(row.id, []),
            offered=offered.get(row.id),
        )
        for row in rows
    ]


def history(event_id: int, *, before: int | None = None, limit: int) -> list[Happening]:
    """List what happened in an event, newest first; page with *before* a fact's id."""
    parts = [journal.EditedPart.kind]
    found = facts.history(event_id=event_id, without=parts, before=before, limit=limit)
    return _named(found)


def history_of(registration_id: int) -> list[Happening]:
    """List what happened to a registration and its sign-ups, newest first."""
    own = select(SignUp.id).where(SignUp.registration_id == registration_id)
    subjects = [f"sign-up:{sign_up_id}" for sign_up_id in db.session.scalars(own)]
    return _named(facts.history(subjects=[f"registration:{registration_id}", *subjects]))


def newest_about(registration_id: int) -> int:
    """Return the id of the newest fact about a registration, 0 where there is none."""
    found = facts.history(subject=f"registration:{registration_id}", limit=1)
    return found[0].id if found else 0


def _named(rows: Sequence[FactRow]) -> list[Happening]:
    """Find the names that facts leave out, one statement for each kind of thing."""
    people_by_id = _names_of_people({_about(row, "registration") for row in rows})
    titles = _titles({_about(row, "session") for row in rows})
    nominees = _nominees({_about(row, "nomination") for row in rows})
    return [
        Happening(
            fact=row,
            person=people_by_id.get(_about(row, "registration")),
            session=titles.get(_about(row, "session")),
            nominee=nominees.get(_about(row, "nomination")),
        )
        for row in rows
    ]


def _about(row: FactRow, thing: str) -> int | None:
    """Return the id of the thing that a fact is about, by its data, else by its subject."""
    told = row.data.get(f"{thing}_id")
    if told is not None:
        return int(told)
    kind, _colon, number = row.subject.partition(":")
    return int(number) if kind == thing else None


def _names_of_people(ids: set[int | None]) -> dict[int | None, tuple[int, str]]:
    found = db.session.scalars(select(Registration).where(Registration.id.in_(ids - {None})))
    return {one.id: (one.id, full_name("", one.first_name, one.last_name)) for one in found}


def _titles(ids: set[int | None]) -> dict[int | None, tuple[int, str]]:
    query = select(Session.id, Activity.title).join(Activity, Activity.id == Session.activity_id)
    found = db.session.execute(query.where(Session.id.in_(ids - {None})))
    return {session_id: (session_id, local(title)) for session_id, title in found}


def _nominees(ids: set[int | None]) -> dict[int | None, str]:
    query = select(Nomination.id, Nomination.nominee).where(Nomination.id.in_(ids - {None}))
    return {row.id: row.nominee for row in db.session.execute(query)}


# --- organisations, and what the host remembers -----------------------------------------------


def represented(event_id: int, asked: str = "") -> list[Represented]:
    """List the organisations of an event that fit what somebody typed, by name."""
    terms = match_terms(asked)
    return [
        row
        for row in people.represented(event_id)
        if all(term in row.organisation.search_key for term in terms)
    ]


def alike(event: Event) -> list[tuple[Organisation, Organisation]]:
    """List who sends somebody to an event with another of the host that may be the same."""
    rows = known.organisations(event.host_id)
    here = {row.organisation.id for row in people.represented(event.id)}
    by_word: dict[str, list[Organisation]] = defaultdict(list)
    for row in rows:
        for word in merging.words_of(row.name):
            by_word[word].append(row)
    pairs = {
        frozenset((one.id, other.id)): (one, other)
        for group in by_word.values()
        for one in group
        if one.id in here
        for other in group
        if _may_be_one(one, other)
    }
    return [pairs[key] for key in sorted(pairs, key=sorted)][:MOST_SUGGESTIONS]


MOST_SUGGESTIONS = 20


def _may_be_one(one: Organisation, other: Organisation) -> bool:
    if merging.refuse_merging(one.id, other.id, one.nip, other.nip) is not None:
        return False
    return merging.are_alike(one.name, other.name)


def alike_to(row: Organisation) -> list[Organisation]:
    """List the host's organisations that may be this one."""
    return [other for other in known.organisations(row.host_id) if _may_be_one(row, other)]


def found_organisations(row: Organisation, asked: str) -> list[Organisation]:
    """List the host's other organisations that fit what somebody typed."""
    terms = match_terms(asked)
    if not terms:
        return []
    return [
        other
        for other in known.organisations(row.host_id)
        if other.id != row.id and all(term in other.search_key for term in terms)
    ][:MOST_SUGGESTIONS]


@dataclass(frozen=True, kw_only=True)
class Moved:
    """What another organisation has that would be this one's: people by event, nominations."""

    people: Sequence[tuple[Event, int]]
    nominations: int


def moved_by_merging(organisation_id: int) -> Moved:
    """Count what belongs to an organisation that is to become another one's."""
    query = (
        select(Event, func.count())
        .join(Registration, Registration.event_id == Event.id)
        .where(Registration.organisation_id == organisation_id)
        .group_by(Event.id)
        .order_by(Event.starts_on.desc())
    )
    nominations = select(func.count()).where(Nomination.organisation_id == organisation_id)
    return Moved(
        people=[(row[0], row[1]) for row in db.session.execute(query)],
        nominations=db.session.scalar(nominations) or 0,
    )


def events_of_host(host_id: int) -> Sequence[Event]:
    """List a host's events, newest first."""
    query = select(Event).where(Event.host_id == host_id)
    return db.session.scalars(query.order_by(Event.starts_on.desc(), Event.id)).all()


@dataclass(frozen=True, kw_only=True)
class Remembered:
    """One person's taking part in one event, as it was: sessions with minutes, or an absence."""

    event: Event
    row: Registration
    attended: Sequence[tuple[Session, int]]
    over: bool

    @property
    def minutes(self) -> int:
        """The minutes that presence credits, in all."""
        return sum(minutes for _session, minutes in self.attended)

    @property
    def came(self) -> bool:
        """Whether the person was in any session."""
        return bool(self.attended)

    @property
    def absent(self) -> bool:
        """Whether somebody who had a place did not come and had not cancelled."""
        return self.over and not self.came and self.row.state is State.QUALIFIED


def memory_of_person(person_id: int, events: Sequence[Event], now: datetime) -> list[Remembered]:
    """List what is remembered of a person at these events, newest first."""
    return _remembered(Registration.person_id == person_id, events, now)


def memory_of_organisation(
    organisation_id: int, events: Sequence[Event], now: datetime
) -> list[tuple[Event, list[Remembered]]]:
    """List what is remembered of an organisation's people, event by event, newest first."""
    rows = _remembered(Registration.organisation_id == organisation_id, events, now)
    return [
        (event, own)
        for event in events
        if (own := [one for one in rows if one.event.id == event.id])
    ]


def _remembered(
    whose: ColumnElement[bool], events: Sequence[Event], now: datetime
) -> list[Remembered]:
    by_id = {event.id: event for event in events}
    query = select(Registration).where(whose, Registration.event_id.in_(by_id))
    rows = db.session.scalars(query.order_by(Registration.sort_key, Registration.id)).all()
    return [
        one
        for event in events
        if (own := [row for row in rows if row.event_id == event.id])
        for one in _at_event(event, own, now)
    ]


def _at_event(event: Event, rows: Sequence[Registration], now: datetime) -> list[Remembered]:
    credited = attendance.presence(event.id, registration_ids=[row.id for row in rows])
    sessions = {one.id: one for one in programme.programme(event.id)}
    attended: dict[int, list[tuple[Session, int]]] = defaultdict(list)
    for one in credited:
        if one.session_id in sessions:
            attended[one.registration_id].append((sessions[one.session_id], one.minutes))
    over = day_of(now, event.timezone) > event.ends_on
    return [
        Remembered(
            event=event,
            row=row,
            attended=sorted(attended[row.id], key=lambda pair: pair[0].starts_at),
            over=over,
        )
        for row in rows
    ]
