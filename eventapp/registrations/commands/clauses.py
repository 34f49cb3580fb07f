"""The information on personal data, in versions that never change."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from sqlalchemy import select

from eventapp.events.models import Event
from eventapp.kernel.db import atomic, db
from eventapp.kernel.facts import Fact, record
from eventapp.kernel.refusal import Refused
from eventapp.registrations import queries
from eventapp.registrations.models import Clause
from eventapp.registrations.rules import RegistrationRefusal


@dataclass(frozen=True, kw_only=True)
class ClausePublished(Fact):
    """The information on personal data got a new version."""

    kind: ClassVar[str] = "clause-published"
    number: int


@atomic
def publish_clause(
    event_id: int,
    now: datetime,
    *,
    text: Mapping[str, str],
    since: datetime | None = None,
    seen: int | None = None,
) -> Clause:
    """Let new words hold from *since* on, or from now; earlier versions stay to be read.

    *seen* is the number of the newest version that the editor has read.
    """
    if not text.get("pl"):
        raise Refused(RegistrationRefusal.CLAUSE_EMPTY)
    db.session.execute(select(Event.id).where(Event.id == event_id).with_for_update(key_share=True))
    held = queries.clauses(event_id)
    newest = held[0].number if held else int(queries.BUILT_IN_CLAUSE)
    if held and held[0].text == dict(text):
        return held[0]
    if seen is not None and seen != newest:
        raise Refused(RegistrationRefusal.FORM_CHANGED)
    begins = max([now, *([since] if since else []), *([held[0].since] if held else [])])
    row = Clause(event_id=event_id, number=newest + 1, text=dict(text), since=begins)
    db.session.add(row)
    db.session.flush()
    record(ClausePublished(event_id=event_id, subject=f"event:{event_id}", number=row.number))
    return row
