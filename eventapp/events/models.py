"""Hosts, events and the frame everything else hangs in."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventapp.kernel.db import Model, choice


class Host(Model):
    """An institution that runs events and keeps one directory of people and organisations."""

    __tablename__ = "host"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(300))


class EventState(StrEnum):
    """Who sees an event: its team, everybody, everybody but nothing changes any more."""

    DRAFT = "draft"
    PUBLISHED = "published"
    ARCHIVED = "archived"


class Event(Model):
    """A seminar, workshop day or gala: its dates, its rules of registration and evidence.

    `revision` rises with every change of what the public programme shows; pages and
    feeds are cached by it. `project` holds the grant's data (title, number, programme,
    fund, managing_authority, funding_line, de_minimis, retention_until). `sign_strip` names
    the organiser's own strip (strip_id, alt); empty, pages carry a neutral one. `press_shown`
    tells whether everybody sees the page for the media. `tells_decisions`: a decision about a
    registration is told at once unless one asks otherwise; else it waits to be announced.
    `asks_answers`: an invite asks to be answered, else a seat is taken for a yes;
    `invites_waiting`: who waits for a seat has it on the calendar as not certain yet.
    `mail_paused_at`: since then no letter goes, for `mail_pause_reason`. Between `mail_quiet_from`
    and `mail_quiet_until` (``22:00`` on the event's clocks) letters that nobody needs wait, and
    with `mail_quiet_holds_all` the others too.
    `signs_badges`: badges carry a signed code, made with the event's key number `badge_key`;
    devices trust those from `badge_key_from` on.
    """

    __tablename__ = "event"

    id: Mapped[int] = mapped_column(primary_key=True)
    host_id: Mapped[int] = mapped_column(ForeignKey("host.id"))
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    ref: Mapped[str | None] = mapped_column(String(40))
    title: Mapped[dict[str, str]]
    subtitle: Mapped[dict[str, str]]
    description: Mapped[dict[str, str]] = mapped_column(default=dict)
    previous_slug: Mapped[str | None] = mapped_column(String(80))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    timezone: Mapped[str] = mapped_column(String(64))
    state: Mapped[EventState] = mapped_column(choice(EventState), default=EventState.DRAFT)
    capacity: Mapped[int | None]
    registration_opens_at: Mapped[datetime | None]
    registration_closes_at: Mapped[datetime | None]
    cancel_until: Mapped[datetime | None]
    requires_approval: Mapped[bool] = mapped_column(default=False)
    tells_decisions: Mapped[bool] = mapped_column(default=True)
    asks_answers: Mapped[bool] = mapped_column(default=False)
    invites_waiting: Mapped[bool] = mapped_column(default=False)
    walk_ins: Mapped[bool] = mapped_column(default=True)
    signs_badges: Mapped[bool] = mapped_column(default=False)
    badge_key: Mapped[int] = mapped_column(default=1)
    badge_key_from: Mapped[int] = mapped_column(default=1)
    overbooking_percent: Mapped[int] = mapped_column(default=0)
    certificate_min_percent: Mapped[int] = mapped_column(default=80)
    certificate_number_format: Mapped[str] = mapped_column(String(80), default="ZAS/{rok}/{lp:04d}")
    grace_minutes: Mapped[int] = mapped_column(default=15)
    contact_name: Mapped[str] = mapped_column(String(200), default="")
    contact_email: Mapped[str] = mapped_column(String(320), default="")
    contact_phone: Mapped[str] = mapped_column(String(40), default="")
    area_description: Mapped[str] = mapped_column(String(500), default="")
    area_county_codes: Mapped[list[str]] = mapped_column(default=list)
    project: Mapped[dict[str, Any]] = mapped_column(default=dict)
    sign_strip: Mapped[dict[str, Any]] = mapped_column(default=dict)
    press_shown: Mapped[bool] = mapped_column(default=False)
    mail_paused_at: Mapped[datetime | None]
    mail_pause_reason: Mapped[str] = mapped_column(String(300), default="")
    mail_quiet_from: Mapped[str | None] = mapped_column(String(5))
    mail_quiet_until: Mapped[str | None] = mapped_column(String(5))
    mail_quiet_holds_all: Mapped[bool] = mapped_column(default=False)
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]

    host: Mapped[Host] = relationship(lazy="raise")


class SignStrip(Model):
    """A picture of the funding signs; the event's settings name the present one.

    Earlier ones stay, so that an exchange can be undone.
    """

    __tablename__ = "sign_strip"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    media_type: Mapped[str] = mapped_column(String(100))
    sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    added_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("event_id", "sha256"),)


class Organiser(Model):
    """An institution named on the event: organiser, co-organiser, partner, patron.

    It may invite `guest_quota` guests of its own (None: none); `guests` of these places are
    taken, counted as seats are.
    """

    __tablename__ = "organiser"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    ref: Mapped[str | None] = mapped_column(String(40))
    name: Mapped[dict[str, str]]
    role: Mapped[dict[str, str]]
    position: Mapped[int]
    guest_quota: Mapped[int | None]
    guests: Mapped[int] = mapped_column(default=0)

    __table_args__ = (
        UniqueConstraint("event_id", "ref"),
        # What names an institution names its event too: nobody works for, or is a guest of, an
        # institution of another event.
        UniqueConstraint("event_id", "id"),
        CheckConstraint("guests >= 0 AND guests <= coalesce(guest_quota, 0)", name="within_quota"),
    )


class Day(Model):
    """One calendar day of an event."""

    __tablename__ = "day"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    ref: Mapped[str | None] = mapped_column(String(40))
    date: Mapped[date]
    label: Mapped[dict[str, str]]

    __table_args__ = (UniqueConstraint("event_id", "date"), UniqueConstraint("event_id", "ref"))


class Venue(Model):
    """A building where sessions are held; `accessibility` as in the seminar file."""

    __tablename__ = "venue"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    ref: Mapped[str | None] = mapped_column(String(40))
    name: Mapped[dict[str, str]]
    short: Mapped[dict[str, str]]
    street: Mapped[str] = mapped_column(String(200), default="")
    postcode: Mapped[str] = mapped_column(String(12), default="")
    city: Mapped[str] = mapped_column(String(120), default="")
    teryt: Mapped[str] = mapped_column(String(8), default="")
    accessibility: Mapped[dict[str, Any]] = mapped_column(default=dict)
    position: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)

    __table_args__ = (UniqueConstraint("event_id", "ref"),)


class Room(Model):
    """A room of a venue with its fire capacity.

    `wheelchair` tells whether it is reached without steps (None: nobody has said); `parallel`
    that several sessions may be held in it at once, as in a foyer.
    """

    __tablename__ = "room"

    id: Mapped[int] = mapped_column(primary_key=True)
    venue_id: Mapped[int] = mapped_column(ForeignKey("venue.id"))
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    ref: Mapped[str | None] = mapped_column(String(40))
    name: Mapped[dict[str, str]]
    capacity: Mapped[int | None]
    floor: Mapped[dict[str, str]] = mapped_column(default=dict)
    features: Mapped[list[Any]] = mapped_column(default=list)
    wheelchair: Mapped[bool | None]
    parallel: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)

    venue: Mapped[Venue] = relationship(lazy="raise")

    __table_args__ = (UniqueConstraint("event_id", "ref"), Index("ix_room_venue_id", "venue_id"))


class CategoryGroup(StrEnum):
    """The group that evidence counts a category in."""

    PES = "PES"
    JSFP = "JSFP"
    PARTNER = "PARTNER"
    OSOBA = "OSOBA"


class Category(Model):
    """Who may take part: an entry of the event's own list, counted in `group`."""

    __tablename__ = "category"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    code: Mapped[str] = mapped_column(String(60))
    name: Mapped[dict[str, str]]
    group: Mapped[str] = mapped_column(String(20))
    position: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)

    __table_args__ = (UniqueConstraint("event_id", "code"),)


