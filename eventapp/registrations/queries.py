"""Named reads of registrations, and the personal links that lead to them."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    String,
    and_,
    case,
    cast,
    func,
    not_,
    or_,
    select,
    true,
)
from sqlalchemy.orm import contains_eager, joinedload

from eventapp.directory.models import Organisation, Person
from eventapp.events import queries as frame
from eventapp.events.models import Category
from eventapp.kernel import text, tokens
from eventapp.kernel.db import db
from eventapp.registrations import rules
from eventapp.registrations.models import (
    Answer,
    Clause,
    Consent,
    ConsentKind,
    Decision,
    GroupTerms,
    HeldPlace,
    MonitoringRecord,
    PeopleImport,
    PeopleView,
    Proposal,
    ProposalState,
    Question,
    QuestionVersion,
    Registration,
    RegistrationForm,
    RegistrationGroup,
    RegistrationNote,
    Source,
    State,
)
from eventapp.registrations.rules import Missing, many, sheets
from eventapp.registrations.rules.enquiry import AreaBasis, AreaPolicy
from eventapp.registrations.rules.many import Ask, Verdict

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


def lock_all(registration_ids: Collection[int]) -> None:
    """Take registrations and their people for this transaction, people by their ids first."""
    db.session.flush()
    people_of = select(Registration.person_id).where(Registration.id.in_(registration_ids))
    first = select(Person.id).where(Person.id.in_(people_of)).order_by(Person.id)
    db.session.execute(first.with_for_update(key_share=True))
    then = select(Registration.id).where(Registration.id.in_(registration_ids))
    db.session.execute(then.order_by(Registration.id).with_for_update(key_share=True))


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


class Consented(StrEnum):
    """What people may be asked for by their consents: the agreed, and those who did not."""

    PHOTO = "photo"
    NO_PHOTO = "no-photo"
    NEWSLETTER = "newsletter"
    NO_NEWSLETTER = "no-newsletter"


class Order(StrEnum):
    """What a list of people may be sorted by."""

    NAME = "name"
    ORGANISATION = "organisation"
    CATEGORY = "category"
    STATE = "state"
    REGISTERED = "registered"


@dataclass(frozen=True, kw_only=True)
class Filter:
    """What a list of people may be narrowed to.

    `decided` are open decisions for these states, `unannounced` all open ones; `only` are ids.
    """

    states: Sequence[State] = ()
    category: str = ""
    organisation_id: int | None = None
    sources: Sequence[Source] = ()
    organiser_id: int | None = None
    text: str = ""
    unannounced: bool = False
    without_email: bool = False
    with_needs: bool = False
    unchecked: bool = False
    missing: Missing | None = None
    in_area: bool | None = None
    consented: Consented | None = None
    import_id: int | None = None
    only: Sequence[int] | None = None


EVERYBODY = Filter()


def people(
    event_id: int,
    narrowed: Filter = EVERYBODY,
    *,
    order: Order = Order.NAME,
    descending: bool = False,
    limit: int | None = None,
    offset: int = 0,
) -> Sequence[Registration]:
    """List an event's registrations in Polish alphabetical order, or in another one."""
    query = _narrow(_whole(), event_id, narrowed)
    query = _ordered(query, order, descending=descending).limit(limit).offset(offset)
    return db.session.scalars(query).all()


def people_count(event_id: int, narrowed: Filter = EVERYBODY) -> int:
    """Count the registrations that `people` would list."""
    query = select(func.count()).select_from(Registration)
    return db.session.scalar(_narrow(query, event_id, narrowed)) or 0


def people_ids(event_id: int, narrowed: Filter = EVERYBODY) -> Sequence[int]:
    """List the ids of the registrations that `people` would list."""
    query = _narrow(select(Registration.id), event_id, narrowed)
    return db.session.scalars(query.order_by(Registration.id)).all()


def in_turn(registration_ids: Collection[int]) -> Sequence[int]:
    """List registrations by their ids in the order in which they came."""
    query = select(Registration.id).where(Registration.id.in_(registration_ids))
    return db.session.scalars(query.order_by(Registration.registered_at, Registration.id)).all()


def _ordered(query: Select, order: Order, *, descending: bool) -> Select:  # type: ignore[type-arg]
    query = query.outerjoin(Organisation, Organisation.id == Registration.organisation_id)
    query = query.outerjoin(Category, Category.id == Registration.category_id)
    return _sorted(query, order, descending)


