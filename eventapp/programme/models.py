"""Activities, the sessions in which they are held, speakers and breaks."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventapp.directory.models import Person
from eventapp.events.models import Day, Room
from eventapp.kernel.db import Model, choice

# What the working draft says otherwise than the row; NULL where it says the same.
Staged = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


class Kind(StrEnum):
    """What sort of activity it is."""

    REGISTRATION = "registration"
    PLENARY = "plenary"
    LECTURE = "lecture"
    PANEL = "panel"
    WORKSHOP = "workshop"
    TRAINING = "training"
    STUDY_VISIT = "study-visit"
    ADVICE = "advice"
    CEREMONY = "ceremony"
    NETWORKING = "networking"
    BREAK = "break"
    OTHER = "other"


class SignUpRule(StrEnum):
    """Whether a session has a list of sign-ups: none at all, optional, or required to enter."""

    NONE = "none"
    OPTIONAL = "optional"
    REQUIRED = "required"


class SessionState(StrEnum):
    """Whether a session or break is going to be held, and whether anybody but planners knows of it.

    A draft has never been released; one that was removed before it was released stays as a row,
    so that removing it can be undone.
    """

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    CANCELLED = "cancelled"
    REMOVED = "removed"


RELEASED = (SessionState.SCHEDULED, SessionState.CANCELLED)


class Activity(Model):
    """What is offered: title, abstract, kind; held in one or more sessions.

    `staged` holds what the working draft says otherwise, for the next release. `wanted` tells that
    somebody noted it down or took it out of the plan, so that it waits for another time.
    """

    __tablename__ = "activity"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    title: Mapped[dict[str, str]]
    abstract: Mapped[dict[str, str]]
    kind: Mapped[Kind] = mapped_column(choice(Kind))
    language: Mapped[str] = mapped_column(String(8), default="pl")
    topics: Mapped[list[Any]] = mapped_column(default=list)
    wanted: Mapped[bool] = mapped_column(default=False)
    staged: Mapped[dict[str, Any] | None] = mapped_column(Staged)

    __table_args__ = (Index("ix_activity_event_id", "event_id"),)


class Session(Model):
    """One time and place of an activity, with its own capacity.

    `confirmed`, `offered`, `waiting` and `tickets` are the seat counters; the guarded statements
    of signups keep them, and this row is the lock that makes a seat exact. `offers_until` is when
    the first of the offers runs out; who has a ticket up to `last_call_ticket` was called.
    `version` rises with each edit (If-Match). `support_minutes` is what full presence credits.
    Advice is given in appointments of `appointment_minutes`, each with one of the speakers; there
    are as many places. While places are given `by_preference`, nobody signs up by themselves.

    The columns are what everybody knows: the current release. `staged` holds what the working
    draft says otherwise, and `plan_version` rises with each edit of the draft.
    """

    __tablename__ = "session"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"))
    day_id: Mapped[int] = mapped_column(ForeignKey("day.id"))
    room_id: Mapped[int | None] = mapped_column(ForeignKey("room.id"))
    ref: Mapped[str | None] = mapped_column(String(40))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    state: Mapped[SessionState] = mapped_column(
        choice(SessionState), default=SessionState.SCHEDULED
    )
    sign_up: Mapped[SignUpRule] = mapped_column(choice(SignUpRule), default=SignUpRule.NONE)
    waiting_list: Mapped[bool] = mapped_column(default=False)
    capacity: Mapped[int | None]
    appointment_minutes: Mapped[int | None]
    sign_up_opens_at: Mapped[datetime | None]
    sign_up_closes_at: Mapped[datetime | None]
    break_minutes: Mapped[int] = mapped_column(default=0)
    support_minutes: Mapped[int] = mapped_column(default=0)
    counts_for_certificate: Mapped[bool] = mapped_column(default=False)
    compulsory: Mapped[bool] = mapped_column(default=False)
    travel_buffer_minutes: Mapped[int] = mapped_column(default=20)
    accessibility: Mapped[list[Any]] = mapped_column(default=list)
    confirmed: Mapped[int] = mapped_column(default=0)
    waiting: Mapped[int] = mapped_column(default=0)
    tickets: Mapped[int] = mapped_column(default=0)
    offered: Mapped[int] = mapped_column(default=0, server_default="0")
    offers_until: Mapped[datetime | None]
    last_call_ticket: Mapped[int | None]
    overbooking_percent: Mapped[int] = mapped_column(default=0, server_default="0")
    version: Mapped[int] = mapped_column(default=1)
    staged: Mapped[dict[str, Any] | None] = mapped_column(Staged)
    plan_version: Mapped[int] = mapped_column(default=1)
    by_preference: Mapped[bool] = mapped_column(default=False)

    activity: Mapped[Activity] = relationship(lazy="raise")
    room: Mapped[Room | None] = relationship(lazy="raise")
    day: Mapped[Day] = relationship(lazy="raise")
    speakers: Mapped[list["SessionSpeaker"]] = relationship(
        lazy="raise", order_by="SessionSpeaker.position", viewonly=True
    )

    __table_args__ = (
        UniqueConstraint("event_id", "ref"),
        Index("ix_session_event_id_starts_at", "event_id", "starts_at"),
    )


class Speaker(Model):
    """A person who speaks, trains or moderates at an event.

    `availability` lists the spans (pairs of ISO times) in which the person can come; empty means
    always. `locale` is the language in which we write to the person; `link_generation` numbers the
    personal link.
    """

    __tablename__ = "speaker"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    ref: Mapped[str | None] = mapped_column(String(40))
    bio: Mapped[dict[str, str]] = mapped_column(default=dict)
    topics: Mapped[list[Any]] = mapped_column(default=list)
    availability: Mapped[list[Any]] = mapped_column(default=list)
    locale: Mapped[str] = mapped_column(String(8), default="pl")
    link_generation: Mapped[int] = mapped_column(default=1)
    version: Mapped[int] = mapped_column(default=1)

    person: Mapped[Person] = relationship(lazy="raise")

    __table_args__ = (
        UniqueConstraint("event_id", "ref"),
        UniqueConstraint("event_id", "person_id"),
    )


class SessionSpeaker(Model):
    """One speaker of one session, in the order they are named.

    `told` is the session as the speaker knows it, while an edit that holds already has not been
    told; NULL where the speaker knows it as it is.
    """

    __tablename__ = "session_speaker"

    session_id: Mapped[int] = mapped_column(ForeignKey("session.id"), primary_key=True)
    speaker_id: Mapped[int] = mapped_column(ForeignKey("speaker.id"), primary_key=True)
    position: Mapped[int] = mapped_column(default=0)
    told: Mapped[dict[str, Any] | None] = mapped_column(Staged)

    speaker: Mapped[Speaker] = relationship(lazy="raise")


class Audience(StrEnum):
    """Who may fetch a material: everybody, or those who take part in a session of it."""

    EVERYBODY = "everybody"
    PARTICIPANTS = "participants"


class Opening(StrEnum):
    """From when a material may be fetched: at once, or when the reader's session has ended."""

    AT_ONCE = "at-once"
    AFTERWARDS = "afterwards"


