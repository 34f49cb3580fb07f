"""Named reads of registrations, and the personal links that lead to them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import contains_eager, joinedload

from eventapp.directory.models import Organisation, Person
from eventapp.events.models import Category
from eventapp.kernel import text, tokens
from eventapp.kernel.db import db
from eventapp.registrations import rules
from eventapp.registrations.models import (
    Answer,
    Clause,
    Consent,
    ConsentKind,
    GroupTerms,
    HeldPlace,
    MonitoringRecord,
    Proposal,
    ProposalState,
    Question,
    QuestionVersion,
    Registration,
    RegistrationForm,
    RegistrationGroup,
    Source,
    State,
)
from eventapp.registrations.rules.enquiry import AreaBasis, AreaPolicy

LINK = "my"
GROUP = "group"
PLACE = "place"
FEED = "feed"
_GENERATIONS = 50  # older tokens that are still told apart from unknown ones


def _whole() -> Select[Registration]:
    return select(Registration).options(
        joinedload(Registration.person),
        joinedload(Registration.organisation),
        joinedload(Registration.category),
    )


def registration(registration_id: int) -> Registration | None:
    """Return one registration with its person, organisation and category."""
    return db.session.scalars(_whole().where(Registration.id == registration_id)).first()


def locked(registration_id: int) -> Registration | None:
    """Take the registration and its person for this transaction, and return it as it is now.

    The person is the first lock of everything that gives or takes a seat.
    """
    db.session.flush()  # reading anew must not undo what was changed here
    query = select(Registration).join(Registration.person)
    query = query.where(Registration.id == registration_id)
    query = query.options(contains_eager(Registration.person))
    query = query.with_for_update(of=[Person, Registration], key_share=True)
    return db.session.scalars(query.execution_options(populate_existing=True)).first()


def event_of_registration(registration_id: int) -> int | None:
    """Return the id of the event a registration belongs to."""
    query = select(Registration.event_id).where(Registration.id == registration_id)
    return db.session.scalar(query)


def by_ref(event_id: int, ref: str) -> Registration | None:
    """Return the event's registration that a loaded file calls *ref*."""
    query = _whole().where(Registration.event_id == event_id, Registration.ref == ref)
    return db.session.scalars(query).first()


def by_badge_hash(badge_hash: str) -> Registration | None:
    """Return the registration whose present badge has this hash."""
    return db.session.scalars(_whole().where(Registration.badge_hash == badge_hash)).first()


def by_number(event_id: int, typed: str) -> Registration | None:
    """Return the registration whose reference number somebody typed or was told."""
    number = rules.typed_number(typed)
    query = _whole().where(Registration.event_id == event_id, Registration.number == number)
    return db.session.scalars(query).first()


def open_at(event_id: int, email: str) -> Sequence[Registration]:
    """List the registrations of an event that one mailbox manages, oldest first."""
    query = _whole().where(
        Registration.event_id == event_id,
        Registration.email == email,
        Registration.state.in_(rules.OPEN),
    )
    return db.session.scalars(query.order_by(Registration.id)).all()


def open_identity(event_id: int, identity_key: str) -> Registration | None:
    """Return the open registration of the same name and e-mail, if there is one."""
    query = select(Registration).where(
        Registration.event_id == event_id, Registration.identity_key == identity_key
    )
    return db.session.scalars(query).first()


def replacing(registration_id: int) -> Registration | None:
    """Return the registration that took the place of this one."""
    query = _whole().where(Registration.replaces_id == registration_id)
    return db.session.scalars(query).first()


@dataclass(frozen=True, kw_only=True)
class Filter:
    """What a list of people may be narrowed to."""

    states: Sequence[State] = ()
    category: str = ""
    organisation_id: int | None = None
    sources: Sequence[Source] = ()
    organiser_id: int | None = None
    text: str = ""


EVERYBODY = Filter()


def people(
    event_id: int, narrowed: Filter = EVERYBODY, *, limit: int | None = None, offset: int = 0
) -> Sequence[Registration]:
    """List an event's registrations in Polish alphabetical order."""
    query = _narrow(_whole(), event_id, narrowed)
    query = query.order_by(Registration.sort_key, Registration.id).limit(limit).offset(offset)
    return db.session.scalars(query).all()


