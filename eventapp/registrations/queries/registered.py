"""The registrations of an event: found, narrowed, sorted and counted."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, cast, func, not_, or_, select, true
from sqlalchemy.orm import contains_eager, joinedload

from eventapp.directory.models import Organisation, Person
from eventapp.events.models import Category
from eventapp.kernel import text
from eventapp.kernel.db import db
from eventapp.registrations import rules
from eventapp.registrations.models import (
    Consent,
    ConsentKind,
    Decision,
    Registration,
    Source,
    State,
)
from eventapp.registrations.queries.decided import UNANNOUNCED
from eventapp.registrations.rules import Missing


def whole() -> Select[Registration]:
    """Select registrations with what every page shows of them."""
    return select(Registration).options(
        joinedload(Registration.person),
        joinedload(Registration.organisation),
        joinedload(Registration.category),
    )


def registration(registration_id: int) -> Registration | None:
    """Return one registration with its person, organisation and category."""
    return db.session.scalars(whole().where(Registration.id == registration_id)).first()


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
    query = whole().where(Registration.event_id == event_id, Registration.ref == ref)
    return db.session.scalars(query).first()


def by_badge_hash(badge_hash: str) -> Registration | None:
    """Return the registration whose present badge has this hash."""
    return db.session.scalars(whole().where(Registration.badge_hash == badge_hash)).first()


def by_number(event_id: int, typed: str) -> Registration | None:
    """Return the registration whose reference number somebody typed or was told."""
    number = rules.typed_number(typed)
    query = whole().where(Registration.event_id == event_id, Registration.number == number)
    return db.session.scalars(query).first()


def open_at(event_id: int, email: str) -> Sequence[Registration]:
    """List the registrations of an event that one mailbox manages, oldest first."""
    query = whole().where(
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
    query = whole().where(Registration.replaces_id == registration_id)
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
    query = narrow(whole(), event_id, narrowed)
    query = _ordered(query, order, descending=descending).limit(limit).offset(offset)
    return db.session.scalars(query).all()


def people_count(event_id: int, narrowed: Filter = EVERYBODY) -> int:
    """Count the registrations that `people` would list."""
    query = select(func.count()).select_from(Registration)
    return db.session.scalar(narrow(query, event_id, narrowed)) or 0


def people_ids(event_id: int, narrowed: Filter = EVERYBODY) -> Sequence[int]:
    """List the ids of the registrations that `people` would list."""
    query = narrow(select(Registration.id), event_id, narrowed)
    return db.session.scalars(query.order_by(Registration.id)).all()


def in_turn(registration_ids: Collection[int]) -> Sequence[int]:
    """List registrations by their ids in the order in which they came."""
    query = select(Registration.id).where(Registration.id.in_(registration_ids))
    return db.session.scalars(query.order_by(Registration.registered_at, Registration.id)).all()


def _ordered(query: Select, order: Order, *, descending: bool) -> Select:  # type: ignore[type-arg]
    query = query.outerjoin(Organisation, Organisation.id == Registration.organisation_id)
    query = query.outerjoin(Category, Category.id == Registration.category_id)
    return in_order(query, order, descending)


def in_order(query: Select, order: Order, descending: bool) -> Select:  # type: ignore[type-arg]  # noqa: FBT001
    """Sort a query of registrations."""
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
    query = whole().where(Registration.event_id == event_id, Registration.id > after)
    return db.session.scalars(query.order_by(Registration.id).limit(limit)).all()


def search(event_id: int, wanted: str, *, limit: int = 20) -> Sequence[Registration]:
    """List who fits what somebody typed: words of name, organisation, e-mail or the number."""
    return people(event_id, Filter(text=wanted), limit=limit)


def narrow(query: Select, event_id: int, narrowed: Filter) -> Select:  # type: ignore[type-arg]
    """Narrow a query to the registrations of an event that are asked for."""
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
        row.id.in_(select(Decision.registration_id).where(*UNANNOUNCED)): narrowed.unannounced,
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
