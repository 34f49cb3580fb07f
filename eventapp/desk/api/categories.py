"""Categories for programs: who may take part, by the codes of the event's own list."""

from flask import Response, abort, g
from msgspec import UNSET, UnsetType

from eventapp.desk.api.frame import bp
from eventapp.events import commands as events
from eventapp.events import queries
from eventapp.events.access import Permission
from eventapp.events.models import Category, CategoryGroup
from eventapp.events.rules import EventRefusal
from eventapp.kernel import clock, rest, schema
from eventapp.kernel.db import look_again
from eventapp.kernel.guard import requires
from eventapp.kernel.openapi import operation
from eventapp.kernel.refusal import N_
from eventapp.kernel.schema import Body, LocalLine, Shown

CATEGORIES = N_("Categories of participants")


class ShownKind(Shown):
    """Who may take part, counted in `group` by the evidence."""

    code: str
    name: dict[str, str]
    group: str
    version: int


class NewCategory(Body):
    """A category to add; its code comes from its name in Polish."""

    name: LocalLine
    group: CategoryGroup


class CategoryEdit(Body):
    """What may be changed of a category; what is left out stays, and so does its code."""

    name: LocalLine | UnsetType = UNSET
    group: CategoryGroup | UnsetType = UNSET


@bp.get("/events/<slug:event>/categories")
@requires(Permission.READ_EVENT)
@operation(
    N_("List the categories of an event"),
    about=CATEGORIES,
    answers={200: list[ShownKind]},
    lists=True,
)
def categories(event: str) -> Response:
    """List who may take part, in the order of codes."""
    asked = rest.window()
    ordered = sorted(queries.categories(g.event.id), key=lambda row: row.code)
    rows = [row for row in ordered if row.code > asked.after][: asked.limit + 1]
    return rest.listed(rows, asked, _shown, key=lambda row: row.code)


@bp.post("/events/<slug:event>/categories")
@requires(Permission.MANAGE_EVENT)
@operation(
    N_("Add a category"),
    about=CATEGORIES,
    body=NewCategory,
    answers={201: ShownKind},
    repeats=True,
)
def add_category(event: str, body: NewCategory) -> Response:
    """Let people of one more kind take part."""
    event_id, now, name = g.event.id, clock.now(), schema.spoken(body.name)
    made = rest.once(
        lambda: {"code": events.put_category(event_id, now, name, body.group.value).code}
    )
    return _answered(made["code"], 201)


@bp.get("/events/<slug:event>/categories/<category>")
@requires(Permission.READ_EVENT)
@operation(N_("Read a category"), about=CATEGORIES, answers={200: ShownKind})
def category(event: str, category: str) -> Response:
    """Show one category."""
    return _answered(category)


@bp.patch("/events/<slug:event>/categories/<category>")
@requires(Permission.MANAGE_EVENT)
@operation(
    N_("Change a category"),
    about=CATEGORIES,
    body=CategoryEdit,
    answers={200: ShownKind},
    edits=True,
)
def change_category(event: str, category: str, body: CategoryEdit) -> Response:
    """Call a category something else, or count it in another group."""
    columns = schema.named(body)
    if "group" in columns:
        columns["group"] = columns["group"].value
    row = _own(category)
    events.edit_category(row.id, clock.now(), expected=rest.expected(), **columns)
    return _answered(category)


@bp.delete("/events/<slug:event>/categories/<category>")
@requires(Permission.MANAGE_EVENT)
@operation(
    N_("Remove a category that nobody has chosen"),
    about=CATEGORIES,
    answers={204: None},
    refuses=(EventRefusal,),
    edits=True,
)
def remove_category(event: str, category: str) -> Response:
    """Remove a category that nobody has chosen."""
    events.remove_category(_own(category).id, clock.now(), expected=rest.expected())
    return rest.nothing()


def _own(code: str) -> Category:
    found = queries.category(g.event.id, code)
    if found is None:
        abort(404)
    return found


def _answered(code: str, status: int = 200) -> Response:
    event, event_id = g.event.slug, g.event.id
    look_again()
    row = queries.category(event_id, code)
    if row is None:
        abort(404)
    location = f"/api/v1/events/{event}/categories/{row.code}" if status == 201 else None
    return rest.answered(_shown(row), status, version=row.version, location=location)


def _shown(row: Category) -> ShownKind:
    return ShownKind(code=row.code, name=dict(row.name), group=row.group, version=row.version)