def people_count(event_id: int, narrowed: Filter = EVERYBODY) -> int:
    """Count the registrations that `people` would list."""
    query = select(func.count()).select_from(Registration)
    return db.session.scalar(_narrow(query, event_id, narrowed)) or 0


def listed(event_id: int, *, after: int = 0, limit: int = 50) -> Sequence[Registration]:
    """List an event's registrations by id, from the one behind *after*."""
    query = _whole().where(Registration.event_id == event_id, Registration.id > after)
    return db.session.scalars(query.order_by(Registration.id).limit(limit)).all()


def search(event_id: int, wanted: str, *, limit: int = 20) -> Sequence[Registration]:
    """List who fits what somebody typed: words of name, organisation, e-mail or the number."""
    found = people(event_id, Filter(text=wanted), limit=limit)
    if found or len(rules.typed_number(wanted)) != rules.NUMBER_LENGTH:
        return found
    named = by_number(event_id, wanted)
    return [named] if named is not None else []


def _narrow(query: Select, event_id: int, narrowed: Filter) -> Select:  # type: ignore[type-arg]
    query = query.where(Registration.event_id == event_id)
    if narrowed.states:
        query = query.where(Registration.state.in_(narrowed.states))
    if narrowed.sources:
        query = query.where(Registration.source.in_(narrowed.sources))
    if narrowed.organisation_id is not None:
        query = query.where(Registration.organisation_id == narrowed.organisation_id)
    if narrowed.organiser_id is not None:
        query = query.where(Registration.organiser_id == narrowed.organiser_id)
    if narrowed.category:
        chosen = select(Category.id).where(
            Category.event_id == event_id, Category.code == narrowed.category
        )
        query = query.where(Registration.category_id.in_(chosen))
    for term in text.match_terms(narrowed.text):
        query = query.where(Registration.search_key.like(text.like(term), escape="\\"))
    return query


def counts(event_id: int) -> Mapping[State, int]:
    """Count an event's registrations by state; every state is there."""
    query = select(Registration.state, func.count()).where(Registration.event_id == event_id)
    found = dict(db.session.execute(query.group_by(Registration.state)).all())
    return {state: found.get(state, 0) for state in State}


def places_taken(event_id: int) -> int:
    """Count the places of an event that are given: the qualified, and those held for somebody."""
    query = select(func.count()).select_from(Registration)
    query = query.where(Registration.event_id == event_id, Registration.state == State.QUALIFIED)
    return (db.session.scalar(query) or 0) + held_count(event_id)


def waiting_position(registration: Registration) -> int | None:
    """Return a registration's place on the event's reserve list, from 1; None if not on it."""
    if registration.state is not State.WAITING:
        return None
    query = select(func.count()).select_from(Registration)
    query = query.where(
        Registration.event_id == registration.event_id,
        Registration.state == State.WAITING,
        (Registration.registered_at < registration.registered_at)
        | (
            (Registration.registered_at == registration.registered_at)
            & (Registration.id <= registration.id)
        ),
    )
    return db.session.scalar(query) or 0


# --- groups and held places ---------------------------------------------------------------


def terms(event_id: int) -> GroupTerms | None:
    """Return what an event allows organisations; None where nothing was said."""
    return db.session.get(GroupTerms, event_id)


def group(group_id: int) -> RegistrationGroup | None:
    """Return one group with its organisation and category."""
    return db.session.scalars(_groups().where(RegistrationGroup.id == group_id)).first()


def _groups() -> Select[RegistrationGroup]:
    return select(RegistrationGroup).options(
        joinedload(RegistrationGroup.organisation), joinedload(RegistrationGroup.category)
    )


def groups(
    event_id: int, *, organisation_id: int | None = None, after: int = 0, limit: int | None = None
) -> Sequence[RegistrationGroup]:
    """List an event's groups, or those of one organisation, by id from the one behind *after*."""
    query = _groups().where(RegistrationGroup.event_id == event_id, RegistrationGroup.id > after)
    if organisation_id is not None:
        query = query.where(RegistrationGroup.organisation_id == organisation_id)
    return db.session.scalars(query.order_by(RegistrationGroup.id).limit(limit)).all()


