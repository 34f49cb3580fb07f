"""People as tables: what is told of them, and what a table is read against."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, select

from eventapp.directory.models import Organisation
from eventapp.events import queries as frame
from eventapp.events.models import Category
from eventapp.kernel import text
from eventapp.kernel.db import db
from eventapp.registrations.models import Consent, ConsentKind, PeopleImport, Registration, State
from eventapp.registrations.queries.registered import EVERYBODY, Filter, Order, in_order, narrow
from eventapp.registrations.rules import sheets


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
    return db.session.execute(in_order(narrow(query, event_id, narrowed), order, descending)).all()


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
