"""What a controller asks: some people by lot, and the whole way of one of them."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from eventapp.attendance import queries as attendance
from eventapp.attendance.models import AttendanceList, ListRow
from eventapp.attendance.rules import Attended
from eventapp.documents.models import Certificate
from eventapp.documents.queries import certificates, figures
from eventapp.documents.queries.certificates import Earned
from eventapp.kernel.db import db
from eventapp.programme import queries as programme
from eventapp.programme.models import Session
from eventapp.registrations.models import Consent, Registration
from eventapp.signups import queries as places
from eventapp.signups.models import SignUp

SAMPLE = 5


def sample(event_id: int, seed: int, size: int = SAMPLE) -> list[Registration]:
    """Draw people who were present by lot; the same number draws the same people."""
    present = figures.material(event_id, {}).present
    drawn = random.Random(seed).sample(present, min(size, len(present)))  # noqa: S311 - no secret
    return sorted(drawn, key=lambda one: (one.sort_key, one.id))


@dataclass(frozen=True, kw_only=True)
class Trail:
    """The way of one person from the form to the certificate."""

    row: Registration
    consents: Sequence[Consent]
    held: Sequence[SignUp]
    presence: Sequence[tuple[Session, Attended]]
    lists: Sequence[tuple[AttendanceList, ListRow]]
    earned: Earned | None
    certificates: Sequence[Certificate]


def trail(row: Registration) -> Trail:
    """Return all that is kept of one person's way through the event."""
    known: Mapping[int, Attended] = attendance.of_person(row.event_id, row.id)
    return Trail(
        row=row,
        consents=_consents(row.id),
        held=places.held_by([row.id]),
        presence=[
            (one, known[one.id]) for one in programme.programme(row.event_id) if one.id in known
        ],
        lists=_lists(row.id),
        earned=next(iter(certificates.earned(row.event_id, only=[row.id])), None),
        certificates=certificates.of_registration(row.id),
    )


def _consents(registration_id: int) -> Sequence[Consent]:
    query = select(Consent).where(Consent.registration_id == registration_id)
    return db.session.scalars(query.order_by(Consent.id)).all()


def _lists(registration_id: int) -> list[tuple[AttendanceList, ListRow]]:
    query = (
        select(AttendanceList, ListRow)
        .join(ListRow, ListRow.list_id == AttendanceList.id)
        .options(joinedload(AttendanceList.session).joinedload(Session.activity))
        .where(ListRow.registration_id == registration_id)
        .order_by(AttendanceList.number)
    )
    return [(sheet, row) for sheet, row in db.session.execute(query)]