class AreaUnit(Model):
    """A commune (gmina) of the event's area, by its TERYT code."""

    __tablename__ = "area_unit"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    teryt6: Mapped[str] = mapped_column(String(6))
    type_digit: Mapped[str] = mapped_column(String(1))
    name: Mapped[str] = mapped_column(String(120))
    county: Mapped[str] = mapped_column(String(120))
    county_code: Mapped[str] = mapped_column(String(4))

    __table_args__ = (UniqueConstraint("event_id", "teryt6", "type_digit"),)


class Role(StrEnum):
    """What a member of an event's team is there for."""

    ORGANISER = "organiser"
    READER = "reader"
    LEAD = "lead"
    DOOR = "door"
    CHAIR = "chair"
    SECRETARY = "secretary"
    JUROR = "juror"
    CO_ORGANISER = "co-organiser"


class TeamMember(Model):
    """One role of one account in one event; a co-organiser works for one institution of it."""

    __tablename__ = "team_member"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    role: Mapped[Role] = mapped_column(choice(Role))
    function: Mapped[dict[str, str]] = mapped_column(default=dict)
    ref: Mapped[str | None] = mapped_column(String(40))
    added_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    organiser_id: Mapped[int | None]

    __table_args__ = (
        UniqueConstraint("event_id", "account_id", "role"),
        ForeignKeyConstraint(["event_id", "organiser_id"], ["organiser.event_id", "organiser.id"]),
        CheckConstraint(
            "role <> 'co-organiser' OR organiser_id IS NOT NULL", name="co_organiser_of"
        ),
        Index("ix_team_member_account_id", "account_id"),
    )


class ApiToken(Model):
    """A bearer token of the API, limited to one event and named scopes, kept hashed."""

    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    label: Mapped[str] = mapped_column(String(120))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[list[str]]
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
