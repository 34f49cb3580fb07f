"""Who meets the conditions of a letter, and who of them gets no mail."""

from collections.abc import Sequence

from sqlalchemy import select

from eventapp.attendance import queries as attendance
from eventapp.events.models import Event
from eventapp.kernel import i18n
from eventapp.kernel.db import db
from eventapp.kernel.unreachable import Unreachable
from eventapp.messages.rules.audience import Attendance, Audience, Contact, Lacking
from eventapp.programme.models import Session
from eventapp.registrations import queries as people
from eventapp.registrations.models import Registration
from eventapp.registrations.queries import Filter
from eventapp.registrations.rules import Missing, enquiry
from eventapp.signups.models import SignUp
from eventapp.signups.queries import STANDING


def meant(event: Event, audience: Audience) -> Sequence[Registration]:
    """List who meets all conditions, in Polish alphabetical order."""
    narrowed = Filter(
        states=audience.states,
        missing=Missing.CLAUSE if audience.lacking is Lacking.CLAUSE else None,
        without_email=audience.contact is Contact.NO_EMAIL,
    )
    rows = [row for row in people.people(event.id, narrowed) if _fits(row, audience)]
    for narrowing in (_with_places, _by_attendance, _by_answers):
        rows = narrowing(event, audience, rows)
    return rows


def _fits(row: Registration, audience: Audience) -> bool:
    if audience.categories and (
        row.category is None or row.category.code not in audience.categories
    ):
        return False
    if audience.locale and row.locale != audience.locale:
        return False
    return audience.contact is not Contact.EMAIL or bool(row.email)


def _with_places(event: Event, audience: Audience, rows: list[Registration]) -> list[Registration]:
    if not audience.session_ids and not audience.places:
        return rows
    query = select(SignUp.registration_id).join(Session, Session.id == SignUp.session_id)
    query = query.where(Session.event_id == event.id, SignUp.state.in_(audience.places or STANDING))
    if audience.session_ids:
        query = query.where(SignUp.session_id.in_(audience.session_ids))
    found = set(db.session.scalars(query))
    return [row for row in rows if row.id in found]


def _by_attendance(
    event: Event, audience: Audience, rows: list[Registration]
) -> list[Registration]:
    if audience.attendance is None:
        return rows
    came = _came(event, audience)
    if audience.attendance is Attendance.CAME:
        return [row for row in rows if row.id in came]
    return [row for row in rows if row.id not in came]


def _came(event: Event, audience: Audience) -> set[int]:
    """Return who was in a session at all, or on the day that the conditions name."""
    query = select(Session.id, Session.starts_at).where(Session.event_id == event.id)
    held = {
        number
        for number, starts_at in db.session.execute(query)
        if audience.day is None
        or (starts_at is not None and i18n.day_of(starts_at, event.timezone) == audience.day)
    }
    return {one.registration_id for one in attendance.presence(event.id) if one.session_id in held}


def _by_answers(event: Event, audience: Audience, rows: list[Registration]) -> list[Registration]:
    if audience.lacking is not Lacking.ANSWERS:
        return rows
    asked, questions = people.form_of(event.id), people.questions(event.id)
    answers = people.answers_of([row.id for row in rows])
    owing = []
    for row in rows:
        code = row.category.code if row.category is not None else None
        at = enquiry.Standing(code, answers.get(row.id, {}))
        given, everything = enquiry.progress(asked, questions, row, at)
        if given < everything:
            owing.append(row)
    return owing


def gone(addresses: Sequence[str]) -> set[str]:
    """Return to which of these addresses letters surely come back."""
    query = select(Unreachable.address).where(
        Unreachable.hard, Unreachable.settled_at.is_(None), Unreachable.address.in_(addresses)
    )
    return set(db.session.scalars(query))
