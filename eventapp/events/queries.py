"""Named reads of events and their frame."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import ColumnElement, Select, bindparam, exists, or_, select
from sqlalchemy.orm import contains_eager, undefer

from eventapp.accounts.models import Account
from eventapp.events.models import (
    ApiToken,
    AreaUnit,
    Category,
    Day,
    Event,
    EventState,
    Host,
    Organiser,
    Role,
    Room,
    SignStrip,
    TeamMember,
    Venue,
)
from eventapp.kernel.db import db
from eventapp.kernel.holding import Policy


def by_slug(slug: str) -> Event | None:
    """Return the event of this slug."""
    return db.session.scalars(_by_slug(), {"slug": slug}).first()


@cache  # building it takes longer than asking, and every page of an event asks
def _by_slug() -> Select[Event]:
    return select(Event).where(Event.slug == bindparam("slug"))


def event(event_id: int) -> Event | None:
    """Return one event."""
    return db.session.get(Event, event_id)


def mail_policy(event_id: int) -> Policy | None:
    """Return what an event says about its letters, as it is now."""
    row = db.session.execute(
        select(
            Event.timezone,
            Event.mail_paused_at,
            Event.mail_quiet_from,
            Event.mail_quiet_until,
            Event.mail_quiet_holds_all,
        ).where(Event.id == event_id)
    ).first()
    if row is None:
        return None
    return Policy(
        zone=row.timezone,
        paused=row.mail_paused_at is not None,
        quiet_from=row.mail_quiet_from,
        quiet_until=row.mail_quiet_until,
        holds_all=row.mail_quiet_holds_all,
    )


def host(host_id: int) -> Host | None:
    """Return one host."""
    return db.session.get(Host, host_id)


def host_by_slug(slug: str) -> Host | None:
    """Return the host of this slug."""
    return db.session.scalars(select(Host).where(Host.slug == slug)).first()


def public_events() -> Sequence[Event]:
    """List the events everybody may see, newest first."""
    query = select(Event).where(Event.state != EventState.DRAFT)
    return db.session.scalars(query.order_by(Event.starts_on.desc(), Event.id.desc())).all()


def all_events() -> Sequence[Event]:
    """List every event, newest first."""
    return db.session.scalars(select(Event).order_by(Event.starts_on.desc(), Event.id.desc())).all()


def listed(
    event_ids: Collection[int] | None, *, after: int = 0, limit: int = 50
) -> Sequence[Event]:
    """List these events, or all, by id from the one behind *after*."""
    query = select(Event).where(Event.id > after)
    if event_ids is not None:
        query = query.where(Event.id.in_(event_ids))
    return db.session.scalars(query.order_by(Event.id).limit(limit)).all()


def events_of(account_id: int, now: datetime) -> Sequence[tuple[Event, Role]]:
    """List the events in whose teams an account is at *now*, with the roles, newest first."""
    query = select(Event, TeamMember.role).join(TeamMember, TeamMember.event_id == Event.id)
    query = query.where(TeamMember.account_id == account_id, _lasts(now))
    return [(row[0], row[1]) for row in db.session.execute(query.order_by(Event.starts_on.desc()))]


def events_by_id(ids: Collection[int]) -> Sequence[Event]:
    """List the events with these numbers, by number."""
    if not ids:
        return []
    return db.session.scalars(select(Event).where(Event.id.in_(ids)).order_by(Event.id)).all()


def days(event_id: int) -> Sequence[Day]:
    """List an event's days in order."""
    return db.session.scalars(select(Day).where(Day.event_id == event_id).order_by(Day.date)).all()


def is_planned(event_id: int) -> bool:
    """Tell whether anything lies on a day of the event at a time of its own, draft or not."""
    timed = (
        table
        for table in Day.metadata.sorted_tables
        if "starts_at" in table.c
        and any(key.column.table.name == Day.__tablename__ for key in table.foreign_keys)
    )
    return any(
        db.session.scalar(select(exists().where(table.c.event_id == event_id))) for table in timed
    )


def strip(event_id: int, strip_id: int) -> SignStrip | None:
    """Return a strip of signs that an event has or had, with its picture."""
    query = select(SignStrip).options(undefer(SignStrip.content))
    query = query.where(SignStrip.id == strip_id, SignStrip.event_id == event_id)
    return db.session.scalars(query).first()


def strip_of(event_id: int, sha256: str) -> SignStrip | None:
    """Return the event's strip of these bytes, without them."""
    query = select(SignStrip).where(SignStrip.event_id == event_id, SignStrip.sha256 == sha256)
    return db.session.scalars(query).first()


