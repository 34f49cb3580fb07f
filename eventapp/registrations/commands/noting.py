"""What the team writes down: notes about somebody, and ways to look at the list of people."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete

from eventapp.kernel import facts
from eventapp.kernel.db import atomic, db
from eventapp.kernel.facts import record
from eventapp.registrations import queries
from eventapp.registrations.commands.facts import RegistrationNoted
from eventapp.registrations.commands.steps import behind_locks, subject_of
from eventapp.registrations.models import PeopleView, RegistrationNote


@atomic
def write_note(registration_id: int, words: str, now: datetime) -> RegistrationNote:
    """Add a note of the team about a registration; the person never sees it."""
    row = behind_locks(registration_id)
    note = RegistrationNote(registration_id=row.id, text=words, actor=facts.actor(), at=now)
    db.session.add(note)
    record(
        RegistrationNoted(event_id=row.event_id, subject=subject_of(row), registration_id=row.id)
    )
    return note


@atomic
def keep_view(event_id: int, name: str, query: Mapping[str, object]) -> PeopleView:
    """Keep a way to look at the list of people; the same name means the same view."""
    view = queries.view_called(event_id, name)
    if view is None:
        view = PeopleView(event_id=event_id, name=name)
        db.session.add(view)
    view.query = dict(query)
    db.session.flush()
    return view


@atomic
def forget_view(event_id: int, view_id: int) -> None:
    """Forget a way to look at the list of people."""
    db.session.execute(
        delete(PeopleView).where(PeopleView.event_id == event_id, PeopleView.id == view_id)
    )