def _sorted(query: Select, order: Order, descending: bool) -> Select:  # type: ignore[type-arg]  # noqa: FBT001
    by: Any = {
        Order.NAME: Registration.sort_key,
        Order.ORGANISATION: func.coalesce(Organisation.sort_key, "~"),  # nobody's come last
        Order.CATEGORY: func.coalesce(Category.position, _LAST),
        Order.STATE: Registration.state,
        Order.REGISTERED: Registration.registered_at,
    }[order]
    return query.order_by(by.desc() if descending else by, Registration.sort_key, Registration.id)


_LAST = 1_000_000


def listed(event_id: int, *, after: int = 0, limit: int = 50) -> Sequence[Registration]:
    """List an event's registrations by id, from the one behind *after*."""
    query = _whole().where(Registration.event_id == event_id, Registration.id > after)
    return db.session.scalars(query.order_by(Registration.id).limit(limit)).all()


def search(event_id: int, wanted: str, *, limit: int = 20) -> Sequence[Registration]:
    """List who fits what somebody typed: words of name, organisation, e-mail or the number."""
    return people(event_id, Filter(text=wanted), limit=limit)


def _narrow(query: Select, event_id: int, narrowed: Filter) -> Select:  # type: ignore[type-arg]
    query = query.where(Registration.event_id == event_id, *_conditions(narrowed))
    if narrowed.category:
        chosen = select(Category.id).where(
            Category.event_id == event_id, Category.code == narrowed.category
        )
        query = query.where(Registration.category_id.in_(chosen))
    return query.where(_said(narrowed.text)) if narrowed.text else query


def _said(words: str) -> ColumnElement[bool]:
    """Return what a search asks: all its words, or the reference number as it is read out."""
    terms = [
        Registration.search_key.like(text.like(term), escape="\\")
        for term in text.match_terms(words)
    ]
    number = rules.typed_number(words)
    if len(number) != rules.NUMBER_LENGTH:
        return and_(true(), *terms)
    return or_(and_(true(), *terms), Registration.number == number)


def _conditions(narrowed: Filter) -> Iterator[ColumnElement[bool]]:
    row: Any = Registration
    for wanted, column in (
        (narrowed.states, row.state),
        (narrowed.sources, row.source),
        (narrowed.only, row.id),
    ):
        if wanted:
            yield column.in_(wanted)
    for one, column in (
        (narrowed.organisation_id, row.organisation_id),
        (narrowed.organiser_id, row.organiser_id),
        (narrowed.in_area, row.in_area),
        (narrowed.import_id, row.import_id),
    ):
        if one is not None:
            yield column == one
    yield from _tasks(narrowed)


def _tasks(narrowed: Filter) -> Iterator[ColumnElement[bool]]:
    """Ask for those about whom something is left to be done."""
    row = Registration
    asked = {
        row.id.in_(select(Decision.registration_id).where(*_OPEN_DECISION)): narrowed.unannounced,
        row.email.is_(None): narrowed.without_email,
        cast(row.needs, String).not_in(_NOTHING): narrowed.with_needs,
        row.checked_at.is_(None): narrowed.unchecked,
    }
    yield from (condition for condition, wanted in asked.items() if wanted)
    if narrowed.missing is not None:
        yield _LACKING[narrowed.missing]()
    if narrowed.consented is not None:
        yield _answered(narrowed.consented)


_NOTHING = ("[]", "null")

# The same as `rules.missing`, asked of the database.
_LACKING: Mapping[Missing, Callable[[], ColumnElement[bool]]] = {
    Missing.CONTACT: lambda: and_(Registration.email.is_(None), Registration.phone == ""),
    Missing.CATEGORY: lambda: Registration.category_id.is_(None),
    Missing.COMMUNE: lambda: and_(Registration.gmina == "", Registration.teryt == ""),
    Missing.CLAUSE: lambda: Registration.id.not_in(_has_given(ConsentKind.INFORMATION_CLAUSE)),
    Missing.ANYTHING: lambda: or_(
        *(ask() for one, ask in _LACKING.items() if one is not Missing.ANYTHING)
    ),
}


def _answered(asked: Consented) -> ColumnElement[bool]:
    kind = ConsentKind(asked.value.removeprefix("no-"))
    agreed = Registration.id.in_(_has_given(kind))
    return not_(agreed) if asked.value.startswith("no-") else agreed


def _has_given(kind: ConsentKind) -> Select[int]:
    """Return whose last answer to a question is yes."""
    last = select(func.max(Consent.id)).where(Consent.kind == kind)
    last = last.group_by(Consent.registration_id)
    return select(Consent.registration_id).where(Consent.id.in_(last), Consent.given)


def counts(event_id: int) -> Mapping[State, int]:
    """Count an event's registrations by state; every state is there."""
    query = select(Registration.state, func.count()).where(Registration.event_id == event_id)
    found = dict(db.session.execute(query.group_by(Registration.state)).all())
    return {state: found.get(state, 0) for state in State}