def event_of_group(group_id: int) -> int | None:
    """Return the id of the event a group belongs to."""
    query = select(RegistrationGroup.event_id).where(RegistrationGroup.id == group_id)
    return db.session.scalar(query)


def groups_of_contact(event_id: int, email: str) -> Sequence[RegistrationGroup]:
    """List the groups that one mailbox manages, oldest first."""
    query = _groups().where(
        RegistrationGroup.event_id == event_id, RegistrationGroup.contact_email == email
    )
    return db.session.scalars(query.order_by(RegistrationGroup.id)).all()


def group_of_contact(event_id: int, organisation_id: int, email: str) -> RegistrationGroup | None:
    """Return the group of an organisation that one mailbox manages, if there is one."""
    found = groups_of_contact(event_id, email)
    return next((row for row in found if row.organisation_id == organisation_id), None)


def ungrouped(event_id: int, organisation_id: int) -> Sequence[Registration]:
    """List the people of an organisation whom no contact looks after, by name."""
    query = _whole().where(
        Registration.event_id == event_id,
        Registration.organisation_id == organisation_id,
        Registration.group_id.is_(None),
        Registration.state.in_(rules.OPEN),
    )
    return db.session.scalars(query.order_by(Registration.sort_key, Registration.id)).all()


def members(group_id: int, *, states: Collection[State] = tuple(State)) -> Sequence[Registration]:
    """List the people of a group in Polish alphabetical order."""
    query = _whole().where(Registration.group_id == group_id, Registration.state.in_(states))
    return db.session.scalars(query.order_by(Registration.sort_key, Registration.id)).all()


def held_place(held_id: int) -> HeldPlace | None:
    """Return one held place with its group."""
    return db.session.scalars(_held().where(HeldPlace.id == held_id)).first()


def _held() -> Select[HeldPlace]:
    return select(HeldPlace).options(
        joinedload(HeldPlace.group).joinedload(RegistrationGroup.organisation),
        joinedload(HeldPlace.group).joinedload(RegistrationGroup.category),
    )


def locked_place(held_id: int) -> HeldPlace | None:
    """Take a held place for this transaction, and return it as it is now."""
    db.session.flush()  # reading anew must not undo what was changed here
    query = select(HeldPlace).where(HeldPlace.id == held_id)
    query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    return db.session.scalars(query).first()


def unnamed(group_id: int) -> Sequence[HeldPlace]:
    """List the places of a group that are still to be named, oldest first."""
    query = _held().where(HeldPlace.group_id == group_id, HeldPlace.replaces_id.is_(None))
    query = query.where(HeldPlace.state.in_(rules.OPEN))
    return db.session.scalars(query.order_by(HeldPlace.id)).all()


def offered(registration_id: int) -> HeldPlace | None:
    """Return the link by which somebody may take this registration's place, if there is one."""
    query = _held().where(HeldPlace.replaces_id == registration_id, HeldPlace.state.in_(rules.OPEN))
    return db.session.scalars(query.order_by(HeldPlace.id.desc())).first()


def offers(registration_ids: Collection[int]) -> Mapping[int, HeldPlace]:
    """Return the links by which somebody may take the place of one of these, by whose it is."""
    query = select(HeldPlace).where(
        HeldPlace.replaces_id.in_(registration_ids), HeldPlace.state.in_(rules.OPEN)
    )
    return {row.replaces_id or 0: row for row in db.session.scalars(query)}


def held_count(event_id: int) -> int:
    """Count the qualified places of an event that are still to be named."""
    query = select(func.count()).select_from(HeldPlace)
    query = query.where(HeldPlace.event_id == event_id, HeldPlace.state == State.QUALIFIED)
    return db.session.scalar(query.where(HeldPlace.replaces_id.is_(None))) or 0


@dataclass(frozen=True)
class Represented:
    """How many people of one organisation an event has: named, and still to be named."""

    organisation: Organisation
    named: int
    qualified: int
    unnamed: int

    @property
    def taken(self) -> int:
        """The places that count against the cap."""
        return self.named + self.unnamed


