"""A seminar of three sessions that count, with people who came to all, to some, to none."""

from dataclasses import dataclass, field
from datetime import datetime

from flask import Flask

from eventapp.attendance import commands as attendance
from eventapp.attendance.rules import Change
from eventapp.documents import queries
from eventapp.documents.models import Certificate
from eventapp.programme.models import Session, SignUpRule
from eventapp.registrations.models import FormOfAddress
from tests import factories
from tests.factories import at

AFTER: datetime = at("16:00", day=3)
SIGN = ("Ćma", "Żuk", "Łoś", "Abacki", "Zięba")


@dataclass
class Seminar:
    """An event with its sessions and people; `ids` are registrations by surname."""

    app: Flask
    event_id: int = 0
    slug: str = ""
    sessions: list[int] = field(default_factory=list)
    ids: dict[str, int] = field(default_factory=dict)

    def was_there(self, name: str, *minutes: int | None) -> None:
        """Credit somebody so many minutes in each session, in their order; None: as it is."""
        for session_id, credited in zip(self.sessions, minutes, strict=False):
            if credited is not None:
                attendance.correct(
                    session_id, self.ids[name], AFTER,
                    change=Change.MINUTES, reason="lista", minutes=credited,
                )  # fmt: skip

    def register(self) -> list[Certificate]:
        """List the register."""
        return list(queries.register(self.event_id))


def make_seminar(app: Flask, names: tuple[str, ...] = SIGN) -> Seminar:
    """Make it: three compulsory sessions of 60 minutes, and everybody was in all of them."""
    made = Seminar(app)
    event = factories.make_event()
    made.event_id, made.slug = event.id, event.slug
    for hour in ("9:00", "10:00", "11:00"):
        session: Session = factories.make_session(
            event, starts_at=at(hour), minutes=60, sign_up=SignUpRule.NONE, compulsory=True,
            counts_for_certificate=True, support_minutes=60, title=f"Wykład o {hour}",
        )  # fmt: skip
        made.sessions.append(session.id)
    for name in names:
        row = factories.make_registration(
            event, "Anna", name, form_of_address=FormOfAddress.PANI, category="fundacja"
        )
        made.ids[name] = row.id
        made.was_there(name, 60, 60, 60)
    return made
