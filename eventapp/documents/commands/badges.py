"""Badges leave a trace when they are printed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from sqlalchemy import delete

from eventapp.documents.models import BadgePrint
from eventapp.documents.queries import Badge
from eventapp.documents.rules import Layout
from eventapp.kernel.db import append_all, atomic, db
from eventapp.kernel.facts import Fact, record


@dataclass(frozen=True, kw_only=True)
class BadgesPrinted(Fact):
    """Badges went to the printer: how many, and on what paper."""

    kind: ClassVar[str] = "badges-printed"
    count: int
    layout: str


@atomic
def note_printed(event_id: int, badges: Sequence[Badge], layout: Layout, now: datetime) -> None:
    """Note that these badges lie ready as they look by now; one alone stands by its person."""
    if not badges:
        return
    ids = [one.row.id for one in badges]
    db.session.execute(delete(BadgePrint).where(BadgePrint.registration_id.in_(ids)))
    append_all(
        BadgePrint,
        [
            {
                "event_id": event_id,
                "registration_id": one.row.id,
                "looks": one.looks,
                "printed_at": now,
            }
            for one in badges
        ],
    )
    subject = f"registration:{ids[0]}" if len(ids) == 1 else f"event:{event_id}"
    record(BadgesPrinted(event_id=event_id, subject=subject, count=len(ids), layout=layout.value))