def represented(event_id: int, organisation_id: int | None = None) -> Sequence[Represented]:
    """List the organisations of an event, or one, with the places they hold, by name."""
    qualified = func.sum(case((Registration.state == State.QUALIFIED, 1), else_=0))
    people = select(Registration.organisation_id, func.count(), qualified).where(
        Registration.event_id == event_id,
        Registration.state.in_(rules.OPEN),
        Registration.organisation_id.is_not(None),
    )
    places = (
        select(RegistrationGroup.organisation_id, func.count())
        .join(HeldPlace, HeldPlace.group_id == RegistrationGroup.id)
        .where(
            HeldPlace.event_id == event_id,
            HeldPlace.replaces_id.is_(None),
            HeldPlace.state.in_(rules.OPEN),
        )
    )
    if organisation_id is not None:
        people = people.where(Registration.organisation_id == organisation_id)
        places = places.where(RegistrationGroup.organisation_id == organisation_id)
    named = {
        row[0]: (row[1], int(row[2]))
        for row in db.session.execute(people.group_by(Registration.organisation_id))
    }
    unnamed = {
        row[0]: row[1]
        for row in db.session.execute(places.group_by(RegistrationGroup.organisation_id))
    }
    query = select(Organisation).where(Organisation.id.in_({*named, *unnamed}))
    return [
        Represented(row, *named.get(row.id, (0, 0)), unnamed.get(row.id, 0))
        for row in db.session.scalars(query.order_by(Organisation.sort_key, Organisation.id))
    ]


def is_represented(event_id: int, organisation_id: int) -> bool:
    """Tell whether anybody of an organisation is or was registered for an event."""
    person = select(Registration.id).where(
        Registration.event_id == event_id, Registration.organisation_id == organisation_id
    )
    if db.session.scalar(person.limit(1)) is not None:
        return True
    return bool(groups(event_id, organisation_id=organisation_id, limit=1))


def organisation_taken(event_id: int, organisation_id: int) -> int:
    """Count the places of an event that an organisation holds, also those still to be named."""
    return sum(row.taken for row in represented(event_id, organisation_id))


def consents(registration_id: int) -> Mapping[ConsentKind, bool]:
    """Return the present answer to every consent question that was asked."""
    query = select(Consent).where(Consent.registration_id == registration_id)
    return {row.kind: row.given for row in db.session.scalars(query.order_by(Consent.id))}


def acknowledged(registration_ids: Collection[int]) -> set[int]:
    """Return which of these people have said for themselves that they know what is kept."""
    query = select(Consent.registration_id).where(
        Consent.registration_id.in_(registration_ids),
        Consent.kind == ConsentKind.INFORMATION_CLAUSE,
        Consent.given,
    )
    return set(db.session.scalars(query.distinct()))


def consents_of_event(event_id: int) -> Mapping[int, Mapping[ConsentKind, bool]]:
    """Return the present answers of everybody at an event, by registration."""
    query = select(Consent).join(Registration, Registration.id == Consent.registration_id)
    query = query.where(Registration.event_id == event_id).order_by(Consent.id)
    answers: dict[int, dict[ConsentKind, bool]] = {}
    for row in db.session.scalars(query):
        answers.setdefault(row.registration_id, {})[row.kind] = row.given
    return answers


def sealed_monitoring(registration_id: int) -> MonitoringRecord | None:
    """Return the encrypted third layer of one registration; see `commands.read_monitoring`."""
    return db.session.get(MonitoringRecord, registration_id)


def all_sealed_monitoring(event_id: int) -> Sequence[MonitoringRecord]:
    """List the encrypted third layers of an event; see `commands.read_all_monitoring`."""
    query = select(MonitoringRecord)
    query = query.join(Registration, Registration.id == MonitoringRecord.registration_id)
    query = query.where(Registration.event_id == event_id)
    return db.session.scalars(query.order_by(MonitoringRecord.registration_id)).all()


# --- badges, personal links, feeds --------------------------------------------------------


def badge_code(registration: Registration) -> str:
    """Return the code of a registration's present badge."""
    return tokens.badge_code(registration.id, registration.badge_generation)


def link_token(registration: Registration) -> str:
    """Return the token of a registration's present personal link: the same at every mailing."""
    return tokens.personal(LINK, registration.id, registration.link_generation)


def group_token(row: RegistrationGroup) -> str:
    """Return the token of the present link of a group's contact."""
    return tokens.personal(GROUP, row.id, row.link_generation)


def place_token(row: HeldPlace) -> str:
    """Return the token by which somebody takes a held place."""
    return tokens.personal(PLACE, row.id, row.link_generation)


