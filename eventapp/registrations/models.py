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
from eventapp.registrations.rules.enquiry import AreaBasis, AreaPolicy, Kind

__all__ = [
    "Answer",
    "Clause",
    "Consent",
    "ConsentKind",
    "Decision",
    "FormOfAddress",
    "GroupTerms",
    "HeldPlace",
    "ImportedChange",
    "MonitoringRecord",
    "PeopleImport",
    "PeopleView",
    "Proposal",
    "ProposalState",
    "Question",
    "QuestionVersion",
    "Registration",
    "RegistrationForm",
    "RegistrationGroup",
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
    colleague registered. `state` is what the person was told; what is decided and not announced
    yet is an open `Decision`. `received_on` is the day on which a form on paper came, `checked_at`
    when staff found the data right, `import_id` the table that brought the person in.
    `area_reason` says why staff decided about `in_area` by hand; empty, the place decides.
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
    area_reason: Mapped[str] = mapped_column(String(300), default="", server_default="")
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
        ForeignKeyConstraint(
            ["event_id", "group_id"], ["registration_group.event_id", "registration_group.id"]
        ),
        Index("ix_registration_event_id_sort_key", "event_id", "sort_key"),
        Index("ix_registration_person_id", "person_id"),
        Index("ix_registration_event_id_email", "event_id", "email"),
        Index("ix_registration_organiser_id", "organiser_id"),
        Index("ix_registration_group_id", "group_id"),
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


class RegistrationForm(Model):
    """What an event's registration form asks, and of whom; an event without a row asks the usual.

    `fields` maps a standard field to "off", "optional" or "required"; `lists` the diets, transport
    and nights to their choices (code, pl, en); `categories` the code of a category to what it
    needs, see `rules.eligibility`. `consents` are those asked for besides the clause,
    `monitoring` the fields of the third layer (none: it is not asked). After `edits_until` a
    person's corrections are proposals.
    """

    __tablename__ = "registration_form"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), primary_key=True)
    fields: Mapped[dict[str, Any]] = mapped_column(default=dict)
    lists: Mapped[dict[str, Any]] = mapped_column(default=dict)
    categories: Mapped[dict[str, Any]] = mapped_column(default=dict)
    consents: Mapped[list[str]] = mapped_column(default=list)
    monitoring: Mapped[list[str]] = mapped_column(default=list)
    area_policy: Mapped[AreaPolicy] = mapped_column(choice(AreaPolicy))
    area_basis: Mapped[AreaBasis] = mapped_column(choice(AreaBasis))
    edits_until: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class Question(Model):
    """One of the event's own questions, as it is asked now.

    Asked only of `categories` (codes; empty: of everybody), and only where the question with the
    code `depends_on` has the answer `depends_answer`. A removed one keeps its answers.
    """

    __tablename__ = "question"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    code: Mapped[str] = mapped_column(String(60))
    kind: Mapped[Kind] = mapped_column(choice(Kind))
    label: Mapped[dict[str, str]]
    help: Mapped[dict[str, str]] = mapped_column(default=dict)
    choices: Mapped[list[Any]] = mapped_column(default=list)
    required: Mapped[bool] = mapped_column(default=False)
    categories: Mapped[list[str]] = mapped_column(default=list)
    depends_on: Mapped[str] = mapped_column(String(60), default="")
    depends_answer: Mapped[str] = mapped_column(String(60), default="")
    position: Mapped[int]
    version: Mapped[int] = mapped_column(default=1)
    removed_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("event_id", "code"),)


class QuestionVersion(Model):
    """How a question was asked before it changed: kept where somebody had answered it so."""

    __tablename__ = "question_version"

    question_id: Mapped[int] = mapped_column(ForeignKey("question.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[dict[str, Any]]
    until: Mapped[datetime]


class Answer(Model):
    """One person's answer to one question, and which version of it was asked.

    `value` holds the answer under "value": a text, a choice's code, a list of codes, a number, a
    truth or a day.
    """

    __tablename__ = "answer"

    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"), primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id"), primary_key=True)
    version: Mapped[int]
    value: Mapped[dict[str, Any]]
    answered_at: Mapped[datetime]

    question: Mapped[Question] = relationship(lazy="raise")

    __table_args__ = (Index("ix_answer_question_id", "question_id"),)


class Clause(Model):
    """A version of the event's information on personal data; none is ever changed."""

    __tablename__ = "clause"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    number: Mapped[int]
    text: Mapped[dict[str, str]]
    since: Mapped[datetime]

    __table_args__ = (UniqueConstraint("event_id", "number"),)


class ProposalState(StrEnum):
    """What became of a correction that came after the data were frozen."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Proposal(Model):
    """A correction of one's own data that waits for the organiser.

    `values` holds the new ones, `before` those that they would replace: columns of a registration,
    and answers as ``answer:<code>``. Both are emptied once it is decided.
    """

    __tablename__ = "proposal"

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"))
    values: Mapped[dict[str, Any]]
    before: Mapped[dict[str, Any]]
    state: Mapped[ProposalState] = mapped_column(choice(ProposalState))
    reason: Mapped[str] = mapped_column(String(500), default="")
    made_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]

    registration: Mapped[Registration] = relationship(lazy="raise")

    __table_args__ = (Index("ix_proposal_registration_id_state", "registration_id", "state"),)


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