def venues(event_id: int) -> Sequence[Venue]:
    """List an event's venues in their order."""
    query = select(Venue).where(Venue.event_id == event_id).order_by(Venue.position, Venue.id)
    return db.session.scalars(query).all()


def venue(venue_id: int) -> Venue | None:
    """Return one venue."""
    return db.session.get(Venue, venue_id)


def event_of_venue(venue_id: int) -> int | None:
    """Return the id of the event a venue belongs to."""
    return db.session.scalar(select(Venue.event_id).where(Venue.id == venue_id))


def event_of_room(room_id: int) -> int | None:
    """Return the id of the event a room belongs to."""
    return db.session.scalar(select(Room.event_id).where(Room.id == room_id))


def rooms(event_id: int) -> Sequence[Room]:
    """List an event's rooms with their venues, venue by venue."""
    query = select(Room).join(Room.venue).options(contains_eager(Room.venue))
    query = query.where(Room.event_id == event_id)
    return db.session.scalars(query.order_by(Venue.position, Room.position, Room.id)).all()


def room(room_id: int) -> Room | None:
    """Return one room."""
    return db.session.get(Room, room_id)


def categories(event_id: int) -> Sequence[Category]:
    """List who may take part."""
    query = select(Category).where(Category.event_id == event_id)
    return db.session.scalars(query.order_by(Category.position, Category.id)).all()


def category(event_id: int, code: str) -> Category | None:
    """Return the event's category of this code."""
    query = select(Category).where(Category.event_id == event_id, Category.code == code)
    return db.session.scalars(query).first()


def area_units(event_id: int) -> Sequence[AreaUnit]:
    """List the communes of an event's area."""
    query = select(AreaUnit).where(AreaUnit.event_id == event_id)
    return db.session.scalars(query.order_by(AreaUnit.county_code, AreaUnit.teryt6)).all()


def organiser(organiser_id: int) -> Organiser | None:
    """Return one institution."""
    return db.session.get(Organiser, organiser_id)


def organiser_of(account_id: int, event_id: int, now: datetime) -> Organiser | None:
    """Return the institution for which an account is co-organiser of an event at *now*."""
    query = select(Organiser).join(TeamMember, TeamMember.organiser_id == Organiser.id)
    query = query.where(
        TeamMember.account_id == account_id,
        TeamMember.event_id == event_id,
        TeamMember.role == Role.CO_ORGANISER,
        _lasts(now),
    )
    return db.session.scalars(query).first()


def _lasts(now: datetime) -> ColumnElement[bool]:
    return or_(TeamMember.expires_at.is_(None), TeamMember.expires_at > now)


def organisers(event_id: int) -> Sequence[Organiser]:
    """List the institutions named on the event."""
    query = select(Organiser).where(Organiser.event_id == event_id)
    return db.session.scalars(query.order_by(Organiser.position, Organiser.id)).all()


def listed_organisers(event_id: int, *, after: int = 0, limit: int = 50) -> Sequence[Organiser]:
    """List an event's institutions by id, from the one behind *after*."""
    query = select(Organiser).where(Organiser.event_id == event_id, Organiser.id > after)
    return db.session.scalars(query.order_by(Organiser.id).limit(limit)).all()


def team(event_id: int) -> Sequence[tuple[TeamMember, Account]]:
    """List an event's team with their accounts."""
    query = select(TeamMember, Account).join(Account, Account.id == TeamMember.account_id)
    query = query.where(TeamMember.event_id == event_id).order_by(TeamMember.role, Account.name)
    return [(row[0], row[1]) for row in db.session.execute(query)]


def roles_of(account_id: int, event_id: int) -> Sequence[TeamMember]:
    """List an account's memberships in one event."""
    query = select(TeamMember).where(
        TeamMember.account_id == account_id, TeamMember.event_id == event_id
    )
    return db.session.scalars(query).all()


def token_by_hash(token_hash: str) -> ApiToken | None:
    """Return the live API token of this hash."""
    query = select(ApiToken).where(ApiToken.token_hash == token_hash, ApiToken.revoked_at.is_(None))
    return db.session.scalars(query).first()


@dataclass(frozen=True, kw_only=True)
class Bearer:
    """A live API token as a request needs it; workers keep it for seconds."""

    id: int
    event_id: int
    scopes: tuple[str, ...]


def bearer(token_hash: str) -> Bearer | None:
    """Return the live API token of this hash."""
    row = token_by_hash(token_hash)
    if row is None:
        return None
    return Bearer(id=row.id, event_id=row.event_id, scopes=tuple(row.scopes))


def tokens(event_id: int) -> Sequence[ApiToken]:
    """List an event's API tokens, newest first."""
    query = select(ApiToken).where(ApiToken.event_id == event_id).order_by(ApiToken.id.desc())
    return db.session.scalars(query).all()
