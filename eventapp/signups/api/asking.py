"""What an event and a session ask of those who sign up, read and changed by programs."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

from flask import Response, abort, g
from msgspec import Meta, field

from eventapp.events import queries as frame
from eventapp.events.access import Permission
from eventapp.kernel import clock, i18n, rest, schema
from eventapp.kernel.guard import requires
from eventapp.kernel.openapi import operation
from eventapp.kernel.refusal import N_
from eventapp.kernel.schema import BadFields, Body, Fault, IdText, ListCode, Moment, Shown
from eventapp.programme import queries as programme
from eventapp.signups import commands, queries
from eventapp.signups.api.frame import SIGN_UPS, bp
from eventapp.signups.rules import (
    Order,
    Overlap,
    Policy,
    PolicyRefusal,
    Promotion,
    TermsRefusal,
)

# In steps as the forms have them, so that neither side shows what the other cannot.
HOUR, DAY = 60, 24 * 60
OfferMinutes = Annotated[int, Meta(ge=HOUR, le=10 * DAY, multiple_of=HOUR)]
ReminderMinutes = Annotated[int, Meta(ge=0, le=DAY)]
LastCallMinutes = Annotated[int, Meta(ge=0, le=2 * DAY)]
Weekday = Annotated[int, Meta(ge=1, le=7)]
OfDay = Annotated[int, Meta(ge=0, le=DAY, multiple_of=HOUR)]
Places = Annotated[int, Meta(ge=1, le=100)]
DaysBefore = Annotated[int, Meta(ge=0, le=365 * DAY, multiple_of=DAY)]
HoursBefore = Annotated[int, Meta(ge=0, le=60 * DAY, multiple_of=HOUR)]
OfOrganisation = Annotated[int, Meta(ge=1, le=1000)]
Percent = Annotated[int, Meta(ge=0, le=100)]
Kept = Annotated[int, Meta(ge=0, le=100_000)]


class RoundBody(Body):
    """A stage of sign-up: from when, and how many places each may have; null: any number."""

    opens_at: Moment
    most: Places | None


Rounds = Annotated[list[RoundBody], Meta(max_length=3)]
USUAL = Policy()


class PolicyBody(Body):
    """What an event asks; what is left out is as usual.

    `work_days` are numbers from 1 (Monday), `work_from` and `work_until` minutes of a day.
    """

    promotion: Promotion = Promotion(USUAL.promotion)
    offer_minutes: OfferMinutes = USUAL.offer_minutes
    reminder_minutes: ReminderMinutes = USUAL.reminder_minutes
    last_call_minutes: LastCallMinutes = USUAL.last_call_minutes
    work_days: Annotated[list[Weekday], Meta(max_length=7)] = field(
        default_factory=lambda: list(USUAL.work_days)
    )
    work_from: OfDay = USUAL.work_from
    work_until: OfDay = USUAL.work_until
    overlap: Overlap = Overlap(USUAL.overlap)
    limit_per_person: Places | None = None
    limit_per_topic: Places | None = None
    rounds: Rounds = field(default_factory=list)
    frees_on_decline: bool = USUAL.frees_on_decline


class ShownRound(Shown):
    """A stage of sign-up."""

    opens_at: datetime
    most: int | None


class ShownPolicy(Shown):
    """What an event asks of those who sign up."""

    promotion: Promotion
    offer_minutes: int
    reminder_minutes: int
    last_call_minutes: int
    work_days: list[int]
    work_from: int
    work_until: int
    overlap: Overlap
    limit_per_person: int | None
    limit_per_topic: int | None
    rounds: list[ShownRound]
    frees_on_decline: bool


class Split(Body):
    """How many of the seats people of a group of categories have: at least, meant, at most."""

    group: ListCode
    least: Kept = 0
    preferred: Kept | None = None
    most: Kept | None = None


class TermsBody(Body):
    """What a session asks; what is left out is not asked.

    Minutes before the start (whole days, whole hours), codes of categories that may come (none:
    all), ids of activities of which one is needed first, seats beyond the limit in percent, and
    how seats are split among groups of categories.
    """

    opens_before: DaysBefore | None = None
    closes_before: HoursBefore | None = None
    categories: Annotated[list[ListCode], Meta(max_length=100)] = field(default_factory=list)
    required_activities: Annotated[list[IdText], Meta(max_length=100)] = field(default_factory=list)
    limit_per_organisation: OfOrganisation | None = None
    queue_order: Order = Order.FIRST_COME
    priority_group: ListCode | None = None
    overbooking_percent: Percent = 0
    split: Annotated[list[Split], Meta(max_length=50)] = field(default_factory=list)


class ShownSplit(Shown):
    """How many of the seats people of a group of categories have."""

    group: str
    least: int
    preferred: int | None
    most: int | None


class ShownTerms(Shown):
    """What a session asks of those who sign up."""

    opens_before: int | None
    closes_before: int | None
    categories: list[str]
    required_activities: list[str]
    limit_per_organisation: int | None
    queue_order: Order
    priority_group: str | None
    overbooking_percent: int
    split: list[ShownSplit]


# --- of the event ---------------------------------------------------------------------------


@bp.get("/events/<slug:event>/sign-up-policy")
@requires(Permission.READ_EVENT)
@operation(
    N_("Read what an event asks of those who sign up"),
    about=SIGN_UPS,
    answers={200: ShownPolicy},
)
def policy(event: str) -> Response:
    """Show the rules that hold for every session."""
    return _policy()


@bp.put("/events/<slug:event>/sign-up-policy")
@requires(Permission.MANAGE_EVENT)
@operation(
    N_("Say what an event asks; freed seats go on at once"),
    about=SIGN_UPS,
    body=PolicyBody,
    answers={200: ShownPolicy},
    refuses=(PolicyRefusal,),
)
def put_policy(event: str, body: PolicyBody) -> Response:
    """Replace the rules of an event, and let free seats go on by them."""
    values, now = schema.named(body), clock.now()
    values["rounds"] = [{"from": one.opens_at.isoformat(), "most": one.most} for one in body.rounds]
    values["work_days"] = sorted(set(body.work_days))
    commands.set_policy(g.event.id, now, **values)
    commands.fill_seats(g.event.id, now)
    return _policy()


def _policy() -> Response:
    kept = queries.policy(g.event.id)
    rounds = [
        ShownRound(
            opens_at=i18n.local_time(queries.begins(one), g.event.timezone), most=one["most"]
        )
        for one in kept.rounds
    ]
    shown = kept._asdict() | {"work_days": list(kept.work_days), "rounds": rounds}
    return rest.answered(ShownPolicy(**shown))


# --- of a session ---------------------------------------------------------------------------


@bp.get("/sessions/<id:session_id>/terms")
@requires(Permission.READ_EVENT, programme.event_of_session)
@operation(
    N_("Read what a session asks of those who sign up"),
    about=SIGN_UPS,
    answers={200: ShownTerms},
)
def terms(session_id: int) -> Response:
    """Show what one session asks beyond the rules of its event."""
    return _terms(session_id)


@bp.put("/sessions/<id:session_id>/terms")
@requires(Permission.EDIT_PROGRAMME, programme.event_of_session)
@operation(
    N_("Say what a session asks; freed seats go to the queue at once"),
    about=SIGN_UPS,
    body=TermsBody,
    answers={200: ShownTerms},
    refuses=(TermsRefusal,),
)
def put_terms(session_id: int, body: TermsBody) -> Response:
    """Replace the terms of a session, and let free seats go to the queue."""
    commands.set_terms(session_id, clock.now(), **_named(session_id, body))
    commands.promote(session_id, clock.now())
    return _terms(session_id)


def _named(session_id: int, body: TermsBody) -> dict[str, Any]:
    """Return a body as the command takes it; what is of another event is unknown."""
    session = programme.session(session_id)
    if session is None:
        abort(404)
    values, categories = schema.named(body), frame.categories(session.event_id)
    groups = {one.group for one in categories}
    if body.priority_group and body.priority_group not in groups:
        raise BadFields([Fault("/priority_group", "not-found", _NO_GROUP)])
    others = {
        str(one): one for one in queries.activities(session.event_id, besides=session.activity_id)
    }
    codes = {one.code: one.id for one in categories}
    values["category_ids"] = _ids("categories", values.pop("categories"), codes)
    values["required_ids"] = _ids("required_activities", values.pop("required_activities"), others)
    values["buckets"] = _split(values.pop("split"), groups)
    return values


_NO_GROUP = N_("No category of the event belongs to this group.")
_TWICE = N_("This group stands here twice.")
_UNKNOWN = N_("There is nothing of this name in the event.")


def _ids(name: str, given: Sequence[str], known: Mapping[str, int]) -> list[int]:
    faults = [
        Fault(f"/{name}/{place}", "not-found", _UNKNOWN)
        for place, one in enumerate(given)
        if one not in known
    ]
    if faults:
        raise BadFields(faults)
    return sorted({known[one] for one in given})


def _split(given: Sequence[Split], groups: Collection[str]) -> list[dict[str, Any]]:
    said = [one.group for one in given]
    faults = [
        Fault(f"/split/{place}/group", "not-found", _NO_GROUP)
        for place, one in enumerate(said)
        if one not in groups
    ] + [
        Fault(f"/split/{place}/group", "repeated", _TWICE)
        for place, one in enumerate(said)
        if one in said[:place]
    ]
    if faults:
        raise BadFields(faults)
    return [
        {"group": one.group, "least": one.least, "preferred": one.preferred, "most": one.most}
        for one in given
    ]


def _terms(session_id: int) -> Response:
    kept, session = queries.terms(session_id), programme.session(session_id)
    if session is None:
        abort(404)
    codes = {one.id: one.code for one in frame.categories(session.event_id)}
    shown = ShownTerms(
        opens_before=kept.opens_before,
        closes_before=kept.closes_before,
        categories=[codes[one] for one in kept.category_ids if one in codes],
        required_activities=[str(one) for one in kept.required_ids],
        limit_per_organisation=kept.limit_per_organisation,
        queue_order=Order(kept.queue_order),
        priority_group=kept.priority_group,
        overbooking_percent=session.overbooking_percent,
        split=[ShownSplit(**one) for one in kept.buckets],
    )
    return rest.answered(shown)
