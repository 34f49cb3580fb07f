"""The evidence: every figure of an event's report, computed from the rows; and the badges."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from eventapp.attendance import queries as attendance
from eventapp.awards import queries as jury
from eventapp.checkin import queries as doors
from eventapp.documents import rules
from eventapp.documents.models import BadgePrint
from eventapp.documents.rules import BadgeRole, Held, Outcome, Participant, Printed
from eventapp.events import queries as frame
from eventapp.events.models import CategoryGroup, Event
from eventapp.kernel.db import db
from eventapp.programme import queries as plan
from eventapp.programme.models import RELEASED, Kind, Session, SessionState
from eventapp.registrations import queries as people
from eventapp.registrations.models import Registration, Source, State
from eventapp.registrations.queries import Filter
from eventapp.signups import queries as places
from eventapp.signups.models import SignUp
from eventapp.signups.models import State as Place

# The figures' own words for where a registration stands.
STATUS = {State.WAITING: "waitlisted"}


@dataclass(frozen=True)
class Material:
    """All that the evidence is computed from."""

    event: Event
    sessions: Sequence[Session]
    people: Sequence[Registration]
    minutes: Mapping[int, Mapping[int, int]]
    confirmed: Mapping[int, set[int]]
    sex: Mapping[int, str]

    @property
    def qualified(self) -> list[Registration]:
        """List those who take part."""
        return [person for person in self.people if person.state is State.QUALIFIED]

    @property
    def present(self) -> list[Registration]:
        """List those of them who came to anything at all."""
        return [person for person in self.qualified if self.minutes.get(person.id)]

    def group(self, person: Registration) -> str:
        """Return the group in which a person is counted."""
        return person.category.group if person.category is not None else "–"


def material(event_id: int, sex: Mapping[int, str]) -> Material:
    """Load what the evidence needs; *sex* comes from the encrypted layer, by registration."""
    event = frame.event(event_id)
    if event is None:
        raise LookupError(f"no event {event_id}")
    minutes: dict[int, dict[int, int]] = defaultdict(dict)
    for one in attendance.presence(event_id):
        minutes[one.registration_id][one.session_id] = one.minutes
    return Material(
        event=event,
        sessions=_sessions(event_id),
        people=_people(event_id),
        minutes=minutes,
        confirmed=_confirmed(event_id),
        sex=sex,
    )


def _sessions(event_id: int) -> Sequence[Session]:
    query = select(Session).options(joinedload(Session.activity))
    query = query.where(Session.event_id == event_id, Session.state.in_(RELEASED))
    query = query.order_by(Session.starts_at, Session.id)
    return db.session.scalars(query).all()


def _people(event_id: int) -> Sequence[Registration]:
    query = select(Registration).options(
        joinedload(Registration.category), joinedload(Registration.organisation)
    )
    query = query.where(Registration.event_id == event_id).order_by(Registration.sort_key)
    return db.session.scalars(query).all()


def _confirmed(event_id: int) -> Mapping[int, set[int]]:
    query = (
        select(SignUp.registration_id, SignUp.session_id)
        .join(Session, Session.id == SignUp.session_id)
        .where(Session.event_id == event_id, SignUp.state == Place.CONFIRMED)
    )
    own: dict[int, set[int]] = defaultdict(set)
    for registration_id, session_id in db.session.execute(query):
        own[registration_id].add(session_id)
    # Whoever lost a place by not coming does not owe less than whoever kept it.
    for registration_id, session_ids in attendance.given_away(event_id).items():
        own[registration_id] |= session_ids
    return own


@dataclass(frozen=True, kw_only=True)
class Turnout:
    """How many came, and from how many organisations and counties."""

    people: int
    organisations: int
    counties: int


def turnout(event_id: int) -> Turnout:
    """Count who came, as the evidence does; nothing of the encrypted layer is read."""
    present = material(event_id, {}).present
    return Turnout(
        people=len(present),
        organisations=len({one.organisation_id for one in present} - {None}),
        counties=len({one.county for one in present if one.county}),
    )


def outcomes(found: Material) -> dict[int, Outcome]:
    """Return what each qualified person's presence earns, by registration."""
    held = [
        Held(
            id=session.id,
            ends_at=session.ends_at,
            support_minutes=session.support_minutes,
            counts_for_certificate=session.counts_for_certificate,
            compulsory=session.compulsory,
        )
        for session in found.sessions
    ]
    return {
        person.id: rules.outcome(
            Participant(
                minutes=found.minutes.get(person.id, {}),
                confirmed=found.confirmed.get(person.id, set()),
                arrived_at=person.registered_at if person.source is Source.WALK_IN else None,
            ),
            held,
            found.event.certificate_min_percent,
        )
        for person in found.qualified
    }