def group_by_link(token: str) -> RegistrationGroup | None:
    """Return the group whose contact has this link."""
    number = tokens.number_in(token, GROUP)
    row = group(number) if number is not None else None
    if row is None or not tokens.is_personal(token, GROUP, row.id, row.link_generation):
        return None
    return row


def place_by_link(token: str) -> HeldPlace | None:
    """Return the held place that this link is for, also one that is held no more."""
    number = tokens.number_in(token, PLACE)
    row = held_place(number) if number is not None else None
    if row is None or not tokens.is_personal(token, PLACE, row.id, row.link_generation):
        return None
    return row


def feed_token(registration: Registration) -> str:
    """Return the token of a registration's present calendar feed."""
    return tokens.personal(FEED, registration.id, registration.feed_generation)


@dataclass(frozen=True)
class Found:
    """What a token leads to: a registration, nothing, or nothing any more (`rotated`)."""

    registration: Registration | None
    rotated: bool = False


NOTHING = Found(None)


def by_link(token: str) -> Found:
    """Return what a personal link leads to."""
    row = _named(LINK, token)
    return NOTHING if row is None else _judged(row, LINK, row.link_generation, token)


def by_feed(token: str) -> Found:
    """Return what the address of a personal calendar feed leads to."""
    row = _named(FEED, token)
    return NOTHING if row is None else _judged(row, FEED, row.feed_generation, token)


def _named(purpose: str, token: str) -> Registration | None:
    number = tokens.number_in(token, purpose)
    return registration(number) if number is not None else None


def _judged(row: Registration, purpose: str, generation: int, token: str) -> Found:
    if tokens.is_personal(token, purpose, row.id, generation):
        return Found(row)
    older = range(generation - 1, max(0, generation - 1 - _GENERATIONS), -1)
    rotated = any(tokens.is_personal(token, purpose, row.id, past) for past in older)
    return Found(None, rotated)


# --- the form -----------------------------------------------------------------------------


def form_of(event_id: int) -> RegistrationForm:
    """Return what an event's registration form asks; without a row of its own, the usual."""
    return db.session.get(RegistrationForm, event_id) or usual_form(event_id)


def usual_form(event_id: int) -> RegistrationForm:
    """Return the form of an event about which nobody has said anything; it is not written."""
    return RegistrationForm(
        event_id=event_id,
        fields={},
        lists={},
        categories={},
        consents=[ConsentKind.PHOTO.value, ConsentKind.NEWSLETTER.value],
        monitoring=[],
        area_policy=AreaPolicy.ALLOWED,
        area_basis=AreaBasis.RESIDENCE,
        edits_until=None,
        version=0,
    )


def questions(event_id: int) -> Sequence[Question]:
    """List an event's own questions in their order."""
    query = select(Question).where(Question.event_id == event_id, Question.removed_at.is_(None))
    return db.session.scalars(query.order_by(Question.position, Question.id)).all()


def question(question_id: int) -> Question | None:
    """Return one question, also a removed one."""
    return db.session.get(Question, question_id)


def question_codes(event_id: int) -> Sequence[str]:
    """List the codes that an event's questions have or had."""
    return db.session.scalars(select(Question.code).where(Question.event_id == event_id)).all()


def answer_counts(event_id: int) -> Mapping[int, int]:
    """Count the answers to each of an event's questions."""
    query = select(Answer.question_id, func.count()).join(Question)
    query = query.where(Question.event_id == event_id).group_by(Answer.question_id)
    return dict(db.session.execute(query).all())


def has_answers(question_id: int, version: int) -> bool:
    """Tell whether somebody has answered a question in this version."""
    query = select(func.count()).select_from(Answer)
    query = query.where(Answer.question_id == question_id, Answer.version == version)
    return bool(db.session.scalar(query))


def answers(registration_id: int) -> Mapping[str, Any]:
    """Return somebody's answers by the code of the question."""
    query = select(Question.code, Answer.value).join(Answer.question)
    query = query.where(Answer.registration_id == registration_id)
    return {code: value["value"] for code, value in db.session.execute(query)}


