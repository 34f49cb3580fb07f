"""What decides about a sign-up, read in one go behind the locks."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select

from eventapp.directory.models import Person
from eventapp.events.models import Event, Room
from eventapp.kernel.db import ask, db, table_of
from eventapp.programme.models import RELEASED, Activity, Session
from eventapp.registrations.models import Registration
from eventapp.signups.models import SessionTerms, SignUp, SignUpPolicy
from eventapp.signups.queries.asked import activity_titles, category_labels, filled_in, topics_of
from eventapp.signups.queries.queues import from_organisation
from eventapp.signups.rules import Applicant, Around, Place, Policy, Terms, Wanted


def locked(session_id: int, registration_id: int) -> tuple[Applicant, Wanted, Policy, Terms] | None:
    """Take a registration and its person for this transaction, with a session of their event.

    What the event and the session ask of sign-ups comes along.

    The session itself is not locked: one that changes meanwhile is found out by its version
    when the seat is drawn.
    """
    db.session.flush()  # what was changed here must be seen by what reads past the mapper
    asked = {"session_id": session_id, "registration_id": registration_id}
    row = ask(_locked(), asked).first()
    if row is None:
        return None
    known, wanted = len(Applicant._fields), len(Applicant._fields) + len(Wanted._fields)
    asked_of_event = row[wanted : wanted + len(Policy._fields)]
    return (
        Applicant(*row[:known]),
        Wanted(*row[known:wanted]),
        filled_in(Policy(), asked_of_event),
        filled_in(Terms(), row[wanted + len(Policy._fields) :]),
    )


@cache  # building it takes longer than asking, and every sign-up asks
def _locked() -> Select[Any]:
    person, who = table_of(Person), table_of(Registration)
    session, activity, room = table_of(Session), table_of(Activity), table_of(Room)
    event = table_of(Event)
    applicant = [who.c[name] for name in Applicant._fields]
    elsewhere = {
        "title": activity.c.title,
        "venue_id": room.c.venue_id,
        "invites_waiting": event.c.invites_waiting,
    }
    wanted = [elsewhere[name] if name in elsewhere else session.c[name] for name in Wanted._fields]
    policy, terms = table_of(SignUpPolicy), table_of(SessionTerms)
    asked = [policy.c[name] for name in Policy._fields]
    asked += [terms.c[name] for name in Terms._fields]
    return (
        select(*applicant, *wanted, *asked)
        .select_from(who)
        .join(person, person.c.id == who.c.person_id)
        .join(session, session.c.event_id == who.c.event_id)
        .join(event, event.c.id == session.c.event_id)
        .join(activity, activity.c.id == session.c.activity_id)
        .outerjoin(room, room.c.id == session.c.room_id)
        .outerjoin(policy, policy.c.event_id == session.c.event_id)
        .outerjoin(terms, terms.c.session_id == session.c.id)
        .where(
            who.c.id == bindparam("registration_id"),
            session.c.id == bindparam("session_id"),
            session.c.state.in_(RELEASED),
        )
        .with_for_update(of=[person, who], key_share=True)
    )


def of_person(person_id: int) -> list[Place]:
    """List all places of a person at all events, also those given back, in order of sessions."""
    return [Place._make(row) for row in ask(_of_person(), {"person_id": person_id})]


@cache  # building it takes longer than asking, and every sign-up asks
def _of_person() -> Select[Any]:
    place, who, session = table_of(SignUp), table_of(Registration), table_of(Session)
    own = [place.c[name] if name in place.c else session.c[name] for name in Place._fields]
    return (
        select(*own)
        .select_from(place)
        .join(who, who.c.id == place.c.registration_id)
        .join(session, session.c.id == place.c.session_id)
        .where(who.c.person_id == bindparam("person_id"))
        .order_by(place.c.session_id)
    )


def around_of(
    terms: Terms,
    groups: Mapping[int, Mapping[str, str]],
    named: Mapping[int, Mapping[str, str]],
    about: Mapping[int, frozenset[str]],
) -> Around:
    """Return what the terms of a session need to be told of, out of what is loaded."""
    return Around(
        groups=[groups[one] for one in terms.category_ids if one in groups],
        required=[named[one] for one in terms.required_ids if one in named],
        topics=about,
    )


def by_category(asked: Mapping[int, Terms]) -> bool:
    """Tell whether one session at least is for some categories only."""
    return any(terms.category_ids for terms in asked.values())


def around(
    session: Session | Wanted,
    registration: Registration | Applicant,
    signed: Sequence[Place],
    asks: Policy,
    terms: Terms,
) -> Around:
    """Return the same for one session, as it is behind the locks; asks only what is needed."""
    about: Mapping[int, frozenset[str]] = {}
    if asks.limit_per_topic is not None:
        about = topics_of({session.activity_id, *(row.activity_id for row in signed)})
    groups = category_labels(registration.event_id) if terms.category_ids else {}
    named = activity_titles(terms.required_ids) if terms.required_ids else {}
    house, count = registration.organisation_id, 0
    if terms.limit_per_organisation is not None and house is not None:
        count = from_organisation([session.id], house).get(session.id, 0)
    return around_of(terms, groups, named, about)._replace(from_organisation=count)