def evidence(found: Material) -> dict[str, Any]:
    """Return every figure of the report, under the names that the report uses."""
    earned = outcomes(found)
    return {
        **_registered(found),
        **_attended(found),
        "certificates": sum(one.certificate for one in earned.values()),
        "bur_status": rules.counted(one.completion.value for one in earned.values()),
        "person_minutes_total": sum(one.attended_total_minutes for one in earned.values()),
        "diets_confirmed": rules.counted(person.diet for person in found.qualified if person.diet),
        "no_photo_consent": _no_photo(found),
        "sessions": _session_figures(found),
        **jury.evidence(found.event.id),
    }


def _registered(found: Material) -> dict[str, Any]:
    qualified, present = found.qualified, found.present
    expected = [person for person in qualified if person.source is not Source.WALK_IN]
    came = [person for person in present if person.source is not Source.WALK_IN]
    return {
        "participants_total": len(found.people),
        "status": rules.counted(
            STATUS.get(person.state, person.state.value) for person in found.people
        ),
        "registered_by_group": rules.counted(found.group(person) for person in found.people),
        "registered_by_kind": rules.counted(
            "delegate" if person.organisation_id is not None else "individual"
            for person in found.people
        ),
        "qualified": len(qualified),
        "attended_any": len(present),
        "no_shows": len(qualified) - len(present),
        "turnout_percent_of_preregistered": rules.share(len(came), len(expected)),
        "walk_ins": sum(person.source is Source.WALK_IN for person in qualified),
        "substitutions": sum(person.replaces_id is not None for person in qualified),
    }


def _attended(found: Material) -> dict[str, Any]:
    present = found.present
    entities = {
        person.organisation_id
        for person in present
        if found.group(person) == CategoryGroup.PES and person.organisation_id is not None
    }
    individuals = [person for person in present if found.group(person) == CategoryGroup.OSOBA]
    return {
        "attended_by_sex": rules.counted(_sexes(found, present)),
        "attended_by_group": rules.counted(found.group(person) for person in present),
        "attended_by_category": rules.counted(
            person.category.code for person in present if person.category is not None
        ),
        "attended_by_county": rules.counted(person.county for person in present if person.county),
        "distinct_entities_supported": len(entities),
        "individuals_at_risk_supported": rules.counted(_sexes(found, individuals)),
    }


def _sexes(found: Material, people: Sequence[Registration]) -> list[str]:
    return [found.sex[person.id] for person in people if person.id in found.sex]


def _no_photo(found: Material) -> list[str]:
    refused = doors.without_photo_consent(found.event.id)
    return sorted(person.ref or person.number for person in found.qualified if person.id in refused)


def _session_figures(found: Material) -> dict[str, Any]:
    present = {person.id for person in found.present}
    return {
        session.ref or str(session.id): {
            "capacity": session.capacity,
            "confirmed": session.confirmed,
            "waitlisted": session.waiting,
            "attended": sum(
                session.id in sessions
                for person_id, sessions in found.minutes.items()
                if person_id in present
            ),
        }
        for session in found.sessions
        if session.activity.kind is not Kind.REGISTRATION
    }


# --- badges -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Whom:
    """Whose badges are meant: of these states, of one role, those to be printed, or these ids."""

    states: Sequence[State] = (State.QUALIFIED,)
    role: BadgeRole | None = None
    due: bool = False
    only: Sequence[int] | None = None