def answers_of(registration_ids: Sequence[int]) -> Mapping[int, Mapping[str, Any]]:
    """Return the answers of several people, by registration and code of the question."""
    query = select(Answer.registration_id, Question.code, Answer.value).join(Answer.question)
    query = query.where(Answer.registration_id.in_(registration_ids))
    found: dict[int, dict[str, Any]] = {}
    for registration_id, code, value in db.session.execute(query):
        found.setdefault(registration_id, {})[code] = value["value"]
    return found


@dataclass(frozen=True)
class Given:
    """An answer beside the question as it was put when it was given."""

    code: str
    content: Mapping[str, Any]
    value: Any
    version: int
    outdated: bool


def given(registration_id: int) -> Sequence[Given]:
    """List somebody's answers, each with the wording to which it answers."""
    query = select(Answer, QuestionVersion).join(Answer.question)
    query = query.outerjoin(
        QuestionVersion,
        (QuestionVersion.question_id == Answer.question_id)
        & (QuestionVersion.version == Answer.version),
    )
    query = query.where(Answer.registration_id == registration_id)
    query = query.options(contains_eager(Answer.question)).order_by(Question.position, Question.id)
    return [_given(row, past) for row, past in db.session.execute(query)]


def _given(row: Answer, past: QuestionVersion | None) -> Given:
    asked = row.question
    content = past.content if past is not None else content_of(asked)
    return Given(asked.code, content, row.value["value"], row.version, past is not None)


def content_of(row: Question) -> dict[str, Any]:
    """Return what a question says, without its place and its state."""
    return {name: getattr(row, name) for name in CONTENT}


CONTENT = (
    "kind", "label", "help", "choices", "required", "categories", "depends_on", "depends_answer",
)  # fmt: skip


def category_taken(category_id: int) -> int:
    """Count the places of a category that are given."""
    query = select(func.count()).select_from(Registration)
    query = query.where(
        Registration.category_id == category_id, Registration.state == State.QUALIFIED
    )
    return db.session.scalar(query) or 0


def clauses(event_id: int) -> Sequence[Clause]:
    """List the versions of an event's information clause, newest first."""
    query = select(Clause).where(Clause.event_id == event_id)
    return db.session.scalars(query.order_by(Clause.number.desc())).all()


def present_clause(event_id: int, now: datetime) -> Clause | None:
    """Return the clause that holds now; None while the built-in one does."""
    query = select(Clause).where(Clause.event_id == event_id, Clause.since <= now)
    return db.session.scalars(query.order_by(Clause.number.desc()).limit(1)).first()


def clause_number(event_id: int, now: datetime) -> str:
    """Return the number of the clause that holds now, as consents keep it."""
    row = present_clause(event_id, now)
    return str(row.number) if row is not None else BUILT_IN_CLAUSE


BUILT_IN_CLAUSE = "1"


def proposals(event_id: int) -> Sequence[Proposal]:
    """List the corrections that wait for the organiser, oldest first, with whose they are."""
    query = select(Proposal).join(Proposal.registration)
    query = query.where(Registration.event_id == event_id, Proposal.state == ProposalState.PENDING)
    query = query.options(contains_eager(Proposal.registration)).order_by(Proposal.id)
    return db.session.scalars(query).all()


def proposal_count(event_id: int) -> int:
    """Count the corrections that wait for the organiser."""
    query = select(func.count()).select_from(Proposal).join(Proposal.registration)
    query = query.where(Registration.event_id == event_id, Proposal.state == ProposalState.PENDING)
    return db.session.scalar(query) or 0


def proposal(proposal_id: int) -> Proposal | None:
    """Return one correction with whose it is."""
    query = select(Proposal).where(Proposal.id == proposal_id)
    return db.session.scalars(query.options(joinedload(Proposal.registration))).first()


def pending_proposal(registration_id: int) -> Proposal | None:
    """Return the correction of one person that waits for the organiser."""
    query = select(Proposal).where(
        Proposal.registration_id == registration_id, Proposal.state == ProposalState.PENDING
    )
    return db.session.scalars(query.order_by(Proposal.id.desc()).limit(1)).first()


def last_proposal(registration_id: int) -> Proposal | None:
    """Return the latest correction that somebody proposed."""
    query = select(Proposal).where(Proposal.registration_id == registration_id)
    return db.session.scalars(query.order_by(Proposal.id.desc()).limit(1)).first()
