"""Events for programs, and API tokens as identity."""

from datetime import date, datetime
from typing import Annotated, Literal

from flask import Blueprint, Response, abort, g
from msgspec import UNSET, Meta, UnsetType, structs

from eventapp.events import commands, queries
from eventapp.events.access import SCOPES, Permission, Standing
from eventapp.events.models import Category, Day, Event, EventState, Organiser, Room
from eventapp.events.queries import Bearer
from eventapp.events.rules import EventRefusal
from eventapp.kernel import clock, i18n, limits, memory, rest, schema, tokens
from eventapp.kernel.guard import Identity, bearer, requires
from eventapp.kernel.openapi import operation
from eventapp.kernel.refusal import N_
from eventapp.kernel.schema import Body, EmailText, Line, LocalLine, LocalText, Moment, Seats, Shown

bp = Blueprint("events_api", __name__, url_prefix="/api/v1")

PREFIX = "api"
EVENTS = N_("Events")


# --- identity -----------------------------------------------------------------------------


def current_token() -> Bearer | None:
    """Return the caller's live API token; looked up once per request."""
    if "api_token" not in g:
        token = bearer()
        g.api_token = _live(tokens.hashed(token)) if tokens.has_purpose(token, PREFIX) else None
    found: Bearer | None = g.api_token
    return found


def _live(token_hash: str) -> Bearer | None:
    found = memory.remembered(f"token:{token_hash}", lambda: queries.bearer(token_hash))
    if found is None:
        limits.hit("token-probes", limits.address())
    return found


def identify(event_id: int | None) -> Identity | None:
    """Return the roles that the caller's API token has: in its own event alone."""
    token = current_token()
    if token is None:
        return None
    scopes = token.scopes if token.event_id == event_id else ()
    roles = frozenset[str]({Standing.PROGRAM}).union(
        *(SCOPES.get(scope, frozenset()) for scope in scopes)
    )
    return Identity(f"token:{token.id}", roles)


# --- shapes -------------------------------------------------------------------------------


class ShownEvent(Shown):
    """An event: its dates, its rules of registration, whom to ask."""

    id: str
    ref: str | None
    slug: str
    title: dict[str, str]
    subtitle: dict[str, str]
    description: dict[str, str]
    starts_on: date
    ends_on: date
    timezone: str
    state: EventState
    capacity: int | None
    registration_opens_at: datetime | None
    registration_closes_at: datetime | None
    cancel_until: datetime | None
    requires_approval: bool
    tells_decisions: bool
    asks_answers: bool
    invites_waiting: bool
    walk_ins: bool
    signs_badges: bool
    badge_key: int
    badge_key_from: int
    overbooking_percent: int
    certificate_min_percent: int
    grace_minutes: int
    contact_name: str
    contact_email: str
    contact_phone: str
    revision: int


class ShownBadgeKeys(Shown):
    """With which key an event's badges are signed, and from which on devices trust them."""

    key: int
    trusted_from: int


class ShownDay(Shown):
    """One day of an event."""

    id: str
    ref: str | None
    date: date
    label: dict[str, str]


class ShownRoom(Shown):
    """A room with its venue's name."""

    id: str
    ref: str | None
    name: dict[str, str]
    venue: dict[str, str]
    capacity: int | None


class ShownCategory(Shown):
    """Who may take part: an entry of the event's own list."""

    code: str
    name: dict[str, str]
    group: str


class ShownOrganiser(Shown):
    """An institution named on the event; it has `guests` of the `guest_quota` it may invite."""

    id: str
    ref: str | None
    name: dict[str, str]
    role: dict[str, str]
    guest_quota: int | None
    guests: int


class ShownFrame(ShownEvent):
    """An event with what its other things refer to: days, rooms, categories."""

    days: list[ShownDay]
    rooms: list[ShownRoom]
    categories: list[ShownCategory]


Percent = Annotated[int, Meta(ge=0, le=100)]


class EventEdit(Body):
    """What may be changed of an event; what is left out stays."""

    title: LocalLine | UnsetType = UNSET
    subtitle: LocalLine | UnsetType = UNSET
    description: LocalText | UnsetType = UNSET
    state: Literal["published", "archived"] | UnsetType = UNSET
    capacity: Seats | UnsetType | None = UNSET
    registration_opens_at: Moment | UnsetType | None = UNSET
    registration_closes_at: Moment | UnsetType | None = UNSET
    cancel_until: Moment | UnsetType | None = UNSET
    requires_approval: bool | UnsetType = UNSET
    tells_decisions: bool | UnsetType = UNSET
    asks_answers: bool | UnsetType = UNSET
    invites_waiting: bool | UnsetType = UNSET
    walk_ins: bool | UnsetType = UNSET
    signs_badges: bool | UnsetType = UNSET
    overbooking_percent: Percent | UnsetType = UNSET
    certificate_min_percent: Percent | UnsetType = UNSET
    grace_minutes: Annotated[int, Meta(ge=0, le=240)] | UnsetType = UNSET
    contact_name: Annotated[Line, Meta(max_length=200)] | UnsetType = UNSET
    contact_email: EmailText | UnsetType = UNSET
    contact_phone: Annotated[Line, Meta(max_length=40)] | UnsetType = UNSET


# --- views --------------------------------------------------------------------------------


