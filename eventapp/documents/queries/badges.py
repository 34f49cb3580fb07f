"""Badges in Polish alphabetical order, and which of them lie ready."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from eventapp.awards import queries as jury
from eventapp.checkin import queries as doors
from eventapp.documents import rules
from eventapp.documents.models import BadgePrint
from eventapp.documents.rules import BadgeRole, Printed
from eventapp.events.models import Event
from eventapp.kernel.db import db
from eventapp.programme import queries as plan
from eventapp.programme.models import Session, SessionState
from eventapp.registrations import queries as people
from eventapp.registrations.models import Registration, State
from eventapp.registrations.queries import Filter
from eventapp.signups import queries as places
from eventapp.signups.models import State as Place


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
