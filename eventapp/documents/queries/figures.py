"""The figures: every number of an event's report, computed from the rows."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from eventapp.attendance import queries as attendance
from eventapp.awards import queries as jury
from eventapp.checkin import queries as doors
from eventapp.documents import rules
from eventapp.documents.models import CertificateSetting
from eventapp.documents.rules import Held, Outcome, Participant, Rule
from eventapp.events import queries as frame
from eventapp.events.models import CategoryGroup, Event
from eventapp.kernel.db import db
from eventapp.programme.models import RELEASED, Kind, Session
from eventapp.registrations.models import Registration, Source, State
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
    rule: Rule

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


def material(
    event_id: int, sex: Mapping[int, str], *, only: Collection[int] | None = None
) -> Material:
    """Load what the evidence needs; *sex* comes from the encrypted layer, by registration.

    *only* narrows it to some registrations.
    """
    event = frame.event(event_id)
    if event is None:
        raise LookupError(f"no event {event_id}")
    minutes: dict[int, dict[int, int]] = defaultdict(dict)
    for one in attendance.presence(event_id, registration_ids=only):
        minutes[one.registration_id][one.session_id] = one.minutes
    return Material(
        event=event,
        sessions=_sessions(event_id),
        people=_people(event_id, only),
        minutes=minutes,
        confirmed=_confirmed(event_id),
        sex=sex,
        rule=rule_of(event),
    )


def _sessions(event_id: int) -> Sequence[Session]:
    query = select(Session).options(joinedload(Session.activity))
    query = query.where(Session.event_id == event_id, Session.state.in_(RELEASED))
    query = query.order_by(Session.starts_at, Session.id)
    return db.session.scalars(query).all()


def rule_of(event: Event) -> Rule:
    """Return what a certificate of an event takes."""
    query = select(CertificateSetting.min_sessions)
    query = query.where(CertificateSetting.event_id == event.id)
    return Rule(
        min_percent=event.certificate_min_percent, min_sessions=db.session.scalars(query).first()
    )


def _people(event_id: int, only: Collection[int] | None) -> Sequence[Registration]:
    query = select(Registration).options(
        joinedload(Registration.category), joinedload(Registration.organisation)
    )
    query = query.where(Registration.event_id == event_id)
    if only is not None:
        query = query.where(Registration.id.in_(only))
    query = query.order_by(Registration.sort_key, Registration.id)
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
    sessions = held(found)
    return {
        person.id: rules.outcome(participant(found, person), sessions, found.rule)
        for person in found.qualified
    }


def held(found: Material) -> list[Held]:
    """List the sessions as the evidence counts them."""
    return [
        Held(
            id=session.id,
            ends_at=session.ends_at,
            support_minutes=session.support_minutes,
            counts_for_certificate=session.counts_for_certificate,
            compulsory=session.compulsory,
        )
        for session in found.sessions
    ]


def participant(found: Material, person: Registration) -> Participant:
    """Return a person as the evidence counts them."""
    return Participant(
        minutes=found.minutes.get(person.id, {}),
        confirmed=found.confirmed.get(person.id, set()),
        arrived_at=person.registered_at if person.source is Source.WALK_IN else None,
    )


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
