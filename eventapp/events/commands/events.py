"""Changes of events, their days, lists and teams."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import available_timezones

from sqlalchemy import func, select, update

from eventapp.events import queries, rules
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
    TeamMember,
)
from eventapp.events.rules import EventRefusal
from eventapp.kernel import memory, text, tokens
from eventapp.kernel.db import after_commit, atomic, db
from eventapp.kernel.facts import Fact, record
from eventapp.kernel.refusal import Refused, refuse_stale

Row = TypeVar("Row")
_AS_IT_IS = {"synchronize_session": False}


class EventCreated(Fact):
    """An event was made."""

    kind = "event-created"


class EventChanged(Fact):
    """An event's own data changed."""

    kind = "event-changed"


class EventPublished(Fact):
    """An event became visible to everybody."""

    kind = "event-published"


class EventArchived(Fact):
    """An event was closed for changes."""

    kind = "event-archived"


@atomic
def keep_host(slug: str, name: str) -> Host:
    """Return the host of this slug, or note a new one."""
    found = queries.host_by_slug(slug)
    if found is None:
        found = Host(slug=slug, name=name)
        db.session.add(found)
        db.session.flush()
    return found


@atomic
def create_event(
    host_id: int,
    now: datetime,
    *,
    slug: str,
    title: Mapping[str, str],
    starts_on: date,
    ends_on: date,
    timezone: str = "Europe/Warsaw",
    subtitle: Mapping[str, str] | None = None,
    **columns: Any,
) -> Event:
    """Make a draft event with its frame of days still empty."""
    if refusal := rules.refuse_event(slug, starts_on, ends_on):
        raise Refused(refusal, slug=slug)
    if timezone not in available_timezones():
        raise Refused(EventRefusal.UNKNOWN_TIMEZONE, timezone=timezone)
    if queries.by_slug(slug) is not None:
        raise Refused(EventRefusal.SLUG_TAKEN, slug=slug)
    event = Event(
        host_id=host_id,
        slug=slug,
        title=dict(title),
        subtitle=dict(subtitle or {}),
        starts_on=starts_on,
        ends_on=ends_on,
        timezone=timezone,
        created_at=now,
        **columns,
    )
    db.session.add(event)
    db.session.flush()
    record(EventCreated(event_id=event.id, subject=f"event:{event.id}"))
    return event


@atomic
def found_event(
    account_id: int,
    now: datetime,
    *,
    host: str,
    slug: str,
    title: Mapping[str, str],
    starts_on: date,
    ends_on: date,
    label: Callable[[int, date], Mapping[str, str]],
    timezone: str = "Europe/Warsaw",
) -> Event:
    """Make an event with all its days; the account becomes its organiser.

    *host* is the institution's name; *label* names the days by number and date.
    """
    row = keep_host(text.search_key(host).replace(" ", "-")[:80], host)
    event = create_event(
        row.id, now, slug=slug, title=title, starts_on=starts_on, ends_on=ends_on,
        timezone=timezone,
    )  # fmt: skip
    if (ends_on - starts_on).days >= rules.MOST_DAYS:
        raise Refused(EventRefusal.TOO_LONG, days=rules.MOST_DAYS)
    for number in range((ends_on - starts_on).days + 1):
        day = starts_on + timedelta(days=number)
        add_day(event.id, day, label(number + 1, day))
    join_team(event.id, account_id, Role.ORGANISER, now)
    return event


@atomic
def change_event(event_id: int, **columns: Any) -> Event:
    """Replace an event's own data."""
    event = db.session.get_one(Event, event_id)
    starts_on = columns.get("starts_on", event.starts_on)
    if columns.get("ends_on", event.ends_on) < starts_on:
        raise Refused(EventRefusal.ENDS_BEFORE_START)
    for column, value in columns.items():
        setattr(event, column, value)
    touch(event_id)
    record(EventChanged(event_id=event_id, subject=f"event:{event_id}"))
    return event


@atomic
def edit_event(
    event_id: int,
    now: datetime,
    *,
    state: EventState | None = None,
    expected: Collection[int] | None = None,
    **columns: Any,
) -> Event:
    """Replace an event's own data and show or close it; *expected* are revisions read before.

    Raises `Stale` when it has another revision by now.
    """
    event = db.session.get_one(
        Event, event_id, with_for_update={"key_share": True}, populate_existing=True
    )
    refuse_stale(event.revision, expected)
    if columns:
        change_event(event_id, **columns)
    if state is EventState.PUBLISHED and event.state is not state:
        publish_event(event_id, now)
    if state is EventState.ARCHIVED and event.state is not state:
        archive_event(event_id, now)
    return event


@atomic
def touch(event_id: int) -> None:
    """Raise the event's revision: what the public programme shows has changed."""
    db.session.flush()
    bump = update(Event).where(Event.id == event_id).values(revision=Event.revision + 1)
    db.session.execute(bump)


@atomic
def publish_event(event_id: int, now: datetime) -> None:
    """Show the event to everybody."""
    event = db.session.get_one(Event, event_id)
    event.state = EventState.PUBLISHED
    touch(event_id)
    record(EventPublished(event_id=event_id, subject=f"event:{event_id}"))