@dataclass(frozen=True, kw_only=True)
class Badge:
    """What stands on one person's badge, and whether it was printed.

    `code` is what a person types, `qr` what a camera reads: the same, or the signed code.
    """

    row: Registration
    role: BadgeRole
    code: str
    qr: str
    sessions: Sequence[Session]
    no_photo: bool
    looks: str
    printed: Printed

    @property
    def name(self) -> str:
        """Return the name as it is spoken."""
        return f"{self.row.first_name} {self.row.last_name}"

    @property
    def organisation(self) -> str:
        """Return the organisation's name, or nothing."""
        return self.row.organisation.name if self.row.organisation is not None else ""


def badges(event_id: int, whom: Whom) -> list[Badge]:
    """List badges in Polish alphabetical order, with the sessions that stand on their backs."""
    narrowed = Filter(states=() if whom.only is not None else whom.states, only=whom.only)
    rows = [row for row in people.people(event_id, narrowed) if row.badge_hash is not None]
    made = _badges(event_id, rows)
    return [
        one
        for one in made
        if whom.role in (None, one.role) and not (whom.due and one.printed is Printed.READY)
    ]


def badge(row: Registration) -> Badge:
    """Return the badge of one registration."""
    [made] = _badges(row.event_id, [row])
    return made


def _badges(event_id: int, rows: Sequence[Registration]) -> list[Badge]:
    event = db.session.get_one(Event, event_id)
    led = _led(event_id)
    jurors = jury.juror_person_ids(event_id)
    own = _own_sessions(rows, led)
    refused = doors.without_photo_consent(event_id)
    earlier = _printed_looks(event_id)
    return [
        _badge(
            row,
            event,
            rules.badge_role(row.person_id, led, jurors),
            sessions=own[row.id],
            no_photo=row.id in refused,
            earlier=earlier.get(row.id),
        )
        for row in rows
    ]


def _badge(
    row: Registration,
    event: Event,
    role: BadgeRole,
    *,
    sessions: Sequence[Session],
    no_photo: bool,
    earlier: str | None,
) -> Badge:
    organisation = row.organisation.name if row.organisation is not None else ""
    name = f"{row.first_name} {row.last_name}"
    key = event.badge_key if event.signs_badges else 0
    looks = rules.looks(name, organisation, role, row.badge_generation, key)
    return Badge(
        row=row,
        role=role,
        code=people.badge_code(row),
        qr=people.printed_code(row, event),
        sessions=sessions,
        no_photo=no_photo,
        looks=looks,
        printed=rules.printed(looks, earlier),
    )


def _led(event_id: int) -> Mapping[int, Sequence[Session]]:
    """Return the released sessions that each person leads, by the person's id; empty for none."""
    people_of = {one.id: one.person_id for one in plan.speakers(event_id)}
    found: dict[int, list[Session]] = {person_id: [] for person_id in people_of.values()}
    for session in plan.programme(event_id):
        for named in session.speakers:
            found[people_of[named.speaker_id]].append(session)
    return found


def _own_sessions(
    rows: Sequence[Registration], led: Mapping[int, Sequence[Session]]
) -> Mapping[int, Sequence[Session]]:
    """Return what each registration has a seat in or leads, in time order, by its id."""
    found: dict[int, dict[int, Session]] = {
        row.id: {one.id: one for one in led.get(row.person_id, ())} for row in rows
    }
    for held in places.held_by(list(found)):
        if held.state is Place.CONFIRMED:
            found[held.registration_id][held.session_id] = held.session
    return {
        registration_id: sorted(
            (one for one in own.values() if one.state is not SessionState.CANCELLED),
            key=lambda one: (one.starts_at, one.id),
        )
        for registration_id, own in found.items()
    }


def _printed_looks(event_id: int) -> Mapping[int, str]:
    query = select(BadgePrint.registration_id, BadgePrint.looks)
    query = query.where(BadgePrint.event_id == event_id)
    return dict(db.session.execute(query).all())