@bp.get("/events")
@requires(Permission.LIST_EVENTS)
@operation(
    N_("List the events that the caller belongs to"),
    about=EVENTS,
    answers={200: list[ShownEvent]},
    lists=True,
)
def events() -> Response:
    """List the token's event, or those that the signed-in account works for."""
    asked = rest.window()
    rows = queries.listed(_own_events(), after=asked.after_id, limit=asked.limit + 1)
    return rest.listed(rows, asked, _shown)


def _own_events() -> set[int] | None:
    token = current_token()
    if token is not None:
        return {token.event_id}
    if Standing.ADMINISTRATOR in g.roles:
        return None
    return {event.id for event, _role in queries.events_of(g.account.id, clock.now())}


@bp.get("/events/<slug:event>")
@requires(Permission.READ_EVENT)
@operation(
    N_("Read an event with its days, rooms and categories"),
    about=EVENTS,
    answers={200: ShownFrame},
)
def event(event: str) -> Response:
    """Show one event."""
    return _answered(g.event)


@bp.get("/events/<slug:event>/organisers")
@requires(Permission.SEE_DESK)
@operation(
    N_("List the institutions of an event, with the guests that they may invite"),
    about=EVENTS,
    answers={200: list[ShownOrganiser]},
    lists=True,
)
def organisers(event: str) -> Response:
    """List the institutions in the order in which they were named."""
    asked = rest.window()
    rows = queries.listed_organisers(g.event.id, after=asked.after_id, limit=asked.limit + 1)
    return rest.listed(rows, asked, _organiser)


@bp.patch("/events/<slug:event>")
@requires(Permission.MANAGE_EVENT)
@operation(
    N_("Change an event"),
    about=EVENTS,
    body=EventEdit,
    answers={200: ShownFrame},
    refuses=(EventRefusal,),
    edits=True,
)
def change(event: str, body: EventEdit) -> Response:
    """Change what the body names."""
    columns = schema.named(body)
    state = columns.pop("state", None)
    commands.edit_event(
        g.event.id,
        clock.now(),
        state=EventState(state) if state else None,
        expected=rest.expected(),
        **columns,
    )
    found = queries.by_slug(event)
    return _answered(found) if found is not None else abort(404)


@bp.post("/events/<slug:event>/badge-keys")
@requires(Permission.MANAGE_EVENT)
@operation(
    N_("Sign badges with a new key from now on"),
    about=EVENTS,
    answers={201: ShownBadgeKeys},
    refuses=(EventRefusal,),
    repeats=True,
)
def renew_badge_key(event: str) -> Response:
    """Begin a new key; badges signed with the older ones stay trusted."""
    event_id = g.event.id
    rest.once(lambda: {"key": commands.renew_badge_key(event_id)})
    return _badge_keys(event_id, status=201)


@bp.post("/events/<slug:event>/badge-keys/withdrawal")
@requires(Permission.MANAGE_EVENT)
@operation(
    N_("Let no device trust badges of older keys"),
    about=EVENTS,
    answers={200: ShownBadgeKeys},
    refuses=(EventRefusal,),
    repeats=True,
)
def withdraw_badge_keys(event: str) -> Response:
    """Trust the newest key alone."""
    event_id = g.event.id
    rest.once(lambda: _withdrawn(event_id))
    return _badge_keys(event_id)


def _withdrawn(event_id: int) -> dict[str, str]:
    commands.withdraw_badge_keys(event_id)
    return {}


def _badge_keys(event_id: int, *, status: int = 200) -> Response:
    found = queries.event(event_id)
    if found is None:
        abort(404)
    shown = ShownBadgeKeys(key=found.badge_key, trusted_from=found.badge_key_from)
    return rest.answered(shown, status=status)


def _answered(found: Event) -> Response:
    shown = ShownFrame(
        **structs.asdict(_shown(found)),
        days=[_day(day) for day in queries.days(found.id)],
        rooms=[_room(room) for room in queries.rooms(found.id)],
        categories=[_category(category) for category in queries.categories(found.id)],
    )
    return rest.answered(shown, version=found.revision)


def _shown(found: Event) -> ShownEvent:
    zone = found.timezone
    columns = {name: getattr(found, name) for name in PLAIN}
    return ShownEvent(
        id=str(found.id),
        registration_opens_at=i18n.moment(found.registration_opens_at, zone),
        registration_closes_at=i18n.moment(found.registration_closes_at, zone),
        cancel_until=i18n.moment(found.cancel_until, zone),
        **columns,
    )


PLAIN = [
    name
    for name in ShownEvent.__struct_fields__
    if name not in {"id", "registration_opens_at", "registration_closes_at", "cancel_until"}
]


def _day(day: Day) -> ShownDay:
    return ShownDay(id=str(day.id), ref=day.ref, date=day.date, label=dict(day.label))


def _room(room: Room) -> ShownRoom:
    return ShownRoom(
        id=str(room.id),
        ref=room.ref,
        name=dict(room.name),
        venue=dict(room.venue.name),
        capacity=room.capacity,
    )


def _organiser(row: Organiser) -> ShownOrganiser:
    return ShownOrganiser(
        id=str(row.id),
        ref=row.ref,
        name=dict(row.name),
        role=dict(row.role),
        guest_quota=row.guest_quota,
        guests=row.guests,
    )


def _category(category: Category) -> ShownCategory:
    return ShownCategory(code=category.code, name=dict(category.name), group=category.group)