@atomic
def archive_event(event_id: int, now: datetime) -> None:
    """Keep the event for reading only."""
    event = db.session.get_one(Event, event_id)
    event.state = EventState.ARCHIVED
    touch(event_id)
    record(EventArchived(event_id=event_id, subject=f"event:{event_id}"))


@atomic
def add_day(event_id: int, on: date, label: Mapping[str, str], *, ref: str | None = None) -> Day:
    """Add one day to an event."""
    return _added(Day(event_id=event_id, date=on, label=dict(label), ref=ref))


@atomic
def add_category(event_id: int, code: str, name: Mapping[str, str], group: str) -> Category:
    """Add an entry to the event's list of who may take part."""
    position = _count(Category, event_id)
    return _added(
        Category(event_id=event_id, code=code, name=dict(name), group=group, position=position)
    )


@atomic
def add_area_unit(event_id: int, **columns: str) -> AreaUnit:
    """Add a commune to the event's area."""
    return _added(AreaUnit(event_id=event_id, **columns))


@atomic
def add_organiser(
    event_id: int,
    name: Mapping[str, str],
    role: Mapping[str, str],
    *,
    ref: str | None = None,
    guest_quota: int | None = None,
) -> Organiser:
    """Name an institution on the event."""
    return _added(
        Organiser(
            event_id=event_id,
            name=dict(name),
            role=dict(role),
            ref=ref,
            guest_quota=guest_quota,
            position=_count(Organiser, event_id),
        )
    )


@atomic
def take_guest_place(organiser_id: int) -> None:
    """Give one place of an institution's quota to a guest: the last one once, whoever asks."""
    taken = update(Organiser).where(
        Organiser.id == organiser_id, Organiser.guests < Organiser.guest_quota
    )
    taken = taken.values(guests=Organiser.guests + 1).returning(Organiser.id)
    if db.session.execute(taken, execution_options=_AS_IT_IS).first() is None:
        quota = db.session.scalar(select(Organiser.guest_quota).where(Organiser.id == organiser_id))
        raise Refused(EventRefusal.QUOTA_USED if quota else EventRefusal.NO_QUOTA, quota=quota)


@atomic
def return_guest_place(organiser_id: int) -> None:
    """Take a place of an institution's quota back."""
    freed = update(Organiser).where(Organiser.id == organiser_id)
    freed = freed.values(guests=Organiser.guests - 1)
    db.session.execute(freed, execution_options=_AS_IT_IS)


@atomic
def join_team(
    event_id: int,
    account_id: int,
    role: Role,
    now: datetime,
    *,
    function: Mapping[str, str] | None = None,
    ref: str | None = None,
    expires_at: datetime | None = None,
    organiser_id: int | None = None,
) -> TeamMember:
    """Give an account a role in an event; *organiser_id* is a co-organiser's institution."""
    if role is Role.CO_ORGANISER and not _is_named(event_id, organiser_id):
        raise Refused(EventRefusal.INSTITUTION_MISSING)
    if any(member.role is role for member in queries.roles_of(account_id, event_id)):
        raise Refused(EventRefusal.ALREADY_MEMBER)
    return _added(
        TeamMember(
            event_id=event_id,
            account_id=account_id,
            role=role,
            function=dict(function or {}),
            ref=ref,
            added_at=now,
            expires_at=expires_at,
            organiser_id=organiser_id,
        )
    )


@atomic
def leave_team(member_id: int) -> None:
    """Take a role away; an event keeps at least one organiser."""
    member = db.session.get_one(TeamMember, member_id)
    if member.role is Role.ORGANISER and _organisers(member.event_id) == 1:
        raise Refused(EventRefusal.LAST_ORGANISER)
    db.session.delete(member)


@atomic
def issue_token(
    event_id: int, label: str, scopes: Sequence[str], now: datetime
) -> tuple[ApiToken, str]:
    """Make an API token; the token itself is returned once and kept hashed only."""
    token, token_hash = tokens.new_token("api")
    row = ApiToken(
        event_id=event_id, label=label, token_hash=token_hash, scopes=list(scopes), created_at=now
    )
    return _added(row), token


@atomic
def revoke_token(token_id: int, now: datetime) -> None:
    """End an API token."""
    row = db.session.get_one(ApiToken, token_id)
    row.revoked_at = row.revoked_at or now
    after_commit(lambda: memory.forget(f"token:{row.token_hash}"))


def _added(row: Row) -> Row:
    db.session.add(row)
    db.session.flush()
    return row


def _count(model: type[Any], event_id: int) -> int:
    query = select(func.count()).select_from(model).where(model.event_id == event_id)
    return db.session.scalar(query) or 0


def _is_named(event_id: int, organiser_id: int | None) -> bool:
    return any(row.id == organiser_id for row in queries.organisers(event_id))


def _organisers(event_id: int) -> int:
    query = select(func.count()).select_from(TeamMember)
    query = query.where(TeamMember.event_id == event_id, TeamMember.role == Role.ORGANISER)
    return db.session.scalar(query) or 0