def places_taken(event_id: int) -> int:
    """Count an event's places that are given, held for somebody, or to be announced as given."""
    promised = select(Decision.registration_id).where(
        Decision.state == State.QUALIFIED, *_OPEN_DECISION
    )
    query = select(func.count()).select_from(Registration)
    query = query.where(
        Registration.event_id == event_id,
        or_(Registration.state == State.QUALIFIED, Registration.id.in_(promised)),
    )
    return (db.session.scalar(query) or 0) + held_count(event_id)


# --- decisions that nobody was told of --------------------------------------------------------

_OPEN_DECISION = (Decision.announced_at.is_(None), Decision.dropped_at.is_(None))


def open_decision(registration_id: int) -> Decision | None:
    """Return what is decided about a registration and not announced yet."""
    query = select(Decision).where(Decision.registration_id == registration_id, *_OPEN_DECISION)
    return db.session.scalars(query).first()


def open_decisions(event_id: int, decision_ids: Collection[int] | None = None) -> list[Decision]:
    """List an event's decisions that are not announced, in the order of the registrations.

    Of those named, or of all.
    """
    query = select(Decision).join(Registration, Registration.id == Decision.registration_id)
    query = query.where(Registration.event_id == event_id, *_OPEN_DECISION)
    if decision_ids is not None:
        query = query.where(Decision.id.in_(decision_ids))
    query = query.order_by(Decision.registration_id).execution_options(populate_existing=True)
    return list(db.session.scalars(query))


def open_decisions_of(registration_ids: Collection[int]) -> Mapping[int, Decision]:
    """Return what is decided and not announced about some registrations, by them."""
    query = select(Decision).where(Decision.registration_id.in_(registration_ids), *_OPEN_DECISION)
    return {one.registration_id: one for one in db.session.scalars(query)}


def open_states(event_id: int) -> Mapping[int, State]:
    """Return what everybody at an event is to be told, by registration."""
    return {one.registration_id: one.state for one in open_decisions(event_id)}


def unannounced(event_id: int) -> int:
    """Count an event's decisions that are not announced."""
    query = select(func.count()).select_from(Decision)
    query = query.join(Registration, Registration.id == Decision.registration_id)
    return db.session.scalar(query.where(Registration.event_id == event_id, *_OPEN_DECISION)) or 0


def decisions(registration_id: int) -> Sequence[Decision]:
    """List all that was decided about a registration with words beside it, newest first."""
    query = select(Decision).where(Decision.registration_id == registration_id)
    return db.session.scalars(query.order_by(Decision.id.desc())).all()


def decision(decision_id: int) -> Decision | None:
    """Return one decision."""
    return db.session.get(Decision, decision_id)


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


# --- for tables -----------------------------------------------------------------------------


def told(
    event_id: int,
    narrowed: Filter = EVERYBODY,
    *,
    order: Order = Order.NAME,
    descending: bool = False,
) -> Sequence[Row[Any]]:
    """List an event's registrations as plain rows: all that a table of people may hold.

    Beside the columns of `PLAIN` a row has `category` (its code), `organisation` and `nip`.
    """
    row = Registration
    query = select(
        *(getattr(row, name) for name in PLAIN),
        Category.code.label("category"),
        Organisation.name.label("organisation"),
        Organisation.nip.label("nip"),
    )
    query = query.select_from(row).outerjoin(Category, Category.id == row.category_id)
    query = query.outerjoin(Organisation, Organisation.id == row.organisation_id)
    return db.session.execute(_sorted(_narrow(query, event_id, narrowed), order, descending)).all()


PLAIN = (
    "id", "number", "title", "first_name", "last_name", "email", "phone", "job", "postcode",
    "gmina", "diet", "needs", "state", "source", "received_on", "registered_at", "locale",
)  # fmt: skip


def frame_of_sheets(event_id: int, diets: Mapping[str, str], today: date) -> sheets.Frame:
    """Return what a table of people is read against; *diets* by what they are called."""
    return sheets.Frame(
        known=known_people_of(event_id),
        categories={
            text.search_key(name): row.code
            for row in frame.categories(event_id)
            for name in (*row.name.values(), row.code)
        },
        diets=diets,
        today=today,
    )


def known_people_of(event_id: int) -> list[sheets.Known]:
    """List an event's registrations as a table of people is read against them."""
    gone = {State.CANCELLED, State.REPLACED}
    return [
        sheets.Known(id=row.id, number=row.number, values=_values(row))
        for row in told(event_id)
        if row.state not in gone
    ]


