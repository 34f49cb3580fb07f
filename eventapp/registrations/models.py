"""Registrations in three layers of data: contact, organisational, monitoring."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventapp.directory.models import Organisation, Person
from eventapp.events.models import Category
from eventapp.kernel.db import Model, choice
from eventapp.registrations.rules import State

__all__ = [
    "Consent",
    "ConsentKind",
    "Decision",
    "FormOfAddress",
    "ImportedChange",
    "MonitoringRecord",
    "PeopleImport",
    "PeopleView",
    "Registration",
    "RegistrationNote",
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


class Registration(Model):
    """One person's taking part in one event.

    The name, e-mail and phone are those given for this event. `badge_hash` is the SHA-256
    of the badge code of the present `badge_generation`; `link_generation` does the same
    for the personal link. `replaces_id` names the registration whose place it took.
    `organiser_id` names the institution whose guest the person is. `state` is what the person
    was told; what is decided and not announced yet is an open `Decision`. `received_on` is the
    day on which a form on paper came, `checked_at` when staff found the data right, `import_id`
    the table that brought the person in.
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
    received_on: Mapped[date | None]
    checked_at: Mapped[datetime | None]
    import_id: Mapped[int | None] = mapped_column(ForeignKey("people_import.id"))
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
        Index("ix_registration_event_id_sort_key", "event_id", "sort_key"),
        Index("ix_registration_person_id", "person_id"),
        Index("ix_registration_event_id_email", "event_id", "email"),
        Index("ix_registration_organiser_id", "organiser_id"),
        Index("ix_registration_import_id", "import_id"),
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


class Decision(Model):
    """What an organiser decided about a registration, to be announced at once or later.

    `note` is for the team, `message` a sentence for the person's letter. A decision is open
    until it is announced or dropped; nobody outside the team learns of an open one, and a
    registration has at most one.
    """

    __tablename__ = "decision"

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"))
    state: Mapped[State] = mapped_column(choice(State))
    note: Mapped[str] = mapped_column(String(2000), default="")
    message: Mapped[str] = mapped_column(String(500), default="")
    actor: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime]
    announced_at: Mapped[datetime | None]
    dropped_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_decision_registration_id", "registration_id"),
        Index(
            "uq_decision_open",
            "registration_id",
            unique=True,
            sqlite_where=text("announced_at IS NULL AND dropped_at IS NULL"),
            postgresql_where=text("announced_at IS NULL AND dropped_at IS NULL"),
        ),
    )


class RegistrationNote(Model):
    """What the team wants to remember of a registration; it is added to, never rewritten."""

    __tablename__ = "registration_note"

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"))
    text: Mapped[str] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]

    __table_args__ = (Index("ix_registration_note_registration_id", "registration_id"),)


class PeopleView(Model):
    """A way to look at an event's list of people that the team keeps: what the address says."""

    __tablename__ = "people_view"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    name: Mapped[str] = mapped_column(String(80))
    query: Mapped[dict[str, Any]]

    __table_args__ = (UniqueConstraint("event_id", "name"),)


class PeopleImport(Model):
    """A table of people that was taken over as a whole; `undone_at` when it was taken back.

    `told_at` is when its people were written to: what somebody was told is not undone.
    """

    __tablename__ = "people_import"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    at: Mapped[datetime]
    told_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]


class ImportedChange(Model):
    """What a table changed of somebody who was known: the values before and after.

    They are kept here and not in the log, which holds no personal data.
    """

    __tablename__ = "imported_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("people_import.id"))
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"))
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]

    __table_args__ = (
        Index("ix_imported_change_import_id", "import_id"),
        Index("ix_imported_change_registration_id", "registration_id"),
    )