class Material(Model):
    """Slides or a hand-out of an activity, served as a download only.

    One that was taken away (`removed_at`), also by another that `replaces_id` it, can be brought
    back until it is cleared.
    """

    __tablename__ = "material"

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"))
    title: Mapped[dict[str, str]]
    audience: Mapped[Audience] = mapped_column(choice(Audience))
    opening: Mapped[Opening] = mapped_column(choice(Opening))
    file_name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    added_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("material.id"))

    activity: Mapped[Activity] = relationship(lazy="raise")

    __table_args__ = (Index("ix_material_activity_id", "activity_id"),)


class Break(Model):
    """A coffee or meal break of a day: shown in the programme, never signed up for.

    Released columns, `staged` values and versions are as those of a session; one that is called
    off stays as a row, which nobody sees.
    """

    __tablename__ = "pause"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    day_id: Mapped[int] = mapped_column(ForeignKey("day.id"))
    room_id: Mapped[int | None] = mapped_column(ForeignKey("room.id"))
    ref: Mapped[str | None] = mapped_column(String(40))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    title: Mapped[dict[str, str]]
    state: Mapped[SessionState] = mapped_column(
        choice(SessionState), default=SessionState.SCHEDULED
    )
    version: Mapped[int] = mapped_column(default=1)
    staged: Mapped[dict[str, Any] | None] = mapped_column(Staged)
    plan_version: Mapped[int] = mapped_column(default=1)

    room: Mapped[Room | None] = relationship(lazy="raise")

    __table_args__ = (UniqueConstraint("event_id", "ref"),)


class Release(Model):
    """One state of the programme that everybody was shown; never changed afterwards.

    `content` is the programme as it was, one object a session; `differences` says what was new,
    moved, changed or cancelled against the release before.
    """

    __tablename__ = "release"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    number: Mapped[int]
    released_at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(64))
    note: Mapped[dict[str, str]] = mapped_column(default=dict)
    content: Mapped[list[Any]]
    differences: Mapped[list[Any]]

    __table_args__ = (UniqueConstraint("event_id", "number"),)


class Acknowledgement(Model):
    """A finding of the diagnostics that somebody looked at and lets stand, with the reason."""

    __tablename__ = "acknowledgement"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    key: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(String(500))
    actor: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("event_id", "key"),)