def _values(row: Row[Any]) -> dict[str, Any]:
    values = dict(row._mapping)
    named = values.pop("organisation"), values.pop("nip")
    return {**values, "organisation": named if named[0] else None}


def answered_consents(event_id: int) -> Mapping[int, Mapping[ConsentKind, tuple[bool, datetime]]]:
    """Return the present answers of everybody at an event and when each was given."""
    query = select(Consent.registration_id, Consent.kind, Consent.given, Consent.at)
    query = query.join(Registration, Registration.id == Consent.registration_id)
    query = query.where(Registration.event_id == event_id).order_by(Consent.id)
    found: dict[int, dict[ConsentKind, tuple[bool, datetime]]] = {}
    for number, kind, given, at in db.session.execute(query):
        found.setdefault(number, {})[kind] = (given, at)
    return found


def numbers(event_id: int) -> set[str]:
    """Return the reference numbers that an event has given."""
    query = select(Registration.number).where(Registration.event_id == event_id)
    return set(db.session.scalars(query))


def people_import(import_id: int) -> PeopleImport | None:
    """Return one import."""
    return db.session.get(PeopleImport, import_id)


# --- what the team keeps ----------------------------------------------------------------------


def judged(event_id: int, registration_ids: Collection[int], ask: Ask) -> list[Verdict]:
    """Tell whom an act on these registrations of an event reaches, by their names."""
    query = _whole().where(Registration.event_id == event_id, Registration.id.in_(registration_ids))
    query = query.order_by(Registration.sort_key, Registration.id)
    rows = db.session.scalars(query.execution_options(populate_existing=True)).all()
    return many.judge(rows, ask, open_decisions_of(registration_ids), _taken_twice(event_id, rows))


def _taken_twice(event_id: int, rows: Sequence[Registration]) -> frozenset[int]:
    """Return who is out of the event while somebody of the same name and e-mail is in it."""
    out = {row.id: (row.email, row.person_id) for row in rows if row.state not in rules.OPEN}
    emails = {email for email, _person in out.values() if email}
    query = select(Registration.email, Registration.person_id).where(
        Registration.event_id == event_id, Registration.identity_key.is_not(None),
        Registration.email.in_(emails),
    )  # fmt: skip
    inside = {tuple(pair) for pair in db.session.execute(query)} if emails else set()
    return frozenset(number for number, pair in out.items() if pair in inside)


def notes(registration_id: int) -> Sequence[RegistrationNote]:
    """List the team's notes about a registration, newest first."""
    query = select(RegistrationNote).where(RegistrationNote.registration_id == registration_id)
    return db.session.scalars(query.order_by(RegistrationNote.id.desc())).all()


def views(event_id: int) -> Sequence[PeopleView]:
    """List the kept ways to look at an event's people, by name."""
    query = select(PeopleView).where(PeopleView.event_id == event_id)
    return sorted(db.session.scalars(query), key=lambda one: text.sort_key(one.name))


def view_called(event_id: int, name: str) -> PeopleView | None:
    """Return the kept view of this name."""
    query = select(PeopleView).where(PeopleView.event_id == event_id, PeopleView.name == name)
    return db.session.scalars(query).first()


def namesakes(row: Registration) -> Sequence[Registration]:
    """List who else at the event is called so; two of one name are easily taken for each other."""
    query = _whole().where(Registration.event_id == row.event_id, Registration.id != row.id)
    query = query.where(Registration.sort_key == row.sort_key, Registration.state.in_(rules.OPEN))
    return db.session.scalars(query.order_by(Registration.id)).all()


@dataclass(frozen=True)
class Known:
    """Somebody the host knows, and the registration in which they were met last."""

    person: Person
    last: Registration | None


def known_people(host_id: int, *, name: str, email: str | None, phone: str) -> list[Known]:
    """List whom the host knows by a name, an e-mail or a telephone number, best fits first.

    *name* is as `text.search_key` reads it. Nobody is merged: this is what staff may pick from.
    """
    told = [Registration.phone == phone] if phone else []
    told += [Registration.email == email, Person.email == email] if email else []
    query = select(Person, Registration).outerjoin(
        Registration, Registration.person_id == Person.id
    )
    query = query.where(Person.host_id == host_id, or_(Person.search_key == name, *told))
    query = query.options(joinedload(Registration.organisation), joinedload(Registration.category))
    found: dict[int, Known] = {}
    for person, row in db.session.execute(query.order_by(Registration.id.desc())):
        found.setdefault(person.id, Known(person=person, last=row))
    return sorted(found.values(), key=lambda one: (one.person.search_key != name, one.person.id))


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
