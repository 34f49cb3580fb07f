"""Registrations in three layers of data: contact, organisational, monitoring."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventapp.directory.models import Organisation, Person
from eventapp.events.models import Category
from eventapp.kernel.db import Model, choice
from eventapp.registrations.rules import State

__all__ = [
    "Consent",
    "ConsentKind",
    "FormOfAddress",
    "GroupTerms",
    "HeldPlace",
    "MonitoringRecord",
    "Registration",
    "RegistrationGroup",
    "Source",
    "State",
]


class Source(StrEnum):
    """How a registration came in."""

    WWW = "www"
    ORGANISATION = "organisation"
    PAPER_FORM = "paper-form"
    EMAIL = "email"
    PHONE = "phone"
    WALK_IN = "walk-in"
    SUBSTITUTE = "substitute"
    INVITED = "invited"
    IMPORT = "import"
    API = "api"


class FormOfAddress(StrEnum):
    """How the person wants to be addressed on a certificate."""

    PANI = "pani"
    PAN = "pan"
    NONE = "none"


class RegistrationGroup(Model):
    """People whom a colleague registers for their organisation, in one go.

    The contact manages them by a link of its own, made anew with `link_generation`. With
    `together` they become qualified together or wait together.
    """

    __tablename__ = "registration_group"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    contact_name: Mapped[str] = mapped_column(String(240))
    contact_email: Mapped[str] = mapped_column(String(320))
    contact_phone: Mapped[str] = mapped_column(String(40), default="")
    locale: Mapped[str] = mapped_column(String(8), default="pl")
    together: Mapped[bool] = mapped_column(default=False)
    link_generation: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]

    organisation: Mapped[Organisation] = relationship(lazy="raise")
    category: Mapped[Category | None] = relationship(lazy="raise")

    __table_args__ = (
        # What names a group names its event too: nobody belongs to a group of another event.
        UniqueConstraint("event_id", "id"),
        Index("ix_registration_group_event_id_contact_email", "event_id", "contact_email"),
        Index("ix_registration_group_organisation_id", "organisation_id"),
    )


class Registration(Model):
    """One person's taking part in one event.

    The name, e-mail and phone are those given for this event. `badge_hash` is the SHA-256
    of the badge code of the present `badge_generation`; `link_generation` does the same
    for the personal link. `replaces_id` names the registration whose place it took.
    `organiser_id` names the institution whose guest the person is, `group_id` the group that a
    colleague registered.
    `identity_key` is a hash of name and e-mail while the registration is open, so that one
    person cannot register twice, not even by a double click.
    """

    __tablename__ = "registration"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    ref: Mapped[str | None] = mapped_column(String(40))
    number: Mapped[str] = mapped_column(String(16))
    state: Mapped[State] = mapped_column(choice(State))
    source: Mapped[Source] = mapped_column(choice(Source))
    title: Mapped[str] = mapped_column(String(60), default="")
    first_name: Mapped[str] = mapped_column(String(120))
    last_name: Mapped[str] = mapped_column(String(120))
    form_of_address: Mapped[FormOfAddress] = mapped_column(
        choice(FormOfAddress), default=FormOfAddress.NONE
    )
    email: Mapped[str | None] = mapped_column(String(320))
    phone: Mapped[str] = mapped_column(String(40), default="")
    locale: Mapped[str] = mapped_column(String(8), default="pl")
    job: Mapped[str] = mapped_column(String(200), default="")
    postcode: Mapped[str] = mapped_column(String(12), default="")
    gmina: Mapped[str] = mapped_column(String(120), default="")
    county: Mapped[str] = mapped_column(String(120), default="")
    teryt: Mapped[str] = mapped_column(String(8), default="")
    in_area: Mapped[bool | None]
    diet: Mapped[str] = mapped_column(String(60), default="")
    needs: Mapped[list[str]] = mapped_column(default=list)
    accommodation: Mapped[list[str]] = mapped_column(default=list)
    transport: Mapped[list[str]] = mapped_column(default=list)
    registered_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("registration.id"))
    organiser_id: Mapped[int | None]
    group_id: Mapped[int | None]
    badge_generation: Mapped[int] = mapped_column(default=1)
    badge_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    link_generation: Mapped[int] = mapped_column(default=1)
    feed_generation: Mapped[int] = mapped_column(default=1)
    sort_key: Mapped[str] = mapped_column(String(900))
    search_key: Mapped[str] = mapped_column(String(1200))
    identity_key: Mapped[str | None] = mapped_column(String(64))
    version: Mapped[int] = mapped_column(default=1)

    person: Mapped[Person] = relationship(lazy="raise")
    organisation: Mapped[Organisation | None] = relationship(lazy="raise")
    category: Mapped[Category | None] = relationship(lazy="raise")

    __table_args__ = (
        UniqueConstraint("event_id", "ref"),
        UniqueConstraint("event_id", "number"),
        UniqueConstraint("event_id", "identity_key"),
        ForeignKeyConstraint(["event_id", "organiser_id"], ["organiser.event_id", "organiser.id"]),
        ForeignKeyConstraint(
            ["event_id", "group_id"], ["registration_group.event_id", "registration_group.id"]
        ),
        Index("ix_registration_event_id_sort_key", "event_id", "sort_key"),
        Index("ix_registration_person_id", "person_id"),
        Index("ix_registration_event_id_email", "event_id", "email"),
        Index("ix_registration_organiser_id", "organiser_id"),
        Index("ix_registration_group_id", "group_id"),
    )


class RetiredBadge(Model):
    """The hash of a badge that opens nothing any more, so that the door can say so."""

    __tablename__ = "retired_badge"

    badge_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"))
    retired_at: Mapped[datetime]


class ConsentKind(StrEnum):
    """What was acknowledged (the clause) or agreed to (everything else)."""

    INFORMATION_CLAUSE = "information-clause"
    PHOTO = "photo"
    PARTICIPANT_LIST = "participant-list"
    NEWSLETTER = "newsletter"


class Consent(Model):
    """One answer to one consent question; withdrawing is a new row."""

    __tablename__ = "consent"

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"))
    kind: Mapped[ConsentKind] = mapped_column(choice(ConsentKind))
    given: Mapped[bool]
    clause_version: Mapped[str] = mapped_column(String(40), default="")
    at: Mapped[datetime]

    __table_args__ = (Index("ix_consent_registration_id_kind", "registration_id", "kind"),)


class MonitoringRecord(Model):
    """The ESF layer of one registration: an encrypted JSON object, read with a trace.

    Its keys: sex, birth_year, education, labour_status, disability, foreign_background,
    third_country_national, housing_exclusion, residence_area, pesel.
    """

    __tablename__ = "monitoring_record"

    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    updated_at: Mapped[datetime]


class HeldPlace(Model):
    """A place that somebody will take by a private link: who it is is not known yet.

    Either one of a group that is still to be named, or the place of the registration
    `replaces_id`, which keeps it until then; of that, `session_ids` pass on. It stands like a
    registration, and is `replaced` when `registration_id` has taken it.
    """

    __tablename__ = "held_place"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    group_id: Mapped[int | None]
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("registration.id"))
    registration_id: Mapped[int | None] = mapped_column(ForeignKey("registration.id"))
    state: Mapped[State] = mapped_column(choice(State))
    session_ids: Mapped[list[Any]] = mapped_column(default=list)
    email: Mapped[str | None] = mapped_column(String(320))
    link_generation: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]

    group: Mapped[RegistrationGroup | None] = relationship(lazy="raise")

    __table_args__ = (
        ForeignKeyConstraint(
            ["event_id", "group_id"], ["registration_group.event_id", "registration_group.id"]
        ),
        Index("ix_held_place_event_id_state", "event_id", "state"),
        Index("ix_held_place_group_id", "group_id"),
        Index("ix_held_place_replaces_id", "replaces_id"),
    )


class GroupTerms(Model):
    """What an event allows organisations: how many people each, how long they may exchange them.

    Without a row the defaults stand. `organisation_cap` None: no limit; `substitute_until` None:
    until the first day begins; `choose_sessions`: the contact may sign the others up.
    """

    __tablename__ = "group_terms"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), primary_key=True)
    organisation_cap: Mapped[int | None]
    substitute_until: Mapped[datetime | None]
    choose_sessions: Mapped[bool] = mapped_column(default=True)
